"""Reference banks as files: one Parquet file, a row a reply, with models and prompts in its metadata."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet
from pydantic import TypeAdapter, ValidationError

from tasks.adapters.inputs import data_files
from tasks.adapters.inputs.textfiles import require_exists
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import whole_files
from tasks.domain.bank.bank import FORMAT, Bank, BankPrompt
from tasks.domain.errors import InputError
from tasks.domain.pairwise.features import N_CLOSING, N_PREFIX, N_TEMPLATE, Features, Ragged
from tasks.domain.suggestions import unknown_name
from tasks.domain.verdict.population import DocumentedModel

SUFFIX = ".parquet"
_KEY = b"distillometer.bank"
_LENGTHS = {"leading_words": N_PREFIX, "template": N_TEMPLATE, "closing": N_CLOSING}
MOST_REPLIES = 5_000_000


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
        card = json.loads(parquet.read_schema(path).metadata[_KEY])
        return {"models": list(card["models"]), "prompts": list(card["prompts"]), "note": str(card["note"])}
    except (pa.ArrowException, ValueError, KeyError, TypeError, OSError) as error:
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
        "n_words": pa.array(features.n_words.astype(np.int32)),
        **{
            name: pa.FixedSizeListArray.from_arrays(
                pa.array(getattr(features, name).astype(np.uint32).ravel()), _LENGTHS[name]
            )
            for name in _LENGTHS
        },
        "layout": _lists(features.layout),
        "word_pairs": _lists(features.pairs),
    }
    card = json.dumps(bank.content | {"digest": bank.digest}, ensure_ascii=False)
    table = pa.table(columns).replace_schema_metadata({_KEY: card.encode()})
    with whole_files.replaced(path) as place:
        parquet.write_table(table, place, compression="zstd", compression_level=9, use_dictionary=True)


def read(path: Path) -> Bank:
    """Return the bank in a file.

    Raises:
        InputError: it is none, is damaged, was changed, or is of a newer version.
    """
    remedy = "Fetch or build it again: distillometer bank build."
    try:
        file = parquet.ParquetFile(path)
        metadata = (file.schema_arrow.metadata or {}).get(_KEY)
        if metadata is None:
            raise InputError("it is a Parquet file, but no reference bank.", where=str(path), remedy=remedy)
        if file.metadata.num_rows > MOST_REPLIES:
            raise InputError(
                f"it holds {file.metadata.num_rows:,} replies, at most {MOST_REPLIES:,} are read.",
                where=str(path),
                remedy="Build a smaller one: distillometer bank build --prompt-set.",
            )
        content = json.loads(metadata)
        if content.get("format") != FORMAT:
            raise InputError(
                f"its format is {content.get('format')!r}, this version reads {FORMAT}.",
                where=str(path),
                remedy="Build it again with this version, or use the version that wrote it.",
            )
        bank = _bank(content, file.read())
        if bank.digest != content["digest"]:
            raise InputError("its content does not fit its checksum.", where=str(path), remedy=remedy)
        return bank
    except (pa.ArrowException, ValidationError, ValueError, KeyError, TypeError, RecursionError, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"it can't be read as a reference bank: {reason}", where=str(path), remedy=remedy) from None


def _bank(content: dict[str, Any], table: pa.Table) -> Bank:
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


def _named(names: Sequence[str], places: np.ndarray) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(names, pa.string()))


def _places(names: Sequence[str], column: pa.ChunkedArray) -> np.ndarray:
    place = {name: number for number, name in enumerate(names)}
    return np.array([place[name] for name in column.to_pylist()], dtype=np.int64)


def _lists(rows: Ragged) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(rows.starts.astype(np.int32)), pa.array(rows.values.astype(np.uint32)))


def _matrix(column: pa.ChunkedArray, length: int) -> np.ndarray:
    return column.combine_chunks().flatten().to_numpy().astype(np.uint64).reshape(-1, length)


def _ragged(column: pa.ChunkedArray) -> Ragged:
    lists = column.combine_chunks()
    starts = lists.offsets.to_numpy().astype(np.int64)
    return Ragged(lists.flatten().to_numpy().astype(np.uint64), starts - starts[0])
