"""One profile of character 4-grams for each model, over all its replies: style without regard to prompts."""

import numpy as np

from tasks.domain.rival import Floats, Rival, RivalInput, pair_means, shared_prompts
from tasks.domain.similarity.char_ngrams import BUCKETS, char_ngrams


def score(inputs: RivalInput) -> Floats:
    """Return the cosine of two models' profiles of character 4-grams: 0 to 1.

    A profile is the relative frequency of each 4-gram in all of a model's replies together, whatever the prompt (Kešelj
    et al., N-gram-based Author Profiles, PACLING 2003, 255-264; for language models compare Sun et al., Idiosyncrasies
    in Large Language Models, ICML 2025, arXiv 2502.12150). Symmetric. 4-grams are hashed to 2^18 numbers. The profile
    is unweighted, as published: weights by inverse document frequency separated students from others less well. The one
    statistic that compares replies to different prompts: where models answered different prompts, so do the profiles.
    """
    table = inputs.table
    profiles = np.zeros((len(table.models), BUCKETS))
    for row in table.texts:
        for model, text in enumerate(row):
            if text:
                places, counts = np.unique(char_ngrams(text), return_counts=True)
                profiles[model, places] += counts
    lengths = np.linalg.norm(profiles, axis=1)
    np.divide(profiles, lengths[:, None], out=profiles, where=lengths[:, None] > 0.0)
    has_profile = lengths > 0.0
    compared = (shared_prompts(table.has_text) > 0.0) & has_profile[:, None] & has_profile[None, :]
    return pair_means(profiles @ profiles.T, compared.astype(np.float64))


CHAR_NGRAM_PROFILE = Rival(score)
