"""The gate: every page, route and socket is declared with its rule and passes the same check on its way in."""

import base64
import hmac
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import msgspec
import structlog
from aiohttp import web
from pydantic import BaseModel, ValidationError

from endpoints_registry.access import ALLOWED, Action, Caller

log = structlog.get_logger("gate")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CSRF_HEADER = "X-CSRF-Token"
LINK_HEADER = "Bridge-Link"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Open(Enum):
    """Rules for what needs no role."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True)
class Route:
    """One door: where it is, who may use it, what it takes and gives."""

    method: str
    path: str
    handler: Handler
    rule: Action | Open
    summary: str
    query: type[BaseModel] | None = None
    body: type[Any] | None = None
    """A pydantic model or msgspec Struct, for the OpenAPI document; the handler reads the body itself."""
    body_type: str = "application/json"
    answers: Mapping[int, type[Any] | None] = field(default_factory=lambda: {200: None})
    answer_type: str = "application/json"
    page: bool = False
    """A page sends those who are not signed in to /login instead of answering 401."""
    socket: bool = False
    hidden: bool = False
    """Left out of the OpenAPI document (pages and files)."""


@dataclass(frozen=True)
class Credential:
    """What a request proved, and whether a browser sent it by itself (then a CSRF token is asked for)."""

    caller: Caller
    ambient: bool
    secret: str
    """The session's own secret, from which its CSRF token derives."""


class Resolve(Protocol):
    """Finds out who asks, from the Authorization header, the `Bridge-Link` cookie or the session cookie."""

    async def __call__(self, request: web.Request) -> Credential | None: ...


class Problem(web.HTTPException):
    """A refusal as RFC 9457 problem+json: `code` for programs, `detail` a sentence for people."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: object
    ) -> None:
        self.status_code = status
        self.code = code
        self.detail = detail
        body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail, **more}
        super().__init__(
            text=msgspec.json.encode(body).decode(), content_type="application/problem+json", headers=headers
        )


def nowhere() -> Problem:
    """Foreign equals nonexistent: one answer for both."""
    return Problem(404, "not_found", "Không có mục này, hoặc không thuộc phạm vi của bạn.")


CALLER: web.RequestKey[Caller] = web.RequestKey("caller", Caller)
CREDENTIAL: web.RequestKey[Credential] = web.RequestKey("credential", Credential)
RESOLVE: web.AppKey[Resolve] = web.AppKey("resolve", Resolve)
ORIGINS: web.AppKey[Collection[str]] = web.AppKey("origins", Collection)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; "
        "img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(self)",
}


def csrf_token(secret: str) -> str:
    """The token that a page must repeat in a header: derived from the session, so that there is nothing to store."""
    digest = hmac.digest(secret.encode(), b"csrf", "sha256")
    return base64.urlsafe_b64encode(digest[:18]).decode()


def mount(app: web.Application, routes: Iterable[Route]) -> None:
    """Hang the doors into the application, each behind its check."""
    for route in routes:
        app.router.add_route(route.method, route.path, _guarded(route))
    app.on_response_prepare.append(_dress)


async def _dress(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")


def _guarded(route: Route) -> Handler:
    rule = route.rule
    unsafe = route.method not in SAFE_METHODS or route.socket

    async def passed(request: web.Request) -> web.StreamResponse:
        if unsafe:
            _check_origin(request, request.app[ORIGINS])
        if rule is not Open.PUBLIC:
            credential = await request.app[RESOLVE](request)
            if credential is None:
                if route.page:
                    raise web.HTTPSeeOther(_door(request))
                raise Problem(401, "signed_out", "Phiên làm việc đã hết hoặc chưa đăng nhập; hãy đăng nhập lại.")
            if credential.ambient and unsafe:
                _check_csrf(request, route, credential)
            if isinstance(rule, Action) and credential.caller.role not in ALLOWED[rule]:
                log.info("not-allowed", caller=credential.caller.name, rule=rule.value, path=route.path)
                raise Problem(403, "not_allowed", "Tài khoản của bạn không có quyền làm việc này.")
            request[CREDENTIAL] = credential
            request[CALLER] = credential.caller
        return await route.handler(request)

    return passed


def _door(request: web.Request) -> str:
    """The login page, with the way back to what was asked for."""
    wanted = request.raw_path
    # What begins with two slashes names another host, and browsers read a backslash as a slash.
    local = wanted.startswith("/") and wanted[1:2] not in ("/", "\\") and wanted.isprintable()
    return f"/login?next={quote(wanted, safe='')}" if local and wanted != "/" else "/login"


def _check_origin(request: web.Request, origins: Collection[str]) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and origin not in origins:
        log.warning("foreign-origin", origin=origin[:200], path=request.path)
        raise Problem(
            403, "foreign_origin", "Trang gửi yêu cầu không thuộc hệ thống này (server.origins trong cấu hình)."
        )


def _check_csrf(request: web.Request, route: Route, credential: Credential) -> None:
    if route.socket:
        # A browser always names the origin of a socket and cannot add headers to it; a cookie without one is no browser's.
        if "Origin" not in request.headers:
            raise Problem(403, "foreign_origin", "Kết nối bằng cookie phải kèm Origin.")
        return
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode(), csrf_token(credential.secret).encode()):
        raise Problem(403, "csrf", f"Thiếu hoặc sai {CSRF_HEADER}; hãy tải lại trang.")


Model = TypeVar("Model", bound=BaseModel)


async def body_of(request: web.Request, model: type[Model]) -> Model:
    """The request's JSON body as `model`, or a 422 that names each wrong field."""
    return _validated(model.model_validate_json, await request.read())


def query_of(request: web.Request, model: type[Model]) -> Model:
    """The query string as `model`, or a 422 that names each wrong field."""
    return _validated(model.model_validate, dict(request.query))


Raw = TypeVar("Raw")


def _validated(validate: Callable[[Raw], Model], raw: Raw) -> Model:
    try:
        return validate(raw)
    except ValidationError as wrong:
        errors = [
            {"field": ".".join(str(part) for part in error["loc"]), "problem": error["msg"]}
            for error in wrong.errors(include_url=False, include_input=False)[:20]
        ]
        named = "; ".join(f"{error['field'] or 'nội dung'}: {error['problem']}" for error in errors)
        raise Problem(422, "invalid", f"Nội dung gửi lên không hợp lệ: {named}.", errors=errors) from wrong


def answer(content: object, status: int = 200) -> web.Response:
    """A JSON answer from plain values, msgspec Structs or a pydantic model."""
    if isinstance(content, BaseModel):
        return web.Response(body=content.model_dump_json().encode(), status=status, content_type="application/json")
    return web.Response(body=msgspec.json.encode(content), status=status, content_type="application/json")
