"""Prepared plans, stored in the home: subflows of a run, and a resumed run, read the same plan.

A file that the plan names may be edited during the run: the content at its start counts for the whole run.
"""

import json
from pathlib import Path

from tasks.adapters.planning import gathered, plans
from tasks.adapters.planning.plans import Prepared
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import whole_files
from tasks.domain.errors import WorldError

_latest: dict[tuple[Path, str], Prepared] = {}
"""The plan that this process stored or read last: a run's subflows do not expand it again."""


def store_plan(prepared: Prepared, home: Home) -> str:
    """Store a plan in the home, unless it is there; return its content id."""
    content = prepared.gathered
    path = _path(home, content.content_id)
    if not path.exists():
        whole_files.write(path, json.dumps(content.as_json, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    _remember(path, content.content_id, prepared)
    return content.content_id


def prepared(plan: str, round_name: str | None, home: Home, prepared_id: str | None) -> Prepared:
    """Return the plan that is stored as `prepared_id`; None: the plan of that name, prepared now.

    Raises:
        InputError: the plan, or something that it names, is missing or wrong.
        WorldError: the stored plan is not there, or was changed.
    """
    return plans.read(plan, round_name) if prepared_id is None else kept_plan(prepared_id, home)


def kept_plan(prepared_id: str, home: Home) -> Prepared:
    """Return the plan that is stored under this content id.

    Raises:
        WorldError: it is not there, was changed, or was kept by another version.
    """
    path = _path(home, prepared_id)
    if (path, prepared_id) not in _latest:
        _remember(path, prepared_id, plans.expanded(_read(path, prepared_id)))
    return _latest[path, prepared_id]


def _read(path: Path, prepared_id: str) -> gathered.Gathered:
    remedy = "Start the run again: it prepares the plan of that name again."
    try:
        content = gathered.from_json(json.loads(path.read_bytes().decode("utf-8", "surrogatepass")))
        if content.content_id != prepared_id:
            raise ValueError("it was changed, or kept by another version")
        return content
    except FileNotFoundError:
        raise WorldError("no plan was prepared under this id.", where=str(path), remedy=remedy) from None
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise WorldError(f"the prepared plan can't be used: {reason}.", where=str(path), remedy=remedy) from error


def _path(home: Home, prepared_id: str) -> Path:
    return home.plans / f"{prepared_id}.json"


def _remember(path: Path, prepared_id: str, prepared: Prepared) -> None:
    _latest.clear()
    _latest[path, prepared_id] = prepared
