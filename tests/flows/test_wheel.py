"""A wheel, unpacked in a folder of its own: the commands work without the repository."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tasks.adapters.settings import PROJECT
from tests.support import core_only

SOURCES = (
    "distillometer",
    "flows",
    "tasks",
    "sql",
    "data",
    "pyproject.toml",
    "setup.py",
    "MANIFEST.in",
    "prefect.yaml",
)
SOURCES += ("README.md", "LICENSE", "CHANGELOG.md", "requirements.lock")
BUILD_SDIST = "import sys; from setuptools import build_meta; print(build_meta.build_sdist(sys.argv[1]))"
"""What a build front end runs, without an environment of its own, which would need a network."""

COMMANDS = (
    ("ingest", "replies.jsonl"),
    ("score",),
    ("query", "select count(*) as n from raw.reply"),
    ("report",),
    ("plan", "demo"),
    ("bank", "show", "demo"),
)


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """Return a folder with what is released, and nothing that was built."""
    folder = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        origin, target = PROJECT / name, folder / name
        if origin.is_dir():
            shutil.copytree(origin, target, ignore=shutil.ignore_patterns("out", "__pycache__"))
        else:
            shutil.copyfile(origin, target)
    return folder


@pytest.fixture(scope="module")
def from_sdist(source, tmp_path_factory) -> Path:
    """Return the source as an sdist holds it."""
    folder = tmp_path_factory.mktemp("sdist")
    done = subprocess.run([sys.executable, "-c", BUILD_SDIST, folder], cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [archive] = folder.glob("distillometer-*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def _wheel(source: Path, folder: Path) -> Path:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*build, "-w", folder, source], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def unpacked(from_sdist, tmp_path_factory) -> Path:
    """Return a folder with the content of the wheel that is built from the sdist."""
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(_wheel(from_sdist, folder)) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_wheel_of_the_sdist_holds_what_that_of_the_repository_does(source, unpacked, tmp_path) -> None:
    with zipfile.ZipFile(_wheel(source, tmp_path)) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/RECORD")}
        contents = {name: archive.read(name) for name in names}
    found = {path.relative_to(unpacked).as_posix(): path.read_bytes() for path in unpacked.rglob("*") if path.is_file()}
    assert {name for name in found if not name.endswith("/RECORD")} == names
    assert [name for name in names if found[name] != contents[name]] == []
    assert "distillometer/shipped/data/banks/demo.parquet" in names


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
