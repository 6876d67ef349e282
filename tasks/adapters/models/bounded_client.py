"""The HTTP client of all calls, which reads no more of a response than a reply can have."""

from typing import Any

import httpx2
from openai import DefaultAioHttpClient

from tasks.adapters.models.response_limit import MOST_BYTES, ResponseTooLarge

_OF_TRANSFER = ("content-encoding", "content-length", "transfer-encoding")


class BoundedClient(DefaultAioHttpClient):
    """The client that the `openai` package brings, for responses of limited length."""

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send `request` and return its response, read whole and unpacked.

        Raises:
            ResponseTooLarge: the response is too long.
            httpx2.HTTPError: there is none, or it can't be read.
        """
        response = await super().send(request, **options | {"stream": True})
        chunks, n_bytes = [], 0
        try:
            async for chunk in response.aiter_bytes():
                n_bytes += len(chunk)
                if n_bytes > MOST_BYTES:
                    raise ResponseTooLarge(f"the reply is longer than {MOST_BYTES / 2**20:.0f} MiB; it was not read on")
                chunks.append(chunk)
        finally:
            await response.aclose()
        # What is kept is unpacked: headers that say how it travelled would have it unpacked again.
        headers = [(name, value) for name, value in response.headers.multi_items() if name not in _OF_TRANSFER]
        return httpx2.Response(response.status_code, headers=headers, content=b"".join(chunks), request=request)
