"""A damaged database is said to be one, with the way out; a damaged snapshot is kept aside and published anew."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tasks.adapters.planning import plans
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import snapshots, store
from tasks.adapters.warehouse.duckdb_files import connect, explained
from tasks.domain.errors import DatabaseDamaged, InputError, WorldError

HEADERS = 12_288
"""Bytes of a DuckDB file before its first block."""


@pytest.fixture
def home(small, tmp_path) -> Home:
    return Home(Path(shutil.copytree(small.root, tmp_path / "home")))


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _other_headers(content: bytes) -> bytes:
    return content[:4096] + bytes(byte ^ 0x55 for byte in content[4096:HEADERS]) + content[HEADERS:]


def _other_blocks(content: bytes) -> bytes:
    """Change eight bytes of each quarter of a kilobyte, so that no block fits its checksum."""
    changed = bytearray(content)
    for place in range(HEADERS + 64, len(content) - 8, 256):
        changed[place : place + 8] = bytes(byte ^ 0x55 for byte in changed[place : place + 8])
    return bytes(changed)


DAMAGES = [_half, _other_headers, _other_blocks, lambda content: bytes(len(content)), lambda _: b"", lambda _: b"no\n"]
NAMES = ["half of it", "headers", "blocks", "zeros", "nothing", "another file"]


@pytest.mark.parametrize("damage", DAMAGES, ids=NAMES)
def test_damaged_snapshot_is_replaced_and_kept(home, capsys, damage: Callable[[bytes], bytes]) -> None:
    damaged = damage(home.published.read_bytes())
    home.published.write_bytes(damaged)
    said = r"published\.duckdb: the snapshot is damaged: .*distillometer score"
    with pytest.raises(DatabaseDamaged, match=said), store.reading(home) as snapshot:
        snapshot.read("raw.reply")
    with store.writing(home) as warehouse:
        warehouse.publish(home.published)
    assert f"it is kept as {home.root / 'published.damaged.duckdb'}, and published anew" in capsys.readouterr().err
    assert (home.root / "published.damaged.duckdb").read_bytes() == damaged
    with store.reading(home) as snapshot:
        assert snapshot.count("raw.reply") == 6


def test_what_is_answered_is_read_from_the_warehouse_where_the_snapshot_is_damaged(home) -> None:
    answered = plans.answered(home)
    assert len(answered) == 6
    for damage in (_half, _other_headers):
        home.published.write_bytes(damage(home.published.read_bytes()))
        assert plans.answered(home) == answered
    assert not snapshots.is_present(home.published)
    home.warehouse.unlink()
    with pytest.raises(DatabaseDamaged):
        plans.answered(home)


@pytest.mark.parametrize("damage", DAMAGES, ids=NAMES)
def test_damaged_warehouse(home, damage: Callable[[bytes], bytes]) -> None:
    damaged = damage(home.warehouse.read_bytes())
    home.warehouse.write_bytes(damaged)
    for opened in (store.inspecting, store.writing):
        with (
            pytest.raises(DatabaseDamaged, match=r"warehouse\.duckdb: the database is damaged: .*Put a copy in its pl"),
            opened(home) as warehouse,
        ):
            warehouse.read("raw.reply")
    assert home.published.exists()


def test_held_is_told_from_damaged(home) -> None:
    """The word "block" holds "lock"."""
    with pytest.raises(DatabaseDamaged, match="block"), explained(home.warehouse):
        raise duckdb.IOException("IO Error: can't read block 7")
    with pytest.raises(WorldError, match="this user's share of it, is full") as full, explained(home.warehouse):
        raise duckdb.IOException("IO Error: Could not write file: No space left on device")
    assert not isinstance(full.value, DatabaseDamaged)
    with pytest.raises(duckdb.BinderException), explained(home.warehouse):
        raise duckdb.BinderException("Binder Error: no such column")


def test_folder_in_the_place_of_a_database_is_not_damaged(tmp_path) -> None:
    with pytest.raises(WorldError, match=r"the database can.t be opened: .*Is a directory") as refused:
        connect(tmp_path, is_read_only=True)
    assert not isinstance(refused.value, DatabaseDamaged | InputError)
