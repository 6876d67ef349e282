"""What a page is made of: text made safe to show, cells that lead to their evidence, tables, and their rows."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

Row = Mapping[str, Any]

MISSING = "-"
"""What stands where there is no value; never a zero."""

_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True)
class Rows:
    """What the report is made of: rows of relations by their names, and what stands around them.

    `held_pairs`: the pairs whose replies the page holds, target and reference. `texts`: the texts of those replies by
    their ids. A relation that a snapshot lacks has no rows. `formed_from`: what all of it depends on.
    """

    relations: Mapping[str, Sequence[Row]]
    held_pairs: Sequence[tuple[str, str]]
    texts: Mapping[str, str]
    findings: Sequence["LinkedSentence"]
    warnings: Sequence[str]
    n_prompts: int
    published_at: datetime
    formed_from: str = ""

    def of(self, name: str) -> Sequence[Row]:
        """Return the rows of a relation."""
        return self.relations.get(name, ())


@dataclass(frozen=True)
class LinkedSentence:
    """A sentence, and the part of the page that shows what it rests on."""

    text: str
    href: str


@dataclass(frozen=True)
class Cell:
    """One cell: its text, what it is sorted by ('' sorts last), a line below, where it leads, and how it is marked."""

    text: str
    sort: str = ""
    note: str = ""
    href: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """A table: columns are heading, explanation and whether it holds numbers; `left_out` says what no row has."""

    columns: Sequence[tuple[str, str, bool]]
    rows: Sequence[Sequence[Cell]]
    query: str = ""
    left_out: Sequence[str] = field(default=())


def safe_text(text: str) -> str:
    """Return text from outside with every invisible or reordering character replaced, one for one, by U+FFFD."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if plain.isascii() and plain.isprintable():
        return plain
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _HIDDEN and c not in "\n\t" else c for c in plain
    )


def truncate(text: str, most: int) -> tuple[str, int]:
    """Return the beginning of a text as it is shown, and how many characters were left out."""
    return safe_text(text[:most]), max(len(text) - most, 0)


def number(value: float | None, digits: int = 3) -> str:
    """Return a number as it is shown; what is none is a dash."""
    if value is None or not math.isfinite(value):
        return MISSING
    # Plus zero: what is rounded to nothing has no sign.
    return f"{value:,}" if isinstance(value, int) else f"{round(value, digits) + 0.0:.{digits}f}"


def share(value: float | None) -> str:
    """Return a share as per cent, never rounded up to all."""
    return MISSING if value is None else f"{math.floor(value * 1000) / 10:g} %"


def finite(value: Any) -> Any:
    """Return a value as the page's script gets it."""
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return value


def plain(value: Any) -> Cell:
    """Return a cell that holds a value and nothing else."""
    if isinstance(value, bool):
        return Cell("yes" if value else "no", str(int(value)))
    text = safe_text(value) if isinstance(value, str) else number(value)
    return Cell(text, "" if value is None or text == MISSING else text if isinstance(value, str) else str(value))


def with_interval(row: Row, names: tuple[str, str, str], href: str = "", digits: int = 3) -> Cell:
    """Return a value with its 95 % interval below it, where it has one.

    Args:
        row: what holds them.
        names: columns of the value, its lower and its upper end.
        href: where the cell leads.
        digits: after the point.
    """
    value, low, high = (row.get(name) for name in names)
    interval = "" if low is None or high is None else f"{low:.2f} to {high:.2f}"
    return Cell(number(value, digits), plain(value).sort, interval, href if value is not None else "")


def link(place: str, **names: str) -> str:
    """Return the address, within the page, of a part of it that shows what `names` name."""
    return f"#{place}?{urlencode(names)}"


def model_link(target: str) -> str:
    """Return the address of a model's verdict in words."""
    return link("model", target=target)


def pair_link(target: str, reference: str) -> str:
    """Return the address of a pair."""
    return link("pair", target=target, reference=reference)


def linked_sentences(lines: Sequence[str], pairs: Sequence[tuple[str, str]], section: str) -> list[LinkedSentence]:
    """Return sentences with where they lead: the first ones to the pairs that they are about, the rest to a section."""
    hrefs = [pair_link(*pair) for pair in pairs]
    return [LinkedSentence(line, hrefs[at] if at < len(hrefs) else section) for at, line in enumerate(lines)]


def table(columns: Mapping[str, tuple[str, str]], rows: Sequence[Mapping[str, Cell]], query: str = "") -> Table:
    """Return a table; a column holds numbers if its cells do, and one that is empty all through is left out."""
    filled = [name for name in columns if any(name in row and row[name].text not in ("", MISSING) for row in rows)]
    heads = [(*columns[name], all(_is_number(row[name]) for row in rows)) for name in filled]
    left_out = [columns[name][0] for name in columns if name not in filled] if rows else []
    return Table(heads, [[row[name] for name in filled] for row in rows], query, left_out)


def plain_table(columns: Mapping[str, tuple[str, str]], rows: Sequence[Row], query: str = "") -> Table:
    """Return a table of rows as they are."""
    return table(columns, [{name: plain(row.get(name)) for name in columns} for row in rows], query)


def _is_number(cell: Cell) -> bool:
    try:
        float(cell.sort or "0")
    except ValueError:
        return False
    return True
