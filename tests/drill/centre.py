"""The real server as a process, and what may befall it: killed, stopped for a while, told to go."""

import asyncio
import ctypes
import os
import signal
import sys
from collections import deque
from pathlib import Path
from time import monotonic

import msgspec

REPOSITORY = Path(__file__).parents[2]
READY_S = 120
GONE_S = 100
"""Ten times what is promised (G10): the machine may be busy with other tests."""
LAST_WORDS_S = 10
LINES_KEPT = 200


_C = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _die_with_the_drill() -> None:
    """Whoever kills the drill leaves no server behind."""
    _C.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class NotStarted(Exception):
    """The server ended before it was open; the message is the last of what it said."""


class Fell(Exception):
    """The server ended although nobody told it to; the message is the last of what it said."""


class Centre:
    """`python -m bridge serve` on a folder: one process after the other."""

    def __init__(self, folder: Path, compiled: Path, program: str = "bridge", settings: str = "") -> None:
        self._program = program
        self.url: str | None = None
        """Where it listens; None while it does not. Another port each time: what is free now may be taken later."""
        self.started_s: list[float] = []
        """How long each start took."""
        self.said: deque[str] = deque(maxlen=LINES_KEPT)
        self._config = folder.with_name(f"{folder.name}.toml")
        self._config.write_text(
            f'[server]\nport = 0\n[storage]\nfolder = "{folder}"\n[log]\nformat = "json"\n{settings}', encoding="utf-8"
        )
        # Compiled once for all starts, wherever this environment keeps (or does not keep) its bytecode.
        self._environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
            "PYTHONPYCACHEPREFIX": str(compiled)
        }
        self._process: asyncio.subprocess.Process | None = None
        self._listener: asyncio.Task[None] | None = None
        self._struck = False

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._process is not None
        return self._process

    async def start(self) -> None:
        """Up to the moment in which it says that it is open. Raises NotStarted."""
        began = monotonic()
        await self.begin()
        async with asyncio.timeout(READY_S):
            while self.url is None:
                line = await self._heard()
                if line is None:
                    raise NotStarted("\n".join(self.said))
        self._listener = asyncio.create_task(self._listen())
        self.started_s.append(monotonic() - began)

    async def begin(self) -> None:
        """Only the first moment of a start."""
        self._struck = False
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", self._program, "serve", "--config", str(self._config)),
            cwd=REPOSITORY,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            preexec_fn=_die_with_the_drill,
        )

    async def _heard(self) -> str | None:
        assert self.process.stderr is not None
        heard = await self.process.stderr.readline()
        if not heard:
            return None
        # An empty line, as a traceback has them, is not the end: who stops listening there stops the server with it.
        line = heard.decode(errors="replace").rstrip()
        self.said.append(line)
        if line.startswith("{"):
            told = msgspec.json.decode(line)
            if told["event"] == "open":
                self.url = told["address"]
        return line

    async def _listen(self) -> None:
        """What is not read would stop the server, sooner or later."""
        while await self._heard() is not None:
            pass

    def pause(self) -> None:
        """Raises Fell."""
        self._must_stand()
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def strike(self) -> None:
        """Kill it without a word, in the middle of whatever it does. Raises Fell."""
        self._must_stand()
        self.process.kill()
        self._struck = True

    async def kill(self) -> None:
        """Strike, if that was not done yet, and wait until it is gone. Raises Fell."""
        if not self._struck:
            self.strike()
        await self._ended()

    def _must_stand(self) -> None:
        if self.process.returncode is not None:
            raise Fell("\n".join(self.said))

    async def stop(self) -> int:
        """As an operating system does it; its exit status."""
        self.process.terminate()
        async with asyncio.timeout(GONE_S):
            return await self._ended()

    async def ended(self) -> int:
        """Its exit status once it has gone by itself."""
        async with asyncio.timeout(READY_S):
            return await self._ended()

    async def _ended(self) -> int:
        status = await self.process.wait()
        self.url = None
        if self._listener is not None:
            # A child that outlives it may keep its last words open for ever.
            await asyncio.wait((self._listener,), timeout=LAST_WORDS_S)
            self._listener.cancel()
            self._listener = None
        return status

    async def swept(self) -> None:
        """Nothing stays behind, whatever went wrong."""
        if self._process is not None and self._process.returncode is None:
            await self.kill()
