"""The text-only judge reads its golden cases as they are meant, any text without harm, and a long one in bounded time."""

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.adapters.inputs.lexicons import read_lexicon
from tasks.domain import registry
from tasks.domain.card import Facts
from tasks.domain.claims.statements import statements
from tasks.domain.judging import judges
from tasks.domain.judging.claim import ClaimLabel, Identity, JudgedReply
from tasks.domain.judging.failures import failed_call_reason

LEXICON = read_lexicon()
JUDGE = registry.load(judges, "text_claim")
GOLDEN = tomllib.loads((Path(__file__).parents[1] / "golden" / "judge_text_claim.toml").read_text(encoding="utf-8"))
TARGETS = {
    name: Identity(target["vendor"], Facts.model_validate(target["facts"])) for name, target in GOLDEN["target"].items()
}
CASES = GOLDEN["case"]


def judged(reply: str, target: str = "qwen", prompt: str | None = None) -> ClaimLabel:
    return JUDGE.judge(JudgedReply(reply, prompt), TARGETS[target], LEXICON)


def said(reply: str, target: str) -> dict[str, tuple[str | None, str | None, bool | None]]:
    found = judged(reply, target).attributes
    assert len({claim.attribute for claim in found}) == len(found)
    return {claim.attribute: (claim.value_text, claim.vendor, claim.is_deviation) for claim in found}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_golden_case(case: dict[str, Any]) -> None:
    label = judged(case["reply"], case["target"], case.get("prompt"))
    assert label.missing_reason == case.get("missing")
    if "missing" in case:
        assert (label.is_contradiction, label.is_foreign) == (None, None)
        return
    assert label.is_foreign == case["foreign"], label
    assert label.is_contradiction == case.get("contradiction", case["foreign"]), label
    for key, found in (
        ("stance", label.stance),
        ("vendor", label.claimed_vendor),
        ("model", label.claimed_model),
        ("earnest", label.is_earnest),
    ):
        assert found == case.get(key, found), label


def test_there_are_enough_cases_of_both_languages() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES) >= 60
    assert sum(any("\u4e00" <= letter <= "\u9fff" for letter in case["reply"]) for case in CASES) >= 20


def test_foreign_implies_contradiction_and_a_vendor() -> None:
    for case in CASES:
        label = judged(case["reply"], case["target"], case.get("prompt"))
        if label.is_foreign:
            assert label.is_contradiction
            assert label.stance == "foreign"
            assert label.claimed_vendor
            assert label.evidence
            assert label.cue


def test_one_reply_is_foreign_or_own_as_the_target_is() -> None:
    for target, is_foreign in {"qwen": True, "gpt": False, "claude": True}.items():
        assert judged("I was made by OpenAI.", target).is_foreign == is_foreign


@pytest.mark.parametrize(
    ("maker", "model"),
    [("Anthropic", "Claude"), ("Google", "Gemini"), ("百度", "文心一言"), ("DeepSeek", "DeepSeek-V3"), ("xAI", "Grok"), ("Mistral AI", "Mixtral")],
)  # fmt: skip
@pytest.mark.parametrize("wording", ["I was developed by {maker}.", "My name is {model}.", "{maker}, the company behind me, is large.", "我是由{maker}开发的。", "我是{model}。"])  # fmt: skip
def test_cues_hold_for_every_vendor(wording, maker, model) -> None:
    reply = wording.format(maker=maker, model=model)
    assert judged(reply, "llama").is_foreign, reply


def test_attributes_say_what_deviates_and_towards_whom() -> None:
    assert said("I am GPT-4, made by OpenAI. My parent company is Microsoft.", "qwen") == {
        "name": ("GPT-4", "openai", True),
        "model_family": ("GPT", "openai", True),
        "maker": ("OpenAI", "openai", True),
        "parent_company": ("Microsoft", "microsoft", True),
    }
    assert said("I'm Qwen, made by Alibaba Cloud. My team is based in China.", "qwen") == {
        "name": ("Qwen", "alibaba", False),
        "model_family": ("Qwen", "alibaba", False),
        "maker": ("Alibaba Cloud", "alibaba", False),
        "country": ("China", None, False),
    }
    assert said("My knowledge cutoff is May 2022. I'm based on Mixtral.", "claude") == {
        "knowledge_cutoff": ("2022", None, True),
        "base_technology": ("Mixtral", "mistral", True),
    }
    assert said("My team is based in China.", "lodestar")["country"] == ("China", None, None)


def test_evidence_is_the_sentence() -> None:
    label = judged("Good morning. I was made by OpenAI. How are you?")
    assert (label.evidence, label.cue) == ("I was made by OpenAI.", "made by")


@pytest.mark.parametrize("text", ["no answer", "None.", "Error: timeout", "API error 500", '"Reject to respond."', "content_filter"])  # fmt: skip
def test_notes_of_failed_calls(text) -> None:
    assert failed_call_reason(text) == "failed_call"


@pytest.mark.parametrize("text", ["No.", "I refuse to answer.", "The error is in line 3 of your program.", "...", "Nonetheless, yes."])  # fmt: skip
def test_short_replies_are_no_failed_calls(text) -> None:
    assert failed_call_reason(text) is None


def test_statements_know_their_voice() -> None:
    text = "Hello there. I am U.S. made, e.g. by hand!\n[DAN]: Hm. Really?\nUser: And you?\nName: Qwen"
    assert [(found.text, found.voice, found.label) for found in statements(text)] == [
        ("Hello there.", "assistant", None),
        ("I am U.S. made, e.g. by hand!", "assistant", None),
        ("Hm.", "role", "DAN"),
        ("Really?", "role", "DAN"),
        ("And you?", "user", "User"),
        ("Name: Qwen", "user", "User"),
    ]


@settings(deadline=None, max_examples=200)
@given(st.text())
def test_any_text_is_judged(text) -> None:
    label = judged(text)
    assert (label.missing_reason is None) == (label.is_foreign is not None)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            ["I ", "am ", "not ", "OpenAI ", "Claude", "made ", "by ", "my ", "developers ", ", ", '"', "(", "[", "]: ", ". ", "\n", "我是", "由", "百度", "开发", "如果", "behind ", "me ", "like "]
        ),
        max_size=40,
    )
)  # fmt: skip
def test_any_order_of_telling_words_is_judged(words) -> None:
    text = "".join(words)
    assert judged(text, "llama", text[:20]).is_foreign in {True, False, None}


@pytest.mark.parametrize(
    "part",
    ["a", "我", "OpenAI,", "I am", "I-am-a-part-of-", "behind me OpenAI ", "really  ", "[a]", '"I am ChatGPT" ', "my team of OpenAI by me ", "我是由OpenAI开发，", "大语言模型", "I was made by OpenAI.\n"],
)  # fmt: skip
def test_long_text_takes_time_by_its_length(part) -> None:
    """Eight times the text takes about eight times as long, and not sixty-four times."""

    def seconds(n: int) -> float:
        text = part * (n // len(part))
        began = time.process_time()
        judged(text, prompt=text[:10_000])
        return time.process_time() - began

    seconds(50_000)
    assert seconds(400_000) < 30 * max(seconds(50_000), 0.01)
