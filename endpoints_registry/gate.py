"""The gate: every page, route and socket is declared with its rule and passes the same check on its way in."""

import hmac
from collections.abc import Collection, Iterable
from functools import partial
from time import monotonic
from urllib.parse import quote, unquote

import structlog
from aiohttp import hdrs, web

from endpoints_registry.access import ALLOWED, Action
from endpoints_registry.allowances import Allowances
from endpoints_registry.arriving import ARRIVALS, DIRECT, Arrivals, came_from, neighbourhood
from endpoints_registry.doing import REASON_HEADER, REASON_LETTERS, Doer, doing
from endpoints_registry.door import (
    CALLER,
    CREDENTIAL,
    CSRF_HEADER,
    ORIGINS,
    RESOLVE,
    SAFE_METHODS,
    Credential,
    Handler,
    Open,
    Problem,
    Route,
)
from endpoints_registry.dressing import DRESS, HEADERS, ON_HTTPS, Dress
from endpoints_registry.failing import Elsewhere, expected, in_words, no_door

log = structlog.get_logger("gate")

WORK = 600
"""So much of our work an account may ask for at once, and a stranger's address (`Route.costs`)."""
WORK_S = 60.0
"""All of it is back within this time: a sixth of the processor, at the most, for one who never stops."""


def mount(app: web.Application, routes: Iterable[Route]) -> None:
    """Hang the doors into the application, each behind its check, and an answer for whoever asks elsewhere."""
    # Each door has the whole check with it, and the application no middlewares: the library builds a chain of them for each
    # handler and keeps it for as long as the process lives, and with it everything that the handler belongs to.
    first = partial(_by_our_name, app.get(ARRIVALS, DIRECT))
    allowances = Allowances(monotonic, WORK, WORK_S)
    for route in routes:
        guarded = in_words(_guarded(route, allowances), route.path, first)
        app.router.add_route(route.method, route.path, guarded, expect_handler=expected)
    elsewhere = Elsewhere("/")
    app.router.register_resource(elsewhere)
    elsewhere.add_route("*", in_words(no_door, "", first), expect_handler=expected)
    secure = any(origin.startswith("https://") for origin in app[ORIGINS])
    app[DRESS] = Dress(HEADERS | ON_HTTPS if secure else HEADERS)
    app.on_response_prepare.append(app[DRESS].put_on)


def _by_our_name(arrivals: Arrivals, request: web.Request) -> None:
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
