"""Some pairs of models, prompt by prompt: the values behind their sums, computed for selected pairs.

The same numbers as `select * from pair_prompts(...)` returns for one pair in SQL, for many pairs in one pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from tasks.adapters.warehouse import measured, pair_shards, reply_texts, store, whole_files
from tasks.domain import channels, registry
from tasks.domain.pairwise.centring import centre
from tasks.domain.pairwise.engine import prompt_values
from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.sums import N_BLOCKS

N_TOP = 5
CURVE = (5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500, 600, 800, 1000, 1250, 1500, 2000, 3000, 5000)
"""Numbers of prompts at which a curve of D has a point."""

_CHANNELS = ("prefix_overlap", "overlap", "length")


@dataclass(frozen=True)
class PairPrompts:
    """Values of pairs on the p prompts, in the order of their ids, p x pairs, NaN where one of the two has no reply."""

    pairs: Sequence[tuple[str, str]]
    prompt_ids: Sequence[str]
    prefix_overlap: Floats
    prefix_overlap_d: Floats
    bigram_jaccard: Floats
    length_closeness: Floats
    n_sample_pairs: Floats

    def top(self) -> pl.DataFrame:
        """Return of each pair the five prompts that carry most of what the two have in common.

        The largest excess of prefix overlap over unrelated models first (without any, the prefix overlap itself), then
        the largest share of common word pairs, then the id of the prompt. `n_unrelated_words`: the leading words that
        the target shares with unrelated models on that prompt, from the mean of their prefix overlap.
        """
        rows = []
        for number, (target, reference) in enumerate(self.pairs):
            prefix_overlap, overlap = self.prefix_overlap[:, number], self.bigram_jaccard[:, number]
            present = np.flatnonzero(~np.isnan(prefix_overlap))
            excess = self.prefix_overlap_d[:, number]
            by = np.where(np.isnan(excess), prefix_overlap, excess)[present]
            order = np.lexsort((present, -np.nan_to_num(overlap[present], nan=-1.0), -by.round(9)))
            n_unrelated = np.expm1(prefix_overlap - excess)
            for rank, place in enumerate(present[order[:N_TOP]].tolist(), 1):
                figures = (
                    *(prefix_overlap, excess, n_unrelated, overlap),
                    *(self.length_closeness[:, number], self.n_sample_pairs[:, number]),
                )
                cells = (None if np.isnan(values[place]) else float(values[place]) for values in figures)
                rows.append((target, reference, rank, self.prompt_ids[place], *cells))
        columns = {"target": pl.String, "reference": pl.String, "rank": pl.Int64, "prompt_id": pl.String}
        names = ("prefix_overlap", "prefix_overlap_d", "n_unrelated_words")
        kinds = dict.fromkeys((*names, "bigram_jaccard", "length_closeness", "n_sample_pairs"), pl.Float64)
        frame = pl.DataFrame(rows, schema={**columns, **kinds}, orient="row")
        return frame.with_columns(pl.col("n_sample_pairs").cast(pl.Int64))

    def curves(self) -> pl.DataFrame:
        """Return of each pair D over its first so many prompts, with its interval: -+ 1.96 standard errors."""
        parts = []
        for number, (target, reference) in enumerate(self.pairs):
            values = self.prefix_overlap_d[:, number]
            values = values[~np.isnan(values)]
            if not len(values):
                continue
            n = np.array([*(point for point in CURVE if point < len(values)), len(values)])
            mean = np.cumsum(values)[n - 1] / n
            squares = np.maximum(np.cumsum(values**2)[n - 1] - n * mean**2, 0.0)
            error = np.sqrt(np.divide(squares, n - 1, out=np.full(len(n), np.nan), where=n > 1) / n)
            parts.append(
                pl.DataFrame(
                    {
                        "target": [target] * len(n),
                        "reference": [reference] * len(n),
                        "n_prompts": n,
                        "prefix_overlap_d": mean.round(6),
                        "low": (mean - 1.96 * error).round(6),
                        "high": (mean + 1.96 * error).round(6),
                    }
                ).with_columns(pl.selectors.float().fill_nan(None))
            )
        kinds = {"target": pl.String, "reference": pl.String, "n_prompts": pl.Int64}
        figures = dict.fromkeys(("prefix_overlap_d", "low", "high"), pl.Float64)
        return pl.concat([pl.DataFrame(schema={**kinds, **figures}), *parts])


def pair_prompts(snapshot: store.Store, pairs: Sequence[tuple[str, str]]) -> PairPrompts:
    """Return the values of `pairs` (target, reference) on every prompt, from the replies."""
    population = measured.population_of(snapshot)
    place = population.place
    target, reference = (np.array([place[pair[side]] for pair in pairs], dtype=np.int64) for side in (0, 1))
    loaded = [registry.load(channels, name) for name in _CHANNELS]
    by_prompt: dict[str, list[Floats]] = {}
    with whole_files.scratch_folder(snapshot.path.parent) as folder:
        for shard in reply_texts.write_shards(snapshot, folder, N_BLOCKS) if pairs else ():
            prompts, counts = pair_shards.read_prompts(shard, tuple(place))
            for prompt, n in zip(prompt_values(prompts, population.cohort, loaded, frozenset()), counts, strict=True):
                at = np.full(len(place), -1)
                at[prompt.model] = np.arange(len(prompt.model))
                target_row, reference_row = at[target], at[reference]
                is_compared = (target_row >= 0) & (reference_row >= 0)
                prefix_overlap = prompt.values["prefix_overlap"]
                centred = centre(prefix_overlap, population.cohort, prompt.model).values
                parts = (
                    prefix_overlap,
                    centred,
                    prompt.values["overlap"],
                    prompt.values["length"],
                    np.outer(n, n).astype(float),
                )
                by_prompt[prompt.prompt_id] = [
                    np.where(is_compared, values[target_row, reference_row], np.nan) for values in parts
                ]
    prompt_ids = sorted(by_prompt)
    values = [
        np.array([by_prompt[name][part] for name in prompt_ids]).reshape(len(prompt_ids), len(pairs))
        for part in range(5)
    ]
    return PairPrompts(pairs, prompt_ids, *values)
