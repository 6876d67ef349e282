"""A published snapshot -> the evidence for the verdict on one model."""

import json
import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Any

import polars as pl

from tasks.adapters import settings
from tasks.adapters.warehouse import formed, measured, pair_sums, sqlfiles, sqlmacros, store
from tasks.domain.bank.comparing import needed_places
from tasks.domain.dossier.dossier import FORMAT, Gathered
from tasks.domain.dossier.evidence import DossierReply, Evidence
from tasks.domain.errors import InputError
from tasks.domain.suggestions import unknown_name
from tasks.domain.verdict.kinds import ASKED, INDEPENDENT_ROLE, KIN
from tasks.domain.verdict.limits import STATISTIC, VERSION
from tasks.domain.verdict.population import Population

PACKAGES = ("duckdb", "numpy", "polars", "scipy")
"""What computes the figures of a verdict, or reads and writes what they are computed from."""

NUMBERS = ("mart.verdict", "mart.pair_evidence")
"""The relations in which a reader looks a verdict and its replies up."""

_REPLY = ["model", "prompt_id", "sample", "reply_id", "reply_text"]


def gather(snapshot: store.Store, target: str) -> Gathered:
    """Return the evidence for the verdict on `target`, with the texts of prompts and replies.

    Args:
        snapshot: what a scoring published.
        target: the model.

    Raises:
        InputError: the model has no replies there, or nothing is scored.
    """
    population = measured.population_of(snapshot)
    if target not in population.place:
        raise unknown_name("model with replies", target, population.place, str(snapshot.path))
    if not population.groups:
        raise InputError(
            "nothing is scored there, so there is no verdict.",
            where=str(snapshot.path),
            remedy="Score the replies first: distillometer score.",
        )
    model = population.models[population.place[target]]
    others = (population.models[place] for place in needed_places(population.models, model))
    models = tuple(sorted((*others, model), key=lambda one: one.model))
    replies = _replies(snapshot, [one.model for one in models])
    prompts = _prompts(snapshot, replies)
    asked = snapshot.read_columns("raw.hypothesis", ["candidate_group"], target=target)["candidate_group"]
    return Gathered(
        evidence=Evidence(
            target=target,
            models=models,
            prompt_sets={row["prompt_id"]: row["prompt_set"] for row in prompts},
            replies=[DossierReply(*row) for row in replies.select(_REPLY).iter_rows()],
            common_words=sorted(pair_sums.commonest(snapshot)),
            named_vendors={
                name: sorted(vendors) for name, vendors in measured.named_vendors(Population(models)).items()
            },
            hypotheses=sorted(set(asked)),
            p_of_others=_p_of_others(snapshot, target),
        ),
        prompts=prompts,
        sources=_sources(snapshot, replies),
        verdicts_of_run=snapshot.read("mart.verdict", target=target).sort("is_kin", "place").to_dicts(),
        versions=versions(),
        texts=_texts(target),
    )


def versions() -> dict[str, Any]:
    """Return the versions that a verdict depends on: of dossier, statistic, program and packages."""
    return {
        "format": FORMAT,
        "statistic": STATISTIC,
        "statistic_version": VERSION,
        "distillometer": metadata.version("distillometer"),
        "program_sha256": formed.program_digest(),
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
    }


def _p_of_others(snapshot: store.Store, target: str) -> dict[str, dict[str, float]]:
    """Return the p_target of the run's other targets by kind of hypotheses; of pairs that are corrected apart, each."""
    p_of: dict[str, dict[str, float]] = {}
    columns = ["target", "candidate_group", "kind", "target_role", "p_target"]
    for other, group, kind, role, p in snapshot.read_columns("mart.verdict", columns).sort(columns).iter_rows():
        if other == target or p is None or (role == INDEPENDENT_ROLE and kind not in (ASKED, KIN)):
            continue
        p_of.setdefault(kind, {})[f"{other}, {group}" if kind in (ASKED, KIN) else other] = p
    return p_of


def _replies(snapshot: store.Store, models: list[str]) -> pl.DataFrame:
    """Return the replies of models that have a text. The null is formed on all prompts, whether the target answered."""
    replies = snapshot.read_columns("core.reply", [*_REPLY, "replied_at", "source"], model=models)
    return replies.filter(pl.col("reply_text").is_not_null()).sort("model", "prompt_id", "sample")


def _prompts(snapshot: store.Store, replies: pl.DataFrame) -> list[Mapping[str, Any]]:
    ids = sorted(set(replies["prompt_id"]))
    columns = ["prompt_id", "prompt_set", "prompt_key", "messages_text"]
    rows = snapshot.read_columns("core.prompt", columns, prompt_id=ids).sort("prompt_id").to_dicts()
    return [{key: row[key] for key in columns[:-1]} | {"messages": json.loads(row["messages_text"])} for row in rows]


def _sources(snapshot: store.Store, replies: pl.DataFrame) -> list[dict[str, Any]]:
    """Return of each model and source how many replies there are, and from when."""
    counted = replies.group_by("model", "source").agg(
        pl.len().alias("n_replies"),
        pl.col("replied_at").min().alias("first_at"),
        pl.col("replied_at").max().alias("last_at"),
    )
    models = snapshot.read_columns("core.model", ["model", "vendor", "role"])
    columns = ["model", "vendor", "role", "source", "n_replies", "first_at", "last_at"]
    return counted.join(models, on="model").select(columns).sort("model", "source").to_dicts()


def _texts(target: str) -> dict[str, str]:
    """Return the SQL of the numbers, and the versions of all packages where this program has its lock beside it."""
    relations = {relation.full_name: relation for relation in sqlfiles.relations()}
    waiting, files = list(NUMBERS), {}
    while waiting:
        name = waiting.pop()
        relation = relations[name]
        files[f"sql/{relation.schema}/{relation.name}.sql"] = relation.text
        waiting += [read for read in relation.reads if f"sql/{read.replace('.', '/')}.sql" not in files]
    files |= {f"sql/macro/{macro.name}.sql": macro.text for macro in sqlmacros.macros()}
    of_target = sqlmacros.literal(target)
    files["sql/numbers.sql"] = (
        "-- Typed in a DuckDB shell on published.duckdb: the verdict, and the replies behind it, the nearest first.\n"
        f"select * from mart.verdict where target = {of_target} order by is_kin, place;\n"
        f"select * from mart.pair_evidence where target = {of_target} and reference = (\n"
        f"    select reference from mart.verdict where target = {of_target} order by is_kin, place limit 1\n"
        ") order by prefix_overlap desc;\n"
    )
    lock = settings.CODE / "requirements.lock"
    if lock.is_file():
        files[lock.name] = lock.read_text(encoding="utf-8")
    return files
