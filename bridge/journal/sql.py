"""The journal in a database: one SQLite file with one writer, or one PostgreSQL schema shared by nodes that take turns."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

import msgspec
from sqlalchemy import (
    URL,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    literal_column,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import registry
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.dml import ReturningDelete

from bridge.journal import (
    ERASED,
    Head,
    Identity,
    IdentityTaken,
    JournalAway,
    JournalBroken,
    JournalBusy,
    JournalError,
    JournalFull,
    Record,
    Row,
    texts,
)
from bridge.journal.chain import chained, genesis
from bridge.journal.finishing import finished
from bridge.journal.reach import in_reach, spanned, within
from endpoints_registry.database import Store, migrate, open_store, open_to_read

T = TypeVar("T")

MIGRATIONS = Path(__file__).with_name("migrations")

metadata = MetaData()

journal = Table(
    "journal",
    metadata,
    Column("conference", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("done_by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("point", Text),
    Column("body", LargeBinary, nullable=False),
    Column("act", Text),
    Column("device", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("skew_ms", BigInteger, nullable=False),
    # The act first: ids of version 7 begin with their time, so that new entries fall side by side.
    Index("journal_act", "act", "done_by", "conference", unique=True),
)

journal_text = Table(
    "journal_text",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("conference", Text, nullable=False),
    # The row in which it stands.
    Column("position", BigInteger, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Index("journal_text_place", "conference", "position"),
)

journal_epoch = Table("journal_epoch", metadata, Column("epoch", Text, primary_key=True))

_ROW = [column for column in journal.c if column.name != "conference"]

_HEAD = (
    select(journal.c.position, journal.c.hash)
    .where(journal.c.conference == bindparam("conference"))
    .order_by(journal.c.position.desc())
    .limit(1)
)
_AFTER = (
    select(*_ROW)
    .where(journal.c.conference == bindparam("conference"), journal.c.position > bindparam("after"))
    .order_by(journal.c.position)
    .limit(bindparam("most"))
)
_OF_POINT = _AFTER.where(journal.c.point == bindparam("point"))

# Compiled once and handed to the driver with tuples: Core's own way through dictionaries costs as much as the insert.
_DRIVERS = {"sqlite": "sqlite.pysqlite", "postgresql": "postgresql.asyncpg"}
_KEEP = {name: str(insert(journal_text).compile(dialect=registry.load(driver)())) for name, driver in _DRIVERS.items()}
_INSERT = {name: str(insert(journal).compile(dialect=registry.load(driver)())) for name, driver in _DRIVERS.items()}

# One statement of fixed text whatever the number of acts: an IN list is built and parsed anew each time (6 ms for 64).
_BARE: list[ColumnElement[Any]] = [literal_column(f"journal.{column.name}") for column in _ROW]
_KNOWN = {
    "sqlite": select(*_BARE).select_from(
        text(
            "json_each(:asked) AS asked CROSS JOIN journal ON journal.conference = :conference"
            " AND journal.act = json_extract(asked.value, '$[0]')"
            " AND journal.done_by = json_extract(asked.value, '$[1]')"
        )
    ),
    "postgresql": select(*_BARE)
    .select_from(
        text(
            # OFFSET 0 is a wall to the planner: without it a plan made over a short journal walks the whole conference.
            "json_array_elements(CAST(:asked AS json)) AS asked(value) CROSS JOIN LATERAL ("
            "SELECT * FROM journal WHERE act = asked.value ->> 0 AND done_by = asked.value ->> 1 OFFSET 0) AS journal"
        )
    )
    .where(literal_column("journal.conference") == bindparam("conference")),
}


# Pasted together by the database, on its own thread or machine: rows that are fetched take the interpreter's lock one by
# one. A body is JSON already, so nobody reads it on the way.
_RECALL = {
    "sqlite": text(
        "SELECT '[' || coalesce(group_concat(line), '') || ']' FROM ("
        "SELECT '[' || position || ',' || at_ms || ',' || received_ms || ',' || json_quote(done_by) || ','"
        " || json_quote(act) || ',' || json_quote(device) || ',' || seq || ',' || CAST(body AS TEXT) || ']' AS line"
        " FROM journal WHERE conference = :conference AND position > :after AND position <= :to ORDER BY position)"
    ),
    "postgresql": text(
        "SELECT concat('[', string_agg(concat('[', position, ',', at_ms, ',', received_ms, ',', to_json(done_by), ',',"
        " coalesce(CAST(to_json(act) AS text), 'null'), ',', to_json(device), ',', seq, ',',"
        " convert_from(body, 'UTF8'), ']'), ',' ORDER BY position), ']')"
        " FROM journal WHERE conference = :conference AND position > :after AND position <= :to"
    ),
}


class _Ready:
    """A statement compiled for both drivers: Core's own way to them costs more than SQLite's answer."""

    def __init__(self, statements: Mapping[str, Select[Any] | ReturningDelete[Any]]) -> None:
        self._ready: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {}
        for name, driver in _DRIVERS.items():
            compiled = statements[name].compile(dialect=registry.load(driver)())
            self._ready[name] = str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params)

    def ask(self, hand: "_Hand", asked: Mapping[str, Any]) -> Sequence[Any]:
        words, names, constants = self._ready[hand.dialect]
        given = {**constants, **asked}
        return hand.ask(words, tuple([given[name] for name in names]))


_HEAD_READY = _Ready({"sqlite": _HEAD, "postgresql": _HEAD})
_AFTER_READY = _Ready({"sqlite": _AFTER, "postgresql": _AFTER})
_KNOWN_READY = _Ready(_KNOWN)
_TEXTS = select(journal_text.c.digest, journal_text.c.text).where(journal_text.c.conference == bindparam("conference"))
_TEXTS_READY = _Ready({"sqlite": _TEXTS, "postgresql": _TEXTS})
_TEXT = select(journal_text.c.text).where(journal_text.c.digest == bindparam("digest"))
_TEXT_READY = _Ready({"sqlite": _TEXT, "postgresql": _TEXT})
_ERASE = delete(journal_text).where(journal_text.c.digest == bindparam("digest")).returning(journal_text.c.digest)
_ERASE_READY = _Ready({"sqlite": _ERASE, "postgresql": _ERASE})

# Leaps from one conference to the next over the key's order; SELECT DISTINCT would read every row.
_leap = select(func.min(journal.c.conference).label("conference")).cte("leap", recursive=True)
_leap = _leap.union_all(
    select(
        select(func.min(journal.c.conference)).where(journal.c.conference > _leap.c.conference).scalar_subquery()
    ).where(_leap.c.conference.is_not(None))
)
_CONFERENCES = select(_leap.c.conference).where(_leap.c.conference.is_not(None))

# Asked first in every turn on PostgreSQL. A node that freezes inside its turn is thrown out and stops nobody; a plan made
# while the journal was short must not read all of it when it is long.
_TAKE_TURN = text(
    "SELECT set_config('lock_timeout', :patience, true),"
    " set_config('idle_in_transaction_session_timeout', :patience, true),"
    " set_config('enable_seqscan', 'off', true),"
    " current_setting('synchronous_commit') AS durable,"
    " pg_advisory_xact_lock(hashtext('bridge journal'), hashtext(:conference))"
)


async def open_journal(url: str, commit_delay_s: float = 0.0, patience_s: float = 5.0) -> "SqlJournal":
    """Open and migrate `sqlite+aiosqlite:///path/journal.sqlite` or `postgresql+asyncpg://...` (schema `journal`).

    `commit_delay_s` plays a slower disk, for benchmarks. `patience_s` is PostgreSQL's: how long a turn waits for the one
    before it, and how long the server waits for a node that fell silent inside its turn.
    Raises WrongAddress, InUse, UnsafeServer (see `open_store`), JournalAway.
    """
    with _named():
        store = await open_store(url, "journal")
        try:
            await migrate(store, MIGRATIONS)
            return SqlJournal(store, await _writer(store, make_url(url)), commit_delay_s, patience_s)
        except BaseException:
            await store.close()
            raise


def journal_to_read(url: str) -> "SqlJournal":
    """The same beside whoever writes it: a turn is refused. Raises WrongAddress, FileNotFoundError, JournalAway."""
    return SqlJournal(open_to_read(url, "journal"), _NoWriter(), 0.0, 0.0)


class _Hand(Protocol):
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


class _FileHand:
    """The driver itself: what SQLAlchemy notes about each statement costs as much as SQLite's work on it."""

    dialect = "sqlite"

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def begin(self, conference: str, patience_ms: str) -> None:
        self._raw.execute("BEGIN IMMEDIATE")

    def ask(self, words: str, given: tuple[Any, ...]) -> Sequence[Any]:
        return self._raw.execute(words, given).fetchall()

    def insert(self, rows: list[tuple[Any, ...]], texts: list[tuple[Any, ...]]) -> None:
        self._raw.executemany(_INSERT[self.dialect], rows)
        if texts:
            self._raw.executemany(_KEEP[self.dialect], texts)

    def forget_deleted(self) -> None:
        self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def commit(self) -> None:
        self._raw.commit()

    def rollback(self) -> None:
        # SQLite undoes most failures by itself; for the others it waits to be told.
        self._raw.rollback()


class _ServerHand:
    dialect = "postgresql"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, conference: str, patience_ms: str) -> None:
        settings = self._connection.execute(_TAKE_TURN, {"conference": conference, "patience": patience_ms}).one()
        if settings.durable == "off":
            raise JournalBroken(
                "PostgreSQL now has synchronous_commit=off, so acknowledged reports may be lost; set it to «on»"
            )

    def ask(self, words: str, given: tuple[Any, ...]) -> Sequence[Any]:
        return self._connection.exec_driver_sql(words, given).all()

    def insert(self, rows: list[tuple[Any, ...]], texts: list[tuple[Any, ...]]) -> None:
        self._connection.exec_driver_sql(_INSERT[self.dialect], rows)
        if texts:
            self._connection.exec_driver_sql(_KEEP[self.dialect], texts)

    def forget_deleted(self) -> None:
        """Its own vacuum sees to that."""

    def commit(self) -> None:
        self._connection.commit()

    def rollback(self) -> None:
        self._connection.rollback()


class _Doing(Protocol):
    """Runs a piece of work with the hand of one transaction, wherever its connection lives."""

    def __call__(self, work: Callable[[_Hand], T], /) -> Awaitable[T]: ...


class _Writer(Protocol):
    def connected(self) -> AbstractAsyncContextManager[_Doing]: ...

    async def close(self) -> None: ...


async def _writer(store: Store, address: URL) -> _Writer:
    if not store.on_sqlite:
        return _ServerWriter(store)
    # From here on the one writer is ours: a second one, even an idle one, may not stay open.
    await store.writer.dispose()
    return await _FileWriter.opened(address)


class _FileWriter:
    """SQLite's only writer: one connection on one thread, which also checkpoints.

    Not aiosqlite: a hop between threads for every cursor step doubles what a turn of 64 costs (4.3 ms against 2.3).
    """

    def __init__(self, thread: ThreadPoolExecutor, connection: Connection) -> None:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - it was opened a moment ago
        self._thread = thread
        self._connection = connection
        self._hand = _FileHand(raw)
        self._one_at_a_time = asyncio.Lock()

    @classmethod
    async def opened(cls, address: URL) -> "_FileWriter":
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
    async def connected(self) -> AsyncIterator[_Doing]:
        async with self._one_at_a_time:
            yield self._do

    def _do(self, work: Callable[[_Hand], T], /) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work, self._hand)

    async def close(self) -> None:
        async with self._one_at_a_time:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()


class _NoWriter:
    """Only looks."""

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[_Doing]:
        raise JournalError("this journal was opened to be read")
        yield

    async def close(self) -> None:
        return None


class _ServerWriter:
    """PostgreSQL keeps writers apart itself, by the lock that each turn takes first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[_Doing]:
        connection = self._store.writer.connect()
        with _named():
            await connection.start()

        def do(work: Callable[[_Hand], T], /) -> Awaitable[T]:
            return connection.run_sync(lambda sync: work(_ServerHand(sync)))

        try:
            yield do
        finally:
            await finished(connection.close())

    async def close(self) -> None:
        return None


class SqlTurn:
    """See `bridge.journal.Turn`."""

    def __init__(self, conference: str, do: _Doing) -> None:
        self.news: tuple[Row, ...] = ()
        self._conference = conference
        self._do = do
        self._position = 0
        self._hash = b""
        self._asked: frozenset[Identity] = frozenset()
        self._found: dict[Identity, Row] = {}
        self._appended: set[Identity] = set()
        self._grown = False
        self._state: Literal["on", "spoilt", "committed", "over"] = "on"

    async def begin(self, since: int, patience_ms: str, asked: Collection[Identity]) -> None:
        begun = await self._do(partial(_begin, self._conference, since, patience_ms, asked))
        self._position, self._hash, self.news, self._found = begun
        self._asked = frozenset(asked)

    async def known(self, identities: Collection[Identity]) -> dict[Identity, Row]:
        self._still_on()
        if not self._grown and self._asked.issuperset(identities):
            return {identity: self._found[identity] for identity in identities if identity in self._found}
        return await self._do(partial(_known, self._conference, identities))

    async def append(self, records: Sequence[Record], *, last: bool = False) -> tuple[Row, ...]:
        self._still_on()
        # Spoilt until proven good: a statement that failed half-way leaves its first rows in the transaction.
        self._state = "spoilt"
        for record in records:
            if (identity := record.identity) is not None:
                if identity in self._appended:
                    raise IdentityTaken(identity)
                self._appended.add(identity)
        rows = chained(self._position, self._hash, records)
        if rows:
            await self._do(partial(_insert, self._conference, rows, last))
            self._position, self._hash = rows[-1].position, rows[-1].hash
            self._grown = True
        self._state = "committed" if rows and last else "on"
        return rows

    async def end(self) -> None:
        if self._state == "spoilt":
            raise JournalError("an append of this turn was refused, so nothing of the turn is recorded")
        committed = self._state == "committed"
        self._state = "over"
        if committed:
            return
        # An empty turn has nothing to make durable and need not wait for the disk.
        await self._do(_commit if self._grown else _undo)

    async def undo(self) -> None:
        self._state = "over"
        # What made us undo is what the asker must hear; a connection that is gone has undone its work by going.
        with suppress(JournalError, DBAPIError, sqlite3.Error):
            await self._do(_undo)

    def _still_on(self) -> None:
        if self._state != "on":
            raise JournalError("this turn is over or was spoilt by a refused append; begin another one")


class SqlJournal:
    """See `bridge.journal.Journal`; made by `open_journal`."""

    def __init__(self, store: Store, writer: _Writer, commit_delay_s: float, patience_s: float) -> None:
        self._store = store
        self._writer = writer
        self._commit_delay_s = commit_delay_s
        self._patience_ms = str(round(patience_s * 1000))
        self._broken: JournalBroken | None = None

    async def head(self, conference: str) -> Head:
        with _named():
            async with self._store.reading() as connection:
                epoch: str = (await connection.execute(select(journal_epoch.c.epoch))).scalar_one()
                last = (await connection.execute(_HEAD, {"conference": conference})).first()
        return Head(epoch, last.position, last.hash) if last else Head(epoch, 0, genesis(conference))

    @asynccontextmanager
    async def turn(self, conference: str, since: int, asked: Collection[Identity] = ()) -> AsyncIterator[SqlTurn]:
        async with self._writer.connected() as doing:
            # Asked only now: it may have broken while we waited for our turn.
            if self._broken is not None:
                raise JournalBroken(str(self._broken)) from self._broken
            turn = SqlTurn(conference, self._to_the_end(doing))
            try:
                await turn.begin(since, self._patience_ms, asked)
                yield turn
                await turn.end()
            except BaseException:
                await turn.undo()
                raise
            if self._commit_delay_s:
                await finished(asyncio.sleep(self._commit_delay_s))

    def _to_the_end(self, doing: _Doing) -> _Doing:
        """Work that is never left half-way by a cancelled asker, and whose failures have the journal's names."""

        def named(work: Callable[[_Hand], T], hand: _Hand) -> T:
            try:
                with _named():
                    return work(hand)
            except JournalBroken as broken:
                # Here, not in the turn: the asker may have gone, and yet nobody may be told yes any more.
                self._broken = broken
                raise

        async def do(work: Callable[[_Hand], T], /) -> T:
            return await finished(doing(partial(named, work)))

        return do

    async def read(
        self, conference: str, after: int = 0, limit: int = 1000, point: str | None = None
    ) -> tuple[Row, ...]:
        within(after, limit)
        asked: dict[str, str | int] = {"conference": conference, "after": after, "most": limit}
        statement = _AFTER
        if point is not None:
            statement, asked["point"] = _OF_POINT, point
        with _named():
            async with self._store.reading() as connection:
                # All at once: to fetch them one by one takes as long again.
                rows = tuple(map(_row, (await connection.execute(statement, asked)).all()))
                marks = texts.marks_of(rows)
                return texts.filled(rows, await _texts(connection, marks), ERASED) if marks else rows

    async def read_as_kept(self, conference: str, after: int, limit: int) -> tuple[Row, ...]:
        """As they lie, with the digests in the place of texts: what the chain was made of."""
        within(after, limit)
        with _named():
            async with self._store.reading() as connection:
                asked = {"conference": conference, "after": after, "most": limit}
                return tuple(map(_row, (await connection.execute(_AFTER, asked)).all()))

    async def recall(self, conference: str, after: int, to: int) -> str:
        spanned(after, to)
        with _named():
            async with self._store.reading() as connection:
                asked = {"conference": conference, "after": after, "to": to}
                found: str = (await connection.execute(_RECALL[connection.dialect.name], asked)).scalar_one()
                marks = texts.marks_in(found)
                return texts.filled_in(found, await _texts(connection, marks), ERASED) if marks else found

    async def erase(self, conference: str, gone: Collection[str]) -> int:
        async with self._writer.connected() as doing:
            return await self._to_the_end(doing)(partial(_erase, conference, self._patience_ms, frozenset(gone)))

    async def texts(self, conference: str) -> tuple[str, ...]:
        with _named():
            async with self._store.reading() as connection:
                rows = await connection.execute(_TEXTS, {"conference": conference})
                return tuple(sorted({bytes(row.text).decode() for row in rows}))

    async def conferences(self) -> tuple[str, ...]:
        with _named():
            async with self._store.reading() as connection:
                return tuple(sorted((await connection.execute(_CONFERENCES)).scalars()))

    @property
    def store(self) -> Store:
        return self._store

    async def close(self) -> None:
        # Readers first: the last connection to close checkpoints the WAL, and only the writer may.
        await self._store.reader.dispose()
        await self._writer.close()
        await self._store.close()


def _begin(
    conference: str, since: int, patience_ms: str, asked: Collection[Identity], hand: _Hand
) -> tuple[int, bytes, tuple[Row, ...], dict[Identity, Row]]:
    """Take the conference's turn; where its journal ends, what came after `since`, and what is known of the asked."""
    hand.begin(conference, patience_ms)
    last = _HEAD_READY.ask(hand, {"conference": conference})
    position, before = last[0] if last else (0, genesis(conference))
    in_reach(conference, since, position)
    after = {"conference": conference, "after": since, "most": position - since}
    news = _as_said(tuple(map(_row, _AFTER_READY.ask(hand, after))), hand) if position != since else ()
    return position, before, news, _known(conference, asked, hand)


def _known(conference: str, identities: Collection[Identity], hand: _Hand) -> dict[Identity, Row]:
    if not identities:
        return {}
    asked = msgspec.json.encode([(identity.act, identity.by) for identity in identities]).decode()
    found = _KNOWN_READY.ask(hand, {"conference": conference, "asked": asked})
    rows = _as_said(tuple(map(_row, found)), hand)
    return {Identity(row.record.by, row.record.act or ""): row for row in rows}


def _as_said(rows: tuple[Row, ...], hand: _Hand) -> tuple[Row, ...]:
    """With what is kept beside them in its place."""
    marks = texts.marks_of(rows)
    if not marks:
        return rows
    kept = {mark: bytes(row[0]).decode() for mark in marks for row in _TEXT_READY.ask(hand, {"digest": mark})}
    return texts.filled(rows, kept, ERASED)


def _insert(conference: str, rows: Sequence[Row], last: bool, hand: _Hand) -> None:
    hand.insert(
        [
            (
                conference,
                row.position,
                row.hash,
                (record := row.record).at_ms,
                record.received_ms,
                record.by,
                record.kind,
                record.point,
                record.body,
                record.act,
                record.device,
                record.seq,
                record.digest,
                record.outcome,
                record.code,
                record.message,
                record.skew_ms,
            )
            for row in rows
        ],
        [
            (text.digest, conference, row.position, text.salt, text.text.encode())
            for row in rows
            for text in row.record.texts
        ],
    )
    if last:
        hand.commit()


def _erase(conference: str, patience_ms: str, gone: frozenset[str], hand: _Hand) -> int:
    hand.begin(conference, patience_ms)
    try:
        held = [digest for digest, text in _TEXTS_READY.ask(hand, {"conference": conference}) if _said(text) in gone]
        for digest in held:
            _ERASE_READY.ask(hand, {"digest": digest})
        hand.commit()
    except BaseException:
        hand.rollback()
        raise
    hand.forget_deleted()
    return len(held)


def _said(text: Any) -> str:
    return bytes(text).decode()


async def _texts(connection: AsyncConnection, marks: Collection[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for some in texts.portions(marks):
        asked = select(journal_text.c.digest, journal_text.c.text).where(journal_text.c.digest.in_(some))
        known |= {row.digest: _said(row.text) for row in await connection.execute(asked)}
    return known


def _commit(hand: _Hand) -> None:
    hand.commit()


def _undo(hand: _Hand) -> None:
    hand.rollback()


def _row(found: Any) -> Row:
    position, hashed, *rest = found
    return Row(position, hashed, Record(*rest))


@contextmanager
def _named() -> Iterator[None]:
    """Failures of the database by what they mean to whoever asked; a failure that means a bug keeps its own name."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        meant = _meaning(error)
        if meant is None:
            raise
        raise meant from error
    except PoolTimeout as error:
        raise JournalBusy("every connection to the database is taken; ask again later") from error
    except OSError as error:
        raise JournalAway(f"the database cannot be reached ({error}); ask again later") from error


def _meaning(error: DBAPIError | sqlite3.Error) -> JournalError | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, IntegrityError | sqlite3.IntegrityError) and "journal_act" in str(cause).replace(".", "_"):
        return IdentityTaken(None)
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        # Extended codes carry the plain one in their low byte.
        kind, says = _SQLITE.get(code & 0xFF if code is not None else -1, (None, ""))
    elif isinstance(error, DBAPIError) and error.connection_invalidated:
        kind, says = JournalAway, "the connection to the database server was lost"
    else:
        kind, says = _POSTGRESQL.get(getattr(cause, "sqlstate", None) or "", (None, ""))
    return kind(f"{says} ({cause})") if kind else None


_FULL = "the disk is full: free some room, nothing is accepted until then"
_FAILED = "the disk failed: stop, check it, restore from the backup if `bridge verify` finds damage"
_TAKEN = "another holder kept the turn for too long"

_SQLITE: dict[int, tuple[type[JournalError], str]] = {
    sqlite3.SQLITE_FULL: (JournalFull, _FULL),
    sqlite3.SQLITE_BUSY: (JournalBusy, _TAKEN),
    sqlite3.SQLITE_IOERR: (JournalBroken, _FAILED),
    sqlite3.SQLITE_CORRUPT: (JournalBroken, _FAILED),
    sqlite3.SQLITE_NOTADB: (JournalBroken, _FAILED),
    # A file system that met an error turns read-only by itself.
    sqlite3.SQLITE_READONLY: (JournalBroken, _FAILED),
    sqlite3.SQLITE_CANTOPEN: (JournalBroken, _FAILED),
}

_POSTGRESQL: dict[str, tuple[type[JournalError], str]] = {
    "53100": (JournalFull, _FULL),
    "53300": (JournalBusy, "the database server has no connection left"),
    "55P03": (JournalBusy, _TAKEN),
    "40P01": (JournalBusy, _TAKEN),
    "25P03": (JournalAway, "this turn stood still for too long and was ended by the database server"),
    "57P01": (JournalAway, "the database server is shutting down"),
    "57P02": (JournalAway, "the database server crashed"),
    "57P03": (JournalAway, "the database server is starting"),
    "58030": (JournalAway, "the database server met a disk error"),
}
