"""Drift in words: who changed and how, who did not, and what does not compare."""

from datetime import datetime

from tasks.domain.reporting.drift_sentences import drift_sentences, newest


def row(target: str, measure: str = "reply_text", **changes: object) -> dict:
    told = {"target": target, "round": "W3", "earlier_round": "W2", "preceding_round": "W2", "measure": measure}
    told |= {"reference": None, "value_before": None, "value_after": None, "p": 0.5, "p_holm": 1.0, "is_alarm": False}
    told |= {"is_recipe_changed": False, "is_card_changed": False, "missing_reason": None}
    return told | {"computed_at": datetime(2026, 1, 5)} | changes


def test_who_changed_and_who_did_not() -> None:
    rows = [
        row("a", p_holm=0.00012, is_alarm=True),
        row("a", "words", value_before=120.0, value_after=80.4, p_holm=0.012, is_alarm=True, is_card_changed=True),
        row("a", "own_prefix_overlap", p=None, p_holm=None),
        row("b"),
        row("b", round="W2", p_holm=0.0001, is_alarm=True, computed_at=datetime(2026, 1, 1)),
    ]
    assert drift_sentences(rows) == [
        "a has changed between W2 and W3: its replies are written in another way (p 0.00012), "
        "its replies went from 120 to 80 words (p 0.012).",
        "1 of 2 models show no change since their last round "
        "(3 tests, corrected together: any false alarm has a chance of 5 % at most).",
    ]
    assert [one["round"] for one in newest(rows) if one["target"] == "b"] == ["W3"]


def test_other_card_is_told() -> None:
    said = drift_sentences([row("a", p_holm=0.01, is_alarm=True, is_card_changed=True)])
    assert said[0].endswith("(p 0.01); it has another card by now.")


def test_what_does_not_compare() -> None:
    missing = [
        row(name, p=None, missing_reason="recipe_changed", is_recipe_changed=True, earlier_round=None)
        for name in "abcdefg"
    ]
    assert drift_sentences(missing) == [
        "No earlier round had this recipe, so nothing is compared: a, b, c, d, e and 2 more."
    ]
    skipped = drift_sentences([row("a", is_recipe_changed=True, earlier_round="W1")])
    assert skipped[-1] == "The recipe changed since W2 (so W1 is compared): a."
    none = drift_sentences([row("a", p=None, missing_reason="no_common_replies")])
    assert none == ["No question was answered in both rounds, so nothing is compared: a."]
    assert drift_sentences([]) == []
