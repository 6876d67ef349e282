"""Agreement of answers within a group of questions."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.consistency import Consistency, consistency


def test_by_hand() -> None:
    [found] = consistency(["OpenAI", "Google", "OpenAI", None, "Meta"], ["maker"] * 5)
    assert (found.group, found.n, found.n_missing, found.top_answer, found.top_share) == ("maker", 4, 1, "OpenAI", 0.5)
    # 1/2 x 1 bit + 2 x 1/4 x 2 bits; two further answers over 2 x 4 nats; one pair of six is alike.
    assert found.entropy_bits == pytest.approx(1.5)
    assert found.n_answers_effective == pytest.approx(2**1.5)
    assert found.entropy_corrected_bits == pytest.approx(1.5 + 2 / (8 * log(2)))
    assert found.pair_agreement == pytest.approx(1 / 6)


def test_groups_come_in_order_and_stay_apart() -> None:
    found = consistency(["a", "b", "a", None, "b"], ["x", "x", "a", "empty", "x"])
    assert [row.group for row in found] == ["a", "empty", "x"]
    one, empty, three = found
    assert (one.top_share, one.entropy_bits, one.n_answers_effective, one.pair_agreement) == (1, 0, 1, None)
    assert empty == Consistency("empty", 0, 1)
    assert three.top_answer == "b"


def test_of_equally_common_answers_the_first_in_the_alphabet_is_named() -> None:
    [found] = consistency(["b", "a"], ["x", "x"])
    assert (found.top_answer, found.top_share, found.entropy_bits, found.pair_agreement) == ("a", 0.5, 1, 0)


def test_lengths_must_match() -> None:
    with pytest.raises(ValueError, match="1 answers, but 2 group names"):
        consistency(["a"], ["x", "y"])


@given(st.lists(st.tuples(st.one_of(st.none(), st.sampled_from("abcd")), st.sampled_from("xy"))), st.data())
def test_order_and_bounds(rows, data) -> None:
    def of(rows):
        return consistency([answer for answer, _ in rows], [group for _, group in rows])

    found = of(rows)
    assert found == of(data.draw(st.permutations(rows)))
    for row in found:
        if row.n:
            assert 0.25 <= row.top_share <= 1
            assert 0 <= row.entropy_bits <= 2 + 1e-12
            assert 1 <= row.n_answers_effective <= 4 + 1e-9
            assert row.entropy_bits <= row.entropy_corrected_bits
