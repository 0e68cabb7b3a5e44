"""Accounts of the staff: who they are, what they may see, and the browsers they are signed in with."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry import attempts
from endpoints_registry.access import Role
from endpoints_registry.database import Store
from endpoints_registry.passwords import Passwords
from endpoints_registry.tables import ACCOUNT, STAFF_SESSION

STAFF = frozenset({Role.ADMIN, Role.ORGANISER, Role.COORDINATOR, Role.INSPECTOR, Role.VIEWER})
EVERYWHERE = frozenset({Role.ADMIN, Role.ORGANISER})
"""Roles whose scope is always everything."""
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


class WrongAccount(Exception):
    """The account cannot be made so; the message says what is wrong with it."""


class WrongPassword(Exception):
    """No such account, or not its password: which of the two is nobody's business."""


@dataclass(frozen=True, slots=True)
class Account:
    """`scope` is a unit's or a cluster's code; None is everywhere."""

    id: int
    username: str
    name: str
    role: Role
    scope: str | None


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts: unused, and at most."""

    idle: timedelta
    most: timedelta

    def over(self, created_at: datetime, seen_at: datetime, now: datetime) -> bool:
        return now >= created_at + self.most or now >= seen_at + self.idle


# A conference day is long and its boards stay open; a week later everybody signs in again.
STAFF_LIFETIME = Lifetime(idle=timedelta(hours=14), most=timedelta(days=7))


@dataclass(frozen=True, slots=True)
class StaffSession:
    account: Account
    created_at: datetime
    seen_at: datetime


def digest(secret: str) -> str:
    """What is kept of a secret that is itself random: a plain hash, as there is nothing to guess."""
    # A header or cookie may hold bytes that are no text; none of our secrets does, so nothing is mistaken for one.
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def new_secret() -> str:
    """192 random bits that go into a cookie or a link as they are."""
    return secrets.token_urlsafe(24)


async def add(
    connection: AsyncConnection,
    username: str,
    name: str,
    role: Role,
    scope: str | None,
    password_hash: str,
    now: datetime,
) -> Account:
    """A new account. The hash comes from `Passwords.hash`, outside the transaction."""
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise WrongAccount(
            f"Tên đăng nhập «{username[:64]}» cần 2-64 chữ cái không dấu, chữ số, dấu chấm hoặc gạch nối."
        )
    if role not in STAFF:
        raise WrongAccount(f"Vai trò «{role}» không dùng cho tài khoản; hãy chọn {', '.join(sorted(STAFF))}.")
    if scope is None and role not in EVERYWHERE:
        raise WrongAccount(f"Vai trò «{role}» cần mã đơn vị hoặc mã cụm phụ trách.")
    if scope is not None and role in EVERYWHERE:
        raise WrongAccount(f"Vai trò «{role}» luôn phụ trách toàn bộ; bỏ mã đơn vị đi.")
    taken = await connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.username == username))
    if taken.first():
        raise WrongAccount(f"Đã có tài khoản «{username}».")
    made = await connection.execute(
        insert(ACCOUNT)
        .values(username=username, name=name, role=role.value, scope=scope, password_hash=password_hash, created_at=now)
        .returning(ACCOUNT.c.id)
    )
    return Account(made.scalar_one(), username, name, role, scope)


async def shown_names(connection: AsyncConnection) -> dict[str, str]:
    """How everybody is called, by user name; also who may no longer come in: the journal still speaks of them."""
    rows = await connection.execute(select(ACCOUNT.c.username, ACCOUNT.c.name))
    return {row.username: row.name for row in rows}


async def holder(connection: AsyncConnection, username: str) -> Account | None:
    """The account of this user name; None where nobody may come in by it."""
    row = (
        await connection.execute(
            select(*(ACCOUNT.c[name] for name in ("id", "username", "name", "role", "scope"))).where(
                ACCOUNT.c.username == username, ACCOUNT.c.disabled_at.is_(None)
            )
        )
    ).first()
    return Account(row.id, row.username, row.name, Role(row.role), row.scope) if row is not None else None


async def sign_in(
    store: Store,
    passwords: Passwords,
    username: str,
    password: str,
    address: str,
    now: datetime,
    lifetime: Lifetime = STAFF_LIFETIME,
) -> tuple[str, StaffSession]:
    """A new session and its token. Raises WrongPassword, attempts.TooManyTries, passwords.TooBusy."""
    username = username.strip().lower()[:64]
    by_account, by_address = f"account:{username}", f"address:{address}"
    async with store.writing() as connection:
        await attempts.check(connection, by_address, now)
        await attempts.check(connection, by_account, now)
        # Noted before the check, so that many guesses at once do not all slip through.
        await attempts.note(connection, by_account, now)
        row = (await connection.execute(select(ACCOUNT).where(ACCOUNT.c.username == username))).first()
    known = row is not None and row.disabled_at is None
    right = await passwords.right(password, row.password_hash if row is not None and known else None)
    async with store.writing() as connection:
        if row is None or not right:
            await attempts.note(connection, by_address, now)
        else:
            await attempts.forgive(connection, by_account)
            account = Account(row.id, row.username, row.name, Role(row.role), row.scope)
            return await _open_session(connection, account, address, now, lifetime)
    raise WrongPassword("Tên đăng nhập hoặc mật khẩu không đúng.")


async def _open_session(
    connection: AsyncConnection, account: Account, address: str, now: datetime, lifetime: Lifetime
) -> tuple[str, StaffSession]:
    token = new_secret()
    await connection.execute(
        insert(STAFF_SESSION).values(
            token_hash=digest(token), account_id=account.id, created_at=now, seen_at=now, address=address[:64]
        )
    )
    over = (STAFF_SESSION.c.created_at <= now - lifetime.most) | (STAFF_SESSION.c.seen_at <= now - lifetime.idle)
    await connection.execute(delete(STAFF_SESSION).where(over))
    return token, StaffSession(account, now, now)


async def session(connection: AsyncConnection, token: str) -> StaffSession | None:
    """Whose session this is, over or not; None when there is none or the account was disabled."""
    row = (
        await connection.execute(
            select(
                STAFF_SESSION.c.created_at.label("opened_at"),
                STAFF_SESSION.c.seen_at,
                *(ACCOUNT.c[name] for name in ("id", "username", "name", "role", "scope")),
            )
            .join_from(STAFF_SESSION, ACCOUNT)
            .where(STAFF_SESSION.c.token_hash == digest(token), ACCOUNT.c.disabled_at.is_(None))
        )
    ).first()
    if row is None:
        return None
    account = Account(row.id, row.username, row.name, Role(row.role), row.scope)
    return StaffSession(account, row.opened_at, row.seen_at)


async def seen(connection: AsyncConnection, token: str, now: datetime) -> None:
    await connection.execute(
        update(STAFF_SESSION).where(STAFF_SESSION.c.token_hash == digest(token)).values(seen_at=now)
    )


async def sign_out(connection: AsyncConnection, token: str) -> None:
    await connection.execute(delete(STAFF_SESSION).where(STAFF_SESSION.c.token_hash == digest(token)))


async def disable(connection: AsyncConnection, username: str, now: datetime) -> None:
    """Close an account and every browser it is signed in with."""
    ids = select(ACCOUNT.c.id).where(ACCOUNT.c.username == username.lower())
    await connection.execute(delete(STAFF_SESSION).where(STAFF_SESSION.c.account_id.in_(ids)))
    await connection.execute(update(ACCOUNT).where(ACCOUNT.c.username == username.lower()).values(disabled_at=now))
