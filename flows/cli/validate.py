"""The verb `validate`: measures verdicts and rival scores on a warehouse with documented lineage."""

import asyncio
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from flows.cli.start import BasesOption, HomeOption, VerboseOption, starting
from tasks.adapters import extras, settings, terminal
from tasks.adapters.settings import Home

if TYPE_CHECKING:
    from tasks.domain.validation.score_figures import Validation


RIVAL_PROMPTS = 60
"""Prompts whose replies are embedded for the rivals that do so: all of them would take an hour."""


def validate(
    lineage: Annotated[Path, typer.Option("--lineage", help="CSV of what is documented of each model.")],
    bases: BasesOption = None,
    rivals: Annotated[bool, typer.Option(help="Put other scores beside ours, under the same null.")] = True,
    embed_prompts: Annotated[
        int | None,
        typer.Option(
            "--embed-prompts", min=0, help="Prompts that the rivals which embed read; 0: leave them out. Default: 60."
        ),
    ] = None,
    evasion: Annotated[
        bool, typer.Option(help="Score the replies once more without their first sentences, as an evader would.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Chance of the intervals and of the prompts to embed.")] = 0,
    output: Annotated[
        Path | None, typer.Option("--json", "--output", "-o", metavar="FILE", help="JSON file for all figures.")
    ] = None,
    home: HomeOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Compare the verdicts on a warehouse with its documented lineage: are they right, and as often as they say?"""
    place = settings.home_at(home)
    from tasks.adapters.planning import scorings
    from tasks.adapters.warehouse import store
    from tasks.domain.plan import EmbeddingPlan
    from tasks.domain.scoring import ScoringPlan

    if embed_prompts and rivals:
        extras.require("embed", "--embed-prompts")
    n_embedded = embed_prompts if embed_prompts is not None else RIVAL_PROMPTS if extras.is_installed("embed") else 0
    if output is not None:
        terminal.require_writable_target("json", output)
    store.require_writable(place)
    scoring = ScoringPlan(lineage=str(lineage), bases=str(bases) if bases else None).of_text
    scorings.register(scoring, place)
    with starting(place, verbose=verbose):
        from flows.score import score
    from tasks.domain.validation import tables as validation_tables
    from tasks.similarity import validate as step

    embedding = EmbeddingPlan(enabled=n_embedded > 0, prompts_per_set=max(n_embedded, 1)) if rivals else None
    asyncio.run(score(scoring.on_record, str(place.root)))
    step.require_documented(place)
    plain = step.validate(place, seed, embedding)
    evaded = _evaded(place, seed) if evasion else None
    console = terminal.out()
    terminal.print_lines([*validation_tables.sentences(plain), ""])
    for title, rows in validation_tables.tables(plain):
        console.print(terminal.table(title, pl.DataFrame(rows)))
        terminal.print_lines([""])
    if rivals:
        left_out = [extra for extra in ("embed", "validate") if not extras.is_installed(extra)]
        terminal.print_lines(f"Rivals are left out: {extras.missing(extra)}" for extra in left_out)
    if evaded is not None:
        terminal.print_lines(["Without the first sentence of every reply:", *validation_tables.sentences(evaded)[1:]])
    if output is not None:
        figures = {"as_answered": asdict(plain), "without_first_sentences": asdict(evaded) if evaded else None}
        output.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        terminal.print_lines([f"Figures: {output}"])


def _evaded(home: Home, seed: int) -> "Validation":
    from flows.score import score
    from tasks.domain.scoring import ScoringPlan
    from tasks.similarity import validate as step

    with tempfile.TemporaryDirectory(dir=home.root) as scratch:
        cut = step.cut_first_sentences(home, Path(scratch))
        asyncio.run(score(ScoringPlan().of_text, str(cut.root)))
        return step.validate(cut, seed, None)
