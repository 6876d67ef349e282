"""Pairs to be graded for similarity: those of a plan, or of replies that are in the warehouse already."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tasks.adapters.inputs import cards
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.errors import InputError
from tasks.domain.judging.judge import asks_model
from tasks.domain.plan import Plan, RsePlan
from tasks.domain.references import choose_references
from tasks.domain.rows import Prompt
from tasks.domain.rse import pair_judges
from tasks.domain.rse.grading import Grading, PlannedJudge, strata_of, stratum

if TYPE_CHECKING:
    from tasks.adapters.warehouse.store import Store


def grader_card(plan: Plan) -> ModelCard | None:
    """Return the card of the model that a plan's judges of pairs call, or None where none calls one.

    Raises:
        InputError: a judge is not known, or asks a model and none is named.
    """
    rse = plan.rse
    if rse is None:
        return None
    place = f"plan {plan.name}, key 'rse.judges'"
    for judge in rse.judges:
        registry.require(pair_judges, judge, place)
    asking = [judge for judge in rse.judges if asks_model(registry.load(pair_judges, judge))]
    if asking and rse.judge_model is None:
        raise InputError(
            f"{asking[0]!r} asks a model, and none is named.",
            where=place,
            remedy="Add key 'rse.judge_model', or take text_similarity.",
        )
    return cards.read_card(rse.judge_model) if asking and rse.judge_model else None


def planned(
    plan: Plan, model_cards: Mapping[str, ModelCard], prompts: Mapping[str, list[Prompt]], card: ModelCard | None
) -> Grading | None:
    """Return the grading of a plan, or None where it has none.

    Args:
        plan: the plan.
        model_cards: the cards of its models, by name.
        prompts: the prompts of its sets, by set.
        card: of the model that its judges call, as `grader_card` returns it.
    """
    rse = plan.rse
    if rse is None:
        return None
    named = rse.references or plan.references
    chosen = choose_references([card.as_lineage() for card in model_cards.values()], named)
    choices = [choice for choice in plan.prompts if choice.set in (rse.prompt_sets or (choice.set,))]
    return Grading(
        options=rse,
        targets=plan.models,
        references=tuple(lineage.model for lineage in chosen),
        strata=strata_of({choice.set: prompts[choice.set][: choice.limit] for choice in choices}),
        judges=_judges(rse, card),
        seed=plan.seed,
    )


def recorded(references: Sequence[str], warehouse: "Store") -> Grading:
    """Return the grading, from the text alone, of all replies in the warehouse against `references`."""
    rse = RsePlan(references=tuple(references))
    models = warehouse.read_distinct("core.reply", ["model"])["model"]
    answered = set(warehouse.read_distinct("core.reply", ["prompt_id"], model=list(references))["prompt_id"])
    strata: dict[str, dict[str, str]] = {}
    columns = ["prompt_id", "prompt_set", "language", "category"]
    for prompt, prompt_set, language, category in warehouse.read_columns("core.prompt", columns).sort(columns).rows():
        if prompt in answered:
            strata.setdefault(prompt_set, {})[prompt] = stratum(language, category)
    return Grading(rse, tuple(sorted(models)), tuple(references), strata, _judges(rse, None))


def _judges(rse: RsePlan, card: ModelCard | None) -> tuple[PlannedJudge, ...]:
    loaded = [registry.load(pair_judges, judge) for judge in rse.judges]
    return tuple(PlannedJudge.of(judge, card if asks_model(judge) else None) for judge in loaded)
