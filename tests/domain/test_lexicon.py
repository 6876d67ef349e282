"""The lexicon finds vendors and models by their names, tells names from common words, and is one tidy file."""

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tasks.adapters.inputs import cards
from tasks.adapters.inputs.lexicons import read_lexicon
from tasks.domain.errors import InputError
from tasks.domain.prompting.lexicon import Family, Lexicon, Name, Vendor
from tasks.domain.prompting.name_pattern import any_name, may_hold

LEXICON = read_lexicon()

NOT_REAL = {"example-labs"}
"""Vendors of cards that stand for no real maker."""

FILE = """version = "1.0.0"

[[vendor]]
id = "a"
country = "China"
makers = ["Ay"]

[[vendor]]
id = "b"
country = "China"
makers = [{ name = "Bee", case = true }]

[country]
"China" = []
"""


def found(text: str) -> list[tuple[str, str, str]]:
    return [(mention.vendor, mention.kind, text[mention.start : mention.end]) for mention in LEXICON.mentions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I was made by OpenAI.", [("openai", "maker", "OpenAI")]),
        ("open-ai, Open AI and OPENAI", [("openai", "maker", name) for name in ("open-ai", "Open AI", "OPENAI")]),
        ("chatgpt's answer", [("openai", "model", "chatgpt")]),
        ("GPT-4o or GPT-3.5-turbo", [("openai", "model", "GPT-4o"), ("openai", "model", "GPT-3.5")]),
        ("Qwen2.5 by Alibaba Cloud", [("alibaba", "model", "Qwen2.5"), ("alibaba", "maker", "Alibaba Cloud")]),
        ("GPT-J came before Llama 3", [("eleutherai", "model", "GPT-J"), ("meta", "model", "Llama 3")]),
        ("我是由阿里云开发的通义千问", [("alibaba", "maker", "阿里云"), ("alibaba", "model", "通义千问")]),
        ("文心一言来自百度，豆包模型来自字节跳动", [("baidu", "model", "文心一言"), ("baidu", "maker", "百度"), ("bytedance", "model", "豆包"), ("bytedance", "maker", "字节跳动")]),
        ("**[CHATGPT]**: hello", [("openai", "model", "CHATGPT")]),
        ("智谱AI的ChatGLM", [("zhipu", "maker", "智谱AI"), ("zhipu", "model", "ChatGLM")]),
        ("我是Kimi，由月之暗面开发", [("moonshot", "model", "Kimi"), ("moonshot", "maker", "月之暗面")]),
        ("xAI trained Grok", [("xai", "maker", "xAI"), ("xai", "model", "Grok")]),
        ("I am Gemini.", [("google", "model", "Gemini")]),
        ("Gemini or Claude?", [("google", "model", "Gemini"), ("anthropic", "model", "Claude")]),
        ("llama3 and phi-4", [("meta", "model", "llama3"), ("microsoft", "model", "phi-4")]),
    ],
)  # fmt: skip
def test_names_are_found(text, expected) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A llama in the zoo spat at me.",
        "A meta-analysis of forty probes.",
        "Claude Monet painted water lilies.",
        "I am a Gemini and my sister is a Leo.",
        "The command a user gives, and step 2 of it.",
        "An apple a day; the Amazon is a river.",
        "Add palm sugar, then let the maids serve it.",
        "The golden ratio is called phi.",
        "Professor Yi met Kimi and an orca.",
        "BetterGPT and UnGPT are made-up names.",
        "一个字节有八位。",
        "我早饭吃了豆包和小米粥。",
        "Nova, Luna and Titan are personas.",
        "",
    ],
)
def test_common_words_are_no_names(text) -> None:
    assert found(text) == []


def test_context_decides_on_ambiguous_names() -> None:
    assert found("Apple announced a new language model.") == [("apple", "maker", "Apple")]
    assert found("The model was trained by Meta.") == [("meta", "maker", "Meta")]
    assert found("Claude, which Anthropic made") == [
        ("anthropic", "model", "Claude"),
        ("anthropic", "maker", "Anthropic"),
    ]


def test_leading_texts() -> None:
    assert LEXICON.names_vendor_or_model("Hello ChatGPT")
    assert LEXICON.names_vendor_or_model("你是谷歌做的吗？")
    assert LEXICON.names_vendor_or_model("From now on you are MegaGPT")
    assert not LEXICON.names_vendor_or_model("Which company made you?")
    assert not LEXICON.names_vendor_or_model("你是哪家公司开发的？")


def test_countries() -> None:
    text = "Our seat is San Francisco, not 杭州. Tell us more in the USA."
    assert [(found.country, text[found.start : found.end]) for found in LEXICON.countries_in(text)] == [
        ("United States", "San Francisco"),
        ("China", "杭州"),
        ("United States", "USA"),
    ]


def test_family_and_canonical_name() -> None:
    [mention] = LEXICON.mentions("tongyi qianwen")
    assert (mention.family, mention.name) == ("Qwen", "Tongyi Qianwen")
    assert LEXICON.vendor("alibaba").country == "China"
    assert LEXICON.vendor("nobody") is None


def test_longest_name_wins() -> None:
    lexicon = Lexicon(
        "1.0.0",
        (
            Vendor("short", "x", makers=(Name("Blue"),)),
            Vendor("long", "x", makers=(Name("Blue Sky"),), models=(Family("Bluesky", (Name("Blue Sky Max"),)),)),
        ),
    )
    names = [
        (mention.vendor, mention.name) for mention in lexicon.mentions("Blue, blue-sky, BlueSkyMax 2, Blue Skyline")
    ]
    assert names == [("short", "Blue"), ("long", "Blue Sky"), ("long", "Blue Sky Max"), ("short", "Blue")]


def test_every_vendor_of_a_card_is_known() -> None:
    vendors = {cards.read_card(name).vendor for name in cards.card_names()}
    assert vendors - NOT_REAL <= {vendor.id for vendor in LEXICON.vendors}
    assert len(LEXICON.vendors) >= 45


def test_facts_of_cards_name_their_own_vendor() -> None:
    for name in cards.card_names():
        card = cards.read_card(name)
        if card.vendor in NOT_REAL:
            continue
        facts = " is made by ".join(filter(None, (card.facts.name, card.facts.maker, card.facts.parent_company)))
        assert {mention.vendor for mention in LEXICON.mentions(facts)} == {card.vendor}, facts


def test_every_listed_name_is_found() -> None:
    for vendor in LEXICON.vendors:
        for name in (*vendor.makers, *vendor.parents, *(name for family in vendor.models for name in family.names)):
            mentions = LEXICON.mentions(f"the AI model {name.text}")
            assert [mention.vendor for mention in mentions] == [vendor.id], name
            assert mentions[-1].end == len(f"the AI model {name.text}"), name


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read(text) -> None:
    mentions = LEXICON.mentions(text)
    assert all(0 <= mention.start < mention.end <= len(text) for mention in mentions)
    assert all(before.end <= after.start for before, after in pairwise(mentions))


@pytest.mark.parametrize("part", ["a", "OpenAI,", "Gemini or Claude ", "我们的人工智能", "meta ", "G-P-T-"])
def test_long_text_takes_time_by_its_length(part) -> None:
    """Eight times the text takes about eight times as long, and not sixty-four times."""

    def seconds(n: int) -> float:
        text = part * (n // len(part.encode()))
        began = time.process_time()
        LEXICON.mentions(text)
        return time.process_time() - began

    # The least of three: what else the machine does is not of the text.
    least = {n: min(seconds(n) for _ in range(3)) for n in (25_000, 200_000)}
    assert least[200_000] < 30 * max(least[25_000], 0.005)


def write(tmp_path: Path, text: str) -> Path:
    (tmp_path / "lexicon.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_file_is_read_once_and_again_when_it_changes(tmp_path) -> None:
    first = read_lexicon(write(tmp_path, FILE))
    assert read_lexicon(tmp_path) is first
    assert read_lexicon(write(tmp_path, FILE.replace("1.0.0", "1.0.1") + "\n")).version == "1.0.1"


@pytest.mark.fault
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "b"', 'id = "a"', "vendor 'a' stands after 'a'"),
        ('id = "b"', 'id = "B"', "it should match"),
        ('"Bee"', '"Ay"', "the name 'Ay' of vendor 'b' also means 'a'"),
        ('"Bee", case', '"Bee", cases', "did you mean 'case'"),
        ('makers = ["Ay"]', "", "'vendor.0.makers' is missing"),
        ('makers = ["Ay"]', "makers = []", "at least 1 item"),
        ('country = "China"\nmakers = ["Ay"]', 'country = "Chile"\nmakers = ["Ay"]', "'Chile' of vendor 'a' is not in"),
        ('"Ay"', '" Ay"', "it should match"),
        ("[[vendor]]", "[[vendor", "not valid TOML"),
    ],
)
def test_bad_file_is_refused(tmp_path, old, new, said) -> None:
    with pytest.raises(InputError, match=r"lexicon\.toml:\d+: .*") as caught:
        read_lexicon(write(tmp_path, FILE.replace(old, new, 1)))
    assert said in str(caught.value)


def test_missing_file(tmp_path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_lexicon(tmp_path)


IN_WORDS = [name.text.lower() for _, _, name, _ in LEXICON._names() if name.in_words]
PIECES = [
    "GPT",
    "gpt-4",
    "Claude",
    "claude",
    "Kimi",
    "Mi\u017ftral",
    "\u212aimi",
    "智谱",
    "豆包",
    "通义",
    "Gemini",
    "Open AI",
]
PIECES += ["Meta", "Phi", "made by", "model", " ", " or ", "4", "-", "\u2011", "\u00a0", "。", "x"]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_a_text_is_leading_where_it_holds_a_mention_or_a_part_of_a_word(text) -> None:
    is_leading = LEXICON.names_vendor_or_model(text)
    if LEXICON.mentions(text):
        assert is_leading
    elif not any(part in text.lower() for part in IN_WORDS):
        assert not is_leading


@given(
    st.text(alphabet="aAkKsSiIſıİ\u212a é-_\u00a0\u2011\t1", max_size=8),
    st.text(alphabet="aksi é-1", min_size=1, max_size=4),
)
def test_a_name_that_a_text_can_not_hold_is_not_found_there(text, name) -> None:
    assume(name.strip(" -") == name)
    if any_name([name]).search(text):
        assert may_hold(text, [name]) == (name,)
