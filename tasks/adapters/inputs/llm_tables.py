"""The tables of LLM's log, a SQLite file: `turns` and `messages` of llm 0.36, and `responses`, which 0.27 wrote.

A newer llm keeps what an older one wrote in `responses`, and writes in `turns`: a file may hold both.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.adapters.inputs.textfiles import MAYBE_CUT, MOST_LINE_BYTES
from tasks.domain.errors import InputError

MAGIC = b"SQLite format 3\x00"
TURNS = frozenset({"turns", "messages", "parts"})
RESPONSES = "responses"
_NOT_TEXT = ("prompt_attachments", "tool_calls", "tool_results")
"""Tables with a row for each response that is more than texts."""

Entry = dict[str, Any]


@dataclass(frozen=True)
class Exchange:
    """What a model was asked and what it said last: turns with `role` and parts as `content`.

    `is_text`: whether all that was asked and said is text, without tools and attachments.
    """

    key: str
    model: Any
    entries: list[Entry]
    is_text: bool


def has_log(path: Path) -> bool:
    """Return whether the file is a SQLite database with LLM's tables."""
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                return False
        with _opened(path) as database:
            names = _tables(database)
            return names >= TURNS or (RESPONSES in names and "response" in _columns(database, RESPONSES))
    except (OSError, InputError):
        return False


def exchanges(path: Path) -> Iterator[Exchange]:
    """Yield every exchange, those in the older table first.

    Raises:
        InputError: the file can't be read as a database, a text is too large, or a message is missing.
    """
    with _opened(path) as database:
        names = _tables(database)
        if RESPONSES in names:
            yield from _responses(database, names)
        if names >= TURNS:
            yield from _turns(database, str(path))


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_LINE_BYTES)
            database.row_factory = sqlite3.Row
            yield database
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        raise InputError(
            f"it can't be read as a SQLite database: {error}.", where=str(path), remedy=MAYBE_CUT
        ) from None


def _tables(database: sqlite3.Connection) -> set[str]:
    return {row["name"] for row in database.execute("select name from sqlite_master where type = 'table'")}


def _columns(database: sqlite3.Connection, table: str) -> set[str]:
    return {row["name"] for row in database.execute("select name from pragma_table_info(?)", (table,))}


def _turns(database: sqlite3.Connection, where: str) -> Iterator[Exchange]:
    """Yield the exchanges of the newer tables: a turn ends a chain of messages, each of which names the one before."""
    for turn in database.execute("select id, model, parent_message_hash, tip_message_hash from turns order by id"):
        asked, tip = turn["parent_message_hash"], turn["tip_message_hash"]
        entries, is_text = [], True
        seen: set[str] = set()
        is_said = tip != asked
        while tip is not None and tip not in seen:
            seen.add(tip)
            found = database.execute("select parent_hash, role from messages where hash = ?", (tip,)).fetchone()
            if found is None:
                raise InputError(f"message {tip!r} is missing.", where=f"{where}: turn {turn['id']}", remedy=MAYBE_CUT)
            parts = list(_parts(database, tip))
            is_text = (
                is_text and found["role"] != "tool" and all(part["type"] in ("text", "reasoning") for part in parts)
            )
            entries.append({"role": found["role"], "content": parts, "is_said": is_said})
            tip = found["parent_hash"]
            is_said = is_said and tip != asked
        said = [part for entry in reversed(entries) if entry["is_said"] for part in entry["content"]]
        before = [entry for entry in reversed(entries) if not entry["is_said"]]
        reply = [{"role": "assistant", "content": said}]
        yield Exchange(str(turn["id"]), turn["model"], [*before, *reply], is_text)


def _parts(database: sqlite3.Connection, message: str) -> Iterator[Entry]:
    """Yield the parts of a message; a text that holds fragments is stored as references to them."""
    query = "select type, text, payload from parts where message_hash = ? order by position"
    for part in database.execute(query, (message,)):
        text = part["text"]
        if text is None and part["payload"] is not None:
            pieces = _object(part["payload"]).get("text_ref")
            text = "".join(_piece(database, piece) for piece in pieces) if isinstance(pieces, list) else None
        yield {"type": part["type"], "text": text}


def _object(payload: Any) -> dict[str, Any]:
    try:
        value = json.loads(payload)
    except (TypeError, ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {}


def _piece(database: sqlite3.Connection, piece: Any) -> str:
    """Return a piece of a text: a literal, or a fragment by its number."""
    literal, fragment = (piece.get(name) if isinstance(piece, dict) else None for name in ("literal", "fragment"))
    if isinstance(fragment, int):
        row = database.execute("select content from fragments where id = ?", (fragment,)).fetchone()
        literal = None if row is None else row["content"]
    if not isinstance(literal, str):
        raise sqlite3.DataError(f"a fragment of a text is missing: {str(piece)[:60]}")
    return literal


def _responses(database: sqlite3.Connection, names: set[str]) -> Iterator[Exchange]:
    """Yield the exchanges of the older table: a response goes on from those before it in its conversation."""
    without = "where id not in (select id from turns)" if "turns" in names else ""
    columns = "id, model, conversation_id, "
    columns += ", ".join(f"cast({name} as text) as {name}" for name in ("prompt", "system", "response"))
    more = [f"exists (select 1 from {name} where response_id = {RESPONSES}.id)" for name in _NOT_TEXT if name in names]
    query = f"select {columns}, {' or '.join(more) or '0'} as has_more from {RESPONSES} {without}"
    conversation, entries, is_text, system = None, list[Entry](), True, ""
    for row in database.execute(f"{query} order by conversation_id, id"):
        if row["conversation_id"] is None or row["conversation_id"] != conversation:
            conversation, entries, is_text, system = row["conversation_id"], [], True, ""
        is_text = is_text and not row["has_more"]
        of_system = [*_fragments(database, names, "system_fragments", row["id"]), row["system"] or ""]
        told = "\n\n".join(part.strip() for part in of_system if part.strip())
        if told and told != system:
            entries.append({"role": "system", "content": told})
            system = told
        asked = [
            *_fragments(database, names, "prompt_fragments", row["id"]),
            *([row["prompt"]] if row["prompt"] else []),
        ]
        if asked:
            entries.append({"role": "user", "content": "\n".join(asked)})
        reply = {"role": "assistant", "content": row["response"]}
        yield Exchange(str(row["id"]), row["model"], [*entries, reply], is_text and bool(asked))
        entries.append(reply)


def _fragments(database: sqlite3.Connection, names: set[str], table: str, response: str) -> list[str]:
    if table not in names:
        return []
    query = f"select cast(content as text) as content from {table} join fragments on fragments.id = fragment_id"
    found = database.execute(f'{query} where response_id = ? order by "order"', (response,))
    return [row["content"] for row in found]
