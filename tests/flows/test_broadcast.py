"""Does the broadcast arrive? From the origin over a room's machine to the board, on real sockets."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec
import pytest

from bridge.agent import Follower, socket_url
from bridge.simulator.broadcast import Origin, on_air
from bridge.simulator.rooms import Room
from bridge.simulator.traffic import Traffic
from tests.flows.house import HALL, OTHER_HALL, PATH, Keys, Own, Screen, Standing
from tests.flows.test_commands import agent


@dataclass
class Receiving:
    """A hall whose machine follows the broadcast, and an organiser's board."""

    ours: Own
    origin: Origin
    room: Room
    screen: Screen


@pytest.fixture
async def receiving(ours: Own) -> AsyncIterator[Receiving]:
    async with followed(ours) as hall:
        yield hall


@asynccontextmanager
async def followed(ours: Own) -> AsyncIterator[Receiving]:
    """The hall's clock waits for the house, for the room's frames, and for the origin's answers."""
    house, clock, traffic = ours.house, ours.clock, Traffic()
    house.rooms.counted = "room-"
    origin = Origin(clock.now)
    async with on_air(origin) as url, asyncio.TaskGroup() as jobs:
        follower = Follower(url, clock, chance=random.Random(1))
        server = socket_url(ours.there.address)
        room = Room(HALL, server, ours.there.keys.tokens[HALL], clock, random.Random(1), traffic, jobs, follower)
        clock.quiet = lambda: (
            house.at_rest()
            and not follower.reading
            and traffic.settled(house.rooms.frames_received, house.rooms.rooms_greeted)
        )
        screen = await ours.there.screen()
        await screen.watch()
        following = jobs.create_task(follower.run())
        room.switch_on()
        await ours.pass_time(2)
        yield Receiving(ours, origin, room, screen)
        await room.leave()
        following.cancel()


async def test_a_stalled_broadcast_is_on_the_board_within_15_seconds_and_gone_again_within_10_while_the_line_is_green(
    receiving: Receiving,
) -> None:
    ours, origin, screen = receiving.ours, receiving.origin, receiving.screen
    await screen.shows(HALL, stream="fresh", link="steady")
    await ours.pass_time(61)
    origin.stall()
    await ours.pass_time(15)
    await screen.shows(HALL, stream="stalled", link="steady")
    assert (await ours.there.ann.board())[HALL]["stream"] == "stalled"
    await ours.pass_time(60)
    origin.resume()
    await ours.pass_time(10)
    await screen.shows(HALL, stream="fresh", link="steady")
    told = [each["event"] for each in await ours.there.ann.events() if each["event"].get("point") == HALL]
    assert [(each["event"], each.get("stream", each.get("link"))) for each in told if "moved" in each["event"]] == [
        ("link-moved", "steady"),
        ("stream-moved", "fresh"),
        ("stream-moved", "stalled"),
        ("stream-moved", "fresh"),
    ]


async def test_an_origin_that_is_gone_is_said_to_be_gone(receiving: Receiving) -> None:
    receiving.origin.gone = True
    await receiving.ours.pass_time(16)
    await receiving.screen.shows(HALL, stream="gone", link="steady")


async def test_a_room_that_loses_its_line_in_a_stall_accuses_nobody_and_says_so_again_when_it_is_back(
    receiving: Receiving,
) -> None:
    ours, screen = receiving.ours, receiving.screen
    receiving.origin.stall()
    await ours.pass_time(15)
    await screen.shows(HALL, stream="stalled")
    receiving.room.drop(4_000)
    await ours.pass_time(2)
    await screen.shows(HALL, stream="not_followed", link="reconnecting")
    await ours.pass_time(20)
    await screen.shows(HALL, stream="stalled", link="steady")


async def test_a_hall_whose_machine_follows_nothing_is_not_followed(there: Standing) -> None:
    assert (await there.ann.board())[OTHER_HALL]["stream"] == "not_followed"


async def test_a_word_that_the_centre_does_not_know_is_no_reason_to_hang_up(there: Standing) -> None:
    room = await there.room(HALL)
    await room.hello()
    await room.say("beat", stream="ĐANG NẠP LẠI")
    await room.say("beat", stream="fresh", behind_s=3.5, bitrate_kbps=400)
    screen = await there.screen()
    await screen.watch()
    await screen.shows(HALL, stream="fresh", link="steady")


@pytest.mark.parametrize("wrong", [{"behind_s": -1}, {"bitrate_kbps": "fast"}, {"stream": 7}, {"stream": "x" * 81}])
async def test_a_beat_that_is_none_ends_the_talk(there: Standing, wrong: dict[str, object]) -> None:
    room = await there.room(HALL)
    await room.hello()
    await room.say("beat", **wrong)
    assert await room.closed() == 4400


async def test_the_agent_as_a_process_follows_what_it_is_told_to_and_logs_each_change_once(
    there: Standing, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = await there.screen()
    await screen.watch()
    origin = Origin(lambda: time.time_ns() // 1_000_000, target_s=1)
    async with on_air(origin) as url:
        monkeypatch.setenv("BRIDGE_STREAM", url + "?key=geheim")
        async with agent(there, keys.tokens[HALL]) as process:
            await screen.shows(HALL, link="steady", stream="fresh")
            process.terminate()
            _, said = await process.communicate()
    assert process.returncode == 0
    lines = [msgspec.json.decode(line) for line in said.splitlines()]
    assert sorted(line["event"] for line in lines) == ["broadcast-moved", "connected", "dialling", "left"]
    moved = next(line for line in lines if line["event"] == "broadcast-moved")
    assert (moved["stream"], moved["bitrate_kbps"]) == ("fresh", pytest.approx(400, rel=0.02))
    assert b"geheim" not in said


@pytest.mark.parametrize(
    "wrong", ["phat.example.vn/live.m3u8", "rtmp://phat.example.vn/live", "https://", "http://a:b/"]
)
async def test_an_address_that_is_none_is_named_before_anything_is_dialled(there: Standing, wrong: str) -> None:
    async with agent(there, "token", "--stream", wrong) as process:
        _, said = await process.communicate()
    assert process.returncode == 2
    assert "địa chỉ luồng phát" in said.decode()
    assert PATH not in said.decode()
