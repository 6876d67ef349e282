"""Similarity of all pairs -> how alike whole populations are, what each model adds, and a tree with support."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger
from threadpoolctl import threadpool_limits

from tasks.adapters.inputs import lineages
from tasks.adapters.settings import Home, n_cores, now
from tasks.adapters.warehouse import measured, pair_sums, store
from tasks.domain.population.homogeneity import Homogeneity, measure, prompt_draws
from tasks.domain.population.populations import SMALLEST, Population, populations
from tasks.domain.population.similarity import Similarity, among, grouped, means, without_strangers
from tasks.domain.population.tree import TreeNode, newick, tree
from tasks.domain.population.vendi import score_of_one
from tasks.domain.rng import rng_for

Row = dict[str, object]


@task(name="homogeneity", task_run_name="homogeneity", cache_policy=NO_CACHE)
def homogeneity(seed: int, home: Home) -> int:
    """Form the rows of populations, their members and trees anew; return how many populations there are.

    Fewer than three models are no population, and of more than 256 the similarity on every prompt is not kept: then
    there are no rows.
    """
    with store.writing(home) as warehouse:
        known = lineages.documented_lineages(warehouse)
        references = warehouse.read("score.reference")["model"].to_list()
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
            schema = warehouse.schema(f"score.{table}")
            warehouse.replace(table, pl.DataFrame([row | {"computed_at": at} for row in made], schema=schema))
        get_run_logger().info("%d populations of models measured", len(rows["homogeneity"]))
        return len(rows["homogeneity"])


@dataclass(frozen=True)
class _Kernel:
    """A kernel with the similarity of all models, and of each model with itself where it has more samples."""

    name: str
    similarity: Similarity
    own: dict[str, float]


def _read(warehouse: store.Store) -> list[_Kernel]:
    kernels = pair_sums.form(warehouse, measured.population_of(warehouse)).kernels
    return [_Kernel(name, Similarity(told.models, told.values), told.own) for name, told in kernels.items()]


def _rows(kernel: _Kernel, population: Population, seed: int) -> Iterator[tuple[str, Row]]:
    """Yield the rows of one population by one kernel, each with its table."""
    for table, row in _figures(kernel, population, seed):
        yield table, {"kernel": kernel.name, "population": population.name, **row}


def _figures(kernel: _Kernel, population: Population, seed: int) -> Iterator[tuple[str, Row]]:
    """Yield what the rows say; none where too few members have common prompts."""
    similarity, own = kernel.similarity, kernel.own
    weights = prompt_draws(len(similarity.values), rng_for(seed, "homogeneity", "prompts"))
    rng = rng_for(seed, "homogeneity", kernel.name, population.name)
    wanted = grouped(among(similarity, population.member), population.member)
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
                "similarity": one.similarity.value,
                "similarity_low": one.similarity.low,
                "similarity_high": one.similarity.high,
                "nearest": one.nearest,
                "nearest_similarity": one.nearest_similarity,
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


def _summary(part: Similarity, found: Homogeneity, nodes: Sequence[TreeNode]) -> Row:
    return {
        "n_members": part.n,
        "n_prompts": part.n_prompts,
        "n_common_prompts": int(part.n_common.min()),
        "vendi": found.vendi.value,
        "vendi_low": found.vendi.low,
        "vendi_high": found.vendi.high,
        "vendi_bias": found.bias,
        "mean_similarity": found.mean_similarity.value,
        "mean_similarity_low": found.mean_similarity.low,
        "mean_similarity_high": found.mean_similarity.high,
        "clipped_share": found.clipped,
        "newick": newick(nodes),
    }
