"""Shows the progress of long work: a bar on a terminal, else a plain line at intervals; an artifact on a server."""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tasks.adapters import output_mode, waits
from tasks.adapters.prefect import progress_artifacts

T = TypeVar("T")

SECONDS_BETWEEN_LINES = 15.0

_live: Progress | None = None
_users = 0
_lock = threading.Lock()


class _Bar:
    """One stage's bar within the live display."""

    def __init__(self, display: Progress, title: str, total: int) -> None:
        self._display, self._title, self._task = display, title, display.add_task(title, total=total)

    def advance(self, n: int = 1) -> None:
        """Count `n` more units."""
        self._display.advance(self._task, n)

    def add_note(self, text: str) -> None:
        """Show `text` beside the title."""
        self._display.update(self._task, description=f"{self._title}: {text}")

    def remove(self) -> None:
        """Remove the bar from the display."""
        self._display.remove_task(self._task)


class _Lines:
    """One stage's plain lines, for logs and pipes."""

    def __init__(self, title: str, total: int) -> None:
        self._title, self._total, self._done, self._note = title, total, 0, ""
        self._started = self._last = monotonic()

    def advance(self, n: int = 1) -> None:
        """Count `n` more units."""
        self._done += n
        moment = monotonic()
        if moment - self._last >= SECONDS_BETWEEN_LINES:
            self._last = moment
            seconds_left = (moment - self._started) / max(1, self._done) * (self._total - self._done)
            note = f" ({self._note})" if self._note else ""
            sys.stderr.write(f"{self._title}: {self._done} of {self._total}{note}, about {seconds_left:.0f} s left\n")

    def add_note(self, text: str) -> None:
        """Write `text` with the next line."""
        self._note = text


_stages: dict[str, _Bar | _Lines] = {}
_counted: dict[str, int] = {}
"""Units that are done, by the titles of open stages."""
_ended: dict[str, _Bar] = {}
"""Bars of the live display whose stage is over: they stay until a stage of the same title begins."""


def advance(title: str, n: int = 1) -> None:
    """Count `n` more units of the stage `title`; nothing happens where that stage is not open."""
    progress_artifacts.advance(title, n)
    waits.note_news()
    if title in _counted:
        _counted[title] += n
    counter = _stages.get(title)
    if counter is not None:
        counter.advance(n)


def add_note(title: str, text: str) -> None:
    """Show `text` with the stage `title`; nothing happens where that stage is not open."""
    counter = _stages.get(title)
    if counter is not None:
        counter.add_note(text)


@contextmanager
def stage(title: str, total: int) -> Iterator[None]:
    """Count a stage of `total` units, which `advance` moves; stages that overlap share one display."""
    _counted[title] = 0
    try:
        with (
            waits.waiting_for(lambda: f"{title}, {_counted.get(title, total)} of {total}"),
            progress_artifacts.artifact_of(title, total),
            _displayed(title, total),
        ):
            yield
    finally:
        _counted.pop(title, None)


@contextmanager
def _displayed(title: str, total: int) -> Iterator[None]:
    global _live, _users
    if output_mode.is_quiet():
        yield
        return
    console = Console(stderr=True)
    if not console.is_terminal or total == 0:
        _stages[title] = _Lines(title, total)
        try:
            yield
        finally:
            del _stages[title]
        return
    with _lock:
        if _live is None:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            _live = Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console)
            _live.start()
        _users += 1
        if title in _ended:
            _ended.pop(title).remove()
        _stages[title] = bar = _Bar(_live, title, total)
    try:
        yield
    finally:
        with _lock:
            del _stages[title]
            _ended[title] = bar
            _users -= 1
            if not _users and _live is not None:
                _live.stop()
                _live = None
                _ended.clear()


def counted(title: str, units: Sequence[T]) -> Iterator[T]:
    """Yield each unit within a stage of its own, counted when the next one is asked for."""
    with stage(title, len(units)):
        for unit in units:
            yield unit
            advance(title)


@contextmanager
def stages(totals: dict[str, int]) -> Iterator[None]:
    """Count several stages side by side: units by title."""
    with ExitStack() as stack:
        for title, total in totals.items():
            stack.enter_context(stage(title, total))
        yield
