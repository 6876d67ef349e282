"""Sentences on each model's verdict, for the page's script."""

from typing import Any

from tasks.domain.reporting.cells import Row, Rows, safe_text
from tasks.domain.reporting.resembling_controls import named_pairs
from tasks.domain.reporting.verdict_of_model import account


def accounts(rows: Rows) -> list[list[Any]]:
    """Return for each model with a verdict: id, answer, parts with headings, and nearest model."""
    verdicts = rows.of("mart.verdict")
    models = {row["model"]: row for row in rows.of("core.model")}
    of_target: dict[str, list[Row]] = {}
    of_vendor: dict[str, list[Row]] = {}
    for row in verdicts:
        of_target.setdefault(row["target"], []).append(row)
        of_vendor.setdefault(row["candidate_vendor"], []).append(row)
    named = {pair["target"] for pair in named_pairs(verdicts)}
    result = []
    for target, own in sorted(of_target.items()):
        best = min(own, key=lambda row: (row["is_kin"], row["place"]))
        is_odd = target in named or bool(best["resembling_controls"])
        beside = verdicts if target in named else of_vendor[best["candidate_vendor"]]
        others = [row for row in beside if row["target"] != target] if is_odd else []
        target_account = account(target, [*own, *others], models)
        if target_account.row is not None:
            parts = [[heading, safe_text(text)] for heading, text in target_account.grounds]
            result.append([target, safe_text(target_account.answer), parts, target_account.row["reference"]])
    return result
