"""ROUGE-L: how long a sequence of words two replies have in common, in order."""

from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import LCSseq
from rapidfuzz.process import cdist

from tasks.domain.reply_table import Codes
from tasks.domain.rival import Floats, Rival, RivalInput, pair_means, shared_prompts

MOST_WORDS = 1_000
"""Words of a reply that count, from its start: time grows with the square of the length."""


def score(inputs: RivalInput) -> Floats:
    """Return the mean over prompts of ROUGE-L's F1 of the first 1000 words of two replies: 0 to 1.

    `2 L / (a + b)`, where L is the length of the longest common subsequence and a, b the replies' words (Lin, ROUGE,
    Text Summarization Branches Out 2004, 74-81, with beta 1 and over the whole text as one sentence). Symmetric. Longer
    replies are cut, which the published measure does not do.
    """
    table = inputs.table
    sums = np.zeros((len(table.models), len(table.models)))
    for row in table.words:
        sums += _prompt_scores(row)
    return pair_means(sums, shared_prompts(table.has_words))


def _prompt_scores(row: Sequence[Codes | None]) -> Floats:
    """Return F1 of one prompt's replies, shape (m, m): 0 where one is missing."""
    cut = [np.empty(0, dtype=np.int64) if words is None else words[:MOST_WORDS] for words in row]
    lengths = np.array([len(words) for words in cut], dtype=np.float64)
    texts = _as_texts(cut)
    common = cdist(texts, texts, scorer=LCSseq.similarity, dtype=np.int32, workers=1).astype(np.float64)
    total = lengths[:, None] + lengths[None, :]
    return np.divide(2.0 * common, total, out=np.zeros_like(common), where=total > 0.0)


def _as_texts(sequences: Sequence[Codes]) -> list[str]:
    """Return each sequence as a text with one character for each word, which is what compares fast."""
    numbers = np.unique(np.concatenate(sequences), return_inverse=True)[1]
    ends = np.cumsum([len(words) for words in sequences])[:-1]
    return ["".join(map(chr, part)) for part in np.split(numbers, ends)]


ROUGE_L = Rival(score)
