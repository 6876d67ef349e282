"""Reads `data/lexicon.toml`, the list of vendors and models: the shipped one, and what one's own adds to it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from tasks.adapters.inputs import data_files
from tasks.adapters.inputs.tomlfiles import key_place, read_toml
from tasks.domain.card import Strict
from tasks.domain.errors import InputError
from tasks.domain.prompting.lexicon import Family, Lexicon, Name, Vendor

FILE = "lexicon.toml"

Text = Annotated[str, Field(min_length=2, pattern=r"^\S(.*\S)?$")]


class NameEntry(Strict):
    """A name; in the file a bare string, or a table where the name is a common word too."""

    name: Text
    case: bool = False
    needs_context: bool = False
    in_words: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value


class VendorEntry(Strict):
    """One `[[vendor]]` of the file."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    country: str
    makers: Annotated[tuple[NameEntry, ...], Field(min_length=1)]
    parents: tuple[NameEntry, ...] = ()
    models: dict[str, Annotated[tuple[NameEntry, ...], Field(min_length=1)]] = Field(default_factory=dict)


class LexiconFile(Strict):
    """The whole file."""

    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    vendor: Annotated[tuple[VendorEntry, ...], Field(min_length=1)]
    country: dict[str, tuple[Text, ...]] = Field(default_factory=dict)


def read_lexicon(data_dir: Path | None = None) -> Lexicon:
    """Return the lexicon of `data_dir`, by default of all data folders; files that did not change are read once.

    A vendor of one's own file is added to those of the shipped one, or takes the place of the vendor with its id.

    Raises:
        InputError: a key is wrong, a vendor comes twice, a country is not in the list, or one name means two vendors.
    """
    paths = data_files.every(FILE, data_dir) or [data_files.folders(data_dir)[0] / FILE]
    return _read(tuple((path, path.stat().st_mtime_ns if path.exists() else 0) for path in paths))


@lru_cache(maxsize=4)
def _read(changed: tuple[tuple[Path, int], ...]) -> Lexicon:
    parsed = {path: read_toml(path, LexiconFile) for path, _ in reversed(changed)}
    countries = {name: named for file in parsed.values() for name, named in file.country.items()}
    for path, file in parsed.items():
        _require_ordered_ids(file, countries, path)
    place_of = {entry.id: (path, entry) for path, file in parsed.items() for entry in file.vendor}
    entries = sorted(place_of.values(), key=lambda place: place[1].id)
    _require_unique_names(entries)
    # A copy of the shipped file adds nothing, and has its version: recipes name it as before.
    files = list(parsed.values())
    versions = [file.version for number, file in enumerate(files) if file not in files[:number]]
    return Lexicon(
        version="+".join(versions),
        vendors=tuple(_vendor(entry) for _, entry in entries),
        countries=tuple(countries.items()),
    )


def _vendor(entry: VendorEntry) -> Vendor:
    return Vendor(
        id=entry.id,
        country=entry.country,
        makers=_names(entry.makers),
        parents=_names(entry.parents),
        models=tuple(Family(family, _names(names)) for family, names in entry.models.items()),
    )


def _names(entries: tuple[NameEntry, ...]) -> tuple[Name, ...]:
    return tuple(Name(entry.name, entry.case, entry.needs_context, entry.in_words) for entry in entries)


def _require_ordered_ids(parsed: LexiconFile, countries: Mapping[str, Sequence[str]], path: Path) -> None:
    ids = [entry.id for entry in parsed.vendor]
    for before, after in pairwise(ids):
        if before >= after:
            raise InputError(
                f"vendor {after!r} stands after {before!r}.",
                where=_place(path, f'id = "{after}"'),
                remedy="Each vendor stands once, in alphabetical order of the ids.",
            )
    for entry in parsed.vendor:
        if countries and entry.country not in countries:
            raise InputError(
                f"the country {entry.country!r} of vendor {entry.id!r} is not in [country].",
                where=_place(path, f'id = "{entry.id}"'),
                remedy=f"Add it there, or use one of {', '.join(sorted(countries))}.",
            )


def _require_unique_names(entries: Sequence[tuple[Path, VendorEntry]]) -> None:
    owner: dict[str, str] = {}
    for path, entry in entries:
        named = (*entry.makers, *entry.parents, *(name for names in entry.models.values() for name in names))
        for name in named:
            if owner.setdefault(name.name, entry.id) != entry.id:
                raise InputError(
                    f"the name {name.name!r} of vendor {entry.id!r} also means {owner[name.name]!r}.",
                    where=_place(path, f'id = "{entry.id}"'),
                    remedy="A name means one vendor: make it longer, or leave it out in one of them.",
                )


def _place(path: Path, line: str) -> str:
    """Return the place (file:line) of a line that is to be found by its own text."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if text.strip() == line:
            return f"{path}:{number}"
    return key_place(path, "vendor")
