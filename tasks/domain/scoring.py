"""A scoring of all replies in a warehouse, as somebody asks for it."""

from pydantic import Field

from tasks.domain.card import Strict
from tasks.domain.plan import EmbeddingPlan


class ScoringPlan(Strict):
    """What to compare all replies of a warehouse with, and what is known of their models from files."""

    references: tuple[str, ...] = ()
    """Candidate teachers; empty: as the lineage says, or every model where it says nothing."""
    grade_against: tuple[str, ...] = ()
    """References with which the similarity of replies is graded from 1 to 5, from the text alone."""
    lineage: str | None = None
    """Path of a CSV of what is known of each model; None: what is on record."""
    bases: str | None = None
    """Path of a CSV of what each model was trained from; None: what is on record."""
    hypotheses: tuple[str, ...] = ()
    """Pairs that are asked about before their verdicts are seen, each as TARGET=GROUP."""
    embedding: EmbeddingPlan = Field(default_factory=EmbeddingPlan)
    seed: int = 0

    @property
    def of_text(self) -> "ScoringPlan":
        """The same without embedding."""
        return self.model_copy(update={"embedding": self.embedding.model_copy(update={"enabled": False})})

    @property
    def on_record(self) -> "ScoringPlan":
        """The same once files and hypotheses are in the warehouse."""
        return self.model_copy(update={"lineage": None, "bases": None, "hypotheses": ()})
