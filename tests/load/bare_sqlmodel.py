"""The bare server that commits each request through SQLModel: one session and one transaction for each."""

import argparse
import asyncio
from typing import Any

import msgspec
from aiohttp import web
from sqlalchemy import event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from tests.load import standing


class Kept(SQLModel, table=True):
    """An act as it came."""

    __tablename__ = "acts"

    id: str = Field(primary_key=True)
    point: str
    kind: str
    at: str
    body: bytes


async def stand(chosen: argparse.Namespace) -> None:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{chosen.file}",
        pool_size=1,
        max_overflow=0,
        pool_timeout=60,
        connect_args={"isolation_level": None},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def connected(raw: Any, _record: object) -> None:
        cursor = raw.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.tables["acts"].create)
    delay_s = float(chosen.delay_s)
    one_at_a_time = asyncio.Lock()

    async def acts(request: web.Request) -> web.Response:
        asked = msgspec.json.decode(await request.read())
        (act,) = asked["acts"]
        # The slower disk is played where the transaction holds the file: one after the other.
        async with one_at_a_time:
            async with AsyncSession(engine) as session:
                session.add(
                    Kept(
                        id=act["id"],
                        point=act["point"],
                        kind=act["kind"],
                        at=act["at"],
                        body=msgspec.json.encode(act),
                    )
                )
                await session.commit()
            if delay_s:
                await asyncio.sleep(delay_s)
        return web.json_response({"outcomes": [{"id": act["id"], "outcome": "accepted"}]})

    app = web.Application()
    app.router.add_post("/api/v1/conferences/{conference}/acts", acts)
    await standing.bare(app)
    await engine.dispose()


if __name__ == "__main__":
    standing.run(stand, "--file", "--delay-s")
