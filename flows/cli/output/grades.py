"""Prints grades of similarity: the calls of a plan's grades, and the table of the paper."""

from typing import TYPE_CHECKING

import polars as pl

from tasks.adapters import terminal
from tasks.adapters.settings import Home

if TYPE_CHECKING:
    from tasks.domain.card import Price
    from tasks.domain.rse.grading import Grading

MOST_ROWS = 60
FEW_ROWS = 12
ALL_SETS = "all"

FIRST = [("target", "target"), ("reference", "reference"), ("grade", "grade"), ("low", "low"), ("high", "high")]
LAST = [("style_grade", "style"), ("structure_grade", "structure"), ("content_grade", "content"), ("n", "n")]
LAST += [("n_missing", "missing"), ("n_truncated", "cut"), ("coverage", "coverage"), ("judge", "judge")]

TOKENS_OF_ANSWER = 150


def planned(grading: "Grading | None") -> list[str]:
    """Return sentences on a plan's grades, with the first and the largest number of calls."""
    if grading is None:
        return []
    rse, n_all = grading.options, sum(map(len, grading.strata.values()))
    lines = [
        f"Grades of similarity: {len(grading.targets)} targets against {', '.join(grading.references)}, "
        f"on up to {n_all} prompts of {', '.join(grading.strata)}; "
        f"by {', '.join(reader.name for reader in grading.judges)}."
    ]
    for reader in grading.judges:
        if reader.card is None:
            continue
        most = grading.n_calls(rse.most_prompts)
        first = min(most, grading.n_calls(rse.first_prompts))
        lines.append(
            f"Calls to the judge {reader.card.name} for {reader.name}: about {first} ({rse.first_prompts} prompts a "
            f"set), up to {most} where ranks stay in doubt, and one more for each answer that can't be read."
            + _cost(reader.name, reader.card.call_price, most)
        )
    return lines


def _cost(judge: str, price: "Price | None", n_calls: int) -> str:
    """Return the largest cost of `n_calls`: with both replies as long as the judge reads."""
    from tasks.domain import registry
    from tasks.domain.card import FREE
    from tasks.domain.pricing import most_usd
    from tasks.domain.rse import pair_judges
    from tasks.domain.rse.grading import longest_call

    if price is None:
        return " The card has no price."
    if price == FREE:
        return " This machine serves it: it costs nothing."
    reader = registry.load(pair_judges, judge)
    usd = most_usd(n_calls, longest_call(reader), TOKENS_OF_ANSWER, price)
    return f" At most about {usd:.2f} USD, if every reply is as long as is shown ({reader.most_characters} characters)."


def print_grades(home: Home, *, is_brief: bool = False) -> None:
    """Print each target's grades by prompt set and their mean; nothing where nothing is graded.

    Brief: of each target that with the reference that it is most alike to, itself excluded; one line for many.
    """
    from tasks.adapters.warehouse import store

    with store.reading(home) as snapshot:
        grades = snapshot.read("mart.rse_grade")
        bias = snapshot.read("mart.position_bias")
    means = grades.filter(pl.col("prompt_set") == ALL_SETS)
    if means.is_empty():
        return
    if is_brief:
        _print_brief(means)
        terminal.print_lines(_of_order(bias))
        return
    key = ["judge", "reference", "target"]
    by_set = grades.filter(pl.col("prompt_set") != ALL_SETS)
    sets = sorted(by_set["prompt_set"].unique().to_list())
    for name in sets if len(sets) > 1 else []:
        column = by_set.filter(pl.col("prompt_set") == name).select(*key, pl.col("grade").alias(f"set {name}"))
        means = means.join(column, on=key, how="left")
    columns = [*FIRST, *((name, name[4:]) for name in means.columns if name.startswith("set ")), *LAST]
    ordered = means.sort(
        "judge", "reference", "grade", "target", descending=[False, False, True, False], nulls_last=True
    )
    terminal.print_lines([""])
    title = "Similarity of replies, graded from 1 to 5 (RSE): the mean over prompt sets"
    terminal.out().print(terminal.table(title, ordered.head(MOST_ROWS), columns))
    if ordered.height > MOST_ROWS:
        terminal.print_lines([f"... and {ordered.height - MOST_ROWS} more rows: select * from mart.rse_grade"])
    notes = ["low, high: 95 % interval over new prompts. A reference against itself is 5 by construction."]
    if means["judge"].n_unique() > 1:
        notes.append("Grades of different judges do not compare; the orders that they give do.")
    terminal.print_lines([*notes, *_of_order(bias)])


def _of_order(bias: pl.DataFrame) -> list[str]:
    """Return a sentence on each judge that read pairs in both orders: what the order changes."""
    lines = []
    for row in bias.drop_nulls("difference").iter_rows(named=True):
        difference, low, high = (terminal.cell(row[name]) for name in ("difference", "low", "high"))
        lines.append(
            f"{row['judge']} grades a pair {difference} higher with the target first (95 % interval {low} to {high}; "
            f"{row['n']} pairs read in both orders, {row['inconsistency_rate']:.0%} of them with another grade)."
        )
    return lines


def _print_brief(means: pl.DataFrame) -> None:
    others = means.filter(pl.col("target") != pl.col("reference")).sort("grade", descending=True, nulls_last=True)
    nearest = others.unique(["judge", "target"], keep="first", maintain_order=True)
    if nearest.height > FEW_ROWS:
        of_grades = 'distillometer query "select * from mart.rse_grade"'
        terminal.print_lines(["", f"Grades of similarity: {means.height} pairs; {of_grades} has them."])
    elif not nearest.is_empty():
        terminal.print_lines([""])
        title = "Grades of similarity, 1 to 5 (RSE), with the reference that it is most alike to"
        terminal.out().print(terminal.table(title, nearest, [*FIRST, ("n", "n"), ("judge", "judge")]))
