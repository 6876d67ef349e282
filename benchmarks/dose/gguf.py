"""What a GGUF file holds: its metadata and its tensors, as float32.

Read from the format's description (ggml, docs/gguf.md, version 3): a header, pairs of key and value, one entry a
tensor, then the tensors, each at a multiple of the alignment. Of the quantised kinds only those are read that the file
of SmolLM2-135M-Instruct has; another kind is an error, not a guess.
"""

import mmap
import struct
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from tasks.domain.errors import InputError

NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
"""Kinds of metadata that are one number, with their codes for `struct`."""

TEXT, LIST = 8, 9
DEFAULT_ALIGNMENT = 32


@dataclass(frozen=True)
class Gguf:
    """Metadata by key, and tensors by name: float32, in the order of axes that NumPy and torch have (rows first)."""

    metadata: dict[str, Any]
    tensors: dict[str, np.ndarray]


def read(path: Path) -> Gguf:
    """Return the content of a GGUF file.

    Raises:
        InputError: it is no GGUF file of version 2 or 3, or holds a tensor of a kind that is not read here.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        cursor = _Cursor(content)
        magic, version = cursor.bytes(4), cursor.number("I")
        if magic != b"GGUF" or version not in (2, 3):
            raise InputError(
                f"it begins with {magic!r} and version {version}.",
                where=str(path),
                remedy="Give a GGUF file of version 3.",
            )
        n_tensors, n_pairs = cursor.number("Q"), cursor.number("Q")
        metadata = {cursor.text(): cursor.value(cursor.number("I")) for _ in range(n_pairs)}
        entries = []
        for _ in range(n_tensors):
            name, n_axes = cursor.text(), cursor.number("I")
            shape = tuple(cursor.number("Q") for _ in range(n_axes))[::-1]
            entries.append((name, shape, cursor.number("I"), cursor.number("Q")))
        alignment = metadata.get("general.alignment", DEFAULT_ALIGNMENT)
        start = -(-cursor.place // alignment) * alignment
        tensors = {}
        for name, shape, kind, offset in entries:
            if kind not in KINDS:
                raise InputError(
                    f"tensor {name!r} is of kind {kind}.",
                    where=str(path),
                    remedy=f"Read here are {', '.join(KINDS[known].name for known in KINDS)}.",
                )
            tensors[name] = KINDS[kind].read(content, start + offset, prod(shape)).reshape(shape)
    return Gguf(metadata, tensors)


class _Cursor:
    """The place in the file up to which has been read."""

    def __init__(self, content: mmap.mmap) -> None:
        self.content, self.place = content, 0

    def bytes(self, n: int) -> bytes:
        self.place += n
        return self.content[self.place - n : self.place]

    def number(self, code: str) -> Any:
        return struct.unpack(f"<{code}", self.bytes(struct.calcsize(f"<{code}")))[0]

    def text(self) -> str:
        return self.bytes(self.number("Q")).decode("utf-8")

    def value(self, kind: int) -> Any:
        if kind == TEXT:
            return self.text()
        if kind == LIST:
            inner, n = self.number("I"), self.number("Q")
            return [self.value(inner) for _ in range(n)]
        return self.number(NUMBERS[kind])


def _float32(content: mmap.mmap, place: int, n: int) -> np.ndarray:
    return np.frombuffer(content, "<f4", n, place).copy()


def _nibbles(packed: np.ndarray) -> np.ndarray:
    """Return 32 numbers from 0 to 15 of each 16 bytes: first the low halves, then the high ones."""
    return np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32)


Q4_1 = np.dtype([("scale", "<f2"), ("least", "<f2"), ("packed", "u1", 16)])
Q8_0 = np.dtype([("scale", "<f2"), ("values", "i1", 32)])
BLOCK = 32


def _q4_1(content: mmap.mmap, place: int, n: int) -> np.ndarray:
    blocks = np.frombuffer(content, Q4_1, n // BLOCK, place)
    scale, least = (blocks[name].astype(np.float32)[:, None] for name in ("scale", "least"))
    return _nibbles(blocks["packed"]) * scale + least


def _q8_0(content: mmap.mmap, place: int, n: int) -> np.ndarray:
    blocks = np.frombuffer(content, Q8_0, n // BLOCK, place)
    return blocks["values"].astype(np.float32) * blocks["scale"].astype(np.float32)[:, None]


@dataclass(frozen=True)
class Kind:
    """A kind of tensor: its name, and what reads n values of it from a place."""

    name: str
    read: Callable[[mmap.mmap, int, int], np.ndarray]


KINDS = {
    0: Kind("F32", _float32),
    3: Kind("Q4_1", _q4_1),
    8: Kind("Q8_0", _q8_0),
}
"""Kinds by their number in the file."""
