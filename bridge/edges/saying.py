"""What the centre says to a room of its own accord: it never stands in the way of an answer, and never piles up."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress

from bridge.rules.notices import NEWEST

UNSAID_LIMIT = NEWEST + 1
"""The newest notices that a hall is shown, and its reminder. A room that does not take them hears them at its next hello."""

Send = Callable[[bytes], Awaitable[None]]


class Saying:
    """The frames that wait for one socket: the newest of each subject, the oldest dropped for want of room."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._unsaid: dict[Hashable, bytes] = {}
        self._saying: asyncio.Task[None] | None = None

    def say(self, subject: Hashable, frame: bytes) -> None:
        """As soon as the socket takes it; instead of what was to be said of the same subject."""
        self._unsaid.pop(subject, None)
        self._unsaid[subject] = frame
        if len(self._unsaid) > UNSAID_LIMIT:
            del self._unsaid[next(iter(self._unsaid))]
        if self._saying is None:
            self._saying = asyncio.create_task(self._say_all())

    async def _say_all(self) -> None:
        try:
            # A line that breaks meanwhile hears the rest when it greets again.
            with suppress(ConnectionError):
                while self._unsaid:
                    await self._send(self._unsaid.pop(next(iter(self._unsaid))))
        finally:
            self._saying = None

    def stop(self) -> None:
        """The socket is gone."""
        self._unsaid.clear()
        if self._saying is not None:
            self._saying.cancel()
