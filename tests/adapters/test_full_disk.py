"""A disk that fills while a snapshot or a report is written: one error, and what was there is as it was."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from prefect.settings import PREFECT_HOME, temporary_settings

from tasks.adapters.prefect import server
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store, whole_files
from tasks.domain.errors import DatabaseDamaged, WorldError
from tests.support.full_disk import files_of_at_most


@pytest.mark.parametrize("n_bytes", [4_096, 300_000, 2_500_000])
def test_snapshot(small, tmp_path, n_bytes: int) -> None:
    home = Home(Path(shutil.copytree(small.root, tmp_path / "home")))
    with store.writing(home) as warehouse:
        before = home.published.read_bytes()
        assert len(before) > n_bytes
        warehouse.execute("update raw.reply set reply_text = 'three'")
        said = r"published\.duckdb: it can't be written: .* is full\. Make room"
        with pytest.raises(WorldError, match=said) as full, files_of_at_most(n_bytes):
            warehouse.publish(home.published)
        assert not isinstance(full.value, DatabaseDamaged)
        assert home.published.read_bytes() == before
        assert {path.name for path in home.root.iterdir()} <= {
            *("published.duckdb", "warehouse.duckdb", "warehouse.duckdb.wal", "warehouse.lock"),
        }
        warehouse.publish(home.published)
    with store.reading(home) as snapshot:
        assert set(snapshot.read("raw.reply")["reply_text"]) == {"three"}


@pytest.mark.parametrize(
    ("n_bytes", "said"),
    [
        (4_096, r"prefect/room: it can't be written: the disk.* is full\."),
        (1 << 30, r"did not start: it ended with exit"),
    ],
)
def test_a_prefect_server_that_ends_as_the_disk_is_full_says_so(tmp_path, n_bytes: int, said: str) -> None:
    """The server itself ends without a word where its database can't be written."""
    ended = [subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE) for _ in range(2)]
    for process in ended:
        process.communicate()
    dead = server.TemporaryServer("http://127.0.0.1:9/api", *ended)
    with (
        temporary_settings({PREFECT_HOME: tmp_path / "prefect"}),
        pytest.raises(WorldError, match=said),
        files_of_at_most(n_bytes),
    ):
        server._wait_for(dead)
    assert list((tmp_path / "prefect").glob("room*")) == []


def test_report(tmp_path) -> None:
    page = tmp_path / "latest.html"
    whole_files.write(page, b"old")
    with pytest.raises(WorldError, match=r"latest\.html: it can't be written: .* is full"), files_of_at_most(1000):
        whole_files.write(page, b"new" * 1000)
    assert page.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [page]
