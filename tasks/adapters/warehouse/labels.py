"""What judges need of the warehouse: who the targets are, and which replies wait to be read."""

import json
from collections.abc import Mapping

import polars as pl

from tasks.adapters.warehouse.store import Store
from tasks.domain.card import Facts
from tasks.domain.judging.claim import Identity, JudgedReply


def identities(warehouse: Store) -> dict[str, Identity]:
    """Return who each target truly is, as its card in the warehouse says."""
    rows = warehouse.read_columns("core.model", ["model", "vendor", "card_text"]).iter_rows()
    return {
        model: Identity(vendor, Facts.model_validate(json.loads(card_text).get("facts", {})))
        for model, vendor, card_text in rows
    }


def unread(warehouse: Store, judge: str, version: str, probes: Mapping[str, str]) -> pl.DataFrame:
    """Return the probes with a reply that this version of `judge` has not read: rows of `core.probe`, one a reply.

    Args:
        warehouse: where they are.
        judge: the judge's name.
        version: its version.
        probes: columns of `core.probe` and the values that the probes have; empty: all probes.
    """
    found = warehouse.read("core.probe", **probes).filter(pl.col("reply_text").is_not_null()).unique("reply_id")
    known = warehouse.read_columns("raw.judge_label", ["reply_id"], judge=judge, judge_version=version)
    return found.join(known, on="reply_id", how="anti").sort("target", "prompt_id", "sample", "reply_id")


def judged_replies(warehouse: Store, probes: pl.DataFrame) -> list[JudgedReply]:
    """Return the replies of `probes` as judges read them, each with the prompt as it was sent."""
    wanted = sorted(set(probes["prompt_id"]))
    prompts = dict(warehouse.read_columns("core.prompt", ["prompt_id", "prompt_text"], prompt_id=wanted).iter_rows())
    rows = probes.select("reply_text", "prompt_id", "language").iter_rows()
    return [JudgedReply(text, prompts.get(prompt), language) for text, prompt, language in rows]
