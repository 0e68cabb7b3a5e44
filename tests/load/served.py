"""A server under load: a process of its own on a core of its own, and the processor time it took."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import msgspec

READY_S = 120
END_S = 20


_usable = sorted(os.sched_getaffinity(0))
SERVERS_CORE, CLIENTS_CORE = _usable[0], _usable[-1]
"""The same one where there is only one; then what is measured is both."""


def take_core() -> None:
    """The client keeps off the server's core."""
    os.sched_setaffinity(0, {CLIENTS_CORE})


class Served:
    """A running server, as it introduced itself."""

    def __init__(self, process: asyncio.subprocess.Process, told: dict[str, Any]) -> None:
        self._process = process
        self.told = told
        self.port: int = told["port"]

    def cpu_ms(self) -> float:
        """Processor time of all its threads so far. By the scheduler's nanoseconds: ticks of 10 ms are too coarse."""
        tasks = Path(f"/proc/{self._process.pid}/task")
        spent_ns = 0
        for task in tasks.iterdir():
            try:
                spent_ns += int((task / "schedstat").read_text().split()[0])
            except FileNotFoundError:  # a thread that has just ended
                continue
        return spent_ns / 1e6


@asynccontextmanager
async def serving(module: str, *args: str) -> AsyncIterator[Served]:
    """Run `python -m module` until the block ends. It says one line of JSON with its `port` once it listens, and
    leaves when its standard input is closed."""
    with TemporaryFile() as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, "--core", str(SERVERS_CORE), *args),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            limit=16 * 1024 * 1024,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(READY_S):
                line = await process.stdout.readline()
            if not line:
                errors.seek(0)
                raise RuntimeError(f"{module} did not start:\n{errors.read().decode(errors='replace')[-4000:]}")
            yield Served(process, msgspec.json.decode(line))
        finally:
            process.stdin.close()
            try:
                async with asyncio.timeout(END_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
