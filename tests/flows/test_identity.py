"""Identity evaluation against stub targets that leak at known rates: the bank, the text judge and a judge model."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from tasks.adapters.inputs import cards
from tasks.adapters.settings import PROJECT
from tests.support import personas
from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

pytestmark = pytest.mark.slow

MAKER = "OpenAI"
TARGETS = {
    "independent-honest": 0.0,
    f"leaks-{MAKER}-at-5": 0.05,
    f"leaks-{MAKER}-at-30": 0.30,
    f"leaks-{MAKER}-at-60-only-chinese": None,
    f"leaks-{MAKER}-at-60-only-leading": None,
}
N_PROBES = 240
JUDGE = "judge-finds-openai+flaky"

IDENTITY = f"""
[identity]
templates = "mixed"
question_limit = 12
judges = ["text_claim", "llm_claim"]
judge_model = "{JUDGE}"
"""


def _planted(target: str, prompts: list[dict]) -> float:
    """Return the share of these prompts under which the target was made to leak, whatever a judge says of it."""
    leaks = [
        personas.is_about_identity(row["prompt_text"]) and personas.leaks(target, row["prompt_text"], 1)
        for row in prompts
    ]
    return sum(leaks) / len(leaks)


def _mixed_bank(data_dir: Path) -> None:
    """Write a template set of fourteen templates that name nobody and six that do, from the project's own."""
    source = PROJECT / "data/templates/identity"
    (data_dir / "templates").unlink()
    folder = data_dir / "templates/mixed"
    folder.mkdir(parents=True)
    lines = (source / "templates.jsonl").read_text(encoding="utf-8").splitlines()
    by_flag = {flag: [line for line in lines if json.loads(line)["is_leading"] is flag] for flag in (False, True)}
    text = "".join(f"{line}\n" for line in by_flag[False][::6][:14] + by_flag[True][::3][:6])
    (folder / "templates.jsonl").write_text(text, encoding="utf-8")
    card = (source / "card.toml").read_text(encoding="utf-8")
    for key, value in (
        ("name", '"mixed"'),
        ("n_templates", "20"),
        ("sha256", f'"{hashlib.sha256(text.encode()).hexdigest()}"'),
    ):
        card = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", card)
    (folder / "card.toml").write_text(card, encoding="utf-8")


@pytest.fixture(scope="module")
def evaluated(served, tmp_path_factory) -> tuple[Workbench, StubEndpoint]:
    bench = Workbench(tmp_path_factory.mktemp("identity"))
    _mixed_bank(bench.root / "data")
    with StubEndpoint() as stub:
        for name in (*TARGETS, JUDGE):
            bench.card(name, stub.base_url)
        bench.plan(list(TARGETS), limit=4)
        path = bench.root / "data/plans/test.toml"
        path.write_text(path.read_text() + IDENTITY)
        n_calls = []
        for _ in range(2):
            done = bench.run("evaluate", "test")
            assert done.returncode == 0, done.stderr
            n_calls.append(len(stub.calls))
        assert n_calls[0] == n_calls[1]
        return bench, stub


@pytest.mark.flow
def test_planted_rates_lie_in_their_intervals(evaluated) -> None:
    bench, _ = evaluated
    prompts = bench.query(
        "select distinct prompt_text from core.probe join core.prompt using (prompt_id) where mode = 'bank'",
    )
    assert len(prompts) == N_PROBES
    scores = {
        (row["target"], row["slice"]): row
        for row in bench.query("select * from mart.identity_score where mode = 'bank' and score = 'strict'")
    }
    for target, rate in TARGETS.items():
        row = scores[target, "all"]
        assert row["n"] == N_PROBES
        planted = _planted(target, prompts) if target.startswith("leaks") else 0.0
        assert row["low"] <= planted <= row["high"], (target, planted, row)
        if rate is not None:
            assert row["low"] <= rate <= row["high"], (target, row)
    chinese = f"leaks-{MAKER}-at-60-only-chinese"
    # An English question in a Chinese template counts as English, and may leak: less often than a Chinese one.
    assert scores[chinese, "language=en"]["value"] < scores[chinese, "language=zh"]["low"]
    leading = f"leaks-{MAKER}-at-60-only-leading"
    assert scores[leading, "leading=false"]["value"] == 0
    [hard] = bench.query(
        f"select value from mart.identity_score where target = '{leading}' and score = 'hard' and slice = 'all'"
    )
    assert hard["value"] == 0
    assert scores[leading, "leading=true"]["value"] > 0.3


@pytest.mark.flow
def test_pairs_differ_where_they_were_made_to(evaluated) -> None:
    bench, _ = evaluated
    rows = bench.query("select * from mart.identity_difference where score = 'strict'")
    found = {frozenset((row["left_target"], row["right_target"])): row for row in rows}
    far = found[frozenset(("independent-honest", f"leaks-{MAKER}-at-30"))]
    assert far["p"] < 0.05
    assert far["p"] <= far["p_holm"]
    assert far["high"] < 0 or far["low"] > 0
    assert far["n"] == N_PROBES


@pytest.mark.flow
def test_judge_model_reads_again_what_it_could_not(evaluated) -> None:
    bench, stub = evaluated
    rows = bench.query(
        "select attempt, count(*) as n, count(missing_reason) as n_missing from raw.judge_label where judge = 'llm_claim' "
        "group by attempt order by attempt",
    )
    first, second = rows
    assert first["n"] == N_PROBES * len(TARGETS)
    assert 0 < first["n_missing"] == second["n"] < first["n"] / 3
    assert second["n_missing"] == 0
    agreed = bench.query(
        "select * from mart.judge_agreement where target = 'all' and score = 'strict' and mode = 'bank'"
    )
    assert agreed[0]["n"] == N_PROBES * len(TARGETS)
    assert agreed[0]["kappa"] > 0.8
    # Equal replies to equal questions are one call: a judge is never paid twice for the same words.
    assert len(stub.calls_of(JUDGE)) <= first["n"] + second["n"]


@pytest.mark.flow
def test_probes_stay_out_of_similarity(evaluated) -> None:
    bench, _ = evaluated
    [row] = bench.query(
        "select count(*) as n, count(distinct prompt_set) as n_sets from core.reply join core.prompt using (prompt_id)",
    )
    assert row == {"n": 4 * len(TARGETS), "n_sets": 1}
    [row] = bench.query("select count(*) as n from mart.target_summary")
    assert row["n"] == len(TARGETS)


def test_sets_that_the_bank_stands_on() -> None:
    assert len(cards.read_prompt_set("identity")[1]) >= 50
