"""The command starts at once: what is heavy is imported by the verbs that need it, when they are run."""

import subprocess
import sys

from flows.cli import main
from tasks.adapters.settings import PROJECT

HEAVY = {
    "altair",
    "duckdb",
    "faiss",
    "numpy",
    "openai",
    "polars",
    "prefect",
    "pydantic",
    "scipy",
    "torch",
    "vl_convert",
}
READS_TEXT_AND_TABLES = {"polars", "pydantic"}
"""What `plan` needs where nothing has been asked: plans are validated, and tables are drawn from frames."""

RUN = """
import sys
from flows.cli import main
try:
    main.main(sys.argv[1:])
except SystemExit as left:
    assert left.code == 0, left.code
print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""


def _imported(*arguments: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", RUN, *arguments], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_list_of_verbs_imports_nothing_heavy() -> None:
    assert not _imported("--help") & HEAVY


def test_plan_imports_nothing_that_asks_or_draws(tmp_path) -> None:
    assert not _imported("plan", "demo", "--home", str(tmp_path)) & (HEAVY - READS_TEXT_AND_TABLES)


COMPILED = """
from tasks.adapters.inputs.lexicons import read_lexicon
from tasks.domain.claims.subject import CUES
print("whole-lexicon" if "_pattern" in vars(read_lexicon()) else "", file=sys.stderr)
print("cues" if any("pattern" in vars(cue) for cue in CUES) else "", file=sys.stderr)
"""


def test_plan_compiles_no_pattern_that_only_replies_need(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN + COMPILED, "plan", "demo", "--home", str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not {"whole-lexicon", "cues"} & set(done.stderr.split())


def test_list_says_what_each_verb_says() -> None:
    first = {name: (main.imported(name).help or "").split("\n\n")[0] for name in main.VERBS}
    assert {name: verb.help for name, verb in main.VERBS.items()} == {
        name: " ".join(text.split()) for name, text in first.items()
    }
