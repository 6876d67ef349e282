"""Imports point one way, modules stay small, headers say what a row is, prompt sets fit their cards."""

import ast
from pathlib import Path

import pytest

from tasks.adapters import cards, sqlfiles
from tasks.adapters.settings import PROJECT, data_dir

MODULES = sorted([*(PROJECT / "flows").rglob("*.py"), *(PROJECT / "tasks").rglob("*.py")])
IMPURE = {
    "prefect",
    "duckdb",
    "openai",
    "httpx",
    "httpx2",
    "aiohttp",
    "faiss",
    "os",
    "sentence_transformers",
    "random",
    "time",
}


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _name(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_is_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_has_a_telling_name(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "common", "base", "manager", "misc"}


SPEAKING = {
    f"{name}.py"
    for name in ("store", "snapshots", "sqlfiles", "sqlmacros", "sqlpruning", "reply_texts", "table_rows", "taking_in")
}


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_only_the_store_speaks_sql(path: Path) -> None:
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert path.name in SPEAKING or not called & {"execute", "executemany", "sql"}


@pytest.mark.parametrize(
    "path", [m for m in MODULES if m.parent.name == "flows" and not m.stem.startswith(("_", "cli"))], ids=_name
)
def test_flow_file_holds_one_short_flow(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) < 80
    assert text.count("\n@flow(") == 1


@pytest.mark.parametrize("path", [m for m in MODULES if "/domain/" in str(m)], ids=_name)
def test_domain_is_pure(path: Path) -> None:
    imports = _imports(path)
    assert not {name.split(".")[0] for name in imports} & IMPURE
    assert not {
        name for name in imports if name.startswith(("tasks.", "flows")) and not name.startswith("tasks.domain")
    }


@pytest.mark.parametrize("path", [m for m in MODULES if m.parent == PROJECT / "tasks"], ids=_name)
def test_steps_meet_in_tables(path: Path) -> None:
    ours = {name for name in _imports(path) if name.startswith(("tasks.", "flows"))}
    assert not {name for name in ours if not name.startswith(("tasks.adapters", "tasks.domain"))}


@pytest.mark.parametrize("path", [m for m in MODULES if "/adapters/" in str(m)], ids=_name)
def test_adapters_know_no_step(path: Path) -> None:
    ours = {name for name in _imports(path) if name.startswith(("tasks.", "flows"))}
    assert not {name for name in ours if not name.startswith(("tasks.adapters", "tasks.domain"))}


@pytest.mark.parametrize("relation", sqlfiles.relations(), ids=lambda relation: relation.full_name)
def test_relation_says_what_a_row_is(relation: sqlfiles.Relation) -> None:
    first, second = relation.text.splitlines()[0], relation.text
    assert first.startswith(f"-- {relation.full_name}: one row per ")
    assert relation.grain, second
    assert (relation.schema == "check") == bool(relation.level)


def test_every_card_plan_and_set_is_valid() -> None:
    for name in cards.card_names():
        cards.read_card(name)
    for path in sorted((data_dir() / "plans").glob("*.toml")):
        plan, _ = cards.read_plan(path.stem)
        cards.read_cards(plan)
    sets = {
        path.parent.name: cards.read_prompt_set(path.parent.name)[1]
        for path in (data_dir() / "prompts").glob("*/card.toml")
    }
    assert len(sets["general"]) >= 200
    assert len(sets["maths"]) >= 100
    assert len(sets["chat"]) >= 60
    by_language = [prompt.language for prompt in sets["identity"]]
    assert by_language.count("en") >= 25
    assert by_language.count("zh") >= 25
