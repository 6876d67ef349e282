"""Sentences on changes between rounds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

_CHANGED = {
    "reply_text": "its replies are written in another way",
    "reply_vector": "its replies mean something else",
    "prefix_overlap_d": "D to {reference} went from {value_before:.3f} to {value_after:.3f}",
    "grade": "its grade with {reference} went from {value_before:.2f} to {value_after:.2f}",
    "words": "its replies went from {value_before:.0f} to {value_after:.0f} words",
    "loose": "its loose identity score went from {value_before:.2f} to {value_after:.2f}",
    "strict": "its strict identity score went from {value_before:.2f} to {value_after:.2f}",
    "hard": "its hard identity score went from {value_before:.2f} to {value_after:.2f}",
}


def what_changed(row: Row) -> str:
    """Return the change of one alarm, with its p value after correction."""
    return f"{_CHANGED[row['measure']].format(**row)} (p {row['p_holm']:.2g})"


def newest(rows: Iterable[Row]) -> list[Row]:
    """Return the rows of each target's newest comparison, targets in order."""
    last: dict[str, Row] = {}
    for row in rows:
        newest_row = last.get(row["target"])
        if newest_row is None or (row["computed_at"], row["round"]) > (newest_row["computed_at"], newest_row["round"]):
            last[row["target"]] = row
    kept = [row for row in rows if row["round"] == last[row["target"]]["round"]]
    return sorted(kept, key=lambda row: (row["target"], row["measure"]))


def drift_sentences(rows: Sequence[Row]) -> list[str]:
    """Return sentences on rows of `mart.drift`: the newest round of each target; none without rows."""
    newest_rows = newest(rows)
    if not newest_rows:
        return []
    by_target: dict[str, list[Row]] = {}
    for row in newest_rows:
        by_target.setdefault(row["target"], []).append(row)
    lines, compared = [], [target for target, target_rows in by_target.items() if not target_rows[0]["missing_reason"]]
    for target in compared:
        target_rows = by_target[target]
        if alarms := [row for row in target_rows if row["is_alarm"]]:
            card = "; it has another card by now" if target_rows[0]["is_card_changed"] else ""
            since = f"{target} has changed between {target_rows[0]['earlier_round']} and {target_rows[0]['round']}"
            lines.append(f"{since}: {', '.join(what_changed(row) for row in alarms)}{card}.")
    if compared:
        n_tests = sum(row["p"] is not None for row in newest_rows)
        calm = f"{len(compared) - len(lines)} of {len(compared)} models show no change since their last round"
        lines.append(f"{calm} ({n_tests} tests, corrected together: any false alarm has a chance of 5 % at most).")
    lines += _not_compared({target: target_rows[0] for target, target_rows in by_target.items()})
    return lines


def _not_compared(first: Mapping[str, Row]) -> list[str]:
    """Return sentences on rounds that are not comparable, with the reason."""
    lines = []
    skipped = [row for row in first.values() if row["is_recipe_changed"] and row["earlier_round"]]
    if skipped:
        rounds = sorted({f"{row['preceding_round']} (so {row['earlier_round']} is compared)" for row in skipped})
        lines.append(f"The recipe changed since {', '.join(rounds)}: {_names(skipped)}.")
    for reason, sentence in (
        ("recipe_changed", "No earlier round had this recipe, so nothing is compared"),
        ("no_common_replies", "No question was answered in both rounds, so nothing is compared"),
    ):
        if missing := [row for row in first.values() if row["missing_reason"] == reason]:
            lines.append(f"{sentence}: {_names(missing)}.")
    return lines


def _names(rows: Sequence[Row], most: int = 5) -> str:
    names = [row["target"] for row in rows]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
