"""The server goes and comes back: told to, or killed. What was acknowledged is there, once, and no hall is blamed."""

import asyncio
import resource
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp

from bridge.rules.wire import Close
from tests.flows.house import HALL, HALLS, MEASURED, Browser, Keys, Standing, act, own, visited
from tests.flows.served import GOING_S, configured, serving

ACKNOWLEDGED = 60
"""So many answers before each kill."""
KILLS = 2


async def test_a_killed_server_has_every_act_that_it_acknowledged_once(folder: Path, keys: Keys) -> None:
    config = configured(folder)
    told: dict[str, dict[str, Any]] = {}
    acked: dict[str, int] = {}
    for _ in range(KILLS):
        async with serving(config) as server, visited(server.address, keys) as there:
            await there.rooms(MEASURED)
            enough = asyncio.Event()
            phones = [asyncio.create_task(_reporting(there.phone(code), code, told, acked, enough)) for code in HALLS]
            await enough.wait()
            await server.killed()
            await asyncio.gather(*phones)
    assert len(acked) >= KILLS * ACKNOWLEDGED
    async with serving(config) as server, visited(server.address, keys) as there:
        links = {code: point["link"] for code, point in (await there.ann.board()).items()}
        assert {links[code] for code in MEASURED} == {"unknown"}
        kept = {event["act"]: event["position"] for event in await there.ann.events()}
        assert {id: kept.get(id) for id in acked} == acked
        for id, position in acked.items():
            (again,) = (await there.phone(told[id]["point"]).send(told[id])).outcomes
            assert (again["duplicate"], again["position"]) == (True, position)
        for id in told.keys() - acked.keys():
            (known,) = (await there.phone(told[id]["point"]).send(told[id])).outcomes
            assert (known["outcome"], known["duplicate"]) == ("accepted", id in kept)
        times = Counter(event["act"] for event in await there.ann.events() if event["by"].startswith("point:"))
        assert times == Counter(told.keys())
        screen = await there.screen()
        await screen.watch()
        await there.rooms(MEASURED)
        await screen.until(lambda points: {points[code]["link"] for code in MEASURED} == {"steady"})


async def _reporting(
    phone: Browser, code: str, told: dict[str, dict[str, Any]], acked: dict[str, int], enough: asyncio.Event
) -> None:
    """One report after another, each as soon as the last was answered, until nobody answers any more."""
    before = len(acked)
    while True:
        said = act(code, "incident", time.time_ns() // 1_000_000, fault="no_sound")
        told[said["id"]] = said
        try:
            (outcome,) = (await phone.send(said)).outcomes
        except (aiohttp.ClientError, TimeoutError):
            return
        acked[said["id"]] = outcome["position"]
        if len(acked) >= before + ACKNOWLEDGED:
            enough.set()


async def test_a_server_that_is_told_to_go_says_so_and_is_gone_in_time(folder: Path, keys: Keys) -> None:
    async with serving(configured(folder)) as server, visited(server.address, keys) as there:
        (room,) = await there.rooms([HALL])
        screen, deaf = await there.screen(), await there.screen()
        await screen.watch()
        await deaf.watch()
        # It takes nothing any more and answers no goodbye, as a laptop whose lid was closed.
        deaf.line.transport.pause_reading()
        told = asyncio.gather(room.closed(), screen.closed())
        assert await server.told_to_go() == 0
        assert set(await told) == {Close.RESTARTING}
        assert not (folder / "control.sock").exists()


async def test_after_a_restart_nobody_is_lost_who_was_not(folder: Path, keys: Keys) -> None:
    async with own(folder, keys) as first:
        silent, fine = MEASURED[:2]
        rooms = await first.there.rooms([silent, fine])
        await first.pass_time(20)
        await rooms[1].beat()
        await first.pass_time(25)
        assert await _links(first.there, silent, fine) == ["lost", "steady"]
    async with own(folder, keys) as second:
        second.clock.quiet = second.house.at_rest
        await second.pass_time(5)
        assert await _links(second.there, silent, fine) == ["lost", "unknown"]
        # Patience and the time that a room may take to come again, from the moment when we could hear.
        await second.pass_time(50)
        assert await _links(second.there, silent, fine) == ["lost", "lost"]


async def _links(there: Standing, *codes: str) -> list[str]:
    board = await there.ann.board()
    return [board[code]["link"] for code in codes]


async def test_a_disk_that_fails_ends_the_server_and_acknowledges_nothing(folder: Path, keys: Keys) -> None:
    async with serving(configured(folder)) as server, visited(server.address, keys) as there:
        # No file may grow any more: the next commit fails as on a broken disk.
        full = (folder / "journal.sqlite-wal").stat().st_size
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (full, full))
        status = await _status(there.phone(HALL), act(HALL, "incident", fault="no_sound"))
        assert status is None or status >= 500
        async with asyncio.timeout(GOING_S):
            assert await server.process.wait() == 1


async def _status(phone: Browser, said: dict[str, Any]) -> int | None:
    """None: the server hung up without an answer."""
    try:
        return (await phone.send(said)).status
    except aiohttp.ClientError:
        return None
