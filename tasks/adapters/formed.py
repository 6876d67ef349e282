"""What a scoring was formed from: the facts, what was asked for, and this program. The same again forms the same."""

from functools import cache
from hashlib import sha256

from tasks.adapters import settings, sqlfiles, store
from tasks.domain.ids import content_id

PROGRAM = settings.SQL_DIR.parent / "tasks"


@cache
def program_digest() -> str:
    """Return what changes with any line of this program that forms results."""
    told = sha256()
    for folder, pattern in ((PROGRAM, "*.py"), (settings.SQL_DIR, "*.sql")):
        for path in sorted(folder.rglob(pattern)):
            told.update(path.read_bytes())
    return told.hexdigest()


def formed_from(warehouse: store.Store, *asked: object) -> str:
    """Return what results of the facts in `warehouse` depend on; `asked`: what else they do."""
    facts = [relation for relation in sqlfiles.relations() if relation.schema == "raw" and not relation.is_computed]
    return content_id("formed from", program_digest(), warehouse.digest(facts), *map(repr, asked))


def is_formed(warehouse: store.Store, step: str, key: str) -> bool:
    """Say whether a step was last formed from just this."""
    return warehouse.read("raw.scoring", step=step)["formed_from"].to_list() == [key]


def keep(warehouse: store.Store, step: str, key: str | None) -> None:
    """Put on record what a step was formed from; None: it is being formed, and may be left half done."""
    warehouse.clear("scoring", step=step)
    if key is not None:
        warehouse.append("scoring", [{"step": step, "formed_from": key}])
