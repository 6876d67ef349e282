"""Which rounds compare, and what is compared between them."""

import numpy as np
import pytest

from tasks.domain.drift import measures
from tasks.domain.drift.features import WIDTH, style_vectors
from tasks.domain.drift.measures import Cell, Pair
from tasks.domain.drift.rounds import ModelRound, comparison


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def rounds(*recipes: str) -> list[ModelRound]:
    return [ModelRound("m", f"R{n}", frozenset(recipe), f"card-{n}") for n, recipe in enumerate(recipes)]


def test_last_round_of_the_same_recipe_compares() -> None:
    found = comparison(rounds("a", "a", "b", "a"))
    assert found is not None
    assert found.before is not None
    assert (found.before.round, found.preceding.round, found.after.round) == ("R1", "R2", "R3")
    assert found.is_recipe_changed
    assert found.is_card_changed
    plain = comparison(rounds("a", "ab"))
    assert plain is not None
    assert not plain.is_recipe_changed


def test_new_recipe_compares_with_nothing_and_is_told() -> None:
    found = comparison(rounds("a", "b"))
    assert found is not None
    assert (found.before, found.is_recipe_changed, found.is_card_changed) == (None, True, False)
    # Rounds from before recipes were kept by model.
    assert comparison(rounds("", ""))
    assert comparison(rounds("a")) is None


def test_writing_is_told_apart_and_topics_are_not() -> None:
    plain, topic, other = style_vectors(
        ["The kettle is on the table.", "The sparrow is on the branch.", "- **Kettle!**\n- Table? Surely... yes :)"]
    )
    assert plain.shape == (5 * WIDTH,)
    parts = plain.reshape(5, WIDTH)
    assert np.linalg.norm(parts, axis=1) == pytest.approx(1.0)
    assert np.linalg.norm(plain - topic) < np.linalg.norm(plain - other)
    assert style_vectors(["", "\ud800"]).shape == (2, 5 * WIDTH)
    assert style_vectors([]).shape == (0, 5 * WIDTH)


def test_identical_share_counts_where_temperature_is_zero() -> None:
    pairs = [Pair("p", "a", "a", 0.0), Pair("q", "a", "b", 0.0), Pair("r", "a", "b", 1.0), Pair("s", "a", "a")]
    found = measures.identical_share(pairs)
    assert found is not None
    assert (found.n, found.value_after) == (2, 0.5)
    assert measures.identical_share(pairs[2:]) is None


def test_own_prefix_overlap_stands_beside_that_within_rounds() -> None:
    before = {"p": [[1, 2], [1, 2]], "q": [[5], [5]], "only-before": [[1], [1]]}
    after = {"p": [[1, 2], [1, 2]], "q": [[6], [6]]}
    found = measures.own_prefix_overlap(before, after, rng())
    assert found is not None
    both, one = np.log(3), np.log(2)
    assert (found.n, found.p) == (2, None)
    assert (found.value_before, found.value_after) == pytest.approx(((both + one) / 2, both / 2))
    assert measures.own_prefix_overlap({"p": [[1]]}, {"p": [[1]]}, rng()) is None


def test_nearest_over_both_rounds_is_followed() -> None:
    found = measures.nearest_change(
        "prefix_overlap_d",
        {"x": {"p": (1.0, 0.0), "q": (1.0, 0.0)}, "y": {"p": (0.0, 0.9), "q": (0.0, 0.9)}, "z": {}},
        rng(),
    )
    assert found is not None
    assert (found.reference, found.value_before, found.value_after, found.change) == ("x", 1.0, 0.0, -1.0)
    assert measures.nearest_change("prefix_overlap_d", {}, rng()) is None


def test_identity_change_counts_probes_with_both_readings() -> None:
    cells = [Cell(f"t{n % 8}", f"q{n // 8}", False, n % 2 == 0) for n in range(64)] + [Cell("t0", "q0", None, True)]
    found = measures.identity_change("strict", cells, rng())
    assert found is not None
    assert (found.n, found.value_before, found.value_after, found.change) == (64, 0.0, 0.5, 0.5)
    assert measures.identity_change("strict", [], rng()) is None
    assert measures.identity_change("hard", [Cell("t", "q", None, True)], rng()) is None
