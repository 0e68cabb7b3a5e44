"""What nobody has foreseen: said in words and with a number, logged once under that number, and nothing of it told away."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer
from structlog.testing import capture_logs

from endpoints_registry.door import ORIGINS, RESOLVE, Credential, Open, Resolve, Route
from endpoints_registry.gate import mount
from endpoints_registry.taking import upgraded

NAME = "Nguyễn Văn Không"
"""Stands in the fault's own words, as a name may."""


def break_down() -> None:
    try:
        raise KeyError(NAME)
    except KeyError as first:
        raise ValueError(f"{NAME}: no such hall") from first


async def plain(_request: web.Request) -> web.StreamResponse:
    break_down()
    raise AssertionError


async def late(_request: web.Request) -> web.StreamResponse:
    raise TimeoutError(NAME)


async def refused(_request: web.Request) -> web.StreamResponse:
    """As by a store of ours that does not stand."""
    raise ConnectionRefusedError(NAME)


async def half(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    await answer.write(b"the first half")
    break_down()
    return answer


async def talk(request: web.Request) -> web.StreamResponse:
    socket = await upgraded(request)
    async for _ in socket:
        break_down()
    return socket


@pytest.fixture
async def server() -> AsyncIterator[BaseTestServer]:
    async def nobody(request: web.Request) -> Credential | None:
        return None

    app = web.Application()
    resolving: Resolve = nobody
    app[RESOLVE] = resolving
    app[ORIGINS] = frozenset({"http://diemcau.example"})
    doors = [
        Route("POST", f"/{door.__name__}/{{code}}", door, Open.PUBLIC, "") for door in (plain, late, refused, half)
    ]
    mount(app, [*doors, Route("GET", "/talk", talk, Open.PUBLIC, "", socket=True)])
    async with TestServer(app) as standing:
        yield standing


@pytest.fixture
async def http(server: BaseTestServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.make_url("/")) as asking:
        yield asking


@pytest.mark.parametrize("door", ["plain", "late"])
async def test_a_fault_is_answered_in_words_and_found_in_the_log(http: aiohttp.ClientSession, door: str) -> None:
    with capture_logs() as said:
        async with http.post(f"/{door}/00004-01") as answer:
            told = await answer.json(content_type="application/problem+json")
    assert (answer.status, told["code"]) == (500, "internal")
    assert "mã" in told["detail"]
    assert told["id"] in told["detail"]
    assert not re.search(r"Error|line \d|\.py|Nguyễn", str(told))
    (line,) = said
    assert (line["event"], line["log_level"], line["id"]) == ("internal-error", "error", told["id"])
    assert (line["method"], line["path"]) == ("POST", f"/{door}/{{code}}")
    assert NAME not in str(line)


async def test_a_store_that_does_not_stand_is_no_fault_and_worth_another_try(http: aiohttp.ClientSession) -> None:
    with capture_logs() as said:
        async with http.post("/refused/1") as answer:
            told = await answer.json(content_type="application/problem+json")
    assert (answer.status, told["code"], answer.headers["Retry-After"]) == (503, "come_again", "5")
    assert [(line["event"], line["why"]) for line in said] == [("store-away", "ConnectionRefusedError")]


async def test_the_log_says_where_it_arose_and_out_of_what(http: aiohttp.ClientSession) -> None:
    with capture_logs() as said:
        async with http.post("/plain/1"):
            pass
    (line,) = said
    assert "in break_down" in line["exception"]
    assert line["exception"].index("KeyError") < line["exception"].index("ValueError")


async def test_two_faults_have_two_numbers(http: aiohttp.ClientSession) -> None:
    numbers = set()
    for _ in range(2):
        async with http.post("/plain/1") as answer:
            numbers.add((await answer.json(content_type=None))["id"])
    assert len(numbers) == 2


async def test_an_answer_that_has_begun_breaks_off_and_nobody_takes_it_for_whole(http: aiohttp.ClientSession) -> None:
    with capture_logs() as said, pytest.raises(aiohttp.ClientPayloadError):
        async with http.post("/half/1") as answer:
            await answer.read()
    assert [line["event"] for line in said] == ["internal-error"]


async def test_a_socket_is_closed_with_the_code_for_it(http: aiohttp.ClientSession) -> None:
    with capture_logs() as said:
        async with http.ws_connect("/talk") as line:
            await line.send_str("?")
            last = await line.receive()
    assert (last.type, line.close_code) == (aiohttp.WSMsgType.CLOSE, 1011)
    (logged,) = said
    assert logged["event"] == "internal-error"
    assert last.extra == f"internal error {logged['id']}"
