"""Prints what a plan will cost and how long it will take, by stage and model, beside its budget."""

from typing import TYPE_CHECKING

import polars as pl

from tasks.adapters import terminal
from tasks.adapters.settings import Home, now

if TYPE_CHECKING:
    from tasks.adapters.planning.plans import Prepared
    from tasks.domain.cost_range import StageRange

MINUTE, HOUR = 60, 3600
FREE_OF_CHARGE = (0.0, 0.0)


def print_costs(prepared: "Prepared", answered: set[str], home: Home, *, is_brief: bool = False) -> None:
    """Print ranges of cost and time, the budget with what was spent of it, and prices that are old or not known.

    Brief, the stages are left out where no call costs anything.
    """
    from tasks.adapters.planning import estimates

    found = estimates.ranges(prepared, answered, home)
    of_search = estimates.search_helpers(prepared.plan)
    rows = [_row(one) for one in (*found, *of_search)]
    is_free = all(one.usd in (FREE_OF_CHARGE, None if not one.calls.n_most else FREE_OF_CHARGE) for one in found)
    if rows and not (is_brief and is_free):
        terminal.out().print(terminal.table("", pl.DataFrame(rows, infer_schema_length=None)))
    terminal.print_lines([*_totals(found), *budget_lines(prepared, home), *_price_lines(prepared)])


def _row(one: "StageRange") -> dict[str, object]:
    calls = one.calls
    return {
        "stage": calls.stage,
        "model": calls.card.name,
        "calls": amounts(f"{calls.n_least:,}", f"{calls.n_most:,}"),
        "answered": calls.n_answered,
        "USD": _usd(one),
        "time": amounts(_time(one.seconds[0]), _time(one.seconds[1])),
        "by": one.basis,
    }


def amounts(low: str, high: str) -> str:
    """Return a range in words; one amount where both are shown alike."""
    return low if low == high else f"{low} to {high}"


def _usd(one: "StageRange") -> str:
    if one.usd is None:
        return "not known" if one.calls.n_most else "0.00"
    low, high = one.usd
    return f"{low:.2f} and more" if high is None else amounts(f"{low:.2f}", f"{high:.2f}")


def _time(seconds: float) -> str:
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"


def _totals(found: list["StageRange"]) -> list[str]:
    """Return sentences on the calls of `evaluate`: what they cost, what is answered, what is not known."""
    open_ones = [one for one in found if one.calls.n_most]
    known = [one.usd for one in open_ones if one.usd is not None]
    highs = [high for _, high in known]
    is_free = all(one.basis == "served by this machine" for one in open_ones)
    n_answered = sum(one.calls.n_answered for one in found)
    lines = [f"Cost: 0.00 USD for {n_answered:,} answered calls, which are not made again."] if n_answered else []
    if is_free:
        return (
            [*lines, "Cost of the calls to be made: nothing, this machine serves all models."] if open_ones else lines
        )
    low, n_unknown = sum(low for low, _ in known), len(open_ones) - len(known)
    if None in highs:
        text = f"{low:.2f} USD and more, for not every answer has a greatest length"
    else:
        text = f"{amounts(f'{low:.2f}', f'{sum(high for high in highs if high is not None):.2f}')} USD"
    more = f", besides {n_unknown} lines whose price is not known" if n_unknown else ""
    return [*lines, f"Cost of the calls to be made: {text}{more}; calls that are repeated after a failure come on top."]


def budget_lines(prepared: "Prepared", home: Home) -> list[str]:
    """Return a sentence on a plan's budget, and on what was spent of it; nothing where there is neither."""
    from tasks.adapters.warehouse import ledger

    spent, budget = ledger.spent(home, ledger.name_of(prepared.plan.name, prepared.round)), prepared.plan.budget
    limits = [f"{budget.usd:.2f} USD in all"] if budget.usd is not None else []
    limits += [f"{budget.usd_per_model:.2f} USD for each model"] if budget.usd_per_model is not None else []
    in_flight = sum(one.usd for one in spent.open.values())
    counted = f", {in_flight:.2f} of them for calls that were in flight when a run ended" if in_flight else ""
    if not limits:
        return [f"Spent in this round so far: {spent.usd:.2f} USD{counted}."] if spent.usd else []
    return [f"Budget: {' and '.join(limits)}; spent of it so far: {spent.usd:.2f} USD{counted}."]


def _price_lines(prepared: "Prepared") -> list[str]:
    from tasks.adapters.planning import budgets

    cards = list({card.name: card for card, _ in budgets.called_cards(prepared)}.values())
    lines = []
    if old := budgets.old_prices(cards, now().date()):
        named = ", ".join(f"{card.name} ({card.price.as_of})" for card in old if card.price is not None)
        lines.append(f"Prices older than {budgets.OLD_PRICE_DAYS} days, to be looked up again: {named}.")
    unpriced = [card.name for card in budgets.unpriced(cards)]
    if unpriced and not prepared.plan.budget.allow_unknown_prices:
        lines.append(
            f"`evaluate` refuses this plan while the price of {', '.join(unpriced)} is not known: add [price] to the "
            "card, or give --allow-unknown-prices."
        )
    return lines
