"""PhyloLM: Nei's genetic identity of two models, with prompts as genes and the start of a reply as the allele."""

import numpy as np

from tasks.domain.rival import Floats, Rival, RivalInput, pair_means, shared_prompts

ALLELE = 4
"""Characters of a reply that make its allele: characters, so that it does not matter how a model divides text."""


def score(inputs: RivalInput) -> Floats:
    """Return Nei's identity of two models' first four characters: 0 to 1.

    `J_ab / sqrt(J_aa J_bb)`, `J_ab = sum over prompts and alleles of p_a(allele) p_b(allele)` (Nei, American Naturalist
    1972, 106, 283-292; Yax, Oudeyer and Palminteri, PhyloLM, ICLR 2025, arXiv 2404.04671). They take `-ln` of it as the
    distance and draw many replies to each prompt; of one reply, as here, each p is 0 or 1 and the identity is the share
    of prompts with the same allele. It stays an identity, since the logarithm of 0 has no mean. Symmetric. White space
    before the reply does not count.
    """
    table = inputs.table
    hits = np.zeros((len(table.models), len(table.models)))
    for row in table.texts:
        alleles = np.array([(text or "").strip()[:ALLELE] for text in row], dtype=np.str_)
        hits += (alleles[:, None] == alleles[None, :]) & (alleles != "")[:, None]
    return pair_means(hits, shared_prompts(table.has_text))


NEI_IDENTITY = Rival(score)
