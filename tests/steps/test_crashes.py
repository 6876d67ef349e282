"""A kill, or a full disk, while scores are formed or published: readers keep the old snapshot, and the same steps end as undisturbed."""

import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from prefect.logging import disable_run_logger

from tasks.adapters.settings import PROJECT, Home
from tasks.adapters.warehouse import store
from tasks.domain.errors import WorldError
from tasks.publish import publish_snapshot
from tasks.similarity import choose_references, sum_pairs, verdict

pytestmark = pytest.mark.slow

SCORES = ("mart.pair_similarity", "mart.verdict", "mart.target_summary", "score.channel_sum", "raw.reply")

KILLED = """
import os, signal, sys
from contextlib import contextmanager
from pathlib import Path
from prefect.logging import disable_run_logger
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import whole_files
from tasks.adapters.warehouse.store import Store
from tests.steps import test_crashes

moment, home = sys.argv[1], Home(Path(sys.argv[2]))
transaction, n_done = Store.transaction, 0

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

@contextmanager
def die_at_the_third(self):
    global n_done
    with transaction(self) as cursor:
        yield cursor
        n_done += 1
        if n_done == 3:
            die()

if moment == "scores are written":
    Store.transaction = die_at_the_third
else:
    whole_files.swap_in = die
with disable_run_logger():
    test_crashes.score_and_publish(home)
print("it was not killed")
"""


def score_and_publish(home: Home) -> None:
    with store.writing(home):
        choose_references.score.fn([], home)
        sum_pairs.sum_pairs.fn(home)
        verdict.verdict.fn("", home)
        publish_snapshot.publish_snapshot.fn(home)


def scores(home: Home) -> dict[str, pl.DataFrame]:
    with store.reading(home) as snapshot:
        frames = {name: snapshot.read(name) for name in SCORES}
    columns = {
        name: sorted(column for column, dtype in frame.schema.items() if not dtype.is_temporal())
        for name, frame in frames.items()
    }
    return {name: frame.select(columns[name]).sort(columns[name]) for name, frame in frames.items()}


@pytest.fixture(scope="module")
def undisturbed(analysed, tmp_path_factory) -> dict[str, pl.DataFrame]:
    home = Home(Path(shutil.copytree(analysed.root, tmp_path_factory.mktemp("undisturbed") / "home")))
    with disable_run_logger():
        score_and_publish(home)
    return scores(home)


@pytest.mark.fault
@pytest.mark.parametrize("moment", ["scores are written", "the snapshot is swapped in"])
def test_killed_while_scoring_or_publishing_ends_as_undisturbed(analysed, undisturbed, tmp_path, moment) -> None:
    """The snapshot of before is whole for readers, no reply is lost, and the next run needs no repair."""
    home = Home(Path(shutil.copytree(analysed.root, tmp_path / "home")))
    before = home.published.read_bytes()
    command = [sys.executable, "-c", KILLED, moment, str(home.root)]
    killed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert killed.returncode == -9, killed.stderr
    assert home.published.read_bytes() == before
    with store.reading(home) as snapshot:
        assert snapshot.read("raw.reply").height == undisturbed["raw.reply"].height
    with disable_run_logger():
        score_and_publish(home)
    again = scores(home)
    assert {name: frame.equals(undisturbed[name]) for name, frame in again.items()} == dict.fromkeys(SCORES, True)
    assert again["score.channel_sum"].height > 0
    assert [path.name for path in home.root.iterdir() if ".new" in path.name] == []


@pytest.mark.fault
@pytest.mark.skipif(
    signal.getsignal(signal.SIGXFSZ) is not signal.SIG_IGN, reason="a file that grows too large ends this process"
)
def test_disk_that_fills_while_scoring_is_said_and_loses_nothing(analysed, undisturbed, tmp_path) -> None:
    """The message names the file and the remedy: make room, and run the same command again."""
    home = Home(Path(shutil.copytree(analysed.root, tmp_path / "home")))
    before, limits = home.published.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(WorldError) as refused, disable_run_logger():
            score_and_publish(home)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert f"{home.warehouse}: it can't be written: the disk" in str(refused.value)
    assert "Make room and run the same command again" in str(refused.value)
    assert home.published.read_bytes() == before
    with disable_run_logger():
        score_and_publish(home)
    assert {name: frame.equals(undisturbed[name]) for name, frame in scores(home).items()} == dict.fromkeys(
        SCORES, True
    )
