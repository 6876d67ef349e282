"""The verdict on one target and one candidate teacher, from a closed list; each meaning names its limits."""

from collections.abc import Mapping
from dataclasses import dataclass

SAME_MODEL = "same model or fine-tune"
TAUGHT = "taught by"
STRONG = "shares lineage (strong)"
MODERATE = "shares lineage (moderate)"
SUGGESTIVE = "suggestive"
CONFOUNDED = "confounded"
NOT_CONCLUSIVE = "not conclusive"
FEW_CONTROLS = "insufficient controls"
FEW_PROMPTS = "insufficient prompts"
INDEPENDENT = "documented as independent"
RULED_OUT = "ruled out beforehand"

MEANINGS: Mapping[str, str] = {
    SAME_MODEL: "First words and embeddings are as near as two samples of one model. Not: which of the two came first.",
    TAUGHT: "Nearer to this vendor than unrelated models are, and than models of the same base that had another "
    "teacher or none. Not: that no other teacher took part, nor which snapshot it was.",
    STRONG: "Nearer to this vendor than unrelated models are; the chance of any false one in the run is at most .05. "
    "Not: who learned from whom, nor that no third model taught both.",
    MODERATE: "As above; of all findings this sure one in twenty may be false. Not: who learned from whom.",
    SUGGESTIVE: "The nearest vendor, with p at most .05 if this target alone had been asked about, and not after "
    "correction for all targets. Not: a finding.",
    CONFOUNDED: "Near, but no nearer than its length explains. Not: a finding.",
    NOT_CONCLUSIVE: "Tested, and nothing that chance does not give. Not: proof that it learned from nobody here.",
    FEW_CONTROLS: "Too few unrelated models to tell what chance gives. Nothing is said.",
    FEW_PROMPTS: "Too few prompts that both answered. Nothing is said.",
    INDEPENDENT: "Serves as a control, so no hypothesis is tested about it; p is for looking. Not: proof "
    "that it learned from nobody.",
    RULED_OUT: "Released after the target, or made from it: it can't be its teacher. Not tested.",
}
"""Every verdict with its meaning, and what it does not claim."""

VERDICTS = tuple(MEANINGS)
POSITIVE = (SAME_MODEL, TAUGHT, STRONG, MODERATE)
"""The verdicts of shared lineage, the surest first."""

LEVEL = 0.05
LEAST_PROMPTS = 50
SAME_MODEL_DEGREE = 0.7
"""From this degree on, with both channels significant: variants of one model reached 1, students of it up to .74."""


@dataclass(frozen=True)
class Evidence:
    """The evidence for the verdict on one pair; None where there is no test.

    `p_candidate`: of the candidate within its target's hypotheses, after correction, as scaled for called targets.
    `p_target`, `p_holm`, `q`: of the target's whole family of hypotheses: alone, and over targets. `is_nearest`: the
    candidate's vendor is the target's best, and this group its nearest. `is_distinct`: this group is the nearest of its
    vendor, or has a small p of its own. `p_at_length`: as `p_target`, at equal length. `sibling_p`: against models of
    the same base. `weights_q`, `embedding_p`: of the test for shared weights, and of embeddings alone.
    """

    n_prompts: int
    has_null: bool
    p_target: float | None = None
    p_holm: float | None = None
    q: float | None = None
    p_candidate: float | None = None
    is_nearest: bool = False
    is_distinct: bool = False
    p_at_length: float | None = None
    sibling_p: float | None = None
    weights_q: float | None = None
    embedding_p: float | None = None
    degree: float | None = None


def decide(evidence: Evidence) -> str:
    """Return the verdict on a pair that is a hypothesis.

    Strong: Holm's p over targets at most .05. Moderate: q over targets at most .05. Either needs the candidate to be
    called within its target, and to hold at equal length. Taught by: either, and nearer than its siblings, both at
    .05: for two conditions that must both hold no correction is lost (Berger, Technometrics 1982, 24, 295-300).
    """
    if evidence.n_prompts < LEAST_PROMPTS:
        return FEW_PROMPTS
    if not evidence.has_null or evidence.p_target is None:
        return FEW_CONTROLS
    is_copy = evidence.degree is not None and evidence.degree >= SAME_MODEL_DEGREE
    if is_copy and _is_low(evidence.weights_q) and _is_low(evidence.embedding_p):
        return SAME_MODEL
    is_called = _is_low(evidence.q) and _is_low(evidence.p_candidate) and evidence.is_distinct
    if not is_called:
        return SUGGESTIVE if evidence.is_nearest and _is_low(evidence.p_target) else NOT_CONCLUSIVE
    if not _is_low(evidence.p_at_length):
        return CONFOUNDED
    if _is_low(evidence.sibling_p):
        return TAUGHT
    return STRONG if evidence.is_nearest and _is_low(evidence.p_holm) else MODERATE


def _is_low(p: float | None) -> bool:
    return p is not None and p <= LEVEL
