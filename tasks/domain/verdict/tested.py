"""Scores of targets for candidates, each tested against unrelated models in families."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tasks.domain.pairwise.matrices import Bools, Floats
from tasks.domain.verdict.family_null import (
    LEAST_CONTROLS,
    LEAST_LEFT,
    FamilyNull,
    Prior,
    common_prior,
    compare,
    family_null,
)
from tasks.domain.verdict.tail import Tail, fit_tail, upper


@dataclass(frozen=True)
class Scores:
    """Scores of n targets for K candidates, higher is more alike.

    `values` (n x K); `is_control` (n x K): unrelated models, whose score for that candidate is chance; `family` (n);
    `is_documented` (K): candidates of known origin: what nulls say in common is learned from them.
    """

    values: Floats
    is_control: Bools
    family: tuple[str, ...]
    is_documented: Bools


@dataclass(frozen=True)
class Tested:
    """Scores with their tests, n x K; NaN where there are too few controls.

    `z`: in standard deviations of the null; `p`: one-sided. `null_mean`, `null_sd`, `n_controls`, `n_families`: of the
    null that each is tested against, without the target's own family. `is_left_out`: the unrelated models, for
    documented candidates, whose p should be uniform.
    """

    z: Floats
    t: Floats
    p: Floats
    null_mean: Floats
    null_sd: Floats
    n_controls: np.ndarray
    n_families: np.ndarray
    tail: Tail
    is_control: Bools
    is_left_out: Bools


def against_null(scores: Scores) -> Tested:
    """Return every score tested against the controls of its candidate, the target's own family left out.

    The tail is fitted to the left-out t of unrelated models for documented candidates.
    """
    shape = scores.values.shape
    z, t, dof, mean, sd = (np.full(shape, np.nan) for _ in range(5))
    n_controls, n_families = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    nulls = _Nulls(scores)
    prior = nulls.prior()
    for k in range(shape[1]):
        for i in np.flatnonzero(~np.isnan(scores.values[:, k])):
            null = nulls.of(int(i), k)
            if null is None:
                continue
            is_of_enough = scores.is_control[i, k] and nulls.is_sufficient[k]
            least = LEAST_LEFT if is_of_enough else LEAST_CONTROLS
            found = compare(float(scores.values[i, k]), null, prior, least)
            n_controls[i, k], n_families[i, k], mean[i, k] = null.n_controls, null.n_families, null.mean
            if found.z is not None and found.t is not None and found.dof is not None:
                z[i, k], t[i, k], dof[i, k] = found.z, found.t, found.dof
                sd[i, k] = (scores.values[i, k] - null.mean) / found.z if found.z else np.nan
    is_left_out = scores.is_control & ~np.isnan(t)
    told = is_left_out & scores.is_documented[None, :]
    told = told if told.any() else is_left_out
    tail = fit_tail(list(t[told]), float(np.median(dof[told]))) if told.any() else Tail()
    p = np.full(shape, np.nan)
    for i, k in zip(*np.nonzero(~np.isnan(t)), strict=True):
        p[i, k] = upper(float(t[i, k]), float(dof[i, k]), tail)
    return Tested(z, t, p, mean, sd, n_controls, n_families, tail, scores.is_control, told)


class _Nulls:
    """The null of each candidate without a target's family, formed once for all targets that it is the same for."""

    def __init__(self, scores: Scores) -> None:
        self.scores = scores
        self.families = np.array(scores.family)
        # Numbers in the order of the names: to compare names takes most of the time.
        self.codes = np.unique(self.families, return_inverse=True)[1].astype(np.int64)
        self.known: dict[tuple[int, str], FamilyNull | None] = {}
        self.whole = [
            self._form(np.flatnonzero(scores.is_control[:, k] & ~np.isnan(scores.values[:, k])), k)
            for k in range(scores.values.shape[1])
        ]
        self.is_sufficient = [null is not None and null.is_sufficient for null in self.whole]

    def of(self, target: int, candidate: int) -> FamilyNull | None:
        """Return the null of a candidate for a target; None where nobody is left."""
        family = self.scores.family[target]
        controls = self.scores.is_control[:, candidate] & ~np.isnan(self.scores.values[:, candidate])
        key = (candidate, family if (controls & (self.families == family)).any() else "")
        if key not in self.known:
            kept = np.flatnonzero(controls & (self.families != family))
            self.known[key] = self._form(kept, candidate)
        return self.known[key]

    def prior(self) -> Prior | None:
        """Return what the nulls of documented candidates say in common; where they are too few, those of all."""
        documented = [null for null, told in zip(self.whole, self.scores.is_documented, strict=True) if told and null]
        return common_prior(documented) or common_prior([null for null in self.whole if null])

    def _form(self, places: Sequence[int] | np.ndarray, candidate: int) -> FamilyNull | None:
        if not len(places):
            return None
        return family_null(self.scores.values[places, candidate], self.codes[places])
