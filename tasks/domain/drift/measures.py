"""Measures of change between two rounds of one model, each on the prompts that both rounds have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product, takewhile
from math import log

import numpy as np

from tasks.domain.drift.features import Floats, style_vectors
from tasks.domain.stats.paired import paired_difference
from tasks.domain.stats.paired_change import paired_change
from tasks.domain.stats.two_sample import two_sample

Rng = np.random.Generator


@dataclass(frozen=True)
class Measured:
    """One measure's change; `n`: prompts, pairs of replies or probes that were compared."""

    measure: str
    n: int
    value_before: float | None = None
    value_after: float | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    reference: str | None = None


@dataclass(frozen=True)
class Pair:
    """Two replies to one prompt: the same prompt, sampling and sample, in the earlier and in the later round."""

    prompt: str
    before: str
    after: str
    temperature: float | None = None


def mean_change(measure: str, before: Sequence[float], after: Sequence[float], rng: Rng) -> Measured:
    """Return the change of a mean over prompts."""
    change = paired_change(before, after, rng)
    return Measured(
        measure, change.n, change.before, change.after, change.change, change.low, change.high, change.p_value
    )


def reply_text_change(pairs: Sequence[Pair], rng: Rng) -> Measured:
    """Return the change of replies' style, by their text alone."""
    before, after = (style_vectors([getattr(pair, side) for pair in pairs]) for side in ("before", "after"))
    return reply_distance("reply_text", [pair.prompt for pair in pairs], (before, after), rng)


def reply_distance(measure: str, prompts: Sequence[str], vectors: tuple[Floats, Floats], rng: Rng) -> Measured:
    """Return the energy distance of replies before and after, with its p value."""
    test = two_sample(*vectors, prompts, rng)
    return Measured(measure, test.n, change=test.distance, p=test.p_value)


def identical_share(pairs: Sequence[Pair]) -> Measured | None:
    """Return the share of word for word equal replies where temperature is 0; None where it is 0 nowhere."""
    same = [pair.before == pair.after for pair in pairs if pair.temperature == 0.0]
    return Measured("identical_share", len(same), value_after=sum(same) / len(same)) if same else None


PrefixOverlaps = Mapping[str, Sequence[Sequence[str]]]
"""By prompt, each sample's first words."""


def own_prefix_overlap(before: PrefixOverlaps, after: PrefixOverlaps, rng: Rng) -> Measured | None:
    """Return the prefix overlap of a model's samples across two rounds, beside the overlap within each.

    None where no prompt has two samples. It has no p value: whether a pair lies across or within is not random.
    """
    within, across = [], []
    for prompt in sorted(before.keys() & after.keys()):
        inside = [*combinations(before[prompt], 2), *combinations(after[prompt], 2)]
        if inside:
            within.append(_prefix_overlap(inside))
            across.append(_prefix_overlap(list(product(before[prompt], after[prompt]))))
    return replace(mean_change("own_prefix_overlap", within, across, rng), p=None) if within else None


def _prefix_overlap(pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> float:
    return sum(log(1 + _n_shared(left, right)) for left, right in pairs) / len(pairs)


def _n_shared(left: Sequence[str], right: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))


ByReference = Mapping[str, Mapping[str, tuple[float, float]]]
"""By reference and prompt: the prompt's part of D, or its grade, before and after."""


def nearest_change(measure: str, by_reference: ByReference, rng: Rng) -> Measured | None:
    """Return the change of a similarity to the reference that is nearest over both rounds together.

    Chosen over both, the choice does not lean to either, and it stays the same where rounds are exchanged: the test
    that exchanges them stays exact.
    """
    means = {name: float(np.mean(list(parts.values()))) for name, parts in by_reference.items() if parts}
    if not means:
        return None
    nearest = min(means, key=lambda name: (-means[name], name))
    parts = [by_reference[nearest][prompt] for prompt in sorted(by_reference[nearest])]
    measured = mean_change(measure, [part[0] for part in parts], [part[1] for part in parts], rng)
    return replace(measured, reference=nearest)


@dataclass(frozen=True)
class Cell:
    """One identity probe in both rounds; a label is None where there is none."""

    template: str
    question: str
    before: bool | None
    after: bool | None


def identity_change(score: str, cells: Sequence[Cell], rng: Rng) -> Measured | None:
    """Return the change of an identity score over probes that have a label in both rounds."""
    before, after = ([_number(value) for value in side] for side in _sides(cells))
    templates, questions = [cell.template for cell in cells], [cell.question for cell in cells]
    difference = paired_difference(after, before, templates, questions, rng) if cells else None
    if difference is None or difference.n == 0:
        return None
    return Measured(
        score,
        difference.n,
        difference.right,
        difference.left,
        difference.difference,
        difference.low,
        difference.high,
        difference.p_value,
    )


def _sides(cells: Sequence[Cell]) -> tuple[list[bool | None], list[bool | None]]:
    return [cell.before for cell in cells], [cell.after for cell in cells]


def _number(value: bool | None) -> float | None:
    return None if value is None else float(value)
