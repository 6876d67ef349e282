"""The texts of the replies that count: as shards for the sums over pairs, as samples, and those without a shape."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from tasks.adapters.warehouse.sqlmacros import literal
from tasks.adapters.warehouse.store import Store

TYPICAL_LENGTH = 2_000
AT_ONCE = 20_000
"""Texts that are split into words at a time."""

_REPLIED = """
    with counting as (
        select reply_id, model, prompt_id, sample from core.reply where missing_reason is null
    ),
    replied as (
        select counting.*, reply.reply_text, md5(reply.reply_text) as text_id
        from counting
        inner join raw.reply as reply using (reply_id)
    )
"""
"""Texts are joined last: to carry them through the windows that choose the replies takes gigabytes."""

_DIGEST = """
    select count(*), sum(hash(model, prompt_id, sample, reply_id)::hugeint) from core.reply where missing_reason is null
"""
_SAMPLED = (
    _REPLIED
    + """, chosen as (
        select text_id, any_value(reply_id) as reply_id from replied group by text_id order by text_id limit {most}
    )
    select reply.reply_text from chosen inner join raw.reply as reply using (reply_id)
"""
)
_SHARDS = (
    "copy ("
    + _REPLIED
    + """, numbered as (
        select prompt_id, row_number() over (order by prompt_id) - 1 as place
        from (select distinct prompt_id from counting)
    )
    select
        numbered.place % {n} as shard, numbered.place, replied.prompt_id, prompt.prompt_set, replied.model,
        replied.sample, replied.reply_text
    from replied
    inner join numbered using (prompt_id)
    inner join core.prompt as prompt using (prompt_id)
) to {folder} (format parquet, partition_by (shard), overwrite true)"""
)
_REPEATED = (
    _REPLIED
    + """
    select prompt_id, model, sample, reply_text
    from replied
    qualify count(*) over (partition by prompt_id, model) > 1
    order by prompt_id, model, sample
"""
)
_WITHOUT_SHAPE = """
    with wanted as (
        select reply_id from core.reply where missing_reason is null
        union
        select reply_id from core.round_reply where missing_reason is null
    )
    select md5(reply.reply_text) as text_id, min(wanted.reply_id) as reply_id
    from wanted
    inner join raw.reply as reply using (reply_id)
    where not exists (select 1 from score.text_shape as shape where shape.text_id = md5(reply.reply_text))
    group by all
    order by reply_id
"""


def replies_digest(warehouse: Store) -> str:
    """Return a digest of all replies that count: their number, and a sum over their hashes."""
    [row] = warehouse.query(_DIGEST).rows()
    return "-".join(map(str, row))


def write_shards(warehouse: Store, folder: str, n_shards: int) -> list[str]:
    """Write the replies that have a text as Parquet under `folder`; return the folders of the shards, in order.

    Prompts, in the order of their ids, are assigned to shards in turn; `place`: their number in that order.
    """
    warehouse.execute(_SHARDS.format(n=n_shards, folder=literal(folder)))
    return [str(path) for path in sorted(Path(folder).glob("shard=*"), key=lambda path: int(path.name[6:]))]


def sampled_texts(warehouse: Store, most: int, n_characters: int) -> Iterator[pl.Series]:
    """Yield the texts of replies, each once; of more than `most` the first by their hash."""
    for frame in warehouse.batches(_SAMPLED.format(most=int(most)), max(1, n_characters // TYPICAL_LENGTH)):
        yield frame["reply_text"]


def repeated_replies(warehouse: Store) -> pl.DataFrame:
    """Return `prompt_id`, `model`, `sample`, `reply_text` where a model has several replies to a prompt."""
    return warehouse.query(_REPEATED)


def texts_without_shape(warehouse: Store) -> Iterator[pl.DataFrame]:
    """Yield `text_id`, `reply_text` of the texts of replies that `score.text_shape` lacks, each once."""
    for lacking in warehouse.query(_WITHOUT_SHAPE).iter_slices(AT_ONCE):
        texts = warehouse.read_columns("raw.reply", ["reply_id", "reply_text"], reply_id=lacking["reply_id"].to_list())
        yield lacking.join(texts, on="reply_id").select("text_id", "reply_text")
