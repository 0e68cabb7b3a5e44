"""How soon the board knows that the broadcast stands still, and that it comes again: a real agent, in real time.

python -m tests.load.stream [--times 5] [--target 4] [--quick] [--json]
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bridge import logs
from bridge.clock import RealClock
from bridge.house import opened_house
from bridge.simulator.broadcast import Origin, on_air
from tests.flows.house import HALL, MORNING_MS, Keys, Screen, furnished, settings, visited
from tests.flows.served import ROOT

PATIENCE_S = 60


class Morning(RealClock):
    """The morning of the conference, going on as the world does: after its sitting nobody would be missed."""

    def __init__(self) -> None:
        self._ahead_ms = MORNING_MS - super().now()

    def now(self) -> int:
        return super().now() + self._ahead_ms


async def measure(times: int, target_s: int) -> tuple[list[float], list[float]]:
    """Seconds from a stall to the board, and from the encoder's return to the board."""
    stalls: list[float] = []
    returns: list[float] = []
    with tempfile.TemporaryDirectory(prefix="bridge-stream-") as made:
        folder = Path(made) / "data"
        keys = await furnished(folder)
        origin = Origin(RealClock().now, target_s=target_s)
        async with (
            opened_house(settings(folder), Morning()) as house,
            visited(house.address, keys) as there,
            on_air(origin) as url,
            agent(house.address, keys, url),
        ):
            screen = await there.screen()
            await screen.watch()
            await seen(screen, "fresh")
            for _ in range(times):
                # At any moment of a segment.
                await asyncio.sleep(2 * target_s + random.uniform(0, target_s))
                origin.stall()
                stalls.append(await seen(screen, "stalled"))
                await asyncio.sleep(random.uniform(0, target_s))
                origin.resume()
                returns.append(await seen(screen, "fresh"))
    return stalls, returns


async def seen(screen: Screen, word: str) -> float:
    """Seconds until the board shows it, with the line green."""
    began = time.monotonic()
    async with asyncio.timeout(PATIENCE_S):
        while screen.points[HALL]["stream"] != word:
            await screen.take()
    if screen.points[HALL]["link"] != "steady":
        raise RuntimeError(f"the line is {screen.points[HALL]['link']}, and should be steady")
    return time.monotonic() - began


@asynccontextmanager
async def agent(server: str, keys: Keys, stream: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bridge", "agent", "--server", server, "--stream", stream),
        cwd=ROOT,
        env={"BRIDGE_TOKEN": keys.tokens[HALL], "PATH": "/usr/bin:/bin"},
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--target", type=int, default=4, help="the segments' length, in seconds")
    parser.add_argument("--quick", action="store_true", help="once, with short segments")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    logs.configure("error")
    stalls, returns = asyncio.run(measure(*((1, 1) if chosen.quick else (chosen.times, chosen.target))))
    if chosen.json:
        print(json.dumps({"stall_to_board_s": stalls, "return_to_board_s": returns}))
        return
    for what, took, promised in (("stall -> board", stalls, 15), ("return -> board", returns, 10)):
        print(
            f"{what}: median {statistics.median(took):.1f} s, worst {max(took):.1f} s of {len(took)} (aim {promised} s)"
        )


if __name__ == "__main__":
    main()
