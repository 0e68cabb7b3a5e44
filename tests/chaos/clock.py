"""The hall's clock, going faster than the world's: an hour of a conference in some minutes, over real sockets."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, time

LOOK_S = 0.01
AWAKE_S = 0.015


class SpedClock:
    """`speed` hall seconds pass in one of ours. Processes that are told the same beginning show the same time."""

    def __init__(self, speed: float, began_s: float | None = None, began_ms: int | None = None) -> None:
        """`began_s`: a reading of the machine's monotonic clock, at which the hall's showed `began_ms`."""
        self.speed = speed
        self.began_s = monotonic() if began_s is None else began_s
        self.began_ms = round(time() * 1000) if began_ms is None else began_ms

    def now(self) -> int:
        return self.began_ms + round((monotonic() - self.began_s) * self.speed * 1000)

    async def sleep_until(self, ms: int) -> None:
        await self.sleep(ms - self.now())

    async def sleep(self, ms: int) -> None:
        await asyncio.sleep(max(0, ms) / 1000 / self.speed)


class ClockOfOne(SpedClock):
    """Where everybody lives in one process it stands still while that does: then nobody is blamed for a busy machine."""

    def __init__(self, speed: float) -> None:
        super().__init__(speed)
        self._seen_s = self.began_s
        self._gone_s = 0.0
        self._stands = False

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Nothing passes while something is done that takes the world's time."""
        self.now()
        self._stands = True
        yield
        self.now()
        self._stands = False

    def now(self) -> int:
        real_s = monotonic()
        # Between two looks of somebody who is awake no more than this has passed, unless we were not running.
        self._gone_s += 0 if self._stands else min(real_s - self._seen_s, AWAKE_S)
        self._seen_s = real_s
        return self.began_ms + round(self._gone_s * self.speed * 1000)

    async def sleep(self, ms: int) -> None:
        until_ms = self.now() + ms
        while (left_ms := until_ms - self.now()) > 0:  # noqa: ASYNC110 - time is looked at, not told
            await asyncio.sleep(min(left_ms / 1000 / self.speed, LOOK_S))
