"""Replies of all models -> similarities by channel, and a verdict for each target and candidate group."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import polars as pl

from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import store
from tasks.adapters.warehouse.measured import channel_sums, measure
from tasks.domain.pairwise.sums import ChannelSums
from tasks.domain.verdict.analysis import Measured, analyse
from tasks.domain.verdict.decision import LEAST_PROMPTS
from tasks.domain.verdict.limits import STATISTIC, VERSION
from tasks.domain.verdict.pair_measures import matrix
from tasks.domain.verdict.pair_z import pair_z
from tasks.domain.verdict.sources import intervals
from tasks.domain.verdict.verdicts import verdicts

AT_ONCE = 20_000
"""Verdicts that are written at a time: a thousand candidates have a million."""

DIGITS = 9
"""Sums over many prompts differ between processors in their last digits."""


@task(name="verdict", task_run_name="verdict by {embedder}", cache_policy=NO_CACHE)
def verdict(embedder: str, home: Home) -> int:
    """Compute every verdict again from the replies and the last scores; return the number of verdicts.

    Args:
        embedder: source of the vectors of embedding similarity; without vectors there is none.
        home: the home of the warehouse.
    """
    at, n, targets = pl.lit(now()).alias("computed_at"), 0, set[str]()
    with store.writing(home) as warehouse:
        measured = measure(warehouse, embedder)
        rows_of_verdicts = verdicts(analyse(measured)) if measured is not None else iter(())
        kinds = warehouse.schema("score.verdict").items()
        schema = {name: kind for name, kind in kinds if name != "computed_at"}
        with warehouse.replacing("verdict", "pair_score", "pair_channel") as add_rows:
            while rows := list(islice(rows_of_verdicts, AT_ONCE)):
                add_rows("verdict", pl.DataFrame([vars(row) for row in rows], schema=schema).with_columns(at))
                n, targets = n + len(rows), targets | {row.target for row in rows}
            if measured is not None:
                add_rows("pair_score", _score_rows(measured).with_columns(at))
                for channel in _channel_rows(measured, channel_sums(warehouse, measured.population)):
                    add_rows("pair_channel", channel.with_columns(at))
        get_run_logger().info("%d verdicts on %d targets", n, len(targets))
        return n


def _score_rows(measured: Measured) -> pl.DataFrame:
    """Return the rows of `score.pair_score`: every target with every candidate teacher but itself."""
    documented, scores = measured.population.models, measured.composite.scores
    n_prompts = np.nan_to_num(matrix(measured.pairs, "n_prompts"))
    z = pair_z(scores, measured.population, n_prompts >= LEAST_PROMPTS)
    is_reference = np.array([model.is_reference for model in documented])
    cell = np.nonzero(is_reference[None, :] & ~np.isnan(scores) & ~np.eye(len(documented), dtype=bool))
    models = pl.Series([model.model for model in documented], dtype=pl.String)
    return pl.DataFrame(
        {
            "target": models.gather(cell[0]),
            "reference": models.gather(cell[1]),
            "statistic": STATISTIC,
            "statistic_version": VERSION,
            "score": scores[cell],
            "z": z[cell],
        }
    ).with_columns(pl.selectors.float().round(DIGITS).fill_nan(None))


def _channel_rows(measured: Measured, sums: dict[str, ChannelSums]) -> Iterator[pl.DataFrame]:
    """Yield the rows of `score.pair_channel`, by channel: every target with every reference, itself included."""
    documented = measured.population.models
    models = pl.Series([model.model for model in documented], dtype=pl.String)
    is_reference = np.array([model.is_reference for model in documented])
    for name, channel_sums_of in sorted(sums.items()):
        n, mean, centred, n_centred = (
            channel_sums_of.n,
            channel_sums_of.mean,
            channel_sums_of.centred,
            channel_sums_of.n_centred,
        )
        cell = np.nonzero(is_reference[None, :] & (n > 0))
        low, high = intervals(channel_sums_of.block_means[:, cell[0], cell[1]])
        rows = pl.DataFrame(
            {
                "target": models.gather(cell[0]),
                "reference": models.gather(cell[1]),
                "channel": name,
                "statistic_version": VERSION,
                "n_prompts": n[cell].astype(np.int64),
                "n_centred": n_centred[cell].astype(np.int64),
                "mean": mean[cell],
                "centred": centred[cell],
                "centred_low": low,
                "centred_high": high,
            }
        )
        spread = pl.lit(measured.composite.spreads.get(name), dtype=pl.Float64)
        yield rows.with_columns(pl.selectors.float().round(DIGITS).fill_nan(None)).with_columns(
            spread=spread.round(DIGITS)
        )
