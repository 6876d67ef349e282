"""How long the command takes before it does anything: `--help`, `plan demo`, and an `evaluate` that asks nothing.

Run from the project's root: `python -m benchmarks.start`. Each is a process of its own, as its users start it. For the
last, the demo's kind of plan has been answered by stub models before, and a Prefect server is running.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from benchmarks.measuring import Measure
from tests.support.prefect_server import prefect_server
from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

RUNS = 5
MODELS = ["independent-alpha", "independent-beta", "independent-gamma", "copies-alpha-at-60"]
LIMIT = 20
PLAN = """[identity]
template_limit = 8
question_limit = 6
judges = ["text_claim"]
[rse]
judges = ["text_similarity"]
"""


def _taken(command: list[str], cwd: str, environment: dict[str, str] | None = None) -> list[float]:
    """Return the seconds of each run after the first, which fills the file system's cache."""
    taken = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
        taken.append(time.perf_counter() - started)
        assert done.returncode == 0, done.stderr
    return taken[1:]


def _evaluated(root: Path) -> list[float]:
    bench = Workbench(root / "bench")
    with (
        prefect_server(root / "prefect") as api,
        StubEndpoint() as stub,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("PREFECT_API_URL", api)
        for model in MODELS:
            bench.card(model, stub.base_url)
        bench.plan(MODELS, limit=LIMIT, extra=PLAN)
        plan = bench.root / "data/plans/test.toml"
        plan.write_text(plan.read_text().replace("enabled = false", "enabled = true"))
        taken = _taken(bench.command("evaluate", "test"), ".", bench.environment)
        assert not stub.repeated(), "the later runs asked again"
    return taken


def measure_start() -> list[Measure]:
    """Return one measure for each way to start."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        command = [sys.executable, "-m", "flows.cli.main"]
        ways = {
            ("`--help`", "the list of the verbs"): _taken([*command, "--help"], "."),
            ("`plan demo`", "an empty home"): _taken([*command, "plan", "demo", "--home", str(root / "home")], "."),
            ("warm `evaluate`", f"{len(MODELS)} models, {LIMIT} prompts and 48 probes each, all answered"): _evaluated(
                root
            ),
        }
    return [
        Measure(work, stated, statistics.median(taken), note=f"{RUNS} runs, {min(taken):.2f} to {max(taken):.2f} s")
        for (work, stated), taken in ways.items()
    ]


if __name__ == "__main__":
    for one in measure_start():
        print(f"{one.work:16} {one.stated_input}: {one.seconds:.2f} s; {one.note}")
