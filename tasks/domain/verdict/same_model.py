"""Decides whether two models are one and the same, by the test of their samples: `model_equality`."""

from typing import Any

from tasks.domain.stats.model_equality import LEVEL, ModelEquality

SAME = "same model"
NEARLY = "nearly the same"
OTHER = "another model"
OPEN = "not conclusive"
UNTESTED = "too few prompts"

MARGIN = 0.25
"""The distance up to which two models count as one."""

MEANINGS = {
    SAME: "no difference is found, and one of a quarter of a model's similarity to itself is excluded at .95",
    NEARLY: "a difference is found, and is less than a quarter of a model's similarity to itself at .95: other "
    "settings, a quantised or slightly tuned copy",
    OTHER: "a difference is found, and it may be a quarter of a model's similarity to itself or more",
    OPEN: "no difference is found, and too few prompts or samples to exclude one",
    UNTESTED: "fewer than five prompts that both were sampled on twice, or replies that never repeat themselves",
}


def equality(test: ModelEquality, p_holm: float | None) -> str:
    """Return the decision on two models.

    Args:
        test: of their samples.
        p_holm: its p value, corrected over the pairs that were tested; None without a test.
    """
    if p_holm is None or test.distance_high is None:
        return UNTESTED
    is_different, is_near = p_holm <= LEVEL, test.distance_high <= MARGIN
    if is_different:
        return NEARLY if is_near else OTHER
    return SAME if is_near else OPEN


def as_row(left: str, right: str, test: ModelEquality, p_holm: float | None) -> dict[str, Any]:
    """Return the test of two models as columns of `score.model_equality`, those of the run left out."""
    return {
        "left_model": left,
        "right_model": right,
        "equality": equality(test, p_holm),
        "n_prompts": test.n_prompts,
        "distance": test.distance,
        "distance_high": test.distance_high,
        "detectable_distance": test.detectable,
        "p_equality": test.p_value,
        "p_equality_holm": p_holm,
    }
