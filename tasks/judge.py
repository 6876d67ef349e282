"""Identity replies -> verdicts of a judge that needs no model."""

from collections.abc import Mapping

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters import lexicons, progress, store, verdicts
from tasks.adapters.settings import Home, now
from tasks.domain import registry
from tasks.domain.judging import judges
from tasks.domain.judging.verdict_rows import Reading, claim_rows, verdict_row


@task(name="judge", task_run_name="judge by {judge}", cache_policy=NO_CACHE)
def judge_replies(judge: str, home: Home, trials: Mapping[str, str]) -> int:
    """Let a judge that reads the text alone read every reply that it has not read; return how many those were.

    Args:
        judge: its name.
        home: where the replies are.
        trials: columns of `core.trial` and the values that the trials to be read have; empty: all trials.
    """
    reader, lexicon = registry.load(judges, judge), lexicons.read_lexicon()
    with store.writing(home) as warehouse:
        todo = verdicts.unread(warehouse, judge, reader.version, trials)
        known, at = verdicts.identities(warehouse), now()
        read, claims = [], []
        replies = verdicts.judged_replies(warehouse, todo)
        with progress.stage(f"judging by {judge}", len(replies)):
            for reply, (reply_id, target) in zip(replies, todo.select("reply_id", "target").iter_rows(), strict=True):
                found = reader.judge(reply, known[target], lexicon)
                reading = Reading(reply_id, judge, reader.version, 0, at)
                read.append(verdict_row(reading, found))
                claims.extend(claim_rows(reading, found))
                progress.advance(f"judging by {judge}")
        warehouse.append("verdict", read, key="verdict_id")
        warehouse.append("attribute_claim", claims, key="verdict_id,attribute")
        get_run_logger().info("%d replies read by %s", len(read), judge)
        return len(read)
