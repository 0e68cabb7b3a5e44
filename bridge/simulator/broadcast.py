"""The broadcast of a play: an HLS origin whose live edge follows a clock, and that can stall, vanish and come back."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import format_datetime

import msgspec
from aiohttp import web

from bridge.simulator.reels import DrawnReel, Reel

TARGET_S = 4
LISTED = 5
"""Segments in the list; RFC 8216 asks for three at least."""
KEPT = 10
"""Segments that are still handed out: a player may ask for one that has just left the list."""
ANYBODY = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
"""A phone's page comes from another address, and may look whether the broadcast arrives."""


class Made(msgspec.Struct, frozen=True):
    number: int
    began_ms: int
    breaks: bool
    """Whether it does not go on where the one before ended."""


class Origin:
    """One broadcast. Times are those of `now`: the hall's clock, or the world's."""

    def __init__(self, now: Callable[[], int], reel: Reel | None = None, target_s: int = TARGET_S) -> None:
        self._now = now
        self._target_s = target_s
        self._reel = reel or DrawnReel(target_s)
        self._made: deque[Made] = deque(maxlen=KEPT)
        self._number = 0
        self._breaks = 0
        """How many breaks lie before the oldest that is kept."""
        # It has been on the air for a while.
        self._next_ms = now() - (LISTED - 1) * target_s * 1000
        self._stalled = False
        self._broken = False
        self.gone = False
        """Nothing answers where the broadcast should be."""
        self.asked = 0
        """Requests so far."""

    def stall(self) -> None:
        """The encoder's line breaks: the list stands still."""
        self._catch_up()
        self._stalled = True

    def resume(self) -> None:
        """It is back. The first new segment is whole one segment later."""
        if self._stalled:
            self._stalled, self._broken = False, True
            self._next_ms = self._now() + self._target_s * 1000

    def _catch_up(self) -> None:
        """Make what has become whole by now."""
        step_ms = self._target_s * 1000
        while not self._stalled and self._next_ms <= self._now():
            loop = self._reel.loops_after
            breaks = self._broken or (loop is not None and self._number > 0 and self._number % loop == 0)
            if len(self._made) == KEPT and self._made[0].breaks:
                self._breaks += 1
            self._made.append(Made(self._number, self._next_ms - step_ms, breaks))
            self._broken = False
            self._number += 1
            self._next_ms += step_ms

    def menu(self) -> str:
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-INDEPENDENT-SEGMENTS"]
        for name, kbps in self._reel.variants.items():
            lines += [f'#EXT-X-STREAM-INF:BANDWIDTH={kbps * 1100},CODECS="avc1.42c00d,mp4a.40.2"', f"{name}/list.m3u8"]
        return "\n".join(lines) + "\n"

    def playlist(self) -> str:
        self._catch_up()
        shown = list(self._made)[-LISTED:]
        before = list(self._made)[: -len(shown)]
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:3",
            f"#EXT-X-TARGETDURATION:{self._target_s}",
            f"#EXT-X-MEDIA-SEQUENCE:{shown[0].number if shown else 0}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{self._breaks + sum(each.breaks for each in before)}",
        ]
        for each in shown:
            lines += ["#EXT-X-DISCONTINUITY"] if each.breaks else []
            at = datetime.fromtimestamp(each.began_ms / 1000, UTC).isoformat(timespec="milliseconds")
            lines += [f"#EXT-X-PROGRAM-DATE-TIME:{at}", f"#EXTINF:{self._target_s:.3f},", f"{each.number}.ts"]
        return "\n".join(lines) + "\n"

    # --- over HTTP

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._door])
        app.add_routes(
            [
                web.get("/live.m3u8", self._menu),
                web.get("/{variant}/list.m3u8", self._list),
                web.get(r"/{variant}/{number:\d{1,12}}.ts", self._segment),
                web.post("/stall", self._stall),
                web.post("/resume", self._resume),
            ]
        )
        return app

    @web.middleware
    async def _door(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.asked += 1
        if self.gone and request.method == "GET":
            raise web.HTTPServiceUnavailable(text="nothing is broadcast here", headers=ANYBODY)
        variant = request.match_info.get("variant")
        if variant is not None and variant not in self._reel.variants:
            raise web.HTTPNotFound(headers=ANYBODY)
        return await handler(request)

    async def _menu(self, _request: web.Request) -> web.Response:
        return self._told(self.menu())

    async def _list(self, _request: web.Request) -> web.Response:
        return self._told(self.playlist())

    def _told(self, text: str) -> web.Response:
        # By the same clock as the dates in the list.
        date = format_datetime(datetime.fromtimestamp(self._now() // 1000, UTC), usegmt=True)
        return web.Response(text=text, content_type="application/vnd.apple.mpegurl", headers={**ANYBODY, "Date": date})

    async def _segment(self, request: web.Request) -> web.Response:
        self._catch_up()
        number = int(request.match_info["number"])
        if all(each.number != number for each in self._made):
            raise web.HTTPNotFound(headers=ANYBODY)
        whole = self._reel.segment(request.match_info["variant"], number)
        try:
            part = request.http_range
        except ValueError as wrong:
            raise web.HTTPRequestRangeNotSatisfiable from wrong
        if part.start is None and part.stop is None:
            return web.Response(body=whole, content_type="video/mp2t", headers=ANYBODY)
        first, end, _ = part.indices(len(whole))
        if first >= end:
            raise web.HTTPRequestRangeNotSatisfiable
        told = {**ANYBODY, "Content-Range": f"bytes {first}-{end - 1}/{len(whole)}"}
        return web.Response(status=206, body=whole[first:end], content_type="video/mp2t", headers=told)

    async def _stall(self, _request: web.Request) -> web.Response:
        self.stall()
        return web.Response(text="stalled\n")

    async def _resume(self, _request: web.Request) -> web.Response:
        self.resume()
        return web.Response(text="resumed\n")


@asynccontextmanager
async def on_air(origin: Origin, port: int = 0) -> AsyncIterator[str]:
    """Serve it on this machine until the block ends; the address of its menu."""
    runner = web.AppRunner(origin.app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/live.m3u8"
    finally:
        await runner.cleanup()
