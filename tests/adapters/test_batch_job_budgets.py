"""Budgets and costs of batch jobs: what a job may cost at most is reserved before, and what it did cost counts after."""

import asyncio

import pytest

from tasks.adapters.warehouse.accounts import Account
from tasks.adapters.warehouse.ledger import Ledger
from tasks.domain.budget import Balance, BudgetPlan
from tests.support.batch_asking import ask, killed_at_pause, most_usd


def test_a_request_through_the_batch_endpoint_costs_half(stub, tmp_path) -> None:
    account = Account()
    asked = ask(stub, tmp_path, account=account)
    for reply in asked.replies.values():
        full = ((reply.prompt_tokens or 0) * 100 + (reply.completion_tokens or 0) * 1000) / 1e6
        assert reply.cost_usd == pytest.approx(full / 2)
    assert account.spent_usd == pytest.approx(sum(reply.cost_usd or 0.0 for reply in asked.replies.values()))


def test_the_greatest_cost_of_a_job_is_reserved_before_it_is_submitted(stub, tmp_path) -> None:
    account, reserved = Account(Balance.of(BudgetPlan(usd=1000))), list[float]()
    stub.batches.n_looks = 2
    ask(stub, tmp_path, account=account, at_pause=lambda number: reserved.append(account.spent_usd))
    assert reserved == [pytest.approx(most_usd(stub, 3))]
    assert account.balance.reserved.total() == 0


@pytest.mark.parametrize(("n_room", "n_sent"), [(2.5, 2), (0.5, 0), (3.0, 3)])
def test_a_budget_bounds_how_many_requests_a_job_has(stub, tmp_path, n_room, n_sent) -> None:
    account = Account(Balance.of(BudgetPlan(usd=n_room * most_usd(stub, 1) + 1e-9)))
    asked = ask(stub, tmp_path, account=account)
    assert len(asked.replies) == sum(len(job.lines) for job in stub.batches.jobs.values()) == n_sent
    assert (asked.asker.stopped_by is not None) == (n_sent < 3)
    assert account.spent_usd == pytest.approx(sum(reply.cost_usd or 0.0 for reply in asked.replies.values()))


@pytest.mark.fault
def test_a_job_that_outlives_its_run_counts_at_its_greatest_cost_until_its_lines_are_read(stub, tmp_path) -> None:
    path, budget = tmp_path / "ledger.jsonl", BudgetPlan(usd=1000)
    stub.batches.n_looks = 2
    ledger = Ledger(path, budget)
    killed_at_pause(stub, tmp_path / "jobs", account=ledger)
    ledger.close()
    for _ in range(2):  # A run that does not ask this model, and writes the ledger anew.
        ledger = Ledger(path, budget)
        assert ledger.spent_usd == pytest.approx(most_usd(stub, 3))
        assert ledger.balance.reserved.total() == 0
        ledger.close()
    ledger = Ledger(path, budget)
    asked = ask(stub, tmp_path / "jobs", account=ledger)
    cost = sum(reply.cost_usd or 0.0 for reply in asked.replies.values())
    assert 0 < cost < most_usd(stub, 3)
    assert ledger.spent_usd == pytest.approx(cost)
    ledger.close()
    ledger = Ledger(path, budget)
    assert ledger.spent_usd == pytest.approx(cost)
    ledger.close()


@pytest.mark.fault
def test_nobody_waits_for_the_room_of_a_job_that_nobody_waits_for(stub, tmp_path) -> None:
    account = Account(Balance.of(BudgetPlan(usd=1.5 * most_usd(stub, 3))))
    stub.batches.faults.append(("look", "401"))
    ask(stub, tmp_path, account=account)

    async def reserve() -> object:
        # Without room it would wait for ever: the limit is for the test alone.
        return await asyncio.wait_for(account.reserve("other", most_usd(stub, 3)), 60)

    assert asyncio.run(reserve()) is None
    asked = ask(stub, tmp_path, account=account)
    assert account.spent_usd == pytest.approx(sum(reply.cost_usd or 0.0 for reply in asked.replies.values()))
    assert asyncio.run(reserve()) is not None
