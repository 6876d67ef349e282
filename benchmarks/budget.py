"""Whether a budget holds under kills: `python -m benchmarks.budget [runs]`.

In each run 50 batches ask a server on loopback that bills three models, side by side, under a drawn budget in all and
for each model. Some answers fail, are cut off or come without token counts; the process is killed (`kill -9`) up to
three times and started again. The server's own sum has to stay within both budgets.
"""

import sys
import tempfile
from pathlib import Path

from tests.support.billing import Billed, billed_runs, processes

RUNS = 100


def summary(runs: list[Billed]) -> str:
    """Return what came of the runs, in words."""
    stopped = [run for run in runs if run.n_stopped]
    used = sorted(run.billed_usd / run.budget_usd for run in runs)
    unclear = sorted(run.ledger_usd / run.billed_usd for run in runs)
    return (
        f"{len(runs)} runs, {sum(run.n_kills for run in runs)} kills, {sum(run.n_calls for run in runs)} billed calls: "
        f"{sum(not run.is_kept for run in runs)} passed a budget. {len(stopped)} were stopped by it. "
        f"Billed of the budget: {used[0]:.1%} to {used[-1]:.1%}, median {used[len(used) // 2]:.1%}; "
        f"counted against what was billed: {unclear[0]:.3f} to {unclear[-1]:.3f} times, "
        f"median {unclear[len(unclear) // 2]:.3f}."
    )


def main() -> None:
    """Run the seeds from 0 on and print the summary."""
    context, runs = processes(), list[Billed]()
    for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(billed_runs(Path(folder), seed, context))
        if not runs[-1].is_kept:
            print(f"seed {seed}: {runs[-1]}", flush=True)
        if (seed + 1) % 10 == 0:
            print(summary(runs), flush=True)
    print(summary(runs))


if __name__ == "__main__":
    main()
