"""Rooms that say things and boards that must show them: when each saying was sent, and when each board had it."""

import asyncio
import random
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from time import perf_counter
from typing import Any

import msgspec

from tests.load.bodies import COUNT_OF, HANOI, Ids, Operator, frame, perceived
from tests.load.sockets import Socket, dialled, framed

WORDS = ("picture", "sound", "line")
AT_ONCE = 50
"""Sockets that are dialled at the same time."""
REMEMBERED = 256
"""Frames whose meaning is kept: every board gets the same bytes, so each is read once."""
SETTLE_S = 1.0
BREATH = 32
"""A sender that is behind still listens after so many frames."""


class Frame(msgspec.Struct):
    """What a board reads of a frame, whoever sent it."""

    type: str
    prev: int = 0
    offset: int = 0
    points: dict[str, dict[str, Any]] | msgspec.Raw = {}


class Meaning(msgspec.Struct):
    """What one frame shows for the first time: when those sayings were sent."""

    prev: int
    offset: int
    anew: bool
    sent_at: list[float]


class Seen(msgspec.Struct):
    """What came of one stretch of sayings."""

    changes: int
    boards: int
    on_time: bool
    """Whether we ourselves kept the pace that was asked."""
    took_s: float
    """From the first saying until the last board had the last one; until we gave up, if any is missing."""
    sent_s: float
    delays_s: list[float]
    """One for each saying on each board."""
    missing: int
    gaps: int
    """Frames that did not follow upon the one before, or boards that had to start anew."""

    @property
    def drained_s(self) -> float:
        return self.took_s - self.sent_s


class Board:
    """One board: where it is in the feed, and how late it had each saying."""

    def __init__(self, hall: "Hall") -> None:
        self._hall = hall
        self.begun = asyncio.Event()
        self.offset = 0
        self.delays_s: list[float] = []
        self.gaps = 0

    def hear(self, payload: bytes) -> None:
        now = perf_counter()
        meaning = self._hall.meaning(payload)
        if meaning.anew:
            self.gaps += self.begun.is_set()
            self.begun.set()
        elif meaning.prev != self.offset:
            self.gaps += 1
        self.offset = meaning.offset
        self.delays_s += [now - sent_at for sent_at in meaning.sent_at]


class Hall:
    """All rooms and boards of one server."""

    def __init__(self, port: int, rooms: Sequence[Operator], boards: int) -> None:
        self._port = port
        self._operators = rooms
        self._rooms: list[Socket] = []
        self._watching: list[Socket] = []
        self.boards = [Board(self) for _ in range(boards)]
        self.acked = 0
        self.refused: list[str] = []
        self._ids = Ids(seed=port, now=datetime.now(HANOI))
        self._die = random.Random(port)
        self._said = [0] * len(rooms)
        self._place = {room.point: place for place, room in enumerate(rooms)}
        self._words: list[dict[str, Any]] = [{} for _ in rooms]
        self._open: list[deque[tuple[int, float]]] = [deque() for _ in rooms]
        self._meanings: dict[bytes, Meaning] = {}
        self._read = msgspec.json.Decoder(Frame).decode
        self._read_points = msgspec.json.Decoder(dict[str, dict[str, Any]]).decode

    async def gather(self, board_path: str, board_headers: Mapping[str, str], origin: str) -> None:
        """Everybody connects; returns when the greetings have settled on the boards."""
        for start in range(0, len(self._operators), AT_ONCE):
            some = self._operators[start : start + AT_ONCE]
            self._rooms += await asyncio.gather(*(self._room(room, origin) for room in some))
        for board in self.boards:
            socket = await dialled(self._port, board_path, {**board_headers, "Origin": origin}, board.hear)
            socket.send(framed(b'{"type":"watch"}'))
            self._watching.append(socket)
        async with asyncio.timeout(30):
            await asyncio.gather(*(board.begun.wait() for board in self.boards))
        await asyncio.sleep(SETTLE_S)

    async def _room(self, room: Operator, origin: str) -> Socket:
        socket = await dialled(self._port, "/ws/point", {**room.headers, "Origin": origin}, self._answered)
        socket.send(framed(msgspec.json.encode({"type": "hello", "device": f"phone-{room.point}"})))
        return socket

    def _answered(self, payload: bytes) -> None:
        if b'"accepted"' in payload:
            self.acked += 1
        elif b'"ack"' in payload and len(self.refused) < 5:
            self.refused.append(payload.decode())

    def leave(self) -> None:
        for socket in (*self._rooms, *self._watching):
            if socket.transport is not None:
                socket.transport.close()

    @property
    def hung_up(self) -> list[str]:
        """Why sockets were closed that should be open."""
        return [socket.why_closed for socket in (*self._rooms, *self._watching) if socket.why_closed]

    # --- what a frame means

    def meaning(self, payload: bytes) -> Meaning:
        known = self._meanings.get(payload)
        if known is None:
            if len(self._meanings) >= REMEMBERED:
                del self._meanings[next(iter(self._meanings))]
            known = self._meanings[payload] = self._meant(payload)
        return known

    def _meant(self, payload: bytes) -> Meaning:
        if b'"snapshot"' in payload[:40]:
            read = msgspec.json.decode(payload)
            return Meaning(0, read["offset"], True, [])
        read = self._read(payload)
        sent_at: list[float] = []
        if read.type == "delta" and isinstance(read.points, dict):
            for code, changed in read.points.items():
                if not changed.keys().isdisjoint(WORDS):
                    self._shown(self._place[code], changed, sent_at)
        return Meaning(read.prev, read.offset, False, sent_at)

    def _shown(self, room: int, changed: Mapping[str, Any], sent_at: list[float]) -> None:
        """The room's words are on the boards: this saying and all before it."""
        words = self._words[room]
        words.update((name, changed[name]) for name in WORDS if name in changed)
        shown = COUNT_OF[tuple(words[name] for name in WORDS)]
        waiting = self._open[room]
        reached = next((place for place, (count, _) in enumerate(waiting) if count == shown), -1)
        sent_at += [waiting.popleft()[1] for _ in range(reached + 1)]

    # --- a stretch of sayings

    async def say(self, rate: float, seconds: float, patience_s: float) -> Seen:
        """So many sayings a second, evenly, every room in its turn; then until every board has all of them."""
        frames = self._prepared(round(rate * seconds))
        for board in self.boards:
            board.delays_s = []
            board.gaps = 0
        began = perf_counter()
        for number, (room, count, ready) in enumerate(frames):
            ahead = began + number / rate - perf_counter()
            if ahead > 0.0005:
                await asyncio.sleep(ahead)
            elif number % BREATH == 0:
                await asyncio.sleep(0)
            # Counted from the very moment of sending: a late sender must not make the server look slow, or fast.
            self._open[room].append((count, perf_counter()))
            self._rooms[room].send(ready)
        sent_s = perf_counter() - began
        expected = len(frames)
        while any(len(board.delays_s) < expected for board in self.boards):
            if perf_counter() - began > sent_s + patience_s:
                break
            await asyncio.sleep(0.002)
        took_s = perf_counter() - began
        delays_s = [delay for board in self.boards for delay in board.delays_s]
        return Seen(
            changes=expected,
            boards=len(self.boards),
            on_time=sent_s < seconds * 1.05 + 0.05,
            took_s=took_s,
            sent_s=sent_s,
            delays_s=delays_s,
            missing=expected * len(self.boards) - len(delays_s),
            gaps=sum(board.gaps for board in self.boards),
        )

    def _prepared(self, count: int) -> list[tuple[int, int, bytes]]:
        at = datetime.now(HANOI).isoformat(timespec="milliseconds")
        order: list[int] = []
        while len(order) < count:
            order += self._die.sample(range(len(self._operators)), len(self._operators))
        prepared = []
        for room in order[:count]:
            self._said[room] += 1
            said = self._said[room]
            ready = framed(frame(self._ids.next(), said, at, self._operators[room].point, said))
            prepared.append((room, COUNT_OF[tuple(perceived(said).values())], ready))
        return prepared

    async def calm(self, patience_s: float) -> bool:
        """Whether everything that was said is on the boards, after waiting for it."""
        until = perf_counter() + patience_s
        # Looked at now and then: an event at each frame would cost the client what it should spend on receiving.
        while any(self._open):
            if perf_counter() > until:
                break
            await asyncio.sleep(0.02)
        left = sum(map(len, self._open))
        for waiting in self._open:
            waiting.clear()
        await asyncio.sleep(0.1)
        return left == 0
