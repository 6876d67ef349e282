"""A plan: which models answer which prompts, how often, and how the replies are compared."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from tasks.domain.budget import BudgetPlan
from tasks.domain.card import ModelCard, Name, Sampling, Strict
from tasks.domain.ids import content_id, request_id
from tasks.domain.rows import Prompt, Request
from tasks.domain.workers import WorkersPlan

INDEX_VERSION = "1"
"""Of the formula in `sql/mart/distillation_index.sql`."""


class PromptChoice(Strict):
    """A prompt set, how many of its prompts (the first ones), and how many samples of each."""

    set: Name
    limit: Annotated[int, Field(ge=1)] | None = None
    """How many of its prompts, the first ones; None: all."""
    samples: Annotated[int, Field(ge=1, le=100)] = 1


class EmbeddingPlan(Strict):
    """The embedder, and the numbers of prompts per set and probes per target (the same for all models)."""

    enabled: bool = True
    """False: no embeddings, which need the extra `embed`."""
    embedder: Name = "sentence_transformers"
    model: str = "all-MiniLM-L6-v2"
    prompts_per_set: Annotated[int, Field(ge=1)] | None = 150
    """None: every prompt."""
    probes_per_target: Annotated[int, Field(ge=0)] | None = 150
    """Identity probes of each mode, in turn one of each group of questions. None: all; 0: none."""

    @property
    def label(self) -> str:
        """Embedder and model, as stored beside each vector."""
        return f"{self.embedder}/{self.model}"


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise ValueError("one is named more than once")
    return names


class IdentityPlan(Strict):
    """Identity probes: every question in every template, for every model of the plan, labelled by judges."""

    templates: Name = "identity"
    template_limit: Annotated[int, Field(ge=1)] | None = None
    """How many templates, taken in turn from each kind and language; those without a name first. None: all."""
    questions: Name = "identity"
    question_limit: Annotated[int, Field(ge=1)] | None = None
    samples: Annotated[int, Field(ge=1, le=100)] = 1
    sampling: Sampling = Sampling()
    """Override of the plan's sampling, for the probes alone."""
    judges: Annotated[tuple[str, ...], Field(min_length=1)] = ("text_claim",)
    """The first judge's labels count for `mart.identity_score`; the others are for comparison."""
    judge_model: Name | None = None
    """Model card of the judge, for judges that call a model."""

    @field_validator("judges")
    @classmethod
    def _once(cls, judges: tuple[str, ...]) -> tuple[str, ...]:
        return _each_once(judges)


class SearchPlan(Strict):
    """A search for templates under which a target leaks, one for each target; the plan's seed determines its draws."""

    templates: Name = "identity"
    """The seeds: the templates of this set without a name, or with `allow_leading` all of them."""
    template_limit: Annotated[int, Field(ge=1)] | None = None
    """How many seeds, taken in turn from each kind and language. None: all."""
    questions: Name = "identity"
    question_limit: Annotated[int, Field(ge=1)] = 5
    """Number of questions for each new template: the set's first ones, the same for all templates."""
    selection: str = "mcts_explore"
    operators: tuple[str, ...] = ()
    """Mutations, with equal probabilities. Empty: all that need no attacker model."""
    attacker_model: Name | None = None
    """Model card of the attacker, for mutations that call one."""
    judge: str = "text_claim"
    judge_model: Name | None = None
    """Model card of the judge, for a judge that calls a model."""
    score: Literal["strict", "loose"] = "strict"
    """What counts as a success: a foreign claim, or any contradiction of the facts."""
    calls: Annotated[int, Field(ge=1)] = 500
    """The most calls of target, attacker and judge together; a step that might exceed it is not begun.

    A step calls the target once a question, the attacker at most once, and a judge model at most twice a reply.
    """
    iterations: Annotated[int, Field(ge=1)] | None = None
    successes: Annotated[int, Field(ge=1)] | None = None
    """Stop after this many templates with a success."""
    allow_leading: bool = False
    """Seeds, questions and mutations may name vendors and models."""


class RsePlan(Strict):
    """How alike targets' and references' replies are, graded from 1 to 5 by judges of pairs (the paper's RSE)."""

    references: tuple[Name, ...] = ()
    """Empty: the plan's references."""
    prompt_sets: tuple[Name, ...] = ()
    """Empty: all prompt sets of the plan."""
    judges: Annotated[tuple[str, ...], Field(min_length=1)] = ("text_similarity",)
    """Judges of the text alone grade every pair of replies; the other keys concern judges that call a model."""
    judge_model: Name | None = None
    """Model card of the judge."""
    first_prompts: Annotated[int, Field(ge=2)] = 40
    """How many prompts of each set are graded for every target: a sample spread over languages and categories."""
    more_prompts: Annotated[int, Field(ge=1)] = 40
    """How many more of each set, as long as a target's interval overlaps with that of a neighbour in rank."""
    most_prompts: Annotated[int, Field(ge=2)] | None = 200
    """The most prompts of each set. None: all."""
    swapped_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    """Share of the pairs that are also graded in the other order, to measure the position bias."""

    @field_validator("references", "prompt_sets", "judges")
    @classmethod
    def _once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return _each_once(names)


class IndexPlan(Strict):
    """Weights of the parts of the distillation index; a part of weight 0 need not be measured."""

    lineage: Annotated[float, Field(ge=0)] = 2.0
    """Degree to the nearest group of another vendor: the part that is compared with unrelated models."""
    identity: Annotated[float, Field(ge=0)] = 1.0
    """Hard identity score."""
    rse: Annotated[float, Field(ge=0)] = 1.0
    """Grade with the most similar reference of another vendor."""

    @model_validator(mode="after")
    def _weighs_something(self) -> "IndexPlan":
        if not any(self.model_dump().values()):
            raise ValueError("every part has weight 0")
        return self


class RefreshPlan(Strict):
    """Which prompts of an earlier round a round requests again; the others keep their reply."""

    policy: Literal["always", "once", "sample"] = "always"
    n: Annotated[int, Field(ge=1)] | None = None
    """With `sample`: prompts of each set, and probes, requested again: the same for all models in all rounds."""
    models: tuple[Name, ...] = ()
    """Models of the policy, such as those pinned to a dated snapshot; all others: always. Empty: all models."""

    @model_validator(mode="after")
    def _n_is_of_a_sample(self) -> "RefreshPlan":
        if (self.policy == "sample") != (self.n is not None):
            raise ValueError("'n' goes with policy \"sample\", and with no other")
        return self


class DriftPlan(Strict):
    """Where alarms of changes between rounds are sent, besides Prefect's event `distillometer.drift`."""

    webhook_env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    """Name of the environment variable that holds a webhook's URL; it gets the alarms as JSON."""


class Hypothesis(Strict):
    """Hypothesis that `target` shares lineage with the candidate group `teacher`, named before its verdict is seen."""

    target: Name
    teacher: str


class Plan(Strict):
    """One evaluation. One TOML file in `data/plans`, named as the plan."""

    name: Name
    description: str = ""
    seed: int = 0
    models: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Names of cards."""
    references: tuple[Name, ...] = ()
    """Candidate teachers; empty: by the cards' lineage, or every model where there is none."""
    prompts: Annotated[tuple[PromptChoice, ...], Field(min_length=1)]
    sampling: Sampling = Sampling()
    embedding: EmbeddingPlan = EmbeddingPlan()
    identity: IdentityPlan | None = None
    search: SearchPlan | None = None
    rse: RsePlan | None = None
    index: IndexPlan = IndexPlan()
    budget: BudgetPlan = BudgetPlan()
    refresh: RefreshPlan = RefreshPlan()
    drift: DriftPlan = DriftPlan()
    workers: WorkersPlan = WorkersPlan()
    hypotheses: tuple[Hypothesis, ...] = ()
    """Pairs named beforehand: their p values are adjusted over them alone, not over all pairs."""
    batch_size: Annotated[int, Field(ge=1, le=1000)] | None = None
    """The most requests of a batch; by default a number that suits a model's calls in flight."""

    @field_validator("models", "prompts")
    @classmethod
    def _no_duplicates(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        names = [item.set if isinstance(item, PromptChoice) else item for item in value]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"it names {', '.join(twice)} more than once")
        return value

    @field_validator("references")
    @classmethod
    def _among_models(cls, value: tuple[Name, ...], info: ValidationInfo) -> tuple[Name, ...]:
        stray = sorted(set(value) - set(info.data.get("models", value)))
        if stray:
            raise ValueError(f"it names {', '.join(stray)}, which 'models' does not")
        return value

    @field_validator("refresh")
    @classmethod
    def _of_models(cls, value: RefreshPlan, info: ValidationInfo) -> RefreshPlan:
        if stray := sorted(set(value.models) - set(info.data.get("models", value.models))):
            raise ValueError(f"its models name {', '.join(stray)}, which 'models' does not")
        return value

    @field_validator("hypotheses")
    @classmethod
    def _about_models(cls, value: tuple[Hypothesis, ...], info: ValidationInfo) -> tuple[Hypothesis, ...]:
        if stray := sorted({hypothesis.target for hypothesis in value} - set(info.data.get("models", ()))):
            raise ValueError(f"it asks about {', '.join(stray)}, which 'models' does not name")
        return value

    @field_validator("rse")
    @classmethod
    def _known_to_the_plan(cls, value: RsePlan | None, info: ValidationInfo) -> RsePlan | None:
        if value is None:
            return None
        sets = [choice.set for choice in info.data.get("prompts", ())]
        for key, names, existing in (
            ("references", value.references, info.data.get("models", value.references)),
            ("prompt_sets", value.prompt_sets, sets or value.prompt_sets),
        ):
            if stray := sorted(set(names) - set(existing)):
                raise ValueError(f"its {key} name {', '.join(stray)}, which the plan does not")
        return value

    def recipe_id(self, set_checksums: dict[str, str], versions: dict[str, str]) -> str:
        """Return the hash of what must be equal in two comparable runs.

        Args:
            set_checksums: SHA-256 of each prompt set's file, by set name.
            versions: version of each score that is computed, by score name.
        """
        choices = [choice.model_dump() for choice in self.prompts]
        sampling = self.sampling.model_dump(mode="json")
        identity = self.identity.model_dump() if self.identity else None
        similarity = self.rse.model_dump() if self.rse else None
        compared = (self.embedding.model_dump(), identity, similarity, self.index.model_dump(), self.seed)
        return content_id("recipe", choices, set_checksums, sampling, compared, versions)


def expand(plan: Plan, cards: dict[str, ModelCard], prompts: dict[str, list[Prompt]], round_name: str) -> list[Request]:
    """Return the requests of `plan` in `round_name`: models x prompts x samples, in plan order.

    Args:
        plan: the plan.
        cards: each model's card, by name.
        prompts: each set's prompts in file order, by set name.
        round_name: the period of re-evaluation, such as 2026-W48.
    """
    requests = []
    for model in plan.models:
        card = cards[model]
        sampling = plan.sampling.over(card.sampling)
        for choice in plan.prompts:
            for prompt in prompts[choice.set][: choice.limit]:
                for sample in range(choice.samples):
                    sent: dict[str, Any] = sampling.for_sample(sample)
                    requests.append(
                        Request(
                            request_id=request_id(card.fingerprint, prompt.prompt_id, sent, sample, round_name),
                            model=model,
                            fingerprint=card.fingerprint,
                            prompt_id=prompt.prompt_id,
                            sample=sample,
                            round=round_name,
                            messages=prompt.messages,
                            sampling=sent,
                        )
                    )
    return requests
