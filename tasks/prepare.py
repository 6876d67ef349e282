"""Plan -> requests: what is to be asked, registered in the warehouse with the models and prompts it concerns."""

import json
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.adapters import journal, store
from tasks.adapters.plans import Prepared
from tasks.adapters.settings import Home, now
from tasks.domain.card import LocalGguf, ModelCard
from tasks.domain.rows import Request, lineage_row, prompt_row


def _model_row(card: ModelCard, at: datetime) -> dict[str, object]:
    return {
        "model": card.name,
        "fingerprint": card.fingerprint,
        "source": "card",
        "stage": card.stage,
        "weights": "open" if isinstance(card.endpoint, LocalGguf) else card.weights,
        "base_model": card.base_model,
        "input_usd": card.price.input_usd if card.price else None,
        "output_usd": card.price.output_usd if card.price else None,
        "card_text": card.model_dump_json(exclude_defaults=True),
        "registered_at": at,
    }


def run_row(prepared: Prepared, event: str) -> dict[str, object]:
    """Return a row of `raw.run` that says that something happened to this run now."""
    return {
        "run_id": prepared.run_id,
        "event": event,
        "plan": prepared.plan.name,
        "round": prepared.round,
        "recipe_id": prepared.recipe_id,
        "plan_text": prepared.plan_text,
        "version": version("distillometer"),
        "happened_at": now(),
    }


def merge_journal(warehouse: store.Store, home: Home) -> int:
    """Move the replies of all journal files into the warehouse and return how many were new."""
    n_new = 0
    for path in journal.files(home.journal):
        n_new += warehouse.append("reply", list(journal.read(path)), key="reply_id")
        path.unlink()
    return n_new


@task(name="prepare", task_run_name="prepare {prepared.plan.name}", cache_policy=NO_CACHE)
def prepare(prepared: Prepared, home: Home) -> list[Request]:
    """Register the plan's models, prompts and requests, and return those that are still to be asked."""
    at = now()
    with store.writing(home) as warehouse:
        merge_journal(warehouse, home)
        warehouse.append("run", [run_row(prepared, "started")])
        warehouse.append("model", [_model_row(card, at) for card in prepared.cards.values()])
        warehouse.append("lineage", [lineage_row(card.as_lineage(), "card", at) for card in prepared.cards.values()])
        every = [prompt for prompts in prepared.prompts.values() for prompt in prompts]
        warehouse.append("prompt", [prompt_row(prompt, at) for prompt in every], key="prompt_id,prompt_set,prompt_key")
        rows = [
            asdict(request) | {"sampling_text": json.dumps(request.sampling, sort_keys=True), "wanted_at": at}
            for request in prepared.requests
        ]
        warehouse.append("request", rows, key="request_id")
        warehouse.touch_requests([request.request_id for request in prepared.requests], at)
        unanswered = set(warehouse.read("core.unanswered_request")["request_id"])
    return [request for request in prepared.requests if request.request_id in unanswered]


@task(name="complete", task_run_name="complete {prepared.plan.name}", cache_policy=NO_CACHE)
def complete(prepared: Prepared, home: Home) -> None:
    """Say in the warehouse that the run went through."""
    with store.writing(home) as warehouse:
        warehouse.append("run", [run_row(prepared, "completed")])
