"""What a target has in common with everybody, taken off: values centred by vendor."""

from dataclasses import dataclass

import numpy as np

from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.prompt_replies import Cohort, Places


@dataclass(frozen=True)
class Centred:
    """Values of r models that answered one prompt, centred by vendor, r x r; NaN where no background is left.

    `background` (r): what is subtracted for no vendor in particular. `n_background` (r x r): over how many models.
    """

    values: Floats
    background: Floats
    n_background: Floats


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
    background = np.flatnonzero(np.array(cohort.is_background)[model])
    background = background[np.argsort(vendor[background], kind="stable")]
    heard, starts = np.unique(vendor[background], return_index=True)
    used = cohort.is_yardstick[np.ix_(model, model[background])] & ~np.isnan(values[:, background])
    shape = (len(model), len(heard))
    counts, totals = np.zeros(shape), np.zeros(shape)
    if len(heard):
        counts = np.add.reduceat(used.astype(np.float64), starts, axis=1)
        totals = np.add.reduceat(np.where(used, values[:, background], 0.0), starts, axis=1)
    is_heard = counts > 0.0
    means = np.divide(totals, counts, out=np.zeros(shape), where=is_heard)
    total, n_vendors, n_models = means.sum(axis=1), is_heard.sum(axis=1).astype(np.float64), counts.sum(axis=1)
    # By the reference's vendor, which is taken out of the sum; the last column is for those of which there is none.
    by_vendor = _over(
        np.column_stack([total[:, None] - means, total]), np.column_stack([n_vendors[:, None] - is_heard, n_vendors])
    )
    left = np.column_stack([n_models[:, None] - counts, n_models])
    place = np.searchsorted(heard, vendor)
    column = np.where((vendor >= 0) & np.isin(vendor, heard), place, len(heard))
    return Centred(values - by_vendor[:, column], by_vendor[:, -1], left[:, column])


def _over(total: Floats, n: Floats) -> Floats:
    return np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0.0)
