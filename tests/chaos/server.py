"""The whole server as a process of its own, on a clock that goes faster: it can be stopped, told to go, and killed."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import msgspec
import uvloop

from bridge import logs
from bridge.house import opened_house
from endpoints_registry.collecting import for_days
from tests.chaos.city import settings
from tests.chaos.clock import SpedClock


async def stand(chosen: argparse.Namespace) -> None:
    logs.configure("error", "json")
    told_to_go = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_go.set)
    clock = SpedClock(chosen.speed, chosen.began_s, chosen.began_ms)
    async with opened_house(settings(Path(chosen.folder), chosen.port), clock) as house:
        sys.stdout.buffer.write(msgspec.json.encode({"port": int(house.address.rpartition(":")[2])}) + b"\n")
        sys.stdout.buffer.flush()
        with for_days():
            await told_to_go.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--speed", type=float)
    parser.add_argument("--began-s", type=float)
    parser.add_argument("--began-ms", type=int)
    uvloop.run(stand(parser.parse_args()))
