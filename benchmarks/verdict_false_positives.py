"""Runs over unrelated models in which some pair is found related, by how strong the models' own habits are.

Run from the project's root: `python -m benchmarks.verdict_false_positives [populations]`. A run is twelve references of
six makers, two strangers and one student of a quarter of a teacher's replies. Habits that hold for every question make
the scores of unrelated models skewed: two of them may happen to begin alike everywhere. The t prediction doesn't know.
"""

import sys

import numpy as np
from scipy.stats import skew

from tasks.domain.verdict.decision import POSITIVE
from tasks.domain.verdict.verdicts import verdicts
from tests.support.populations import Leaning, Population, references, strangers, student

HABITS = ((0.2, 0.2), (0.4, 0.3), (0.7, 0.5), (1.0, 1.0))
TEACHER = "ref-c2"


def _measure(leaning: Leaning, n_populations: int) -> dict[str, float]:
    n_false, n_found, scores, p_values = 0, 0, [], []
    for seed in range(n_populations):
        unrelated = [*references(), *strangers(2)]
        population = Population(unrelated, 200, seed, leaning)
        rows = [row for row in verdicts(population.pair_scores(), population.known(), {}) if not row.is_kin]
        n_false += any(row.verdict in POSITIVE for row in rows)
        scores += [row.z for row in rows]
        p_values += [row.p_t for row in rows]
        taught = Population([*unrelated, student("pupil", TEACHER, 0.25)], 200, seed, leaning)
        found = verdicts(taught.pair_scores(), taught.known(), {})
        n_found += any(
            row.verdict in POSITIVE for row in found if (row.target, row.candidate_group) == ("pupil", TEACHER)
        )
    made = np.array(p_values)
    return {
        "any positive": n_false / n_populations,
        "p < .05": float((made < 0.05).mean()),
        "p < .001": float((made < 0.001).mean()),
        "skewness of z": float(skew(scores)),
        "student of 25 % found": n_found / n_populations,
    }


def main() -> None:
    """Print one line for each strength of habits."""
    n_populations = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for family, model in HABITS:
        told = _measure(Leaning(family=family, model=model), n_populations)
        print(f"family {family}, model {model}:", ", ".join(f"{name} {value:.4f}" for name, value in told.items()))


if __name__ == "__main__":
    main()
