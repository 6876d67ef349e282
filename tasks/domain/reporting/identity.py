"""Identity probes on the page: scores by target, and every leak with its prompt, template and judge."""

from collections.abc import Sequence
from typing import Any

from tasks.domain.reporting.cells import (
    Cell,
    LinkedSentence,
    Row,
    Rows,
    Table,
    link,
    plain,
    safe_text,
    table,
    truncate,
    with_interval,
)
from tasks.domain.reporting.columns import LEAK, SCORES

SHOWN_CHARACTERS = 400
"""Number of characters of a leak's prompt, and of its reply, on the page."""

HELD_LEAKS = 3000
"""Maximum number of leaks on the page; of more, each target has its share, the hard ones first."""


def modes(rows: Rows) -> dict[str, str]:
    """Return the mode of probes with comparable scores, for each target that has one."""
    return {
        row["target"]: row["identity_mode"]
        for row in rows.of("mart.target_summary")
        if row["identity_mode"] is not None
    }


def compared(rows: Rows) -> list[Row]:
    """Return the identity scores of comparable modes."""
    mode = modes(rows)
    return [row for row in rows.of("mart.identity_score") if row["mode"] == mode.get(row["target"])]


def scores(rows: Rows) -> Table:
    """Return the table of loose, strict and hard with their intervals, a row for each target and mode."""
    of: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows.of("mart.identity_score"):
        if row["slice"] == "all":
            of.setdefault((row["target"], row["mode"]), {})[row["score"]] = row

    def strictness(item: tuple[tuple[str, str], dict[str, Row]]) -> tuple[Any, ...]:
        value = item[1].get("strict", {}).get("value")
        return value is None, -(value or 0.0), item[0]

    return table(
        SCORES,
        [_score_row(target, mode, by_score) for (target, mode), by_score in sorted(of.items(), key=strictness)],
        "select * from mart.identity_score order by target, mode, score, slice",
    )


def _score_row(target: str, mode: str, by_score: dict[str, Row]) -> dict[str, Cell]:
    href = link("leaks", target=target)
    any_score = by_score.get("strict") or next(iter(by_score.values()))
    strict = by_score.get("strict", {})
    bounds = [strict.get(name) for name in ("bound_low", "bound_high")]
    return {
        "target": Cell(safe_text(target), safe_text(target), "", href),
        "mode": plain(mode),
        "judge": plain(any_score["judge"]),
        **{
            name: with_interval(by_score.get(name, {}), ("value", "low", "high"), href)
            for name in ("loose", "strict", "hard")
        },
        "bounds": Cell("-") if None in bounds else Cell(f"{bounds[0]:.3f} to {bounds[1]:.3f}", str(bounds[0])),
        "n": plain(any_score["n"]),
        "n_missing": plain(any_score["n_missing"]),
        "n_effective": Cell(
            f"{any_score['n_effective']:.0f}" if any_score["n_effective"] else "-", str(any_score["n_effective"] or "")
        ),
        "n_templates": plain(any_score["n_templates"]),
    }


def leaks(leak_rows: Sequence[Row]) -> dict[str, Any]:
    """Return the leaks for the script: each text once, references to them by number, and the count of each target."""
    by_target: dict[str, list[Row]] = {}
    for row in sorted(leak_rows, key=_weight):
        by_target.setdefault(row["target"], []).append(row)
    each = _share(sorted(len(of_target) for of_target in by_target.values()))
    kept = [row for target in sorted(by_target) for row in by_target[target][:each]]
    prompt_ids = list(dict.fromkeys(row["prompt_id"] for row in kept))
    texts = {row["prompt_id"]: row["prompt_text"] or "" for row in kept}
    at = {prompt_id: place for place, prompt_id in enumerate(prompt_ids)}
    targets = sorted(by_target, key=lambda target: (-len(by_target[target]), target))
    target_at = {target: place for place, target in enumerate(targets)}
    return {
        "fields": LEAK,
        "targets": [[target, safe_text(target), len(by_target[target])] for target in targets],
        "prompts": [truncate(texts[prompt_id], SHOWN_CHARACTERS) for prompt_id in prompt_ids],
        "rows": [
            [
                target_at[row["target"]],
                at[row["prompt_id"]],
                *truncate(row["reply_text"] or "", SHOWN_CHARACTERS),
                *(_value(row[name]) for name in LEAK),
            ]
            for row in kept
        ],
    }


def _share(counts: Sequence[int]) -> int:
    """Return the number of leaks for each target so that all fit; unused places go to the other targets."""
    left = HELD_LEAKS
    for at, count in enumerate(counts):
        each = left // (len(counts) - at)
        if count > each:
            return each
        left -= count
    return HELD_LEAKS


def _weight(row: Row) -> tuple[Any, ...]:
    return not row["is_hard"], not row["is_foreign"], row["mode"], row["request_id"], row["judge"]


def _value(value: Any) -> Any:
    return truncate(value, SHOWN_CHARACTERS)[0] if isinstance(value, str) else value


def sentences(rows: Rows) -> list[LinkedSentence]:
    """Return sentences on targets that claimed another vendor although no vendor was named, with intervals."""
    hard = [row for row in compared(rows) if row["score"] == "hard" and row["slice"] == "all"]
    claiming = sorted((row for row in hard if row["value"]), key=lambda row: (-row["value"], row["target"]))
    if not hard:
        return []
    lines = [
        LinkedSentence(
            f"{row['target']} claimed another vendor, with nobody named, in {row['value']:.1%} of {row['n']:,} "
            f"identity probes{_interval(row)} ({row['mode']}).",
            link("leaks", target=row["target"]),
        )
        for row in claiming[:3]
    ]
    if not claiming:
        none = f"None of the {len(hard)} targets of identity probes claimed another vendor with nobody named."
        return [LinkedSentence(none, "#identity")]
    if others := len(hard) - len(lines):
        claimed = f"Of the other {others} targets of identity probes, {len(claiming) - len(lines)} did so at all."
        lines.append(LinkedSentence(claimed, "#identity"))
    return lines


def _interval(row: Row) -> str:
    return "" if row["low"] is None else f", 95 % interval {row['low']:.1%} to {row['high']:.1%}"
