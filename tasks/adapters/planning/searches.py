"""A search with all that it names: its plan, seeds, questions, target and attacker, read and checked."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from tasks.adapters.inputs import cards, lexicons
from tasks.adapters.inputs.templates import read_template_set
from tasks.adapters.models import providers
from tasks.adapters.planning import chosen_judges, plans
from tasks.adapters.settings import Home
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.errors import InputError
from tasks.domain.fuzzing.budget import Budget
from tasks.domain.fuzzing.mutation import AttackerOperator
from tasks.domain.fuzzing.search_calls import Submission, search_id, template_set_of
from tasks.domain.fuzzing.state import SearchSettings, load_operator
from tasks.domain.judging import judges
from tasks.domain.judging.calls import ATTEMPTS, ModelJudge
from tasks.domain.plan import Plan, SearchPlan
from tasks.domain.prompting.lexicon import Lexicon
from tasks.domain.prompting.probes import chosen_templates
from tasks.domain.prompting.template import Template
from tasks.domain.rows import Prompt


@dataclass(frozen=True)
class Limits:
    """What the command says of a search's budget; None: as the plan says."""

    calls: int | None = None
    iterations: int | None = None
    successes: int | None = None


@dataclass(frozen=True)
class PreparedSearch:
    """A plan's search for one target, read and checked."""

    plan: Plan
    wanted: SearchPlan
    submission: Submission
    attacker: ModelCard | None
    seeds: tuple[Template, ...]
    settings: SearchSettings
    judge_card: ModelCard | None
    lexicon: Lexicon

    @property
    def target(self) -> ModelCard:
        """The card of the model that is searched."""
        return self.submission.card

    @property
    def cards(self) -> list[ModelCard]:
        """The cards of all models that are asked, each once."""
        asked = [card for card in (self.target, self.attacker, self.judge_card) if card is not None]
        return list({card.name: card for card in asked}.values())

    @property
    def judge_version(self) -> str:
        """The judge's version, and where it asks a model, also which and how."""
        judge = registry.load(judges, self.wanted.judge)
        asked = None if self.judge_card is None else ModelJudge(judge, self.judge_card, self.lexicon)
        return str(judge.version if asked is None else asked.version)

    @property
    def budget(self) -> Budget:
        """When the search stops."""
        return Budget(self.wanted.calls, self.wanted.iterations, self.wanted.successes)

    @property
    def most_calls(self) -> int:
        """How many calls one step makes at most; how many a judge makes depends on what it can read."""
        n_labels = 0 if self.judge_card is None else ATTEMPTS
        return (1 + n_labels) * len(self.submission.questions) + (self.attacker is not None)

    @property
    def judges(self) -> list[str]:
        """The judges of the plan in the order in which their labels count, the search's own among them."""
        return list(dict.fromkeys([*(self.plan.identity.judges if self.plan.identity else ()), self.wanted.judge]))

    @property
    def recipe(self) -> dict[str, object]:
        """All that decides what the search asks and how it goes on; its budget is no part of it."""
        return {
            "settings": self.settings.recipe(),
            "seeds": [seed.template_id for seed in self.seeds],
            "questions": [question.prompt_id for question in self.submission.questions],
            "sampling": self.plan.sampling.over(self.target.sampling).for_sample(0),
            "attacker": self.attacker and [self.attacker.fingerprint, self.attacker.sampling.for_sample(0)],
            "judge": [self.wanted.judge, self.judge_version, self.wanted.score],
            "allow_leading": self.wanted.allow_leading,
            "lexicon": self.lexicon.version,
        }

    def as_row(self, at: datetime) -> dict[str, object]:
        """Return a row of `raw.search`."""
        return {
            "search_id": self.submission.search_id,
            "target": self.target.name,
            "fingerprint": self.target.fingerprint,
            "round": self.submission.round,
            "template_set": self.wanted.templates,
            "seed_template_ids": [seed.template_id for seed in self.seeds],
            "question_ids": [question.prompt_id for question in self.submission.questions],
            "judge": self.wanted.judge,
            "judge_version": self.judge_version,
            "score": self.wanted.score,
            "recipe_text": json.dumps(self.recipe, sort_keys=True),
            "budget_text": json.dumps(asdict(self.budget), sort_keys=True),
            "started_at": at,
        }


def read(plan_name: str, target: str, limits: Limits, round_name: str | None = None) -> PreparedSearch:
    """Return the search of `plan_name` for `target` in a round; nothing is written or asked.

    Raises:
        InputError: the plan has no search, does not name the target, or something that it names is missing or wrong.
    """
    round_name = plans.checked_round(round_name)
    plan, _ = cards.read_plan(plan_name)
    if plan.search is None:
        raise InputError(
            "the plan has no search.",
            where=f"plan {plan.name}",
            remedy="Add a table [search]; every key in it has a default.",
        )
    if target not in plan.models:
        raise InputError(
            f"the plan does not name model {target!r}.",
            where="--target",
            remedy=f"Known: {', '.join(plan.models)}.",
        )
    given = {key: value for key, value in asdict(limits).items() if value is not None}
    wanted = plan.search.model_copy(update=given)
    place = f"plan {plan.name}, key 'search."
    settings = _settings(plan, wanted, place)
    judge_card = chosen_judges.search_judge(wanted, place)
    lexicon = lexicons.read_lexicon()
    seeds = _seeds(wanted, lexicon, place)
    submission = Submission(
        card=cards.read_card(target),
        plan=plan,
        questions=_questions(wanted, lexicon, place),
        names=lexicon.names_vendor_or_model,
        round=round_name,
    )
    attacker = cards.read_card(wanted.attacker_model) if wanted.attacker_model and _asks_attacker(settings) else None
    prepared = PreparedSearch(plan, wanted, submission, attacker, seeds, settings, judge_card, lexicon)
    if wanted.calls < prepared.most_calls:
        raise InputError(
            f"the budget is {wanted.calls} calls, and one step makes up to {prepared.most_calls}.",
            where=f"{place}calls'",
            remedy="Raise it, or lower 'question_limit'.",
        )
    named = search_id(submission, prepared.recipe)
    return replace(prepared, submission=replace(submission, search_id=named, template_set=template_set_of(named)))


def require_reachable(prepared: PreparedSearch, home: Home) -> None:
    """Make sure that all models have their keys or weights; asks nothing.

    Raises:
        InputError: an environment variable is not set, or a file is not there.
    """
    for card in prepared.cards:
        registry.load(providers, card.endpoint.provider).require_available(card, home.models)


def _asks_attacker(settings: SearchSettings) -> list[str]:
    return [name for name in settings.operators if isinstance(load_operator(name), AttackerOperator)]


def _settings(plan: Plan, wanted: SearchPlan, place: str) -> SearchSettings:
    try:
        settings = SearchSettings(seed=plan.seed, selection=wanted.selection)
        settings = replace(settings, operators=wanted.operators) if wanted.operators else settings
    except InputError as error:
        raise InputError(error.what, where=f"plan {plan.name}, [search], {error.where}", remedy=error.remedy) from None
    asking = _asks_attacker(settings)
    if asking and wanted.attacker_model is None:
        raise InputError(
            f"{asking[0]!r} asks an attacker model, and none is named.",
            where=f"{place}operators'",
            remedy="Add key 'search.attacker_model', or leave out 'operators': then none needs an attacker.",
        )
    return settings


def _seeds(wanted: SearchPlan, lexicon: Lexicon, place: str) -> tuple[Template, ...]:
    _, templates = read_template_set(wanted.templates, names=lexicon.names_vendor_or_model)
    allowed = [template for template in templates if wanted.allow_leading or not template.is_leading]
    if not allowed:
        raise InputError(
            f"every template of {wanted.templates!r} names a vendor or model.",
            where=f"{place}templates'",
            remedy="Name another set, or set 'allow_leading = true'.",
        )
    return tuple(chosen_templates(allowed, wanted.template_limit))


def _questions(wanted: SearchPlan, lexicon: Lexicon, place: str) -> tuple[Prompt, ...]:
    _, prompts = cards.read_prompt_set(wanted.questions)
    allowed = [
        prompt
        for prompt in prompts
        if wanted.allow_leading
        or not any(lexicon.names_vendor_or_model(turn.content) for turn in prompt.messages if turn.content)
    ]
    if not allowed:
        raise InputError(
            f"every question of {wanted.questions!r} names a vendor or model.",
            where=f"{place}questions'",
            remedy="Name another set, or set 'allow_leading = true'.",
        )
    return tuple(allowed[: wanted.question_limit])
