"""A TCP proxy with bad weather: what a line may do to a connection, drawn by lot from a seed."""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

FIRST_RETRY_S = 0.3
"""A lost segment is sent again after so long, then after twice, four times and so on: RFC 6298 as Linux does it on a line
with 50 ms there and back."""
SYN_RETRY_S = 1.0
LEAST_APART_S = 1e-6
MOST_WAITING = 1 << 20
"""Bytes on their way in one direction; a sender that is faster than the line is read no more until they have arrived."""


@dataclass(frozen=True)
class Weather:
    """What becomes of whatever is sent, in seconds of the hall."""

    delay_s: float = 0.0
    jitter_s: float = 0.0
    """Up to so much more, drawn for each piece."""
    loss: float = 0.0
    """Chance that a piece is lost and sent again: to those above TCP it only stalls."""
    bytes_per_s: float = 0.0
    """0: as fast as it can."""
    held: bool = False
    """Nothing arrives until the weather changes; then all of it does."""
    swallowed: bool = False
    """Nothing arrives ever again, and nobody is told: a black hole. Connections that it has met are dead for good."""
    refused: bool = False
    """New connections are refused."""


FINE = Weather()
LOSSY = Weather(delay_s=0.025, jitter_s=0.02, loss=0.1)


class Proxy:
    """One address that leads to a server. Its weather may be changed at any time, for all connections at once."""

    def __init__(self, upstream: int, weather: Weather = FINE, *, seed: int = 2026, speed: float = 1) -> None:
        """`upstream` is a port of this machine; `speed`: hall seconds in one of ours."""
        self.upstream = upstream
        self.port = 0
        self.pieces = 0
        self.lost = 0
        """Pieces that had to be sent again."""
        self.connections = 0
        self._weather = weather
        self._seed = seed
        self._speed = speed
        self._passages: set[Passage] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def weather(self) -> Weather:
        return self._weather

    @weather.setter
    def weather(self, weather: Weather) -> None:
        self._weather = weather
        for passage in tuple(self._passages):
            passage.turned()

    def reset(self) -> None:
        """Every connection is broken off on both sides (RST)."""
        for passage in tuple(self._passages):
            passage.break_off(client=True, server=True)

    def leave_half_open(self) -> None:
        """Every connection is broken off for the room; the server is not told and believes in it."""
        for passage in tuple(self._passages):
            passage.break_off(client=True, server=False)

    def real(self, hall_s: float) -> float:
        return hall_s / self._speed

    def enter(self, passage: "Passage") -> random.Random:
        self._passages.add(passage)
        self.connections += 1
        return random.Random(f"{self._seed}:{self.connections}")

    def left(self, passage: "Passage") -> None:
        self._passages.discard(passage)

    def drawn_s(self, chance: random.Random, size: int) -> tuple[float, float]:
        """(how long a piece is on its way, for how long it keeps the line busy), in our seconds."""
        weather = self._weather
        self.pieces += 1
        stall_s, retry_s = 0.0, FIRST_RETRY_S
        while weather.loss and chance.random() < weather.loss:
            self.lost += 1
            stall_s += retry_s
            retry_s *= 2
        on_its_way_s = weather.delay_s + chance.random() * weather.jitter_s + stall_s
        busy_s = size / weather.bytes_per_s if weather.bytes_per_s else 0.0
        return self.real(on_its_way_s), self.real(busy_s)

    def handshake_s(self, chance: random.Random) -> float:
        stall_s, retry_s = 0.0, SYN_RETRY_S
        while self._weather.loss and chance.random() < self._weather.loss:
            stall_s += retry_s
            retry_s *= 2
        return self.real(2 * self._weather.delay_s + stall_s)


@asynccontextmanager
async def proxied(
    upstream: int, weather: Weather = FINE, *, seed: int = 2026, speed: float = 1
) -> AsyncIterator[Proxy]:
    """A proxy on a free port, until the block ends."""
    proxy = Proxy(upstream, weather, seed=seed, speed=speed)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Passage(proxy).client, "127.0.0.1", 0, backlog=2048)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.reset()
        await server.wait_closed()


class Passage:
    """One connection from a client through the proxy to the server."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self._chance = proxy.enter(self)
        self.client = End(self)
        self.server = End(self)
        self.up = Way(self, self.client, self.server, random.Random(self._chance.random()))
        self.down = Way(self, self.server, self.client, random.Random(self._chance.random()))
        self.dead = False
        """It was in a black hole."""
        self._dialling: asyncio.Task[None] | None = None

    def made(self, end: "End") -> None:
        if end is self.client:
            if self.proxy.weather.refused:
                end.abort()
                return
            self._dialling = asyncio.create_task(self._dial())
        self.turned()

    async def _dial(self) -> None:
        await asyncio.sleep(self.proxy.handshake_s(self._chance))
        if self.dead:
            return
        try:
            await asyncio.get_running_loop().create_connection(lambda: self.server, "127.0.0.1", self.proxy.upstream)
        except OSError:
            self.client.abort()
            return
        self.up.flow()

    def turned(self) -> None:
        """The weather has changed."""
        self.dead = self.dead or self.proxy.weather.swallowed
        self.up.flow()
        self.down.flow()

    def way_from(self, end: "End") -> "Way":
        return self.up if end is self.client else self.down

    def lost(self, end: "End") -> None:
        """One side has hung up: the other hears of it once everything before has arrived, or never."""
        if not self.dead:
            self.way_from(end).end()
        if self.client.over and (self.server.over or self.server.transport is None):
            self._forget()

    def break_off(self, *, client: bool, server: bool) -> None:
        self.dead = True
        if client:
            self.client.abort()
        if server:
            self.server.abort()
            self._forget()

    def _forget(self) -> None:
        if self._dialling is not None:
            self._dialling.cancel()
        self.server.abort()
        self.proxy.left(self)


class End(asyncio.Protocol):
    """One of the two sides of a passage."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self.transport: asyncio.Transport | None = None
        self.over = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's bears no such name
        self._passage.made(self)

    def data_received(self, data: bytes) -> None:
        self._passage.way_from(self).carry(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.over = True
        self._passage.lost(self)

    def abort(self) -> None:
        """With RST, not with a friendly FIN."""
        if self.transport is None or self.over:
            return
        taken = self.transport.get_extra_info("socket")
        if taken is not None:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


class Way:
    """One direction: pieces arrive in order, each after its own time, none before the one it was sent after."""

    def __init__(self, passage: Passage, source: End, target: End, chance: random.Random) -> None:
        self._passage = passage
        self._source = source
        self._target = target
        self._chance = chance
        self._free_s = 0.0
        self._last_s = 0.0
        self._waiting: list[bytes] = []
        """Arrived, but kept back: the server is not there yet, or the weather holds everything."""
        self._on_its_way = 0
        self._paused = False

    def carry(self, data: bytes) -> None:
        if self._passage.dead:
            return
        loop = asyncio.get_running_loop()
        on_its_way_s, busy_s = self._passage.proxy.drawn_s(self._chance, len(data))
        now_s = loop.time()
        self._free_s = max(now_s, self._free_s) + busy_s
        self._last_s = max(self._free_s + on_its_way_s, self._last_s + LEAST_APART_S)
        self._on_its_way += len(data)
        if self._on_its_way > MOST_WAITING and not self._paused and self._source.transport is not None:
            self._source.transport.pause_reading()
            self._paused = True
        loop.call_at(self._last_s, self._arrive, data)

    def end(self) -> None:
        """Nothing more will come."""
        loop = asyncio.get_running_loop()
        self._last_s = max(loop.time(), self._last_s + LEAST_APART_S)
        loop.call_at(self._last_s, self._arrive, b"")

    def _arrive(self, data: bytes) -> None:
        self._waiting.append(data)
        self.flow()

    def flow(self) -> None:
        """What may arrive, arrives."""
        if self._passage.dead:
            self._waiting.clear()
        target = self._target.transport
        if self._passage.proxy.weather.held or target is None or self._target.over:
            return
        for data in self._waiting:
            if not data:
                target.close()
                break
            target.write(data)
            self._on_its_way -= len(data)
        self._waiting.clear()
        if self._paused and self._on_its_way <= MOST_WAITING and not self._source.over:
            assert self._source.transport is not None
            self._source.transport.resume_reading()
            self._paused = False
