"""How surprising the shared leading words of two replies are, by replies of vendors related to neither model."""

import numpy as np

from tasks.domain.pairwise.channel import Channel
from tasks.domain.pairwise.matrices import Floats, Prefixes
from tasks.domain.pairwise.prompt_replies import PromptReplies
from tasks.domain.similarity.lexical import PREFIX_WORDS

_HALF = 0.5
"""Added to each count, so that an unused prefix is rare and not impossible (Krichevsky and Trofimov 1981)."""


def values(replies: PromptReplies) -> Floats:
    """Return the surprisal in nats of the leading words shared, at most 12; r x r, row target, column reference.

    The sum over k of [first k words equal] * ln(p(k - 1) / p(k)), where p(k) = (s + .5) / (n + 1): of n background
    vendors, each of which counts 1, the s whose replies begin with the reference's first k words. Left out: vendors
    that are kin of the target, and the reference's own.
    """
    prefixes = Prefixes(replies.features.leading_words)
    cohort, share, model = replies.cohort, replies.background_share[:, prefixes.order], replies.model[prefixes.order]
    is_background = (share.sum(axis=1) > 0.0)[:, None] & ~cohort.is_of_vendor[model].T
    in_background, counts = is_background.astype(np.float64), (~cohort.is_kin_vendor[model]).astype(np.float64)
    r = len(model)
    surprisal, before, n_vendors = np.zeros((r, r)), np.ones((r, r)), np.zeros((r, r))
    for first, end in prefixes.groups(1):
        n_vendors[first:end, first:end] = counts[first:end] @ in_background[:, first:end]
    shorter: set[tuple[int, int]] = set()
    for length in range(1, PREFIX_WORDS + 1):
        # Sorted, replies that share so many words adjoin; all others share nothing here. Where the same replies share
        # one word more, that is no rarer.
        groups = set(prefixes.groups(length))
        for first, end in sorted(groups - shorter):
            some = slice(first, end)
            n_sharing = (counts[some] * share[:, some].sum(axis=1)) @ in_background[:, some]
            # A vendor with several models may be counted in parts; what is longer is never commoner.
            now = np.minimum((n_sharing + _HALF) / (n_vendors[some, some] + 1.0), before[some, some])
            surprisal[some, some] += np.log(before[some, some] / now)
            before[some, some] = now
        shorter = groups
    back = np.argsort(prefixes.order)
    result: Floats = surprisal[np.ix_(back, back)]
    return result


RARE_PREFIX = Channel("rare_prefix", values)
