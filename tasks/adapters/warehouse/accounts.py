"""Accounts of what calls cost: the greatest cost is reserved before a call is sent, and settled by what it did cost."""

import asyncio
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tasks.domain.budget import UNITS_PER_USD, Balance, units_up
from tasks.domain.errors import WorldError


@dataclass(frozen=True)
class Reservation:
    """The greatest cost of one call, or of one batch that a worker elsewhere sends, in units of `UNITS_PER_USD`."""

    number: str
    model: str
    units: int
    batch_id: str | None = None
    job: str | None = None
    """The batch job at a provider of which it is one request, which goes on when this process ends."""

    @property
    def usd(self) -> float:
        """The amount in US dollars."""
        return self.units / UNITS_PER_USD

    def as_row(self) -> dict[str, Any]:
        """Return the line of a ledger that says that it was made."""
        row = {"event": "reserved", "number": self.number, "model": self.model, "units": self.units}
        return row | {name: value for name, value in (("batch_id", self.batch_id), ("job", self.job)) if value}


@dataclass(frozen=True)
class Allowance:
    """What one batch may spend on a worker elsewhere, in units of `UNITS_PER_USD`; reserved in full before it is sent.

    One worker alone may use it: what a lost one spent of it nobody can tell.
    """

    reservation: Reservation | None
    units: int
    is_limited: bool

    @property
    def number(self) -> str | None:
        """The number of its reservation."""
        return self.reservation.number if self.reservation else None

    def account(self, spent_usd: float | None) -> "Account":
        """Return an account of what is left of it after `spent_usd`; None: a worker that was lost had it."""
        if not self.is_limited:
            return Account()
        left = 0 if spent_usd is None else max(0, self.units - units_up(spent_usd))
        return Account(Balance(left))


@dataclass(eq=False)
class _Waiting:
    """A call that waits until others are settled; `least`: take whatever is left once nothing is open, if so much."""

    reservation: Reservation
    least: int
    granted: "Future[Reservation | None]"


class Account:
    """Reserves and settles in memory, for all threads of this process.

    A call whose greatest cost does not fit beside what is reserved waits for other calls to be settled; one that
    would not fit even then is refused.
    """

    def __init__(self, balance: Balance | None = None) -> None:
        self.balance = balance or Balance()
        self.n_refused = 0
        """Number of calls, or batches, for which nothing was left."""
        # A call that is given up while it is granted gives back what it has within the same lock.
        self._lock = threading.RLock()
        self._waiting: list[_Waiting] = []
        self._open = dict[str, Reservation]()
        self._held = dict[str, Reservation]()
        """Requests of batch jobs that nobody waits for now: they count as spent until they are settled."""

    async def reserve(
        self, model: str, usd: float, *, batch_id: str | None = None, least_usd: float | None = None
    ) -> Reservation | None:
        """Return a reservation as soon as there is room for it, or None where there will be none.

        Args:
            model: who is called.
            usd: greatest cost.
            batch_id: of the batch for which it is, where that is no single call.
            least_usd: a smaller amount also serves where no more is left, if it is no less than this.
        """
        made = Reservation(uuid4().hex, model, units_up(usd), batch_id)
        least = made.units if least_usd is None else min(made.units, units_up(least_usd))
        waiting = _Waiting(made, least, Future())
        with self._lock:
            self._waiting.append(waiting)
            self._grant()
        try:
            return waiting.granted.result() if waiting.granted.done() else await asyncio.wrap_future(waiting.granted)
        except asyncio.CancelledError:
            if not waiting.granted.cancel():  # granted meanwhile, and nobody will use it
                waiting.granted.add_done_callback(self._give_back)
            raise

    def settle(self, reservation: Reservation, usd: float | None) -> None:
        """Note what a call cost in US dollars; None: not known, so its greatest cost counts."""
        with self._lock:
            if self._open.pop(reservation.number, None) is not None:
                self.balance.reserved[reservation.model] -= reservation.units
                self._spend(reservation, usd)

    def divide(self, reservation: Reservation, parts: Sequence[Reservation]) -> None:
        """Replace an open reservation by its parts, each settled by itself; what is left of it is given back."""
        with self._lock:
            for part in parts:
                self._open[part.number] = part
                self.balance.reserved[part.model] += part.units
                if part.units:
                    self._write(part.as_row())
            self.settle(reservation, 0.0)

    def settle_part(self, number: str, usd: float | None) -> None:
        """Settle a part of a divided reservation by its number, as `settle` does; nothing, where it is not open."""
        with self._lock:
            if (held := self._held.pop(number, None)) is not None:
                self.balance.spent[held.model] -= held.units
                self._spend(held, usd)
            elif number in self._open:
                self.settle(self._open[number], usd)

    def hold(self, numbers: Iterable[str]) -> None:
        """Count parts that are not settled yet as spent: no call that needs their room should wait for them."""
        with self._lock:
            for number in numbers:
                if (part := self._open.pop(number, None)) is not None:
                    self._held[number] = part
                    self.balance.reserved[part.model] -= part.units
                    self.balance.spent[part.model] += part.units
            self._grant()

    def _spend(self, reservation: Reservation, usd: float | None) -> None:
        """Count what a call cost, and let calls that wait have what that leaves; the lock is held."""
        units = reservation.units if usd is None else units_up(usd)
        self.balance.spent[reservation.model] += units
        try:
            if reservation.units or units:
                row = {"event": "settled", "number": reservation.number, "model": reservation.model}
                self._write(row | {"units": units})
        finally:
            self._grant()

    @property
    def spent_usd(self) -> float:
        """What was spent; what is open counts at its greatest cost."""
        with self._lock:
            return (self.balance.spent.total() + self.balance.reserved.total()) / UNITS_PER_USD

    def _give_back(self, granted: "Future[Reservation | None]") -> None:
        reservation = None if granted.cancelled() else granted.result()
        if reservation is not None:
            self.settle(reservation, 0.0)

    def _grant(self) -> None:
        """Decide on those that wait, the first come first; the lock is held."""
        for waiting in list(self._waiting):
            if waiting not in self._waiting:  # decided on meanwhile, by an amount that was given back
                continue
            made = waiting.reservation
            left, unspent = self.balance.left(made.model), self.balance.unspent(made.model)
            if left is None or unspent is None or made.units <= left:
                self._decide(waiting, made)
            elif unspent < waiting.least:
                self._decide(waiting, None)
            elif waiting.least <= left == unspent:  # Nothing is open that might leave more.
                self._decide(waiting, Reservation(made.number, made.model, left, made.batch_id))

    def _decide(self, waiting: _Waiting, made: Reservation | None) -> None:
        self._waiting.remove(waiting)
        if not waiting.granted.set_running_or_notify_cancel():
            return
        if made is None:
            self.n_refused += 1
        else:
            try:
                if made.units:
                    self._write(made.as_row())
            except WorldError as error:
                waiting.granted.set_exception(error)
                return
            self._open[made.number] = made
            self.balance.reserved[made.model] += made.units
        waiting.granted.set_result(made)

    def _write(self, row: dict[str, Any]) -> None:
        """Keep a line; an account in memory keeps none."""
