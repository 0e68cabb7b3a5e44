"""The bare forwarder: rooms' words to boards with the same conflation, and no journal, no rules, no answers."""

import argparse
import asyncio
import time
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from tests.load import standing

LEAST_S = 0.005
MOST_S = 0.25
SHARE = 0.2
SEND_S = 0.00004


class Forwarder:
    def __init__(self) -> None:
        self._boards: set[web.WebSocketResponse] = set()
        self._pending: dict[str, dict[str, Any]] = {}
        self._stirred = asyncio.Event()
        self._offset = 0

    async def room(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        decode = msgspec.json.Decoder().decode
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                said = decode(message.data)
                if said["type"] == "act":
                    self._pending[said["point"]] = {name: said[name] for name in ("picture", "sound", "line")}
                    self._stirred.set()
                else:
                    await socket.send_str('{"type":"welcome"}')
        return socket

    async def board(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await socket.send_str(f'{{"type":"snapshot","offset":{self._offset}}}')
                self._boards.add(socket)
        self._boards.discard(socket)
        return socket

    async def forward(self) -> None:
        encode = msgspec.json.Encoder().encode
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            began = time.perf_counter()
            changed, self._pending = self._pending, {}
            prev, self._offset = self._offset, self._offset + 1
            frame = encode({"type": "delta", "prev": prev, "offset": self._offset, "points": changed})
            for board in tuple(self._boards):
                await board.send_frame(frame, WSMsgType.TEXT)
            cost_s = time.perf_counter() - began
            await asyncio.sleep(min(MOST_S, max(LEAST_S, cost_s / SHARE)))


async def stand(_chosen: argparse.Namespace) -> None:
    forwarder = Forwarder()
    app = web.Application()
    app.router.add_get("/ws/point", forwarder.room)
    app.router.add_get("/ws/board", forwarder.board)
    async with asyncio.TaskGroup() as group:
        forwarding = group.create_task(forwarder.forward())
        await standing.bare(app)
        forwarding.cancel()


if __name__ == "__main__":
    standing.run(stand)
