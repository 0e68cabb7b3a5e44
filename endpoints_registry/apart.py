"""Work done in a process of its own: a few at a time, within limits, and told piece by piece."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

PIECE_BYTES = 200_000_000
"""Of one answer; more is taken for a child that has lost its way."""


class Busy(Exception):
    """Too many wait already; ask again in a while."""


class Silent(Exception):
    """The child ended, or was ended, before it had told everything: its time, its share of memory or its patience ran out."""


class Turns:
    """So many at once, so many more who wait; the rest is sent away."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._asked = 0

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Raises Busy."""
        if self._asked >= self._most:
            raise Busy
        self._asked += 1
        try:
            async with self._turns:
                yield
        finally:
            self._asked -= 1


async def answered(worker: Path, args: Sequence[str], asked: bytes, patience_s: float) -> bytes:
    """The one piece that a worker says. Raises Silent, also where it says none."""
    told: list[bytes] = []
    await done(worker, args, asked, told.append, patience_s)
    if not told:
        raise Silent
    return told[-1]


async def done(
    worker: Path, args: Sequence[str], asked: bytes, heard: Callable[[bytes], None], patience_s: float
) -> None:
    """Run a worker, give it what is asked, and hear each piece that it says: four bytes of length, big-endian, then so many.

    A traceback of the child might tell a name, so its standard error goes nowhere. Raises Silent where it took longer than
    the patience, or broke off within a piece.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(worker),
        *args,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert child.stdin is not None  # noqa: S101 - asked for above
    assert child.stdout is not None  # noqa: S101
    giving = asyncio.create_task(_given(child.stdin, asked))
    try:
        async with asyncio.timeout(patience_s):
            while piece := await _piece(child.stdout):
                heard(piece)
    except (TimeoutError, asyncio.IncompleteReadError) as broken:
        raise Silent from broken
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
        await child.wait()
        giving.cancel()
        await asyncio.gather(giving, return_exceptions=True)


async def _piece(stdout: asyncio.StreamReader) -> bytes:
    """The next one; empty once the child has nothing more to say."""
    head = await stdout.read(4)
    if not head:
        return b""
    head += await stdout.readexactly(4 - len(head))
    length = int.from_bytes(head, "big")
    if length > PIECE_BYTES:
        raise asyncio.IncompleteReadError(head, length)
    return await stdout.readexactly(length)


async def _given(stdin: asyncio.StreamWriter, asked: bytes) -> None:
    # It may end before it has read everything: what it said, or did not say, tells why.
    with suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(asked)
        await stdin.drain()
        stdin.close()
        await stdin.wait_closed()
