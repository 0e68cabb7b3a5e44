"""Nothing that opens a door, and nobody's name, is ever written into a log."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bridge.post import Kind, Letter
from bridge.post.postman import Log
from tests.attacks.city import CANARY, OURS, THEIRS, City, Everybody
from tests.attacks.wire import UPGRADE, request, sent
from tests.flows.house import CONFERENCE, PASSWORD, PATH, Standing, act, visited
from tests.flows.served import configured, serving

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_log_holds_no_secret_and_no_name_whatever_is_sent(folder: Path, everybody: Everybody) -> None:
    keys = everybody.keys
    async with serving(configured(folder)) as served, visited(served.address, keys) as there:
        nobody, ann = there.nobody, there.ann
        wrong = "mật-khẩu-gõ-nhầm"
        await nobody.post("/api/v1/session", {"username": "ann", "password": PASSWORD})
        await nobody.post("/api/v1/session", {"username": "gõ-nhầm-mật-khẩu-vào-đây", "password": wrong})
        link = f"/api/v1/links/{everybody.handle}/session"
        await nobody.post(link, {"secret": everybody.secret, "device": "x"})
        await nobody.post(link, {"secret": "bí-mật-sai", "device": "x"}, Origin="https://evil\u0111.example")
        await there.phone(THEIRS).send(
            act(THEIRS, "scan", badge=everybody.badge), act(THEIRS, "incident", fault="other", note=CANARY)
        )
        await affairs(there)
        await files(served.address, keys.staff)
        await ann.get(f"{PATH}/points/{THEIRS}/people")
        await ann.get(f"/api/v1/points?q={CANARY}")
        room = await there.room(OURS)
        await room.hello()
        await room.say("beat", stream=f"{CANARY}\n{everybody.secret}")
        await room.say("act", id=everybody.secret, kind=CANARY)
        while (await room.next())["type"] != "ack":
            pass
        cookie = keys.staff["ann"]["Cookie"]
        # What the library cannot read it would quote.
        for raw in (
            b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + cookie.encode() + b"\x01\r\n\r\n",
            f"GET /healthz HTTP/1.1\r\nHost: x\r\n{cookie}\r\n\r\n".encode(),
            f"GET /p/{everybody.handle} {everybody.secret} HTTP/1.1\r\n\r\n".encode(),
            b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + keys.tokens[OURS].encode()
            + b"\xff" * 9000
            + b"\r\n\r\n",
            request("POST", "/api/v1/session", {"Content-Encoding": "gzip", "Cookie": cookie}, PASSWORD.encode()),
            request(
                "GET", f"/ws/board?conference={CONFERENCE}", {**UPGRADE, "Cookie": cookie, "Origin": "http://evil\x7f"}
            ),
            request("POST", "/api/v1/session%0aFAKE", {"Origin": "https://evil.example"}, b"{}"),
        ):
            assert (await sent(served.address, raw)).status < 500
        assert await served.told_to_go() == 0
    log = "".join(served.log)
    secrets = [PASSWORD, wrong, "bí-mật-sai", "gõ-nhầm", everybody.secret, everybody.badge, CANARY, "Lê Văn"]
    secrets += [each.partition("=")[2] for each in (cookie, keys.phones[THEIRS]["Cookie"])]
    secrets += [keys.tokens[OURS], keys.staff["ann"]["X-CSRF-Token"]]
    assert [each for each in secrets if each in log] == []
    assert "Traceback" not in log
    assert all(line.startswith("{") for line in served.log if line.strip())


async def files(address: str, staff: Mapping[str, Mapping[str, str]]) -> None:
    """Whole tables of people: registry, rosters and accounts, taken in and refused, and the way out again."""
    heading = "code,unit_code,name,type,seats,reception_mode,operator_name,operator_phone"
    hall = f"{THEIRS},00004,{CANARY} Nhà văn hóa,commune,100,stream,{CANARY} Phạm Dung,0900 999 000"
    points = f"{heading}\n{hall}\n"
    broken = f"code,unit_code,name,operator_name\n{CANARY},{CANARY},{CANARY},{CANARY}\n"
    roster = f"point,name,position,own_code\n{THEIRS},{CANARY} Nguyễn Thị Tám,{CANARY},{CANARY}-8\n"
    wrong = f"point,name\nkhông-có,{CANARY}\n"
    accounts = f"username,name,role,unit\ncanary,{CANARY},viewer,006\n{CANARY} sai,{CANARY},vua,{CANARY}\n"
    table = {"Content-Type": "text/csv"}
    for who, method, path, body in (
        ("ann", "POST", "/api/v1/registry/imports", points),
        ("ann", "POST", "/api/v1/registry/imports", broken),
        ("ann", "POST", f"{PATH}/roster/imports", roster),
        ("ann", "POST", f"{PATH}/roster/imports", wrong),
        ("ada", "POST", "/api/v1/accounts/imports/preview", accounts),
        ("ada", "POST", "/api/v1/accounts/imports", accounts),
        ("ada", "GET", "/api/v1/audit/export", ""),
        ("ada", "GET", f"/api/v1/audit?subject={CANARY}", ""),
        ("ann", "GET", f"{PATH}/roster", ""),
        ("ann", "GET", "/api/v1/registry/export?kind=points&format=csv", ""),
        ("ada", "POST", "/api/v1/people/held", f'{{"name":"{CANARY} Phạm Dung"}}'),
    ):
        told = await sent(address, request(method, path, {**staff[who], **table}, body.encode()))
        assert told.status < 500, (path, told.body)
        # What is right is really taken in: else nothing of it could have been written down.
        assert body not in (points, roster) or told.status == 200, told.body


async def affairs(there: Standing) -> None:
    """Everything that people write about what goes wrong, whom they phone and what they say to halls."""
    ann = there.ann
    for path, said in (
        ("notices", {"text": CANARY}),
        ("incidents/1", {"do": "note", "note": CANARY}),
        ("incidents/1", {"do": "escalate", "why": CANARY}),
        ("incidents/1", {"do": "explain", "cause": CANARY}),
        ("incidents/1", {"do": "assign", "to": CANARY}),
        ("incidents/1", {"do": "resolve", "note": CANARY}),
        (f"calls/{OURS}", {"do": "end", "outcome": "answered", "note": CANARY}),
        (f"calls/{CANARY}", {"do": CANARY}),
    ):
        assert (await ann.post(f"{PATH}/{path}", said)).status < 500
    hours = {"from": "2026-03-07T07:00:00Z", "to": "2026-03-07T17:00:00Z"}
    shifts = [{"name": CANARY, "phone": "0900 999 000", "what": CANARY, **hours}]
    assert (await ann.ask("PUT", f"{PATH}/duty", shifts, {})).status == 200


async def test_of_a_letter_the_log_says_what_it_is_about_and_nothing_that_somebody_wrote() -> None:
    letter = Letter(CONFERENCE, 7, Kind.RESOLVED, 1, "[Đã khắc phục, sự cố 1]", f"Nguyên nhân: {CANARY}.", b"{}", 0)
    with capture_logs() as lines:
        await Log().send(letter)
    (line,) = lines
    assert line["title"] == letter.title
    assert CANARY not in str(line)


async def test_an_error_tells_its_asker_nothing_of_our_insides(city: City) -> None:
    for method, path, body in (
        ("GET", "/none", b""),
        ("POST", "/api/v1/session", b"{"),
        ("GET", "/ws/board", b""),
        ("POST", f"{PATH}/acts", b"["),
    ):
        told = await sent(city.address, request(method, path, city.headers("operator"), body))
        for inside in (b"Traceback", b"/work", b"site-packages", b".py", b"sqlite", b"aiohttp", b"msgspec"):
            assert inside not in told.body
            assert inside not in told.head.encode()
