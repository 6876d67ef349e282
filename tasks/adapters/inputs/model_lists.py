"""Lists of models that others keep: LiteLLM's price table, OpenRouter's models, and what an endpoint lists of itself.

Read as their documentation has them: LiteLLM's `model_prices_and_context_window.json` ("Add Model Pricing & Context
Window": `litellm_provider`, `mode`, `input_cost_per_token`, `output_cost_per_token`, `max_input_tokens`,
`max_output_tokens`), OpenRouter's `GET /api/v1/models` ("Models API": `id`, `pricing`, `context_length`), and
`GET /v1/models` of OpenAI's protocol (`id`). None of them has a release date (`created` is when an entry was made), and
none says what a model learned from.
"""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from tasks.adapters.inputs import new_project, textfiles
from tasks.adapters.inputs.listed_models import MOST_BYTES, SECONDS, listed_in, listed_models
from tasks.adapters.inputs.tomlfiles import as_model
from tasks.domain.card import HostedEndpoint
from tasks.domain.errors import InputError, WorldError

OPENROUTER = "https://openrouter.ai/api/v1"
ADDRESSES = {
    "anthropic": "https://api.anthropic.com/v1",
    "dashscope": "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    "deepinfra": "https://api.deepinfra.com/v1/openai",
    "deepseek": "https://api.deepseek.com/v1",
    "fireworks_ai": "https://api.fireworks.ai/inference/v1",
    "gemini": "https://generativelanguage.googleapis.com/v1beta/openai",
    "groq": "https://api.groq.com/openai/v1",
    "mistral": "https://api.mistral.ai/v1",
    "moonshot": "https://api.moonshot.ai/v1",
    "openai": "https://api.openai.com/v1",
    "openrouter": OPENROUTER,
    "together_ai": "https://api.together.xyz/v1",
    "xai": "https://api.x.ai/v1",
}
"""Where the providers of LiteLLM's table speak OpenAI's protocol."""

TOKENS_OF_PRICE = 1_000_000
DIGITS = 9
"""Of a price in US dollars: costs a token are binary fractions."""


@dataclass(frozen=True)
class ListedModel:
    """One model of a list. `base_url` is None where it is not known where OpenAI's protocol reaches it."""

    served_name: str
    provider: str
    base_url: str | None
    input_usd: float | None = None
    output_usd: float | None = None
    """US dollars per million tokens; None: not in the list."""
    context_tokens: int | None = None
    output_tokens: int | None = None


def read_list(source: str) -> list[ListedModel]:
    """Return the chat models of a list, in its order.

    Args:
        source: a file, or the URL of a list or of an endpoint's `/models`.

    Raises:
        InputError: there is no such file, or it is none of the known lists.
        WorldError: the URL does not answer.
    """
    if not source.startswith(("http://", "https://")):
        return _models(textfiles.read_json(Path(source)), None, source)
    address = source.rstrip("/").removesuffix("/models")
    row = {"provider": "openai_compatible", "base_url": address, "served_name": "any"}
    endpoint = as_model(row | {"key_env": new_project.known_key(address)}, HostedEndpoint, source)
    if source.rstrip("/").endswith("/models"):
        return _models({"data": listed_models(endpoint)}, address, source)
    return _models(_fetched(source), None, source)


def _fetched(url: str) -> Any:
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:
            return json.loads(answer.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise WorldError(
            f"it can't be fetched: {type(error).__name__}.", where=url, remedy="Fetch it by hand, and give the file."
        ) from None


def _models(content: Any, base_url: str | None, source: str) -> list[ListedModel]:
    if isinstance(content, dict) and any(
        isinstance(one, dict) and "litellm_provider" in one for one in content.values()
    ):
        return list(_of_litellm(content))
    try:
        entries = listed_in(content)
    except ValueError:
        raise InputError(
            "it is no list of models that is known here.",
            where=source,
            remedy="Known are LiteLLM's price table, OpenRouter's models, and what an endpoint answers to /models.",
        ) from None
    if any(isinstance(entry.get("pricing"), dict) for entry in entries):
        return [_of_openrouter(entry) for entry in entries]
    context = "max_model_len"  # vLLM's addition to the protocol.
    return [ListedModel(entry["id"], "", base_url, context_tokens=_whole(entry.get(context))) for entry in entries]


def _of_litellm(content: dict[str, Any]) -> Iterator[ListedModel]:
    for name, entry in content.items():
        if name == "sample_spec" or not isinstance(entry, dict) or entry.get("mode") != "chat":
            continue
        provider = str(entry.get("litellm_provider"))
        yield ListedModel(
            served_name=name.removeprefix(f"{provider}/"),
            provider=provider,
            base_url=ADDRESSES.get(provider),
            input_usd=_usd(entry.get("input_cost_per_token")),
            output_usd=_usd(entry.get("output_cost_per_token")),
            context_tokens=_whole(entry.get("max_input_tokens")),
            output_tokens=_whole(entry.get("max_output_tokens")),
        )


def _of_openrouter(entry: dict[str, Any]) -> ListedModel:
    pricing = entry.get("pricing") or {}
    return ListedModel(
        served_name=entry["id"],
        provider="openrouter",
        base_url=OPENROUTER,
        input_usd=_usd(pricing.get("prompt")),
        output_usd=_usd(pricing.get("completion")),
        context_tokens=_whole(entry.get("context_length")),
    )


def _usd(usd_per_token: Any) -> float | None:
    """Return the price of a million tokens; None where there is none. A negative one stands for "it depends"."""
    try:
        usd = float(usd_per_token)
    except (TypeError, ValueError):
        return None
    return round(usd * TOKENS_OF_PRICE, DIGITS) if isfinite(usd) and usd >= 0 else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
