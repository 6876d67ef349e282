"""`make docs-check`: run what the documents tell to type, in their order, and hold what they show against what is printed.

Everything happens in a fresh home and a copy of the data folder. Capital words of a document are filled from `STAND_FOR`;
what can't be run here is in `NOT_RUN` with its reason; of all else a command that fails, or prints something else than the
document shows, is an error. Lines that are shown must be printed in that order; a line `...` leaves some out, and at the end
of a line its rest. Left aside are times, dates, rounds, hashes, where the home is, and how wide a column is.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from flows.cli import main as command_line
from tasks.adapters.settings import PROJECT
from tests.support.documents import NAMES, Document, Typed
from tests.support.populations import OPENING_ONLY, Population, references, strangers, student

IS_THE_SUITE = "is the test suite"
TAKES_LONG = "takes minutes to hours"
NOT_RUN = {
    "distillometer show verdict ablation-08": "needs the replies of Shaberi, which are other people's",
    "distillometer compare": "fetches other people's replies: tests/flows/test_compare.py runs it on a loopback server",
    "distillometer bank build": "needs at least eight unrelated models: tests/flows/test_check.py runs it",
    "distillometer check": "needs a bank of at least eight unrelated models: tests/flows/test_check.py runs it",
    "distillometer score --bank": "needs a bank of at least eight unrelated models: tests/flows/test_check.py runs it",
    "distillometer report --dossier": "needs a verdict: tests/steps/test_dossier.py runs it",
    "distillometer verify": "needs a dossier: tests/steps/test_dossier.py runs it",
    "distillometer templates freeze": "needs a search that found something: tests/steps/test_freeze_bank.py runs it",
    "make validate": "needs other people's replies: CORPORA",
    "make rivals": "needs homes that `make validate` has scored: tests/adapters/test_rival_benchmark.py runs it",
    "make dose": "trains models for an hour and more: tests/adapters/test_dose_training.py trains a few steps",
    "make ui": "runs until Ctrl-C: tests/flows/test_deployments.py runs the deployments",
    "make test": IS_THE_SUITE,
    ".venv/bin/pytest": IS_THE_SUITE,
    "make docs-check": "is this",
    "make bench": TAKES_LONG,
    "make simulations": TAKES_LONG,
    "python -m benchmarks": TAKES_LONG,
    ".venv/bin/python -m benchmarks": TAKES_LONG,
    "python -m tests.house.test_schema_version": "writes a file of sql/migration",
    "python -m tests.house.faults": "writes docs/faults.md",
    "make soak": TAKES_LONG,
    "make kills": TAKES_LONG,
    "make audit": "asks the network for advisories",
    "pip freeze": "lists what is installed here",
    "pip install": "changes what is installed here: tests/flows/test_wheel.py installs a wheel",
    "export": "sets a variable of the reader's shell",
    "kill": "has nothing to end here",
}
NOT_COMPARED = {"distillometer query": "shows AlpacaEval; tests/house/test_readme.py holds the columns"}
"""What is run on the home that is here, where the document shows what came of replies that are other people's."""
OTHER_FIGURES = ("make demo",)
"""Shown in full: local models write a little otherwise on another processor, so that any number holds for any other."""
AND_ALSO = {
    "distillometer models --ping": ("smollm2-135m-instruct", "gemma3-270m-base"),
    "distillometer init NAME --base-url URL --model ID": ("--vendor", "openai"),
}
"""Without names the first asks every card, and most need keys; the second asks its reader for what it is not given."""
WRITES_HERE = "distillometer init"
"""Writes into the folder that it is typed in."""
WITH_A_SEARCH = "[search]\ntemplate_limit = 3\nquestion_limit = 2\ncalls = 6\n"

LEFT_OUT = "..."

_ASIDE = {
    r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?|\d{4}-W\d\d": "DATE",
    r"\d+(?:\.\d+)? ?(?:ms|s|min|minutes|seconds)\b": "TIME",
    r"\b[0-9a-f]{8,64}\b": "HASH",
    r"━+": "━",
    r"\s+": " ",
}


def masked(line: str, *, has_figures: bool = True) -> str:
    """Return a line without what may be another each time, on request without its figures as well."""
    for pattern, name in _ASIDE.items():
        line = re.sub(pattern, name, line)
    return line.strip() if has_figures else re.sub(r"\d+(?:\.\d+)?", "FIGURE", line.strip())


def unprinted(shown: Sequence[str], printed: str, *, has_figures: bool = True) -> str | None:
    """Return the first line that a document shows and the command has not printed, in this order."""
    left = iter([masked(line, has_figures=has_figures) for line in printed.splitlines()])
    for line in shown:
        whole = masked(line, has_figures=has_figures)
        begin = whole.removesuffix(LEFT_OUT)
        is_whole = begin == whole
        if begin and not any(found == begin if is_whole else found.startswith(begin) for found in left):
            return line
    return None


class Place:
    """A fresh home, a copy of the data folder, and files that stand for a reader's own."""

    def __init__(self, root: Path) -> None:
        self.home, data, self.own_folder = root / "home", root / "data", root
        shutil.copytree(PROJECT / "data", data, ignore=shutil.ignore_patterns("out"))
        plan = (data / "plans/demo.toml").read_text(encoding="utf-8")
        (data / "plans/searching.toml").write_text(plan.replace('"demo"', '"searching"') + WITH_A_SEARCH)
        models = [*references(8, 2), *strangers(2), student("pupil", "ref-a1", 1.0, OPENING_ONLY)]
        replies, lineage = Population(models, 60, 1).write(root / "population")
        listed = root / "models.json"
        listed.write_text(json.dumps({"data": [{"id": "vendor/listed-model"}]}))
        labels = root / "labels.csv"
        with labels.open("w", newline="") as file:
            told = [("I am GPT-4, made by OpenAI.", "true"), ("I am SmolLM, made by Hugging Face.", "false")]
            rows = [("smollm2-135m-instruct", reply, label, label) for reply, label in told]
            csv.writer(file).writerows([("model", "reply", "loose", "strict"), *rows])
        self.stand_for = {
            "PLAN": "demo",
            "PATH": str(replies),
            "FILE.csv": str(lineage),
            "TARGET=GROUP": "pupil=ref-a1",
            "REFERENCE": "ref-a1",
            "MODEL": "lodestar-rebadged",
            "LABELS": str(labels),
            "NAME": "my-model",
            "URL": "http://127.0.0.1:9/v1",
            "ID": "my-model-id",
            "FILE": str(listed),
            "SOURCE": str(listed),
        }
        self.environment = os.environ | {"DISTILLOMETER_HOME": str(self.home), "DISTILLOMETER_DATA": str(data)}
        self.environment["PYTHONPATH"] = str(PROJECT)
        self.done: dict[tuple[str, ...], subprocess.CompletedProcess[str]] = {}

    def run(self, one: Typed) -> subprocess.CompletedProcess[str]:
        """Run a command, the same one once; of `make` the last line of its recipe, of Prefect the help on its words."""
        words = list(one.words)
        if words[0] == "make":
            told = subprocess.run(["make", "-n", *words[1:]], cwd=PROJECT, capture_output=True, text=True, check=True)
            words = told.stdout.splitlines()[-1].split()
        if words[0].endswith("distillometer"):
            # A folder of its own for each: two commands that write there are two readers.
            stand_for = self.stand_for | {"DIR": tempfile.mkdtemp(dir=self.own_folder)}
            filled = [stand_for.get(word, word) for word in words[1:]]
            filled = ["searching" if word == "demo" and filled[0] == "search" else word for word in filled]
            words = [sys.executable, "-m", "flows.cli.main", *filled, *AND_ALSO.get(str(one), ())]
        elif words[0] == "python":
            words = [sys.executable, *words[1:]]
        elif words[0] == "prefect":
            words = [sys.executable, "-m", *words, "--help"]
        folder = self.own_folder if str(one).startswith(WRITES_HERE) else PROJECT
        if (key := tuple(words)) not in self.done:
            self.done[key] = subprocess.run(words, cwd=folder, env=self.environment, capture_output=True, text=True)
        return self.done[key]

    def problem(self, one: Typed) -> str | None:
        """Run a command and return what is wrong with it."""
        done = self.run(one)
        if done.returncode:
            return f"exit {done.returncode}: {(done.stderr.strip() or done.stdout.strip())[-2000:]}"
        if one.words[0] == "prefect":
            unknown = [word for word in one.words if word.startswith("--") and word not in done.stdout]
            return f"prefect knows no {unknown}" if unknown else None
        if reason(one, NOT_COMPARED):
            return None
        printed = done.stdout.replace(str(self.home), "data/out")
        line = unprinted(one.shown, printed, has_figures=not reason(one, dict.fromkeys(OTHER_FIGURES, "their own")))
        return f"it does not print, or not there: {line}\nbut:\n{done.stdout}" if line else None


def reason(one: Typed, reasons: dict[str, str]) -> str | None:
    """Return what is said of the command, or of one that begins so."""
    return next((why for begin, why in reasons.items() if str(one).startswith(begin)), None)


def commands() -> Iterator[tuple[str, Typed]]:
    """Yield every command of the documents with where it stands, each once."""
    seen = set()
    for name in NAMES:
        for one in Document.read(name).commands(set(command_line.VERBS)):
            if one not in seen:
                seen.add(one)
                yield name, one


def check() -> int:
    """Run what can be run, print what came of each command, and return how many are wrong."""
    n_wrong = n_run = 0
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        for name, one in commands():
            if why := reason(one, NOT_RUN):
                print(f"not run  {name}: {' '.join(str(one).split())}\n         {why}", flush=True)
                continue
            began = time.monotonic()
            problem = place.problem(one)
            n_run, n_wrong = n_run + 1, n_wrong + bool(problem)
            print(f"{'WRONG' if problem else 'run':8} {name}: {one} ({time.monotonic() - began:.0f} s)", flush=True)
            if problem or (why := reason(one, NOT_COMPARED)):
                print(f"         {problem or why}", flush=True)
    print(f"{n_run} commands run, {n_wrong} of them wrong.")
    return n_wrong


if __name__ == "__main__":
    sys.exit(bool(check()))
