"""The gate: every page, route and socket is declared with its rule and passes the same check on its way in."""

import asyncio
import base64
import hmac
import secrets
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property, partial
from time import monotonic
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, unquote

import msgspec
import structlog
from aiohttp import HttpVersion11, hdrs, web
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from endpoints_registry.access import ALLOWED, Action, Caller
from endpoints_registry.allowances import Allowances
from endpoints_registry.arriving import ARRIVALS, DIRECT, Arrivals, came_from, neighbourhood
from endpoints_registry.database import is_away
from endpoints_registry.doing import REASON_HEADER, REASON_LETTERS, Doer, doing
from endpoints_registry.dressing import DRESS, HEADERS, JSON, ON_HTTPS, Dress

log = structlog.get_logger("gate")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CSRF_HEADER = "X-CSRF-Token"
LINK_HEADER = "Bridge-Link"
WALL_HEADER = "Bridge-Wall"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BODY_PATIENCE_S = 30
"""A body that is not here by then holds a connection for nothing: a report is 2 KB, on the slowest line a second."""

FAREWELL_S = 2
"""So long a socket may take to hear that we failed."""
FRAMES_TRACED = 20
"""Of each fault, the innermost: one that calls itself would fill the log."""
FAILED = 1011
"""The protocol's own word for a server that has met what it did not foresee (RFC 6455, 7.4.1)."""

WORK = 600
"""So much of our work an account may ask for at once, and a stranger's address (`Route.costs`)."""
WORK_S = 60.0
"""All of it is back within this time: a sixth of the processor, at the most, for one who never stops."""


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
    answer_type: str | tuple[str, ...] = "application/json"
    """Of a good answer; several where the question says which."""
    page: bool = False
    """A page sends those who are not signed in to /login instead of answering 401."""
    socket: bool = False
    hidden: bool = False
    """Left out of the OpenAPI document (pages and files)."""
    costs: int = 0
    """What it takes of WORK, from whoever asks: about tenths of a second of ours. 0: nothing worth counting."""


@dataclass(frozen=True)
class Credential:
    """What a request proved, and whether a browser sent it by itself (then a CSRF token is asked for)."""

    caller: Caller
    ambient: bool
    secret: str
    """The session's own secret, from which its CSRF token derives."""

    @cached_property
    def csrf(self) -> str:
        """Worked out once for all requests of a session that is remembered."""
        return csrf_token(self.secret)


class Resolve(Protocol):
    """Finds out who asks, from the Authorization header, the cookie that `Bridge-Link` or `Bridge-Wall` names, or the session cookie."""

    def __call__(self, request: web.Request) -> Credential | Awaitable[Credential | None]:
        """At once where it is remembered: so it is with nearly every report."""


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
SOCKET: web.RequestKey[web.WebSocketResponse] = web.RequestKey("socket", web.WebSocketResponse)
RESOLVE: web.AppKey[Resolve] = web.AppKey("resolve", Resolve)
ORIGINS: web.AppKey[Collection[str]] = web.AppKey("origins", Collection)


def csrf_token(secret: str) -> str:
    """The token that a page must repeat in a header: derived from the session, so that there is nothing to store."""
    digest = hmac.digest(secret.encode(), b"csrf", "sha256")
    return base64.urlsafe_b64encode(digest[:18]).decode()


def mount(app: web.Application, routes: Iterable[Route]) -> None:
    """Hang the doors into the application, each behind its check, and an answer for whoever asks elsewhere."""
    # Each door has the whole check with it, and the application no middlewares: the library builds a chain of them for each
    # handler and keeps it for as long as the process lives, and with it everything that the handler belongs to.
    arrivals = app.get(ARRIVALS, DIRECT)
    allowances = Allowances(monotonic, WORK, WORK_S)
    for route in routes:
        guarded = _in_words(_guarded(route, allowances), arrivals, route.path)
        app.router.add_route(route.method, route.path, guarded, expect_handler=_expected)
    elsewhere = Elsewhere("/")
    app.router.register_resource(elsewhere)
    elsewhere.add_route("*", _in_words(_no_door, arrivals, ""), expect_handler=_expected)
    secure = any(origin.startswith("https://") for origin in app[ORIGINS])
    app[DRESS] = Dress(HEADERS | ON_HTTPS if secure else HEADERS)
    app.on_response_prepare.append(app[DRESS].put_on)


class Elsewhere(web.PlainResource):
    """Behind all doors: whatever was asked for that is none, be it a path or not."""

    def _match(self, path: str) -> dict[str, str]:
        return {}


async def _expected(request: web.Request) -> web.StreamResponse | None:
    """`Expect`: whether to send the body at all. Of anything else that is expected we know nothing."""
    if request.version >= HttpVersion11 and request.headers[hdrs.EXPECT].lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # That was no beginning of an answer.
        request.writer.output_size = 0
        return None
    raise Problem(417, "unexpected", "Máy chủ không đáp ứng được tiêu đề Expect này; hãy bỏ tiêu đề đó rồi gửi lại.")


async def _no_door(request: web.Request) -> web.StreamResponse:
    """What no route is for, or not by this method."""
    allowed: set[str] = set()
    for resource in request.app.router.resources():
        if resource is not request.match_info.route.resource:
            _, methods = await resource.resolve(request)
            allowed |= methods
    if allowed:
        raise web.HTTPMethodNotAllowed(request.method, allowed)
    raise web.HTTPNotFound


def _by_our_name(request: web.Request, arrivals: Arrivals) -> None:
    """Whoever asks for somebody else is told nothing, be it of a page, a file or a socket."""
    if not arrivals.ours(request):
        log.warning("foreign-host", host=ascii(request.host[:200]))
        raise Problem(421, "foreign_host", "Máy chủ này không phục vụ tên miền đó (server.hosts trong cấu hình).")
    if arrivals.plain(request):
        raise _over_https(request)


def _over_https(request: web.Request) -> web.HTTPException:
    """A page is found again over https by itself; a program that has just sent its secret in the open should learn of it."""
    origin = next((each for each in request.app[ORIGINS] if each.startswith("https://")), "")
    if (
        request.method in SAFE_METHODS
        and local(request.raw_path)
        and not request.raw_path.startswith(("/api/", "/ws/"))
    ):
        return web.HTTPPermanentRedirect(origin + request.raw_path)
    return Problem(403, "https_only", "Hệ thống chỉ phục vụ qua https; hãy đổi địa chỉ thành https://.")


def _in_words(handler: Handler, arrivals: Arrivals, path: str) -> Handler:
    """What the library refuses by itself, and what nobody has foreseen, is said as we say everything."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            _by_our_name(request, arrivals)
            return await handler(request)
        except Problem:
            raise
        except (DBAPIError, PoolTimeout) as failed:
            if isinstance(failed, DBAPIError) and not is_away(failed):
                return await _failed(request, path, failed)
            raise _store_away(path, failed.orig if isinstance(failed, DBAPIError) else failed) from failed
        except web.RequestPayloadError as broken:
            detail = "Nội dung gửi lên hỏng (nén hoặc chia khúc sai); hãy gửi lại."
            raise Problem(400, "broken_body", detail) from broken
        except web.HTTPException as refused:
            if refused.status < 400:
                raise
            code, detail = _REFUSALS.get(refused.status, _UNREADABLE)
            kept = {"Allow": refused.headers["Allow"]} if "Allow" in refused.headers else None
            raise Problem(refused.status, code, detail, headers=kept) from refused
        except ConnectionError as broken:
            if SOCKET in request or request.transport is None or request.transport.is_closing():
                # Whoever asked is gone: the library lets the line go.
                raise
            # Of other lines a door opens only those to the store.
            raise _store_away(path, broken) from broken
        except Exception as fault:  # noqa: BLE001 - the one edge where anything may arrive, and somebody waits for an answer
            return await _failed(request, path, fault)

    return answered


def _store_away(path: str, cause: BaseException | None) -> Problem:
    log.error("store-away", path=path, why=type(cause).__name__)
    detail = "Máy chủ chưa đọc hoặc ghi được dữ liệu (ổ đĩa đầy hoặc đang bận); hãy thử lại sau ít giây."
    return Problem(503, "come_again", detail, headers={hdrs.RETRY_AFTER: "5"})


async def _failed(request: web.Request, path: str, fault: Exception) -> web.StreamResponse:
    """A fault of ours: logged once with all that helps to find it, and told under the same number without any of it."""
    number = secrets.token_hex(6)
    caller = request.get(CALLER)
    log.error(
        "internal-error",
        id=number,
        method=request.method,
        path=path,
        caller=caller.name if caller is not None else "",
        exception="".join(_traced(fault)),
    )
    if SOCKET in request:
        socket = request[SOCKET]
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(FAREWELL_S):
                await socket.close(code=FAILED, message=f"internal error {number}".encode())
        return socket
    if request.writer.output_size:
        # Half an answer must not be taken for a whole one: the line breaks off.
        raise ConnectionResetError from fault
    detail = (
        f"Máy chủ gặp lỗi chưa lường trước (mã {number}); hãy thử lại. Nếu vẫn vậy, hãy báo người quản trị kèm mã này."
    )
    raise Problem(500, "internal", detail, id=number) from fault


def _traced(fault: BaseException) -> Iterator[str]:
    """Where it arose, and out of what. Not in its own words: they quote what was sent, and that may be a name or a secret."""
    before = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    if before is not None:
        yield from _traced(before)
    for inner in fault.exceptions if isinstance(fault, BaseExceptionGroup) else ():
        yield from _traced(inner)
    yield from traceback.format_tb(fault.__traceback__, -FRAMES_TRACED)
    yield f"{type(fault).__qualname__}\n"


async def upgraded(request: web.Request, **terms: Any) -> web.WebSocketResponse:
    """The socket that was asked for, open: should the door fail behind it, the gate closes it with FAILED."""
    socket = web.WebSocketResponse(compress=False, autoping=False, **terms)
    await socket.prepare(request)
    request[SOCKET] = socket
    return socket


_UNREADABLE = "unreadable", "Máy chủ không đọc được yêu cầu này."
_REFUSALS: Mapping[int, tuple[str, str]] = {
    404: ("not_found", "Không có mục này, hoặc không thuộc phạm vi của bạn."),
    405: ("method_not_allowed", "Địa chỉ này không nhận cách gọi đó; xem tiêu đề Allow."),
    413: ("too_large", "Nội dung gửi lên quá lớn; hãy chia nhỏ."),
}


def _guarded(route: Route, allowances: Allowances) -> Handler:
    rule = route.rule
    unsafe = route.method not in SAFE_METHODS or route.socket
    changing = route.method not in SAFE_METHODS

    async def passed(request: web.Request) -> web.StreamResponse:
        if unsafe:
            _check_origin(request, route, request.app[ORIGINS])
        if route.socket:
            _check_no_body(request)
        if rule is not Open.PUBLIC:
            found = request.app[RESOLVE](request)
            credential = found if isinstance(found, Credential) else await found
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
        if route.costs:
            _spend(request, route, allowances)
        if changing:
            # The library gives each request a task of its own. A hall's report asks nobody who is at the door.
            doing(partial(_doer, request))
        return await route.handler(request)

    return passed


def _spend(request: web.Request, route: Route, allowances: Allowances) -> None:
    caller = request.get(CALLER)
    wait_s = allowances.spend(caller.name if caller is not None else neighbourhood(came_from(request)), route.costs)
    if wait_s:
        log.info("too-often", caller=caller.name if caller is not None else "", path=route.path)
        detail = f"Việc này tốn nhiều công của máy chủ và vừa được gọi nhiều lần; hãy thử lại sau {wait_s} giây."
        raise Problem(429, "too_often", detail, headers={hdrs.RETRY_AFTER: str(wait_s)}, wait_s=wait_s)


def _doer(request: web.Request) -> Doer:
    """Who is at the door, for the audit log."""
    caller = request.get(CALLER)
    name, via = (caller.name, caller.via) if caller is not None else ("", "")
    reason = request.headers.get(REASON_HEADER, "")
    said = "".join(c for c in unquote(reason) if c.isprintable())[:REASON_LETTERS] if reason else ""
    return Doer(name, f"{came_from(request)} {via}".strip()[:64], said)


def _door(request: web.Request) -> str:
    """The login page, with the way back to what was asked for."""
    wanted = request.raw_path
    return f"/login?next={quote(wanted, safe='')}" if local(wanted) and wanted != "/" else "/login"


def local(path: str) -> bool:
    """Whether it is a place of ours, however a browser reads it."""
    # What begins with two slashes names another host, and browsers read a backslash as a slash.
    return path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable()


def _check_origin(request: web.Request, route: Route, origins: Collection[str]) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and origin not in origins:
        # The door's own path and plain letters: a stranger's words must not write lines of our log, nor move a terminal.
        log.warning("foreign-origin", origin=ascii(origin[:200]), path=route.path)
        raise Problem(
            403, "foreign_origin", "Trang gửi yêu cầu không thuộc hệ thống này (server.origins trong cấu hình)."
        )


def _check_no_body(request: web.Request) -> None:
    # What follows an upgrade is frames: a body there is read one way by a proxy and another way by us.
    if hdrs.TRANSFER_ENCODING in request.headers or request.headers.get(hdrs.CONTENT_LENGTH, "0") != "0":
        raise Problem(400, "body_with_upgrade", "Yêu cầu mở WebSocket không được kèm nội dung.")


def _check_csrf(request: web.Request, route: Route, credential: Credential) -> None:
    if route.socket:
        # A browser always names the origin of a socket and cannot add headers to it; a cookie without one is no browser's.
        if "Origin" not in request.headers:
            raise Problem(403, "foreign_origin", "Kết nối bằng cookie phải kèm Origin.")
        return
    given = request.headers.get(CSRF_HEADER, "")
    # Headers may hold bytes that are no text.
    if not hmac.compare_digest(given.encode(errors="replace"), credential.csrf.encode()):
        raise Problem(403, "csrf", f"Thiếu hoặc sai {CSRF_HEADER}; hãy tải lại trang.")


Model = TypeVar("Model", bound=BaseModel)


async def raw_of(request: web.Request) -> bytes:
    """The request's body, or a 408 if it does not come within BODY_PATIENCE_S; 413 beyond the house's limit."""
    content = request.content
    # All of it is here already, as with nearly every report: no need for a watch, nor to go for it piece by piece.
    if content.is_eof() and content.total_bytes <= request.client_max_size:
        return content.read_nowait()
    async with in_time(BODY_PATIENCE_S):
        return await request.read()


@asynccontextmanager
async def in_time(patience_s: float) -> AsyncIterator[None]:
    """Whoever sends slower than so is told 408 and let go."""
    try:
        async with asyncio.timeout(patience_s):
            yield
    except TimeoutError as slow:
        detail = "Nội dung gửi lên đến quá chậm; hãy gửi lại."
        raise Problem(408, "too_slow", detail, headers={hdrs.CONNECTION: "close"}) from slow


async def body_of(request: web.Request, model: type[Model]) -> Model:
    """The request's JSON body as `model`, or a 422 that names each wrong field."""
    return _validated(model.model_validate_json, await raw_of(request))


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
        return web.Response(body=content.model_dump_json().encode(), status=status, content_type=JSON)
    return web.Response(body=msgspec.json.encode(content), status=status, content_type=JSON)
