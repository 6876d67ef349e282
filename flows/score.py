"""Compare all replies of a warehouse: similarity -> grade -> drift -> publish. Calls no model."""

from flows.grade import grade
from flows.publish import publish
from flows.similarity import similarity
from tasks.adapters.planning import scorings
from tasks.adapters.prefect.engine import flow
from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import store
from tasks.domain.outcomes import Scored
from tasks.domain.scoring import ScoringPlan
from tasks.publish import publish_artifacts, set_index_weights
from tasks.rounds import drift


@flow(name="score", flow_run_name="score")
async def score(wanted: ScoringPlan | None = None, home: str | None = None) -> Scored:
    """Compare all replies of the warehouse and publish the results; they stay where nothing has changed.

    Args:
        wanted: references, lineage files, embedding, and gradings; left out, all defaults.
        home: the folder of all written files; left out, data/out.
    """
    place, wanted = home_at(home), wanted or ScoringPlan()
    scorings.register(wanted, place)
    references, embedding, seed = list(wanted.references), wanted.embedding, wanted.seed
    with store.writing(place):
        set_index_weights.set_index_weights(None, place)
        seconds = await similarity(str(place.root), references, embedding, seed)
        if wanted.grade_against:
            await grade(home=str(place.root), references=list(wanted.grade_against))
        drift.drift_where_changed(references, embedding, seed, place)
        findings, _ = await publish(str(place.root), with_report=False, with_artifact=False)
        publish_artifacts.publish_leaderboard(findings, None, place)
    return Scored(seconds, findings)
