"""Imports point one way, modules stay small, headers say what a row is, prompt sets fit their cards."""

import ast
from functools import cache
from pathlib import Path

from tasks.adapters.inputs import cards
from tasks.adapters.settings import PROJECT, data_dir
from tasks.adapters.warehouse import sqlfiles

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


def _name(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts)


MODULES = {_name(path): path for folder in ("flows", "tasks") for path in sorted((PROJECT / folder).rglob("*.py"))}


@cache
def _text(name: str) -> str:
    return MODULES[name].read_text(encoding="utf-8")


@cache
def _nodes(name: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse(_text(name))))


def _imports(name: str) -> set[str]:
    found = set()
    for node in _nodes(name):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _called(name: str) -> set[str]:
    """Return the methods that a module calls, by their names alone."""
    return {
        node.func.attr for node in _nodes(name) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


def _modules_of(*places: str) -> list[str]:
    """Return the modules that lie below one of these folders; every rule has some to hold for."""
    found = [name for name in MODULES if name.startswith(places)]
    assert found
    return found


def test_what_a_function_takes_beyond_five_is_given_by_name() -> None:
    """Verbs of the command are left out: each option is a parameter, and typer gives all of them by name."""
    functions = [
        (f"{name}.{node.name}", [*node.args.posonlyargs, *node.args.args])
        for name, path in MODULES.items()
        if not name.startswith("flows.cli.")
        for node in _nodes(name)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert not [name for name, taken in functions if len([one for one in taken if one.arg not in ("self", "cls")]) > 5]


def _ours(name: str) -> set[str]:
    return {found for found in _imports(name) if found.startswith(("tasks.", "flows"))}


def test_modules_are_small() -> None:
    assert [name for name in MODULES if len(_text(name).splitlines()) > 300] == []


def test_modules_have_telling_names() -> None:
    nothing = {"utils", "util", "helpers", "common", "base", "manager", "misc"}
    assert [name for name, path in MODULES.items() if path.stem in nothing] == []


SPEAKING = {
    f"{name}.py"
    for name in (
        *(
            "store",
            "snapshots",
            "empty_snapshots",
            "sqlfiles",
            "duckdb_files",
            "sqlcolumns",
            "sqlmacros",
            "sqlpruning",
            "reply_texts",
            "table_rows",
            "ingest_rows",
        ),
        *("schema_version", "migrations"),
        *("parquet_files", "hub_data_sets", "llm_tables"),  # Files of others, Parquet and SQLite.
        "mcp_server",  # It hands a reader's SELECT to `Snapshot.sql`.
    )
}


def test_only_the_store_speaks_sql() -> None:
    found = {name for name in MODULES if _called(name) & {"execute", "executemany", "sql"}}
    assert found, "the store speaks SQL"
    assert [name for name in sorted(found) if MODULES[name].name not in SPEAKING] == []


def test_calls_are_registered_in_one_way() -> None:
    found = {name for name in MODULES if "tasks.domain.rows.request_row" in _imports(name)}
    assert found == {"tasks.adapters.warehouse.request_rows"}


def test_flow_files_hold_one_short_flow() -> None:
    flows = [
        name
        for name in _modules_of("flows.")
        if MODULES[name].parent.name == "flows" and not MODULES[name].stem.startswith(("_", "runner"))
    ]
    assert len(flows) > 5
    assert [name for name in flows if len(_text(name).splitlines()) >= 100] == []
    assert [name for name in flows if _text(name).count("\n@flow(") != 1] == []


def test_domain_is_pure() -> None:
    impure = {name: {one.split(".")[0] for one in _imports(name)} & IMPURE for name in _modules_of("tasks.domain.")}
    assert {name: found for name, found in impure.items() if found} == {}
    above = {
        name: {one for one in _ours(name) if not one.startswith("tasks.domain")}
        for name in _modules_of("tasks.domain.")
    }
    assert {name: found for name, found in above.items() if found} == {}


def _beside_and_above(names: list[str]) -> dict[str, set[str]]:
    """Return what these modules import of this project but adapters and domain."""
    found = {
        name: {one for one in _ours(name) if not one.startswith(("tasks.adapters", "tasks.domain"))} for name in names
    }
    return {name: imported for name, imported in found.items() if imported}


def test_steps_meet_in_tables() -> None:
    steps = [name for name in _modules_of("tasks.") if not name.startswith(("tasks.adapters", "tasks.domain"))]
    assert len(steps) > 20
    assert _beside_and_above(steps) == {}


def test_adapters_know_no_step() -> None:
    assert _beside_and_above(_modules_of("tasks.adapters.")) == {}


def test_relations_say_what_a_row_is() -> None:
    relations = sqlfiles.relations()
    assert relations
    heads = {one.full_name: one.text.splitlines()[0] for one in relations}
    assert {name: head for name, head in heads.items() if not head.startswith(f"-- {name}: one row per ")} == {}
    assert [one.full_name for one in relations if not one.grain] == []
    assert [one.full_name for one in relations if (one.schema == "audit") != bool(one.level)] == []


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


def test_what_is_computed_names_the_file_that_writes_it() -> None:
    score = [relation for relation in sqlfiles.relations() if relation.schema == "score"]
    wrong = [
        relation.full_name
        for relation in score
        if not (PROJECT / relation.written_by).is_file()
        or f'"{relation.name}"' not in (PROJECT / relation.written_by).read_text(encoding="utf-8")
    ]
    assert len(score) > 20
    assert wrong == []
