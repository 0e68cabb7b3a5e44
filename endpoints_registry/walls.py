"""What opens a screen on a wall: a link of its own that shows the board of a unit, or all of it. Only hashes are kept."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry import attempts
from endpoints_registry.accounts import Lifetime, digest, new_secret
from endpoints_registry.arriving import neighbourhood
from endpoints_registry.credentials import UnknownLink, new_handle
from endpoints_registry.database import Store
from endpoints_registry.tables import PAIRED_FROM, WALL, WALL_SESSION

# A screen goes dark between conferences, some weeks; browsers keep no cookie for longer than 400 days.
WALL_LIFETIME = Lifetime(idle=timedelta(days=30), most=timedelta(days=400))
SCREENS = 20
"""On which one link may be open; the one unused the longest goes."""
WALLS = 200
"""That hang at the same time: one in each district's hall, and as many again."""

_NO_LINK = "Liên kết của màn hình không đúng hoặc đã được thay; hãy xin ban tổ chức liên kết mới."


class WrongWall(Exception):
    """The link cannot be made so; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Wall:
    """`unit` is whose board it shows; None is everything. `views` are `name:seconds`, in the order in which they take turns."""

    handle: str
    name: str
    unit: str | None
    views: tuple[str, ...]
    theme: str
    language: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Hung:
    """A wall with its secret, which is never seen again."""

    wall: Wall
    secret: str

    @property
    def path(self) -> str:
        # Behind the #, so that no log and no previewer ever gets the secret.
        return f"/wall#{self.wall.handle}.{self.secret}"


@dataclass(frozen=True, slots=True)
class Line:
    """A wall as whoever hands out links sees it."""

    wall: Wall
    screens: int
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class WallSession:
    """One screen that opened a wall's link."""

    wall: Wall
    created_at: datetime
    seen_at: datetime


async def hang(
    connection: AsyncConnection,
    name: str,
    unit: str | None,
    views: Sequence[str],
    theme: str,
    language: str,
    now: datetime,
) -> Hung:
    """A new link. Raises WrongWall where there are too many."""
    hanging = select(func.count()).select_from(WALL).where(WALL.c.revoked_at.is_(None))
    if (await connection.scalar(hanging) or 0) >= WALLS:
        raise WrongWall(f"Đã có {WALLS} liên kết màn hình; hãy thu hồi liên kết không dùng.")
    wall, secret = Wall(new_handle(), name, unit, tuple(views), theme, language, now), new_secret()
    await connection.execute(
        insert(WALL).values(
            handle=wall.handle,
            secret_hash=digest(secret),
            created_at=now,
            **_settings(wall),
        )
    )
    return Hung(wall, secret)


async def change(connection: AsyncConnection, wall: Wall) -> None:
    """It shows this from now on; its link and its screens stay."""
    await connection.execute(update(WALL).where(WALL.c.handle == wall.handle).values(_settings(wall)))


def _settings(wall: Wall) -> dict[str, str | None]:
    """What may be changed of it later."""
    return {
        "name": wall.name,
        "unit_code": wall.unit,
        "views": " ".join(wall.views),
        "theme": wall.theme,
        "language": wall.language,
    }


async def listed(connection: AsyncConnection, now: datetime) -> list[Line]:
    """Those that hang now, the newest first, and on how many screens each is open."""
    open_now = and_(
        WALL_SESSION.c.handle == WALL.c.handle,
        WALL_SESSION.c.seen_at > now - WALL_LIFETIME.idle,
        WALL_SESSION.c.created_at > now - WALL_LIFETIME.most,
    )
    rows = await connection.execute(
        select(
            *_COLUMNS,
            func.count(WALL_SESSION.c.token_hash).label("screens"),
            func.max(WALL_SESSION.c.seen_at).label("last"),
        )
        .select_from(WALL.outerjoin(WALL_SESSION, open_now))
        .where(WALL.c.revoked_at.is_(None))
        .group_by(*_COLUMNS)
        .order_by(WALL.c.created_at.desc(), WALL.c.handle)
    )
    return [Line(_wall(row), row.screens, row.last) for row in rows]


async def renew(connection: AsyncConnection, wall: Wall) -> Hung:
    """Another secret for the same wall; the earlier one, and every screen that came in by it, stop at once."""
    secret = new_secret()
    await connection.execute(delete(WALL_SESSION).where(WALL_SESSION.c.handle == wall.handle))
    await connection.execute(update(WALL).where(WALL.c.handle == wall.handle).values(secret_hash=digest(secret)))
    return Hung(wall, secret)


async def take_down(connection: AsyncConnection, wall: Wall, now: datetime) -> None:
    """The link opens nothing any more, and every screen that is open by it closes."""
    await connection.execute(delete(WALL_SESSION).where(WALL_SESSION.c.handle == wall.handle))
    await connection.execute(update(WALL).where(WALL.c.handle == wall.handle).values(revoked_at=now))


async def exchange(
    store: Store, handle: str, secret: str, held: str, address: str, now: datetime
) -> tuple[str, WallSession]:
    """A session for this screen, and its token. Raises UnknownLink, TooManyTries.

    `held` is the token that the screen has already: while it is good it stays, so that a page that is loaded again and
    again takes nobody else's place. A right secret always passes, as a phone's does.
    """
    # A handle of other letters is none of ours, and not every text may be asked of every database.
    handle = handle if handle.isascii() and handle.isalnum() else ""
    async with store.reading() as connection:
        row = (
            await connection.execute(
                select(WALL.c.secret_hash, *_COLUMNS).where(WALL.c.handle == handle, WALL.c.revoked_at.is_(None))
            )
        ).first()
        open_already = await session(connection, held) if held else None
    right = hmac.compare_digest(digest(secret), row.secret_hash if row else digest("nobody"))
    if row is None or not right:
        async with store.writing() as connection:
            await attempts.check(connection, f"link:{neighbourhood(address)}", now)
            await attempts.note(connection, f"link:{neighbourhood(address)}", now)
        raise UnknownLink(_NO_LINK)
    if open_already is not None and open_already.wall.handle == handle and not _over(open_already, now):
        return held, open_already
    async with store.writing() as connection:
        return await _opened(connection, _wall(row), now)


async def let_in(connection: AsyncConnection, handle: str, now: datetime) -> tuple[str, WallSession]:
    """A session for a screen for which somebody has spoken, and its token. Raises UnknownLink."""
    row = (
        await connection.execute(select(*_COLUMNS).where(WALL.c.handle == handle, WALL.c.revoked_at.is_(None)))
    ).first()
    if row is None:
        raise UnknownLink(_NO_LINK)
    return await _opened(connection, _wall(row), now)


async def _opened(connection: AsyncConnection, wall: Wall, now: datetime) -> tuple[str, WallSession]:
    token = new_secret()
    await _make_room(connection, wall.handle, now)
    await connection.execute(
        insert(WALL_SESSION).values(token_hash=digest(token), handle=wall.handle, created_at=now, seen_at=now)
    )
    return token, WallSession(wall, now, now)


async def paired(connection: AsyncConnection, wall: Wall, screen: str, now: datetime) -> None:
    """Note that somebody has spoken for a screen: the audit log tells of what is written."""
    await connection.execute(
        update(WALL).where(WALL.c.handle == wall.handle).values(paired_at=now, paired_from=screen[:PAIRED_FROM])
    )


def _over(session: WallSession, now: datetime) -> bool:
    return WALL_LIFETIME.over(session.created_at, session.seen_at, now)


async def _make_room(connection: AsyncConnection, handle: str, now: datetime) -> None:
    """Those that are over go, and the one unused the longest beyond SCREENS."""
    mine = WALL_SESSION.c.handle == handle
    over = (WALL_SESSION.c.created_at <= now - WALL_LIFETIME.most) | (
        WALL_SESSION.c.seen_at <= now - WALL_LIFETIME.idle
    )
    await connection.execute(delete(WALL_SESSION).where(mine & over))
    rows = await connection.execute(
        select(WALL_SESSION.c.token_hash).where(mine).order_by(WALL_SESSION.c.seen_at.desc()).offset(SCREENS - 1)
    )
    if surplus := [row.token_hash for row in rows]:
        await connection.execute(delete(WALL_SESSION).where(WALL_SESSION.c.token_hash.in_(surplus)))


async def session(connection: AsyncConnection, token: str) -> WallSession | None:
    """Which wall this screen hangs on, its session over or not; None when there is none or the link was revoked."""
    row = (
        await connection.execute(
            select(*_COLUMNS, WALL_SESSION.c.created_at.label("opened_at"), WALL_SESSION.c.seen_at)
            .select_from(WALL_SESSION.join(WALL))
            .where(WALL_SESSION.c.token_hash == digest(token), WALL.c.revoked_at.is_(None))
        )
    ).first()
    return WallSession(_wall(row), row.opened_at, row.seen_at) if row else None


async def seen(connection: AsyncConnection, token: str, now: datetime) -> None:
    await connection.execute(update(WALL_SESSION).where(WALL_SESSION.c.token_hash == digest(token)).values(seen_at=now))


_COLUMNS = tuple(WALL.c[name] for name in ("handle", "name", "unit_code", "views", "theme", "language", "created_at"))


def _wall(row: object) -> Wall:
    handle, name, unit, views, theme, language, created_at = (getattr(row, column.name) for column in _COLUMNS)
    return Wall(handle, name, unit, tuple(views.split()), theme, language, created_at)
