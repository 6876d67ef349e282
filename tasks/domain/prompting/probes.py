"""Identity probes: questions in templates, and the calls to each model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tasks.domain.card import ModelCard
from tasks.domain.ids import exact_prompt_id, request_id
from tasks.domain.plan import Plan
from tasks.domain.prompting.template import Template, wrap
from tasks.domain.rows import Prompt, Request

BANK = "bank"
SEARCH = "search"
PUBLISHED = "published"
PROBE_SET = "identity-probe"
"""Prompt set of wrapped questions in `raw.prompt`."""


@dataclass(frozen=True)
class Wrapped:
    """A question in a template. `is_leading`: one of the two names a vendor or a model."""

    prompt: Prompt
    template: Template
    question: Prompt
    is_leading: bool


@dataclass(frozen=True)
class Probe:
    """A wrapped question and the request with it to one model."""

    request: Request
    wrapped: Wrapped
    mode: str


def chosen_templates(templates: Sequence[Template], limit: int | None) -> list[Template]:
    """Return up to `limit` templates: in turn one of each kind and language; those without a name first.

    A larger limit keeps the templates of a smaller one. The order within a kind is the file's.
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
        names: returns whether a text names a vendor or a model.
    """
    wrapped = []
    for question in questions:
        is_named = any(names(turn.content) for turn in question.messages if turn.content)
        for template in templates:
            messages = wrap(template, question.messages)
            prompt = Prompt(
                prompt_id=exact_prompt_id(messages),
                prompt_set=PROBE_SET,
                prompt_key=f"{template.template_key}/{question.prompt_key}",
                messages=messages,
                language=question.language,
                category=template.kind,
                asks=question.asks,
                group=question.group,
            )
            wrapped.append(Wrapped(prompt, template, question, is_named or template.is_leading))
    return wrapped


def probes(plan: Plan, cards: dict[str, ModelCard], wrapped: Sequence[Wrapped], round_name: str) -> list[Probe]:
    """Return every probe of the plan's bank in `round_name`, models in plan order."""
    if plan.identity is None:
        return []
    return [
        probe(cards[model], plan, item, sample=sample, round_name=round_name, mode=BANK)
        for model in plan.models
        for item in wrapped
        for sample in range(plan.identity.samples)
    ]


def probe(card: ModelCard, plan: Plan, wrapped: Wrapped, *, sample: int, round_name: str, mode: str) -> Probe:
    """Return the probe of `card`'s model with a wrapped question and the plan's sampling of probes."""
    sampling = plan.sampling.over(card.sampling)
    if plan.identity is not None:
        sampling = plan.identity.sampling.over(sampling)
    sent = sampling.for_sample(sample)
    prompt = wrapped.prompt
    request = Request(
        request_id=request_id(card.fingerprint, prompt.prompt_id, sent, sample, round_name),
        model=card.name,
        fingerprint=card.fingerprint,
        prompt_id=prompt.prompt_id,
        sample=sample,
        round=round_name,
        messages=prompt.messages,
        sampling=sent,
    )
    return Probe(request, wrapped, mode)


def probe_row(probe: Probe, at: datetime) -> dict[str, Any]:
    """Return a row of `raw.probe`."""
    return {
        "request_id": probe.request.request_id,
        "mode": probe.mode,
        "template_id": probe.wrapped.template.template_id,
        "question_id": probe.wrapped.question.prompt_id,
        "is_leading": probe.wrapped.is_leading,
        "registered_at": at,
        "template_set": probe.wrapped.template.template_set,
    }
