"""How alike repeated replies to one prompt are: the similarity of the test of model equality."""

from collections.abc import Sequence

import numpy as np

from tasks.domain.channels.overlap import OVERLAP
from tasks.domain.channels.prefix_overlap import PREFIX_OVERLAP
from tasks.domain.pairwise.features import N_PREFIX, features_of
from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.prompt_replies import Cohort, PromptReplies


def similarity_of_replies(texts: Sequence[str]) -> Floats:
    """Return the mean of two similarities of each two replies, r x r, 0 to 1.

    The prefix overlap over its highest value, and the Jaccard index of word pairs, 0 where neither reply has a pair.
    """
    replies = PromptReplies(features_of(texts, frozenset()), np.arange(len(texts)), Cohort((), (), ()))
    prefix = PREFIX_OVERLAP.values(replies) / np.log1p(N_PREFIX)
    return (np.nan_to_num(prefix) + np.nan_to_num(OVERLAP.values(replies))) / 2.0
