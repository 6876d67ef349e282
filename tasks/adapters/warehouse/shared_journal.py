"""Replies of batches that workers elsewhere send, in a storage that every worker and the coordinator reach.

A batch has one object there. The worker of the batch rewrites it at short intervals, so that a worker that dies loses
little, and a coordinator that dies nothing; while it changes, no other worker takes the batch.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic, sleep
from typing import Any, Self
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem

from tasks.adapters import waits
from tasks.adapters.warehouse import journal
from tasks.adapters.warehouse.accounts import Allowance
from tasks.adapters.warehouse.ledger import Ledger
from tasks.domain.errors import WorldError
from tasks.domain.rows import Reply

BEAT_S = 2.0
"""A worker rewrites the object at least at this interval, with or without new replies."""

SHORTEST_PAUSE_S = 0.1
WRITING_SHARE = 0.1
"""The largest share of a worker's time that goes into rewriting."""

LOST_AFTER_S = 15.0
"""An object without a change for so long belongs to a worker that is gone."""

NOTE = ".elsewhere"

NOTHING_RESERVED = Allowance(None, 0, is_limited=False)


@dataclass(frozen=True)
class _Content:
    """Content of an object: its writer, the number of writes, whether the batch has ended, and the replies.

    `allowance`: number of what the batch may spend; `spent_usd`: what it has spent of it, at its end; None: not known.
    """

    holder: str
    beat: int
    has_ended: bool
    replies: list[Reply]
    allowance: str | None = None
    spent_usd: float | None = 0.0

    def spent_of(self, allowance: Allowance) -> float | None:
        """Return what the batch has spent of an allowance; None where a worker was lost that had it."""
        if allowance.number is None or self.allowance != allowance.number:
            return 0.0
        return self.spent_usd if self.has_ended else None


class _Place:
    """One batch's object."""

    def __init__(self, storage: str, batch_id: str) -> None:
        self._storage = storage
        try:
            self._system, root = fsspec.core.url_to_fs(storage)
        except (ImportError, ValueError) as error:
            raise WorldError(f"it can't be used: {error}.", where=f"storage {storage}") from error
        self._path = f"{root.rstrip('/')}/journal/{batch_id}.jsonl"

    @property
    def title(self) -> str:
        """Name for people: the batch's object and its storage."""
        return f"{self._path} in storage {self._storage}"

    def read(self) -> _Content | None:
        try:
            content: bytes = self._system.cat_file(self._path)
        except FileNotFoundError:
            return None
        except Exception as error:
            raise self._failed("read", error) from error
        head, *lines = content.splitlines()
        return _Content(**json.loads(head), replies=journal.replies_of(lines, self.title))

    def write(self, content: bytes) -> None:
        try:
            if isinstance(self._system, LocalFileSystem):
                # Elsewhere an object is there whole or not at all; a file is, once it is renamed.
                beside = f"{self._path}.new"
                self._system.makedirs(self._system._parent(self._path), exist_ok=True)
                self._system.pipe_file(beside, content)
                self._system.mv(beside, self._path)
            else:
                self._system.pipe_file(self._path, content)
        except Exception as error:
            raise self._failed("written", error) from error

    def remove(self) -> None:
        try:
            self._system.rm_file(self._path)
        except FileNotFoundError:
            pass
        except Exception as error:
            raise self._failed("removed", error) from error

    def _failed(self, done: str, error: Exception) -> WorldError:
        remedy = "This machine and every worker have to reach it: check path, mount and credentials."
        return WorldError(f"{self._path} can't be {done}: {error}.", where=f"storage {self._storage}", remedy=remedy)


class SharedJournal:
    """The replies of one batch while this process sends it. Entering waits until no other worker has it."""

    def __init__(self, storage: str, batch_id: str, allowance: Allowance = NOTHING_RESERVED) -> None:
        self._place, self._holder = _Place(storage, batch_id), uuid4().hex
        self._allowance = allowance
        self._spent_before: float | None = 0.0
        self.account = allowance.account(None)
        """What the batch may spend: within the context what is left of its allowance."""
        self._replies: list[Reply] = []
        self._lock, self._has_news, self._ended = Lock(), Event(), False
        self._problem: WorldError | None = None
        self._writer = Thread(target=self._keep_writing, name=f"journal of {batch_id}", daemon=True)
        self._beat = 0

    def __enter__(self) -> Self:
        [content] = _at_rest([self._place])
        spent = content.spent_of(self._allowance) if content else 0.0
        self._replies = content.replies if content else []
        self.account, self._spent_before = self._allowance.account(spent), spent
        self._save()
        self._writer.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._ended = True
        self._has_news.set()
        self._writer.join()
        self._save()

    @property
    def replies(self) -> list[Reply]:
        """All replies so far, with those of earlier attempts."""
        with self._lock:
            return list(self._replies)

    def write(self, reply: Reply) -> None:
        """Add one reply; it is in the storage a moment later.

        Raises:
            WorldError: the storage has failed meanwhile: no more requests should be sent.
        """
        with self._lock:
            self._replies.append(reply)
        self._has_news.set()
        if self._problem is not None:
            raise self._problem

    def _keep_writing(self) -> None:
        while not self._ended:
            self._has_news.wait(BEAT_S)
            self._has_news.clear()
            started = monotonic()
            try:
                self._save()
            except WorldError as problem:
                self._problem = problem
                return
            if not self._ended:
                sleep(min(BEAT_S, max(SHORTEST_PAUSE_S, (monotonic() - started) / WRITING_SHARE)))

    def _save(self) -> None:
        self._beat += 1
        head = {"holder": self._holder, "beat": self._beat, "has_ended": self._ended}
        spent = None if self._spent_before is None else self._spent_before + self.account.spent_usd
        head |= {"allowance": self._allowance.number, "spent_usd": spent}
        lines: list[dict[str, Any]] = [head, *(journal.as_json(reply) for reply in self.replies)]
        self._place.write("\n".join(json.dumps(line) for line in lines).encode())


def wait_for(places: Sequence[_Place]) -> list[list[Reply]]:
    """Return the replies in each of `places` as soon as no worker writes there any more."""
    return [content.replies if content else [] for content in _at_rest(places)]


def spent_usd(folder: Path, batch_id: str, allowance: Allowance) -> float | None:
    """Return what a noted batch has spent of its allowance, once no worker is at it; None where one was lost."""
    note_path = folder / f"{batch_id}{NOTE}"
    if not note_path.exists():
        return None
    [content] = _at_rest([_Place(note_path.read_text(), batch_id)])
    return content.spent_of(allowance) if content else 0.0


def settle_earlier(ledger: Ledger, folder: Path) -> None:
    """Note what batches of workers elsewhere have spent that an earlier run did not wait for; they are waited for."""
    for reservation in ledger.earlier.open.values():
        if reservation.batch_id is not None:
            allowance = Allowance(reservation, reservation.units, is_limited=True)
            ledger.correct(reservation, spent_usd(folder, reservation.batch_id, allowance))
    ledger.earlier.open.clear()


def _at_rest(places: Sequence[_Place]) -> list[_Content | None]:
    """Return the content of each of `places` as soon as no worker writes there any more."""
    if not places:
        return []
    with waits.waiting_for(
        f"{places[0].title}, which another worker writes; given up {LOST_AFTER_S:.0f} s after its last sign"
    ):
        return _read_when_ended(places)


def _read_when_ended(places: Sequence[_Place]) -> list[_Content | None]:
    started = monotonic()
    states: list[tuple[_Content | None, float]] = [(place.read(), started) for place in places]
    while any(_is_under_way(content, since) for content, since in states):
        sleep(BEAT_S / 2)
        for number, place in enumerate(places):
            before, _ = states[number]
            if _is_under_way(*states[number]):
                now = place.read()
                if now is None or before is None or (now.holder, now.beat) != (before.holder, before.beat):
                    states[number] = now, monotonic()
    return [content for content, _ in states]


def _is_under_way(content: _Content | None, since: float) -> bool:
    return content is not None and not content.has_ended and monotonic() - since < LOST_AFTER_S


def note(folder: Path, batch_id: str, storage: str) -> None:
    """Note in the home's journal that workers elsewhere have a batch: `collect_replies` looks there for its replies."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{batch_id}{NOTE}").write_text(storage)


def noted(folder: Path) -> list[str]:
    """Return the ids of batches of workers elsewhere whose replies are not in the warehouse yet."""
    return sorted(path.name.removesuffix(NOTE) for path in folder.glob(f"*{NOTE}"))


def collect_replies(folder: Path, batch_ids: Sequence[str]) -> list[Reply]:
    """Return the replies of noted batches, once no worker is at them."""
    places = [_Place((folder / f"{batch_id}{NOTE}").read_text(), batch_id) for batch_id in batch_ids]
    return [reply for replies in wait_for(places) for reply in replies]


def forget(folder: Path, batch_ids: Sequence[str]) -> None:
    """Remove noted batches, whose replies are in the warehouse now, from the storage and from the notes."""
    for batch_id in batch_ids:
        path = folder / f"{batch_id}{NOTE}"
        _Place(path.read_text(), batch_id).remove()
        path.unlink()
