"""How alike the layouts of two replies are: lists, headings, bold lines, the lengths of lines."""

from collections.abc import Hashable, Sequence

from tasks.domain.pairwise.channel import Channel
from tasks.domain.pairwise.matrices import Floats, jaccard
from tasks.domain.pairwise.prompt_replies import PromptReplies
from tasks.domain.pairwise.tokens import line_types

LONGEST = 3
N_PLACED = 8


def shape(text: str, tokens: Sequence[str]) -> set[Hashable]:
    """Return the 1-, 2- and 3-grams of the types of lines, and the types of the first 8 lines each with its place."""
    types = line_types(text, tokens)
    grams: set[Hashable] = set()
    for n in range(1, LONGEST + 1):
        grams |= {tuple(types[start : start + n]) for start in range(len(types) - n + 1)}
    return grams | {(place, kind) for place, kind in enumerate(types[:N_PLACED])}


def values(replies: PromptReplies) -> Floats:
    """Return the Jaccard index of the two replies' shapes, r x r, 0 to 1."""
    return jaccard([shape(*told) for told in zip(replies.texts, replies.tokens, strict=True)])


LAYOUT = Channel("layout", values)
