"""The steps of a search: choose a parent, mutate it, accept or refuse the mutation, record the outcome.

Each step draws from a generator of its own, made from the seed and the step's number, so a search resumes
from its recorded steps as if it had never stopped::

    state = begin(settings, seeds, recorded)
    while budget.reached(state.steps) is None:
        candidate = next_candidate(state, state.chance())
        if candidate.needs_attacker:
            candidate = with_answer(state, candidate, <the attacker's reply to candidate.messages>)
        outcome = <the outcome of the probes with candidate.text, if is_accepted>
        state = record(state, candidate, outcome)
"""

from dataclasses import dataclass, replace

from tasks.domain.fuzzing.acceptance import refusal
from tasks.domain.fuzzing.chance import Chance, below, pick
from tasks.domain.fuzzing.mutation import AttackerOperator, TextOperator
from tasks.domain.fuzzing.state import SearchState, load_operator, state_after
from tasks.domain.fuzzing.tree import Choice, SearchStep
from tasks.domain.fuzzing.wording import language_of
from tasks.domain.prompting.template import Template, template_id
from tasks.domain.rows import Message


@dataclass(frozen=True)
class Candidate:
    """The next step: a template's text, messages to an attacker that writes it, or a refusal.

    A refused candidate keeps its text, where it has one, as a record of the refusal.
    """

    step: int
    path: tuple[str, ...]
    probability: float
    parents: tuple[str, ...]
    operator: str
    text: str | None = None
    messages: tuple[Message, ...] = ()
    refused_reason: str | None = None

    @property
    def needs_attacker(self) -> bool:
        """Whether the attacker's reply is still needed."""
        return self.text is None and self.refused_reason is None

    @property
    def is_accepted(self) -> bool:
        """Whether the target is probed with `text`."""
        return self.text is not None and self.refused_reason is None


@dataclass(frozen=True)
class Outcome:
    """Outcome of a step: calls to the target, how many have a label, how many of these are successes, other calls."""

    n_calls: int = 0
    n_judged: int = 0
    n_success: int = 0
    n_attacker_calls: int = 0
    n_judge_calls: int = 0


def next_candidate(state: SearchState, rng: Chance) -> Candidate:
    """Return the next step's candidate; equal state and chance give the same candidate.

    Args:
        state: the search so far.
        rng: the generator of this step, `state.chance()`.
    """
    choice = state.settings.policy.select(state.tree, rng)
    name = pick(state.settings.operators, rng)
    operator = load_operator(name)
    if isinstance(operator, AttackerOperator):
        parents = (choice.path[-1], *_partners(state, choice, operator.n_parents, rng))
        messages = operator.messages([state.tree.nodes[parent].text for parent in parents])
        return Candidate(len(state.steps), choice.path, choice.probability, parents, name, messages=messages)
    drafts = [_draft(state, choice, name, rng) for _ in range(state.settings.n_drafts)]
    accepted = [draft for draft in drafts if draft.is_accepted]
    return max(accepted, key=lambda draft: state.coverage.rarity(draft.text or "")) if accepted else drafts[-1]


def with_answer(state: SearchState, candidate: Candidate, reply_text: str | None) -> Candidate:
    """Return `candidate` with the template that the attacker wrote, or refused with a reason.

    Args:
        state: the candidate's search.
        candidate: one that needs the attacker.
        reply_text: what the attacker replied to `candidate.messages`; None where there is no reply.

    Raises:
        ValueError: the candidate doesn't need an attacker.
    """
    operator = load_operator(candidate.operator)
    if not candidate.needs_attacker or not isinstance(operator, AttackerOperator):
        raise ValueError(f"step {candidate.step} asks no attacker")
    answer = operator.parse([state.tree.nodes[parent].text for parent in candidate.parents], reply_text)
    return _with_text(state, candidate, answer.text, answer.reason)


def record(state: SearchState, candidate: Candidate, outcome: Outcome) -> SearchState:
    """Return the state after `candidate` was probed or refused; its last step is the row to store.

    Raises:
        ValueError: the candidate is of another step or still needs the attacker, or the outcome does not fit it.
    """
    if candidate.step != len(state.steps) or candidate.needs_attacker:
        raise ValueError(f"step {candidate.step} is not what step {len(state.steps)} is waiting for")
    is_sound = 0 <= outcome.n_success <= outcome.n_judged <= outcome.n_calls
    if not is_sound or (outcome.n_calls and not candidate.is_accepted):
        raise ValueError(f"{outcome} can't be the outcome of step {candidate.step}")
    step = SearchStep(
        step=candidate.step,
        path=candidate.path,
        probability=candidate.probability,
        parents=candidate.parents,
        operator=candidate.operator,
        template_id=None if candidate.text is None else template_id(candidate.text),
        template_text=candidate.text,
        refused_reason=candidate.refused_reason,
        n_attacker_calls=outcome.n_attacker_calls,
        n_calls=outcome.n_calls,
        n_judged=outcome.n_judged,
        n_success=outcome.n_success,
        n_judge_calls=outcome.n_judge_calls,
    )
    return state_after(state, step)


def template_of(state: SearchState, candidate: Candidate, is_leading: bool) -> Template:
    """Return the template of an accepted candidate; its kind is that of its seed.

    Raises:
        ValueError: the candidate is not accepted.
    """
    if candidate.text is None or not candidate.is_accepted:
        raise ValueError(f"step {candidate.step} has no accepted template")
    kinds = {seed.template_id: seed.kind for seed in state.seeds}
    return Template(candidate.text, language_of(candidate.text), kinds[candidate.path[0]], is_leading)


def _partners(state: SearchState, choice: Choice, n_parents: int, rng: Chance) -> tuple[str, ...]:
    """Return the further parents that an operator needs; the chosen template itself where there is no other."""
    chosen = choice.path[-1]
    others = [template for template in state.tree.nodes if template != chosen] or [chosen]
    return tuple(pick(others, rng) for _ in range(n_parents - 1))


def _operator_stack(state: SearchState, first: str, rng: Chance) -> list[str]:
    """Return `first` and up to `max_stack - 1` other operators that need no attacker."""
    others = [name for name in state.settings.operators if name != first]
    left = [name for name in others if isinstance(load_operator(name), TextOperator)]
    n_further = min(below(state.settings.max_stack, rng), len(left))
    return [first, *(left.pop(below(len(left), rng)) for _ in range(n_further))]


def _draft(state: SearchState, choice: Choice, first: str, rng: Chance) -> Candidate:
    """Return one mutation of the chosen template by `first` and the operators stacked on it, accepted or refused."""
    parents = choice.path[-1:]
    text = state.tree.nodes[parents[0]].text
    applied: list[str] = []
    for name in _operator_stack(state, first, rng):
        operator = load_operator(name)
        if not isinstance(operator, TextOperator):
            continue
        partners = _partners(state, choice, operator.n_parents, rng)
        changed = operator.mutate([text, *(state.tree.nodes[partner].text for partner in partners)], rng)
        if changed is not None and changed != text:
            text, parents = changed, parents + partners
            applied.append(name)
    candidate = Candidate(len(state.steps), choice.path, choice.probability, parents, "+".join(applied) or first)
    return _with_text(state, candidate, text if applied else None, None if applied else "nothing_changed")


def _with_text(state: SearchState, candidate: Candidate, text: str | None, reason: str | None) -> Candidate:
    """Return `candidate` with its text, accepted, or refused for `reason` or by the rules."""
    if text is not None and reason is None:
        reason = refusal(text, state.earlier_templates, state.settings.rules, state.names)
    return replace(candidate, text=text, refused_reason=reason)
