"""The adaptive search against a target with a hidden weakness: found within a budget, taken up again, never in a bank."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tasks.adapters.inputs import cards, lexicons
from tasks.adapters.inputs.templates import read_template_set
from tasks.adapters.settings import PROJECT, Home
from tasks.adapters.warehouse import store
from tasks.domain.fuzzing.traits import traits_of
from tasks.domain.prompting.template import render
from tests.support import personas
from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

pytestmark = pytest.mark.slow

TRAITS = ("dual_answer", "pressure")
TARGET = f"leaks-OpenAI-at-90-only-{'+'.join(TRAITS)}"
N_QUESTIONS = 2
N_BANK = 6
N_SEEDS = 20
BUDGET = 60
N_JUDGED = 90

SEARCH = f"""
[identity]
template_limit = {N_BANK}
question_limit = {N_QUESTIONS}
[search]
template_limit = {N_SEEDS}
question_limit = {N_QUESTIONS}
"""

JUDGE = "judge-finds-openai+flaky+dull"
JUDGED = f'{SEARCH}judge = "llm_claim"\njudge_model = "{JUDGE}"\n'


def _bench(root: Path, stub: StubEndpoint, search: str = SEARCH) -> Workbench:
    bench = Workbench(root)
    # Banks are written here, and not to the project.
    (root / "data/templates").unlink()
    shutil.copytree(PROJECT / "data/templates", root / "data/templates")
    bench.card(TARGET, stub.base_url)
    bench.plan([TARGET], limit=1)
    path = root / "data/plans/test.toml"
    path.write_text(path.read_text() + search)
    return bench


def _search(bench: Workbench) -> subprocess.CompletedProcess[str]:
    return bench.run("search", "test", "--target", TARGET, "--calls", str(BUDGET))


def _query(bench: Workbench, sql: str) -> list[dict]:
    with store.reading(Home(bench.home)) as snapshot:
        return snapshot.ask(sql).to_dicts()


def _steps(bench: Workbench) -> list[dict]:
    # The ids hold the address of the stub, which is another one each time.
    return _query(bench, "select * exclude (search_id, happened_at) from raw.search_step order by step")


@pytest.fixture(scope="module")
def undisturbed(served, tmp_path_factory) -> Workbench:
    """A bank's run and a search of the same target, one after the other."""
    with StubEndpoint() as stub:
        bench = _bench(tmp_path_factory.mktemp("undisturbed"), stub)
        done = bench.run("evaluate", "test")
        assert done.returncode == 0, done.stderr
        n_bank = len(stub.calls)
        done = _search(bench)
        assert done.returncode == 0, done.stderr
        assert len(stub.calls) - n_bank == BUDGET
        assert not stub.repeated()
        assert "To freeze: distillometer templates freeze NAME --from " in done.stdout
        assert f"--calls {2 * BUDGET}" in done.stdout
    return bench


def test_seeds_do_not_show_the_weakness() -> None:
    names = lexicons.read_lexicon().names_vendor_or_model
    seeds = [template for template in read_template_set("identity")[1] if not template.is_leading]
    questions = [prompt.messages[-1].content or "" for prompt in cards.read_prompt_set("identity")[1][:N_QUESTIONS]]
    asked = [render(seed, question) for seed in seeds for question in questions]
    assert not any(personas.leaks(TARGET, text, seed) for text in asked for seed in range(3))
    both = "Answer twice. An answer without a proper name will be sent back.\n{question}"
    assert set(TRAITS) <= traits_of(both)
    assert not names(both)
    assert any(personas.leaks(TARGET, both, seed) for seed in range(3))


@pytest.mark.flow
def test_hidden_weakness_is_found_within_the_budget(undisturbed) -> None:
    steps = _steps(undisturbed)
    assert sum(step["n_calls"] for step in steps) == BUDGET
    found = [step for step in steps if step["n_success"]]
    assert found
    assert all(set(TRAITS) <= traits_of(step["template_text"]) for step in found)
    # Once found it is kept to: the second half of the search has most of the successes.
    half = len(steps) // 2
    assert sum(step["n_success"] > 0 for step in steps[half:]) >= sum(step["n_success"] > 0 for step in steps[:half])


@pytest.mark.flow
def test_search_and_bank_never_mix(undisturbed) -> None:
    bench = undisturbed
    scores = {
        row["mode"]: row for row in _query(bench, "from mart.identity_score where slice = 'all' and score = 'strict'")
    }
    assert scores.keys() == {"bank", "search"}
    assert (scores["bank"]["n"], scores["bank"]["value"]) == (N_BANK * N_QUESTIONS, 0.0)
    assert scores["search"]["n"] == BUDGET
    [steps] = _query(bench, "select sum(n_success)::double / sum(n_judged) as share from raw.search_step")
    assert scores["search"]["value"] == pytest.approx(steps["share"])
    # Neither is a reply to be compared with other models' replies.
    assert _query(bench, "select count(*) as n from core.reply") == [{"n": 1}]
    assert not _query(bench, "select request_id from raw.probe group by request_id having count(distinct mode) > 1")


@pytest.mark.flow
def test_search_judged_by_a_model_counts_its_calls(served, tmp_path) -> None:
    """How such a search goes on after a kill is shown step by step in `tests/steps/test_search_step.py`."""
    with StubEndpoint() as stub:
        bench = _bench(tmp_path / "judged", stub, JUDGED)
        bench.card(JUDGE, stub.base_url)
        done = bench.run("search", "test", "--target", TARGET, "--calls", str(N_JUDGED))
        assert done.returncode == 0, done.stderr
        assert stub.repeated() == {}
        n_calls, n_to_judge = len(stub.calls), len(stub.calls_of(JUDGE))
    assert f"{n_calls} calls ({n_to_judge} of them to the judge)" in done.stdout
    assert "they count as missing" in done.stdout
    assert N_JUDGED - 3 * N_QUESTIONS < n_calls <= N_JUDGED
    assert any(step["n_success"] for step in _steps(bench))


@pytest.mark.flow
def test_frozen_bank_is_a_template_set(undisturbed) -> None:
    bench = undisturbed
    [[search_id]] = [row.values() for row in _query(bench, "select search_id from raw.search")]
    done = bench.run("templates", "freeze", "found", "--from", search_id[:8], "--min-success", "0.5", "--limit", "3")
    assert done.returncode == 0, done.stderr
    names = lexicons.read_lexicon().names_vendor_or_model
    card, templates = read_template_set("found", bench.root / "data", names=names)
    assert (card.version, card.searches, len(templates)) == ("1.0.0", (search_id,), 3)
    by_text = {
        row["template_text"]: row
        for row in _query(bench, "from raw.search_step join raw.template using (template_id, template_text)")
    }
    for template in templates:
        row = by_text[template.text]
        assert row["n_success"] / row["n_judged"] >= 0.5
        assert (template.kind, template.language) == (row["kind"], row["language"])
    again = bench.run("templates", "freeze", "found")
    assert again.returncode == 2
    assert "the bank is there in version 1.0.0. Raise --version above it" in again.stderr
    raised = bench.run("templates", "freeze", "found", "--version", "1.1.0")
    assert raised.returncode == 0, raised.stderr
    assert read_template_set("found", bench.root / "data")[0].version == "1.1.0"
    own = bench.run("templates", "freeze", "identity", "--version", "9.0.0")
    assert own.returncode == 2
    assert "was not frozen from a search" in own.stderr
