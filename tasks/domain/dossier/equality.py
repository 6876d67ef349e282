"""The tests of whether a dossier's model is one with another, out of the replies of both."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from tasks.domain.dossier.comparing import ABSOLUTE, RELATIVE, differing_rows
from tasks.domain.dossier.evidence import DossierReply, EqualityTests
from tasks.domain.pairwise.sampled_prompts import RepeatedReplies, equality_of_pair, repeated_replies
from tasks.domain.reporting.sentences import pair_sentence
from tasks.domain.stats.multiple_testing import holm
from tasks.domain.verdict.same_model import MEANINGS, as_row

Row = Mapping[str, Any]

DIGITS = 9
"""Figures are written as a run stores them."""

SENTENCE = "sentence"


def form_tests(tests: EqualityTests | None, replies: Sequence[DossierReply]) -> list[dict[str, Any]]:
    """Return a row for each test, in the order of its pairs, out of nothing but seed, replies and the others' p.

    Its columns are those of `score.model_equality`, how many replies of each model were compared, and the decision in
    words.
    """
    if tests is None:
        return []
    prompts = list(_prompts(replies, {model for pair in tests.pairs for model in pair}))
    formed = [equality_of_pair(prompts, *pair, tests.seed) for pair in tests.pairs]
    p_holm = holm([*(test.p_value for test in formed), *(p for _, _, p in tests.p_of_others)])
    rows = []
    for (left, right), test, p in zip(tests.pairs, formed, p_holm, strict=False):
        row = {
            column: round(value, DIGITS) if isinstance(value, float) else value
            for column, value in as_row(left, right, test, p).items()
        }
        row["n_left_replies"] = _n_compared(prompts, left, right)
        row["n_right_replies"] = _n_compared(prompts, right, left)
        rows.append(row | {SENTENCE: in_words(row)})
    return rows


def in_words(row: Row) -> str:
    """Return the decision on two models in one sentence: that of `show verdict` and of the report."""
    if row["p_equality_holm"] is None:
        both = f"{row['left_model']} and {row['right_model']}"
        return f"Nothing is said of whether {both} are one model: {MEANINGS[row['equality']]}."
    return pair_sentence(row)


def differing_tests(written: Sequence[Row], formed: Sequence[Row], *, with_words: bool) -> list[str]:
    """Return where tests that were formed again differ from those that are written, one sentence each.

    Args:
        written: rows as `form_tests` has them.
        formed: the same, formed now.
        with_words: whether the sentences are compared, too: another build may have other words for the same.
    """
    compared = [{key: value for key, value in row.items() if with_words or key != SENTENCE} for row in formed]
    return differing_rows(written, compared, pair_name, relative=RELATIVE, absolute=ABSOLUTE)


def differences_from_tests_of_run(run: Sequence[Row], formed: Sequence[Row]) -> list[str]:
    """Return where tests that were formed alone differ from those of the run, one sentence each."""
    columns = run[0].keys() if run else ()
    compared = [{column: row[column] for column in columns} for row in formed]
    return differing_rows(run, compared, pair_name, relative=RELATIVE, absolute=ABSOLUTE)


def pair_name(row: Row) -> str:
    """Return what a test is called."""
    return f"{row.get('left_model')} and {row.get('right_model')}"


def _prompts(replies: Sequence[DossierReply], models: set[str]) -> Iterator[RepeatedReplies]:
    """Yield the prompts with the replies of models that were sampled on them more than once, in the order of ids."""
    chosen = sorted(
        (reply for reply in replies if reply.model in models),
        key=lambda reply: (reply.prompt_id, reply.model, reply.sample),
    )
    for _, of_prompt in groupby(chosen, lambda reply: reply.prompt_id):
        by_model = [list(samples) for _, samples in groupby(of_prompt, lambda reply: reply.model)]
        repeated = [reply for samples in by_model if len(samples) > 1 for reply in samples]
        compared = repeated_replies([reply.model for reply in repeated], [reply.reply_text for reply in repeated])
        if compared is not None:
            yield compared


def _n_compared(prompts: Sequence[RepeatedReplies], model: str, other: str) -> int:
    """Return how many replies of a model stand in its test against another one."""
    return sum(len(prompt.places[model]) for prompt in prompts if {model, other} <= prompt.places.keys())
