"""How often somebody may try a password or a link before they must wait."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry.database import alone
from endpoints_registry.tables import ATTEMPT

LIMIT = 10
"""On one account by all strangers together, and by each browser that its holder has come in with before."""
PAIR_LIMIT = 5
"""On one account from one address: whoever sits at one place cannot use up what the holder has elsewhere."""
ADDRESS_LIMIT = 30
"""Wrong ones from one address, which a whole office may share."""
WINDOW = timedelta(minutes=15)


class TooManyTries(Exception):
    """Tried too often; the message says how long to wait, `wait_s` says it to programs."""

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        waiting = f"{-(-wait_s // 60)} phút" if wait_s > 60 else f"{wait_s} giây"
        super().__init__(f"Đã thử sai quá nhiều lần; hãy đợi {waiting} rồi thử lại.")


def wait_s(tries: Sequence[datetime], now: datetime, limit: int = LIMIT) -> int:
    """Seconds until the next try is allowed: 0 below the limit, else until the oldest that counts has gone by."""
    recent = sorted(at for at in tries if at > now - WINDOW)
    if len(recent) < limit:
        return 0
    return max(1, -int((now - WINDOW - recent[-limit]).total_seconds() // 1))


async def check(connection: AsyncConnection, subject: str, now: datetime, limit: int = LIMIT) -> None:
    """Raise TooManyTries when `subject` (`account:ann`, `address:1.2.3.4`) has tried too often.

    Until the transaction ends the next try on the same subject waits, so that those at once are counted one by one.
    """
    await alone(connection, subject)
    found = await connection.execute(
        select(ATTEMPT.c.at).where(ATTEMPT.c.subject == subject).order_by(ATTEMPT.c.at.desc()).limit(limit)
    )
    if wait := wait_s([row.at for row in found], now, limit):
        raise TooManyTries(wait)


async def note(connection: AsyncConnection, subject: str, now: datetime) -> int:
    """Remember one try, and forget those that no longer count. Answers what `take_back` takes."""
    await connection.execute(delete(ATTEMPT).where(ATTEMPT.c.at <= now - WINDOW))
    made = await connection.execute(insert(ATTEMPT).values(subject=subject, at=now).returning(ATTEMPT.c.id))
    return int(made.scalar_one())


async def take_back(connection: AsyncConnection, noted: Collection[int]) -> None:
    """These were no guesses after all."""
    await connection.execute(delete(ATTEMPT).where(ATTEMPT.c.id.in_(noted)))


async def forgive(connection: AsyncConnection, subject: str) -> None:
    await connection.execute(delete(ATTEMPT).where(ATTEMPT.c.subject == subject))
