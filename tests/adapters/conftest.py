"""What tests of the adapters share: a real server on loopback."""

from collections.abc import Iterator

import pytest

from tests.support.stub_endpoint import StubEndpoint


@pytest.fixture
def stub() -> Iterator[StubEndpoint]:
    with StubEndpoint() as server:
        yield server
