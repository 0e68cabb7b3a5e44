"""The follower of a broadcast: it reloads the list as RFC 8216 asks of a player, takes the head of each newest segment,
and says when its judgement changes.
"""

import asyncio
import random
from collections.abc import Callable
from time import monotonic
from typing import Protocol

import aiohttp

from bridge.agent.broadcast import judging
from bridge.agent.broadcast.fetching import Bounds, Found, Unread, opened_session, read_head, read_list
from bridge.agent.broadcast.judging import Arrived, Course, Listed, Seen
from bridge.agent.broadcast.playlists import Menu, NotAPlaylist, Reel, Segment, read
from bridge.rules.wire import StreamWord

LOOK_EVERY_MS = 1_000
LEAST_PAUSE_S = 0.5
MOST_PAUSE_S = 15.0
RETRY_S = (1.0, 3.0)
"""After a failure: anywhere between, so that 800 rooms do not come back to an origin in step."""


class Clock(Protocol):
    def now(self) -> int: ...

    async def sleep(self, ms: int) -> None: ...


class SteadyClock:
    """Time that only goes on: a room's clock may be set while the broadcast runs."""

    def now(self) -> int:
        return round(monotonic() * 1000)

    async def sleep(self, ms: int) -> None:
        await asyncio.sleep(max(0, ms) / 1000)


class Broadcast(Protocol):
    """What a room's machine knows of the broadcast."""

    @property
    def seen(self) -> Seen | None:
        """The newest judgement; None: none yet."""
        ...

    async def other_than(self, told: StreamWord | None) -> Seen:
        """The judgement as soon as its word is another than this."""
        ...


Moved = Callable[[Seen, str], None]


class Follower:
    """Follows one broadcast until it is cancelled."""

    def __init__(
        self,
        url: str,
        clock: Clock | None = None,
        *,
        bounds: Bounds | None = None,
        chance: random.Random | None = None,
        moved: Moved = lambda _seen, _why: None,
    ) -> None:
        """`moved` is told of every change of the word, and what was found last that may be its cause."""
        self._entry = self._url = url
        self._clock = clock or SteadyClock()
        self._bounds = bounds or Bounds()
        self._chance = chance or random.SystemRandom()
        self._moved = moved
        self._course = Course(began_ms=self._clock.now())
        self._why = ""
        self._turned = asyncio.Event()
        self.seen: Seen | None = None
        self.reading = False
        """Whether an answer of the origin is waited for, and not the clock."""

    async def other_than(self, told: StreamWord | None) -> Seen:
        while self.seen is None or self.seen.stream == told:
            await self._turned.wait()
        return self.seen

    async def run(self) -> None:
        self._course = Course(began_ms=self._clock.now())
        async with opened_session(self._bounds) as http, asyncio.TaskGroup() as jobs:
            jobs.create_task(self._look())
            while True:
                self.reading = True
                try:
                    pause_s = await self._follow(http)
                finally:
                    self.reading = False
                self._judge()
                await self._clock.sleep(round(pause_s * 1000))

    async def _look(self) -> None:
        """That nothing comes is seen by nobody but the clock."""
        while True:
            await self._clock.sleep(LOOK_EVERY_MS)
            self._judge()

    def _judge(self) -> None:
        before = self.seen.stream if self.seen else None
        self.seen = judging.judge(self._course, self._clock.now(), before) or self.seen
        if self.seen is not None and self.seen.stream != before:
            self._moved(self.seen, self._why)
            turned, self._turned = self._turned, asyncio.Event()
            turned.set()

    async def _follow(self, http: aiohttp.ClientSession) -> float:
        """One reload, and the newest segment if it has not come yet; how long to wait for the next, in seconds."""
        began_ms = self._clock.now()
        newest = self._course.newest
        try:
            reel = await self._read_reel(http)
        except (Unread, NotAPlaylist) as failed:
            self._why = str(failed)
            self._course = judging.unread(self._course)
            # Perhaps the origin has begun anew under other names: its front door knows.
            self._url = self._entry
            return self._chance.uniform(*RETRY_S)
        self._why = ""
        if reel.newest is not None and reel.newest.number == self._course.awaited:
            await self._read_segment(http, reel.newest)
        # RFC 8216, 6.3.4: the target duration after a change, half of it when nothing has changed.
        pause_s = reel.target_s if self._course.newest != newest else reel.target_s / 2
        took_s = (self._clock.now() - began_ms) / 1000
        return min(MOST_PAUSE_S, max(LEAST_PAUSE_S, pause_s - took_s))

    async def _read_reel(self, http: aiohttp.ClientSession) -> Reel:
        found = await read_list(http, self._url, self._bounds)
        list_ = read(found.raw, found.url)
        if isinstance(list_, Menu):
            self._url = list_.url
            found = await read_list(http, self._url, self._bounds)
            list_ = read(found.raw, found.url)
        if isinstance(list_, Menu):
            raise NotAPlaylist("variants of variants")
        newest = list_.newest
        self._course = judging.listed(
            self._course,
            Listed(
                target_s=list_.target_s,
                newest=newest.number if newest else None,
                segments=list_.segments,
                age_s=_age_s(newest, found),
            ),
        )
        return list_

    async def _read_segment(self, http: aiohttp.ClientSession, segment: Segment) -> None:
        began_ms = self._clock.now()
        try:
            _, size = await read_head(http, segment.url, segment.range, self._bounds)
        except Unread as failed:
            # It is asked for again with the next reload, as long as it is the newest.
            self._why = f"segment: {failed}"
            return
        now_ms = self._clock.now()
        came = Arrived(at_ms=now_ms, took_s=(now_ms - began_ms) / 1000, duration_s=segment.duration_s, size=size)
        self._course = judging.arrived(self._course, came)


def _age_s(segment: Segment | None, found: Found) -> float | None:
    if segment is None or segment.ended_ms is None or found.now_ms is None:
        return None
    return (found.now_ms - segment.ended_ms) / 1000
