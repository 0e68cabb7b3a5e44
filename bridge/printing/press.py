"""Gives documents to be typeset to processes of their own, a few at a time and none for long."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

CPU_S = 60
"""The largest sheet of badges takes some six seconds of one processor."""
PATIENCE_S = 120
AT_ONCE = 2
WAITING = 8
_WORKER = Path(__file__).with_name("worker.py")


class Busy(Exception):
    """Too many documents wait already; ask again in a while."""


class Unprinted(Exception):
    """The document did not come out: it took too long, or the typesetter had to guess. The message says which."""


class _Answer(msgspec.Struct):
    pdf: bytes = b""
    refused: str = ""


class Press:
    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING, patience_s: float = PATIENCE_S) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._patience_s = patience_s
        self._asked = 0

    async def printed(self, document: str, said: Mapping[str, object]) -> bytes:
        """The PDF of one of our documents with these words in it. Raises Busy, Unprinted."""
        if self._asked >= self._most:
            raise Busy
        self._asked += 1
        try:
            async with self._turns:
                return await _printed(document, said, self._patience_s)
        finally:
            self._asked -= 1


async def _printed(document: str, said: Mapping[str, object], patience_s: float) -> bytes:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(_WORKER),
        str(CPU_S),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # A traceback of the child might tell a name.
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(patience_s):
            told, _ = await child.communicate(msgspec.msgpack.encode({"document": document, "said": said}))
    except TimeoutError:
        told = b""
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if not told:
        raise Unprinted(f"took more than {CPU_S} s of a processor, {patience_s} s of the clock, or its share of memory")
    answer = msgspec.msgpack.decode(told, type=_Answer)
    if answer.refused or not answer.pdf:
        raise Unprinted(answer.refused)
    return answer.pdf
