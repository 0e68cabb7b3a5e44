"""Coming in by the word of the city's own sign-in service: the way there, and the way back."""

import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

import structlog
from aiohttp import web

from endpoints_registry.accounts import Lifetime, digest
from endpoints_registry.arriving import came_from
from endpoints_registry.door import Open, Route
from endpoints_registry.entering import NobodyHere, OtpNeeded
from endpoints_registry.gate import local
from endpoints_registry.provider import Client, NotVouched, Provider, Question, Unreachable
from endpoints_registry.registry import Registry
from endpoints_registry.signing import calls_itself

log = structlog.get_logger("oidc")

GOING_S = 600
"""Whoever takes longer to sign in there begins anew."""
GOING_LIMIT = 10_000
"""Who began first is forgotten beyond."""
START = "/login/oidc"
RETURN = f"{START}/return"


@dataclass(frozen=True)
class Going:
    """Somebody who was sent to the service, until they come back."""

    question: Question
    next: str
    until: datetime


class Vouching:
    def __init__(self, registry: Registry, provider: Provider) -> None:
        self._registry = registry
        self._provider = provider
        self._going: OrderedDict[str, Going] = OrderedDict()
        """By the digest of what their browser keeps."""

    async def close(self) -> None:
        await self._provider.close()

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                START,
                self.leave,
                Open.PUBLIC,
                "Sang nơi đăng nhập của thành phố",
                page=True,
                hidden=True,
                costs=2,
            ),
            Route(
                "GET", RETURN, self.come_back, Open.PUBLIC, "Trở về từ nơi đăng nhập", page=True, hidden=True, costs=2
            ),
        )

    async def leave(self, request: web.Request) -> web.StreamResponse:
        wanted = request.query.get("next", "/")
        going = Going(
            Question(*(secrets.token_urlsafe(32) for _ in range(3))),
            wanted if local(wanted) else "/",
            self._registry.now() + timedelta(seconds=GOING_S),
        )
        try:
            address = await self._provider.address(going.question)
        except Unreachable as silent:
            log.warning("provider-unreachable", why=str(silent))
            return refused("unreachable", going.next)
        kept = secrets.token_urlsafe(32)
        self._going[digest(kept)] = going
        if len(self._going) > GOING_LIMIT:
            self._going.popitem(last=False)
        response = web.Response(status=303, headers={"Location": address})
        # Lax: the way back begins at the service, and is a plain visit.
        keyring = self._registry.keyring
        lifetime = Lifetime(timedelta(seconds=GOING_S), timedelta(seconds=GOING_S))
        keyring.set_cookie(response, self._cookie, kept, strict=False, lifetime=lifetime)
        return response

    async def come_back(self, request: web.Request) -> web.StreamResponse:
        # Taken out whatever follows: nothing comes back twice.
        going = self._going.pop(digest(request.cookies.get(self._cookie, "")), None)
        response = await self._received(request, going)
        response.del_cookie(self._cookie, path="/", secure=self._registry.keyring.secure, httponly=True)
        return response

    async def _received(self, request: web.Request, going: Going | None) -> web.StreamResponse:
        address = came_from(request)
        said = request.query
        if going is None or self._registry.now() >= going.until:
            return refused("too_late", "/")
        question, wanted = going.question, going.next
        if not hmac.compare_digest(said.get("state", "").encode(), question.state.encode()):
            log.warning("sign-in-refused", address=address, by="oidc", why="state is not what it should be")
            return refused("too_late", wanted)
        if "code" not in said:
            log.info("sign-in-refused", address=address, by="oidc", why="the service said no")
            return refused("refused", wanted)
        try:
            vouched = await self._provider.vouches(said["code"], question)
            token, session = await self._registry.enter_vouched(
                vouched.username, address, calls_itself(request), second_factor=vouched.second_factor
            )
        except Unreachable as silent:
            log.warning("provider-unreachable", why=str(silent))
            return refused("unreachable", wanted)
        except NotVouched as wrong:
            log.warning("sign-in-refused", address=address, by="oidc", why=str(wrong))
            return refused("refused", wanted)
        except NobodyHere:
            log.info("sign-in-refused", address=address, by="oidc", why="nobody here is called so")
            return refused("unknown_person", wanted)
        except OtpNeeded:
            log.info("sign-in-refused", address=address, by="oidc", why="no second factor")
            return refused("second_factor", wanted)
        log.info("signed-in", user=session.account.username, address=address, by="oidc")
        response = web.Response(status=303, headers={"Location": wanted})
        keyring = self._registry.keyring
        keyring.set_cookie(response, keyring.staff_cookie, token, strict=False, lifetime=self._registry.staff_lifetime)
        return response

    @property
    def _cookie(self) -> str:
        return "__Host-oidc" if self._registry.keyring.secure else "oidc"


def vouching(registry: Registry, client: Client) -> Vouching:
    return Vouching(registry, Provider(client, registry.now))


def refused(why: str, wanted: str) -> web.Response:
    """Back to the login page, which says why (its template knows the words)."""
    next_ = f"&next={quote(wanted, safe='')}" if wanted != "/" else ""
    return web.Response(status=303, headers={"Location": f"/login?refused={why}{next_}"})
