"""Whether everything that is kept still holds together: both chains, and the journal against what is made of it."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec
from sqlalchemy import Table, select
from sqlalchemy.exc import DBAPIError

from bridge.archive.sql import KEPT, SqlArchive, archive_to_read
from bridge.journal import JournalAway, pages, recalled
from bridge.journal.checking import PAGE, UNREADABLE, Broken, Length, conferences, integrity, strays, walked
from bridge.journal.sql import SqlJournal, journal_to_read
from bridge.journal.tables import JOURNAL
from bridge.keeping.shelves import as_signed, shelved
from bridge.notdone import NotDone
from bridge.records import happened_in
from bridge.rules import recalling
from bridge.rules.projection import State
from bridge.rules.rollup import Rollup
from bridge.rules.scene import Scene, rounds_of
from bridge.rules.spelling import figure
from endpoints_registry import audit
from endpoints_registry.audit import GENESIS, MARK, Row, Wanted
from endpoints_registry.database import Store, WrongAddress, open_to_read
from endpoints_registry.tables import AUDIT, AUDIT_TEXT

Say = Callable[[str], None]
"""Told one line after another of what was found whole."""


class Found(msgspec.Struct, frozen=True):
    """The heads of the chains that hold."""

    audit: Length
    journals: dict[str, Length]


async def checked(addresses: tuple[str, str], say: Say = lambda _line: None, archive: str | None = None) -> Found:
    """Walk registry and journal at these addresses, and the archive, also beside a server that runs on them.

    Raises Broken for the first row that does not hold, NotDone where there is nothing to check.
    """
    async with _opened(addresses) as (registry, journal), _shelf(archive) as shelf:
        await integrity(registry)
        audited = await _audit(registry)
        say(f"Nhật ký thay đổi: {figure(audited.rows)} dòng, nguyên vẹn, mắt xích cuối {audited.hash.hex()[:16]}")
        await integrity(journal.store)
        journals = {}
        for conference in await conferences(journal.store):
            length = await walked(journal, conference)
            say(f"Nhật ký hội nghị {conference}: {figure(length.rows)} dòng, nguyên vẹn")
            state = await _projected(journal, conference, length.rows)
            if archive is not None:
                await as_signed(shelf, conference, state.affairs.closing.versions)
            say(f"  bảng theo dõi dựng lại từ nhật ký khớp với số cộng lại, mắt xích cuối {length.hash.hex()[:16]}")
            journals[conference] = length
        await strays(journal.store)
        if shelf is not None:
            await integrity(shelf.store)
            say(f"Kho lưu: {figure(await shelved(shelf))} tệp, từng byte như khi cất")
    return Found(audited, journals)


@asynccontextmanager
async def _opened(addresses: tuple[str, str]) -> AsyncIterator[tuple[Store, SqlJournal]]:
    async with AsyncExitStack() as opened:
        try:
            registry = open_to_read(addresses[0], "registry")
            opened.push_async_callback(registry.close)
            journal = journal_to_read(addresses[1])
            opened.push_async_callback(journal.close)
            await _look(registry, AUDIT)
            await _look(journal.store, JOURNAL)
        except (FileNotFoundError, WrongAddress) as missing:
            raise NotDone(f"Không có gì để kiểm tra: {missing}.") from missing
        except (JournalAway, OSError) as away:
            raise NotDone(f"Không đến được cơ sở dữ liệu ({away}); hãy xem [storage] trong cấu hình.") from away
        yield registry, journal


@asynccontextmanager
async def _shelf(address: str | None) -> AsyncIterator[SqlArchive | None]:
    """The archive; None where nothing was ever kept."""
    try:
        archive = archive_to_read(address) if address is not None else None
    except FileNotFoundError:
        archive = None
    if archive is None:
        yield None
        return
    try:
        await _look(archive.store, KEPT)
        yield archive
    finally:
        await archive.close()


async def _look(store: Store, table: Table) -> None:
    try:
        async with store.reading() as connection:
            # None of the rows: one that cannot be read is found, and named, where its turn comes.
            await connection.execute(select(table).limit(0))
    except DBAPIError as lacking:
        why = str(lacking.orig).partition("\n")[0]
        raise NotDone(
            f"Không đọc được bảng {table.name} ({why}); nếu là bản cũ, hãy chạy `bridge migrate` trước."
        ) from lacking


# --- the registry's chain


async def _audit(store: Store) -> Length:
    before, after = GENESIS, 0
    while rows := await _audit_page(store, after):
        if (broken := audit.verify(rows, before, after)) is not None:
            raise Broken(f"table audit, position {broken}")
        await _texts(store, rows)
        before, after = rows[-1].hash, rows[-1].position
    async with store.reading() as connection:
        number = await audit.number(connection, after)
        # What was written meanwhile is another day's check.
        last = (await audit.head(connection)).position
        beside = set((await connection.execute(select(AUDIT_TEXT.c.position))).scalars())
    if number != after:
        raise Broken(f"table audit: {number} rows, but {after} in the chain; one lies before position 1")
    if strays := [place for place in beside if not isinstance(place, int) or not 1 <= place <= last]:
        raise Broken(f"table audit_text, position {strays[0]}: no such row in the audit log")
    return Length(after, before)


async def _audit_page(store: Store, after: int) -> tuple[Row, ...]:
    for limit in (PAGE, 1):
        try:
            async with store.reading() as connection:
                return await audit.read(connection, Wanted(after=after), limit)
        except UNREADABLE as unreadable:
            if limit == 1:
                raise Broken(f"table audit, position {after + 1}: unreadable") from unreadable
    raise AssertionError


async def _texts(store: Store, rows: Iterable[Row]) -> None:
    """Each private text is the one whose digest stands in its row. One that was erased is not missed."""
    marks = {row.position: audit.marks(row.entry) for row in rows}
    first, last = min(marks), max(marks)
    asked = AUDIT_TEXT.select().where(AUDIT_TEXT.c.position >= first, AUDIT_TEXT.c.position <= last)
    try:
        async with store.reading() as connection:
            found = (await connection.execute(asked.order_by(AUDIT_TEXT.c.position))).all()
            wrong = [
                each.position
                for each in found
                if each.digest not in marks.get(each.position, ())
                or audit.digest(bytes(each.salt), bytes(each.text).decode()) != each.digest
            ]
    except UNREADABLE as unreadable:
        raise Broken(f"table audit_text, positions {first} to {last}: unreadable") from unreadable
    if wrong:
        raise Broken(f"table audit_text, position {wrong[0]}: it is not what the audit log says ({MARK}...)")


# --- the journal against what is made of it


async def _projected(journal: SqlJournal, conference: str, to: int) -> State:
    """Two ways of reading it back come to the same, and the sums that were kept up are those that are counted."""
    try:
        quick, plain = Scene(), Scene()
        async for piece in recalled(journal, conference, to):
            quick.replay(recalling.read(piece))
        quick.sum_up()
        async for rows in pages(journal, conference, 0, PAGE):
            for row in rows:
                if row.position <= to:
                    plain.adopt(row.position, happened_in(row.record))
    except (*UNREADABLE, KeyError) as failed:
        raise Broken(
            f"table journal, conference {conference}: cannot be read back ({type(failed).__name__})"
        ) from failed
    if quick.state != plain.state:
        raise Broken(f"table journal, conference {conference}: two replays differ")
    plan = plain.state.plan
    counted = Rollup(rounds_of(plan) if plan else (), plain.state.path)
    counted.adopt({code: (None, point) for code, point in plain.state.points.items()})
    if counted.tallies != plain.rollup.tallies:
        raise Broken(f"table journal, conference {conference}: the sums are not those that are counted")
    return plain.state
