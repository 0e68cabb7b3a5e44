"""Walks a stored journal row by row as it lies there, and names the first one that does not hold."""

from collections.abc import AsyncIterator

import msgspec
from sqlalchemy import LargeBinary, cast, exists, func, select, text
from sqlalchemy.exc import DBAPIError

from bridge.journal import JournalError, Row, texts
from bridge.journal.chain import genesis, verify
from bridge.journal.sql import SqlJournal
from bridge.journal.tables import JOURNAL, JOURNAL_TEXT
from endpoints_registry.database import Store

PAGE = 1_000
UNREADABLE = (DBAPIError, JournalError, ValueError, TypeError, msgspec.MsgspecError)
"""What a row raises that no longer is what was written."""


class Broken(Exception):
    """A row was changed, moved or taken out; the message names its table and place."""


class Length(msgspec.Struct, frozen=True):
    """A whole chain: how many rows, and the last one's hash."""

    rows: int
    hash: bytes


async def conferences(store: Store) -> list[str]:
    """Every name under which a row lies. Raises Broken for one that is no text."""
    if not store.on_sqlite:
        names = select(JOURNAL.c.conference).distinct().order_by(JOURNAL.c.conference)
        async with store.reading() as connection:
            return list((await connection.execute(names)).scalars())
    # As bytes: a changed one may be no text any more.
    raw = select(cast(JOURNAL.c.conference, LargeBinary), func.min(JOURNAL.c.position)).group_by(JOURNAL.c.conference)
    found = []
    async with store.reading() as connection:
        for name, position in await connection.execute(raw):
            try:
                found.append(bytes(name).decode())
            except (UnicodeDecodeError, TypeError) as changed:
                raise Broken(f"table journal, position {position}: its conference is no text") from changed
    return sorted(found)


async def walked(held: SqlJournal, conference: str) -> Length:
    """The chain of one conference from its first row to its last. Raises Broken."""
    before, after = genesis(conference), 0
    async for rows in _pages(held, conference):
        if (broken := verify(rows, before, after)) is not None:
            raise Broken(f"table journal, conference {conference}, position {broken}")
        await _texts(held, conference, rows)
        before, after = rows[-1].hash, rows[-1].position
    async with held.store.reading() as connection:
        # What was recorded meanwhile is another day's check; what lies before the first row no reader asks for.
        mine = (JOURNAL.c.conference == conference) & (JOURNAL.c.position <= after)
        counted = select(func.count(), func.min(JOURNAL.c.position)).where(mine)
        number, first = (await connection.execute(counted)).one()
    if number != after:
        raise Broken(
            f"table journal, conference {conference}, position {first}: {number} rows, but {after} in the chain"
        )
    return Length(after, before)


async def _texts(held: SqlJournal, conference: str, rows: tuple[Row, ...]) -> None:
    """Each text beside is the one whose digest stands in its row. One that was erased is not missed."""
    marks = {row.position: texts.marks(row.record.body) for row in rows}
    first, last = rows[0].position, rows[-1].position
    beside = JOURNAL_TEXT.select().where(
        JOURNAL_TEXT.c.conference == conference, JOURNAL_TEXT.c.position.between(first, last)
    )
    try:
        async with held.store.reading() as connection:
            found = (await connection.execute(beside.order_by(JOURNAL_TEXT.c.position))).all()
            wrong = [
                each.position
                for each in found
                if each.digest not in marks.get(each.position, ())
                or texts.digest_of(bytes(each.salt), bytes(each.text).decode()) != each.digest
            ]
    except UNREADABLE as unreadable:
        raise Broken(f"table journal_text, conference {conference}, rows {first} to {last}: unreadable") from unreadable
    if wrong:
        raise Broken(f"table journal_text, conference {conference}, position {wrong[0]}: it is not what its row says")


async def strays(store: Store) -> None:
    """No text lies beside a row that is not there. Raises Broken."""
    there = exists().where(
        JOURNAL.c.conference == JOURNAL_TEXT.c.conference, JOURNAL.c.position == JOURNAL_TEXT.c.position
    )
    try:
        async with store.reading() as connection:
            stray = (await connection.execute(select(JOURNAL_TEXT.c.position).where(~there).limit(1))).first()
    except UNREADABLE as unreadable:
        raise Broken("table journal_text: unreadable") from unreadable
    if stray is not None:
        raise Broken(f"table journal_text, position {stray.position}: no such row in the journal")


async def _pages(held: SqlJournal, conference: str) -> AsyncIterator[tuple[Row, ...]]:
    after = 0
    while True:
        try:
            rows = await held.read_as_kept(conference, after, PAGE)
        except UNREADABLE:
            rows = await _one(held, conference, after)
        if not rows:
            return
        yield rows
        after = rows[-1].position


async def _one(held: SqlJournal, conference: str, after: int) -> tuple[Row, ...]:
    """The next row alone, where a page could not be read."""
    try:
        return await held.read_as_kept(conference, after, 1)
    except UNREADABLE as unreadable:
        raise Broken(f"table journal, conference {conference}, position {after + 1}: unreadable") from unreadable


async def integrity(store: Store) -> None:
    """SQLite's own look at its file: pages, indexes, constraints. Raises Broken."""
    if store.on_sqlite:
        async with store.reading() as connection:
            try:
                said = (await connection.execute(text("PRAGMA integrity_check(1)"))).scalar_one()
            except DBAPIError as failed:
                raise Broken(f"file {store.schema}.sqlite: {failed.orig}") from failed
        if said != "ok":
            raise Broken(f"file {store.schema}.sqlite: {said}")
