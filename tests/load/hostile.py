"""Hostile files at every door that takes one: how soon each is refused, and how long a room's line waits meanwhile."""

import asyncio
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
from websockets.asyncio.client import ClientConnection, connect

from tests.attacks.hostile import broken, hostile
from tests.flows.house import CONFERENCE
from tests.flows.served import TIRELESS, configured, serving
from tests.load.figures import as_json, options, quantile, say, show
from tests.matrix.city import OPERATED, furnished

DOORS = ("registry/imports", f"conferences/{CONFERENCE}/roster/imports", "accounts/imports/preview", "accounts/imports")
BEAT_S = 0.02
SPEAKS_S = 5.0
"""A room that only ever asks whether anybody is there counts as silent after a while."""
BROKEN, BROKEN_QUICK = 300, 12


async def beaten(line: ClientConnection, waited: list[float]) -> None:
    """How long a healthy room waits for each answer, until cancelled."""
    spoke = perf_counter()
    while True:
        if perf_counter() - spoke > SPEAKS_S:
            await line.send('{"type":"beat"}')
            spoke = perf_counter()
        began = perf_counter()
        await (await line.ping())
        waited.append(perf_counter() - began)
        await asyncio.sleep(BEAT_S)


async def heard(line: ClientConnection) -> None:
    """Takes what the server says: a room that does not is cut off."""
    async for _ in line:
        pass


async def bench(number: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="bridge-hostile-") as made:
        folder = Path(made) / "data"
        keys = await furnished(folder)
        async with (
            serving(configured(folder), TIRELESS) as served,
            aiohttp.ClientSession(headers=dict(keys.headers["organiser"])) as http,
            connect(
                served.address.replace("http", "ws", 1) + "/ws/point",
                additional_headers={"Authorization": f"Bearer {keys.rooms[OPERATED]}"},
                proxy=None,
                ping_interval=None,
            ) as line,
        ):
            await line.send('{"type":"hello","device":"room"}')
            calm: list[float] = []
            beside: list[float] = []
            files = [*hostile().items(), *((f"broken {n}", raw) for n, raw in enumerate(broken(number)))]
            refused: dict[str, list[float]] = {}
            # A line that breaks ends the measuring, and says why.
            async with asyncio.TaskGroup() as meanwhile:
                hearing = meanwhile.create_task(heard(line))
                say("hostile: a room's line without a file ...")
                await _for_a_while(beaten(line, calm))
                beating = meanwhile.create_task(beaten(line, beside))
                for door in DOORS:
                    say(f"  {len(files)} files to {door} ...")
                    for name, raw in files:
                        began = perf_counter()
                        async with http.post(f"{served.address}/api/v1/{door}", data=raw) as answer:
                            if answer.status not in (413, 422):
                                raise SystemExit(f"{name} to {door}: {answer.status} {await answer.text()}")
                        kind = "broken" if name.startswith("broken") else name
                        refused.setdefault(kind, []).append(perf_counter() - began)
                beating.cancel()
                hearing.cancel()
    return {
        "files": len(files) * len(DOORS),
        "slowest_s": {name: round(max(took), 2) for name, took in refused.items()},
        "line_ms": {name: _spread(waited) for name, waited in (("calm", calm), ("beside", beside))},
    }


async def _for_a_while(doing: Any) -> None:
    task = asyncio.create_task(doing)
    await asyncio.sleep(2)
    task.cancel()
    await asyncio.wait([task])


def _spread(waited: list[float]) -> dict[str, float]:
    return {
        "p50": round(quantile(waited, 0.5) * 1000, 1),
        "p99": round(quantile(waited, 0.99) * 1000, 1),
        "longest": round(max(waited) * 1000, 1),
    }


def main() -> None:
    told = options(__doc__).parse_args()
    result = asyncio.run(bench(BROKEN_QUICK if told.quick else BROKEN))
    if told.json:
        as_json(result)
        return
    rows = sorted(result["slowest_s"].items(), key=lambda each: -each[1])
    show(f"{result['files']} hostile files refused (promised: 5 s each)", ("file", "slowest s"), rows)
    line = [(name, *spread.values()) for name, spread in result["line_ms"].items()]
    show("A room's line meanwhile (promised: 200 ms)", ("", "p50 ms", "p99 ms", "longest ms"), line)


if __name__ == "__main__":
    main()
