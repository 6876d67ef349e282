"""What makes the suite cheap is held here, as nothing else fails without it."""

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store


def test_new_homes_of_tests_begin_as_copies_of_one_empty_warehouse(tmp_path) -> None:
    """A warehouse that was created says since when it is there, and a copy says the same."""
    since = []
    for name in ("first", "second"):
        with store.writing(Home(tmp_path / name)) as warehouse:
            since.append(warehouse.read("meta.schema_version")["since"].item())
    assert since[0] == since[1]
