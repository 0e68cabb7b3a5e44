"""The rooms' sockets: a conversation over each, and nothing decided here."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, assert_never

import structlog
from aiohttp import WSMsgType, web

from bridge.clock import Clock
from bridge.coordinator import Coordinator, Overloaded, Unavailable
from bridge.edges.asking import Ask
from bridge.edges.saying import Saying
from bridge.halls import Hall, Halls
from bridge.pace import Pace
from bridge.parting import part
from bridge.rules import events, wire
from bridge.rules.acts import AnyAct
from bridge.rules.conversation import Asked, Conversation, Greet, Hang, Heard, Left, Say, acked
from bridge.rules.model import RoundKey
from bridge.rules.notices import Notice
from bridge.rules.scene import Placed
from bridge.rules.telling import pending
from bridge.rules.wire import FRAME_LIMIT, Close
from endpoints_registry.access import Action, Caller, Role
from endpoints_registry.door import CALLER, Route, nowhere
from endpoints_registry.holding import Held
from endpoints_registry.taking import upgraded

log = structlog.get_logger("rooms")

HELLO_PATIENCE_S = 20
"""A line that says nothing at all is no room's."""
FRAMES_PER_S = 1_000
FRAMES_AT_ONCE = 50
"""A room says one frame in ten seconds. One that floods is read no faster than so, and the others not a moment later."""
CLOSE_PATIENCE_S = 1.0
"""A room that was sent away may take so long to say goodbye."""


class Rooms:
    """The open sockets by point. The newest connection of a point and kind replaces the older one."""

    def __init__(self, halls: Halls, ask: Ask, clock: Clock, held: Held, named: Callable[[str], str]) -> None:
        """`named` says how the holder of an account is called."""
        self._halls = halls
        self._held = held
        self._named = named
        self.ask = ask
        self._clock = clock
        self._open: dict[tuple[str, Role], Room] = {}
        self._farewells: set[asyncio.Task[object]] = set()
        self.counted = ""
        """Devices whose names begin so are counted below: a play's own, when real rooms join it."""
        self.frames_received = 0
        self.rooms_greeted = 0
        """Rooms that have been welcomed and are still there."""

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/ws/point",
                self.point,
                Action.CONNECT,
                "Đường nối của một điểm cầu (WebSocket)",
                answers={101: None, 404: None},
                socket=True,
            ),
        )

    async def point(self, request: web.Request) -> web.WebSocketResponse:
        caller = request[CALLER]
        code = caller.point or ""
        hall = self._halls.of_point(code)
        if hall is None and request.headers.get("Upgrade", "").lower() != "websocket":
            raise nowhere()
        socket = await upgraded(request, max_msg_size=FRAME_LIMIT, timeout=CLOSE_PATIENCE_S)
        if hall is None:
            await socket.close(code=Close.UNKNOWN_POINT, message=b"no conference has this point")
            return socket
        room = Room(self, hall, caller, code, socket, request.transport)
        try:
            # A line that breaks while we answer has ended like any other.
            with self._held.holding(request, room.sent_away), suppress(ConnectionError):
                await room.talk()
        finally:
            room.gone()
        return socket

    def tell(self, coordinator: Coordinator, placed: Sequence[Placed]) -> None:
        """After a commit: what was said to halls goes to those that are there. The others hear it when they greet."""
        for _, happened in placed:
            match happened.event:
                case events.NoticePosted(notice=number) | events.NoticeWithdrawn(notice=number):
                    notice = coordinator.scene.state.affairs.notices.posted[number]
                    frame = self.noticed(notice)
                    for room in self._of(coordinator):
                        if notice.reaches(room.code):
                            room.saying.say(number, frame)
                case events.RemindersSent() as sent:
                    frame = reminded((sent.sitting, sent.round), happened.at_ms)
                    asked = frozenset(sent.points)
                    for room in self._of(coordinator):
                        if room.phone and room.code in asked:
                            room.saying.say(REMINDER, frame)
                case _:
                    pass

    def _of(self, coordinator: Coordinator) -> list["Room"]:
        return [room for room in self._open.values() if room.hall.coordinator is coordinator]

    def noticed(self, notice: Notice) -> bytes:
        """A notice as a frame."""
        return wire.encode(
            wire.Notice(
                number=notice.number,
                text=notice.text,
                urgent=notice.urgent,
                confirm=notice.confirm,
                at=wire.rfc3339(notice.at_ms),
                by=self._named(notice.by),
                withdrawn=notice.withdrawn,
            )
        )

    def there(self) -> Mapping[Role, int]:
        """How many have greeted and are there: agents of rooms, and phones."""
        return Counter(role for _, role in self._open)

    def now(self) -> int:
        return self._clock.now()

    @property
    def speed(self) -> float:
        return self._clock.speed

    def enter(self, room: "Room") -> None:
        """This connection is the point's from here on. The older one is sent away beside: it may not answer any more."""
        key = (room.code, room.caller.role)
        older = self._open.get(key)
        self._open[key] = room
        if older is not None:
            self.say_goodbye(older.replaced())

    def say_goodbye(self, saying: Coroutine[Any, Any, object]) -> None:
        farewell = asyncio.create_task(saying)
        self._farewells.add(farewell)
        farewell.add_done_callback(self._farewells.discard)

    def agent_is_there(self, code: str) -> bool:
        """A room's line is its agent's if it has one, else its phone's."""
        return (code, Role.AGENT) in self._open

    def agent_leaves(self, code: str) -> None:
        """The phone's line counts on, if it has one: the hall is still there."""
        phone = self._open.get((code, Role.OPERATOR))
        if phone is not None:
            phone.count_on()

    def leave(self, room: "Room") -> None:
        key = (room.code, room.caller.role)
        if self._open.get(key) is room:
            del self._open[key]

    async def close(self) -> None:
        """We go away for a moment: come again."""
        await asyncio.gather(
            *(room.socket.close(code=Close.RESTARTING, message=b"restarting") for room in tuple(self._open.values()))
        )


REMINDER = "reminder"


def reminded(key: RoundKey, at_ms: int) -> bytes:
    return wire.encode(wire.Reminder(sitting=key[0], round=key[1].value, at=wire.rfc3339(at_ms)))


class Room:
    """One connection of a point."""

    def __init__(
        self,
        rooms: Rooms,
        hall: Hall,
        caller: Caller,
        code: str,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
    ) -> None:
        self._rooms = rooms
        self._transport = transport
        self.hall = hall
        self.caller = caller
        self.code = code
        self.socket = socket
        self.phone = caller.role is not Role.AGENT
        self.saying = Saying(lambda frame: socket.send_frame(frame, WSMsgType.TEXT))
        self._generation: int | None = None
        self._device = ""
        self._counted = 0

    async def talk(self) -> None:
        """Until the room hangs up, or is hung up on."""
        conversation = Conversation()
        pace = Pace(FRAMES_PER_S, FRAMES_AT_ONCE)
        silent = asyncio.get_running_loop().call_later(HELLO_PATIENCE_S, self._unheard)
        try:
            await self._listen(conversation, pace, silent)
        finally:
            silent.cancel()

    async def _listen(self, conversation: Conversation, pace: Pace, silent: asyncio.TimerHandle) -> None:
        async for message in self.socket:
            await pace.kept()
            if message.type is WSMsgType.PING:
                await self.socket.pong(message.data)
                continue
            if message.type is WSMsgType.PONG:
                continue
            silent.cancel()
            self._rooms.frames_received += self._counted
            if message.type is not WSMsgType.TEXT:
                await self.socket.close(code=Close.NOT_UNDERSTOOD, message=b"text frames only")
                return
            step = conversation.receive(message.data)
            if self._generation is not None:
                # Any frame is a sign of life, before what it asks for is waited for.
                beat = step.beat if isinstance(step, Heard) else None
                self.hall.presence.heard(self.code, self._generation, beat, self._rooms.now())
            match step:
                case Asked(act):
                    await self._act(act)
                case Heard() | None:
                    pass
                case Greet(hello):
                    await self._greet(hello)
                case Say(frame):
                    await self.socket.send_frame(wire.encode(frame), WSMsgType.TEXT)
                case Left():
                    if self._generation is not None:
                        if not self.phone:
                            self._rooms.agent_leaves(self.code)
                        self.hall.presence.left(self.code, self._generation, self._rooms.now(), asleep=self.phone)
                    await self.socket.close()
                    return
                case Hang(code, why):
                    await self.socket.close(code=code, message=why.encode()[:120])
                    return
                case _:
                    assert_never(step)

    async def _greet(self, hello: wire.Hello) -> None:
        self._device = hello.device
        self._counted = int(hello.device.startswith(self._rooms.counted))
        terms = self.hall.terms(phone=self.phone)
        self._rooms.enter(self)
        self._rooms.frames_received += self._counted
        self._rooms.rooms_greeted += self._counted
        if not self.phone or not self._rooms.agent_is_there(self.code):
            self.count_on()
        coordinator = self.hall.coordinator
        welcome = wire.Welcome(
            heartbeat_s=terms.heartbeat_ms / 1000,
            retry_cap_s=terms.retry_cap_ms / 1000,
            now=wire.rfc3339(self._rooms.now()),
            speed=self._rooms.speed,
            journal_epoch=coordinator.epoch,
            conference=coordinator.conference,
            point=self.code,
            acked_seq=coordinator.acked_seq(self.caller.name, hello.device),
        )
        self._say_what_was_missed()
        # Still the first frame: what was missed goes out when we wait for the first time, which is here.
        await self.socket.send_frame(wire.encode(welcome), WSMsgType.TEXT)

    def _say_what_was_missed(self) -> None:
        """What the hall has not answered yet, whether it was there then or not."""
        state = self.hall.coordinator.scene.state
        notices = state.affairs.notices
        for notice in notices.unanswered(self.code):
            self.saying.say(notice.number, self._rooms.noticed(notice))
        if self.phone and (waiting := pending(notices, state.points[self.code])) is not None:
            self.saying.say(REMINDER, reminded(*waiting))

    async def _act(self, act: AnyAct) -> None:
        try:
            (outcome,) = await self._rooms.ask(self.hall.coordinator, self.caller, self._device, None, [act])
        except (Overloaded, Unavailable):
            return  # no answer means: send it again
        await self.socket.send_frame(wire.encode(acked(outcome)), WSMsgType.TEXT)

    def _unheard(self) -> None:
        self._rooms.say_goodbye(self._part(Close.SILENT, "nothing was said"))

    async def sent_away(self, may_come_again: bool) -> None:
        code = Close.RESTARTING if may_come_again else Close.NOT_ALLOWED
        await self._part(code, "your right has changed")

    async def replaced(self) -> None:
        await self._part(Close.REPLACED, "a newer connection has taken over")

    async def _part(self, code: Close, why: str) -> None:
        await part(self.socket, self._transport, code, why)

    def count_on(self) -> None:
        """From here on this line is the point's."""
        self._generation = self.hall.presence.came(self.code, self.hall.terms(phone=self.phone), self._rooms.now())

    def gone(self) -> None:
        self._rooms.leave(self)
        self.saying.stop()
        self._rooms.rooms_greeted -= self._counted
        if self._generation is not None:
            self.hall.presence.closed(self.code, self._generation, self._rooms.now())
