"""Every word of the closed list is reached, at the edges of its thresholds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.verdict.decision import (
    CONFOUNDED,
    FEW_CONTROLS,
    FEW_PROMPTS,
    MODERATE,
    NO_EVIDENCE,
    POSITIVE,
    SAME_MODEL,
    STRONG,
    VERDICTS,
    Evidence,
    decide,
)

CLEAR = Evidence(
    n_prompts=200,
    is_null_sufficient=True,
    p_holm=0.001,
    q=0.0005,
    p_holm_at_length=0.002,
    q_at_length=0.001,
    embedding_p=0.01,
    degree=0.9,
)
ABOVE = 0.0500001

CASES = [
    ({}, SAME_MODEL),
    ({"n_prompts": 50}, SAME_MODEL),
    ({"n_prompts": 49}, FEW_PROMPTS),
    ({"n_prompts": 49, "is_null_sufficient": False}, FEW_PROMPTS),
    ({"is_null_sufficient": False}, FEW_CONTROLS),
    ({"p_holm": None}, FEW_CONTROLS),
    ({"degree": 0.7}, SAME_MODEL),
    ({"degree": 0.6999}, STRONG),
    ({"degree": None}, STRONG),
    ({"embedding_p": 0.05}, SAME_MODEL),
    ({"embedding_p": ABOVE}, STRONG),
    ({"embedding_p": None}, STRONG),
    ({"p_holm": 0.05}, SAME_MODEL),
    ({"p_holm": ABOVE}, MODERATE),
    ({"p_holm": ABOVE, "q": 0.05}, MODERATE),
    ({"p_holm": ABOVE, "q": ABOVE}, NO_EVIDENCE),
    ({"p_holm": ABOVE, "q": None}, NO_EVIDENCE),
    ({"p_holm": 1.0, "q": 1.0, "p_holm_at_length": 0.0, "q_at_length": 0.0}, NO_EVIDENCE),
    ({"p_holm_at_length": ABOVE, "q_at_length": ABOVE}, CONFOUNDED),
    ({"p_holm_at_length": None, "q_at_length": None}, CONFOUNDED),
    ({"p_holm": ABOVE, "p_holm_at_length": ABOVE, "q_at_length": ABOVE}, CONFOUNDED),
    ({"p_holm_at_length": ABOVE, "q_at_length": 0.05}, SAME_MODEL),
    ({"p_holm_at_length": 0.05, "q_at_length": ABOVE}, SAME_MODEL),
]


@pytest.mark.parametrize(("changed", "verdict"), CASES)
def test_edges(changed, verdict) -> None:
    assert decide(replace(CLEAR, **changed)) == verdict


def test_every_word_is_reached() -> None:
    assert {verdict for _, verdict in CASES} == set(VERDICTS)
    assert set(POSITIVE) < set(VERDICTS)


P = st.none() | st.floats(0, 1)


@given(P, P, P, P, P, st.none() | st.floats(-1, 2), st.booleans(), st.integers(0, 300))
def test_never_positive_without_its_grounds(p_holm, q, p_level, q_level, embedding_p, degree, is_enough, n) -> None:
    found = decide(Evidence(n, is_enough, p_holm, q, p_level, q_level, embedding_p, degree))
    assert found in VERDICTS
    if found in POSITIVE:
        assert n >= 50
        assert is_enough
        assert min(p for p in (p_holm, q) if p is not None) <= 0.05
        assert min(p for p in (p_level, q_level) if p is not None) <= 0.05
    if found in (STRONG, SAME_MODEL):
        assert p_holm is not None
        assert p_holm <= 0.05
