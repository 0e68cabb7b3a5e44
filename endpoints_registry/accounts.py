"""Accounts of the staff: who they are, what they may see, and the browsers they are signed in with."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry.access import STAFF, Role
from endpoints_registry.tables import ACCOUNT, KNOWN_BROWSER, SECOND_FACTOR, STAFF_SESSION
from endpoints_registry.words import STAFF_ROLES

EVERYWHERE = frozenset({Role.ADMIN, Role.ORGANISER})
"""Roles whose scope is always everything."""
# With an @ too: the city's own sign-in service mostly calls people by their mail address.
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")


class WrongAccount(Exception):
    """The account cannot be made so; the message says what is wrong with it."""


class TakenName(WrongAccount):
    """Somebody has this user name already."""


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


SESSIONS = 500
"""Of one account: two hundred screens may share one. The one unused the longest goes."""
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


@dataclass(frozen=True, slots=True)
class Line:
    """An account as whoever appoints people sees it."""

    account: Account
    created_at: datetime
    disabled: bool
    one_time: bool
    """Its holder has not yet put a password of their own in place of the one that was given out."""
    second_factor: bool
    sessions: int
    seen_at: datetime | None


def proper_username(username: str) -> str:
    """As it is kept. Raises WrongAccount."""
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise WrongAccount(
            f"Tên đăng nhập «{username[:64]}» cần 2-64 chữ cái không dấu, chữ số, dấu chấm, gạch nối hoặc @."
        )
    return username


def check_post(role: Role, scope: str | None) -> None:
    """Whether an account may have this role over this scope. Raises WrongAccount."""
    if role not in STAFF:
        raise WrongAccount(f"Vai trò «{role}» không dùng cho tài khoản; hãy chọn {', '.join(sorted(STAFF))}.")
    if scope is None and role not in EVERYWHERE:
        raise WrongAccount(f"Vai trò «{STAFF_ROLES[role]}» cần mã đơn vị hoặc mã cụm phụ trách.")
    if scope is not None and role in EVERYWHERE:
        raise WrongAccount(f"Vai trò «{STAFF_ROLES[role]}» luôn phụ trách toàn bộ; bỏ mã đơn vị đi.")


async def add(
    connection: AsyncConnection,
    username: str,
    name: str,
    role: Role,
    scope: str | None,
    password_hash: str,
    now: datetime,
    *,
    one_time: bool = False,
) -> Account:
    """A new account. The hash comes from `Passwords.hash`, outside the transaction."""
    username = proper_username(username)
    check_post(role, scope)
    taken = await connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.username == username))
    if taken.first():
        raise TakenName(f"Đã có tài khoản «{username}».")
    made = await connection.execute(
        insert(ACCOUNT)
        .values(
            username=username,
            name=name,
            role=role.value,
            scope=scope,
            password_hash=password_hash,
            created_at=now,
            given_at=now if one_time else None,
        )
        .returning(ACCOUNT.c.id)
    )
    return Account(made.scalar_one(), username, name, role, scope)


async def lines(connection: AsyncConnection, now: datetime, lifetime: Lifetime) -> list[Line]:
    """Every account that ever was, by user name."""
    live = (STAFF_SESSION.c.created_at > now - lifetime.most) & (STAFF_SESSION.c.seen_at > now - lifetime.idle)
    open_now = (
        select(
            STAFF_SESSION.c.account_id,
            func.count().label("sessions"),
            func.max(STAFF_SESSION.c.seen_at).label("seen_at"),
        )
        .where(live)
        .group_by(STAFF_SESSION.c.account_id)
        .subquery()
    )
    rows = await connection.execute(
        select(ACCOUNT, SECOND_FACTOR.c.confirmed_at, open_now.c.sessions, open_now.c.seen_at)
        .select_from(
            ACCOUNT.outerjoin(SECOND_FACTOR, SECOND_FACTOR.c.account_id == ACCOUNT.c.id).outerjoin(
                open_now, open_now.c.account_id == ACCOUNT.c.id
            )
        )
        .order_by(ACCOUNT.c.username)
    )
    return [
        Line(
            Account(row.id, row.username, row.name, Role(row.role), row.scope),
            created_at=row.created_at,
            disabled=row.disabled_at is not None,
            one_time=row.given_at is not None,
            second_factor=row.confirmed_at is not None,
            sessions=row.sessions or 0,
            seen_at=row.seen_at,
        )
        for row in rows
    ]


async def change(connection: AsyncConnection, account: Account) -> None:
    """The account is called so and has this role and scope from now on. Raises WrongAccount."""
    check_post(account.role, account.scope)
    await connection.execute(
        update(ACCOUNT)
        .where(ACCOUNT.c.id == account.id)
        .values(name=account.name, role=account.role.value, scope=account.scope)
    )


async def set_password(
    connection: AsyncConnection, account_id: int, password_hash: str, given_at: datetime | None, *, keep: str = ""
) -> None:
    """Another password. Every browser goes that came in by the old one, but for the session of the token `keep`."""
    await connection.execute(
        update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(password_hash=password_hash, given_at=given_at)
    )
    await end_sessions(connection, account_id, keep=keep)
    await connection.execute(delete(KNOWN_BROWSER).where(KNOWN_BROWSER.c.account_id == account_id))


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


async def holders(connection: AsyncConnection) -> list[Account]:
    """Everybody who may come in."""
    rows = await connection.execute(
        select(*(ACCOUNT.c[name] for name in ("id", "username", "name", "role", "scope"))).where(
            ACCOUNT.c.disabled_at.is_(None)
        )
    )
    return [Account(row.id, row.username, row.name, Role(row.role), row.scope) for row in rows]


async def open_session(
    connection: AsyncConnection, account: Account, address: str, browser: str, now: datetime, lifetime: Lifetime
) -> tuple[str, StaffSession]:
    """A new session and its token; those that are over go, and the account's oldest beyond SESSIONS."""
    token = new_secret()
    over = (STAFF_SESSION.c.created_at <= now - lifetime.most) | (STAFF_SESSION.c.seen_at <= now - lifetime.idle)
    await connection.execute(delete(STAFF_SESSION).where(over))
    rows = await connection.execute(
        select(STAFF_SESSION.c.token_hash)
        .where(STAFF_SESSION.c.account_id == account.id)
        .order_by(STAFF_SESSION.c.seen_at.desc())
        .offset(SESSIONS - 1)
    )
    if surplus := [row.token_hash for row in rows]:
        await connection.execute(delete(STAFF_SESSION).where(STAFF_SESSION.c.token_hash.in_(surplus)))
    await connection.execute(
        insert(STAFF_SESSION).values(
            token_hash=digest(token),
            account_id=account.id,
            created_at=now,
            seen_at=now,
            address=address[:64],
            browser=browser[:120] or None,
        )
    )
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


async def end_sessions(connection: AsyncConnection, account_id: int, *, keep: str = "") -> None:
    """Every browser of the account is signed out, but for the session of the token `keep`."""
    mine = STAFF_SESSION.c.account_id == account_id
    await connection.execute(delete(STAFF_SESSION).where(mine & (STAFF_SESSION.c.token_hash != digest(keep))))


async def sign_out(connection: AsyncConnection, token: str) -> None:
    await connection.execute(delete(STAFF_SESSION).where(STAFF_SESSION.c.token_hash == digest(token)))


async def disable(connection: AsyncConnection, username: str, now: datetime) -> None:
    """Close an account and every browser it is signed in with."""
    ids = select(ACCOUNT.c.id).where(ACCOUNT.c.username == username.lower())
    await connection.execute(delete(STAFF_SESSION).where(STAFF_SESSION.c.account_id.in_(ids)))
    await connection.execute(delete(KNOWN_BROWSER).where(KNOWN_BROWSER.c.account_id.in_(ids)))
    await connection.execute(update(ACCOUNT).where(ACCOUNT.c.username == username.lower()).values(disabled_at=now))


async def enable(connection: AsyncConnection, username: str) -> None:
    """Open a closed account again."""
    await connection.execute(update(ACCOUNT).where(ACCOUNT.c.username == username.lower()).values(disabled_at=None))
