"""Screens of a play: boards that follow the feed and measure how long a change takes to reach them."""

import asyncio
import random
from collections import OrderedDict
from contextlib import suppress
from time import perf_counter
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from bridge.clock import Clock
from bridge.rules import wire
from bridge.rules.wire import Watch
from bridge.simulator.traffic import Latencies

RETRY_CAP_MS = 10_000
PENDING = 10_000
"""Changes that a screen waits for at most; older ones are forgotten."""


class _Frame(msgspec.Struct):
    type: str
    epoch: str = ""
    prev: int = 0
    offset: int = 0
    points: Any = None


_decoder = msgspec.json.Decoder(_Frame)


class Waited:
    """Changes that were asked for and have not been seen on a screen yet."""

    def __init__(self) -> None:
        self._since: OrderedDict[str, float] = OrderedDict()

    def expect(self, code: str) -> None:
        """Something will change at this point: measured from its first sending."""
        self._since.setdefault(code, perf_counter())
        while len(self._since) > PENDING:
            self._since.popitem(last=False)

    def seen(self, code: str, latencies: Latencies) -> None:
        since = self._since.pop(code, None)
        if since is not None:
            latencies.add((perf_counter() - since) * 1000)

    def forget(self) -> None:
        """A snapshot came: what it holds was not measured."""
        self._since.clear()


class Screen:
    """One board socket, for as long as its task runs."""

    def __init__(
        self,
        server: str,
        conference: str,
        unit: str,
        cookie: str,
        clock: Clock,
        chance: random.Random,
        latencies: Latencies,
    ) -> None:
        parts = urlsplit(server)
        scheme = {"http": "ws", "https": "wss"}[parts.scheme]
        query = urlencode({"conference": conference, "unit": unit})
        self._url = f"{scheme}://{parts.netloc}/ws/board?{query}"
        # A browser always says where its page came from; the server asks for it with every cookie.
        self._headers = {"Cookie": cookie, "Origin": f"{parts.scheme}://{parts.netloc}"}
        self._clock = clock
        self._chance = chance
        self._latencies = latencies
        self.waited = Waited()
        self.snapshots = 0
        self.deltas = 0
        self.gaps = 0
        self.watching = asyncio.Event()
        """Set once the first snapshot has arrived."""

    async def run(self) -> None:
        """Follow the board until cancelled, coming back after every break."""
        attempt = 0
        while True:
            with suppress(OSError, InvalidHandshake, TimeoutError, ConnectionClosed):
                async with connect(
                    self._url,
                    additional_headers=self._headers,
                    ping_interval=None,
                    close_timeout=1,
                    proxy=None,
                    compression=None,
                    max_size=64 * 1024 * 1024,
                ) as line:
                    attempt = 0
                    await self._follow(line)
            attempt += 1
            await self._clock.sleep(round(self._chance.uniform(0, min(RETRY_CAP_MS, 1000 * 2 ** min(attempt, 8)))))

    async def _follow(self, line: ClientConnection) -> None:
        await line.send(wire.text(Watch()))
        epoch, offset = "", -1
        async for raw in line:
            frame = _decoder.decode(raw)
            match frame.type:
                case "snapshot":
                    self.snapshots += 1
                    self.waited.forget()
                    self.watching.set()
                    epoch, offset = frame.epoch, frame.offset
                case "delta" if (frame.epoch, frame.prev) == (epoch, offset):
                    self.deltas += 1
                    offset = frame.offset
                    for code in frame.points:
                        self.waited.seen(code, self._latencies)
                case "delta":
                    self.gaps += 1
                    await line.send(wire.text(Watch()))
                case _:
                    pass
