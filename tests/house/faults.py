"""docs/faults.md: each fault and wrong input that a test brings about, read from the tests themselves without importing them.

All tests of the files in `WHOLE` are listed, and every test that is marked `@pytest.mark.fault`. What is said of one is its
name, the first sentence of its docstring, and its cases with what is expected of each. `python -m tests.house.faults` writes the page.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.adapters.settings import CODE as PROJECT
from tasks.domain.inert_text import spelled_out

PAGE = PROJECT / "docs" / "faults.md"
MARK = "pytest.mark.fault"

SECTIONS = {
    "What endpoints do": (
        "tests/adapters/test_asking.py",
        "tests/adapters/test_batch_job",
        "tests/flows/test_hostile_endpoint.py",
        "search",
        "judge",
        "grade",
    ),
    "Kills, full disks, and who writes at the same time": (
        *(
            "journal",
            "migrations",
            "publish",
            "whole_files",
            "evaluate",
            "interrupt",
            "workers",
            "deployments",
            "crash",
        ),
        *("prefect_server", "neighbours", "exports", "upgrade", "llama_cpp"),
    ),
    "Files, cards, plans and options": (
        "bad_",
        "base_url",
        "card",
        "ingest",
        "plan",
        "weights",
        "templates",
        "bases",
        "lexicon",
    ),
    "Keys": ("key",),
    "Text and SQL that mean harm": ("inert", "locked_query", "terminal", "render", "browser", "stages", "advisories"),
    "Others": ("",),
}
"""Sections of the page, by what the path of a test's file holds; the first that fits."""

WHOLE = (
    "tests/adapters/test_inert_outlets.py",
    "tests/adapters/test_journal.py",
    "tests/adapters/test_locked_query.py",
    "tests/adapters/test_shared_journal.py",
    "tests/adapters/test_weights.py",
    "tests/adapters/test_whole_files.py",
    "tests/domain/test_base_url.py",
    "tests/domain/test_key_hosts.py",
    "tests/flows/test_bad_input.py",
    "tests/flows/test_bad_place.py",
    "tests/flows/test_bad_replies.py",
    "tests/flows/test_hostile_endpoint.py",
    "tests/flows/test_interrupt.py",
    "tests/flows/test_key_warnings.py",
    "tests/flows/test_planted_key.py",
)
OUTCOMES = ("said", "problem", "reason", "seen", "cell", "host", "least_s")
"""Parameters of a test that hold what is expected, and not what is brought about."""

MOST_CHARACTERS = 110
ARROW = " → "

HEAD = """# Faults

Every fault and wrong input that a test brings about, and what distillometer then does. This page is written from the tests by
`python -m tests.house.faults`, and a test holds it to them. A line is a test, with the sentence that it is named by; below it
are its cases, and after an arrow what is expected of each: part of the message, the reason that is stored, or what is shown.
"""


@dataclass(frozen=True)
class Fault:
    """One test: its file, its name, the first sentence of its docstring, and its cases with what is expected of them."""

    path: str
    name: str
    remark: str
    cases: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """Return the test as an item of a list."""
        sentence = self.name.removeprefix("test_").replace("_", " ")
        head = f"- **{sentence[:1].upper()}{sentence[1:]}.** {self.remark}".rstrip()
        if not any(ARROW in case for case in self.cases):
            return [f"{head} Cases: {'; '.join(self.cases)}." if self.cases else head]
        return [head, *(f"  - {case}" for case in self.cases)]


def faults_of(path: Path) -> Iterator[Fault]:
    """Yield the tests of a file that bring a fault about, in its order."""
    text, name = path.read_text(encoding="utf-8"), path.relative_to(PROJECT).as_posix()
    if name not in WHOLE and MARK not in text:
        return
    module = ast.parse(text)
    constants = {
        target.id: _value(node.value, {})
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in module.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test_"):
            continue
        if name in WHOLE or any(ast.unparse(mark).startswith(MARK) for mark in node.decorator_list):
            first = re.split(r"(?<=[.!?])\s", " ".join((ast.get_docstring(node) or "").split()))[0]
            yield Fault(name, node.name, escaped(first), tuple(_cases(node, constants)))


def _cases(node: ast.FunctionDef | ast.AsyncFunctionDef, constants: dict[str, Any]) -> Iterator[str]:
    """Yield the cases of a test that can be read without running anything."""
    for mark in node.decorator_list:
        if not isinstance(mark, ast.Call) or ast.unparse(mark.func) != "pytest.mark.parametrize":
            continue
        names = ast.literal_eval(mark.args[0])
        names = [part.strip() for part in names.split(",")] if isinstance(names, str) else list(names)
        values = _value(mark.args[1], constants)
        for value in values if isinstance(values, list | tuple | dict) else ():
            given = dict(zip(names, value if len(names) > 1 else [value], strict=False))
            outcomes = [_shown(given[name]) for name in names if name in OUTCOMES and name in given]
            inputs = [_shown(item) for name, item in given.items() if name not in OUTCOMES]
            yield ", ".join(inputs or ["(nothing)"]) + (ARROW + ", ".join(outcomes) if outcomes else "")


def _value(node: ast.expr, constants: dict[str, Any]) -> Any:
    """Return what an expression holds, with names as their constants and anything else as its source."""
    if isinstance(node, ast.Name) and node.id in constants:
        return constants[node.id]
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_value(item, constants) for item in node.elts]
    if isinstance(node, ast.Dict):
        return {
            _value(key, constants): _value(item, constants)
            for key, item in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant)
        }
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "items":
        held = _value(node.func.value, constants)
        return list(held.items()) if isinstance(held, dict) else ast.unparse(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        parts = _value(node.left, constants), _value(node.right, constants)
        if all(isinstance(part, dict) for part in parts):
            return {**parts[0], **parts[1]}
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ast.unparse(node)


def escaped(text: str) -> str:
    """Return text as Markdown that shows it as it stands."""
    return re.sub(r"([\\\\`*_\[\]|~#])", r"\\\1", text).replace("&", "&amp;").replace("<", "&lt;")


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value)) or "(nothing)"
    text = spelled_out(value if isinstance(value, str) else repr(value)).replace("\n", " / ")
    return escaped(text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}...") or "(nothing)"


def page() -> str:
    """Return the text of docs/faults.md."""
    by_section: dict[str, list[str]] = {section: [] for section in SECTIONS}
    for path in sorted((PROJECT / "tests").rglob("test_*.py")):
        listed = list(faults_of(path))
        if not listed:
            continue
        name = path.relative_to(PROJECT).as_posix()
        about = " ".join(
            (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n\n")[0].split()
        )
        section = next(section for section, parts in SECTIONS.items() if any(part in name for part in parts))
        by_section[section] += ["", f"### `{name}`", "", escaped(about), ""]
        by_section[section] += [line for fault in listed for line in fault.lines]
    parts = [HEAD.rstrip()]
    parts += ["\n".join([f"\n## {section}", *lines]) for section, lines in by_section.items() if lines]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
