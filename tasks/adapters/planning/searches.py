"""A search with all files that it names: its plan, seeds, questions, target and attacker, read and checked."""

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
from tasks.domain.judging.calls import ModelJudge
from tasks.domain.judging.judge import ATTEMPTS
from tasks.domain.plan import Plan, SearchPlan
from tasks.domain.prompting.lexicon import Lexicon
from tasks.domain.prompting.probes import chosen_templates
from tasks.domain.prompting.template import Template
from tasks.domain.rows import Prompt


@dataclass(frozen=True)
class Limits:
    """Options of the command for a search's budget; None: the value of the plan."""

    calls: int | None = None
    iterations: int | None = None
    successes: int | None = None


@dataclass(frozen=True)
class PreparedSearch:
    """A plan's search for one target, read and checked."""

    plan: Plan
    search: SearchPlan
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
        """The cards of all models that are called, each once."""
        used = [card for card in (self.target, self.attacker, self.judge_card) if card is not None]
        return list({card.name: card for card in used}.values())

    @property
    def judge_version(self) -> str:
        """The judge's version; where it calls a model, with the model and its settings."""
        judge = registry.load(judges, self.search.judge)
        model_judge = None if self.judge_card is None else ModelJudge(judge, self.judge_card, self.lexicon)
        return str(judge.version if model_judge is None else model_judge.version)

    @property
    def budget(self) -> Budget:
        """When the search stops."""
        return Budget(self.search.calls, self.search.iterations, self.search.successes)

    @property
    def most_calls(self) -> int:
        """The most calls of one step; the number of calls of a judge depends on the replies."""
        n_labels = 0 if self.judge_card is None else ATTEMPTS
        return (1 + n_labels) * len(self.submission.questions) + (self.attacker is not None)

    @property
    def judges(self) -> list[str]:
        """The judges of the plan in the order in which their labels count, the search's own among them."""
        return list(dict.fromkeys([*(self.plan.identity.judges if self.plan.identity else ()), self.search.judge]))

    @property
    def recipe(self) -> dict[str, object]:
        """All that determines the requests and the course of the search; its budget is no part of it."""
        return {
            "settings": self.settings.recipe(),
            "seeds": [seed.template_id for seed in self.seeds],
            "questions": [question.prompt_id for question in self.submission.questions],
            "sampling": self.plan.sampling.over(self.target.sampling).for_sample(0),
            "attacker": self.attacker and [self.attacker.fingerprint, self.attacker.sampling.for_sample(0)],
            "judge": [self.search.judge, self.judge_version, self.search.score],
            "allow_leading": self.search.allow_leading,
            "lexicon": self.lexicon.version,
        }

    def as_row(self, at: datetime) -> dict[str, object]:
        """Return a row of `raw.search`."""
        return {
            "search_id": self.submission.search_id,
            "target": self.target.name,
            "fingerprint": self.target.fingerprint,
            "round": self.submission.round,
            "template_set": self.search.templates,
            "seed_template_ids": [seed.template_id for seed in self.seeds],
            "question_ids": [question.prompt_id for question in self.submission.questions],
            "judge": self.search.judge,
            "judge_version": self.judge_version,
            "score": self.search.score,
            "recipe_text": json.dumps(self.recipe, sort_keys=True),
            "budget_text": json.dumps(asdict(self.budget), sort_keys=True),
            "started_at": at,
        }


def read(plan_name: str, target: str, limits: Limits, round_name: str | None = None) -> PreparedSearch:
    """Return the search of `plan_name` for `target` in a round; this writes nothing and calls no model.

    Raises:
        InputError: the plan has no search, does not name the target, or something that it names is missing or wrong.
    """
    round_name = plans.valid_round(round_name)
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
    overrides = {key: value for key, value in asdict(limits).items() if value is not None}
    search = plan.search.model_copy(update=overrides)
    place = f"plan {plan.name}, key 'search."
    settings = _settings(plan, search, place)
    judge_card = chosen_judges.search_judge(search, place)
    lexicon = lexicons.read_lexicon()
    seeds = _seeds(search, lexicon, place)
    submission = Submission(
        card=cards.read_card(target),
        plan=plan,
        questions=_questions(search, lexicon, place),
        names=lexicon.names_vendor_or_model,
        round=round_name,
    )
    attacker = cards.read_card(search.attacker_model) if search.attacker_model and _asks_attacker(settings) else None
    prepared = PreparedSearch(plan, search, submission, attacker, seeds, settings, judge_card, lexicon)
    if batched := [card.name for card in prepared.cards if card.is_batched]:
        raise InputError(
            "a search waits for each reply before it sends the next request: a batch endpoint takes up to a day.",
            where=f"plan {plan.name}, model {batched[0]}, key 'endpoint.batch'",
            remedy="Set it to false, or give the search a card without it.",
        )
    if search.calls < prepared.most_calls:
        raise InputError(
            f"the budget is {search.calls} calls, and one step makes up to {prepared.most_calls}.",
            where=f"{place}calls'",
            remedy="Raise it, or lower 'question_limit'.",
        )
    named = search_id(submission, prepared.recipe)
    return replace(prepared, submission=replace(submission, search_id=named, template_set=template_set_of(named)))


def require_reachable(prepared: PreparedSearch, home: Home) -> None:
    """Require the keys or weights of all models; calls no model.

    Raises:
        InputError: an environment variable is not set, or a file is not there.
    """
    for card in prepared.cards:
        registry.load(providers, card.endpoint.provider).require_available(card, home.models)


def _asks_attacker(settings: SearchSettings) -> list[str]:
    return [name for name in settings.operators if isinstance(load_operator(name), AttackerOperator)]


def _settings(plan: Plan, search: SearchPlan, place: str) -> SearchSettings:
    try:
        settings = SearchSettings(seed=plan.seed, selection=search.selection)
        settings = replace(settings, operators=search.operators) if search.operators else settings
    except InputError as error:
        raise InputError(error.what, where=f"plan {plan.name}, [search], {error.where}", remedy=error.remedy) from None
    asking = _asks_attacker(settings)
    if asking and search.attacker_model is None:
        raise InputError(
            f"{asking[0]!r} asks an attacker model, and none is named.",
            where=f"{place}operators'",
            remedy="Add key 'search.attacker_model', or leave out 'operators': then none needs an attacker.",
        )
    return settings


def _seeds(search: SearchPlan, lexicon: Lexicon, place: str) -> tuple[Template, ...]:
    _, templates = read_template_set(search.templates, names=lexicon.names_vendor_or_model)
    allowed = [template for template in templates if search.allow_leading or not template.is_leading]
    if not allowed:
        raise InputError(
            f"every template of {search.templates!r} names a vendor or model.",
            where=f"{place}templates'",
            remedy="Name another set, or set 'allow_leading = true'.",
        )
    return tuple(chosen_templates(allowed, search.template_limit))


def _questions(search: SearchPlan, lexicon: Lexicon, place: str) -> tuple[Prompt, ...]:
    _, prompts = cards.read_prompt_set(search.questions)
    allowed = [
        prompt
        for prompt in prompts
        if search.allow_leading
        or not any(lexicon.names_vendor_or_model(turn.content) for turn in prompt.messages if turn.content)
    ]
    if not allowed:
        raise InputError(
            f"every question of {search.questions!r} names a vendor or model.",
            where=f"{place}questions'",
            remedy="Name another set, or set 'allow_leading = true'.",
        )
    return tuple(allowed[: search.question_limit])
