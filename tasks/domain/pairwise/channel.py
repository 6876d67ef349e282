"""What a channel is: the interface of every file in `tasks/domain/channels`."""

from collections.abc import Callable
from dataclasses import dataclass

from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.prompt_replies import PromptReplies


@dataclass(frozen=True)
class Channel:
    """A way in which replies to one prompt are alike.

    `values` returns an r x r matrix over r replies, row target, column reference, higher is more alike, NaN where
    there is nothing to compare. A change of its values raises the version of the statistic it is part of.
    """

    name: str
    values: Callable[[PromptReplies], Floats]
