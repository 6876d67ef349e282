"""The closed list of reasons in the columns `missing_reason` of replies, labels and grades; `stats` has others."""

from enum import StrEnum


class MissingReason(StrEnum):
    """Why a request has no reply, a reply no label, or a pair no grades. The values are stored."""

    EMPTY_REPLY = "empty_reply"
    CONTENT_FILTER = "content_filter"
    MALFORMED_REPLY = "malformed_reply"
    BAD_REQUEST = "bad_request"
    WRONG_KEY = "wrong_key"
    NO_ACCESS = "no_access"
    NO_CREDIT = "no_credit"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"
    CONNECTION_CLOSED = "connection_closed"
    """The server was reached, and closed the connection before its reply was whole."""

    REPLY_TOO_LARGE = "reply_too_large"
    """The response was longer than any reply, and not read to its end."""

    CANCELLED = "cancelled"
    """The provider's batch job that held the request was cancelled before the request was answered."""

    NOT_ASKED = "not_asked"
    """No call has been made yet: only in `core.outcome`, never in a fact."""

    STOPPED_BY_BUDGET = "stopped_by_budget"
    """No call was made, because its greatest possible cost would have passed the budget."""

    FAILED_CALL = "failed_call"
    """The recorded reply is a note that the call failed: there is no reply to judge."""

    REFUSED = "refused"
    """The judge declines to answer, or its endpoint withholds the answer."""

    NO_ANSWER = "no_answer"
    """There is no answer in the expected place."""

    TWO_ANSWERS = "two_answers"
    """There is a second answer, or text behind the first that may retract it."""

    OFF_MENU = "invalid_choice"
    """A key, a value or a combination that the judge was not offered."""

    BAD_JSON = "bad_json"

    @property
    def is_final(self) -> bool:
        """Whether the model's side decided it, so another attempt would only cost again."""
        return self in _FINAL

    @property
    def is_transient(self) -> bool:
        """Whether it is temporary, so a second attempt in the same run is useful."""
        return self in _TRANSIENT

    @property
    def is_of_endpoint(self) -> bool:
        """Whether the next request to the same endpoint would fail for it too."""
        return self in _OF_ENDPOINT


_FINAL = frozenset({MissingReason.EMPTY_REPLY, MissingReason.CONTENT_FILTER, MissingReason.FAILED_CALL})
_TRANSIENT = frozenset(
    {
        MissingReason.RATE_LIMITED,
        MissingReason.SERVER_ERROR,
        MissingReason.TIMEOUT,
        MissingReason.CONNECTION_LOST,
        MissingReason.CONNECTION_CLOSED,
    }
)
_OF_ENDPOINT = frozenset(
    {MissingReason.WRONG_KEY, MissingReason.NO_ACCESS, MissingReason.NO_CREDIT, MissingReason.NOT_FOUND}
)
