"""Attribution of replies to candidate writers: a classifier that learns from the replies to half of the prompts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.special import logsumexp

from tasks.domain.reply_table import Booleans, Codes
from tasks.domain.rival import Floats, RivalInput, pair_means

FEATURES = 1 << 15
"""Numbers that features are hashed to."""

MOST_WORDS = 200
"""Words of a reply that count, from its start."""

MOST_TRAINING = 6_000
"""Replies from which one classifier learns; of more, whole prompts are left out at even distances."""

INVERSE_PENALTY = 10.0
"""C of scikit-learn; with its default of 1 vectors of length 1 are separated less well."""

STEPS = 200
"""Most steps of the optimiser; it needs 50 to 80."""

FOLDS = 2
"""Each prompt's replies are judged by a classifier that was not trained on the prompt."""

ODD = np.uint64(0x9E3779B97F4A7C15)
"""What features are multiplied with: the upper bits of the product are their hash."""


def attribution(inputs: RivalInput, replies: Sequence[NDArray[np.uint64]]) -> Floats | None:
    """Return the mean log-probability of each candidate as the writer of each target's replies: minus infinity to 0.

    `(1 + ln count) * idf` of each feature, scaled to length 1; multinomial logistic regression with an L2 penalty
    (C = 10), a class for each candidate. A target that is itself a candidate would be attributed to itself: the classes
    of its own group, except the reference, are left out and the rest is normalised to 1. The prompts are split in two;
    the classifier of one half judges the other.

    Args:
        inputs: the replies, the candidates and their groups.
        replies: the features of each reply that has words, prompt by prompt and there model by model, times `ODD`.

    Returns:
        Shape (m, m), row the target; NaN in the columns of models that are no candidates; None with fewer than two
        candidates that have replies to learn from.
    """
    table = inputs.table
    m = len(table.models)
    prompts, models = (part.astype(np.int64) for part in np.nonzero(table.has_words))
    features = _counted(replies)
    is_candidate = np.isin(models, list(inputs.candidates))
    sums, counts = np.zeros((m, m)), np.zeros((m, m))
    for fold in range(FOLDS):
        judged = prompts % FOLDS == fold
        learned = _thinned(prompts, ~judged & is_candidate)
        classes = np.unique(models[learned])
        if len(classes) < 2:
            return None
        values = _decisions(features, models, learned, judged)
        logs = _log_probabilities(values, classes, models[judged], inputs.groups)
        # Only where the reference replied to the prompt too, as all statistics are made.
        both = table.has_words[np.ix_(prompts[judged], classes)].astype(np.float64)
        writer = (models[judged][None, :] == np.arange(m)[:, None]).astype(np.float64)
        sums[:, classes] += writer @ (logs * both)
        counts[:, classes] += writer @ both
    return pair_means(sums, counts)


def _counted(replies: Sequence[NDArray[np.uint64]]) -> csr_array:
    """Return `1 + ln count` of each reply's features, hashed, shape (replies, FEATURES)."""
    places, values, sizes = [], [], []
    for features in replies:
        hashed = features >> np.uint64(64 - FEATURES.bit_length() + 1)
        buckets, counts = np.unique(hashed.astype(np.int32), return_counts=True)
        places.append(buckets)
        values.append(1.0 + np.log(counts.astype(np.float32)))
        sizes.append(len(buckets))
    starts = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
    none = [np.empty(0, dtype=np.float32)]
    parts = (np.concatenate(none + values), np.concatenate(none + places).astype(np.int32), starts.astype(np.int32))
    return csr_array(parts, shape=(len(replies), FEATURES))


def _thinned(prompts: Codes, usable: Booleans) -> Booleans:
    """Return which of the usable replies are learned from: those to every k-th prompt, `MOST_TRAINING` at most."""
    every = np.unique(prompts[usable])
    step = max(1, -(-int(usable.sum()) // MOST_TRAINING))
    return usable & np.isin(prompts, every[::step])


def _decisions(features: csr_array, models: Codes, learned: Booleans, judged: Booleans) -> Floats:
    """Return the classifier's scores of each judged reply, shape (judged, classes), before normalisation."""
    # Imported here: it comes with an extra, and the core reads this module.
    from sklearn.linear_model import LogisticRegression

    train = features[learned]
    n_replies_with = np.bincount(train.indices, minlength=FEATURES)
    weight = (1.0 + np.log((1.0 + train.shape[0]) / (1.0 + n_replies_with))).astype(np.float32)
    fitted = LogisticRegression(C=INVERSE_PENALTY, max_iter=STEPS).fit(_weighted(train, weight), models[learned])
    values = _weighted(features[judged], weight) @ fitted.coef_.T + fitted.intercept_
    # For two classes scikit-learn returns the second one's log odds only.
    return np.hstack([np.zeros_like(values), values]).astype(np.float64) if values.shape[1] == 1 else values


def _weighted(counted: csr_array, weight: NDArray[np.float32]) -> csr_array:
    scaled = counted @ diags_array(weight)
    lengths = np.sqrt(scaled.multiply(scaled).sum(axis=1))
    # A reply shorter than one feature stays zero.
    return (diags_array((1.0 / np.where(lengths > 0.0, lengths, 1.0)).astype(np.float32)) @ scaled).tocsr()


def _log_probabilities(values: Floats, classes: Codes, writers: Codes, groups: Sequence[str]) -> Floats:
    """Return log-probabilities, shape (judged, classes), each without the other classes of the writer's group.

    `value - ln(exp(value) + sum of exp over classes of other groups)`.
    """
    group = np.asarray(groups)
    own = group[writers][:, None] == group[classes][None, :]
    rest = logsumexp(np.where(own, -np.inf, values), axis=1, keepdims=True)
    logs: Floats = values - np.where(own, np.logaddexp(values, rest), rest)
    return logs
