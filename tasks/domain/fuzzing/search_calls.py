"""Calls of one search step: to the target, and to the attacker that writes the template."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tasks.domain.card import ModelCard
from tasks.domain.fuzzing.search import Candidate, template_of
from tasks.domain.fuzzing.state import SearchState
from tasks.domain.ids import content_id, exact_prompt_id, request_id
from tasks.domain.plan import Plan
from tasks.domain.prompting.probes import SEARCH, Probe, probe, wrapped_questions
from tasks.domain.prompting.template import Template
from tasks.domain.rows import Prompt, Request

ATTACKER_ROUND = "helping"
ATTACKER_SET = "search-attacker"
"""Prompt set of the attacker's prompts in `raw.prompt`."""


@dataclass(frozen=True)
class Submission:
    """The questions and the round of a search; `names` returns whether a text names a vendor or model.

    `search_id` and `template_set` are empty until the whole recipe of the search is known.
    """

    card: ModelCard
    plan: Plan
    questions: tuple[Prompt, ...]
    names: Callable[[str], bool]
    round: str
    search_id: str = ""
    template_set: str = ""


def search_id(submission: Submission, recipe: Mapping[str, object]) -> str:
    """Return the id of a search: equal target, recipe and round are the same search, however often it starts."""
    return content_id("search", submission.card.fingerprint, recipe, submission.round)


def template_set_of(search: str) -> str:
    """Return the template set of a search's templates in `raw.template`."""
    return f"search-{search[:8]}"


def candidate_template(submission: Submission, state: SearchState, candidate: Candidate) -> Template:
    """Return the template of an accepted candidate with its template set and key."""
    template = template_of(state, candidate, submission.names(candidate.text or ""))
    return replace(template, template_set=submission.template_set, template_key=f"step-{candidate.step:05d}")


def target_probes(submission: Submission, template: Template) -> list[Probe]:
    """Return one probe of the target for each question in `template`."""
    wrapped = wrapped_questions([template], submission.questions, submission.names)
    return [
        probe(submission.card, submission.plan, item, sample=0, round_name=submission.round, mode=SEARCH)
        for item in wrapped
    ]


def attacker_call(card: ModelCard, candidate: Candidate) -> tuple[Request, Prompt]:
    """Return the attacker's call for a template; the step's number is the sample."""
    prompt = exact_prompt_id(candidate.messages)
    sent = card.sampling.for_sample(candidate.step)
    request = Request(
        request_id=request_id(card.fingerprint, prompt, sent, candidate.step, ATTACKER_ROUND),
        model=card.name,
        fingerprint=card.fingerprint,
        prompt_id=prompt,
        sample=candidate.step,
        round=ATTACKER_ROUND,
        messages=candidate.messages,
        sampling=sent,
    )
    return request, Prompt(prompt, ATTACKER_SET, prompt, candidate.messages)
