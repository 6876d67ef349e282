"""What to do about requests without a reply: asking again is advised only where the cause passes by itself."""

import pytest

from tasks.domain.card import HostedEndpoint, ModelCard
from tasks.domain.missing_reason import MissingReason
from tasks.domain.remedies import ASK_AGAIN, remedy


def card(key_env: str | None = "SOME_KEY") -> ModelCard:
    reached = HostedEndpoint(
        provider="openai_compatible", base_url="https://api.example/v1", served_name="big-1", key_env=key_env
    )
    return ModelCard(name="big", vendor="v", endpoint=reached)


@pytest.mark.parametrize(
    ("reason", "parts"),
    [
        ("wrong_key", ["a valid key for https://api.example/v1 into SOME_KEY"]),
        ("no_access", ["https://api.example/v1", "SOME_KEY", "'big-1'", "get access"]),
        ("no_credit", ["Add credit", "SOME_KEY", "https://api.example/v1"]),
        ("not_found", ["'endpoint.base_url' (https://api.example/v1)", "'endpoint.served_name' (big-1)"]),
        ("bad_request", ["correct the card or plan"]),
        ("empty_reply", ["'max_completion_tokens'"]),
        ("reply_too_large", ["'endpoint.base_url' (https://api.example/v1)"]),
    ],
)
def test_what_does_not_pass_by_itself_has_a_remedy_of_its_own(reason, parts) -> None:
    text = remedy([MissingReason(reason), MissingReason.NOT_ASKED], card())
    assert all(part in text for part in parts)
    assert "again" not in text


@pytest.mark.parametrize("reason", [reason for reason in MissingReason if reason.is_transient])
def test_what_passes_by_itself_is_asked_again(reason) -> None:
    assert remedy([reason, MissingReason.NOT_ASKED], card()) == ASK_AGAIN


def test_endpoint_that_wants_a_key_which_its_card_does_not_name() -> None:
    assert "'endpoint.key_env' of the card" in remedy([MissingReason.WRONG_KEY], card(key_env=None))


def test_several_reasons_have_each_its_remedy_once() -> None:
    text = remedy([MissingReason.BAD_REQUEST, MissingReason.TIMEOUT, MissingReason.NO_CREDIT], card())
    assert text.count("correct the card or plan") == text.count("Add credit") == text.count("next run") == 1
