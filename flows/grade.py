"""Grade how alike targets' and references' replies are: choose -> (ask -> read) -> score, more where in doubt."""

from typing import Any

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from flows.collect import ask
from tasks import ask_grade, choose_pairs, grade_text, score_similarity
from tasks.adapters import gradings, plans, store
from tasks.adapters.settings import Home, home_at
from tasks.domain.judging.calls import ATTEMPTS
from tasks.domain.judging.grading import Grading, PairReader
from tasks.respond import Means

_runner: Any = ThreadPoolTaskRunner(max_workers=256)


@flow(name="grade", flow_run_name="grade", task_runner=_runner)
async def grade(
    home: str, plan: str | None = None, round_name: str | None = None, references: list[str] | None = None
) -> list[str]:
    """Grade what a plan wants graded, or all replies against `references`; return what went wrong, a line a batch."""
    place = home_at(home)
    grading, means = _wanted(place, (plan, round_name), references or [])
    if grading is None:
        return []
    problems = []
    with store.writing(place):
        for reader in grading.readers:
            choose_pairs.choose_first(grading, reader, place)
            if reader.card is None:
                grade_text.grade_text(grading, reader, place)
                score_similarity.score_similarity(reader.name, grading.seed, place)
            else:
                problems += await _ask_in_rounds(grading, reader, means)
    return problems


def _wanted(place: Home, plan: tuple[str | None, str | None], references: list[str]) -> tuple[Grading | None, Means]:
    """Return what is to be graded, and how to ask judges; apart: no frame of the flow may hold the warehouse."""
    name, round_name = plan
    if name is not None:
        prepared = plans.read(name, round_name)
        grading, wanted = prepared.grading, prepared.plan
        judges = {card.name: card for card in grading.judge_cards} if grading else {}
        return grading, Means(judges, wanted.batch_size, wanted.workers.limits, place)
    with store.writing(place) as warehouse:
        return gradings.recorded(references, warehouse), Means({}, 1, {}, place)


async def _ask_in_rounds(grading: Grading, reader: PairReader, means: Means) -> list[str]:
    """Ask for the first sample, then for more as long as ranks are in doubt; stop where the judge can't be reached."""
    home = means.home
    while True:
        problems = []
        for attempt in range(ATTEMPTS):
            todo = ask_grade.put(grading, reader, attempt, home)
            problems += await ask(todo, means)
            ask_grade.read(reader, attempt, home)
        score_similarity.score_similarity(reader.name, grading.seed, home)
        if problems or not choose_pairs.choose_more(grading, reader, home):
            return problems
