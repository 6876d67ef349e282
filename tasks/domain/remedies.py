"""What to do about requests that have no reply, by the reason: asking again helps only where the cause passes."""

from collections.abc import Iterable

from tasks.domain.card import HostedEndpoint, ModelCard
from tasks.domain.missing_reason import MissingReason

ASK_AGAIN = "Run the same command again: only these are asked."
"""Where the cause passes by itself."""
MORE_MONEY = "Run the same command again with a higher budget (--budget USD, or 'budget.usd' of the plan)."
"""Remedy for requests that were not sent because of the budget."""

AFTERWARDS = "What has no reply is asked by the next run of the plan."


def remedy(reasons: Iterable[MissingReason], card: ModelCard) -> str:
    """Return what to do about requests to the model of `card` that have no reply for these reasons, in their order."""
    texts = [_of(reason, card) for reason in reasons if reason is not MissingReason.NOT_ASKED]
    if not any(texts):
        return ASK_AGAIN
    listed = [*dict.fromkeys(text for text in texts if text), AFTERWARDS]
    return " ".join(listed)


def _of(reason: MissingReason, card: ModelCard) -> str:
    endpoint = card.endpoint
    address = endpoint.base_url if isinstance(endpoint, HostedEndpoint) else "the server on this machine"
    served_name = endpoint.served_name if isinstance(endpoint, HostedEndpoint) else card.name
    key_env = endpoint.key_env if isinstance(endpoint, HostedEndpoint) else None
    key = f"the key in {key_env}" if key_env else "who has no key"
    match reason:
        case MissingReason.WRONG_KEY if key_env:
            return f"Put a valid key for {address} into {key_env}."
        case MissingReason.WRONG_KEY:
            return f"{address} requires a key: name the variable that holds it as 'endpoint.key_env' of the card."
        case MissingReason.NO_ACCESS:
            return f"{address} does not let {key} use {served_name!r}: get access there, or use another key or model."
        case MissingReason.NO_CREDIT:
            return f"Add credit to the account of {key} at {address}, or raise its spending limit."
        case MissingReason.NOT_FOUND:
            return f"Correct 'endpoint.base_url' ({address}) or 'endpoint.served_name' ({served_name}) of the card."
        case MissingReason.BAD_REQUEST:
            return (
                "The endpoint refuses them as they are: correct the card or plan (a prompt too long: 'context_tokens')."
            )
        case MissingReason.EMPTY_REPLY:
            return (
                "The model answers with empty texts: raise 'max_tokens' or 'max_completion_tokens', which reasoning "
                "counts towards, or leave the model out."
            )
        case MissingReason.STOPPED_BY_BUDGET:
            return MORE_MONEY
        case MissingReason.REPLY_TOO_LARGE:
            return f"Responses are longer than a reply can be: correct 'endpoint.base_url' ({address}) or 'max_tokens'."
    return ""
