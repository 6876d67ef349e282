"""What is to be graded for likeness: as a plan says, or of replies that are in the warehouse already."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tasks.adapters import cards
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.errors import InputError
from tasks.domain.judging import pair_judges
from tasks.domain.judging.grading import Grading, PairReader, strata_of, stratum
from tasks.domain.plan import Plan, SimilarityPlan
from tasks.domain.references import choose_references
from tasks.domain.rows import Prompt

if TYPE_CHECKING:
    from tasks.adapters.store import Store


def planned(plan: Plan, model_cards: Mapping[str, ModelCard], prompts: Mapping[str, list[Prompt]]) -> Grading | None:
    """Return what a plan wants graded, or None where it wants nothing.

    Args:
        plan: the plan.
        model_cards: the cards of its models, by name.
        prompts: the prompts of its sets, by set.

    Raises:
        InputError: a judge is not known, or asks a model and none is named.
    """
    wanted = plan.similarity
    if wanted is None:
        return None
    place = f"plan {plan.name}, key 'similarity.judges'"
    for judge in wanted.judges:
        registry.check(pair_judges, judge, place)
    asking = [judge for judge in wanted.judges if _asks_model(judge)]
    if asking and wanted.judge_model is None:
        raise InputError(
            f"{asking[0]!r} asks a model, and none is named.",
            where=place,
            remedy="Add key 'similarity.judge_model', or take text_likeness.",
        )
    named = wanted.references or plan.references
    chosen = choose_references([card.as_lineage() for card in model_cards.values()], named)
    choices = [choice for choice in plan.prompts if choice.set in (wanted.prompt_sets or (choice.set,))]
    return Grading(
        wanted=wanted,
        targets=plan.models,
        references=tuple(one.model for one in chosen),
        strata=strata_of({choice.set: prompts[choice.set][: choice.limit] for choice in choices}),
        readers=_readers(wanted, cards.read_card(wanted.judge_model) if asking and wanted.judge_model else None),
        seed=plan.seed,
    )


def recorded(references: Sequence[str], warehouse: "Store") -> Grading:
    """Return the grading, from the text alone, of all replies in the warehouse against `references`."""
    wanted = SimilarityPlan(references=tuple(references))
    replies = warehouse.read_columns("core.reply", ["distinct model", "prompt_id"])
    answered = set(warehouse.read_columns("core.reply", ["distinct prompt_id"], model=list(references))["prompt_id"])
    strata: dict[str, dict[str, str]] = {}
    columns = ["prompt_id", "prompt_set", "language", "category"]
    for prompt, prompt_set, language, category in warehouse.read_columns("core.prompt", columns).sort(columns).rows():
        if prompt in answered:
            strata.setdefault(prompt_set, {})[prompt] = stratum(language, category)
    targets = tuple(sorted(set(replies["model"])))
    return Grading(wanted, targets, tuple(references), strata, _readers(wanted, None))


def _readers(wanted: SimilarityPlan, card: ModelCard | None) -> tuple[PairReader, ...]:
    return tuple(
        PairReader.of(registry.load(pair_judges, judge), card if _asks_model(judge) else None)
        for judge in wanted.judges
    )


def _asks_model(judge: str) -> bool:
    return hasattr(registry.load(pair_judges, judge), "messages")
