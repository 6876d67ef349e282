"""Many requests, some of which a fault befalls, and kills on the way: what is lost, asked again, scored otherwise?

`make soak` (hours): 20,000 requests over five stub models, a tenth of the calls faulty, twenty kills. A small one is
`python -m benchmarks.soak --requests 1000 --kills 4`. An undisturbed run of the same plan is what it is held against.
The table is printed, and written to benchmarks/SOAK.md. Kills in the other stages of a run: `benchmarks.kills`.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.measuring import peak_memory
from tasks.adapters.settings import PROJECT, home_at
from tasks.adapters.warehouse import journal, store
from tests.support.prefect_server import prefect_server
from tests.support.stub_endpoint import Call, StubEndpoint
from tests.support.workbench import Workbench

RESULTS = Path(__file__).parent / "SOAK.md"
MODELS = ("independent-alpha", "independent-beta", "independent-gamma", "copies-alpha-at-60", "leaks-openai-at-30")
JUDGE, PAIR_JUDGE = "judge-finds-openai", "pair-judge"
MOST_PROMPTS = 200
N_FAULTY = 10
"""Calls in a hundred that a fault befalls."""
FAULTS = (
    "429",
    "500",
    "cut",
    "malformed",
    "html",
    "no-choices",
    "odd-status",
    "number-content",
    "json-list",
    "long-header",
)
SCORES = ("mart.pair_similarity", "mart.verdict", "mart.identity_score", "mart.rse_grade", "mart.homogeneity")
ROUNDING = 1e-9
MOST_RUNS_MORE = 5
"""Runs after the last kill: one that ends with requests unanswered is started again, as its message says."""


def judged_parts(n_templates: int, n_questions: int, first_prompts: int, most_prompts: int) -> str:
    """Return the parts of a plan that judge models label: identity probes, and pairs of replies to so many prompts."""
    return f"""
[identity]
template_limit = {n_templates}
question_limit = {n_questions}
judges = ["text_claim", "llm_claim"]
judge_model = "{JUDGE}"
[rse]
references = ["independent-alpha"]
judges = ["pair_grade"]
judge_model = "{PAIR_JUDGE}"
first_prompts = {first_prompts}
more_prompts = 10
most_prompts = {most_prompts}
"""


@dataclass
class Outcome:
    """What a way of running the plan came to."""

    way: str
    n_requests: int = 0
    n_lost: int = 0
    n_calls: int = 0
    n_again: int = 0
    n_unstored: int = 0
    n_runs: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    megabytes: float = 0.0
    scores: dict[str, pl.DataFrame] = field(default_factory=dict)

    def row(self, undisturbed: "Outcome") -> str:
        """Return the outcome as a row of the table."""
        differing = [
            f"{name} ({', '.join(columns)})"
            for name in SCORES
            if (columns := differing_columns(self.scores[name], undisturbed.scores[name]))
        ]
        kills = ", ".join(f"{n} in {stage}" for stage, n in sorted(self.kills.items())) or "none"
        counts = (self.n_lost, self.n_calls, self.n_again, self.n_unstored)
        cells = [self.way, f"{self.n_requests:,}", kills, *(f"{n:,}" for n in counts)]
        cells += [", ".join(differing) or "equal", str(self.n_runs), f"{self.seconds:,.0f}", f"{self.megabytes:,.0f}"]
        return f"| {' | '.join(cells)} |"


HEADS = (
    *("run", "requests", "kills", "answers lost", "calls", "usable answers asked again", "not stored when killed"),
    *("scores", "runs of the command", "s", "MB"),
)


def fault_of(call: Call, seed: int) -> str | None:
    """Return the fault that befalls a call, if any: drawn by request and attempt, so that the next may succeed."""
    drawn = int(hashlib.sha256(f"{seed} {call.request_key} {call.attempt}".encode()).hexdigest()[:8], 16)
    return FAULTS[drawn // 100 % len(FAULTS)] if drawn % 100 < N_FAULTY else None


class Soak:
    """A plan in a folder of its own, the stub that answers it, and the Prefect server that all its runs share."""

    def __init__(self, root: Path, stub: StubEndpoint, api: str, log: Path) -> None:
        self.bench, self.stub, self.api, self.log = Workbench(root), stub, api, log
        self.arguments: tuple[str, ...] = ("evaluate", "test", "--round", "R")

    def prepare(self, n_requests: int) -> None:
        """Write cards and plan."""
        for model in (*MODELS, JUDGE, PAIR_JUDGE):
            self.bench.card(model, self.stub.base_url)
        n_prompts = min(MOST_PROMPTS, max(40, n_requests // len(MODELS)))
        samples = max(1, round(n_requests / len(MODELS) / n_prompts))
        self.bench.plan(list(MODELS), limit=n_prompts, samples=samples, extra=judged_parts(4, 3, 20, 30))

    @contextmanager
    def running(self, outcome: Outcome) -> Iterator[subprocess.Popen[bytes]]:
        """Start the command; at the end of the block it has ended, by itself or killed."""
        environment = self.bench.environment | {"PREFECT_API_URL": self.api}
        with (self.bench.root / "command.log").open("ab") as output:
            command = self.bench.command(*self.arguments)
            run = subprocess.Popen(command, env=environment, cwd=PROJECT, stdout=output, stderr=output)
            outcome.n_runs += 1
            try:
                with peak_memory(run.pid, interval=0.5) as peak:
                    yield run
                    run.wait()
            finally:
                run.kill()
                run.wait()
            outcome.megabytes = max(outcome.megabytes, peak[0])

    def kill_when(
        self, outcome: Outcome, stage: str, has_come: Callable[[], bool], pause_s: Callable[[], float] = lambda: 0.0
    ) -> bool:
        """Start the command and `kill -9` it once the moment has come; say whether it had not ended before."""
        with self.running(outcome) as run:
            while not has_come() and run.poll() is None:
                time.sleep(0.005)
            time.sleep(pause_s() if run.poll() is None else 0)
            is_alive = run.poll() is None
            if is_alive:
                run.kill()
                outcome.kills[stage] += 1
        return is_alive

    def answered(self, n_before: int = 0) -> Counter[str]:
        """Return the usable answers that the endpoint has given to each request, after so many of before."""
        given = (row["request"] for row in _lines(self.log) if row["event"] == "answered")
        return Counter(islice(given, n_before, None))

    def n_stored(self) -> int:
        """Return the number of requests whose answers are on disk."""
        home = home_at(self.bench.home)
        stored = journal.settled_requests(home.journal)
        if home.warehouse.exists():
            with store.inspecting(home) as warehouse:
                stored |= set(warehouse.read("core.outcome", is_settled=True)["request_id"])
        return len(stored)

    def finish(self, outcome: Outcome) -> None:
        """Run the command until nothing is unanswered, and read what came of it."""
        for _ in range(MOST_RUNS_MORE):
            with self.running(outcome) as run:
                pass
            if run.returncode == 0:
                break
        self._read(outcome)

    def _read(self, outcome: Outcome) -> None:
        with store.reading(home_at(self.bench.home)) as snapshot:
            asked = snapshot.read("core.outcome")
            outcome.scores = {name: comparable(snapshot.read(name)) for name in SCORES}
        outcome.n_requests = asked.height
        outcome.n_lost = asked.filter(~pl.col("is_settled")).height
        outcome.n_calls = len(self.stub.calls)
        outcome.n_again = sum(n - 1 for n in self.answered().values())


def comparable(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows in one order, without times and versions of judges, which hold the port of their endpoint."""
    columns = [
        name
        for name, dtype in frame.schema.items()
        if not dtype.is_temporal() and not dtype.is_nested() and name != "judge_version"
    ]
    return frame.select(sorted(columns)).sort(sorted(columns))


def differing_columns(one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    """Return the columns of two frames that differ by more than rounding, with the largest difference."""
    if one.schema != other.schema or one.height != other.height:
        return [f"{one.height} rows for {other.height}"]
    found = []
    for name, dtype in one.schema.items():
        left, right = one[name], other[name]
        if dtype.is_float():
            largest = (left - right).abs().max()
            difference = largest if isinstance(largest, float) else None
            if (difference or 0.0) > ROUNDING or not left.is_null().equals(right.is_null()):
                found.append(f"{name}: {difference}")
        elif not left.equals(right):
            found.append(name)
    return found


def _lines(log: Path) -> Iterator[dict[str, Any]]:
    with log.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _befalls(kind: str, seed: int, call: Call) -> bool:
    return fault_of(call, seed) == kind


@contextmanager
def _soak(root: Path, api: str, faulty_by: int | None) -> Iterator[Soak]:
    root.mkdir()
    with StubEndpoint(log=root / "calls.jsonl") as stub:
        if faulty_by is not None:
            stub.faults += [(partial(_befalls, kind, faulty_by), kind) for kind in FAULTS]
        yield Soak(root, stub, api, root / "calls.jsonl")


def undisturbed(root: Path, api: str, n_requests: int) -> Outcome:
    """Return the outcome without faults and kills."""
    outcome = Outcome("undisturbed")
    with _soak(root, api, None) as soak, _timed(outcome):
        soak.prepare(n_requests)
        soak.finish(outcome)
    return outcome


def killed_while_asking(root: Path, api: str, n_requests: int, n_kills: int, seed: int) -> Outcome:
    """Return the outcome with faults, and kills after random numbers of calls."""
    outcome = Outcome(f"{N_FAULTY} % faults, kills while it asks")
    with _soak(root, api, seed) as soak, _timed(outcome):

        def has_seen(moment: int) -> bool:
            return len(soak.stub.calls) >= moment

        soak.prepare(n_requests)
        for moment in sorted(random.Random(seed).sample(range(1, n_requests), n_kills)):
            soak.kill_when(outcome, "asking", partial(has_seen, moment))
            outcome.n_unstored += len(soak.answered()) - soak.n_stored()
        soak.finish(outcome)
    return outcome


@contextmanager
def _timed(outcome: Outcome) -> Iterator[None]:
    began = time.monotonic()
    yield
    outcome.seconds = time.monotonic() - began


def main() -> None:
    """Run the soak, print its table and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=20_000, help="about so many, beside probes and judges' calls")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="soak-"))
    with prefect_server(root / "prefect") as api:
        plain = undisturbed(root / "undisturbed", api, given.requests)
        outcome = killed_while_asking(root / "killed", api, given.requests, given.kills, given.seed)
    command = f"python -m benchmarks.soak --requests {given.requests} --kills {given.kills} --seed {given.seed}"
    lines = ["# Soak", "", f"`{command}`, {os.cpu_count()} cores.", ""]
    lines += ["| " + " | ".join(HEADS) + " |", "|" + "---|" * len(HEADS), plain.row(plain), outcome.row(plain), ""]
    lines += [
        "A request is lost where it has no answer in the end. An answer is asked again where the endpoint gave a",
        "usable one to the same request before: no more often than answers were not on disk yet when a run was killed.",
        "MB: the largest run.",
    ]
    print("\n".join(lines))
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    shutil.rmtree(root)


if __name__ == "__main__":
    main()
