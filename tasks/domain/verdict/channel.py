"""One score of every target and candidate group, against what it is where there is no lineage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from tasks.domain.verdict.decision import LEAST_PROMPTS
from tasks.domain.verdict.family_null import (
    LEAST_NULLS,
    FamilyNull,
    NullTest,
    Prior,
    common_prior,
    compare,
    family_null,
    with_skewness,
)
from tasks.domain.verdict.pair_score import Known, PairScore

Cell = tuple[str, str]
"""A target and a candidate group."""

NOT_TESTED = NullTest(None, None, None, None)


@dataclass(frozen=True)
class Channel:
    """One score of every target and group, tested against unrelated models. `slope`: of the score on length closeness.

    `tests` are of the score as it is, `at_length` of what is left after closeness of length has explained its part.
    """

    scores: Mapping[Cell, float]
    nulls: Mapping[Cell, FamilyNull]
    tests: Mapping[Cell, NullTest]
    at_length: Mapping[Cell, NullTest]
    slope: float


def controls_of(best: Mapping[Cell, PairScore], known: Mapping[str, Known]) -> dict[str, list[Cell]]:
    """Return for each group the independent models of other makers and families, as targets: its pseudo-students."""
    found: dict[str, list[Cell]] = {}
    for cell in sorted(best):
        target, head = known[cell[0]], known[best[cell].reference]
        if target.is_control and not target.is_kin(head) and best[cell].n_prompts >= LEAST_PROMPTS:
            found.setdefault(cell[1], []).append(cell)
    return found


def channel(
    scores: Mapping[Cell, float],
    lengths: Mapping[Cell, float | None],
    of_group: Mapping[str, Sequence[Cell]],
    known: Mapping[str, Known],
) -> Channel:
    """Return the score of every cell with its tests.

    Args:
        scores: of each cell; higher is more alike.
        lengths: closeness of length of each cell.
        of_group: the controls of each group, as `controls_of` returns them.
        known: every model that occurs.
    """
    controls = {group: told for group, cells in of_group.items() if (told := [c for c in cells if c in scores])}
    slope = _slope(controls, scores, lengths)
    prior = _prior(controls, scores, known)
    nulls: dict[Cell, FamilyNull] = {}
    tests: dict[Cell, NullTest] = {}
    at_length: dict[Cell, NullTest] = {}
    cache: dict[tuple[str, str], FamilyNull | None] = {}
    for cell, score in scores.items():
        family = known[cell[0]].family
        others = [c for c in controls.get(cell[1], []) if known[c[0]].family != family]
        key = (cell[1], family if len(others) < len(controls.get(cell[1], [])) else "")
        if key not in cache:
            cache[key] = _null(others, scores, known) if others else None
        null = cache[key]
        if null is None:
            continue
        nulls[cell] = null
        tests[cell] = compare(score, null, prior)
        at_length[cell] = compare(score - _explained(cell, others, slope, lengths), null, prior)
    return Channel(scores, nulls, tests, at_length, slope)


def _null(cells: Sequence[Cell], scores: Mapping[Cell, float], known: Mapping[str, Known]) -> FamilyNull:
    return family_null([scores[cell] for cell in cells], [known[target].family for target, _ in cells])


def _prior(
    controls: Mapping[str, Sequence[Cell]], scores: Mapping[Cell, float], known: Mapping[str, Known]
) -> Prior | None:
    """Return what is learned of the nulls from candidates of documented lineage; too few of those: from all.

    A candidate that nobody documents may be a student itself: its teacher's models then stand out of its null.
    """
    documented = {model.group for model in known.values() if model.is_control}
    told = [cells for group, cells in controls.items() if group in documented]
    told = told if len(told) >= LEAST_NULLS else list(controls.values())
    prior = common_prior([_null(cells, scores, known) for cells in told])
    if prior is None:
        return None
    z_values = []
    for cells in told:
        for cell in cells:
            others = [other for other in cells if known[other[0]].family != known[cell[0]].family]
            z = compare(scores[cell], _null(others, scores, known), prior).z if others else None
            if z is not None:
                z_values.append(z)
    return with_skewness(prior, z_values)


def _slope(
    controls: Mapping[str, Sequence[Cell]], scores: Mapping[Cell, float], lengths: Mapping[Cell, float | None]
) -> float:
    """Return how much the score rises with length closeness among unrelated models, within groups; never below 0."""
    top = bottom = 0.0
    for cells in controls.values():
        told = [(length, scores[cell]) for cell in cells if (length := lengths[cell]) is not None]
        if len(told) < 2:
            continue
        length_mean, score_mean = fmean(x for x, _ in told), fmean(y for _, y in told)
        top += sum((x - length_mean) * (y - score_mean) for x, y in told)
        bottom += sum((x - length_mean) ** 2 for x, _ in told)
    return max(top / bottom, 0.0) if bottom > 0.0 else 0.0


def _explained(cell: Cell, controls: Sequence[Cell], slope: float, lengths: Mapping[Cell, float | None]) -> float:
    """Return the part of a score that its closeness of length explains, beyond that of the controls."""
    mine, theirs = lengths[cell], [x for c in controls if (x := lengths[c]) is not None]
    return 0.0 if mine is None or not theirs else slope * (mine - fmean(theirs))
