"""G17: a full disk is refusals and no false yes, a failing one is the end of the process; neither loses anything."""

import asyncio
import random
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.drill.centre import Centre
from tests.drill.disks import Disk, PagesLimited, SmallDisk, mounted, mounting_is_permitted
from tests.drill.drill import UNDO_MS, staged
from tests.drill.phones import Device, Street, Talk
from tests.drill.reckoning import Reader, broken_at, reckoned

ALARM_S = 5
"""A disk that refuses is known within this."""
PATIENCE_S = 120
ENDLESS = 1_000_000
KINDS = ("a small file system", "no room for pages")


@pytest.fixture(params=KINDS if mounting_is_permitted() else KINDS[1:])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == KINDS[1]:
        yield PagesLimited(tmp_path)
        return
    with mounted(tmp_path / "disk") as at:
        yield SmallDisk(at)


@asynccontextmanager
async def talking(street: Street) -> AsyncIterator[asyncio.Task[None]]:
    """Everybody sends until the end of the block at the latest."""
    living = asyncio.create_task(street.live())
    try:
        yield living
    finally:
        living.cancel()
        await asyncio.wait((living,))


async def status(http: aiohttp.ClientSession, centre: Centre, path: str) -> int:
    async with http.get(f"{centre.url}{path}") as response:
        return response.status


async def refused_from_now_on(device: Device, street: Street) -> None:
    """What is new is refused, as soon as the last room is used up; what is known already gets its answer even now."""
    known = [act for act in device.said if act.id in device.answers][-1:]
    async with asyncio.timeout(ALARM_S):
        while (outcomes := await street.ask(device, street.speak(device))) is not None:
            device.hear(outcomes)
    again = await street.ask(device, known)
    assert again is not None
    assert device.hear(again) == 0


@pytest.mark.timeout(600)
async def test_a_full_disk_refuses_reads_on_and_records_again_without_a_restart(disk: Disk, compiled: Path) -> None:
    talk = Talk(left=ENDLESS, rng=random.Random(17))
    async with staged(disk.folder, compiled, talk, program=disk.program) as (city, centre, street, http):
        reader = Reader(http, str(centre.url), city.watcher)
        async with talking(street), asyncio.timeout(PATIENCE_S):
            await talk.until(lambda: talk.answered >= 300)
            assert await status(http, centre, "/readyz") == 200
        disk.fill(centre)
        await refused_from_now_on(street.devices[0], street)
        assert await status(http, centre, "/readyz") == 503
        assert await status(http, centre, "/healthz") == 200
        assert any("batch-not-recorded" in line for line in centre.said)

        async with talking(street) as living, asyncio.timeout(PATIENCE_S):
            await talk.until(lambda: talk.refused >= 50)
            answered = talk.answered
            # Reading goes on, also for somebody who looks for the first time since this morning, and everything that was acknowledged is there.
            acts = {line["act"] for line in await reader.events()}
            told = [each for device in street.devices for each in device.answers.values() if each.position]
            assert {outcome.id for outcome in told} <= acts
            assert (await reader.get("totals"))["points"]["total"] == len((await reader.get("board"))["points"]["rows"])
            assert talk.answered - answered < 50

            disk.make_room(centre)
            await talk.until(lambda: talk.answered >= answered + 500)
            assert await status(http, centre, "/readyz") == 200
            talk.left, talk.over = 0, True
            await living
        async with asyncio.timeout(PATIENCE_S):
            reckoning = await reckoned(reader, city, street.devices, UNDO_MS)
        assert (reckoning.lost, reckoning.doubled, reckoning.unforeseen) == (0, 0, ())
        assert await centre.stop() == 0
    assert await broken_at(disk.folder) is None


@pytest.mark.timeout(600)
async def test_a_failing_disk_ends_the_process_which_comes_back_with_all_it_acknowledged(
    tmp_path: Path, compiled: Path
) -> None:
    folder = tmp_path / "data"
    talk = Talk(left=ENDLESS, rng=random.Random(18))
    async with staged(folder, compiled, talk) as (city, centre, street, http):
        async with talking(street) as living, asyncio.timeout(PATIENCE_S):
            await talk.until(lambda: talk.answered >= 100)
            # What SQLite is told beyond this size is no full disk but an error of it.
            soon = (folder / "journal.sqlite-wal").stat().st_size + 100_000
            resource.prlimit(centre.process.pid, resource.RLIMIT_FSIZE, (soon, resource.RLIM_INFINITY))
            assert await centre.ended() == 1
            assert any("the disk failed" in line for line in centre.said)
            await centre.start()
            answered = talk.answered
            await talk.until(lambda: talk.answered >= answered + 100)
            talk.left, talk.over = 0, True
            await living
        async with asyncio.timeout(PATIENCE_S):
            reckoning = await reckoned(Reader(http, str(centre.url), city.watcher), city, street.devices, UNDO_MS)
        assert (reckoning.lost, reckoning.doubled, reckoning.unforeseen) == (0, 0, ())
        assert await centre.stop() == 0
    assert await broken_at(folder) is None
