"""Closeness of two replies' lengths: reported beside every score, since length alone makes models alike."""

import numpy as np

from tasks.domain.pairwise.channel import Channel
from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.prompt_replies import PromptReplies


def values(replies: PromptReplies) -> Floats:
    """Return the shorter over the longer reply in words, r x r, 0 to 1; NaN where neither has a word."""
    n = replies.features.n_words.astype(np.float64)
    longer = np.maximum(n[:, None], n[None, :])
    return np.divide(np.minimum(n[:, None], n[None, :]), longer, out=np.full_like(longer, np.nan), where=longer > 0.0)


LENGTH = Channel("length", values)
