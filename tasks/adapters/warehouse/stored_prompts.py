"""Prompts of a home's warehouse whose ids are of an earlier version."""

import json

from tasks.adapters.settings import SQL_DIR, Home
from tasks.adapters.warehouse import store
from tasks.domain.ids import prompt_id
from tasks.domain.recorded.known_prompts import KnownPrompts
from tasks.domain.rows import Message


def known_prompts(home: Home) -> KnownPrompts:
    """Return the prompts whose text is not normal and whose id is that of the text as it was written.

    Raises:
        WorldError: another process writes the warehouse, or it is no database.
    """
    if not home.warehouse.exists():
        return KnownPrompts()
    with store.inspecting(home) as warehouse:
        rows = warehouse.query((SQL_DIR / "ingest" / "unusual_prompt.sql").read_text(encoding="utf-8"))
        other = {
            exact: normal
            for exact, text in rows.iter_rows()
            if (normal := prompt_id([Message(turn["role"], turn["content"]) for turn in json.loads(text)])) != exact
        }
        there = set(warehouse.read("raw.prompt", prompt_id=sorted(set(other.values())))["prompt_id"])
    by_normal: dict[str, str] = {}
    for exact in sorted(other):
        if other[exact] not in there:
            by_normal.setdefault(other[exact], exact)
    return KnownPrompts(frozenset(other), by_normal)
