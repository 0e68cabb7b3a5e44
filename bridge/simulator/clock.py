"""The driven hall clock: it goes on only when everybody waits for it, so that a pause of ours never invents an outage.

Whoever sleeps on it is woken in the order of the times asked for, then of asking. Between two moments the clock looks
whether everything is `quiet`: every frame that was sent has been heard, every request answered.
"""

import asyncio
import heapq
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

CALM_PASSES = 4
"""How many turns of the loop in a row must find quiet: a woken task needs one to run, and one to send."""
SPIN_PASSES = 12
REST_S = 0.002
"""After so many turns without quiet, rest until somebody asks for a moment: a commit on another thread needs the
processor, and would get it only between our turns."""
UNBOUND = 1_000.0
"""What a clock without a bound says of its speed: about what a laptop reaches."""
CATCH_UP_S = 1.0
"""How much of a delay is made up by going faster afterwards; the rest is forgotten."""


class Stuck(RuntimeError):
    """Nothing became quiet for a long time: a frame was lost on the way or somebody waits outside the clock."""


class DrivenClock:
    """Hall time for a play. `speed` None: as fast as the machine keeps up."""

    def __init__(
        self,
        start_ms: int,
        speed: float | None = 60,
        quiet: Callable[[], bool] = lambda: True,
        *,
        grain_ms: int = 250,
        stuck_after_s: float = 30,
        real: Callable[[], float] = monotonic,
    ) -> None:
        """Times asked for are rounded up to `grain_ms`: thousands of rooms then share a few moments per second."""
        self._now_ms = start_ms
        self.quiet = quiet
        self._grain_ms = grain_ms
        self._stuck_after_s = stuck_after_s
        self._real = real
        self.go_at(speed)
        self._sleepers: list[tuple[int, int, int, asyncio.Future[None]]] = []
        self._asked = 0
        self._earlier = asyncio.Event()

    @property
    def speed(self) -> float:
        """Hall seconds per real second, as screens and real devices are told."""
        return self._speed or UNBOUND

    def go_at(self, speed: float | None) -> None:
        """Another speed from now on; None: as fast as the machine keeps up."""
        if speed is not None and speed <= 0:
            raise ValueError(f"tốc độ {speed}: cần một số dương")
        self._speed = speed
        self._began_real, self._began_ms = self._real(), self._now_ms

    def now(self) -> int:
        return self._now_ms

    async def sleep(self, ms: int, rank: int = 0) -> None:
        await self.sleep_until(self._now_ms + ms, rank)

    async def sleep_until(self, ms: int, rank: int = 0) -> None:
        """Wait for a time; a past one is the present moment. Among equal times a higher `rank` waits for all lower."""
        moment = -(-ms // self._grain_ms) * self._grain_ms
        awake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked += 1
        heapq.heappush(self._sleepers, (moment, rank, self._asked, awake))
        self._earlier.set()
        await awake

    async def run(self, until_ms: int | None = None) -> None:
        """Drive the clock until a time, or for ever. The time itself still happens."""
        self.go_at(self._speed)
        while True:
            await self._calm()
            next_ms = self._next_moment()
            over = until_ms is not None and (next_ms is None or next_ms > until_ms)
            if over:
                next_ms = until_ms
            if next_ms is None:
                self._earlier.clear()
                await self._earlier.wait()
                continue
            if self._speed is not None and next_ms > self._now_ms:
                due = self._began_real + (next_ms - self._began_ms) / 1000 / self._speed
                late = self._real() - due
                if late < 0:
                    await self._until_real(-late)
                    continue
                if late > CATCH_UP_S:
                    self._began_real, self._began_ms = self._real() - CATCH_UP_S, next_ms
            self._now_ms = max(self._now_ms, next_ms)
            if over:
                return
            self._wake()

    def _next_moment(self) -> int | None:
        while self._sleepers and self._sleepers[0][3].done():
            # Somebody stopped waiting (was cancelled).
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def _wake(self) -> None:
        """Everybody who waits for this moment with the lowest rank."""
        moment, rank = self._now_ms, self._sleepers[0][1]
        while self._sleepers and self._sleepers[0][0] <= moment and self._sleepers[0][1] <= rank:
            awake = heapq.heappop(self._sleepers)[3]
            if not awake.done():
                awake.set_result(None)

    async def _until_real(self, seconds: float) -> None:
        """Wait in real time, or until somebody asks for an earlier moment than everybody else."""
        self._earlier.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._earlier.wait()

    async def _calm(self) -> None:
        """Until nobody has anything left to do in this moment."""
        calm = passes = 0
        began: float | None = None
        while calm < CALM_PASSES:
            await asyncio.sleep(0)
            if self.quiet():
                calm += 1
                continue
            calm = 0
            passes += 1
            if passes >= SPIN_PASSES:
                began = began if began is not None else self._real()
                if self._real() - began > self._stuck_after_s:
                    raise Stuck(
                        f"đồng hồ diễn tập đứng yên quá {self._stuck_after_s:g} giây: có việc chưa xong ở máy chủ"
                    )
                await self._until_real(REST_S)
