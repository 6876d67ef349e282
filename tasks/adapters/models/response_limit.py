"""How long a response may be."""

MOST_BYTES = 4 * 2**20
"""Of a response, as unpacked: the longest reply that models write, with its reasoning, takes less than half of it."""


class ResponseTooLarge(Exception):
    """A response is longer than `MOST_BYTES`; the rest of it was not read."""
