"""How far a likeness goes on the way from unrelated models to the same model."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class SelfScore:
    """What is known of a reference's likeness to itself, each as D against the panel it is judged by.

    `samples`: its other samples of the same prompts. `variant`: itself under another system prompt. `identical`: if
    every reply were the same, which no sampled model reaches.
    """

    samples: float | None
    variant: float | None
    identical: float


@dataclass(frozen=True)
class Ceiling:
    """The D at which the degree is 1, and where it was taken from: samples, variant, typical or identical."""

    opening_d: float
    kind: str


def ceilings(scores: Mapping[str, SelfScore]) -> dict[str, Ceiling]:
    """Return each reference's ceiling: from its own samples, else from a variant of it, else what is typical here.

    Typical: the median, over the references with one of their own, of ceiling / D of identical replies, times that of
    this reference. Where no reference has one of its own, identical replies are the ceiling, and degrees are low.
    """
    own = {
        name: (score.samples if score.samples is not None else score.variant)
        for name, score in scores.items()
        if score.samples is not None or score.variant is not None
    }
    shares = [value / scores[name].identical for name, value in own.items() if value and scores[name].identical > 0.0]
    typical = median(shares) if shares else None
    found = {}
    for name, score in scores.items():
        mine = own.get(name)
        if mine is not None:
            found[name] = Ceiling(mine, "samples" if score.samples is not None else "variant")
        elif typical is not None:
            found[name] = Ceiling(typical * score.identical, "typical")
        else:
            found[name] = Ceiling(score.identical, "identical")
    return found


def degree(opening_d: float | None, null_mean: float, ceiling: Ceiling | None) -> float | None:
    """Return (D - mean of null) / (D of the ceiling - mean of null): 0 as unrelated models, 1 as the same model.

    An ordering, never a share of the training data; it may be below 0 and above 1. None where the ceiling is no higher
    than the null.
    """
    if opening_d is None or ceiling is None or ceiling.opening_d <= null_mean:
        return None
    return (opening_d - null_mean) / (ceiling.opening_d - null_mean)
