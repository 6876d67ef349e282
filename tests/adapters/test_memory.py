"""DuckDB takes no more memory than it is told, and never all that a machine has."""

import duckdb
import psutil
import pytest

from tasks.adapters import settings
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import duckdb_files, store
from tasks.domain.errors import InputError


def _bytes(text: str) -> float:
    number, unit = text.split()
    return float(number) * {"MiB": 2**20, "GiB": 2**30}[unit]


@pytest.fixture(autouse=True)
def fresh():
    duckdb_files.options.cache_clear()
    yield
    duckdb_files.options.cache_clear()


def _limit(home: Home) -> float:
    with store.writing(home) as warehouse:
        [[said]] = warehouse.ask("select current_setting('memory_limit') as told").rows()
        return _bytes(said)


def test_by_default_the_machine_keeps_some_of_what_is_free(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv(settings.MEMORY_VARIABLE, raising=False)
    assert 0.5 * settings.LEAST_MEMORY <= _limit(Home(tmp_path)) <= 0.7 * psutil.virtual_memory().total


def test_variable_says_how_much(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(settings.MEMORY_VARIABLE, "700MiB")
    assert _limit(Home(tmp_path)) == 700 * 2**20


@pytest.mark.parametrize("told", ["much", "-1GB", "50%", "4"])
def test_what_is_no_amount_is_refused_by_name(told, monkeypatch) -> None:
    monkeypatch.setenv(settings.MEMORY_VARIABLE, told)
    with pytest.raises(InputError, match=settings.MEMORY_VARIABLE):
        settings.memory_limit()


def test_every_amount_that_passes_is_one_to_duckdb() -> None:
    for told in ("700MiB", "4GB", "1.5 GiB", "800mb"):
        assert settings._MEMORY.fullmatch(told)
        duckdb.connect(config={"memory_limit": told}).close()
