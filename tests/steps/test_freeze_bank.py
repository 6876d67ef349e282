"""A bank is chosen from what published searches recorded, and replaces only an older bank of searches."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tasks.adapters.inputs.templates import read_template_set
from tasks.adapters.settings import PROJECT, Home
from tasks.adapters.warehouse import store
from tasks.domain.errors import InputError
from tasks.domain.prompting.template import template_id
from tasks.identity.export_templates import BankRequest, export_templates

AT = datetime(2026, 1, 5)
PLAIN = "Say it plainly, once and for all, dear machine: {question}"
NAMED = "What would ChatGPT say here? {question}"
OTHER = "用诗回答：{question}"
STEPS = [
    # search, step, text, judged, successes
    ("a" * 32, 0, PLAIN, 4, 2),
    ("a" * 32, 1, NAMED, 4, 4),
    # Taken up with another judge: the same target and round, so the same replies.
    ("b" * 32, 0, PLAIN, 4, 3),
    ("c" * 32, 0, PLAIN, 4, 0),
    ("c" * 32, 1, OTHER, 4, 1),
    ("c" * 32, 2, "Nobody {question} fell for it", 4, 0),
]
TARGETS = {"a" * 32: "one", "b" * 32: "one", "c" * 32: "two"}


@pytest.fixture(scope="module")
def searched(tmp_path_factory) -> Home:
    home = Home(tmp_path_factory.mktemp("searched"))
    with store.writing(home) as warehouse:
        fill(warehouse)
        warehouse.publish(home.published)
    return home


@pytest.fixture
def home(searched, tmp_path, monkeypatch) -> Home:
    data = tmp_path / "data"
    (data / "templates").mkdir(parents=True)
    shutil.copy(PROJECT / "data/lexicon.toml", data)
    shutil.copytree(PROJECT / "data/templates/identity", data / "templates/identity")
    monkeypatch.setenv("DISTILLOMETER_DATA", str(data))
    return Home(Path(shutil.copytree(searched.root, tmp_path / "home")))


def fill(warehouse: store.Store) -> None:
    shared = {"fingerprint": "f", "round": "r", "template_set": "identity", "judge": "text_claim", "started_at": AT}
    shared |= {
        "judge_version": "1",
        "score": "strict",
        "recipe_text": "{}",
        "seed_template_ids": [],
        "question_ids": [],
    }
    searches = [
        shared | {"search_id": search, "target": target, "budget_text": budget}
        for search, target in TARGETS.items()
        for budget in ("{}", "more")
    ]
    warehouse.append("search", searches)
    steps, templates = [], []
    for number, (search, step, text, n_judged, n_success) in enumerate(STEPS):
        known = {"template_id": template_id(text), "template_text": text}
        steps.append(
            known
            | {"search_id": search, "target": TARGETS[search], "step": step, "path": ["s"], "probability": 1.0}
            | {"parents": ["s"], "operator": "splice", "n_attacker_calls": 0, "n_judge_calls": 0, "n_calls": n_judged}
            | {"n_judged": n_judged, "n_success": n_success, "happened_at": AT + timedelta(seconds=number)}
        )
        templates.append(
            known
            | {"template_set": f"search-{search[:8]}", "template_key": f"step-{step:05d}", "registered_at": AT}
            | {"language": "zh" if text == OTHER else "en", "kind": "role_play", "is_leading": text == NAMED}
        )
    refused = {"refused_reason": "repeats", "template_id": None, "template_text": None, "step": 9, "n_success": 0}
    warehouse.append("search_step", [*steps, steps[0] | refused])
    warehouse.append("template", templates)


def texts(name: str) -> list[str]:
    return [template.text for template in read_template_set(name)[1]]


def test_all_searches_are_pooled_and_equal_replies_count_once(home) -> None:
    frozen = export_templates(BankRequest("found", min_success=0.2), home)
    # PLAIN: 3 of 4 of the first target as read last, 0 of 4 of the second.
    assert texts("found") == [NAMED, PLAIN, OTHER]
    assert (frozen.n_candidates, frozen.n_leading, frozen.card.searches) == (4, 1, tuple(TARGETS))
    assert frozen.card.languages == ("en", "zh")
    assert frozen.card.licence == read_template_set("identity")[0].licence
    export_templates(BankRequest("better", min_success=0.38), home)
    assert texts("better") == [NAMED]


def test_searches_are_named_by_the_beginning_of_their_ids(home) -> None:
    export_templates(BankRequest("found", searches=("aaaaaaaa",), min_success=0.5), home)
    assert texts("found") == [NAMED, PLAIN]
    for wrong, said in (("x", "0 searches"), ("", "3 searches")):
        with pytest.raises(InputError, match=f"{said} have an id"):
            export_templates(BankRequest("wrong", searches=(wrong,)), home)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (BankRequest("identity", "9.0.0"), "was not frozen from a search"),
        (BankRequest("found", min_success=1.0, searches=("c",)), "none of 3 templates succeeded with at least 1"),
        (BankRequest("../found"), "key 'name' is '../found'"),
        (BankRequest("found", "one"), "key 'version' is 'one'"),
    ],
)
def test_mistakes_are_named_and_nothing_is_written(home, wanted, said) -> None:
    before = sorted(home.root.parent.rglob("*"))
    with pytest.raises(InputError) as told:
        export_templates(wanted, home)
    assert said in str(told.value)
    assert sorted(home.root.parent.rglob("*")) == before


def test_bank_is_replaced_by_a_higher_version_only(home) -> None:
    export_templates(BankRequest("found", "1.2.0"), home)
    for version in ("1.2.0", "1.1.9", "1.1.10"):
        with pytest.raises(InputError, match=r"there in version 1\.2\.0"):
            export_templates(BankRequest("found", version, limit=1), home)
    export_templates(BankRequest("found", "1.10.0", limit=1), home)
    assert len(texts("found")) == 1


def test_nothing_searched_is_said(tmp_path) -> None:
    home = Home(tmp_path / "empty")
    with store.writing(home) as warehouse:
        warehouse.publish(home.published)
    with pytest.raises(InputError, match="no search is published here"):
        export_templates(BankRequest("found"), home)
