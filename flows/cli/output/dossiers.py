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
    from tasks.domain.dossier.conclusions import Conclusions
    from tasks.domain.dossier.evidence import Evidence

MOST_TESTS = 3
"""As many tests of model equality are printed as `show verdict` prints."""


def write(target: str, output: Path | None, place: Home) -> None:
    """Write the dossier on a model and print its place, and how to verify it.

    Raises:
        InputError: nothing is said of it, or what the run says does not follow from the replies that are there.
    """
    from tasks.adapters.dossiers import gathering, writing
    from tasks.adapters.warehouse import store
    from tasks.domain.dossier.conclusions import conclude, differences_from_snapshot

    with store.reading(place) as snapshot:
        gathered = gathering.gather(snapshot, target)
    formed = conclude(gathered.evidence)
    if differing := differences_from_snapshot(gathered, formed):
        raise InputError(
            f"its replies give something else than the last scoring wrote: {differing[0]}",
            where=f"model {target}",
            remedy="Score them again: distillometer score.",
        )
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", target)[:80]
    path = output or place.reports / f"dossier-{safe}{writing.ZIP}"
    digest = writing.write(gathered, formed, path)
    evidence = gathered.evidence
    terminal.print_lines(
        [
            *answers(formed),
            f"Dossier: {of_what(evidence)}, with their texts. "
            "These are other people's, pass them on as their terms allow.",
            f"SHA-256 of its index: {digest}",
            f"To verify it, anywhere: distillometer verify {quote(str(path))}",
            str(path),
        ]
    )


def answers(formed: "Conclusions") -> list[str]:
    """Return the verdict and the tests of model equality in words, what says something first."""
    lineage, tests = [formed.account.answer], test_sentences(formed)
    return [*tests, *lineage] if formed.tests_come_first else [*lineage, *tests]


def test_sentences(formed: "Conclusions") -> list[str]:
    """Return with whom the model is one, the nearest first."""
    sentences = [str(row["sentence"]) for row in formed.tests]
    more = f"{len(sentences) - MOST_TESTS} more tests stand in README.txt."
    return [*sentences[:MOST_TESTS], *([more] if len(sentences) > MOST_TESTS else [])]


def of_what(evidence: "Evidence") -> str:
    """Return how many replies of how many models to how many prompts there are."""
    n_models, n_prompts = len({reply.model for reply in evidence.replies}), len(evidence.prompt_sets)
    replies = counted(len(evidence.replies), "reply", "replies")
    return f"{replies} of {counted(n_models, 'model')} to {counted(n_prompts, 'prompt')}"
