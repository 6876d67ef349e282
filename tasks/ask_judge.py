"""Identity replies -> calls to a judge model -> verdicts. The calls are requests like any other: paid for once."""

from collections.abc import Mapping

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters import judgings, lexicons, store, verdicts
from tasks.adapters.settings import Home, now
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.judging import judges
from tasks.domain.judging.calls import AskedJudge
from tasks.domain.judging.claim import ClaimVerdict
from tasks.domain.judging.failures import failed_call_reason
from tasks.domain.judging.verdict_rows import Reading, claim_rows, unread_row, verdict_row
from tasks.domain.rows import Request

NOT_THERE = frozenset({"empty_reply", "failed_call"})
"""Why a verdict is missing where nothing is wrong with the judge: asking again would not help."""

Trials = Mapping[str, str]
"""Columns of `core.trial` and the values that the trials to be read have; empty: all trials."""


@task(name="put to judge", task_run_name="put to {judge}, attempt {attempt}", cache_policy=NO_CACHE)
def put(judge: str, card: ModelCard, attempt: int, home: Home, trials: Trials) -> list[Request]:
    """Register the calls that `judge` needs for the replies it has not read, and return those still to be asked."""
    asked = AskedJudge(registry.load(judges, judge), card, lexicons.read_lexicon())
    at = now()
    with store.writing(home) as warehouse:
        todo = _waiting(warehouse, asked, attempt, trials)
        known = verdicts.identities(warehouse)
        calls, unread = [], []
        for reply, row in zip(verdicts.judged_replies(warehouse, todo), todo.to_dicts(), strict=True):
            if reason := failed_call_reason(reply.text):
                unread.append(unread_row(Reading(row["reply_id"], judge, asked.version, attempt, at), reason))
            else:
                calls.append((row["reply_id"], asked.again(asked.call(reply, known[row["target"]]), attempt)))
        warehouse.append("verdict", unread, key="verdict_id")
        return judgings.register(warehouse, asked, calls, at)


def _waiting(warehouse: store.Store, asked: AskedJudge, attempt: int, trials: Trials) -> pl.DataFrame:
    """Return the trials to read at this attempt: the unread ones, or those whose first verdict couldn't be read."""
    if attempt == 0:
        return verdicts.unread(warehouse, asked.judge.name, asked.version, trials)
    told = warehouse.read("raw.verdict", judge=asked.judge.name, judge_version=asked.version)
    again = told.filter(pl.col("reply_id").len().over("reply_id") == 1).filter(
        pl.col("missing_reason").is_not_null() & ~pl.col("missing_reason").is_in(sorted(NOT_THERE))
    )
    known = warehouse.read("core.trial", **trials).unique("reply_id")
    return known.join(again.select("reply_id"), on="reply_id", how="semi").sort("target", "prompt_id", "reply_id")


@task(name="read judge", task_run_name="read {judge}, attempt {attempt}", cache_policy=NO_CACHE)
def read(judge: str, card: ModelCard, attempt: int, home: Home, trials: Trials) -> int:
    """Read what the judge model answered, and return how many verdicts are new; one that can't be read is missing."""
    asked, at = AskedJudge(registry.load(judges, judge), card, lexicons.read_lexicon()), now()
    version = asked.version
    with store.writing(home) as warehouse:
        known = verdicts.identities(warehouse)
        calls = warehouse.read("raw.judging", judge=judge, judge_version=version, attempt=attempt)
        targets = warehouse.read_columns("core.trial", ["distinct reply_id", "target"], **trials)
        done = warehouse.read("raw.verdict", judge=judge, judge_version=version, attempt=attempt)
        waiting = calls.join(done, on="reply_id", how="anti").join(targets, on="reply_id").sort("reply_id")
        answers = judgings.answers(warehouse, waiting["request_id"].to_list())
        read_rows, claims = [], []
        for request_id, reply_id, target in waiting.select("request_id", "reply_id", "target").iter_rows():
            reading = Reading(reply_id, judge, version, attempt, at)
            told = asked.told(answers[request_id], known[target])
            if isinstance(told, ClaimVerdict):
                read_rows.append(verdict_row(reading, told))
                claims.extend(claim_rows(reading, told))
            elif told is not None:
                read_rows.append(unread_row(reading, told))
        warehouse.append("verdict", read_rows, key="verdict_id")
        warehouse.append("attribute_claim", claims, key="verdict_id,attribute")
        get_run_logger().info("%d verdicts of %s read", len(read_rows), judge)
        return len(read_rows)
