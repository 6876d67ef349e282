"""Rows -> what the report shows: facts, sentences, tables, and the data that the page's script draws from."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tasks.domain.likeness.lexical import shared_opening
from tasks.domain.reporting.columns import BESIDE_SELF, BOARD, COVERAGE, LIKENESS, MEASURES

Row = Mapping[str, Any]

MISSING = "-"
"""What stands where there is no value; never a zero."""

SHOWN_CHARACTERS = 500
"""How much of a reply or prompt the page holds; the rest is counted, and found by its id in the database."""

_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True)
class Rows:
    """What the report is made of: rows of the relations that the fields are named after, and what stands around them.

    `texts` maps the reply ids in `top_prompts` to texts; `prompts` are rows of `core.prompt`.
    """

    leaderboard: Sequence[Row]
    likeness: Sequence[Row]
    beside_self: Sequence[Row]
    coverage: Sequence[Row]
    runs: Sequence[Row]
    top_prompts: Sequence[Row]
    texts: Mapping[str, str]
    prompts: Sequence[Row]
    findings: Sequence[str]
    warnings: Sequence[str]
    n_prompts: int
    published_at: datetime


@dataclass(frozen=True)
class Cell:
    """One cell: its text, what it is sorted by ('' sorts last), a line below, and the pair that it leads to."""

    text: str
    sort: str = ""
    note: str = ""
    href: str = ""


@dataclass(frozen=True)
class Table:
    """A table: columns are heading, explanation and whether it holds numbers."""

    columns: Sequence[tuple[str, str, bool]]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Page:
    """All that the page shows. `data` is what the script draws the heat map and the pairs from."""

    facts: Sequence[tuple[str, str]]
    run: Sequence[tuple[str, str]]
    findings: Sequence[str]
    warnings: Sequence[str]
    board: Table
    beside_self: Table
    incomplete: Table
    data: Mapping[str, Any]


def build(rows: Rows) -> Page:
    """Return the content of the report; every text in it is safe to show, and none is markup."""
    return Page(
        facts=_facts(rows),
        run=_run(rows.runs),
        findings=[shown(line) for line in rows.findings],
        warnings=[shown(line) for line in rows.warnings],
        board=_board(rows),
        beside_self=_table(BESIDE_SELF, [_beside_row(row) for row in rows.beside_self]),
        incomplete=_plain_table(COVERAGE, [row for row in rows.coverage if row["n_missing"] or row["n_cut"]]),
        data=_data(rows),
    )


def shown(text: str) -> str:
    """Return text from outside with every invisible or reordering character replaced, one for one, by U+FFFD."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if plain.isascii() and plain.isprintable():
        return plain
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _HIDDEN and c not in "\n\t" else c for c in plain
    )


def _number(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def _plain(value: Any) -> Cell:
    text = shown(value) if isinstance(value, str) else _number(value)
    return Cell(text, "" if value is None or text == MISSING else text if isinstance(value, str) else str(value))


def _table(columns: Mapping[str, tuple[str, str]], rows: Sequence[Mapping[str, Cell]]) -> Table:
    texts = {"target", "nearest", "foreign", "left_model", "right_model", "model", "prompt_set", "missing_reasons"}
    heads = [(heading, explanation, name not in texts) for name, (heading, explanation) in columns.items()]
    return Table(heads, [[row[name] for name in columns] for row in rows])


def _plain_table(columns: Mapping[str, tuple[str, str]], rows: Sequence[Row]) -> Table:
    return _table(columns, [{name: _plain(row[name]) for name in columns} for row in rows])


def _facts(rows: Rows) -> list[tuple[str, str]]:
    n_asked = sum(row["n_asked"] for row in rows.coverage)
    n_missing = sum(row["n_missing"] for row in rows.coverage)
    return [
        ("models", _number(len(rows.leaderboard))),
        ("of them candidate teachers", _number(len({row["reference"] for row in rows.likeness}))),
        ("prompts", _number(rows.n_prompts)),
        ("replies", _number(n_asked - n_missing)),
        ("missing", _number(n_missing)),
        ("published", f"{rows.published_at:%Y-%m-%d %H:%M} UTC"),
    ]


def _run(runs: Sequence[Row]) -> list[tuple[str, str]]:
    last = max(runs, key=lambda row: row["happened_at"], default=None)
    if last is None:
        return []
    named = [(name, shown(str(last[name]))) for name in ("plan", "round", "recipe_id", "run_id", "version")]
    return [*named, (shown(str(last["event"])), f"{last['happened_at']:%Y-%m-%d %H:%M} UTC")]


def pair_link(target: str, reference: str) -> str:
    """Return the address, within the page, of a pair."""
    return "#" + urlencode({"target": target, "reference": reference})


def _score(row: Row) -> tuple[bool, float]:
    """Return what pairs are ordered by, as in `mart.nearest_group`: those without D come after all that have one."""
    score, opening = row["opening_d"], row["opening"]
    return score is not None, float(score if score is not None else opening)


def _board(rows: Rows) -> Table:
    best: dict[tuple[str, str], Row] = {}
    for row in rows.likeness:
        key = (row["target"], row["candidate_group"])
        if key not in best or _score(row) > _score(best[key]):
            best[key] = row
    return _table(BOARD, [_board_row(row, best) for row in rows.leaderboard])


def _board_row(row: Row, best: Mapping[tuple[str, str], Row]) -> dict[str, Cell]:
    cells = {name: _plain(row.get(name)) for name in BOARD}
    about = [row["vendor"] if row["vendor"] != row["target"] else None, row["role"]]
    cells["target"] = Cell(shown(row["target"]), shown(row["target"]), shown(", ".join(filter(None, about))))
    for name, group in (("nearest", row["nearest_group"]), ("foreign", row["foreign_group"])):
        pair = best.get((row["target"], group))
        reference = pair["reference"] if pair else None
        is_own = name == "nearest" and row["is_own_family"]
        notes = [reference if reference != group else None, "own family" if is_own else None]
        cells[name] = Cell(
            _plain(group).text,
            _plain(group).sort,
            "none is nearer than the panel" if group is None else shown(", ".join(filter(None, notes))),
            pair_link(row["target"], reference) if reference else "",
        )
    for name in ("opening_d", "foreign_opening_d"):
        cells[name] = _with_interval(row, name)
    cells["coverage"] = Cell(f"{math.floor(row['coverage'] * 1000) / 10:g} %", str(row["coverage"]))
    return cells


def _beside_row(row: Row) -> dict[str, Cell]:
    cells = {name: _plain(row[name]) for name in BESIDE_SELF}
    return cells | {"opening_share_of_self": _with_interval(row, "opening_share_of_self")}


def _with_interval(row: Row, name: str) -> Cell:
    """Return a value with its 95 % interval below it, where it has one."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    interval = "" if low is None or high is None else f"{low:.2f} to {high:.2f}"
    return Cell(_number(row[name]), _plain(row[name]).sort, interval)


def _data(rows: Rows) -> dict[str, Any]:
    """Return what the script needs, each model, prompt and reply once: all else refers to them by number."""
    vendor = {row["target"]: row["vendor"] for row in rows.leaderboard}
    targets, references = ({row[side] for row in rows.likeness} for side in ("target", "reference"))
    models = sorted(targets | references, key=lambda model: (str(vendor.get(model, model)).lower(), model.lower()))
    model_at = {model: number for number, model in enumerate(models)}
    reply_ids = sorted({row[side] for row in rows.top_prompts for side in ("reply_id", "reference_reply_id")})
    reply_at = {reply_id: number for number, reply_id in enumerate(reply_ids)}
    prompt_at = {prompt["prompt_id"]: number for number, prompt in enumerate(rows.prompts)}
    replies = [_cut(rows.texts[reply_id]) for reply_id in reply_ids]
    top = [
        [
            model_at[row["target"]],
            model_at[row["reference"]],
            prompt_at[row["prompt_id"]],
            left := reply_at[row["reply_id"]],
            right := reply_at[row["reference_reply_id"]],
            shared_opening(replies[left][0], replies[right][0]),
            *(_finite(row[name]) for name in ("opening", "bigram_jaccard", "length_closeness", "n_sample_pairs")),
        ]
        for row in sorted(rows.top_prompts, key=lambda row: row["rank"])
    ]
    first = max(rows.likeness, key=lambda row: (not row["is_same_family"], _score(row)), default=None)
    return {
        "models": [[model, shown(model)] for model in models],
        "targets": [model_at[model] for model in models if model in targets],
        "references": [model_at[model] for model in models if model in references],
        "measures": [[name, *texts] for name, texts in MEASURES.items()],
        "fields": LIKENESS,
        "likeness": [
            [model_at[row["target"]], model_at[row["reference"]], *(_finite(row[name]) for name in LIKENESS)]
            for row in rows.likeness
        ],
        "first": [model_at[first["target"]], model_at[first["reference"]]] if first else None,
        "prompts": [[shown(f"{p['prompt_set']} {p['prompt_key']}"), *_cut(p["prompt_text"])] for p in rows.prompts],
        "replies": [[reply_id, *text] for reply_id, text in zip(reply_ids, replies, strict=True)],
        "top": top,
    }


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return value


def _cut(text: str) -> tuple[str, int]:
    """Return the beginning of a text as it is shown, and how many characters were left out."""
    return shown(text[:SHOWN_CHARACTERS]), max(len(text) - SHOWN_CHARACTERS, 0)
