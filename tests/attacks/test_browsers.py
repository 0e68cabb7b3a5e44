"""What other sites and stolen browsers try: cross-site requests, fixation, replays, framing, and what every answer carries."""

import asyncio
import re

import msgspec
import pytest
from websockets.exceptions import InvalidStatus

from bridge.house import opened_house
from bridge.settings import Server, Settings, Storage
from endpoints_registry.access import Role
from tests.attacks.city import OURS, THEIRS, City
from tests.attacks.wire import Told, answer, dialled, request, sent
from tests.flows.house import CONFERENCE, PASSWORD, PATH, PATIENCE_S, Browser, act

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVERYWHERE = {
    "content-security-policy": "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "server": "bridge",
}


def header(told: Told, name: str) -> str:
    found = re.search(rf"(?im)^{name}: (.*)\r$", told.head)
    return found[1] if found else ""


ANSWERS = (
    ("GET", "/login", 200),
    ("GET", "/", 303),
    ("GET", "/healthz", 200),
    ("GET", "/p/x", 200),
    ("GET", "/c/x", 200),
    ("GET", "/p/sw.js", 200),
    ("GET", "/static/tokens.css", 200),
    ("GET", "/static/none.css", 404),
    ("GET", "/none", 404),
    ("PUT", "/healthz", 405),
    ("GET", "/api/v1/session", 401),
    ("POST", "/api/v1/session", 422),
    ("GET", "/ws/board", 401),
    ("TRACE", "/login", 405),
    ("OPTIONS", "/api/v1/session", 405),
)


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
async def test_every_answer_carries_what_protects_a_browser(city: City, method: str, path: str, status: int) -> None:
    told = await sent(city.address, request(method, path))
    assert told.status == status
    for name, word in EVERYWHERE.items():
        assert word in header(told, name), f"{name} of {method} {path}"
    policy = header(told, "content-security-policy")
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert not header(told, "access-control-allow-origin")
    assert header(told, "cache-control")
    if status >= 400:
        assert header(told, "content-type").startswith("application/problem+json")


SECRET = "bridge=GEHEIM"
HOST = "Host: 127.0.0.1"
UNREADABLE = {
    "two lengths": f"POST / HTTP/1.1\r\n{HOST}\r\nCookie: {SECRET}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "an odd length": f"POST / HTTP/1.1\r\n{HOST}\r\nContent-Length: +{SECRET}\r\n\r\n",
    "a folded line": f"GET / HTTP/1.1\r\n{HOST}\r\nCookie: a\r\n {SECRET}\r\n\r\n",
    "a space before the colon": f"GET / HTTP/1.1\r\nCookie : {SECRET}\r\n\r\n",
    "no protocol": f"GET /{SECRET} HTTP/9.9\r\n{HOST}\r\n\r\n",
    "another protocol": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a handshake": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "\x00" * 200,
    "a wish": f"POST /login HTTP/1.1\r\n{HOST}\r\nExpect: {SECRET}\r\nContent-Length: 0\r\n\r\n",
    "a wish of nobody": f"POST /nowhere HTTP/1.1\r\n{HOST}\r\nExpect: {SECRET}\r\nContent-Length: 0\r\n\r\n",
    "everything": f"OPTIONS * HTTP/1.1\r\n{HOST}\r\n\r\n",
}


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_what_cannot_be_read_is_refused_like_everything_else_and_not_quoted(city: City, raw: str) -> None:
    told = await sent(city.address, raw.encode("latin-1"))
    assert 400 <= told.status < 500
    for name, word in EVERYWHERE.items():
        assert word in header(told, name), name
    assert header(told, "content-type").startswith("application/problem+json")
    assert header(told, "cache-control") == "no-store"
    refusal = msgspec.json.decode(told.body)
    assert (refusal["status"], refusal["code"]) == (told.status, refusal["title"])
    for inside in ("GEHEIM", "aiohttp", "Python"):
        assert inside not in told.head + told.body.decode()


async def test_who_waits_to_be_asked_for_a_body_is_asked_and_answered(city: City) -> None:
    head = f"POST /api/v1/session HTTP/1.1\r\n{HOST}\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    reader, writer = await dialled(city.address)
    async with asyncio.timeout(PATIENCE_S):
        writer.write(head.encode())
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"{}")
        assert (await answer(reader)).status == 422
    writer.close()


async def test_what_belongs_to_somebody_is_kept_by_no_cache(city: City) -> None:
    for who, path in (("ann", f"{PATH}/board"), ("ann", "/"), ("operator", "/api/v1/desk"), ("ann", f"{PATH}/events")):
        told = await sent(city.address, request("GET", path, city.headers(who)))
        assert (told.status, header(told, "cache-control")) == (200, "no-store")


async def test_no_page_holds_a_script_or_a_word_that_came_from_outside(city: City) -> None:
    marked = "%3Cscript%3Ealert(1)%3C/script%3E"
    for path in (f"/p/{marked}", f"/c/{marked}", f"/units/{marked}", f"/points/{marked}", f"/login?next={marked}"):
        page = (await sent(city.address, request("GET", path, city.headers("ann")))).body.decode()
        assert "alert(1)" not in page
        assert re.findall(r"<script(?![^>]* src=)", page) == []
        assert re.findall(r"\son\w+=|javascript:", page) == []
        assert "<style" not in page


ORIGINS = (
    "https://evil.example",
    "null",
    "",
    "http://127.0.0.1",
    "http://127.0.0.1.evil.example:{port}",
    "https://127.0.0.1:{port}",
    "http://localhost:{port}.evil.example",
    "http://127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}",
)


@pytest.mark.parametrize("origin", ORIGINS)
async def test_only_our_own_origin_may_change_or_listen(city: City, origin: str) -> None:
    from_there = origin.format(port=city.address.rpartition(":")[2])
    raw = request(
        "POST", f"{PATH}/phase", {**city.headers("ann"), "Origin": from_there}, b'{"phase":"closing","version":2}'
    )
    assert (await sent(city.address, raw)).status == 403
    for path, who in ((f"/ws/board?conference={CONFERENCE}", "ann"), (f"/ws/point?link={handle(city)}", "operator")):
        with pytest.raises(InvalidStatus) as refused:
            await city.there.dial(path, {"Cookie": city.headers(who)["Cookie"], "Origin": from_there})
        assert refused.value.response.status_code == 403


def handle(city: City) -> str:
    return city.headers("operator")["Bridge-Link"]


async def test_a_cookie_without_an_origin_opens_no_socket(city: City) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await city.there.dial(f"/ws/board?conference={CONFERENCE}", {"Cookie": city.headers("ann")["Cookie"]})
    assert refused.value.response.status_code == 403


async def test_the_token_of_another_session_is_none(city: City) -> None:
    for token in (city.headers("coordinator")["X-CSRF-Token"], city.headers("operator")["X-CSRF-Token"], "", "x"):
        answer = await city.who("ann").post(f"{PATH}/phase", {"phase": "closing", "version": 2}, X_CSRF_Token=token)
        assert (answer.status, answer.code) == (403, "csrf")
    answer = await city.who("operator").post(
        f"{PATH}/acts", {}, X_CSRF_Token=city.headers("their operator")["X-CSRF-Token"]
    )
    assert (answer.status, answer.code) == (403, "csrf")


async def test_a_sign_in_takes_no_session_that_was_brought_along(alone: City) -> None:
    body = {"username": "ann", "password": PASSWORD}
    brought = "bridge=" + "a" * 32
    first = await alone.who("nobody").post("/api/v1/session", body, Cookie=brought)
    second = await alone.who("nobody").post(
        "/api/v1/session", body, Cookie=first.headers["Set-Cookie"].partition(";")[0]
    )
    tokens = {answer.headers["Set-Cookie"].partition(";")[0] for answer in (first, second)}
    assert len(tokens) == 2
    assert brought not in tokens
    assert len({first.body["csrf"], second.body["csrf"]}) == 2
    for flag in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in first.headers["Set-Cookie"]
    assert "Domain" not in first.headers["Set-Cookie"]


async def test_a_session_that_was_signed_out_is_no_key_any_more(alone: City) -> None:
    viewer = alone.who("viewer")
    assert (await viewer.get(f"{PATH}/totals")).status == 200
    assert (await viewer.ask("DELETE", "/api/v1/session", None, {})).status == 204
    assert (await viewer.get(f"{PATH}/totals")).status == 401
    assert (await viewer.post("/api/v1/session", {})).status == 422


async def test_a_links_cookie_is_for_its_own_site_alone(city: City) -> None:
    everybody = city.everybody
    path = f"/api/v1/links/{everybody.handle}/session"
    opened = await city.who("nobody").post(path, {"secret": everybody.secret, "device": "máy thử"})
    cookie = opened.headers["Set-Cookie"]
    assert opened.status == 200
    for flag in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert flag in cookie
    # The secret of the link is no session, and the session does not hold it.
    assert everybody.secret not in cookie
    assert everybody.secret not in str(opened.body)


async def test_a_city_on_https_says_so_to_browsers(tmp_path_factory: pytest.TempPathFactory) -> None:
    origin = "https://hoinghi.example"
    settings = Settings(
        server=Server(port=0, origins=(origin,)), storage=Storage(folder=tmp_path_factory.mktemp("https"))
    )
    async with opened_house(settings) as house:
        await house.registry.add_account("ann", "Ann", Role.ORGANISER, PASSWORD, None)
        inside = f"http://127.0.0.1:{house.port}"
        body = f'{{"username":"ann","password":"{PASSWORD}"}}'.encode()
        told = await sent(inside, request("POST", "/api/v1/session", {"Origin": origin}, body))
        assert told.status == 200
        assert "max-age=" in header(told, "strict-transport-security")
        cookie = header(told, "set-cookie")
        assert cookie.startswith("__Host-bridge=")
        for flag in ("Secure", "HttpOnly", "Path=/"):
            assert flag in cookie
        plain = await sent(inside, request("POST", "/api/v1/session", {"Origin": inside}, body))
        assert plain.status == 403


async def test_a_stranger_is_sent_back_to_where_they_asked_and_nowhere_else(city: City) -> None:
    for path in (
        "//evil.example/",
        "/\\evil.example/",
        "http://evil.example/",
        "/%0d%0aSet-Cookie:a=b",
        "/units/a?next=//evil",
    ):
        told = await sent(city.address, request("GET", path))
        assert told.status in (303, 400, 404, 421)
        assert not header(told, "set-cookie")
        if told.status == 303:
            assert re.fullmatch(r"/login(\?next=/[^/\\].*)?", header(told, "location"))


async def test_a_replayed_act_changes_nothing(city: City) -> None:
    told = act(OURS, "incident", fault="other", note="một lần")
    answers = [(await city.who("operator").send(told)).outcomes[0] for _ in range(5)]
    assert {each["position"] for each in answers} == {answers[0]["position"]}
    assert [each["duplicate"] for each in answers] == [False, True, True, True, True]
    # Another hall that replays it says it for itself and may not.
    (stolen,) = (await city.who("their operator").send(told)).outcomes
    assert stolen["code"] == "unknown_point"


async def test_no_method_hides_behind_another(city: City) -> None:
    for headers in (
        {"X-HTTP-Method-Override": "DELETE"},
        {"X-Method-Override": "DELETE"},
        {"X-Original-URL": "/admin"},
    ):
        stranger = Browser(city._http, city.address, {**city.headers("viewer"), **headers})
        answer = await stranger.get("/api/v1/session?_method=DELETE")
        assert (answer.status, answer.body["user"]["username"]) == (200, "viewer")
    reader, writer = await dialled(city.address)
    writer.write(request("POST", f"/api/v1/registry/links?_method=DELETE&code={THEIRS}", city.headers("viewer"), b"{}"))
    assert b" 403 " in await reader.readuntil(b"\r\n")
    writer.close()
