"""Reports on loopback: the link that a run shows opens, and nothing but reports is served, to nobody else."""

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tasks.adapters.prefect import report_server
from tasks.adapters.settings import Home


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home(tmp_path)
    home.reports.mkdir()
    (home.reports / "latest.html").write_text("<p>the report</p>")
    (home.root / "warehouse.duckdb").write_text("secret")
    return home


@pytest.fixture
def address(home) -> Iterator[str]:
    with report_server.serving(home) as address:
        yield address


def _get(url: str, **headers: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return bytes(answer.read())


def test_the_link_of_a_run_opens_the_report(home, address) -> None:
    assert _get(report_server.link(home, str(home.reports / "latest.html"))) == b"<p>the report</p>"


@pytest.mark.fault
@pytest.mark.parametrize(
    ("place", "headers", "status"),
    [
        ("", {}, 404),
        ("../warehouse.duckdb", {}, 404),
        ("%2e%2e/warehouse.duckdb", {}, 404),
        ("latest.html", {"Host": "evil.invalid"}, 403),
    ],
)
def test_nothing_else_is_served(address, place, headers, status) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        _get(address + place, **headers)
    assert refused.value.code == status


def test_without_a_server_the_link_is_the_path(home) -> None:
    with report_server.serving(home):
        pass
    assert report_server.link(home, "/out/reports/latest.html") == "/out/reports/latest.html"
