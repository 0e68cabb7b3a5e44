"""Signing in and out, and a phone's exchange of its link: the doors that hand out cookies."""

from collections.abc import Callable

import structlog
from aiohttp import web

from endpoints_registry.access import Role
from endpoints_registry.accounts import WrongPassword
from endpoints_registry.attempts import TooManyTries
from endpoints_registry.bodies import LinkAnswer, LinkBody, SessionAnswer, SignInBody, User
from endpoints_registry.credentials import LINK_LIFETIME, UnknownLink
from endpoints_registry.gate import CREDENTIAL, Credential, Open, Problem, Route, answer, body_of, csrf_token
from endpoints_registry.passwords import TooBusy
from endpoints_registry.registry import Registry

log = structlog.get_logger("signing")

ClientAddress = Callable[[web.Request], str]
"""Whose address a request comes from: the peer's, or what a trusted proxy says."""


def peer(request: web.Request) -> str:
    return request.remote or ""


class Signing:
    def __init__(self, registry: Registry, address: ClientAddress = peer) -> None:
        self._registry = registry
        self._keyring = registry.keyring
        self._address = address

    def routes(self) -> tuple[Route, ...]:
        session = "/api/v1/session"
        return (
            Route(
                "POST",
                session,
                self.sign_in,
                Open.PUBLIC,
                "Đăng nhập; cookie giữ phiên, mã csrf đi kèm mọi thay đổi",
                body=SignInBody,
                answers={200: SessionAnswer, 401: None, 422: None, 429: None, 503: None},
            ),
            Route(
                "GET", session, self.who, Open.SIGNED_IN, "Ai đang đăng nhập", answers={200: SessionAnswer, 401: None}
            ),
            Route("DELETE", session, self.sign_out, Open.SIGNED_IN, "Đăng xuất", answers={204: None, 401: None}),
            Route(
                "POST",
                "/api/v1/links/{handle}/session",
                self.open_link,
                Open.PUBLIC,
                "Điện thoại đổi liên kết của điểm cầu lấy phiên làm việc",
                body=LinkBody,
                answers={200: LinkAnswer, 404: None, 422: None, 429: None},
            ),
        )

    async def sign_in(self, request: web.Request) -> web.Response:
        body = await body_of(request, SignInBody)
        address = self._address(request)
        try:
            token, session = await self._registry.sign_in(body.username, body.password, address)
        except WrongPassword as wrong:
            log.info("sign-in-refused", address=address)
            raise Problem(401, "wrong_password", str(wrong)) from wrong
        except TooManyTries as wait:
            log.warning("sign-in-limited", address=address, wait_s=wait.wait_s)
            raise too_many(wait) from wait
        except TooBusy as busy:
            raise Problem(503, "busy", str(busy), headers={"Retry-After": "3"}) from busy
        credential = await self._keyring.staff(token)
        assert credential is not None  # noqa: S101 - it was made a moment ago
        log.info("signed-in", user=session.account.username, address=address)
        response = answer(_session(credential))
        self._keyring.set_cookie(
            response, self._keyring.staff_cookie, token, strict=False, lifetime=self._registry.staff_lifetime
        )
        return response

    async def who(self, request: web.Request) -> web.Response:
        return answer(_session(_staff(request)))

    async def sign_out(self, request: web.Request) -> web.Response:
        await self._registry.sign_out(_staff(request).secret)
        response = web.Response(status=204)
        response.del_cookie(self._keyring.staff_cookie, path="/", secure=self._keyring.secure, httponly=True)
        return response

    async def open_link(self, request: web.Request) -> web.Response:
        body = await body_of(request, LinkBody)
        handle = request.match_info["handle"]
        try:
            token, session = await self._registry.exchange(handle, body.secret, body.device, self._address(request))
        except UnknownLink as unknown:
            raise Problem(404, "unknown_link", str(unknown)) from unknown
        except TooManyTries as wait:
            log.warning("link-limited", address=self._address(request), wait_s=wait.wait_s)
            raise too_many(wait) from wait
        log.info("link-opened", point=session.point)
        response = answer(LinkAnswer(csrf=csrf_token(token), code=session.point))
        self._keyring.set_cookie(
            response, self._keyring.link_cookie(session.handle), token, strict=True, lifetime=LINK_LIFETIME
        )
        return response


def _staff(request: web.Request) -> Credential:
    credential = request[CREDENTIAL]
    if credential.caller.role in (Role.OPERATOR, Role.AGENT):
        raise Problem(401, "signed_out", "Chưa đăng nhập bằng tài khoản.")
    return credential


def _session(credential: Credential) -> SessionAnswer:
    caller = credential.caller
    user = User(username=caller.name.removeprefix("user:"), name=caller.shown, role=caller.role.value)
    return SessionAnswer(csrf=csrf_token(credential.secret), user=user)


def too_many(wait: TooManyTries) -> Problem:
    headers = {"Retry-After": str(wait.wait_s)}
    return Problem(429, "too_many_tries", str(wait), headers=headers, wait_s=wait.wait_s)
