"""A disk that fills while a snapshot or a report is written: one error, and what was there is as it was."""

import shutil
from pathlib import Path

import pytest

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


def test_report(tmp_path) -> None:
    page = tmp_path / "latest.html"
    whole_files.write(page, b"old")
    with pytest.raises(WorldError, match=r"latest\.html: it can't be written: .* is full"), files_of_at_most(1000):
        whole_files.write(page, b"new" * 1000)
    assert page.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [page]
