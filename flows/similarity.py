"""Score the texts first, then embed and compare the vectors, which takes longer."""

from tasks.adapters.prefect.engine import flow
from tasks.adapters.settings import Home, home_at
from tasks.adapters.warehouse import formed, store, unscored
from tasks.domain.plan import EmbeddingPlan
from tasks.identity import judge_agreement, score_identity
from tasks.rse import score_rse
from tasks.similarity import choose_references, embed, homogeneity, model_equality, neighbours, sum_pairs, verdict


@flow(name="similarity", flow_run_name="similarity")
async def similarity(home: str, references: list[str], embedding: EmbeddingPlan, seed: int = 0) -> float:
    """Compute every similarity and verdict again from the replies; return the seconds that the text scores took.

    Identity probes and grades of pairs without scores, as after a migration, are scored, too. Where their input has
    not changed, the stored scores stay, and the seconds are 0; also where the texts were compared before, and only the
    vectors are new.
    """
    place, seconds = home_at(home), 0.0
    with formed.recomputing(place, formed.SIMILARITY, references, embedding, seed) as is_needed:
        if is_needed:
            with formed.recomputing(place, formed.TEXT, references, seed) as is_text_needed:
                if is_text_needed:
                    _score_unscored(place)
                    choose_references.score(references, place)
                    seconds = sum_pairs.sum_pairs(place)
                    homogeneity.homogeneity(seed, place)
                    model_equality.compare_samples(seed, place)
            if embedding.enabled:
                embed.embed(embedding, seed, place)
            neighbours.neighbours(embedding.label, place)
            verdict.verdict(embedding.label, place)
    return seconds


def _score_unscored(home: Home) -> None:
    with store.writing(home) as warehouse:
        if (identity_seed := unscored.identity(warehouse)) is not None:
            judge_agreement.judge_agreement(home)
            score_identity.score_identity(identity_seed, home)
        for judge, seed in unscored.grades(warehouse):
            score_rse.score_rse(judge, seed, home)
