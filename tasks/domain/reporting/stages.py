"""Prefect's texts on a run's stages: the plan, the coverage, and the leaderboard."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tasks.domain.reporting.formatting import p_value
from tasks.domain.reporting.markdown import bullets, escaped, table

Row = Mapping[str, Any]

MOST_ROWS = 100


@dataclass(frozen=True)
class ModelCalls:
    """A plan's calls to one model; `usd` is None where its card has no price."""

    model: str
    n_calls: int
    n_answered: int
    usd: float | None

    @property
    def n_todo(self) -> int:
        """Number of calls to be made."""
        return self.n_calls - self.n_answered


def plan(name: str, round_name: str, calls: Sequence[ModelCalls], more: Sequence[str]) -> str:
    """Return the calls of a run and their estimated cost.

    Args:
        name: name of the plan.
        round_name: round of the run.
        calls: the calls to each model.
        more: sentences on further calls, such as those to judges.
    """
    priced = [of_model.usd for of_model in calls if of_model.usd is not None]
    unpriced = sum(of_model.usd is None for of_model in calls if of_model.n_todo)
    sentences = [f"About {sum(priced):.2f} US dollars for the calls to be made."] if priced else []
    sentences += [f"Models without a price in their card, whose cost is not known: {unpriced}."] if unpriced else []
    rows = [
        {
            "model": of_model.model,
            "calls": of_model.n_calls,
            "done": of_model.n_answered,
            "todo": of_model.n_todo,
            "usd": of_model.usd,
        }
        for of_model in calls
    ]
    columns = {"model": "model", "calls": "calls", "answered before": "done", "to be made": "todo", "about USD": "usd"}
    n_calls, n_todo = sum(of_model.n_calls for of_model in calls), sum(of_model.n_todo for of_model in calls)
    total = f"{n_calls} calls, {n_todo} of them to be made."
    return "\n\n".join(
        [
            f"# Plan {escaped(name)}, round {escaped(round_name)}",
            total,
            bullets([*sentences, *more]),
            table(rows, columns),
        ]
    )


def coverage(rows: Sequence[Row], spent: Sequence[Row], problems: Sequence[str]) -> str:
    """Return the requests and replies, the missing ones with reasons, and the cost.

    Args:
        rows: rows of `mart.coverage`.
        spent: rows of `mart.spend`, of the run's round.
        problems: failures in this run, a line for each batch.
    """
    n_requests, n_missing = sum(row["n_requests"] for row in rows), sum(row["n_missing"] for row in rows)
    columns = {"model": "model", "prompts": "prompt_set", "asked": "n_requests", "answered": "n_answered"}
    columns |= {
        "missing": "n_missing",
        "why": "missing_reasons",
        "cut at limit": "n_truncated",
        "median ms": "median_latency_ms",
    }
    parts = [f"{n_requests - n_missing} of {n_requests} requests have a reply, {n_missing} have none."]
    if problems:
        alike = Counter(problems)
        lines = [problem if n == 1 else f"{n} times: {problem}" for problem, n in alike.items()]
        parts += [f"## Batches that failed in this run: {len(problems)}", bullets(lines[:MOST_ROWS])]
        parts += ["Do what each line says. The next run of the same round asks only what has no reply."]
    parts += ["## Replies", table(_most_missing(rows), columns), *_left_out(len(rows))]
    costs = {"model": "model", "for": "purpose", "calls": "n_calls", "USD": "cost_usd"}
    if spent:
        parts += ["## Spent in this round", table(spent[:MOST_ROWS], costs), *_left_out(len(spent))]
    return "\n\n".join(["# Coverage", *parts])


def _most_missing(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row["n_missing"], row["model"], row["prompt_set"]))[:MOST_ROWS]


def leaderboard(
    rows: Sequence[Row], warnings: Sequence[str], links: Mapping[str, str], answers: Sequence[str] = ()
) -> str:
    """Return the answer, each target's verdict and nearest candidate, warnings, and where the results are.

    Args:
        rows: rows of `mart.target_summary`, by position.
        warnings: warnings of the checks.
        links: addresses or paths of the report and the database by name; the names need no escapes.
        answers: sentences on the verdicts that matter most.
    """
    columns = {"target": "target", "verdict": "verdict", "nearest of another vendor": "candidate_group"}
    columns |= {
        "p": "p_target",
        "q": "q",
        "Holm": "p_holm",
        "score": "score",
        "degree": "degree",
        "D": "prefix_overlap_d",
        "low": "prefix_overlap_d_low",
        "high": "prefix_overlap_d_high",
        "prompts": "n_prompts",
    }
    columns |= {"hard": "hard", "probes": "identity_mode", "missing": "n_missing"}
    # The page shows escapes within a link's text literally, so a link's text is only our own words.
    where = "\n".join(f"- [{what}]({_address(path)}): {escaped(path)}" for what, path in links.items())
    board = [{**row, **{name: p_value(row[name]) for name in ("p_target", "q", "p_holm")}} for row in rows[:MOST_ROWS]]
    parts = [*([bullets(answers)] if answers else []), where, table(board, columns), *_left_out(len(rows))]
    if warnings:
        parts += ["## Warnings", bullets(warnings[:MOST_ROWS])]
    return "\n\n".join(["# Leaderboard", *parts])


def _address(path: str) -> str:
    """Return a file's address, quoted so that it can't end its link; one on a server is as it is."""
    if path.startswith("http://127.0.0.1:"):
        return quote(path, safe="/:")
    return f"file://{quote(path, safe='/')}"


def _left_out(n_rows: int) -> list[str]:
    return [f"... and {n_rows - MOST_ROWS} more rows: `distillometer query`."] if n_rows > MOST_ROWS else []
