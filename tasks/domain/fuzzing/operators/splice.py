"""Splice: one template out of two, cut at the ends of sentences; exactly one place for the question stays."""

from collections.abc import Sequence

from tasks.domain.fuzzing.chance import Chance, below
from tasks.domain.fuzzing.mutation import TextOperator
from tasks.domain.fuzzing.wording import pieces
from tasks.domain.prompting.template import PLACEHOLDER


def _splice(parents: Sequence[str], rng: Chance) -> str | None:
    """Return the start of the first template before the whole second, or the whole first before the second's end."""
    first, second = (pieces(parent) for parent in parents)
    head = first[: _place(first)]
    tail = second[_place(second) + 1 :]
    if not head and not tail:
        return None
    if head and (not tail or rng.random() < 0.5):
        kept, whole = head[: below(len(head), rng) + 1], second
        return "".join(kept).rstrip() + "\n\n" + "".join(whole)
    return "".join(first).rstrip() + "\n\n" + "".join(tail[below(len(tail), rng) :]).lstrip()


def _place(sentences: Sequence[str]) -> int:
    return next(place for place, sentence in enumerate(sentences) if PLACEHOLDER in sentence)


SPLICE = TextOperator(_splice, n_parents=2)
