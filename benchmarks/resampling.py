"""More models than anybody published, out of replies that somebody did: input of `benchmarks.scoring`.

Each model has a published one as its own, whose reply it gives to most prompts; to the others it gives that of another
model, so that no two are equal and all have what published replies have: layouts, refusals, lengths, gaps.
"""

import random
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

import distillometer
from benchmarks.ingest import COLUMNS, SEED

OWN_SHARE = 0.6
"""Share of prompts to which a model gives its own model's reply."""


def resample(home: Path, path: Path, n_models: int, n_prompts: int) -> Path:
    """Write replies of `n_models` models to `n_prompts` prompts as Parquet, drawn from the published ones of a home.

    Prompts that too few models answered are left to chance: a model that drew no reply has none.
    """
    with distillometer.open_snapshot(home) as snapshot:
        rows = snapshot.sql(
            "select prompt.prompt_text as prompt, reply.model, any_value(reply.reply_text) as reply "
            "from core.reply as reply inner join core.prompt as prompt using (prompt_id) "
            "where reply.reply_text is not null group by all order by all"
        )
    replies: dict[str, dict[str, str]] = {}
    for prompt, model, reply in rows.iter_rows():
        replies.setdefault(prompt, {})[model] = reply
    prompts, published = list(replies)[:n_prompts], sorted(set(rows["model"]))
    rng = random.Random(SEED)
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    with parquet.ParquetWriter(path, schema, compression="zstd") as table:
        for number in range(n_models):
            own = published[number % len(published)]
            chosen = {prompt: own if rng.random() < OWN_SHARE else rng.choice(published) for prompt in prompts}
            answered = [
                {"model": f"resampled-{number:05d}", "prompt": prompt, "reply": replies[prompt][model]}
                for prompt, model in chosen.items()
                if model in replies[prompt]
            ]
            table.write_table(pa.Table.from_pylist(answered, schema))
    return path
