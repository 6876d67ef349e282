"""Input of judges from the warehouse: the identities of targets, and the replies without a label."""

import json
from collections.abc import Mapping

import polars as pl

from tasks.adapters.warehouse.store import Store
from tasks.domain.card import Facts
from tasks.domain.judging.claim import Identity, JudgedReply


def identities(warehouse: Store) -> dict[str, Identity]:
    """Return the documented identity of each target, from its card in the warehouse."""
    rows = warehouse.read_columns("core.model", ["model", "vendor", "card_text"]).iter_rows()
    return {
        model: Identity(vendor, Facts.model_validate(json.loads(card_text).get("facts", {})))
        for model, vendor, card_text in rows
    }


def unlabelled_probes(warehouse: Store, judge: str, version: str, probes: Mapping[str, str]) -> pl.DataFrame:
    """Return the probes whose reply has no label of this version of `judge`: rows of `core.probe`, one a reply.

    Args:
        warehouse: the source of probes and labels.
        judge: the judge's name.
        version: its version.
        probes: columns of `core.probe` and the values that the probes have; empty: all probes.
    """
    answered = warehouse.read("core.probe", **probes).filter(pl.col("reply_text").is_not_null()).unique("reply_id")
    labelled = warehouse.read_columns("raw.judge_label", ["reply_id"], judge=judge, judge_version=version)
    return answered.join(labelled, on="reply_id", how="anti").sort("target", "prompt_id", "sample", "reply_id")


def judged_replies(warehouse: Store, probes: pl.DataFrame) -> list[JudgedReply]:
    """Return the replies of `probes` as judges read them, each with its prompt as it was sent."""
    prompt_ids = sorted(set(probes["prompt_id"]))
    prompts = dict(
        warehouse.read_columns("core.prompt", ["prompt_id", "prompt_text"], prompt_id=prompt_ids).iter_rows()
    )
    rows = probes.select("reply_text", "prompt_id", "language").iter_rows()
    return [JudgedReply(text, prompts.get(prompt), language) for text, prompt, language in rows]
