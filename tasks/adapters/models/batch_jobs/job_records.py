"""What was submitted to batch endpoints and is not fetched yet: one small file a job, on disk before it is submitted.

A job goes on at the provider when this process ends. The next run takes it up by its file, whichever batch its requests
belong to then; a file is removed once all its requests have an outcome in the journal. A process that is killed between
the two leaves requests in it that have one: they are taken out when the journal goes into the warehouse.
"""

import json
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import uuid4

from tasks.adapters import settings
from tasks.adapters.warehouse import whole_files
from tasks.domain.card import ModelCard
from tasks.domain.errors import WorldError
from tasks.domain.ids import content_id
from tasks.domain.ports import Endpoint
from tasks.domain.rows import Reply

FOLDER = "batch-jobs"
"""Where the records are within the journal's folder."""

_lock = threading.Lock()
"""Batches in several threads may take their requests out of one record."""


@dataclass(frozen=True)
class JobRecord:
    """One job: its content id, which its metadata at the provider has too, and the requests without an outcome.

    `file_id` and `job_id` are the provider's; None: not known yet. `prepared_at` is in seconds since 1970.
    """

    content_id: str
    fingerprint: str
    base_url: str
    request_ids: tuple[str, ...]
    prepared_at: float
    file_id: str | None = None
    job_id: str | None = None

    def number_of(self, request_id: str) -> str:
        """Return the number of the reservation of one of its requests."""
        return f"{self.content_id}-{request_id}"


class JobRecords:
    """The records of the jobs of one model at one address, in `folder`."""

    def __init__(self, folder: Path, card: ModelCard, endpoint: Endpoint) -> None:
        self.folder = folder
        self._of = {"fingerprint": card.fingerprint, "base_url": endpoint.base_url.rstrip("/")}

    def path_of(self, record: JobRecord) -> Path:
        """Return where a record is."""
        return self.folder / f"{record.content_id}.json"

    def new(self, request_ids: Sequence[str]) -> JobRecord:
        """Return a record of requests that are about to be submitted; nothing is written yet.

        Its id is of its requests and of the moment: the same requests may be submitted again after they have expired.
        """
        moment = settings.now()
        name = content_id("batch job", list(request_ids), moment.isoformat(), uuid4().hex)
        return JobRecord(name, request_ids=tuple(request_ids), prepared_at=moment.timestamp(), **self._of)

    def write(self, record: JobRecord) -> None:
        """Keep a record, whole and on disk when this returns.

        Raises:
            WorldError: there is no room for it.
        """
        with _lock:
            _write(self.path_of(record), record)

    def noted(self, record: JobRecord, *, file_id: str | None = None, job_id: str | None = None) -> JobRecord:
        """Keep an id that the provider gave, and return the record with it."""
        with _lock:
            path = self.path_of(record)
            kept = _read(path) if path.exists() else record
            changed = replace(kept, file_id=file_id or kept.file_id, job_id=job_id or kept.job_id)
            _write(path, changed)
        return changed

    def open_ones(self) -> list[JobRecord]:
        """Return the records of this model, oldest first.

        Raises:
            WorldError: one can't be read.
        """
        with _lock:
            records = [_read(path) for path in _paths(self.folder)]
        mine = [one for one in records if {"fingerprint": one.fingerprint, "base_url": one.base_url} == self._of]
        return sorted(mine, key=lambda one: (one.prepared_at, one.content_id))

    def release(self, record: JobRecord, request_ids: Collection[str]) -> None:
        """Take requests out of a record, which have an outcome now; without any left it is removed."""
        path = self.path_of(record)
        with _lock:
            if path.exists():
                _take_out(path, _read(path), set(request_ids))


def release_settled(journal_folder: Path, replies: Iterable[Reply]) -> None:
    """Take the requests of `replies` that need no second call out of all records, as `JobRecords.release` does.

    An outcome after which a request is asked again may be of an earlier job than the one that is open: it stays.

    Raises:
        WorldError: there is no room for a record.
    """
    done = {reply.request_id for reply in replies if reply.is_settled}
    for path in _paths(journal_folder / FOLDER) if done else ():
        with _lock:
            try:
                kept = _read(path)
            except WorldError:  # Named where its model is asked: whoever stores replies does not need it.
                continue
            _take_out(path, kept, done)


def _paths(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.json") if ".new." not in path.name]


def _take_out(path: Path, kept: JobRecord, done: Collection[str]) -> None:
    """Write the record at `path` anew without the requests of `done`, or remove it; the lock is held."""
    left = tuple(one for one in kept.request_ids if one not in done)
    if not left:
        path.unlink()
    elif len(left) < len(kept.request_ids):
        _write(path, replace(kept, request_ids=left))


def _write(path: Path, record: JobRecord) -> None:
    whole_files.write(path, json.dumps(asdict(record)).encode())


def _read(path: Path) -> JobRecord:
    try:
        content = json.loads(path.read_bytes())
        return JobRecord(**content | {"request_ids": tuple(content["request_ids"])})
    except (ValueError, TypeError, KeyError) as error:
        raise WorldError(
            "the file says of no batch job what was submitted.",
            where=str(path),
            remedy="Restore it, or remove it: then its requests are submitted, and paid for, again.",
        ) from error
