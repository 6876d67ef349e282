"""Pairs of replies -> grades of a judge that reads the text alone."""

from tasks.adapters.prefect import progress
from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import pairs, store
from tasks.domain import registry
from tasks.domain.rse import pair_judges
from tasks.domain.rse.grade_rows import PairGradeKey, graded_row
from tasks.domain.rse.grading import Grading, PlannedJudge
from tasks.domain.rse.pair_judge import ReplyPair, TextPairJudge

CHUNK = 20_000
"""Pairs that are graded and stored together: the most that a killed run loses."""


@task(name="grade by text", task_run_name="grade by {reader.name}", cache_policy=NO_CACHE)
def grade_text(grading: Grading, reader: PlannedJudge, home: Home) -> int:
    """Grade every chosen pair without a grade of a judge that reads the text alone; return the number of pairs."""
    judge: TextPairJudge = registry.load(pair_judges, reader.name)
    with store.writing(home) as warehouse:
        todo = pairs.ungraded_pairs(warehouse, grading, reader)
        if todo.is_empty():
            return 0
        replies, at, title = pairs.texts(warehouse).replies, now(), f"grading by {reader.name}"
        with progress.stage(title, todo.height):
            for chunk in todo.select(pairs.PAIR).iter_slices(CHUNK):
                rows = []
                for target, reference in chunk.iter_rows():
                    grades = judge.grades(ReplyPair(replies[target], replies[reference]))
                    rows.append(graded_row(PairGradeKey(target, reference, reader.name, reader.version, at), grades))
                    progress.advance(title)
                warehouse.append("pair_label", rows)
    get_run_logger().info("%d pairs graded by %s", todo.height, reader.name)
    return todo.height
