"""Whether a command prints for people, or one JSON document, or nothing: chosen once, before it prints anything."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import polars as pl

Mode = Literal["text", "json", "quiet"]


@dataclass
class Printed:
    """The mode, and in mode `json` the tables and sentences that the command has for its document."""

    mode: Mode = "text"
    tables: list[tuple[str, "pl.DataFrame"]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


_printed = Printed()


def begin() -> None:
    """Begin a command, which prints for people until `choose` says something else."""
    global _printed
    _printed = Printed()


def choose(mode: Mode) -> None:
    """Choose how the command prints; quiet wins where both are chosen."""
    if _printed.mode != "quiet":
        _printed.mode = mode


def is_text() -> bool:
    """Return whether results are printed as text."""
    return _printed.mode == "text"


def is_quiet() -> bool:
    """Return whether nothing is printed but warnings and errors."""
    return _printed.mode == "quiet"


def add_table(title: str, frame: "pl.DataFrame") -> None:
    """Keep a table for the document."""
    if _printed.mode == "json":
        _printed.tables.append((title, frame))


def add_sentences(sentences: list[str]) -> None:
    """Keep sentences for the document."""
    if _printed.mode == "json":
        _printed.sentences += [sentence for sentence in sentences if sentence]


def document() -> dict[str, Any] | None:
    """Return the tables, as pairs of title and frame, and the sentences; None where no document is to be printed."""
    return {"tables": _printed.tables, "sentences": _printed.sentences} if _printed.mode == "json" else None
