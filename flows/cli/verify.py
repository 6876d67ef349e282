"""The verb `verify`: all that a dossier says formed again out of its files."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.output.dossiers import of_what, test_sentences
from tasks.adapters import terminal
from tasks.domain.reporting.formatting import counted

NOT_EQUAL = 4
"""The exit code where what is formed again is something else."""

MOST_DIFFERENCES = 5


def verify(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A dossier: its folder, or its archive.")],
) -> None:
    """Form a verdict again from a dossier (`report --dossier`), offline, and say whether it is equal."""
    from tasks.adapters.dossiers import loading
    from tasks.adapters.dossiers.readme import NO_TESTS, NO_VECTORS, README, readme
    from tasks.adapters.warehouse import formed
    from tasks.domain.dossier.conclusions import conclude, differences_from_dossier, n_values

    written = loading.read(path)
    evidence = written.evidence
    now = conclude(evidence)
    is_same_build = written.versions.get("program_sha256") == formed.program_digest()
    found = differences_from_dossier(written, now, with_words=is_same_build)
    if is_same_build and not found and readme(evidence, now) != written.readme:
        found.append(f"{README} says something else than follows from the other files.")
    terminal.print_lines(
        [
            f"{of_what(evidence)}; every file is as its index says.",
            f"SHA-256 of the index, to be compared with the one that was given to you: {written.index_digest}",
        ]
    )
    if not is_same_build:
        version = written.versions.get("distillometer")
        note = f"It was written by another build of the program (version {version}), in whose words: {written.answer}"
        terminal.print_lines([note])
    if found:
        more = f"... and {len(found) - MOST_DIFFERENCES} more" if len(found) > MOST_DIFFERENCES else ""
        lines = [*(f"- {line}" for line in found[:MOST_DIFFERENCES]), *([more] if more else [])]
        terminal.print_lines(["", *lines, f"Not equal. The dossier says: {written.answer}"])
        raise typer.Exit(NOT_EQUAL)
    n_verdicts, n_tests, n_cosines = n_values(now)
    of_candidates = f"Equal, in {n_verdicts:,} values of {counted(len(now.checked.rows), 'candidate')}: "
    verdict = [f"{of_candidates if now.has_verdict else ''}{now.account.answer}"]
    of_tests = f"Equal, in {n_tests:,} values of {counted(len(now.tests), 'test')} of model equality:"
    tests = [of_tests, *(f"- {sentence}" for sentence in test_sentences(now))] if now.tests else [NO_TESTS]
    vectors = evidence.vectors
    cosines = NO_VECTORS
    if vectors is not None:
        cosines = f"Equal, in {n_cosines:,} values of cosines: {len(vectors.reply_ids):,} vectors, {vectors.embedder}."
    # The answer is the last line, which is that of the tests where no lineage could be tested.
    terminal.print_lines([cosines, *(verdict + tests if now.tests_come_first else tests + verdict)])
