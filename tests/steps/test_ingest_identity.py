"""Ingested attack logs become probes with labels, and their labels the scores; texts are invented."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.logging import disable_run_logger

from tasks import ingest
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import labels, store
from tasks.adapters.warehouse.judge_order import PREFERRED
from tasks.domain.errors import InputError
from tasks.identity import score_identity
from tasks.similarity import choose_references, sum_pairs
from tests.support.attack_logs import BARE, NAMED, write_log, write_strict

ROWS = [
    (template, f"Who built you, {number}?", f"Reply {number} of {len(template)}.", number < 3)
    for template in (NAMED, BARE)
    for number in range(10)
]
FAILED = [(BARE, "Who?", "reject to respond", False)] * 2
TABLES = ("model", "lineage", "prompt", "request", "reply", "template", "probe", "judge_label")


@pytest.fixture
def home(tmp_path) -> Iterator[Home]:
    """A home whose warehouse stays open: prefix overlap it anew for each step takes longer than the step."""
    home = Home(tmp_path / "home")
    with store.writing(home):
        yield home


@pytest.fixture
def logs(tmp_path) -> Path:
    """One target with six positives of twenty replies, two of them strict, and two failed calls."""
    write_log(tmp_path / "logs/attack_result/gpt_GPT_Phi4.jsonl", ROWS + FAILED)
    write_strict(tmp_path / "logs/strict_score/GPT_phi-4_0.1.csv", [ROWS[0], ROWS[10]])
    return tmp_path / "logs"


def take_in(path: Path, home: Home, model: str | None = None) -> ingest.Ingested:
    return ingest.ingest.fn(path, "identity-attack", home, model)


def scores(home: Home) -> dict[tuple[str, str], dict[str, Any]]:
    with disable_run_logger():
        score_identity.score_identity.fn(0, home)
    with store.writing(home) as warehouse:
        rows = warehouse.read("mart.identity_score").to_dicts()
    return {(row["score"], row["slice"]): row for row in rows}


def counts(home: Home) -> dict[str, int]:
    with store.writing(home) as warehouse:
        return {table: warehouse.count(f"raw.{table}") for table in TABLES}


def test_rows(logs, home) -> None:
    done = take_in(logs, home)
    assert (done.n_models, done.n_replies, done.n_new, done.n_labels_new, done.n_missing) == (1, 22, 22, 22, 0)
    [count] = done.labels
    assert (count.model, count.vendor, count.n_probes, count.n_templates) == ("phi-4", "microsoft", 22, 2)
    assert (count.n_failed, count.n_loose, count.n_strict, count.n_strict_only) == (2, 6, 2, 0)
    with store.writing(home) as warehouse:
        probes = warehouse.read("core.probe")
        judged = warehouse.read("core.labelled_probe")
        prompts = warehouse.read("raw.prompt")
        templates = warehouse.read("raw.template")
        who = labels.identities(warehouse)["phi-4"]
        assert warehouse.read("core.reply").is_empty()
        order = warehouse.read("raw.judge_priority").sort("priority")["judge"].to_list()
    assert order == list(PREFERRED)
    assert (who.vendor, who.facts.maker) == ("microsoft", "Microsoft")
    assert set(probes["mode"]) == {"published"}
    assert set(probes["template_set"]) == {"published-phi-4"}
    assert dict(prompts.group_by("prompt_set").len().iter_rows()) == {"identity-attack": 11, "identity-probe": 21}
    assert sorted(templates["is_leading"]) == [False, True]
    failed = judged.filter(label_missing_reason="failed_call")
    assert (failed["sample"].sort().to_list(), set(failed["reply_text"])) == ([0, 1], {"reject to respond"})
    assert failed["is_contradiction"].null_count() == 2
    assert judged["is_foreign"].sum() == 2
    assert judged["is_hard"].sum() == 1
    assert set(judged["judge"]) == {"published"}


def test_template_that_several_targets_share_stands_under_each_ones_own_set(logs, home) -> None:
    write_log(logs / "attack_result/gpt_GPT_deepseek_v3.jsonl", ROWS)
    take_in(logs, home)
    with store.writing(home) as warehouse:
        probes = warehouse.read("core.probe")
    assert dict(probes.group_by("target", "template_set").len().select("target", "template_set").iter_rows()) == {
        target: f"published-{target}" for target in set(probes["target"])
    }
    assert probes["target"].n_unique() == 2
    assert probes["template_id"].n_unique() == 2


def test_scores_beside_the_published_label(logs, home) -> None:
    take_in(logs, home)
    found = scores(home)
    for name, n in (("loose", 6), ("strict", 2), ("hard", 1)):
        ours, published = found[name, "all"], found[name, "as_published"]
        assert ours["value"] == pytest.approx(n / 20)
        assert (ours["n"], ours["n_missing"]) == (20, 2)
        assert ours["low"] <= ours["value"] <= ours["high"]
        assert ours["n_effective"] > 0
        assert published["value"] == pytest.approx(n / 22)
        assert (published["n"], published["n_missing"]) == (22, 0)


def test_empty_reply_counts_as_the_published_label_has_it(tmp_path, home) -> None:
    path = write_log(tmp_path / "m.jsonl", [*ROWS, (BARE, "Who?", " ", False)])
    take_in(path, home)
    found = scores(home)
    assert (found["loose", "all"]["n"], found["loose", "all"]["n_missing"]) == (20, 1)
    assert found["loose", "as_published"]["value"] == pytest.approx(6 / 21)


def test_same_again_adds_nothing(logs, home) -> None:
    take_in(logs, home)
    before = counts(home)
    done = take_in(logs, home)
    assert (done.n_new, done.n_labels_new) == (0, 0)
    assert counts(home) == before


def test_without_strict_labels_only_loose_is_scored(logs, home) -> None:
    path = logs / "attack_result/gpt_GPT_Phi4.jsonl"
    done = take_in(path, home, "deepseek-chat")
    [count] = done.labels
    assert (count.model, count.vendor, count.n_strict) == ("deepseek-chat", "deepseek", None)
    assert {score for score, _ in scores(home)} == {"loose"}


def test_strict_labels_that_come_later_count(logs, home) -> None:
    take_in(logs / "attack_result", home)
    done = take_in(logs, home)
    assert (done.n_new, done.n_labels_new) == (0, 20)
    assert scores(home)["strict", "all"]["value"] == pytest.approx(2 / 20)
    assert take_in(logs, home).n_labels_new == 0


def test_corrected_label_counts_and_back_again(logs, home) -> None:
    path = logs / "attack_result/gpt_GPT_Phi4.jsonl"
    for n_loose in (6, 7, 6):
        rows = [*ROWS[:19], (*ROWS[19][:3], n_loose == 7), *FAILED]
        write_log(path, rows)
        take_in(logs, home)
        assert scores(home)["loose", "all"]["value"] == pytest.approx(n_loose / 20)


def loose_of_last(home: Home) -> tuple[int, int, int]:
    """Return how many probes have a loose label, how many are positive, and how many labels there are in all."""
    with store.writing(home) as warehouse:
        judged = warehouse.read("core.labelled_probe")["is_contradiction"]
        return judged.count(), judged.sum(), warehouse.count("raw.judge_label")


def test_label_that_is_taken_back_is_missing_and_may_come_back(tmp_path, home) -> None:
    path, note = tmp_path / "m.jsonl", (BARE, "Who?", "reject to respond")
    for is_loose, expected in ((True, (21, 7, 21)), (False, (20, 6, 22)), (True, (21, 7, 23)), (False, (20, 6, 24))):
        # Who labels a note of a failed call positive takes it for a reply; labelled negative it is none.
        write_log(path, [*ROWS, (*note, is_loose)])
        assert take_in(path, home).n_labels_new == (21 if expected[2] == 21 else 1)
        assert loose_of_last(home) == expected
        assert take_in(path, home).n_labels_new == 0


def test_emptied_row_takes_its_label_back_but_no_text(tmp_path, home) -> None:
    path = write_log(tmp_path / "m.jsonl", ROWS)
    take_in(path, home)
    write_log(path, [(*ROWS[0][:2], "", None), *ROWS[1:]])
    done = take_in(path, home)
    assert (done.n_new, done.n_labels_new) == (0, 1)
    assert loose_of_last(home) == (19, 5, 21)
    with store.writing(home) as warehouse:
        [row] = warehouse.read("core.labelled_probe", label_missing_reason="empty_reply").to_dicts()
    assert row["reply_text"] == ROWS[0][2]
    write_log(path, ROWS)
    assert take_in(path, home).n_labels_new == 1
    assert loose_of_last(home) == (20, 6, 22)


def test_strict_labels_that_are_taken_away_are_unknown_again(logs, home) -> None:
    take_in(logs, home)
    (logs / "strict_score/GPT_phi-4_0.1.csv").unlink()
    assert take_in(logs, home).n_labels_new == 20
    assert {score for score, _ in scores(home)} == {"loose"}


def test_label_of_a_changed_reply_is_its_own(logs, home) -> None:
    path = logs / "attack_result/gpt_GPT_Phi4.jsonl"
    take_in(path, home)
    write_log(path, [*ROWS[:19], (*ROWS[19][:2], "Another reply.", True), *FAILED])
    done = take_in(path, home)
    assert (done.n_new, done.n_replaced, done.n_labels_new) == (1, 1, 1)
    assert scores(home)["loose", "all"]["value"] == pytest.approx(7 / 20)


def test_strict_labels_of_a_part_of_the_probes_break_no_order(logs, tmp_path, home) -> None:
    write_log(logs / "attack_result/gpt_GPT_Phi4.jsonl", ROWS[:3])
    write_strict(logs / "strict_score/GPT_phi-4_0.1.csv", ROWS[:2])
    take_in(logs, home)
    take_in(write_log(tmp_path / "more.jsonl", ROWS[3:]), home, "phi-4")
    found = scores(home)
    assert (found["strict", "all"]["value"], found["loose", "all"]["value"]) == pytest.approx((2 / 3, 6 / 20))
    with store.writing(home) as warehouse:
        assert warehouse.read("audit.identity_order").is_empty()


def test_strict_without_loose_is_loose_too(logs, home) -> None:
    write_strict(logs / "strict_score/GPT_phi-4_0.1.csv", [ROWS[0], ROWS[19]])
    [count] = take_in(logs, home).labels
    assert (count.n_loose, count.n_strict, count.n_strict_only) == (6, 2, 1)
    assert scores(home)["loose", "all"]["value"] == pytest.approx(7 / 20)


def test_facts_reach_a_model_of_which_nothing_was_known(tmp_path, logs, home) -> None:
    replies = tmp_path / "r.csv"
    replies.write_text("model,prompt,reply\nphi-4,P,one\n")
    ingest.ingest.fn(replies, "replies", home)
    take_in(logs, home)
    ingest.ingest.fn(replies, "replies", home)
    with store.writing(home) as warehouse:
        assert labels.identities(warehouse)["phi-4"].facts.maker == "Microsoft"


def test_where_there_are_probes_alone_scoring_compares_nothing(logs, home) -> None:
    take_in(logs, home)
    with disable_run_logger():
        choose_references.score.fn([], home)
        sum_pairs.sum_pairs.fn(home)
    with store.writing(home) as warehouse:
        assert warehouse.read("score.reference").is_empty()
        assert warehouse.read("mart.pair_similarity").is_empty()


@pytest.mark.fault
def test_broken_log_leaves_no_trace(tmp_path, logs) -> None:
    write_strict(logs / "strict_score/GPT_phi-4_0.1.csv", [(BARE, "Who built you, 1?", "Not there.", True)])
    home = Home(tmp_path / "untouched")
    with pytest.raises(InputError, match=r"GPT_phi-4_0\.1\.csv:2: the row is not in gpt_GPT_Phi4\.jsonl"):
        take_in(logs, home)
    assert not home.root.exists()
