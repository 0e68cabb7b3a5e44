"""Where a store is kept: one SQLite file or one PostgreSQL schema, opened so that a yes stays a yes."""

import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+asyncpg"
READERS = 4
# Names and phone numbers are parameters: an error that is logged must not tell them.
_QUIET: Mapping[str, Any] = {"hide_parameters": True}


def is_away(failed: DBAPIError) -> bool:
    """Whether the same may go through later: the disk is full, others hold the store, its server is restarting."""
    cause = failed.orig
    if isinstance(cause, sqlite3.Error):
        # Extended codes carry the plain one in their low byte.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY)
    return failed.connection_invalidated or (getattr(cause, "sqlstate", None) or "")[:2] in ("53", "57", "08")


class WrongAddress(Exception):
    """The database address is none that we can open; the message names what was found and what is expected."""


class InUse(Exception):
    """Another process (or an earlier opening in this one) owns these files; the message names it and the remedy."""


class UnsafeServer(Exception):
    """The PostgreSQL server confirms before it has written; the message names the setting to change."""


@dataclass(frozen=True, slots=True)
class Store:
    """One opened store: everything that changes goes through `writing`, everything else through `reading`."""

    writer: AsyncEngine
    reader: AsyncEngine
    schema: str
    lock: int | None
    """The locked file's descriptor; None on PostgreSQL, where the server keeps writers apart."""
    before_commit: Callable[[AsyncConnection], Awaitable[None]] | None = None
    """The last act of every transaction that may write, and part of it."""

    @property
    def on_sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that may write: committed when the block ends, undone when it raises."""
        async with self.writer.begin() as connection:
            yield connection
            if self.before_commit is not None:
                await self.before_commit(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view; an attempt to write is refused by the database."""
        async with self.reader.begin() as connection:
            yield connection

    async def forget_deleted(self) -> None:
        """What was deleted leaves the files too, not only the tables; on PostgreSQL its own vacuum sees to that."""
        if self.on_sqlite:
            async with self.writer.connect() as connection:
                raw = await connection.get_raw_connection()
                assert raw.driver_connection is not None  # noqa: S101 - it was opened a moment ago
                # Not through SQLAlchemy, which would begin a transaction: inside one there is no checkpoint.
                await raw.driver_connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        # Readers first: the last connection to close checkpoints the WAL, and only the writer may.
        await self.reader.dispose()
        await self.writer.dispose()
        if self.lock is not None:
            os.close(self.lock)


async def open_store(url: str, schema: str) -> Store:
    """Open `sqlite+aiosqlite:///path/file.sqlite` or `postgresql+asyncpg://...` (there, in the schema of that name).

    Raises WrongAddress, InUse, UnsafeServer. Tables are not made here: see `opened`.
    """
    address = _address(url)
    return _open_file(address, schema) if address.drivername == SQLITE else await _open_server(address, schema)


@asynccontextmanager
async def opened(url: str, schema: str, migrations: Path) -> AsyncIterator[Store]:
    """A store at the newest version of its tables, closed when the block ends. Raises as `open_store`."""
    store = await open_store(url, schema)
    try:
        await migrate(store, migrations)
        yield store
    finally:
        await store.close()


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise WrongAddress(f"Địa chỉ cơ sở dữ liệu sai; cần {SQLITE}:///<đường dẫn> hoặc {POSTGRESQL}://...") from None
    if address.drivername not in (SQLITE, POSTGRESQL):
        raise WrongAddress(
            f"Không mở được cơ sở dữ liệu kiểu «{address.drivername}»; "
            f"cần {SQLITE}:///<đường dẫn> hoặc {POSTGRESQL}://..."
        )
    return address


def open_to_read(url: str, schema: str) -> Store:
    """The same, beside whoever owns it: nothing is locked, made or changed, and whoever tries is refused.

    Raises WrongAddress, FileNotFoundError.
    """
    address = _address(url)
    if address.drivername == POSTGRESQL:
        only = {"search_path": schema, "timezone": "UTC", "default_transaction_read_only": "on"}
        engine = create_async_engine(
            address, pool_size=1, max_overflow=0, connect_args={"server_settings": only}, **_QUIET
        )
        return Store(engine, engine, schema, None)
    path = Path(address.database or "")
    if not path.is_file():
        raise FileNotFoundError(f"{path} không có")
    # Read-only to SQLite itself: it must not checkpoint beside the writer, not even when it is the last to go.
    readable = URL.create(SQLITE, database=f"file:{quote(str(path.resolve()))}?mode=ro", query={"uri": "true"})
    engine = create_async_engine(
        readable, pool_size=1, max_overflow=0, connect_args={"isolation_level": None}, **_QUIET
    )
    _prepare(engine, on_connect=("PRAGMA busy_timeout=10000", "PRAGMA query_only=ON"), on_begin="BEGIN")
    return Store(engine, engine, schema, None)


def _open_file(address: URL, schema: str) -> Store:
    if not address.database or address.database == ":memory:":
        raise WrongAddress(f"Địa chỉ SQLite cần đường dẫn đến một tệp, ví dụ {SQLITE}:///du-lieu/{schema}.sqlite")
    path = Path(address.database)
    # Names and phone numbers lie here: nobody else on the machine reads them.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = _locked(path)
    # isolation_level=None: the driver's own BEGIN is deferred and loses updates; we say BEGIN IMMEDIATE ourselves.
    writer = create_async_engine(
        address, pool_size=1, max_overflow=0, pool_timeout=60, connect_args={"isolation_level": None}, **_QUIET
    )
    reader = create_async_engine(
        address, pool_size=READERS, max_overflow=0, pool_timeout=60, connect_args={"isolation_level": None}, **_QUIET
    )
    _prepare(
        writer,
        on_connect=(
            "PRAGMA busy_timeout=10000",
            "PRAGMA journal_mode=WAL",
            # FULL, not NORMAL: what was acknowledged must outlive a power cut.
            "PRAGMA synchronous=FULL",
            "PRAGMA foreign_keys=ON",
            # Deleted names are overwritten, not merely marked as free.
            "PRAGMA secure_delete=ON",
            "PRAGMA journal_size_limit=67108864",
        ),
        on_begin="BEGIN IMMEDIATE",
    )
    # Never a second writer or checkpointer: SQLite before 3.51.3 can corrupt its WAL with two.
    _prepare(reader, on_connect=("PRAGMA busy_timeout=10000", "PRAGMA query_only=ON"), on_begin="BEGIN")
    return Store(writer, reader, schema, lock)


def _prepare(engine: AsyncEngine, on_connect: tuple[str, ...], on_begin: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(raw: Any, record: object) -> None:
        cursor = raw.cursor()
        for pragma in on_connect:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(on_begin)


def _locked(path: Path) -> int:
    """Own the file at `path` until the descriptor is closed or the process ends, however it ends."""
    beside = path.with_name(path.name + ".lock")
    lock = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(lock, 20).decode(errors="replace").strip() or "?"
        os.close(lock)
        raise InUse(
            f"{path} đang được tiến trình {owner} sử dụng; hãy dừng tiến trình đó hoặc dùng lệnh qua máy chủ đang chạy"
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


async def _open_server(address: URL, schema: str) -> Store:
    common = {
        "search_path": schema,
        "timezone": "UTC",
        # A frozen node must not hold its locks for ever; the journal sets a shorter one for its appends.
        "idle_in_transaction_session_timeout": "60s",
        "application_name": f"bridge {schema}",
    }
    writer = create_async_engine(
        address, pool_size=5, max_overflow=0, pool_pre_ping=True, connect_args={"server_settings": common}, **_QUIET
    )
    reader = create_async_engine(
        address,
        pool_size=READERS,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        connect_args={"server_settings": {**common, "default_transaction_read_only": "on"}},
        **_QUIET,
    )
    store = Store(writer, reader, schema, None)
    try:
        async with writer.begin() as connection:
            # Two nodes that start together both find the schema missing: one makes it, the other waits.
            await alone(connection, schema)
            level = (await connection.execute(text("SHOW synchronous_commit"))).scalar_one()
            if level == "off":
                raise UnsafeServer(
                    "PostgreSQL đang đặt synchronous_commit=off nên có thể mất báo cáo đã nhận; hãy đặt lại thành «on»"
                )
            await connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
    except BaseException:
        await store.close()
        raise
    return store


async def alone(connection: AsyncConnection, subject: str) -> None:
    """From here to the end of the transaction nobody else works on this subject; on SQLite nobody else writes anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('bridge'), hashtext(:n))"), {"n": subject})


async def migrate(store: Store, folder: Path) -> None:
    """Bring the store to the newest version in `folder` (an Alembic script folder; needs only `versions/`).

    All steps run in one transaction, on SQLite too: killed half-way, the store is as it was. Safe to run again.
    """
    async with store.writing() as connection:
        await alone(connection, store.schema)
        await connection.run_sync(_upgrade, folder, f"{store.schema}_version")


def _upgrade(connection: Connection, folder: Path, version_table: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    # Alembic splits the folder list at a separator; saying which keeps a path with spaces whole.
    config.set_main_option("path_separator", "newline")
    scripts = ScriptDirectory.from_config(config)

    def steps(current: Any, context: MigrationContext) -> Any:
        return scripts._upgrade_revs("head", current)

    with EnvironmentContext(config, scripts, fn=steps) as environment:
        environment.configure(connection=connection, version_table=version_table, transactional_ddl=True)
        environment.run_migrations()
