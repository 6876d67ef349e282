"""Each mistake gives one clear message, the right exit code, no traceback, and no warehouse."""

import json
import shutil

import pytest

from tasks.adapters import store
from tasks.adapters.settings import PROJECT, Home
from tests.support.workbench import Workbench


@pytest.fixture
def bench(tmp_path) -> Workbench:
    made = Workbench(tmp_path)
    made.card("independent-alpha", "http://127.0.0.1:9/v1")
    made.plan(["independent-alpha"], limit=3)
    return made


def _refused(bench: Workbench, *arguments: str, code: int = 2) -> str:
    done = bench.run(*arguments)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not (bench.home / "warehouse.duckdb").exists()
    return done.stderr


def test_missing_card(bench) -> None:
    bench.plan(["independent-alpa"], limit=3)
    assert "independent-alpha" in _refused(bench, "plan", "test")


def test_wrong_key(bench) -> None:
    path = bench.root / "data/models/independent-alpha.toml"
    path.write_text(path.read_text().replace("vendor", "vendr"))
    assert "did you mean 'vendor'" in _refused(bench, "evaluate", "test")


def test_broken_line_17(bench) -> None:
    (bench.root / "data/prompts").unlink()
    shutil.copytree(PROJECT / "data/prompts", bench.root / "data/prompts")
    path = bench.root / "data/prompts/general/prompts.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:16], lines[16][:30], *lines[17:]]))
    assert "prompts.jsonl:17" in _refused(bench, "plan", "test")
    path.write_text("\n".join([*lines[:16], lines[3], *lines[17:]]))
    assert "stands already in line 4" in _refused(bench, "plan", "test")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("replies.csv", "", "empty"),
        ("replies.csv", "model,text\na,b\n", "missing columns: prompt, reply"),
        ("m/model_outputs.json", '[{"instruction": "a", "output": "b"}, {"instr', "not valid JSON"),
    ],
)
def test_broken_files(bench, name, text, said) -> None:
    path = bench.root / "in" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    source = path if path.suffix == ".csv" else path.parent.parent
    assert said in _refused(bench, "ingest", str(source))


def test_missing_key(bench) -> None:
    path = bench.root / "data/models/independent-alpha.toml"
    path.write_text(path.read_text().replace("served_name", 'key_env = "NO_SUCH_KEY"\nserved_name'))
    assert "NO_SUCH_KEY" in _refused(bench, "evaluate", "test")


def test_warehouse_held(bench) -> None:
    with store.writing(Home(bench.home)):
        done = bench.run("evaluate", "test")
    assert done.returncode == 3
    assert "is being written by process" in done.stderr
    assert json.dumps("Traceback") not in done.stderr
