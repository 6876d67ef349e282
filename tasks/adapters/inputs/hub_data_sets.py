"""Data sets of the Hugging Face Hub, hf://datasets/OWNER/NAME: fetched by DuckDB as one Parquet file."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from tasks.adapters import waits
from tasks.adapters.inputs.formats import chat_messages, hf_dataset, replies
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import duckdb_files
from tasks.adapters.warehouse.sqlmacros import literal
from tasks.adapters.warehouse.staging import folder_beside
from tasks.domain.errors import InputError, WorldError

KNOWN = frozenset((*chat_messages.TURNS, *chat_messages.MODELS, *chat_messages.KEYS, *hf_dataset.KNOWN, *replies.KNOWN))
"""The columns that are fetched."""

_ADDRESS = re.compile(r"hf:/{1,2}datasets/(?P<owner>[^/@]+)/(?P<name>[^/@]+)(?P<revision>@[^/]+)?(?P<file>/.+)?")
CONVERTED = "@~parquet"
"""The branch in which the Hub keeps each public data set as Parquet, whatever its own files are."""


def is_address(path: Path) -> bool:
    """Return whether `path` is an address of the Hub, of which a path keeps one stroke of two."""
    return str(path).startswith("hf:")


@contextmanager
def local(path: Path, home: Home) -> Iterator[Path]:
    """Yield `path`; of an address the file that was fetched from it, which is gone after the block.

    Raises:
        InputError: it is no address of a data set, or none of its columns is known.
        WorldError: it can't be fetched.
    """
    if not is_address(path):
        yield path
        return
    address, name = source_of(str(path))
    with folder_beside(home) as folder:
        file = folder / f"{name}.parquet"
        with waits.waiting_for(f"{address}, which is fetched"):
            fetch(address, file)
        yield file


def source_of(address: str) -> tuple[str, str]:
    """Return the address of a data set's Parquet files, and its name.

    Without a file or folder, all of its files are meant: in the revision that is named, or as the Hub converted them.

    Raises:
        InputError: it is no such address.
    """
    found = _ADDRESS.fullmatch(address)
    file = (found["file"] or "").strip("/") if found else ""
    if found is None or (Path(file).suffix not in ("", ".parquet") and "*" not in file):
        raise InputError(
            f"{address!r} is no address of a data set's Parquet files.",
            where="hf://",
            remedy="Give hf://datasets/OWNER/NAME, perhaps as NAME@REVISION, and a folder or .parquet below it.",
        )
    revision = found["revision"] or ("" if file else CONVERTED)
    files = file if file.endswith(".parquet") else f"{file}/**/*.parquet".lstrip("/")
    return f"hf://datasets/{found['owner']}/{found['name']}{revision}/{files}", found["name"]


def fetch(address: str, file: Path) -> None:
    """Write the known columns of the Parquet files at an address, or at a path with *, to one file.

    Raises:
        InputError: none of the columns is known.
        WorldError: DuckDB can't reach it, or can't fetch what it needs for that.
    """
    known = ", ".join(map(literal, sorted(KNOWN)))
    table = f"read_parquet({literal(address)}, union_by_name = true)"
    try:
        with duckdb.connect(config=duckdb_files.options()) as connection:
            if address.startswith("hf://"):
                connection.execute("install httpfs; load httpfs")
            names = [name for name, *_ in connection.execute(f"describe select * from {table}").fetchall()]
            if not KNOWN & set(names):
                raise InputError(
                    f"none of its columns is known: {', '.join(names)[:200]}.",
                    where=address,
                    remedy="Rename its columns, such as to model, prompt and reply, and give the file.",
                )
            chosen = f"select columns(lambda name: list_contains([{known}], name)) from {table}"
            connection.execute(f"copy ({chosen}) to {literal(str(file))} (format parquet)")
    except duckdb.Error as error:
        raise WorldError(
            f"it can't be fetched: {str(error).strip().splitlines()[0][:200]}",
            where=address,
            remedy="Fetch the data set's Parquet files where there is a network, and give their folder.",
        ) from None
