"""What holds for all tests: a slow machine is no failure of a property; a home to ask for what analysts ask for."""

import pytest
from hypothesis import settings

from tasks.adapters.settings import Home
from tests.support import analysed_home

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def analysed(tmp_path_factory) -> Home:
    """Return a published home with a little of everything; nobody writes to it."""
    home = Home(tmp_path_factory.mktemp("analysed"))
    analysed_home.build(home)
    return home
