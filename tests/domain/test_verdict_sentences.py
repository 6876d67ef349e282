"""Verdicts in words."""

from tasks.domain.reporting.shown import said
from tasks.domain.reporting.verdict_sentences import absent_makers, told_pairs, verdict_sentences


def row(**changes):
    return {
        "target": "s",
        "reference": "acme-1-b",
        "candidate_group": "acme-1",
        "is_kin": False,
        "is_asked": False,
        "n_tests": 9,
        "opening_d": 0.5,
        "low": 0.4,
        "high": 0.6,
        "null_mean": 0.1,
        "p_t": 0.0001,
        "p_holm": 0.02,
        "degree": 0.8,
        "ceiling_kind": "samples",
        "length_closeness": 0.7,
        "n_controls": 12,
        "verdict": "shares lineage (strong)",
    } | changes


def test_a_positive_verdict_is_said_with_all_that_it_rests_on():
    [line] = verdict_sentences([row()])
    assert line == (
        "s shares lineage with acme-1 (strong): D 0.50 (0.40 to 0.60) against 0.10 of 12 unrelated models; p 1.0e-04, "
        "0.020 after Holm over 9 pairs, degree 0.80 (ceiling: samples); closeness of length 0.70."
    )


def test_the_same_model_is_named_by_its_snapshot():
    [line] = verdict_sentences([row(verdict="same model or fine-tune")])
    assert line.startswith("s is acme-1-b or a fine-tune of it")


def test_sentences_lead_to_the_pairs_that_they_are_about():
    rows = [row(p_t=0.003), row(target="t", p_t=0.001), row(target="u", is_kin=True), row(target="v", verdict="-")]
    found = said(verdict_sentences(rows), told_pairs(rows), "#board")
    assert [(one.text.split()[0], one.href) for one in found] == [
        ("t", "#pair?target=t&reference=acme-1-b"),
        ("s", "#pair?target=s&reference=acme-1-b"),
        ("No", "#board"),
    ]
    assert told_pairs([row(p_t=None, verdict="too few prompts")]) == []


def test_no_evidence_is_no_proof_and_says_how_many_are_low_alone():
    lines = verdict_sentences([row(verdict="no evidence", p_t=p, p_holm=1.0) for p in (0.01, 0.4)])
    assert lines == [
        "No evidence after correction for the 2 pairs tested: 1 models. That is no proof of independence; 1 of their "
        "pairs have p at most 0.05 taken alone, where chance gives 5%."
    ]


def test_without_any_test_it_says_why():
    [controls] = verdict_sentences([row(verdict="insufficient controls", p_t=None)])
    assert "too few independent references" in controls
    [prompts] = verdict_sentences([row(verdict="insufficient prompts", p_t=None)])
    assert "too few prompts" in prompts
    assert verdict_sentences([row(is_kin=True)]) == []


def test_many_positives_are_counted():
    lines = verdict_sentences([row(target=f"s{i:02}") for i in range(15)])
    assert lines[12].startswith("3 more pairs share lineage")


def test_makers_that_were_no_candidates_are_named():
    line = absent_makers(["acme", "globex", "hooli"], ["acme"])
    assert line == "Candidates were models of acme. Not among them, so not to be found: models of globex, hooli."
    assert absent_makers(["acme"], ["acme"]) is None
    assert absent_makers(["acme-1"], ["Acme.1"]) is None
    assert absent_makers(["acme"], []) is None


def test_what_was_asked_beforehand_is_said_to_be():
    [line] = verdict_sentences([row(is_asked=True, n_tests=1)])
    assert "after Holm over 1 pairs asked about beforehand" in line
