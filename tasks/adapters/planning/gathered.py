"""A plan and all files that it names, read at one moment; nothing is expanded yet."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from tasks.adapters.inputs import cards, lexicons
from tasks.adapters.inputs.templates import read_template_set
from tasks.adapters.models import embedders
from tasks.adapters.planning import chosen_judges, gradings
from tasks.adapters.prefect import workers
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.ids import content_id
from tasks.domain.judging import judges
from tasks.domain.plan import IdentityPlan, Plan
from tasks.domain.prompting.probes import chosen_templates
from tasks.domain.prompting.prompt_set import PromptSetCard
from tasks.domain.prompting.template import Template
from tasks.domain.prompting.template_card import TemplateSetCard
from tasks.domain.references import require_hypotheses
from tasks.domain.rows import Prompt


@dataclass(frozen=True)
class GatheredBank:
    """Files of the identity part of a plan. `leading_texts`: texts of questions that name a vendor or model."""

    card: TemplateSetCard
    templates: list[Template]
    questions: list[Prompt]
    leading_texts: list[str]
    judge_versions: dict[str, str]
    judge_card: ModelCard | None
    lexicon_version: str


@dataclass(frozen=True)
class Gathered:
    """A plan for one round, with the contents of all files that it names; keys of models are no part of them."""

    plan: Plan
    plan_text: str
    round: str
    cards: dict[str, ModelCard]
    set_cards: dict[str, PromptSetCard]
    prompts: dict[str, list[Prompt]]
    bank: GatheredBank | None = None
    grader_card: ModelCard | None = None
    """Card of the model of judges of pairs."""

    @cached_property
    def as_json(self) -> dict[str, Any]:
        """All content as values that JSON can hold."""
        content: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return content

    @cached_property
    def content_id(self) -> str:
        """Hash of all content: the same plan and files in the same round have the same hash."""
        return content_id("prepared plan", self.as_json)


def from_json(as_json: dict[str, Any]) -> Gathered:
    """Return the plan of which `Gathered.as_json` was made.

    Raises:
        ValueError: it is of another form.
    """
    content: Gathered = _adapter().validate_python(as_json)
    return content


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Gathered)


def gather(plan_name: str, round_name: str) -> Gathered:
    """Return `plan_name` with all files that it names.

    Raises:
        InputError: the plan, or something that it names, is missing or wrong.
    """
    plan, text = cards.read_plan(plan_name)
    workers.require_runner(plan.workers, f"plan {plan.name}, key 'workers.runner'")
    if plan.embedding.enabled:
        registry.require(embedders, plan.embedding.embedder, f"plan {plan.name}, key 'embedding.embedder'")
    if plan.search is not None:
        chosen_judges.search_judge(plan.search, f"plan {plan.name}, key 'search.")
    model_cards = cards.read_cards(plan)
    require_hypotheses(
        [(hypothesis.target, hypothesis.teacher) for hypothesis in plan.hypotheses],
        [card.as_lineage() for card in model_cards.values()],
        f"plan {plan.name}, key 'hypotheses'",
    )
    sets = {choice.set: cards.read_prompt_set(choice.set) for choice in plan.prompts}
    return Gathered(
        plan=plan,
        plan_text=text,
        round=round_name,
        cards=model_cards,
        set_cards={name: card for name, (card, _) in sets.items()},
        prompts={name: prompts for name, (_, prompts) in sets.items()},
        bank=_bank(plan.identity, f"plan {plan.name}, key 'identity.judges'") if plan.identity else None,
        grader_card=gradings.grader_card(plan),
    )


def _bank(identity: IdentityPlan, place: str) -> GatheredBank:
    versions = {}
    for judge in identity.judges:
        chosen_judges.judge_card(judge, identity.judge_model, place, "key 'identity.judge_model'")
        versions[judge] = registry.load(judges, judge).version
    lexicon = lexicons.read_lexicon()
    card, templates = read_template_set(identity.templates, names=lexicon.names_vendor_or_model)
    questions = cards.read_prompt_set(identity.questions)[1][: identity.question_limit]
    texts = [turn.content for question in questions for turn in question.messages if turn.content]
    return GatheredBank(
        card=card,
        templates=chosen_templates(templates, identity.template_limit),
        questions=questions,
        leading_texts=[text for text in texts if lexicon.names_vendor_or_model(text)],
        judge_versions=versions,
        judge_card=cards.read_card(identity.judge_model) if identity.judge_model else None,
        lexicon_version=lexicon.version,
    )
