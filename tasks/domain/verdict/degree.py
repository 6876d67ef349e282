"""The degree of a similarity: 0 as unrelated models, 1 as the same model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

LEAST_PROMPTS = 20
"""Prompts below which a model's similarity to itself is too uncertain to be a ceiling."""

LEAST_DISTANCE = 3.0
"""Standard deviations of the null that a ceiling must lie above its mean: nearer ones would make chance look large."""

SAMPLES, VARIANT, TYPICAL, IDENTICAL = "samples", "variant", "typical", "identical"


@dataclass(frozen=True)
class SelfScore:
    """A reference's similarity to itself, each as D against the background it is centred on.

    `samples`: its other samples of the same prompts, over `n_samples` prompts. `variant`: itself under another system
    prompt, over `n_variant` prompts. `identical`: if every reply were the same, which no sampled model reaches.
    `null_mean`, `null_sd`: of D among unrelated models; None where there are too few.
    """

    samples: float | None
    n_samples: int
    variant: float | None
    n_variant: int
    identical: float
    null_mean: float | None
    null_sd: float | None


@dataclass(frozen=True)
class Ceiling:
    """The D at which the degree is 1, and what it was taken from: samples, variant, typical or identical."""

    prefix_overlap_d: float
    kind: str


def ceilings(scores: Mapping[str, SelfScore]) -> dict[str, Ceiling]:
    """Return each reference's ceiling: from its own samples, else from a variant of it, else the typical one.

    A ceiling over fewer than 20 prompts, or less than 3 standard deviations above the mean of the null, is refused and
    the next kind used. Typical: the median, over the references with one of their own, of ceiling / D of identical
    replies, times that of this reference. Where no reference has one of its own, identical replies are the ceiling, and
    degrees are low.
    """
    own = {name: ceiling for name, score in scores.items() if (ceiling := _own_ceiling(score)) is not None}
    shares = [
        ceiling.prefix_overlap_d / scores[name].identical
        for name, ceiling in own.items()
        if scores[name].identical > 0.0
    ]
    typical = median(shares) if shares else None
    return {
        name: own.get(name)
        or _first_sufficient(
            score, [(TYPICAL, None if typical is None else typical * score.identical), (IDENTICAL, score.identical)]
        )
        or Ceiling(score.identical, IDENTICAL)
        for name, score in scores.items()
    }


def _own_ceiling(score: SelfScore) -> Ceiling | None:
    candidates = [
        (kind, value)
        for kind, value, n in (
            (SAMPLES, score.samples, score.n_samples),
            (VARIANT, score.variant, score.n_variant),
        )
        if n >= LEAST_PROMPTS
    ]
    return _first_sufficient(score, candidates)


def _first_sufficient(score: SelfScore, candidates: Iterable[tuple[str, float | None]]) -> Ceiling | None:
    for kind, value in candidates:
        if value is None:
            continue
        has_null = score.null_mean is not None and score.null_sd is not None
        least = (score.null_mean or 0.0) + LEAST_DISTANCE * (score.null_sd or 0.0) if has_null else None
        if least is None or value >= least:
            return Ceiling(value, kind)
    return None


def degree(prefix_overlap_d: float | None, null_mean: float, ceiling: Ceiling | None) -> float | None:
    """Return (D - mean of null) / (D of the ceiling - mean of null), cut to 0 at the lower end: 0 as unrelated models.

    1 as the same model; above 1 it is beyond its ceiling. An ordering, never a share of the training data. None where
    the ceiling is no higher than the null.
    """
    if prefix_overlap_d is None or ceiling is None or ceiling.prefix_overlap_d <= null_mean:
        return None
    return max((prefix_overlap_d - null_mean) / (ceiling.prefix_overlap_d - null_mean), 0.0)
