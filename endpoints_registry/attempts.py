"""How often somebody may try a password or a link before they must wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry.database import alone
from endpoints_registry.tables import ATTEMPT

LIMIT = 10
WINDOW = timedelta(minutes=15)


class TooManyTries(Exception):
    """Tried too often; the message says how long to wait, `wait_s` says it to programs."""

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        waiting = f"{-(-wait_s // 60)} phút" if wait_s > 60 else f"{wait_s} giây"
        super().__init__(f"Đã thử sai quá nhiều lần; hãy đợi {waiting} rồi thử lại.")


def wait_s(tries: Sequence[datetime], now: datetime) -> int:
    """Seconds until the next try is allowed: 0 below the limit, else until the oldest that counts has gone by."""
    recent = sorted(at for at in tries if at > now - WINDOW)
    if len(recent) < LIMIT:
        return 0
    return max(1, -int((now - WINDOW - recent[-LIMIT]).total_seconds() // 1))


async def check(connection: AsyncConnection, subject: str, now: datetime) -> None:
    """Raise TooManyTries when `subject` (`account:ann`, `address:1.2.3.4`) has tried too often.

    Until the transaction ends the next try on the same subject waits, so that those at once are counted one by one.
    """
    await alone(connection, subject)
    found = await connection.execute(
        select(ATTEMPT.c.at).where(ATTEMPT.c.subject == subject).order_by(ATTEMPT.c.at.desc()).limit(LIMIT)
    )
    if wait := wait_s([row.at for row in found], now):
        raise TooManyTries(wait)


async def note(connection: AsyncConnection, subject: str, now: datetime) -> None:
    """Remember one try, and forget those that no longer count."""
    await connection.execute(delete(ATTEMPT).where(ATTEMPT.c.at <= now - WINDOW))
    await connection.execute(insert(ATTEMPT).values(subject=subject, at=now))


async def forgive(connection: AsyncConnection, subject: str) -> None:
    await connection.execute(delete(ATTEMPT).where(ATTEMPT.c.subject == subject))
