"""Which requests a round sends again, and which keep the reply of an earlier round."""

from collections.abc import Mapping
from dataclasses import replace

from tasks.domain.ids import request_id
from tasks.domain.plan import Plan
from tasks.domain.prompting.prompt_sample import sample_prompts
from tasks.domain.rows import Request, sampling_text

Question = tuple[str, str, str, int]
"""Card's fingerprint, prompt, sampling as text, sample: a request without its round."""


def question(request: Request) -> Question:
    """Return `request` without its round."""
    return request.fingerprint, request.prompt_id, sampling_text(request.sampling), request.sample


def refreshed_prompts(plan: Plan, set_of: Mapping[str, str]) -> frozenset[str]:
    """Return the prompts that every round requests again: all, none, or the plan's sample of each set.

    Args:
        plan: its seed draws the sample; a larger `n` keeps the prompts of a smaller one.
        set_of: each prompt's set, by `prompt_id`; identity probes are one set.
    """
    if plan.refresh.policy == "always":
        return frozenset(set_of)
    if plan.refresh.policy == "once":
        return frozenset()
    by_set: dict[str, list[str]] = {}
    for prompt, name in set_of.items():
        by_set.setdefault(name, []).append(prompt)
    return frozenset(
        prompt for prompts in by_set.values() for prompt in sample_prompts(prompts, plan.refresh.n, plan.seed)
    )


def with_round(request: Request, plan: Plan, refreshed: frozenset[str], last_round: Mapping[Question, str]) -> Request:
    """Return `request`, or the request of an earlier round that replaces it under the policy.

    Args:
        request: a request of the present round.
        plan: the plan with the policy.
        refreshed: the prompts that every round requests again.
        last_round: the last round with a reply, by question.
    """
    concerned = plan.refresh.models or plan.models
    if request.model not in concerned or request.prompt_id in refreshed:
        return request
    earlier = last_round.get(question(request), request.round)
    same = request_id(request.fingerprint, request.prompt_id, request.sampling, request.sample, earlier)
    return replace(request, request_id=same, round=earlier)
