"""What opens a point: the operator's link and the token of the room's machine. Only hashes are kept."""

import hmac
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Select, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry import attempts, pins
from endpoints_registry.accounts import Lifetime, digest, new_secret
from endpoints_registry.arriving import neighbourhood
from endpoints_registry.database import Store
from endpoints_registry.passwords import Passwords
from endpoints_registry.tables import AGENT_TOKEN, LINK_SESSION, POINT, POINT_LINK, POINT_PIN

# The phone exchanges its link again by itself when this ends: no idle time, whose bookkeeping would cost a write.
LINK_LIFETIME = Lifetime(idle=timedelta(days=2), most=timedelta(days=2))
DEVICES = 20
"""Phones that one link may be open on; the one that opened it first goes."""
# Without l, o, 0, 1: people read handles to each other over the phone.
_HANDLE_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
# As many parameters as a statement may have on every SQLite.
_AT_ONCE = 500


class UnknownLink(Exception):
    """No such link, another secret, or revoked: which of them is nobody's business."""


@dataclass(frozen=True, slots=True)
class Link:
    """A new link; its secret is never seen again."""

    handle: str
    secret: str

    @property
    def path(self) -> str:
        # Behind the #, so that no log and no chat's previewer ever gets the secret.
        return f"/p/{self.handle}#{self.secret}"


@dataclass(frozen=True, slots=True)
class PhoneSession:
    """One phone that opened the link of a point."""

    handle: str
    point: str
    created_at: datetime

    @property
    def seen_at(self) -> datetime:
        """A phone's session ends by its age alone: when it was last seen is not written down."""
        return self.created_at


def drawn_links(point_ids: Collection[int]) -> Mapping[int, Link]:
    """A link for each point; it opens nothing before it is put."""
    return {point_id: Link(new_handle(), new_secret()) for point_id in point_ids}


async def put_links(connection: AsyncConnection, links: Mapping[int, Link], now: datetime) -> None:
    """From now on these open the points; whatever opened them before stops working at once."""
    await revoke_links(connection, links.keys(), now)
    rows = [
        {"handle": link.handle, "point_id": point_id, "secret_hash": digest(link.secret), "created_at": now}
        for point_id, link in links.items()
    ]
    if rows:
        await connection.execute(insert(POINT_LINK), rows)


@dataclass(frozen=True, slots=True)
class LiveLink:
    handle: str
    created_at: datetime
    phones: int


async def live_links(connection: AsyncConnection, now: datetime) -> Mapping[int, LiveLink]:
    """By point: its link, and on how many phones it is open."""
    open_now = and_(LINK_SESSION.c.handle == POINT_LINK.c.handle, LINK_SESSION.c.created_at > now - LINK_LIFETIME.most)
    rows = await connection.execute(
        select(
            POINT_LINK.c.point_id,
            POINT_LINK.c.handle,
            POINT_LINK.c.created_at,
            func.count(LINK_SESSION.c.token_hash).label("phones"),
        )
        .select_from(POINT_LINK.outerjoin(LINK_SESSION, open_now))
        .where(POINT_LINK.c.revoked_at.is_(None))
        .group_by(POINT_LINK.c.point_id, POINT_LINK.c.handle, POINT_LINK.c.created_at)
    )
    return {row.point_id: LiveLink(row.handle, row.created_at, row.phones) for row in rows}


@dataclass(frozen=True, slots=True)
class OpenPhone:
    device: str
    since: datetime


async def phones(connection: AsyncConnection, point_id: int, now: datetime) -> list[OpenPhone]:
    """The phones on which the point's link is open, the newest first."""
    rows = await connection.execute(
        select(LINK_SESSION.c.device, LINK_SESSION.c.created_at)
        .where(LINK_SESSION.c.handle.in_(_live(point_id)), LINK_SESSION.c.created_at > now - LINK_LIFETIME.most)
        .order_by(LINK_SESSION.c.created_at.desc())
    )
    return [OpenPhone(row.device, row.created_at) for row in rows]


async def end_phones(connection: AsyncConnection, point_id: int) -> None:
    """Every phone has to open the link again, and to say the PIN if there is one."""
    await connection.execute(delete(LINK_SESSION).where(LINK_SESSION.c.handle.in_(_live(point_id))))


def _live(point_id: int) -> Select[tuple[str]]:
    return select(POINT_LINK.c.handle).where(POINT_LINK.c.point_id == point_id, POINT_LINK.c.revoked_at.is_(None))


async def with_tokens(connection: AsyncConnection) -> frozenset[int]:
    """The points whose room has a token."""
    rows = await connection.execute(select(AGENT_TOKEN.c.point_id).where(AGENT_TOKEN.c.revoked_at.is_(None)))
    return frozenset(row.point_id for row in rows)


async def revoke_links(connection: AsyncConnection, point_ids: Collection[int], now: datetime) -> None:
    """Close the points' links and every phone that is open on them."""
    for some in _portions(point_ids):
        live = (POINT_LINK.c.point_id.in_(some)) & POINT_LINK.c.revoked_at.is_(None)
        handles = select(POINT_LINK.c.handle).where(live)
        await connection.execute(delete(LINK_SESSION).where(LINK_SESSION.c.handle.in_(handles)))
        await connection.execute(update(POINT_LINK).where(live).values(revoked_at=now))


async def exchange(
    store: Store,
    passwords: Passwords,
    handle: str,
    secret: str,
    device: str,
    address: str,
    now: datetime,
    *,
    pin: str = "",
    vouched: bool = False,
) -> tuple[str, PhoneSession]:
    """A session for this phone, and its token. Raises UnknownLink, pins.PinNeeded, pins.WrongPin, TooManyTries, TooBusy.

    A right secret always passes: phones share their network's address with strangers, and 192 bits are not guessed. Only
    then is the PIN asked for, if the point has one; not of a phone that is `vouched` for by an open session of its own.
    """
    # A handle of other letters is none of ours, and not every text may be asked of every database.
    handle = handle if handle.isascii() and handle.isalnum() else ""
    async with store.reading() as connection:
        found = await connection.execute(
            select(POINT_LINK.c.secret_hash, POINT.c.code, POINT_PIN.c.pin_hash)
            .select_from(POINT_LINK.join(POINT).outerjoin(POINT_PIN, POINT_PIN.c.point_id == POINT.c.id))
            .where(POINT_LINK.c.handle == handle, POINT_LINK.c.revoked_at.is_(None))
        )
        row = found.first()
    right = hmac.compare_digest(digest(secret), row.secret_hash if row else digest("nobody"))
    if row is None or not right:
        async with store.writing() as connection:
            await attempts.check(connection, f"link:{neighbourhood(address)}", now)
            await attempts.note(connection, f"link:{neighbourhood(address)}", now)
        raise UnknownLink("Liên kết không đúng hoặc đã được thay; hãy xin ban tổ chức liên kết mới.")
    if row.pin_hash is not None and not vouched:
        await pins.ask(store, passwords, handle, pin, row.pin_hash, now)
    token = new_secret()
    async with store.writing() as connection:
        await _make_room(connection, handle, device, now)
        await connection.execute(
            insert(LINK_SESSION).values(token_hash=digest(token), handle=handle, device=device[:64], created_at=now)
        )
    return token, PhoneSession(handle, row.code, now)


async def _make_room(connection: AsyncConnection, handle: str, device: str, now: datetime) -> None:
    """The same phone's earlier session goes, those that are over go, and the oldest beyond DEVICES."""
    mine = LINK_SESSION.c.handle == handle
    over = LINK_SESSION.c.created_at <= now - LINK_LIFETIME.most
    await connection.execute(delete(LINK_SESSION).where(mine & (over | (LINK_SESSION.c.device == device[:64]))))
    rows = await connection.execute(
        select(LINK_SESSION.c.token_hash).where(mine).order_by(LINK_SESSION.c.created_at.desc()).offset(DEVICES - 1)
    )
    if surplus := [row.token_hash for row in rows]:
        await connection.execute(delete(LINK_SESSION).where(LINK_SESSION.c.token_hash.in_(surplus)))


async def phone_sessions(connection: AsyncConnection, tokens: Collection[str]) -> Mapping[str, PhoneSession]:
    """By token, whose phones these are, their sessions over or not; without those of which there is none, or whose link was
    revoked."""
    found: dict[str, PhoneSession] = {}
    for some in _by_digest(tokens):
        rows = await connection.execute(
            select(LINK_SESSION.c.token_hash, LINK_SESSION.c.handle, POINT.c.code, LINK_SESSION.c.created_at)
            .select_from(LINK_SESSION.join(POINT_LINK).join(POINT))
            .where(LINK_SESSION.c.token_hash.in_(some), POINT_LINK.c.revoked_at.is_(None))
        )
        found |= {some[hashed]: PhoneSession(*session) for hashed, *session in rows}
    return found


async def issue_tokens(connection: AsyncConnection, point_ids: Sequence[int], now: datetime) -> Mapping[int, str]:
    """A new token for each room's machine; the earlier one stops working at once."""
    await revoke_tokens(connection, point_ids, now)
    tokens = {point_id: f"agent_{new_secret()}" for point_id in point_ids}
    rows = [
        {"token_hash": digest(token), "point_id": point_id, "created_at": now} for point_id, token in tokens.items()
    ]
    if rows:
        await connection.execute(insert(AGENT_TOKEN), rows)
    return tokens


async def revoke_tokens(connection: AsyncConnection, point_ids: Collection[int], now: datetime) -> None:
    for some in _portions(point_ids):
        live = AGENT_TOKEN.c.point_id.in_(some) & AGENT_TOKEN.c.revoked_at.is_(None)
        await connection.execute(update(AGENT_TOKEN).where(live).values(revoked_at=now))


async def agents_points(connection: AsyncConnection, tokens: Collection[str]) -> Mapping[str, str]:
    """By token, the code of the point that the machine stands in; without those that are not good, or no more."""
    found: dict[str, str] = {}
    for some in _by_digest(tokens):
        rows = await connection.execute(
            select(AGENT_TOKEN.c.token_hash, POINT.c.code)
            .join_from(AGENT_TOKEN, POINT)
            .where(AGENT_TOKEN.c.token_hash.in_(some), AGENT_TOKEN.c.revoked_at.is_(None))
        )
        found |= {some[hashed]: code for hashed, code in rows}
    return found


def _by_digest(tokens: Collection[str]) -> Iterator[dict[str, str]]:
    """What may be asked for at once: tokens by their digests, under which alone they are kept."""
    each = iter(tokens)
    while some := {digest(token): token for token in islice(each, _AT_ONCE)}:
        yield some


def new_handle() -> str:
    """Names a link in its address; no secret, and no two are alike."""
    return "".join(secrets.choice(_HANDLE_LETTERS) for _ in range(12))


def _portions(ids: Collection[int]) -> list[list[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE)]
