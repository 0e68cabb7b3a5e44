"""Phones over HTTP/1.1, as cheap as they can be: each sends its next prepared request when it has its answer."""

import asyncio
from collections.abc import Sequence
from time import perf_counter
from typing import cast

import msgspec

from tests.load.bodies import Prepared

ANSWER_S = 30


class Drive(msgspec.Struct):
    """What came of driving a server for a while."""

    acked: list[str] = []
    """Ids of the acts that were answered `accepted`."""
    odd: list[str] = []
    """Other answers, the first few."""
    elapsed_s: float = 0.0
    answered_in_s: list[float] = []


class _Phone(asyncio.Protocol):
    def __init__(self, prepared: Sequence[Prepared], drive: Drive, done: asyncio.Future[None]) -> None:
        self._prepared = prepared
        self._until = 0.0
        self._drive = drive
        self._done = done
        self._next = 0
        self._sent_at = 0.0
        self._kept = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's bears no such name

    def start(self, until: float) -> None:
        self._until = until
        self._send()

    def hang_up(self) -> None:
        assert self._transport is not None
        self._transport.close()

    def _send(self) -> None:
        assert self._transport is not None
        self._sent_at = perf_counter()
        self._transport.write(self._prepared[self._next].request)

    def data_received(self, data: bytes) -> None:
        if self._kept:
            data = self._kept + data
        body = data.find(b"\r\n\r\n") + 4
        if body < 4 or len(data) < body + _length(data, body):
            self._kept = data
            return
        self._kept = b""
        now = perf_counter()
        self._drive.answered_in_s.append(now - self._sent_at)
        if data[9:12] == b"200" and b'"accepted"' in data:
            self._drive.acked.append(self._prepared[self._next].act)
        elif len(self._drive.odd) < 5:
            self._drive.odd.append(data[:600].decode(errors="replace"))
        self._next += 1
        if now < self._until and self._next < len(self._prepared):
            self._send()
        elif not self._done.done():
            self._done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(ConnectionError(f"the server hung up on a phone: {exc}"))


def _length(data: bytes, head: int) -> int:
    at = data.find(b"Content-Length: ", 0, head)
    return int(data[at + 16 : data.find(b"\r", at)])


async def drive(port: int, prepared: Sequence[Sequence[Prepared]], seconds: float) -> Drive:
    """Drive the server on this port with one connection for each list of requests, until the time or a list is over."""
    loop = asyncio.get_running_loop()
    result = Drive()
    done: list[asyncio.Future[None]] = [loop.create_future() for _ in prepared]
    phones = []
    for requests, end in zip(prepared, done, strict=True):
        phone = _Phone(requests, result, end)
        await loop.create_connection(lambda phone=phone: phone, "127.0.0.1", port)  # type: ignore[misc]
        phones.append(phone)
    began = perf_counter()
    for phone in phones:
        phone.start(began + seconds)
    async with asyncio.timeout(seconds + ANSWER_S):
        await asyncio.gather(*done)
    result.elapsed_s = perf_counter() - began
    for phone in phones:
        phone.hang_up()
    return result
