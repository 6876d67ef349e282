"""How often a run calls any target where nobody is related: planted populations, counted.

python -m benchmarks.unrelated_populations [N]
"""

import sys
from collections.abc import Sequence

import numpy as np

from tasks.domain.verdict.analysis import analyse
from tasks.domain.verdict.decision import POSITIVE, SUGGESTIVE
from tasks.domain.verdict.verdicts import verdicts
from tests.support.populations import Population, references, strangers

N_RUNS, N_PROMPTS, FIRST_SEED = 200, 100, 5000
LEVELS = (0.05, 0.01, 0.002)


def main(arguments: Sequence[str]) -> None:
    """Print the shares over N populations of sixteen references of eight vendors and three targets."""
    n = int(arguments[0]) if arguments else N_RUNS
    n_called = n_kin = n_suggestive = 0
    alone: list[float] = []
    cells: list[float] = []
    for seed in range(n):
        models = [*references(8), *strangers(3)]
        analysis = analyse(Population(models, N_PROMPTS, FIRST_SEED + seed).measured())
        rows = list(verdicts(analysis))
        apart = [row for row in rows if not row.is_kin]
        n_called += any(row.verdict in POSITIVE for row in apart)
        n_suggestive += any(row.verdict == SUGGESTIVE for row in apart)
        n_kin += any(row.verdict in POSITIVE for row in rows if row.is_kin)
        alone.extend({row.target: row.p_target for row in apart if row.p_target is not None}.values())
        cells.extend(analysis.plain.vendors.p[analysis.plain.vendors.is_left_out])
    print(f"{n} unrelated populations, 19 models, {N_PROMPTS} prompts")
    print(f"runs that call any target: {n_called / n:.3f}; with a suggestive one: {n_suggestive / n:.3f}")
    print(f"runs that find kin, who do resemble each other: {n_kin / n:.3f}")
    for level in LEVELS:
        print(
            f"at {level:g}: targets asked alone {np.mean(np.array(alone) <= level):.4f} (n {len(alone)}), "
            f"left-out cells {np.mean(np.array(cells) <= level):.4f} (n {len(cells)})"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
