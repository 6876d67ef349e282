"""The dose benchmark in small: students of the real base, trained for two steps; killed, run again, and run once more."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from benchmarks.dose import corpus, main
from benchmarks.dose.cache import Cache
from benchmarks.dose.grid import Grid, Student
from benchmarks.dose.making import Maker
from benchmarks.dose.training import Course
from tasks.adapters.inputs import cards
from tasks.adapters.inputs.formats.replies import REPLIES
from tasks.adapters.settings import PROJECT

SMALL = """Grid(
    n_taught=8, n_asked=2, doses=(0, 100), seeds=(1,), rewrites=(), after=(4,), course=Course(batch=4),
    others=("plain", "oak"), max_tokens=4,
)"""
RUN = f"""
import sys
from pathlib import Path
import torch
from benchmarks.dose.cache import Cache
from benchmarks.dose.grid import Grid
from benchmarks.dose.main import make_all
from benchmarks.dose.making import Maker
from benchmarks.dose.training import Course
torch.set_num_threads(1)
make_all(Maker({SMALL}, Cache(Path(sys.argv[1]), lambda line: print(line, flush=True))))
"""
FIRST = "student-aster-100-s1"


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    # Two threads wait for each other: beside other work on the machine that costs more than it gains.
    torch.set_num_threads(1)


def small_grid() -> Grid:
    grid: Grid = eval(SMALL, {"Grid": Grid, "Course": Course})
    return grid


def killed_once_asking(student: str, folder: Path) -> list[str]:
    """Run the benchmark, kill it when it asks this student, and return the lines that it told."""
    command = [sys.executable, "-c", RUN, str(folder)]
    told: list[str] = []
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told.append(line.strip())
            if line.startswith(f"asking {student}"):
                process.send_signal(signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL
    return told


@pytest.mark.local_model
def test_a_killed_run_goes_on_and_a_second_one_makes_nothing(tmp_path: Path) -> None:
    before = killed_once_asking(FIRST, tmp_path)
    told: list[str] = []
    maker = Maker(small_grid(), Cache(tmp_path, told.append))
    main.make_all(maker)
    students = maker.grid.students()
    assert [student.name for student in students] == [
        *(FIRST, "student-briony-100-s1", "student-cobalt-000-s1"),
        *("student-aster-100-after-4-s1", "student-briony-100-after-4-s1"),
    ]
    # The first student was trained before, and what was said before stays said.
    assert f"trained {FIRST}" in before
    trained = [line.removeprefix("trained ") for line in told if line.startswith("trained ")]
    assert trained == [student.name for student in students if student.name != FIRST]
    asked = [line for line in [*before, *told] if line.startswith("asked ")]
    assert len(asked) == len(set(asked)) == 3 * 3 + 2 + len(students)
    assert maker.n_trained == len(students) - 1

    again: list[str] = []
    second = Maker(small_grid(), Cache(tmp_path, again.append))
    main.make_all(second)
    assert (again, second.n_trained, second.n_asked) == ([], 0, 0)

    # Another course is another student, of the same replies.
    other = Maker(Grid(**{**vars(small_grid()), "course": Course(batch=4, rate=1e-5)}), Cache(tmp_path, again.append))
    assert not other.answers_path(students[0]).exists()
    assert other.said_path("aster", "taught").exists()

    # Training has changed what is trained, and only that.
    weights, base = maker.weights(students[0]), maker._base.weights
    assert {int(name.split(".")[1]) for name in weights} == set(range(15, 30))
    assert any((weights[name] != base[name]).any() for name in weights)

    replies, lineage, bases = corpus.written(maker, students, tmp_path / "corpus")
    rows = {row.model: row for row in cards.read_lineage(lineage)}
    assert rows[FIRST].learned_from == ("aster",)
    assert rows["student-aster-100-after-4-s1"].learned_from == ("aster", "cobalt")
    assert rows["student-cobalt-000-s1"].learned_from == ("cobalt",)
    assert cards.read_bases(bases) == {student.name: "plain" for student in students}
    recorded = list(REPLIES.read(replies))
    assert {reply.model for reply in recorded} <= set(rows)
    assert len(recorded) == 2 * (3 * 2 + 2 + len(students))
    assert [reply.reply_text for reply in recorded if reply.model == FIRST] == maker.answers(students[0])


def test_a_lower_dose_is_part_of_a_higher_one_and_names_differ() -> None:
    order = list(range(40))[::-1]
    places = {dose: Student("aster", dose, 1).places(order) for dose in (0, 10, 25, 50, 100)}
    assert [len(taught) for taught in places.values()] == [0, 4, 10, 20, 40]
    assert places[10] < places[25] < places[50] < places[100]
    names = [student.name for student in Grid(seeds=(1, 2, 3)).students()]
    assert len(names) == len(set(names)) == 3 * 11 + 8


def test_two_processes_do_not_make_the_same_thing(tmp_path: Path) -> None:
    cache, path = Cache(tmp_path), tmp_path / "thing.jsonl"
    with cache.locked(path), Cache(tmp_path).locked(path, is_waiting=False) as is_ours:
        assert not is_ours
    with Cache(tmp_path).locked(path, is_waiting=False) as is_ours:
        assert is_ours
    assert cache.replies(path, lambda: ["one\nline", "ü\u2028"]) == ["one\nline", "ü\u2028"]
    assert cache.replies(path, lambda: json.loads("not read")) == ["one\nline", "ü\u2028"]
