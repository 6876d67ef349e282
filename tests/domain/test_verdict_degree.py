"""How far a similarity goes to the same model: where 1 is taken from, and the arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.verdict.degree import Ceiling, SelfScore, ceilings, degree


def self_score(samples: float | None, variant: float | None, identical: float, **beside: float | None) -> SelfScore:
    told = {"n_samples": 100, "n_variant": 100, "null_mean": 0.0, "null_sd": 0.1} | beside
    return SelfScore(samples=samples, variant=variant, identical=identical, **told)


OTHERS = {
    "sampled": self_score(samples=0.6, variant=0.5, identical=1.0),
    "varied": self_score(samples=None, variant=0.8, identical=2.0),
    "bare": self_score(samples=None, variant=None, identical=1.5),
}


def test_samples_before_variant_before_typical() -> None:
    found = ceilings(OTHERS)
    assert found["sampled"] == Ceiling(0.6, "samples")
    assert found["varied"] == Ceiling(0.8, "variant")
    # The others reach .6 and .4 of identical replies: .5 of 1.5.
    assert found["bare"].kind == "typical"
    assert found["bare"].prefix_overlap_d == pytest.approx(0.75)


def test_identical_only_where_nobody_has_one() -> None:
    bare = {name: self_score(None, None, score.identical) for name, score in OTHERS.items()}
    assert ceilings(bare) == {name: Ceiling(score.identical, "identical") for name, score in OTHERS.items()}
    assert ceilings({}) == {}


def test_typical_is_the_median() -> None:
    own = {str(i): self_score(share, None, 1.0, null_sd=0.01) for i, share in enumerate((0.2, 0.5, 0.9, 0.4, 0.6))}
    assert ceilings(own | {"bare": self_score(None, None, 3.0)})["bare"].prefix_overlap_d == pytest.approx(1.5)


def test_ceiling_over_a_single_prompt_is_refused() -> None:
    """One yes/no prompt that a set holds twice gives every model a similarity to itself, which says nothing."""
    few = OTHERS | {"sampled": self_score(0.6, 0.5, 1.0, n_samples=1)}
    assert ceilings(few)["sampled"] == Ceiling(0.5, "variant")
    assert ceilings(few | {"sampled": self_score(0.6, None, 1.0, n_samples=19)})["sampled"].kind == "typical"
    assert ceilings(few | {"sampled": self_score(0.6, None, 1.0, n_samples=20)})["sampled"].kind == "samples"


def test_ceiling_among_unrelated_models_is_refused() -> None:
    """A variant that is hardly nearer than chance would make chance look like the same model."""
    near = OTHERS | {"varied": self_score(None, 0.29, 2.0)}
    assert ceilings(near)["varied"] == Ceiling(pytest.approx(0.6 * 2.0), "typical")
    assert ceilings(OTHERS | {"varied": self_score(None, 0.31, 2.0)})["varied"].kind == "variant"
    assert ceilings({"varied": self_score(None, 0.29, 2.0)})["varied"] == Ceiling(2.0, "identical")


def test_without_a_null_nothing_can_be_held_against_a_ceiling() -> None:
    lone = {"sampled": self_score(0.1, None, 1.0, null_mean=None, null_sd=None)}
    assert ceilings(lone)["sampled"] == Ceiling(0.1, "samples")


def test_ends_are_zero_and_one() -> None:
    ceiling = Ceiling(0.9, "samples")
    assert degree(0.1, 0.1, ceiling) == 0.0
    assert degree(0.9, 0.1, ceiling) == pytest.approx(1.0)
    assert degree(0.5, 0.1, ceiling) == pytest.approx(0.5)
    assert degree(-0.1, 0.1, ceiling) == 0.0
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
