"""What is to be graded: which targets against which references, on which prompts, by which judges."""

from collections.abc import Mapping
from dataclasses import dataclass

from tasks.domain.card import ModelCard
from tasks.domain.ids import content_id
from tasks.domain.plan import RsePlan
from tasks.domain.rows import Message, Prompt
from tasks.domain.rse.pair_judge import LlmPairJudge, ReplyPair, TextPairJudge


@dataclass(frozen=True)
class PairJudge:
    """A judge of pairs as a plan uses it: its name, its version and, where it asks a model, whose card.

    Grades that another model gave by the same rubric, or the same model asked otherwise, are of another version.
    """

    name: str
    version: str
    card: ModelCard | None = None

    @classmethod
    def of(cls, judge: TextPairJudge | LlmPairJudge, card: ModelCard | None) -> "PairJudge":
        """Return `judge` as it reads with the model of `card`, if it asks one."""
        if card is None:
            return cls(judge.name, judge.version)
        config_id = content_id("judge model", card.fingerprint, card.sampling.for_sample(0), card.structured_output)
        return cls(judge.name, f"{judge.version} by {card.name} {config_id[:8]}", card)


@dataclass(frozen=True)
class Grading:
    """The similarity part of a plan with all that it names.

    `strata`: by prompt set and prompt, what kind of prompt it is; samples are spread over the kinds.
    """

    wanted: RsePlan
    targets: tuple[str, ...]
    references: tuple[str, ...]
    strata: Mapping[str, Mapping[str, str]]
    readers: tuple[PairJudge, ...]
    seed: int = 0

    @property
    def judge_cards(self) -> list[ModelCard]:
        """The cards of the models that judges ask."""
        return [reader.card for reader in self.readers if reader.card is not None]

    @property
    def prompt_ids(self) -> set[str]:
        """All prompts that may be graded."""
        return {prompt for prompts in self.strata.values() for prompt in prompts}

    def n_pairs(self, most: int | None) -> int:
        """Return how many pairs of replies `most` prompts of each set come to; of two references each other is one."""
        models = {frozenset((target, one)) for one in self.references for target in self.targets if target != one}
        sizes = [len(prompts) for prompts in self.strata.values()]
        return len(models) * sum(size if most is None else min(most, size) for size in sizes)

    def n_calls(self, most: int | None) -> int:
        """Return about how many calls `most` prompts of each set come to: some pairs are read in both orders."""
        return round(self.n_pairs(most) * (1 + self.wanted.swapped_share))


def longest_call(judge: LlmPairJudge) -> tuple[Message, ...]:
    """Return the call with which a judge reads two replies as long as it is shown at most."""
    longest = "x" * judge.most_characters
    return judge.messages(ReplyPair(longest, longest))


def stratum(language: str | None, category: str | None) -> str:
    """Return the kind of a prompt: its language and category, as far as they are known."""
    return f"{language or ''}/{category or ''}"


def strata_of(prompts: Mapping[str, list[Prompt]]) -> dict[str, dict[str, str]]:
    """Return by set and prompt what kind of prompt it is."""
    return {
        name: {prompt.prompt_id: stratum(prompt.language, prompt.category) for prompt in listed}
        for name, listed in prompts.items()
    }
