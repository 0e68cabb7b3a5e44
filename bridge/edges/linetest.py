"""The line test: a phone measures its way to us and back, within bounds that keep the hall's own traffic going."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import msgspec
from aiohttp import hdrs, web
from pydantic import BaseModel, Field

from bridge.clock import Clock
from bridge.rules import wire
from endpoints_registry.access import Action
from endpoints_registry.allowances import Allowances
from endpoints_registry.door import CALLER, Problem, Route
from endpoints_registry.taking import answer, in_time, query_of

MIB = 1024 * 1024
DOWN_LIMIT = 2 * MIB
UP_LIMIT = 1 * MIB
PATIENCE_S = 30
"""A transfer that takes longer is let go: the phone knows enough of such a line, and tries again with less."""
ALLOWED_BYTES = 24 * MIB
REFILL_S = 600
"""A link may move so many bytes at once, and gets them back within this time: some five whole tests."""
PING_COSTS = 4 * 1024
"""What a ping counts as: thousands of them are no test."""
AT_ONCE = 16
"""Transfers of all links together; before a sitting all halls test, and reports must not wait for that."""
CHUNK = 64 * 1024


class DownQuery(BaseModel):
    bytes: int = Field(MIB, ge=1, le=DOWN_LIMIT)


class Arrived(msgspec.Struct, frozen=True):
    """What came of an upload."""

    bytes: int
    took_ms: float
    """From its first byte to its last, as we saw it."""


class Pong(msgspec.Struct, frozen=True):
    at: str


class LineTest:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._allowances = Allowances(monotonic, ALLOWED_BYTES, REFILL_S)
        self._moving: set[str] = set()
        # Bytes that no proxy on the way can make smaller, made once for all.
        self._noise = memoryview(os.urandom(DOWN_LIMIT))

    def routes(self) -> tuple[Route, ...]:
        refused: dict[int, None] = {429: None, 503: None}
        return (
            Route(
                "GET",
                "/api/v1/linetest/ping",
                self.ping,
                Action.ACT,
                "Đo đường truyền: một vòng đi về",
                answers={200: Pong, **refused},
            ),
            Route(
                "GET",
                "/api/v1/linetest/down",
                self.down,
                Action.ACT,
                "Đo đường truyền: tải xuống số byte đã nêu, tối đa 2 MiB",
                query=DownQuery,
                answers={200: None, 422: None, **refused},
                answer_type="application/octet-stream",
            ),
            Route(
                "POST",
                "/api/v1/linetest/up",
                self.up,
                Action.ACT,
                "Đo đường truyền: tải lên, tối đa 1 MiB",
                body_type="application/octet-stream",
                answers={200: Arrived, 408: None, 413: None, **refused},
            ),
        )

    async def ping(self, request: web.Request) -> web.Response:
        self._spend(request, PING_COSTS)
        return answer(Pong(wire.rfc3339(self._clock.now())))

    async def down(self, request: web.Request) -> web.StreamResponse:
        size = query_of(request, DownQuery).bytes
        with self._transfer(request, size):
            response = web.StreamResponse(
                headers={
                    hdrs.CONTENT_TYPE: "application/octet-stream",
                    hdrs.CONTENT_LENGTH: str(size),
                    hdrs.CACHE_CONTROL: "no-store, no-transform",
                }
            )
            await response.prepare(request)
            try:
                async with asyncio.timeout(PATIENCE_S):
                    # Piece by piece: what a slow line has not taken yet must not lie in our memory.
                    for start in range(0, size, CHUNK):
                        await response.write(self._noise[start : min(start + CHUNK, size)])
                    await response.write_eof()
            except TimeoutError:
                # The answer has begun: that it breaks off is all that can be said.
                if request.transport is not None:
                    request.transport.abort()
            return response

    async def up(self, request: web.Request) -> web.Response:
        announced = request.content_length
        if announced is not None and announced > UP_LIMIT:
            raise _too_large()
        size = 0
        first_s = last_s = 0.0
        with self._transfer(request, announced or UP_LIMIT):
            async with in_time(PATIENCE_S):
                async for chunk in request.content.iter_any():
                    last_s = monotonic()
                    first_s = first_s or last_s
                    size += len(chunk)
                    if size > UP_LIMIT:
                        raise _too_large()
        return answer(Arrived(size, round((last_s - first_s) * 1000, 1)))

    @contextmanager
    def _transfer(self, request: web.Request, size: int) -> Iterator[None]:
        """One at a time for a link, and so many for all. Raises a Problem that says when to come again."""
        name = request[CALLER].name
        if name in self._moving:
            raise Problem(
                429, "testing", "Đường dẫn này đang đo ở một máy khác; hãy đợi đo xong.", headers=_again_in(3)
            )
        if len(self._moving) >= AT_ONCE:
            raise Problem(
                503,
                "many_testing",
                "Nhiều điểm cầu đang đo cùng lúc; máy sẽ tự đo lại sau ít giây.",
                headers=_again_in(3),
            )
        self._spend(request, size)
        self._moving.add(name)
        try:
            yield
        finally:
            self._moving.discard(name)

    def _spend(self, request: web.Request, size: int) -> None:
        wait_s = self._allowances.spend(request[CALLER].name, size)
        if wait_s:
            raise Problem(
                429,
                "tested_often",
                f"Đường truyền vừa được đo nhiều lần; hãy đo lại sau {wait_s} giây.",
                headers=_again_in(wait_s),
            )


def _again_in(seconds: int) -> dict[str, str]:
    return {hdrs.RETRY_AFTER: str(seconds)}


def _too_large() -> Problem:
    # What is still on its way is not read: the connection ends with the answer.
    return Problem(413, "too_large", "Mỗi lần chỉ đo tối đa 1 MiB; hãy gửi ít hơn.", headers={hdrs.CONNECTION: "close"})
