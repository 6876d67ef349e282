"""How many pairs of neighbouring words two replies share: their content, more than their vendor's habits."""

from tasks.domain.pairwise.channel import Channel
from tasks.domain.pairwise.matrices import Floats, jaccard
from tasks.domain.pairwise.prompt_replies import PromptReplies


def values(replies: PromptReplies) -> Floats:
    """Return the Jaccard index of the two replies' sets of word pairs, r x r, 0 to 1; NaN where neither has a pair."""
    return jaccard(replies.features.pairs)


OVERLAP = Channel("overlap", values)
