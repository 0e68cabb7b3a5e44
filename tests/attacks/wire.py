"""What a stranger may put on the line: bytes as they are, which no decent client would send."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.flows.house import PATIENCE_S

Words = str | bytes
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass(frozen=True)
class Told:
    """What came back. Status 0: the line was closed without a word."""

    status: int
    head: str
    body: bytes


def request(
    method: str,
    path: Words,
    headers: Mapping[str, Words] = {},
    body: bytes = b"",
    *,
    sized: bool = True,
    host: Words = "127.0.0.1",
) -> bytes:
    lines = [b" ".join([method.encode(), _bytes(path), b"HTTP/1.1"]), b"Host: " + _bytes(host)]
    lines += [name.encode() + b": " + _bytes(value) for name, value in headers.items()]
    if sized and (body or method != "GET"):
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _bytes(words: Words) -> bytes:
    return words.encode() if isinstance(words, str) else words


async def dialled(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = address.removeprefix("http://").partition(":")
    return await asyncio.open_connection(host, int(port))


async def sent(address: str, raw: bytes, *, hangs_up: bool = False) -> Told:
    """The first answer to these bytes."""
    reader, writer = await dialled(address)
    try:
        async with asyncio.timeout(PATIENCE_S):
            writer.write(raw)
            if hangs_up:
                writer.write_eof()
            return await answer(reader)
    except ConnectionError:
        return Told(0, "", b"")
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader) -> Told:
    head = b"HTTP/1.1 100"
    while head.startswith(b"HTTP/1.1 100"):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return Told(0, "", b"")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    body = await reader.readexactly(int(length[1])) if length else b""
    return Told(int(head.split(b" ")[1]), head.decode("latin-1"), body)


def frame(text: Words, *, opcode: int = 1) -> bytes:
    """One frame of a WebSocket client."""
    said = _bytes(text)
    size = bytes([0x80 | len(said)]) if len(said) < 126 else bytes([0x80 | 126]) + len(said).to_bytes(2, "big")
    # A mask of zeros is a mask.
    return bytes([0x80 | opcode]) + size + bytes(4) + said
