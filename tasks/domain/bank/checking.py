"""One model's replies against a bank: the verdict on it, out of its own pairs and those of the controls."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tasks.domain.bank.bank import Bank, Replies
from tasks.domain.bank.comparing import Compared, compare
from tasks.domain.verdict.analysis import Analysis, analyse
from tasks.domain.verdict.decision import LEAST_PROMPTS, POSITIVE
from tasks.domain.verdict.hypotheses import Targets
from tasks.domain.verdict.measuring import measured_from
from tasks.domain.verdict.population import DocumentedModel, Population
from tasks.domain.verdict.verdicts import Verdict, verdicts


@dataclass(frozen=True)
class SharedStart:
    """How alike the target and a reference begin on one prompt; `unrelated`: mean over the controls, in words."""

    prompt_id: str
    n_words: float
    unrelated: float


@dataclass(frozen=True)
class ControlScore:
    """The score of an unrelated model with a candidate group: all of a group's are its null."""

    candidate_group: str
    model: str
    vendor: str
    family: str
    score: float
    n_prompts: int


@dataclass(frozen=True)
class Checked:
    """The verdicts on a target, as rows with the columns of `mart.verdict`, the one that says most first.

    `null`: the scores of the controls that each row's null is read from. `models`: rows with the columns of
    `core.model`, by name. `starts`: the prompts, those first on which the target begins most as its nearest reference
    does, beyond what unrelated models share with it.
    """

    rows: list[dict[str, Any]]
    models: Mapping[str, Mapping[str, Any]]
    n_prompts: int
    starts: list[SharedStart]
    null: list[ControlScore]


def check(
    bank: Bank,
    target: DocumentedModel,
    replies: Replies,
    named_vendors: Mapping[str, frozenset[str]],
    hypotheses: Collection[tuple[str, str]] = (),
    *,
    is_null_of_all_prompts: bool = False,
    p_of_others: Mapping[str, Mapping[str, float]] | None = None,
) -> Checked:
    """Return the verdicts on `target` against the models of a bank, on the prompts that it answered.

    As a scoring of the same models has them, but for what is sampled of word pairs, for embeddings, and for p values
    over targets: the target is the only one. Bank models that no test of it needs are left out.

    Args:
        bank: the bank; its own model of the target's name, if any, is left out.
        target: the model.
        replies: its replies.
        named_vendors: vendors that models' names name.
        hypotheses: pairs of target and candidate group that were named before any verdict was seen.
        is_null_of_all_prompts: the null is formed on all prompts of the bank, as in a scoring, and not on those alone
            that the target answered.
        p_of_others: see `Targets`.
    """
    compared = compare(bank, target, replies, is_null_of_all_prompts=is_null_of_all_prompts)
    return conclude(compared, named_vendors, hypotheses, p_of_others=p_of_others)


def conclude(
    compared: Compared,
    named_vendors: Mapping[str, frozenset[str]],
    hypotheses: Collection[tuple[str, str]] = (),
    *,
    p_of_others: Mapping[str, Mapping[str, float]] | None = None,
) -> Checked:
    """Return the verdicts on a target that was compared; the arguments are those of `check`."""
    target, population = compared.target, compared.population
    measured = measured_from(
        compared.sums,
        population,
        dict(compared.identical),
        hypotheses=hypotheses,
        named_vendors=named_vendors,
        targets=Targets(frozenset({target.model}), p_of_others or {}),
    )
    analysis = analyse(measured)
    rows = _rows([row for row in verdicts(analysis) if row.target == target.model], population)
    nearest = next((row["reference"] for row in rows if not row["is_kin"]), None)
    return Checked(
        rows=rows,
        models={model.model: _as_core_model(model) for model in population.models},
        n_prompts=compared.n_prompts,
        starts=_shared_starts(compared, nearest),
        null=_null(analysis, [row["candidate_group"] for row in rows]),
    )


def _shared_starts(compared: Compared, nearest: str | None) -> list[SharedStart]:
    """Return how alike target and reference begin on each prompt, the most beyond unrelated models first."""
    if nearest is None:
        return []
    models, starts = compared.population.models, compared.starts
    reference, target = compared.population.place[nearest], compared.population.place[compared.target.model]
    unrelated = [
        place
        for place, model in enumerate(models)
        if model.is_background and not model.is_kin(models[reference]) and not model.is_kin(models[target])
    ]
    listed = []
    for number, prompt in enumerate(compared.prompts):
        others = starts[number, unrelated]
        if not np.isnan(starts[number, reference]) and not np.isnan(others).all():
            n_words, mean = float(np.expm1(starts[number, reference])), float(np.expm1(np.nanmean(others)))
            listed.append(SharedStart(compared.bank.prompts[prompt].prompt_id, n_words, mean))
    return sorted(listed, key=lambda start: (start.unrelated - start.n_words, start.prompt_id))


def _null(analysis: Analysis, groups: Sequence[str]) -> list[ControlScore]:
    """Return the scores of each group's controls, the groups in the order given, the highest score first."""
    population = analysis.measured.population
    scores = []
    for group in groups:
        column = population.groups.index(group)
        is_control = population.is_unrelated[:, column] & (analysis.n_prompts[:, column] >= LEAST_PROMPTS)
        places = np.flatnonzero(is_control & ~np.isnan(analysis.scores[:, column]))
        scores += [
            ControlScore(
                group,
                population.models[place].model,
                population.models[place].vendor,
                population.models[place].family,
                float(analysis.scores[place, column]),
                int(analysis.n_prompts[place, column]),
            )
            for place in sorted(places, key=lambda place: (-analysis.scores[place, column], place))
        ]
    return scores


def _rows(of_target: list[Verdict], population: Population) -> list[dict[str, Any]]:
    """Return verdicts with the columns that `mart.verdict` adds."""
    models = {model.model: model for model in population.models}
    rows: list[dict[str, Any]] = []
    for verdict in of_target:
        rank = POSITIVE.index(verdict.verdict) + 1 if verdict.verdict in POSITIVE else None
        rows.append(
            asdict(verdict)
            | {
                "candidate_vendor": models[verdict.reference].vendor,
                "target_role": models[verdict.target].role,
                "candidate_role": models[verdict.reference].role,
                "verdict_rank": rank,
                "is_positive": rank is not None,
            }
        )
    rows.sort(key=_order)
    for is_kin in (False, True):
        for place, row in enumerate((row for row in rows if row["is_kin"] == is_kin), start=1):
            row["place"] = place
    return rows


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    numbers = (row[name] for name in ("verdict_rank", "p_target", "p_t"))
    return row["is_kin"], *((value is None, value or 0.0) for value in numbers), row["rank"]


def _as_core_model(model: DocumentedModel) -> dict[str, Any]:
    row = asdict(model)
    return row | {"candidate_group": model.group, "learned_from": list(model.learned_from)}
