"""Calls leave a few at a time, so that what has arrived is kept before more is sent.

An event loop runs all that is ready before it looks for news. If hundreds of calls left at once, an answer that
arrives meanwhile would lie unread until the last of them is sent, and be lost to a kill.
"""

import asyncio
from collections import deque

AT_ONCE = 4
"""Calls that leave between two looks at what has arrived."""


class Departures:
    """The queue of calls that are about to be sent in one event loop."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_open = False

    async def turn(self) -> None:
        """Wait until this call may be sent."""
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        self._waiting.append(turn)
        if not self._is_open:
            self._is_open = True
            loop.call_soon(self._let_go, loop)
        await turn

    def _let_go(self, loop: asyncio.AbstractEventLoop) -> None:
        n_left = 0
        while self._waiting and n_left < AT_ONCE:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                n_left += 1
        self._is_open = bool(self._waiting)
        if self._is_open:
            loop.call_soon(self._let_go, loop)
