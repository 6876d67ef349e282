"""Files between a corpus and the warehouse: no row reaches the warehouse before the whole corpus is read."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tasks.adapters.settings import Home
from tasks.domain.recorded.probe import LabelCount
from tasks.domain.recorded.rows import Tables


@dataclass(frozen=True)
class SkippedFile:
    """A file of a corpus that was left out, and its first fault with place and remedy."""

    path: str
    problem: str


@dataclass(frozen=True)
class Staged:
    """The staged rows of a corpus: their folder and their numbers."""

    folder: Path
    format_name: str
    prompt_set: str
    n_models: int
    n_prompts: int
    n_replies: int
    n_missing: int
    labels: tuple[LabelCount, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()


class StagedFiles:
    """Writes chunks of rows as `TABLE-NUMBER.parquet`; `model` is the name that replaces those of the file."""

    def __init__(self, folder: Path, model: str | None) -> None:
        self.model, self._folder, self._n_files = model, folder, 0

    def clear(self) -> None:
        """Remove all that was written."""
        for file in self._folder.iterdir():
            file.unlink()

    def write(self, chunks: Iterable[Tables]) -> None:
        """Write each table of each chunk."""
        for tables in chunks:
            self._n_files += 1
            for name, table in tables.items():
                # Read once and deleted: compression would take longer than all other work on a reply here.
                file = self._folder / f"{name}-{self._n_files:07d}.parquet"
                table.write_parquet(file, compression="uncompressed", statistics=False)


@contextmanager
def folder_beside(home: Home) -> Iterator[Path]:
    """Yield a new folder on the disk of the warehouse, within the home if there is one, and delete it after the block.

    A corpus may be larger than the space for temporary files, which is often memory.
    """
    place = next(folder for folder in (home.root, *home.root.parents) if folder.is_dir())
    with _new_folder(place) as folder:
        yield Path(folder)


def _new_folder(place: Path) -> tempfile.TemporaryDirectory:
    try:
        return tempfile.TemporaryDirectory(prefix=".distillometer-", dir=place)
    except OSError:  # Where nothing can be written either, the warehouse raises a clearer error.
        return tempfile.TemporaryDirectory(prefix="distillometer-")
