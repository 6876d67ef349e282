"""Says on stderr who is waited for, and why, while nothing happens: no command is silent for a minute."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from time import monotonic

from tasks.adapters import output_mode

SILENT_S = 10.0
"""Seconds without news after which the first message is written."""
AGAIN_S = 30.0
"""Seconds between two messages while there is no news."""
MOST_LINES = 5

Description = str | Callable[[], str]
"""Who is waited for, and why: a text, or what returns it when it is to be written, from any thread."""


def _to_stderr(line: str) -> None:
    if output_mode.is_quiet():
        return
    from tasks.adapters import terminal  # It imports the table library, which most commands never need for this.

    sys.stderr.write(terminal.printable(line) + "\n")
    sys.stderr.flush()


class Waits:
    """All that is waited for in one process, and the thread that says so.

    Args:
        clock: the seconds that pass.
        write: writes one line.
        look_s: seconds between two looks at whether there is something to say.
    """

    def __init__(
        self,
        clock: Callable[[], float] = monotonic,
        write: Callable[[str], None] = _to_stderr,
        look_s: float = 0.5,
    ) -> None:
        self._clock, self._write, self._look_s = clock, write, look_s
        self._lock, self._numbers = threading.Lock(), count()
        self._open: dict[int, Description] = {}
        self._command: str | None = None
        self._is_over = threading.Event()
        self._news_at = self._said_at = -AGAIN_S

    @contextmanager
    def waiting_for(self, description: Description) -> Iterator[None]:
        """Say within the block who is waited for, whenever there has been no news for a while."""
        number = next(self._numbers)
        with self._lock:
            self._begin(bool(self._open) or self._command is not None)
            self._open[number] = description
        try:
            yield
        finally:
            with self._lock:
                del self._open[number]
                self.note_news()
                if not self._open and self._command is None:
                    self._is_over.set()

    @contextmanager
    def command(self, name: str) -> Iterator[None]:
        """Say within the block that the command `name` is at work, where it is not said for whom it waits."""
        with self._lock:
            self._begin(bool(self._open) or self._command is not None)
            before, self._command = self._command, name
        try:
            yield
        finally:
            with self._lock:
                self._command = before
                if not self._open and before is None:
                    self._is_over.set()

    def note_news(self) -> None:
        """Note that something has happened: the next message is not due before `SILENT_S` have passed."""
        self._news_at = self._clock()

    def due(self) -> list[str]:
        """Return the lines that are to be written now; most of the time there are none."""
        moment = self._clock()
        since = max(self._news_at, self._said_at)
        if moment - since < (SILENT_S if self._said_at <= self._news_at else AGAIN_S):
            return []
        texts = self.texts()
        if len(texts) > MOST_LINES:
            texts[MOST_LINES - 1 :] = [f"and {len(texts) - MOST_LINES + 1} more"]
        self._said_at = moment
        return [f"No news for {moment - self._news_at:.0f} s. Waiting: {text}." for text in texts]

    def texts(self) -> list[str]:
        """Return who is waited for now, and why, each once; the command alone where nobody else is."""
        with self._lock:
            descriptions, command = list(self._open.values()), self._command
        texts = list(dict.fromkeys(one if isinstance(one, str) else one() for one in descriptions))
        return [f"{command} is at work"] if not texts and command is not None else texts

    def _begin(self, is_watched: bool) -> None:
        self.note_news()
        if not is_watched:
            self._is_over = threading.Event()
            threading.Thread(target=self._watch, args=(self._is_over,), name="waits", daemon=True).start()

    def _watch(self, is_over: threading.Event) -> None:
        while not is_over.wait(self._look_s):
            for line in self.due():
                self._write(line)


def say(line: str) -> None:
    """Write a line on stderr that a user who waits, or has stopped waiting, should know."""
    _to_stderr(line)


_waits = Waits()

waiting_for, command, note_news, texts = _waits.waiting_for, _waits.command, _waits.note_news, _waits.texts
