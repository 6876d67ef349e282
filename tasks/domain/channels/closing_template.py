"""How far the templates of two replies' last sentences agree."""

from tasks.domain.pairwise.channel import Channel
from tasks.domain.pairwise.matrices import Floats, shared_prefix
from tasks.domain.pairwise.prompt_replies import PromptReplies


def values(replies: PromptReplies) -> Floats:
    """Return ln(1 + identical leading skeleton tokens of the last sentence, at most 10), r x r, 0 to 2.40."""
    return shared_prefix(replies.features.closing)


CLOSING_TEMPLATE = Channel("closing_template", values)
