"""A wheel, unpacked in a folder of its own: the commands work without the repository."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tasks.adapters.settings import PROJECT
from tests.support import core_only

pytestmark = pytest.mark.slow

SOURCES = ("distillometer", "flows", "tasks", "sql", "data", "pyproject.toml", "setup.py", "prefect.yaml", "README.md")

COMMANDS = (
    ("ingest", "replies.jsonl"),
    ("score",),
    ("query", "select count(*) as n from raw.reply"),
    ("report",),
    ("plan", "demo"),
)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    """Return a folder with the content of the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        source, target = PROJECT / name, folder / "source" / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("out", "__pycache__"))
        else:
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, target)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*build, "-w", folder, folder / "source"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_recorded_replies_are_scored_by_an_installed_wheel_alone(unpacked, tmp_path) -> None:
    """Without any package that an extra brings; the JavaScript of the report's charts comes with the wheel."""
    rows = [
        {"model": model, "prompt": f"Question {n}: what is {n} times seven?", "reply": f"{opening} {n * 7} it is."}
        for model, opening in (("one", "Let me see:"), ("two", "Of course!"), ("three", "The answer:"))
        for n in range(12)
    ]
    (tmp_path / "replies.jsonl").write_text("\n".join(map(json.dumps, rows)))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DISTILLOMETER_")}
    done = core_only.run(COMMANDS, tmp_path, kept | {"PYTHONPATH": str(unpacked), "XDG_CACHE_HOME": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("exit code 0: ") == len(COMMANDS), done.stdout + done.stderr
    assert f"code at {unpacked}" in done.stdout
    assert (tmp_path / "data/out/published.duckdb").exists()
    script = (unpacked / "distillometer/shipped/charts.js").read_text()
    assert "drawChart" in script
    assert script in (tmp_path / "data/out/reports/latest.html").read_text()
