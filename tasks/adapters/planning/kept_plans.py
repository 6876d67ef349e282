"""Plans that a run has prepared, kept in the home: its subflows, and a run that goes on, see the same one.

A file that the plan names may be edited while the run is under way: what was read at its start counts for all of it.
"""

import json
from pathlib import Path

from tasks.adapters.planning import gathered, plans
from tasks.adapters.planning.plans import Prepared
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import whole_files
from tasks.domain.errors import WorldError

_latest: dict[tuple[Path, str], Prepared] = {}
"""The plan that this process kept or read last: a run's subflows do not expand it again."""


def keep(prepared: Prepared, home: Home) -> str:
    """Keep a plan in the home, unless it is there, and return its content id."""
    found = prepared.gathered
    path = _path(home, found.content_id)
    if not path.exists():
        whole_files.write(path, json.dumps(found.as_json, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    _remember(path, found.content_id, prepared)
    return found.content_id


def prepared(plan: str, round_name: str | None, home: Home, prepared_id: str | None) -> Prepared:
    """Return the plan that was kept as `prepared_id`; None: the plan of that name, prepared now.

    Raises:
        InputError: the plan, or something that it names, is missing or wrong.
        WorldError: what was kept is not there, or was changed.
    """
    return plans.read(plan, round_name) if prepared_id is None else kept(prepared_id, home)


def kept(prepared_id: str, home: Home) -> Prepared:
    """Return the plan that was kept under this content id.

    Raises:
        WorldError: it is not there, was changed, or was kept by another version.
    """
    path = _path(home, prepared_id)
    if (path, prepared_id) not in _latest:
        _remember(path, prepared_id, plans.expanded(_read(path, prepared_id)))
    return _latest[path, prepared_id]


def _read(path: Path, prepared_id: str) -> gathered.Gathered:
    remedy = "Start the run anew: it prepares the plan of that name again."
    try:
        found = gathered.from_json(json.loads(path.read_bytes().decode("utf-8", "surrogatepass")))
        if found.content_id != prepared_id:
            raise ValueError("it was changed, or kept by another version")
        return found
    except FileNotFoundError:
        raise WorldError("no plan was prepared under this id.", where=str(path), remedy=remedy) from None
    except ValueError as error:
        said = str(error).splitlines()[0]
        raise WorldError(f"the prepared plan can't be used: {said}.", where=str(path), remedy=remedy) from error


def _path(home: Home, prepared_id: str) -> Path:
    return home.plans / f"{prepared_id}.json"


def _remember(path: Path, prepared_id: str, found: Prepared) -> None:
    _latest.clear()
    _latest[path, prepared_id] = found
