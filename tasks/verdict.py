"""Replies of all models -> similarities by channel, and a verdict for each target and candidate group."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256

import numpy as np
import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters import lexicons, store
from tasks.adapters.settings import Home, now
from tasks.domain import channels, registry
from tasks.domain.pairwise.engine import ChannelSums, pair_sums
from tasks.domain.pairwise.prompt_replies import Places
from tasks.domain.pairwise.tokens import common_words
from tasks.domain.verdict.analysis import Measured, analyse
from tasks.domain.verdict.composite import VERSION, composite
from tasks.domain.verdict.degree import SelfScore
from tasks.domain.verdict.pair_score import PairScore, placed
from tasks.domain.verdict.population import Known, Population
from tasks.domain.verdict.sources import interval
from tasks.domain.verdict.verdicts import verdicts

PROMPTS_AT_ONCE = 100
MOST_SAMPLED = 20_000
"""Replies from which the commonest words are counted."""

PLAIN = "plain_opening"
DIGITS = 9
"""Sums over many prompts differ between processors in their last digits."""


@dataclass
class _Formed:
    """The sums that were formed last: a second scoring of the same replies in one process needs no second pass."""

    key: str = ""
    sums: dict[str, ChannelSums] | None = None


_formed = _Formed()


@task(name="verdict", task_run_name="verdict by {embedder}", cache_policy=NO_CACHE)
def verdict(embedder: str, home: Home) -> int:
    """Form every verdict anew from the replies and what was scored last; return how many there are.

    Args:
        embedder: whose vectors the second channel is read from; without vectors there is no second channel.
        home: where the warehouse is.
    """
    at = now()
    with store.writing(home) as warehouse:
        measured = measure(warehouse, embedder)
        found = verdicts(analyse(measured)) if measured is not None else []
        rows = [asdict(row) | {"computed_at": at} for row in found]
        schema = warehouse.read("raw.lineage_verdict").schema
        warehouse.replace("lineage_verdict", pl.DataFrame(rows, schema=schema))
        if measured is not None and _formed.sums is not None:
            warehouse.replace(
                "pair_channel", _channel_rows(measured, _formed.sums, warehouse).with_columns(computed_at=pl.lit(at))
            )
        get_run_logger().info("%d verdicts on %d targets", len(rows), len({row.target for row in found}))
        return len(rows)


def measure(warehouse: store.Store, embedder: str) -> Measured | None:
    """Return all that verdicts are formed from; None where no two models have replies to compare."""
    population = _population(warehouse)
    if len(population.known) < 2:
        return None
    sums = channel_sums(warehouse, population)
    pairs = placed(_pairs(warehouse, embedder), population)
    lexicon = lexicons.read_lexicon()
    named = {
        model.model: frozenset(mention.vendor for mention in lexicon.mentions(_spaced(model.model)))
        for model in population.known
    }
    made = Measured(
        population=population,
        composite=composite(sums, population),
        pairs=pairs,
        selves={},
        questions=list(warehouse.read_columns("raw.question", ["target", "candidate_group"]).iter_rows()),
        named_vendors=named,
    )
    return replace(made, selves=_selves(warehouse, made, sums[PLAIN]))


def _spaced(name: str) -> str:
    """Return a model's name as words, among which a lexicon finds names."""
    return "".join(sign if sign.isalnum() or sign in ".-" else " " for sign in name)


def _population(warehouse: store.Store) -> Population:
    background = {row["model"]: row["is_panel"] for row in warehouse.read("raw.reference").to_dicts()}
    replied = set(warehouse.read_columns("core.reply", ["model"])["model"])
    return Population(
        tuple(
            Known(
                model=row["model"],
                vendor=row["vendor"],
                family=row["family"],
                group=row["candidate_group"],
                role=row["role"],
                is_control=row["role"] == "independent" and background.get(row["model"], False),
                is_background=background.get(row["model"], False),
                is_reference=row["model"] in background,
                learned_from=tuple(row["learned_from"] or ()),
                parent=row["parent"],
                base=row["base"] or row["base_model"],
                released=row["released"],
            )
            for row in warehouse.read("core.model").sort("model").to_dicts()
            if row["model"] in replied
        )
    )


def channel_sums(warehouse: store.Store, population: Population) -> dict[str, ChannelSums]:
    """Return the sums of every channel over all replies; the same again where nothing changed since the last time."""
    listed = warehouse.read_columns("core.reply", ["model", "prompt_id", "sample", "text_id"]).drop_nulls("text_id")
    listed = listed.sort("prompt_id", "model", "sample")
    parts = [VERSION, repr(population.cohort), *map("\t".join, listed.cast(pl.String).iter_rows())]
    key = sha256("\n".join(parts).encode()).hexdigest()
    if _formed.key == key and _formed.sums is not None:
        return _formed.sums
    prompts = listed["prompt_id"].unique().sort().to_list()
    texts = listed.unique("text_id").sort("text_id").head(MOST_SAMPLED)
    common = common_words(_texts(warehouse, texts["prompt_id"].unique().to_list(), set(texts["text_id"])))
    made = [registry.load(channels, name) for name in registry.names(channels)]
    _formed.sums = pair_sums(_prompts(warehouse, prompts, population), population.cohort, made, common)
    _formed.key = key
    return _formed.sums


def _texts(warehouse: store.Store, prompts: Sequence[str], wanted: set[str]) -> Iterator[str]:
    for start in range(0, len(prompts), PROMPTS_AT_ONCE):
        chunk = list(prompts[start : start + PROMPTS_AT_ONCE])
        rows = warehouse.read_columns("core.reply", ["text_id", "reply_text"], prompt_id=chunk)
        for text_id, text in rows.unique("text_id").iter_rows():
            if text is not None and text_id in wanted:
                yield text


def _prompts(
    warehouse: store.Store, prompts: Sequence[str], population: Population
) -> Iterator[tuple[list[str], Places]]:
    columns = ["prompt_id", "model", "sample", "reply_text"]
    for start in range(0, len(prompts), PROMPTS_AT_ONCE):
        chunk = list(prompts[start : start + PROMPTS_AT_ONCE])
        rows = warehouse.read_columns("core.reply", columns, prompt_id=chunk).drop_nulls("reply_text")
        for part in rows.sort("prompt_id", "model", "sample").partition_by("prompt_id", maintain_order=True):
            places = np.array([population.place[model] for model in part["model"]], dtype=np.int64)
            yield part["reply_text"].to_list(), places


def _pairs(warehouse: store.Store, embedder: str) -> list[PairScore]:
    meant = warehouse.read("raw.embedding_likeness", embedder=embedder).select("target", "reference", "likeness")
    rows = warehouse.read("mart.likeness").join(meant, on=["target", "reference"], how="left")
    return [
        PairScore(
            target=row["target"],
            reference=row["reference"],
            opening=row["opening"],
            opening_d=row["opening_d"],
            low=row["opening_d_low"],
            high=row["opening_d_high"],
            length_closeness=row["length_closeness"],
            embedding=row["likeness"],
            n_prompts=row["n_prompts"],
        )
        for row in rows.sort("target", "reference").to_dicts()
    ]


def _selves(warehouse: store.Store, measured: Measured, plain: ChannelSums) -> dict[str, SelfScore]:
    """Return each reference's similarity to itself as D, and what D is among models that are unrelated to it."""
    population, centred, n_centred = measured.population, plain.centred, plain.n_centred
    identical = dict(warehouse.read_columns("core.opening_ceiling", ["model", "identical_opening"]).iter_rows())
    found = {}
    for place, model in enumerate(population.known):
        if not model.is_reference or model.model not in identical or np.isnan(plain.background[place]):
            continue
        variants = [
            i for i, other in enumerate(population.known) if other.role == "variant" and other.parent == model.model
        ]
        nearest = max(variants, key=lambda i: float(np.nan_to_num(centred[i, place], nan=-np.inf)), default=None)
        unrelated = [
            float(centred[i, place])
            for i, other in enumerate(population.known)
            if other.is_control and not other.is_kin(model) and not np.isnan(centred[i, place])
        ]
        found[model.model] = SelfScore(
            samples=None if np.isnan(centred[place, place]) else float(centred[place, place]),
            n_samples=int(n_centred[place, place]),
            variant=None if nearest is None or np.isnan(centred[nearest, place]) else float(centred[nearest, place]),
            n_variant=0 if nearest is None else int(n_centred[nearest, place]),
            identical=float(identical[model.model] - plain.background[place]),
            null_mean=float(np.mean(unrelated)) if len(unrelated) > 1 else None,
            null_sd=float(np.std(unrelated, ddof=1)) if len(unrelated) > 1 else None,
        )
    return found


def _channel_rows(measured: Measured, sums: dict[str, ChannelSums], warehouse: store.Store) -> pl.DataFrame:
    """Return the rows of `raw.pair_channel`: every target with every reference, and each reference with itself."""
    known = measured.population.known
    references = [place for place, model in enumerate(known) if model.is_reference]
    rows = []
    for name, told in sorted(sums.items()):
        mean, centred, n_centred, blocks = told.mean, told.centred, told.n_centred, told.block_means
        for target, model in enumerate(known):
            for reference in references:
                if told.n[target, reference] == 0:
                    continue
                low, high = interval(blocks[:, target, reference])
                value = centred[target, reference]
                rows.append(
                    {
                        "target": model.model,
                        "reference": known[reference].model,
                        "channel": name,
                        "statistic_version": VERSION,
                        "n_prompts": int(told.n[target, reference]),
                        "n_centred": int(n_centred[target, reference]),
                        "mean": float(mean[target, reference]),
                        "centred": None if np.isnan(value) else float(value),
                        "centred_low": low,
                        "centred_high": high,
                        "spread": measured.composite.spreads.get(name),
                    }
                )
    schema = warehouse.read("raw.pair_channel").drop("computed_at").schema
    return pl.DataFrame(rows, schema=schema).with_columns(pl.selectors.float().round(DIGITS))
