"""What the library refuses by itself, what is asked for behind no door, and what nobody has foreseen: said as we say everything."""

import asyncio
import secrets
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

import structlog
from aiohttp import HttpVersion11, hdrs, web
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from endpoints_registry.database import is_away
from endpoints_registry.door import CALLER, SOCKET, Handler, Problem

log = structlog.get_logger("gate")

FAREWELL_S = 2
"""So long a socket may take to hear that we failed."""
FRAMES_TRACED = 20
"""Of each fault, the innermost: one that calls itself would fill the log."""
FAILED = 1011
"""The protocol's own word for a server that has met what it did not foresee (RFC 6455, 7.4.1)."""


_UNREADABLE = "unreadable", "Máy chủ không đọc được yêu cầu này."
_REFUSALS: Mapping[int, tuple[str, str]] = {
    404: ("not_found", "Không có mục này, hoặc không thuộc phạm vi của bạn."),
    405: ("method_not_allowed", "Địa chỉ này không nhận cách gọi đó; xem tiêu đề Allow."),
    413: ("too_large", "Nội dung gửi lên quá lớn; hãy chia nhỏ."),
}


def in_words(handler: Handler, path: str, first: Callable[[web.Request], None]) -> Handler:
    """The handler behind `first` (it may refuse): what the library refuses, and what nobody has foreseen, is told in our words."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            first(request)
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


class Elsewhere(web.PlainResource):
    """Behind all doors: whatever was asked for that is none, be it a path or not."""

    def _match(self, path: str) -> dict[str, str]:
        return {}


async def expected(request: web.Request) -> web.StreamResponse | None:
    """`Expect`: whether to send the body at all. Of anything else that is expected we know nothing."""
    if request.version >= HttpVersion11 and request.headers[hdrs.EXPECT].lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # That was no beginning of an answer.
        request.writer.output_size = 0
        return None
    raise Problem(417, "unexpected", "Máy chủ không đáp ứng được tiêu đề Expect này; hãy bỏ tiêu đề đó rồi gửi lại.")


async def no_door(request: web.Request) -> web.StreamResponse:
    """What no route is for, or not by this method."""
    allowed: set[str] = set()
    for resource in request.app.router.resources():
        if resource is not request.match_info.route.resource:
            _, methods = await resource.resolve(request)
            allowed |= methods
    if allowed:
        raise web.HTTPMethodNotAllowed(request.method, allowed)
    raise web.HTTPNotFound
