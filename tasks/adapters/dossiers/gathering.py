"""A published snapshot -> the evidence for what is said of one model: verdict, tests of equality, cosines."""

import json
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

import polars as pl

from tasks.adapters import settings
from tasks.adapters.dossiers import sampled, vectors
from tasks.adapters.warehouse import formed, measured, pair_sums, sqlfiles, sqlmacros, store
from tasks.domain.bank.comparing import needed_places
from tasks.domain.dossier.cosines import LEAVE_OUT, OWN, PAIRS, REPEATED
from tasks.domain.dossier.dossier import FORMAT, Gathered
from tasks.domain.dossier.evidence import DossierReply, Evidence
from tasks.domain.errors import InputError
from tasks.domain.reporting.verdict_of_model import no_verdict
from tasks.domain.suggestions import unknown_name
from tasks.domain.verdict.kinds import ASKED, INDEPENDENT_ROLE, KIN
from tasks.domain.verdict.limits import STATISTIC, VERSION
from tasks.domain.verdict.population import Population

PACKAGES = ("duckdb", "numpy", "polars", "scipy")
"""What computes the figures of a verdict, or reads and writes what they are computed from."""

NUMBERS = ("mart.verdict", "mart.pair_evidence")
"""The relations in which a reader looks a verdict and its replies up."""

TESTS, OF_COSINES = "score.model_equality", (PAIRS, LEAVE_OUT, OWN, REPEATED)

_REPLY = ["model", "prompt_id", "sample", "reply_id", "reply_text"]


def gather(snapshot: store.Store, target: str) -> Gathered:
    """Return the evidence for what is said of `target`, with the texts of prompts and replies.

    Where there is no lineage verdict, but a test of whether it is one model with another, the replies are those that
    the test compares.

    Args:
        snapshot: what a scoring published.
        target: the model.

    Raises:
        InputError: the model has no replies there, nothing is scored, or there is neither verdict nor test.
    """
    population = measured.population_of(snapshot)
    if target not in population.place:
        raise unknown_name("model with replies", target, population.place, str(snapshot.path))
    tests, tests_of_run = sampled.tests_of(snapshot, target)
    verdicts = snapshot.read("mart.verdict", target=target).sort("is_kin", "place").to_dicts()
    if not verdicts and tests is None:
        of_any = snapshot.read_distinct("mart.verdict", ["target"]).to_dicts()
        raise InputError(
            no_verdict(target, of_any),
            where=str(snapshot.path),
            remedy="A dossier takes a verdict, or replies that were sampled more than once and tested.",
        )
    model = population.models[population.place[target]]
    others = (population.models[place] for place in needed_places(population.models, model)) if verdicts else ()
    models = tuple(sorted((*others, model), key=lambda one: one.model))
    of_verdict = _replies(snapshot, [one.model for one in models] if verdicts else [])
    in_tests = sorted({name for pair in tests.pairs for name in pair}) if tests is not None else []
    of_tests = sampled.compared_replies(_replies(snapshot, in_tests), target)
    replies = pl.concat([of_verdict, of_tests]).unique("reply_id").sort("model", "prompt_id", "sample")
    prompts = _prompts(snapshot, replies)
    asked = snapshot.read_columns("raw.hypothesis", ["candidate_group"], target=target)["candidate_group"]
    embedded = vectors.vectors_of(snapshot, of_verdict)
    relations = (*(NUMBERS if verdicts else ()), *((TESTS,) if tests else ()), *(OF_COSINES if embedded else ()))
    return Gathered(
        evidence=Evidence(
            target=target,
            models=models,
            prompt_sets={row["prompt_id"]: row["prompt_set"] for row in prompts},
            replies=[DossierReply(*row) for row in replies.select(_REPLY).iter_rows()],
            common_words=sorted(pair_sums.commonest(snapshot)) if verdicts else [],
            named_vendors={
                name: sorted(vendors) for name, vendors in measured.named_vendors(Population(models)).items()
            },
            hypotheses=sorted(set(asked)),
            p_of_others=_p_of_others(snapshot, target) if verdicts else {},
            tests=tests,
            vectors=embedded,
        ),
        prompts=prompts,
        sources=_sources(snapshot, replies),
        verdicts_of_run=verdicts,
        versions=versions(),
        texts=_texts(target, relations),
        tests_of_run=tests_of_run,
        cosines_of_run=(
            vectors.cosines_of_run(snapshot, target, [one.model for one in models], embedded.embedder)
            if embedded is not None
            else {}
        ),
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


def _texts(target: str, numbers: Sequence[str]) -> dict[str, str]:
    """Return the SQL of the numbers, and the versions of all packages where this program has its lock beside it."""
    relations = {relation.full_name: relation for relation in sqlfiles.relations()}
    waiting, files = list(numbers), {}
    while waiting:
        name = waiting.pop()
        relation = relations[name]
        files[f"sql/{relation.schema}/{relation.name}.sql"] = relation.text
        waiting += [read for read in relation.reads if f"sql/{read.replace('.', '/')}.sql" not in files]
    files |= {f"sql/macro/{macro.name}.sql": macro.text for macro in sqlmacros.macros()}
    files["sql/numbers.sql"] = _numbers_sql(sqlmacros.literal(target), numbers)
    lock = settings.CODE / "requirements.lock"
    if lock.is_file():
        files[lock.name] = lock.read_text(encoding="utf-8")
    return files


def _numbers_sql(of_target: str, relations: Sequence[str]) -> str:
    """Return the queries that look the dossier's numbers up; `of_target`: the model's name as SQL."""
    queries = ["-- Typed in a DuckDB shell on published.duckdb.\n"]
    if NUMBERS[0] in relations:
        queries.append(
            "-- The verdict, and the replies behind it, the nearest first.\n"
            f"select * from mart.verdict where target = {of_target} order by is_kin, place;\n"
            f"select * from mart.pair_evidence where target = {of_target} and reference = (\n"
            f"    select reference from mart.verdict where target = {of_target} order by is_kin, place limit 1\n"
            ") order by prefix_overlap desc;\n"
        )
    where = {TESTS: f"{of_target} in (left_model, right_model)", OWN: f"model = {of_target}"}
    where |= {REPEATED: where[TESTS]} | dict.fromkeys((PAIRS, LEAVE_OUT), f"target = {of_target}")
    return "".join([*queries, *(f"select * from {name} where {where[name]};\n" for name in relations if name in where)])
