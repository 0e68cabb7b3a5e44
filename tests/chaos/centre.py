"""The server's process, and what may befall it: stopped for a while, told to go, started again at the same door."""

import asyncio
import ctypes
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from tests.chaos.city import CONFERENCE, City
from tests.chaos.clock import SpedClock
from tests.ports import lasting

REPOSITORY = Path(__file__).parents[2]
READY_S = 120
GONE_S = 100
PAGE = 2_000

_PR_SET_PDEATHSIG = 1
_C = ctypes.CDLL(None)

Event = dict[str, Any]


def _die_with_the_drill() -> None:
    _C.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Centre:
    def __init__(self, folder: Path, city: City, clock: SpedClock, http: aiohttp.ClientSession) -> None:
        self.port = lasting()
        self._folder = folder
        self._city = city
        self._clock = clock
        self._http = http
        self._process: asyncio.subprocess.Process | None = None
        self._read: list[Event] = []

    async def start(self) -> None:
        """Up to the moment in which it listens; at the same port as before."""
        clock = self._clock
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.chaos.server", "--folder", str(self._folder), "--port", str(self.port)),
            *("--speed", str(clock.speed), "--began-s", str(clock.began_s), "--began-ms", str(clock.began_ms)),
            cwd=REPOSITORY,
            stdout=asyncio.subprocess.PIPE,
            preexec_fn=_die_with_the_drill,
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(READY_S):
            line = await self._process.stdout.readline()
        assert line, "the server ended before it listened"
        self.port = msgspec.json.decode(line)["port"]

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._process is not None
        assert self._process.returncode is None, "the server has fallen"
        return self._process

    async def pause(self, hall_s: float) -> None:
        """SIGSTOP for so long: it hears and does nothing, and nobody is told."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            await self._clock.sleep(round(hall_s * 1000))
        finally:
            self.process.send_signal(signal.SIGCONT)

    async def stop(self) -> None:
        """SIGTERM, as at a restart."""
        process = self.process
        process.terminate()
        async with asyncio.timeout(GONE_S):
            assert await process.wait() == 0

    async def end(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    # --- reading

    async def events(self) -> list[Event]:
        """The whole journal, oldest first."""
        while page := await self._page(self._read[-1]["position"] if self._read else 0):
            self._read += page
        return self._read

    async def _page(self, after: int) -> list[Event]:
        url = f"http://127.0.0.1:{self.port}/api/v1/conferences/{CONFERENCE}/events?after={after}&limit={PAGE}"
        async with self._http.get(url, headers=self._city.organiser) as response:
            assert response.status == 200, await response.text()
            found: list[Event] = (await response.json())["events"]
        return found

    async def told(self, tag: str, after: int = 0) -> list[Event]:
        """What happened of one kind, behind a position."""
        return [each for each in await self.events() if each["event"]["event"] == tag and each["position"] > after]

    async def moves(self, link: str, after: int = 0) -> list[Event]:
        """The lines that were found so, behind a position."""
        return [each for each in await self.told("link-moved", after) if each["event"]["link"] == link]

    async def position(self) -> int:
        events = await self.events()
        return int(events[-1]["position"]) if events else 0

    async def links(self) -> dict[str, str]:
        url = f"http://127.0.0.1:{self.port}/api/v1/conferences/{CONFERENCE}/board"
        async with self._http.get(url, headers=self._city.organiser) as response:
            assert response.status == 200, await response.text()
            table = (await response.json())["points"]
        place = table["columns"].index("link")
        return {row[0]: row[place] for row in table["rows"]}


@asynccontextmanager
async def standing(folder: Path, city: City, clock: SpedClock) -> AsyncIterator[Centre]:
    """A running server, until the block ends."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        centre = Centre(folder, city, clock, http)
        try:
            await centre.start()
            yield centre
        finally:
            await centre.end()
