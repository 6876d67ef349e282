"""Failed calls that were recorded as if they were replies."""

import re

from tasks.domain.missing_reason import MissingReason

LONGEST = 200
"""A longer text is a reply, whatever its words."""

_NOTE = re.compile(
    r"(?:the )?(?:(?:request|call|api|model|server|connection|http|internal server)\s*)?(?:was |has |is )?"
    r"(?:reject(?:s|ed)? to (?:respond|answer|reply)|refused? to (?:respond|answer|reply)|no (?:response|reply|answer)|"
    r"(?:error|failed|failure|timed out)(?: \d+)?(?:: .*|\W*)|null|none|nan|n/a|undefined|"
    r"content[_ ]filter(?:ed|ing)?|rate limit(?:ed| exceeded)?|timeout)",
    re.IGNORECASE | re.DOTALL,
)
_WRAPPING = " \t\r\n.!*'\"`<>[](){}:"


def failed_call_reason(text: str | None) -> MissingReason | None:
    """Return why `text` is no reply: it is empty, or only a note that the call failed; None for a reply."""
    if text is None or not text.strip():
        return MissingReason.EMPTY_REPLY
    bare = text.strip(_WRAPPING)
    return MissingReason.FAILED_CALL if len(bare) <= LONGEST and _NOTE.fullmatch(bare) else None
