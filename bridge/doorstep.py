"""The doorstep: how many may stand there at once, and how long anybody may take to say what they want."""

import asyncio
import resource
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec
import structlog
from aiohttp import StreamReader, hdrs, web
from aiohttp.web_runner import BaseSite

from endpoints_registry import dressing
from endpoints_registry.arriving import Network, neighbourhood, stands_alone

log = structlog.get_logger("doorstep")

HEAD_PATIENCE_S = 15.0
"""A request's head is here by then, from its first byte or from the connection's beginning: on the slowest line a second.
A handshake has as long."""
HEAD_BYTES = 32 * 1024
"""A browser's head, with every cookie of ours, has 4 KB."""
HEADERS = 64
HEADER_BYTES = 8190
TALK_BYTES_AT_ONCE = 256 * 1024
TALK_BYTES_PER_S = 64 * 1024
"""On a socket. The longest outbox of a phone is there at once, and then thirty acts a second. Whoever sends more is read no
faster, be it whole frames or the pieces of one that never ends."""
STRETCH = 16 * 1024
"""So much is looked at at once: a large file comes in pieces of 256 KB, and as many of those as the line is fast."""
WASTE_BYTES = 4 * 1024
WASTE_SHARE = 4
"""A body may be wrapped in so much, and a quarter of what it holds: two hundred pieces of a few letters, or a file in decent ones.
Each piece costs us as much as a kilobyte, and whoever sends a letter at a time wants just that."""
GROWN_BYTES = 1024 * 1024
"""So much more than it was on the line may a body become when it is unpacked after it was answered, and nobody reads it."""
BACKLOG = 1024
FILES_KEPT = 256
"""Of the files that we may open, so many are for what is not a connection."""
SAID_EVERY_S = 60
"""How often the log says that somebody was turned away: those who flood must not write it full."""


@dataclass(frozen=True)
class Terms:
    most: int
    """Connections in all."""
    each: int
    """And from one address; a neighbourhood of the new addresses counts as one."""
    proxies: Sequence[Network] = ()
    """Who speaks for many is not counted as one."""


def room_for(wished: int) -> int:
    """So many connections may be open: as many as the system lets us, or as were wished for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        # The usual soft limit is 1,024, for programs of another age; a conference of 800 rooms has more.
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    room = max(FILES_KEPT, hard - FILES_KEPT)
    return min(room, wished) if wished else room


class Doorstep:
    """Who stands before the house now."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.open = 0
        self.turned_away = 0
        self.too_slow = 0
        self.wasteful = 0
        """Let go for a body that came in crumbs, or that never ended to grow."""
        self._from: dict[str, int] = {}
        self._said_s = 0.0

    def enter(self, peer: str) -> bool:
        """Whether there is room for one more of this address."""
        where = self._counted(peer)
        if self.open >= self.terms.most or (where and self._from.get(where, 0) >= self.terms.each):
            self.turned_away += 1
            self._say(peer)
            return False
        self.open += 1
        if where:
            self._from[where] = self._from.get(where, 0) + 1
        return True

    def leave(self, peer: str) -> None:
        self.open -= 1
        if where := self._counted(peer):
            left = self._from[where] - 1
            if left:
                self._from[where] = left
            else:
                del self._from[where]

    def _counted(self, peer: str) -> str:
        return "" if stands_alone(peer, self.terms.proxies) else neighbourhood(peer)

    def _say(self, peer: str) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s >= self._said_s:
            self._said_s = now_s + SAID_EVERY_S
            log.warning("turned-away", address=peer, open=self.open, most=self.terms.most, each=self.terms.each)


class Guest(web.RequestHandler):
    """One connection. The library takes its time for a head; here it has HEAD_PATIENCE_S."""

    __slots__ = (
        "_body",
        "_body_bytes",
        "_doorstep",
        "_due",
        "_head_bytes",
        "_held",
        "_inside",
        "_peer",
        "_talked",
        "_talked_s",
    )

    def __init__(self, doorstep: Doorstep, server: web.Server, **terms: Any) -> None:
        super().__init__(server, max_line_size=HEADER_BYTES, max_field_size=HEADER_BYTES, max_headers=HEADERS, **terms)
        self._doorstep = doorstep
        self._due: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._peer = ""
        self._inside = False
        self._talked = 0.0
        """Bytes of a socket's talk that are still to be made up for, as of `_talked_s`."""
        self._talked_s = 0.0
        self._held = False
        self._body: StreamReader | None = None
        """Of the request that comes in, while it does; and how many bytes it took on the line so far."""
        self._body_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]) if isinstance(peer, tuple) else ""
        self._inside = self._doorstep.enter(self._peer)
        if not self._inside:
            _last_words(transport, FULL)
            return
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        start = 0
        while start < len(data) - STRETCH and self._inside and not self._reading_paused and not self._force_close:
            self._take(data[start : start + STRETCH])
            start += STRETCH
        self._take(data[start:] if start else data)

    def _take(self, data: bytes) -> None:
        if not self._inside:
            return
        before = self._request_count
        super().data_received(data)
        if self._payload_parser is not None:
            self._keep_pace(len(data))
        elif self._request_count != before:
            newest = self._messages[-1][1] if self._messages else None
            self._body = newest if newest is not None and not newest.is_eof() else None
            self._body_bytes = 0
            self._head_bytes = 0
            if self._due is not None:
                self._due.cancel()
                self._due = None
        elif self._body is not None:
            self._unwrap(self._body, len(data))
        elif data and (waiter := self._waiter) is not None and not waiter.done():
            # Nobody asks yet: these are the first bytes of a head, or more of them.
            self._head_bytes += len(data)
            if self._due is None:
                self._await_head()
            if self._head_bytes > HEAD_BYTES and self.transport is not None:
                _last_words(self.transport, LARGE)
                self.force_close()

    def _unwrap(self, body: StreamReader, size: int) -> None:
        self._body_bytes += size
        if body.is_eof():
            self._body = None
        elif (
            # What waits to be read is not counted yet.
            not self._reading_paused
            and self._body_bytes - body.total_bytes > WASTE_BYTES + body.total_bytes // WASTE_SHARE
        ) or (self._current_request is None and body.total_bytes - self._body_bytes > GROWN_BYTES):
            self._doorstep.wasteful += 1
            self._body = None
            self.force_close()

    def _keep_pace(self, size: int) -> None:
        self._talked = self._owed() + size
        if self._talked > TALK_BYTES_AT_ONCE and not self._held:
            self._held = True
            # By the library's own hold, so that it does not read on by itself meanwhile.
            self._pause_reading_for_buffer()
            self._listen_later()

    def _owed(self) -> float:
        """What of the talk is still to be made up for."""
        now_s, before_s = self._loop.time(), self._talked_s
        self._talked_s = now_s
        self._talked = max(0.0, self._talked - (now_s - before_s) * TALK_BYTES_PER_S)
        return self._talked

    def _listen_later(self) -> None:
        # Some more may have come in before the hold took effect.
        if (over := self._owed() - TALK_BYTES_AT_ONCE) > 0:
            self._loop.call_later(over / TALK_BYTES_PER_S, self._listen_later)
        elif self.transport is not None:
            self._held = False
            self._resume_reading_for_buffer()

    def connection_lost(self, exc: BaseException | None) -> None:
        if not self._inside:
            return
        self._inside = False
        self._doorstep.leave(self._peer)
        if self._due is not None:
            self._due.cancel()
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What could not even be read is answered as everything else is: the library would quote it, and name itself."""
        super().handle_error(request, status, exc, message)
        answer = web.Response(status=status, body=UNREADABLE if status < 500 else BROKEN, headers=dressing.HEADERS)
        answer.headers.update({hdrs.CONTENT_TYPE: PROBLEM, hdrs.CACHE_CONTROL: "no-store"})
        answer.force_close()
        return answer

    def _await_head(self) -> None:
        self._due = self._loop.call_later(HEAD_PATIENCE_S, self._late)

    def _late(self) -> None:
        self._due = None
        self._doorstep.too_slow += 1
        self.force_close()


class DoorstepSite(web.SockSite):
    """The library's site, with guests of ours, and its patience for a handshake."""

    def __init__(self, runner: web.AppRunner, sock: Any, doorstep: Doorstep, ssl_context: Any, **terms: Any) -> None:
        super().__init__(runner, sock, ssl_context=ssl_context, backlog=BACKLOG)
        self._doorstep = doorstep
        self._terms = terms

    async def start(self) -> None:
        await BaseSite.start(self)
        loop = asyncio.get_running_loop()
        server = self._runner.server
        assert server is not None  # noqa: S101 - the runner was set up
        self._server = await loop.create_server(
            lambda: Guest(self._doorstep, server, loop=loop, **self._terms),
            sock=self._sock,
            ssl=self._ssl_context,
            backlog=self._backlog,
            ssl_handshake_timeout=HEAD_PATIENCE_S if self._ssl_context else None,
        )


PROBLEM = "application/problem+json; charset=utf-8"


def _problem(status: int, code: str, detail: str) -> bytes:
    """A refusal before a door was reached, in the form of all others (`door.Problem`)."""
    return msgspec.json.encode({"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail})


UNREADABLE = _problem(400, "unreadable", "Máy chủ không đọc được yêu cầu này (sai giao thức HTTP).")
BROKEN = _problem(500, "internal", "Máy chủ gặp lỗi chưa lường trước; hãy thử lại.")


def _words(status: str, code: str, detail: str, *headers: str) -> bytes:
    """The whole answer to somebody who was not even listened to."""
    body = _problem(int(status.partition(" ")[0]), code, detail)
    head = [f"HTTP/1.1 {status}", "Server: bridge", f"Content-Type: {PROBLEM}", *headers]
    head += [f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


FULL = _words(
    "503 Service Unavailable",
    "too_many_connections",
    "Máy chủ đang có quá nhiều kết nối; hãy thử lại sau ít giây.",
    "Retry-After: 5",
)
LARGE = _words("431 Request Header Fields Too Large", "head_too_large", "Phần đầu của yêu cầu quá lớn.")


def _last_words(transport: asyncio.BaseTransport, words: bytes) -> None:
    # Every stream transport can; uvloop's are not told so to a type checker.
    cast(asyncio.WriteTransport, transport).write(words)
    transport.close()
