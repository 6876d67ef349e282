"""A dossier: the verdict on one model and all that it rests on, which anybody can form again, and nobody can change."""

import json
import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from tasks import ingest
from tasks.adapters.dossiers import loading, readme, writing
from tasks.adapters.inputs import cards, lineages
from tasks.adapters.settings import PROJECT, Home
from tasks.adapters.warehouse import store
from tasks.domain.dossier.evidence import (
    differences,
    differences_from_run,
    differing_scores,
)
from tasks.domain.errors import InputError
from tasks.similarity import choose_references, sum_pairs, verdict
from tests.support.dossiers import reindexed, reply_file
from tests.support.populations import Population, references, strangers, student
from tests.support.workbench import run_here

STUDENT, OTHER = "student-1", "student-2"
POPULATION = Population(
    [*references(6, 2), student(STUDENT, "ref-a1", 0.9), student(OTHER, "ref-b1", 0.9), *strangers(1)], 60, seed=4
)


@pytest.fixture(scope="module")
def scored(tmp_path_factory) -> Home:
    """Return a published home with a scored population."""
    home = Home(tmp_path_factory.mktemp("dossier") / "home")
    with store.writing(home) as warehouse, disable_run_logger():
        replies, lineage = POPULATION.write(home.root / "population")
        # Nor has the student answered every prompt: the null is formed on all of them.
        lines = replies.read_text().splitlines(keepends=True)
        replies.write_text("".join(line for line in lines if not line.startswith(f"{STUDENT},Question 1?")))
        ingest.ingest.fn(replies, "replies", home)
        lineages.record_lineages(cards.read_lineage(lineage), warehouse)
        choose_references.score.fn([], home)
        sum_pairs.sum_pairs.fn(home)
        verdict.verdict.fn("test/none", home)
        warehouse.publish(home.published)
    return home


@pytest.fixture(scope="module")
def written(scored, tmp_path_factory) -> Path:
    """Return a dossier on the student as a folder; who changes it copies it."""
    path = tmp_path_factory.mktemp("written") / "dossier"
    done = run_here("report", "--dossier", STUDENT, "--output", str(path), "--home", str(scored.root))
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def dossier(written, tmp_path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "dossier"))


def test_dossier_holds_what_the_verdict_rests_on_and_says_so(written, scored) -> None:
    verdict_of = json.loads((written / writing.VERDICT).read_text())
    assert verdict_of["answer"].startswith(f"{STUDENT} shares lineage with vendor-a models")
    with store.reading(scored) as snapshot:
        rows = snapshot.read("mart.verdict", target=STUDENT).sort("is_kin", "place").to_dicts()
    assert [row["verdict"] for row in verdict_of["verdicts"]] == [row["verdict"] for row in rows]
    assert differences_from_run(rows, verdict_of["verdicts"]) == []
    # p values are corrected over all targets of the run, and not over this one alone.
    assert verdict_of["verdicts"][0]["p_holm"] > verdict_of["verdicts"][0]["p_target"]
    # The other student is part of no test of this one: its replies are other people's, and not passed on.
    names = {path.name[4:].removesuffix(".jsonl") for path in (written / "replies").iterdir()}
    assert names == {STUDENT, *(model.name for model in POPULATION.models if model.name.startswith("ref"))}
    text = (written / "README.txt").read_text()
    files = {str(path.relative_to(written)) for path in written.rglob("*") if path.is_file()}
    assert {name.partition("/")[0] for name in files} - {"README.txt"} == {name.rstrip("/") for name in readme.FILES}
    assert [name for name in readme.FILES if f"\n{name}: " not in text] == []
    in_one_line = " ".join(text.split())
    assert (readme.NO_TESTS in in_one_line, readme.NO_VECTORS in in_one_line) == (True, True)
    assert "sql/mart/verdict.sql" in files
    assert f"target = '{STUDENT}'" in (written / "sql/numbers.sql").read_text()


def test_dossier_is_verified_in_another_folder_without_prefect_or_a_home(written, tmp_path) -> None:
    script = (
        "import sys; from flows.cli import main\n"
        "try: main.main(['verify', sys.argv[1]])\n"
        "finally: print('prefect' in sys.modules, file=sys.stderr)"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DISTILLOMETER")}
    moved = shutil.make_archive(str(tmp_path / "moved"), "zip", written)
    done = subprocess.run(
        [sys.executable, "-c", script, moved],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "False\n"), done.stdout
    assert done.stdout.splitlines()[-3:-1] == [readme.NO_VECTORS, readme.NO_TESTS]
    assert done.stdout.splitlines()[-1].startswith("Equal, in ")
    assert sha256((written / writing.INDEX).read_bytes()).hexdigest() in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["moved.zip"]


def test_same_dossier_has_the_same_bytes_as_an_archive_of_the_home(scored, tmp_path) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(scored.root, home.root)
    archives = []
    for _ in range(2):
        assert run_here("report", "--dossier", STUDENT, "--home", str(home.root)).returncode == 0
        archives.append((home.reports / f"dossier-{STUDENT}.zip").read_bytes())
    assert archives[0] == archives[1]


@pytest.mark.fault
@pytest.mark.parametrize("name", ["replies/001-ref-a1.jsonl", "README.txt", writing.POPULATION, "sql/numbers.sql"])
def test_dossier_in_which_one_byte_was_changed_is_refused(dossier, name) -> None:
    content = bytearray((dossier / name).read_bytes())
    content[len(content) // 2] ^= 1
    (dossier / name).write_bytes(content)
    done = run_here("verify", str(dossier))
    assert done.returncode == 2
    assert f"{dossier}: {name}: its content was changed: its SHA-256 is " in done.stderr


@pytest.mark.fault
def test_dossier_of_which_a_file_is_missing_is_refused(dossier) -> None:
    reply_file(dossier, "ref-b2").unlink()
    with pytest.raises(InputError, match=r"004-ref-b2\.jsonl: the file is missing"):
        loading.read(dossier)
    (dossier / writing.INDEX).unlink()
    with pytest.raises(InputError, match="it is no dossier: it has no SHA256SUMS"):
        loading.read(dossier)


def _other_reply(folder: Path) -> None:
    path = reply_file(folder, "ref-a1")
    path.write_text(path.read_text().replace('"reply_text": "', '"reply_text": "Well, ', 1))


def _other_prompt(folder: Path) -> None:
    path = folder / writing.PROMPTS
    path.write_text(path.read_text().replace("Question 7?", "Question 8?"))


def _other_version(folder: Path) -> None:
    path = folder / writing.VERSIONS
    path.write_text(path.read_text().replace('"statistic_version": "1"', '"statistic_version": "0"'))


def _no_number(folder: Path) -> None:
    path = folder / writing.POPULATION
    path.write_text(path.read_text().replace('"common_words": [', '"common_words": [3, ', 1))


@pytest.mark.fault
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_other_reply, r"ref-a1\.jsonl:1: the reply has another text than its hash"),
        (_other_prompt, r"prompts\.jsonl:\d+: prompt \w+ has another text than its id"),
        (_other_version, "its version of composite is '0', and this version of distillometer computes '1'"),
        (_no_number, "it can't be read as a dossier: 1 validation error"),
    ],
)
def test_dossier_that_was_changed_together_with_its_index_is_refused(dossier, change, message) -> None:
    before = (dossier / writing.INDEX).read_bytes()
    change(dossier)
    reindexed(dossier)
    assert (dossier / writing.INDEX).read_bytes() != before
    with pytest.raises(InputError, match=message):
        loading.read(dossier)


@pytest.mark.fault
@pytest.mark.parametrize("line", ["no hash  README.txt", f"{'0' * 64}  ../secret", f"{'0' * 64}  /etc/hostname"])
def test_index_reaches_no_file_outside_of_the_dossier(dossier, line) -> None:
    (dossier.parent / "secret").write_text("mine")
    (dossier / writing.INDEX).write_text(f"{line}\n")
    with pytest.raises(InputError, match=r"SHA256SUMS:1: it is no line of an index"):
        loading.read(dossier)


@pytest.mark.fault
def test_dossier_whose_replies_give_another_verdict_is_not_equal(dossier) -> None:
    path = reply_file(dossier, STUDENT)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        row["reply_text"] = "Nothing of the kind."
        row["sha256"] = sha256(row["reply_text"].encode()).hexdigest()
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    reindexed(dossier)
    done = run_here("verify", str(dossier))
    assert done.returncode == 4
    assert f"Not equal. The dossier says: {STUDENT} shares lineage" in done.stdout


@pytest.mark.fault
def test_sentence_that_the_rows_do_not_give_is_not_equal(dossier) -> None:
    path = dossier / writing.VERDICT
    path.write_text(path.read_text().replace("shares lineage with vendor-a models", "was taught by vendor-a models", 1))
    reindexed(dossier)
    done = run_here("verify", str(dossier))
    assert (done.returncode, "- in words it is: student-1 shares lineage" in done.stdout) == (4, True)
    # Another build may have other words for the same rows.
    versions = dossier / writing.VERSIONS
    versions.write_text(re.sub(r'"program_sha256": "\w+"', '"program_sha256": "another"', versions.read_text()))
    reindexed(dossier)
    other = run_here("verify", str(dossier))
    assert other.returncode == 0
    assert "another build of the program (version 0.1.0), in whose words: student-1 was taught by" in other.stdout


@pytest.mark.fault
def test_model_without_replies_and_a_place_that_is_taken_are_refused(scored, written) -> None:
    home = ("--home", str(scored.root))
    unknown = run_here("report", "--dossier", "student-l", *home)
    assert (unknown.returncode, "there is no model with replies 'student-l'" in unknown.stderr) == (2, True)
    taken = run_here("report", "--dossier", STUDENT, "--output", str(written), *home)
    assert (taken.returncode, "it is there already" in taken.stderr) == (2, True)
    alone = run_here("report", "--output", str(written), *home)
    assert (alone.returncode, "--output: it goes with --dossier" in alone.stderr) == (2, True)


def test_what_differs_is_named() -> None:
    row = {"candidate_group": "a", "score": 1.0, "verdict": "suggestive"}
    assert differences([row], [row | {"score": 1.0 + 1e-7}]) == []
    assert differences([row], [row | {"score": 1.1}]) == ["a: score is 1.1, the dossier says 1.0."]
    assert differences([row], []) == ["a: it is no candidate now."]
    assert differences([], [row]) == ["a: it was no candidate then."]
    assert differing_scores([1.0, 2.0], [1.0, 2.1]) == ["the null: 1 of 2 scores of unrelated models differ."]
    assert differing_scores([1.0], [1.0]) == []
    assert len(differing_scores([1.0], [])) == 1
