"""How long the halls wait while a country's praise and criticism is judged, and its conferences are compared."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from time import perf_counter, thread_time
from typing import Any

import uvloop
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from bridge.beside import Beside
from bridge.coordinator import Coordinator
from bridge.edges.comparison import Comparison
from bridge.edges.judgement import Judging
from bridge.halls import Hall, Halls
from bridge.journal.memory import MemoryJournal
from bridge.judge import Judge
from bridge.presence import Presence
from bridge.rules import link
from bridge.rules.judging import Terms
from bridge.simulator.timetable import at
from endpoints_registry.access import Caller, Role
from endpoints_registry.collecting import for_days
from endpoints_registry.door import ORIGINS, RESOLVE, Credential
from endpoints_registry.gate import mount
from tests.load import figures as measures
from tests.load.figures import say
from tests.load.reports import country
from tests.rules.day import HandClock

POINTS, POINTS_QUICK = 11_000, 900
CONFERENCES = 3
TIMES, TIMES_QUICK = 5, 2
NOW = at("15:36")
PROMISED_MS = 20
EVERY_S = 0.001
ORGANISER = Credential(Caller("user:ann", Role.ORGANISER, everywhere=True), ambient=False, secret="")


class Lateness:
    """How long the loop let anybody wait, looked at every millisecond, and how much of it was its own work: the rest is
    other threads' and other programs' time.
    """

    def __init__(self) -> None:
        self.longest_s = self.longest_own_s = 0.0

    async def watch(self) -> None:
        before, worked = perf_counter(), thread_time()
        while True:
            await asyncio.sleep(EVERY_S)
            now, own = perf_counter(), thread_time()
            self.longest_s = max(self.longest_s, now - before - EVERY_S)
            self.longest_own_s = max(self.longest_own_s, own - worked)
            before, worked = now, own


@asynccontextmanager
async def standing(points: int) -> AsyncIterator[BaseTestServer]:
    """The two doors before so many conferences of a country."""
    clock = HandClock(NOW)
    halls = Halls(MemoryJournal(), clock, lambda *_: None, lambda *_: None)
    for number in range(CONFERENCES):
        name = f"ca-nuoc-{number}"
        say(f"  {points:,} points of {name} ...")
        street = Coordinator(name, MemoryJournal(), clock, lambda *_: None)
        street.scene = country(points)
        lines = Presence(street, lambda *_: None)
        halls._halls[name] = Hall(street, lines, lambda count, phone: link.terms(count, phone=phone))
    app = web.Application()

    class Known:
        def __call__(self, request: web.Request) -> Credential:
            return ORGANISER

    app[RESOLVE] = Known()
    app[ORIGINS] = frozenset()
    beside = Beside()
    judge = Judge(Terms(), beside)
    doors = (
        Judging(halls, clock, judge, beside, lambda _conference, code: code, str).routes(),
        Comparison(halls, clock, judge, beside, tuple).routes(),
    )
    mount(app, [route for each in doors for route in each])
    async with TestServer(app) as server:
        yield server


async def asked(server: BaseTestServer, path: str) -> int:
    """Bytes of the answer, taken as they come: what is made of them is no affair of the server's."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {server.host}\r\nConnection: close\r\n\r\n".encode())
    size = 0
    first = await reader.readline()
    if b" 200 " not in first:
        raise SystemExit(f"{path}: {first!r}")
    while piece := await reader.read(65_536):
        size += len(piece)
    writer.close()
    return size


async def bench(points: int, times: int) -> dict[str, Any]:
    say("judging: building ...")
    # As a server that stands for days.
    async with standing(points) as server, AsyncExitStack() as opened:
        opened.enter_context(for_days())
        result: dict[str, Any] = {"points": points, "conferences": CONFERENCES}
        for name, path in (
            ("judgement", "/api/v1/conferences/ca-nuoc-0/judgement"),
            ("comparison", "/api/v1/comparison"),
        ):
            say(f"  {path} ...")
            took, late, own = [], [], []
            for _ in range(times):
                lateness = Lateness()
                watching = asyncio.create_task(lateness.watch())
                began = perf_counter()
                size = await asked(server, path)
                took.append(perf_counter() - began)
                watching.cancel()
                late.append(lateness.longest_s)
                own.append(lateness.longest_own_s)
            result[name] = {
                "bytes": size,
                "first_ms": measures.ms(took[0]),
                "again_ms": measures.ms(measures.median(took[1:])),
                "stall_ms": measures.ms(max(late)),
                "own_ms": measures.ms(max(own)),
            }
        return result


def shown(result: Mapping[str, Any]) -> None:
    measures.show(
        f"{result['conferences']} conferences of {result['points']:,} points (aim: no stall above {PROMISED_MS} ms)",
        ("", "first ms", "again ms", "longest stall ms", "of it the loop's own work", "bytes"),
        [
            (name, *(result[name][key] for key in ("first_ms", "again_ms", "stall_ms", "own_ms", "bytes")))
            for name in ("judgement", "comparison")
        ],
    )


def main() -> None:
    chosen = measures.asked(__doc__)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        size = (POINTS_QUICK, TIMES_QUICK) if chosen.quick else (POINTS, TIMES)
        result = runner.run(bench(*size))
    if chosen.json:
        measures.as_json(result)
    else:
        shown(result)


if __name__ == "__main__":
    main()
