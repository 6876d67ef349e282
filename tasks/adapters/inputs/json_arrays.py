"""The elements of a list in a large JSON file, one at a time: the file is never in memory as a whole."""

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from tasks.adapters.inputs.read_bytes import note
from tasks.adapters.inputs.textfiles import MAYBE_CUT, MOST_LINE_BYTES
from tasks.adapters.settings import shown_path
from tasks.domain.errors import InputError
from tasks.domain.nesting import MOST_LEVELS, is_too_deep
from tasks.domain.storable import storable

CHUNK = 1 << 20
_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[\]},\s]")
"""What ends a number or a word, which could otherwise go on in the next part of the file."""


def elements(path: Path, key: str) -> Iterator[tuple[str, Any]]:
    """Yield the place and the value of each element of the list under `key` of the object that the file holds.

    Raises:
        InputError: the file can't be read, is no such object, or an element has more than 32 MB or is nested too deep.
    """
    try:
        with path.open("rb") as file:
            yield from _Reader(file, path).elements(key)
    except OSError as error:
        remedy = "Check the path and its permissions."
        raise InputError(f"it can't be read: {error.strerror}.", where=shown_path(path), remedy=remedy) from None


class _Reader:
    """The text of a file from `place` on; what lies before it is dropped."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._file, self._path = file, path
        self._decode, self._is_read = codecs.getincrementaldecoder("utf-8-sig")(), False
        self._text, self._place, self._n_before = "", 0, 0
        self._json = json.JSONDecoder()

    def elements(self, key: str) -> Iterator[tuple[str, Any]]:
        self._require("{")
        while self._sign() != "}":
            name = self._value("a key")
            self._require(":")
            if name == key:
                yield from self._list(key)
                return
            self._value(str(name))
            if self._sign() != "}":
                self._require(",")
        remedy = f"Expected an object with a list {key!r}."
        raise InputError(f"it has no {key!r}.", where=str(self._path), remedy=remedy)

    def _list(self, key: str) -> Iterator[tuple[str, Any]]:
        self._require("[")
        number = 0
        while self._sign() != "]":
            where = f"{key} {number}"
            yield f"{self._path}: {where}", self._value(where)
            number += 1
            if self._sign() != "]":
                self._require(",")

    def _sign(self) -> str:
        """Return the next sign that is no blank, or nothing at the end of the file."""
        while True:
            self._place = _SPACE.match(self._text, self._place).end()  # type: ignore[union-attr]
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._read_on():
                return ""

    def _require(self, sign: str) -> None:
        if (found := self._sign()) != sign:
            raise self._wrong(f"{sign!r} is expected and not {found!r}" if found else f"it ends before {sign!r}")
        self._place += 1

    def _value(self, what: str) -> Any:
        self._sign()
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._place)
                if isinstance(value, str | list | dict) or _SCALAR.match(self._text, end):
                    break
                problem = "it ends within a value"
            except json.JSONDecodeError as error:
                problem = error.msg
            except RecursionError:
                raise self._wrong(f"{what} is nested more than {MOST_LEVELS} levels deep") from None
            except ValueError:
                raise self._wrong(f"a number in {what} has too many digits") from None
            if len(self._text) - self._place > MOST_LINE_BYTES:
                raise self._wrong(f"{what} is no JSON, or has more than {MOST_LINE_BYTES >> 20} MB ({problem})")
            if not self._read_on():
                raise self._wrong(f"{problem} in {what}")
        self._place = end
        if is_too_deep(value):
            raise self._wrong(f"{what} is nested more than {MOST_LEVELS} levels deep")
        return storable(value)

    def _read_on(self) -> bool:
        """Read the next part of the file, as much as is held of it or more: each part is parsed a few times at most."""
        if self._is_read:
            return False
        self._n_before += self._place
        self._text, self._place = self._text[self._place :], 0
        content = self._file.read(max(CHUNK, len(self._text)))
        self._is_read = not content
        note(len(content))
        try:
            self._text += self._decode.decode(content, final=self._is_read)
        except UnicodeDecodeError as error:
            raise self._wrong(f"it is not UTF-8 ({error.reason})") from None
        return not self._is_read

    def _wrong(self, problem: str) -> InputError:
        where = f"{self._path}: character {self._n_before + self._place}"
        return InputError(f"it is not valid JSON: {problem}.", where=where, remedy=MAYBE_CUT)
