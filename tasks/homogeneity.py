"""Likeness of all pairs -> how alike whole populations are, what each model adds, and a tree with support."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger
from threadpoolctl import threadpool_limits

from tasks.adapters import lineages, measured, pair_sums, store
from tasks.adapters.settings import Home, n_cores, now
from tasks.domain.ids import content_id
from tasks.domain.population.homogeneity import Homogeneity, measure, prompt_draws
from tasks.domain.population.likeness import Likeness, among, grouped, means, without_strangers
from tasks.domain.population.populations import SMALLEST, Population, populations
from tasks.domain.population.tree import TreeNode, newick, tree
from tasks.domain.population.vendi import score_of_one

Row = dict[str, object]


@task(name="homogeneity", task_run_name="homogeneity", cache_policy=NO_CACHE)
def homogeneity(seed: int, home: Home) -> int:
    """Form the rows of populations, their members and trees anew; return how many populations there are.

    Fewer than three models are no population, and of more than 256 the likeness on every prompt is not kept: then
    there are no rows.
    """
    with store.writing(home) as warehouse:
        known = lineages.known(warehouse)
        references = warehouse.read("raw.reference")["model"].to_list()
        chosen = populations(known, references)
        rows: dict[str, list[Row]] = {"homogeneity": [], "model_contribution": [], "tree_node": []}
        work = [(kernel, population) for kernel in (_read(warehouse) if chosen else ()) for population in chosen]
        # Linear algebra leaves the interpreter to others, and is done twice as soon by two threads of one core each as
        # by one of two. Nothing that is drawn depends on the order.
        with threadpool_limits(1), ThreadPoolExecutor(n_cores()) as threads:
            for found in threads.map(lambda told: list(_rows(told[0], told[1], seed)), work):
                for table, row in found:
                    rows[table].append(row)
        at = now()
        for table, made in rows.items():
            schema = warehouse.read(f"raw.{table}").schema
            warehouse.replace(table, pl.DataFrame([row | {"computed_at": at} for row in made], schema=schema))
        get_run_logger().info("%d populations of models measured", len(rows["homogeneity"]))
        return len(rows["homogeneity"])


def _chance(seed: int, *names: str) -> np.random.Generator:
    """Return chance that depends on the seed and on what is computed, not on what was computed before."""
    return np.random.default_rng(int(content_id("homogeneity", seed, *names)[:16], 16))


@dataclass(frozen=True)
class _Kernel:
    """A kernel with the likeness of all models, and of each model with itself where it has more samples."""

    name: str
    likeness: Likeness
    own: dict[str, float]


def _read(warehouse: store.Store) -> list[_Kernel]:
    kernels = pair_sums.form(warehouse, measured.population_of(warehouse)).kernels
    return [_Kernel(name, Likeness(told.models, told.values), told.own) for name, told in kernels.items()]


def _rows(kernel: _Kernel, population: Population, seed: int) -> Iterator[tuple[str, Row]]:
    """Yield the rows of one population by one kernel, each with its table."""
    for table, row in _figures(kernel, population, seed):
        yield table, {"kernel": kernel.name, "population": population.name, **row}


def _figures(kernel: _Kernel, population: Population, seed: int) -> Iterator[tuple[str, Row]]:
    """Yield what the rows say; none where too few members have common prompts."""
    likeness, own = kernel.likeness, kernel.own
    weights = prompt_draws(len(likeness.values), _chance(seed, "prompts"))
    rng = _chance(seed, kernel.name, population.name)
    wanted = grouped(among(likeness, population.member), population.member)
    part = without_strangers(wanted)
    if part.n < SMALLEST:
        return
    drawn = means(part, weights)
    found = measure(part, drawn)
    nodes = tree(part.members, means(part), drawn, rng)
    models = [model for model, member in population.member.items() if member in part.members]
    selves = [own[model] for model in models if model in own]
    yield (
        "homogeneity",
        _summary(part, found, nodes)
        | {
            "n_models": len(models),
            "n_left_out": len(set(population.member.values())) - part.n,
            "vendi_of_one_model": score_of_one(part.n, float(np.mean(selves))) if selves else None,
        },
    )
    for one in found.contributions:
        yield (
            "model_contribution",
            {
                "member": one.member,
                "contribution": one.contribution.value,
                "contribution_low": one.contribution.low,
                "contribution_high": one.contribution.high,
                "likeness": one.likeness.value,
                "likeness_low": one.likeness.low,
                "likeness_high": one.likeness.high,
                "nearest": one.nearest,
                "nearest_likeness": one.nearest_likeness,
            },
        )
    for node in nodes:
        yield (
            "tree_node",
            {
                "node": node.node,
                "parent": node.parent,
                "height": node.height,
                "support": node.support,
                "members": list(node.members),
            },
        )


def _summary(part: Likeness, found: Homogeneity, nodes: Sequence[TreeNode]) -> Row:
    return {
        "n_members": part.n,
        "n_prompts": part.n_prompts,
        "n_common_prompts": int(part.n_common.min()),
        "vendi": found.vendi.value,
        "vendi_low": found.vendi.low,
        "vendi_high": found.vendi.high,
        "vendi_bias": found.bias,
        "mean_likeness": found.mean_likeness.value,
        "mean_likeness_low": found.mean_likeness.low,
        "mean_likeness_high": found.mean_likeness.high,
        "clipped_share": found.clipped,
        "newick": newick(nodes),
    }
