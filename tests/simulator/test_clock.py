"""The driven clock goes on only when everybody waits for it."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.clock import RealClock
from bridge.simulator.clock import DrivenClock, Stuck


async def test_sleepers_wake_in_the_order_of_their_times_and_then_of_asking() -> None:
    clock = DrivenClock(0, None)
    woken: list[tuple[str, int]] = []

    async def sleeper(name: str, ms: int, rank: int = 0) -> None:
        await clock.sleep_until(ms, rank)
        woken.append((name, clock.now()))

    async with asyncio.TaskGroup() as jobs:
        for name, ms, rank in (("d", 1000, 1), ("b", 500, 0), ("c", 1000, 0), ("a", 250, 0), ("e", 1000, 1)):
            jobs.create_task(sleeper(name, ms, rank))
        jobs.create_task(clock.run(until_ms=2000))
        jobs.create_task(sleeper("f", 2000))
    assert woken == [("a", 250), ("b", 500), ("c", 1000), ("d", 1000), ("e", 1000), ("f", 2000)]


async def test_time_stands_still_while_something_is_on_its_way() -> None:
    on_its_way = 1
    clock = DrivenClock(0, None, lambda: not on_its_way)
    woken = asyncio.Event()

    async def sleeper() -> None:
        await clock.sleep(1000)
        woken.set()

    async with asyncio.TaskGroup() as jobs:
        jobs.create_task(sleeper())
        driving = jobs.create_task(clock.run())
        for _ in range(200):
            await asyncio.sleep(0)
        assert clock.now() == 0
        assert not woken.is_set()
        on_its_way = 0
        await woken.wait()
        assert clock.now() == 1000
        driving.cancel()


async def test_a_woken_actor_finishes_its_moment_before_the_next_one_comes() -> None:
    clock = DrivenClock(0, None)
    seen: list[tuple[str, int]] = []

    async def relay(name: str, baton: asyncio.Event, onward: asyncio.Event) -> None:
        await baton.wait()
        seen.append((name, clock.now()))
        onward.set()

    first, second, last = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def starter() -> None:
        await clock.sleep(250)
        first.set()

    async with asyncio.TaskGroup() as jobs:
        jobs.create_task(relay("a", first, second))
        jobs.create_task(relay("b", second, last))
        jobs.create_task(starter())
        jobs.create_task(clock.sleep(500))
        await clock.run(until_ms=500)
    assert seen == [("a", 250), ("b", 250)]


async def test_it_is_never_faster_than_asked() -> None:
    real = 0.0

    def reading() -> float:
        nonlocal real
        real += 0.001
        return real

    clock = DrivenClock(0, 1000, real=reading)
    async with asyncio.TaskGroup() as jobs:
        jobs.create_task(clock.sleep(20_000))
        await clock.run(until_ms=20_000)
    assert clock.now() == 20_000
    assert real >= 20_000 / 1000 / 1000


async def test_somebody_who_stops_waiting_holds_nobody_up() -> None:
    clock = DrivenClock(0, None)
    async with asyncio.TaskGroup() as jobs:
        tired = jobs.create_task(clock.sleep(250))
        jobs.create_task(clock.sleep(750))
        await asyncio.sleep(0)
        tired.cancel()
        await clock.run(until_ms=750)
    assert clock.now() == 750


async def test_a_clock_that_can_never_go_on_says_so() -> None:
    clock = DrivenClock(0, None, lambda: False, stuck_after_s=0.01)
    with pytest.raises(Stuck, match="đứng yên"):
        await clock.run()


def test_a_speed_must_be_positive() -> None:
    with pytest.raises(ValueError, match="tốc độ 0"):
        DrivenClock(0, 0)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 2)), min_size=1, max_size=12))
def test_nobody_wakes_early_and_time_never_goes_back(wishes: list[tuple[int, int]]) -> None:
    async def day() -> list[tuple[int, int]]:
        clock = DrivenClock(0, None)
        woken: list[tuple[int, int]] = []

        async def sleeper(ms: int, rank: int) -> None:
            await clock.sleep_until(ms, rank)
            woken.append((ms, clock.now()))

        async with asyncio.TaskGroup() as jobs:
            for ms, rank in wishes:
                jobs.create_task(sleeper(ms, rank))
            await asyncio.sleep(0)
            await clock.run(until_ms=10_000)
        return woken

    woken = asyncio.run(day())
    assert len(woken) == len(wishes)
    assert all(asked <= now < asked + 250 for asked, now in woken)
    assert [now for _, now in woken] == sorted(now for _, now in woken)


async def test_the_real_clock_waits_at_least_as_long_as_asked() -> None:
    clock = RealClock()
    began = clock.now()
    await clock.sleep(20)
    assert clock.now() - began >= 19
