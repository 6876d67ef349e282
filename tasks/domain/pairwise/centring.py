"""Values centred by vendor: what a target has in common with all models is subtracted."""

from dataclasses import dataclass

import numpy as np

from tasks.domain.pairwise.matrices import Floats, row_blocks
from tasks.domain.pairwise.prompt_replies import Cohort, Places


@dataclass(frozen=True)
class Centred:
    """Values of r models that answered one prompt, centred by vendor, r x r; NaN where no background is left.

    `background` (r): the mean without leaving out a vendor. `left` (r x c): the number of models in each mean;
    `column` (r): the column of `left` for each reference.
    """

    values: Floats
    background: Floats
    left: Floats
    column: Places

    @property
    def n_background(self) -> Floats:
        """Return the number of models that each value is centred on, r x r."""
        return np.take(self.left, self.column, axis=1)


def centre(values: Floats, cohort: Cohort, model: Places | None = None) -> Centred:
    """Return values less the mean, over background vendors, of the target's mean value with that vendor's models.

    Never with the target's kin, never with the reference's vendor.

    Args:
        values: r x r, row target, column reference.
        cohort: the models.
        model: the places of the r models in it; None: all of them.
    """
    model = np.arange(len(cohort.vendor)) if model is None else model
    vendor = cohort.vendor_place[model]
    chosen = cohort.background_by_vendor
    place = np.full(len(cohort.vendor), -1)
    place[model] = np.arange(len(model))
    chosen = chosen[place[chosen] >= 0]
    vendors_present, starts = np.unique(cohort.vendor_place[chosen], return_index=True)
    # By the reference's vendor, which is left out of the mean; the last column is for references without one.
    column = np.where(
        (vendor >= 0) & np.isin(vendor, vendors_present), np.searchsorted(vendors_present, vendor), len(vendors_present)
    )
    shape = (len(model), len(vendors_present) + 1)
    centred, means, left = np.empty_like(values), np.empty(shape), np.empty(shape)
    columns = place[chosen]
    for rows in row_blocks(len(model)):
        means[rows], left[rows] = _means(
            np.take(values[rows], columns, axis=1),
            np.take(cohort.is_background_of[model[rows]], chosen, axis=1),
            starts,
        )
        np.subtract(values[rows], np.take(means[rows], column, axis=1), out=centred[rows])
    return Centred(centred, means[:, -1], left, column)


def _means(values: Floats, is_background_of: np.ndarray, starts: np.ndarray) -> tuple[Floats, Floats]:
    """Return means over vendors without each vendor in turn, and over all (the last), with their numbers of models."""
    n_rows = len(values)
    if not len(starts):
        return np.full((n_rows, 1), np.nan), np.zeros((n_rows, 1))
    is_used = is_background_of & ~np.isnan(values)
    counts = np.add.reduceat(is_used, starts, axis=1, dtype=np.float64)
    totals = np.add.reduceat(np.where(is_used, values, 0.0), starts, axis=1)
    is_present = counts > 0.0
    means = np.divide(totals, counts, out=np.zeros_like(totals), where=is_present)
    total, n_vendors, n_models = means.sum(axis=1), is_present.sum(axis=1).astype(np.float64), counts.sum(axis=1)
    sums = np.column_stack([total[:, None] - means, total])
    n = np.column_stack([n_vendors[:, None] - is_present, n_vendors])
    left = np.column_stack([n_models[:, None] - counts, n_models])
    return np.divide(sums, n, out=np.full_like(sums, np.nan), where=n > 0.0), left
