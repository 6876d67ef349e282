"""Input of verdicts, read from a warehouse or a published snapshot: replies, pairs, lineage."""

from dataclasses import replace

import numpy as np
import polars as pl

from tasks.adapters.inputs import lexicons
from tasks.adapters.warehouse import pair_sums, store
from tasks.domain.pairwise.sums import ChannelSums
from tasks.domain.verdict.analysis import Measured
from tasks.domain.verdict.composite import composite
from tasks.domain.verdict.degree import SelfScore
from tasks.domain.verdict.pair_score import SIDES, Pairs, pairs_from_columns
from tasks.domain.verdict.population import DocumentedModel, Population

PLAIN = "prefix_overlap"


def measure(warehouse: store.Store, embedder: str) -> Measured | None:
    """Return the input of verdicts; None where no two models have replies to compare."""
    population = population_of(warehouse)
    if len(population.models) < 2:
        return None
    sums = channel_sums(warehouse, population)
    pairs = _pairs(warehouse, embedder, population)
    lexicon = lexicons.read_lexicon()
    named = {
        model.model: frozenset(mention.vendor for mention in lexicon.mentions(_spaced(model.model)))
        for model in population.models
    }
    measured = Measured(
        population=population,
        composite=composite(sums, population),
        pairs=pairs,
        selves={},
        hypotheses=list(warehouse.read_columns("raw.hypothesis", ["target", "candidate_group"]).iter_rows()),
        named_vendors=named,
    )
    return replace(measured, selves=_selves(warehouse, measured, sums[PLAIN]))


def _spaced(name: str) -> str:
    """Return a model's name as words, among which a lexicon finds names."""
    return "".join(sign if sign.isalnum() or sign in ".-" else " " for sign in name)


def population_of(warehouse: store.Store) -> Population:
    """Return the models that have replies, by name."""
    background = {row["model"]: row["is_background"] for row in warehouse.read("score.reference").to_dicts()}
    replied = set(warehouse.read_columns("core.reply", ["model"])["model"])
    return Population(
        tuple(
            DocumentedModel(
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
    """Return the sums of every channel over all replies."""
    return pair_sums.form(warehouse, population).channels


def _pairs(warehouse: store.Store, embedder: str, population: Population) -> Pairs:
    cosines = warehouse.read("score.embedding_similarity", embedder=embedder).select(
        "target", "reference", "similarity"
    )
    names = {"low": "prefix_overlap_d_low", "high": "prefix_overlap_d_high"} | {
        name: name for name in (*SIDES, "prefix_overlap", "prefix_overlap_d", "length_closeness", "n_prompts")
    }
    rows = warehouse.read("mart.pair_similarity").select(**{name: pl.col(column) for name, column in names.items()})
    rows = rows.join(cosines.rename({"similarity": "embedding"}), on=list(SIDES), how="left")
    return pairs_from_columns({name: rows[name].to_list() for name in rows.columns}, population)


def _selves(warehouse: store.Store, measured: Measured, plain: ChannelSums) -> dict[str, SelfScore]:
    """Return each reference's D with itself, and the D of models that are unrelated to it."""
    population, centred, n_centred = measured.population, plain.centred, plain.n_centred
    identical = dict(
        warehouse.read_columns("core.prefix_overlap_ceiling", ["model", "identical_prefix_overlap"]).iter_rows()
    )
    scores = {}
    for place, model in enumerate(population.models):
        if not model.is_reference or model.model not in identical or np.isnan(plain.background[place]):
            continue
        variants = [
            i for i, other in enumerate(population.models) if other.role == "variant" and other.parent == model.model
        ]
        nearest = max(variants, key=lambda i: float(np.nan_to_num(centred[i, place], nan=-np.inf)), default=None)
        unrelated = [
            float(centred[i, place])
            for i, other in enumerate(population.models)
            if other.is_control and not other.is_kin(model) and not np.isnan(centred[i, place])
        ]
        scores[model.model] = SelfScore(
            samples=None if np.isnan(centred[place, place]) else float(centred[place, place]),
            n_samples=int(n_centred[place, place]),
            variant=None if nearest is None or np.isnan(centred[nearest, place]) else float(centred[nearest, place]),
            n_variant=0 if nearest is None else int(n_centred[nearest, place]),
            identical=float(identical[model.model] - plain.background[place]),
            null_mean=float(np.mean(unrelated)) if len(unrelated) > 1 else None,
            null_sd=float(np.std(unrelated, ddof=1)) if len(unrelated) > 1 else None,
        )
    return scores
