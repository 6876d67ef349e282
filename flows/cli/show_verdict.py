"""`distillometer show verdict` and `show power`: the nearest teacher of one model, the evidence, and last the answer.

Its sentences are those of `tasks/domain/reporting/verdict_of_model.py`, which `check` and the
report's model page have as well.
"""

from shlex import quote
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from flows.cli.output import power
from flows.cli.output.leaderboard import print_rows
from flows.cli.output.next_commands import at_home
from flows.cli.show import open_home, require_models, show
from flows.cli.start import HomeOption
from tasks.adapters import settings, terminal
from tasks.domain.reporting.sentences import pair_sentence, reported_pairs
from tasks.domain.reporting.verdict_of_model import account

if TYPE_CHECKING:
    from tasks.adapters.warehouse.notebook import Snapshot

MOST_CANDIDATES = 15
MOST_COPIES = 3

CANDIDATES = [("candidate_vendor", "vendor"), ("candidate_group", "group"), ("p_t", "p alone"), ("z", "z")]
CANDIDATES += [("verdict", "verdict"), ("is_source", "source"), ("degree", "degree"), ("score", "score")]
CANDIDATES += [("reference", "its nearest snapshot"), ("sibling_p", "p, same base"), ("n_prompts", "prompts")]

CHANNELS = [("channel", "channel"), ("mean", "value"), ("centred", "centred"), ("centred_low", "low")]
CHANNELS += [("centred_high", "high"), ("in_spreads", "in spreads"), ("spread", "spread"), ("n_centred", "prompts")]


@show.command()
def verdict(target: Annotated[str, typer.Argument(metavar="MODEL")], home: HomeOption = None) -> None:
    """One model: whom it learned from and how sure that is, its candidates, and what each channel says."""
    with open_home(home) as snapshot:
        models = require_models(snapshot, target)
        verdicts = snapshot.frame("mart.verdict")
        verdict_account = account(target, verdicts.to_dicts(), models)
        copies = _copies(snapshot, target)
        if verdict_account.row is None:
            terminal.print_lines([verdict_account.answer, *copies])
            return
        terminal.print_lines([*(f"- {heading}: {text}" for heading, text in verdict_account.grounds)])
        _print_candidates(target, verdicts.filter(pl.col("target") == target))
        reference = str(verdict_account.row["reference"])
        _print_channels(snapshot, target, reference)
    of_target = f"target = {_quoted(target)}"
    place = settings.home_at(home)
    of_verdict = f"select * from mart.verdict where {of_target} order by is_kin, place"
    of_prompts = f"select * from mart.pair_evidence where {of_target} and reference = {_quoted(reference)}"
    commands = [
        f"Next, the replies behind it: distillometer show pair {quote(target)} {quote(reference)}",
        f'SQL: distillometer query "{of_verdict}"',
        f'     distillometer query "{of_prompts} order by prefix_overlap desc limit 20"',
    ]
    answers = [verdict_account.answer, *copies]
    terminal.print_lines(["", *(at_home(command, place) for command in commands), "", *answers])


@show.command(name="power")
def show_power(home: HomeOption = None) -> None:
    """With what chance a student would be found here, and which further models would raise it."""
    place = settings.home_at(home)
    lines = power.scored(place)
    terminal.print_lines(lines or ["Nothing is scored yet, so there is no verdict whose power could be told."])


def _copies(snapshot: "Snapshot", target: str) -> list[str]:
    """Return sentences on models that the target may be one with: where both were sampled more than once."""
    rows = snapshot.frame("mart.pair_self_normalised").sort("position")
    of_target = rows.filter((pl.col("left_model") == target) | (pl.col("right_model") == target))
    return [pair_sentence(row) for row in reported_pairs(of_target.to_dicts())[:MOST_COPIES]]


def _print_candidates(target: str, rows: pl.DataFrame) -> None:
    statistic, version = rows.select("statistic", "statistic_version").row(0)
    title = f"Candidates, those of its own vendor or family last; score and z: {statistic}, version {version}"
    query = f"select * from mart.verdict where target = {_quoted(target)} order by is_kin, place"
    print_rows(title, rows.sort("is_kin", "place").head(MOST_CANDIDATES), CANDIDATES, query)
    if rows.height > MOST_CANDIDATES:
        terminal.print_lines([f"... and {rows.height - MOST_CANDIDATES} more candidates: {query}"])


def _print_channels(snapshot: "Snapshot", target: str, reference: str) -> None:
    rows = snapshot.frame("score.pair_channel", target=target, reference=reference).sort("channel")
    if rows.is_empty():
        return
    rows = rows.with_columns((pl.col("centred") / pl.col("spread")).alias("in_spreads"))
    version = rows["statistic_version"][0]
    title = f"What each channel says of {reference}; centred: less the other vendors' models (version {version})"
    print_rows(title, rows, CHANNELS, "select * from score.pair_channel")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
