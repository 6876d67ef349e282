"""Template sets are read whole or refused with file, line and remedy; the identity set keeps what its card promises."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import regex

from tasks.adapters.inputs.lexicons import read_lexicon
from tasks.adapters.inputs.templates import read_template_set, template_set_names
from tasks.domain.errors import InputError
from tasks.domain.prompting.template import PLACEHOLDER, template_id
from tasks.domain.similarity.lexical import bigram_jaccard

LINES = [
    {"id": "plain-en-1", "language": "en", "kind": "plain", "text": "Say: {question}", "is_leading": False},
    {"id": "story-zh-1", "language": "zh", "kind": "story", "text": "讲：{question}", "is_leading": False},
]


def write(data: Path, lines: list[dict[str, Any]] = LINES, raw: str | None = None, **changes: Any) -> Path:
    folder = data / "templates" / "few"
    folder.mkdir(parents=True, exist_ok=True)
    text = raw if raw is not None else "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "templates.jsonl").write_text(text, encoding="utf-8")
    card = {
        "name": "few",
        "version": "1.0.0",
        "purpose": "Tests.",
        "author": "nobody",
        "licence": "Apache-2.0",
        "languages": ["en", "zh"],
        "kinds": ["plain", "story"],
        "n_templates": len(lines),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    } | changes
    (folder / "card.toml").write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in card.items()))
    return data


def changed(**changes: Any) -> list[dict[str, Any]]:
    return [LINES[0], {key: value for key, value in (LINES[1] | changes).items() if value is not None}]


def test_set_is_read_in_file_order(tmp_path: Path) -> None:
    card, templates = read_template_set("few", write(tmp_path))
    assert (card.n_templates, card.kinds) == (2, ("plain", "story"))
    assert [(t.template_set, t.template_key, t.language, t.kind, t.is_leading) for t in templates] == [
        ("few", "plain-en-1", "en", "plain", False),
        ("few", "story-zh-1", "zh", "story", False),
    ]
    assert templates[1].template_id == template_id("讲：{question}")
    assert template_set_names(tmp_path) == ["few"]


@pytest.mark.fault
@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (changed(text="讲"), "0 times"),
        (changed(text="{question}{question}"), "2 times"),
        (changed(text=None), "key 'text' is missing"),
        (changed(txt="x"), "key 'txt' is not known"),
        (changed(is_leading="no"), "key 'is_leading' is 'no'"),
        (changed(is_leading=0), "key 'is_leading' is 0"),
        (changed(kind="stories"), "Did you mean 'story'?"),
        (changed(kind="Story"), "key 'kind' is 'Story'"),
        (changed(language="fr"), "key 'language' is 'fr'"),
        (changed(id="plain-en-1"), "id of 'plain-en-1' stands already in line 1"),
        (changed(text="Say: {question}"), "text of 'story-zh-1' stands already in line 1"),
    ],
)
def test_wrong_line_is_named(tmp_path: Path, lines: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_template_set("few", write(tmp_path, lines))
    assert said in str(caught.value)
    assert caught.value.where == f"{tmp_path}/templates/few/templates.jsonl:2"
    assert caught.value.remedy


@pytest.mark.fault
@pytest.mark.parametrize(
    ("changes", "line", "said"),
    [
        ({"n_templates": 3}, 8, "key 'n_templates' is 3, templates.jsonl has 2 templates"),
        ({"sha256": "0" * 64}, 9, "key 'sha256' does not fit"),
        ({"name": "other"}, 1, "key 'name' is 'other', the folder is called 'few'"),
        ({"kinds": ["plain", "plain"]}, None, "'kinds' names plain more than once"),
        ({"kinds": []}, 7, "key 'kinds' is []"),
        ({"n_template": 2}, 10, "did you mean 'n_templates'?"),
        ({"version": "1"}, 2, "key 'version' is '1'"),
    ],
)
def test_wrong_card_is_named(tmp_path: Path, changes: dict[str, Any], line: int | None, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_template_set("few", write(tmp_path, **changes))
    assert said in str(caught.value)
    assert caught.value.where == f"{tmp_path}/templates/few/card.toml" + (f":{line}" if line else "")


def test_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"templates\.jsonl:2: it is not valid JSON"):
        read_template_set("few", write(tmp_path, raw=json.dumps(LINES[0]) + "\n{"))


def test_unknown_set_is_told_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no template set 'fw'.*Near to it: few"):
        read_template_set("fw", write(tmp_path))
    with pytest.raises(InputError, match="None is known yet"):
        read_template_set("fw", tmp_path / "nothing")


@pytest.mark.parametrize(("flag", "said"), [(False, "names a vendor"), (True, "names no vendor")])
def test_flag_has_to_agree_with_the_text(tmp_path: Path, flag: bool, said: str) -> None:
    text = "Speak as Acme: {question}" if not flag else "Speak: {question}"
    data = write(tmp_path, changed(text=text, is_leading=flag))
    assert len(read_template_set("few", data)[1]) == 2
    with pytest.raises(InputError, match=said):
        read_template_set("few", data, lambda text: "Acme" in text)


def test_identity_set_is_as_large_and_mixed_as_the_scores_need() -> None:
    card, templates = read_template_set("identity")
    assert card.licence == "Apache-2.0"
    assert len(templates) >= 72
    assert sum(not t.is_leading for t in templates) >= 50
    languages = Counter(t.language for t in templates)
    assert 0.3 <= languages["zh"] / len(templates) <= 0.5
    assert set(card.kinds) == {t.kind for t in templates}
    assert set(card.languages) == set(languages)
    for kind in card.kinds:
        assert {t.language for t in templates if t.kind == kind} == {"en", "zh"}
        assert any(not t.is_leading for t in templates if t.kind == kind)


def test_identity_set_is_written_in_the_language_it_says() -> None:
    for t in read_template_set("identity")[1]:
        text = t.text.replace(PLACEHOLDER, "")
        han = len(regex.findall(r"\p{Han}", text))
        latin = len(regex.findall(r"\p{Latin}+", text))
        assert (han > latin) == (t.language == "zh"), t.template_key


def test_identity_set_has_no_two_alike() -> None:
    templates = read_template_set("identity")[1]
    for place, left in enumerate(templates):
        for right in templates[place + 1 :]:
            assert (bigram_jaccard(left.text, right.text) or 0) < 0.5, (left.template_key, right.template_key)


def test_identity_set_is_leading_where_the_lexicon_says_so() -> None:
    lexicon = read_lexicon()
    _, templates = read_template_set("identity", names=lexicon.names_vendor_or_model)
    vendors = {mention.vendor for t in templates for mention in lexicon.mentions(t.text)}
    assert len(vendors) >= 8
