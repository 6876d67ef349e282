"""All that verdicts are formed from, read from a warehouse or a published snapshot: replies, pairs, lineage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
import polars as pl

from tasks.adapters import lexicons, store
from tasks.domain import channels, registry
from tasks.domain.pairwise.engine import ChannelSums, pair_sums
from tasks.domain.pairwise.prompt_replies import Places
from tasks.domain.pairwise.tokens import common_words
from tasks.domain.verdict.analysis import Measured
from tasks.domain.verdict.composite import VERSION, composite
from tasks.domain.verdict.degree import SelfScore
from tasks.domain.verdict.pair_score import PairScore, placed
from tasks.domain.verdict.population import Known, Population

PROMPTS_AT_ONCE = 100
MOST_SAMPLED = 20_000
"""Replies from which the commonest words are counted."""

PLAIN = "plain_opening"


@dataclass
class _Formed:
    """The sums that were formed last: a second scoring of the same replies in one process needs no second pass."""

    key: str = ""
    sums: dict[str, ChannelSums] | None = None


_formed = _Formed()


def measure(warehouse: store.Store, embedder: str) -> Measured | None:
    """Return all that verdicts are formed from; None where no two models have replies to compare."""
    population = population_of(warehouse)
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


def population_of(warehouse: store.Store) -> Population:
    """Return the models that have replies, by name."""
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
    made = [registry.load(channels, name) for name in registry.names(channels)]
    common = commonest(warehouse)
    _formed.sums = pair_sums(prompts_of(warehouse, prompts, population), population.cohort, made, common)
    _formed.key = key
    return _formed.sums


def commonest(warehouse: store.Store) -> frozenset[str]:
    """Return the words that stay in skeletons: the commonest of the replies, or of a sample where they are many."""
    listed = warehouse.read_columns("core.reply", ["prompt_id", "text_id"]).drop_nulls("text_id")
    texts = listed.sort("prompt_id").unique("text_id", keep="first", maintain_order=True)
    texts = texts.sort("text_id").head(MOST_SAMPLED)
    return common_words(_texts(warehouse, texts["prompt_id"].unique().to_list(), set(texts["text_id"])))


def _texts(warehouse: store.Store, prompts: Sequence[str], wanted: set[str]) -> Iterator[str]:
    for start in range(0, len(prompts), PROMPTS_AT_ONCE):
        chunk = list(prompts[start : start + PROMPTS_AT_ONCE])
        rows = warehouse.read_columns("core.reply", ["text_id", "reply_text"], prompt_id=chunk)
        for text_id, text in rows.unique("text_id").iter_rows():
            if text is not None and text_id in wanted:
                yield text


def prompts_of(
    warehouse: store.Store, prompts: Sequence[str], population: Population
) -> Iterator[tuple[list[str], Places]]:
    """Yield the texts that answer each prompt, by model and sample, with the places of their models."""
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
