"""With the core alone recorded replies are taken in, scored, shown, reported, queried, exported, checked and validated."""

import json
import os
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tasks.adapters import extras
from tasks.adapters.settings import PROJECT
from tests.support import core_only

DRAWN_IN_A_WHEEL = "vl_convert"
"""Builds the report's JavaScript, which a wheel brings: tests/flows/test_wheel.py."""

SCORED = (
    ("--help",),
    ("ingest", "replies.jsonl"),
    ("score", "--lineage", "lineage.csv"),
    ("show", "verdict", "student"),
    ("report",),
    ("query", "select count(*) as n from raw.reply"),
    ("export", "exported"),
    ("validate", "--lineage", "lineage.csv"),
    ("plan", "demo"),
    ("report", "--dossier", "student", "--output", "d.zip"),
    ("verify", "d.zip"),
    ("bank", "build", "b", "--note", "of this test", "--output", "b.parquet"),
    ("check", "newcomer", "--vendor", "nova", "--bank", "b.parquet", "--replies", "new.jsonl"),
)
NEEDING = {
    ("evaluate", "demo"): "run",
    ("search", "demo", "--target", "smollm2-135m-instruct"): "run",
    ("models", "phi-4", "--ping"): "run",
    ("score", "--embed-prompts", "5"): "embed",
    ("mcp",): "mcp",
    ("ingest", str(PROJECT / "tests/fixtures/inspect_eval/rivers.eval")): "arrow",
    ("validate", "--lineage", "lineage.csv", "--embed-prompts", "5"): "embed",
}
"""Commands that need an extra, and which."""


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> tuple[str, str]:
    """Return what the commands print, on standard output and on standard error, where the core alone is installed."""
    folder = tmp_path_factory.mktemp("core")
    models = {
        "teacher": "Certainly! Let me",
        "student": "Certainly! Let me",
        "one": "Sure",
        "two": "Well",
        "three": "OK",
    }
    rows = [
        {"model": model, "prompt": f"What is {n} times seven?", "reply": f"{start} say that {n * 7} it is."}
        for model, start in models.items()
        for n in range(12)
    ]
    (folder / "replies.jsonl").write_text("\n".join(map(json.dumps, rows)))
    new = [row | {"model": "newcomer"} for row in rows if row["model"] == "student"]
    (folder / "new.jsonl").write_text("\n".join(map(json.dumps, new)))
    lines = [f"{model},{model},{model},{model},independent," for model in models if model != "student"]
    lines.append("student,student,student,student,student,teacher")
    (folder / "lineage.csv").write_text("\n".join(["model,vendor,group,family,role,learned_from", *lines]) + "\n")
    home = {"DISTILLOMETER_HOME": str(folder / "home"), "PYTHONPATH": str(PROJECT)}
    refused = [name for name in core_only.PACKAGES if name != DRAWN_IN_A_WHEEL]
    done = core_only.run([*SCORED, *NEEDING], folder, os.environ | home, refused=refused)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("command", SCORED, ids=lambda command: command[0])
def test_core_is_enough(said, command) -> None:
    assert f"exit code 0: {' '.join(command)}\n" in said[0]


@pytest.mark.fault
@pytest.mark.parametrize(("command", "extra"), NEEDING.items(), ids=lambda one: one if isinstance(one, str) else one[0])
def test_command_that_needs_an_extra_says_which(said, command, extra) -> None:
    assert f"exit code 2: {' '.join(command)}\n" in said[0]
    assert f'pip install "distillometer[{extra}]"' in said[1]


def test_score_without_embeddings_says_how_to_have_them(said) -> None:
    assert "Without embeddings: embedding replies and comparing the vectors needs the extra" in said[0]


def test_extras_bring_the_packages_that_are_looked_for() -> None:
    project = tomllib.loads(Path(PROJECT, "pyproject.toml").read_text(encoding="utf-8"))["project"]
    of_package = packages_distributions()
    for extra, packages in extras.PACKAGES.items():
        required = {re.split(r"[\[<>=]", one)[0] for one in project["optional-dependencies"][extra]}
        assert of_package[packages[0]][0] in required, extra
        assert extras.is_installed(extra)
    assert set(extras.PACKAGES) == set(extras.PURPOSES)


@pytest.mark.fault
def test_import_of_a_package_that_an_extra_brings_is_one_message() -> None:
    error = ModuleNotFoundError("No module named 'faiss.swigfaiss'", name="faiss.swigfaiss")
    assert str(extras.missing_for(error)).endswith('pip install "distillometer[embed]"')
    assert extras.missing_for(ModuleNotFoundError("No module named 'yaml'", name="yaml")) is None
