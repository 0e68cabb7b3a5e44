"""A broadcast on the air and a follower of it, on a clock that waits for both."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from bridge.agent import Follower, Seen
from bridge.agent.broadcast import Bounds
from bridge.simulator.broadcast import Origin, on_air
from bridge.simulator.clock import DrivenClock

NOON = 1_772_859_600_000
QUICK = Bounds(read_s=0.3)
"""An origin that keeps us waiting is given up sooner than in a hall."""


@dataclass
class Watched:
    """What somebody sees who looks at one room's follower."""

    clock: DrivenClock
    follower: Follower
    moves: list[tuple[float, str]] = field(default_factory=list)
    """(seconds since noon, word) of each change."""
    why: list[str] = field(default_factory=list)

    def moved(self, seen: Seen, why: str) -> None:
        self.moves.append(((self.clock.now() - NOON) / 1000, seen.stream))
        self.why.append(why)

    @property
    def words(self) -> list[str]:
        return [word for _, word in self.moves]

    @property
    def seen(self) -> Seen:
        assert self.follower.seen is not None
        return self.follower.seen

    async def passes(self, seconds: float) -> None:
        await self.clock.run(self.clock.now() + round(seconds * 1000))


@asynccontextmanager
async def following(url: str, clock: DrivenClock, bounds: Bounds = QUICK) -> AsyncIterator[Watched]:
    moved: list[Callable[[Seen, str], None]] = []
    follower = Follower(url, clock, bounds=bounds, chance=random.Random(1), moved=lambda seen, why: moved[0](seen, why))
    watched = Watched(clock, follower)
    moved.append(watched.moved)
    clock.quiet = lambda: not follower.reading
    async with asyncio.TaskGroup() as jobs:
        running = jobs.create_task(follower.run())
        yield watched
        running.cancel()


@asynccontextmanager
async def watching(target_s: int = 4) -> AsyncIterator[tuple[Origin, Watched]]:
    """A good broadcast that has been on the air for a while, and a room that has just begun to follow it."""
    clock = DrivenClock(NOON, None, stuck_after_s=10)
    origin = Origin(clock.now, target_s=target_s)
    async with on_air(origin) as url, following(url, clock) as watched:
        yield origin, watched


Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def answered_by(**doors: Answering) -> AsyncIterator[str]:
    """An origin of another kind: what it answers under each name. The address of its first door."""
    app = web.Application()
    for name, door in doors.items():
        app.router.add_get(f"/{name}", door)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/{next(iter(doors))}"
    finally:
        await runner.cleanup()
