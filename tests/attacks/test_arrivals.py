"""Under whose name somebody asks and whose address they claim: foreign names get nothing, and only our proxies are believed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict
from structlog.testing import capture_logs

from bridge.house import House, opened_house
from bridge.settings import Server, Settings, Storage
from endpoints_registry.access import Role
from endpoints_registry.arriving import Arrivals
from tests.attacks.city import City
from tests.attacks.wire import UPGRADE, request, sent
from tests.flows.house import CONFERENCE, PASSWORD, Answer, Browser

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVIL = (
    "evil.example",
    "evil.example:{port}",
    "127.0.0.1.evil.example:{port}",
    "localhost.evil.example",
    "",
    "x@127.0.0.1",
)


@pytest.mark.parametrize("host", EVIL)
async def test_a_name_that_points_here_but_is_not_ours_gets_nothing(city: City, host: str) -> None:
    """DNS rebinding: a stranger's page whose own name is turned to our address would be of our origin."""
    named = host.format(port=city.address.rpartition(":")[2])
    ann = city.headers("ann")
    board = {**UPGRADE, **ann, "Origin": f"http://{named}"}
    for raw in (
        request("GET", "/", ann, host=named),
        request("GET", "/api/v1/units", ann, host=named),
        request("POST", "/api/v1/session", {}, b"{}", host=named),
        request("GET", "/static/tokens.css", host=named),
        request("GET", "/healthz", host=named),
        request("GET", "/none", host=named),
        request("GET", f"/ws/board?conference={CONFERENCE}", board, host=named),
        request("GET", "/ws/point", {**UPGRADE, **city.headers("agent")}, host=named),
    ):
        told = await sent(city.address, raw)
        assert told.status in (400, 421), raw
        assert b"foreign_host" in told.body or told.status == 400
        assert b"evil" not in told.body


async def test_two_names_and_none_are_no_name_of_ours(city: City) -> None:
    twice = request("GET", "/healthz", {"Host": "evil.example"})
    assert (await sent(city.address, twice)).status in (400, 421)
    for raw in (
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET http://evil.example/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ):
        assert (await sent(city.address, raw)).status in (400, 421)


async def test_what_a_foreign_name_looks_like_writes_no_line_of_our_log(city: City) -> None:
    with capture_logs() as lines:
        await sent(city.address, request("GET", "/", host=b"evil\x85\xff.example"))
    assert all(str(line.get("host", "")).isascii() for line in lines)


# --- whose address


OURS = tuple(ip_network(each) for each in ("10.0.0.0/8", "2001:db8:1::/48"))
CAME: tuple[tuple[str, list[str], str], ...] = (
    # peer, what stands in the header (one each), who it is
    ("192.0.2.9", ["203.0.113.7"], "192.0.2.9"),
    ("10.0.0.5", [], "10.0.0.5"),
    ("10.0.0.5", ["203.0.113.7"], "203.0.113.7"),
    ("10.0.0.5", ["1.1.1.1, 203.0.113.7"], "203.0.113.7"),
    ("10.0.0.5", ["1.1.1.1", "203.0.113.7, 10.1.1.1"], "203.0.113.7"),
    ("10.0.0.5", ["10.2.2.2, 10.1.1.1"], "10.2.2.2"),
    ("10.0.0.5", ["203.0.113.7:4711"], "203.0.113.7"),
    ("10.0.0.5", ["[2001:db8:9::7]:4711"], "2001:db8:9::7"),
    ("2001:db8:1::1", ["2001:DB8:9::0007"], "2001:db8:9::7"),
    ("::ffff:10.0.0.5", ["::ffff:203.0.113.7"], "203.0.113.7"),
    ("10.0.0.5", ["203.0.113.7, unknown"], "10.0.0.5"),
    ("10.0.0.5", ["203.0.113.7, <script>, 10.1.1.1"], "10.1.1.1"),
    ("10.0.0.5", ["203.0.113.7,"], "10.0.0.5"),
    ("10.0.0.5", [", ".join(["10.0.0.6"] * 5_000 + ["203.0.113.7"])], "203.0.113.7"),
    ("10.0.0.5", [", ".join(["203.0.113.7"] + ["10.0.0.6"] * 5_000)], "10.0.0.6"),
)


def asked(peer: str, headers: Sequence[tuple[str, str]]) -> web.Request:
    return make_mocked_request("GET", "/", headers=CIMultiDict(headers)).clone(remote=peer)


@pytest.mark.parametrize(("peer", "said", "who"), CAME)
async def test_the_nearest_hop_that_is_not_ours_is_who_asks(peer: str, said: list[str], who: str) -> None:
    came = asked(peer, [("X-Forwarded-For", each) for each in said])
    assert Arrivals(proxies=OURS).address(came) == who
    # Nobody is believed who was not named.
    assert Arrivals().address(came) == peer


# --- behind a proxy


PUBLIC = "hoinghi.example"
CLIENTS = ("203.0.113.1", "203.0.113.2")


@asynccontextmanager
async def behind(folder: Path, *proxies: str) -> AsyncIterator[House]:
    server = Server(port=0, origins=(f"https://{PUBLIC}",), proxies=proxies)
    async with opened_house(Settings(server=server, storage=Storage(folder=folder))) as house:
        await house.registry.add_account("ann", "Ann", Role.ADMIN, PASSWORD, None)
        yield house


def through(client: str, **more: str) -> dict[str, str]:
    said = {"X-Forwarded-For": client, "X-Forwarded-Proto": "https", "X-Forwarded-Host": PUBLIC}
    return said | {name.replace("_", "-"): value for name, value in more.items()}


async def knocked(house: House, headers: Mapping[str, str], password: str = "sai") -> Answer:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        return await Browser(http, inside(house), headers).post(
            "/api/v1/session", {"username": "ann", "password": password}
        )


def inside(house: House) -> str:
    return f"http://127.0.0.1:{house.port}"


async def test_behind_a_proxy_each_stranger_is_counted_alone_and_named_in_the_audit(tmp_path: Path) -> None:
    async with (
        behind(tmp_path, "127.0.0.1") as house,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        tries = [(await knocked(house, through(CLIENTS[0]))).status for _ in range(6)]
        assert tries == [401] * 5 + [429]
        # Whatever a stranger puts before the proxy's own word.
        assert (await knocked(house, through(f"198.51.100.3, {CLIENTS[0]}"))).status == 429
        entered = await knocked(house, through(CLIENTS[1]), PASSWORD)
        cookie = entered.headers["Set-Cookie"].partition(";")[0]
        ann = Browser(http, inside(house), through(CLIENTS[1], Cookie=cookie, X_CSRF_Token=entered.body["csrf"]))
        assert (
            await ann.post("/api/v1/accounts", {"username": "binh", "name": "Bình", "role": "organiser"})
        ).status == 201
        (made,) = (await ann.get("/api/v1/audit?actor=user:ann")).body["entries"]
        assert made["address"] == CLIENTS[1]
        (session,) = (await ann.get("/api/v1/sessions?username=ann")).body["sessions"]
        assert session["address"] == CLIENTS[1]


async def test_without_a_proxy_named_nobody_claims_another_address(tmp_path: Path) -> None:
    async with behind(tmp_path, "10.0.0.5") as house:
        tries = [(await knocked(house, through(f"203.0.113.{n}"))).status for n in range(6)]
        assert tries == [401] * 5 + [429]
        # Nor another name, nor that it was safe on the way.
        said = {"X-Forwarded-Host": PUBLIC}
        assert (await sent(inside(house), request("GET", "/healthz", said, host="evil.example"))).status == 421
        assert (await sent(inside(house), request("GET", "/login", {"X-Forwarded-Proto": "http"}))).status == 200


async def test_a_proxy_names_the_asked_host_and_a_strangers_page_cannot(tmp_path: Path) -> None:
    async with behind(tmp_path, "127.0.0.1") as house:
        for host, said, status in (
            (PUBLIC, {}, 200),
            (PUBLIC.upper(), {}, 200),
            (f"{PUBLIC}:443", {}, 200),
            (f"{PUBLIC}:8443", {}, 421),
            ("127.0.0.1:8080", {"X-Forwarded-Host": PUBLIC}, 200),
            ("127.0.0.1:8080", {"X-Forwarded-Host": "evil.example"}, 421),
            ("evil.example", {"X-Forwarded-Host": PUBLIC}, 421),
        ):
            told = await sent(inside(house), request("GET", "/login", said, host=host))
            assert told.status == status, (host, said)


async def test_what_came_to_the_proxy_in_the_open_is_led_to_https(tmp_path: Path) -> None:
    async with behind(tmp_path, "127.0.0.1") as house:
        plain = {"X-Forwarded-Proto": "http"}
        told = await sent(inside(house), request("GET", "/p/abc?x=1", plain, host=PUBLIC))
        assert told.status == 308
        assert f"location: https://{PUBLIC}/p/abc?x=1\r\n" in told.head.lower()
        for raw in (
            request("POST", "/api/v1/session", plain, b"{}", host=PUBLIC),
            request("GET", "/api/v1/units", plain, host=PUBLIC),
            request("GET", "/ws/point", {**UPGRADE, **plain}, host=PUBLIC),
            request("GET", "//evil.example/", plain, host=PUBLIC),
        ):
            told = await sent(inside(house), raw)
            assert (told.status, b"https_only" in told.body) == (403, True)
