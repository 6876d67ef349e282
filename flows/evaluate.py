"""All steps of a plan: collect -> identity -> similarity -> grade -> publish."""

from prefect import tags
from prefect.context import SyncClientContext
from prefect.runtime import flow_run

from flows.collect import collect
from flows.grade import grade
from flows.identity import identity
from flows.publish import publish
from flows.similarity import similarity
from tasks.adapters.planning import budgets, kept_plans, plans
from tasks.adapters.prefect import as_given, call_limits, workers
from tasks.adapters.prefect.engine import flow
from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import formed, store
from tasks.collect import register_plan
from tasks.domain.errors import Unanswered
from tasks.domain.outcomes import Evaluated
from tasks.publish import publish_artifacts, set_index_weights
from tasks.rounds import alert_drift, drift
from tasks.similarity import choose_references


def _title() -> str:
    parameters = flow_run.parameters
    return f"evaluate {parameters['plan']} {parameters['round_name'] or 'this week'}"


@flow(name="evaluate", flow_run_name=_title)
async def evaluate(
    plan: str,
    round_name: str | None = None,
    home: str | None = None,
    must_be_whole: bool = False,
    prepared_id: str | None = None,
) -> Evaluated:
    """Run a plan for a round and return its outcome. Started again, it sends only requests without a reply.

    Args:
        plan: a plan of data/plans, or the path of one that ends in .toml.
        round_name: such as 2026-W48; left out, this ISO week.
        home: the folder of all written files; left out, data/out.
        must_be_whole: end as failed where replies are missing, after all results have been published.
        prepared_id: id of the plan that is stored in the home; left out, it is prepared again, and stored for subflows.

    Raises:
        Unanswered: replies are missing and `must_be_whole`.
    """
    place = home_at(home)
    fresh = kept_plans.prepared(plan, round_name, place, prepared_id)
    prepared, answered = plans.reuse_published_rounds(fresh, place), plans.answered(place)
    plans.require_reachable(prepared, answered, place)
    budgets.require_plan(prepared, answered)
    call_limits.require_limits(prepared.plan, plans.cards_to_call(prepared, answered))
    with (
        tags(f"plan {prepared.plan.name}", f"round {prepared.round}"),
        store.writing(place),
        budgets.of_plan(place, prepared),
        workers.options(prepared.plan.workers, place) as options,
        SyncClientContext.get_or_create(),  # One client for all tasks: otherwise each creates its own, in 50 ms.
    ):
        prepared_id = kept_plans.store_plan(fresh, place)
        arguments = (plan, prepared.round, str(place.root), prepared_id)
        publish_artifacts.publish_plan(as_given.as_given(prepared), as_given.as_given(answered))
        problems = await collect.with_options(**options)(*arguments)
        if prepared.bank is not None:
            problems += await identity.with_options(**options)(*arguments)
        embedding, references = prepared.plan.embedding, list(prepared.plan.references)
        choose_references.register_hypotheses(
            [(hypothesis.target, hypothesis.teacher) for hypothesis in prepared.plan.hypotheses], f"plan {plan}", place
        )
        set_index_weights.set_index_weights(prepared.plan.index, place)
        await similarity.with_options(**options)(str(place.root), references, embedding, prepared.plan.seed)
        if prepared.grading is not None:
            problems += await grade.with_options(**options)(*arguments)
        drift.drift_where_changed(references, embedding, prepared.plan.seed, place)
        alert_drift.alert_drift(as_given.as_given(prepared), place)
        register_plan.complete(as_given.as_given(prepared), place)
        findings, report = await publish(str(place.root), with_artifact=False)
        publish_artifacts.publish_leaderboard(findings, report, place)
        publish_artifacts.publish_coverage(prepared.plan.name, prepared.round, problems, place)
        if not problems:
            formed.record_plan(place, prepared_id)
    if problems and must_be_whole:
        raise Unanswered(problems, where=f"plan {plan}, round {prepared.round}")
    return Evaluated(prepared.run_id, problems, findings, str(report))
