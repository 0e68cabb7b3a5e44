"""What a room's agent says of the broadcast, and when."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bridge.agent import Seen
from bridge.rules import wire
from bridge.rules.wire import Beat, Hello, StreamWord, Welcome
from bridge.simulator.clock import DrivenClock
from bridge.simulator.rooms import DrawnBroadcast, Room
from bridge.simulator.traffic import Traffic
from tests.agent.air import NOON, answered_by

HEARTBEAT_S = 10


class Told:
    """A broadcast that is what the test says."""

    def __init__(self) -> None:
        self.seen: Seen | None = None
        self._turned = asyncio.Event()

    def becomes(self, word: StreamWord, behind_s: float | None = None, bitrate_kbps: float | None = None) -> None:
        self.seen = Seen(word, behind_s, bitrate_kbps)
        self._turned.set()

    async def other_than(self, told: StreamWord | None) -> Seen:
        while self.seen is None or self.seen.stream == told:
            self._turned.clear()
            await self._turned.wait()
        return self.seen


class Ear:
    """A centre that only listens to one room."""

    def __init__(self, clock: DrivenClock) -> None:
        self.clock = clock
        self.frames = 0
        self.greeted = 0
        self.beats: list[tuple[float, Beat]] = []
        """(seconds since noon, what was said)."""

    async def listen(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.greeted += 1
        async for message in socket:
            self.frames += 1
            frame = wire.room_says(message.data)
            if isinstance(frame, Hello):
                now = wire.rfc3339(self.clock.now())
                await socket.send_str(wire.text(Welcome(HEARTBEAT_S, 10, now, 1, "j", "c", "p", 0)))
            elif isinstance(frame, Beat):
                self.beats.append(((self.clock.now() - NOON) / 1000, frame))
        self.greeted -= 1
        return socket

    @property
    def words(self) -> list[tuple[float, str | None]]:
        return [(at_s, beat.stream) for at_s, beat in self.beats]


@asynccontextmanager
async def heard(broadcast: Told | DrawnBroadcast) -> AsyncIterator[tuple[Ear, Room]]:
    traffic = Traffic()
    clock = DrivenClock(NOON, None, stuck_after_s=10)
    ear = Ear(clock)
    async with answered_by(ear=ear.listen) as url, asyncio.TaskGroup() as jobs:
        clock.quiet = lambda: traffic.settled(ear.frames, ear.greeted)
        room = Room("p", url.replace("http", "ws"), "token", clock, random.Random(1), traffic, jobs, broadcast)
        room.switch_on()
        yield ear, room
        await room.leave()


async def passes(ear: Ear, seconds: float) -> None:
    await ear.clock.run(ear.clock.now() + round(seconds * 1000))


async def test_a_change_is_said_at_once_and_not_only_with_the_next_beat() -> None:
    broadcast = Told()
    async with heard(broadcast) as (ear, _):
        await passes(ear, 12)
        assert [word for _, word in ear.words] == [None]
        ear.beats.clear()
        broadcast.becomes("fresh", 4, 400)
        await passes(ear, 1)
        broadcast.becomes("stalled", 11)
        await passes(ear, 1)
        assert ear.words == [(12, "fresh"), (13, "stalled")]
        assert ear.beats[0][1] == Beat(stream="fresh", behind_s=4, bitrate_kbps=400)


async def test_every_beat_says_the_newest_word_beside_what_the_line_is_like() -> None:
    broadcast = Told()
    broadcast.becomes("stalled", 11)
    async with heard(broadcast) as (ear, _):
        await passes(ear, 1)
        broadcast.becomes("stalled", 20)
        await passes(ear, 30)
    told, *beats = ear.beats
    assert told == (0, Beat(stream="stalled", behind_s=11))
    assert {(beat.stream, beat.behind_s) for _, beat in beats} == {("stalled", 20)}
    assert all(beat.rtt_ms is not None for _, beat in beats)
    assert len(beats) in (2, 3)


async def test_who_comes_back_says_at_once_how_it_stands() -> None:
    broadcast = Told()
    broadcast.becomes("gone")
    async with heard(broadcast) as (ear, room):
        await passes(ear, 5)
        room.drop(2_000)
        await passes(ear, 4)
        back = [at_s for at_s, word in ear.words if word == "gone" and at_s > 5]
        assert back
        assert back[0] < 9


async def test_what_no_frame_can_say_is_cut_to_what_one_can() -> None:
    broadcast = Told()
    broadcast.becomes("stalled", 10_000_000, 1e12)
    async with heard(broadcast) as (ear, _):
        await passes(ear, 1)
        assert ear.beats[0][1] == Beat(stream="stalled", behind_s=604_800, bitrate_kbps=10_000_000)


async def test_the_broadcast_of_a_play_is_drawn_and_says_itself_once() -> None:
    async with heard(DrawnBroadcast(random.Random(1))) as (ear, _):
        await passes(ear, 60)
        first, *rest = ear.words
        assert first == (0, "fresh")
        assert len(rest) <= 6
        assert {word for _, word in rest} == {"fresh"}
