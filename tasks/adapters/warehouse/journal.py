"""Replies on disk from the moment they arrive until the one writer has them.

One file a batch, one JSON object a line, each written in one piece: all that a killed process had received is whole,
except its last line, which is then ignored (that request was in flight and is sent again). What the operating system
has is on the disk some `SYNC_S` seconds later, where a power cut can't take it.
"""

import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

from tasks.domain.errors import WorldError
from tasks.domain.missing_reason import MissingReason
from tasks.domain.rows import Reply
from tasks.domain.storable import storable

SYNC_S = 1.0
"""Seconds between two syncs of a file: each takes milliseconds, as long as many replies."""


def as_json(reply: Reply) -> dict[str, Any]:
    """Return a reply as a dict that JSON can hold."""
    # Its fields are flat: `dataclasses.asdict` would copy each of them deeply, for a quarter of what a line costs.
    return vars(reply) | {"replied_at": reply.replied_at.isoformat()}


def from_json(row: dict[str, Any]) -> Reply:
    """Return the reply of a row that `as_json` returned."""
    return Reply(**storable(row) | {"replied_at": datetime.fromisoformat(row["replied_at"])})


class Journal:
    """The journal file of one batch, open for appending."""

    def __init__(self, folder: Path, batch_id: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{batch_id}.jsonl"

    def __enter__(self) -> "Journal":
        self._drop_torn_line()
        self._file = self.path.open("ab", buffering=0)
        self._has_news, self._has_ended = Event(), Event()
        self._problem: OSError | None = None
        self._syncing = Thread(target=self._keep_syncing, name=f"sync of {self.path.stem}", daemon=True)
        self._syncing.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._has_ended.set()
        self._has_news.set()
        self._syncing.join()
        with self._file:
            try:
                os.fsync(self._file.fileno())
            except OSError as error:
                raise self._not_kept(error) from error

    def _keep_syncing(self) -> None:
        try:
            _sync_folder(self.path.parent)
            while not self._has_ended.is_set():
                self._has_news.wait()
                self._has_news.clear()
                os.fdatasync(self._file.fileno())
                self._has_ended.wait(SYNC_S)
        except OSError as problem:
            self._problem = problem

    @property
    def replies(self) -> list[Reply]:
        """All replies so far, with those of earlier attempts."""
        return list(read(self.path))

    def _drop_torn_line(self) -> None:
        """Remove a last line that a killed process left unfinished, so that the next line starts on its own."""
        if not self.path.exists():
            return
        with self.path.open("rb+") as file:
            content = file.read()
            if content and not content.endswith(b"\n"):
                file.truncate(content.rfind(b"\n") + 1)

    def write(self, reply: Reply) -> None:
        """Append one reply; when this returns, the operating system has it and the process may be killed.

        Raises:
            WorldError: the disk does not take it, or did not keep what was written before.
        """
        if self._problem is not None:
            raise self._not_kept(self._problem) from self._problem
        rest = memoryview(json.dumps(as_json(reply), ensure_ascii=True).encode() + b"\n")
        try:
            while rest:  # a disk that fills up takes a part and reports it only at the next write
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise self._not_kept(error) from error
        self._has_news.set()

    def _not_kept(self, error: OSError) -> WorldError:
        return WorldError(f"a reply can't be kept: {error.strerror}.", where=str(self.path))


def _sync_folder(folder: Path) -> None:
    """Sync the names of the files in `folder`: a new file is lost with its name."""
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def read(path: Path) -> Iterator[Reply]:
    """Yield the replies of one journal file; an unfinished last line is left out, as is a line that holds no reply."""
    for line in _whole_lines(path):
        reply = _reply_of(line)
        if reply is not None:
            yield reply


def require_readable(path: Path) -> None:
    """Require that no line is of a newer version: its reply was paid for, and would be asked again.

    Raises:
        WorldError: some are.
    """
    _require_known(_whole_lines(path), str(path))


def replies_of(lines: Iterable[bytes], where: str) -> list[Reply]:
    """Return the replies of lines that lie at `where`; a damaged line is left out.

    Raises:
        WorldError: some are of a newer version.
    """
    kept = list(lines)
    _require_known(kept, where)
    return [reply for reply in map(_reply_of, kept) if reply is not None]


def _require_known(lines: Iterable[bytes], where: str) -> None:
    n_newer = sum(_is_newer(line) for line in lines)
    if n_newer:
        raise WorldError(
            f"{n_newer} of its replies are in the format of a newer version of distillometer.",
            where=where,
            remedy="Update distillometer, which keeps them; or set the file aside, and their requests are sent again.",
        )


def remove(path: Path) -> None:
    """Remove a file whose replies are in the warehouse; lines that hold no reply are kept beside it, with a warning."""
    unreadable = [line for line in _whole_lines(path) if _reply_of(line) is None]
    if unreadable:
        aside = path.with_suffix(".unreadable")
        with aside.open("ab") as file:
            file.writelines(line + b"\n" for line in unreadable)
        logging.getLogger(__name__).warning(
            "%d lines of a journal hold no reply that this version reads; their requests are sent again. Kept: %s",
            len(unreadable),
            aside,
        )
    path.unlink()


def _whole_lines(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\n")[:-1]


_TEXTS = ("reply_text", "error_text", "finish_reason", "cost_source")
_FIELDS = frozenset(field.name for field in fields(Reply))
_NUMBERS = ("prompt_tokens", "completion_tokens", "latency_ms", "n_attempts", "cost_usd")


def _reply_of(line: bytes) -> Reply | None:
    """Return the reply of a line, or None where it holds none, or one of another shape."""
    try:
        reply = from_json(json.loads(line))
        is_typed = (
            all(isinstance(text, str) for text in (reply.reply_id, reply.request_id, reply.source))
            and all(isinstance(getattr(reply, name), str | None) for name in _TEXTS)
            and all(isinstance(getattr(reply, name), int | float | None) for name in _NUMBERS)
            and (reply.missing_reason is None or bool(MissingReason(reply.missing_reason)))
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return reply if is_typed else None


def _is_newer(line: bytes) -> bool:
    """Return whether a line is a reply with a field, or a reason, that this version does not know."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return False
    if not isinstance(row, dict) or not all(isinstance(row.get(name), str) for name in ("reply_id", "request_id")):
        return False
    reason = row.get("missing_reason")
    return not row.keys() <= _FIELDS or (isinstance(reason, str) and reason not in set(MissingReason))


def files(folder: Path) -> list[Path]:
    """Return the journal files that are not in the warehouse yet, oldest name first."""
    return sorted(path for path in folder.glob("*.jsonl") if path.is_file())


def settled_requests(folder: Path) -> set[str]:
    """Return the ids of requests whose outcome waits in the journal and that need no second call."""
    return {reply.request_id for path in files(folder) for reply in read(path) if reply.is_settled}
