"""A run under a budget: stopped in order, scored on what is there, and continued by a higher one; plans that are refused."""

import re
from pathlib import Path

import pytest

from flows.cli import main
from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import ledger
from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

pytestmark = pytest.mark.slow

MODELS = ["independent-alpha", "copies-alpha-at-60"]
LIMIT = 30
PRICE = '[price]\ninput_usd = 10.0\noutput_usd = 100.0\nas_of = "2026-01-01"\n'
PAID = "https://api.example.com/v1"


def _bench(folder: Path, base_url: str, extra: str = "", price: str = PRICE) -> Workbench:
    bench = Workbench(folder)
    for model in MODELS:
        bench.card(model, base_url, extra=price)
    bench.plan(MODELS, limit=LIMIT, extra=f"[sampling]\nmax_tokens = 300\n{extra}")
    return bench


@pytest.mark.flow
def test_a_run_that_reaches_its_budget_ends_in_order_and_goes_on_with_a_higher_one(served, tmp_path) -> None:
    with StubEndpoint() as stub:
        bench = _bench(tmp_path, stub.base_url)
        stopped = bench.run("evaluate", "test", "--round", "R", "--budget", "0.2")
        assert stopped.returncode == 3, stopped.stderr
        assert "Budget: 0.20 USD in all; spent of it so far: 0.00 USD." in stopped.stdout
        assert "what is left of the budget is less than the greatest possible cost of a call" in stopped.stdout
        n_asked = len(stub.calls)
        assert 2 * 2 < n_asked < 2 * LIMIT
        rows = bench.query(
            "select coalesce(missing_reason, 'answered') as outcome, count(*) as n from core.outcome group by all"
        )
        assert {row["outcome"]: row["n"] for row in rows} == {
            "answered": n_asked,
            "stopped_by_budget": 2 * LIMIT - n_asked,
        }
        assert bench.query("select prefix_overlap_d from mart.pair_similarity"), "what is there is scored"
        [spent] = bench.query("select sum(cost_usd) as usd, sum(n_calls) as n from mart.spend")
        assert spent["n"] == n_asked
        kept = ledger.spent(home_at(bench.home), "test@R")
        assert kept.usd == pytest.approx(spent["usd"], abs=1e-6)
        assert kept.usd <= 0.2
        done = bench.run("evaluate", "test", "--round", "R", "--budget", "5")
        assert done.returncode == 0, done.stderr
        assert f"spent of it so far: {kept.usd:.2f} USD" in done.stdout
        assert f"Cost: 0.00 USD for {n_asked} answered calls, which are not made again." in done.stdout
        assert len(stub.calls) == 2 * LIMIT
        assert stub.repeated() == {}
        planned = bench.run("plan", "test", "--round", "next").stdout
        assert f"{LIMIT} recorded answers" in planned
        [low, high] = re.findall(r"Cost of the calls to be made: ([\d.]+) to ([\d.]+) USD", planned)[0]
        [total] = bench.query("select sum(cost_usd) as usd from mart.spend")
        assert float(low) <= total["usd"] <= float(high) < 2 * LIMIT * 0.03
        assert "Prices older than 90 days" in planned


JUDGED = """[sampling]
max_tokens = 300
[identity]
template_limit = 3
question_limit = 4
judges = ["text_claim", "llm_claim"]
judge_model = "judge-finds-openai"
"""


@pytest.mark.flow
def test_what_judges_cost_counts_against_the_budget_of_a_run(served, tmp_path) -> None:
    """The stub adds up what it bills: never more than the budget, which ends among the labels of the judge."""
    target, judge = "independent-alpha", "judge-finds-openai"
    usd = (10.0, 100.0)
    with StubEndpoint() as stub:
        bench = Workbench(tmp_path)
        for model in (target, judge):
            bench.card(model, stub.base_url, extra=PRICE)
        card = bench.root / f"data/models/{judge}.toml"
        card.write_text(card.read_text().replace("seed = 1", "seed = 1\nmax_tokens = 200"))
        bench.plan([target], limit=3, extra=JUDGED)
        stopped = bench.run("evaluate", "test", "--round", "R", "--budget", "0.2")
        billed = {model: stub.billed_usd(model, *usd) for model in (target, judge)}
        print(billed, len(stub.calls_of(target)), len(stub.calls_of(judge)))
        assert stopped.returncode == 3, stopped.stderr
        assert len(stub.calls_of(target)) == 3 + 3 * 4
        assert 0 < len(stub.calls_of(judge)) < 3 * 4
        assert sum(billed.values()) <= 0.2
        assert ledger.spent(home_at(bench.home), "test@R").usd == pytest.approx(sum(billed.values()), abs=1e-6)
        spent = bench.query("select model, sum(cost_usd) as usd from mart.spend group by model")
        assert {row["model"]: row["usd"] for row in spent} == pytest.approx(billed, abs=1e-5)
        done = bench.run("evaluate", "test", "--round", "R", "--budget", "5")
        assert done.returncode == 0, done.stderr
        assert len(stub.calls_of(judge)) == 3 * 4
        assert stub.repeated() == {}


def _plan(bench: Workbench, capsys) -> str:
    with pytest.raises(SystemExit) as left:
        main.main(["plan", "test", "--home", str(bench.home)])
    assert left.value.code == 0
    return str(capsys.readouterr().out)


def _with(bench: Workbench, budget: str = "", price: str = PRICE, base_url: str = PAID, limit: str = "") -> None:
    bench.card("independent-alpha", base_url, extra=price)
    bench.plan(["independent-alpha"], limit=3, extra=f"[sampling]\n{limit}\n{budget}")


def test_a_paid_model_without_a_price_is_refused_unless_that_is_allowed(bench, refused, capsys) -> None:
    _with(bench, price="")
    said = refused("evaluate", "test")
    assert "the price of 1 paid models is not known: independent-alpha" in said
    assert "--allow-unknown-prices" in said
    assert "`evaluate` refuses this plan while the price of independent-alpha is not known" in _plan(bench, capsys)
    _with(bench, price="", budget="[budget]\nallow_unknown_prices = true\n")
    assert "refuses this plan" not in _plan(bench, capsys)
    assert "not known" in _plan(bench, capsys)


@pytest.mark.parametrize(
    ("price", "limit", "budget", "text"),
    [
        ("", "max_tokens = 9", "usd = 1.0\nallow_unknown_prices = true", "can't hold for models without a price"),
        (PRICE, "", "usd = 1.0", "answers have no greatest length: independent-alpha. Set 'sampling.max_tokens'"),
        (PRICE, "", "usd_per_model = 1.0", "answers have no greatest length"),
        (PRICE, "max_tokens = 9", "usd = -1.0", "budget.usd"),
        (PRICE, "max_tokens = 9", "usd = inf", "budget.usd"),
        (
            PRICE.replace("2026-01-01", "January"),
            "max_tokens = 9",
            "usd = 1.0",
            "'January', and no date like 2026-11-24",
        ),
        (PRICE.replace("100.0", "nan"), "max_tokens = 9", "usd = 1.0", "price.output_usd"),
    ],
)
def test_a_budget_that_could_not_hold_is_refused(bench, refused, price, limit, budget, text) -> None:
    _with(bench, price=price, limit=limit, budget=f"[budget]\n{budget}\n")
    assert text in refused("evaluate", "test")


def test_search_and_judge_validation_are_refused_for_the_same_reasons(bench, refused) -> None:
    _with(bench, budget="[search]\n")
    said = refused("search", "test", "--target", "independent-alpha", "--budget", "1")
    assert "plan test, [search]: a budget can't hold for calls whose answers have no greatest length" in said
    labelled = bench.root / "labelled.csv"
    labelled.write_text("model,reply,loose,strict\nindependent-alpha,I am Qwen.,1,1\n")
    options = ["--judge", "llm_claim", "--judge-model", "independent-alpha", "--budget", "1"]
    assert "validate-judge: a budget can't hold" in refused("validate-judge", str(labelled), *options)


def test_what_this_machine_serves_costs_nothing_and_it_says_so(bench, capsys) -> None:
    _with(bench, price="", base_url="http://127.0.0.1:9/v1", budget="[budget]\nusd = 0.0\n")
    said = _plan(bench, capsys)
    assert "Cost of the calls to be made: nothing, this machine serves all models." in said
    assert "Budget: 0.00 USD in all; spent of it so far: 0.00 USD." in said
    assert "not known" not in said


def _line(text: str, stage: str) -> list[str]:
    [line] = [line for line in text.splitlines() if line.startswith(stage)]
    return [cell.strip() for cell in line.split("│")]


def test_plan_has_a_line_for_judges_graders_and_what_a_search_calls(bench, capsys) -> None:
    bench.card("paid-judge", PAID, extra=PRICE)
    judge = bench.root / "data/models/paid-judge.toml"
    judge.write_text(judge.read_text().replace("[sampling]", "[sampling]\nmax_tokens = 100"))
    others = [f"independent-{name}" for name in ("alpha", "beta")]
    bench.card("independent-beta", "http://127.0.0.1:9/v1")
    bench.plan(
        others,
        limit=30,
        extra="""
[identity]
template_limit = 2
question_limit = 3
judges = ["text_claim", "llm_claim"]
judge_model = "paid-judge"
[rse]
references = ["independent-alpha"]
judges = ["pair_grade"]
judge_model = "paid-judge"
first_prompts = 10
most_prompts = 20
swapped_share = 0.5
[search]
calls = 60
question_limit = 5
attacker_model = "paid-judge"
""",
    )
    said = _plan(bench, capsys)
    # 2 models x 2 templates x 3 questions; one more call for each answer that can't be read.
    assert _line(said, "judge llm_claim")[1:4] == ["paid-judge", "12 to 24", "0"]
    assert _line(said, "judge llm_claim")[-1] == "at most 100 tokens an answer"
    # One pair of models, half of the pairs in both orders.
    assert _line(said, "grade pair_grade")[2] == "15 to 60"
    assert _line(said, "search, its attacker")[2] == "0 to 10"
    assert said.count("served by this machine") == 4, "replies and probes of both targets"
    assert re.search(r"Cost of the calls to be made: 0.0\d to \d\.\d\d USD", said)
