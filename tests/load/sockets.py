"""Rooms and boards over RFC 6455, as cheap as they can be: frames of text out, payloads in, nothing else."""

import asyncio
import base64
import os
import struct
from collections.abc import Callable, Mapping
from typing import cast

Hear = Callable[[bytes], None]

TEXT, CLOSE, PING = 0x81, 0x88, 0x89
OPEN_S = 30


def framed(payload: bytes, opcode: int = TEXT) -> bytes:
    """A client's frame. The mask is four zeros: it hides nothing on this machine, and costs nothing."""
    size = len(payload)
    if size < 126:
        return bytes((opcode, 0x80 | size)) + b"\0\0\0\0" + payload
    return bytes((opcode, 0xFE)) + struct.pack(">H", size) + b"\0\0\0\0" + payload


class Socket(asyncio.Protocol):
    """One open socket; `hear` gets the payload of each text frame."""

    def __init__(self, request: bytes, hear: Hear) -> None:
        self._request = request
        self._hear = hear
        self._kept = b""
        self._head = True
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.why_closed = ""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's bears no such name
        self.transport.write(self._request)

    def send(self, frame: bytes) -> None:
        assert self.transport is not None
        self.transport.write(frame)

    def data_received(self, data: bytes) -> None:
        if self._kept:
            data = self._kept + data
        if self._head:
            end = data.find(b"\r\n\r\n") + 4
            if end < 4:
                self._kept = data
                return
            if data[9:12] != b"101":
                self.opened.set_exception(ConnectionError(data[:800].decode(errors="replace")))
                return
            self._head = False
            self.opened.set_result(None)
            data = data[end:]
        self._kept = self._read(data)

    def _read(self, data: bytes) -> bytes:
        """Hand on every whole frame; what is left over."""
        at, end = 0, len(data)
        while end - at >= 2:
            size, body = data[at + 1], at + 2
            if size == 126:
                size, body = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, body = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if body > end or end - body < size:
                break
            payload = data[body : body + size]
            match data[at]:
                case 0x81:
                    self._hear(payload)
                case 0x89:
                    self.send(framed(payload, 0x8A))
                case 0x88:
                    self.why_closed = f"{int.from_bytes(payload[:2], 'big')} {payload[2:].decode(errors='replace')}"
            at = body + size
        return data[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        self.why_closed = self.why_closed or str(exc or "closed without a word")
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(self.why_closed))


async def dialled(port: int, path: str, headers: Mapping[str, str], hear: Hear) -> Socket:
    """Open a socket to the server on this port."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
        *(f"{name}: {value}" for name, value in headers.items()),
    )
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(OPEN_S):
        _, socket = await loop.create_connection(lambda: Socket(request, hear), "127.0.0.1", port)
        await socket.opened
    return socket
