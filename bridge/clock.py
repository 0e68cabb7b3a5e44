"""The hall clock of a real day: what time it is, and how to wait for a later one."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """The domain's time, in milliseconds since the epoch. In a demo or drill it is driven (`bridge.simulator.clock`)."""

    @property
    def speed(self) -> float:
        """Hall seconds per real second."""
        ...

    def now(self) -> int: ...

    async def sleep_until(self, ms: int) -> None: ...

    async def sleep(self, ms: int) -> None: ...


class RealClock:
    """The hall's time is the world's. Waiting follows the monotonic clock: a stepped wall clock wakes nobody early."""

    speed = 1.0

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    async def sleep_until(self, ms: int) -> None:
        await self.sleep(ms - self.now())

    async def sleep(self, ms: int) -> None:
        await asyncio.sleep(max(0, ms) / 1000)
