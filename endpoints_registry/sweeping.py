"""What is over is swept away: sessions that ran out, tries that no longer count."""

from datetime import datetime

from sqlalchemy import delete

from endpoints_registry.accounts import Lifetime
from endpoints_registry.attempts import WINDOW
from endpoints_registry.credentials import LINK_LIFETIME
from endpoints_registry.database import Store
from endpoints_registry.entering import KNOWN_FOR
from endpoints_registry.tables import API_TOKEN, ATTEMPT, KNOWN_BROWSER, LINK_SESSION, STAFF_SESSION, WALL_SESSION
from endpoints_registry.walls import WALL_LIFETIME


async def sweep(store: Store, now: datetime, staff: Lifetime) -> int:
    """How many rows went. Whoever comes in sweeps too; this is for the days on which nobody does."""
    over = (
        delete(STAFF_SESSION).where(
            (STAFF_SESSION.c.created_at <= now - staff.most) | (STAFF_SESSION.c.seen_at <= now - staff.idle)
        ),
        delete(LINK_SESSION).where(LINK_SESSION.c.created_at <= now - LINK_LIFETIME.most),
        delete(WALL_SESSION).where(
            (WALL_SESSION.c.created_at <= now - WALL_LIFETIME.most)
            | (WALL_SESSION.c.seen_at <= now - WALL_LIFETIME.idle)
        ),
        delete(KNOWN_BROWSER).where(KNOWN_BROWSER.c.seen_at <= now - KNOWN_FOR.most),
        delete(API_TOKEN).where(API_TOKEN.c.expires_at <= now),
        delete(ATTEMPT).where(ATTEMPT.c.at <= now - WINDOW),
    )
    async with store.writing() as connection:
        return sum([(await connection.execute(each)).rowcount for each in over])
