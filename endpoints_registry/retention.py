"""Names are kept for as long as they are needed and no longer: after so many days a conference forgets its people."""

from datetime import date, timedelta

import structlog
from sqlalchemy import select, update

from endpoints_registry import audit
from endpoints_registry.audit import MARK, What
from endpoints_registry.conferences import Conference
from endpoints_registry.doing import FORGETTING, done_by
from endpoints_registry.registry import Registry
from endpoints_registry.tables import CONFERENCE, KEPT_NAMES

log = structlog.get_logger("retention")

_OF_A_CONFERENCE = ("duty-shift-", "conference-")


async def purge(registry: Registry, keep_days: int) -> int:
    """Rosters, duty rosters and hotlines of conferences that ended more than so many days ago; how many were purged.

    A conference that says itself how long keeps to that. Done again it does nothing.
    """
    purged = 0
    for conference in map(registry.holdings.conferences.__getitem__, await over(registry, keep_days)):
        if _holds(registry, conference):
            await _forget(registry, conference)
            log.info("names-purged", conference=conference.id)
            purged += 1
    return purged


async def over(registry: Registry, keep_days: int) -> tuple[str, ...]:
    """The conferences whose people are to be forgotten by now."""
    today = registry.today()
    async with registry.store.reading() as connection:
        own = {row.conference_id: row.keep_days for row in await connection.execute(select(KEPT_NAMES))}
    return tuple(
        conference.id
        for conference in registry.holdings.conferences.values()
        if _over(conference, today, own.get(conference.id) or keep_days)
    )


def _over(conference: Conference, today: date, days: int) -> bool:
    return today > max(sitting.day for sitting in conference.sittings) + timedelta(days=days)


def _holds(registry: Registry, conference: Conference) -> bool:
    return bool(
        registry.attendees(conference.id) is not None
        or registry.holdings.duty.get(conference.id)
        or conference.hotline.name
        or conference.hotline.phone
    )


async def _forget(registry: Registry, conference: Conference) -> None:
    with done_by(FORGETTING):
        await registry.names.switch(conference.id, False, registry.now())
        await registry.put_duty(conference.id, [])
        async with registry.store.writing() as connection:
            mine = CONFERENCE.c.id == conference.id
            await connection.execute(update(CONFERENCE).where(mine).values(hotline_name="", hotline_phone=""))
            digests = []
            async for rows in audit.pages(connection):
                for row in rows:
                    if row.entry.action.startswith(_OF_A_CONFERENCE):
                        digests += _marks(audit.what_of(row.entry), conference.id)
            await audit.erase(connection, digests)
    await registry.reload()
    await registry.store.forget_deleted()


def _marks(what: What, conference: str) -> list[str]:
    """The private texts of what the log says about one conference."""
    return [
        value.removeprefix(MARK)
        for change in what.changes
        if change.subject.split(" ")[0] == conference
        for value in (change.before, change.after)
        if isinstance(value, str) and value.startswith(MARK)
    ]
