"""The ledger: no call is granted that could pass the budget; what a killed process left open counts in full."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import ledger
from tasks.adapters.warehouse.accounts import Account, Reservation
from tasks.domain.budget import Balance, BudgetPlan, units_down
from tasks.domain.errors import WorldError

NAME = "plan@R"


def account(usd: float | None, usd_per_model: float | None = None) -> Account:
    return Account(Balance.of(BudgetPlan(usd=usd, usd_per_model=usd_per_model)))


def granted(of: Account, model: str, usd: float) -> Reservation:
    made = asyncio.run(of.reserve(model, usd))
    assert made is not None
    return made


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path)


def test_a_dime_ten_times_is_a_dollar_and_no_more() -> None:
    """Sums are exact: in floating point ten times .1 is less than 1, and three times .1 more than .3."""
    for usd, n in ((1.0, 10), (0.3, 3)):
        one = account(usd)
        for _ in range(n):
            one.settle(granted(one, "m", 0.1), 0.1)
        assert asyncio.run(one.reserve("m", 1e-12)) is None
        assert one.spent_usd == usd
        assert one.n_refused == 1


def test_a_call_waits_for_others_that_may_cost_less_than_is_reserved() -> None:
    async def run() -> None:
        one = account(1.0)
        first, second = await one.reserve("m", 0.6), await one.reserve("m", 0.4)
        waiting = asyncio.create_task(one.reserve("m", 0.5))
        await asyncio.sleep(0)
        assert not waiting.done()
        assert first is not None
        assert second is not None
        one.settle(first, 0.05)
        third = await waiting
        assert third is not None
        assert third.usd == 0.5
        refused = asyncio.create_task(one.reserve("m", 0.6))
        await asyncio.sleep(0)
        one.settle(second, None)  # It is not known what it cost.
        one.settle(third, 0.5)
        assert await refused is None

    asyncio.run(run())


def test_a_call_that_is_given_up_while_it_waits_keeps_nothing_back() -> None:
    async def run() -> None:
        one = account(1.0)
        first = await one.reserve("m", 1.0)
        waiting = asyncio.create_task(one.reserve("m", 1.0))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert first is not None
        one.settle(first, 0.0)
        assert await one.reserve("m", 1.0) is not None

    asyncio.run(run())


def test_a_model_has_its_own_limit_beside_that_of_all() -> None:
    one = account(1.0, 0.4)
    one.settle(granted(one, "a", 0.4), 0.4)
    assert asyncio.run(one.reserve("a", 0.1)) is None
    granted(one, "b", 0.4)
    one.settle(granted(one, "c", 0.2), 0.2)
    assert asyncio.run(one.reserve("c", 0.3)) is None  # .2 of its own and none of all


def test_a_batch_takes_what_is_left_where_that_is_enough_for_a_call() -> None:
    one = account(1.0)
    made = asyncio.run(one.reserve("m", 3.0, batch_id="b", least_usd=0.2))
    assert made is not None
    assert made.usd == 1.0
    one.settle(made, 0.9)
    assert asyncio.run(one.reserve("m", 3.0, batch_id="c", least_usd=0.2)) is None


def test_a_budget_of_nothing_lets_free_calls_through() -> None:
    one = account(0.0)
    one.settle(granted(one, "local", 0.0), 0.0)
    assert asyncio.run(one.reserve("paid", 1e-9)) is None


def test_what_was_spent_is_there_for_the_next_run_and_flows_share_one_ledger(home) -> None:
    budget = BudgetPlan(usd=1.0)
    with ledger.opened(home, NAME, budget) as outer, ledger.opened(home, NAME, BudgetPlan()) as inner:
        assert inner is outer
        outer.settle(granted(outer, "a", 0.5), 0.25)
        outer.settle(granted(outer, "b", 0.5), 0.5)
    assert ledger.spent(home, NAME).usd_by_model == {"a": 0.25, "b": 0.5}
    with ledger.opened(home, NAME, budget) as again:
        assert asyncio.run(again.reserve("a", 0.26)) is None
    with ledger.opened(home, NAME, BudgetPlan(usd=2.0)) as more:
        more.settle(granted(more, "a", 0.26), 0.01)
    assert ledger.spent(home, NAME).usd == pytest.approx(0.76)


KILLED = """
import asyncio, os, signal
from pathlib import Path
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import ledger
from tasks.domain.budget import BudgetPlan
with ledger.opened(Home(Path({root!r})), {name!r}, BudgetPlan(usd=1.0)) as one:
    first = asyncio.run(one.reserve("m", 0.5))
    asyncio.run(one.reserve("m", 0.25))
    one.settle(first, 0.125)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_call_in_flight_at_a_kill_counts_at_its_greatest_cost(home) -> None:
    code = KILLED.format(root=str(home.root), name=NAME)
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    assert ledger.spent(home, NAME).usd == 0.375
    with ledger.opened(home, NAME, BudgetPlan(usd=1.0)) as again:
        assert asyncio.run(again.reserve("m", 0.626)) is None
        granted(again, "m", 0.625)


def _file(home: Home) -> Path:
    return home.ledgers / f"{NAME}.jsonl"


def test_a_torn_last_line_is_of_a_call_that_was_never_sent(home) -> None:
    with ledger.opened(home, NAME, BudgetPlan()) as one:
        one.settle(granted(one, "m", 0.5), 0.5)
        granted(one, "m", 0.25)
    _file(home).write_bytes(_file(home).read_bytes()[:-5])
    assert ledger.spent(home, NAME).usd == 0.5
    with ledger.opened(home, NAME, BudgetPlan()) as again:
        granted(again, "m", 0.125)
    assert ledger.spent(home, NAME).usd == 0.625


def test_a_line_that_cannot_be_read_is_no_zero(home) -> None:
    _file(home).parent.mkdir()
    _file(home).write_text('{"event": "spent", "model": "m", "units": 1}\nnonsense\n')
    with pytest.raises(WorldError, match=r"plan@R\.jsonl:2: .* restore the file"):
        ledger.spent(home, NAME)


def test_limits_round_down_and_costs_up() -> None:
    assert units_down(0.1 + 0.2) >= units_down(0.3)
    assert Balance.of(BudgetPlan(usd=1e-13)).left("m") == 0
    assert not Balance.of(BudgetPlan()).is_limited
