"""What is done every so often by the world's time: again after it failed, and what is over is gone."""

import asyncio
from datetime import timedelta
from pathlib import Path

from bridge.edges import chores
from bridge.edges.chores import Chore
from bridge.house.stores import opened_registry
from endpoints_registry.sweeping import sweep
from tests.flows.house import HALLS, PATIENCE_S, Keys, settings


async def test_a_chore_that_failed_is_done_at_its_next_time() -> None:
    done = asyncio.Event()
    times: list[int] = []

    async def mend() -> None:
        times.append(len(times))
        if len(times) == 1:
            raise OSError("the disk is away")
        done.set()

    running = asyncio.create_task(chores.run([Chore("mend", timedelta(seconds=1), mend)]))
    async with asyncio.timeout(PATIENCE_S):
        await done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()


async def test_a_house_that_never_stands_for_a_day_does_its_daily_chores_too() -> None:
    done = asyncio.Event()

    async def forget() -> None:
        done.set()

    running = asyncio.create_task(chores.run([Chore("forget", timedelta(days=1), forget)], first=timedelta()))
    async with asyncio.timeout(PATIENCE_S):
        await done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_sessions_that_ran_out_are_swept_and_those_that_run_are_not(folder: Path, keys: Keys) -> None:
    async with opened_registry(settings(folder)) as registry:
        assert await sweep(registry.store, registry.now(), registry.staff_lifetime) == 0
        in_a_month = registry.now() + timedelta(days=30)
        gone = await sweep(registry.store, in_a_month, registry.staff_lifetime)
        # Two of the staff, and a phone of each hall.
        assert gone >= len(keys.staff) + len(HALLS)
        assert await sweep(registry.store, in_a_month, registry.staff_lifetime) == 0
