"""Rooms, phones and screens against a server in real time: what is measured is what happened."""

import asyncio
import random

from bridge.clock import RealClock
from bridge.simulator.driving import Account, Door, Doors, Drive, Load
from bridge.simulator.screens import Screen
from bridge.simulator.traffic import Latencies
from tests.flows.house import PATIENCE_S
from tests.simulator.centre import Centre, centre


def known(there: Centre, points: int) -> Doors:
    codes = [f"{number:05d}-01" for number in range(points)]
    return Doors(
        url=there.url,
        organiser=Account("ban-to-chuc", "mat-khau"),
        conference=there.conference,
        points=tuple(Door(code, f"{there.url}/p/h-{code}#right", code) for code in codes),
    )


async def test_a_drive_reports_every_act_and_every_change_on_every_screen() -> None:
    said: list[str] = []
    async with centre(RealClock()) as there:
        load = Load(screens=3, acts_per_s=100, for_s=1, drops_per_min=60)
        summary = await Drive(known(there, 8), load, said.append).run()
    assert summary.rooms == summary.rooms_connected == 8
    assert summary.acts_accepted == len(there.acts) > 10
    assert (summary.acts_refused, summary.gaps, said) == (0, 0, [])
    assert summary.answer["count"] >= summary.acts_accepted
    # A screen that has not seen a change yet counts a second one of the same point with the first.
    assert 0 < summary.screen["count"] <= 3 * summary.acts_accepted
    assert 0 < summary.screen["p50_ms"] <= summary.screen["p99_ms"] <= summary.screen["max_ms"]


async def test_rooms_that_no_server_takes_are_not_counted_as_connected() -> None:
    async with centre(RealClock()) as there:
        there.stranger = True
        summary = await Drive(known(there, 3), Load(screens=0, acts_per_s=0, for_s=0.3)).run()
    assert (summary.rooms, summary.rooms_connected, summary.acts_accepted) == (3, 0, 0)


async def test_a_screen_that_misses_a_frame_notices_and_asks_for_a_snapshot() -> None:
    async with centre(RealClock()) as there, asyncio.TaskGroup() as jobs, asyncio.timeout(PATIENCE_S):
        screen = Screen(there.url, "c", "", "session=x", RealClock(), random.Random(1), Latencies())
        running = jobs.create_task(screen.run())
        await screen.watching.wait()
        await there.tell("00001-01")
        there.skip = 1
        screen.watching.clear()
        await there.tell("00002-01")
        await screen.watching.wait()
        assert (screen.deltas, screen.gaps, screen.snapshots) == (1, 1, 2)
        running.cancel()
