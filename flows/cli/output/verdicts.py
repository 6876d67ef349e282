"""Prints verdicts."""

from tasks.adapters import terminal
from tasks.adapters.inputs import lexicons
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.reporting.verdict_sentences import absent_vendors, verdict_sentences
from tasks.domain.verdict.decision import FEW_PROMPTS


def print_verdicts(home: Home) -> None:
    """Print all verdicts in sentences."""
    with store.reading(home) as snapshot:
        rows = snapshot.read("mart.verdict").sort("target", "rank")
        vendors = snapshot.read_distinct("mart.background", ["vendor"])["vendor"].to_list()
    if not rows["p_t"].is_not_null().any() and not (rows["verdict"] == FEW_PROMPTS).any():
        return  # The sentences on the background report too few references.
    absent = absent_vendors((vendor.id for vendor in lexicons.read_lexicon().vendors), vendors)
    lines = [*verdict_sentences(rows.to_dicts()), absent]
    terminal.print_lines(["", *(f"- {line}" for line in lines if line)])
