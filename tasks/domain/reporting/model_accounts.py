"""Sentences on each model's verdict and what is behind it, for the page's script."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.domain.reporting.cells import Row, Rows, safe_text
from tasks.domain.reporting.formatting import counted, figure, p_value
from tasks.domain.reporting.identity import compared
from tasks.domain.reporting.resembling_controls import named_pairs
from tasks.domain.reporting.sentences import pair_sentence, reported_pairs
from tasks.domain.reporting.verdict_of_model import account
from tasks.domain.verdict.decision import FEW_CONTROLS, FEW_PROMPTS

BEFORE_PROMPTS = frozenset({"Chance", "Same base", "Length", "Controls"})
"""Grounds after which the part of a few prompts stands: what one would doubt before that."""


MOST_COPIES = 3
"""Tests of model equality that are told of a model, the nearest first."""


def accounts(rows: Rows) -> list[list[Any]]:
    """Return for each model with a verdict: id, answer, parts with headings, nearest model, queries with headings."""
    verdicts = rows.of("mart.verdict")
    models = {row["model"]: row for row in rows.of("core.model")}
    of_target: dict[str, list[Row]] = {}
    of_vendor: dict[str, list[Row]] = {}
    for row in verdicts:
        of_target.setdefault(row["target"], []).append(row)
        of_vendor.setdefault(row["candidate_vendor"], []).append(row)
    named = {pair["target"] for pair in named_pairs(verdicts)}
    excess = _excess(rows.of("pair_top"))
    facts = {name: _by(rows.of(f"mart.{name}"), key) for name, key in _FACTS.items()}
    probes = _by(compared(rows), "target")
    of_pair: dict[str, list[Row]] = {}
    for pair in sorted(rows.of("mart.pair_self_normalised"), key=lambda row: int(row["position"])):
        for side in ("left_model", "right_model"):
            of_pair.setdefault(pair[side], []).append(pair)
    result = []
    for target, own in sorted(of_target.items()):
        best = min(own, key=lambda row: (row["is_kin"], row["place"]))
        is_odd = target in named or bool(best["resembling_controls"])
        beside = verdicts if target in named else of_vendor[best["candidate_vendor"]]
        others = [row for row in beside if row["target"] != target] if is_odd else []
        told = account(target, [*own, *others], models)
        if told.row is None:
            continue
        reference = told.row["reference"]
        n_doubts = sum(heading in BEFORE_PROMPTS for heading, _ in told.grounds)
        copies = [pair_sentence(row) for row in reported_pairs(of_pair.get(target, []))[:MOST_COPIES]]
        # Where no lineage could be tested, whether it is one with another is the answer.
        is_open = bool(copies) and told.row["verdict"] in (FEW_PROMPTS, FEW_CONTROLS)
        parts = [
            ("Same model", " ".join(copies[1:] if is_open else copies)),
            *told.grounds[:n_doubts],
            ("A few prompts", few_prompts(told.row, excess.get((target, reference), ()))),
            *told.grounds[n_doubts:],
            ("Who it says it is", _identity(probes.get(target, ()), told.row)),
            ("Drift", _drift(facts["drift"].get(target, ()))),
            ("Asked", _asked(facts["coverage"].get(target, ()), facts["spend"].get(target, ()))),
        ]
        shown = [[heading, safe_text(text)] for heading, text in parts if text]
        answer = f"{copies[0]} {told.answer}" if is_open else told.answer
        result.append([target, safe_text(answer), shown, reference, _queries(target, reference)])
    return result


_FACTS = {"drift": "target", "coverage": "model", "spend": "model"}


def _by(rows: Sequence[Row], key: str) -> dict[str, list[Row]]:
    result: dict[str, list[Row]] = {}
    for row in rows:
        result.setdefault(row[key], []).append(row)
    return result


def _excess(tops: Sequence[Row]) -> dict[tuple[str, str], list[float]]:
    result: dict[tuple[str, str], list[float]] = {}
    for row in tops:
        if row.get("prefix_overlap_d") is not None:
            result.setdefault((row["target"], row["reference"]), []).append(row["prefix_overlap_d"])
    return result


def few_prompts(row: Row, excess: Sequence[float]) -> str:
    """Return what is left of D without the prompts that carry most of it; empty where that is not known.

    Args:
        row: a row of `mart.verdict`.
        excess: D on each of those prompts.
    """
    d, n = row["prefix_overlap_d"], row["n_prompts"]
    if d is None or not excess or n <= len(excess):
        return ""
    rest = (d * n - sum(excess)) / (n - len(excess))
    return (
        f"Without the {counted(len(excess), 'prompt')} that carry most of it D is {figure(rest)} instead of "
        f"{figure(d)}, over {n - len(excess)} prompts instead of {n}."
    )


def _identity(scores: Sequence[Row], row: Row) -> str:
    strict = next((own for own in scores if own["score"] == "strict" and own["slice"] == "all"), None)
    if strict is None or strict["value"] is None:
        return ""
    own = f"It claims to be another vendor's model in {strict['value']:.0%} of {counted(strict['n'], 'identity probe')}"
    if not row["hard_probes"]:
        return f"{own}."
    return (
        f"{own}; with nobody named, {row['candidate_vendor']}'s in {row['hard_claims'] or 0} of {row['hard_probes']}."
    )


def _drift(changes: Sequence[Row]) -> str:
    compared = [row for row in changes if row["change"] is not None]
    alarms = sorted({row["round"] for row in compared if row["is_alarm"]})
    if not compared:
        return ""
    least = min((row["p_holm"] for row in compared if row["p_holm"] is not None), default=None)
    if alarms:
        return f"Its replies changed in {', '.join(alarms)} (p {p_value(least)} after Holm)."
    return f"No change over {counted(len({row['round'] for row in compared}), 'round')} that could be compared."


def _asked(coverage: Sequence[Row], spent: Sequence[Row]) -> str:
    if not coverage:
        return ""
    n_requests, n_missing, n_truncated = (
        sum(row[name] or 0 for row in coverage) for name in ("n_requests", "n_missing", "n_truncated")
    )
    sets = ", ".join(sorted({row["prompt_set"] for row in coverage}))
    rounds = ", ".join(sorted({row["round"] for row in coverage if row.get("round")}))
    cost = [row["cost_usd"] for row in spent]
    priced = [usd for usd in cost if usd is not None]
    paid = f", for {sum(priced):.2f} USD" if priced else ", at a cost that is not known" if cost else ""
    return (
        f"{counted(n_requests, 'request')} of {sets}{f' in round {rounds}' if rounds else ''}{paid}; "
        f"{n_missing} without a reply, {n_truncated} cut at the token limit."
    )


def _queries(target: str, reference: str) -> list[list[str]]:
    own, other = (name.replace("'", "''") for name in (target, reference))
    pair = f"target = '{own}' and reference = '{other}'"
    queries: Mapping[str, str] = {
        "Verdict, chance, base, length, degree": f"select * from mart.verdict where target = '{own}'",
        "Replies": f"select * from mart.pair_evidence where {pair}",
        "A few prompts": f"select * from pair_prompts('{own}', '{other}') order by prefix_overlap_d desc",
        "Who it says it is": f"select * from mart.identity_score where target = '{own}'",
        "Drift": f"select * from mart.drift where target = '{own}'",
        "Asked": f"select * from mart.coverage where model = '{own}'",
    }
    return [[heading, safe_text(text)] for heading, text in queries.items()]
