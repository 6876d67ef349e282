"""Identity replies -> labels of a judge that needs no model."""

from collections.abc import Mapping

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters.inputs import lexicons
from tasks.adapters.prefect import progress
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import labels, store
from tasks.domain import registry
from tasks.domain.judging import judges
from tasks.domain.judging.label_rows import LabelKey, claim_rows, label_row


@task(name="judge", task_run_name="judge by {judge}", cache_policy=NO_CACHE)
def judge_replies(judge: str, home: Home, probes: Mapping[str, str]) -> int:
    """Let a judge that reads the text alone read every reply that it has not read; return how many those were.

    Args:
        judge: its name.
        home: where the replies are.
        probes: columns of `core.probe` and the values that the probes to be read have; empty: all probes.
    """
    reader, lexicon = registry.load(judges, judge), lexicons.read_lexicon()
    with store.writing(home) as warehouse:
        todo = labels.unlabelled_probes(warehouse, judge, reader.version, probes)
        known, at = labels.identities(warehouse), now()
        read, claims = [], []
        replies = labels.judged_replies(warehouse, todo)
        with progress.stage(f"judging by {judge}", len(replies)):
            for reply, (reply_id, target) in zip(replies, todo.select("reply_id", "target").iter_rows(), strict=True):
                found = reader.judge(reply, known[target], lexicon)
                label_key = LabelKey(reply_id, judge, reader.version, 0, at)
                read.append(label_row(label_key, found))
                claims.extend(claim_rows(label_key, found))
                progress.advance(f"judging by {judge}")
        warehouse.append("judge_label", read)
        warehouse.append("attribute_claim", claims)
        get_run_logger().info("%d replies read by %s", len(read), judge)
        return len(read)
