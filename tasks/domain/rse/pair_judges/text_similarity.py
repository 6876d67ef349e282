"""A judge of similarity that reads the text alone: no model, no vectors, nothing fitted."""

from dataclasses import dataclass
from functools import lru_cache

from tasks.domain.rse.pair_judge import HIGHEST, LOWEST, PairGrades, ReplyPair, TextPairJudge
from tasks.domain.similarity import aspects

profile = lru_cache(maxsize=512)(aspects.profile)
"""A reply is compared with many others in a row."""


@dataclass(frozen=True)
class TextSimilarity:
    """Each aspect's similarity s, 0 to 1 (see `similarity.aspects`), as the grade 1 + 4 s.

    Equal replies get 5 exactly, replies that share nothing 1. The scale is the paper's, its marks are not: judge models
    grade the same replies higher. Grades of different judges do not compare, their orders do.
    """

    name: str = "text_similarity"
    version: str = "1.0.0"

    def grades(self, pair: ReplyPair) -> PairGrades:
        """Return how alike the two replies are; the order of the two changes nothing."""
        similarity = aspects.compare_profiles(profile(pair.first), profile(pair.second))
        return PairGrades(_on_scale(similarity.style), _on_scale(similarity.structure), _on_scale(similarity.content))


def _on_scale(share: float) -> float:
    return LOWEST + (HIGHEST - LOWEST) * share


TEXT_SIMILARITY: TextPairJudge = TextSimilarity()
