"""The PIN of a point: a few digits that a phone is asked for beside the link, where a hall wants that.

A link that was passed on in a chat group opens nothing then.
"""

import re
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry import attempts
from endpoints_registry.database import Store
from endpoints_registry.passwords import Passwords
from endpoints_registry.tables import LINK_SESSION, POINT_LINK, POINT_PIN

LIMIT = 5
"""Wrong ones on one link within a quarter of an hour."""
_DIGITS = "0123456789"
_FIRST_GUESSES = frozenset({"1111", "1234", "2580", "123123", "121212", "112233", "101010"})


class WeakPin(Exception):
    """Not four to eight digits, or those that everybody tries first; the message says which."""


class PinNeeded(Exception):
    """The link is right; come again with it and with the PIN."""


class WrongPin(Exception):
    """The link is right and the PIN is not."""


def check(pin: str) -> None:
    """Raises WeakPin."""
    if not re.fullmatch(r"[0-9]{4,8}", pin):
        raise WeakPin("Mã PIN gồm 4 đến 8 chữ số.")
    if len(set(pin)) == 1 or pin in _FIRST_GUESSES or pin in _DIGITS or pin in _DIGITS[::-1]:
        raise WeakPin("Mã PIN này quá dễ đoán; hãy chọn các chữ số khác.")


async def ask(store: Store, passwords: Passwords, handle: str, pin: str, pin_hash: str, now: datetime) -> None:
    """Raises PinNeeded, WrongPin, attempts.TooManyTries, passwords.TooBusy."""
    if not pin:
        raise PinNeeded("Điểm cầu này có mã PIN; hãy nhập mã do ban tổ chức cấp.")
    subject = f"pin:{handle}"
    async with store.writing() as connection:
        await attempts.check(connection, subject, now, LIMIT)
        # Noted before the check, so that many guesses at once do not all slip through.
        await attempts.note(connection, subject, now)
    if not await passwords.right(pin, pin_hash):
        raise WrongPin("Mã PIN không đúng.")
    async with store.writing() as connection:
        await attempts.forgive(connection, subject)


async def put(connection: AsyncConnection, point_id: int, pin_hash: str, now: datetime) -> None:
    """From now on phones are asked for it, those too that are open."""
    await drop(connection, point_id)
    await connection.execute(insert(POINT_PIN).values(point_id=point_id, pin_hash=pin_hash, set_at=now))
    handles = select(POINT_LINK.c.handle).where(POINT_LINK.c.point_id == point_id)
    await connection.execute(delete(LINK_SESSION).where(LINK_SESSION.c.handle.in_(handles)))


async def drop(connection: AsyncConnection, point_id: int) -> None:
    await connection.execute(delete(POINT_PIN).where(POINT_PIN.c.point_id == point_id))


async def pinned(connection: AsyncConnection) -> frozenset[int]:
    """The points that have one."""
    return frozenset(row.point_id for row in await connection.execute(select(POINT_PIN.c.point_id)))
