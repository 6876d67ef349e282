"""Every word of the closed list is reached, at the edges of its thresholds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.verdict.decision import (
    CONFOUNDED,
    FEW_CONTROLS,
    FEW_PROMPTS,
    INDEPENDENT,
    MEANINGS,
    MODERATE,
    NOT_CONCLUSIVE,
    POSITIVE,
    RULED_OUT,
    SAME_MODEL,
    STRONG,
    SUGGESTIVE,
    TAUGHT,
    VERDICTS,
    Evidence,
    decide,
)

CLEAR = Evidence(
    n_prompts=200,
    has_null=True,
    p_target=0.001,
    p_holm=0.002,
    q=0.0015,
    p_candidate=0.0015,
    is_nearest=True,
    is_distinct=True,
    p_at_length=0.002,
    sibling_p=0.01,
    weights_q=0.001,
    embedding_p=0.01,
    degree=0.9,
)
LINEAGE = {"weights_q": None}
ALONE = LINEAGE | {"sibling_p": None}
ABOVE = 0.0500001

CASES = [
    ({}, SAME_MODEL),
    ({"n_prompts": 50}, SAME_MODEL),
    ({"n_prompts": 49}, FEW_PROMPTS),
    ({"n_prompts": 49, "has_null": False}, FEW_PROMPTS),
    ({"has_null": False}, FEW_CONTROLS),
    ({"p_target": None}, FEW_CONTROLS),
    ({"degree": 0.7}, SAME_MODEL),
    ({"degree": 0.6999}, TAUGHT),
    ({"degree": None}, TAUGHT),
    ({"embedding_p": 0.05}, SAME_MODEL),
    ({"embedding_p": ABOVE}, TAUGHT),
    ({"embedding_p": None}, TAUGHT),
    ({"weights_q": ABOVE}, TAUGHT),
    (LINEAGE | {"sibling_p": 0.05}, TAUGHT),
    (LINEAGE | {"sibling_p": ABOVE}, STRONG),
    (ALONE, STRONG),
    (ALONE | {"p_holm": 0.05}, STRONG),
    (ALONE | {"p_holm": ABOVE}, MODERATE),
    (ALONE | {"is_nearest": False}, MODERATE),
    (ALONE | {"q": 0.05, "p_holm": ABOVE}, MODERATE),
    (ALONE | {"q": ABOVE, "p_holm": ABOVE}, SUGGESTIVE),
    (ALONE | {"q": ABOVE, "p_holm": ABOVE, "p_target": ABOVE}, NOT_CONCLUSIVE),
    (ALONE | {"q": ABOVE, "p_holm": ABOVE, "is_nearest": False}, NOT_CONCLUSIVE),
    (ALONE | {"p_candidate": ABOVE, "is_nearest": False}, NOT_CONCLUSIVE),
    (ALONE | {"is_distinct": False, "is_nearest": False}, NOT_CONCLUSIVE),
    (LINEAGE | {"q": ABOVE, "p_holm": ABOVE}, SUGGESTIVE),
    (LINEAGE | {"p_at_length": ABOVE}, CONFOUNDED),
    (LINEAGE | {"p_at_length": None}, CONFOUNDED),
]


@pytest.mark.parametrize(("changed", "verdict"), CASES)
def test_edges(changed, verdict) -> None:
    assert decide(replace(CLEAR, **changed)) == verdict


def test_every_word_is_reached() -> None:
    """But the two that are said of pairs that are no hypotheses."""
    assert {verdict for _, verdict in CASES} | {INDEPENDENT, RULED_OUT} == set(VERDICTS)
    assert set(POSITIVE) < set(VERDICTS)


def test_every_word_says_what_it_does_not_say() -> None:
    nothing = {FEW_CONTROLS, FEW_PROMPTS, RULED_OUT}
    assert {word for word, meaning in MEANINGS.items() if "Not: " not in meaning} == nothing


P = st.none() | st.floats(0, 1)


@given(P, P, P, P, P, P, P, st.none() | st.floats(0, 2), st.booleans(), st.integers(0, 300))
def test_never_positive_without_its_grounds(
    p_target, p_holm, q, p_candidate, p_level, sibling_p, weights_q, degree, is_there, n
) -> None:
    evidence = Evidence(
        n, is_there, p_target, p_holm, q, p_candidate, is_there, is_there, p_level, sibling_p, weights_q, 0.01, degree
    )
    found = decide(evidence)
    assert found in VERDICTS
    if found in POSITIVE:
        assert n >= 50
        assert is_there
    if found in (TAUGHT, STRONG, MODERATE):
        assert max(q, p_candidate, p_level) <= 0.05
    if found == STRONG:
        assert p_holm <= 0.05
    if found == TAUGHT:
        assert sibling_p <= 0.05
    if found == SAME_MODEL:
        assert weights_q <= 0.05
        assert degree >= 0.7
