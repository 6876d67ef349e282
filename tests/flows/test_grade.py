"""Grades of similarity by a stub judge model whose grades are known: evaluated through the command, against a real server."""

import json
from pathlib import Path

import pytest

from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import store
from tests.support import small_home
from tests.support.pair_judge_persona import is_mute, planted
from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

pytestmark = pytest.mark.slow

REFERENCE = "independent-alpha"
NEAR, FAR = "copies-alpha-at-90", ("independent-beta", "independent-gamma")
MODELS = [REFERENCE, NEAR, *FAR]
JUDGE = "pair-judge+longer-first+flaky+mute"

SIMILARITY = """
[rse]
references = ["{reference}"]
judges = ["text_similarity", "pair_grade"]
judge_model = "{judge}"
first_prompts = 20
more_prompts = 15
most_prompts = 40
swapped_share = {share}
"""


def _plan(bench: Workbench, judge: str, share: float, limit: int = 60) -> None:
    bench.plan(MODELS, limit=limit)
    path = bench.root / "data/plans/test.toml"
    path.write_text(path.read_text() + SIMILARITY.format(reference=REFERENCE, judge=judge, share=share))


@pytest.fixture(scope="module")
def evaluated(served, tmp_path_factory) -> tuple[Workbench, StubEndpoint, str]:
    bench = Workbench(tmp_path_factory.mktemp("grade"))
    with StubEndpoint() as stub:
        for name in (*MODELS, JUDGE):
            bench.card(name, stub.base_url)
        _plan(bench, JUDGE, share=0.5)
        outputs = []
        for _ in range(2):
            done = bench.run("evaluate", "test")
            assert done.returncode == 0, done.stderr
            outputs.append((done.stdout, len(stub.calls)))
        # The second run asks nothing, of nobody.
        assert outputs[1][1] == outputs[0][1]
        return bench, stub, outputs[0][0]


@pytest.mark.flow
def test_planted_grades_are_recovered(evaluated) -> None:
    bench, _, _ = evaluated
    rows = bench.query(
        "select pair.target, label.*, t.reply_text as target_text, r.reply_text as reference_text "
        "from core.pair_label as label "
        "inner join core.reply_pair as pair using (target_reply_id, reference_reply_id, judge) "
        "inner join core.reply as t on t.reply_id = label.target_reply_id "
        "inner join core.reply as r on r.reply_id = label.reference_reply_id "
        "where judge = 'pair_grade' and target <> reference",
    )
    assert len(rows) > 150
    for row in rows:
        texts = (row["target_text"], row["reference_text"])
        if is_mute(*texts):
            assert (row["grade"], row["missing_reason"], row["attempt"]) == (None, "invalid_choice", 1)
            continue
        wanted = planted(*(texts if row["is_target_first"] else reversed(texts)), is_biased=True)
        assert (row["style_grade"], row["structure_grade"], row["content_grade"]) == wanted
    assert {row["attempt"] for row in rows if row["grade"]} == {0, 1}


@pytest.mark.flow
def test_similarity_ranks_the_copier_first_and_a_reference_is_five_with_itself(evaluated) -> None:
    bench, _, output = evaluated
    rows = bench.query("select * from mart.rse_grade where prompt_set = 'all'")
    for judge in ("text_similarity", "pair_grade"):
        mine = {row["target"]: row for row in rows if row["judge"] == judge}
        own = mine[REFERENCE]
        assert (own["grade"], own["low"], own["high"], own["is_self"]) == (5, 5, 5, True)
        assert all(mine[NEAR]["low"] > mine[far]["high"] for far in FAR)
        assert all(1 <= row["low"] <= row["grade"] <= row["high"] <= 5 for row in mine.values())
        assert all(row["coverage"] == pytest.approx(row["n"] / (row["n"] + row["n_missing"])) for row in mine.values())
    assert "1 to 5 (RSE)" in output
    assert "pairs read in both orders" in output


@pytest.mark.flow
def test_more_is_graded_only_where_the_order_is_in_doubt(evaluated) -> None:
    bench, _, _ = evaluated
    chosen = bench.query("select target, judge, count(*) as n from raw.sampled_pair group by all")
    found = {(row["judge"], row["target"]): row["n"] for row in chosen}
    assert found["pair_grade", NEAR] == found["pair_grade", REFERENCE] == 20
    assert [found["pair_grade", far] for far in FAR] == [40, 40]
    assert all(found["text_similarity", model] == 60 for model in MODELS)


@pytest.mark.fault
@pytest.mark.flow
def test_unreadable_grades_are_missing_with_their_reason(evaluated) -> None:
    bench, _, _ = evaluated
    missing = bench.query(
        "select missing_reason, count(*) as n from core.prompt_grade where judge = 'pair_grade' group by all"
    )
    found = {row["missing_reason"]: row["n"] for row in missing}
    assert set(found) == {None, "invalid_choice"}
    rows = bench.query("select * from mart.rse_grade where prompt_set = 'all' and judge = 'pair_grade'")
    assert sum(row["n_missing"] for row in rows) == found["invalid_choice"] > 0
    assert sum(row["n"] for row in rows) == found[None]
    found = bench.query("select commonest_missing_reason from audit.grade_unreadable")
    assert found == [{"commonest_missing_reason": "invalid_choice"}]


@pytest.mark.flow
def test_planted_position_bias_is_recovered(evaluated) -> None:
    bench, _, _ = evaluated
    pairs = bench.query(
        "select t.reply_text as target_text, r.reply_text as reference_text from core.pair_label as label "
        "inner join core.reply as t on t.reply_id = label.target_reply_id "
        "inner join core.reply as r on r.reply_id = label.reference_reply_id "
        "where is_target_first is not null group by all having count(*) = 2",
    )
    gaps = []
    for row in pairs:
        texts = (row["target_text"], row["reference_text"])
        if not is_mute(*texts):
            first, second = planted(*texts, is_biased=True), planted(*reversed(texts), is_biased=True)
            gaps.append((sum(first) - sum(second)) / 3)
    [bias] = bench.query("select * from mart.position_bias")
    assert (bias["judge"], bias["n"]) == ("pair_grade", len(gaps))
    assert bias["n"] + bias["n_missing"] == len(pairs)
    assert bias["difference"] == pytest.approx(sum(gaps) / len(gaps), abs=1e-6)
    assert bias["low"] <= bias["difference"] <= bias["high"]
    assert bias["inconsistency_rate"] == pytest.approx(sum(gap != 0 for gap in gaps) / len(gaps), abs=1e-6)
    assert bias["inconsistency_rate"] > 0.5


@pytest.mark.flow
def test_plan_says_what_the_judge_costs(evaluated) -> None:
    bench, _, _ = evaluated
    path = bench.root / "data/models" / f"{JUDGE}.toml"
    path.write_text(path.read_text() + '[price]\ninput_usd = 2.0\noutput_usd = 8.0\nas_of = "2026-01-01"\n')
    said = bench.run("plan", "test").stdout
    # Three targets beside the reference, 20 and 40 prompts, half of them in both orders.
    assert f"Calls to the judge {JUDGE} for pair_grade: about 90 (20 prompts a set), up to 180" in said
    assert "USD, if every reply is as long as is shown (8000 characters)" in said


def _replies(path: Path) -> None:
    lines = []
    for model, words in (("near", "Rinse the rice, then boil it."), ("far", "Call a plumber at once!")):
        lines += [
            {"model": model, "prompt": f"Question {n}?", "reply": f"{words} It takes {n} hours."} for n in range(9)
        ]
    lines += [
        {"model": "teacher", "prompt": f"Question {n}?", "reply": f"Rinse the rice, then boil it. It is {n}."}
        for n in range(9)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.mark.flow
def test_recorded_replies_are_graded_against_a_reference(served, tmp_path) -> None:
    bench = Workbench(tmp_path)
    _replies(tmp_path / "replies.jsonl")
    assert bench.run("ingest", str(tmp_path / "replies.jsonl")).returncode == 0
    done = bench.run("score", "--grade-against", "teacher, near", "--embed-prompts", "0")
    assert done.returncode == 0, done.stderr
    assert "graded from 1 to 5 (RSE)" in done.stdout
    rows = bench.query("select * from mart.rse_grade where prompt_set = 'all'")
    found = {(row["target"], row["reference"]): row["grade"] for row in rows}
    assert len(found) == 6
    assert found["teacher", "teacher"] == found["near", "near"] == 5
    assert found["near", "teacher"] == found["teacher", "near"] > found["far", "teacher"]


@pytest.mark.fault
@pytest.mark.parametrize(
    ("section", "said"),
    [
        ('judges = ["pair_grade"]', ["'pair_grade' asks a model, and none is named", "rse.judge_model"]),
        ('judges = ["text_liknes"]', ["there is no 'text_liknes' among pair_judges", "text_similarity"]),
        ('references = ["nobody"]', ["its references name nobody, which the plan does not"]),
        ('prompt_sets = ["maths"]', ["its prompt_sets name maths, which the plan does not"]),
        ('judges = ["text_similarity", "text_similarity"]', ["one is named more than once"]),
        ("swapped_share = 2", ["'rse.swapped_share' is 2", "less than or equal to 1"]),
        ('judges = ["pair_grade"]\njudge_model = "nobody"', ["there is no model card 'nobody'"]),
    ],
)
def test_a_wrong_section_is_refused(bench, refused, section: str, said: list[str]) -> None:
    path = bench.root / "data/plans/test.toml"
    path.write_text(f"{path.read_text()}\n[rse]\n{section}\n")
    message = refused("plan", "test")
    assert all(part in message for part in said), message


@pytest.mark.fault
def test_an_unknown_reference_is_refused_before_anything_starts(bench, refused) -> None:
    with store.writing(home_at(bench.home)) as warehouse:
        small_home.fill(warehouse, [("near", "p", 0, "Rinse the rice.")], {})
    assert "no replies of nobody" in refused("score", "--grade-against", "nobody")
