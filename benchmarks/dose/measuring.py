"""What the project's own scoring says of the trained students, and how it would be on other prompts of this kind."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks import robustness
from benchmarks.dose.figures import Floats
from benchmarks.robustness import formed
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.pairwise.engine import sums_of
from tasks.domain.stats.multiple_testing import holm
from tasks.domain.verdict.lineage_tests import LineageTests, is_hypothesis
from tasks.domain.verdict.population import Population

LEVEL = 0.05
PLAIN = "prefix_overlap"
COLUMNS = (
    *("target", "candidate_group", "score", "z", "p_t", "p_candidate", "p_target", "q", "is_positive", "verdict"),
    *("degree", "degree_low", "degree_high", "ceiling_kind", "place", "n_controls", "n_control_families"),
    *("sibling_kind", "n_siblings", "sibling_t", "sibling_p", "over_base", "over_base_low", "over_base_high"),
    *("prefix_overlap_d", "p_at_length", "length_closeness"),
)


def verdicts(home: Home, students: Sequence[str], groups: Sequence[str]) -> dict[tuple[str, str], dict[str, object]]:
    """Return the rows of mart.verdict for these students and candidate groups."""
    with store.reading(home) as snapshot:
        rows = snapshot.read_columns("mart.verdict", list(COLUMNS)).to_dicts()
    wanted = {(student, group) for student in students for group in groups}
    return {pair: row for row in rows if (pair := (row["target"], row["candidate_group"])) in wanted}


@dataclass(frozen=True)
class Drawn:
    """What came of draws of prompts: for each student and group an array of as many values.

    `called`: 1 where the group's vendor is called within the student's own hypotheses (Holm at .05), `asked`: where it
    alone is asked about (its p at most .05); `d`: D.
    """

    called: dict[tuple[str, str], Floats]
    asked: dict[tuple[str, str], Floats]
    d: dict[tuple[str, str], Floats]


class Replies:
    """The replies of a scored home, with the values of all channels by prompt."""

    def __init__(self, home: Home) -> None:
        self.corpus = robustness.Corpus(home.root)
        self.population = self.corpus.population
        self.plain = formed(self.corpus.asked, self.population, self.corpus.common, [PLAIN])

    @property
    def n_prompts(self) -> int:
        """Return the number of prompts."""
        return len(self.plain)

    def drawn(self, students: Sequence[str], groups: Sequence[str], n_prompts: int, n_draws: int, seed: int) -> Drawn:
        """Return what is called on draws of prompts, with replacement: on other prompts like these."""
        pairs = [(student, group) for student in students for group in groups]
        found: list[dict[tuple[str, str], list[float]]] = [{pair: [] for pair in pairs} for _ in range(3)]
        called, asked, d = found
        rng = np.random.default_rng(seed)
        for _ in range(n_draws):
            places = rng.integers(0, self.n_prompts, n_prompts)
            _, _, tests = robustness.tested([self.corpus.values[place] for place in places], self.population)
            sums = sums_of([self.plain[place] for place in places], (PLAIN,), self.population.cohort)
            centred = sums[PLAIN].centred
            for student, group in pairs:
                p_alone, p_within = p_values(tests, self.population.place[student], group, self.population)
                asked[student, group].append(float(p_alone <= LEVEL))
                called[student, group].append(float(p_within <= LEVEL))
                d[student, group].append(float(centred[self.population.place[student], self.population.place[group]]))
        return Drawn(*({pair: np.array(values) for pair, values in part.items()} for part in found))


def p_values(tests: LineageTests, target: int, group: str, population: Population) -> tuple[float, float]:
    """Return the p of a group's vendor for a target: asked alone, and by Holm over the target's vendors.

    1 where that vendor is no hypothesis, or has no null.
    """
    vendor = population.heads[population.groups.index(group)].vendor
    p_of = {
        place: float(tests.vendors.p[target, place])
        for place, unit in enumerate(tests.units)
        if is_hypothesis(target, unit, population) and not np.isnan(tests.vendors.p[target, place])
    }
    adjusted = dict(zip(p_of, holm(list(p_of.values())), strict=True))
    [here] = [place for place, unit in enumerate(tests.units) if unit.vendor == vendor][:1] or [-1]
    within = adjusted.get(here)
    return p_of.get(here, 1.0), 1.0 if within is None else within
