"""Which mutations are worth asking a target with; the others are refused with a reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from tasks.domain.prompting.template import PLACEHOLDER
from tasks.domain.similarity.lexical import words

REFUSAL_REASONS = (
    "nothing_changed",
    "no_answer",
    "unreadable_answer",
    "empty",
    "no_place",
    "several_places",
    "too_short",
    "too_long",
    "names_vendor",
    "repeats",
    "near_duplicate",
)
"""Why a mutation is not asked: the closed list behind `refused_reason`.

The first three come before there is a text: the operator found nothing to change, the attacker gave no answer, or one
that can't be read.
"""

Names = Callable[[str], bool]
"""Says whether a text names a vendor or model."""


@dataclass(frozen=True)
class Rules:
    """Limits on a new template; lengths are in characters and leave out the place for the question."""

    min_chars: int = 8
    max_chars: int = 2000
    near_duplicate: float = 0.9
    """Least word-pair Jaccard to an older template at which a new one is a near duplicate."""


@dataclass(frozen=True)
class Seen:
    """The templates that there were: their words, by which a repetition is found."""

    texts: frozenset[tuple[str, ...]] = frozenset()
    pairs: tuple[frozenset[tuple[str, str]], ...] = ()

    def plus(self, texts: Iterable[str]) -> "Seen":
        """Return these and `texts`."""
        found = [tuple(words(text)) for text in texts]
        pairs = tuple(frozenset(pairwise(text)) for text in found)
        return Seen(self.texts | frozenset(found), self.pairs + pairs)

    def repetition(self, text: str, near_duplicate: float) -> str | None:
        """Return `repeats` where the words of `text` are known, `near_duplicate` where nearly so, else None."""
        found = tuple(words(text))
        if found in self.texts:
            return "repeats"
        mine = frozenset(pairwise(found))
        return "near_duplicate" if any(_is_near(mine, pairs, near_duplicate) for pairs in self.pairs) else None


def refusal(text: str, seen: Seen, rules: Rules, names: Names | None = None) -> str | None:
    """Return the first reason from `REFUSAL_REASONS` against `text`, or None where it may be asked.

    Args:
        text: the new template.
        seen: the seeds and all that was asked before.
        rules: limits on length and similarity.
        names: says whether a text names a vendor or model, where templates may not; None where they may.
    """
    n_places = text.count(PLACEHOLDER)
    n_chars = len(text.replace(PLACEHOLDER, "").strip())
    if not text.strip():
        return "empty"
    if n_places != 1:
        return "several_places" if n_places else "no_place"
    if n_chars < rules.min_chars:
        return "too_short"
    if n_chars > rules.max_chars:
        return "too_long"
    if names is not None and names(text):
        return "names_vendor"
    return seen.repetition(text, rules.near_duplicate)


def _is_near(left: frozenset[tuple[str, str]], right: frozenset[tuple[str, str]], least: float) -> bool:
    # The Jaccard index is at most the ratio of the sizes, which is cheaper to have.
    few, many = sorted((len(left), len(right)))
    if not many or few < least * many:
        return False
    shared = len(left & right)
    return shared >= least * (few + many - shared)
