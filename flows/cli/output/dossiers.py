"""Writes a dossier, and prints what became of it."""

import re
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from tasks.adapters import terminal
from tasks.adapters.settings import Home
from tasks.domain.errors import InputError
from tasks.domain.reporting.formatting import counted

if TYPE_CHECKING:
    from tasks.domain.dossier.evidence import Evidence


def write(target: str, output: Path | None, place: Home) -> None:
    """Write the dossier on a model and print its place, and how to verify it.

    Raises:
        InputError: there is no verdict on it, or the run's verdict does not follow from the replies that are there.
    """
    from tasks.adapters.dossiers import gathering, writing
    from tasks.adapters.warehouse import store
    from tasks.domain.dossier.evidence import differences_from_run, form
    from tasks.domain.reporting.verdict_of_model import account

    with store.reading(place) as snapshot:
        gathered = gathering.gather(snapshot, target)
    checked = form(gathered.evidence)
    in_words = account(target, checked.rows, checked.models)
    if in_words.row is None:
        raise InputError(in_words.answer, where=f"model {target}", remedy="Without a verdict there is no dossier.")
    if differing := differences_from_run(gathered.verdicts_of_run, checked.rows):
        raise InputError(
            f"its replies give another verdict than the last scoring wrote: {differing[0]}",
            where=f"model {target}",
            remedy="Score them again: distillometer score.",
        )
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", target)[:80]
    path = output or place.reports / f"dossier-{safe}{writing.ZIP}"
    digest = writing.write(gathered, checked, in_words, path)
    evidence = gathered.evidence
    terminal.print_lines(
        [
            in_words.answer,
            f"Dossier: {of_what(evidence)}, with their texts. "
            "These are other people's, pass them on as their terms allow.",
            f"SHA-256 of its index: {digest}",
            f"To verify it, anywhere: distillometer verify {quote(str(path))}",
            str(path),
        ]
    )


def of_what(evidence: "Evidence") -> str:
    """Return how many replies of how many models to how many prompts there are."""
    n_models, n_prompts = len(evidence.models), len(evidence.prompt_sets)
    replies = counted(len(evidence.replies), "reply", "replies")
    return f"{replies} of {counted(n_models, 'model')} to {counted(n_prompts, 'prompt')}"
