"""Everything that a plan asks for: collect -> identity -> similarity -> grade -> publish."""

from dataclasses import dataclass

from prefect import flow, tags
from prefect.context import SyncClientContext
from prefect.runtime import flow_run

from flows.collect import collect
from flows.grade import grade
from flows.identity import identity
from flows.publish import publish
from flows.similarity import similarity
from tasks import announce_drift, drift, prepare, score, tell, weigh_index
from tasks.adapters import as_given, call_limits, plans, store, workers
from tasks.adapters.settings import home_at
from tasks.domain.errors import Unanswered
from tasks.domain.rows import Finding


@dataclass(frozen=True)
class Evaluated:
    """What a run came to: unanswered batches, findings of the checks, the path of the report."""

    run_id: str
    problems: list[str]
    findings: list[Finding]
    report: str


def _title() -> str:
    given = flow_run.parameters
    return f"evaluate {given['plan']} {given['round_name'] or 'this week'}"


@flow(name="evaluate", flow_run_name=_title)
async def evaluate(
    plan: str, round_name: str | None = None, home: str | None = None, must_be_whole: bool = False
) -> Evaluated:
    """Run a plan for a round and return what it came to. Started again, it asks only what has no reply yet.

    Args:
        plan: a plan of data/plans, or the path of one that ends in .toml.
        round_name: such as 2026-W48; left out, this ISO week.
        home: the folder of everything that is written; left out, data/out.
        must_be_whole: end as failed where replies are missing, after all that there is has been published.

    Raises:
        Unanswered: replies are missing and `must_be_whole`.
    """
    place = home_at(home)
    prepared = plans.foreseen(plans.read(plan, round_name), place)
    answered = plans.answered(place)
    plans.check_reachable(prepared, answered, place)
    call_limits.check(prepared.plan, plans.asked_cards(prepared, answered))
    with (
        tags(f"plan {prepared.plan.name}", f"round {prepared.round}"),
        store.writing(place),
        workers.options(prepared.plan.workers, place) as where,
        SyncClientContext.get_or_create(),  # One client for all tasks: each makes its own otherwise, in 50 ms.
    ):
        tell.tell_plan(as_given.as_given(prepared), as_given.as_given(answered))
        problems = await collect.with_options(**where)(plan, prepared.round, str(place.root))
        if prepared.bank is not None:
            problems += await identity.with_options(**where)(plan, prepared.round, str(place.root))
        embedding, references = prepared.plan.embedding, list(prepared.plan.references)
        score.ask_about([(asked.target, asked.teacher) for asked in prepared.plan.questions], f"plan {plan}", place)
        await similarity.with_options(**where)(str(place.root), references, embedding, prepared.plan.seed)
        if prepared.grading is not None:
            problems += await grade.with_options(**where)(str(place.root), plan, prepared.round)
            drift.drift(embedding.label, prepared.plan.seed, place)
        weigh_index.weigh_index(prepared.plan.index, place)
        announce_drift.announce_drift(as_given.as_given(prepared), place)
        prepare.complete(as_given.as_given(prepared), place)
        findings, report = await publish(str(place.root))
        tell.tell_coverage(prepared.plan.name, prepared.round, problems, place)
    if problems and must_be_whole:
        raise Unanswered(problems, where=f"plan {plan}, round {prepared.round}")
    return Evaluated(prepared.run_id, problems, findings, str(report))
