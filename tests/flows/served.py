"""`bridge serve` as a process of its own, as a city runs it: it is told to go, or killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
READY_S = 60
GOING_S = 10
"""A restart is over by then: promised."""

TIRELESS = """
# Nobody is told that they ask for too much work.
from bridge.__main__ import main
from endpoints_registry import gate
gate.WORK = 10**9
main()
"""


class Served:
    def __init__(self, process: asyncio.subprocess.Process, address: str, log: list[str]) -> None:
        self.process = process
        self.address = address
        self.log = log
        """Everything it has said, line by line."""

    async def says(self, event: str) -> None:
        """Wait until its log has a line of this."""
        async with asyncio.timeout(READY_S):
            while not any(f'"event": "{event}"' in line for line in self.log):  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.02)

    async def killed(self) -> None:
        self.process.kill()
        await self.process.wait()

    async def told_to_go(self) -> int:
        """SIGTERM; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(GOING_S):
            return await self.process.wait()


def configured(folder: Path, database: str = "sqlite", port: int = 0) -> Path:
    """A configuration file beside the data folder."""
    file = folder.with_name("config.toml")
    file.write_text(f'[server]\nport = {port}\n[storage]\nfolder = "{folder}"\ndatabase = "{database}"\n')
    return file


@asynccontextmanager
async def serving(config: Path, program: str = "") -> AsyncIterator[Served]:
    """Listening; at the end it is killed if it still runs. `program`: Python that changes something before it starts."""
    started = ("-c", program) if program else ("-m", "bridge")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *started, "serve", "--config", str(config)),
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("BRIDGE_")},
        stderr=asyncio.subprocess.PIPE,
    )
    log: list[str] = []
    assert process.stderr is not None
    try:
        async with asyncio.timeout(READY_S):
            while not log or msgspec.json.decode(log[-1]).get("event") != "open":
                line = await process.stderr.readline()
                assert line, f"bridge serve ended:\n{''.join(log)}"
                log.append(line.decode())
        listening = asyncio.create_task(_listened(process.stderr, log))
        yield Served(process, msgspec.json.decode(log[-1])["address"], log)
        listening.cancel()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _listened(stream: asyncio.StreamReader, log: list[str]) -> None:
    while line := await stream.readline():
        log.append(line.decode())
