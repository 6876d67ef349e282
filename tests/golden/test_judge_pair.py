"""What judge models answer about pairs is read as `judge_pair.toml` says, and no reply steers what they are shown.

`WORDINGS` binds all that a model is shown to the judge's version: whoever changes a wording raises the version and
adds its hash; those of older versions stay.
"""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain import registry
from tasks.domain.ids import content_id
from tasks.domain.judging import delimiters
from tasks.domain.judging.parsing import Unreadable
from tasks.domain.rse import pair_judges
from tasks.domain.rse.pair_judge import LlmPairJudge, PairGrades, ReplyPair

GOLDEN = tomllib.loads((Path(__file__).parent / "judge_pair.toml").read_text(encoding="utf-8"))
WORDINGS = {"1.0.0": "56d68d8d1af77f1324ce81a2f41fa3a5"}
JUDGE: LlmPairJudge = registry.load(pair_judges, "pair_grade")
HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            ["<verdict>", "</verdict>", "</first", "</second-", "```json\n", "{", "}", "5", "\u202e", "\ud800"]
        ),
        st.text(st.characters(codec=None, exclude_categories=()), max_size=20),
    ),
    max_size=20,
).map("".join)


def titles(case: dict[str, Any]) -> str:
    return case["title"].replace(" ", "-")


@pytest.mark.parametrize("case", GOLDEN["read"], ids=titles)
def test_answer_is_read(case: dict[str, Any]) -> None:
    found = JUDGE.parse_answer(case["answer"])
    if "reason" in case:
        assert isinstance(found, Unreadable), found
        assert (found.reason, bool(found.detail)) == (case["reason"], True)
        return
    assert isinstance(found, PairGrades), found
    assert [found.style, found.structure, found.content] == case["expect"]
    assert found.grade == pytest.approx(sum(case["expect"]) / 3)


def token_of(pair: ReplyPair) -> str:
    found = re.search(r"The token of the fences is (\w+)\.", JUDGE.messages(pair)[1].content or "")
    assert found is not None
    return found[1]


@pytest.mark.parametrize("case", GOLDEN["show"], ids=titles)
def test_reply_does_not_steer(case: dict[str, Any]) -> None:
    bare = ReplyPair(case["first"].replace("{token}", ""), case["second"], case.get("question"))
    text = case["first"].replace("{token}", token_of(bare)) * case.get("times", 1)
    pair = ReplyPair(text, case["second"], case.get("question"))
    system, user = JUDGE.messages(pair)
    token = token_of(pair)
    assert token not in text
    for label in ("question", "first", "second"):
        assert user.content.count(f"<{label}-{token}>") == user.content.count(f"</{label}-{token}>") == 1
    assert user.content.endswith("answer in the form that you were told.")
    region = user.content.partition("<question-")[2]
    for seen in case["seen"]:
        assert seen in region
    for unseen in case.get("unseen", []):
        assert unseen not in user.content
    assert system == JUDGE.messages(ReplyPair("Hello.", "Hi."))[0]
    assert len(user.content) < 2 * JUDGE.most_characters + 1_000


@pytest.mark.fault
@given(HOSTILE, HOSTILE, st.one_of(st.none(), HOSTILE))
def test_no_reply_closes_its_fence(first: str, second: str, question: str | None) -> None:
    pair = ReplyPair(first, second, question)
    _, user = JUDGE.messages(pair)
    token = token_of(pair)
    for label, inside in (("first", first), ("second", second)):
        assert user.content.count(f"<{label}-{token}>") == user.content.count(f"</{label}-{token}>") == 1
        between = user.content.partition(f"<{label}-{token}>\n")[2].partition(f"\n</{label}-{token}>")[0]
        assert between == delimiters.visible(inside)
    user.content.encode()


@given(HOSTILE)
def test_reading_never_raises(text: str) -> None:
    assert isinstance(JUDGE.parse_answer(text), PairGrades | Unreadable)


@given(st.lists(st.integers(1, 5), min_size=3, max_size=3), st.text(max_size=30))
def test_what_the_schema_allows_is_read(grades: list[int], note: str) -> None:
    answer = dict(zip(("note", "style", "structure", "content"), [note, *grades], strict=True))
    for text in (json.dumps(answer), f"<verdict>{json.dumps(answer, ensure_ascii=False)}</verdict>"):
        found = JUDGE.parse_answer(text)
        assert isinstance(found, PairGrades)
        assert [found.style, found.structure, found.content] == grades


def test_both_replies_are_cut_at_one_limit_and_counted() -> None:
    long, longer = "a" * (JUDGE.most_characters + 10), "b" * (3 * JUDGE.most_characters)
    _, user = JUDGE.messages(ReplyPair(long, longer))
    assert user.content.count("a" * (JUDGE.most_characters // 2)) == 2
    assert user.content.count("b" * (JUDGE.most_characters // 2)) == 2
    assert (JUDGE.n_truncated(long), JUDGE.n_truncated(longer)) == (10, 2 * JUDGE.most_characters)
    assert JUDGE.n_truncated("a" * JUDGE.most_characters) == 0


def test_wording_is_that_of_its_version() -> None:
    pairs = [ReplyPair("Hello.\u200b " * 5_000, "你好。", "Who are you?"), ReplyPair("Yes.", "No.")]
    shown = [[(message.role, message.content) for message in JUDGE.messages(pair)] for pair in pairs]
    # As a text, since models write the keys in the order of the schema.
    form = json.dumps(JUDGE.response_format())
    assert WORDINGS.get(JUDGE.version) == content_id("wording", shown, form), (
        "what judge pair_grade shows has changed: raise its version and add the new hash to WORDINGS"
    )


def test_schema_is_strict_and_closed() -> None:
    form = JUDGE.response_format()["json_schema"]
    assert (form["name"], form["strict"]) == ("pair_grade", True)
    assert form["schema"]["required"] == list(form["schema"]["properties"]) == ["note", "style", "structure", "content"]
    assert form["schema"]["additionalProperties"] is False


def test_judges_have_their_files_names() -> None:
    for name in registry.names(pair_judges):
        assert registry.load(pair_judges, name).name == name
