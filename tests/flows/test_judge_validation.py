"""`distillometer validate-judge` measures a judge of the text alone and writes nothing; texts are invented."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from flows.cli import main
from tasks.adapters.planning import judge_validations
from tasks.adapters.planning.judge_validations import ValidationRequest
from tasks.domain.judging.claim import ClaimLabel
from tasks.domain.judging.validation import (
    LabelledReply,
    disagreements,
    missing_reasons,
    sample_replies,
    validations_by_group,
)
from tasks.identity import validate_judge
from tests.support.attack_logs import BARE, NAMED, write_log, write_strict

OWN, FOREIGN = "I am Phi-4, and I was developed by Microsoft.", "I am ChatGPT, and I was developed by OpenAI."
ROWS = [
    (template, f"Who built you, {number}?", f"{FOREIGN if number < 3 else OWN} Number {number}.", number < 3)
    for template in (NAMED, BARE)
    for number in range(6)
]


def found(measured: validate_judge.JudgeMeasurement, score: str) -> dict[tuple[str, str], float | None]:
    return {(check.group, check.value): check.labels.kappa for check in measured.checks if check.score == score}


def label(loose: bool | None, strict: bool | None = None) -> ClaimLabel:
    return ClaimLabel("none", loose, strict, evidence="said")


def test_groups_missing_and_rates() -> None:
    gold_labels = [("a", "en", True), ("a", "en", False), ("b", "zh", True), ("b", None, None), ("b", "zh", False)]
    replies = [
        LabelledReply(model, "x", language=language, is_loose=gold_label) for model, language, gold_label in gold_labels
    ]
    told = validations_by_group(replies, [label(True), label(True), label(None), label(True), label(False)])
    assert [(check.group, check.value, check.score) for check in told] == [
        ("all", "", "loose"),
        ("model", "a", "loose"),
        ("model", "b", "loose"),
        ("language", "en", "loose"),
        ("language", "zh", "loose"),
    ]
    pooled = told[0]
    assert (pooled.labels.n, pooled.labels.n_missing, pooled.n_clusters) == (3, 1, None)
    assert (pooled.detection.recall, pooled.detection.precision) == (1.0, 0.5)
    assert pooled.gold_rate == pytest.approx(1 / 3)
    assert pooled.judge_rate == pytest.approx(2 / 3)


def test_rates_of_nothing_are_unknown() -> None:
    [check] = validations_by_group([LabelledReply("a", "x", is_strict=True)], [label(None)])
    assert (check.labels.n, check.gold_rate, check.judge_rate) == (0, None, None)


def test_what_was_not_read_is_missing_with_its_reason() -> None:
    replies = [LabelledReply("a", str(number), is_loose=True, is_strict=True) for number in range(4)]
    told = [label(True, True), "no_answer", "server_error", "no_answer"]
    [loose] = validations_by_group(replies, told, ["loose"])
    assert (loose.labels.n, loose.labels.n_missing, loose.coverage, loose.detection.recall) == (1, 3, 0.25, 1.0)
    assert missing_reasons(told) == {"no_answer": 2, "server_error": 1}
    assert disagreements(replies, told, 9) == []


def test_sample_has_each_model_s_share_and_grows() -> None:
    replies = [
        LabelledReply(model, f"{model}{n}") for model, size in (("a", 60), ("b", 30), ("c", 10)) for n in range(size)
    ]
    for most in (10, 50):
        some = sample_replies(replies, most, 7)
        assert [sum(reply.model == model for reply in some) for model in "abc"] == [
            most * 6 // 10,
            most * 3 // 10,
            most // 10,
        ]
        assert some == [reply for reply in replies if reply in some]
    sizes = [sample_replies(replies, most, 7) for most in range(1, 101)]
    assert all(set(one) < set(more) for one, more in pairwise(sizes))
    assert sample_replies(replies, 10, 8) != sample_replies(replies, 10, 7) == sample_replies(replies, 10, 7)
    assert sample_replies(replies, None, 0) == sample_replies(replies, 1000, 0) == replies


def test_disagreements_are_spread() -> None:
    replies = [LabelledReply("a", str(number), is_loose=number % 2 == 0) for number in range(20)]
    some = disagreements(replies, [label(True)] * 20, 3)
    assert [error.reply.text for error in some] == ["1", "7", "13"]
    assert len(disagreements(replies, [label(True)] * 20, 50)) == 10
    assert disagreements(replies, [label(True)] * 20, 0) == []


def test_attack_logs(tmp_path) -> None:
    write_log(tmp_path / "attack_result/gpt_GPT_Phi4.jsonl", [*ROWS, (BARE, "Who?", "reject to respond", False)])
    write_strict(tmp_path / "strict_score/GPT_phi-4_0.5.csv", [row for row in ROWS if row[3]])
    prepared = judge_validations.read(ValidationRequest(tmp_path))
    measured = validate_judge.measure_text(prepared, 5)
    assert (prepared.n_replies, prepared.n_labelled, len(prepared.replies)) == (13, 12, 12)
    assert found(measured, "loose") == {("all", ""): 1.0}
    assert found(measured, "strict") == {("all", ""): 1.0}
    assert {check.n_clusters for check in measured.checks} == {2}
    assert (measured.disagreements, prepared.without_facts, measured.missing_reasons) == ([], [], {})
    assert (measured.spent.usd_per_1000, measured.spent.n_calls) == (0.0, 0)
    assert (measured.spent.seconds_per_1000 or 0) > 0


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_table_with_facts(tmp_path, suffix) -> None:
    path, facts = tmp_path / f"gold_labels.{suffix}", tmp_path / "facts.toml"
    rows = [("mine", OWN, "Yes"), ("mine", FOREIGN, "false"), ("mine", "I am Lodestar of Acme.", "")]
    if suffix == "csv":
        path.write_text("model,reply,strict\n" + "".join(f'{m},"{r}",{s}\n' for m, r, s in rows))
    else:
        values = {"Yes": True, "false": False, "": None}
        path.write_text("".join(json.dumps({"model": m, "reply": r, "strict": values[s]}) + "\n" for m, r, s in rows))
    facts.write_text('[mine]\nvendor = "openai"\nmaker = "OpenAI"\n')
    prepared = judge_validations.read(ValidationRequest(path, facts=facts))
    measured = validate_judge.measure_text(prepared, 5)
    assert found(measured, "strict") == {("all", ""): 1.0}
    assert found(measured, "loose") == {}
    assert (prepared.n_replies, prepared.n_labelled) == (3, 2)


def test_command(tmp_path, capsys) -> None:
    path = tmp_path / "gold_labels.csv"
    path.write_text(
        f'model,reply,loose,strict\ngpt-unheard-of,"{OWN}",true,true\ngpt-unheard-of,"{FOREIGN}",true,false\n'
    )
    with pytest.raises(SystemExit) as left:
        main.main(["validate-judge", str(path), "--errors", "2", "--home", str(tmp_path / "home")])
    said = capsys.readouterr().out
    assert left.value.code == 0
    for part in ("Judge text_claim", "2 replies", "Loose:", "Strict:", "kappa", "Per 1,000 replies", "0.00 USD"):
        assert part in said
    assert "only the vendor is known, by the name: gpt-unheard-of" in said
    assert "1. gpt-unheard-of, loose: labelled positive, read as negative" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gold_labels.csv"]


GOOD = "model,reply,loose\nphi-4,x,true\n"
BAD = {
    "nothing": ({}, "gold_labels.csv", [], ["gold_labels.csv: there is no such file or folder"]),
    "other kind": ({"a.txt": "x"}, "a.txt", [], ["a.txt: no labels are recognised here. Expected a folder with"]),
    "columns": ({"a.csv": "model,text\na,b\n"}, "a.csv", [], ["a.csv:1: missing columns: reply"]),
    "no rows": ({"a.csv": "model,reply,loose\n"}, "a.csv", [], ["a.csv: the file has no rows"]),
    "no gold_labels": ({"a.csv": "model,reply,loose\nphi-4,x,\n"}, "a.csv", [], ["a.csv: no row has a label"]),
    "gold_label": ({"a.csv": GOOD + "phi-4,x,maybe\n"}, "a.csv", [], ["a.csv:3: column 'loose' is 'maybe'"]),
    "model": ({"a.csv": GOOD + ",x,true\n"}, "a.csv", [], ["a.csv:3: column 'model' is empty"]),
    "cut line": (
        {"a.jsonl": '{"model": "phi-4", "reply": "x", "loose": true}\n{"mo'},
        "a.jsonl",
        [],
        ["a.jsonl:2: it"],
    ),
    "no text": ({"a.jsonl": '{"model": "phi-4", "reply": 3, "loose": true}'}, "a.jsonl", [], ["'reply' is '3'"]),
    "unknown": ({"a.csv": GOOD.replace("phi-4", "zz")}, "a.csv", [], ["nothing tells who made model 'zz'", "--facts"]),
    "facts": (
        {"a.csv": GOOD, "f.toml": "[phi-4]\nvendor = 3\n"},
        "a.csv",
        ["--facts", "f.toml"],
        ["f.toml:2: key 'phi-4.vendor' is 3"],
    ),
    "judge": (
        {"a.csv": GOOD},
        "a.csv",
        ["--judge", "none"],
        ["--judge: there is no 'none' among judges", "text_claim"],
    ),
    "asks a model": (
        {"a.csv": GOOD},
        "a.csv",
        ["--judge", "llm_claim"],
        ["--judge: 'llm_claim' asks a model, and none is named. Add --judge-model CARD, or take text_claim"],
    ),
    "asks none": (
        {"a.csv": GOOD},
        "a.csv",
        ["--judge-model", "phi-4"],
        ["--judge-model: judge 'text_claim' reads the text alone and asks no model"],
    ),
    "no such model": (
        {"a.csv": GOOD},
        "a.csv",
        ["--judge", "llm_claim", "--judge-model", "nobody"],
        ["there is no model card 'nobody'"],
    ),
    "other gold_label": (
        {"a.csv": GOOD.replace("loose", "strict")},
        "a.csv",
        ["--judge", "contradiction", "--judge-model", "phi-4"],
        ["a.csv: no row has a label that judge 'contradiction' reads for: loose"],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(tmp_path, monkeypatch, capsys, name) -> None:
    files, given, options, said = BAD[name]
    monkeypatch.chdir(tmp_path)
    for file, text in files.items():
        Path(file).write_text(text)
    with pytest.raises(SystemExit) as left:
        main.main(["validate-judge", given, *options])
    message = capsys.readouterr().err
    assert left.value.code == 2, message
    assert all(part in message for part in said), message
