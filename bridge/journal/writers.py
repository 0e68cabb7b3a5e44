"""Who writes: one hand on one file, or one of several nodes' hands on one server, which take turns."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.pool import NullPool

from bridge.journal import JournalBroken, JournalError
from bridge.journal.failing import failures_named
from bridge.journal.finishing import finished
from bridge.journal.statements import INSERT, KEEP, TAKE_TURN
from endpoints_registry.database import Store

T = TypeVar("T")


class Hand(Protocol):
    """One transaction's way to the database, in words that are compiled already. Used where the connection lives."""

    dialect: str

    def begin(self, conference: str, patience_ms: str) -> None:
        """Take the conference's turn."""

    def ask(self, words: str, given: tuple[Any, ...]) -> Sequence[Any]: ...

    def insert(self, rows: list[tuple[Any, ...]], texts: list[tuple[Any, ...]]) -> None: ...

    def forget_deleted(self) -> None:
        """What was deleted leaves the files too. After the commit."""

    def commit(self) -> None: ...

    def rollback(self) -> None: ...


class FileHand:
    """The driver itself: what SQLAlchemy notes about each statement costs as much as SQLite's work on it."""

    dialect = "sqlite"

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def begin(self, conference: str, patience_ms: str) -> None:
        self._raw.execute("BEGIN IMMEDIATE")

    def ask(self, words: str, given: tuple[Any, ...]) -> Sequence[Any]:
        return self._raw.execute(words, given).fetchall()

    def insert(self, rows: list[tuple[Any, ...]], texts: list[tuple[Any, ...]]) -> None:
        self._raw.executemany(INSERT[self.dialect], rows)
        if texts:
            self._raw.executemany(KEEP[self.dialect], texts)

    def forget_deleted(self) -> None:
        self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def commit(self) -> None:
        self._raw.commit()

    def rollback(self) -> None:
        # SQLite undoes most failures by itself; for the others it waits to be told.
        self._raw.rollback()


class ServerHand:
    dialect = "postgresql"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, conference: str, patience_ms: str) -> None:
        settings = self._connection.execute(TAKE_TURN, {"conference": conference, "patience": patience_ms}).one()
        if settings.durable == "off":
            raise JournalBroken(
                "PostgreSQL now has synchronous_commit=off, so acknowledged reports may be lost; set it to «on»"
            )

    def ask(self, words: str, given: tuple[Any, ...]) -> Sequence[Any]:
        return self._connection.exec_driver_sql(words, given).all()

    def insert(self, rows: list[tuple[Any, ...]], texts: list[tuple[Any, ...]]) -> None:
        self._connection.exec_driver_sql(INSERT[self.dialect], rows)
        if texts:
            self._connection.exec_driver_sql(KEEP[self.dialect], texts)

    def forget_deleted(self) -> None:
        """Its own vacuum sees to that."""

    def commit(self) -> None:
        self._connection.commit()

    def rollback(self) -> None:
        self._connection.rollback()


class Doing(Protocol):
    """Runs a piece of work with the hand of one transaction, wherever its connection lives."""

    def __call__(self, work: Callable[[Hand], T], /) -> Awaitable[T]: ...


class Writer(Protocol):
    def connected(self) -> AbstractAsyncContextManager[Doing]: ...

    async def close(self) -> None: ...


async def writer_of(store: Store, address: URL) -> Writer:
    if not store.on_sqlite:
        return ServerWriter(store)
    # From here on the one writer is ours: a second one, even an idle one, may not stay open.
    await store.writer.dispose()
    return await FileWriter.opened(address)


class FileWriter:
    """SQLite's only writer: one connection on one thread, which also checkpoints.

    Not aiosqlite: a hop between threads for every cursor step doubles what a turn of 64 costs (4.3 ms against 2.3).
    """

    def __init__(self, thread: ThreadPoolExecutor, connection: Connection) -> None:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - it was opened a moment ago
        self._thread = thread
        self._connection = connection
        self._hand = FileHand(raw)
        self._one_at_a_time = asyncio.Lock()

    @classmethod
    async def opened(cls, address: URL) -> "FileWriter":
        thread = ThreadPoolExecutor(1, thread_name_prefix="journal-writer")
        engine = create_engine(
            address.set(drivername="sqlite"), poolclass=NullPool, connect_args={"isolation_level": None}
        )

        @event.listens_for(engine, "connect")
        def connected(raw: sqlite3.Connection, record: object) -> None:
            raw.execute("PRAGMA busy_timeout=10000")
            # FULL, not NORMAL: what was acknowledged must outlive a power cut.
            raw.execute("PRAGMA synchronous=FULL")
            raw.execute("PRAGMA journal_size_limit=67108864")
            # Rows are never deleted; a text that is erased is overwritten, not merely marked as free.
            raw.execute("PRAGMA secure_delete=ON")

        return cls(thread, await asyncio.get_running_loop().run_in_executor(thread, engine.connect))

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Doing]:
        async with self._one_at_a_time:
            yield self._do

    def _do(self, work: Callable[[Hand], T], /) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work, self._hand)

    async def close(self) -> None:
        async with self._one_at_a_time:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()


class NoWriter:
    """Only looks."""

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Doing]:
        raise JournalError("this journal was opened to be read")
        yield

    async def close(self) -> None:
        return None


class ServerWriter:
    """PostgreSQL keeps writers apart itself, by the lock that each turn takes first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Doing]:
        connection = self._store.writer.connect()
        with failures_named():
            await connection.start()

        def do(work: Callable[[Hand], T], /) -> Awaitable[T]:
            return connection.run_sync(lambda sync: work(ServerHand(sync)))

        try:
            yield do
        finally:
            await finished(connection.close())

    async def close(self) -> None:
        return None
