"""How far a likeness goes to the same model: where 1 is taken from, and the arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.verdict.degree import Ceiling, SelfScore, ceilings, degree

OTHERS = {
    "sampled": SelfScore(samples=0.6, variant=0.5, identical=1.0),
    "varied": SelfScore(samples=None, variant=0.8, identical=2.0),
    "bare": SelfScore(samples=None, variant=None, identical=1.5),
}


def test_samples_before_variant_before_typical() -> None:
    found = ceilings(OTHERS)
    assert found["sampled"] == Ceiling(0.6, "samples")
    assert found["varied"] == Ceiling(0.8, "variant")
    # The others reach .6 and .4 of identical replies: .5 of 1.5.
    assert found["bare"].kind == "typical"
    assert found["bare"].opening_d == pytest.approx(0.75)


def test_identical_only_where_nobody_has_one() -> None:
    bare = {name: SelfScore(None, None, score.identical) for name, score in OTHERS.items()}
    assert ceilings(bare) == {name: Ceiling(score.identical, "identical") for name, score in OTHERS.items()}
    assert ceilings({}) == {}


def test_typical_is_the_median() -> None:
    own = {str(i): SelfScore(share, None, 1.0) for i, share in enumerate((0.2, 0.5, 0.9, 0.4, 0.6))}
    assert ceilings(own | {"bare": SelfScore(None, None, 3.0)})["bare"].opening_d == pytest.approx(1.5)


def test_ends_are_zero_and_one() -> None:
    ceiling = Ceiling(0.9, "samples")
    assert degree(0.1, 0.1, ceiling) == 0.0
    assert degree(0.9, 0.1, ceiling) == pytest.approx(1.0)
    assert degree(0.5, 0.1, ceiling) == pytest.approx(0.5)
    assert degree(-0.1, 0.1, ceiling) == pytest.approx(-0.25)
    assert degree(1.3, 0.1, ceiling) == pytest.approx(1.5)


def test_missing_is_not_zero() -> None:
    assert degree(None, 0.1, Ceiling(0.9, "samples")) is None
    assert degree(0.5, 0.1, None) is None
    assert degree(0.5, 0.1, Ceiling(0.1, "samples")) is None
    assert degree(0.5, 0.1, Ceiling(0.05, "samples")) is None


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 0), st.floats(0.01, 2))
def test_degree_rises_with_the_score(one, other, null_mean, ceiling_d) -> None:
    low, high = sorted((one, other))
    below, above = (degree(d, null_mean, Ceiling(ceiling_d, "typical")) for d in (low, high))
    assert below is not None
    assert above is not None
    assert below <= above
