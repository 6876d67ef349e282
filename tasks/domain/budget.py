"""Limits in US dollars on what a plan's calls may cost, and the balance of what was spent and what is reserved."""

from collections import Counter
from math import ceil, floor
from typing import Annotated

from pydantic import Field

from tasks.domain.card import Strict

UNITS_PER_USD = 10**12
"""Amounts are whole numbers of so many a dollar, so that sums of any length are exact."""

Usd = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


def units_up(usd: float) -> int:
    """Return an amount that is spent or reserved, rounded up."""
    return ceil(usd * UNITS_PER_USD)


def units_down(usd: float) -> int:
    """Return a limit, rounded down."""
    return floor(usd * UNITS_PER_USD)


class BudgetPlan(Strict):
    """The most US dollars that one plan may cost in one round, over all of its runs; judges and attackers count."""

    usd: Usd | None = None
    """For all calls together. None: no limit."""
    usd_per_model: Usd | None = None
    """For the calls to any one model. None: no limit."""
    allow_unknown_prices: bool = False
    """Also call paid endpoints whose card has no price; not with a limit, which would not hold for them."""

    @property
    def is_limited(self) -> bool:
        """Whether there is a limit."""
        return self.usd is not None or self.usd_per_model is not None


class Balance:
    """What was spent and what is reserved, by model, beside the limits; amounts in units of `UNITS_PER_USD`."""

    def __init__(self, limit: int | None = None, limit_per_model: int | None = None) -> None:
        self._limit, self._limit_per_model = limit, limit_per_model
        self.spent, self.reserved = Counter[str](), Counter[str]()

    @classmethod
    def of(cls, budget: BudgetPlan) -> "Balance":
        """Return an empty balance under the limits of a plan."""
        return cls(*(None if usd is None else units_down(usd) for usd in (budget.usd, budget.usd_per_model)))

    @property
    def is_limited(self) -> bool:
        """Whether there is a limit."""
        return self._limit is not None or self._limit_per_model is not None

    def unspent(self, model: str) -> int | None:
        """Return what calls to `model` may cost beside what was spent; None: without limit."""
        return self._least(model, self.spent)

    def left(self, model: str) -> int | None:
        """Return what calls to `model` may cost beside what was spent and is reserved; None: without limit."""
        return self._least(model, self.spent, self.reserved)

    def _least(self, model: str, *used: "Counter[str]") -> int | None:
        left = [] if self._limit is None else [self._limit - sum(amounts.total() for amounts in used)]
        if self._limit_per_model is not None:
            left.append(self._limit_per_model - sum(amounts[model] for amounts in used))
        return min(left, default=None)
