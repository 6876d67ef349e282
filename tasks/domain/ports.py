"""Interfaces that the domain and the steps use; adapters implement them."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.domain.card import ModelCard
from tasks.domain.rows import RecordedReply

T = TypeVar("T")


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    name: str
    """Embedder and model, as stored beside each vector."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimension), rows of length 1."""
        ...


class Endpoint(Protocol):
    """Address and key of a model while its server runs; nobody who calls it changes them."""

    @property
    def base_url(self) -> str:
        """Address of the API, without the path of a call."""
        ...

    @property
    def served_name(self) -> str:
        """What the server calls the model."""
        ...

    @property
    def key(self) -> str | None:
        """What lets the caller in; None: it asks for none."""
        ...


class Provider(Protocol):
    """One kind of endpoint, chosen by `endpoint.provider` of a card."""

    def require_available(self, card: ModelCard, models_dir: Path) -> None:
        """Raise InputError where a key or a file that `serve` needs is missing."""
        ...

    def serve(self, card: ModelCard, models_dir: Path) -> AbstractContextManager[Endpoint]:
        """Return a context in which the model answers; local servers start and stop with it."""
        ...


class ForeignFormat(Protocol):
    """One file format of replies recorded elsewhere."""

    prompt_set: str | None
    """Default name of its prompt set; None: that of the folder or file."""
    looks_like: str
    """Description of the expected files."""

    def detects(self, path: Path) -> bool:
        """Return whether `path` looks like this format, by names and first bytes only."""
        ...

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield every reply; raise InputError with file and line at an unreadable reply."""
        ...


Batches = Iterator[pl.DataFrame | Iterator[RecordedReply]]
"""Replies as frames of `recorded_rows.PLAIN` columns, or one by one."""


@runtime_checkable
class FormatOfFiles(Protocol):
    """A foreign format of several files, of which one that is wrong says nothing of the others."""

    def files(self, path: Path, without: Collection[str]) -> Iterator[tuple[str, Batches]]:
        """Yield the path and the replies of each file, but for those of the paths `without`.

        Raises:
            InputError: a file is wrong that all others need.
            FaultyFiles: files are wrong that are not yielded one by one.
        """
        ...


@runtime_checkable
class BatchedFormat(Protocol):
    """A foreign format that also reads large files without an object for each reply."""

    def batches(self, path: Path) -> Iterator[pl.DataFrame | Iterator[RecordedReply]]:
        """Yield the replies of `read` in its order: as frames of `recorded_rows.PLAIN` columns, or one by one."""
        ...
