"""Sketches of a reference bank: they keep what replies to one prompt share, and no more."""

import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from tasks.domain.bank.sketches import as_sets, salts_of, sampled, shares, sketches
from tasks.domain.bank.stable_hash import stable_hash
from tasks.domain.pairwise.features import Features, Ragged, features_of
from tasks.domain.pairwise.matrices import jaccard, shared_prefix
from tests.domain.test_pairwise import COMMON, TEXTS

REPLIES = [*TEXTS, "Sure! Salt, ice and smoke keep food fresh for longer than you think.", TEXTS[0]]


def _sketched(texts: list[str], prompt_id: str = "p1") -> Features:
    prompt = np.zeros(len(texts), dtype=np.int64)
    return sketches(features_of(texts, COMMON, stable_hash), prompt, salts_of([prompt_id]))


def test_a_hash_is_the_same_in_another_process_and_never_0() -> None:
    code = (
        "import polars as pl; from tasks.domain.bank.stable_hash import stable_hash; "
        "print(stable_hash(pl.Series(['salt', '', 'salt'])).tolist())"
    )
    texts = pl.Series(["salt", "", "salt"])
    apart = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert apart.strip() == str(stable_hash(texts).tolist())
    # BLAKE2b of 8 bytes, read from the low end, as `b2sum -l 64` has it.
    assert f"{int(stable_hash(texts)[0]):016x}" == "2537b4edb76a3b2e"
    assert (stable_hash(texts) != 0).all()


@pytest.mark.parametrize("feature", ["leading_words", "template", "closing"])
def test_sketches_share_the_prefixes_that_replies_share(feature) -> None:
    plain, sketched = features_of(REPLIES, COMMON), _sketched(REPLIES)
    assert np.array_equal(shared_prefix(getattr(plain, feature)), shared_prefix(getattr(sketched, feature)))


@pytest.mark.parametrize("feature", ["layout", "pairs"])
def test_sketches_have_the_jaccard_index_of_replies(feature) -> None:
    plain, sketched = features_of(REPLIES, COMMON), _sketched(REPLIES)
    assert np.array_equal(jaccard(getattr(plain, feature)), jaccard(getattr(sketched, feature)), equal_nan=True)


def test_the_same_words_have_other_hashes_under_another_prompt() -> None:
    one, other = _sketched(REPLIES, "p1"), _sketched(REPLIES, "p2")
    for feature in ("leading_words", "template", "closing"):
        values = getattr(one, feature)
        assert not np.isin(values[values != 0], getattr(other, feature)).any()
    assert not np.isin(one.pairs.values, other.pairs.values).any()


def test_a_sample_of_sets_keeps_the_same_members_everywhere_and_estimates_their_jaccard_index() -> None:
    rng = np.random.default_rng(5)
    members = rng.integers(1, 2**32, size=9_000, dtype=np.uint64)
    sets = Ragged(np.concatenate([members[:6_000], members[3_000:]]), np.array([0, 6_000, 12_000]))
    whole = as_sets(sets)
    kept = sampled(whole, np.array([0.25, 0.25]))
    sizes = np.diff(kept.starts)
    assert (np.abs(sizes - 1_500) < 150).all()
    # A third of the members of either set is in both; the estimate has a standard error of .010.
    assert jaccard(kept)[0, 1] == pytest.approx(1 / 3, abs=0.04)
    in_both = np.isin(kept.values[: sizes[0]], whole.values[whole.starts[1] :])
    assert np.isin(kept.values[: sizes[0]][in_both], kept.values[sizes[0] :]).all()


def test_so_many_pairs_are_kept_that_the_median_reply_has_the_wanted_number() -> None:
    pairs = Ragged(np.arange(700, dtype=np.uint64), np.array([0, 100, 300, 700]))
    assert shares(pairs, np.array([0, 0, 1]), 3, n_kept=60).tolist() == pytest.approx([0.4, 0.15, 1.0])


def test_rows_that_are_taken_and_joined_are_those_of_the_replies_alone() -> None:
    whole = features_of(REPLIES, COMMON)
    rows = np.array([3, 0, 5, 3])
    taken = whole.take(rows).followed_by(whole.part(1, 3))
    alone = features_of([*(REPLIES[row] for row in rows), *REPLIES[1:3]], COMMON)
    for name, value in vars(alone).items():
        found = getattr(taken, name)
        if isinstance(value, Ragged):
            assert np.array_equal(found.starts, value.starts)
            assert np.array_equal(found.values, value.values)
        else:
            assert np.array_equal(found, value)
