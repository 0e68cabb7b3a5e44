"""Who holds which key: what a request proves, found in memory because every request asks."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Generic, TypeVar

import structlog
from aiohttp import hdrs, web
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry import accounts, credentials, tokens, walls
from endpoints_registry.access import USER, Caller, Role, covers, lends
from endpoints_registry.accounts import Account, Lifetime, StaffSession
from endpoints_registry.credentials import LINK_LIFETIME, PhoneSession
from endpoints_registry.database import Store
from endpoints_registry.door import LINK_HEADER, WALL_HEADER, Credential
from endpoints_registry.tokens import ApiToken
from endpoints_registry.walls import WALL_LIFETIME, Wall, WallSession

log = structlog.get_logger("keyring")

# 40,000 phones and as many agents fit; the one unused the longest is read from the database again.
REMEMBERED = 100_000
# A seen_at on disk may lag by this much: a write per request would cost more than it says.
SEEN_EVERY = timedelta(minutes=5)
LINK_QUERY = "link"
"""Sockets cannot carry the Bridge-Link header, so a phone names its link in the address; the handle is no secret."""
WALL_QUERY = "wall"
"""And so does a screen on a wall."""

Key = TypeVar("Key", bound=Hashable)
Held = TypeVar("Held")


class _Memory(Generic[Key, Held]):
    """The last so many that were asked for."""

    def __init__(self, most: int) -> None:
        self._held: OrderedDict[Key, Held] = OrderedDict()
        self._most = most

    def get(self, key: Key) -> Held | None:
        if key not in self._held:
            return None
        self._held.move_to_end(key)
        return self._held[key]

    def put(self, key: Key, held: Held) -> None:
        self._held[key] = held
        self._held.move_to_end(key)
        if len(self._held) > self._most:
            self._held.popitem(last=False)

    def drop(self, key: Key) -> None:
        self._held.pop(key, None)


@dataclass(slots=True)
class _Open:
    """A session in memory, and when it was last seen: here, and on disk."""

    session: StaffSession | PhoneSession | WallSession
    seen_at: datetime
    noted_at: datetime


@dataclass(slots=True)
class _Lent:
    """An API token in memory, and when its use was last noted on disk."""

    token: ApiToken
    noted_at: datetime


class Keyring:
    """Resolves a request to its credential. What is revoked through the registry is forgotten here at once."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        scope: Callable[[str], frozenset[str]],
        path: Callable[[str], Collection[str]],
        staff_lifetime: Lifetime,
        secure: bool,
    ) -> None:
        self._store = store
        self._now = now
        self._scope = scope
        self._path = path
        self._staff_lifetime = staff_lifetime
        self.secure = secure
        self._sessions: _Memory[str, _Open] = _Memory(REMEMBERED)
        self._agents: _Memory[str, str] = _Memory(REMEMBERED)
        self._lent: _Memory[str, _Lent] = _Memory(REMEMBERED)
        self.epoch = 0
        """Grows with everything that is revoked."""
        self.revoked = asyncio.Event()
        """Set whenever it grows; whoever waits for it clears it."""

    # __Host- binds a cookie to this host, https and the whole path; plain http on a loopback cannot have it.
    @property
    def staff_cookie(self) -> str:
        return "__Host-bridge" if self.secure else "bridge"

    def known_cookie(self, username: str) -> str:
        """In which a browser proves that this account's holder came in by it before."""
        # One for each account, as an office may share a browser; hashed, as a user name may hold what a cookie's may not.
        name = f"known-{accounts.digest(username.strip().lower())[:12]}"
        return f"__Host-{name}" if self.secure else name

    def known(self, request: web.Request, username: str) -> str:
        return _cookie(request, self.known_cookie(username))

    def link_cookie(self, handle: str) -> str:
        return f"__Host-link-{handle}" if self.secure else f"link-{handle}"

    def wall_cookie(self, handle: str) -> str:
        return f"__Host-wall-{handle}" if self.secure else f"wall-{handle}"

    def on_screen(self, request: web.Request, handle: str) -> str:
        """The token that a screen has kept of this wall's link; "" if none."""
        return _cookie(request, self.wall_cookie(handle))

    def set_cookie(self, response: web.Response, name: str, token: str, *, strict: bool, lifetime: Lifetime) -> None:
        response.set_cookie(
            name,
            token,
            path="/",
            httponly=True,
            secure=self.secure,
            samesite="Strict" if strict else "Lax",
            max_age=int(lifetime.most.total_seconds()),
        )

    def __call__(self, request: web.Request) -> Credential | Awaitable[Credential | None]:
        """A bearer token wins over a named link or wall, and that over the staff's cookie; none stands in for another."""
        headers = request.headers
        if (handle := headers.get(LINK_HEADER)) and hdrs.AUTHORIZATION not in headers:
            return self._remembered_phone(handle, request) or self.found(request)
        return self.found(request)

    def _remembered_phone(self, handle: str, request: web.Request) -> Credential | None:
        """A hall's own session, if it is in memory and still good; otherwise it is looked for the long way."""
        token = _cookie(request, self.link_cookie(handle))
        held = self._sessions.get(f"phone {token}")
        if held is None or not isinstance(held.session, PhoneSession) or held.session.handle != handle:
            return None
        now = self._now()
        if LINK_LIFETIME.over(held.session.created_at, held.seen_at, now):
            return None
        held.seen_at = now
        return _phones(held.session.point, token)

    async def found(self, request: web.Request) -> Credential | None:
        if given := request.headers.get("Authorization"):
            kind, _, token = given.partition(" ")
            if kind.lower() != "bearer":
                return None
            token = token.strip()
            return await (self.program(token) if token.startswith(tokens.BEGINS) else self.agent(token))
        if handle := request.headers.get(LINK_HEADER) or request.query.get(LINK_QUERY):
            return await self.phone(handle, _cookie(request, self.link_cookie(handle)))
        if handle := request.headers.get(WALL_HEADER) or request.query.get(WALL_QUERY):
            return await self.screen(handle, self.on_screen(request, handle))
        return await self.staff(_cookie(request, self.staff_cookie))

    async def staff(self, token: str) -> Credential | None:
        found = await self._session(f"staff {token}", token, self._staff_lifetime) if token else None
        if found is None or not isinstance(found, StaffSession):
            return None
        return Credential(self.caller(found.account), ambient=True, secret=token)

    def caller(self, account: Account) -> Caller:
        """The holder of an account, with the scope that it has today."""
        return Caller(
            name=f"{USER}{account.username}",
            role=account.role,
            everywhere=account.scope is None,
            units=frozenset() if account.scope is None else self._scope(account.scope),
            shown=account.name,
        )

    async def phone(self, handle: str, token: str) -> Credential | None:
        found = await self._session(f"phone {token}", token, LINK_LIFETIME) if token else None
        if found is None or not isinstance(found, PhoneSession) or found.handle != handle:
            return None
        return _phones(found.point, token)

    async def screen(self, handle: str, token: str) -> Credential | None:
        """A screen on a wall, which no person has come in by."""
        wall = await self.wall(handle, token)
        if wall is None:
            return None
        caller = Caller(
            name=f"wall:{wall.handle}",
            role=Role.WALL,
            everywhere=wall.unit is None,
            units=frozenset() if wall.unit is None else frozenset({wall.unit}),
            shown=wall.name,
        )
        return Credential(caller, ambient=True, secret=token, terms=wall)

    async def wall(self, handle: str, token: str) -> Wall | None:
        """Which wall a screen hangs on; None if it may no longer."""
        found = await self._session(f"wall {token}", token, WALL_LIFETIME) if token else None
        if found is None or not isinstance(found, WallSession) or found.wall.handle != handle:
            return None
        return found.wall

    async def own_phone(self, request: web.Request, handle: str) -> Credential | None:
        """The open session that this phone has of the link already."""
        return await self.phone(handle, _cookie(request, self.link_cookie(handle)))

    async def agent(self, token: str) -> Credential | None:
        if not token:
            return None
        point = self._agents.get(token)
        if point is None:
            epoch = self.epoch
            async with self._store.reading() as connection:
                point = (await credentials.agents_points(connection, [token])).get(token)
            if point is None:
                return None
            # Revoked while we read: what we saw may be the past.
            if epoch == self.epoch:
                self._agents.put(token, point)
        return Credential(Caller(name=f"agent:{point}", role=Role.AGENT, point=point), ambient=False, secret=token)

    async def program(self, secret: str) -> Credential | None:
        """A program that speaks for somebody: never with more than they may do now, whatever it was given once."""
        held = self._lent.get(secret)
        if held is None:
            epoch = self.epoch
            async with self._store.reading() as connection:
                found = await tokens.found(connection, secret)
            if found is None:
                return None
            held = _Lent(found, found.used_at or found.created_at)
            if epoch == self.epoch:
                self._lent.put(secret, held)
        token, now = held.token, self._now()
        holder = self.caller(token.holder)
        units = frozenset() if token.scope is None else self._scope(token.scope)
        if now >= token.expires_at or not lends(holder.role, token.role):
            return None
        # The holder's own scope may be a unit of another day, which nothing covers by its path.
        if token.scope != token.holder.scope and not (
            holder.everywhere or (units and all(covers(holder, path=self._path(unit)) for unit in units))
        ):
            return None
        if token.used_at is None or now - held.noted_at >= SEEN_EVERY:
            held.noted_at, held.token = now, replace(token, used_at=now)
            await self._note(lambda connection: tokens.used(connection, token.id, now))
        caller = Caller(
            name=holder.name,
            role=token.role,
            everywhere=token.scope is None,
            units=units,
            shown=f"{holder.shown} ({token.name})",
            via=token.prefix,
        )
        return Credential(caller, ambient=False, secret=secret)

    async def _note(self, write: Callable[[AsyncConnection], Awaitable[None]]) -> None:
        try:
            async with self._store.writing() as connection:
                await write(connection)
        except (DBAPIError, PoolTimeout) as failed:
            # A full disk keeps nobody from looking: what was not noted now will be in five minutes.
            log.warning("use-not-noted", why=str(failed.__cause__ or failed))

    async def _session(
        self, key: str, token: str, lifetime: Lifetime
    ) -> StaffSession | PhoneSession | WallSession | None:
        now = self._now()
        held = self._sessions.get(key)
        if held is None:
            epoch = self.epoch
            async with self._store.reading() as connection:
                found = await _read(connection, key, token)
            if found is None:
                return None
            held = _Open(found, found.seen_at, found.seen_at)
            if epoch == self.epoch:
                self._sessions.put(key, held)
        if lifetime.over(held.session.created_at, held.seen_at, now):
            return None
        held.seen_at = now
        # Not a phone's: its act must never wait behind an import for the registry's one writer.
        if not isinstance(held.session, PhoneSession) and now - held.noted_at >= SEEN_EVERY:
            held.noted_at = now
            seen = accounts.seen if isinstance(held.session, StaffSession) else walls.seen
            await self._note(lambda connection: seen(connection, token, now))
        return held.session

    async def recall(self, requests: Iterable[web.Request]) -> None:
        """Read back at once what these halls' phones and machines hold, where it is not in memory: one by one, some thousands
        would take seconds."""
        phones, agents = dict[str, str](), set[str]()
        for request in requests:
            kind, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
            if kind.lower() == "bearer":
                agents.add(token.strip())
            elif handle := request.headers.get(LINK_HEADER) or request.query.get(LINK_QUERY):
                token = _cookie(request, self.link_cookie(handle))
                phones[token] = f"phone {token}"
        missing = [token for token, key in phones.items() if token and self._sessions.get(key) is None]
        unknown = [
            each for each in agents if not each.startswith(tokens.BEGINS) and each and self._agents.get(each) is None
        ]
        epoch = self.epoch
        async with self._store.reading() as connection:
            sessions = await credentials.phone_sessions(connection, missing)
            points = await credentials.agents_points(connection, unknown)
        # Revoked while we read: what we saw may be the past.
        if epoch == self.epoch:
            for token, session in sessions.items():
                self._sessions.put(phones[token], _Open(session, session.seen_at, session.seen_at))
            for token, point in points.items():
                self._agents.put(token, point)

    def signed_out(self, token: str) -> None:
        self._grow()
        self._sessions.drop(f"staff {token}")

    def forget(self) -> None:
        """Something was revoked or changed: everything is read anew. Rare, and cheaper than to be wrong."""
        self._grow()
        self._sessions = _Memory(REMEMBERED)
        self._agents = _Memory(REMEMBERED)
        self._lent = _Memory(REMEMBERED)

    def _grow(self) -> None:
        self.epoch += 1
        self.revoked.set()


async def _read(connection: AsyncConnection, key: str, token: str) -> StaffSession | PhoneSession | WallSession | None:
    match key.partition(" ")[0]:
        case "staff":
            return await accounts.session(connection, token)
        case "wall":
            return await walls.session(connection, token)
        case _:
            return (await credentials.phone_sessions(connection, [token])).get(token)


@lru_cache(REMEMBERED)
def _phones(point: str, token: str) -> Credential:
    """What a phone's session is good for. Always the same, and asked with every report: made once."""
    return Credential(Caller(name=f"point:{point}", role=Role.OPERATOR, point=point), ambient=True, secret=token)


def _cookie(request: web.Request, name: str) -> str:
    """The value of a cookie of ours, or nothing. Ours are plain words: to parse all of them as the library does takes as
    long as everything else that the gate asks."""
    value = ""
    for each in request.headers.get(hdrs.COOKIE, "").split(";"):
        key, _, given = each.strip().partition("=")
        if key == name:
            value = given
    return value
