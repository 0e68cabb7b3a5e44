"""The rooms' agents over real sockets: they greet, beat, come back, and stay away when told to."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from bridge.agent import Agent, LineProbe, SentAway, socket_url
from bridge.clock import RealClock
from bridge.rules.wire import Close
from bridge.simulator.clock import DrivenClock
from bridge.simulator.rooms import Room
from bridge.simulator.traffic import Traffic
from tests.flows.house import PATIENCE_S
from tests.simulator.centre import Centre, centre

NOON = 1_772_859_600_000


@asynccontextmanager
async def driven() -> AsyncIterator[tuple[DrivenClock, Centre, Traffic, asyncio.TaskGroup]]:
    """A centre, a clock that waits for it, and an owner for the rooms' tasks."""
    traffic = Traffic()
    clock = DrivenClock(NOON, None, stuck_after_s=10)
    async with centre(clock) as there, asyncio.TaskGroup() as jobs:
        clock.quiet = lambda: traffic.settled(there.frames_received, there.rooms_greeted)
        driving = jobs.create_task(clock.run())
        yield clock, there, traffic, jobs
        driving.cancel()


def room(code: str, there: Centre, clock: DrivenClock, traffic: Traffic, jobs: asyncio.TaskGroup) -> Room:
    return Room(code, socket_url(there.url), code, clock, random.Random(code), traffic, jobs)


async def test_a_room_greets_beats_at_the_assigned_rhythm_and_leaves_with_a_goodbye() -> None:
    async with driven() as (clock, there, traffic, jobs):
        hall = room("00004-01", there, clock, traffic, jobs)
        hall.switch_on()
        await clock.sleep_until(NOON + 100_000, 1)
        beats = [at for at, _, kind in there.heard if kind == "Beat"]
        gaps = [after - before for before, after in pairwise(beats)]
        assert 8 <= len(beats) <= 11
        assert all(9_000 <= gap <= 11_250 for gap in gaps)
        await hall.leave()
        await clock.sleep(1_000)
        assert there.kinds("00004-01") == ["Hello", "Bye", "closed"]
        assert traffic.agents_connected == 0


async def test_a_power_cut_leaves_the_socket_open_after_one_last_beat() -> None:
    async with driven() as (clock, there, traffic, jobs):
        hall = room("09694-01", there, clock, traffic, jobs)
        hall.switch_on()
        await clock.sleep_until(NOON + 30_000, 1)
        await hall.vanish()
        await clock.sleep_until(NOON + 90_000, 1)
        assert there.heard[-1] == (NOON + 30_000, "09694-01", "Beat")
        assert traffic.agents_connected == 1
        hall.switch_on()
        await clock.sleep_until(NOON + 100_000, 1)
        assert there.kinds("09694-01") == ["Hello", "Hello", "closed"]
        assert traffic.agents_connected == 1
        await hall.leave()


async def test_a_broken_line_is_found_again_only_once_it_carries() -> None:
    async with driven() as (clock, there, traffic, jobs):
        hall = room("09802-01", there, clock, traffic, jobs)
        hall.switch_on()
        await clock.sleep_until(NOON + 20_000, 1)
        hall.drop(18_000)
        await clock.sleep_until(NOON + 60_000, 1)
        hellos = [at for at, _, kind in there.heard if kind == "Hello"]
        assert there.kinds("09802-01") == ["Hello", "closed", "Hello"]
        assert NOON + 38_000 <= hellos[1] <= NOON + 50_000
        await hall.leave()


async def test_many_rooms_dropped_at_once_come_back_spread_out() -> None:
    async with driven() as (clock, there, traffic, jobs):
        halls = [room(f"{number:05d}-01", there, clock, traffic, jobs) for number in range(40)]
        for hall in halls:
            hall.switch_on()
        await clock.sleep_until(NOON + 20_000, 1)
        for hall in halls:
            hall.drop(40_000)
        await clock.sleep_until(NOON + 80_000, 1)
        again = [at for at, _, kind in there.heard if kind == "Hello" and at > NOON + 20_000]
        assert len(again) == 40
        assert max(again) <= NOON + 60_000 + 10_000
        assert len(set(again)) > 10
        for hall in halls:
            await hall.leave()


async def test_the_same_seed_makes_the_same_sounds() -> None:
    async def day() -> list[tuple[int, str, str]]:
        async with driven() as (clock, there, traffic, jobs):
            halls = [room(f"{number:05d}-01", there, clock, traffic, jobs) for number in range(12)]
            for hall in halls:
                hall.switch_on()
            await clock.sleep_until(NOON + 30_000, 1)
            for hall in halls[:6]:
                hall.drop(5_000)
            await clock.sleep_until(NOON + 60_000, 1)
            for hall in halls:
                await hall.leave()
            await clock.sleep(1_000)
            return sorted(there.heard)

    assert await day() == await day()


async def test_a_centre_that_is_busy_is_asked_again_later() -> None:
    async with driven() as (clock, there, traffic, jobs):
        there.busy = 2
        hall = room("00004-01", there, clock, traffic, jobs)
        hall.switch_on()
        await clock.sleep_until(NOON + 30_000, 1)
        (hello,) = [at for at, _, kind in there.heard if kind == "Hello"]
        assert hello >= NOON + 4_000
        await hall.leave()


@pytest.mark.parametrize("code", [Close.REPLACED, Close.NOT_ALLOWED])
async def test_an_agent_that_was_sent_away_does_not_come_again(code: Close) -> None:
    async with driven() as (clock, there, traffic, jobs):
        hall = room("00004-01", there, clock, traffic, jobs)
        hall.switch_on()
        await clock.sleep_until(NOON + 5_000, 1)
        await there.rooms["00004-01"].close(code=code, message=b"go away")
        for second in range(6, 60):
            await clock.sleep_until(NOON + second * 1_000, 1)
        assert there.kinds("00004-01") == ["Hello", "closed"]
        assert hall.sent_away is not None
        assert hall.sent_away.code == code


async def test_an_agent_whose_centre_restarts_comes_again() -> None:
    async with driven() as (clock, there, traffic, jobs):
        hall = room("00004-01", there, clock, traffic, jobs)
        hall.switch_on()
        await clock.sleep_until(NOON + 5_000, 1)
        await there.rooms["00004-01"].close(code=Close.RESTARTING)
        # The centre's own hanging up is not counted as under way: go on in small steps.
        for second in range(6, 30):
            await clock.sleep_until(NOON + second * 1_000, 1)
        assert there.kinds("00004-01") == ["Hello", "closed", "Hello"]
        await hall.leave()


async def test_a_token_that_no_longer_holds_ends_the_agent_with_words() -> None:
    async with centre(RealClock()) as there:
        there.stranger = True
        with pytest.raises(SentAway, match=r"401.*unknown token"):
            await Agent(socket_url(there.url), "old", RealClock()).run()


async def test_the_real_probe_measures_the_round_trip() -> None:
    async with centre(RealClock()) as there, asyncio.TaskGroup() as jobs:
        there.heartbeat_s = 0.02
        probe = LineProbe()
        agent = Agent(socket_url(there.url), "00004-01", RealClock(), probe=lambda: probe)
        running = jobs.create_task(agent.run())
        async with asyncio.timeout(PATIENCE_S):
            await there.heard_beats(5)
        await agent.leave()
        await running
        assert probe._rtt_ms is not None
        assert 0 < probe._rtt_ms < PATIENCE_S * 1_000
        assert not probe.deaf


@pytest.mark.parametrize(
    ("server", "socket"),
    [
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/ws/point"),
        ("https://cau.example.vn/", "wss://cau.example.vn/ws/point"),
        ("cau.example.vn", "wss://cau.example.vn/ws/point"),
    ],
)
def test_the_socket_lies_beside_the_pages(server: str, socket: str) -> None:
    assert socket_url(server) == socket


def test_an_address_that_is_none_is_refused_with_an_example() -> None:
    with pytest.raises(ValueError, match="ví dụ"):
        socket_url("ftp://x")
