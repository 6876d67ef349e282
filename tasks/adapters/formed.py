"""What a scoring was formed from: the facts, what was asked for, and this program. The same again forms the same."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from tasks.adapters import lexicons, settings, sqlfiles, store
from tasks.domain.ids import content_id

HEAD = 1_000
"""Signs of a report within which it says what it was formed from."""

SIMILARITY = "similarity"
"""The step that forms every similarity and verdict."""

PROGRAM = settings.SQL_DIR.parent / "tasks"


@cache
def program_digest() -> str:
    """Return what changes with any line of this program that forms results."""
    told = sha256()
    for folder, ends in ((PROGRAM, (".py", ".j2", ".js", ".css")), (settings.SQL_DIR, (".sql", ".toml"))):
        for path in sorted(path for path in folder.rglob("*") if path.suffix in ends):
            told.update(path.read_bytes())
    return told.hexdigest()


def formed_from(warehouse: store.Store, *asked: object) -> str:
    """Return what results of the facts in `warehouse` depend on; `asked`: what else they do."""
    facts = [relation for relation in sqlfiles.relations() if relation.schema == "raw" and not relation.is_computed]
    return content_id(
        "formed from", program_digest(), repr(lexicons.read_lexicon()), warehouse.digest(facts), *map(repr, asked)
    )


def report_from(snapshot: store.Store) -> str:
    """Return what the report of a snapshot depends on."""
    [[published_from]] = snapshot.query("select main.published_from()").rows()
    return content_id("report from", program_digest(), repr(lexicons.read_lexicon()), published_from)


def is_report_from(path: Path, key: str) -> bool:
    """Say whether the report at `path` was formed from just this."""
    if not path.exists():
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        return f'name="formed-from" content="{key}"' in file.read(HEAD)


def is_formed(warehouse: store.Store, step: str, key: str) -> bool:
    """Say whether a step was last formed from just this."""
    return warehouse.read("raw.scoring", step=step)["formed_from"].to_list() == [key]


def keep(warehouse: store.Store, step: str, key: str | None) -> None:
    """Put on record what a step was formed from; None: it is being formed, and may be left half done."""
    warehouse.clear("scoring", step=step)
    if key is not None:
        warehouse.append("scoring", [{"step": step, "formed_from": key}])
