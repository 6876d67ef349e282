"""The verb `validate`: what a warehouse of documented lineage says of the verdicts."""

import asyncio
import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from flows.cli_start import HomeOption, VerboseOption, start
from tasks.adapters import settings, terminal
from tasks.adapters.settings import Home

if TYPE_CHECKING:
    from tasks.domain.verdict.validation import Auroc, Share, TopRank
    from tasks.validate import Validation


def validate(
    lineage: Annotated[Path, typer.Option("--lineage", help="CSV of what is documented of each model.")],
    evasion: Annotated[
        bool, typer.Option(help="Score the replies once more without their first sentences, as an evader would.")
    ] = True,
    seed: Annotated[int, typer.Option("--seed", help="Chance of the intervals and of the samples of prompts.")] = 0,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="JSON file for all figures.")] = None,
    home: HomeOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Hold the verdicts on a warehouse against its documented lineage: are they right, and as often as they say?"""
    place = settings.home_at(home)
    from tasks.adapters import lineages, store

    store.check_free(place)
    lineages.check([], lineage, place)
    start(place, verbose=verbose)
    from tasks import validate as step

    asyncio.run(_scored(place, str(lineage.resolve())))
    step.check_documented(place)
    plain = step.validate(place, seed)
    evaded = None
    if evasion:
        with tempfile.TemporaryDirectory(dir=place.root) as scratch:
            cut = step.cut_first_sentences(place, Path(scratch))
            asyncio.run(_scored(cut, None))
            evaded = step.validate(cut, seed)
    _print(plain, evaded)
    if output is not None:
        told = {"as_answered": asdict(plain), "without_first_sentences": asdict(evaded) if evaded else None}
        output.write_text(json.dumps(told, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
        terminal.say([f"Figures: {output}"])


async def _scored(home: Home, lineage: str | None) -> None:
    from flows.publish import publish
    from flows.similarity import similarity
    from tasks.adapters import store
    from tasks.domain.plan import EmbeddingPlan

    with store.writing(home):
        await similarity(str(home.root), [], EmbeddingPlan(enabled=False), 0, lineage)
        await publish(str(home.root), with_report=False)


def _print(plain: "Validation", evaded: "Validation | None") -> None:
    console = terminal.out()
    terminal.say([f"{plain.n_targets} models, up to {plain.n_prompts} prompts a pair.", ""])
    rows = [
        {"score": measure, **_auroc("students", plain.students[measure])}
        | _auroc("against all others", plain.strictly[measure])
        | _auroc("fine-tuned and variants", plain.tuned[measure])
        for measure in plain.students
    ]
    console.print(terminal.table("Mean column AUROC, with 95 % intervals over families", pl.DataFrame(rows)))
    terminal.say([""])
    console.print(terminal.table("Of the verdict's score, by teacher", _by_teacher(plain)))
    terminal.say(["", *_sentences(plain)])
    if evaded is not None:
        first = next(iter(evaded.students))
        terminal.say(
            [
                f"Without first sentences: mean column AUROC {_figure(evaded.students[first].mean)} for students, "
                f"{_figure(evaded.tuned[first].mean)} for fine-tuned models and variants; "
                f"alarms {_share(evaded.alarms[0])}."
            ]
        )
    if plain.adversaries:
        terminal.say([""])
        console.print(terminal.table("Adversaries: the nearest candidate of each", pl.DataFrame(plain.adversaries)))
    if plain.misses:
        terminal.say([""])
        console.print(terminal.table("Positive verdicts on pairs documented as unrelated", pl.DataFrame(plain.misses)))


def _auroc(title: str, found: "Auroc") -> dict[str, object]:
    interval = f" ({found.low:.2f} to {found.high:.2f})" if found.low is not None and found.high is not None else ""
    return {title: f"{_figure(found.mean)}{interval}"}


def _by_teacher(plain: "Validation") -> pl.DataFrame:
    first = next(iter(plain.students))
    kinds: Mapping[str, Mapping[str, Auroc]] = {"students": plain.students, "fine-tuned and variants": plain.tuned}
    rows = [
        {"teacher": teacher, "learners": kind, "n": n, "others": others, "AUROC": value}
        for kind, found in kinds.items()
        for teacher, (value, n, others) in found[first].of_teacher.items()
    ]
    return pl.DataFrame(rows, schema={"teacher": str, "learners": str, "n": int, "others": int, "AUROC": float})


def _sentences(plain: "Validation") -> list[str]:
    low = ", ".join(f"{share:.3f} at {level:g}" for level, share in plain.p_below.items())
    curve = ", ".join(f"{n}: {_figure(value)}" for n, value in plain.curve.items())
    return [
        f"Unrelated pairs, the target's family held out of the null (n {plain.alarms[0].n}): p at most .05 in "
        f"{_share(plain.alarms[0])}, a positive verdict in {_share(plain.alarms[1])}.",
        f"Documented students (n {plain.power[0].n}): p at most .05 in {_share(plain.power[0])}, a positive verdict in "
        f"{_share(plain.power[1])}.",
        f"Fine-tuned models and variants (n {plain.power_tuned[0].n}): p at most .05 in "
        f"{_share(plain.power_tuned[0])}, a positive verdict in {_share(plain.power_tuned[1])}.",
        f"p of unrelated pairs, which should be uniform: share at or below {low}.",
        _top("Documented students", plain.documented),
        _top("of them of high certainty", plain.certain),
        f"Mean column AUROC of students by number of prompts: {curve}.",
    ]


def _top(title: str, found: "TopRank") -> str:
    missed = f"; not among the first three: {', '.join(found.missed)}" if found.missed else ""
    return (
        f"{title} (n {found.n}), candidates of documented lineage: the right group first {found.first}, among the "
        f"first three {found.top_three}, the right maker first {found.vendor_first}{missed}."
    )


def _share(found: "Share") -> str:
    if found.value is None:
        return "none"
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"


def _figure(value: float | None) -> str:
    return terminal.cell(value)
