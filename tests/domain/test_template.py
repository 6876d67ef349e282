"""A template puts the question in its place, and changes nothing else of either."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.prompting.template import PLACEHOLDER, Template, render, template_id, template_row, wrap
from tasks.domain.rows import Message

no_place = st.text().filter(lambda text: PLACEHOLDER not in text)


def template(text: str) -> Template:
    return Template(text, "en", "plain", False, "identity", "plain-en-1")


@given(no_place, no_place, st.text())
def test_only_the_place_is_replaced(before: str, after: str, question: str) -> None:
    whole = before + PLACEHOLDER + after
    if whole.count(PLACEHOLDER) == 1:
        assert render(template(whole), question) == before + question + after


def test_braces_and_backslashes_stay() -> None:
    text = 'def f(): return {"q": "{question}", "n": {0}, r"\\1": {{}}}'
    assert render(template(text), "Who {are} {question} \\1 {0}?") == (
        'def f(): return {"q": "Who {are} {question} \\1 {0}?", "n": {0}, r"\\1": {{}}}'
    )


@pytest.mark.parametrize("text", ["", "Who?", "{question} {question}", "{ question }", "{Question}"])
def test_template_without_its_one_place_can_not_be(text: str) -> None:
    with pytest.raises(ValueError, match="once"):
        template(text)


def test_id_is_that_of_the_text() -> None:
    other = Template("Say: {question}", "zh", "letter", True, "b", "c")
    assert other.template_id == template("Say: {question}").template_id == template_id("Say: {question}")
    assert template("Say: {question}").template_id != template("Say: {question} ").template_id


def test_last_turn_is_wrapped() -> None:
    turns = (Message("system", "S"), Message("user", "A"), Message("assistant", None), Message("user", "Who?"))
    assert wrap(template("Say: {question}"), turns) == (*turns[:3], Message("user", "Say: Who?"))
    for wrong in ((), turns[:3], (Message("user", None),)):
        with pytest.raises(ValueError, match="ends with a user's question"):
            wrap(template("Say: {question}"), wrong)


def test_row_has_the_id_and_the_text() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert template_row(template("Say: {question}"), now) == {
        "template_id": template_id("Say: {question}"),
        "template_set": "identity",
        "template_key": "plain-en-1",
        "language": "en",
        "kind": "plain",
        "template_text": "Say: {question}",
        "is_leading": False,
        "registered_at": now,
    }
