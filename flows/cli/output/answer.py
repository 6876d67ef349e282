"""Prints the answer, with which a command ends."""

from tasks.adapters import terminal
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.reporting.short_answer import short_answers


def print_answer(home: Home) -> None:
    """Print the verdicts that were asked for, else the strongest that were not expected; nothing without any."""
    with store.reading(home) as snapshot:
        verdicts = snapshot.read("mart.verdict").to_dicts()
        pairs = snapshot.read("mart.pair_self_normalised").sort("position").to_dicts()
    lines = short_answers(verdicts, pairs)
    if lines:
        terminal.print_lines(["", "Answer:", *(f"- {line}" for line in lines)])
