"""Labelled replies -> how well a judge reads them. Needs no warehouse and keeps nothing."""

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from tasks.adapters import labelled, lexicons, progress
from tasks.domain import registry
from tasks.domain.errors import InputError
from tasks.domain.judging import judges
from tasks.domain.judging.checking import Disagreement, JudgeCheck, checks, disagreements
from tasks.domain.judging.claim import JudgedReply


@dataclass(frozen=True)
class JudgeMeasured:
    """How a judge reads labelled replies, and what 1,000 of them cost in seconds and US dollars.

    `without_facts`: models of which only the vendor is known.
    """

    judge: str
    version: str
    n_replies: int
    n_unlabelled: int
    seconds_per_1000: float
    usd_per_1000: float
    checks: list[JudgeCheck]
    disagreements: list[Disagreement]
    without_facts: list[str]


def judge_check(labels: Path, judge: str, facts: Path | None, n_errors: int) -> JudgeMeasured:
    """Let `judge` read the replies at `labels` and return how that compares with what they were labelled.

    Args:
        labels: attack logs, or a table of labelled replies.
        judge: one that reads the text alone.
        facts: TOML file of who the models are, where they have no card.
        n_errors: how many replies to return that were read otherwise than labelled.

    Raises:
        InputError: labels, judge or facts are wrong.
    """
    registry.check(judges, judge, "--judge")
    reader = registry.load(judges, judge)
    if hasattr(reader, "messages"):
        raise InputError(
            f"judge {judge!r} asks a model, and only judges that read the text alone can be checked so.",
            where="--judge",
            remedy="Ingest the labels and let a plan name this judge: both readings are then in core.judged_trial.",
        )
    replies = labelled.read_labelled(labels)
    known, without_facts = labelled.identities((reply.model for reply in replies), facts)
    lexicon, verdicts, title = lexicons.read_lexicon(), [], f"reading by {judge}"
    started = perf_counter()
    with progress.stage(title, len(replies)):
        for reply in replies:
            text = JudgedReply(reply.text, reply.prompt_text, reply.language)
            verdicts.append(reader.judge(text, known[reply.model], lexicon))
            progress.advance(title)
    seconds = perf_counter() - started
    return JudgeMeasured(
        judge=judge,
        version=reader.version,
        n_replies=len(replies),
        n_unlabelled=sum(reply.is_loose is None and reply.is_strict is None for reply in replies),
        seconds_per_1000=1000 * seconds / len(replies),
        usd_per_1000=0.0,
        checks=checks(replies, verdicts),
        disagreements=disagreements(replies, verdicts, n_errors),
        without_facts=without_facts,
    )
