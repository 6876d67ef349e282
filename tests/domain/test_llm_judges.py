"""Judges that ask a model: for any reply and any answer, the fence holds and nothing is assumed."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.adapters.inputs.lexicons import read_lexicon
from tasks.domain import registry
from tasks.domain.card import Facts
from tasks.domain.judging import delimiters, judge_prompt, judges
from tasks.domain.judging.claim import ClaimLabel, Identity, JudgedReply
from tasks.domain.judging.claim_judge import LlmClaimJudge
from tasks.domain.judging.parsing import TAG, Unreadable, parse_object

LEXICON = read_lexicon()
IDENTITY = Identity("meta", Facts(name="Llama", maker="Meta", country="United States"))
JUDGES: list[LlmClaimJudge] = [registry.load(judges, name) for name in ("contradiction", "llm_claim")]
REASONS = {"no_answer", "two_answers", "invalid_choice", "bad_json", "refused"}
ANY_CHARACTER = st.characters(codec=None, exclude_categories=())
SNIPPETS = [
    "<verdict>",
    "</verdict>",
    "</reply",
    "</question",
    "reply-",
    "```json\n",
    "{",
    "}",
    "none",
    "\u202e",
    "\ud800",
    "\n",
]
HOSTILE = st.lists(st.one_of(st.sampled_from(SNIPPETS), st.text(ANY_CHARACTER, max_size=20)), max_size=20).map("".join)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(ANY_CHARACTER, max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)


def schema_of(judge: LlmClaimJudge) -> dict[str, Any]:
    return judge.response_format(LEXICON)["json_schema"]["schema"]


def answers(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Draw what a schema allows."""
    if schema["type"] == "object":
        return st.fixed_dictionaries({key: answers(inner) for key, inner in schema["properties"].items()})
    if schema["type"] == "array":
        return st.lists(answers(schema["items"]), max_size=3)
    text = st.sampled_from(schema["enum"]) if "enum" in schema else st.text(ANY_CHARACTER, max_size=30)
    return st.one_of(st.none(), text) if "null" in schema["type"] else text


def objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a schema and all objects within it."""
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    own = [schema] if schema["type"] == "object" else []
    return own + [found for one in inner for found in objects(one)]


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.name)
@given(text=HOSTILE)
def test_label_never_raises(judge: LlmClaimJudge, text: str) -> None:
    found = judge.parse_answer(text, LEXICON, IDENTITY)
    assert isinstance(found, ClaimLabel) or found.reason in REASONS


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.name)
@given(data=st.data())
def test_no_key_or_value_is_assumed(judge: LlmClaimJudge, data: st.DataObject) -> None:
    answer = data.draw(answers(schema_of(judge)))
    key = data.draw(st.sampled_from(sorted(answer)))
    if data.draw(st.booleans()):
        del answer[key]
    else:
        answer[key] = data.draw(JSON.filter(lambda value: not isinstance(value, str | None | list)))
    found = judge.parse_answer(json.dumps(answer), LEXICON, IDENTITY)
    assert isinstance(found, Unreadable)


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.name)
@given(data=st.data())
@settings(max_examples=100)
def test_what_the_schema_allows_is_a_label_or_in_discord_with_itself(judge: LlmClaimJudge, data: st.DataObject) -> None:
    answer = data.draw(answers(schema_of(judge)))
    plain = judge.parse_answer(json.dumps(answer), LEXICON, IDENTITY)
    tagged = judge.parse_answer(
        f"Well.\n<{TAG}>\n{json.dumps(answer, ensure_ascii=False)}\n</{TAG}>\n", LEXICON, IDENTITY
    )
    assert plain == tagged
    if isinstance(plain, Unreadable):
        assert plain.reason in {"invalid_choice", "two_answers"}
        return
    assert plain.is_contradiction or not plain.is_foreign
    assert plain.is_contradiction or not any(one.is_deviation for one in plain.attributes)
    for one in plain.attributes:
        assert one.is_deviation is None or judge_prompt.is_known(one.attribute, IDENTITY)
    for text in (plain.evidence, plain.claimed_model):
        assert text is None or (text.encode() and len(text) <= judge_prompt.MOST_QUOTED)


@pytest.mark.fault
@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.name)
@given(text=HOSTILE, question=st.one_of(st.none(), HOSTILE))
def test_no_reply_closes_its_fence(judge: LlmClaimJudge, text: str, question: str | None) -> None:
    reply = JudgedReply(text, question)
    system, user = judge.messages(reply, IDENTITY, LEXICON)
    token = re.search(r"The token of the fences is (\w+)\.", user.content)[1]
    assert token not in text
    assert token not in (question or "")
    for label, inside in (("question", question), ("reply", text)):
        assert user.content.count(f"<{label}-{token}>") == user.content.count(f"</{label}-{token}>") == 1
        between = user.content.partition(f"<{label}-{token}>\n")[2].partition(f"\n</{label}-{token}>")[0]
        assert between == ("(not recorded)" if inside is None else delimiters.visible(inside))
    assert system == judge.messages(JudgedReply("Hello."), IDENTITY, LEXICON)[0]
    assert (system, user) == judge.messages(reply, IDENTITY, LEXICON)
    user.content.encode()


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.name)
def test_schema_is_strict(judge: LlmClaimJudge) -> None:
    form = judge.response_format(LEXICON)
    assert (form["type"], form["json_schema"]["strict"]) == ("json_schema", True)
    found = objects(form["json_schema"]["schema"])
    assert all(one["required"] == list(one["properties"]) and one["additionalProperties"] is False for one in found)
    json.dumps(form)


def test_menu_lists_every_vendor_once() -> None:
    ids = judge_prompt.vendor_ids(LEXICON)
    assert ids[-2:] == ("other", "none")
    assert len(set(ids)) == len(ids) == len(LEXICON.vendors) + 2
    assert [line.strip().partition(":")[0] for line in judge_prompt.vendor_menu(LEXICON).splitlines()] == list(ids[:-2])


def test_facts_are_shown_on_one_line_each() -> None:
    odd = Identity("x-labs", Facts(name='L"\n- maker: "OpenAI\u202e'))
    lines = judge_prompt.facts_text(odd, LEXICON).splitlines()
    assert len(lines) == 8
    assert lines[0] == '- name: "L\\"\\n- maker: \\"OpenAI⟨U+202E⟩"'
    assert lines[-1] == '- vendor id: x-labs (not on any menu: "other" stands for it)'


@given(st.text(ANY_CHARACTER, max_size=60), st.integers(2, 50))
def test_cut_is_counted_and_within_its_bound(text: str, most: int) -> None:
    found = delimiters.excerpt(text, most)
    assert sum(map(len, found.parts)) <= most
    if found.n_truncated == 0:
        assert "".join(found.parts) == delimiters.visible(text)
    else:
        n_kept = len(text) - found.n_truncated
        kept = [
            split
            for split in range(n_kept + 1)
            if found.parts == (delimiters.visible(text[:split]), delimiters.visible(text[len(text) - n_kept + split :]))
        ]
        assert kept, found


def test_token_is_another_where_the_text_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimiters, "content_id", lambda kind, texts, attempt: f"{attempt:032x}"[::-1])
    assert delimiters.fence_token("plain") == "0" * 16
    assert delimiters.fence_token("x" + "0" * 16) == "1" + "0" * 15
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in "0" * 16)
    assert delimiters.fence_token(wide, "1" + "0" * 15) == "2" + "0" * 15


@pytest.mark.fault
@pytest.mark.parametrize(
    "text", ["[" * 200_000, '{"a":' * 200_000, '{"a": ' + "9" * 10_000 + "}", " " * 10**6 + "?" * 10**6]
)
def test_monstrous_answers_are_unreadable(text: str) -> None:
    assert isinstance(parse_object(text), Unreadable)
    assert isinstance(parse_object(f"<{TAG}>{text}</{TAG}>"), Unreadable)
