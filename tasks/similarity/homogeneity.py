"""Similarity of all pairs -> homogeneity of populations, contribution of each model, and a tree with support."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from tasks.adapters.inputs import lineages
from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home, n_cores, now
from tasks.adapters.warehouse import measured, pair_sums, store
from tasks.domain.population.homogeneity import Homogeneity, measure, prompt_draws
from tasks.domain.population.populations import SMALLEST, Population, populations
from tasks.domain.population.similarity import Similarity, drop_strangers, group_members, means, restrict
from tasks.domain.population.tree import TreeNode, newick, tree
from tasks.domain.population.vendi import score_of_one
from tasks.domain.rng import rng_for

Row = dict[str, object]


@task(name="homogeneity", task_run_name="homogeneity", cache_policy=NO_CACHE)
def homogeneity(seed: int, home: Home) -> int:
    """Compute the rows of populations, their members and trees again; return the number of populations.

    Fewer than three models are no population, and of more than 256 the similarity on every prompt is not stored: then
    there are no rows.
    """
    with store.writing(home) as warehouse:
        documented = lineages.documented_lineages(warehouse)
        references = warehouse.read("score.reference")["model"].to_list()
        chosen = populations(documented, references)
        rows: dict[str, list[Row]] = {"homogeneity": [], "model_contribution": [], "tree_node": []}
        work = [(kernel, population) for kernel in (_kernels(warehouse) if chosen else ()) for population in chosen]
        # Linear algebra releases the interpreter, and two threads of one core each are twice as fast as one of two.
        # No random draw depends on the order.
        with threadpool_limits(1), ThreadPoolExecutor(n_cores()) as threads:
            for of_population in threads.map(lambda job: list(_rows(job[0], job[1], seed)), work):
                for table, row in of_population:
                    rows[table].append(row)
        at = now()
        for table, table_rows in rows.items():
            schema = warehouse.schema(f"score.{table}")
            warehouse.replace(table, pl.DataFrame([row | {"computed_at": at} for row in table_rows], schema=schema))
        get_run_logger().info("%d populations of models measured", len(rows["homogeneity"]))
        return len(rows["homogeneity"])


@dataclass(frozen=True)
class _Kernel:
    """A kernel with the similarity of all models, and of each model with itself where it has more samples."""

    name: str
    similarity: Similarity
    own: dict[str, float]


def _kernels(warehouse: store.Store) -> list[_Kernel]:
    kernels = pair_sums.form(warehouse, measured.population_of(warehouse)).kernels
    return [_Kernel(name, Similarity(kernel.models, kernel.values), kernel.own) for name, kernel in kernels.items()]


def _rows(kernel: _Kernel, population: Population, seed: int) -> Iterator[tuple[str, Row]]:
    """Yield the rows of one population by one kernel, each with its table."""
    for table, row in _figures(kernel, population, seed):
        yield table, {"kernel": kernel.name, "population": population.name, **row}


def _figures(kernel: _Kernel, population: Population, seed: int) -> Iterator[tuple[str, Row]]:
    """Yield the rows of one population, each with its table; none where too few members have common prompts."""
    similarity, own = kernel.similarity, kernel.own
    weights = prompt_draws(len(similarity.values), rng_for(seed, "homogeneity", "prompts"))
    rng = rng_for(seed, "homogeneity", kernel.name, population.name)
    groups = group_members(restrict(similarity, population.member), population.member)
    part = drop_strangers(groups)
    if part.n < SMALLEST:
        return
    drawn = means(part, weights)
    result = measure(part, drawn)
    nodes = tree(part.members, means(part), drawn, rng)
    models = [model for model, member in population.member.items() if member in part.members]
    selves = [own[model] for model in models if model in own]
    yield (
        "homogeneity",
        _summary(part, result, nodes)
        | {
            "n_models": len(models),
            "n_left_out": len(set(population.member.values())) - part.n,
            "vendi_of_one_model": score_of_one(part.n, float(np.mean(selves))) if selves else None,
        },
    )
    for contribution in result.contributions:
        yield (
            "model_contribution",
            {
                "member": contribution.member,
                "contribution": contribution.contribution.value,
                "contribution_low": contribution.contribution.low,
                "contribution_high": contribution.contribution.high,
                "similarity": contribution.similarity.value,
                "similarity_low": contribution.similarity.low,
                "similarity_high": contribution.similarity.high,
                "nearest": contribution.nearest,
                "nearest_similarity": contribution.nearest_similarity,
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


def _summary(part: Similarity, result: Homogeneity, nodes: Sequence[TreeNode]) -> Row:
    return {
        "n_members": part.n,
        "n_prompts": part.n_prompts,
        "n_common_prompts": int(part.n_common.min()),
        "vendi": result.vendi.value,
        "vendi_low": result.vendi.low,
        "vendi_high": result.vendi.high,
        "vendi_bias": result.bias,
        "mean_similarity": result.mean_similarity.value,
        "mean_similarity_low": result.mean_similarity.low,
        "mean_similarity_high": result.mean_similarity.high,
        "clipped_share": result.clipped,
        "newick": newick(nodes),
    }
