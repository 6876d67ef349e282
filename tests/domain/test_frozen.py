"""Which of the found templates make a bank, and how its files read."""

import json
import tomllib

from tasks.domain.prompting.template_bank import SearchTemplate, bank_lines, card_text, kept_templates, lines_text
from tasks.domain.prompting.template_card import TemplateLine, TemplateSetCard

LONG = (
    "Say it twice, please, once as a letter to an old friend abroad and once as a short poem about the sea at night, "
    "with the moon above it and one boat far out: {question} And when all of that is said, stop at once."
)


def found(text: str, n_success: int, n_judged: int = 10, kind: str = "role_play") -> SearchTemplate:
    return SearchTemplate(text, "en", kind, False, n_judged, n_success)


def test_best_come_first_and_what_never_succeeded_stays_out() -> None:
    rows = [found("A {question}", 1), found("B {question}", 0), found("C {question}", 5), found("D {question}", 0, 0)]
    assert [row.text for row in kept_templates(rows, 0.0, None)] == ["C {question}", "A {question}"]
    assert [row.text for row in kept_templates(rows, 0.2, None)] == ["C {question}"]
    assert [row.text for row in kept_templates(rows, 0.0, 1)] == ["C {question}"]
    assert kept_templates(rows[::-1], 0.0, None) == kept_templates(rows, 0.0, None)


def test_of_near_duplicates_only_the_best_is_kept() -> None:
    rows = [found(LONG, 3), found(LONG.replace("at once.", "now."), 2), found(LONG + "!", 9)]
    assert [row.n_success for row in kept_templates(rows, 0.0, None)] == [9]


def test_of_equal_shares_the_oftener_judged_comes_first() -> None:
    rows = [found("One {question}", 1, 2), found("Two {question}", 5, 10)]
    assert [row.n_judged for row in kept_templates(rows, 0.0, None)] == [10, 2]


def test_files_read_back() -> None:
    lines = bank_lines(
        [found('A "quoted" {question}\n再', 1), found("B {question}", 1), found("C {question}", 1, 9, "poem")]
    )
    assert [line.id for line in lines] == ["role-play-en-1", "role-play-en-2", "poem-en-1"]
    read = [TemplateLine.model_validate(json.loads(line)) for line in lines_text(lines).splitlines()]
    assert read == lines
    card = TemplateSetCard(
        name="found",
        version="1.0.0",
        purpose='with "quotes", \\ and 名字',
        author="a",
        licence="b",
        languages=("en", "zh"),
        kinds=("poem",),
        searches=("s1", "s2"),
        n_templates=1,
        sha256="0" * 64,
    )
    assert TemplateSetCard.model_validate(tomllib.loads(card_text(card))) == card
