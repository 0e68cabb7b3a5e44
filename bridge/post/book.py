"""The book of the post: how far the journal was read, what outside knows, every letter, and what became of it."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge.post import Kind, Letter
from bridge.post.settling import Thread
from endpoints_registry.database import Store, opened

SCHEMA = "post"
MIGRATIONS = Path(__file__).with_name("migrations")
WAITING_LIMIT = 500
"""So many letters wait for one channel at most; what comes on top is written down as dropped, and never sent."""
KEPT_MS = 90 * 24 * 3_600_000


class Fate(StrEnum):
    """What became of a letter on one channel."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"
    """Tried as often as it is worth."""
    DROPPED = "dropped"
    """Too many others were waiting."""


class Delivery(msgspec.Struct, frozen=True):
    """A letter that waits for one channel."""

    letter: Letter
    tries: int
    due_ms: int
    """Not to be tried before, by the world's clock."""


class Entry(msgspec.Struct, frozen=True):
    """One channel's line of the log."""

    channel: str
    state: str
    tries: int
    ended_ms: int | None
    due_ms: int
    why: str


metadata = MetaData()
_cursor = Table(
    "post_cursor",
    metadata,
    Column("conference", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
)
_thread = Table(
    "post_thread",
    metadata,
    Column("conference", Text, primary_key=True),
    Column("incident", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("believed", Text),
    Column("told_ms", BigInteger, nullable=False),
    Column("points", Integer, nullable=False),
    Column("level", Integer, nullable=False),
)
_letter = Table(
    "post_letter",
    metadata,
    Column("conference", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("incident", Integer),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    # By the world's clock: how long it is kept.
    Column("written_ms", BigInteger, nullable=False),
)
_delivery = Table(
    "post_delivery",
    metadata,
    Column("conference", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Column("why", Text, nullable=False),
    Index("post_delivery_waiting", "state", "channel"),
)
_THREAD_FIELDS = Thread.__struct_fields__
_LETTER_FIELDS = Letter.__struct_fields__
_OF_LETTER = (_letter.c.conference == _delivery.c.conference) & (_letter.c.position == _delivery.c.position)


class Book:
    """Times are the world's, in milliseconds, unless they are a letter's own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # --- writing letters

    async def read_so_far(self, conference: str) -> tuple[int, dict[int, Thread]]:
        """Up to which position the journal was read, and what outside knows of the incidents."""
        async with self._store.reading() as connection:
            cursor = select(_cursor.c.position).where(_cursor.c.conference == conference)
            position: int = (await connection.execute(cursor)).scalar_one_or_none() or 0
            rows = await connection.execute(select(_thread).where(_thread.c.conference == conference))
            threads = [
                Thread(
                    incident=row.incident,
                    position=row.position,
                    believed=Kind(row.believed) if row.believed else None,
                    told_ms=row.told_ms,
                    points=row.points,
                    level=row.level,
                )
                for row in rows
            ]
        return position, {thread.incident: thread for thread in threads}

    async def write(
        self,
        conference: str,
        position: int,
        threads: Collection[Thread],
        letters: Sequence[Letter],
        channels: Collection[str],
        now_ms: int,
    ) -> list[tuple[Letter, str]]:
        """Letters for every channel, and how far the journal was read with that: all of it or nothing.

        Answers which (letter, channel) found too many waiting, and were dropped.
        """
        async with self._store.writing() as connection:
            await _replace(connection, _cursor, {"conference": conference}, {"position": position})
            for thread in threads:
                said = {name: getattr(thread, name) for name in _THREAD_FIELDS if name != "incident"}
                await _replace(connection, _thread, {"conference": conference, "incident": thread.incident}, said)
            return [
                (letter, channel)
                for letter in letters
                for channel in await _posted(connection, letter, channels, now_ms)
            ]

    # --- carrying them

    async def waiting(self, channel: str) -> list[Delivery]:
        """What waits for a channel, in the journal's order."""
        mine = (_delivery.c.state == Fate.WAITING) & (_delivery.c.channel == channel)
        columns = [_letter.c[name] for name in _LETTER_FIELDS]
        asked = select(_delivery.c.tries, _delivery.c.due_ms, *columns).join_from(_delivery, _letter, _OF_LETTER)
        async with self._store.reading() as connection:
            rows = await connection.execute(asked.where(mine).order_by(_delivery.c.conference, _delivery.c.position))
            return [Delivery(_letter_of(row), row.tries, row.due_ms) for row in rows]

    async def sent(self, letter: Letter, channel: str, tries: int, now_ms: int) -> None:
        await self._turned(letter, channel, state=Fate.SENT, tries=tries, ended_ms=now_ms, why="")

    async def failed(self, letter: Letter, channel: str, tries: int, due_ms: int, why: str) -> None:
        """It waits until `due_ms` for its next try."""
        await self._turned(letter, channel, tries=tries, due_ms=due_ms, why=why)

    async def given_up(self, letter: Letter, channel: str, tries: int, now_ms: int, why: str) -> None:
        await self._turned(letter, channel, state=Fate.GIVEN_UP, tries=tries, ended_ms=now_ms, why=why)

    async def _turned(self, letter: Letter, channel: str, **said: object) -> None:
        mine = (
            (_delivery.c.conference == letter.conference)
            & (_delivery.c.position == letter.position)
            & (_delivery.c.channel == channel)
        )
        async with self._store.writing() as connection:
            await connection.execute(update(_delivery).where(mine).values(**said))

    # --- looking back

    async def log(self, conference: str, limit: int) -> list[tuple[Letter, list[Entry]]]:
        """The newest letters, newest first, with what became of each."""
        newest = select(_letter).where(_letter.c.conference == conference).order_by(_letter.c.position.desc())
        async with self._store.reading() as connection:
            letters = [_letter_of(row) for row in await connection.execute(newest.limit(limit))]
            oldest = letters[-1].position if letters else 0
            mine = (_delivery.c.conference == conference) & (_delivery.c.position >= oldest)
            entries: dict[int, list[Entry]] = {}
            for row in await connection.execute(select(_delivery).where(mine).order_by(_delivery.c.channel)):
                entry = Entry(row.channel, row.state, row.tries, row.ended_ms, row.due_ms, row.why)
                entries.setdefault(row.position, []).append(entry)
        return [(letter, entries.get(letter.position, [])) for letter in letters]

    async def of_kind(self, conference: str, kind: Kind, limit: int) -> list[Letter]:
        """The newest letters of a kind, newest first."""
        mine = (_letter.c.conference == conference) & (_letter.c.kind == kind)
        newest = select(_letter).where(mine).order_by(_letter.c.position.desc()).limit(limit)
        async with self._store.reading() as connection:
            return [_letter_of(row) for row in await connection.execute(newest)]

    async def tally(self, conference: str) -> Mapping[str, int]:
        """How many deliveries have come to what."""
        counted = select(_delivery.c.state, func.count()).where(_delivery.c.conference == conference)
        async with self._store.reading() as connection:
            rows = (await connection.execute(counted.group_by(_delivery.c.state))).all()
        return {row[0]: row[1] for row in rows}

    async def queue(self) -> Mapping[str, int]:
        """How many deliveries wait, by their way out."""
        waits = _delivery.c.state == Fate.WAITING
        counted = select(_delivery.c.channel, func.count()).where(waits).group_by(_delivery.c.channel)
        async with self._store.reading() as connection:
            return {str(channel): int(many) for channel, many in await connection.execute(counted)}

    async def forget_old(self, now_ms: int) -> int:
        """Letters that were written long ago, and wait for nobody, leave the book. How many went."""
        waits = exists().where(_OF_LETTER, _delivery.c.state == Fate.WAITING)
        async with self._store.writing() as connection:
            gone = await connection.execute(delete(_letter).where(_letter.c.written_ms < now_ms - KEPT_MS, ~waits))
            await connection.execute(delete(_delivery).where(~exists().where(_OF_LETTER)))
        return gone.rowcount


@asynccontextmanager
async def open_book(url: str) -> AsyncIterator[Book]:
    """The book at this address (`sqlite+aiosqlite:///...`, or the schema `post`). Raises as `open_store`."""
    async with opened(url, SCHEMA, MIGRATIONS) as store:
        yield Book(store)


async def _replace(
    connection: AsyncConnection, table: Table, key: Mapping[str, object], said: Mapping[str, object]
) -> None:
    mine = [table.c[name] == value for name, value in key.items()]
    if not (await connection.execute(update(table).where(*mine).values(**said))).rowcount:
        await connection.execute(insert(table).values(**key, **said))


async def _posted(connection: AsyncConnection, letter: Letter, channels: Collection[str], now_ms: int) -> list[str]:
    """Write a letter down for every channel; those that had no room for it. One that is known already is left alone."""
    known = select(_letter.c.position).where(
        _letter.c.conference == letter.conference, _letter.c.position == letter.position
    )
    if (await connection.execute(known)).first():
        return []
    written = {name: getattr(letter, name) for name in _LETTER_FIELDS}
    await connection.execute(insert(_letter).values(**written, written_ms=now_ms))
    dropped = []
    for channel in channels:
        waits = (_delivery.c.state == Fate.WAITING) & (_delivery.c.channel == channel)
        full = (await connection.execute(select(func.count()).where(waits))).scalar_one() >= WAITING_LIMIT
        row = {
            "conference": letter.conference,
            "position": letter.position,
            "channel": channel,
            "state": Fate.DROPPED if full else Fate.WAITING,
            "tries": 0,
            "due_ms": now_ms,
            "ended_ms": now_ms if full else None,
            "why": "quá nhiều tin đang chờ" if full else "",
        }
        await connection.execute(insert(_delivery).values(row))
        if full:
            dropped.append(channel)
    return dropped


def _letter_of(row: Any) -> Letter:
    said = {name: getattr(row, name) for name in _LETTER_FIELDS}
    return Letter(**said | {"kind": Kind(row.kind)})
