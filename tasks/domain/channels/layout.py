"""How alike the layouts of two replies are: lists, headings, bold lines, the lengths of lines."""

from tasks.domain.pairwise.channel import Channel
from tasks.domain.pairwise.matrices import Floats, jaccard
from tasks.domain.pairwise.prompt_replies import PromptReplies


def values(replies: PromptReplies) -> Floats:
    """Return the Jaccard index of the two replies' layouts, r x r, 0 to 1.

    A layout is the set of 1-, 2- and 3-grams of the types of a reply's first 30 lines, and the types of its first 8
    lines each with its place.
    """
    return jaccard(replies.features.layout)


LAYOUT = Channel("layout", values)
