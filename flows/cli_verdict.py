"""What the command prints of verdicts."""

from tasks.adapters import lexicons, store, terminal
from tasks.adapters.settings import Home
from tasks.domain.reporting.verdict_sentences import absent_makers, verdict_sentences
from tasks.domain.verdict.decision import FEW_PROMPTS


def print_verdicts(home: Home) -> None:
    """Print in words what may be said of all verdicts."""
    with store.reading(home) as snapshot:
        rows = snapshot.read("mart.verdict").sort("target", "rank")
        makers = snapshot.read_columns("mart.panel", ["distinct vendor"])["vendor"].to_list()
    if not rows["p_t"].is_not_null().any() and not (rows["verdict"] == FEW_PROMPTS).any():
        return  # The sentences on the panel say that there are too few references for anything.
    absent = absent_makers((vendor.id for vendor in lexicons.read_lexicon().vendors), makers)
    lines = [*verdict_sentences(rows.to_dicts()), absent]
    terminal.say(["", *(f"- {line}" for line in lines if line)])
