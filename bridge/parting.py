"""How a socket is closed on our side: with a word to whoever still listens, without one on whoever does not."""

import asyncio
from contextlib import suppress

from aiohttp import web

from bridge.rules.wire import Close

PATIENCE_S = 2
"""So long somebody may take to say goodbye."""


async def part(socket: web.WebSocketResponse, transport: asyncio.Transport | None, code: Close, why: str) -> None:
    """Close it. Comes back when the line is gone, within PATIENCE_S.

    Whoever has not taken what was said before is hung up on at once: a goodbye would wait behind it, and the line would
    stay open for as long as they like.
    """
    if transport is not None and transport.get_write_buffer_size():
        transport.abort()
        return
    # A close frame has room for 123 bytes, and `why` may quote the other side: plain ASCII cannot be cut within a letter.
    words = why.encode("ascii", "backslashreplace")[:100]
    with suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(PATIENCE_S):
            await socket.close(code=code, message=words)
    if transport is not None and transport.get_write_buffer_size():
        transport.abort()
