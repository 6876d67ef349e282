"""What a dossier holds besides the verdict: the tests of model equality, and the cosines with their vectors."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import md5
from io import BytesIO
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from prefect.logging import disable_run_logger

from tasks import ingest
from tasks.adapters.dossiers import loading, readme, vectors, writing
from tasks.adapters.inputs import cards, lineages
from tasks.adapters.models.embedders import sentence_transformers
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.dossier import conclusions
from tasks.domain.dossier.comparing import differing_rows
from tasks.domain.dossier.equality import form_tests
from tasks.domain.dossier.evidence import (
    DossierReply,
    EqualityTests,
)
from tasks.domain.errors import InputError
from tasks.domain.reporting.verdict_of_model import Account
from tasks.domain.verdict import decision
from tasks.domain.verdict.same_model import OTHER as ANOTHER
from tasks.domain.verdict.same_model import SAME, UNTESTED
from tasks.similarity import choose_references, model_equality, neighbours, sum_pairs, verdict
from tests.support.dossiers import reindexed, reply_file, written_at
from tests.support.populations import Population, Stub, references, student
from tests.support.workbench import run_here

STUDENT = "student-1"
RENAMED, EMBEDDER, SEED = "renamed", "test/planted", 5
COPIES = ("copy-1", "copy-2")
SAMPLED = Population(
    [
        *references(4, 2, n_samples=2),
        replace(student(STUDENT, "ref-a1", 0.9), n_samples=2),
        Stub(RENAMED, "maker-of-renamed", "control", habits="ref-a2", n_samples=2),
    ],
    24,
    seed=6,
)


def _copies() -> str:
    """Return replies of two models that answered no prompt of anybody else."""
    lines = []
    for model in COPIES:
        for prompt in range(12):
            for sample in range(2):
                words = np.random.default_rng([prompt, sample, model == "copy-1"]).permutation(20)[:12]
                said = " ".join(f"word{prompt}x{word}" for word in words)
                lines.append(f"{model},Other {prompt}?,q{prompt:03d},{sample},{said}\n")
    return "".join(lines)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory) -> Home:
    """Return a published home in which models were sampled twice, and each text has a vector."""
    home = Home(tmp_path_factory.mktemp("sampled") / "home")
    with store.writing(home) as warehouse, disable_run_logger():
        replies, lineage = SAMPLED.write(home.root / "population")
        with replies.open("a") as file:
            file.write(_copies())
        with lineage.open("a") as file:
            file.write("".join(f"{model},vendor-{model},{model},,control,,\n" for model in COPIES))
        ingest.ingest.fn(replies, "replies", home)
        lineages.record_lineages(cards.read_lineage(lineage), warehouse)
        choose_references.score.fn([], home)
        sum_pairs.sum_pairs.fn(home)
        model_equality.compare_samples.fn(SEED, home)
        texts = warehouse.read_columns("core.reply", ["model", "prompt_id", "reply_text"], model=_with_vectors())
        rows = {
            md5(text.encode()).hexdigest(): _vector(prompt, model, text) for model, prompt, text in texts.iter_rows()
        }
        warehouse.append(
            "embedding", [{"embedder": EMBEDDER, "text_id": key, "vector": value} for key, value in rows.items()]
        )
        neighbours.neighbours.fn(EMBEDDER, home)
        verdict.verdict.fn(EMBEDDER, home)
        warehouse.publish(home.published)
    return home


def _with_vectors() -> list[str]:
    return [model.name for model in SAMPLED.models]


def _vector(*parts: str) -> list[float]:
    """Return a unit vector that leans on prompt, model and text."""
    vector = sum(np.random.default_rng(list(part.encode())).normal(size=8) for part in parts)
    return list((vector / np.linalg.norm(vector)).astype(np.float32).tolist())


@pytest.fixture(scope="module")
def whole(sampled, tmp_path_factory) -> Path:
    """Return a dossier with all parts; who changes it copies it."""
    path = tmp_path_factory.mktemp("whole") / "dossier"
    done = written_at(sampled, STUDENT, path)
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def with_all(whole, tmp_path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "dossier"))


def test_dossier_holds_each_test_of_its_model_with_the_replies_behind_it(whole, sampled) -> None:
    with store.reading(sampled) as snapshot:
        rows = snapshot.read("score.model_equality").to_dicts()
        sampled_twice = snapshot.read_columns("core.reply", ["model", "reply_text"], model=RENAMED)["reply_text"]
    of_run = {
        (row["left_model"], row["right_model"]): row
        for row in rows
        if STUDENT in (row["left_model"], row["right_model"])
    }
    content = json.loads((whole / writing.TESTS).read_text())
    assert {tuple(pair) for pair in content["pairs"]} == set(of_run)
    assert len(of_run) == len(SAMPLED.models) - 1
    for test in content["tests"]:
        in_run = of_run[test["left_model"], test["right_model"]]
        assert {key: in_run[key] for key in in_run if key in test} == {key: test[key] for key in in_run if key in test}
        assert in_run.keys() - test.keys() == {"seed", "computed_at"}
        assert test["n_left_replies"] == test["n_right_replies"] == 2 * test["n_prompts"] == 48
    assert (content["seed"], len(content["p_of_others"])) == (SEED, len(rows) - len(of_run))
    # The renamed one is part of no verdict on the student, only of a test.
    replies = [json.loads(line) for line in reply_file(whole, RENAMED).read_text().splitlines()]
    assert sorted(reply["reply_text"] for reply in replies) == sorted(sampled_twice)
    assert not list((whole / "replies").glob("*copy*"))
    assert "renamed" not in (whole / writing.POPULATION).read_text()
    shown = run_here("show", "verdict", STUDENT, "--home", str(sampled.root)).stdout
    text = " ".join((whole / "README.txt").read_text().split())
    assert [test["sentence"] for test in content["tests"] if test["sentence"] in shown] != []
    assert [test["sentence"] for test in content["tests"] if test["sentence"] not in text] == []
    assert (whole / "sql/score/model_equality.sql").is_file()


def test_dossier_holds_the_vectors_of_its_replies_and_the_cosines_of_the_run(whole, sampled) -> None:
    content = json.loads((whole / writing.COSINES).read_text())
    assert (content["embedder"], content["weights_sha256"], content["dimension"]) == (EMBEDDER, None, 8)
    with store.reading(sampled) as snapshot:
        pairs = snapshot.read("mart.pair_similarity", target=STUDENT).sort("reference").to_dicts()
        beside_self = snapshot.read("mart.pair_self_normalised", left_model="ref-a1", right_model=STUDENT).to_dicts()
        own = snapshot.read("mart.self_similarity", model=STUDENT).to_dicts()
    for name, rows in (("mart.pair_similarity", pairs), ("mart.self_similarity", own)):
        written_rows = content["cosines"][name]
        assert written_rows == [{key: row[key] for key in written_rows[0]} for row in rows]
    [repeated] = [row for row in content["cosines"]["mart.pair_self_normalised"] if row["left_model"] == "ref-a1"]
    assert repeated == {key: beside_self[0][key] for key in repeated}
    assert len(content["cosines"]["score.embedding_similarity"]) == len(pairs) == 8
    # Vectors of those models alone that the verdict needs.
    names = {path.name[4:].removesuffix(".npy") for path in (whole / "vectors").glob("*.npy")}
    assert names == {model.name for model in SAMPLED.models} - {RENAMED}
    [array] = (whole / "vectors").glob(f"*{STUDENT}.npy")
    beside = [json.loads(line) for line in array.with_suffix(".jsonl").read_text().splitlines()]
    texts = {
        reply["reply_id"]: reply
        for line in reply_file(whole, STUDENT).read_text().splitlines()
        for reply in [json.loads(line)]
    }
    for vector, row in zip(np.load(array), beside, strict=True):
        reply = texts[row["reply_id"]]
        assert row["sha256"] == reply["sha256"]
        assert vector.tolist() == _vector(reply["prompt_id"], STUDENT, reply["reply_text"])


def test_readme_names_each_file_of_a_dossier_with_all_parts(whole) -> None:
    files = {str(path.relative_to(whole)) for path in whole.rglob("*") if path.is_file()}
    named = readme.FILES | readme.FILES_OF_TESTS | readme.FILES_OF_VECTORS
    assert {name.partition("/")[0] for name in files} - {"README.txt"} == {name.rstrip("/") for name in named}
    text = (whole / "README.txt").read_text()
    assert [name for name in named if f"\n{name}: " not in text] == []
    assert [line for line in (readme.NO_TESTS, readme.NO_VECTORS) if line[:40] in text] == []
    queries = (whole / "sql/numbers.sql").read_text()
    for relation in ("score.model_equality", "mart.pair_similarity", "mart.self_similarity"):
        assert f"select * from {relation} where" in queries


def test_dossier_with_all_parts_has_the_same_bytes_twice(sampled, tmp_path) -> None:
    archives = []
    for name in ("one.zip", "two.zip"):
        assert written_at(sampled, STUDENT, tmp_path / name).returncode == 0
        archives.append((tmp_path / name).read_bytes())
    assert archives[0] == archives[1]


def test_tests_and_cosines_are_formed_again(whole) -> None:
    done = run_here("verify", str(whole))
    assert done.returncode == 0, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    assert f"values of cosines: 432 vectors, {EMBEDDER}. Equal, in " in said
    sentences = [test["sentence"] for test in json.loads((whole / writing.TESTS).read_text())["tests"]]
    assert f"values of 9 tests of model equality: - {' - '.join(sentences[:3])} - 6 more tests" in said
    # Of 24 prompts no lineage is tested: the tests are the answer, and come last.
    assert said.index("too few prompts") < said.index("tests of model equality: - ")


def _changed_json(name: str, change: Callable[[dict], None]) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        content = json.loads((folder / name).read_text())
        change(content)
        (folder / name).write_text(json.dumps(content))

    return changed


def _set(of: Callable[[dict], dict], key: str, value: object) -> Callable[[dict], None]:
    def change(content: dict) -> None:
        row = of(content)
        row[key] = value if not isinstance(value, float) else row[key] + value

    return change


def _first(content: dict) -> dict:
    return content["tests"][0]


def _no_test(content: dict) -> None:
    del content["tests"][-1]


def _other_p(content: dict) -> None:
    content["p_of_others"] = [[left, right, 0.5] for left, right, _ in content["p_of_others"][:1]]


def _cosine(relation: str) -> Callable[[dict], dict]:
    return lambda content: content["cosines"][relation][0]


def _other_vectors(folder: Path) -> None:
    """Give the student's first two replies each other's vectors."""
    [path] = (folder / "vectors").glob(f"*{STUDENT}.npy")
    array = np.load(path)
    array[[0, 2]] = array[[2, 0]]
    np.save(path, array)


def _without(name: str) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        lines = (folder / writing.INDEX).read_text().splitlines(keepends=True)
        (folder / writing.INDEX).write_text("".join(line for line in lines if not line.endswith(f"  {name}\n")))

    return changed


def _other_readme(folder: Path) -> None:
    path = folder / "README.txt"
    path.write_text(path.read_text().replace("are different models", "are one and the same model", 1))


def _other_ground(content: dict) -> None:
    content["grounds"][0]["text"] = "None at all."


def _fewer_samples(folder: Path) -> None:
    path = reply_file(folder, RENAMED)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[2:]))


@pytest.mark.fault
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_changed_json(writing.TESTS, _set(_first, "equality", "hardly")), "equality is '"),
        (_changed_json(writing.TESTS, _set(_first, "distance", 0.001)), ": distance is "),
        (_changed_json(writing.TESTS, _set(_first, "distance_high", -0.001)), ": distance_high is "),
        (_changed_json(writing.TESTS, _set(_first, "detectable_distance", 0.001)), ": detectable_distance is "),
        (_changed_json(writing.TESTS, _set(_first, "p_equality", 0.0001)), ": p_equality is "),
        (
            _changed_json(writing.TESTS, _set(_first, "n_left_replies", 50)),
            ": n_left_replies is 48, the dossier says 50",
        ),
        (_changed_json(writing.TESTS, _set(_first, "sentence", "They are one.")), "the dossier says 'They are one.'"),
        (_changed_json(writing.TESTS, _set(lambda content: content, "seed", 6)), ": p_equality is "),
        (_changed_json(writing.TESTS, _no_test), "the dossier lacks it"),
        (_changed_json(writing.TESTS, _other_p), ": p_equality_holm is "),
        (_fewer_samples, f"{RENAMED}"),
        (_changed_json(writing.COSINES, _set(_cosine("mart.pair_similarity"), "raw_cos", 0.00001)), ": raw_cos is "),
        (
            _changed_json(writing.COSINES, _set(_cosine("mart.pair_similarity"), "centred_cos", 0.00001)),
            ": centred_cos is ",
        ),
        (_changed_json(writing.COSINES, _set(_cosine("mart.self_similarity"), "raw_cos", -0.00001)), ": raw_cos is "),
        (
            _changed_json(writing.COSINES, _set(_cosine("mart.pair_self_normalised"), "raw_cos", 0.00001)),
            ": raw_cos is ",
        ),
        (
            _changed_json(writing.COSINES, _set(_cosine("score.embedding_similarity"), "n_prompts", 99)),
            "dossier says 99",
        ),
        (_without(writing.TESTS), "README.txt says something else than follows from the other files"),
        (_without(writing.COSINES), "README.txt says something else than follows from the other files"),
        (_other_readme, "README.txt says something else than follows from the other files"),
        (_changed_json(writing.VERDICT, _other_ground), "the grounds of the verdict are others"),
        (_other_vectors, "student-1: raw_cos is "),
    ],
)
def test_test_or_cosine_that_does_not_follow_is_not_equal(with_all, change, said) -> None:
    change(with_all)
    reindexed(with_all)
    done = run_here("verify", str(with_all))
    assert done.returncode == 4, done.stdout + done.stderr
    assert said in " ".join(done.stdout.split())


def _other_hash(folder: Path) -> None:
    [path] = (folder / "vectors").glob(f"*{STUDENT}.jsonl")
    path.write_text(path.read_text().replace('"sha256": "', '"sha256": "0', 1))


def _one_vector_less(folder: Path) -> None:
    [path] = (folder / "vectors").glob(f"*{STUDENT}.npy")
    np.save(path, np.load(path)[1:])


def _object_array(folder: Path) -> None:
    [path] = (folder / "vectors").glob(f"*{STUDENT}.npy")
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)


def _other_pair(content: dict) -> None:
    content["pairs"][0] = ["ref-a1", "ref-a2"]


def _no_p(content: dict) -> None:
    content["p_of_others"][0][2] = 7.0


def _reply_of_a_test(folder: Path) -> None:
    path = reply_file(folder, RENAMED)
    path.write_text(path.read_text().replace('"reply_text": "', '"reply_text": "Well, ', 1))


@pytest.mark.fault
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_reply_of_a_test, rf"{RENAMED}\.jsonl:1: the reply has another text than its hash"),
        (_other_hash, rf"{STUDENT}\.jsonl:1: the vector is of no reply of the dossier with this id and hash"),
        (_one_vector_less, rf"{STUDENT}\.npy: it holds 47 vectors, and .* names 48 replies"),
        (_object_array, r"it can't be read as vectors: it holds object of shape \(1,\)"),
        (_changed_json(writing.TESTS, _other_pair), f"a test is not of {STUDENT} with another model"),
        (_changed_json(writing.TESTS, _no_p), "a p of others is not from 0 to 1"),
        (_changed_json(writing.COSINES, _set(lambda content: content, "dimension", 9)), "not all of 9 numbers"),
    ],
)
def test_text_or_vector_that_was_changed_together_with_the_index_is_refused(with_all, change, message) -> None:
    change(with_all)
    reindexed(with_all)
    with pytest.raises(InputError, match=message):
        loading.read(with_all)


@pytest.mark.fault
@pytest.mark.parametrize("part", ["model_equality.json", "cosines.json", "vectors/001-ref-a1.npy"])
def test_part_in_which_one_byte_was_changed_is_refused(with_all, part) -> None:
    content = bytearray((with_all / part).read_bytes())
    content[len(content) // 2] ^= 1
    (with_all / part).write_bytes(content)
    done = run_here("verify", str(with_all))
    assert (done.returncode, f"{part}: its content was changed" in done.stderr) == (2, True)


@pytest.mark.fault
def test_vectors_whose_head_says_more_than_there_is_are_not_read() -> None:
    file = BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": (1 << 40, 384)})
    with pytest.raises(ValueError, match="its length is not that of shape"):
        vectors.read_array(file.getvalue() + b"0000")
    with pytest.raises(ValueError, match="magic"):
        vectors.read_array(b"")


def test_model_with_a_test_but_no_verdict_has_a_dossier_that_says_why(sampled, tmp_path) -> None:
    done = written_at(sampled, COPIES[0], tmp_path / "copy.zip")
    assert done.returncode == 0, done.stderr
    why = f"There is no verdict on {COPIES[0]}: it shares no prompt with a candidate teacher"
    assert done.stdout.startswith(f"{' and '.join(COPIES)} write as one")
    assert f"\n{why}" in done.stdout
    verified = run_here("verify", str(tmp_path / "copy.zip"))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert why in verified.stdout
    assert readme.NO_VECTORS in verified.stdout
    assert f"- {' and '.join(COPIES)} " in verified.stdout.partition(why)[2]
    folder = tmp_path / "copy"
    shutil.unpack_archive(tmp_path / "copy.zip", folder)
    assert {path.name for path in (folder / "replies").iterdir()} == {
        f"00{n + 1}-{one}.jsonl" for n, one in enumerate(COPIES)
    }
    text = (folder / "README.txt").read_text()
    assert (why[:60] in text, "as the run found it" in text) == (True, True)
    # A verdict that nothing supports is not equal.
    path = folder / writing.VERDICT
    path.write_text(path.read_text().replace("There is no verdict on copy-1", "Somebody taught copy-1"))
    reindexed(folder)
    assert run_here("verify", str(folder)).returncode == 4


@pytest.mark.fault
def test_model_of_which_nothing_is_said_has_no_dossier(small) -> None:
    done = written_at(small, "alpha", small.root / "alpha.zip")
    assert (done.returncode, "There is no verdict on alpha, nor on any other model" in done.stderr) == (2, True)
    assert not (small.root / "alpha.zip").exists()


@pytest.mark.fault
def test_run_whose_test_does_not_follow_from_its_replies_gives_no_dossier(sampled, tmp_path) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(sampled.root, home.root)
    with store.writing(home) as warehouse:
        rows = warehouse.read("score.model_equality")
        warehouse.replace("model_equality", rows.with_columns(seed=rows["seed"] + 1))
        warehouse.publish(home.published)
    done = written_at(home, STUDENT, tmp_path / "no.zip")
    assert (done.returncode, "something else than the last scoring wrote" in done.stderr) == (2, True), done.stderr
    assert ": p_equality is " in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("verdict", "tests", "is_first"),
    [
        (decision.FEW_PROMPTS, [{}], True),
        (decision.FEW_CONTROLS, [{}], True),
        (None, [{}], True),
        (decision.NOT_CONCLUSIVE, [{}], False),
        (decision.FEW_PROMPTS, [], False),
    ],
)
def test_what_says_something_comes_first(verdict, tests, is_first) -> None:
    row = None if verdict is None else {"verdict": verdict}
    formed = conclusions.Conclusions(mock.sentinel.checked, Account("", [], row), tests, mock.sentinel.cosines)
    assert formed.tests_come_first is is_first


def test_revision_of_an_embedding_model_is_known_where_a_package_has_its_weights() -> None:
    digest = sentence_transformers.revision("all-MiniLM-L6-v2")
    assert digest == sentence_transformers.PACKAGED["all-MiniLM-L6-v2"][2]
    assert sentence_transformers.revision("somebody/some-model") is None


def test_test_on_too_few_prompts_is_said_to_say_nothing() -> None:
    replies = [
        DossierReply(model, f"p{prompt}", sample, f"{model}{prompt}{sample}", f"word {prompt} {sample}")
        for model in "ab"
        for prompt in range(4)
        for sample in range(2)
    ]
    [row] = form_tests(EqualityTests([("a", "b")], 0), [*replies, replace(replies[0], prompt_id="p9")])
    assert (row["equality"], row["n_prompts"], row["n_left_replies"]) == (UNTESTED, 4, 8)
    assert (row["distance"], row["p_equality_holm"]) == (None, None)
    assert row["sentence"].startswith("Nothing is said of whether a and b are one model: fewer than five prompts")


def test_decisions_are_those_that_were_planted(whole) -> None:
    tests = {
        test["left_model"] if test["right_model"] == STUDENT else test["right_model"]: test
        for test in json.loads((whole / writing.TESTS).read_text())["tests"]
    }
    assert tests["ref-b1"]["equality"] == ANOTHER
    assert {test["equality"] for test in tests.values()} <= {ANOTHER, SAME, "nearly the same", "not conclusive"}


def test_rows_that_are_missing_or_stand_twice_are_named() -> None:
    row = {"a": 1, "x": 0.5}
    limits = {"relative": 0.0, "absolute": 1e-6}
    name_of = lambda row: str(row["a"])  # noqa: E731
    assert differing_rows([row], [row | {"x": 0.5 + 1e-7}], name_of, **limits) == []
    assert differing_rows([row], [row | {"x": 0.51}], name_of, **limits) == ["1: x is 0.51, the dossier says 0.5."]
    assert differing_rows([{"a": 1}], [row], name_of, **limits) == ["1: x is 0.5, the dossier says None."]
    assert differing_rows([row | {"x": 0.9}, row], [row], name_of, **limits) == [
        "the dossier has two rows of one name."
    ]
    assert differing_rows([], [row], name_of, **limits) == ["1: the dossier lacks it."]
    assert differing_rows([row], [], name_of, **limits) == ["1: nothing is formed of it now."]
