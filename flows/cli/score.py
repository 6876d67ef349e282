"""The verb `score`: all comparisons."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import bank_scoring
from flows.cli.output import answer, grades, tables
from flows.cli.start import BasesOption, HomeOption, VerboseOption, starting
from tasks.adapters import extras, settings, terminal
from tasks.adapters.settings import Home

if TYPE_CHECKING:
    from tasks.domain.plan import EmbeddingPlan
    from tasks.domain.rows import Finding

USUAL_EMBEDDER = "all-MiniLM-L6-v2"
NOTHING_NEW = "Nothing has changed since the last scoring: its results stand."


def score(
    references: Annotated[str, typer.Option("--references", help="Candidate teachers, separated by commas.")] = "",
    lineage: Annotated[Path | None, typer.Option("--lineage", help="CSV of what is known of each model.")] = None,
    bases: BasesOption = None,
    grade_against: Annotated[
        list[str] | None,
        typer.Option(
            "--grade-against", metavar="REFERENCE", help="Grade similarity to it from 1 to 5. May be repeated."
        ),
    ] = None,
    hypothesis: Annotated[
        list[str] | None,
        typer.Option(
            "--hypothesis",
            metavar="TARGET=GROUP",
            help="A pair that you asked about before you saw anything. Repeatable.",
        ),
    ] = None,
    embed_prompts: Annotated[
        int | None, typer.Option("--embed-prompts", min=0, help="Prompts a set to embed; 0: none. Default: 150.")
    ] = None,
    embed_all: Annotated[bool, typer.Option("--embed-all", help="Embed the replies to all prompts.")] = False,
    embed_probes: Annotated[
        int | None, typer.Option("--embed-probes", min=0, help="Identity probes a target to embed. Default: 150.")
    ] = None,
    embed_model: Annotated[
        str, typer.Option("--embed-model", help="Model of sentence-transformers: hub name or path.")
    ] = USUAL_EMBEDDER,
    seed: Annotated[int, typer.Option("--seed", help="Chooses the prompts to embed.")] = 0,
    bank: Annotated[
        str | None,
        typer.Option("--bank", help="Hold the home's models against this reference bank alone, and write nothing."),
    ] = None,
    home: HomeOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Compare all that is in the warehouse and print the leaderboard; text first, then embeddings."""
    place = settings.home_at(home)
    if bank is not None:
        bank_scoring.print_bank_verdicts(bank, place)
        return
    from tasks.adapters.planning import scorings
    from tasks.adapters.warehouse import store
    from tasks.domain.scoring import ScoringPlan

    store.require_writable(place)
    scoring = ScoringPlan(
        references=tuple(_names([references])),
        grade_against=tuple(_names(grade_against or [])),
        lineage=str(lineage) if lineage else None,
        bases=str(bases) if bases else None,
        hypotheses=tuple(hypothesis or ()),
        embedding=_embedding(embed_model, embed_prompts, embed_probes, is_all=embed_all),
        seed=seed,
    )
    is_scored, scoring = scorings.register(scoring, place), scoring.on_record
    if is_scored and not scoring.grade_against:
        with store.writing(place) as warehouse:
            warehouse.publish(place.published)
        _print_stored_result(place, is_verbose=verbose)
        return
    with starting(place, verbose=verbose):
        from flows.score import score as flow

    done = asyncio.run(flow(scoring if is_scored else scoring.of_text, str(place.root)))
    _print_scored(place, done.findings, is_verbose=verbose, are_grades_asked=bool(scoring.grade_against))
    terminal.print_lines([NOTHING_NEW if is_scored else f"All pairs of models were compared in {done.seconds:.1f} s."])
    if scoring.embedding.enabled and not is_scored:
        terminal.print_lines(["Embedding: the scores above are final, only the cosines and neighbours wait for it."])
        asyncio.run(flow(scoring.model_copy(update={"grade_against": ()}), str(place.root)))
        terminal.print_lines(["Embedded: distillometer show leaderboard has what the vectors add."])
    if embed_prompts is None and not extras.is_installed("embed"):
        terminal.print_lines([f"Without embeddings: {extras.missing('embed')}"])
    terminal.print_lines([f"Database: {place.published} (read-only, for `query` or any DuckDB shell)"])
    answer.print_answer(place)


def _print_scored(
    place: Home, findings: Sequence["Finding"], *, is_verbose: bool, are_grades_asked: bool = False
) -> None:
    tables.print_result(place, findings, [], is_verbose=is_verbose)
    grades.print_grades(place, is_brief=not is_verbose and not are_grades_asked)


def _embedding(model: str, n_prompts: int | None, n_probes: int | None, *, is_all: bool) -> "EmbeddingPlan":
    """Return the embedding plan; None: the default. Without prompts the default is no probes either.

    Without the extra `embed` the default is none.

    Raises:
        InputError: an option asks for it, and the extra is not installed.
    """
    from tasks.domain.plan import EmbeddingPlan

    usual = EmbeddingPlan(model=model)
    if not extras.is_installed("embed"):
        if is_all or n_prompts or n_probes or model != USUAL_EMBEDDER:
            raise extras.missing("embed", "--embed-all, --embed-prompts, --embed-probes and --embed-model")
        return usual.model_copy(update={"enabled": False})
    prompts = None if is_all else usual.prompts_per_set if n_prompts is None else n_prompts
    probes = n_probes if n_probes is not None else 0 if prompts == 0 else usual.probes_per_target
    is_enabled = prompts != 0 or probes != 0
    return usual.model_copy(update={"enabled": is_enabled, "prompts_per_set": prompts, "probes_per_target": probes})


def _print_stored_result(place: Home, *, is_verbose: bool) -> None:
    """Print the stored scores, without a run."""
    from tasks.adapters.warehouse import audits, store

    with store.reading(place) as snapshot:
        findings = audits.findings(snapshot)
    _print_scored(place, findings, is_verbose=is_verbose)
    database = f"Database: {place.published} (read-only, for `query` or any DuckDB shell)"
    terminal.print_lines([NOTHING_NEW, database])
    answer.print_answer(place)


def _names(options: list[str]) -> list[str]:
    return list(dict.fromkeys(name.strip() for part in options for name in part.split(",") if name.strip()))
