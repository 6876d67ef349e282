"""A key that endpoints repeat wherever they can is nowhere in the home, and in nothing that is printed."""

import base64
import gzip
import os
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.support.stub_endpoint import FAULTS, StubEndpoint
from tests.support.workbench import Workbench

pytestmark = pytest.mark.slow

KEY = "sk-planted-4d1f7a90c2b84e6f"
KINDS = sorted(kind for kind in FAULTS if kind.startswith("key-"))
MODELS = ["independent-alpha", *(f"fault-{kind}-always" for kind in KINDS)]
N_PROMPTS = 1
TABLES = """select format('"{}"."{}"."{}"', database_name, schema_name, table_name) from duckdb_tables()"""


def _rows_with(database: Path, text: str) -> list[str]:
    """Return the tables of a DuckDB file that hold `text`; its bytes are compressed, so they are not searched."""
    with duckdb.connect(str(database), read_only=True) as connection:
        names = [name for (name,) in connection.execute(TABLES).fetchall()]
        assert len(names) > 20
        counts = {
            name: connection.execute(
                f"select count(*) from {name} as line where contains(line::varchar, $1)", [text]
            ).fetchall()
            for name in names
        }
        return [name for name, rows in counts.items() if rows != [(0,)]]


def _contents(home: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes of every file, and of what a report has packed."""
    for path in (path for path in home.rglob("*") if path.is_file()):
        content = path.read_bytes()
        yield str(path.relative_to(home)), content
        if path.suffix == ".html":
            for packed in re.findall(rb"H4sI[A-Za-z0-9+/=]+", content):
                yield f"packed in {path.name}", gzip.decompress(base64.b64decode(packed))


def _files_with(home: Path, text: str) -> set[str]:
    return {name for name, content in _contents(home) if text.encode() in content}


@pytest.mark.flow
def test_a_planted_key_is_nowhere(tmp_path, monkeypatch) -> None:
    """With -v, which prints all that is printed without it, and with Prefect's own database in the home."""
    monkeypatch.setenv("PLANTED_KEY", KEY)
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:  # As earlier runs of this process set.
        monkeypatch.delenv(name)
    bench = Workbench(tmp_path)
    with StubEndpoint(key=KEY) as stub:
        for model in MODELS:
            bench.card(model, stub.base_url, "max_attempts = 1\n", key_env="PLANTED_KEY")
        bench.plan(MODELS, limit=N_PROMPTS, extra='[rse]\njudges = ["text_similarity"]\n')
        done = bench.run_apart("evaluate", "test", "--round", "R", "-v")
        assert {call.key for call in stub.calls} == {KEY}
    assert done.returncode == 3, done.stderr
    assert KEY not in done.stdout + done.stderr
    assert "(key)" in done.stdout
    assert "(key)" in done.stderr
    assert _files_with(bench.home, KEY) == set()
    for database in ("warehouse.duckdb", "published.duckdb"):
        assert _rows_with(bench.home / database, KEY) == []
        assert [name for name in _rows_with(bench.home / database, "(key)") if name.endswith('."raw"."reply"')]
    # What the key would stand in has been searched: the report's replies, and Prefect's database.
    holding_its_place = _files_with(bench.home, "(key)")
    assert "prefect/prefect.db" in holding_its_place
    assert any(name.startswith("packed in ") for name in holding_its_place)
