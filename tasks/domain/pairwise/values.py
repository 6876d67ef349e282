"""What the channels say of one prompt."""

from collections.abc import Mapping
from dataclasses import dataclass

from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.prompt_replies import Places


@dataclass(frozen=True)
class PromptValues:
    """The values of each channel for the r models that answered a prompt, r x r, before any centring.

    `model` (r): their places. A model with itself compares its samples, NaN where there is one. `reach` (r): ln(1 +
    words), of which no more than 12 count, mean over samples: the prefix overlap of a reply with itself.
    """

    prompt_id: str
    prompt_set: str
    model: Places
    values: Mapping[str, Floats]
    reach: Floats
