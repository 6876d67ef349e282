"""How surprising the opening is that two replies share, to those who are related to neither."""

import numpy as np

from tasks.domain.likeness.lexical import OPENING_WORDS
from tasks.domain.pairwise.channel import Channel
from tasks.domain.pairwise.matrices import Floats, is_shared, prefix_codes
from tasks.domain.pairwise.prompt_replies import PromptReplies

_HALF = 0.5
"""Added to what was counted, so that what nobody says is rare and not impossible (Krichevsky and Trofimov 1981)."""


def values(replies: PromptReplies) -> Floats:
    """Return the surprisal in nats of the leading words shared, at most 12; r x r, row target, column reference.

    The sum over k of [first k words equal] * ln(p(k - 1) / p(k)), where p(k) = (s + .5) / (n + 1): of n background
    vendors, each of which counts 1, the s whose replies begin with the reference's first k words. Left out: vendors
    that are kin of the target, and the reference's own.
    """
    codes = prefix_codes([words[:OPENING_WORDS] for words in replies.words], OPENING_WORDS)
    cohort, share = replies.cohort, replies.background_share
    is_heard = (share.sum(axis=1) > 0.0)[:, None] & ~cohort.is_of_vendor[replies.model].T
    counts = (~cohort.is_kin_vendor[replies.model]).astype(np.float64)
    n_vendors = counts @ is_heard
    surprisal = np.zeros((len(replies.texts), len(replies.texts)))
    before = np.ones_like(surprisal)
    for place in range(OPENING_WORDS):
        shared = is_shared(codes, place)
        n_sharing = counts @ ((share @ shared) * is_heard)
        # A vendor with several models may be counted in parts; what is longer is never commoner.
        now = np.minimum((n_sharing + _HALF) / (n_vendors + 1.0), before)
        surprisal += np.where(shared, np.log(before / now), 0.0)
        before = now
    return surprisal


RARE_OPENING = Channel("rare_opening", values)
