"""How well a score separates documented students from other models, and whether its p values are calibrated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from scipy.stats import rankdata

from tasks.domain.validation.documented import Column

DRAWS = 1_000

Scores = Mapping[tuple[str, str], float | None]
"""The score of each (target, candidate group)."""


@dataclass(frozen=True)
class Auroc:
    """The mean column AUROC with its 95 % interval, and each column's by teacher with its learners and others."""

    mean: float | None
    low: float | None
    high: float | None
    of_teacher: Mapping[str, tuple[float, int, int]]


@dataclass(frozen=True)
class Share:
    """A share of n with its 95 % interval over families; None where n is 0."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Return the chance that a positive scores above a negative, ties counted half (Mann and Whitney 1947)."""
    ranks = rankdata([*positives, *negatives])
    n = len(positives)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * len(negatives)))


def mean_auroc(
    columns: Sequence[Column], scores: Scores, family_of: Mapping[str, str], rng: np.random.Generator
) -> Auroc:
    """Return each teacher's column AUROC and their mean: the teacher is fixed, learners are ranked with others.

    A teacher that is close to every model gains nothing. The interval draws whole families of targets, as models of
    one family are not independent; a draw that leaves a column without learners or others leaves it out.
    """
    valued = [_scored_names(column, scores) for column in columns]
    filled = [(column, p, n) for column, (p, n) in zip(columns, valued, strict=True) if p and n]
    if not filled:
        return Auroc(None, None, None, {})
    of_teacher = {
        column.teacher: (auroc(list(p.values()), list(n.values())), len(p), len(n)) for column, p, n in filled
    }
    families = sorted({family_of[name] for _, p, n in filled for name in (*p, *n)})
    drawn = []
    for _ in range(DRAWS):
        times = dict(
            zip(
                families,
                np.bincount(rng.integers(0, len(families), len(families)), minlength=len(families)),
                strict=True,
            )
        )
        parts = []
        for _, p, n in filled:
            positives = [v for name, v in p.items() for _ in range(times[family_of[name]])]
            negatives = [v for name, v in n.items() for _ in range(times[family_of[name]])]
            if positives and negatives:
                parts.append(auroc(positives, negatives))
        if parts:
            drawn.append(fmean(parts))
    low, high = map(float, np.percentile(drawn, [2.5, 97.5])) if drawn else (None, None)
    return Auroc(fmean(a for a, _, _ in of_teacher.values()), low, high, of_teacher)


def _scored_names(column: Column, scores: Scores) -> tuple[dict[str, float], dict[str, float]]:
    learners, others = (
        {name: value for name in names if (value := scores.get((name, column.teacher))) is not None}
        for names in (column.learners, column.others)
    )
    return learners, others


def share(hits: Sequence[bool], families: Sequence[str], rng: np.random.Generator) -> Share:
    """Return the share of hits with the percentiles of a bootstrap that draws whole families."""
    if not hits:
        return Share(None, None, None, 0)
    names = sorted(set(families))
    place = {name: i for i, name in enumerate(names)}
    codes = np.array([place[family] for family in families])
    won = np.bincount(codes, weights=np.array(hits, dtype=float), minlength=len(names))
    size = np.bincount(codes, minlength=len(names))
    picks = rng.integers(0, len(names), (DRAWS, len(names)))
    low, high = np.percentile(won[picks].sum(axis=1) / size[picks].sum(axis=1), [2.5, 97.5])
    return Share(fmean(map(float, hits)), float(low), float(high), len(hits))
