"""What a scoring depends on: the facts, its inputs, and this program. The same again gives the same scores."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path

from tasks.adapters import settings
from tasks.adapters.inputs import lexicons
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import journal, snapshots, sqlfiles, store
from tasks.domain.ids import content_id

HEAD = 1_000
"""Characters at the start of a report that hold the key of its content."""

TEXT, SIMILARITY, DRIFT, PLAN = "text", "similarity", "drift", "plan"
"""Steps: scores of the text alone; every similarity and verdict; changes between rounds; a whole run of a plan."""

PROGRAM = settings.CODE / "tasks"


@cache
def program_digest() -> str:
    """Return a hash of this program: it changes with any line that computes results."""
    digest = sha256()
    for folder, ends in ((PROGRAM, (".py", ".j2", ".js", ".css")), (settings.SQL_DIR, (".sql", ".toml"))):
        for path in sorted(path for path in folder.rglob("*") if path.suffix in ends):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def formed_from(warehouse: store.Store, *inputs: object) -> str:
    """Return a hash of all that results from `warehouse` depend on; `inputs`: other values that they depend on."""
    facts = [relation for relation in sqlfiles.relations() if relation.schema == "raw"]
    return content_id(
        "formed from", program_digest(), repr(lexicons.read_lexicon()), warehouse.digest(facts), *map(repr, inputs)
    )


def report_from(snapshot: store.Store) -> str:
    """Return a hash of all that the report of a snapshot depends on."""
    [[published_from]] = snapshot.query("select main.published_from()").rows()
    return content_id("report from", program_digest(), repr(lexicons.read_lexicon()), published_from)


def is_report_from(path: Path, key: str) -> bool:
    """Return whether the report at `path` was written for this key."""
    if not path.exists():
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        return f'name="formed-from" content="{key}"' in file.read(HEAD)


def is_formed(warehouse: store.Store, step: str, key: str) -> bool:
    """Return whether a step was last computed for this key."""
    return warehouse.read("score.scoring", step=step)["formed_from"].to_list() == [key]


@contextmanager
def recomputing(home: Home, step: str, *inputs: object) -> Iterator[bool]:
    """Yield whether a step has to be computed again; its key is recorded when the block ends without error."""
    with store.writing(home) as warehouse:
        if is_formed(warehouse, step, formed_from(warehouse, *inputs)):
            yield False
            return
        record_step(warehouse, step, None)
        yield True
        record_step(warehouse, step, formed_from(warehouse, *inputs))


def record_step(warehouse: store.Store, step: str, key: str | None) -> None:
    """Record the key of a step; None: the step is being computed, and may remain incomplete."""
    warehouse.replace("scoring", [] if key is None else [{"step": step, "formed_from": key}], step=step)


def record_plan(home: Home, prepared_id: str) -> None:
    """Record that a plan was run as a whole: all its calls answered, all results published."""
    with store.writing(home) as warehouse:
        record_step(warehouse, PLAN, formed_from(warehouse, prepared_id))


def is_plan_formed(home: Home, prepared_id: str) -> bool:
    """Return whether this plan was the last to be run as a whole, and nothing has changed since: facts or program.

    Raises:
        WarehouseHeld: a run writes to it.
    """
    if not home.warehouse.exists() or not snapshots.is_present(home.published) or journal.files(home.journal):
        return False
    with store.writing(home) as warehouse:
        return is_formed(warehouse, PLAN, formed_from(warehouse, prepared_id))
