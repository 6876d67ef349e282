"""Replies in a warehouse or a snapshot -> sums for each pair of models, and the rows that are stored of them."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.adapters.prefect import progress
from tasks.adapters.warehouse import pair_shards, reply_texts, store, whole_files
from tasks.adapters.warehouse.pair_shards import ShardContext, ShardSummer
from tasks.domain import channels, registry
from tasks.domain.pairwise.engine import CHARACTERS_AT_ONCE
from tasks.domain.pairwise.extras import (
    MOST_IN_KERNELS,
    OVERLAP,
    OWN,
    PREFIX_OVERLAP,
    PromptMeans,
    Relations,
    ShardExtras,
)
from tasks.domain.pairwise.features import N_PREFIX, word_counts, words_of_texts
from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.sums import N_BLOCKS, ChannelSums, ShardSums, merge_shards
from tasks.domain.pairwise.tokens import N_COMMON_WORDS
from tasks.domain.verdict.limits import VERSION
from tasks.domain.verdict.population import Population

MOST_SAMPLED = 20_000
"""Replies from which the commonest words are counted."""

COMPARING = "comparing replies, parts"
"""The title of the stage in which sums are formed."""

KERNELS = {"prefix_overlap": PREFIX_OVERLAP, "bigram": OVERLAP}
DIGITS = 9
"""Sums over many prompts differ between processors in their last digits."""


@dataclass(frozen=True)
class Kernels:
    """How alike every two of n models are on every prompt, 0 to 1.

    `values` (prompts x pairs), NaN where there is nothing to compare, pairs in the order of the upper triangle; `own`:
    of each model that was sampled more than once, the mean over prompts of that with itself.
    """

    models: tuple[str, ...]
    values: NDArray[np.float32]
    own: dict[str, float]


@dataclass(frozen=True)
class PairSums:
    """Sums for each pair of models of a population, by channel, and other results of the same pass."""

    population: Population
    channels: dict[str, ChannelSums]
    extras: list[ShardExtras]
    bases: list[tuple[int, int]]
    kernels: dict[str, Kernels]


@dataclass
class _Formed:
    """The sums that were computed last: a second scoring of the same replies in one process needs no second pass."""

    key: str = ""
    sums: PairSums | None = None


_formed = _Formed()


def form(warehouse: store.Store, population: Population, sum_shards: ShardSummer = pair_shards.sum_locally) -> PairSums:
    """Return the sums over all replies; the stored ones where nothing changed since the last call in this process.

    Args:
        warehouse: the source of replies.
        population: the models.
        sum_shards: sums the shards; by default in processes of this machine.
    """
    bases = documented_bases(warehouse, population)
    key = sha256(repr((VERSION, population.cohort, bases, reply_texts.replies_digest(warehouse))).encode()).hexdigest()
    if _formed.key == key and _formed.sums is not None:
        return _formed.sums
    _formed.sums = None
    names = registry.names(channels)
    context = ShardContext(
        tuple(population.place), population.cohort, relations_of(population, bases), commonest(warehouse)
    )
    with whole_files.scratch_folder(warehouse.path.parent) as folder:
        folders = reply_texts.write_shards(warehouse, folder, N_BLOCKS)
        kernels_file = _KernelFile(len(population.models), warehouse.read_distinct("core.reply", ["prompt_id"]).height)
        with progress.stage(COMPARING, len(folders)):
            shards = map(kernels_file.kernels_of, _counted(sum_shards(folders, context)))
            sums, extras = merge_shards(shards, names, population.cohort)
    _formed.sums = PairSums(population, sums, extras, bases, kernels_file.kernels(population))
    _formed.key = key
    return _formed.sums


def _counted(shards: Iterator[ShardSums]) -> Iterator[ShardSums]:
    for shard in shards:
        progress.advance(COMPARING)
        yield shard


def store_sums(warehouse: store.Store, sums: PairSums) -> None:
    """Replace the sums that are in the warehouse."""
    with warehouse.replacing("channel_sum") as add_rows:
        for rows in channel_sum_rows(sums):
            add_rows("channel_sum", rows)
    warehouse.replace("base_gap", base_gap_rows(sums))
    warehouse.replace("prompt_channel", prompt_channel_rows(sums))
    warehouse.replace("repeat_sum", repeat_sum_rows(sums))


def relations_of(population: Population, bases: list[tuple[int, int]]) -> Relations:
    """Return which models share a family or a vendor, and the bases."""
    family, vendor = (np.array(values, dtype=object) for values in (population.cohort.family, population.cohort.vendor))
    return Relations(
        len(population.models), bases, family[:, None] == family[None, :], vendor[:, None] == vendor[None, :]
    )


def documented_bases(warehouse: store.Store, population: Population) -> list[tuple[int, int]]:
    """Return the places of each model and its base, where both are in the population."""
    place = population.place
    rows = warehouse.read("core.documented_base").sort("model").iter_rows()
    return [(place[model], place[base]) for model, base in rows if model in place and base in place]


def commonest(warehouse: store.Store) -> frozenset[str]:
    """Return the words that stay in skeletons: the commonest of the replies, or of a sample where they are many.

    Words with a digit are excluded; among equally common words the first by spelling counts.
    """
    counts: list[pl.DataFrame] = []
    for texts in reply_texts.sampled_texts(warehouse, MOST_SAMPLED, CHARACTERS_AT_ONCE):
        counts.append(word_counts(texts))
        if len(counts) > 20:
            counts = [_added(counts)]
    if not counts:
        return frozenset()
    ranked = _added(counts).filter(pl.col("n") > 0).sort(pl.col("n"), descending=True)
    words = [(-n, word) for word, n in ranked.iter_rows() if not any(sign.isdigit() for sign in word)]
    return frozenset(word for _, word in sorted(words)[:N_COMMON_WORDS])


def _added(counts: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(counts).group_by("token").agg(pl.col("n").sum())


def store_shapes(warehouse: store.Store) -> int:
    """Store the shape of each text that has none in the warehouse; return the number of those texts."""
    n = 0
    for texts in reply_texts.texts_without_shape(warehouse):
        words, counts = words_of_texts(texts["reply_text"], N_PREFIX)
        rows = texts.select("text_id").with_columns(n_words=counts, leading_words=words)
        n += warehouse.append("text_shape", rows)
    return n


class _KernelFile:
    """Kernels of all shards, in a file without a name: they need not fit into memory."""

    def __init__(self, n_models: int, n_prompts: int) -> None:
        self._own = np.zeros((2, 2, n_models))
        n_pairs = n_models * (n_models - 1) // 2 if n_models <= MOST_IN_KERNELS else 0
        self._by_prompt: dict[str, int] = {}
        self._values = {}
        for kernel, channel in KERNELS.items():
            with tempfile.TemporaryFile() as file:
                shape = (max(n_prompts, 1), max(n_pairs, 1))
                self._values[kernel, channel] = np.memmap(file, dtype=np.float32, mode="w+", shape=shape)
        self._n_pairs = n_pairs

    def kernels_of(self, shard: ShardSums) -> ShardSums:
        """Move the kernels of a shard into the file; return the shard without them."""
        if shard.extras is not None and self._n_pairs:
            self._own += shard.extras.own_kernels
            for prompt_id, by_channel in shard.extras.kernels.items():
                row = self._by_prompt.setdefault(prompt_id, len(self._by_prompt))
                for (_, channel), values in self._values.items():
                    values[row] = by_channel[channel]
            shard.extras.kernels = {}
        return shard

    def kernels(self, population: Population) -> dict[str, Kernels]:
        """Return the kernels by name, prompts in the order of their ids; none where there are too many models."""
        if not self._n_pairs:
            return {}
        models = tuple(population.place)
        order = [row for _, row in sorted(self._by_prompt.items())]
        by_name = {}
        for number, ((kernel, _), values) in enumerate(self._values.items()):
            n, total = self._own[number]
            own = {models[i]: float(total[i] / n[i]) for i in np.flatnonzero(n)}
            if order != list(range(len(order))):
                values[: len(order)] = values[order]
            by_name[kernel] = Kernels(models, values[: len(order)], own)
        return by_name


def channel_sum_rows(sums: PairSums) -> Iterator[pl.DataFrame]:
    """Yield the rows of `score.channel_sum`, a frame for each channel and prompt set."""
    documented = sums.population.models
    models = pl.Series([model.model for model in documented])
    n = len(documented)
    is_reference = np.array([model.is_reference for model in documented])
    is_scored = np.broadcast_to(is_reference[None, :], (n, n)) | np.eye(n, dtype=bool)
    for channel, channel_sums in sorted(sums.channels.items()):
        for prompt_set, of_set in sorted(channel_sums.sets.items()):
            target, reference = np.nonzero(is_scored & (of_set.n > 0))
            most = sum_background(sums.extras, prompt_set) if channel == PREFIX_OVERLAP else None
            cell = (target, reference)
            yield pl.DataFrame(
                {
                    "target": models.gather(target),
                    "reference": models.gather(reference),
                    "channel": channel,
                    "prompt_set": prompt_set,
                    "n": of_set.n[cell].astype(np.int64),
                    "total": of_set.total[cell].round(DIGITS),
                    "square_total": of_set.square_total[cell].round(DIGITS),
                    "n_centred": of_set.n_centred[cell].astype(np.int64),
                    "centred_total": of_set.centred_total[cell].round(DIGITS),
                    "centred_square_total": of_set.centred_square_total[cell].round(DIGITS),
                    "n_background": pl.Series(most[cell].astype(np.int64)) if most is not None else None,
                }
            )


def sum_background(extras: list[ShardExtras], prompt_set: str) -> NDArray[np.int32] | None:
    """Return the largest background that a prefix overlap of a set was centred on, n x n."""
    backgrounds = [extra.n_background[prompt_set] for extra in extras if prompt_set in extra.n_background]
    return np.max(backgrounds, axis=0) if backgrounds else None


def base_gap_rows(sums: PairSums) -> pl.DataFrame:
    """Return the rows of `score.base_gap`."""
    rows = []
    documented = sums.population.models
    total: Floats = sum((extra.base for extra in sums.extras), np.zeros((5, len(sums.bases), len(documented))))
    for number, (student, base) in enumerate(sums.bases):
        for place, model in enumerate(documented):
            n, student_total, base_total, _, square = total[:, number, place].tolist()
            if model.is_reference and n and place not in (student, base):
                models = (documented[student].model, documented[base].model, model.model, int(n))
                rows.append((*models, *(round(value, DIGITS) for value in (student_total, base_total, square))))
    columns = ("target", "base", "reference", "n_prompts", "target_total", "base_total", "gap_square_total")
    kinds = [pl.String] * 3 + [pl.Int64] + [pl.Float64] * 3
    return pl.DataFrame(rows, schema=dict(zip(columns, kinds, strict=True)), orient="row")


def prompt_channel_rows(sums: PairSums) -> pl.DataFrame:
    """Return the rows of `score.prompt_channel`."""
    rows = sorted(
        (means for extra in sums.extras for means in extra.prompts), key=lambda means: (means.prompt_id, means.channel)
    )
    kinds = {"n": pl.Int64, "b": pl.Float64, "w": pl.Float64}
    schema = {name: kinds.get(name[0], pl.String) for name in PromptMeans.__dataclass_fields__}
    return pl.DataFrame([vars(row) for row in rows], schema=schema).with_columns(pl.selectors.float().round(DIGITS))


def repeat_sum_rows(sums: PairSums) -> pl.DataFrame:
    """Return the rows of `score.repeat_sum`."""
    n = len(sums.population.models)
    total = sum((extra.own for extra in sums.extras if extra.own is not None), np.zeros((len(OWN), n, n)))
    of = dict(zip(OWN, total, strict=True))
    left, right = np.nonzero(np.triu(of["n_prompts"] > 0, 1))
    models = pl.Series([model.model for model in sums.population.models], dtype=pl.String)
    cell, across = (left, right), (right, left)
    columns = {
        "n_prompts": of["n_prompts"][cell],
        "prefix_overlap_total": of["prefix_overlap"][cell],
        "left_self_prefix_overlap_total": of["left_self_prefix_overlap"][cell],
        "right_self_prefix_overlap_total": of["right_self_prefix_overlap"][cell],
        "prefix_overlap_square_total": of["prefix_overlap_square"][cell],
        "product_total": of["prefix_overlap_self_product"][cell],
        "self_square_total": of["self_square"][cell],
        "n_overlap": of["n_overlap"][cell],
        "overlap_total": of["overlap"][cell],
        "n_left_self_overlap": of["n_self_overlap"][across],
        "left_self_overlap_total": of["self_overlap"][across],
        "n_right_self_overlap": of["n_self_overlap"][cell],
        "right_self_overlap_total": of["self_overlap"][cell],
    }
    return pl.DataFrame(
        {"left_model": models.gather(left), "right_model": models.gather(right)}
        | {
            name: values.astype(np.int64) if name.startswith("n_") else values.round(DIGITS)
            for name, values in columns.items()
        }
    )
