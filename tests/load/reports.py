"""How long a report takes in all five formats, at 766 and at 11,000 points, and what the boards notice of it meanwhile."""

import asyncio
import gc
import os
import random
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import uvloop

from bridge.rules import events
from bridge.rules.events import Happened
from bridge.rules.model import Count, Grade, Mode, Phase, Plan, PlannedPoint, PointType, Sitting, Unit
from bridge.rules.scene import Scene
from bridge.simulator.story import CONFERENCE, SITTING, TITLE, told
from bridge.simulator.timetable import ROUNDS, at
from dashboards.reports.figures import Figures, figures
from dashboards.reports.form import PARTY
from dashboards.reports.jobs import Format
from dashboards.reports.writing import written
from endpoints_registry.samples.growing import grown
from tests.load import figures as measures
from tests.load.board import stretch
from tests.load.bodies import Operator
from tests.load.figures import say
from tests.load.served import CLIENTS_CORE, SERVERS_CORE, Served, serving, take_core
from tests.load.watching import Hall
from tests.played import Played
from tests.toil import worked_s

CLOSED = at("15:36")
RATE = 80
"""Changes a second on the boards: an ordinary minute."""


class Length(msgspec.Struct, frozen=True):
    """How much is measured."""

    points: int
    rooms: int
    boards: int
    seconds: float
    """Of one look at the boards."""
    alone: bool
    """Whether each format is timed by itself, too."""
    looks: int
    """At the boards while nothing is written; while something is, as many as fit."""


FULL = Length(points=11_000, rooms=800, boards=20, seconds=4, alone=True, looks=3)
QUICK = Length(points=900, rooms=40, boards=2, seconds=1, alone=False, looks=1)


def country(points: int) -> Scene:
    """A conference of so many points, closed: every hall has said its first and its last count."""
    die = random.Random(7)
    sample = grown("vietnam-2023", points)
    seats = {point.code: point.seats * 4 // 5 for point in sample.points}
    plan = Plan(
        conference=CONFERENCE,
        title=TITLE,
        units=tuple(Unit(unit.code, unit.name, unit.level, unit.parent_code or None) for unit in sample.units),
        points=tuple(
            PlannedPoint(
                code=point.code,
                name=point.name,
                unit=point.unit_code,
                type=PointType(point.type),
                mode=Mode(point.reception_mode),
                seats=point.seats,
                expected={SITTING: seats[point.code]},
            )
            for point in sample.points
        ),
        sittings=(Sitting(SITTING, "Buổi sáng 07/03/2026", at("08:00"), at("11:30"), ROUNDS),),
    )
    scene = Scene()
    told: list[tuple[events.AnyEvent, int]] = [(events.ConferenceFrozen(plan=plan), at("06:00"))]
    for each in (ROUNDS[0], ROUNDS[-1]):
        for code, people in seats.items():
            away = die.randrange(people // 8 + 1)
            count = Count(people - away, away, 0)
            told.append(
                (
                    events.FigureReported(point=code, sitting=SITTING, round=each.name, count=count, grade=Grade.FINE),
                    each.due_ms - die.randrange(1_800_000),
                )
            )
    told.append((events.PhaseChanged(phase=Phase.CLOSED, version=4), at("14:10")))
    for position, (event, at_ms) in enumerate(told, start=1):
        scene.adopt(position, Happened(event=event, at_ms=at_ms, received_ms=at_ms, by="system"))
    return scene


async def timed(found: Figures, formats: Sequence[Format]) -> dict[str, Any]:
    """Every format by itself, then all five together as the server has them made."""
    alone = {}
    for each in formats:
        began = perf_counter()
        await written(found, PARTY, [each])
        alone[each.value] = round(perf_counter() - began, 2)
    began, worked = perf_counter(), worked_s()
    files = (await written(found, PARTY, list(Format))).files
    return {
        "points": found.points,
        "together_s": round(perf_counter() - began, 2),
        "together_own_s": round(worked_s() - worked, 2),
        "alone_s": alone,
        "bytes": {name.value: len(file) for name, file in files.items()},
    }


async def beside(ours: Served, hall: Hall, found: Figures, length: Length) -> dict[str, Any]:
    """The boards while nothing is written, and while a report is, on the server's own core as its child would be."""
    calm = [(await stretch(ours, hall, RATE, length.seconds))[1] for _ in range(length.looks)]
    # A child has the core of whoever starts it.
    os.sched_setaffinity(0, {SERVERS_CORE})
    writing = asyncio.create_task(written(found, PARTY, list(Format)))
    await asyncio.sleep(0.3)
    os.sched_setaffinity(0, {CLIENTS_CORE})
    busy = []
    while not writing.done():
        busy.append((await stretch(ours, hall, RATE, length.seconds))[1])
    await writing
    p99 = [measures.median(each.p99_ms for each in looks) for looks in (calm, busy)]
    return {
        "changes_per_s": RATE,
        "looks": len(busy),
        "p99_ms": round(p99[0], 1),
        "p99_meanwhile_ms": round(p99[1], 1),
        "rises_by_ms": round(p99[1] - p99[0], 1),
        "missing": sum(each.missing for each in (*calm, *busy)),
    }


async def bench(length: Length) -> dict[str, Any]:
    say("reports: the demo day, and a country ...")
    day = figures(Played(told(grown("hanoi-2023"))).scene(), CLOSED)
    scene = country(length.points)
    began = perf_counter()
    found = figures(scene, CLOSED)
    result: dict[str, Any] = {"figures_s": round(perf_counter() - began, 2)}
    del scene
    for name, each in (("day", day), ("country", found)):
        say(f"  {each.points:,} points ...")
        result[name] = await timed(each, list(Format) if length.alone else [])
    async with AsyncExitStack() as standing:
        folder = standing.enter_context(tempfile.TemporaryDirectory(prefix="bridge-reports-"))
        say(f"  {length.rooms} rooms and {length.boards} boards connect ...")
        place = ("--folder", str(Path(folder) / "ours"), "--points", str(length.rooms), "--delay-s", "0")
        ours = await standing.enter_async_context(serving("tests.load.our_server", *place))
        hall = Hall(ours.port, msgspec.convert(ours.told["operators"], list[Operator]), length.boards)
        await hall.gather(f"/ws/board?conference={ours.told['conference']}", ours.told["board"], ours.told["origin"])
        standing.callback(hall.leave)
        gc.freeze()
        result["boards"] = await beside(ours, hall, found, length)
    return result


def shown(result: Mapping[str, Any]) -> None:
    measures.show(
        "A report in all five formats, seconds",
        ("points", "together", *result["day"]["alone_s"]),
        [
            (f"{part['points']:,}", part["together_s"], *part["alone_s"].values())
            for part in (result["day"], result["country"])
        ],
    )
    boards = result["boards"]
    print(
        f"Boards at {boards['changes_per_s']} changes/s: p99 {boards['p99_ms']} ms, while a report of "
        f"{result['country']['points']:,} points is written {boards['p99_meanwhile_ms']} ms"
    )


def main() -> None:
    chosen = measures.asked(__doc__ or "")
    take_core()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(bench(QUICK if chosen.quick else FULL))
    if chosen.json:
        measures.as_json(result)
    else:
        shown(result)


if __name__ == "__main__":
    main()
