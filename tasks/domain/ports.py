"""What the domain and the steps expect of the world; adapters implement these."""

from collections.abc import Iterator, Sequence
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
    """Where a model is reached while its server is up."""

    base_url: str
    served_name: str
    key: str | None


class Provider(Protocol):
    """One way to reach models, chosen by `endpoint.provider` of a card."""

    def require_available(self, card: ModelCard, models_dir: Path) -> None:
        """Raise InputError where a key or a file that `serve` needs is not there."""
        ...

    def serve(self, card: ModelCard, models_dir: Path) -> AbstractContextManager[Endpoint]:
        """Return a context in which the model answers; local servers start and stop with it."""
        ...


class ForeignFormat(Protocol):
    """One file format in which replies recorded elsewhere come."""

    prompt_set: str | None
    """The name of its prompts where the user gives none; None: that of the folder or file."""
    looks_like: str
    """What a user has to give, in words."""

    def detects(self, path: Path) -> bool:
        """Say whether `path` looks like this format, from names and first bytes only."""
        ...

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield every reply; raise InputError with file and line where one can't be read."""
        ...


@runtime_checkable
class BatchedFormat(Protocol):
    """A foreign format that also reads large files without an object for each reply."""

    def batches(self, path: Path) -> Iterator[pl.DataFrame | Iterator[RecordedReply]]:
        """Yield the replies of `read` in its order: as frames of `recorded_rows.PLAIN` columns, or one by one."""
        ...
