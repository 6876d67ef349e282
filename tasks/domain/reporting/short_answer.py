"""What a command ends with: the verdicts that were asked for, else the strongest that were not expected."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.domain.reporting.formatting import counted
from tasks.domain.reporting.front import FOLDED_ROLES
from tasks.domain.reporting.sentences import pair_sentence, reported_pairs
from tasks.domain.reporting.verdict_answer import answer
from tasks.domain.reporting.verdict_sentences import findings
from tasks.domain.verdict.decision import NOT_CONCLUSIVE
from tasks.domain.verdict.kinds import ASKED

Row = Mapping[str, Any]

MOST_ANSWERS = 5


def short_answers(verdicts: Sequence[Row], pairs: Sequence[Row]) -> list[str]:
    """Return the answer in a few sentences, one for each hypothesis or finding; empty where nothing was compared.

    The hypotheses that were asked beforehand; else the five strongest findings that were not expected, or how many
    expected ones there are; else, where nothing has a p, how alike models are beside their own repeated samples.

    Args:
        verdicts: rows of `mart.verdict`.
        pairs: rows of `mart.pair_self_normalised`, most similar first.
    """
    asked = sorted((row for row in verdicts if row["kind"] == ASKED), key=lambda row: (row["target"], row["place"]))
    if asked:
        return [answer(row) for row in asked]
    if not any(row["p_t"] is not None for row in verdicts):
        lines = [pair_sentence(row) for row in reported_pairs(pairs)[:MOST_ANSWERS]]
        return lines or (
            ["Nothing can be said: too few prompts or unrelated models to compare with."] if verdicts else []
        )
    unexpected, expected = findings([row for row in verdicts if row["target_role"] not in FOLDED_ROLES]).values()
    if not unexpected and not expected:
        n = len({row["target"] for row in verdicts if row["verdict"] == NOT_CONCLUSIVE})
        return [f"No lineage found: not conclusive for {counted(n, 'model')}, which is no proof of none."]
    lines = [answer(row) for row in unexpected[:MOST_ANSWERS]]
    left = len(unexpected) - len(lines)
    more = ([f"{counted(left, 'more model')} not expected"] if left else []) + (
        [f"{counted(len(expected), 'model')} as expected"] if expected else []
    )
    return lines + ([f"And {' and '.join(more)}: distillometer show leaderboard"] if more else [])
