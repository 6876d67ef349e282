"""Reference populations: their cards, and their files, fetched or taken from a folder that is there."""

import hashlib
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tasks.adapters.inputs import data_files
from tasks.adapters.inputs.tomlfiles import key_place, read_toml
from tasks.adapters.prefect import progress
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import whole_files
from tasks.domain.errors import InputError, WorldError
from tasks.domain.reference_population import ReferencePopulation

MOST_BYTES = 2**30
"""Of one file: more is not fetched."""

TIMEOUT_S = 60.0
_BLOCK = 1 << 20


def read(name: str) -> ReferencePopulation:
    """Return the population `name` of the data folders.

    Raises:
        InputError: there is none, or its file is wrong.
    """
    path = data_files.named(data_files.POPULATIONS, name)
    population = read_toml(path, ReferencePopulation)
    if population.name != path.stem:
        raise InputError(
            f"key 'name' is {population.name!r}, the file is called {path.stem!r}.",
            where=key_place(path, "name"),
            remedy="Make them equal.",
        )
    return population


def home_of(population: ReferencePopulation, home: Home) -> Home:
    """Return the home in which the replies of a population are kept: what a bank says can be looked up there."""
    return Home(home.populations / population.name)


def gather(population: ReferencePopulation, place: Home, given: Path | None) -> Path:
    """Return a folder with exactly the files of a population, each by its checksum; what is there is not fetched again.

    Args:
        population: its files.
        place: the home of the population.
        given: a folder that holds them; None: they are fetched.

    Raises:
        InputError: `given` lacks a file, or has another in its place, or there is nowhere to fetch from.
        WorldError: a file can't be fetched, or is another one there.
    """
    folder = place.root / "files"
    lacking = [file for file in population.files if not _is_file(folder / file, population.files[file])]
    if given is not None:
        _require_given(population, given)
        for file in population.files:
            _link(given.resolve() / file, folder / file)
    elif lacking:
        if population.url is None:
            raise InputError(
                f"population {population.name} has no address to fetch its {len(lacking)} files from.",
                where=f"population {population.name}",
                remedy=f"Give the folder that holds them with --from: {population.source}.",
            )
        _fetch_all(population, lacking, folder)
    return folder


def _require_given(population: ReferencePopulation, given: Path) -> None:
    wrong = [file for file, checksum in population.files.items() if not _is_file(given / file, checksum)]
    if wrong:
        absent = [file for file in wrong if not (given / file).is_file()]
        what = f"{len(absent)} of {len(population.files)} files are not there" if absent else "a file is another one"
        raise InputError(
            f"{what}: {(absent or wrong)[0]}.",
            where=str(given),
            remedy=f"Give the folder of {population.source}; data/populations/{population.name}.toml lists its files.",
        )


def _is_file(path: Path, checksum: str) -> bool:
    if not path.is_file():
        return False
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest() == checksum


def _link(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.exists():
        path.unlink()
    path.symlink_to(source)


def _fetch_all(population: ReferencePopulation, lacking: list[str], folder: Path) -> None:
    with progress.stage(f"fetching {population.name}", len(lacking)):
        for file in lacking:
            url = str(population.url_of(file))
            with whole_files.replaced(folder / file) as written:
                digest = _fetched(url, written)
                if digest != population.files[file]:
                    raise WorldError(
                        f"its SHA-256 is {digest}, and not {population.files[file]}.",
                        where=url,
                        remedy="The source has changed, or something on the way changed it: it is not used.",
                    )
            progress.advance(f"fetching {population.name}")


def _fetched(url: str, path: Path) -> str:
    """Write what is at an address; return its SHA-256."""
    digest, n_bytes = hashlib.sha256(), 0
    try:
        # The standard library's client: a comparison of recorded replies needs no extra.
        with urlopen(url, timeout=TIMEOUT_S) as response, path.open("wb") as file:
            while block := response.read(_BLOCK):
                n_bytes += len(block)
                if n_bytes > MOST_BYTES:
                    raise WorldError(f"it is larger than {MOST_BYTES:,} bytes.", where=url, remedy="It is not fetched.")
                digest.update(block)
                file.write(block)
    except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
        raise WorldError(
            f"it can't be fetched: {error or type(error).__name__}.",
            where=url,
            remedy="Look at the network and run the command again: what has arrived stays; or give --from.",
        ) from error
    return digest.hexdigest()
