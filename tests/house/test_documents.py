"""What the documents tell to type can be typed, and what they name is there; `make docs-check` runs it."""

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import pytest
import typer
import yaml
from typer.exceptions import TyperException

from flows.cli import main
from tasks.adapters.settings import PROJECT, Home
from tasks.adapters.warehouse.notebook import Snapshot, open_snapshot
from tasks.domain.errors import DistillometerError
from tasks.domain.plan import Plan
from tests.support.documents import NAMES, Block, Document, Typed

ROOMS = ("benchmarks", "data", "distillometer", "docs", "flows", "sql", "tasks", "tests")
WRITTEN_BY_RUNS = ("data/out", "journal/BATCH.jsonl")
STANDS_FOR_ANY = ("FILE.csv",)
_PATH = re.compile(
    rf"(?:{'|'.join(ROOMS)})/[\w./*<>-]*|[\w./*<>-]+\.(?:csv|j2|jsonl|lock|md|png|py|sql|toml|ya?ml)|\.env\.example"
)
_RELATION = re.compile(r"((?:mart|score|raw|core|meta|check)\.\w+)(?:\.(\w+))?")
_PART = re.compile(r"\[{1,2}(\w+)[\w.]*\]{1,2}(?: .*)?")


@dataclass(frozen=True)
class Known:
    """A published snapshot, and the columns of each of its relations."""

    snapshot: Snapshot
    columns: dict[str, set[str]]


@pytest.fixture(scope="module")
def known(analysed: Home) -> Iterator[Known]:
    with open_snapshot(analysed.root) as snapshot:
        rows = snapshot.sql("select relation, column_name from meta.relation_column").rows()
        relations = snapshot.sql("select relation from meta.relation")["relation"]
        yield Known(snapshot, {name: {column for of, column in rows if of == name} for name in relations})


def problems(document: Document, known: Known) -> list[str]:
    """Return what a document tells or names that is not there."""
    found = [wrong for one in document.commands(set(main.VERBS)) if (wrong := _wrong_command(one, known))]
    found += [wrong for block in document.blocks if (wrong := _wrong_block(block, known))]
    found += [wrong for span in document.spans if (wrong := _wrong_span(span, known))]
    return found + [f"no file {link}" for link in document.links if not (document.folder / link).exists()]


def _wrong_command(one: Typed, known: Known) -> str | None:
    program, *words = one.words
    if program == "distillometer":
        sql = words[1] if words[0] == "query" and not words[1].startswith("-") else None
        return _wrong_verb(words) or (_wrong_sql(sql, known) if sql else None)
    if program == "make":
        return next(
            (f"no target of make: {word}" for word in words if "=" not in word and word not in _targets()), None
        )
    if "-m" in words and find_spec(module := words[words.index("-m") + 1]) is None:
        return f"no module {module}"
    return None


def _wrong_verb(words: list[str]) -> str | None:
    """Return why the command line refuses these words: it takes them apart and runs nothing."""
    command, rest, context = typer.main.get_command(main.app), list(words), None
    try:
        while True:
            context = command.make_context(command.name, list(rest), parent=context)
            if not hasattr(command, "resolve_command"):
                break
            _, command, rest = command.resolve_command(context, rest)
    except TyperException as error:
        return f"distillometer {' '.join(words)}: {error}"
    example = context.params.get("example")
    return f"no example {example}" if example and not (PROJECT / f"sql/examples/{example}.sql").exists() else None


@cache
def _targets() -> set[str]:
    return set(re.findall(r"^([a-z][\w-]*):", (PROJECT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


@cache
def _options() -> set[str]:
    commands = [main.imported(verb) for verb in main.VERBS]
    commands += [below for command in commands for below in getattr(command, "commands", {}).values()]
    return {option for command in commands for parameter in command.params for option in parameter.opts}


@cache
def _paths() -> set[str]:
    """Return every file and folder of the rooms, and the files beside them."""
    inside = [path for room in ROOMS for path in (PROJECT / room).rglob("*")]
    return {path.relative_to(PROJECT).as_posix() for path in (*inside, *PROJECT.iterdir())}


def _wrong_block(block: Block, known: Known) -> str | None:
    if block.language == "python":
        return _wrong_python(block.text)
    if block.language == "sql":
        return _wrong_sql(block.text, known)
    if block.language == "toml":
        stray = [key for key in tomllib.loads(block.text) if key not in Plan.model_fields]
        return f"no part of a plan: {stray}" if stray else None
    if block.language == "yaml":
        return _wrong_job(block.text)
    return None if block.language == "" else f"a block in {block.language}, which nobody holds to anything"


def _wrong_job(text: str) -> str | None:
    """Return why a verb that a job's step runs is wrong; a job that is no YAML raises an error."""
    jobs = yaml.safe_load(text)["jobs"].values()
    runs = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    typed = [shlex.split(run.partition(" > ")[0])[1:] for run in runs if run.startswith("distillometer ")]
    return next(filter(None, map(_wrong_verb, typed)), None) if typed else "no step runs the command"


def _wrong_python(text: str) -> str | None:
    for node in ast.walk(ast.parse(text)):
        for alias in node.names if isinstance(node, ast.ImportFrom | ast.Import) else ():
            module = node.module if isinstance(node, ast.ImportFrom) else alias.name
            if find_spec(str(module)) is None:
                return f"no module {module}"
            if isinstance(node, ast.ImportFrom) and not hasattr(import_module(str(module)), alias.name):
                return f"{module} has no {alias.name}"
    return None


def _wrong_sql(text: str, known: Known) -> str | None:
    try:
        known.snapshot.sql(text)
    except DistillometerError as error:
        return f"{text}: {error}"
    return None


def _wrong_span(span: str, known: Known) -> str | None:
    if span.startswith("select "):
        return _wrong_sql(span, known)
    if found := _RELATION.fullmatch(span):
        relation, column = found.groups()
        is_there = relation in known.columns and (column is None or column in known.columns[relation])
        return None if is_there else f"no relation or column {span}"
    if found := _PART.fullmatch(span):
        extras = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        known_parts = {*Plan.model_fields, *extras["optional-dependencies"]}
        return None if found[1] in known_parts else f"no part of a plan: {span}"
    if re.match("--[a-z]", span):
        stray = {word for word in span.split() if word.startswith("--")} - _options()
        return f"no verb has {stray}" if stray else None
    if span.startswith("DISTILLOMETER_"):
        is_read = span in (PROJECT / "tasks/adapters/settings.py").read_text(encoding="utf-8")
        return None if is_read else f"nobody reads {span}"
    return next((f"no file {word}" for word in span.split() if _is_stray_path(word)), None)


def _is_stray_path(word: str) -> bool:
    """Say whether a word looks like a path of the project and is none; `<name>` and single capitals stand for any."""
    if not _PATH.fullmatch(word) or word.startswith(WRITTEN_BY_RUNS) or word in STANDS_FOR_ANY:
        return False
    pattern = re.sub(r"<\w+>|(?<![A-Za-z])[A-Z](?![A-Za-z])", "*", word.rstrip("/"))
    return not any(fnmatch(path, pattern) or fnmatch(path, f"*/{pattern}") for path in _paths())


@pytest.mark.parametrize("name", NAMES)
def test_what_a_document_tells_and_names_is_there(name: str, known: Known) -> None:
    assert problems(Document.read(name), known) == []


@pytest.mark.parametrize(
    "text",
    [
        "`distillometer qury 1`",
        "`distillometer show nothing`",
        "`score --nothing X`",
        "`--nothing X`",
        "```\n$ distillometer plan demo --nothing\nshown\n```",
        '```\n$ distillometer query "select nothing\n  from mart.verdict"\n```',
        "```\ndistillometer query --example nothing\n```",
        "`make nothing`",
        "```\nmake nothing  # a comment\n```",
        "`python -m benchmarks.nothing`",
        "```python\nfrom distillometer import nothing\n```",
        "```python\nimport distillometer_nothing\n```",
        "```sql\nselect * from mart.nothing\n```",
        "```toml\n[nothing]\n```",
        "```bash\nls\n```",
        "`select nothing from mart.verdict`",
        "`tasks/nothing`",
        "`nothing.toml`",
        "| where |\n|---|\n| `mart.nothing` |",
        "`mart.verdict.nothing`",
        "`[nothing]`",
        "`DISTILLOMETER_NOTHING`",
        "[more](docs/nothing.md)",
        "![picture](docs/nothing.png)",
    ],
)
def test_what_is_not_there_is_found(text: str, known: Known) -> None:
    assert len(problems(Document(text), known)) == 1
