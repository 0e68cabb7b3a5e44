"""The rooms of a play: real agents on real sockets, whose power and lines can be cut."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bridge.agent import Agent, Broadcast, Seen, SentAway
from bridge.agent.client import OPEN_TIMEOUT_S
from bridge.clock import Clock
from bridge.rules import wire
from bridge.rules.wire import Beat, ServerSays, StreamWord, Welcome
from bridge.simulator.traffic import Traffic


class CountedLine(ClientConnection):
    """A room's connection that counts what goes over it, once it is told where."""

    _traffic: Traffic | None = None
    _lost: Callable[[], None]

    def counted(self, traffic: Traffic, lost: Callable[[], None]) -> None:
        """The handshake is done: from now on the server knows of it. `lost` is called once, when it ends."""
        self._traffic, self._lost = traffic, lost
        traffic.agents_connected += 1

    async def send(self, message: Any, *, text: bool | None = None) -> None:
        if self._traffic is None:
            raise RuntimeError("a line is used before its handshake was done")
        self._traffic.frames_sent += 1
        try:
            await super().send(message, text=text)
        except ConnectionClosed:
            self._traffic.frames_sent -= 1
            raise

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._traffic is not None:
            self._traffic.agents_connected -= 1
            self._lost()


class DrawnProbe:
    """A line whose quality is drawn by lot: on a driven clock there is nothing to measure."""

    deaf = False

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._usual_ms = chance.uniform(18, 60)

    async def look(self, _line: ClientConnection) -> Beat:
        return Beat(rtt_ms=round(self._usual_ms * self._chance.uniform(0.9, 1.3), 1), loss=0.0)


class DrawnBroadcast:
    """A broadcast that arrives, drawn by lot: a whole city that really followed one would be a load of its own."""

    def __init__(self, chance: random.Random) -> None:
        self.seen = Seen("fresh", behind_s=round(chance.uniform(3, 9), 1), bitrate_kbps=round(chance.uniform(380, 420)))

    async def other_than(self, told: StreamWord | None) -> Seen:
        if told == self.seen.stream:
            # Nothing becomes of it until the line ends.
            await asyncio.Event().wait()
        return self.seen


class Room:
    """One hall's machine. Its owner runs the tasks; the room starts and ends them."""

    def __init__(
        self,
        code: str,
        url: str,
        token: str,
        clock: Clock,
        chance: random.Random,
        traffic: Traffic,
        jobs: asyncio.TaskGroup,
        broadcast: Broadcast | None = None,
    ) -> None:
        self.code = code
        self.sent_away: SentAway | None = None
        self._url = url
        self._token = token
        self._clock = clock
        self._chance = chance
        self._traffic = traffic
        self._jobs = jobs
        self._broadcast = broadcast
        self._agent: Agent | None = None
        self._running: asyncio.Task[None] | None = None
        self._line: CountedLine | None = None
        self._silent: list[CountedLine] = []
        """Sockets of a machine without power: open, and nobody there."""
        self._down_until_ms = 0
        self._dialling = False

    def switch_on(self) -> None:
        """The machine starts and dials at once."""
        self._stop()
        self._agent = Agent(
            self._url,
            self._token,
            self._clock,
            device=f"room-{self.code}",
            chance=self._chance,
            dial=self._dial,
            probe=lambda: DrawnProbe(self._chance),
            broadcast=self._broadcast,
            told=self._told,
        )
        self._running = self._jobs.create_task(self._run(self._agent))

    async def vanish(self) -> None:
        """The power fails: one last beat, then silence on a socket that nobody closes."""
        if self._line is not None:
            with suppress(ConnectionClosed):
                await self._line.send(wire.text(Beat()))
            self._silent.append(self._line)
        self._stop()

    def drop(self, for_ms: int) -> None:
        """The line breaks and carries nothing for so long; the agent will find its way back."""
        self._down_until_ms = self._clock.now() + for_ms
        if self._line is not None:
            self._line.transport.abort()

    async def leave(self) -> None:
        """Switched off with a goodbye."""
        if self._agent is not None:
            await self._agent.leave()
        self._stop()

    def _stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
        self._agent = self._running = self._line = None
        self._arrived()

    async def _run(self, agent: Agent) -> None:
        try:
            await agent.run()
        except SentAway as away:
            self.sent_away = away

    async def _dial(self) -> ClientConnection:
        if self._clock.now() < self._down_until_ms:
            raise ConnectionRefusedError("the line is down")
        self._dialling = True
        self._traffic.requests_in_flight += 1
        try:
            line = await connect(
                self._url,
                additional_headers={"Authorization": f"Bearer {self._token}"},
                open_timeout=OPEN_TIMEOUT_S,
                ping_interval=None,
                close_timeout=1,
                proxy=None,
                compression=None,
                create_connection=CountedLine,
            )
        except BaseException:
            self._arrived()
            raise
        if not isinstance(line, CountedLine):
            raise TypeError("the connection is not the one that was asked for")
        self._line = line
        line.counted(self._traffic, lambda: self._lost(line))
        return line

    def _lost(self, line: CountedLine) -> None:
        if line is self._line:
            self._line = None
            self._arrived()

    def _told(self, frame: ServerSays) -> None:
        if isinstance(frame, Welcome):
            self._arrived()
            self.forget_silent()

    def forget_silent(self) -> None:
        """The sockets from before the power cut are gone for good."""
        for line in self._silent:
            line.transport.abort()
        self._silent.clear()

    def _arrived(self) -> None:
        """Dialling has come to an end, one way or the other."""
        if self._dialling:
            self._dialling = False
            self._traffic.requests_in_flight -= 1
