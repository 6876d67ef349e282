"""The verb `verify`: a verdict formed again out of a dossier."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.output.dossiers import of_what
from tasks.adapters import terminal
from tasks.domain.reporting.formatting import counted

NOT_EQUAL = 4
"""The exit code where the verdict that is formed again is another one."""

MOST_DIFFERENCES = 5


def verify(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A dossier: its folder, or its archive.")],
) -> None:
    """Form a verdict again from a dossier (`report --dossier`), offline, and say whether it is equal."""
    from tasks.adapters.dossiers import loading
    from tasks.adapters.warehouse import formed
    from tasks.domain.dossier.dossier import null_scores
    from tasks.domain.dossier.evidence import differences, differing_scores, form
    from tasks.domain.reporting.verdict_of_model import account

    written = loading.read(path)
    evidence = written.evidence
    checked = form(evidence)
    answer = account(evidence.target, checked.rows, checked.models).answer
    found = differences(written.verdicts, checked.rows)
    found += differing_scores(written.null_scores, null_scores(checked))
    is_same_build = written.versions.get("program_sha256") == formed.program_digest()
    if answer != written.answer and is_same_build:
        # Another build may say the same in other words: the word of the verdict is in the rows.
        found.append(f"in words it is: {answer}")
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
    n_figures = sum(map(len, checked.rows)) + len(checked.null)
    terminal.print_lines([f"Equal, in {n_figures:,} values of {counted(len(checked.rows), 'candidate')}: {answer}"])
