"""Identity trials: which questions stand in which templates, and the calls that this comes to for each model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tasks.domain.card import ModelCard
from tasks.domain.ids import prompt_id, request_id
from tasks.domain.plan import Plan
from tasks.domain.prompting.template import Template, wrap
from tasks.domain.rows import Prompt, Request

BANK = "bank"
SEARCH = "search"
PUBLISHED = "published"
TRIAL_SET = "identity-trial"
"""Prompt set under which wrapped questions stand in `raw.prompt`."""


@dataclass(frozen=True)
class Wrapped:
    """A question in a template. `is_leading`: one of the two names a vendor or a model."""

    prompt: Prompt
    template: Template
    question: Prompt
    is_leading: bool


@dataclass(frozen=True)
class Trial:
    """A wrapped question put to one model."""

    request: Request
    wrapped: Wrapped
    mode: str


def chosen_templates(templates: Sequence[Template], limit: int | None) -> list[Template]:
    """Return up to `limit` templates: in turn one of each kind and language; those that name nobody first.

    A larger limit keeps what a smaller one chose. The order within a kind is the file's.
    """
    piles: dict[tuple[bool, int], dict[tuple[str, str], Template]] = {}
    depth: dict[tuple[bool, str, str], int] = {}
    for template in templates:
        place = (template.is_leading, template.kind, template.language)
        turn = depth[place] = depth.get(place, -1) + 1
        piles.setdefault((template.is_leading, turn), {})[template.kind, template.language] = template
    ordered = [template for key in sorted(piles) for template in piles[key].values()]
    return ordered[:limit]


def wrapped_questions(
    templates: Sequence[Template], questions: Sequence[Prompt], names: Callable[[str], bool]
) -> list[Wrapped]:
    """Return every question in every template.

    Args:
        templates: the bank's templates.
        questions: prompts that end with a user's question.
        names: says whether a text names a vendor or a model.
    """
    found = []
    for question in questions:
        is_named = any(names(turn.content) for turn in question.messages if turn.content)
        for template in templates:
            messages = wrap(template, question.messages)
            prompt = Prompt(
                prompt_id=prompt_id(messages),
                prompt_set=TRIAL_SET,
                prompt_key=f"{template.template_key}/{question.prompt_key}",
                messages=messages,
                language=question.language,
                category=template.kind,
                asks=question.asks,
                group=question.group,
            )
            found.append(Wrapped(prompt, template, question, is_named or template.is_leading))
    return found


def trials(plan: Plan, cards: dict[str, ModelCard], wrapped: Sequence[Wrapped], round_name: str) -> list[Trial]:
    """Return every trial of the plan's bank in `round_name`, models in plan order."""
    if plan.identity is None:
        return []
    return [
        trial(cards[model], plan, item, (sample, round_name, BANK))
        for model in plan.models
        for item in wrapped
        for sample in range(plan.identity.samples)
    ]


def trial(card: ModelCard, plan: Plan, wrapped: Wrapped, told: tuple[int, str, str]) -> Trial:
    """Return one trial; `told` is sample number, round and mode."""
    sample, round_name, mode = told
    sampling = plan.sampling.over(card.sampling)
    if plan.identity is not None:
        sampling = plan.identity.sampling.over(sampling)
    sent = sampling.for_sample(sample)
    asked = wrapped.prompt
    request = Request(
        request_id=request_id(card.fingerprint, asked.prompt_id, sent, sample, round_name),
        model=card.name,
        fingerprint=card.fingerprint,
        prompt_id=asked.prompt_id,
        sample=sample,
        round=round_name,
        messages=asked.messages,
        sampling=sent,
    )
    return Trial(request, wrapped, mode)


def trial_row(trial: Trial, at: datetime) -> dict[str, Any]:
    """Return a row of `raw.trial`."""
    return {
        "request_id": trial.request.request_id,
        "mode": trial.mode,
        "template_id": trial.wrapped.template.template_id,
        "question_id": trial.wrapped.question.prompt_id,
        "is_leading": trial.wrapped.is_leading,
        "registered_at": at,
        "template_set": trial.wrapped.template.template_set,
    }
