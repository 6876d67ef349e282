"""What holds for all tests: a slow machine is no failure of a property; a home to ask for what analysts ask for."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tasks.adapters.settings import Home
from tests.support import analysed_home, empty_warehouse, reported_home, small_home

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def _new_warehouses_are_copies(tmp_path_factory) -> Iterator[None]:
    with empty_warehouse.copied(lambda: tmp_path_factory.mktemp("empty-warehouse")):
        yield


@pytest.fixture(scope="session")
def analysed(tmp_path_factory) -> Home:
    """Return a published home with a little of everything; nobody writes to it."""
    home = Home(tmp_path_factory.mktemp("analysed"))
    analysed_home.build(home)
    return home


@pytest.fixture(scope="session")
def reported(analysed, tmp_path_factory) -> Home:
    """Return the analysed home with all that a report shows; nobody writes to it, but reports may be drawn there."""
    return reported_home.build(analysed, tmp_path_factory.mktemp("reported") / "home")


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> Home:
    """Return a published home with six replies; nobody writes to it: who damages or holds one copies it."""
    home = Home(tmp_path_factory.mktemp("small"))
    small_home.publish(home)
    return home
