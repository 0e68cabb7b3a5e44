"""For whose company a turn of the street waits: many who are recorded together cost hardly more than one."""

import asyncio
from collections import deque
from collections.abc import Sized

SPACING_S = 0.045
"""At most so long after one turn began may the next one wait for company; a turn costs about as much for one act as for
ten."""
SPACING_EACH_S = 0.0025
"""It waits so long for each that the last turn carried: in a calm hour nobody waits, in a storm turns are few and full."""
ENOUGH = 32
"""So many do not wait for more: the disk is busy with them while the next are read."""
TURNS_REMEMBERED = 4
"""Nor do as many as there were at most in so many turns: phones that wait for our answer before they speak again cannot
become more, and those that speak when they like become more until the spacing ends it."""
LULLS = 6
"""Nor do those after whom nobody came for so many times as long as usually passes between two: whoever was coming has
come, and all others wait for our answer."""
LEAST_LULL_S = 0.002


class Company:
    """Of those in one inbox. Without spacing nobody waits."""

    def __init__(self, inbox: Sized, spacing_s: float) -> None:
        self._inbox = inbox
        self._spacing_s = spacing_s
        self._next_s = 0.0
        self._lately: deque[int] = deque((1,), maxlen=TURNS_REMEMBERED)
        self._plenty = asyncio.Event()
        self._enough = 1
        """How many have lately waited for our answer at once: when as many have come again, all have come."""

    def came(self) -> None:
        """The inbox holds more than before."""
        if len(self._inbox) >= self._enough:
            self._plenty.set()

    async def gathered(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait until as many have come as there lately were, or the turns' spacing has passed, or nobody comes any more."""
        begun_s = loop.time()
        while (waiting := len(self._inbox)) < self._enough and (now_s := loop.time()) < self._next_s:
            lull_s = max(LEAST_LULL_S, LULLS * (now_s - begun_s) / max(1, waiting))
            self._plenty.clear()
            waking = loop.call_at(min(self._next_s, now_s + lull_s), self._plenty.set)
            await self._plenty.wait()
            waking.cancel()
            if len(self._inbox) == waiting:
                return

    def sets_out(self, carried: int, now_s: float) -> None:
        """A turn begins, with so many out of the inbox."""
        self._next_s = now_s + min(self._spacing_s, carried * SPACING_EACH_S)

    def is_back(self, carried: int) -> None:
        """The turn has ended; others have come meanwhile."""
        self._lately.append(carried + len(self._inbox))
        self._enough = min(ENOUGH, max(self._lately))
