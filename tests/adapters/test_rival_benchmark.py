"""The benchmark of rivals: every method stands under one null, and what has not changed is not formed again."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks import rival_tables, rivals
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain import registry
from tasks.domain import rivals as rivals_of_the_domain
from tasks.domain.errors import InputError
from tasks.domain.validation.auroc import Share
from tasks.domain.validation.positives import Calls
from tasks.domain.validation.score_figures import Published
from tests.support import small_home
from tests.support.populations import OPENING_ONLY, Population, references, student

N_PROMPTS = 24
CHOSEN = ("composite", "first_words", "length", "nei_identity", rivals.PROVENANCE)
PAGE = f"# A page\n{rival_tables.BEGIN}\nwhat stood here before\n{rival_tables.END}\nthe rest\n"

Run = Callable[[], str]


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a published home of eight vendors' models and a student of one of them; written through the store alone."""
    population = Population([*references(8, 1), student("pupil", "ref-a1", 1.0, OPENING_ONLY)], N_PROMPTS, 1)
    home = Home(tmp_path_factory.mktemp("rivals") / "home")
    recorded = [
        (model.name, f"p{prompt:02}", 0, population.texts(prompt, model.name)[0])
        for model in population.models
        for prompt in range(N_PROMPTS)
    ]
    documented = [
        {"model": model.name, "vendor": model.vendor, "role": model.role, "source": "lineage.csv"}
        | {"learned_from": [model.teacher] if model.teacher else [], "loaded_at": small_home.AT}
        for model in population.models
    ]
    candidates = [model.name for model in population.models if model.role == "independent"]
    with store.writing(home) as warehouse:
        small_home.fill(warehouse, recorded, {})
        warehouse.append("lineage", documented)
        warehouse.replace(
            "reference", pl.DataFrame({"model": candidates, "is_background": True, "chosen_by": "lineage"})
        )
        warehouse.publish(home.published)
    return home


@pytest.fixture
def run(scored: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the benchmark on the home and returns what it printed."""
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")

    def running() -> str:
        arguments = ["--home", f"planted={scored.root}", "--embed-prompts", "0"]
        arguments += [word for name in CHOSEN for word in ("--method", name)]
        rivals.main(arguments, tmp_path / "results.json", tmp_path / "page.md")
        return capsys.readouterr().out

    return running


def methods_of(folder: Path) -> dict[str, Any]:
    methods: dict[str, Any] = json.loads((folder / "results.json").read_text())["populations"]["planted"]["methods"]
    return methods


def test_a_second_run_forms_only_what_has_changed(run: Run, tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    first = run()
    methods = methods_of(tmp_path)
    assert sorted(methods) == sorted(CHOSEN)
    assert f"Figures formed: {len(methods)}." in first
    # The student begins as its teacher does.
    assert [methods[name]["auroc"] for name in ("first_words", "nei_identity")] == [1.0, 1.0]
    assert {row["n_students"] for row in methods.values()} == {1}
    assert len({row["n_cells"] for name, row in methods.items() if "auroc" in row}) == 1
    assert "auroc" not in methods[rivals.PROVENANCE]
    page = (tmp_path / "page.md").read_text()
    assert "planted: 9 models, 24 prompts" in page
    assert "what stood here before" not in page
    assert page.endswith(f"{rival_tables.END}\nthe rest\n")

    written = results.read_bytes()
    assert "Figures formed: 0." in run()
    assert results.read_bytes() == written

    document = json.loads(written)
    document["populations"]["planted"]["methods"]["length"]["rests_on"] = "an older version"
    results.write_text(json.dumps(document))
    again = run()
    assert "Figures formed: 1." in again
    assert "planted: length," in again
    assert methods_of(tmp_path)["length"]["rests_on"] == methods["length"]["rests_on"]

    # Other replies: nothing of the old ones is kept.
    document["populations"]["planted"] |= {"digest": "of other replies", "methods": {"gone": methods["length"]}}
    results.write_text(json.dumps(document))
    assert f"Figures formed: {len(methods)}." in run()
    assert "gone" not in methods_of(tmp_path)


def test_every_rival_is_a_method() -> None:
    vectors = {"raw_embedding", "dna_projection"}
    assert set(registry.names(rivals_of_the_domain)) < set(rivals.methods(60))
    assert set(rivals.methods(60)) - set(rivals.methods(0)) == vectors
    assert all(rivals.methods(60)[name] != rivals.methods(30)[name] for name in vectors)


@pytest.mark.fault
def test_a_home_that_is_not_scored_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rivals.main(["--home", f"empty={tmp_path / 'nothing'}"], tmp_path / "results.json", tmp_path / "page.md")
    said = capsys.readouterr().out
    assert "empty is left out" in said
    assert "make validate" in said
    assert not (tmp_path / "results.json").exists()


@pytest.mark.fault
@pytest.mark.parametrize("words", ["name", "name=replies", "=replies,lineage", "name=a,b,c,d"])
def test_a_corpus_needs_replies_and_lineage(words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"NAME=REPLIES,LINEAGE"):
        rivals.taken_in(words, tmp_path)


def test_a_corpus_is_named_by_its_content(scored: Home, tmp_path: Path) -> None:
    """The folder of what was taken in before is used as it is; other content would be another folder."""
    replies, lineage = tmp_path / "replies.csv", tmp_path / "lineage.csv"
    replies.write_text("model,prompt,reply\n")
    lineage.write_text("model,vendor\n")
    corpus = f"n={replies},{lineage}"
    name, place = rivals.corpus_home(corpus, tmp_path)
    assert name == "n"
    place.root.mkdir()
    place.published.write_bytes(scored.published.read_bytes())
    # Published, but never scored: it is taken in again, which these replies can't be.
    with pytest.raises(subprocess.CalledProcessError):
        rivals.taken_in(corpus, tmp_path)
    (place.root / rivals.SCORED).touch()
    assert rivals.taken_in(corpus, tmp_path) == (name, place)
    lineage.write_text("model,vendor\na,b\n")
    assert rivals.corpus_home(corpus, tmp_path)[1].root != place.root


def test_targets_of_two_kinds_of_candidates_are_counted_once() -> None:
    share = Share(0.25, None, None, 4)
    of_kind = {field.name: 1 for field in fields(Calls)} | {"n_human": 6, "n_students": 5, "n_targets": 11}
    row = rivals.row_of(Published({kind: Calls(**of_kind) for kind in ("documented", "other")}, share, (), share), 1.26)
    assert (row["n_human"], row["n_targets"], row["n_students"], row["right_fdr05"]) == (6, 11, 10, 2)
    assert (row["controls_alone"], row["n_controls"], row["cells_0.05"], row["seconds"]) == (1, 4, 0.25, 1.3)


def test_what_is_better_than_ours_is_said() -> None:
    ours = {"auroc": 0.9, "right_fdr05": 3, "right_alone": 3}
    rows = {
        "composite": ours,
        "length": ours | {"auroc": 0.95, "right_fdr05": 2},
        "rouge_l": ours | {"auroc": None, "right_fdr05": 3, "right_alone": 4},
        "word_jaccard": ours,
    }
    assert rival_tables.better(rows) == [
        "A higher AUROC than distillometer: length alone. More students called with the right vendor: ROUGE-L."
    ]
    assert rival_tables.better({"composite": ours})[0].count("none") == 2


def test_a_page_without_marks_is_not_written() -> None:
    with pytest.raises(ValueError, match="marks"):
        rival_tables.inserted("# A page", [])
