"""Sums over pairs of models -> the input of verdicts; the same out of a warehouse and out of a reference bank."""

from collections.abc import Collection, Mapping

import numpy as np

from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.sums import ChannelSums
from tasks.domain.verdict.analysis import Measured
from tasks.domain.verdict.composite import composite
from tasks.domain.verdict.degree import SelfScore
from tasks.domain.verdict.hypotheses import Targets
from tasks.domain.verdict.pair_measures import Pairs
from tasks.domain.verdict.population import Population

PLAIN, LENGTH = "prefix_overlap", "length"
DIGITS = 6
"""As `mart.pair_similarity` has its figures."""
Z_95 = 1.96


def measured_from(
    sums: Mapping[str, ChannelSums],
    population: Population,
    identical: Mapping[str, float],
    embedding: Floats | None = None,
    *,
    hypotheses: Collection[tuple[str, str]] = (),
    named_vendors: Mapping[str, frozenset[str]] | None = None,
    targets: Targets | None = None,
) -> Measured:
    """Return the input of verdicts.

    Args:
        sums: of every channel, over all prompts.
        population: the n models.
        identical: each model's prefix overlap with itself if all its replies to a prompt were the same.
        embedding: mean centred cosines, n x n; NaN, or None as a whole, where nothing is embedded.
        hypotheses: pairs of target and candidate group that were named before any verdict was seen.
        named_vendors: vendors that a model's name names.
        targets: the models that are asked about; None: all.
    """
    return Measured(
        population=population,
        composite=composite(sums, population),
        pairs=pairs_of_sums(sums, population, embedding),
        selves=self_scores(population, sums[PLAIN], identical),
        hypotheses=hypotheses,
        named_vendors=named_vendors,
        targets=targets,
    )


def pairs_of_sums(sums: Mapping[str, ChannelSums], population: Population, embedding: Floats | None = None) -> Pairs:
    """Return the measurements of each target with each reference that it shares a prompt with.

    The interval of D is that of a mean over prompts, D -+ 1.96 standard errors, as in `mart.pair_similarity`.
    """
    plain, n_models = sums[PLAIN], len(population.models)
    n, n_centred = plain.n, plain.n_centred
    is_reference = np.array([model.is_reference for model in population.models], dtype=bool)
    is_pair = is_reference[None, :] & ~np.eye(n_models, dtype=bool) & (n > 0)
    total = np.sum([of_set.centred_total for of_set in plain.sets.values()], axis=0)
    square = np.sum([of_set.centred_square_total for of_set in plain.sets.values()], axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(n_centred > 0, total / n_centred, np.nan)
        variance = np.maximum(square - total**2 / n_centred, 0.0) / (n_centred - 1.0) / n_centred
        reach = Z_95 * np.sqrt(np.where(n_centred > 1, variance, np.nan))
    figures = {
        "prefix_overlap": plain.mean.round(DIGITS),
        "prefix_overlap_d": centred.round(DIGITS),
        "low": (centred - reach).round(DIGITS),
        "high": (centred + reach).round(DIGITS),
        "length_closeness": sums[LENGTH].mean.round(DIGITS),
        "embedding": np.full(n.shape, np.nan) if embedding is None else embedding,
        "n_prompts": n,
    }
    return Pairs(tuple(population.place), {name: np.where(is_pair, values, np.nan) for name, values in figures.items()})


def self_scores(population: Population, plain: ChannelSums, identical: Mapping[str, float]) -> dict[str, SelfScore]:
    """Return each reference's D with itself, and the D of models that are unrelated to it."""
    centred, n_centred = plain.centred, plain.n_centred
    scores = {}
    for place, model in enumerate(population.models):
        if not model.is_reference or model.model not in identical or np.isnan(plain.background[place]):
            continue
        variants = [
            i for i, other in enumerate(population.models) if other.role == "variant" and other.parent == model.model
        ]
        nearest = max(variants, key=lambda i: float(np.nan_to_num(centred[i, place], nan=-np.inf)), default=None)
        unrelated = [
            float(centred[i, place])
            for i, other in enumerate(population.models)
            if other.is_control and not other.is_kin(model) and not np.isnan(centred[i, place])
        ]
        scores[model.model] = SelfScore(
            samples=None if np.isnan(centred[place, place]) else float(centred[place, place]),
            n_samples=int(n_centred[place, place]),
            variant=None if nearest is None or np.isnan(centred[nearest, place]) else float(centred[nearest, place]),
            n_variant=0 if nearest is None else int(n_centred[nearest, place]),
            identical=float(identical[model.model] - plain.background[place]),
            null_mean=float(np.mean(unrelated)) if len(unrelated) > 1 else None,
            null_sd=float(np.std(unrelated, ddof=1)) if len(unrelated) > 1 else None,
        )
    return scores
