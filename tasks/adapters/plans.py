"""A plan with all that it names: read, checked, and what of it is answered already."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tasks.adapters import cards, chosen_judges, embedders, gradings, journal, lexicons, providers, workers
from tasks.adapters.settings import Home, iso_week, now
from tasks.adapters.templates import read_template_set
from tasks.domain import registry
from tasks.domain.card import LocalGguf, ModelCard, PromptSetCard
from tasks.domain.errors import InputError
from tasks.domain.ids import content_id
from tasks.domain.judging import judges
from tasks.domain.judging.grading import Grading
from tasks.domain.plan import INDEX_VERSION, Plan, expand
from tasks.domain.prompting.template import Template
from tasks.domain.prompting.template_card import TemplateSetCard
from tasks.domain.prompting.trials import TRIAL_SET, Trial, chosen_templates, trials, wrapped_questions
from tasks.domain.references import check_questions
from tasks.domain.refresh import in_its_round, prompts_anew
from tasks.domain.rows import Prompt, Request
from tasks.domain.verdict.limits import STATISTIC
from tasks.domain.verdict.limits import VERSION as STATISTIC_VERSION

if TYPE_CHECKING:
    from tasks.adapters.store import Store

_ROUND = re.compile(r"[A-Za-z0-9_-]{1,40}")

SCORE_VERSIONS = {"opening": "2", "overlap": "1", "cosine": "1", "verdict": "2", "homogeneity": "1"}
SCORE_VERSIONS |= {"index": INDEX_VERSION, STATISTIC: STATISTIC_VERSION}
"""Versions of the formulas in `sql`, `tasks` and `tasks/domain`: a changed formula, a new number."""


@dataclass(frozen=True)
class Bank:
    """The identity part of a plan: templates, trials, and who judges them."""

    card: TemplateSetCard
    templates: list[Template]
    trials: list[Trial]
    judge_versions: dict[str, str]
    judge_card: ModelCard | None
    lexicon_version: str


@dataclass(frozen=True)
class Prepared:
    """A plan with all that it names, read and checked, and the calls that it comes to."""

    plan: Plan
    plan_text: str
    cards: dict[str, ModelCard]
    set_cards: dict[str, PromptSetCard]
    prompts: dict[str, list[Prompt]]
    requests: list[Request]
    round: str
    bank: "Bank | None" = None
    grading: Grading | None = None

    @property
    def recipe_id(self) -> str:
        """Hash of all that has to be equal for another run to be comparable."""
        checksums = {name: card.sha256 for name, card in self.set_cards.items()}
        readers = self.grading.readers if self.grading else ()
        versions = SCORE_VERSIONS | {reader.name: reader.version for reader in readers}
        if self.bank is None:
            return self.plan.recipe_id(checksums, versions)
        checksums |= {"templates": self.bank.card.sha256, "lexicon": self.bank.lexicon_version}
        return self.plan.recipe_id(checksums, versions | self.bank.judge_versions)

    @property
    def run_id(self) -> str:
        """The same plan, models and round are the same run, however often it is started."""
        return content_id("run", self.recipe_id, self.round, [card.fingerprint for card in self.cards.values()])


def checked_round(round_name: str | None) -> str:
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
    """Return `plan_name` with its cards, sets and requests for a round; nothing is written or asked.

    Args:
        plan_name: a plan of `data/plans`, or a path that ends in .toml.
        round_name: the period of re-evaluation; None: this ISO week.

    Raises:
        InputError: the round's name, the plan, or something that it names, is missing or wrong.
    """
    round_name = checked_round(round_name)
    plan, text = cards.read_plan(plan_name)
    workers.check(plan.workers, f"plan {plan.name}, key 'workers.runner'")
    if plan.embedding.enabled:
        registry.check(embedders, plan.embedding.embedder, f"plan {plan.name}, key 'embedding.embedder'")
    if plan.search is not None:
        chosen_judges.search_judge(plan.search, f"plan {plan.name}, key 'search.")
    model_cards = cards.read_cards(plan)
    check_questions(
        [(question.target, question.teacher) for question in plan.questions],
        [card.as_lineage() for card in model_cards.values()],
        f"plan {plan.name}, key 'questions'",
    )
    sets = {choice.set: cards.read_prompt_set(choice.set) for choice in plan.prompts}
    prompts = {name: prompts for name, (_, prompts) in sets.items()}
    bank = _bank(plan, model_cards, round_name) if plan.identity else None
    requests = expand(plan, model_cards, prompts, round_name)
    return Prepared(
        plan=plan,
        plan_text=text,
        cards=model_cards,
        set_cards={name: card for name, (card, _) in sets.items()},
        prompts=prompts,
        requests=requests + [trial.request for trial in bank.trials] if bank else requests,
        round=round_name,
        bank=bank,
        grading=gradings.planned(plan, model_cards, prompts),
    )


def _bank(plan: Plan, model_cards: dict[str, ModelCard], round_name: str) -> Bank:
    assert plan.identity is not None
    wanted, place = plan.identity, f"plan {plan.name}, key 'identity.judges'"
    versions = {}
    for judge in wanted.judges:
        chosen_judges.judge_card(judge, wanted.judge_model, place, "key 'identity.judge_model'")
        versions[judge] = registry.load(judges, judge).version
    lexicon = lexicons.read_lexicon()
    card, templates = read_template_set(wanted.templates, names=lexicon.names_vendor_or_model)
    chosen = chosen_templates(templates, wanted.template_limit)
    questions = cards.read_prompt_set(wanted.questions)[1][: wanted.question_limit]
    wrapped = wrapped_questions(chosen, questions, lexicon.names_vendor_or_model)
    return Bank(
        card=card,
        templates=chosen,
        trials=trials(plan, model_cards, wrapped, round_name),
        judge_versions=versions,
        judge_card=cards.read_card(wanted.judge_model) if wanted.judge_model else None,
        lexicon_version=lexicon.version,
    )


def with_earlier(prepared: Prepared, kept: "Store") -> Prepared:
    """Return `prepared` with requests of earlier rounds in the place of those that the plan does not ask anew."""
    if prepared.plan.refresh.policy == "always":
        return prepared
    rows = kept.read("core.answered_question").iter_rows(named=True)
    asked = {(row["fingerprint"], row["prompt_id"], row["sampling_text"], row["sample"]): row["round"] for row in rows}
    wanted = {choice.set: prepared.prompts[choice.set][: choice.limit] for choice in prepared.plan.prompts}
    set_of = {prompt.prompt_id: name for name, prompts in wanted.items() for prompt in prompts}
    trials = prepared.bank.trials if prepared.bank else []
    set_of |= {trial.request.prompt_id: TRIAL_SET for trial in trials}
    anew = prompts_anew(prepared.plan, set_of)
    requests = [in_its_round(request, prepared.plan, anew, asked) for request in prepared.requests]
    if prepared.bank is None:
        return replace(prepared, requests=requests)
    # The trials' requests stand last, in the order of the trials.
    put = [replace(trial, request=request) for trial, request in zip(trials, requests[-len(trials) :], strict=True)]
    return replace(prepared, requests=requests, bank=replace(prepared.bank, trials=put))


def foreseen(prepared: Prepared, home: Home) -> Prepared:
    """Return what `with_earlier` makes of `prepared`, as far as the published snapshot tells."""
    if prepared.plan.refresh.policy == "always" or not home.published.exists():
        return prepared
    from tasks.adapters import store  # DuckDB: most plans are looked at before there is a database.

    with store.reading(home) as snapshot:
        return with_earlier(prepared, snapshot)


def answered(home: Home) -> set[str]:
    """Return the ids of the requests that need no asking, from the published snapshot and the journal."""
    settled = journal.settled_requests(home.journal)
    if home.published.exists():
        from tasks.adapters import store

        with store.reading(home) as snapshot:
            settled |= set(snapshot.read("core.outcome", is_settled=True)["request_id"])
    return settled


def asked_cards(prepared: Prepared, settled: set[str]) -> list[ModelCard]:
    """Return the cards of all that will be asked: models with calls to be made, and judges."""
    waiting = {request.model: None for request in prepared.requests if request.request_id not in settled}
    needed = [prepared.cards[name] for name in waiting]
    if prepared.bank is not None and prepared.bank.judge_card is not None:
        needed.append(prepared.bank.judge_card)
    if prepared.grading is not None:
        needed += prepared.grading.judge_cards
    return needed


def check_reachable(prepared: Prepared, settled: set[str], home: Home) -> None:
    """Make sure that every model with calls to be made has its key or its weights; asks nothing.

    Raises:
        InputError: an environment variable is not set, or a file is not there.
    """
    check_cards(asked_cards(prepared, settled), prepared.plan, home)


def check_cards(needed: list[ModelCard], plan: Plan, home: Home) -> None:
    """Make sure that the workers of `plan` can ask all of `needed`; keys of workers elsewhere are their own matter.

    Raises:
        InputError: an environment variable is not set, a file is not there, or workers elsewhere can't reach a model.
    """
    for card in needed:
        is_local = isinstance(card.endpoint, LocalGguf)
        if plan.workers.is_elsewhere and is_local:
            raise InputError(
                "it is served by this process, on loopback: workers elsewhere can't reach it.",
                where=f"model {card.name}, plan {plan.name}, key 'workers.address'",
                remedy="Serve it where they reach it, with a card of provider openai_compatible.",
            )
        if is_local or not plan.workers.is_elsewhere:
            registry.load(providers, card.endpoint.provider).check(card, home.models)
