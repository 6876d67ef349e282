"""Rows -> what the report shows: facts, sentences, tables, and the data that the page's script draws from."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tasks.domain.likeness.lexical import shared_opening

Row = Mapping[str, Any]

MISSING = "-"
"""What stands where there is no value; never a zero."""

SHOWN_CHARACTERS = 500
"""How much of a reply or prompt the page holds; the rest is counted, and found by its id in the database."""

_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_D = "Opening score D: how many words replies share at their start, less the same with the panel's models."

MEASURES = {
    "opening_d": ("opening score D", _D + " 0: no more alike than those are."),
    "bigram_jaccard": ("shared word pairs", "Share of all pairs of neighbouring words that both replies use, 0 to 1."),
    "centred_cos": ("centred cosine", "Likeness of meaning and style, less what every model says to the same prompt."),
    "raw_cos": ("raw cosine", "Likeness of meaning and style; high for all models, as they answer the same prompt."),
    "length_closeness": ("length closeness", "Shorter over longer reply, in words: 1 means equally long."),
    "nearest_share": (
        "nearest share",
        "Share of the target's replies to which, within the prompt, this model's is nearest.",
    ),
}
"""Measures of the heat map: name and explanation."""

BOARD = {
    "position": ("#", "Place in the list: by D with the nearest group of another family."),
    "target": ("target", "The model under test; below it who made it and what is known of its origin."),
    "nearest": ("nearest group", "Candidate teachers, their snapshots taken together, whose replies begin most alike."),
    "opening_d": ("D", _D + " Below it its 95 % interval over prompts, which is no test of chance."),
    "margin": ("margin", "How far D is above the second nearest group's. Near 0: the two can't be told apart."),
    "foreign": ("nearest of another family", "The same among groups that aren't of the target's own family."),
    "foreign_opening_d": ("its D", "D with the nearest group of another family; below it the 95 % interval."),
    "nearest_share": ("nearest share", MEASURES["nearest_share"][1]),
    "centred_cos": ("centred cos", MEASURES["centred_cos"][1]),
    "length_closeness": ("length", MEASURES["length_closeness"][1]),
    "n_prompts": ("prompts", "Prompts that both the target and its nearest snapshot answered."),
    "n_panel": ("panel", "Models of other makers whose mean is subtracted in D; with fewer than 8 there is no null."),
    "n_missing": ("missing", "Requests without a reply. They count nowhere: missing isn't zero."),
    "coverage": ("coverage", "Share of the requests to the target that have a reply."),
}
"""Columns of the leaderboard: heading and explanation."""

BESIDE_SELF = {
    "left_model": ("model", "One of the two models."),
    "right_model": ("other model", "The other one."),
    "opening_share_of_self": (
        "share of self",
        "The pair's shared opening over the models' with themselves; see above.",
    ),
    "opening": ("shared opening", "Mean of ln(1 + identical leading words) between the two."),
    "left_self_opening": ("model with itself", "The same between two samples of the first model."),
    "right_self_opening": ("other with itself", "The same between two samples of the other model."),
    "bigram_jaccard": ("word pairs", MEASURES["bigram_jaccard"][1]),
    "bigram_share_of_self": ("their share of self", "The pair's shared word pairs over the models' with themselves."),
    "raw_cos": ("cosine", MEASURES["raw_cos"][1]),
    "n_prompts": ("prompts", "Prompts on which each of the two was sampled more than once."),
}
"""Columns of the pairs beside each model's likeness to itself: heading and explanation."""

COVERAGE = {
    "model": ("model", "The model that was asked."),
    "prompt_set": ("prompt set", "The set that the prompts are from."),
    "n_asked": ("asked", "Requests."),
    "n_missing": ("missing", "Requests without a reply."),
    "missing_reasons": ("why", "Reasons, with how often each."),
    "n_cut": ("cut", "Replies that were cut at the token limit."),
}
"""Columns of what is missing or cut: heading and explanation."""

LIKENESS = (
    *("opening_d", "opening_d_low", "opening_d_high", "opening", "bigram_jaccard", "centred_cos", "raw_cos"),
    *("length_closeness", "nearest_share", "global_nearest_share", "n_prompts", "n_embedded_prompts", "n_panel"),
    *("coverage", "is_same_family"),
)
"""What the page holds of each pair, in this order."""


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
        beside_self=_plain_table(BESIDE_SELF, rows.beside_self),
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
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        interval = "" if low is None or high is None else f"{low:.2f} to {high:.2f}"
        cells[name] = Cell(_number(row[name]), cells[name].sort, interval)
    cells["coverage"] = Cell(f"{math.floor(row['coverage'] * 1000) / 10:g} %", str(row["coverage"]))
    return cells


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
