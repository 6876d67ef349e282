"""`kill -9` at random moments of every stage of a run: what is lost, asked again, unreadable, or scored otherwise?

`make kills` (about an hour on two cores). The home is set aside as it is when a stage begins. From there the command
runs undisturbed, and then with kills: at random calls of the stage, or at random moments of the time that it took.
After each kill a reader opens the snapshot, and the same command goes on, ten kills on one home before it ends and is
compared. The table is printed, and written to benchmarks/KILLS.md.
"""

import argparse
import json
import os
import random
import shutil
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.soak import (
    JUDGE,
    MODELS,
    PAIR_JUDGE,
    SCORES,
    Outcome,
    Soak,
    comparable,
    differing_columns,
    judged_parts,
)
from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import store
from tests.support import old_home
from tests.support.prefect_server import prefect_server
from tests.support.stub_endpoint import StubEndpoint

RESULTS = Path(__file__).parent / "KILLS.md"
KILLS_A_PASS = 10
"""Kills on one home before the command runs to its end and what came of it is compared."""
N_BEFORE = 2
"""Models of the round that is whole and published before: what readers have while a stage of the next one is killed."""
SEARCHED = "leaks-OpenAI-at-90-only-dual_answer+pressure"
EVALUATE = ("evaluate", "test", "--round", "R")
SEARCH = ("search", "test", "--target", SEARCHED, "--calls", "300")
SCORE = ("score", "--embed-prompts", "0", "--embed-probes", "0")
EVALUATED = judged_parts(8, 5, 40, 40)
SEARCHING = """
[identity]
template_limit = 6
question_limit = 2
[search]
template_limit = 20
question_limit = 2
"""
FACTS = (
    *("raw.prompt", "raw.request", "raw.reply", "raw.judge_label", "raw.judge_call", "raw.pair_label"),
    *("raw.pair_judge_call", "raw.search_step", "raw.probe", "mart.pair_similarity", "mart.verdict"),
)


@dataclass(frozen=True)
class Stage:
    """A command, what of it is the stage, and the relations that are compared in the end.

    `served`: the stage is the calls to this model ("": to any). `flow`: it is this flow. Neither: it is the migration.
    """

    arguments: tuple[str, ...] = EVALUATE
    served: str | None = None
    flow: str | None = None
    relations: tuple[str, ...] = SCORES


STAGES = {
    "asking": Stage(served=""),
    "judging": Stage(served=JUDGE),
    "grading": Stage(served=PAIR_JUDGE),
    "search": Stage(SEARCH, served="", relations=("raw.search_step", "mart.identity_score")),
    "scoring": Stage(flow="similarity"),
    "publishing": Stage(flow="publish"),
    "migration": Stage(SCORE, relations=FACTS),
}


@dataclass
class Found:
    """What came of a stage, over all passes."""

    stage: str
    n_kills: int = 0
    n_passes: int = 0
    n_lost: int = 0
    n_again: int = 0
    n_unstored: int = 0
    unreadable: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def row(self) -> str:
        """Return it as a row of the table."""
        differing, unreadable = "; ".join(self.differing) or "equal", "; ".join(self.unreadable) or "whole"
        cells = (self.stage, self.n_kills, self.n_passes, self.n_lost, self.n_again, self.n_unstored)
        return "| " + " | ".join(map(str, (*cells, unreadable, differing, f"{self.seconds:,.0f}"))) + " |"


HEADS = (
    *("stage", "kills", "homes run to the end", "answers lost", "usable answers asked again", "not stored when killed"),
    *("what a reader opens", "scores", "s"),
)


class Watch:
    """What a run of the command, started now, has come to of a stage."""

    def __init__(self, stage: Stage, soak: Soak) -> None:
        self.stage, self.soak, self.since = stage, soak, datetime.now(UTC)
        self.n_before, self.root = self._n_calls(), home_at(soak.bench.home).root

    def _n_calls(self) -> int:
        return sum(not self.stage.served or call.model == self.stage.served for call in self.soak.stub.calls)

    def n_calls(self) -> int:
        """Return how many of the stage's calls have come."""
        return self._n_calls() - self.n_before

    def has_begun(self) -> bool:
        """Say whether the stage has begun."""
        if self.stage.flow is not None:
            return self._flow_state() is not None
        return self.n_calls() > 0 if self.stage.served is not None else self._is_migrating()

    def has_ended(self) -> bool:
        """Say of a stage that is told by its time whether it has ended."""
        if self.stage.flow is not None:
            return self._flow_state() in {"COMPLETED", "FAILED", "CRASHED"}
        return self.stage.served is None and not self._is_migrating()

    def _is_migrating(self) -> bool:
        return any(self.root.glob("warehouse.to-*.duckdb"))

    def _flow_state(self) -> str | None:
        """Return the state of the run of the stage's flow; None where none has begun since."""
        body = {
            "flows": {"name": {"any_": [self.stage.flow]}},
            "flow_runs": {"start_time": {"after_": self.since.isoformat()}},
            "sort": "START_TIME_DESC",
            "limit": 1,
        }
        asked = urllib.request.Request(
            f"{self.soak.api}/flow_runs/filter", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked) as answer:
            runs = json.load(answer)
        return str(runs[0]["state_type"]) if runs else None


class Trial:
    """One stage: the home as it was when it began, and what runs without and with kills make of it."""

    def __init__(self, name: str, soak: Soak, chance: random.Random) -> None:
        self.stage, self.soak, self.chance, self.found = STAGES[name], soak, chance, Found(name)
        soak.arguments = self.stage.arguments
        self.home, self.before = home_at(soak.bench.home), soak.bench.root / "before"

    def run(self, n_kills: int) -> Found:
        """Return what came of so many kills."""
        started = time.monotonic()
        self._furnish()
        self._set_aside()
        wanted = self._undisturbed()
        while self.found.n_kills < n_kills:
            self._restore()
            for _ in range(min(KILLS_A_PASS, n_kills - self.found.n_kills)):
                if not self._kill_once():
                    break
            self._to_the_end()
            self.found.n_passes += 1
            self.found.n_again += self._n_again()
            self._compare(wanted)
        self.found.seconds = time.monotonic() - started
        return self.found

    def _furnish(self) -> None:
        """Write cards, the plan, and the round before."""
        if self.stage == STAGES["migration"]:
            old_home.write(self.home)
            return
        bench, is_search = self.soak.bench, self.stage.arguments == SEARCH
        models = [SEARCHED] if is_search else list(MODELS)
        for model in (*models, JUDGE, PAIR_JUDGE):
            bench.card(model, self.soak.stub.base_url)
        if is_search:
            bench.plan(models, limit=1, extra=SEARCHING)
            return
        bench.plan(models[:N_BEFORE], limit=60, extra=EVALUATED)
        self._to_the_end()
        bench.plan(models, limit=60, extra=EVALUATED)

    def _set_aside(self) -> None:
        """Keep the home as it is when the stage begins."""
        if self.stage != STAGES["migration"]:
            watch = Watch(self.stage, self.soak)
            if not self.soak.kill_when(Outcome(""), "", watch.has_begun):
                raise RuntimeError(f"the run ended before its stage began: {self.found.stage}")
            time.sleep(0.5)  # What the endpoint was answering is in its log after this.
        shutil.copytree(self.home.root, self.before, symlinks=True)
        self.n_stored, self.answered = self._n_stored(), set(self.soak.answered())
        self.n_in_flight = len(self.answered) - self.n_stored

    def _restore(self) -> None:
        """Put the home back as it was when the stage began."""
        shutil.rmtree(self.home.root)
        shutil.copytree(self.before, self.home.root, symlinks=True)
        self.whole, self.n_logged = Watch(self.stage, self.soak), self.soak.answered().total()

    def _undisturbed(self) -> dict[str, pl.DataFrame]:
        """Run to the end and return the scores; what the stage takes is measured on the way."""
        watch = Watch(self.stage, self.soak)
        with self.soak.running(Outcome("")) as run:
            while run.poll() is None and not watch.has_begun():
                time.sleep(0.002)
            begun = time.monotonic()
            while run.poll() is None and not watch.has_ended():
                time.sleep(0.005)
            self.seconds = time.monotonic() - begun
        self.n_calls = watch.n_calls()
        if run.returncode:
            raise RuntimeError(f"the undisturbed run of {self.found.stage} ended with {run.returncode}")
        return self._scores()

    def _kill_once(self) -> bool:
        """Run the command and kill it at a random moment of the stage; say whether it had not ended before."""
        watch = Watch(self.stage, self.soak)
        if self.stage.served is not None:
            n_calls = self.chance.randint(1, max(1, self.n_calls - self.whole.n_calls()))
            was_killed = self.soak.kill_when(Outcome(""), "", lambda: watch.n_calls() >= n_calls)
            time.sleep(0.1)  # What the endpoint was answering is in its log after this.
        else:
            pause = self.chance.random() * self.seconds
            was_killed = self.soak.kill_when(Outcome(""), "", watch.has_begun, lambda: pause)
        if was_killed:
            self.found.n_kills += 1
            self.found.n_unstored += self._n_unstored()
            self._read_as_others_do()
        return was_killed

    def _to_the_end(self) -> None:
        with self.soak.running(Outcome("")) as run:
            pass
        if run.returncode:
            raise RuntimeError(f"a run of {self.found.stage} ended with {run.returncode}")

    def _n_stored(self) -> int:
        # What is half migrated can't be asked; a migration asks nobody.
        return 0 if self.stage == STAGES["migration"] else self.soak.n_stored()

    def _n_unstored(self) -> int:
        """Return how many answers that the endpoint has given since the home was restored are not on disk."""
        given = set(self.soak.answered(self.n_logged))
        return len(given) - (self._n_stored() - self.n_stored)

    def _n_again(self) -> int:
        """Return how many usable answers were asked for again: in this pass, or though they were stored before it."""
        given = self.soak.answered(self.n_logged)
        n_known = len(set(given) & self.answered)
        return given.total() - len(given) + max(0, n_known - self.n_in_flight)

    def _read_as_others_do(self) -> None:
        """Open what a reader opens: the snapshot; of a migration the warehouse, old or new."""
        try:
            if self.stage == STAGES["migration"]:
                with duckdb.connect(str(self.home.warehouse), read_only=True) as warehouse:
                    warehouse.execute("from raw.reply").fetchall()
            elif (self.before / self.home.published.name).exists():
                self._scores()
        except Exception as error:
            self.found.unreadable.append(f"{type(error).__name__}: {str(error).splitlines()[0]}")

    def _scores(self) -> dict[str, pl.DataFrame]:
        with store.reading(self.home) as snapshot:
            return {name: comparable(snapshot.read(name)) for name in self.stage.relations}

    def _compare(self, wanted: dict[str, pl.DataFrame]) -> None:
        """Hold what is there now against an undisturbed run."""
        for name, frame in self._scores().items():
            if columns := differing_columns(frame, wanted[name]):
                self.found.differing.append(f"{name} ({', '.join(columns)})")
        with store.reading(self.home) as snapshot:
            self.found.n_lost += snapshot.read("core.outcome", is_settled=False).height


def lines_of(rows: Sequence[Found], n_kills: int, seed: int) -> list[str]:
    """Return what is written: how it was run, and a row for each stage."""
    return [
        "# Kills at random moments of every stage",
        "",
        f"`python -m benchmarks.kills --kills {n_kills} --seed {seed}`, {os.cpu_count()} cores.",
        "",
        "| " + " | ".join(HEADS) + " |",
        "|" + "---|" * len(HEADS),
        *(found.row() for found in rows),
        "",
        f"A home is killed up to {KILLS_A_PASS} times, run to its end, and held against an undisturbed run from the",
        "same beginning; then it is put back as it was when the stage began. An answer is asked again where the",
        "endpoint gave a usable one before: no more often than answers were not on disk yet when a run was killed.",
        "What a reader opens: the snapshot of the round before, read whole; of a migration, the warehouse.",
    ]


def main() -> None:
    """Run the stages that were chosen, print the table, and write it where all were."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="so many in each stage")
    parser.add_argument("--stage", nargs="+", choices=STAGES, default=tuple(STAGES), help="all, unless told otherwise")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="kills-"))
    rows = []
    with prefect_server(root / "prefect") as api:
        for name in given.stage:
            folder = root / name
            folder.mkdir()
            with StubEndpoint(log=folder / "calls.jsonl") as stub:
                soak = Soak(folder, stub, api, folder / "calls.jsonl")
                rows.append(Trial(name, soak, random.Random(f"{given.seed} {name}")).run(given.kills))
            print(rows[-1].row(), flush=True)
    lines = lines_of(rows, given.kills, given.seed)
    print("\n".join(lines))
    if set(given.stage) == set(STAGES):
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    shutil.rmtree(root)


if __name__ == "__main__":
    main()
