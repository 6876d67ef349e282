"""50 batches side by side, killed and started again: what the server bills stays within the budget, in all and by model.

`python -m benchmarks.budget` runs a hundred seeds.
"""

from typing import Any

import pytest

from tests.support.billing import billed_runs, processes

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def context() -> Any:
    return processes()


@pytest.mark.parametrize("seed", [0, 3])
def test_no_kill_lets_a_run_pass_its_budget(tmp_path, context, seed) -> None:
    billed = billed_runs(tmp_path, seed, context)
    assert billed.is_kept, billed
    assert billed.n_kills > 0
    assert billed.n_stopped > 0
    # It goes as far as it may: of one of its limits less than a call is left, by its own count.
    assert billed.ledger_usd > 0.8 * billed.budget_per_model_usd
