"""Likenesses of all pairs -> a verdict for each target and candidate group, against unrelated models."""

from dataclasses import asdict
from statistics import fmean

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters import store
from tasks.adapters.settings import Home, now
from tasks.domain.verdict.degree import SelfScore
from tasks.domain.verdict.pair_score import Known, PairScore
from tasks.domain.verdict.verdicts import verdicts


@task(name="verdict", task_run_name="verdict by {embedder}", cache_policy=NO_CACHE)
def verdict(embedder: str, home: Home) -> int:
    """Form every verdict anew from what was scored last; return how many there are.

    Args:
        embedder: whose vectors the second channel is read from; without vectors there is no second channel.
        home: where the warehouse is.
    """
    at = now()
    with store.writing(home) as warehouse:
        known = _known(warehouse)
        pairs = _pairs(warehouse, embedder)
        questions = set(warehouse.read_columns("raw.question", ["target", "candidate_group"]).iter_rows())
        found = verdicts(pairs, known, _selves(warehouse, pairs, known), questions)
        rows = [asdict(row) | {"computed_at": at} for row in found]
        schema = warehouse.read("raw.lineage_verdict").schema
        warehouse.replace("lineage_verdict", pl.DataFrame(rows, schema=schema))
        get_run_logger().info("%d verdicts on %d targets", len(rows), len({row.target for row in found}))
        return len(rows)


def _known(warehouse: store.Store) -> dict[str, Known]:
    panel = set(warehouse.read("raw.reference", is_panel=True)["model"])
    return {
        row["model"]: Known(
            model=row["model"],
            vendor=row["vendor"],
            family=row["family"],
            group=row["candidate_group"],
            role=row["role"],
            is_control=row["role"] == "independent" and row["model"] in panel,
        )
        for row in warehouse.read("core.model").to_dicts()
    }


def _pairs(warehouse: store.Store, embedder: str) -> list[PairScore]:
    meant = warehouse.read("raw.embedding_likeness", embedder=embedder).select("target", "reference", "likeness")
    rows = warehouse.read("mart.likeness").join(meant, on=["target", "reference"], how="left")
    return [
        PairScore(
            target=row["target"],
            reference=row["reference"],
            opening=row["opening"],
            opening_d=row["opening_d"],
            low=row["opening_d_low"],
            high=row["opening_d_high"],
            length_closeness=row["length_closeness"],
            embedding=row["likeness"],
            n_prompts=row["n_prompts"],
        )
        for row in rows.sort("target", "reference").to_dicts()
    ]


def _selves(warehouse: store.Store, pairs: list[PairScore], known: dict[str, Known]) -> dict[str, SelfScore]:
    """Return each reference's likeness to itself as D: its opening less its mean opening with the panel."""
    identical = dict(warehouse.read_columns("core.opening_ceiling", ["model", "identical_opening"]).iter_rows())
    samples = dict(warehouse.read_columns("mart.self_likeness", ["model", "opening"]).iter_rows())
    parents = dict(warehouse.read_columns("core.model", ["model", "parent"], role="variant").iter_rows())
    with_panel: dict[str, list[float]] = {}
    variants: dict[str, list[float]] = {}
    for pair in pairs:
        target, reference = known[pair.target], known[pair.reference]
        if reference.is_control and not reference.is_kin(target):
            with_panel.setdefault(pair.target, []).append(pair.opening)
        if parents.get(pair.target) == pair.reference and pair.opening_d is not None:
            variants.setdefault(pair.reference, []).append(pair.opening_d)
    return {
        reference: SelfScore(
            samples=samples[reference] - mean if reference in samples else None,
            variant=max(variants[reference]) if reference in variants else None,
            identical=identical[reference] - mean,
        )
        for reference in sorted({pair.reference for pair in pairs})
        if reference in with_panel and reference in identical
        for mean in [fmean(with_panel[reference])]
    }
