"""How soon a room's word is on every board, and what that costs: ours beside a bare forwarder, 800 rooms, 20 boards."""

import asyncio
import gc
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from tests.load import figures
from tests.load.bodies import Operator
from tests.load.figures import say
from tests.load.served import Served, serving, take_core
from tests.load.watching import Hall, Seen

BUSY, CALM = 800, 80
"""Changes a second: a storm, and an ordinary minute."""
LATEST_S = 1.0
"""A rate is sustained while the 99th percentile, and the last change of all, are on the boards within this."""
OURS, BARE = "ours", "bare_forwarder"


class Length(msgspec.Struct, frozen=True):
    """How much is measured."""

    rooms: int
    boards: int
    rounds: int
    seconds: float
    step_s: float
    """Seconds of each step towards the highest rate; 0 leaves them out."""
    highest: int = 51_200


FULL = Length(rooms=800, boards=20, rounds=5, seconds=3, step_s=2.5)
QUICK = Length(rooms=60, boards=4, rounds=1, seconds=1, step_s=0)


class Stretch(msgspec.Struct):
    """One server at one rate for a while."""

    p50_ms: float
    p99_ms: float
    cpu_ms_per_1000: float
    missing: int
    gaps: int


async def stretch(server: Served, hall: Hall, rate: float, seconds: float) -> tuple[Seen, Stretch]:
    gc.collect()
    before_ms = server.cpu_ms()
    seen = await hall.say(rate, seconds, patience_s=5)
    spent_ms = server.cpu_ms() - before_ms
    return seen, Stretch(
        p50_ms=figures.quantile(seen.delays_s, 0.5) * 1000,
        p99_ms=figures.quantile(seen.delays_s, 0.99) * 1000,
        cpu_ms_per_1000=spent_ms * 1000 / seen.changes,
        missing=seen.missing,
        gaps=seen.gaps,
    )


async def highest(name: str, server: Served, hall: Hall, length: Length) -> dict[str, Any]:
    """The highest rate that is sustained: doubled until it is not, then halved in between, three times."""
    good, bad, why = float(BUSY), 0.0, ""
    while bad == 0 or bad / good > 1.15:
        rate = good * 2 if bad == 0 else (good + bad) / 2
        if rate > length.highest:
            break
        seen, measured = await stretch(server, hall, rate, length.step_s)
        fine = not seen.missing and seen.on_time and measured.p99_ms <= LATEST_S * 1000 and seen.drained_s <= LATEST_S
        say(f"  {name}: {rate:,.0f}/s {'sustained' if fine else 'not sustained'}, p99 {measured.p99_ms:,.0f} ms")
        if fine:
            good = rate
        else:
            bad = rate
            why = "the client could not send faster" if not seen.on_time and not seen.missing else "backlog"
        await hall.calm(patience_s=20)
    return {"changes_per_s": round(good), "limited_by": why or "not reached"}


async def bench(length: Length) -> dict[str, Any]:
    result: dict[str, Any] = {"rooms": length.rooms, "boards": length.boards}
    async with AsyncExitStack() as standing:
        folder = standing.enter_context(tempfile.TemporaryDirectory(prefix="bridge-board-"))
        say("board: starting the servers ...")
        ours = await standing.enter_async_context(
            serving(
                "tests.load.our_server",
                *("--folder", str(Path(folder) / "ours"), "--points", str(length.rooms), "--delay-s", "0"),
            )
        )
        bare = await standing.enter_async_context(serving("tests.load.bare_forwarder"))
        servers = {OURS: ours, BARE: bare}
        rooms = msgspec.convert(ours.told["operators"], list[Operator])
        halls = {name: Hall(server.port, rooms, length.boards) for name, server in servers.items()}
        for name, hall in halls.items():
            say(f"  {name}: {length.rooms} rooms and {length.boards} boards connect ...")
            await hall.gather(
                f"/ws/board?conference={ours.told['conference']}", ours.told["board"], ours.told["origin"]
            )
            standing.callback(hall.leave)
        # What is in memory by now stays: our own collector must not count as the server's delay.
        gc.freeze()
        for what, rate in (("busy", BUSY), ("calm", CALM)):
            stretches: dict[str, list[Stretch]] = {name: [] for name in servers}
            for turn in range(length.rounds):
                for name, server in servers.items():
                    _, measured = await stretch(server, halls[name], rate, length.seconds)
                    await halls[name].calm(patience_s=5)
                    stretches[name].append(measured)
                    say(f"  {rate}/s, round {turn + 1}: {name}: p99 {measured.p99_ms:.1f} ms")
            result[what] = {"changes_per_s": rate} | {name: _summed(each) for name, each in stretches.items()}
            bare_cost = max(0.001, result[what][BARE]["cpu_ms_per_1000"])
            result[what]["times_bare_cpu"] = round(result[what][OURS]["cpu_ms_per_1000"] / bare_cost, 2)
        if length.step_s:
            result["highest"] = {
                name: await highest(name, server, halls[name], length) for name, server in servers.items()
            }
        result["acked"] = halls[OURS].acked
        result["refused"] = halls[OURS].refused
        result["hung_up"] = {name: hall.hung_up[:5] for name, hall in halls.items()}
    return result


def _summed(stretches: list[Stretch]) -> dict[str, float]:
    """Medians of what was measured, sums of what must not be."""
    summed = {
        name: round(figures.median(getattr(each, name) for each in stretches), 2)
        for name in ("p50_ms", "p99_ms", "cpu_ms_per_1000")
    }
    return summed | {name: sum(getattr(each, name) for each in stretches) for name in ("missing", "gaps")}


def shown(result: Mapping[str, Any]) -> None:
    named = {OURS: "ours", BARE: "bare aiohttp forwarder"}
    for what in ("busy", "calm"):
        part = result[what]
        figures.show(
            f"{result['rooms']} rooms, {result['boards']} boards, {part['changes_per_s']} changes/s",
            ("server", "p50 ms", "p99 ms", "CPU ms per 1,000", "not shown", "gaps"),
            [(label, *part[name].values()) for name, label in named.items()],
        )
        print(f"ours: {part['times_bare_cpu']} x the forwarder's CPU\n")
    if "highest" in result:
        figures.show(
            "Highest sustained rate (all on every board within 1 s)",
            ("server", "changes/s", "limited by"),
            [(label, *result["highest"][name].values()) for name, label in named.items()],
        )


def main() -> None:
    chosen = figures.asked(__doc__ or "")
    take_core()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(bench(QUICK if chosen.quick else FULL))
    if chosen.json:
        figures.as_json(result)
    else:
        shown(result)


if __name__ == "__main__":
    main()
