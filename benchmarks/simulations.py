"""What the suite repeats a few dozen times, repeated hundreds of times: coverage, levels and power of planted cases.

python -m benchmarks.simulations [PART ...], where a part begins with one of these: coverage, rounds, families,
unrelated, students, search. Exit code 1 says that a count lies outside its bound.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tests.support import coverage, levels, searches
from tests.support.chance import fewest, most

LEVELS = (0.05, 0.01, 0.002)
Line = tuple[str, str, bool]
"""What was counted, what came of it, and whether it lies within its bound."""


def _covered(what: str, n: int, of: int) -> Line:
    """Compare a count of intervals that hold the truth with nine in ten, which all situations have to reach."""
    return what, f"{n} of {of} ({n / of:.3f})", n >= 0.9 * of


def _covers(of: int = 200) -> Iterator[Line]:
    for situation in coverage.SITUATIONS:
        yield _covered(f"rate, {situation}", coverage.n_rates_covered(situation, of), of)
    yield _covered("kappa", coverage.n_kappas_covered(of), of)
    for differ in (0.0, 0.7):
        n_rejected, n_covered = coverage.paired_under_the_null(differ, of)
        yield _covered(f"paired difference, questions differ by {differ}", n_covered, of)
        yield "   two equal targets told apart at .05", f"{n_rejected} of {of}", n_rejected <= most(of, 0.05)


def _level(what: str, p: np.ndarray) -> Line:
    n = int((p <= 0.05).sum())
    return what, f"{n} of {len(p)} at .05 ({n / len(p):.3f}), mean p {p.mean():.3f}", n <= most(len(p), 0.05)


def _rounds() -> Iterator[Line]:
    yield _level("rounds of an unchanged stub", levels.p_of_unchanged_rounds(300))
    yield _level("noise without a mean", levels.p_of_noise(1000))


def _families() -> Iterator[Line]:
    for layout in ((4, 4, 4, 4), (6, 2, 1, 7), (1,) * 10):
        for between in (0.5, 1.5):
            p = levels.p_of_new_families(layout, between, 20_000)
            shares = ", ".join(f"{np.mean(p < level):.4f} below {level:g}" for level in LEVELS)
            yield f"families {layout}, between {between}", shares, 0.035 <= float(np.mean(p < 0.05)) <= 0.06


def _unrelated(n: int = 200) -> Iterator[Line]:
    """Sixteen references of eight vendors and three targets, a hundred prompts."""
    told = levels.unrelated(n, 5000)
    yield "runs that call any target", f"{told.n_called / n:.3f}", told.n_called <= most(n, 0.05)
    yield "runs with a suggestive one", f"{told.n_suggestive / n:.3f}", True
    yield "runs that find kin, who do resemble each other", f"{told.n_kin / n:.3f}", True
    for level in LEVELS:
        for what, p in (("targets asked alone", told.alone), ("left-out cells", told.cells)):
            share = float(np.mean(np.array(p) <= level))
            yield f"{what} at {level:g}", f"{share:.4f} (n {len(p)})", share <= level * 1.2 + 0.002


def _students(n: int = 60) -> Iterator[Line]:
    told = levels.taught(n, 5000)
    yield "students of half of a teacher ranked first", f"{told.n_first} of {n}", told.n_first >= fewest(n, 0.98)
    yield "called", f"{told.n_called} of {n}", told.n_called >= 0.7 * n
    yield "asked alone below .05", f"{told.n_alone} of {n}", told.n_alone >= 0.8 * n
    yield "strangers called", f"{told.n_false} of {3 * n}", told.n_false <= most(3 * n, 0.05)


def _searches(n: int = 40) -> Iterator[Line]:
    for weakness, budget in searches.BUDGETS.items():
        found, by_chance = searches.n_until_found(weakness, n, budget)
        p = searches.p_fewer(found, by_chance)
        said = f"median {np.median(found):g}, most {max(found)}; random mutation {np.median(by_chance):g}; p {p:.1e}"
        yield f"templates asked until found: {weakness}", said, max(found) <= budget and p < 1e-4
    searched, by_chance = searches.n_until_five(n)
    p = searches.p_fewer(searched, by_chance)
    said = f"mean {np.mean(searched):.1f}; random selection {np.mean(by_chance):.1f}; p {p:.1e}"
    yield "templates asked until found five times", said, p < 1e-3


PARTS: dict[str, Callable[[], Iterator[Line]]] = {
    "coverage of 95 % intervals": _covers,
    "rounds: level of the test of drift": _rounds,
    "families: level of single tests": _families,
    "unrelated populations": _unrelated,
    "students beside strangers": _students,
    "search of a weakness of two traits": _searches,
}


def main(chosen: Sequence[str]) -> int:
    """Print what came of each part and return 1 if anything lies outside its bound."""
    n_outside = 0
    for part, repeat in PARTS.items():
        if chosen and not any(part.startswith(name) for name in chosen):
            continue
        started = time.process_time()
        print(f"\n{part}", flush=True)
        for what, came, is_within in repeat():
            n_outside += not is_within
            print(f"  {what}: {came}{'' if is_within else '   <-- OUTSIDE ITS BOUND'}", flush=True)
        print(f"  {time.process_time() - started:.0f} s of one core", flush=True)
    print(f"\n{n_outside} outside their bounds")
    return int(n_outside > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
