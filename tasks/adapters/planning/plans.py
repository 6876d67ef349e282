"""A plan with all files that it names: read, checked, and its requests that are answered already."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from tasks.adapters.models import providers
from tasks.adapters.planning import gradings
from tasks.adapters.planning.gathered import Gathered, GatheredBank, gather
from tasks.adapters.settings import Home, iso_week, now
from tasks.adapters.warehouse import journal
from tasks.domain import registry
from tasks.domain.card import LocalGguf, ModelCard
from tasks.domain.errors import DatabaseDamaged, InputError
from tasks.domain.ids import content_id
from tasks.domain.plan import INDEX_VERSION, Plan, expand
from tasks.domain.prompting.probes import PROBE_SET, Probe, probes, wrapped_questions
from tasks.domain.prompting.prompt_set import PromptSetCard
from tasks.domain.prompting.template import Template
from tasks.domain.prompting.template_card import TemplateSetCard
from tasks.domain.refresh import refreshed_prompts, with_round
from tasks.domain.rows import Prompt, Request
from tasks.domain.rse.grading import Grading
from tasks.domain.verdict.limits import STATISTIC
from tasks.domain.verdict.limits import VERSION as STATISTIC_VERSION

if TYPE_CHECKING:
    from tasks.adapters.warehouse.store import Store

T = TypeVar("T")

_ROUND = re.compile(r"[A-Za-z0-9_-]{1,40}")

SCORE_VERSIONS = {"prefix_overlap": "2", "overlap": "1", "cosine": "1", "verdict": "2", "homogeneity": "1"}
SCORE_VERSIONS |= {"index": INDEX_VERSION, STATISTIC: STATISTIC_VERSION}
"""Versions of the formulas in `sql`, `tasks` and `tasks/domain`: a changed formula, a new number."""


@dataclass(frozen=True)
class Bank:
    """The identity part of a plan: templates, probes, and who judges them."""

    card: TemplateSetCard
    templates: list[Template]
    probes: list[Probe]
    judge_versions: dict[str, str]
    judge_card: ModelCard | None
    lexicon_version: str


@dataclass(frozen=True)
class Prepared:
    """A plan with all files that it names, read and checked, and its calls."""

    gathered: Gathered
    requests: list[Request]
    bank: Bank | None = None
    grading: Grading | None = None

    @property
    def plan(self) -> Plan:
        """The plan itself."""
        return self.gathered.plan

    @property
    def plan_text(self) -> str:
        """The plan's file as it was written."""
        return self.gathered.plan_text

    @property
    def round(self) -> str:
        """The period of re-evaluation."""
        return self.gathered.round

    @property
    def cards(self) -> dict[str, ModelCard]:
        """The cards of its models, by name."""
        return self.gathered.cards

    @property
    def set_cards(self) -> dict[str, PromptSetCard]:
        """The cards of its prompt sets, by name."""
        return self.gathered.set_cards

    @property
    def prompts(self) -> dict[str, list[Prompt]]:
        """All prompts of its sets in file order, by set."""
        return self.gathered.prompts

    @property
    def recipe_id(self) -> str:
        """Hash of all that has to be equal for another run to be comparable."""
        checksums = {name: card.sha256 for name, card in self.set_cards.items()}
        readers = self.grading.judges if self.grading else ()
        versions = SCORE_VERSIONS | {reader.name: reader.version for reader in readers}
        if self.bank is None:
            return self.plan.recipe_id(checksums, versions)
        checksums |= {"templates": self.bank.card.sha256, "lexicon": self.bank.lexicon_version}
        return self.plan.recipe_id(checksums, versions | self.bank.judge_versions)

    @property
    def run_id(self) -> str:
        """The same plan, models and round are the same run, however often it is started."""
        return content_id("run", self.recipe_id, self.round, [card.fingerprint for card in self.cards.values()])


def valid_round(round_name: str | None) -> str:
    """Return the round's name, by default this ISO week.

    Raises:
        InputError: it holds other signs than a round's name may.
    """
    if round_name is None:
        return iso_week(now())
    if not _ROUND.fullmatch(round_name):
        raise InputError(
            f"the round is {round_name!r}.",
            where="--round",
            remedy="Give up to 40 letters, digits, - and _, such as 2026-W48, or leave it out.",
        )
    return round_name


def read(plan_name: str, round_name: str | None = None) -> Prepared:
    """Return `plan_name` with its cards, sets and requests for a round; this writes nothing and calls no model.

    Args:
        plan_name: a plan of `data/plans`, or a path that ends in .toml.
        round_name: the period of re-evaluation; None: this ISO week.

    Raises:
        InputError: the round's name, the plan, or something that it names, is missing or wrong.
    """
    return expanded(gather(plan_name, valid_round(round_name)))


def expanded(gathered: Gathered) -> Prepared:
    """Return a plan with its calls; the same files give the same calls."""
    plan, round_name = gathered.plan, gathered.round
    bank = _bank(gathered.bank, gathered) if gathered.bank else None
    requests = expand(plan, gathered.cards, gathered.prompts, round_name)
    return Prepared(
        gathered=gathered,
        requests=requests + [probe.request for probe in bank.probes] if bank else requests,
        bank=bank,
        grading=gradings.planned(plan, gathered.cards, gathered.prompts, gathered.grader_card),
    )


def _bank(named: GatheredBank, gathered: Gathered) -> Bank:
    wrapped = wrapped_questions(named.templates, named.questions, set(named.leading_texts).__contains__)
    return Bank(
        card=named.card,
        templates=named.templates,
        probes=probes(gathered.plan, gathered.cards, wrapped, gathered.round),
        judge_versions=named.judge_versions,
        judge_card=named.judge_card,
        lexicon_version=named.lexicon_version,
    )


def reuse_earlier_rounds(prepared: Prepared, earlier: "Store") -> Prepared:
    """Return `prepared` with requests of earlier rounds in place of those that the plan does not repeat."""
    if prepared.plan.refresh.policy == "always":
        return prepared
    rows = earlier.read("core.answered_request_key").iter_rows(named=True)
    round_of = {
        (row["fingerprint"], row["prompt_id"], row["sampling_text"], row["sample"]): row["round"] for row in rows
    }
    prompts_of = {choice.set: prepared.prompts[choice.set][: choice.limit] for choice in prepared.plan.prompts}
    set_of = {prompt.prompt_id: name for name, prompts in prompts_of.items() for prompt in prompts}
    probes = prepared.bank.probes if prepared.bank else []
    set_of |= {probe.request.prompt_id: PROBE_SET for probe in probes}
    repeated = refreshed_prompts(prepared.plan, set_of)
    requests = [with_round(request, prepared.plan, repeated, round_of) for request in prepared.requests]
    if prepared.bank is None:
        return replace(prepared, requests=requests)
    # The probes' requests are last, in the order of the probes.
    renewed = [replace(probe, request=request) for probe, request in zip(probes, requests[-len(probes) :], strict=True)]
    return replace(prepared, requests=requests, bank=replace(prepared.bank, probes=renewed))


def from_results(home: Home, read: Callable[["Store"], T]) -> T:
    """Read the published snapshot; the warehouse, where another version published that, or it is damaged."""
    from tasks.adapters.warehouse import (  # DuckDB: most plans are looked at before there is a database.
        snapshots,
        store,
    )

    if snapshots.is_present(home.published) or not home.warehouse.exists():
        try:
            with store.reading(home) as results:
                return read(results)
        except DatabaseDamaged:
            if not home.warehouse.exists():
                raise
    with store.inspecting(home) as results:
        return read(results)


def reuse_published_rounds(prepared: Prepared, home: Home) -> Prepared:
    """Return `prepared` after `reuse_earlier_rounds` with the rounds of the published snapshot."""
    if prepared.plan.refresh.policy == "always" or not home.published.exists():
        return prepared
    return from_results(home, lambda results: reuse_earlier_rounds(prepared, results))


def answered(home: Home) -> set[str]:
    """Return the ids of the requests that need no call, from the published snapshot and the journal."""
    settled = journal.settled_requests(home.journal)
    if home.published.exists():
        settled |= from_results(home, lambda results: set(results.read("core.outcome", is_settled=True)["request_id"]))
    return settled


def cards_to_call(prepared: Prepared, settled: set[str]) -> list[ModelCard]:
    """Return the cards of all models that will be called: models with open requests, and judges."""
    waiting = {request.model: None for request in prepared.requests if request.request_id not in settled}
    cards = [prepared.cards[name] for name in waiting]
    if prepared.bank is not None and prepared.bank.judge_card is not None:
        cards.append(prepared.bank.judge_card)
    if prepared.grading is not None:
        cards += prepared.grading.judge_cards
    return cards


def require_reachable(prepared: Prepared, settled: set[str], home: Home) -> None:
    """Require the key or the weights of every model with open requests; calls no model.

    Raises:
        InputError: an environment variable is not set, or a file is not there.
    """
    require_cards(cards_to_call(prepared, settled), prepared.plan, home)


def require_cards(cards: list[ModelCard], plan: Plan, home: Home) -> None:
    """Require that the workers of `plan` can call all of `cards`; keys of workers elsewhere are not checked.

    Raises:
        InputError: an environment variable is not set, a file is not there, or workers elsewhere can't reach a model.
    """
    for card in cards:
        is_local = isinstance(card.endpoint, LocalGguf)
        if card.is_batched and plan.workers.runner != "threads":
            raise InputError(
                "its requests go through a batch endpoint, for which this process waits: workers can't send them.",
                where=f"model {card.name}, plan {plan.name}, key 'workers.runner'",
                remedy="Leave out [workers], or set 'endpoint.batch = false' in the card.",
            )
        if plan.workers.is_elsewhere and is_local:
            raise InputError(
                "it is served by this process, on loopback: workers elsewhere can't reach it.",
                where=f"model {card.name}, plan {plan.name}, key 'workers.address'",
                remedy="Serve it where they reach it, with a card of provider openai_compatible.",
            )
        if is_local or not plan.workers.is_elsewhere:
            registry.load(providers, card.endpoint.provider).require_available(card, home.models)
