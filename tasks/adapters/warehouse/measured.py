"""Input of verdicts, read from a warehouse or a published snapshot: replies, pairs, lineage."""

import numpy as np

from tasks.adapters.inputs import lexicons
from tasks.adapters.warehouse import pair_sums, store
from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.sums import ChannelSums
from tasks.domain.verdict.analysis import Measured
from tasks.domain.verdict.measuring import measured_from
from tasks.domain.verdict.population import DocumentedModel, Population


def measure(warehouse: store.Store, embedder: str) -> Measured | None:
    """Return the input of verdicts; None where no two models have replies to compare."""
    population = population_of(warehouse)
    if len(population.models) < 2:
        return None
    return measured_from(
        channel_sums(warehouse, population),
        population,
        identical=dict(
            warehouse.read_columns("core.prefix_overlap_ceiling", ["model", "identical_prefix_overlap"]).iter_rows()
        ),
        embedding=_cosines(warehouse, embedder, population),
        hypotheses=list(warehouse.read_columns("raw.hypothesis", ["target", "candidate_group"]).iter_rows()),
        named_vendors=named_vendors(population),
    )


def named_vendors(population: Population) -> dict[str, frozenset[str]]:
    """Return the vendors that each model's name names, by the lexicon."""
    lexicon = lexicons.read_lexicon()
    return {
        model.model: frozenset(mention.vendor for mention in lexicon.mentions(_spaced(model.model)))
        for model in population.models
    }


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


def _cosines(warehouse: store.Store, embedder: str, population: Population) -> Floats:
    """Return the mean centred cosines, n x n; NaN where nothing is embedded."""
    place, n = population.place, len(population.models)
    cosines = np.full((n, n), np.nan)
    rows = warehouse.read("score.embedding_similarity", embedder=embedder)
    for target, reference, value in rows.select("target", "reference", "similarity").iter_rows():
        if target in place and reference in place and value is not None:
            cosines[place[target], place[reference]] = value
    return cosines
