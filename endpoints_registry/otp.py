"""The second factor: what somebody's phone shows each half minute, and the codes for the day on which it is lost.

A code is taken once: whoever looks over a shoulder is too late.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
import segno
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry.accounts import digest
from endpoints_registry.database import alone
from endpoints_registry.passwords import on_paper
from endpoints_registry.tables import RECOVERY_CODE, SECOND_FACTOR

ISSUER = "Điểm cầu"
STEP_S = 30
DRIFT = 1
"""Phones may be half a minute ahead or behind."""
CODES = 10
PENDING = timedelta(hours=1)
"""A secret that was shown and not confirmed by then is no longer taken: somebody may have left it on a screen."""


@dataclass(frozen=True, slots=True)
class Factor:
    confirmed: bool
    recovery_left: int


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Which half minute the six digits belong to; None when to none around now."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    reckoned, here = pyotp.HOTP(secret), int(now.timestamp()) // STEP_S
    for step in range(here - DRIFT, here + DRIFT + 1):
        if hmac.compare_digest(reckoned.at(step), digits):
            return step
    return None


def uri(secret: str, username: str) -> str:
    """What a phone's authenticator reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def drawn(text: str) -> str:
    """The QR code as a data URI of SVG: it is shown once and has no address of its own."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=5, border=4))


async def factor(connection: AsyncConnection, account_id: int) -> Factor:
    confirmed = await connection.scalar(
        select(SECOND_FACTOR.c.confirmed_at).where(SECOND_FACTOR.c.account_id == account_id)
    )
    left = await connection.scalar(
        select(func.count()).select_from(RECOVERY_CODE).where(RECOVERY_CODE.c.account_id == account_id)
    )
    return Factor(confirmed is not None, left or 0)


async def begin(connection: AsyncConnection, account_id: int, now: datetime) -> str:
    """A secret to show, asked for by nobody until it is confirmed: the one of a moment ago, or a new one."""
    await alone(connection, f"otp:{account_id}")
    if (pending := await _pending(connection, account_id, now)) is not None:
        return pending
    await drop(connection, account_id)
    secret = pyotp.random_base32()
    await connection.execute(insert(SECOND_FACTOR).values(account_id=account_id, secret=secret, made_at=now))
    return secret


async def confirm(connection: AsyncConnection, account_id: int, code: str, now: datetime) -> tuple[str, ...] | None:
    """The recovery codes, told this once: from now on the factor is asked for. None when the code is not the phone's."""
    await alone(connection, f"otp:{account_id}")
    secret = await _pending(connection, account_id, now)
    step = step_of(secret, code, now) if secret is not None else None
    if step is None:
        return None
    await connection.execute(
        update(SECOND_FACTOR).where(SECOND_FACTOR.c.account_id == account_id).values(confirmed_at=now, step=step)
    )
    codes = tuple(on_paper() for _ in range(CODES))
    rows = [{"account_id": account_id, "code_hash": digest(each)} for each in codes]
    await connection.execute(insert(RECOVERY_CODE), rows)
    return codes


async def take(connection: AsyncConnection, account_id: int, code: str, now: datetime) -> bool:
    """Whether the code is right and was never taken: the phone's, or one of the recovery codes."""
    await alone(connection, f"otp:{account_id}")
    mine = SECOND_FACTOR.c.account_id == account_id
    row = (await connection.execute(select(SECOND_FACTOR.c.secret, SECOND_FACTOR.c.step).where(mine))).first()
    if row is None:
        return False
    step = step_of(row.secret, code, now)
    if step is not None:
        if row.step is not None and step <= row.step:
            return False
        await connection.execute(update(SECOND_FACTOR).where(mine).values(step=step))
        return True
    used = await connection.execute(
        delete(RECOVERY_CODE).where(
            RECOVERY_CODE.c.account_id == account_id, RECOVERY_CODE.c.code_hash == digest(code.strip().lower())
        )
    )
    return used.rowcount == 1


async def drop(connection: AsyncConnection, account_id: int) -> None:
    """The phone is lost, or another one is to come."""
    await connection.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.account_id == account_id))
    await connection.execute(delete(SECOND_FACTOR).where(SECOND_FACTOR.c.account_id == account_id))


async def _pending(connection: AsyncConnection, account_id: int, now: datetime) -> str | None:
    found: str | None = await connection.scalar(
        select(SECOND_FACTOR.c.secret).where(
            SECOND_FACTOR.c.account_id == account_id,
            SECOND_FACTOR.c.confirmed_at.is_(None),
            SECOND_FACTOR.c.made_at > now - PENDING,
        )
    )
    return found
