"""What the calls of a plan cost in a round: reserved before each is sent, and settled; durable against a kill.

A ledger is one file for a plan and round: JSON lines, each written in one piece. A line is there before its call is
sent, and what the call cost is there before its reply is kept. So a reservation without a settlement is a call that
was in flight when its process ended: it counts at its greatest cost. Like the journal, it survives the end of the
process at any point, not a power failure.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import whole_files
from tasks.adapters.warehouse.accounts import Account, Reservation
from tasks.domain.budget import UNITS_PER_USD, Balance, BudgetPlan, units_up
from tasks.domain.errors import WorldError


class Ledger(Account):
    """An account whose lines are in a file, with what earlier runs spent; one process at a time has it open."""

    def __init__(self, path: Path, budget: BudgetPlan) -> None:
        super().__init__(Balance.of(budget))
        self.budget, self.path = budget, path
        self.earlier = _read(path)
        self.balance.spent.update(self.earlier.units)
        for open_one in self.earlier.open.values():
            self.balance.spent[open_one.model] += open_one.units
        self._held = {number: one for number, one in self.earlier.open.items() if one.job is not None}
        path.parent.mkdir(parents=True, exist_ok=True)
        self._compact()
        self._file = path.open("ab", buffering=0)

    def correct(self, reservation: Reservation, usd: float | None) -> None:
        """Replace the greatest cost of what an earlier run left open by what it did cost; None: as it is."""
        if usd is None:
            return
        units = units_up(usd)
        with self._lock:
            self._write({"event": "corrected", "model": reservation.model, "units": units - reservation.units})
            self.balance.spent[reservation.model] += units - reservation.units

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _compact(self) -> None:
        """Write one line a model in place of the lines of earlier runs, whose open calls count as spent from now on.

        Requests of batch jobs stay open: what they cost will be known.
        """
        if self.path.exists():
            ended = self.balance.spent.copy()
            for one in self._held.values():
                ended[one.model] -= one.units
            rows = [{"event": "spent", "model": model, "units": n} for model, n in sorted(ended.items())]
            rows += [one.as_row() for one in self._held.values()]
            whole_files.write(self.path, b"".join(map(_line, rows)))

    def _write(self, row: dict[str, Any]) -> None:
        rest = memoryview(_line(row))
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise WorldError(f"what a call costs can't be kept: {error.strerror}.", where=str(self.path)) from error


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row).encode() + b"\n"


class Spent:
    """The content of a ledger: settled amounts by model, and reservations without a settlement."""

    def __init__(self) -> None:
        self.units = dict[str, int]()
        self.open = dict[str, Reservation]()

    @property
    def usd_by_model(self) -> dict[str, float]:
        """US dollars by model; what is open counts at its greatest cost."""
        found = dict(self.units)
        for one in self.open.values():
            found[one.model] = found.get(one.model, 0) + one.units
        return {model: units / UNITS_PER_USD for model, units in found.items()}

    @property
    def usd(self) -> float:
        """US dollars in all; what is open counts at its greatest cost."""
        return sum(self.usd_by_model.values())

    def add(self, row: dict[str, Any]) -> None:
        """Add a line."""
        event = row["event"]
        if event == "reserved":
            self.open[row["number"]] = Reservation(
                row["number"], row["model"], row["units"], row.get("batch_id"), row.get("job")
            )
            return
        if event == "settled":
            self.open.pop(row["number"], None)
        model = row["model"]
        self.units[model] = self.units.get(model, 0) + row["units"]


def _read(path: Path) -> Spent:
    """Return the content of a ledger; a last line that a killed process left unfinished was of a call never sent."""
    spent = Spent()
    if not path.exists():
        return spent
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
        try:
            spent.add(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise WorldError(
                "the line says of no call what it cost.",
                where=f"{path}:{number}",
                remedy="What was spent can't be told without it: restore the file, or remove it to count from zero.",
            ) from error
    return spent


def _path(home: Home, name: str) -> Path:
    return home.ledgers / f"{name}.jsonl"


def name_of(plan: str, round_name: str) -> str:
    """Return the name of the ledger of a plan and round."""
    return f"{plan}@{round_name}"


def spent(home: Home, name: str) -> Spent:
    """Return what was spent under a ledger's name; nothing where there is none.

    Raises:
        WorldError: a line of it can't be read.
    """
    return _read(_path(home, name))


_opened = dict[Path, tuple[Ledger, int]]()
_opened_lock = threading.Lock()


@contextmanager
def opened(home: Home, name: str, budget: BudgetPlan) -> Iterator[Ledger]:
    """Yield the ledger of this name; flows within a flow that has it open share it, with the limits of the outermost.

    Raises:
        WorldError: a line of it can't be read.
    """
    path = _path(home, name)
    with _opened_lock:
        ledger, n_users = _opened.get(path) or (Ledger(path, budget), 0)
        _opened[path] = ledger, n_users + 1
    try:
        yield ledger
    finally:
        with _opened_lock:
            ledger, n_users = _opened.pop(path)
            if n_users > 1:
                _opened[path] = ledger, n_users - 1
            else:
                ledger.close()
