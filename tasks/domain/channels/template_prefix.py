"""How many leading tokens of their layout skeletons two replies share."""

from tasks.domain.pairwise.channel import Channel
from tasks.domain.pairwise.matrices import Floats, shared_prefix
from tasks.domain.pairwise.prompt_replies import PromptReplies


def values(replies: PromptReplies) -> Floats:
    """Return ln(1 + identical leading skeleton tokens, at most 16), r x r, 0 to 2.83."""
    return shared_prefix(replies.features.template)


TEMPLATE_PREFIX = Channel("template_prefix", values)
