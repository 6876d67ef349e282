"""A new home of a test gets a copy of one empty warehouse: to create the relations takes a second, for each home anew."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import pytest

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import migrations, store


@contextmanager
def copied(folder: Callable[[], Path]) -> Iterator[None]:
    """Have this process begin each new warehouse as a copy of one that the store itself has created in `folder`."""
    connect = migrations.connect

    @cache
    def empty() -> Path:
        home = Home(folder())
        connect(home.warehouse, is_read_only=False).close()  # So that what follows opens it, and copies nothing.
        with store.writing(home):
            pass
        return home.warehouse

    def begun(path: Path, *, is_read_only: bool) -> duckdb.DuckDBPyConnection:
        if not is_read_only and not path.exists():
            shutil.copyfile(empty(), path)
        return connect(path, is_read_only=is_read_only)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "connect", begun)
        yield
