"""One family of hypotheses for each target: which of these vendors taught it? And errors over targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tasks.domain.stats.multiple_testing import benjamini_hochberg, holm


@dataclass(frozen=True)
class TargetTest:
    """The test of a target's family of hypotheses; `best`: the place of the candidate with the least p.

    `p_target`: chance of so small a p for any of the `n_candidates` where it learned from none of them: that one target
    tested alone. `p_holm`: over targets, chance of any false call in the run. `q`: over targets, the expected share of
    false calls among all calls this sure. `p_candidate`: of each candidate, Holm over the target's candidates, scaled
    to how many targets were called at q .05 (Benjamini and Bogomolov 2014): keeps the errors among called targets.
    """

    best: int
    n_candidates: int
    p_target: float
    p_holm: float
    q: float
    p_candidate: Mapping[int, float]


@dataclass(frozen=True)
class Targets:
    """The models that are asked about, and what is known of others that were asked about with them.

    `p_of_others`: by kind of hypotheses, the p_target of each other target, over which p is corrected as well; of pairs
    that are corrected apart, of each pair. Any names that differ will do.
    """

    names: frozenset[str]
    p_of_others: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


LEVEL = 0.05


def target_tests(p_values: Mapping[str, Mapping[int, float]]) -> dict[str, TargetTest]:
    """Return the test of each target that has a candidate.

    `p_target` is m times the least p over m candidates, at most 1 (Bonferroni). Over targets: Benjamini and Hochberg
    (1995), Holm (1979). Within a target that is called: Benjamini and Bogomolov, J. Royal Statistical Society B 2014,
    76, 297-318.

    Args:
        p_values: of each target, the p of each candidate by its place.
    """
    names = [name for name in sorted(p_values) if p_values[name]]
    least = [min(p_values[name], key=lambda place: (p_values[name][place], place)) for name in names]
    alone = [min(1.0, len(p_values[name]) * p_values[name][best]) for name, best in zip(names, least, strict=True)]
    q_values, adjusted = benjamini_hochberg(alone), holm(alone)
    n_called = sum(q is not None and q <= LEVEL for q in q_values)
    scale = len(names) / n_called if n_called else 1.0
    return {
        name: TargetTest(
            best=best,
            n_candidates=len(p_values[name]),
            p_target=p,
            p_holm=_one_if_none(p_holm),
            q=_one_if_none(q),
            p_candidate=_within(p_values[name], scale),
        )
        for name, best, p, q, p_holm in zip(names, least, alone, q_values, adjusted, strict=True)
    }


def _within(p_values: Mapping[int, float], scale: float) -> dict[int, float]:
    places: Sequence[int] = sorted(p_values)
    adjusted = holm([p_values[place] for place in places])
    return {place: min(1.0, scale * _one_if_none(p)) for place, p in zip(places, adjusted, strict=True)}


def _one_if_none(p: float | None) -> float:
    return 1.0 if p is None else p
