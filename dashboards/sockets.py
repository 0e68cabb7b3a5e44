"""The board's socket: watch, then a snapshot, then deltas; a screen that cannot keep up starts anew or is let go."""

import asyncio
import contextlib
import socket as network
from collections import Counter
from collections.abc import Callable

import msgspec
import structlog
from aiohttp import WSMsgType, web

from bridge.pace import Pace
from bridge.parting import PATIENCE_S, part
from bridge.reach import has_part, own_unit
from bridge.rules import wire
from bridge.rules.wire import Close
from dashboards.feed import Channel, Feed, Hall, Screen
from endpoints_registry.access import ALLOWED, Action, Caller, may
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.holding import Held
from endpoints_registry.taking import upgraded

log = structlog.get_logger("screens")

SEND_PATIENCE_S = 15
"""A screen that does not take a frame within this time is let go."""
RENEWALS_LIMIT = 5
"""A screen that needs this many fresh snapshots in a row is too slow."""
WATCH_LIMIT = 4096
UNREAD_BYTES = 128 * 1024
"""What a screen may leave unread with the system before it is waited for: else megabytes, and minutes until it shows."""
SCREENS_LIMIT = 5_000
"""Beyond it everybody would see late; L2 has 200."""
SCREENS_EACH = 500
"""Of one account, wall or program: nobody takes the boards of all others."""
WATCH_PATIENCE_S = 20
"""A screen that does not even begin to watch is none."""
ASKED_PER_S = 2
ASKED_AT_ONCE = 5
"""A page asks once, and again after a gap. Each asking may cost a whole snapshot: one that never stops is answered so often."""

Halls = Callable[[str], Hall | None]


class Screens:
    """The open board sockets, so that a restart can send them away and come again."""

    def __init__(self, feed: Feed, halls: Halls, held: Held) -> None:
        self._feed = feed
        self._halls = halls
        self._held = held
        self._open: set[web.WebSocketResponse] = set()
        self._of = Counter[str]()
        """By whose key."""

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/ws/board",
                self.board,
                Action.WATCH,
                "Bảng theo dõi: ảnh chụp rồi các thay đổi (WebSocket)",
                answers={101: None, 404: None, 429: None, 503: None},
                socket=True,
            ),
        )

    async def board(self, request: web.Request) -> web.WebSocketResponse:
        caller = request[CALLER]
        hall = self._halls(request.query.get("conference", ""))
        unit = request.query.get("unit", "")
        if hall is None or not has_part(hall.scene, caller) or not _may_watch(hall, caller, unit):
            raise nowhere()
        if len(self._open) >= SCREENS_LIMIT:
            detail = "Đã có quá nhiều màn hình đang xem; hãy thử lại sau ít phút."
            raise Problem(503, "too_many_screens", detail, headers={"Retry-After": "30"})
        if self._of[caller.name] >= SCREENS_EACH:
            detail = f"Tài khoản này đã mở {SCREENS_EACH} màn hình; hãy đóng bớt rồi thử lại."
            raise Problem(429, "too_many_screens", detail, headers={"Retry-After": "30"})
        unit = unit or own_unit(hall.scene, caller)
        socket = await upgraded(request, max_msg_size=WATCH_LIMIT, heartbeat=20, timeout=PATIENCE_S)
        if request.transport is not None:
            line: network.socket = request.transport.get_extra_info("socket")
            line.setsockopt(network.SOL_SOCKET, network.SO_SNDBUF, UNREAD_BYTES)
        self._open.add(socket)
        self._of[caller.name] += 1
        screen = Screen()
        channel = self._feed.join(hall, unit, screen, sees_names(caller))
        watching = Watching(socket, request.transport, channel, screen)
        try:
            with self._held.holding(request, watching.sent_away):
                await watching.talk()
        finally:
            self._open.discard(socket)
            self._of[caller.name] -= 1
            if not self._of[caller.name]:
                del self._of[caller.name]
            self._feed.leave(channel, screen)
        return socket

    @property
    def there(self) -> int:
        """How many are open."""
        return len(self._open)

    async def close(self) -> None:
        """We go away for a moment: come again."""
        # All at once: a screen that hangs must not keep the others from coming again.
        await asyncio.gather(
            *(socket.close(code=Close.RESTARTING, message=b"restarting") for socket in tuple(self._open))
        )


def sees_names(caller: Caller) -> bool:
    """Whether a board may say who of the staff does what. Their names are for the staff, and no hall's phone is one."""
    return caller.point is None and caller.role in ALLOWED[Action.SEE_NAMES]


def _may_watch(hall: Hall, caller: Caller, unit: str) -> bool:
    state = hall.scene.state
    if not unit:
        return caller.everywhere or bool(own_unit(hall.scene, caller))
    return unit in state.units and may(caller, Action.WATCH, path=state.path(unit))


class Watching:
    """One screen on its socket: what it asks, and what it is sent."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        channel: Channel,
        screen: Screen,
    ) -> None:
        self._socket = socket
        self._transport = transport
        self._channel = channel
        self._screen = screen
        self._sender: asyncio.Task[None] | None = None

    async def talk(self) -> None:
        """Until the screen goes, or is let go. Should sending fail, so does the talk: a board that stands still looks calm."""
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(self._begins())
            try:
                with contextlib.suppress(ConnectionError):
                    await self._listen(tasks, first)
            finally:
                for task in (first, self._sender):
                    if task is not None:
                        task.cancel()

    async def _listen(self, tasks: asyncio.TaskGroup, first: asyncio.Task[None]) -> None:
        pace = Pace(ASKED_PER_S, ASKED_AT_ONCE)
        async for message in self._socket:
            await pace.kept()
            if message.type is WSMsgType.PING:
                await self._socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                first.cancel()
                if not await self._asked(message.data, tasks):
                    return
            elif message.type is not WSMsgType.PONG:
                return

    async def _begins(self) -> None:
        await asyncio.sleep(WATCH_PATIENCE_S)
        await self._part(Close.SILENT, "nothing was asked")

    async def _asked(self, text: str, tasks: asyncio.TaskGroup) -> bool:
        if (other := wire.unspoken(text)) is not None:
            await self._part(Close.OLD_PROTOCOL, wire.parting_words(other))
            return False
        try:
            asked = wire.watch(text)
        except msgspec.DecodeError as wrong:
            await self._part(Close.NOT_UNDERSTOOD, str(wrong))
            return False
        if self._sender is not None:
            self._sender.cancel()
        resumes = asked.epoch == self._channel.epoch
        first = self._channel.resume(self._screen, asked.offset or 0) if resumes else None
        self._sender = tasks.create_task(self._send(first))
        return True

    async def _send(self, first: list[bytes] | None) -> None:
        """Everything that this screen is to see, one frame after another."""
        renewals = 0
        frames = first
        try:
            while True:
                async with asyncio.timeout(SEND_PATIENCE_S):
                    if frames is None:
                        renewals += 1
                        await self._socket.send_frame(self._channel.watch(self._screen), WSMsgType.TEXT)
                    else:
                        renewals = 0
                        for frame in frames:
                            await self._socket.send_frame(frame, WSMsgType.TEXT)
                if renewals > RENEWALS_LIMIT:
                    raise TimeoutError
                frames = await self._screen.next()
        except TimeoutError:
            log.info("screen-too-slow")
            await self._part(Close.TOO_SLOW, "too slow")
        except ConnectionError:
            return

    async def sent_away(self, may_come_again: bool) -> None:
        code = Close.RESTARTING if may_come_again else Close.NOT_ALLOWED
        await self._part(code, "your right has changed")

    async def _part(self, code: Close, why: str) -> None:
        await part(self._socket, self._transport, code, why)
