"""The rooms of a city: real agents on real sockets, each through the proxy that it is told."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from time import monotonic

from bridge.agent import Agent, SentAway, socket_url
from bridge.rules.wire import ServerSays, Welcome
from tests.chaos.clock import SpedClock
from tests.chaos.proxy import Proxy


class Fleet:
    """Agents that keep their lines, and when each of them was last welcomed."""

    def __init__(self, tokens: Mapping[str, str], clock: SpedClock, jobs: asyncio.TaskGroup, seed: int) -> None:
        self._tokens = tokens
        self._clock = clock
        self._jobs = jobs
        self._seed = seed
        self._running: dict[str, asyncio.Task[None]] = {}
        self._agents: dict[str, Agent] = {}
        self.welcomed_s: dict[str, float] = {}
        """By our own clock."""
        self.sent_away: dict[str, SentAway] = {}
        self._changed = asyncio.Event()

    def switch_on(self, codes: Iterable[str], proxy: Proxy) -> None:
        for code in codes:
            agent = Agent(
                socket_url(proxy.url),
                self._tokens[code],
                self._clock,
                device=f"room-{code}",
                chance=random.Random(f"{self._seed}:{code}"),
                told=lambda frame, code=code: self._told(code, frame),  # type: ignore[misc]
            )
            self._agents[code] = agent
            self._running[code] = self._jobs.create_task(self._run(code, agent))

    async def _run(self, code: str, agent: Agent) -> None:
        try:
            await agent.run()
        except SentAway as away:
            self.sent_away[code] = away

    async def leave(self, codes: Iterable[str]) -> None:
        """Switched off with a goodbye."""
        for code in codes:
            await self._agents[code].leave()

    def switch_off(self) -> None:
        for each in self._running.values():
            each.cancel()

    def _told(self, code: str, frame: ServerSays) -> None:
        if isinstance(frame, Welcome):
            self.welcomed_s[code] = monotonic()
            self._changed.set()

    async def all_welcomed(self, codes: Iterable[str], since_s: float, patience_s: float) -> float:
        """Until all of them were welcomed after a time; when the last one was."""
        wanted = frozenset(codes)
        async with asyncio.timeout(patience_s):
            while missing := [code for code in wanted if self.welcomed_s.get(code, 0.0) < since_s]:
                self._changed.clear()
                await self._changed.wait()
        assert not missing
        return max(self.welcomed_s[code] for code in wanted)


@asynccontextmanager
async def switched_on(tokens: Mapping[str, str], clock: SpedClock, seed: int = 2026) -> AsyncIterator[Fleet]:
    """A fleet whose rooms are all switched off when the block ends."""
    async with asyncio.TaskGroup() as jobs:
        fleet = Fleet(tokens, clock, jobs, seed)
        try:
            yield fleet
        finally:
            fleet.switch_off()
