"""A published snapshot with documented lineage -> the agreement of its verdicts, and of rival scores, with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tasks.adapters import extras
from tasks.adapters.models import embedder_cache
from tasks.adapters.prefect import progress
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.adapters.warehouse.measured import channel_sums, measure, population_of
from tasks.domain import registry, rivals
from tasks.domain.errors import InputError
from tasks.domain.plan import EmbeddingPlan
from tasks.domain.prompting.prompt_sample import sample_prompts
from tasks.domain.reply_table import ReplyTable
from tasks.domain.rival import Rival, RivalInput
from tasks.domain.rivals.first_words import provenance_p_values, unrelated_controls
from tasks.domain.similarity.lexical import without_first_sentence
from tasks.domain.validation.documented import STUDENT, TUNED, columns
from tasks.domain.validation.score_figures import (
    Figures,
    Published,
    Validation,
    aurocs,
    centred_by_reference,
    centred_by_vendor,
    figures,
    published_figures,
    rival_figures,
)
from tasks.domain.validation.sibling_figures import sibling_figures
from tasks.domain.verdict.analysis import Analysis, analyse
from tasks.domain.verdict.decision import VERDICTS
from tasks.domain.verdict.population import Population
from tasks.domain.verdict.verdicts import verdicts

PREFIX_OVERLAP_0_1_0 = "prefix_overlap_0_1_0"
"""The score of version 0.1.0: the mean prefix overlap, centred by reference."""


def require_documented(home: Home) -> None:
    """Raise InputError where no model has a documented teacher, so that there is nothing to validate against."""
    with store.reading(home) as snapshot:
        population = population_of(snapshot)
    if not columns(population, [STUDENT, *TUNED], is_by_vendor=True):
        raise InputError(
            "no model here is documented as a student of a reference.",
            where="--lineage",
            remedy="The file needs rows of role student, derived or variant whose learned_from names a group that is "
            "among the references.",
        )


def validate(home: Home, seed: int, embedding: EmbeddingPlan | None) -> Validation:
    """Return how well the verdicts on published replies agree with the documented lineage.

    Args:
        home: the home of the snapshot.
        seed: seed of the intervals, and of the sample of embedded prompts.
        embedding: embedder and number of prompts of the rival that embeds; None: no rivals.
    """
    with store.reading(home) as snapshot:
        measured = measure(snapshot, "")
        if measured is None:
            raise InputError("no two models have replies to compare.", where=str(home.root))
        population, analysis = measured.population, analyse(measured)
        rival = _rivals(snapshot, analysis, seed, embedding) if embedding is not None else _Rivals(None, None, 0)
        scores = analysis.scores
        return Validation(
            n_targets=len(population.models),
            n_prompts=int(analysis.n_prompts.max()),
            n_vendors=len({model.vendor for model in population.models}),
            composite=figures(scores, analysis.plain, population, seed, analysis.cluster),
            strictly=aurocs(scores, population, [STUDENT], seed, is_by_vendor=False),
            tuned=aurocs(scores, population, TUNED, seed, is_by_vendor=True),
            siblings=sibling_figures(scores, analysis.plain, population, seed),
            **vars(rival),
            verdicts=_best_verdicts(analysis),
            adversaries=_adversaries(analysis),
        )


@dataclass(frozen=True)
class _Rivals:
    rivals: Mapping[str, Figures] | None
    provenance: Published | None
    n_embedded: int


def _rivals(snapshot: store.Store, analysis: Analysis, seed: int, embedding: EmbeddingPlan) -> _Rivals:
    population, controls = analysis.measured.population, analysis.plain.groups.is_control
    cohort, table = population.cohort, first_replies(snapshot, population)
    n_embedded = min(embedding.prompts_per_set or 0, len(table.prompts)) if embedding.enabled else 0
    prefix_overlap = channel_sums(snapshot, population)["prefix_overlap"].mean
    by_rival = {
        PREFIX_OVERLAP_0_1_0: rival_figures(centred_by_reference(prefix_overlap, cohort), controls, population, seed)
    }
    embedded: RivalInput | None = None
    for name in progress.counted("rival scores", registry.names(rivals)):
        rival: Rival = registry.load(rivals, name)
        if rival.extra is not None and not extras.is_installed(rival.extra):
            continue
        if rival.reads_vectors and n_embedded:
            embedded = embedded or embedded_input(table, population, embedding, seed)
        values = rival.score(embedded if rival.reads_vectors and embedded else rival_input(table, population))
        if values is not None:
            by_rival[name] = rival_figures(centred_by_vendor(values, cohort), controls, population, seed)
    is_unrelated = unrelated_controls(cohort.is_background, cohort.family, cohort.vendor)
    provenance = published_figures(provenance_p_values(table, is_unrelated), controls, population, seed)
    return _Rivals(by_rival, provenance, n_embedded)


def _best_verdicts(analysis: Analysis) -> dict[str, dict[str, int]]:
    """Return each target's best verdict on a candidate that is no kin, counted by role."""
    best: dict[str, int] = {}
    for row in verdicts(analysis):
        if not row.is_kin:
            place = VERDICTS.index(row.verdict)
            best[row.target] = min(best.get(row.target, place), place)
    role = {model.model: model.role or "unknown" for model in analysis.measured.population.models}
    counts: dict[str, dict[str, int]] = {}
    for target, place in sorted(best.items(), key=lambda item: item[1]):
        of_role = counts.setdefault(role[target], {})
        of_role[VERDICTS[place]] = of_role.get(VERDICTS[place], 0) + 1
    return counts


def _adversaries(analysis: Analysis) -> list[dict[str, object]]:
    """Return the nearest candidate of each adversary with its verdict."""
    fields = ("target", "candidate_group", "score", "z", "p_target", "q", "verdict")
    names = {model.model for model in analysis.measured.population.models if model.role == "adversary"}
    return [
        {name: getattr(row, name) for name in fields}
        for row in verdicts(analysis)
        if row.target in names and row.rank == 1
    ]


def first_replies(snapshot: store.Store, population: Population) -> ReplyTable:
    """Return the first sample of each model's replies to each prompt."""
    rows = snapshot.read_columns("core.reply", ["model", "prompt_id", "sample", "reply_text"])
    rows = (
        rows.drop_nulls("reply_text").sort("prompt_id", "model", "sample").unique(["prompt_id", "model"], keep="first")
    )
    texts: dict[str, list[str | None]] = {}
    for model, prompt, text in rows.select("model", "prompt_id", "reply_text").iter_rows():
        texts.setdefault(prompt, [None] * len(population.models))[population.place[model]] = text
    prompts = tuple(sorted(texts))
    return ReplyTable(tuple(population.place), prompts, tuple(tuple(texts[prompt]) for prompt in prompts))


def rival_input(table: ReplyTable, population: Population, vectors: np.ndarray | None = None) -> RivalInput:
    """Return what rivals read of these replies: with the population's references as candidates."""
    candidates = [place for place, model in enumerate(population.models) if model.is_reference]
    return RivalInput(table, candidates, [model.group for model in population.models], vectors)


def embedded_input(table: ReplyTable, population: Population, plan: EmbeddingPlan, seed: int) -> RivalInput:
    """Return the replies to some of the prompts with their vectors: embedding them all takes an hour."""
    chosen = set(sample_prompts(table.prompts, plan.prompts_per_set, seed))
    places = [place for place, prompt in enumerate(table.prompts) if prompt in chosen]
    part = ReplyTable(table.models, tuple(table.prompts[i] for i in places), tuple(table.texts[i] for i in places))
    cells = [(i, j) for i, row in enumerate(part.texts) for j, text in enumerate(row) if text]
    # Texts of similar length side by side waste the least padding.
    cells.sort(key=lambda cell: len(part.texts[cell[0]][cell[1]] or ""))
    [embedded] = embedder_cache.embedded(plan, [[part.texts[i][j] or "" for i, j in cells]])
    vectors = np.full((len(part.prompts), len(part.models), embedded.shape[1]), np.nan, dtype=np.float32)
    for (i, j), vector in zip(cells, embedded, strict=True):
        vectors[i, j] = vector
    return rival_input(part, population, vectors)


def cut_first_sentences(home: Home, scratch: Path) -> Home:
    """Return a home under `scratch` with the same replies, each without its first sentence: an evasion.

    A reply of one sentence stays as it is, as without it the text would be empty.
    """
    evading = Home(scratch)
    with store.reading(home) as snapshot, store.writing(evading) as warehouse:
        for table in ("model", "lineage", "prompt", "request"):
            warehouse.append(table, snapshot.read(f"raw.{table}"))
        warehouse.replace("reference", snapshot.read("score.reference"))
        replies = snapshot.read("raw.reply")
        texts = [None if text is None else without_first_sentence(text) for text in replies["reply_text"]]
        warehouse.append("reply", replies.with_columns(pl.Series("reply_text", texts, dtype=pl.String)))
    return evading
