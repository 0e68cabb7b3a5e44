"""Gives documents to be typeset to processes of their own, a few at a time and none for long."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from endpoints_registry import apart

CPU_S = 60
"""The largest sheet of badges takes some six seconds of one processor."""
PATIENCE_S = 120
AT_ONCE = 2
WAITING = 8
_WORKER = Path(__file__).with_name("worker.py")


class Unprinted(Exception):
    """The document did not come out: it took too long, or the typesetter had to guess. The message says which."""


class _Answer(msgspec.Struct):
    pdf: bytes = b""
    refused: str = ""


class Press:
    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING, patience_s: float = PATIENCE_S) -> None:
        self._turns = apart.Turns(at_once, waiting)
        self._patience_s = patience_s

    async def printed(self, document: str, said: Mapping[str, object]) -> bytes:
        """The PDF of one of our documents with these words in it. Raises Busy, Unprinted."""
        async with self._turns.one():
            return await _printed({"document": document, "said": said}, self._patience_s)

    async def drawn(self, document: str, said: Mapping[str, object], ppi: float) -> bytes:
        """The only page of one of our documents as PNG. Raises Busy, Unprinted."""
        async with self._turns.one():
            return await _printed({"document": document, "said": said, "ppi": ppi}, self._patience_s)


async def _printed(job: Mapping[str, object], patience_s: float) -> bytes:
    asked = msgspec.msgpack.encode(job)
    try:
        told = await apart.answered(_WORKER, [str(CPU_S)], asked, patience_s)
    except apart.Silent as silent:
        raise Unprinted(
            f"took more than {CPU_S} s of a processor, {patience_s} s of the clock, or its share of memory"
        ) from silent
    answer = msgspec.msgpack.decode(told, type=_Answer)
    if answer.refused or not answer.pdf:
        raise Unprinted(answer.refused)
    return answer.pdf
