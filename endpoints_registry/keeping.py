"""Keeps people's names for the conferences that want them, on disk and in memory, and forgets them wholly."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from sys import intern
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry import badges, rosters, sheets
from endpoints_registry.attendees import Attendee, Attendees
from endpoints_registry.collecting import uncollected
from endpoints_registry.database import Store, alone
from endpoints_registry.planning import Change, Plan
from endpoints_registry.points import KeptPoint
from endpoints_registry.tables import ATTENDEE, KEPT_NAMES, POINT

# Some ten thousand people are read while halls report: after so many the loop takes a breath.
_AT_ONCE = 1_000


class NamesOff(Exception):
    """The conference keeps no names, so nothing about a person is read, stored or signed."""

    def __init__(self) -> None:
        super().__init__(
            "Hội nghị này không lưu họ tên người dự nên không có danh sách, thẻ hay quét thẻ; "
            "ban tổ chức có thể bật trước khi chốt danh sách điểm cầu."
        )


class Names:
    """The rosters of all conferences that keep one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: Mapping[str, Attendees] = {}
        self._reading = asyncio.Lock()

    def of(self, conference: str) -> Attendees | None:
        """Everybody of this conference; None while it keeps no names."""
        return self._held.get(conference)

    def asked(self, conference: str) -> Attendees:
        """Everybody of this conference. Raises NamesOff."""
        if (held := self._held.get(conference)) is None:
            raise NamesOff
        return held

    async def load(self) -> None:
        """Read what has changed on disk since the last time."""
        # One after the other: an older reading must not replace a newer one.
        async with self._reading, self._store.reading() as connection:
            rows = (await connection.execute(select(KEPT_NAMES))).all()
            held = {}
            for row in rows:
                known = self._held.get(row.conference_id)
                if known is None or known.revision != row.revision:
                    with uncollected():
                        people = [each async for each in _people(connection, row.conference_id)]
                        known = await asyncio.to_thread(Attendees, row.conference_id, row.key, row.revision, people)
                held[row.conference_id] = known
            self._held = held

    async def switch(self, conference: str, on: bool, now: datetime) -> None:
        """Begin to keep names, with a new key; or forget all of them and the key, for ever. Doing it twice is once."""
        async with self._store.writing() as connection:
            await alone(connection, f"roster {conference}")
            mine = KEPT_NAMES.c.conference_id == conference
            is_on = (await connection.execute(select(KEPT_NAMES.c.revision).where(mine))).first() is not None
            if on and not is_on:
                row = {
                    "conference_id": conference,
                    "key": secrets.token_bytes(badges.KEY_BYTES),
                    # Not from the beginning: who was switched off and on again must not look unchanged.
                    "revision": secrets.randbelow(2**30),
                    "since": now,
                }
                await connection.execute(insert(KEPT_NAMES).values(row))
            elif is_on and not on:
                await connection.execute(delete(ATTENDEE).where(ATTENDEE.c.conference_id == conference))
                await connection.execute(delete(KEPT_NAMES).where(mine))
        await self.load()
        if not on:
            await self._store.forget_deleted()

    async def keep_for(self, conference: str, days: int | None) -> None:
        """So many days after the conference its names are purged; None: as many as the configuration says. Raises NamesOff."""
        async with self._changing(conference) as (connection, _revision):
            mine = KEPT_NAMES.c.conference_id == conference
            await connection.execute(update(KEPT_NAMES).where(mine).values(keep_days=days))

    async def kept_for(self, conference: str) -> int | None:
        mine = KEPT_NAMES.c.conference_id == conference
        async with self._store.reading() as connection:
            return (await connection.execute(select(KEPT_NAMES.c.keep_days).where(mine))).scalar_one_or_none()

    async def preview(self, conference: str, points: Sequence[KeptPoint], raw: bytes) -> Plan:
        """What importing this roster would change. Raises NamesOff, sheets.Unreadable."""
        self.asked(conference)
        with uncollected():
            read = await sheets.read(raw, rosters.ROWS)
        return await self._planned(self.asked(conference), points, read)

    async def import_roster(self, conference: str, points: Sequence[KeptPoint], raw: bytes) -> Plan:
        """Import a roster, wholly or (when the plan has faults) not at all. Raises NamesOff, sheets.Unreadable."""
        self.asked(conference)
        with uncollected():
            read = await sheets.read(raw, rosters.ROWS)
        while True:
            before = self.asked(conference)
            made = await self._planned(before, points, read)
            if made.faults or not made.changes:
                return made
            # Compared outside the transaction, which nobody else's writing has to wait for; held against it here.
            async with self._changing(conference) as (connection, revision):
                if revision == before.revision:
                    await _write(connection, conference, points, made.changes)
                    await _grown(connection, conference, revision)
            await self.load()
            if revision == before.revision:
                return made

    async def remove(self, conference: str, person: str) -> bool:
        """Take somebody off the roster: their badge is refused from now on. False if there is nobody. Raises NamesOff."""
        mine = (ATTENDEE.c.conference_id == conference) & (ATTENDEE.c.person == person)
        async with self._changing(conference) as (connection, revision):
            gone = (await connection.execute(delete(ATTENDEE).where(mine))).rowcount
            await _grown(connection, conference, revision)
        await self.load()
        return bool(gone)

    async def _planned(self, held: Attendees, points: Sequence[KeptPoint], read: Sequence[sheets.Sheet]) -> Plan:
        codes = frozenset(kept.point.code for kept in points)

        def fresh() -> str:
            return badges.new_person(secrets.randbelow)

        with uncollected():
            # In a thread: a large roster takes a second to compare, and the halls do not wait for it.
            return await asyncio.to_thread(rosters.plan, held.people, codes, read, fresh)

    @asynccontextmanager
    async def _changing(self, conference: str) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """One transaction that nobody else's change of this roster comes between, and the revision it began with."""
        async with self._store.writing() as connection:
            await alone(connection, f"roster {conference}")
            mine = KEPT_NAMES.c.conference_id == conference
            revision = (await connection.execute(select(KEPT_NAMES.c.revision).where(mine))).scalar_one_or_none()
            if revision is None:
                raise NamesOff
            yield connection, revision


async def _grown(connection: AsyncConnection, conference: str, revision: int) -> None:
    mine = KEPT_NAMES.c.conference_id == conference
    await connection.execute(update(KEPT_NAMES).where(mine).values(revision=revision + 1))


async def _people(connection: AsyncConnection, conference: str) -> AsyncIterator[Attendee]:
    columns = [ATTENDEE.c[name] for name in ("person", "name", "position", "category", "unit", "own_code")]
    rows = await connection.stream(
        select(POINT.c.code, *columns).join_from(ATTENDEE, POINT).where(ATTENDEE.c.conference_id == conference)
    )
    async for some in rows.partitions(_AT_ONCE):
        for point, person, name, position, category, unit, own_code in some:
            # Thousands share a hall, an office and a position: one word each in memory.
            yield Attendee(person, intern(point), name, intern(position), intern(category), intern(unit), own_code)
        await asyncio.sleep(0)


_FIELDS = ("point_id", "name", "position", "category", "unit", "own_code")
_UPDATE = (
    update(ATTENDEE)
    .where(ATTENDEE.c.conference_id == bindparam("_conference"), ATTENDEE.c.person == bindparam("_person"))
    .values({name: bindparam(name) for name in _FIELDS})
)


async def _write(
    connection: AsyncConnection, conference: str, points: Sequence[KeptPoint], changes: Sequence[Change]
) -> None:
    ids = {kept.point.code: kept.id for kept in points}
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for change in changes:
        if isinstance(after := change.after, Attendee):
            said = {
                "point_id": ids[after.point],
                "name": after.name,
                "position": after.position,
                "category": after.category,
                "unit": after.unit,
                "own_code": after.own_code,
            }
            if change.before is None:
                new.append({"conference_id": conference, "person": after.person, **said})
            else:
                changed.append({"_conference": conference, "_person": after.person, **said})
    for statement, rows in ((insert(ATTENDEE), new), (_UPDATE, changed)):
        for start in range(0, len(rows), _AT_ONCE):
            await connection.execute(statement, rows[start : start + _AT_ONCE])
