"""Prints results, ingested rows and pings as tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from flows.cli.output import identity, leaderboard, population, power, verdicts
from flows.cli.output.next_commands import at_home
from tasks.adapters import terminal
from tasks.adapters.inputs import lexicons
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.reporting import limits, sentences
from tasks.domain.reporting.population_sentences import front_sentences

if TYPE_CHECKING:
    from tasks.collect.ping import PingResult
    from tasks.domain.rows import Finding
    from tasks.ingest import Ingested

MOST_ROWS = 60
MOST_COVERAGE_ROWS = 15

COVERAGE = [("model", "model"), ("prompt_set", "prompts"), ("n_requests", "asked"), ("n_answered", "answered")]
COVERAGE += [("missing_reasons", "missing"), ("n_truncated", "cut at limit"), ("median_latency_ms", "median ms")]

BESIDE_SELF = [
    ("left_model", "model"),
    ("right_model", "other model"),
    ("equality", "are they one"),
    ("p_equality_holm", "p"),
    ("distance", "distance"),
    ("distance_high", "at most"),
    ("prefix_overlap_self_normalised", "share of self"),
]
BESIDE_SELF += [
    ("prefix_overlap_self_normalised_low", "low"),
    ("prefix_overlap_self_normalised_high", "high"),
    ("n_prompts", "prompts"),
]
BESIDE_SELF += [("prefix_overlap", "prefix overlap"), ("left_self_prefix_overlap", "model with itself")]
BESIDE_SELF += [("right_self_prefix_overlap", "other with itself"), ("bigram_jaccard", "word pairs")]
BESIDE_SELF += [("bigram_jaccard_self_normalised", "their share of self"), ("raw_cos", "cosine")]


def print_result(
    home: Home, findings: Sequence["Finding"], problems: Sequence[str], *, is_verbose: bool = False
) -> None:
    """Print coverage, the first rows of the leaderboard, the population, and the limits of these.

    Verbose, the long tables and sentences as well: all verdicts, and pairs beside each model's similarity to itself.
    """
    console = terminal.out()
    with store.reading(home) as snapshot:
        coverage = snapshot.read("mart.coverage").sort("model", "prompt_set")
        board = snapshot.read("mart.target_summary").sort("position")
        pairs = snapshot.read("mart.pair_self_normalised").sort("position")
        background = snapshot.read("mart.background")
        models, of_targets = snapshot.read("core.model"), snapshot.read("mart.verdict")
    if coverage.is_empty():
        only_probes = "There are no replies to compare, only identity probes (mart.identity_spread once embedded)."
        terminal.print_lines([only_probes, at_home(identity.NEXT_QUERY, home)])
        terminal.print_lines(f"Warning: {sentences.warning(finding)}" for finding in findings)
        return
    _print_coverage(coverage, is_brief=not is_verbose)
    # Without a p its rows say no more than the limits below.
    if is_verbose or board["p_target"].is_not_null().any():
        leaderboard.print_leaderboard(board, leaderboard.MOST_ROWS if is_verbose else leaderboard.FIRST_ROWS)
    if is_verbose:
        verdicts.print_verdicts(home)
    if is_verbose and not pairs.is_empty():
        terminal.print_lines([""])
        title = "Each pair's similarity beside each model's similarity to itself (another sample of the same prompt)"
        console.print(terminal.table(title, pairs.head(MOST_ROWS), BESIDE_SELF))
    if is_verbose:
        population.print_population(home)
        lines = sentences.findings(pairs.to_dicts(), coverage.to_dicts(), background.to_dicts())
        terminal.print_lines(["", *(f"- {sentence}" for sentence in lines)])
        terminal.print_lines(power.scored(home))
    else:
        frames = {"mart.coverage": coverage, "mart.background": background}
        frames |= {"core.model": models, "mart.verdict": of_targets}
        _print_limits(home, {name: frame.to_dicts() for name, frame in frames.items()})
        findings = [finding for finding in findings if finding.check not in limits.SAID]
    terminal.print_lines(f"Warning: {sentences.warning(finding)}" for finding in findings)
    terminal.print_lines(f"Unanswered: {problem}" for problem in problems)


def _print_limits(home: Home, relations: limits.Relations) -> None:
    """Print the population and the limits of the run, as the report's front page has them."""
    with store.reading(home) as snapshot:
        nodes = snapshot.read("mart.model_tree").to_dicts()
        whole = front_sentences(snapshot.read("mart.homogeneity").to_dicts(), nodes)
    vendors = [vendor.id for vendor in lexicons.read_lexicon().vendors]
    lines = [*whole, *limits.limit_sentences(relations, vendors)]
    terminal.print_lines(["", *(f"- {line}" for line in lines)])


def _print_coverage(coverage: pl.DataFrame, *, is_brief: bool) -> None:
    is_long = is_brief or coverage.height > MOST_COVERAGE_ROWS
    listed = coverage.filter(pl.col("n_missing") > 0) if is_long else coverage
    if not listed.is_empty():
        terminal.print_lines([""])
        terminal.out().print(terminal.table("Answers", listed.head(MOST_ROWS), COVERAGE))
    n_requests, n_missing = int(coverage["n_requests"].sum()), int(coverage["n_missing"].sum())
    n_models = coverage["model"].n_unique()
    terminal.print_lines(
        [f"{n_models} models, {n_requests} requests, {n_requests - n_missing} replies, {n_missing} missing."]
    )


def print_ingested(home: Home, done: "Ingested") -> None:
    """Print the counts of read and of new rows; of probes also their labels."""
    missing = f", {done.n_missing} of them empty (kept as missing)" if done.n_missing else ""
    replaced = f", {done.n_replaced} in the place of an older text" if done.n_replaced else ""
    terminal.print_lines(
        [
            f"Read {done.n_replies} replies of {done.n_models} models to {done.n_prompts} prompts"
            f" (set {done.prompt_set}){missing}.",
            f"New: {done.n_new}{replaced}" + (f"; labels: {done.n_labels_new}." if done.labels else "."),
        ]
    )
    if done.skipped:
        terminal.print_lines([f"Left out, as they are wrong: {len(done.skipped)} files."])
        terminal.print_lines(f"- {skipped.problem}" for skipped in done.skipped)
    identity.print_labels(done.labels)
    next_step = identity.NEXT_QUERY if done.labels else "Next: distillometer score"
    terminal.print_lines([at_home(next_step, home) if done.n_new or done.n_labels_new else "Nothing was added."])


def print_ping_results(results: Sequence["PingResult"]) -> None:
    """Print which models answered a tiny call, with the latency, or the problem."""
    rows = [
        {
            "model": result.model,
            "answers": result.problem is None,
            "ms": result.latency_ms,
            "reply or reason": result.problem or result.reply_text,
        }
        for result in results
    ]
    terminal.out().print(terminal.table("", pl.DataFrame(rows, infer_schema_length=None)))
