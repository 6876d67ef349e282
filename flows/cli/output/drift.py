"""Prints drift between rounds."""

from tasks.adapters import terminal
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.reporting.drift_sentences import drift_sentences


def print_drift(home: Home) -> None:
    """Print the changes since the last round in sentences; nothing where there is no earlier one."""
    with store.reading(home) as snapshot:
        rows = snapshot.read("mart.drift").to_dicts()
    lines = drift_sentences(rows)
    if lines:
        terminal.print_lines(["", *(f"- {line}" for line in lines)])
