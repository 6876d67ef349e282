"""Rules that accept or refuse a mutation; a refusal has a reason."""

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
"""Why a mutation is refused: the closed list behind `refused_reason`.

The first three apply before there is a text: the operator found nothing to change, the attacker gave no answer, or an
unreadable one.
"""

Names = Callable[[str], bool]
"""Returns whether a text names a vendor or model."""


@dataclass(frozen=True)
class Rules:
    """Limits on a new template; lengths are in characters without the place for the question."""

    min_chars: int = 8
    max_chars: int = 2000
    near_duplicate: float = 0.9
    """Least word-pair Jaccard to an older template at which a new one is a near duplicate."""


@dataclass(frozen=True)
class EarlierTemplates:
    """The words of earlier templates, to detect repetitions."""

    texts: frozenset[tuple[str, ...]] = frozenset()
    pairs: tuple[frozenset[tuple[str, str]], ...] = ()

    def with_texts(self, texts: Iterable[str]) -> "EarlierTemplates":
        """Return the earlier templates and `texts`."""
        word_lists = [tuple(words(text)) for text in texts]
        pairs = tuple(frozenset(pairwise(text)) for text in word_lists)
        return EarlierTemplates(self.texts | frozenset(word_lists), self.pairs + pairs)

    def repetition(self, text: str, near_duplicate: float) -> str | None:
        """Return `repeats` for the words of an earlier template, `near_duplicate` for nearly the same, else None."""
        text_words = tuple(words(text))
        if text_words in self.texts:
            return "repeats"
        text_pairs = frozenset(pairwise(text_words))
        return "near_duplicate" if any(_is_near(text_pairs, pairs, near_duplicate) for pairs in self.pairs) else None


def refusal(text: str, earlier: EarlierTemplates, rules: Rules, names: Names | None = None) -> str | None:
    """Return the first reason from `REFUSAL_REASONS` against `text`, or None where it is accepted.

    Args:
        text: the new template.
        earlier: the seeds and all templates probed before.
        rules: limits on length and similarity.
        names: returns whether a text names a vendor or model, where templates may not; None where they may.
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
    return earlier.repetition(text, rules.near_duplicate)


def _is_near(left: frozenset[tuple[str, str]], right: frozenset[tuple[str, str]], least: float) -> bool:
    # The Jaccard index is at most the ratio of the sizes, which is cheaper to compute.
    few, many = sorted((len(left), len(right)))
    if not many or few < least * many:
        return False
    shared = len(left & right)
    return shared >= least * (few + many - shared)
