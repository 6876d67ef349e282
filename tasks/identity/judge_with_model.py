"""Identity replies -> calls to a judge model -> labels. The calls are requests like any other: paid for once."""

from collections.abc import Mapping

import polars as pl

from tasks.adapters.inputs import lexicons
from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import judge_calls, labels, store
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.judging import judges
from tasks.domain.judging.calls import ModelJudge
from tasks.domain.judging.claim import ClaimLabel
from tasks.domain.judging.failures import failed_call_reason
from tasks.domain.judging.label_rows import LabelKey, claim_rows, label_row, missing_label_row
from tasks.domain.missing_reason import MissingReason
from tasks.domain.rows import Request

NOT_THERE = [reason for reason in MissingReason if reason.is_final]
"""Missing reasons of labels that no second call of the judge can change."""

Probes = Mapping[str, str]
"""Columns of `core.probe` and the values that select probes; empty: all probes."""


@task(name="register judge calls", task_run_name="register calls of {judge}, attempt {attempt}", cache_policy=NO_CACHE)
def register_calls(judge: str, card: ModelCard, attempt: int, home: Home, probes: Probes) -> list[Request]:
    """Register the calls of `judge` for the replies without its label; return those without an answer."""
    model_judge = ModelJudge(registry.load(judges, judge), card, lexicons.read_lexicon())
    at = now()
    with store.writing(home) as warehouse:
        todo = _probes_to_label(warehouse, model_judge, attempt, probes)
        identities = labels.identities(warehouse)
        calls, unread = [], []
        for reply, row in zip(labels.judged_replies(warehouse, todo), todo.to_dicts(), strict=True):
            if reason := failed_call_reason(reply.text):
                unread.append(
                    missing_label_row(LabelKey(row["reply_id"], judge, model_judge.version, attempt, at), reason)
                )
            else:
                calls.append(
                    (
                        row["reply_id"],
                        model_judge.with_attempt(model_judge.call(reply, identities[row["target"]]), attempt),
                    )
                )
        warehouse.append("judge_label", unread)
        return judge_calls.register(warehouse, model_judge, calls, at)


def _probes_to_label(warehouse: store.Store, model_judge: ModelJudge, attempt: int, probes: Probes) -> pl.DataFrame:
    """Return the probes to label at this attempt: those without a label, or with an unreadable first one."""
    if attempt == 0:
        return labels.unlabelled_probes(warehouse, model_judge.judge.name, model_judge.version, probes)
    labelled = warehouse.read("raw.judge_label", judge=model_judge.judge.name, judge_version=model_judge.version)
    again = labelled.filter(pl.col("reply_id").len().over("reply_id") == 1).filter(
        pl.col("missing_reason").is_not_null() & ~pl.col("missing_reason").is_in(NOT_THERE)
    )
    probes_by_reply = warehouse.read("core.probe", **probes).unique("reply_id")
    return probes_by_reply.join(again.select("reply_id"), on="reply_id", how="semi").sort(
        "target", "prompt_id", "reply_id"
    )


@task(name="read judge", task_run_name="read {judge}, attempt {attempt}", cache_policy=NO_CACHE)
def read_answers(judge: str, card: ModelCard, attempt: int, home: Home, probes: Probes) -> int:
    """Read the answers of the judge model, and return the number of new labels; one that can't be read is missing."""
    model_judge, at = ModelJudge(registry.load(judges, judge), card, lexicons.read_lexicon()), now()
    version = model_judge.version
    with store.writing(home) as warehouse:
        identities = labels.identities(warehouse)
        calls = warehouse.read("raw.judge_call", judge=judge, judge_version=version, attempt=attempt)
        targets = warehouse.read_distinct("core.probe", ["reply_id", "target"], **probes)
        done = warehouse.read("raw.judge_label", judge=judge, judge_version=version, attempt=attempt)
        waiting = calls.join(done, on="reply_id", how="anti").join(targets, on="reply_id").sort("reply_id")
        answers = judge_calls.answers(warehouse, waiting["request_id"].to_list())
        label_rows, claims = [], []
        for request_id, reply_id, target in waiting.select("request_id", "reply_id", "target").iter_rows():
            label_key = LabelKey(reply_id, judge, version, attempt, at)
            label = model_judge.label_of_answer(answers[request_id], identities[target])
            if isinstance(label, ClaimLabel):
                label_rows.append(label_row(label_key, label))
                claims.extend(claim_rows(label_key, label))
            elif label is not None:
                label_rows.append(missing_label_row(label_key, label))
        warehouse.append("judge_label", label_rows)
        warehouse.append("attribute_claim", claims)
        get_run_logger().info("%d labels of %s read", len(label_rows), judge)
        return len(label_rows)
