"""`make fuzz`: a hundred thousand spoilt bodies and frames, and the whole document many times over, against a real server."""

import asyncio
import random
import tempfile
import time
from pathlib import Path
from typing import Annotated

import requests
import typer

from tests.flows.served import TIRELESS, configured, serving
from tests.fuzz.bodies import Found, sent
from tests.fuzz.frames import answers_still, talked
from tests.fuzz.known import THERE
from tests.fuzz.reports import posted
from tests.matrix.city import PLACES, furnished

SHOWN = 20


def main(
    spoilt: Annotated[int, typer.Option(help="bodies and frames, half of each")] = 100_000,
    examples: Annotated[int, typer.Option(help="generated requests of each operation and kind")] = 20,
    chance: Annotated[int, typer.Option(help="the same number makes the same run")] = 0,
) -> None:
    chosen = chance or random.randrange(1, 1_000_000)
    print(f"--chance {chosen}")
    if wrong := asyncio.run(run(spoilt, examples, chosen)):
        print("\n".join(wrong[:SHOWN]))
        print(f"{len(wrong)} wrong")
        raise typer.Exit(1)


async def run(spoilt: int, examples: int, chance: int) -> list[str]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        keys = await furnished(folder)
        async with serving(configured(folder), TIRELESS) as served:
            address = served.address
            board = {"Cookie": keys.headers["organiser"]["Cookie"]}
            rooms = {place.point: {"Authorization": f"Bearer {keys.rooms[place.point]}"} for place in PLACES}
            began_s = time.monotonic()
            heard = await talked(address, board, rooms, spoilt // 2, chance)
            print(f"{heard.frames} frames in {heard.talks} talks, {time.monotonic() - began_s:.0f} s: {heard.codes}")
            began_s = time.monotonic()
            answered = await posted(address, keys.headers, spoilt - spoilt // 2, chance)
            print(f"{answered.asked} bodies, {time.monotonic() - began_s:.0f} s: {answered.statuses}")
            began_s = time.monotonic()
            await answers_still(address, board, rooms[PLACES[0].point])
            document = (await asyncio.to_thread(requests.get, f"{address}/api/v1/openapi.json", timeout=10)).json()
            found = await asyncio.to_thread(
                sent, address, document, keys.headers, THERE, examples, chance, progress=_told
            )
            print(
                f"{found.asked} requests of the document, {time.monotonic() - began_s:.0f} s; slowest {found.slowest}"
            )
            faults = [line for line in served.log if "Traceback" in line or '"level": "error"' in line]
            gone = [] if served.process.returncode is None else ["the server has ended"]
    return [*heard.wrong, *answered.wrong, *found.wrong, *faults, *gone]


def _told(found: Found, operation: str) -> None:
    print(f"\r{found.asked:7} {operation:100.100}", end="\r", flush=True)


if __name__ == "__main__":
    typer.run(main)
