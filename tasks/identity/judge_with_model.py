"""Identity replies -> calls to a judge model -> labels. The calls are requests like any other: paid for once."""

from collections.abc import Mapping

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters.inputs import lexicons
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import judge_calls, labels, store
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.judging import judges
from tasks.domain.judging.calls import ModelJudge
from tasks.domain.judging.claim import ClaimLabel
from tasks.domain.judging.failures import failed_call_reason
from tasks.domain.judging.label_rows import LabelKey, claim_rows, label_row, unread_row
from tasks.domain.missing_reason import MissingReason
from tasks.domain.rows import Request

NOT_THERE = [reason for reason in MissingReason if reason.is_final]
"""Why a label is missing where nothing is wrong with the judge: asking again would not help."""

Probes = Mapping[str, str]
"""Columns of `core.probe` and the values that the probes to be read have; empty: all probes."""


@task(name="put to judge", task_run_name="put to {judge}, attempt {attempt}", cache_policy=NO_CACHE)
def register_calls(judge: str, card: ModelCard, attempt: int, home: Home, probes: Probes) -> list[Request]:
    """Register the calls that `judge` needs for the replies it has not read, and return those still to be asked."""
    asked = ModelJudge(registry.load(judges, judge), card, lexicons.read_lexicon())
    at = now()
    with store.writing(home) as warehouse:
        todo = _waiting(warehouse, asked, attempt, probes)
        known = labels.identities(warehouse)
        calls, unread = [], []
        for reply, row in zip(labels.judged_replies(warehouse, todo), todo.to_dicts(), strict=True):
            if reason := failed_call_reason(reply.text):
                unread.append(unread_row(LabelKey(row["reply_id"], judge, asked.version, attempt, at), reason))
            else:
                calls.append((row["reply_id"], asked.again(asked.call(reply, known[row["target"]]), attempt)))
        warehouse.append("judge_label", unread)
        return judge_calls.register(warehouse, asked, calls, at)


def _waiting(warehouse: store.Store, asked: ModelJudge, attempt: int, probes: Probes) -> pl.DataFrame:
    """Return the probes to read at this attempt: the unread ones, or those whose first label couldn't be read."""
    if attempt == 0:
        return labels.unlabelled_probes(warehouse, asked.judge.name, asked.version, probes)
    told = warehouse.read("raw.judge_label", judge=asked.judge.name, judge_version=asked.version)
    again = told.filter(pl.col("reply_id").len().over("reply_id") == 1).filter(
        pl.col("missing_reason").is_not_null() & ~pl.col("missing_reason").is_in(NOT_THERE)
    )
    known = warehouse.read("core.probe", **probes).unique("reply_id")
    return known.join(again.select("reply_id"), on="reply_id", how="semi").sort("target", "prompt_id", "reply_id")


@task(name="read judge", task_run_name="read {judge}, attempt {attempt}", cache_policy=NO_CACHE)
def read_answers(judge: str, card: ModelCard, attempt: int, home: Home, probes: Probes) -> int:
    """Read what the judge model answered, and return how many labels are new; one that can't be read is missing."""
    asked, at = ModelJudge(registry.load(judges, judge), card, lexicons.read_lexicon()), now()
    version = asked.version
    with store.writing(home) as warehouse:
        known = labels.identities(warehouse)
        calls = warehouse.read("raw.judge_call", judge=judge, judge_version=version, attempt=attempt)
        targets = warehouse.read_distinct("core.probe", ["reply_id", "target"], **probes)
        done = warehouse.read("raw.judge_label", judge=judge, judge_version=version, attempt=attempt)
        waiting = calls.join(done, on="reply_id", how="anti").join(targets, on="reply_id").sort("reply_id")
        answers = judge_calls.answers(warehouse, waiting["request_id"].to_list())
        read_rows, claims = [], []
        for request_id, reply_id, target in waiting.select("request_id", "reply_id", "target").iter_rows():
            label_key = LabelKey(reply_id, judge, version, attempt, at)
            told = asked.told(answers[request_id], known[target])
            if isinstance(told, ClaimLabel):
                read_rows.append(label_row(label_key, told))
                claims.extend(claim_rows(label_key, told))
            elif told is not None:
                read_rows.append(unread_row(label_key, told))
        warehouse.append("judge_label", read_rows)
        warehouse.append("attribute_claim", claims)
        get_run_logger().info("%d labels of %s read", len(read_rows), judge)
        return len(read_rows)
