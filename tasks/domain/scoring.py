"""Options of a scoring of all replies in a warehouse."""

from pydantic import Field

from tasks.domain.card import Strict
from tasks.domain.plan import EmbeddingPlan


class ScoringPlan(Strict):
    """References, grades and lineage files of a scoring of a warehouse."""

    references: tuple[str, ...] = ()
    """Candidate teachers; empty: by the lineage, or every model where there is none."""
    grade_against: tuple[str, ...] = ()
    """References with which the similarity of replies is graded from 1 to 5, from the text alone."""
    lineage: str | None = None
    """Path of a CSV with each model's lineage; None: the recorded lineage."""
    bases: str | None = None
    """Path of a CSV with each model's base; None: the recorded bases."""
    hypotheses: tuple[str, ...] = ()
    """Hypotheses, named before their verdicts are seen, each as TARGET=GROUP."""
    embedding: EmbeddingPlan = Field(default_factory=EmbeddingPlan)
    seed: int = 0

    @property
    def of_text(self) -> "ScoringPlan":
        """The same plan without embedding."""
        return self.model_copy(update={"embedding": self.embedding.model_copy(update={"enabled": False})})

    @property
    def on_record(self) -> "ScoringPlan":
        """The same plan after its files and hypotheses are in the warehouse."""
        return self.model_copy(update={"lineage": None, "bases": None, "hypotheses": ()})
