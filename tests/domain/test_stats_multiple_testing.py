"""Holm's procedure, by hand and against its definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.stats.multiple_testing import holm


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.01, None, 0.03], [0.02, None, 0.03]),
        ([0.02, 0.02, 0.02], [0.06, 0.06, 0.06]),
        ([0.5, 0.9], [1.0, 1.0]),
        ([0.04], [0.04]),
        ([None, None], [None, None]),
        ([], []),
        ([0.0, 1.0], [0.0, 1.0]),
    ],
)
def test_by_hand(p_values, adjusted) -> None:
    assert holm(p_values) == pytest.approx(adjusted)


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(bad) -> None:
    with pytest.raises(ValueError, match="p value 1 is"):
        holm([0.5, bad])


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=20), st.floats(0.001, 0.5))
def test_rejects_what_holm_rejects(p_values, alpha) -> None:
    adjusted = holm(p_values)
    made = sorted(p for p in p_values if p is not None)
    n_rejected = next((rank for rank, p in enumerate(made) if p * (len(made) - rank) > alpha), len(made))
    # Equal p values at the limit are rejected together or not at all.
    limit = made[n_rejected] if n_rejected < len(made) else 2.0
    for p, result in zip(p_values, adjusted, strict=True):
        assert (p is None) == (result is None)
        if p is not None:
            assert p <= result <= 1
            assert (result <= alpha) == (p < limit)


@given(st.lists(st.floats(0, 1), max_size=12), st.data())
def test_order_does_not_matter(p_values, data) -> None:
    order = data.draw(st.permutations(range(len(p_values))))
    adjusted = holm(p_values)
    assert holm([p_values[place] for place in order]) == [adjusted[place] for place in order]
