"""The verdict on one target and one candidate teacher, in words from a closed list."""

from dataclasses import dataclass

SAME_MODEL = "same model or fine-tune"
STRONG = "shares lineage (strong)"
MODERATE = "shares lineage (moderate)"
NO_EVIDENCE = "no evidence"
CONFOUNDED = "confounded"
FEW_CONTROLS = "insufficient controls"
FEW_PROMPTS = "insufficient prompts"

VERDICTS = (SAME_MODEL, STRONG, MODERATE, CONFOUNDED, NO_EVIDENCE, FEW_CONTROLS, FEW_PROMPTS)
POSITIVE = (SAME_MODEL, STRONG, MODERATE)

LEVEL = 0.05
LEAST_PROMPTS = 50
SAME_MODEL_DEGREE = 0.7
"""From this degree on, with both channels significant: variants of one model reached 1, students of it up to .74."""


@dataclass(frozen=True)
class Evidence:
    """What the verdict rests on.

    `p_holm`: over all pairs of the run. `q`: the share of false discoveries among all pairs this strong
    (Benjamini and Hochberg). `*_at_length`: the same after what closeness of length explains is taken off.
    `embedding_p`: of the embedding channel for this pair alone, closeness of length taken off.
    """

    n_prompts: int
    is_null_sufficient: bool
    p_holm: float | None
    q: float | None
    p_holm_at_length: float | None
    q_at_length: float | None
    embedding_p: float | None
    degree: float | None


def decide(evidence: Evidence) -> str:
    """Return the verdict.

    Strong: Holm's p over all pairs of the run at most .05, so the chance of any false one in the run is at most .05.
    Moderate: q at most .05, so at most one in twenty such findings of the run is expected to be false; where no pair of
    the run is related that, too, is a chance of .05 for any. Confounded: one of both, but neither at equal length.
    """
    if evidence.n_prompts < LEAST_PROMPTS:
        return FEW_PROMPTS
    if not evidence.is_null_sufficient or evidence.p_holm is None:
        return FEW_CONTROLS
    is_strong, is_moderate = evidence.p_holm <= LEVEL, _is_low(evidence.q)
    if not is_strong and not is_moderate:
        return NO_EVIDENCE
    if not _is_low(evidence.p_holm_at_length) and not _is_low(evidence.q_at_length):
        return CONFOUNDED
    if not is_strong:
        return MODERATE
    # The pair has passed the test over the whole run: which of the two words fits it is a question about it alone.
    is_same = _is_low(evidence.embedding_p) and evidence.degree is not None and evidence.degree >= SAME_MODEL_DEGREE
    return SAME_MODEL if is_same else STRONG


def _is_low(p: float | None) -> bool:
    return p is not None and p <= LEVEL
