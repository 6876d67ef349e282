"""Parts of a page: safe text, cells with links to their evidence, tables, and their rows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tasks.domain.inert_text import inert
from tasks.domain.rows import Finding

Row = Mapping[str, Any]

MISSING = "-"
"""Text of a missing value; never a zero."""


@dataclass(frozen=True)
class Rows:
    """Input of the report: rows of relations by their names, and the report's sentences.

    `held_pairs`: the pairs whose replies the page holds, target and reference. `texts`: the texts of those replies by
    their ids. A relation that a snapshot lacks has no rows. `formed_from`: identity of the inputs. `lexicon_vendors`:
    ids of all vendors that the lexicon knows.
    """

    relations: Mapping[str, Sequence[Row]]
    held_pairs: Sequence[tuple[str, str]]
    texts: Mapping[str, str]
    findings: Sequence["LinkedSentence"]
    warnings: Sequence[Finding]
    n_prompts: int
    published_at: datetime
    formed_from: str = ""
    lexicon_vendors: Sequence[str] = ()

    def of(self, name: str) -> Sequence[Row]:
        """Return the rows of a relation that the report reads; a relation that it does not read is a KeyError."""
        return self.relations[name]


@dataclass(frozen=True)
class LinkedSentence:
    """A sentence with a link to its evidence on the page."""

    text: str
    href: str


@dataclass(frozen=True)
class Cell:
    """One cell: its text, its sort key ('' sorts last), a line below, its link, and its mark."""

    text: str
    sort: str = ""
    note: str = ""
    href: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """A table: a column is heading, explanation and whether it holds numbers; `left_out`: headings of empty columns."""

    columns: Sequence[tuple[str, str, bool]]
    rows: Sequence[Sequence[Cell]]
    query: str = ""
    left_out: Sequence[str] = field(default=())


def safe_text(text: str) -> str:
    """Return text from outside with every invisible or reordering character replaced, one for one, by U+FFFD."""
    return inert(text.replace("\r\n", "\n").replace("\r", "\n"))


def truncate(text: str, most: int) -> tuple[str, int]:
    """Return the beginning of a text as safe text, and the number of omitted characters."""
    return safe_text(text[:most]), max(len(text) - most, 0)


def number(value: float | None, digits: int = 3) -> str:
    """Return a number as text; a missing number is a dash."""
    if value is None or not math.isfinite(value):
        return MISSING
    # Plus zero: a value rounded to zero has no sign.
    return f"{value:,}" if isinstance(value, int) else f"{round(value, digits) + 0.0:.{digits}f}"


def share(value: float | None) -> str:
    """Return a share as per cent, never rounded up to 100 %."""
    return MISSING if value is None else f"{math.floor(value * 1000) / 10:g} %"


def finite(value: Any) -> Any:
    """Return a value for the page's script: rounded, None where it is not finite."""
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return value


def plain(value: Any) -> Cell:
    """Return a cell with a value and nothing else."""
    if isinstance(value, bool):
        return Cell("yes" if value else "no", str(int(value)))
    text = safe_text(value) if isinstance(value, str) else number(value)
    return Cell(text, "" if value is None or text == MISSING else text if isinstance(value, str) else str(value))


def with_interval(row: Row, names: tuple[str, str, str], href: str = "", digits: int = 3) -> Cell:
    """Return a value with its 95 % interval below it, where it has one.

    Args:
        row: a row with these columns.
        names: columns of the value, its lower and its upper end.
        href: link of the cell.
        digits: digits after the point.
    """
    value, low, high = (row.get(name) for name in names)
    interval = "" if low is None or high is None else f"{low:.2f} to {high:.2f}"
    return Cell(number(value, digits), plain(value).sort, interval, href if value is not None else "")


def link(place: str, **names: str) -> str:
    """Return the address, within the page, of the part for `names`."""
    return f"#{place}?{urlencode(names)}"


def model_link(target: str) -> str:
    """Return the address of a model's verdict in sentences."""
    return link("model", name=target)


def pair_link(target: str, reference: str) -> str:
    """Return the address of a pair."""
    return link("pair", target=target, reference=reference)


def linked_sentences(lines: Sequence[str], pairs: Sequence[tuple[str, str]], section: str) -> list[LinkedSentence]:
    """Return sentences with links: the first ones to their pairs, the rest to a section."""
    hrefs = [pair_link(*pair) for pair in pairs]
    return [LinkedSentence(line, hrefs[at] if at < len(hrefs) else section) for at, line in enumerate(lines)]


def table(columns: Mapping[str, tuple[str, str]], rows: Sequence[Mapping[str, Cell]], query: str = "") -> Table:
    """Return a table without empty columns; a column holds numbers if all its cells do."""
    filled = [name for name in columns if any(name in row and row[name].text not in ("", MISSING) for row in rows)]
    heads = [(*columns[name], all(_is_number(row[name]) for row in rows)) for name in filled]
    left_out = [columns[name][0] for name in columns if name not in filled] if rows else []
    return Table(heads, [[row[name] for name in filled] for row in rows], query, left_out)


def plain_table(columns: Mapping[str, tuple[str, str]], rows: Sequence[Row], query: str = "") -> Table:
    """Return a table of unchanged rows."""
    return table(columns, [{name: plain(row.get(name)) for name in columns} for row in rows], query)


def _is_number(cell: Cell) -> bool:
    try:
        float(cell.sort or "0")
    except ValueError:
        return False
    return True
