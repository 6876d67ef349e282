"""Everything that a plan asks for: collect -> identity -> similarity -> grade -> publish."""

from dataclasses import dataclass

from prefect import flow

from flows.collect import collect
from flows.grade import grade
from flows.identity import identity
from flows.publish import publish
from flows.similarity import similarity
from tasks import prepare, score, weigh_index
from tasks.adapters import plans, store
from tasks.adapters.settings import home_at
from tasks.domain.rows import Finding


@dataclass(frozen=True)
class Evaluated:
    """What a run came to: unanswered batches, findings of the checks, the path of the report."""

    run_id: str
    problems: list[str]
    findings: list[Finding]
    report: str


@flow(name="evaluate", flow_run_name="evaluate {plan}")
async def evaluate(plan: str, round_name: str | None = None, home: str | None = None) -> Evaluated:
    """Run `plan` for a round (default: this ISO week) and return what it came to.

    Started again after any end, it asks only what has no reply yet.
    """
    place = home_at(home)
    prepared = plans.read(plan, round_name)
    plans.check_reachable(prepared, plans.answered(place), place)
    with store.writing(place):
        problems = await collect(plan, prepared.round, str(place.root))
        if prepared.bank is not None:
            problems += await identity(plan, prepared.round, str(place.root))
        embedding, references = prepared.plan.embedding, list(prepared.plan.references)
        score.ask_about([(asked.target, asked.teacher) for asked in prepared.plan.questions], f"plan {plan}", place)
        await similarity(str(place.root), references, embedding, prepared.plan.seed)
        if prepared.grading is not None:
            problems += await grade(str(place.root), plan, prepared.round)
        weigh_index.weigh_index(prepared.plan.index, place)
        prepare.complete(prepared, place)
        findings, report = await publish(str(place.root))
    return Evaluated(prepared.run_id, problems, findings, str(report))
