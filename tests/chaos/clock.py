"""The hall's clock, going faster than the world's: an hour of a conference in some minutes, over real sockets."""

import asyncio
from time import monotonic, time


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
