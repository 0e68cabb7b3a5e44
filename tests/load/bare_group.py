"""The bare server that only parses and group-commits: what waits goes into one transaction, on one writer thread."""

import argparse
import asyncio
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import msgspec
from aiohttp import web

from tests.load import standing


class Act(msgspec.Struct):
    id: str
    point: str
    kind: str
    at: str


class Batch(msgspec.Struct):
    device: str
    sent_at: str
    acts: list[msgspec.Raw]


Row = tuple[str, str, str, str, bytes]


class Writer:
    """The one connection. The same table as the other bare server's."""

    def __init__(self, file: str, delay_s: float) -> None:
        self._delay_s = delay_s
        self._file = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=FULL")
        self._file.execute(
            "CREATE TABLE acts (id VARCHAR NOT NULL PRIMARY KEY, point VARCHAR NOT NULL, kind VARCHAR NOT NULL,"
            " at VARCHAR NOT NULL, body BLOB NOT NULL)"
        )

    def write(self, rows: list[Row]) -> None:
        self._file.execute("BEGIN IMMEDIATE")
        self._file.executemany("INSERT INTO acts VALUES (?, ?, ?, ?, ?)", rows)
        self._file.execute("COMMIT")
        if self._delay_s:
            time.sleep(self._delay_s)

    def close(self) -> None:
        self._file.close()


async def stand(chosen: argparse.Namespace) -> None:
    writer = Writer(chosen.file, float(chosen.delay_s))
    thread = ThreadPoolExecutor(1)
    loop = asyncio.get_running_loop()
    waiting: list[tuple[Row, asyncio.Future[None]]] = []
    stirred = asyncio.Event()
    batch_of = msgspec.json.Decoder(Batch).decode
    act_of = msgspec.json.Decoder(Act).decode

    async def commit() -> None:
        while True:
            await stirred.wait()
            stirred.clear()
            batch = waiting.copy()
            waiting.clear()
            await loop.run_in_executor(thread, writer.write, [row for row, _ in batch])
            for _, answer in batch:
                answer.set_result(None)

    async def acts(request: web.Request) -> web.Response:
        (raw,) = batch_of(await request.read()).acts
        act = act_of(raw)
        answer: asyncio.Future[None] = loop.create_future()
        waiting.append(((act.id, act.point, act.kind, act.at, bytes(raw)), answer))
        stirred.set()
        await answer
        body = msgspec.json.encode({"outcomes": [{"id": act.id, "outcome": "accepted"}]})
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_post("/api/v1/conferences/{conference}/acts", acts)
    async with asyncio.TaskGroup() as group:
        committing = group.create_task(commit())
        await standing.bare(app)
        committing.cancel()
    await loop.run_in_executor(thread, writer.close)
    thread.shutdown()


if __name__ == "__main__":
    standing.run(stand, "--file", "--delay-s")
