"""`distillometer show`: the published results as tables in a terminal."""

import shlex
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from flows.cli.output.leaderboard import print_leaderboard, print_rows
from flows.cli.output.next_commands import at_home
from flows.cli.start import HomeOption
from tasks.adapters import settings, terminal
from tasks.domain.reporting.drift_sentences import drift_sentences, newest
from tasks.domain.suggestions import unknown_name

if TYPE_CHECKING:
    from tasks.adapters.warehouse.notebook import Snapshot

MOST_PROMPTS, MOST_LEAKS = 5, 5
LONGEST = 240

MEASURES = [
    ("target", "target"),
    ("reference", "reference"),
    ("prefix_overlap_d", "D"),
    ("prefix_overlap_d_low", "low"),
]
MEASURES += [("prefix_overlap_d_high", "high"), ("prefix_overlap", "prefix_overlap"), ("bigram_jaccard", "word pairs")]
MEASURES += [("length_closeness", "length"), ("nearest_share", "nearest share"), ("raw_cos", "cosine")]
MEASURES += [("centred_cos", "centred cos"), ("n_prompts", "prompts")]

VERDICTS = [("target", "target"), ("candidate_group", "group"), ("reference", "its nearest snapshot")]
VERDICTS += [("verdict", "verdict"), ("degree", "degree"), ("degree_low", "low"), ("degree_high", "high")]
VERDICTS += [("p_target", "p"), ("n_candidates", "of"), ("q", "q"), ("p_holm", "p, Holm"), ("p_t", "p of this group")]
VERDICTS += [("score", "score"), ("z", "z"), ("n_controls", "controls"), ("sibling_p", "p, same base")]
VERDICTS += [("ceiling_kind", "normalised by"), ("expected_by", "expected by"), ("over_base", "over its base")]

SELVES = [
    ("model", "model"),
    ("prefix_overlap", "prefix_overlap"),
    ("bigram_jaccard", "word pairs"),
    ("length_closeness", "length"),
]
SELVES += [("raw_cos", "cosine"), ("n_prompts", "prompts")]

SHARES = [
    ("left_model", "model"),
    ("right_model", "other model"),
    ("equality", "are they one"),
    ("p_equality_holm", "p"),
]
SHARES += [
    ("distance", "distance"),
    ("distance_high", "at most"),
    ("prefix_overlap_self_normalised", "share of self"),
    ("prefix_overlap_self_normalised_low", "low"),
    ("prefix_overlap_self_normalised_high", "high"),
    ("n_prompts", "prompts"),
]

GRADES = [("target", "target"), ("reference", "reference"), ("grade", "grade"), ("low", "low"), ("high", "high")]
GRADES += [("style_grade", "style"), ("structure_grade", "structure"), ("content_grade", "content"), ("judge", "judge")]

SCORES = [
    ("mode", "mode"),
    ("slice", "slice"),
    ("score", "score"),
    ("value", "value"),
    ("low", "low"),
    ("high", "high"),
]
SCORES += [("n", "n"), ("n_missing", "missing"), ("judge", "judge")]

CLAIMS = [
    ("mode", "mode"),
    ("claimed_vendor", "claims"),
    ("stance", "stance"),
    ("share", "share"),
    ("n_claims", "replies"),
]
CLAIMS += [("n_hard", "hard"), ("n_earnest", "not in role-play"), ("n_probes", "of")]

COSTS = [("model", "model"), ("purpose", "for"), ("n_calls", "calls"), ("n_failed", "failed"), ("cost_usd", "USD")]
COSTS += [("prompt_tokens", "tokens in"), ("completion_tokens", "tokens out"), ("n_attempts", "attempts")]
COSTS += [("seconds", "seconds")]

DRIFTS = [("target", "target"), ("round", "round"), ("earlier_round", "since"), ("measure", "measure")]
DRIFTS += [("is_alarm", "alarm"), ("value_before", "before"), ("value_after", "after"), ("change", "change")]
DRIFTS += [("low", "low"), ("high", "high"), ("p", "p"), ("p_holm", "p, Holm"), ("n", "n"), ("reference", "reference")]

ROUNDS = [("round", "round"), ("began_at", "began"), ("n_models", "models"), ("n_requests", "calls")]
ROUNDS += [("n_replies", "replies"), ("n_bytes", "bytes of text")]

show = typer.Typer(help="Print published results as tables.", no_args_is_help=True)


def open_home(home: HomeOption) -> "Snapshot":
    """Return the opened snapshot of a home."""
    from tasks.adapters.warehouse.notebook import open_snapshot

    return open_snapshot(home)


def _short(text: str | None) -> str:
    """Return a text on one line, cut where it is long."""
    line = " ".join((text or "-").split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."


def require_models(snapshot: "Snapshot", *names: str) -> dict[str, dict[str, str | None]]:
    """Return all models by name.

    Raises:
        InputError: one of `names` is none of them.
    """
    models = {row["model"]: row for row in snapshot.frame("core.model").drop("card_text").iter_rows(named=True)}
    for name in names:
        if name not in models:
            raise unknown_name("model", name, models, where=str(snapshot.path))
    return models


@show.command()
def leaderboard(home: HomeOption = None) -> None:
    """Each target: its verdict, nearest teachers, identity scores, grade and index, as far as they were measured."""
    with open_home(home) as snapshot:
        rows = snapshot.frame("mart.target_summary").sort("position")
    print_leaderboard(rows)
    if not rows.select(
        pl.any_horizontal(pl.col("candidate_group", "identity_mode", "grade").is_not_null()).any()
    ).item():
        terminal.print_lines([f"Nothing is scored yet: {at_home('distillometer score', settings.home_at(home))}"])
    else:
        terminal.print_lines(
            ["degree: 0 as unrelated models, 1 as the same model; near is not proven: the verdict counts."]
        )


@show.command()
def pair(
    target: Annotated[str, typer.Argument(metavar="A")],
    reference: Annotated[str, typer.Argument(metavar="B")],
    home: HomeOption = None,
) -> None:
    """Two models: every measure both ways, verdicts, similarity to themselves, and the replies that tell most."""
    with open_home(home) as snapshot:
        models = require_models(snapshot, target, reference)
        for name in (target, reference):
            model = models[name]
            facts = [f"{key} {model[key]}" for key in ("vendor", "family", "role", "parent") if model[key]]
            terminal.print_lines([f"{name}: {', '.join(facts)}"])
        names = [target, reference]
        measures = snapshot.frame("mart.pair_similarity", target=names, reference=names).sort("target")
        print_rows("Measures, both ways", measures, MEASURES, "select * from mart.pair_similarity")
        if measures.is_empty():
            terminal.print_lines(["", "Neither is a reference, or they share no prompt: there is no D."])
        groups = [str(models[name]["candidate_group"]) for name in names]
        verdicts = snapshot.frame("mart.verdict", target=names, candidate_group=groups)
        own = pl.struct("target", "candidate_group").is_in(
            [{"target": name, "candidate_group": str(models[name]["candidate_group"])} for name in names]
        )
        if groups[0] != groups[1]:
            verdicts = verdicts.filter(~own)
        print_rows("Verdicts", verdicts.sort("target"), VERDICTS, "select * from mart.verdict")
        if verdicts.height:
            in_words = f"In words: distillometer show verdict {shlex.quote(target)}"
            terminal.print_lines([at_home(in_words, settings.home_at(home))])
        grades = snapshot.frame("mart.rse_grade", target=names, reference=names, prompt_set="all", is_self=False)
        print_rows(
            "Grades of similarity, 1 to 5", grades.sort("judge", "target"), GRADES, "select * from mart.rse_grade"
        )
        selves = snapshot.frame("mart.self_similarity", model=names).sort("model")
        print_rows(
            "Similarity of each to itself (another sample)", selves, SELVES, "select * from mart.self_similarity"
        )
        shares = snapshot.frame("mart.pair_self_normalised", left_model=names, right_model=names)
        print_rows("The pair's beside it", shares, SHARES, "select * from mart.pair_self_normalised")
        _print_evidence(snapshot, target, reference)


def _print_evidence(snapshot: "Snapshot", target: str, reference: str) -> None:
    """Print the prompts that add most to D: their replies begin alike, unlike those of other models."""
    parts = snapshot.frame("core.pair_centred", target=target, reference=reference)
    heading = "The prompts that add most to D"
    if parts.is_empty():
        parts = snapshot.frame("core.pair_prompt", target=target, reference=reference)
        parts = parts.with_columns(pl.col("prefix_overlap").alias("prefix_overlap_d"))
        heading = "The prompts whose replies begin most alike"
    top = (
        parts.drop_nulls("prefix_overlap_d")
        .sort("prefix_overlap_d", "prompt_id", descending=[True, False])
        .head(MOST_PROMPTS)
    )
    if top.is_empty():
        return
    evidence = snapshot.frame(
        "mart.pair_evidence", target=target, reference=reference, prompt_id=top["prompt_id"].to_list()
    ).unique("prompt_id", keep="first")
    evidence_of = {row["prompt_id"]: row for row in evidence.sort("reply_id").iter_rows(named=True)}
    terminal.print_lines(["", f"{heading} (the first {LONGEST} characters)"])
    for part in top.filter(pl.col("prompt_id").is_in(list(evidence_of))).iter_rows(named=True):
        row = evidence_of[part["prompt_id"]]
        shared = f"{row['max_prefix_words']} leading words shared, adds {part['prefix_overlap_d']:.3f}"
        terminal.print_lines(
            [
                "",
                f"{row['prompt_set']} {row['prompt_key']} ({shared}): {_short(row['prompt_text'])}",
                f"  {target}: {_short(row['reply_text'])}",
                f"  {reference}: {_short(row['reference_reply_text'])}",
            ]
        )


@show.command()
def identity(target: Annotated[str, typer.Argument(metavar="MODEL")], home: HomeOption = None) -> None:
    """One model: its identity scores by slice, whom it claims to be, and replies that leak."""
    with open_home(home) as snapshot:
        require_models(snapshot, target)
        scores = snapshot.frame("mart.identity_score", target=target)
        if scores.is_empty():
            terminal.print_lines([f"{target} has no identity scores: a plan with an [identity] section asks for them."])
            return
        place = pl.col("slice").replace_strict({"all": 0, "as_published": 1}, default=2).alias("place")
        scores = scores.with_columns(place).sort("mode", "place", "slice", "score")
        print_rows(
            f"Identity scores of {target}",
            scores,
            SCORES,
            f"select * from mart.identity_score where target = '{target}'",
        )
        judges = snapshot.frame("core.deciding_judge", target=target)
        claims = snapshot.frame("mart.identity_claim", target=target).join(judges, on=["target", "mode", "judge"])
        claims = claims.sort("mode", "n_claims", "claimed_vendor", descending=[False, True, False])
        print_rows("Whom it claims to be", claims, CLAIMS, "select * from mart.identity_claim")
        leaks = snapshot.frame("mart.identity_leak", target=target).join(judges, on=["target", "mode", "judge"])
    if leaks.is_empty():
        return
    order = ["is_hard", "is_foreign"]
    leaks = leaks.sort(*order, "request_id", descending=[True, True, False], nulls_last=True)
    first = leaks.unique(["mode", "template_key"], keep="first", maintain_order=True).head(MOST_LEAKS)
    terminal.print_lines(
        ["", f"{first.height} of {leaks.height} replies that leak: hard ones first, each under another template"]
    )
    for row in first.iter_rows(named=True):
        kind = "hard" if row["is_hard"] else "strict" if row["is_foreign"] else "loose"
        claimed = f", claims {row['claimed_vendor']}" if row["claimed_vendor"] else ""
        question = _short(row["question_text"] or row["prompt_text"])
        lines = [f"{kind}{claimed} ({row['mode']}, template {row['template_key']}): {question}"]
        lines += [f"  {target}: {_short(row['reply_text'])}"]
        lines += [f"  evidence: {_short(row['evidence_text'])}"] if row["evidence_text"] else []
        terminal.print_lines(["", *lines])


@show.command()
def cost(home: HomeOption = None) -> None:
    """What was asked, by model and purpose, over all rounds: calls, tokens, time and US dollars."""
    with open_home(home) as snapshot:
        spend = snapshot.frame("mart.spend")
    if spend.is_empty():
        terminal.print_lines(["Nothing was asked from here: all replies were ingested."])
        return
    sums = [pl.col(name).sum() for name in ("n_calls", "n_failed", "n_attempts")]
    # What is not known in every round is unknown, and no smaller sum.
    optional = ["prompt_tokens", "completion_tokens", "seconds", "cost_usd"]
    sums += [pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()) for name in optional]
    by_purpose = spend.group_by("model", "purpose").agg(sums)
    by_purpose = by_purpose.sort("cost_usd", "n_calls", "model", descending=[True, True, False], nulls_last=True)
    print_rows("Calls by model and purpose, all rounds", by_purpose, COSTS, "select * from mart.spend")
    n_unknown = by_purpose["cost_usd"].null_count()
    if not n_unknown and not by_purpose["cost_usd"].sum():
        terminal.print_lines([f"{by_purpose['n_calls'].sum():,} calls; they cost nothing."])
        return
    rest = f"; the price of {n_unknown} of {by_purpose.height} lines is not known" if n_unknown else ""
    terminal.print_lines([f"{by_purpose['n_calls'].sum():,} calls, {by_purpose['cost_usd'].sum():,.2f} USD{rest}."])


@show.command()
def drift(
    target: Annotated[str | None, typer.Argument(metavar="MODEL", help="Default: each model's newest round.")] = None,
    home: HomeOption = None,
) -> None:
    """What changed since the last round of the same recipe; of one model, in all its rounds."""
    with open_home(home) as snapshot:
        if target is not None:
            require_models(snapshot, target)
        rounds = snapshot.frame("mart.round").sort("began_at")
        rows = snapshot.frame("mart.drift", **({} if target is None else {"target": target}))
    print_rows("Rounds", rounds, ROUNDS, "select * from mart.round")
    if rows.is_empty():
        terminal.print_lines(["There is nothing to compare: it takes two rounds of the same recipe."])
        return
    listed = newest(rows.to_dicts()) if target is None else rows.sort("computed_at", "measure").to_dicts()
    print_rows("Changes", pl.DataFrame(listed, schema=rows.schema), DRIFTS, "select * from mart.drift")
    terminal.print_lines(["", *(f"- {line}" for line in drift_sentences(rows.to_dicts()))])
