"""The results of `benchmarks.rivals` as the tables of docs/benchmark.md."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.domain.validation.tables import NAMES

COMPOSITE = "composite"
TITLES = {COMPOSITE: "**distillometer**", "provenance_test": "provenance test, by its own decision", **NAMES}
BEGIN, END = "<!-- Written by `make rivals`: -->", "<!-- until here. -->"

HEAD = (
    "method",
    "AUROC",
    "right vendor, FDR .05",
    "alone",
    "wrong vendor, FDR .05",
    "alone",
    "human data, FDR .05",
    "unrelated cells at .05",
    "at .01",
    "unrelated models alone",
    "CPU s",
)

Row = Mapping[str, Any]


def lines(populations: Mapping[str, Row]) -> list[str]:
    """Return one table for each population, and below it what is better than ours there."""
    written: list[str] = []
    for name, population in populations.items():
        # A method that is undefined here has no figures.
        rows = {method: row for method, row in population["methods"].items() if "seconds" in row}
        written += ["", f"### {name}: {population['models']} models, {population['prompts']} prompts", ""]
        written += [f"| {' | '.join(HEAD)} |", f"|---|{'--:|' * (len(HEAD) - 1)}"]
        for method in sorted(rows, key=lambda method: _order(method, rows[method])):
            written.append(f"| {' | '.join([_title(method, rows[method]), *_cells(rows[method])])} |")
        written += ["", *better(rows), "", _machine(population)]
    return [*written, ""]


def better(rows: Mapping[str, Row]) -> list[str]:
    """Return which methods have a higher AUROC than ours, or call more students, each as a sentence."""
    if COMPOSITE not in rows:
        return []
    ours = rows[COMPOSITE]
    higher = [name for name, row in rows.items() if (row.get("auroc") or 0.0) > (ours.get("auroc") or 0.0)]
    more = [
        name
        for name, row in rows.items()
        if (row["right_fdr05"], row["right_alone"]) > (ours["right_fdr05"], ours["right_alone"])
    ]
    return [
        f"A higher AUROC than distillometer: {_listed(higher)}. "
        f"More students called with the right vendor: {_listed(more)}."
    ]


def inserted(page: str, tables: Sequence[str]) -> str:
    """Return the page with these lines between its two marks.

    Raises:
        ValueError: the page lacks one of the marks.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The page lacks one of the marks {BEGIN!r} and {END!r}.")
    return "\n".join([before + BEGIN, *tables, END + after])


def _machine(population: Row) -> str:
    words = f"Splitting all replies into words, once for all rivals: {population['words_seconds']:.0f} s."
    return f"{words} Machine: {population['machine']}."


def _order(method: str, row: Row) -> tuple[bool, int, int, float, str]:
    return (method != COMPOSITE, -row["right_fdr05"], -row["right_alone"], -(row.get("auroc") or 0.0), method)


def _title(method: str, row: Row) -> str:
    prompts = f" ({row['embedded_prompts']} prompts)" if "embedded_prompts" in row else ""
    return f"{TITLES.get(method, method)}{prompts}"


def _cells(row: Row) -> list[str]:
    return [
        _share(row.get("auroc")),
        f"{row['right_fdr05']} of {row['n_students']}",
        str(row["right_alone"]),
        str(row["wrong_fdr05"]),
        str(row["wrong_alone"]),
        f"{row['human_fdr05']} of {row['n_human']}",
        _share(row.get("cells_0.05")),
        _share(row.get("cells_0.01")),
        f"{row['controls_alone']} of {row['n_controls']}",
        f"{row['seconds']:.0f}",
    ]


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".removeprefix("0")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(sorted(TITLES.get(name, name) for name in names)) or "none"
