"""The board's socket: watch, then a snapshot, then deltas; a screen that cannot keep up starts anew or is let go."""

import asyncio
import contextlib
from collections.abc import Callable

import msgspec
import structlog
from aiohttp import WSMsgType, web

from bridge.rules import wire
from bridge.rules.wire import Close
from dashboards.feed import Channel, Feed, Hall, Screen
from endpoints_registry.access import Action, Caller, may
from endpoints_registry.gate import CALLER, Route, nowhere

log = structlog.get_logger("screens")

SEND_PATIENCE_S = 15
"""A screen that does not take a frame within this time is let go."""
RENEWALS_LIMIT = 5
"""A screen that needs this many fresh snapshots in a row is too slow."""
WATCH_LIMIT = 4096

Halls = Callable[[str], Hall | None]


class Screens:
    """The open board sockets, so that a restart can send them away and come again."""

    def __init__(self, feed: Feed, halls: Halls) -> None:
        self._feed = feed
        self._halls = halls
        self._open: set[web.WebSocketResponse] = set()

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/ws/board",
                self.board,
                Action.SEE_BOARD,
                "Bảng theo dõi: ảnh chụp rồi các thay đổi (WebSocket)",
                answers={101: None, 404: None},
                socket=True,
            ),
        )

    async def board(self, request: web.Request) -> web.WebSocketResponse:
        caller = request[CALLER]
        hall = self._halls(request.query.get("conference", ""))
        unit = request.query.get("unit", "")
        if hall is None or not _may_watch(hall, caller, unit):
            raise nowhere()
        unit = unit or own_unit(caller)
        socket = web.WebSocketResponse(max_msg_size=WATCH_LIMIT, compress=False, heartbeat=20)
        await socket.prepare(request)
        self._open.add(socket)
        screen = Screen()
        channel = self._feed.join(hall, unit, screen)
        sender: asyncio.Task[None] | None = None
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                try:
                    asked = wire.watch(message.data)
                except msgspec.DecodeError as wrong:
                    await socket.close(code=Close.NOT_UNDERSTOOD, message=str(wrong)[:100].encode())
                    break
                if sender is not None:
                    sender.cancel()
                first = channel.resume(screen, asked.offset or 0) if asked.epoch == channel.epoch else None
                sender = asyncio.create_task(_send(socket, channel, screen, first))
        finally:
            self._open.discard(socket)
            if sender is not None:
                sender.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                    await sender
            self._feed.leave(channel, screen)
        return socket

    async def close(self) -> None:
        """We go away for a moment: come again."""
        # All at once: a screen that hangs must not keep the others from coming again.
        await asyncio.gather(
            *(socket.close(code=Close.RESTARTING, message=b"restarting") for socket in tuple(self._open))
        )


def own_unit(caller: Caller) -> str:
    """The scope of a board that names none: everything, or the unit that is one's own."""
    return "" if caller.everywhere else min(caller.units, default="")


def _may_watch(hall: Hall, caller: Caller, unit: str) -> bool:
    state = hall.scene.state
    if not unit:
        return caller.everywhere or len(caller.units) == 1
    return unit in state.units and may(caller, Action.SEE_BOARD, path=state.path(unit))


async def _send(socket: web.WebSocketResponse, channel: Channel, screen: Screen, first: list[bytes] | None) -> None:
    """Everything that this screen is to see, one frame after another."""
    renewals = 0
    frames = first
    try:
        while True:
            async with asyncio.timeout(SEND_PATIENCE_S):
                if frames is None:
                    renewals += 1
                    await socket.send_frame(channel.watch(screen), WSMsgType.TEXT)
                else:
                    renewals = 0
                    for frame in frames:
                        await socket.send_frame(frame, WSMsgType.TEXT)
            if renewals > RENEWALS_LIMIT:
                raise TimeoutError
            frames = await screen.next()
    except TimeoutError:
        log.info("screen-too-slow")
        await socket.close(code=Close.TOO_SLOW, message=b"too slow")
    except ConnectionError:
        return
