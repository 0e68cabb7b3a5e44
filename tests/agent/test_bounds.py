"""Origins that are broken, slow or hostile: each ends in «gone» or in a bounded read, never in a room that fills its memory."""

import asyncio
import gzip

import pytest
from aiohttp import web

from bridge.agent.broadcast import Bounds
from bridge.simulator.clock import DrivenClock
from bridge.simulator.reels import DrawnReel
from tests.agent.air import NOON, Answering, Watched, answered_by, following

LIST = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:{number}\n#EXTINF:4,\nsegment\n"
BUFFERS = 12 * 1024 * 1024
"""What two sockets of this machine may hold between them."""


def clock() -> DrivenClock:
    return DrivenClock(NOON, None, stuck_after_s=20)


async def gone(room: Watched, seconds: float = 30) -> str:
    """It is gone within so long, and for this reason."""
    await room.passes(seconds)
    assert room.words == ["gone"]
    return room.why[0]


def said(text: str | bytes, **headers: str) -> Answering:
    async def door(_request: web.Request) -> web.Response:
        return web.Response(body=text.encode() if isinstance(text, str) else text, headers=headers)

    return door


class Endless:
    """Goes on answering for as long as somebody listens."""

    def __init__(self, beginning: bytes = b"") -> None:
        self._beginning = beginning
        self.sent = 0
        self.most_sent = 0
        self.hung_up = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        self.sent = 0
        try:
            await answer.write(self._beginning)
            while True:
                await answer.write(b"#" * 65_536)
                self.sent += 65_536
                self.most_sent = max(self.most_sent, self.sent)
        except (ConnectionError, asyncio.CancelledError):
            self.hung_up += 1
            raise


async def test_a_list_that_never_ends_is_hung_up_on() -> None:
    endless = Endless(b"#EXTM3U\n")
    async with answered_by(live=endless.answer) as url, following(url, clock(), Bounds(read_s=5)) as room:
        assert "more than 1048576 bytes" in await gone(room)
        assert endless.most_sent <= 1024 * 1024 + BUFFERS


async def test_a_list_that_says_that_it_is_huge_is_not_read_at_all() -> None:
    body = b"#EXTM3U\n" + b"#" * 2_000_000
    async with answered_by(live=said(body)) as url, following(url, clock()) as room:
        assert await gone(room) == f"the list has {len(body)} bytes"


async def test_a_list_that_unpacks_to_a_thousand_times_its_size_is_not_unpacked() -> None:
    bomb = gzip.compress(b"#EXTM3U\n" + b"#" * 60_000_000)
    assert len(bomb) < 100_000
    door = said(bomb, **{"Content-Encoding": "gzip"})
    async with answered_by(live=door) as url, following(url, clock()) as room:
        assert await gone(room) == "not text"


async def test_a_segment_that_never_ends_counts_and_only_its_head_is_taken() -> None:
    endless = Endless()
    now = clock()

    async def list_(_request: web.Request) -> web.Response:
        return web.Response(text=LIST.format(number=(now.now() - NOON) // 4_000))

    async with answered_by(live=list_, segment=endless.answer) as url, following(url, now, Bounds(read_s=5)) as room:
        await room.passes(30)
        assert room.words == ["fresh"]
        assert room.seen.bitrate_kbps is None
        assert endless.hung_up >= 6
        assert endless.most_sent <= BUFFERS


async def test_a_segment_that_is_huge_is_measured_by_what_the_origin_says_of_it() -> None:
    now = clock()
    taken: list[int] = []

    async def list_(_request: web.Request) -> web.Response:
        return web.Response(text=LIST.format(number=(now.now() - NOON) // 4_000))

    async def segment(request: web.Request) -> web.Response:
        taken.append(len(range(1_000_000)[request.http_range]))
        told = {"Content-Range": "bytes 0-65535/1000000"}
        return web.Response(status=206, body=b"G" * taken[-1], headers=told)

    async with answered_by(live=list_, segment=segment) as url, following(url, now) as room:
        await room.passes(30)
        assert room.words == ["fresh"]
        assert room.seen.bitrate_kbps == 2_000
        assert set(taken) == {65_536}


async def test_redirects_in_a_circle_are_not_followed_for_ever() -> None:
    asked = 0

    async def circle(_request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        raise web.HTTPFound("/live")

    async with answered_by(live=circle) as url, following(url, clock()) as room:
        assert "TooManyRedirects" in await gone(room)
        assert asked <= 30 / 1 * (Bounds().redirects + 1)


@pytest.mark.parametrize("where", ["file:///etc/passwd", "ftp://127.0.0.1/live", "http://", "//", "http://[broken/"])
async def test_a_redirect_to_what_is_no_web_address_leads_nowhere(where: str) -> None:
    async def astray(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": where})

    async with answered_by(live=astray) as url, following(url, clock()) as room:
        await gone(room)


@pytest.mark.parametrize("where", ["file:///etc/passwd", "ftp://127.0.0.1/live", "http://[broken/", "data:,x", "\x7f"])
async def test_a_list_that_names_what_is_no_web_address_is_a_stall_and_not_a_crash(where: str) -> None:
    now = clock()

    async def list_(_request: web.Request) -> web.Response:
        return web.Response(text=LIST.format(number=(now.now() - NOON) // 4_000).replace("segment", where))

    async with answered_by(live=list_) as url, following(url, now) as room:
        await room.passes(30)
        assert room.words in (["stalled"], ["gone"])


async def test_a_server_that_keeps_us_waiting_is_given_up() -> None:
    async def slow(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError("never")

    async with answered_by(live=slow) as url, following(url, clock(), Bounds(read_s=0.2)) as room:
        assert await gone(room) == "no answer within 0.2 s"


async def test_a_server_that_lets_every_byte_drip_is_given_up() -> None:
    async def dripping(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"#")
            await asyncio.sleep(0.02)

    async with answered_by(live=dripping) as url, following(url, clock(), Bounds(read_s=0.2)) as room:
        assert await gone(room) == "no answer within 0.2 s"


async def test_a_server_that_breaks_off_in_the_middle_is_no_broadcast() -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(request)
        await answer.write(b"#EXTM3U\n")
        assert request.transport is not None
        request.transport.abort()
        return answer

    async with answered_by(live=broken) as url, following(url, clock()) as room:
        assert "not reached" in await gone(room)


async def test_variants_of_variants_are_no_broadcast() -> None:
    menu = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlive\n"
    async with answered_by(live=said(menu)) as url, following(url, clock()) as room:
        assert await gone(room) == "variants of variants"


async def test_a_page_instead_of_a_list_is_no_broadcast() -> None:
    async with answered_by(live=said("<html>Đăng nhập Wi-Fi</html>")) as url, following(url, clock()) as room:
        assert await gone(room) == "does not begin with #EXTM3U"


async def test_segments_that_are_not_there_are_a_stall() -> None:
    now = clock()

    async def list_(_request: web.Request) -> web.Response:
        return web.Response(text=LIST.format(number=(now.now() - NOON) // 4_000))

    async with answered_by(live=list_) as url, following(url, now) as room:
        await room.passes(30)
        assert room.words == ["stalled"]
        assert room.why == ["segment: answered 404"]


async def test_two_servers_of_one_origin_of_which_one_is_a_little_late_are_one_broadcast() -> None:
    now = clock()
    asked = 0
    reel = DrawnReel(4)

    async def list_(_request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        edge = min((now.now() - NOON) // 4_000, 15)
        text = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:{}\n" + "#EXTINF:4,\nsegment\n" * 3
        return web.Response(text=text.format(edge - asked % 2))

    async with (
        answered_by(live=list_, segment=said(reel.segment("low", 1))) as url,
        following(url, now) as room,
    ):
        await room.passes(60)
        assert room.words == ["fresh"]
        # Both stand still now: that the answers differ is no broadcast that moves.
        await room.passes(60)
        assert room.words == ["fresh", "stalled"]
