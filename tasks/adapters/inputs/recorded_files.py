"""Files of replies that were recorded elsewhere: their formats, and their rows."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import polars as pl

from tasks.adapters.inputs import formats, read_bytes
from tasks.adapters.inputs.card_matching import matching_card, vendor_named
from tasks.adapters.inputs.textfiles import require_exists, require_name
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse.staging import SkippedFile, Staged, StagedFiles, folder_beside
from tasks.domain import registry
from tasks.domain.errors import FaultyFiles, InputError
from tasks.domain.ports import BatchedFormat, Batches, ForeignFormat, FormatOfFiles
from tasks.domain.recorded.known_prompts import KnownPrompts
from tasks.domain.recorded.rows import RecordedRows


def _names() -> list[str]:
    return [name.replace("_", "-") for name in registry.names(formats)]


def _format(name: str) -> ForeignFormat:
    if name not in _names():
        raise InputError(
            f"there is no format {name!r}.", where="--format", remedy=f"Known: {', '.join(_names())}; or leave it out."
        )
    loaded: ForeignFormat = registry.load(formats, name)
    return loaded


BY_COLUMNS_ALONE = ("hf-dataset", "replies")
"""Formats that know a file by some of its columns, which files of others may have as well: tried last."""


def detect(path: Path) -> str:
    """Return the name of the format that `path` is in.

    Raises:
        InputError: no format knows it, or there is nothing at `path`.
    """
    require_exists(path)
    by_name = {name: _format(name) for name in sorted(_names(), key=BY_COLUMNS_ALONE.__contains__)}
    for name, foreign in by_name.items():
        if foreign.detects(path):
            return name
    looks = "; ".join(f"{foreign.looks_like} ({name})" for name, foreign in by_name.items())
    raise InputError("no known format is recognised here.", where=str(path), remedy=f"Known are {looks}.")


_Key = tuple[Path, str, str | None, str | None, Path, bool, bool]
_open: dict[_Key, Staged] = {}


@contextmanager
def staged(
    path: Path,
    format_name: str,
    home: Home,
    *,
    model: str | None = None,
    prompt_set: str | None = None,
    skip_bad: bool = False,
    known: KnownPrompts | None = None,
) -> Iterator[Staged]:
    """Read the replies under `path` into files beside the warehouse, which are gone after the block.

    Within one process, calls with equal arguments within the block share the files, and nothing is read twice.

    Args:
        path: file or folder.
        format_name: one of the formats.
        home: the home of the warehouse; nothing else is written there.
        model: replaces the name of the one model of the file.
        prompt_set: replaces the name of its prompts.
        skip_bad: leave out files that are wrong, and take the others.
        known: for an ingest, the prompts that the warehouse has by ids of an earlier version, which they keep.

    Raises:
        InputError: something there is wrong; the message names file, line and remedy of each file's first fault.
    """
    key = (path.resolve(), format_name, model, prompt_set, home.root, skip_bad, known is not None)
    if key in _open:
        yield _open[key]
        return
    for option, name in (("--model", model), ("--prompt-set", prompt_set)):
        if name is not None:
            require_name(name, "the name", option)
    foreign = _format(format_name)
    require_exists(path)
    set_name = prompt_set or foreign.prompt_set or path.resolve().name
    with folder_beside(home) as folder:
        # One model's few replies, for `check`, are read faster than what shows progress is imported.
        is_shown = known is not None
        with read_bytes.shown(f"reading {path.name} (MB)", _files_of(foreign, path)) if is_shown else nullcontext():
            rows, skipped = _staged_rows(
                foreign,
                path,
                StagedFiles(folder, model),
                lambda: RecordedRows(str(path), format_name, set_name, now(), known),
                skip_bad=skip_bad,
            )
        _open[key] = Staged(
            folder=folder,
            format_name=format_name,
            prompt_set=rows.prompt_set,
            n_models=len(rows.models),
            n_prompts=rows.n_prompts,
            n_replies=rows.n_replies,
            n_missing=rows.n_missing,
            labels=rows.label_counts(),
            skipped=tuple(SkippedFile(file, str(error)) for file, error in sorted(skipped.items())),
        )
        try:
            yield _open[key]
        finally:
            del _open[key]


def _files_of(foreign: ForeignFormat, path: Path) -> list[Path]:
    """Return the files that will be read, as far as they can be listed before; else those of the folder."""
    if path.is_file():
        return [path]
    try:
        if isinstance(foreign, FormatOfFiles):
            return [Path(file) for file, _ in foreign.files(path, ())]
    except InputError:
        pass  # Reading raises it again, with all others.
    return list(path.glob("*"))


def _checked(names: set[str], path: Path) -> set[str]:
    """Return new names of models; raise an InputError where one is none: a folder's name may hold anything."""
    for name in sorted(names):
        require_name(name, "the name of a model", str(path))
    return names


def _staged_rows(
    foreign: ForeignFormat, path: Path, files: StagedFiles, empty: Callable[[], RecordedRows], *, skip_bad: bool
) -> tuple[RecordedRows, dict[str, InputError]]:
    """Stage all rows; return them, and the files that were left out with their faults.

    Of a file that turns out to be wrong some rows are staged already: then all is staged anew without it.
    """
    skipped: dict[str, InputError] = {}
    while True:
        rows = empty()
        try:
            _write_all(foreign, path, rows, files, skipped)
        except FaultyFiles as error:
            skipped |= error.by_file
            if not skip_bad:
                raise FaultyFiles(skipped) from None
            files.clear()
            continue
        if not rows.n_replies and skipped:
            raise FaultyFiles(skipped)
        return rows, skipped


def _batches_by_file(foreign: ForeignFormat, path: Path, without: Collection[str]) -> Iterator[tuple[str, Batches]]:
    if isinstance(foreign, FormatOfFiles):
        yield from foreign.files(path, without)
    elif str(path) not in without:
        yield str(path), foreign.batches(path) if isinstance(foreign, BatchedFormat) else iter([foreign.read(path)])


def _write_all(
    foreign: ForeignFormat, path: Path, rows: RecordedRows, files: StagedFiles, without: Collection[str]
) -> None:
    """Stage the rows of all files; of a second file and more that are wrong, only the faults count."""
    named: set[str] = set()
    faults: dict[str, InputError] = {}
    for file, batches in _batches_by_file(foreign, path, without):
        try:
            _write_file(batches, Path(file), rows, files, named)
        except InputError as error:
            faults[file] = error
    if faults:
        raise FaultyFiles(faults)
    files.write(rows.remaining_rows())
    if files.model is not None and len(named) > 1:
        raise InputError(
            f"--model names one model, the file holds {len(named)}.", where=str(path), remedy="Leave --model out."
        )
    rows.require_unique_samples()
    if rows.probes:
        for model in rows.models:
            rows.identify(model, matching_card(model), vendor_named(model))
    files.write([rows.model_tables()])


def _write_file(batches: Batches, path: Path, rows: RecordedRows, files: StagedFiles, named: set[str]) -> None:
    for batch in batches:
        if isinstance(batch, pl.DataFrame):
            named.update(_checked(set(batch["model"].unique()) - named, path))
            files.write(rows.add_frame(batch if files.model is None else batch.with_columns(model=pl.lit(files.model))))
            continue
        for reply in batch:
            if reply.model not in named:
                named |= _checked({reply.model}, path)
            files.write(rows.add(reply, files.model or reply.model))
