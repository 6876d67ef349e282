"""Reads `sql/`: one file is one relation, its path is its name, its header documents a row.

`sqlcolumns` says what stands in their columns.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from tasks.adapters.settings import SQL_DIR
from tasks.adapters.warehouse import schema_version
from tasks.adapters.warehouse.sqlmacros import create_formulas, create_queries, macros

SCHEMAS = ("raw", "score", "core", "mart", "audit", "meta")


@dataclass(frozen=True)
class Relation:
    """One relation.

    `stored`: '' a view; 'published' or 'warehouse' a table that each scoring computes, and copied into the snapshot or
    not in it at all; 'snapshot' a view in the warehouse, always current, whose rows are computed and stored in the
    snapshot, out of what is stored there already; 'unpublished' a view that the snapshot lacks, as it reads what
    is not there.
    `comment`: its first sentence; `details`: the rest of the header. `filter_by`: the columns by which to filter it,
    as it is too large to read whole. `key`: by which columns a row is known to be there already, by default the grain;
    see `table_rows.Key`. `kept`: why a scoring does not replace the rows of a table of schema score. `written_by`: the
    file that writes the rows of one.
    """

    schema: str
    name: str
    text: str
    comment: str
    grain: str
    details: str
    level: str
    stored: str
    filter_by: str
    key: str
    kept: str
    written_by: str
    reads: frozenset[str]

    @property
    def full_name(self) -> str:
        """Schema and name, as SQL refers to it."""
        return f"{self.schema}.{self.name}"

    @property
    def is_declared(self) -> bool:
        """Whether its file declares a table; else it is a SELECT."""
        return _declares_table(self.text)

    @property
    def is_copied(self) -> bool:
        """Whether its rows are copied into the snapshot."""
        return self.is_declared or self.stored == "published"

    @property
    def is_computed(self) -> bool:
        """Whether it is a table whose rows a scoring replaces: they can be computed again from schema raw."""
        return self.schema == "score" and not self.kept

    @property
    def is_published(self) -> bool:
        """Whether the snapshot has it."""
        return self.stored not in ("warehouse", "unpublished")

    @property
    def described(self) -> str:
        """Its comment in the database: sentence, grain and details, each on a line of its own."""
        keys = [f"{key}: {text}" for key, text in (("grain", self.grain), ("filter", self.filter_by)) if text]
        return "\n".join([self.comment, *keys, *([self.details] if self.details else [])])

    @property
    def quoted(self) -> str:
        """The full name as SQL accepts it everywhere."""
        return f'"{self.schema}"."{self.name}"'

    @property
    def own_meanings(self) -> Mapping[str, str]:
        """What its file says above its columns, by column."""
        return dict(_MEANING.findall(self.text))


_MEANING = re.compile(r"^[ ]+-- (\w+): (.+)$", re.MULTILINE)

_KEYS = ("grain", "key", "kept", "level", "stored", "filter", "written by")


def _header(text: str, full_name: str) -> dict[str, str]:
    """Return the comment lines that begin a file: by key, `comment` and `details`."""
    header: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        content = line.removeprefix("--").strip()
        key, _, rest = content.partition(": ")
        if key in _KEYS:
            header[key] = rest.strip()
        else:
            place = "details" if "grain" in header else "comment"
            header[place] = f"{header.get(place, '')} {content}".strip()
    if "kept" in header:
        header["details"] = f"Kept from one scoring to the next: {header['kept']} {header.get('details', '')}".strip()
    if "written by" in header:
        header["details"] = f"{header.get('details', '')} Written by {header['written by']}.".strip()
    return header | {"comment": header.get("comment", "").removeprefix(f"{full_name}:").strip()}


def _declares_table(text: str) -> bool:
    """Return whether a file declares a table, which the program fills, and is no SELECT."""
    return "\ncreate table " in text


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """Return a database that only parses; opening one for each file would take most of a command's start."""
    return duckdb.connect()


def _reads(text: str) -> frozenset[str]:
    """Return the `schema.relation` names that a bare SELECT reads; it is parsed, not bound."""
    with _parser().cursor() as connection:
        [[tree]] = connection.execute("select json_serialize_sql($1)", [text]).fetchall()
    parsed = json.loads(tree)
    if parsed.get("error"):
        raise ValueError(f"not one bare SELECT: {parsed.get('error_message')}\n{text}")
    names: set[str] = set()
    stack = [parsed]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
                names.add(f"{node['schema_name']}.{node['table_name']}")
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return frozenset(names)


def read_relation(path: Path) -> Relation:
    """Return the relation that the file at `path` defines."""
    text = path.read_text(encoding="utf-8")
    schema, name = path.parent.name, path.stem
    header = _header(text, f"{schema}.{name}")
    reads = frozenset() if _declares_table(text) else _reads(text)
    return Relation(
        schema=schema,
        name=name,
        text=text,
        comment=header["comment"],
        grain=header.get("grain", ""),
        details=header.get("details", ""),
        level=header.get("level", ""),
        stored=header.get("stored", ""),
        filter_by=header.get("filter", ""),
        key=header.get("key", header.get("grain", "")),
        kept=header.get("kept", ""),
        written_by=header.get("written by", ""),
        reads=reads,
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


def _is_view(relation: Relation, *, is_snapshot: bool) -> bool:
    is_unstored = relation.stored in ("", "unpublished") or (relation.stored == "snapshot" and not is_snapshot)
    return not relation.is_declared and is_unstored


def _drop_stale_relations(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop leftovers of an older version: relations that no file defines, and tables that are views now."""
    kinds = {(of.schema, of.name): _is_view(of, is_snapshot=False) for of in relations()}
    present = connection.execute(
        "select schema_name, table_name, false from duckdb_tables() where not internal"
        " union all select schema_name, view_name, true from duckdb_views() where not internal"
    ).fetchall()
    for schema, name, is_view in present:
        if schema in SCHEMAS and schema != "raw" and kinds.get((schema, name)) != is_view:
            connection.execute(f'drop {"view" if is_view else "table"} "{schema}"."{name}"')


def create(connection: duckdb.DuckDBPyConnection, relation: Relation, *, is_snapshot: bool = False) -> None:
    """Create one relation: a view, or a table without rows where there is none; what is copied is there already."""
    name = relation.quoted
    if is_snapshot and relation.is_copied:
        return
    if relation.is_declared:
        connection.execute(relation.text)
    elif _is_view(relation, is_snapshot=is_snapshot):
        connection.execute(f"create or replace view {name} as {relation.text}")
    else:
        connection.execute(f"create table if not exists {name} as select * from ({relation.text}) limit 0")


def columns_of(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Return the columns with their types of each table and view, in their order."""
    columns: dict[tuple[str, str], list[tuple[str, str]]] = {}
    query = "select schema_name, table_name, column_name, data_type from duckdb_columns() order by column_index"
    for schema, name, column, kind in connection.execute(query).fetchall():
        columns.setdefault((schema, name), []).append((column, kind))
    return columns


def _drop_computed_of_other_columns(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop computed tables whose files have other columns now: the next scoring computes them, without a migration."""
    present = columns_of(connection)
    computed = [relation for relation in relations() if relation.is_computed]
    with duckdb.connect() as scratch:
        for schema in SCHEMAS:
            scratch.execute(f'create schema "{schema}"')
        for relation in computed:
            scratch.execute(relation.text)
        declared = columns_of(scratch)
    for relation in computed:
        key = (relation.schema, relation.name)
        if key in present and sorted(present[key]) != sorted(declared[key]):
            connection.execute(f"drop table {relation.quoted}")


@cache
def digest() -> str:
    """Return a hash of all files of `sql/`, the texts of columns, and DuckDB's version."""
    texts = [duckdb.__version__, *(f"{relation.quoted} {relation.stored} {relation.text}" for relation in relations())]
    texts += [*(macro.text for macro in macros()), (SQL_DIR / "columns.toml").read_text(encoding="utf-8")]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def create_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Create missing relations, and each view again; nothing if the same files and DuckDB did so here before.

    Binding a hundred views that read each other takes seconds.
    """
    current_digest = digest()
    connection.execute("create table if not exists main.created_from (digest varchar)")
    if connection.execute("select digest from main.created_from").fetchall() == [(current_digest,)]:
        return
    connection.begin()
    for schema in SCHEMAS:
        connection.execute(f'create schema if not exists "{schema}"')
    _drop_computed_of_other_columns(connection)
    _drop_stale_relations(connection)
    create_formulas(connection)
    for relation in relations():
        create(connection, relation)
    schema_version.write_version(connection, schema_version.SCHEMA_VERSION)
    create_queries(connection)
    connection.execute("delete from main.created_from")
    connection.execute("insert into main.created_from values ($digest)", {"digest": current_digest})
    connection.commit()


def published() -> list[Relation]:
    """Return the relations that the snapshot has, each after those that it reads."""
    return [relation for relation in relations() if relation.is_published]


def examples(root: Path = SQL_DIR) -> dict[str, str]:
    """Return the analysts' example queries by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((root / "examples").glob("*.sql"))}
