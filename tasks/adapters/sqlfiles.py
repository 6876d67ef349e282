"""Reads `sql/`: one file is one relation, its path is its name, its header says what a row is."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from tasks.adapters.settings import SQL_DIR

SCHEMAS = ("raw", "core", "mart", "check")


@dataclass(frozen=True)
class Relation:
    """One relation.

    `stored`: '' a view; 'published' or 'warehouse' a table formed anew at each scoring, and copied into the snapshot or
    not; 'snapshot' a view in the warehouse, never behind it, whose rows are stored when they are published.
    """

    schema: str
    name: str
    text: str
    comment: str
    grain: str
    level: str
    stored: str
    reads: frozenset[str]

    @property
    def full_name(self) -> str:
        """Schema and name, as SQL refers to it."""
        return f"{self.schema}.{self.name}"

    @property
    def is_copied(self) -> bool:
        """Say whether its rows are written into the snapshot."""
        return self.schema == "raw" or self.stored in ("published", "snapshot")

    @property
    def quoted(self) -> str:
        """The full name as SQL accepts it everywhere: `check` is a reserved word."""
        return f'"{self.schema}"."{self.name}"'


def _header(text: str, key: str) -> str:
    found = re.search(rf"^-- {re.escape(key)}: (.*)$", text, flags=re.MULTILINE)
    return found.group(1).strip() if found else ""


def _reads(text: str) -> frozenset[str]:
    """Return the `schema.relation` names that a bare SELECT reads; it is parsed, not bound."""
    with duckdb.connect() as connection:
        [[tree]] = connection.execute("select json_serialize_sql($1)", [text]).fetchall()
    parsed = json.loads(tree)
    if parsed.get("error"):
        raise ValueError(f"not one bare SELECT: {parsed.get('error_message')}\n{text}")
    found: set[str] = set()
    stack = [parsed]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
                found.add(f"{node['schema_name']}.{node['table_name']}")
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return frozenset(found)


def read_relation(path: Path) -> Relation:
    """Return the relation that the file at `path` defines."""
    text = path.read_text(encoding="utf-8")
    schema, name = path.parent.name, path.stem
    comment = _header(text, f"{schema}.{name}")
    reads = frozenset() if schema == "raw" else _reads(text)
    return Relation(
        schema, name, text, comment, _header(text, "grain"), _header(text, "level"), _header(text, "stored"), reads
    )


@cache
def relations(root: Path = SQL_DIR) -> tuple[Relation, ...]:
    """Return every relation, each after those that it reads.

    Raises:
        ValueError: relations read each other in a circle, or one reads what does not exist.
    """
    files = [path for schema in SCHEMAS for path in sorted((root / schema).glob("*.sql"))]
    waiting = {relation.full_name: relation for relation in map(read_relation, files)}
    ordered: dict[str, Relation] = {}
    while waiting:
        ready = [relation for relation in waiting.values() if relation.reads <= ordered.keys()]
        if not ready:
            unmet = {name: sorted(relation.reads - ordered.keys()) for name, relation in waiting.items()}
            raise ValueError(f"these relations read each other in a circle, or what does not exist: {unmet}")
        for relation in ready:
            ordered[relation.full_name] = waiting.pop(relation.full_name)
    return tuple(ordered.values())


def examples(root: Path = SQL_DIR) -> dict[str, str]:
    """Return the analysts' example queries by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((root / "examples").glob("*.sql"))}
