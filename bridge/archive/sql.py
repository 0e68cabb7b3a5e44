"""The archive on a disk: one SQLite file, or one PostgreSQL schema."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from bridge.archive import REPORTS, ArchiveError, Fixed, Kept, Kind, Label
from endpoints_registry.database import Store, alone, open_to_read, opened

SCHEMA = "archive"
MIGRATIONS = Path(__file__).with_name("migrations")

metadata = MetaData()
KEPT = Table(
    "kept",
    metadata,
    Column("conference", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("done_by", Text, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    Column("version", Integer),
    # The last column: whoever lists reads no further.
    Column("content", LargeBinary, nullable=False),
    Index("kept_version", "conference", "version"),
)
_LABEL = [column for column in KEPT.columns if column.name != "content"]


class SqlArchive:
    def __init__(self, store: Store) -> None:
        self.store = store

    async def keep(self, items: Sequence[Kept]) -> None:
        async with self.store.writing() as connection:
            await alone(connection, SCHEMA)
            for item in items:
                place = _place(item.conference, item.kind, item.number, item.name)
                lies = (await connection.execute(select(KEPT.c.version).where(*place))).first()
                if lies is not None and lies.version is not None:
                    raise Fixed(f"«{item.name}» của số {item.number} đã ký nên không thay được.")
                await connection.execute(delete(KEPT).where(*place))
                await connection.execute(insert(KEPT).values(_row(item)))

    async def one(self, conference: str, kind: Kind, number: int, name: str) -> Kept | None:
        asked = select(KEPT).where(*_place(conference, kind, number, name))
        async with self.store.reading() as connection:
            row = (await connection.execute(asked)).first()
        return None if row is None else Kept(**_said(row), content=bytes(row.content))

    async def listed(self, conference: str, *kinds: Kind, number: int | None = None) -> list[Label]:
        asked = select(*_LABEL).where(KEPT.c.conference == conference)
        if kinds:
            asked = asked.where(KEPT.c.kind.in_([kind.value for kind in kinds]))
        if number is not None:
            asked = asked.where(KEPT.c.number == number)
        async with self.store.reading() as connection:
            rows = (await connection.execute(asked)).all()
        # Not by the database, whose order of letters may be anybody's.
        return sorted(
            (Label(**_said(row)) for row in rows), key=lambda label: (label.number, label.kind.value, label.name)
        )

    async def next_number(self, conference: str, kind: Kind) -> int:
        asked = select(func.max(KEPT.c.number)).where(KEPT.c.conference == conference, KEPT.c.kind == kind.value)
        async with self.store.reading() as connection:
            highest: int | None = (await connection.execute(asked)).scalar_one()
        return (highest or 0) + 1

    async def fix(self, conference: str, number: int, version: int) -> None:
        reports, mine = _reports(conference), KEPT.c.number == number
        async with self.store.writing() as connection:
            await alone(connection, SCHEMA)
            found = (await connection.execute(select(KEPT.c.version).where(reports, mine))).scalars().all()
            if not found:
                raise ArchiveError(f"Không có báo cáo số {number}; hãy lập lại dự thảo.")
            if any(each not in (None, version) for each in found):
                raise Fixed(f"Báo cáo số {number} đã ký thành phiên bản khác.")
            await connection.execute(update(KEPT).where(reports, KEPT.c.version == version).values(version=None))
            await connection.execute(update(KEPT).where(reports, mine).values(version=version))

    async def loosen(self, conference: str, number: int) -> None:
        async with self.store.writing() as connection:
            await connection.execute(
                update(KEPT).where(_reports(conference), KEPT.c.number == number).values(version=None)
            )

    async def forget(self, conference: str, kind: Kind, number: int, name: str | None = None) -> int:
        place = _place(conference, kind, number, name)
        async with self.store.writing() as connection:
            gone = await connection.execute(delete(KEPT).where(*place, KEPT.c.version.is_(None)))
        return gone.rowcount

    async def close(self) -> None:
        await self.store.close()


@asynccontextmanager
async def open_archive(url: str) -> AsyncIterator[SqlArchive]:
    """The archive at this address (`sqlite+aiosqlite:///...`, or the schema `archive`). Raises as `open_store`."""
    async with opened(url, SCHEMA, MIGRATIONS) as store:
        yield SqlArchive(store)


def archive_to_read(url: str) -> SqlArchive:
    """The same, beside whoever owns it. Raises as `open_to_read`."""
    return SqlArchive(open_to_read(url, SCHEMA))


def _place(conference: str, kind: Kind, number: int, name: str | None) -> list[ColumnElement[bool]]:
    place = [KEPT.c.conference == conference, KEPT.c.kind == kind.value, KEPT.c.number == number]
    return place if name is None else [*place, KEPT.c.name == name]


def _reports(conference: str) -> ColumnElement[bool]:
    return (KEPT.c.conference == conference) & KEPT.c.kind.in_([kind.value for kind in REPORTS])


def _row(item: Kept) -> dict[str, object]:
    return {
        "conference": item.conference,
        "kind": item.kind.value,
        "number": item.number,
        "name": item.name,
        "media_type": item.media_type,
        "size": item.size,
        "sha256": item.sha256,
        "at_ms": item.at_ms,
        "done_by": item.by,
        "facts": item.facts,
        "version": None,
        "content": item.content,
    }


def _said(row: Any) -> dict[str, Any]:
    return {
        "conference": row.conference,
        "kind": Kind(row.kind),
        "number": row.number,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "at_ms": row.at_ms,
        "by": row.done_by,
        "facts": bytes(row.facts),
        "version": row.version,
    }
