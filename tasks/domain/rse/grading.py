"""The plan of a grading: targets, references, prompts and judges."""

from collections.abc import Mapping
from dataclasses import dataclass

from tasks.domain.card import ModelCard
from tasks.domain.judging.judge import version_by_model
from tasks.domain.plan import RsePlan
from tasks.domain.rows import Message, Prompt
from tasks.domain.rse.pair_judge import LlmPairJudge, ReplyPair, TextPairJudge


@dataclass(frozen=True)
class PlannedJudge:
    """A judge of pairs as a plan uses it: its name, its version and, where it asks a model, its card.

    Grades by another model with the same rubric, or by the same model with other sampling, are of another version.
    """

    name: str
    version: str
    card: ModelCard | None = None

    @classmethod
    def of(cls, judge: TextPairJudge | LlmPairJudge, card: ModelCard | None) -> "PlannedJudge":
        """Return `judge` with the model of `card`, if it asks one."""
        if card is None:
            return cls(judge.name, judge.version)
        return cls(judge.name, version_by_model(judge, card), card)


@dataclass(frozen=True)
class Grading:
    """The similarity part of a plan with its targets, references, prompts and judges.

    `strata`: by prompt set and prompt, what kind of prompt it is; samples are spread over the kinds.
    """

    options: RsePlan
    targets: tuple[str, ...]
    references: tuple[str, ...]
    strata: Mapping[str, Mapping[str, str]]
    judges: tuple[PlannedJudge, ...]
    seed: int = 0

    @property
    def judge_cards(self) -> list[ModelCard]:
        """Return the cards of the judge models."""
        return [judge.card for judge in self.judges if judge.card is not None]

    @property
    def prompt_ids(self) -> set[str]:
        """Return all prompts that may be graded."""
        return {prompt for prompts in self.strata.values() for prompt in prompts}

    def n_pairs(self, most: int | None) -> int:
        """Return the number of reply pairs for `most` prompts a set; two references of each other are one pair."""
        models = {
            frozenset((target, reference))
            for reference in self.references
            for target in self.targets
            if target != reference
        }
        sizes = [len(prompts) for prompts in self.strata.values()]
        return len(models) * sum(size if most is None else min(most, size) for size in sizes)

    def n_calls(self, most: int | None) -> int:
        """Return the approximate number of calls for `most` prompts a set: some pairs are graded in both orders."""
        return round(self.n_pairs(most) * (1 + self.options.swapped_share))


def longest_call(judge: LlmPairJudge) -> tuple[Message, ...]:
    """Return the judge call for two replies of the greatest length that the judge reads."""
    longest = "x" * judge.most_characters
    return judge.messages(ReplyPair(longest, longest))


def stratum(language: str | None, category: str | None) -> str:
    """Return the kind of a prompt: its language and category, empty where missing."""
    return f"{language or ''}/{category or ''}"


def strata_of(prompts: Mapping[str, list[Prompt]]) -> dict[str, dict[str, str]]:
    """Return by set and prompt what kind of prompt it is."""
    return {
        name: {prompt.prompt_id: stratum(prompt.language, prompt.category) for prompt in of_set}
        for name, of_set in prompts.items()
    }
