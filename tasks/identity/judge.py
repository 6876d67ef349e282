"""Identity replies -> labels of a judge that needs no model."""

from collections.abc import Mapping

from tasks.adapters.inputs import lexicons
from tasks.adapters.prefect import progress
from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import labels, store
from tasks.domain import registry
from tasks.domain.judging import judges
from tasks.domain.judging.claim_judge import TextClaimJudge
from tasks.domain.judging.label_rows import LabelKey, claim_rows, label_row


@task(name="judge", task_run_name="judge by {judge}", cache_policy=NO_CACHE)
def judge_replies(judge: str, home: Home, probes: Mapping[str, str]) -> int:
    """Label every reply that a judge of the text alone has not labelled; return the number of new labels.

    Args:
        judge: its name.
        home: the home of the warehouse.
        probes: columns of `core.probe` and the values that select probes; empty: all probes.
    """
    reader: TextClaimJudge = registry.load(judges, judge)
    lexicon = lexicons.read_lexicon()
    with store.writing(home) as warehouse:
        todo = labels.unlabelled_probes(warehouse, judge, reader.version, probes)
        identities, at = labels.identities(warehouse), now()
        label_rows, claims = [], []
        replies = labels.judged_replies(warehouse, todo)
        with progress.stage(f"judging by {judge}", len(replies)):
            for reply, (reply_id, target) in zip(replies, todo.select("reply_id", "target").iter_rows(), strict=True):
                label = reader.judge(reply, identities[target], lexicon)
                label_key = LabelKey(reply_id, judge, reader.version, 0, at)
                label_rows.append(label_row(label_key, label))
                claims.extend(claim_rows(label_key, label))
                progress.advance(f"judging by {judge}")
        warehouse.append("judge_label", label_rows)
        warehouse.append("attribute_claim", claims)
        get_run_logger().info("%d replies read by %s", len(label_rows), judge)
        return len(label_rows)
