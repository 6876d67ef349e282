"""What a scoring was formed from: the facts, what was asked for, and this program. The same again forms the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path

from tasks.adapters import settings
from tasks.adapters.inputs import lexicons
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import sqlfiles, store
from tasks.domain.ids import content_id

HEAD = 1_000
"""Signs of a report within which it says what it was formed from."""

TEXT, SIMILARITY, DRIFT = "text", "similarity", "drift"
"""What is formed of the text alone; every similarity and verdict; what changed between rounds."""

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
    facts = [relation for relation in sqlfiles.relations() if relation.schema == "raw"]
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
    return warehouse.read("score.scoring", step=step)["formed_from"].to_list() == [key]


@contextmanager
def anew(home: Home, step: str, *asked: object) -> Iterator[bool]:
    """Yield whether a step has to be formed anew; what is formed in the block goes on record when it ends well."""
    with store.writing(home) as warehouse:
        if is_formed(warehouse, step, formed_from(warehouse, *asked)):
            yield False
            return
        keep(warehouse, step, None)
        yield True
        keep(warehouse, step, formed_from(warehouse, *asked))


def keep(warehouse: store.Store, step: str, key: str | None) -> None:
    """Put on record what a step was formed from; None: it is being formed, and may be left half done."""
    warehouse.replace("scoring", [] if key is None else [{"step": step, "formed_from": key}], step=step)
