"""Score the text at once, then embed and compare the vectors, which takes longer."""

from prefect import flow

from tasks import drift, embed, homogeneity, neighbours, score, sum_pairs, verdict, weigh_index
from tasks.adapters import formed, store
from tasks.adapters.settings import home_at
from tasks.domain.plan import EmbeddingPlan


@flow(name="similarity", flow_run_name="similarity")
async def similarity(
    home: str, references: list[str], embedding: EmbeddingPlan, seed: int = 0, lineage: str | None = None
) -> float:
    """Form every likeness anew from the replies in the warehouse; return the seconds that the text scores took.

    Where nothing that they are formed from has changed, all is there: that takes none.
    """
    place = home_at(home)
    with store.writing(place) as warehouse:
        if lineage is not None:
            score.load_lineage(lineage, place)
        key = formed.formed_from(warehouse, references, embedding, seed)
        if formed.is_formed(warehouse, formed.SIMILARITY, key):
            return 0.0
        formed.keep(warehouse, formed.SIMILARITY, None)
        score.score(references, place)
        seconds = sum_pairs.sum_pairs(place)
        homogeneity.homogeneity(seed, place)
        if embedding.enabled:
            embed.embed(embedding, seed, place)
        neighbours.neighbours(embedding.label, place)
        verdict.verdict(embedding.label, place)
        drift.drift(embedding.label, seed, place)
        weigh_index.weigh_index(None, place)
        formed.keep(warehouse, formed.SIMILARITY, formed.formed_from(warehouse, references, embedding, seed))
    return seconds
