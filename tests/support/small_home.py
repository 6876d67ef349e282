"""A home whose warehouse holds a few replies, written through the store alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import measured, pair_sums, store
from tasks.adapters.warehouse.store import Store

AT = datetime(2026, 1, 5)

Recorded = tuple[str, str, int, str | None]
"""Model, prompt, sample and text, or None where the reply is missing."""


def fill(warehouse: Store, recorded: Iterable[Recorded], vendors: dict[str, str]) -> None:
    """Append these replies with their models, prompts and requests; every model is a reference; form what is stored."""
    rows = list(recorded)
    models = sorted({model for model, *_ in rows})
    warehouse.append(
        "model",
        [{"model": m, "fingerprint": "f", "source": "card", "card_text": "{}", "registered_at": AT} for m in models],
    )
    warehouse.append(
        "lineage",
        [
            {"model": model, "vendor": vendor, "learned_from": [], "source": "card", "loaded_at": AT}
            for model, vendor in vendors.items()
        ],
    )
    there = warehouse.read("score.reference")["model"].to_list()
    references = [{"model": m, "is_background": True, "chosen_by": "named"} for m in models if m not in there]
    add_scores(warehouse, "reference", references)
    prompts = {prompt: _prompt_row(prompt) for _, prompt, _, _ in rows}
    warehouse.append("prompt", list(prompts.values()))
    warehouse.append("request", [_request_row(*row[:3]) for row in rows])
    warehouse.append("reply", [_reply_row(*row) for row in rows])
    pair_sums.store_shapes(warehouse)
    pair_sums.store_sums(warehouse, pair_sums.form(warehouse, measured.population_of(warehouse)))
    warehouse.refresh()


MODELS = {"alpha": "a", "beta": "b", "gamma": "c"}
"""Models of a published small home, with their vendors."""


def publish(home: Home) -> None:
    """Write and publish two replies of each of `MODELS` to one prompt."""
    with store.writing(home) as warehouse:
        fill(warehouse, [(model, "p", n, f"{model} {n}") for model in MODELS for n in (0, 1)], MODELS)
        warehouse.publish(home.published)


def add_scores(warehouse: Store, table: str, rows: list[dict[str, Any]]) -> None:
    """Put rows beside those that are in a table of scores, which a scoring replaces."""
    with warehouse.replacing() as put:
        put(table, rows)


def reply_id(model: str, prompt: str, sample: int = 0) -> str:
    """Return the id under which `fill` keeps a reply."""
    return f"{model}/{prompt}/{sample}"


def _prompt_row(prompt: str) -> dict[str, object]:
    return {
        "prompt_id": prompt,
        "prompt_set": "small",
        "prompt_key": prompt,
        "messages_text": "[]",
        "prompt_text": f"Question {prompt}",
        "asks": [],
        "registered_at": AT,
    }


def _request_row(model: str, prompt: str, sample: int) -> dict[str, object]:
    return {
        "request_id": reply_id(model, prompt, sample),
        "model": model,
        "fingerprint": "f",
        "prompt_id": prompt,
        "sample": sample,
        "round": "2026-W02",
        "sampling_text": "{}",
        # A probe is known by the template and the question that it is made of.
        "purpose": "identity" if "/" in prompt else "reply",
        "requested_at": AT,
    }


def _reply_row(model: str, prompt: str, sample: int, text: str | None) -> dict[str, object]:
    return {
        "reply_id": reply_id(model, prompt, sample),
        "request_id": reply_id(model, prompt, sample),
        "reply_text": text,
        "missing_reason": "timeout" if text is None else None,
        "n_attempts": 1,
        "replied_at": AT,
        "source": "asked",
    }
