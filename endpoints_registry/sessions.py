"""The browsers that somebody is signed in with: seen, and signed out, one or all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import structlog
from aiohttp import web
from sqlalchemy import delete, select

from endpoints_registry import accounts
from endpoints_registry.access import Caller, Role, answers_for
from endpoints_registry.accounts import digest
from endpoints_registry.bodies.signing import SessionsAnswer, SessionsQuery, SessionTold
from endpoints_registry.door import CALLER, Open, Route, nowhere
from endpoints_registry.registry import Registry
from endpoints_registry.signing import person
from endpoints_registry.tables import ACCOUNT, STAFF_SESSION
from endpoints_registry.taking import answer, query_of

log = structlog.get_logger("sessions")

LETTERS = 16
"""Of the hash of its token: enough to name a session, and no help to whoever wants to have it."""


@dataclass(frozen=True, slots=True)
class _Open:
    id: str
    account_id: int
    username: str
    name: str
    role: Role
    address: str
    browser: str
    created_at: datetime
    seen_at: datetime


class Sessions:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def routes(self) -> tuple[Route, ...]:
        every = "/api/v1/sessions"
        return (
            Route(
                "GET",
                every,
                self.listed,
                Open.SIGNED_IN,
                "Các trình duyệt đang đăng nhập: của tôi, hoặc của người mà tôi quản lý tài khoản",
                query=SessionsQuery,
                answers={200: SessionsAnswer, 401: None, 404: None, 422: None},
            ),
            Route(
                "DELETE",
                every,
                self.end_all,
                Open.SIGNED_IN,
                "Đăng xuất mọi trình duyệt khác của tôi, hoặc mọi trình duyệt của người mà tôi quản lý tài khoản",
                query=SessionsQuery,
                answers={204: None, 401: None, 404: None, 422: None},
            ),
            Route(
                "DELETE",
                f"{every}/{{session}}",
                self.end,
                Open.SIGNED_IN,
                "Đăng xuất một trình duyệt",
                answers={204: None, 401: None, 404: None},
            ),
        )

    async def listed(self, request: web.Request) -> web.Response:
        current = digest(person(request).secret)[:LETTERS]
        wanted = query_of(request, SessionsQuery).username
        account_id = await self._account(request[CALLER], wanted)
        told = [
            SessionTold(
                id=each.id,
                username=each.username,
                name=each.name,
                address=each.address,
                browser=each.browser,
                created_at=each.created_at,
                seen_at=each.seen_at,
                current=each.id == current,
            )
            for each in await self._open()
            if each.account_id == account_id
        ]
        return answer(SessionsAnswer(sessions=told))

    async def end(self, request: web.Request) -> web.Response:
        person(request)
        wanted = request.match_info["session"]
        for each in await self._open():
            if each.id == wanted and answers_for(request[CALLER], each.username, each.role):
                async with self._registry.store.writing() as connection:
                    await connection.execute(
                        delete(STAFF_SESSION).where(STAFF_SESSION.c.token_hash.startswith(each.id, autoescape=True))
                    )
                self._registry.keyring.forget()
                log.info("session-ended", user=each.username, by=request[CALLER].name)
                return web.Response(status=204)
        raise nowhere()

    async def end_all(self, request: web.Request) -> web.Response:
        current = person(request).secret
        wanted = query_of(request, SessionsQuery).username
        account_id = await self._account(request[CALLER], wanted)
        async with self._registry.store.writing() as connection:
            await accounts.end_sessions(connection, account_id, keep="" if wanted else current)
        self._registry.keyring.forget()
        log.info("sessions-ended", user=wanted or "own", by=request[CALLER].name)
        return web.Response(status=204)

    async def _account(self, caller: Caller, wanted: str | None) -> int:
        username = wanted.strip().lower() if wanted is not None else caller.username
        async with self._registry.store.reading() as connection:
            rows = await connection.execute(select(ACCOUNT.c.id, ACCOUNT.c.username, ACCOUNT.c.role))
            for row in rows:
                if row.username == username and answers_for(caller, row.username, Role(row.role)):
                    return int(row.id)
        raise nowhere()

    async def _open(self) -> Collection[_Open]:
        """Those that are not over, the one seen last first."""
        now, lifetime = self._registry.now(), self._registry.staff_lifetime
        live = (STAFF_SESSION.c.created_at > now - lifetime.most) & (STAFF_SESSION.c.seen_at > now - lifetime.idle)
        async with self._registry.store.reading() as connection:
            rows = await connection.execute(
                select(STAFF_SESSION, ACCOUNT.c.username, ACCOUNT.c.name, ACCOUNT.c.role)
                .join_from(STAFF_SESSION, ACCOUNT)
                .where(live)
                .order_by(STAFF_SESSION.c.seen_at.desc())
            )
            return [
                _Open(
                    id=row.token_hash[:LETTERS],
                    account_id=row.account_id,
                    username=row.username,
                    name=row.name,
                    role=Role(row.role),
                    address=row.address,
                    browser=row.browser or "",
                    created_at=row.created_at,
                    seen_at=row.seen_at,
                )
                for row in rows
            ]
