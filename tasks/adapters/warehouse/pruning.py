"""Deletes old rounds, and returns the space of deleted rows to the disk."""

from dataclasses import dataclass

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import sqlpruning, store, whole_files
from tasks.adapters.warehouse.duckdb_files import connect, warehouse_lock
from tasks.domain.errors import InputError


@dataclass(frozen=True)
class Pruned:
    """The number of deleted replies, and the size of the warehouse's file before and after."""

    n_replies: int
    bytes_before: int
    bytes_after: int


def n_prunable(home: Home, keep: int) -> int:
    """Return how many replies `prune` would delete; deletes nothing.

    Raises:
        InputError: there is no warehouse.
        WarehouseHeld: a run writes to it.
    """
    _open_once(home)
    with warehouse_lock(home):
        connection = connect(home.warehouse, is_read_only=True)
        try:
            return sqlpruning.n_prunable(connection, keep)
        finally:
            connection.close()


def prune(home: Home, keep: int | None) -> Pruned:
    """Delete what only rounds before the newest `keep` need (None: nothing), compact the file and publish again.

    Raises:
        InputError: there is no warehouse.
        WarehouseHeld: a run writes to it.
    """
    _open_once(home)
    size = home.warehouse.stat().st_size
    beside = whole_files.beside(home.warehouse)
    with warehouse_lock(home):
        connection = connect(home.warehouse, is_read_only=False)
        try:
            n_replies = 0 if keep is None else sqlpruning.prune(connection, keep)
            sqlpruning.compact(connection, beside)
        finally:
            connection.close()
        whole_files.swap_in(beside, home.warehouse)
    with store.writing(home) as warehouse:
        warehouse.publish(home.published)
    return Pruned(n_replies, size, home.warehouse.stat().st_size)


def _open_once(home: Home) -> None:
    """Open the warehouse as a run does: relations of an older version are updated, the log is folded in."""
    if not home.warehouse.exists():
        raise InputError("there is no warehouse here yet.", where=str(home.root), remedy="Give another --home.")
    with store.writing(home):
        pass
