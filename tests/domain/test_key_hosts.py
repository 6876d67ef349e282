"""A well-known key that goes elsewhere is said once a host, with the cards that send it; keys of the project's own cards go home."""

from typing import Any

import pytest

from tasks.adapters.inputs import cards
from tasks.domain.card import ModelCard
from tasks.domain.key_hosts import key_warnings


def card(name: str, base_url: str, key_env: str | None = "OPENAI_API_KEY") -> ModelCard:
    endpoint: dict[str, Any] = {"provider": "openai_compatible", "served_name": "m", "base_url": base_url}
    return ModelCard.model_validate({"name": name, "vendor": "v", "endpoint": endpoint | {"key_env": key_env}})


@pytest.mark.parametrize(
    ("base_url", "key_env"),
    [
        ("https://api.openai.com/v1", "OPENAI_API_KEY"),
        ("https://API.OpenAI.com./v1", "OPENAI_API_KEY"),
        ("https://mine.openai.azure.com/openai/v1", "AZURE_OPENAI_API_KEY"),
        ("https://elsewhere.example/v1", "MY_OWN_KEY"),
        ("https://elsewhere.example/v1", None),
    ],
)
def test_a_key_at_home_is_no_warning(base_url, key_env) -> None:
    assert key_warnings([card("m", base_url, key_env)]) == []


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://api.openai.com.example/v1", "api.openai.com.example"),
        ("https://myapi.openai.com.invalid/v1", "myapi.openai.com.invalid"),
        ("https://notapi.openai.com/v1", "notapi.openai.com"),
        ("http://127.0.0.1:9/v1", "127.0.0.1"),
    ],
)
def test_a_key_that_goes_elsewhere_is_a_warning(base_url, host) -> None:
    [sentence] = key_warnings([card("m", base_url)])
    assert sentence.startswith(f"the key in OPENAI_API_KEY goes to {host}, not to api.openai.com (card m). If")


def test_cards_of_one_host_are_one_warning() -> None:
    chosen = [card("b", "https://x.example/v1"), card("a", "https://x.example/v2"), card("b", "https://x.example/v1")]
    chosen += [card("c", "https://x.example/v1", "MISTRAL_API_KEY")]
    assert [sentence.partition(" If")[0] for sentence in key_warnings(chosen)] == [
        "the key in OPENAI_API_KEY goes to x.example, not to api.openai.com (card b, a).",
        "the key in MISTRAL_API_KEY goes to x.example, not to api.mistral.ai (card c).",
    ]


def test_each_card_of_the_project_sends_its_key_home() -> None:
    assert key_warnings(cards.read_card(name) for name in cards.card_names()) == []
