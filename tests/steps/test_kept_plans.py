"""A prepared plan is kept under its content: the same files give the same id, and what was kept is what was read."""

import json

import pytest

from tasks.adapters.planning import kept_plans, plans
from tasks.adapters.planning.plans import Prepared
from tasks.adapters.settings import Home
from tasks.domain.errors import WorldError
from tasks.domain.ids import content_id
from tests.support.workbench import Workbench

MODELS = ["independent-alpha", "independent-beta"]
KEY, SECRET = "KEPT_PLANS_KEY", "sk-never-to-be-written"
WHOLE = """
[identity]
template_limit = 5
question_limit = 4
samples = 2
judges = ["text_claim", "llm_claim"]
judge_model = "independent-beta"
[rse]
judges = ["text_similarity", "pair_grade"]
judge_model = "independent-beta"
references = ["independent-alpha"]
[[hypotheses]]
target = "independent-beta"
teacher = "independent-alpha"
"""


@pytest.fixture
def bench(tmp_path, monkeypatch) -> Workbench:
    made = Workbench(tmp_path)
    for model in MODELS:
        made.card(model, "http://127.0.0.1:9/v1", extra='[facts]\nname = "Alpha 塩"\n')
        card = tmp_path / f"data/models/{model}.toml"
        card.write_text(card.read_text().replace("[sampling]", f'key_env = "{KEY}"\n[sampling]'))
    made.plan(MODELS, limit=7, samples=2, extra=WHOLE)
    monkeypatch.setenv("DISTILLOMETER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv(KEY, SECRET)
    return made


def _read_anew(prepared_id: str, home: Home) -> Prepared:
    """Read it as another process does."""
    kept_plans._latest.clear()
    return kept_plans.kept_plan(prepared_id, home)


def test_what_is_kept_is_what_was_read(bench) -> None:
    home, read = Home(bench.home), plans.read("test", "R")
    again = _read_anew(kept_plans.store_plan(read, home), home)
    assert again is not read
    assert again == read
    assert list(again.cards) == MODELS
    assert (again.run_id, again.recipe_id) == (read.run_id, read.recipe_id)
    assert len(again.requests) == 2 * (7 * 2 + 5 * 4 * 2)
    assert [reader.version for reader in again.grading.judges] == [reader.version for reader in read.grading.judges]
    assert {probe.wrapped.is_leading for probe in read.bank.probes} == {
        probe.wrapped.is_leading for probe in again.bank.probes
    }


def test_the_same_plan_is_kept_once_and_another_beside_it(bench) -> None:
    home = Home(bench.home)
    first = kept_plans.store_plan(plans.read("test", "R"), home)
    [file] = home.plans.iterdir()
    written = file.stat().st_mtime_ns
    assert kept_plans.store_plan(plans.read("test", "R"), home) == first
    assert [path.stat().st_mtime_ns for path in home.plans.iterdir()] == [written]
    others = {kept_plans.store_plan(plans.read("test", "S"), home)}
    card = bench.root / "data/models/independent-beta.toml"
    card.write_text(card.read_text().replace("concurrency = 8", "concurrency = 7"))
    others.add(kept_plans.store_plan(plans.read("test", "R"), home))
    bench.plan(MODELS, limit=8)
    others.add(kept_plans.store_plan(plans.read("test", "R"), home))
    assert len(others | {first}) == 4 == len(list(home.plans.iterdir()))


def test_who_kept_a_plan_does_not_expand_it_again(bench, monkeypatch) -> None:
    home, read = Home(bench.home), plans.read("test", "R")
    kept = kept_plans.store_plan(read, home)
    for name in ("read", "expanded"):
        monkeypatch.setattr(plans, name, lambda *_: pytest.fail("it is there already"))
    assert kept_plans.prepared("test", "R", home, kept) is read


def test_no_key_is_written(bench) -> None:
    home = Home(bench.home)
    kept_plans.store_plan(plans.read("test", "R"), home)
    [file] = home.plans.iterdir()
    assert KEY.encode() in file.read_bytes()
    assert SECRET.encode() not in file.read_bytes()


@pytest.mark.fault
def test_a_kept_plan_that_was_changed_is_refused(bench) -> None:
    home = Home(bench.home)
    kept = kept_plans.store_plan(plans.read("test", "R"), home)
    [file] = home.plans.iterdir()
    whole = file.read_text()
    for text in (whole.replace('"limit": 7', '"limit": 6'), whole[: len(whole) // 2]):
        file.write_text(text)
        with pytest.raises(WorldError, match=r"the prepared plan can't be used: .*Start the run again"):
            _read_anew(kept, home)
    file.unlink()
    with pytest.raises(WorldError, match="no plan was prepared under this id"):
        _read_anew(kept, home)


@pytest.mark.fault
def test_a_plan_that_another_version_kept_is_refused(bench) -> None:
    home = Home(bench.home)
    told = plans.read("test", "R").gathered.as_json | {"colour": "red"}
    name = content_id("prepared plan", told)
    home.plans.mkdir(parents=True)
    (home.plans / f"{name}.json").write_text(json.dumps(told))
    with pytest.raises(WorldError, match="the prepared plan can't be used"):
        _read_anew(name, home)
