"""What has no scores is told once, with the seed of the plan that last asked for it."""

from datetime import timedelta

import pytest

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store, unscored
from tests.support.small_home import AT

PROBE = {"request_id": "r", "mode": "bank", "template_id": "t", "question_id": "q", "is_leading": False}
SCORE = {"target": "t", "mode": "bank", "judge": "a", "score": "loose", "slice": "all", "n": 1}
PAIR = {"target": "t", "reference": "r", "prompt_id": "p", "judge": "j", "sampled_at": AT}
GRADE = {"target": "t", "reference": "r", "prompt_set": "s", "n": 1, "n_missing": 0, "n_truncated": 0, "coverage": 1.0}
RUN = {"event": "started", "plan": "p", "round": "R", "recipe_id": "a", "version": "1"}


@pytest.fixture
def warehouse(tmp_path):
    with store.writing(Home(tmp_path)) as opened:
        yield opened


def _run(warehouse: store.Store, *texts: str) -> None:
    for text in texts:
        n = warehouse.count("raw.run")
        row = {"run_id": str(n), "plan_text": text, "happened_at": AT + timedelta(days=n)}
        warehouse.append("run", [RUN | row])


def test_nothing_is_to_be_scored_where_nothing_was_read_or_graded(warehouse) -> None:
    _run(warehouse, 'seed = 3\n[identity]\njudges = ["b", "a"]\n[rse]\n')
    assert unscored.identity(warehouse) is None
    assert unscored.grades(warehouse) == []


def test_last_plan_that_asked_for_it_says_the_seed(warehouse) -> None:
    warehouse.append("probe", [PROBE | {"registered_at": AT, "template_set": "s"}])
    assert unscored.identity(warehouse) == 0
    _run(warehouse, 'seed = 3\n[identity]\njudges = ["b", "a"]\n', "seed = 4\n", "no TOML at all")
    assert unscored.identity(warehouse) == 3
    _run(warehouse, "[identity]\n")
    assert unscored.identity(warehouse) == 0
    warehouse.replace(
        "identity_score", [SCORE | {"n_missing": 0, "n_templates": 1, "n_questions": 1, "computed_at": AT}]
    )
    assert unscored.identity(warehouse) is None


def test_judges_of_pairs_without_a_score_are_named(warehouse) -> None:
    warehouse.append("sampled_pair", [PAIR, PAIR | {"judge": "i"}])
    assert unscored.grades(warehouse) == [("i", 0), ("j", 0)]
    _run(warehouse, "seed = 3\n[rse]\n")
    warehouse.replace("rse_grade", [GRADE | {"judge": "i", "judge_version": "1", "computed_at": AT}])
    assert unscored.grades(warehouse) == [("j", 3)]
