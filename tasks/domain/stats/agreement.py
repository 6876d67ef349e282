"""Agreement of two judges: raw agreement and Cohen's kappa with intervals, confusion, rates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from tasks.domain.stats.cluster_bootstrap import exact_interval
from tasks.domain.stats.clustered_sample import Codes, Observed
from tasks.domain.stats.design_effect import CONFIDENCE, clustered_variance, measure
from tasks.domain.stats.distributions import t_quantile


@dataclass(frozen=True)
class Agreement:
    """Two judges' labels of the same items.

    `confusion[i][j]`: number of items that left labels `labels[i]` and right `labels[j]`. `agreement`: share of
    items with equal labels. `kappa`: agreement beyond what the two judges' rates give by chance, 1 at most;
    `kappa_error`: its standard error. `_low`, `_high`: 95 % intervals. `reason`: why one is None: `no_observations`;
    `one_label`, where both judges gave one and the same label throughout, so that kappa is 0 / 0; `one_cluster`,
    where there is no interval.
    """

    n: int
    n_missing: int
    labels: tuple[str, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    agreement: float | None = None
    agreement_low: float | None = None
    agreement_high: float | None = None
    kappa: float | None = None
    kappa_error: float | None = None
    kappa_low: float | None = None
    kappa_high: float | None = None
    reason: str | None = None

    @property
    def left_rates(self) -> dict[str, float]:
        """Return the share of items that left gives each label."""
        return {label: sum(row) / self.n for label, row in zip(self.labels, self.confusion, strict=True)}

    @property
    def right_rates(self) -> dict[str, float]:
        """Return the share of items that right gives each label."""
        columns = zip(*self.confusion, strict=True)
        return {label: sum(column) / self.n for label, column in zip(self.labels, columns, strict=True)}


@dataclass(frozen=True)
class Detection:
    """How well right detects the items that left calls positive; None where the denominator is 0."""

    n_positive: int
    n_detected: int
    recall: float | None
    precision: float | None
    false_positive_rate: float | None


def agreement(
    left: Sequence[str | None], right: Sequence[str | None], clusters: Sequence[str] | None = None
) -> Agreement:
    """Return agreement and Cohen's kappa (Educational and Psychological Measurement, 1960, 20, 37-46).

    Kappa's variance is linearised. For independent items that is the formula of Fleiss, Cohen and Everitt (1969) times
    n / (n - 1); for clusters the linearised terms are added up within each cluster first. The interval, by Student's
    t with one degree of freedom less than there are clusters, is widened to the one that the exact interval of the raw
    agreement gives at the judges' rates as they are, which does not shrink to a point where the judges never differ.

    Args:
        left, right: n labels each, such as "yes" and "no", item by item; None where a judge gave no readable label.
            An item counts where both did.
        clusters: n names, such as the template of each item; None where items are independent.

    Raises:
        ValueError: lengths differ.
    """
    if len(left) != len(right) or (clusters is not None and len(clusters) != len(left)):
        raise ValueError(f"{len(left)} labels on the left, {len(right)} on the right, or not as many clusters.")
    names = clusters if clusters is not None else [str(number) for number in range(len(left))]
    rows = [(a, b, name) for a, b, name in zip(left, right, names, strict=True) if a is not None and b is not None]
    n, n_missing = len(rows), len(left) - len(rows)
    if n == 0:
        return Agreement(0, n_missing, reason="no_observations")
    # In a fixed order, so that sums do not depend on the order of the rows.
    rows.sort(key=lambda row: (row[2], row[0], row[1]))
    labels = tuple(sorted({a for a, _, _ in rows} | {b for _, b, _ in rows}))
    place = {label: number for number, label in enumerate(labels)}
    i = np.array([place[a] for a, _, _ in rows])
    j = np.array([place[b] for _, b, _ in rows])
    table = np.bincount(i * len(labels) + j, minlength=len(labels) ** 2).reshape(len(labels), len(labels))
    clustering = {name: number for number, name in enumerate(sorted({name for _, _, name in rows}))}
    codes = np.array([clustering[name] for _, _, name in rows])
    same = Observed((i == j).astype(np.float64), (codes,), (len(clustering),), n_missing)
    counted = Agreement(n, n_missing, labels, tuple(tuple(int(count) for count in row) for row in table))
    return _with_kappa(counted, same, (i, j))


def detection(labelled: Agreement, positive: str) -> Detection:
    """Return recall, precision and false positive rate of the right judge, with the left one as the truth.

    Args:
        labelled: the labels of the truth (left) and of the judge (right).
        positive: the label to detect; a label that neither gave has no items.
    """
    place = {label: number for number, label in enumerate(labelled.labels)}
    at = place.get(positive)
    n_positive = sum(labelled.confusion[at]) if at is not None else 0
    n_detected = sum(row[at] for row in labelled.confusion) if at is not None else 0
    n_both = labelled.confusion[at][at] if at is not None else 0
    n_negative = labelled.n - n_positive
    return Detection(
        n_positive,
        n_detected,
        n_both / n_positive if n_positive else None,
        n_both / n_detected if n_detected else None,
        (n_detected - n_both) / n_negative if n_negative else None,
    )


def _with_kappa(counted: Agreement, same: Observed, cells: tuple[Codes, Codes]) -> Agreement:
    table = np.array(counted.confusion, dtype=np.float64) / counted.n
    left, right = table.sum(axis=1), table.sum(axis=0)
    raw, by_chance = float(same.values.mean()), float(left @ right)
    design = measure(same)
    if design.cautious is not None:
        low, high = exact_interval(same.values, design.cautious)
        counted = replace(counted, agreement_low=min(low, raw), agreement_high=max(high, raw))
    if len(counted.labels) == 1:
        return replace(counted, agreement=raw, reason="one_label")
    beyond = 1.0 - by_chance
    kappa = min(1.0, (raw - by_chance) / beyond)
    counted = replace(counted, agreement=raw, kappa=kappa)
    if design.cautious is None:
        return replace(counted, reason=design.reason)
    # How kappa moves with one more item in this cell, by way of the agreement and by way of both judges' rates.
    pull = same.values / beyond - (1.0 - raw) * (right[cells[0]] + left[cells[1]]) / beyond**2
    error = sqrt(clustered_variance(pull - float(pull.mean()), same))
    reach = t_quantile((1.0 + CONFIDENCE) / 2.0, same.sizes[0] - 1) * error
    return replace(
        counted,
        kappa_error=error,
        kappa_low=max(-1.0, min(kappa - reach, (low - by_chance) / beyond)),
        kappa_high=min(1.0, max(kappa + reach, (high - by_chance) / beyond)),
    )
