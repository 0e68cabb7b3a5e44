"""How a server of the benchmarks stands: on its core, on a free port of this machine, until nobody needs it."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping

import msgspec
import uvloop
from aiohttp import web

Stand = Callable[[argparse.Namespace], Awaitable[None]]


def run(stand: Stand, *options: str) -> None:
    """The `main` of a server: `--core N`, and its own options, each with a text value."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--core", type=int)
    for option in options:
        parser.add_argument(option)
    chosen = parser.parse_args()
    # Before any thread is started, so that all of them inherit it.
    os.sched_setaffinity(0, {chosen.core})

    async def standing() -> None:
        await stand(chosen)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(standing())


def introduce(told: Mapping[str, object]) -> None:
    """The one line that says where to find us."""
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


async def until_unneeded() -> None:
    """Until the parent closes our standard input, or dies."""
    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), gone.set)
    await gone.wait()
    asyncio.get_running_loop().remove_reader(sys.stdin.fileno())


async def bare(app: web.Application) -> None:
    """A bare aiohttp server with nothing around it."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=2048, shutdown_timeout=0.5).start()
    introduce({"port": runner.addresses[0][1]})
    await until_unneeded()
    await runner.cleanup()
