"""Files of replies that were recorded elsewhere: which format they are in, and the rows that they come to."""

from pathlib import Path

from tasks.adapters import formats
from tasks.adapters.known_models import matching_card, vendor_named
from tasks.adapters.settings import now
from tasks.domain import registry
from tasks.domain.errors import InputError
from tasks.domain.ports import ForeignFormat
from tasks.domain.recorded import RecordedRows


def _names() -> list[str]:
    return [name.replace("_", "-") for name in registry.names(formats)]


def _format(name: str) -> ForeignFormat:
    if name not in _names():
        raise InputError(
            f"there is no format {name!r}.", where="--format", remedy=f"Known: {', '.join(_names())}; or leave it out."
        )
    found: ForeignFormat = registry.load(formats, name)
    return found


def _check_exists(path: Path) -> None:
    if not path.exists():
        raise InputError("there is no such file or folder.", where=str(path), remedy="Check the path.")


def detect(path: Path) -> str:
    """Return the name of the format that `path` is in.

    Raises:
        InputError: no format knows it, or there is nothing at `path`.
    """
    _check_exists(path)
    known = {name: _format(name) for name in _names()}
    for name, foreign in known.items():
        if foreign.detects(path):
            return name
    looks = "; ".join(f"{foreign.looks_like} ({name})" for name, foreign in known.items())
    raise InputError("no known format is recognised here.", where=str(path), remedy=f"Known are {looks}.")


def read(path: Path, format_name: str, names: tuple[str | None, str | None]) -> RecordedRows:
    """Return the rows that the replies under `path` come to; nothing is written.

    Args:
        path: file or folder.
        format_name: one of the formats.
        names: model name and prompt set name that replace those of the file, or None.

    Raises:
        InputError: something there is wrong; the message names file, line and remedy.
    """
    model_name, set_name = names
    for option, name in (("--model", model_name), ("--prompt-set", set_name)):
        if name is not None and not name.strip():
            raise InputError(f"the name is {name!r}.", where=option, remedy="Give a name, or leave the option out.")
    foreign = _format(format_name)
    _check_exists(path)
    recorded = list(foreign.read(path))
    models = {reply.model for reply in recorded}
    if model_name is not None and len(models) > 1:
        raise InputError(
            f"--model names one model, the file holds {len(models)}.", where=str(path), remedy="Leave --model out."
        )
    rows = RecordedRows(str(path), format_name, set_name or foreign.prompt_set or path.resolve().name, now())
    for reply in recorded:
        rows.add(reply, model_name or reply.model)
    if rows.trials:
        for model in rows.models:
            rows.identify(model, matching_card(model), vendor_named(model))
    return rows
