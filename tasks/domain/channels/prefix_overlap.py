"""How many words two replies share at their start."""

from tasks.domain.pairwise.channel import Channel
from tasks.domain.pairwise.matrices import Floats, shared_prefix
from tasks.domain.pairwise.prompt_replies import PromptReplies


def values(replies: PromptReplies) -> Floats:
    """Return ln(1 + identical leading words, at most 12), r x r, 0 to 2.56."""
    return shared_prefix(replies.features.leading_words)


PREFIX_OVERLAP = Channel("prefix_overlap", values)
