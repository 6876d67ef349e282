"""Reference banks as files: one Parquet file, a row a reply, with models and prompts in its metadata."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from pydantic import TypeAdapter, ValidationError

from tasks.adapters.inputs import data_files
from tasks.adapters.inputs.textfiles import require_exists
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import parquet_files, whole_files
from tasks.domain.bank.bank import FORMAT, Bank, BankPrompt
from tasks.domain.errors import InputError
from tasks.domain.pairwise.features import N_CLOSING, N_PREFIX, N_TEMPLATE, Features, Ragged
from tasks.domain.suggestions import unknown_name
from tasks.domain.verdict.population import DocumentedModel

SUFFIX = ".parquet"
_KEY = "distillometer.bank"
_COLUMNS = ("prompt_id", "model", "n_words", "leading_words", "template", "closing", "layout", "word_pairs")
_LENGTHS = {"leading_words": N_PREFIX, "template": N_TEMPLATE, "closing": N_CLOSING}
MOST_REPLIES = 5_000_000
_DAMAGED = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


def path_of(name: str, home: Home) -> Path:
    """Return the file of a bank: a path, or the name of one that `paths` finds.

    Raises:
        InputError: there is none.
    """
    if name.endswith(SUFFIX):
        path = Path(name).expanduser()
        require_exists(path)
        return path
    found = {path.stem: path for path in paths(home)}
    if name not in found:
        raise unknown_name("reference bank", name, sorted(found), " or ".join(map(str, folders(home))))
    return found[name]


def folders(home: Home) -> list[Path]:
    """Return the folders in which banks are looked for, the first that counts first."""
    return [home.banks, *(folder / "banks" for folder in data_files.folders()), home.populations]


def paths(home: Home) -> list[Path]:
    """Return the files of all banks by name; of two with one name the one that counts.

    Those that `compare` built of a population come last, in whose home they are: one's own bank of that name stays.
    """
    by_name: dict[str, Path] = {}
    for folder in folders(home):
        found = [
            *folder.glob(f"*{SUFFIX}"),
            *(of_population(one.name, home) for one in folder.glob("*") if one.is_dir()),
        ]
        for path in found:
            if path.is_file():
                by_name.setdefault(path.stem, path)
    return [by_name[name] for name in sorted(by_name)]


def of_population(name: str, home: Home) -> Path:
    """Return the file of the bank that `compare` builds of a population."""
    return home.populations / name / f"{name}{SUFFIX}"


def population_home(path: Path, home: Home) -> Home | None:
    """Return the home of the population that a bank was built of by `compare`; None of other banks."""
    return Home(path.parent) if path == of_population(path.stem, home) else None


def read_card(path: Path) -> dict[str, Any]:
    """Return what a bank says of itself, without its replies and unchecked: `models`, `prompts`, `note` and more.

    Raises:
        InputError: it is no bank.
    """
    try:
        card = json.loads(pl.read_parquet_metadata(path)[_KEY])
        return {"models": list(card["models"]), "prompts": list(card["prompts"]), "note": str(card["note"])}
    except (*_DAMAGED, ValueError, KeyError, TypeError) as error:
        remedy = "Move it away, or build it again: distillometer bank build."
        raise InputError(f"it is no reference bank: {error}", where=str(path), remedy=remedy) from None


def write(bank: Bank, path: Path) -> None:
    """Write a bank, whole or not at all.

    Raises:
        WorldError: there is no room for it.
    """
    features = bank.features
    columns = {
        "prompt_id": _named([prompt.prompt_id for prompt in bank.prompts], bank.prompt),
        "model": _named([model.model for model in bank.models], bank.model),
        "n_words": pl.Series(features.n_words.astype(np.int32)),
        **{
            name: pl.Series(getattr(features, name).astype(np.uint32), dtype=pl.Array(pl.UInt32, length))
            for name, length in _LENGTHS.items()
        },
        "layout": _lists(features.layout),
        "word_pairs": _lists(features.pairs),
    }
    card = json.dumps(bank.content | {"digest": bank.digest}, ensure_ascii=False)
    with whole_files.replaced(path) as place:
        pl.DataFrame(columns).write_parquet(place, compression="zstd", compression_level=9, metadata={_KEY: card})


def read(path: Path) -> Bank:
    """Return the bank in a file.

    Raises:
        InputError: it is none, is damaged, was changed, or is of a newer version.
    """
    remedy = "Fetch or build it again: distillometer bank build."
    try:
        metadata = pl.read_parquet_metadata(path).get(_KEY)
        if metadata is None:
            raise InputError("it is a Parquet file, but no reference bank.", where=str(path), remedy=remedy)
        content = json.loads(metadata)
        if content.get("format") != FORMAT:
            raise InputError(
                f"its format is {content.get('format')!r}, this version reads {FORMAT}.",
                where=str(path),
                remedy="Build it again with this version, or use the version that wrote it.",
            )
        bank = _bank(content, _table(path))
        if bank.digest != content["digest"]:
            raise InputError("its content does not fit its checksum.", where=str(path), remedy=remedy)
        return bank
    except (*_DAMAGED, ValidationError, ValueError, KeyError, TypeError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"it can't be read as a reference bank: {reason}", where=str(path), remedy=remedy) from None


def _table(path: Path) -> pl.DataFrame:
    """Return the replies of a bank, read by DuckDB: of a damaged file Polars might end the process."""
    with parquet_files.opened(path) as file:
        if file.n_rows > MOST_REPLIES:
            raise InputError(
                f"it holds {file.n_rows:,} replies, at most {MOST_REPLIES:,} are read.",
                where=str(path),
                remedy="Build a smaller one: distillometer bank build --prompt-set.",
            )
        return file.rows(_COLUMNS, 0, file.n_rows)


def _bank(content: dict[str, Any], table: pl.DataFrame) -> Bank:
    models = TypeAdapter(tuple[DocumentedModel, ...]).validate_python(content["models"])
    prompts = TypeAdapter(tuple[BankPrompt, ...]).validate_python(content["prompts"])
    return Bank(
        name=str(content["name"]),
        note=str(content["note"]),
        common=tuple(map(str, content["common"])),
        models=models,
        prompts=prompts,
        prompt=_places([prompt.prompt_id for prompt in prompts], table["prompt_id"]),
        model=_places([model.model for model in models], table["model"]),
        features=Features(
            n_words=table["n_words"].to_numpy().astype(np.int64),
            leading_words=_matrix(table["leading_words"], N_PREFIX),
            template=_matrix(table["template"], N_TEMPLATE),
            closing=_matrix(table["closing"], N_CLOSING),
            layout=_ragged(table["layout"]),
            pairs=_ragged(table["word_pairs"]),
        ),
    )


def _named(names: Sequence[str], places: np.ndarray) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(places)


def _places(names: Sequence[str], column: pl.Series) -> np.ndarray:
    place = {name: number for number, name in enumerate(names)}
    return np.array([place[name] for name in column.to_list()], dtype=np.int64)


def _lists(rows: Ragged) -> pl.Series:
    """Return the rows as lists."""
    lengths = np.diff(rows.starts)
    frame = pl.DataFrame({"row": np.repeat(np.arange(len(lengths)), lengths), "value": rows.values.astype(np.uint32)})
    filled = frame.group_by("row", maintain_order=True).agg("value")
    every = pl.DataFrame({"row": np.arange(len(lengths))}).join(filled, on="row", how="left", maintain_order="left")
    return every["value"].fill_null(pl.Series([[]], dtype=pl.List(pl.UInt32)))


def _matrix(column: pl.Series, length: int) -> np.ndarray:
    if (column.list.len() != length).any():
        raise ValueError(f"a reply has not {length} values of {column.name}")
    return column.explode().to_numpy().astype(np.uint64).reshape(-1, length)


def _ragged(column: pl.Series) -> Ragged:
    lengths = column.list.len().fill_null(0).to_numpy()
    starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)
    return Ragged(column.filter(column.list.len() > 0).explode().to_numpy().astype(np.uint64), starts)
