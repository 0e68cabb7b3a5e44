"""An answer that leaves in one piece says what every other says, also to those who ask otherwise than usual."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from endpoints_registry.door import ORIGINS, RESOLVE, Credential, Open, Resolve, Route
from endpoints_registry.dressing import ON_HTTPS, Ready
from endpoints_registry.gate import mount
from endpoints_registry.taking import answer


@pytest.fixture(params=["http", "https"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[BaseTestServer]:
    async def ready(_request: web.Request) -> web.StreamResponse:
        return Ready('{"said":"đủ"}'.encode())

    async def usual(_request: web.Request) -> web.StreamResponse:
        return answer({"said": "đủ"})

    async def nobody(request: web.Request) -> Credential | None:
        return None

    app = web.Application()
    resolving: Resolve = nobody
    app[RESOLVE] = resolving
    app[ORIGINS] = frozenset({f"{request.param}://diemcau.example"})
    mount(app, [Route("POST", f"/{door.__name__}", door, Open.PUBLIC, "") for door in (ready, usual)])
    async with TestServer(app) as standing:
        yield standing


async def told(server: BaseTestServer, path: str, version: str, *headers: str) -> list[str]:
    """What came over one line on which the same was asked twice, line by line, until the server hung up."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    head = "\r\n".join((f"POST {path} HTTP/{version}", f"Host: {server.host}", "Content-Length: 2", *headers))
    last = head.replace("keep-alive", "close") if headers else f"{head}\r\nConnection: close"
    # Of the old protocol a line is for one question, unless it says otherwise.
    asked = (head, last) if headers or version != "1.0" else (head,)
    writer.write("".join(f"{each}\r\n\r\n{{}}" for each in asked).encode())
    lines = (await reader.read()).decode().replace("}HTTP", "}\r\nHTTP").split("\r\n")
    writer.close()
    return sorted(line.partition("GMT")[0][:12] if line.startswith("Date:") else line for line in lines)


ASKED = (("1.1",), ("1.1", "Connection: keep-alive"), ("1.0",), ("1.0", "Connection: keep-alive"))


@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
async def test_an_answer_in_one_piece_says_what_every_other_says(
    server: BaseTestServer, asked: tuple[str, ...]
) -> None:
    usual = await told(server, "/usual", *asked)
    assert usual.count('{"said":"đủ"}') == (1 if asked == ("1.0",) else 2)
    assert await told(server, "/ready", *asked) == usual
    assert any(line.startswith("Date:") for line in usual)


async def test_over_https_it_says_so_too(server: BaseTestServer, request: pytest.FixtureRequest) -> None:
    lines = await told(server, "/ready", "1.1")
    secure = "https" in request.node.callspec.id
    assert sum(line.startswith(next(iter(ON_HTTPS))) for line in lines) == (2 if secure else 0)
