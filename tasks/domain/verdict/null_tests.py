"""Scores of targets for candidates, each tested against unrelated models in families: the `p_t` of a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tasks.domain.pairwise.matrices import Bools, Floats
from tasks.domain.verdict.family_null import (
    FamilyNull,
    Moments,
    Prior,
    common_prior,
    family_null,
    left_out_nulls,
    t_prediction,
)
from tasks.domain.verdict.limits import LEAST_CONTROLS, LEAST_FAMILIES, LEAST_LEFT
from tasks.domain.verdict.tail import Tail, fit_tail, upper_tail_p


@dataclass(frozen=True)
class Scores:
    """Scores of n targets for K candidates, higher is more alike.

    `values` (n x K); `is_control` (n x K): unrelated models, whose score for that candidate is chance; `family` (n);
    `is_documented` (K): candidates of known origin, from which the nulls' common variance is estimated.
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
    has_score, shape = ~np.isnan(scores.values), scores.values.shape
    nulls, whole = _nulls(scores, has_score)
    is_sufficient = np.array([null is not None and null.is_sufficient for null in whole], dtype=bool)
    least = np.where(scores.is_control & is_sufficient[None, :], LEAST_LEFT, LEAST_CONTROLS)
    is_tested = has_score & (nulls.n_controls >= least) & (nulls.n_families >= LEAST_FAMILIES) & (nulls.variance > 0.0)
    z, t, p, dof, sd = (np.full(shape, np.nan) for _ in range(5))
    z[is_tested], t[is_tested], dof[is_tested] = t_prediction(
        scores.values[is_tested], nulls.at(is_tested), _prior(whole, scores.is_documented)
    )
    np.divide(scores.values - nulls.mean, z, out=sd, where=is_tested & (z != 0.0))
    is_left_out = scores.is_control & is_tested
    is_documented_control = is_left_out & scores.is_documented[None, :]
    is_documented_control = is_documented_control if is_documented_control.any() else is_left_out
    tail = (
        fit_tail(list(t[is_documented_control]), float(np.median(dof[is_documented_control])))
        if is_documented_control.any()
        else Tail()
    )
    p[is_tested] = upper_tail_p(t[is_tested], dof[is_tested], tail)
    mean = np.where(has_score, nulls.mean, np.nan)
    n_controls, n_families = (np.where(has_score, n, 0) for n in (nulls.n_controls, nulls.n_families))
    return Tested(z, t, p, mean, sd, n_controls, n_families, tail, scores.is_control, is_documented_control)


def _nulls(scores: Scores, has_score: Bools) -> tuple[Moments, list[FamilyNull | None]]:
    """Return the null of each target and candidate, n x K, without the target's family; and of each candidate, whole.

    NaN, and a number of 0, where no model is left.
    """
    shape, whole = scores.values.shape, list[FamilyNull | None]()
    mean, variance, dof = (np.full(shape, np.nan) for _ in range(3))
    n_controls, n_families = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    # Numbers in the order of the names: comparing names takes most of the time.
    family_of = np.unique(np.array(scores.family), return_inverse=True)[1]
    for k in range(shape[1]):
        is_control = scores.is_control[:, k] & has_score[:, k]
        if not is_control.any():
            whole.append(None)
            continue
        values = scores.values[is_control, k]
        control_families, family = np.unique(family_of[is_control], return_inverse=True)
        null = family_null(values, family)
        whole.append(null)
        left = left_out_nulls(values, family)
        # The last of each is for targets of a family that has no control here.
        place = np.searchsorted(control_families, family_of)
        has_controls = np.isin(family_of, control_families)
        place = np.where(has_controls, place, len(control_families))
        mean[:, k] = np.append(left.mean, null.mean)[place]
        variance[:, k] = np.append(left.variance, np.nan if null.variance is None else null.variance)[place]
        dof[:, k] = np.append(left.dof, null.dof)[place]
        n_controls[:, k] = np.append(left.n_controls, null.n_controls)[place]
        n_families[:, k] = np.append(left.n_families, null.n_families)[place]
    return Moments(mean, variance, dof, n_controls, n_families), whole


def _prior(whole: Sequence[FamilyNull | None], is_documented: Bools) -> Prior | None:
    """Return the common variance of documented candidates' nulls; where they are too few, of all nulls."""
    documented = [null for null, is_known_origin in zip(whole, is_documented, strict=True) if is_known_origin and null]
    return common_prior(documented) or common_prior([null for null in whole if null])
