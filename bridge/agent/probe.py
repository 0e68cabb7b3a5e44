"""How good the line is: round trip and loss, from one ping with every beat."""

import asyncio
from collections import deque
from typing import Protocol

from websockets.asyncio.client import ClientConnection

from bridge.rules.wire import Beat

WINDOW = 20
"""Loss is told over so many of the last pings."""
DEAF_AFTER = 4
"""So many pings in a row without an answer: the connection is a dead one that nobody has closed."""


class Probe(Protocol):
    async def look(self, line: ClientConnection) -> Beat:
        """The next beat, with what is known of the line."""
        ...

    @property
    def deaf(self) -> bool:
        """Whether nothing comes back any more."""
        ...


class LineProbe:
    """Pings one connection. A ping that has no answer when the next one is due counts as lost."""

    def __init__(self) -> None:
        self._asked: asyncio.Future[float] | None = None
        self._rtt_ms: float | None = None
        self._lost: deque[bool] = deque(maxlen=WINDOW)

    async def look(self, line: ClientConnection) -> Beat:
        if self._asked is not None:
            answered = self._asked.done() and self._asked.exception() is None
            if answered:
                self._rtt_ms = round(self._asked.result() * 1000, 1)
            self._lost.append(not answered)
        self._asked = asyncio.ensure_future(await line.ping())
        # A connection that breaks fails its pings; that is told by the reader, not by a forgotten future.
        self._asked.add_done_callback(_looked_at)
        loss = round(sum(self._lost) / len(self._lost), 3) if self._lost else None
        return Beat(rtt_ms=self._rtt_ms, loss=loss)

    @property
    def deaf(self) -> bool:
        return len(self._lost) >= DEAF_AFTER and all(list(self._lost)[-DEAF_AFTER:])


def _looked_at(answer: asyncio.Future[float]) -> None:
    if not answer.cancelled():
        answer.exception()
