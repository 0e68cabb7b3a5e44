"""API tokens: by one of these a program comes in for its holder, with less than they may do or as much, for a time."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry.access import Role, lends
from endpoints_registry.accounts import Account, WrongAccount, check_post, digest, new_secret
from endpoints_registry.tables import ACCOUNT, API_TOKEN
from endpoints_registry.words import STAFF_ROLES

BEGINS = "api_"
LONGEST = timedelta(days=400)
"""Nobody remembers for longer what a token was for."""
TOKENS = 50
"""Of one account."""
# A prefix is no secret: it is how people tell one token from another.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class WrongToken(Exception):
    """The token cannot be made so; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """`scope` is a unit's or a cluster's code; None is everywhere."""

    id: int
    name: str
    prefix: str
    holder: Account
    role: Role
    scope: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


def check(holder: Account, role: Role, expires_at: datetime, now: datetime) -> None:
    """Whether somebody may make such a token for themselves; their scope is another question. Raises WrongToken."""
    if not lends(holder.role, role):
        allowed = ", ".join(STAFF_ROLES[each] for each in STAFF_ROLES if lends(holder.role, Role(each)))
        raise WrongToken(f"Mã API chỉ được phép làm những gì bạn được làm: {allowed}.")
    if not now < expires_at <= now + LONGEST:
        raise WrongToken(f"Hạn dùng phải sau lúc này và trong vòng {LONGEST.days} ngày.")


async def issue(
    connection: AsyncConnection,
    holder: Account,
    name: str,
    role: Role,
    scope: str | None,
    expires_at: datetime,
    now: datetime,
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is never seen again. Raises WrongToken."""
    check(holder, role, expires_at, now)
    try:
        check_post(role, scope)
    except WrongAccount as wrong:
        raise WrongToken(str(wrong)) from wrong
    await sweep(connection, now)
    mine = select(func.count()).select_from(API_TOKEN).where(API_TOKEN.c.account_id == holder.id)
    if (await connection.scalar(mine) or 0) >= TOKENS:
        raise WrongToken(f"Đã có {TOKENS} mã API; hãy thu hồi mã không dùng.")
    prefix = BEGINS + "".join(secrets.choice(_LETTERS) for _ in range(8))
    secret = f"{prefix}_{new_secret()}"
    made = await connection.execute(
        insert(API_TOKEN)
        .values(
            token_hash=digest(secret),
            prefix=prefix,
            account_id=holder.id,
            name=name,
            role=role.value,
            scope=scope,
            created_at=now,
            expires_at=expires_at,
        )
        .returning(API_TOKEN.c.id)
    )
    return ApiToken(made.scalar_one(), name, prefix, holder, role, scope, now, expires_at, None), secret


async def found(connection: AsyncConnection, secret: str) -> ApiToken | None:
    """The token of this secret, over or not; None when there is none or its holder's account was closed."""
    (token, *_) = await _read(connection, API_TOKEN.c.token_hash == digest(secret)) or (None,)
    return token


async def listed(connection: AsyncConnection) -> list[ApiToken]:
    """Every token of every account that is open, the newest first."""
    return await _read(connection, API_TOKEN.c.id.is_not(None))


async def _read(connection: AsyncConnection, which: object) -> list[ApiToken]:
    rows = await connection.execute(
        select(
            *(API_TOKEN.c[name] for name in ("id", "name", "prefix", "role", "scope")),
            *(API_TOKEN.c[name] for name in ("created_at", "expires_at", "used_at")),
            *(ACCOUNT.c[name].label(f"holder_{name}") for name in ("id", "username", "name", "role", "scope")),
        )
        .join_from(API_TOKEN, ACCOUNT)
        .where(which, ACCOUNT.c.disabled_at.is_(None))  # type: ignore[arg-type]
        .order_by(API_TOKEN.c.id.desc())
    )
    return [
        ApiToken(
            row.id,
            row.name,
            row.prefix,
            Account(row.holder_id, row.holder_username, row.holder_name, Role(row.holder_role), row.holder_scope),
            Role(row.role),
            row.scope,
            row.created_at,
            row.expires_at,
            row.used_at,
        )
        for row in rows
    ]


async def used(connection: AsyncConnection, id: int, now: datetime) -> None:
    await connection.execute(update(API_TOKEN).where(API_TOKEN.c.id == id).values(used_at=now))


async def revoke(connection: AsyncConnection, id: int) -> None:
    await connection.execute(delete(API_TOKEN).where(API_TOKEN.c.id == id))


async def sweep(connection: AsyncConnection, now: datetime) -> int:
    """Those that are over go."""
    return (await connection.execute(delete(API_TOKEN).where(API_TOKEN.c.expires_at <= now))).rowcount
