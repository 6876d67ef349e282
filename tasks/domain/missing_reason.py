"""Why something is missing: the one closed list behind the columns `missing_reason` of replies, verdicts and grades."""

from enum import StrEnum


class MissingReason(StrEnum):
    """Why a request has no reply, or a reply no verdict and a pair no grades. It is stored as it is written here."""

    EMPTY_REPLY = "empty_reply"
    CONTENT_FILTER = "content_filter"
    MALFORMED_REPLY = "malformed_reply"
    BAD_REQUEST = "bad_request"
    WRONG_KEY = "wrong_key"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"

    NOT_ASKED = "not_asked"
    """No call has been made yet: it stands in `core.outcome`, and never in a fact."""

    FAILED_CALL = "failed_call"
    """What was recorded as a reply is a note that the call failed: there is nothing to judge."""

    REFUSED = "refused"
    """The judge declines to answer, or its endpoint withholds the answer."""

    NO_ANSWER = "no_answer"
    """There is no answer where it belongs."""

    TWO_ANSWERS = "two_answers"
    """There is a second answer, or words behind the first that may take it back."""

    OFF_MENU = "invalid_choice"
    """A key, a value or a combination that the judge was not offered."""

    BAD_JSON = "bad_json"

    @property
    def is_final(self) -> bool:
        """Say whether it was decided at the model's side, so that asking again would only be paid again."""
        return self in _FINAL

    @property
    def is_transient(self) -> bool:
        """Say whether it passes by itself, so that a second try in the same run is worth while."""
        return self in _TRANSIENT

    @property
    def is_of_endpoint(self) -> bool:
        """Say whether the next request to the same endpoint would meet it as well."""
        return self in _OF_ENDPOINT


_FINAL = frozenset({MissingReason.EMPTY_REPLY, MissingReason.CONTENT_FILTER, MissingReason.FAILED_CALL})
_TRANSIENT = frozenset(
    {
        MissingReason.RATE_LIMITED,
        MissingReason.SERVER_ERROR,
        MissingReason.TIMEOUT,
        MissingReason.CONNECTION_LOST,
    }
)
_OF_ENDPOINT = frozenset({MissingReason.WRONG_KEY, MissingReason.NOT_FOUND})
