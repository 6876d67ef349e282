"""Benjamini and Hochberg's procedure, by hand and against its definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.stats.multiple_testing import benjamini_hochberg, holm

MAYBE = st.lists(st.none() | st.floats(0, 1), max_size=20)


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.02, 0.04, 0.04, 0.02]),
        ([0.01, None, 0.03], [0.02, None, 0.03]),
        ([0.02, 0.02, 0.02], [0.02, 0.02, 0.02]),
        ([0.5, 0.9], [0.9, 0.9]),
        ([0.04], [0.04]),
        ([None, None], [None, None]),
        ([], []),
        ([0.0, 1.0], [0.0, 1.0]),
    ],
)
def test_by_hand(p_values, adjusted) -> None:
    assert benjamini_hochberg(p_values) == pytest.approx(adjusted)


def test_fifteen_p_values_of_the_article() -> None:
    """Benjamini and Hochberg 1995, section 3.2: at .05 the four smallest are rejected, by Bonferroni's rule three."""
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p_values += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert sum(q <= 0.05 for q in benjamini_hochberg(p_values)) == 4
    assert sum(p <= 0.05 for p in holm(p_values)) == 3


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(bad) -> None:
    with pytest.raises(ValueError, match="p value 1 is"):
        benjamini_hochberg([0.5, bad])


@given(MAYBE, st.floats(0.001, 0.5))
def test_rejects_what_the_procedure_rejects(p_values, alpha) -> None:
    made = sorted(p for p in p_values if p is not None)
    limit = max((p for rank, p in enumerate(made, 1) if p * len(made) / rank <= alpha), default=-1.0)
    for p, q in zip(p_values, benjamini_hochberg(p_values), strict=True):
        assert (p is None) == (q is None)
        if p is not None and q is not None:
            assert (q <= alpha) == (p <= limit)


@given(MAYBE)
def test_never_above_holm_and_in_the_order_of_p(p_values) -> None:
    told = zip(p_values, benjamini_hochberg(p_values), holm(p_values), strict=True)
    made = sorted((p, q, h) for p, q, h in told if p is not None and q is not None and h is not None)
    for p, q, h in made:
        assert p <= q * (1 + 1e-12)
        assert q <= h * (1 + 1e-12)
    assert [q for _, q, _ in made] == sorted(q for _, q, _ in made)


@given(st.lists(st.floats(0, 1), max_size=12), st.data())
def test_order_does_not_matter(p_values, data) -> None:
    order = data.draw(st.permutations(range(len(p_values))))
    adjusted = benjamini_hochberg(p_values)
    assert benjamini_hochberg([p_values[place] for place in order]) == [adjusted[place] for place in order]
