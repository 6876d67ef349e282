"""Texts of many replies -> features for the channels, as arrays: words and tokens by hash, lines by type.

The same tokens, skeletons, sentences and line types as in `tokens.py`, which defines them; computed for thousands
of replies at once, which is many times as fast. A hash has 64 bits: two of a prompt are equal by chance under 1e-10.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.domain.pairwise.tokens import (
    LINE_BREAK,
    LINE_LENGTHS,
    MARKS,
    MOST_LINES,
    NUMBER,
    OTHER_WORD,
    first_mark,
    last_sentence,
)

Hashes = NDArray[np.uint64]
Integers = NDArray[np.int64]
HashTexts = Callable[[pl.Series], Hashes]
"""Returns a hash of each text, never 0, which marks a missing token."""

N_PREFIX, N_TEMPLATE, N_CLOSING = 12, 16, 10
"""How many leading words, leading tokens, and leading tokens of the last sentence are compared."""

_BY_SIGN = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_UNSPACED = rf"({_BY_SIGN})"
_EACH_WORD = rf"[{_BY_SIGN}&&[\p{{L}}\p{{M}}\p{{N}}]]|[\p{{L}}\p{{M}}\p{{N}}'’--{_BY_SIGN}]+"
_HEAD_OF_A_WORD = 12
"""Signs of a text that are read for each of its first words: more than nearly all words have."""
_TOKEN = r"\n+|[\p{L}\p{M}\p{N}'’]+|[^\s\p{L}\p{M}\p{N}]"
_WORD = r"^[\p{L}\p{M}\p{N}'’]"
_MIX = np.uint64(0x9E3779B97F4A7C15)
N_PLACED = 8
_N_TYPES = 128


@dataclass(frozen=True)
class Ragged:
    """Rows of unequal length: row i is `values[starts[i]:starts[i + 1]]`."""

    values: NDArray[np.uint64]
    starts: Integers

    def part(self, first: int, end: int) -> "Ragged":
        """Return the rows from `first` up to, but without, `end`."""
        at = self.starts[first]
        return Ragged(self.values[at : self.starts[end]], self.starts[first : end + 1] - at)

    def take(self, rows: Integers) -> "Ragged":
        """Return the rows at places `rows`, in that order."""
        lengths = np.diff(self.starts)[rows]
        starts = _starts(lengths)
        place = np.arange(starts[-1]) - np.repeat(starts[:-1] - self.starts[rows], lengths)
        return Ragged(self.values[place], starts)

    def followed_by(self, other: "Ragged") -> "Ragged":
        """Return these rows and then those of `other`."""
        starts = np.concatenate([self.starts, other.starts[1:] + self.starts[-1]])
        return Ragged(np.concatenate([self.values, other.values]), starts)


@dataclass(frozen=True)
class Features:
    """Features of m replies.

    `n_words` (m); `leading_words` (m x 12): its first words; `template` (m x 16): its first tokens as a skeleton;
    `closing` (m x 10): the first tokens of its last sentence as a skeleton: hashes, 0 beyond the end.
    `layout`: n-grams of its line types; `pairs`: its pairs of neighbouring words; both may repeat.
    """

    n_words: Integers
    leading_words: Hashes
    template: Hashes
    closing: Hashes
    layout: Ragged
    pairs: Ragged

    def part(self, first: int, end: int) -> "Features":
        """Return the replies from `first` up to, but without, `end`."""
        return Features(
            self.n_words[first:end],
            self.leading_words[first:end],
            self.template[first:end],
            self.closing[first:end],
            self.layout.part(first, end),
            self.pairs.part(first, end),
        )

    def take(self, rows: Integers) -> "Features":
        """Return the replies at places `rows`, in that order."""
        return Features(
            self.n_words[rows],
            self.leading_words[rows],
            self.template[rows],
            self.closing[rows],
            self.layout.take(rows),
            self.pairs.take(rows),
        )

    def followed_by(self, other: "Features") -> "Features":
        """Return these replies and then those of `other`."""
        return Features(
            np.concatenate([self.n_words, other.n_words]),
            np.concatenate([self.leading_words, other.leading_words]),
            np.concatenate([self.template, other.template]),
            np.concatenate([self.closing, other.closing]),
            self.layout.followed_by(other.layout),
            self.pairs.followed_by(other.pairs),
        )


def _hash(texts: pl.Series) -> Hashes:
    hashes = texts.hash().to_numpy().copy()
    hashes[hashes == 0] = 1
    return hashes


def features_of(texts: Sequence[str] | pl.Series, common: Set[str], hash_texts: HashTexts = _hash) -> Features:
    """Return the features of `texts`.

    Args:
        texts: m replies.
        common: the words that stay in skeletons.
        hash_texts: hashes tokens; by default the fastest way, whose hashes hold within one process alone.
    """
    text = pl.Series(texts, dtype=pl.String)
    common_hashes = hash_texts(pl.Series(sorted(common), dtype=pl.String))
    tokens = _Tokens(text, hash_texts)
    words = tokens.words()
    closings = _Tokens(pl.Series([last_sentence(reply) for reply in text], dtype=pl.String), hash_texts)
    return Features(
        n_words=np.diff(words.starts),
        leading_words=_leading(words.values, words.starts, N_PREFIX)[0],
        template=tokens.skeletons(N_TEMPLATE, common_hashes),
        closing=closings.skeletons(N_CLOSING, common_hashes),
        layout=_layout(text, tokens),
        pairs=_neighbours(words),
    )


def words_of_texts(texts: Sequence[str] | pl.Series, most: int) -> tuple[pl.Series, pl.Series]:
    """Return the first `most` words of each text, and how many words it has."""
    text = pl.Series(texts, dtype=pl.String)
    heads = text.str.head(most * _HEAD_OF_A_WORD)
    # The last word of a head may be truncated: a head with too few words is replaced by the whole text.
    is_enough = heads.str.count_matches(_EACH_WORD) > most
    words = heads.zip_with(is_enough, text).str.to_lowercase().str.extract_all(_EACH_WORD)
    return words.list.head(most), text.str.count_matches(_EACH_WORD).cast(pl.Int64)


def hashed_words(texts: Sequence[str]) -> Ragged:
    """Return the words of each text by hash, in their order."""
    return _Tokens(pl.Series(texts, dtype=pl.String), _hash).words()


def word_counts(texts: Sequence[str] | pl.Series) -> pl.DataFrame:
    """Return `token`, `n`: how often each word occurs in `texts` in all."""
    tokens = _Tokens(pl.Series(texts, dtype=pl.String))
    words = tokens.text.filter(pl.Series(tokens.is_word))
    return words.alias("token").value_counts(name="n")


class _Tokens:
    """The tokens of n texts, one after the other; `starts` (n + 1): where each text's begin."""

    def __init__(self, texts: pl.Series, hash_texts: HashTexts = _hash) -> None:
        tokens = texts.str.to_lowercase().str.replace_all(_UNSPACED, " $1 ").str.extract_all(_TOKEN)
        self.n = len(texts)
        self.starts = _starts(tokens.list.len().to_numpy())
        flat = tokens.explode(empty_as_null=False) if self.n else pl.Series([], dtype=pl.String)
        self.is_break = flat.str.starts_with(LINE_BREAK).to_numpy()
        self.text = flat
        self._hash_texts = hash_texts
        self.hashes = hash_texts(flat)
        self.hashes[self.is_break] = hash_texts(pl.Series([LINE_BREAK]))[0]
        self.is_word = flat.str.contains(_WORD).to_numpy()

    @property
    def reply(self) -> Integers:
        """Return the number of the text that each token is of."""
        return np.repeat(np.arange(self.n), np.diff(self.starts))

    def words(self) -> Ragged:
        """Return the hashes of each text's words."""
        before = np.concatenate([[0], np.cumsum(self.is_word)])
        return Ragged(self.hashes[self.is_word], before[self.starts])

    def skeletons(self, length: int, common: Hashes) -> Hashes:
        """Return the first `length` tokens of each text as a skeleton, n x `length`, 0 beyond the end."""
        leading, place = _leading(self.hashes, self.starts, length)
        is_there = place >= 0
        chosen = place[is_there]
        tokens, is_word = leading[is_there], self.is_word[chosen]
        number, other = self._hash_texts(pl.Series([NUMBER, OTHER_WORD]))
        begins = self.text.gather(chosen).str.head(1)
        digits = [sign for sign in begins.unique() if sign.isdigit()]
        is_number = is_word & begins.is_in(digits).to_numpy()
        kept = np.where(is_word & ~np.isin(tokens, common), other, tokens)
        leading[is_there] = np.where(is_number, number, kept)
        return leading


def _starts(lengths: NDArray[np.integer]) -> Integers:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def _leading(values: Hashes, starts: Integers, length: int) -> tuple[Hashes, Integers]:
    """Return the first `length` values of each row, 0 beyond its end, and their places, -1 there."""
    place = starts[:-1, None] + np.arange(length)
    place = np.where(place < starts[1:, None], place, -1)
    if not len(values):
        return np.zeros(place.shape, dtype=np.uint64), place
    return np.where(place >= 0, values[place], np.uint64(0)), place


def _neighbours(words: Ragged) -> Ragged:
    """Return each row's pairs of neighbouring values, one hash a pair."""
    n = np.diff(words.starts)
    if len(words.values) < 2:
        return Ragged(np.zeros(0, dtype=np.uint64), np.zeros(len(words.starts), dtype=np.int64))
    pairs = words.values[:-1] * _MIX + words.values[1:]
    is_within = np.ones(len(pairs), dtype=bool)
    ends = words.starts[1:-1]
    is_within[ends[(ends > 0) & (ends < len(words.values))] - 1] = False
    return Ragged(pairs[is_within], _starts(np.maximum(n - 1, 0)))


def _layout(texts: pl.Series, tokens: _Tokens) -> Ragged:
    """Return the 1-, 2- and 3-grams of each text's line types, and its first 8 types each with its place."""
    types, starts = _line_types(texts, tokens)
    reply = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    place = np.arange(len(types)) - starts[reply] if len(types) else np.zeros(0, dtype=np.int64)
    left = np.diff(starts)[reply] - place
    grams, of_reply = [types + 1], [reply]
    for n in (2, 3):
        begins = np.flatnonzero(left >= n)
        gram = np.zeros(len(begins), dtype=np.int64)
        for step in range(n):
            gram = gram * _N_TYPES + types[begins + step] + 1
        grams.append(gram)
        of_reply.append(reply[begins])
    is_placed = place < N_PLACED
    grams.append(_N_TYPES**3 * (1 + place[is_placed]) + types[is_placed])
    of_reply.append(reply[is_placed])
    rows = np.concatenate(of_reply)
    order = np.argsort(rows, kind="stable")
    counts = np.bincount(rows, minlength=len(texts)) if len(texts) else np.zeros(0, dtype=np.int64)
    return Ragged(np.concatenate(grams)[order].astype(np.uint64), _starts(counts))


def _line_types(texts: pl.Series, tokens: _Tokens) -> tuple[Integers, Integers]:
    """Return the types of each text's first 30 lines as numbers, one after the other, and where each text's begin."""
    listed = texts.str.strip_chars().str.split("\n").list.head(MOST_LINES)
    starts = _starts(listed.list.len().to_numpy())
    lines = listed.explode().str.strip_chars() if len(texts) else pl.Series([], dtype=pl.String)
    is_blank = (lines.str.len_bytes() == 0).to_numpy()
    signs = lines.str.head(1)
    distinct_signs = signs.unique().to_list()
    mark = signs.replace_strict(
        distinct_signs, [MARKS.index(first_mark(sign)) if sign else 0 for sign in distinct_signs], return_dtype=pl.Int64
    ).to_numpy()
    bare = lines.str.strip_chars_end("*")
    is_heading = (bare.str.ends_with(":") | bare.str.ends_with("：")).to_numpy()
    is_bold = lines.str.starts_with("**").to_numpy()
    length = np.zeros(len(lines), dtype=np.int64)
    # The k-th line that is not blank has the k-th run of tokens between breaks.
    counts, run_starts = _runs(tokens)
    reply = np.repeat(np.arange(len(texts)), np.diff(starts))
    filled = np.flatnonzero(~is_blank)
    n_filled = np.bincount(reply[filled], minlength=len(texts)) if len(texts) else np.zeros(0, dtype=np.int64)
    rank = np.arange(len(filled)) - _starts(n_filled)[reply[filled]]
    run = run_starts[reply[filled]] + rank
    has_run = run < run_starts[reply[filled] + 1]
    length[filled[has_run]] = counts[run[has_run]]
    size = sum((length >= bound).astype(np.int64) for bound in LINE_LENGTHS)
    types = 1 + ((mark * 2 + is_heading) * 2 + is_bold) * (len(LINE_LENGTHS) + 1) + size
    return np.where(is_blank, 0, types), starts


def _runs(tokens: _Tokens) -> tuple[Integers, Integers]:
    """Return the lengths of the runs of tokens between line breaks, none of them 0, and where each text's begin."""
    reply = tokens.reply
    run = np.cumsum(tokens.is_break) + reply
    n_runs = np.bincount(reply[tokens.is_break], minlength=tokens.n) + 1 if tokens.n else np.zeros(0, dtype=np.int64)
    counts = np.bincount(run[~tokens.is_break], minlength=int(n_runs.sum()))
    of_reply = np.repeat(np.arange(tokens.n), n_runs)
    is_run = counts > 0
    return counts[is_run], _starts(np.bincount(of_reply[is_run], minlength=tokens.n))
