"""Whatever bytes a stranger sends, the answer is a clear refusal: no 5xx, no silence, and the halls go on."""

import asyncio
import gzip
import random
from collections.abc import Mapping

import msgspec
import pytest

from tests.attacks.city import OURS, City
from tests.attacks.wire import UPGRADE, Told, Words, dialled, frame, request, sent
from tests.flows.house import CONFERENCE, PATH, PATIENCE_S, SITTING, act, count

pytestmark = pytest.mark.asyncio(loop_scope="session")

SESSION, LINK, ACTS = "/api/v1/session", "/api/v1/links/abc/session", f"{PATH}/acts"
IMPORTS, MADE = "/api/v1/registry/imports", "/api/v1/conferences"
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
DEEP = b"[" * 50_000
MUTATIONS = 400


async def says(city: City, raw: bytes) -> Told:
    told = await sent(city.address, raw)
    assert told.status < 500, f"{raw[:300]!r} -> {told.status} {told.body[:200]!r}"
    return told


HEADERS: tuple[tuple[str, Mapping[str, Words]], ...] = (
    ("/api/v1/session", {"Authorization": b"Bearer \xff"}),
    ("/api/v1/session", {"Authorization": "Bearer " + "a" * 8000}),
    ("/api/v1/session", {"Authorization": "Bearer"}),
    ("/", {"Cookie": b"bridge=\xff"}),
    ("/api/v1/session", {"Cookie": 'bridge="\\355\\240\\200"'}),
    ("/api/v1/desk", {"Bridge-Link": b"\xff", "Cookie": b"link-\xff=\xff"}),
    ("/api/v1/desk", {"Bridge-Link": ";=\t,", "Cookie": "link-;=\t,=x"}),
    ("/p/sw.js", {"If-None-Match": b'W/"\xff', "Range": "bytes=9-1", "If-Modified-Since": "hôm qua"}),
    ("/p/sw.js", {"Accept-Encoding": "gzip;q=nan, *;q=9"}),
    ("/login", {"Cookie": "language=../../etc; theme=<script>"}),
)


@pytest.mark.parametrize(("path", "headers"), HEADERS)
async def test_headers_that_are_no_text_are_nobodys_key(city: City, path: str, headers: Mapping[str, Words]) -> None:
    assert (await says(city, request("GET", path, headers))).status in (200, 303, 401)


@pytest.mark.parametrize("header", ["X-CSRF-Token", "Origin"])
async def test_a_token_of_wild_bytes_is_a_wrong_token(city: City, header: str) -> None:
    told = await says(city, request("POST", f"{PATH}/phase", {**city.headers("ann"), header: b"\xff\xfe"}, b"{}"))
    assert told.status == 403


PATHS: tuple[Words, ...] = (
    b"/p/\xff",
    "/p/%00/manifest.webmanifest",
    "/p/%ED%A0%80/manifest.webmanifest",
    "/static/../../config.toml",
    "/static/%2e%2e/%2e%2e/config.toml",
    "/static/..%2f..%2fconfig.toml",
    "/static/..%5c..%5cconfig.toml",
    "/static//etc/passwd",
    "/static/%00",
    "/static/vendor/",
    "/p/../static/../config.toml",
    "http://evil/healthz",
    "http://[::1/healthz",
    "//evil/healthz",
    "*",
    "/" + "a" * 9000,
    "/healthz?" + "a=1&" * 1500,
)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path)[:30])
async def test_no_path_leads_out_of_the_house(city: City, path: Words) -> None:
    told = await says(city, request("GET", path))
    assert told.status in (200, 303, 400, 404, 421)
    for inside in (b"[server]", b"root:", b"heartbeat_s"):
        assert inside not in told.body


QUERIES = (
    f"{PATH}/events?after=9223372036854775808",
    f"{PATH}/events?after={'9' * 4000}",
    f"{PATH}/events?after=1e3&limit=-1",
    f"{PATH}/totals?unit=%00",
    f"{PATH}/totals?unit=%ED%A0%80&sitting=%ED%A0%80",
    f"{PATH}/totals?sitting=x&round=%00",
    f"{PATH}/board?unit={'x' * 500}",
    f"{PATH}/points/%ED%A0%80",
    f"{PATH}/points/{'x' * 5000}",
    f"{PATH}/badges.pdf?point=%00",
    f"{PATH}/roster/export?unit=%FF&format=csv",
    "/api/v1/units?day=0001-01-01",
    "/api/v1/units?day=9999-12-31",
    "/api/v1/units?day=99999999999999",
    "/api/v1/units?page=100000&per_page=1000",
    "/api/v1/points?q=" + "%CC%81" * 60,
    "/api/v1/points?q=%00%ED%A0%80",
    "/api/v1/desk?device=%00",
    "/api/v1/registry/export?kind=points&format=csv&day=0001-01-01",
    "/api/v1/conferences/%2e%2e/events",
)


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path[:50])
async def test_odd_questions_get_plain_answers(city: City, path: str) -> None:
    assert (await says(city, request("GET", path, city.headers("ann")))).status in (200, 404, 409, 422)


def a_conference(**said: object) -> bytes:
    sitting = {"day": "2026-03-08", "starts_at": "08:00", "ends_at": "11:00"}
    return msgspec.json.encode({"id": "thu", "title": "T", "unit": "01", "sittings": [sitting], **said})


def a_sitting(**said: str) -> list[dict[str, str]]:
    return [{"day": "2026-03-08", "starts_at": "08:00", "ends_at": "11:00", **said}]


def an_act(**said: object) -> bytes:
    told = act(OURS, "stage", stage="on_site") | said
    return msgspec.json.encode({"device": "d", "sent_at": "2026-03-07T08:00:00+07:00", "acts": [told]})


BODIES: tuple[tuple[str, str, bytes], ...] = (
    ("nobody", SESSION, b'{"username":"\\ud800","password":"y"}'),
    ("nobody", SESSION, b'{"username":"\xed\xa0\x80","password":"y"}'),
    ("nobody", SESSION, b'{"username":"\\u0000","password":"y"}'),
    ("nobody", SESSION, b'{"username":"ann","password":"y","role":"admin"}'),
    ("nobody", SESSION, b'{"username":["ann"],"password":{}}'),
    ("nobody", SESSION, b'{"username":1e999,"password":' + b"9" * 5000 + b"}"),
    ("nobody", SESSION, DEEP),
    ("nobody", SESSION, b" " * 300_000),
    ("nobody", SESSION, b""),
    ("nobody", SESSION, b"null"),
    ("nobody", LINK, b'{"secret":"\\u0000","device":"\\u0000"}'),
    ("nobody", LINK, b'{"secret":"x","device":"a\\nb"}'),
    ("nobody", "/api/v1/links/%00/session", b'{"secret":"x","device":"y"}'),
    ("nobody", "/api/v1/links/%ED%A0%80/session", b'{"secret":"x","device":"y"}'),
    ("nobody", "/api/v1/attend", b'{"id":"x"}'),
    ("ann", MADE, a_conference(sittings=a_sitting(day="9999-12-31"), unit="x")),
    ("ann", MADE, a_conference(sittings=a_sitting(day="0001-01-01"))),
    ("ann", MADE, a_conference(sittings=a_sitting(starts_at="08:00:00+23:59"))),
    ("ann", MADE, a_conference(id="../x")),
    ("ann", MADE, a_conference(title="a\0b")),
    ("ann", MADE, a_conference(hotline={"name": "\x1b[2J"})),
    ("ann", MADE, a_conference(phase="live", version=7)),
    ("ann", MADE, a_conference(expected={SITTING: {OURS: -1}})),
    ("ann", MADE, DEEP),
    ("ann", f"{PATH}/phase", b'{"phase":"closing","version":1' + b"0" * 400 + b"}"),
    ("ann", f"{PATH}/phase", b'{"phase":["closing"],"version":null}'),
    ("ann", "/api/v1/registry/links", b'{"points":["' + b"x" * 5000 + b'"]}'),
    ("operator", ACTS, b'{"device":"d","sent_at":"2026-03-07T08:00:00+07:00","acts":[' + DEEP + b"]}"),
    ("operator", ACTS, b'{"device":"d","sent_at":"2026-03-07T08:00:00+07:00","acts":[{"a":' + DEEP + b"}]}"),
    ("operator", ACTS, b'{"device":"a\\nb","sent_at":"2026-03-07T08:00:00+07:00","acts":[{}]}'),
    ("operator", ACTS, b'{"device":"d","sent_at":1e999}'),
    ("operator", ACTS, b"\xff\xfe"),
)


@pytest.mark.parametrize(("who", "path", "body"), BODIES)
async def test_a_body_that_makes_no_sense_is_refused_in_words(city: City, who: str, path: str, body: bytes) -> None:
    told = await says(city, request("POST", path, city.headers(who), body))
    assert told.status in (401, 404, 409, 413, 422, 429)
    assert msgspec.json.decode(told.body)["detail"]


ACTS_SAID: tuple[Mapping[str, object], ...] = (
    {"seq": -1},
    {"seq": 1.5},
    {"seq": 10**400},
    {"at": "2026-03-07"},
    {"at": "2026-03-07T08:00:00"},
    {"point": "a\nb"},
    {"point": "../" + OURS},
    {"id": "1"},
    {"kind": "delete-everything"},
    {"stage": "\0"},
    {"kind": "count", "sitting": SITTING, "round": "opening", "present": -1, "excused": 0, "unexcused": 0},
    {"kind": "count", "sitting": SITTING, "round": "opening", "present": 10**30, "excused": 0, "unexcused": 0},
    {"kind": "incident", "fault": "other", "note": "x" * 501},
    {"kind": "scan", "badge": "DB1." + "đ" * 30},
    {"kind": "scan", "person": "0" * 41},
)


@pytest.mark.parametrize("said", ACTS_SAID)
async def test_an_act_that_makes_no_sense_is_refused_by_itself(city: City, said: Mapping[str, object]) -> None:
    told = await says(city, request("POST", ACTS, city.headers("operator"), an_act(**said)))
    assert [each["outcome"] for each in msgspec.json.decode(told.body)["outcomes"]] == ["refused"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00"])
async def test_a_clock_at_the_end_of_time_counts_as_now(city: City, at: str) -> None:
    told = await says(
        city, request("POST", ACTS, city.headers("operator"), an_act(at=at).replace(b"2026-03-07T08", b"2026-03-07T08"))
    )
    (outcome,) = msgspec.json.decode(told.body)["outcomes"]
    assert (outcome["outcome"], outcome["at"][:10]) == ("accepted", "2026-03-07")


WRAPPED: tuple[tuple[Mapping[str, Words], bytes, bool], ...] = (
    ({"Content-Encoding": "gzip"}, b"no gzip", True),
    ({"Content-Encoding": "gzip"}, gzip.compress(b'{"username":"x"}', mtime=0)[:-6], True),
    ({"Content-Encoding": "gzip"}, gzip.compress(b" " * 50_000_000, mtime=0), True),
    ({"Content-Encoding": "deflate"}, b"\xffno", True),
    ({"Content-Encoding": "br"}, b"\xffno", True),
    ({"Content-Encoding": "rot13"}, b"{}", True),
    ({"Transfer-Encoding": "chunked"}, b"zz\r\n", False),
    ({"Transfer-Encoding": "chunked"}, b"ffffffffffffffffffff\r\n", False),
    ({"Transfer-Encoding": "chunked", "Content-Length": "4"}, b"0\r\n\r\n", False),
    ({"Transfer-Encoding": "chunked, identity"}, b"0\r\n\r\n", False),
    ({"Content-Length": "4", "Content-length": "5"}, b"{}  ", False),
    ({"Content-Length": "-4"}, b"{}", False),
    ({"Content-Length": "9" * 30}, b"{}", False),
    ({"Expect": "một phép màu"}, b"{}", True),
)


@pytest.mark.parametrize(("headers", "body", "sized"), WRAPPED)
async def test_a_body_that_is_wrapped_wrongly_is_refused(
    city: City, headers: Mapping[str, Words], body: bytes, sized: bool
) -> None:
    told = await says(city, request("POST", SESSION, headers, body, sized=sized))
    assert told.status in (400, 413, 417, 422)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
async def test_a_file_that_is_wrapped_wrongly_is_refused(city: City, encoding: str) -> None:
    headers = {**city.headers("ann"), "Content-Encoding": encoding}
    assert (await says(city, request("POST", IMPORTS, headers, b"\xffno"))).status == 400


async def test_a_file_that_grows_when_unwrapped_is_read_no_further_than_a_file_may_be_long(city: City) -> None:
    headers = {**city.headers("ann"), "Content-Encoding": "gzip"}
    told = await says(city, request("POST", IMPORTS, headers, gzip.compress(bytes(100_000_000))))
    assert told.status == 413


FORMS = (
    b"abc",
    b"--x\r\n\r\nabc",
    b"--x\r\nA: b",
    b"--x\r\n\xff\xff\r\n\r\nabc\r\n--x--",
    b"--x\r\nContent-Length: abc\r\n\r\nabc\r\n--x--",
    b"--x\r\nContent-Length: -5\r\n\r\nabc\r\n--x--",
    b"--x\r\nContent-Type: multipart/mixed\r\n\r\nabc\r\n--x--",
    b"--x\r\nContent-Encoding: gzip\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--",
    b"--x\r\n" + b"A: b\r\n" * 5000 + b"\r\nabc\r\n--x--",
    b"--x\r\nA: " + b"b" * 100_000 + b"\r\n\r\nabc\r\n--x--",
    b"--x--\r\n",
    b"",
)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: repr(form[:40]))
async def test_a_broken_form_brings_no_file(city: City, form: bytes) -> None:
    for kind in (
        FORM,
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": f"multipart/form-data; boundary={'x' * 99}"},
    ):
        told = await says(city, request("POST", IMPORTS, {**city.headers("ann"), **kind}, form))
        assert told.status in (400, 422)


@pytest.mark.parametrize("length", ["5", "0005", "+5"])
async def test_an_upgrade_with_a_body_is_refused(city: City, length: str) -> None:
    for path, who in (("/ws/point", "agent"), (f"/ws/board?conference={CONFERENCE}", "ann")):
        headers = {**UPGRADE, **city.headers(who), "Origin": city.address, "Content-Length": length}
        told = await says(city, request("GET", path, headers, b"hello", sized=False))
        assert told.status == 400


async def test_an_upgrade_elsewhere_is_an_ordinary_request(city: City) -> None:
    smuggled = b'{"username":"x"}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
    told = await says(city, request("POST", SESSION, UPGRADE, smuggled))
    assert told.status == 422


async def test_a_sender_who_goes_away_half_way_harms_nobody(city: City) -> None:
    for headers, body in (({"Content-Length": "400"}, b"{}"), ({"Transfer-Encoding": "chunked"}, b"5\r\nab")):
        await sent(city.address, request("POST", SESSION, headers, body, sized=False), hangs_up=True)
    assert (await city.who("nobody").get("/readyz")).status == 200


# --- chance


SPIKES = (b"\0", b"\xed\xa0\x80", b"\\ud800", b"1e999", b"-1", b"null", b"[" * 3000, b'"', b"{")


def broken(chance: random.Random, good: bytes) -> bytes:
    """The same bytes, a few times cut, doubled, exchanged or made wild."""
    said = bytearray(good)
    for _ in range(chance.randint(1, 4)):
        at, until = sorted(chance.randrange(len(said) + 1) for _ in range(2))
        wild = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
        piece = chance.choice([b"", wild, bytes(said[at:until]) * 2, *SPIKES])
        said[at : until if chance.random() < 0.3 else at + 1] = piece
    return bytes(said)


async def test_reports_broken_by_chance_never_break_us(city: City) -> None:
    chance = random.Random(7)
    good = msgspec.json.encode(
        {
            "device": "d",
            "sent_at": "2026-03-07T08:00:00+07:00",
            "acts": [count(OURS, 60), act(OURS, "scan", badge="DB1.x")],
        }
    )
    headers = city.headers("operator")
    for _ in range(MUTATIONS):
        await says(city, request("POST", ACTS, headers, broken(chance, good)))


async def test_requests_broken_by_chance_never_break_us(city: City) -> None:
    chance = random.Random(8)
    good = request("POST", ACTS, city.headers("operator"), an_act())
    for _ in range(MUTATIONS // 2):
        # Whatever it turned into, nothing more comes: what waits for the rest is told that there is none.
        told = await sent(city.address, broken(chance, good), hangs_up=True)
        assert told.status < 500


async def test_frames_broken_by_chance_end_in_a_documented_way(city: City) -> None:
    chance = random.Random(9)
    hello = msgspec.json.encode({"type": "hello", "device": "d"})
    known = {1000, 1001, 1002, 1003, 1006, 1007, 1009, 4400, 4501}
    for path, who, opening in (
        ("/ws/point", "agent", [frame(hello)]),
        (f"/ws/board?conference={CONFERENCE}", "viewer", []),
    ):
        goods = [
            frame(msgspec.json.encode({"type": "act", **act(OURS, "stage", stage="on_site")})),
            frame('{"type":"beat"}'),
        ]
        goods.append(frame('{"type":"watch","epoch":"x","offset":7}'))
        for _ in range(MUTATIONS // 8):
            raw = b"".join(
                [*opening, *(broken(chance, chance.choice(goods)) for _ in range(4)), frame(b"\x03\xe8", opcode=8)]
            )
            code = await hung_up(city, path, who, raw)
            assert code in known, f"{raw!r} -> {code}"
    assert (await city.who("nobody").get("/readyz")).status == 200


FRAMES: tuple[tuple[bytes, int], ...] = (
    (frame("{"), 4400),
    (frame('{"type":"beat"}'), 4400),
    (frame('{"type":"hello","device":""}'), 4400),
    (frame('{"type":"hello","device":"\\u0000"}'), 4400),
    (frame('{"type":"đường","đường":"' + "đ" * 300 + '"}'), 4400),
    (frame("[" * 10_000), 4400),
    (frame(b"\xff\xfe"), 1007),
    (frame(b"x", opcode=2), 4400),
    (frame(b"x", opcode=3), 1002),
    (frame("x" * 20_000), 1009),
    (b"\x81\xff" + b"\xff" * 8, 1009),
    (frame(b"x" * 126, opcode=9), 1002),
)


@pytest.mark.parametrize(("raw", "code"), FRAMES, ids=lambda each: repr(each)[:30])
async def test_a_frame_that_makes_no_sense_ends_the_talk_and_says_why(city: City, raw: bytes, code: int) -> None:
    assert await hung_up(city, "/ws/point", "agent", raw) in {code, 1002}


async def test_a_screen_that_makes_no_sense_is_told_so(city: City) -> None:
    path = f"/ws/board?conference={CONFERENCE}"
    for raw in (
        frame("{"),
        frame('{"type":"' + "đ" * 300 + '"}'),
        frame("[" * 2_000),
        frame('{"type":"watch","offset":-1}'),
    ):
        assert await hung_up(city, path, "viewer", raw) == 4400
    assert await hung_up(city, path, "viewer", frame("x" * 5_000)) == 1009


async def hung_up(city: City, path: str, who: str, raw: bytes) -> int:
    """The code with which the server hangs up after these bytes; 1006 for none."""
    reader, writer = await dialled(city.address)
    origin = {"Origin": city.address} if who != "agent" else {}
    writer.write(request("GET", path, {**UPGRADE, **city.headers(who), **origin}))
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    writer.write(raw)
    writer.write_eof()
    try:
        async with asyncio.timeout(PATIENCE_S):
            said = await reader.read(-1)
    except ConnectionError:
        return 1006
    finally:
        writer.close()
    return closing(said)


def closing(said: bytes) -> int:
    """The code of the closing frame among the server's frames."""
    at = 0
    while at + 2 <= len(said):
        opcode, size = said[at] & 15, said[at + 1] & 127
        at += 2
        if size >= 126:
            wide = 2 if size == 126 else 8
            size = int.from_bytes(said[at : at + wide], "big")
            at += wide
        if opcode == 8:
            assert size <= 125, "a closing frame that no client may read"
            said[at + 2 : at + size].decode()
            return int.from_bytes(said[at : at + 2], "big")
        at += size
    return 1006
