"""What judge models answer is read as `judge_llm.toml` says, and no reply steers what they are shown.

`WORDINGS` binds all that a model is shown to the judge's version: whoever changes a wording raises the version and
adds its hash; those of older versions stay.
"""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tasks.domain import registry
from tasks.domain.card import Facts
from tasks.domain.ids import content_id
from tasks.domain.judging import delimiters, judges
from tasks.domain.judging.claim import AttributeClaim, ClaimLabel, Identity, JudgedReply
from tasks.domain.judging.claim_judge import LlmClaimJudge
from tasks.domain.judging.parsing import Unreadable
from tasks.domain.prompting.lexicon import Family, Lexicon, Name, Vendor

GOLDEN = tomllib.loads((Path(__file__).parent / "judge_llm.toml").read_text(encoding="utf-8"))
JUDGES = ["contradiction", "llm_claim"]
WORDINGS = {
    "contradiction": {"1.0.0": "df42c0efb85c2e8429b36fda78115399"},
    "llm_claim": {"1.0.0": "2ea9da2a3878af4b634e33d125c75aa3"},
}
DEVIATES = {"yes": True, "no": False, "unknown": None}


def _vendor(vendor_id: str, maker: str, model: str) -> Vendor:
    return Vendor(vendor_id, "", (Name(maker),), (), (Family(model, (Name(model),)),))


LEXICON = Lexicon(
    "1",
    (
        _vendor("meta", "Meta", "Llama"),
        _vendor("openai", "OpenAI", "GPT"),
        _vendor("anthropic", "Anthropic", "Claude"),
        Vendor("alibaba", "", (Name("Alibaba"), Name("阿里巴巴"))),
    ),
)
IDENTITY = Identity(
    "meta",
    Facts(name="Llama 3.1", maker="Meta", parent_company="Meta Platforms", country="United States"),
)


def judge_named(name: str) -> LlmClaimJudge:
    return registry.load(judges, name)


def attributes_of(lines: list[str]) -> tuple[AttributeClaim, ...]:
    found = []
    for line in lines:
        attribute, value, vendor, deviates = (None if cell == "-" else cell for cell in line.split(" | "))
        found.append(AttributeClaim(attribute, value, vendor, DEVIATES[deviates]))
    return tuple(found)


@pytest.mark.parametrize("case", GOLDEN["read"], ids=lambda case: f"{case['judge']}-{case['title'].replace(' ', '-')}")
def test_answer_is_read(case: dict[str, Any]) -> None:
    found = judge_named(case["judge"]).parse_answer(case["answer"], LEXICON, IDENTITY)
    if "reason" in case:
        assert isinstance(found, Unreadable), found
        assert (found.reason, bool(found.detail)) == (case["reason"], True)
        return
    assert isinstance(found, ClaimLabel), found
    expected = dict(case["expect"])
    if "attributes" in expected:
        expected["attributes"] = attributes_of(expected["attributes"])
    assert {key: getattr(found, key) for key in expected} == expected
    assert found.missing_reason is None


@pytest.mark.parametrize("case", GOLDEN["read"], ids=lambda case: f"{case['judge']}-{case['title'].replace(' ', '-')}")
def test_verdict_fills_the_aspects_of_its_judge(case: dict[str, Any]) -> None:
    judge = judge_named(case["judge"])
    found = judge.parse_answer(case["answer"], LEXICON)
    if isinstance(found, ClaimLabel):
        assert (found.is_contradiction is not None) == ("contradiction" in judge.aspects)
        assert (found.is_foreign is not None) == ("foreign" in judge.aspects)
        assert found.is_contradiction or not found.is_foreign


@pytest.mark.parametrize("name", JUDGES)
@pytest.mark.parametrize("case", GOLDEN["show"], ids=lambda case: case["title"].replace(" ", "-"))
def test_reply_does_not_steer(case: dict[str, Any], name: str) -> None:
    judge = judge_named(name)
    bare = case["reply"].replace("{token}", "")
    text = case["reply"].replace("{token}", token_of(judge, JudgedReply(bare, case.get("question"))))
    reply = JudgedReply(text * case.get("times", 1), case.get("question"))
    system, user = judge.messages(reply, IDENTITY, LEXICON)
    token = token_of(judge, reply)
    assert token not in reply.text
    assert user.content.count(f"</reply-{token}>") == 1
    assert user.content.endswith("answer in the form that you were told.")
    region = user.content.partition("<question-")[2].rpartition(f"</reply-{token}>")[0]
    for seen in case["seen"]:
        assert seen in region
    for unseen in case.get("unseen", []):
        assert unseen not in user.content
    plain = judge.messages(JudgedReply("I am Llama."), IDENTITY, LEXICON)
    assert (system, len(plain)) == (plain[0], 2)
    assert len(user.content) < delimiters.MOST_CHARACTERS + 8_000


def token_of(judge: LlmClaimJudge, reply: JudgedReply) -> str:
    found = re.search(r"The token of the fences is (\w+)\.", judge.messages(reply, IDENTITY, LEXICON)[1].content)
    return found[1]


@pytest.mark.parametrize("name", JUDGES)
def test_wording_is_that_of_its_version(name: str) -> None:
    judge = judge_named(name)
    reply = JudgedReply("Hello.\u200b " * 5_000, "Who are you?", "en")
    stranger = Identity("nobody-known", Facts(knowledge_cutoff="2024"))
    shown = [
        [(message.role, message.content) for message in judge.messages(reply, identity, LEXICON)]
        for identity in (IDENTITY, stranger)
    ]
    # As a text, since models write the keys in the order of the schema.
    form = json.dumps(judge.response_format(LEXICON))
    assert WORDINGS[name].get(judge.version) == content_id("wording", shown, form), (
        f"what judge {name} shows has changed: raise its version and add the new hash to WORDINGS"
    )


def test_no_two_versions_have_one_wording() -> None:
    for hashes in WORDINGS.values():
        assert len(set(hashes.values())) == len(hashes)


@pytest.mark.parametrize("name", JUDGES)
def test_judge_has_its_file_s_name(name: str) -> None:
    assert judge_named(name).name == name
    assert judge_named(name).response_format(LEXICON)["json_schema"]["name"] == name
