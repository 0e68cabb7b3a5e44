"""The journal in a database: one SQLite file with one writer, or one PostgreSQL schema shared by nodes that take turns."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import make_url, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge.journal import ERASED, Head, Identity, JournalBroken, Row, texts
from bridge.journal.chain import genesis
from bridge.journal.failing import failures_named
from bridge.journal.finishing import finished
from bridge.journal.reach import spanned, within
from bridge.journal.statements import AFTER, CONFERENCES, HEAD, OF_POINT, RECALL, TEXTS, row_of, text_of
from bridge.journal.tables import JOURNAL_EPOCH, JOURNAL_TEXT
from bridge.journal.turning import SqlTurn, erase_texts
from bridge.journal.writers import Doing, Hand, NoWriter, Writer, writer_of
from endpoints_registry.database import Store, migrate, open_store, open_to_read

T = TypeVar("T")

MIGRATIONS = Path(__file__).with_name("migrations")


async def open_journal(url: str, commit_delay_s: float = 0.0, patience_s: float = 5.0) -> "SqlJournal":
    """Open and migrate `sqlite+aiosqlite:///path/journal.sqlite` or `postgresql+asyncpg://...` (schema `journal`).

    `commit_delay_s` plays a slower disk, for benchmarks. `patience_s` is PostgreSQL's: how long a turn waits for the one
    before it, and how long the server waits for a node that fell silent inside its turn.
    Raises WrongAddress, InUse, UnsafeServer (see `open_store`), JournalAway.
    """
    with failures_named():
        store = await open_store(url, "journal")
        try:
            await migrate(store, MIGRATIONS)
            return SqlJournal(store, await writer_of(store, make_url(url)), commit_delay_s, patience_s)
        except BaseException:
            await store.close()
            raise


def journal_to_read(url: str) -> "SqlJournal":
    """The same beside whoever writes it: a turn is refused. Raises WrongAddress, FileNotFoundError, JournalAway."""
    return SqlJournal(open_to_read(url, "journal"), NoWriter(), 0.0, 0.0)


class SqlJournal:
    """See `bridge.journal.Journal`; made by `open_journal`."""

    def __init__(self, store: Store, writer: Writer, commit_delay_s: float, patience_s: float) -> None:
        self._store = store
        self._writer = writer
        self._commit_delay_s = commit_delay_s
        self._patience_ms = str(round(patience_s * 1000))
        self._broken: JournalBroken | None = None

    async def head(self, conference: str) -> Head:
        with failures_named():
            async with self._store.reading() as connection:
                epoch: str = (await connection.execute(select(JOURNAL_EPOCH.c.epoch))).scalar_one()
                last = (await connection.execute(HEAD, {"conference": conference})).first()
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

    def _to_the_end(self, doing: Doing) -> Doing:
        """Work that is never left half-way by a cancelled asker, and whose failures have the journal's names."""

        def named(work: Callable[[Hand], T], hand: Hand) -> T:
            try:
                with failures_named():
                    return work(hand)
            except JournalBroken as broken:
                # Here, not in the turn: the asker may have gone, and yet nobody may be told yes any more.
                self._broken = broken
                raise

        async def do(work: Callable[[Hand], T], /) -> T:
            return await finished(doing(partial(named, work)))

        return do

    async def read(
        self, conference: str, after: int = 0, limit: int = 1000, point: str | None = None
    ) -> tuple[Row, ...]:
        within(after, limit)
        asked: dict[str, str | int] = {"conference": conference, "after": after, "most": limit}
        statement = AFTER
        if point is not None:
            statement, asked["point"] = OF_POINT, point
        with failures_named():
            async with self._store.reading() as connection:
                # All at once: to fetch them one by one takes as long again.
                rows = tuple(map(row_of, (await connection.execute(statement, asked)).all()))
                marks = texts.marks_of(rows)
                return texts.filled(rows, await _texts(connection, marks), ERASED) if marks else rows

    async def read_as_kept(self, conference: str, after: int, limit: int) -> tuple[Row, ...]:
        """As they lie, with the digests in the place of texts: what the chain was made of."""
        within(after, limit)
        with failures_named():
            async with self._store.reading() as connection:
                asked = {"conference": conference, "after": after, "most": limit}
                return tuple(map(row_of, (await connection.execute(AFTER, asked)).all()))

    async def recall(self, conference: str, after: int, to: int) -> str:
        spanned(after, to)
        with failures_named():
            async with self._store.reading() as connection:
                asked = {"conference": conference, "after": after, "to": to}
                found: str = (await connection.execute(RECALL[connection.dialect.name], asked)).scalar_one()
                marks = texts.marks_in(found)
                return texts.filled_in(found, await _texts(connection, marks), ERASED) if marks else found

    async def erase(self, conference: str, gone: Collection[str]) -> int:
        async with self._writer.connected() as doing:
            return await self._to_the_end(doing)(partial(erase_texts, conference, self._patience_ms, frozenset(gone)))

    async def texts(self, conference: str) -> tuple[str, ...]:
        with failures_named():
            async with self._store.reading() as connection:
                rows = await connection.execute(TEXTS, {"conference": conference})
                return tuple(sorted({text_of(row.text) for row in rows}))

    async def conferences(self) -> tuple[str, ...]:
        with failures_named():
            async with self._store.reading() as connection:
                return tuple(sorted((await connection.execute(CONFERENCES)).scalars()))

    @property
    def store(self) -> Store:
        return self._store

    async def close(self) -> None:
        # Readers first: the last connection to close checkpoints the WAL, and only the writer may.
        await self._store.reader.dispose()
        await self._writer.close()
        await self._store.close()


async def _texts(connection: AsyncConnection, marks: Collection[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for some in texts.portions(marks):
        asked = select(JOURNAL_TEXT.c.digest, JOURNAL_TEXT.c.text).where(JOURNAL_TEXT.c.digest.in_(some))
        known |= {row.digest: text_of(row.text) for row in await connection.execute(asked)}
    return known
