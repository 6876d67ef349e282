"""Names are the glossary's words: of columns, relations, files, verbs and options, of what plans and cards may say."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import duckdb
import pytest
from pydantic import BaseModel

from flows.cli import main
from tasks.adapters.settings import PROJECT
from tasks.adapters.warehouse import sqlfiles
from tasks.domain.card import ModelCard
from tasks.domain.plan import Plan
from tasks.domain.prompting.prompt_set import PromptSetCard
from tasks.domain.prompting.template_card import TemplateSetCard

TEXT = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")
NOT_USED = "## Words that are not used"


def _rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of the tables' rows, without their heads."""
    for line in text.splitlines():
        if line.startswith("| ") and not re.match(r"\|[-| ]+\|$", line):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def terms(text: str) -> list[str]:
    """Return the terms that a glossary defines; a row may define several, apart by commas."""
    defined = text.partition(NOT_USED)[0]
    return [term.strip() for row in _rows(defined) if row[0] != "term" for term in row[0].split(",")]


def replaced(text: str) -> dict[str, str]:
    """Return the words that no name may hold, and what to say. A word with a remark is one only in that sense."""
    return {row[0]: row[1] for row in _rows(text.partition(NOT_USED)[2]) if row[0] != "not" and "(" not in row[0]}


def wrong(names: dict[str, str], text: str = TEXT) -> list[str]:
    """Return what is to be said otherwise: by place, the name that is there."""
    instead = replaced(text)
    found = []
    for place, name in names.items():
        words = f"_{re.sub(r'[^a-z]+', '_', name.lower())}_"
        found += [
            f"{place}: {name} -> {instead[word]}" for word in instead if f"_{word}_" in words or f"_{word}s_" in words
        ]
    return found


def _columns() -> dict[str, str]:
    with duckdb.connect() as connection:
        sqlfiles.create_all(connection)
        columns = sqlfiles.columns_of(connection)
    return {f"{schema}.{name}.{column}": column for (schema, name), of in columns.items() for column, _ in of}


def _files() -> dict[str, str]:
    suffixes = {".py", ".sql", ".toml", ".md"}
    folders = ("tasks", "flows", "sql", "docs", "distillometer", "benchmarks")
    paths = [path.relative_to(PROJECT) for folder in folders for path in (PROJECT / folder).rglob("*")]
    return {
        str(path): str(path.with_suffix("")) for path in paths if path.suffix in suffixes and not _is_of_others(path)
    }


def _is_of_others(path: Path) -> bool:
    """Say whether a file speaks of an older version, in that version's words."""
    return path.parts[:2] == ("sql", "migration")


def _options() -> dict[str, str]:
    found = {}
    waiting = {verb: main.imported(verb) for verb in main.VERBS}
    while waiting:
        verb, command = waiting.popitem()
        found[verb] = verb
        waiting |= {f"{verb} {name}": below for name, below in getattr(command, "commands", {}).items()}
        found |= {f"{verb} {one}": one for parameter in command.params for one in [*parameter.opts, parameter.name]}
    return found


def _keys(model: type[BaseModel], place: str) -> dict[str, str]:
    """Return the keys that a TOML file may have, by their place."""
    found = {}
    for name, field in model.model_fields.items():
        found[f"{place}.{name}"] = name
        waiting = [field.annotation]
        while waiting:
            kind = waiting.pop()
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found |= _keys(kind, f"{place}.{name}")
            waiting += get_args(kind)
    return found


def test_a_term_is_defined_once() -> None:
    assert len(terms(TEXT)) > 50
    assert [term for term, n in Counter(term.lower() for term in terms(TEXT)).items() if n > 1] == []
    assert set(replaced(TEXT)) & {term.lower() for term in terms(TEXT)} == set()


def test_what_is_not_said_is_replaced_by_what_is_defined() -> None:
    defined = " ".join(terms(TEXT)).lower()
    missing = [word for word in replaced(TEXT).values() if "_" not in word and word.rstrip("s") not in defined]
    assert missing == []


@pytest.mark.parametrize("kind", ["columns", "relations", "files", "options", "plan", "cards"])
def test_names_are_of_the_glossary(kind: str) -> None:
    names = {
        "columns": _columns,
        "relations": lambda: {relation.full_name: relation.full_name for relation in sqlfiles.relations()},
        "files": _files,
        "options": _options,
        "plan": lambda: _keys(Plan, "plan"),
        "cards": lambda: (
            _keys(ModelCard, "card") | _keys(PromptSetCard, "prompts") | _keys(TemplateSetCard, "templates")
        ),
    }[kind]()
    assert len(names) > 10
    assert wrong(names) == []


def test_a_name_of_other_words_is_found() -> None:
    planted = {
        "a": "mean_likeness",
        "b": "--trial-limit",
        "c": "core/round_readings",
        "d": "n_asked",
        "e": "unlikeness",
    }
    assert wrong(planted) == [
        "a: mean_likeness -> similarity",
        "b: --trial-limit -> probe",
        "c: core/round_readings -> label",
        "d: n_asked -> n_requests",
    ]
    assert Counter(terms("| term | meaning |\n|---|---|\n| q, z | 1 |\n| z | 2 |")) == {"q": 1, "z": 2}
