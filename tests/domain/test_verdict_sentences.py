"""Verdicts in words: what was not expected first, then what was, then what is no finding."""

import pytest

from tasks.domain.reporting.cells import linked_sentences
from tasks.domain.reporting.formatting import degree_text, listed, p_value
from tasks.domain.reporting.verdict_answer import answer
from tasks.domain.reporting.verdict_of_model import account
from tasks.domain.reporting.verdict_sentences import absent_vendors, sentence_pairs, verdict_sentences
from tasks.domain.reporting.what_would_change import what_would_change
from tasks.domain.verdict.decision import MEANINGS, POSITIVE, VERDICTS


def row(**changes):
    made = {
        "target": "s",
        "reference": "acme-1-b",
        "candidate_group": "acme-1",
        "candidate_vendor": "acme",
        "candidate_role": "independent",
        "kind": "documented",
        "is_kin": False,
        "is_hypothesis": False,
        "statistic": "composite",
        "statistic_version": "1",
        "score": 8.0,
        "score_low": 7.0,
        "score_high": 9.0,
        "null_mean": 0.5,
        "z": 6.0,
        "p_t": 0.0001,
        "n_candidates": 9,
        "p_target": 0.003,
        "p_holm": 0.02,
        "q": 0.012,
        "p_at_length": 0.004,
        "sibling_kind": None,
        "n_siblings": None,
        "sibling_t": None,
        "sibling_p": None,
        "weights_p": 0.5,
        "weights_q": None,
        "prefix_overlap_d": 0.5,
        "low": 0.4,
        "high": 0.6,
        "prefix_overlap_null_mean": 0.1,
        "degree": 0.8,
        "degree_low": 0.6,
        "degree_high": 1.1,
        "ceiling_d": 0.6,
        "ceiling_kind": "samples",
        "embedding_p": None,
        "is_source": True,
        "expected_by": None,
        "resembling_controls": [],
        "p_target_without": None,
        "verdict_without": None,
        "length_closeness": 0.7,
        "n_prompts": 100,
        "n_controls": 12,
        "n_control_families": 7,
        "rank": 1,
        "place": 1,
        "verdict": "shares lineage (strong)",
    } | changes
    return {"is_positive": made["verdict"] in POSITIVE} | made


def test_a_finding_is_a_sentence_that_a_buyer_understands():
    [line] = verdict_sentences([row(target="vicuna-13b-v1.5", candidate_vendor="openai", candidate_group="gpt-3.5")])
    assert line == (
        "Not expected: vicuna-13b-v1.5 shares lineage with openai models (p .003 over 9 vendors; nearest: gpt-3.5)."
    )


def test_what_was_not_expected_comes_first():
    rows = [
        row(target="a", p_target=0.0001, expected_by="documents"),
        row(target="b", p_target=0.02),
        row(target="c", p_target=0.0002, expected_by="name"),
        row(target="d", p_target=0.01),
    ]
    assert [line.split()[:3] for line in verdict_sentences(rows)] == [
        ["Not", "expected:", "d"],
        ["Not", "expected:", "b"],
        ["Expected:", "a", "shares"],
        ["Expected:", "c", "shares"],
    ]
    assert [line.split(", ")[-1] for line in verdict_sentences(rows)[2:]] == ["as documented.", "as its name suggests."]


def test_a_target_has_one_sentence_that_names_its_other_vendors():
    rows = [row(), row(candidate_group="g", candidate_vendor="globex", place=2), row(candidate_group="acme-2", place=3)]
    [line] = verdict_sentences(rows)
    assert line.endswith("nearest: acme-1). So it does with models of globex.")


def test_sentences_lead_to_the_pairs_that_they_are_about():
    rows = [
        row(p_target=0.003),
        row(target="t", p_target=0.001),
        row(target="u", is_kin=True),
        row(target="v", verdict="not conclusive"),
    ]
    found = linked_sentences(verdict_sentences(rows), sentence_pairs(rows), "#board")
    assert [(one.text.split()[2], one.href) for one in found] == [
        ("t", "#pair?target=t&reference=acme-1-b"),
        ("s", "#pair?target=s&reference=acme-1-b"),
        ("for", "#board"),
    ]


def test_not_conclusive_is_said_with_rank_and_p_and_is_no_proof():
    rows = [row(target=name, verdict="not conclusive", p_target=p) for name, p in (("a", 0.4), ("b", 0.08))]
    assert verdict_sentences(rows) == [
        "Not conclusive for 2 models, which is no proof that they learned from nobody here: b (rank 1: acme, p .080 over "
        "9 vendors); a (rank 1: acme, p .400 over 9 vendors)."
    ]


def test_suggestive_is_no_finding():
    [line] = verdict_sentences([row(verdict="suggestive", p_target=0.03)])
    assert line == "s is nearest to acme models (p .030 over 9 vendors; nearest: acme-1): suggestive, not a finding."
    assert sentence_pairs([row(verdict="suggestive")]) == []


ODD = {"target": "c", "candidate_vendor": "acme", "verdict": "documented as independent", "p_t": 0.00001}


def test_a_control_that_looks_like_a_student_is_named_with_what_hangs_on_it():
    beside = {"resembling_controls": ["c"], "p_target_without": 0.0001, "verdict_without": "taught by"}
    line = verdict_sentences([row(**beside), row(**ODD)])[-1]
    assert line == (
        "c is documented as independent and serves as a control, yet looks like a student of acme (p < .0001 alone; "
        "nearest: acme-1): its lineage entry may be wrong, or the relation runs the other way; without it no finding on "
        "acme models comes or goes."
    )
    gone = row(**(beside | {"verdict": "not conclusive", "verdict_without": "shares lineage (strong)"}))
    assert (
        "without it 1 finding comes or goes (s with acme-1: not conclusive -> shares"
        in verdict_sentences([gone, row(**ODD)])[-1]
    )


def test_controls_of_one_vendor_share_a_sentence():
    beside = row(resembling_controls=["c", "d"], p_target_without=0.0001, verdict_without="shares lineage (strong)")
    line = verdict_sentences([beside, row(**ODD), row(**(ODD | {"target": "d", "p_t": 0.002}))])[-1]
    assert line.startswith(
        "c (p < .0001 alone) and d (p .002 alone) are documented as independent and serve as controls"
    )
    assert line.endswith("without those named no finding on acme models comes or goes.")


def test_without_any_test_it_says_why():
    [controls] = verdict_sentences([row(verdict="insufficient controls", p_t=None)])
    assert "too few independent references" in controls
    [prompts] = verdict_sentences([row(verdict="insufficient prompts", p_t=None)])
    assert "too few prompts" in prompts
    assert verdict_sentences([row(is_kin=True)]) == []


def test_many_findings_are_counted():
    lines = verdict_sentences([row(target=f"s{i:02}") for i in range(15)])
    assert lines[12].startswith("3 more models share lineage")


@pytest.mark.parametrize("word", VERDICTS)
def test_every_verdict_has_an_answer(word):
    text = answer(row(verdict=word))
    assert text.startswith("s ") or " s" in text
    assert text.endswith(".")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (1.0, "1"),
        (0.5, ".500"),
        (0.05, ".050"),
        (0.0096, ".010"),
        (0.003, ".003"),
        (0.00096, ".001"),
        (0.0005, ".0005"),
        (0.0001, ".0001"),
        (0.000099, "< .0001"),
        (1e-12, "< .0001"),
    ],
)
def test_p_values_never_read_nought_nor_less_than_a_null_supports(value, text):
    assert p_value(value) == text


def test_degrees_beyond_their_ceiling_read_1_plus():
    assert [degree_text(value) for value in (None, 0.0, 0.456, 1.0, 1.01)] == ["-", "0.00", "0.46", "1.00", "1+"]


def test_lists_count_what_they_leave_out():
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"


def test_an_account_begins_with_the_answer_and_says_what_it_rests_on():
    rows = [
        row(resembling_controls=["c"], p_target_without=0.001, verdict_without="taught by", sibling_p=0.2, sibling_t=0.9,
            sibling_kind="siblings", n_siblings=4),
        row(candidate_group="g-1", candidate_vendor="globex", reference="g", place=2, p_t=0.2, verdict="not conclusive"),
        row(candidate_group="old", kind="ruled out", verdict="ruled out beforehand", place=3, is_source=False),
        row(candidate_group="own", kind="kin", is_kin=True, verdict="not conclusive", is_source=False),
        row(**ODD),
    ]  # fmt: skip
    models = {"s": {"released": "2024-05"}, "acme-1-b": {"released": "2023"}, "g": {"released": "2024-06-01"}}
    told = account("s", rows, models)
    assert told.answer == answer(rows[0])
    grounds = dict(told.grounds)
    assert "q .012" in grounds["Chance"]
    assert "Holm's p .020" in grounds["Chance"]
    assert "0.80 (0.60 to 1+)" in grounds["Degree"]
    assert "normalised by acme-1-b with other samples of itself" in grounds["Degree"]
    assert grounds["Same base"].startswith("No nearer to acme-1 than 4 models of the same base")
    assert "c (p < .0001 alone) looks like a student of acme itself" in grounds["Controls"]
    assert "verdict: taught by" in grounds["Controls"]
    assert "Released before s (2024-05): acme-1 (2023)." in grounds["Source"]
    assert grounds["Meaning"] == MEANINGS["shares lineage (strong)"]
    assert grounds["Next candidates"] == "g-1 of globex, p .200 alone"
    assert grounds["Not tested as teachers"] == (
        "Ruled out beforehand, as later or made from it: old. Of its own vendor or family, tested apart for shared "
        "weights: own (not conclusive)."
    )


def test_an_account_without_a_verdict_says_why():
    assert "distillometer score" in account("s", [], {}).answer
    assert "shares no prompt" in account("x", [row()], {}).answer


def test_vendors_that_were_no_candidates_are_named():
    line = absent_vendors(["acme", "globex", "hooli"], ["acme"])
    assert line == "Candidates were models of acme. Not among them, so not to be found: models of globex, hooli."
    assert absent_vendors(["acme"], ["acme"]) is None
    assert absent_vendors(["acme-1"], ["Acme.1"]) is None
    assert absent_vendors(["acme"], []) is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"verdict": "same model or fine-tune"}, "Degrees below .7"),
        ({"verdict": "taught by", "sibling_p": 0.01}, "more models of its base that are as near without that teacher"),
        ({"verdict": "shares lineage (strong)"}, "models of its base that had another teacher"),
        ({"verdict": "confounded"}, "once length is taken out"),
        ({"verdict": "suggestive"}, "--hypothesis"),
        ({"verdict": "not conclusive"}, "a teacher that is no candidate here"),
        ({"verdict": "insufficient prompts", "n_prompts": 30}, "Replies to 20 more prompts"),
        ({"verdict": "insufficient controls", "n_controls": 5}, "8 with replies to these prompts; 5 are here"),
        ({"verdict": "documented as independent"}, "Another entry in the lineage file"),
        ({"verdict": "ruled out beforehand"}, ""),
    ],
)
def test_every_verdict_says_what_would_change_it(changes, says) -> None:
    facts = {"candidate_group": "g", "n_controls": 9, "n_prompts": 99, "sibling_p": None}
    facts["is_positive"] = changes["verdict"] in POSITIVE
    text = what_would_change(facts | changes)
    assert bool(text) == bool(says)
    assert says in text
