"""What a request brings, read in time and held against its model; and the answer that it takes away."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
from aiohttp import hdrs, web
from pydantic import BaseModel, ValidationError

from endpoints_registry.door import SOCKET, Problem
from endpoints_registry.dressing import JSON
from endpoints_registry.mistakes import said

BODY_PATIENCE_S = 30
"""A body that is not here by then holds a connection for nothing: a report is 2 KB, on the slowest line a second."""

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
            {"field": ".".join(str(part) for part in error["loc"]), "problem": said(error)}
            for error in wrong.errors(include_url=False, include_input=False)[:20]
        ]
        named = "; ".join(f"{error['field'] or 'nội dung'}: {error['problem']}" for error in errors)
        raise Problem(422, "invalid", f"Nội dung gửi lên không hợp lệ: {named}.", errors=errors) from wrong


def answer(content: object, status: int = 200) -> web.Response:
    """A JSON answer from plain values, msgspec Structs or a pydantic model."""
    if isinstance(content, BaseModel):
        return web.Response(body=content.model_dump_json().encode(), status=status, content_type=JSON)
    return web.Response(body=msgspec.json.encode(content), status=status, content_type=JSON)


async def upgraded(request: web.Request, **terms: Any) -> web.WebSocketResponse:
    """The socket that was asked for, open: should the door fail behind it, the gate closes it with FAILED."""
    socket = web.WebSocketResponse(compress=False, autoping=False, **terms)
    await socket.prepare(request)
    request[SOCKET] = socket
    return socket
