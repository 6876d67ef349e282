"""A bank of a scored warehouse: the verdict on one model with it is the one that a scoring gives."""

import numpy as np
import polars as pl
import pytest
from prefect.logging import disable_run_logger

from tasks import ingest
from tasks.adapters.inputs import bank_files, cards, lineages
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import measured, reference_banks, store
from tasks.domain.bank.bank import replies_of
from tasks.domain.bank.checking import Checked, check
from tasks.domain.bank.comparing import needed_models
from tasks.domain.errors import InputError
from tasks.domain.verdict.decision import POSITIVE
from tasks.similarity import choose_references, sum_pairs, verdict
from tests.support.populations import Population, references, strangers, student

STUDENT, STRANGER = "student-1", "target-1"
FIGURES = ("score", "score_low", "null_mean", "z", "p_t", "p_target", "p_at_length", "degree", "prefix_overlap_d")
POPULATION = Population(
    [*references(6, 2), student(STUDENT, "ref-a1", 0.9), student("student-2", "ref-b1", 0.9), *strangers(1)], 90, seed=4
)


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """Yield an open home with a scored population, and its verdicts."""
    home = Home(tmp_path_factory.mktemp("bank") / "home")
    with store.writing(home) as warehouse, disable_run_logger():
        replies, lineage = POPULATION.write(home.root / "population")
        ingest.ingest.fn(replies, "replies", home)
        lineages.record_lineages(cards.read_lineage(lineage), warehouse)
        choose_references.score.fn([], home)
        sum_pairs.sum_pairs.fn(home)
        verdict.verdict.fn("test/none", home)
        yield warehouse


def checked(warehouse, bank, target: str) -> Checked:
    population = measured.population_of(warehouse)
    texts = warehouse.read_columns("core.reply", ["prompt_id", "reply_text"], model=target).iter_rows()
    [model] = [model for model in population.models if model.model == target]
    return check(bank, model, replies_of(bank, list(texts)), measured.named_vendors(population))


@pytest.mark.parametrize("target", [STUDENT, STRANGER])
def test_with_all_word_pairs_a_check_is_the_verdict_of_a_scoring(scored, target, tmp_path) -> None:
    built = reference_banks.build(scored, "planted", "planted models", n_pairs=0)
    bank_files.write(built, tmp_path / "planted.parquet")
    bank = bank_files.read(tmp_path / "planted.parquet")
    rows = {row["candidate_group"]: row for row in checked(scored, bank, target).rows}
    expected = scored.read("mart.verdict").filter(pl.col("target") == target).to_dicts()
    assert rows.keys() == {row["candidate_group"] for row in expected}
    for row in expected:
        found = rows[row["candidate_group"]]
        for name in FIGURES:
            assert found[name] == pytest.approx(row[name], abs=2e-6), (row["candidate_group"], name)
        for name in ("reference", "kind", "rank", "n_prompts", "n_controls", "n_candidates", "is_source"):
            assert found[name] == row[name], (row["candidate_group"], name)


def test_a_sample_of_word_pairs_finds_the_planted_student_and_not_the_stranger(scored) -> None:
    bank = reference_banks.build(scored, "planted", "planted models", n_pairs=16)
    found = checked(scored, bank, STUDENT)
    assert found.rows[0]["verdict"] in POSITIVE
    assert found.rows[0]["candidate_group"] == "ref-a1"
    assert found.starts[0].n_words > found.starts[0].unrelated + 5
    assert checked(scored, bank, STRANGER).rows[0]["verdict"] not in POSITIVE


def test_a_check_needs_candidates_and_controls_and_leaves_other_students_out(scored) -> None:
    bank = reference_banks.build(scored, "planted", "planted models")
    [target] = [model for model in bank.models if model.model == STUDENT]
    names = {bank.models[place].model for place in needed_models(bank, target)}
    assert names == {model.name for model in POPULATION.models if model.name.startswith("ref")}


def test_a_target_that_answered_some_of_the_prompts_is_compared_on_these(scored) -> None:
    bank = reference_banks.build(scored, "planted", "planted models")
    texts = scored.read_columns("core.reply", ["prompt_id", "reply_text"], model=STUDENT).sort("prompt_id").rows()[:7]
    [target] = [model for model in bank.models if model.model == STUDENT]
    found = check(bank, target, replies_of(bank, [*texts, ("unknown", "never asked")]), {})
    assert found.n_prompts == 7
    assert {row["n_prompts"] for row in found.rows} == {7}
    assert {row["verdict"] for row in found.rows} == {"insufficient prompts"}


def test_a_bank_of_a_prompt_set_that_is_not_there_is_refused(scored) -> None:
    with pytest.raises(InputError, match="no reply is to a prompt of elsewhere"):
        reference_banks.build(scored, "planted", "planted models", ["elsewhere"])
    assert np.array_equal(
        reference_banks.build(scored, "planted", "", ["replies"]).prompt,
        reference_banks.build(scored, "planted", "").prompt,
    )
