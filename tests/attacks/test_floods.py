"""Whoever floods, hangs on or goes silent takes from nobody else: everything that can pile up has a bound."""

import asyncio
import contextlib
import random
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bridge import doorstep, house
from bridge.edges import attending, rooms
from bridge.simulator.acts import uuid7
from dashboards import sockets
from endpoints_registry import taking
from endpoints_registry.access import Role
from endpoints_registry.units import Cluster
from tests.attacks.city import OURS, THEIRS, City, Everybody, standing
from tests.attacks.test_bytes import closing
from tests.attacks.wire import UPGRADE, answer, dialled, frame, request, sent
from tests.flows.house import CONFERENCE, MORNING_MS, PATH, PATIENCE_S, Answer, act

pytestmark = pytest.mark.asyncio(loop_scope="session")

SILENT = 2_000
NOTICED_S = 2.0
"""Ten times what a screen may notice of somebody else's flood."""
BOARD = f"/ws/board?conference={CONFERENCE}"


@contextlib.asynccontextmanager
async def opened(city: City, path: str, who: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A socket by hand, so that it may misbehave."""
    reader, writer = await dialled(city.address)
    writer.write(request("GET", path, {**UPGRADE, **city.headers(who), "Origin": city.address}))
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    try:
        yield reader, writer
    finally:
        writer.close()


async def worst_s(city: City, times: int = 10) -> float:
    """How long the slowest of some ordinary questions took."""
    loop, slowest = asyncio.get_running_loop(), 0.0
    for _ in range(times):
        began = loop.time()
        assert (await city.who("ann").get(f"{PATH}/totals")).status == 200
        slowest = max(slowest, loop.time() - began)
    return slowest


@contextlib.asynccontextmanager
async def flooding(writer: asyncio.StreamWriter, raw: bytes) -> AsyncIterator[None]:
    async def pour() -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(raw)
                await writer.drain()
                await asyncio.sleep(0)

    pouring = asyncio.create_task(pour())
    try:
        yield
    finally:
        pouring.cancel()
        await asyncio.gather(pouring, return_exceptions=True)


HELLO = frame('{"type":"hello","device":"x"}')
FLOODS = (
    ("/ws/point", "agent", HELLO, frame('{"type":"beat"}')),
    ("/ws/point", "agent", HELLO, frame(b"", opcode=9)),
    (BOARD, "viewer", b"", frame('{"type":"watch"}')),
    (BOARD, "viewer", b"", frame(b"", opcode=9)),
)


@pytest.mark.parametrize(("path", "who", "first", "flood"), FLOODS, ids=["beats", "pings", "watches", "board-pings"])
async def test_a_flood_of_frames_slows_only_its_sender(
    city: City, path: str, who: str, first: bytes, flood: bytes
) -> None:
    async with opened(city, path, who) as (_, writer):
        writer.write(first)
        async with flooding(writer, flood * 1_000):
            assert await worst_s(city) < NOTICED_S
            screen = await city.there.screen(city.who("ann"))
            await screen.watch()
            tap = act(OURS, "incident", fault="other", note=flood.hex()[:40])
            await city.who("operator").send(tap)
            while not any(line.get("note") == tap["note"] for line in screen.news):
                await screen.take()
            await screen.line.close()


BEGUN, WENT_ON = bytes([0x01, 0x80]) + bytes(4), bytes([0x00, 0x80]) + bytes(4)
"""A message that has begun, and an empty piece of it after which it still is not whole."""
ENDLESS = 40_000_000
"""More than all the buffers between two ends hold."""


@pytest.mark.parametrize(("path", "who"), [("/ws/point", "agent"), (BOARD, "viewer")])
async def test_a_message_without_an_end_is_not_read_without_an_end(city: City, path: str, who: str) -> None:
    poured = 0
    async with opened(city, path, who) as (_, writer):
        writer.write(BEGUN)
        with contextlib.suppress(TimeoutError):
            while poured < ENDLESS:
                writer.write(WENT_ON * 20_000)
                poured += len(WENT_ON) * 20_000
                async with asyncio.timeout(NOTICED_S):
                    await writer.drain()
        assert poured < ENDLESS
        assert await worst_s(city) < NOTICED_S


async def test_thousands_who_connect_and_say_nothing_keep_nobody_out(city: City) -> None:
    with silent(city.address, SILENT):
        assert await worst_s(city) < NOTICED_S
        (outcome,) = (await city.who("operator").send(act(OURS, "stage", stage="on_site"))).outcomes
        assert outcome["outcome"] == "accepted"


@contextlib.contextmanager
def silent(address: str, many: int) -> Iterator[list[socket.socket]]:
    host, _, port = address.removeprefix("http://").partition(":")
    there: list[socket.socket] = []
    try:
        for _ in range(many):
            line = socket.socket()
            there.append(line)
            line.setblocking(False)
            line.connect_ex((host, int(port)))
        yield there
    finally:
        for line in there:
            line.close()


async def test_requests_sent_without_reading_an_answer_are_not_piled_up(city: City) -> None:
    _, writer = await dialled(city.address)
    async with flooding(writer, request("GET", "/api/v1/openapi.json") * 500):
        assert await worst_s(city) < NOTICED_S
    writer.close()


async def test_nobody_may_be_silent_for_ever(
    folder: Path, everybody: Everybody, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where, name in (
        (house, "SILENCE_S"),
        (doorstep, "HEAD_PATIENCE_S"),
        (taking, "BODY_PATIENCE_S"),
        (rooms, "HELLO_PATIENCE_S"),
        (sockets, "WATCH_PATIENCE_S"),
    ):
        monkeypatch.setattr(where, name, 0.3)
    async with standing(folder, everybody) as city, asyncio.timeout(PATIENCE_S):
        for said in (b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "):
            reader, writer = await dialled(city.address)
            writer.write(said)
            assert await reader.read() == b""
            writer.close()
        reader, writer = await dialled(city.address)
        writer.write(request("GET", "/healthz"))
        assert (await answer(reader)).status == 200
        assert await reader.read() == b""
        writer.close()
        reader, writer = await dialled(city.address)
        writer.write(request("POST", "/api/v1/session", {"Content-Length": "50"}, b'{"user', sized=False))
        assert (await answer(reader)).status == 408
        writer.close()
        for path, who in (("/ws/point", "agent"), (BOARD, "viewer")):
            async with opened(city, path, who) as (heard, _):
                assert closing(await heard.read()) == 4401


async def test_a_screen_that_never_reads_is_cut_and_the_others_see_everything(
    folder: Path, everybody: Everybody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "SEND_PATIENCE_S", 0.5)
    async with standing(folder, everybody) as city, asyncio.timeout(PATIENCE_S):
        other = await city.there.screen(city.who("ann"))
        await other.watch()
        host, _, port = city.address.removeprefix("http://").partition(":")
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect((host, int(port)))
        deaf.send(request("GET", BOARD, {**UPGRADE, **city.headers("ann"), "Origin": city.address}))
        deaf.send(frame('{"type":"watch"}'))
        await city.who("operator").send(act(OURS, "stage", stage="on_site"))
        await other.shows(OURS, stage="on_site")
        assert city.ours.house.feed.watchers == 2
        while city.ours.house.feed.watchers == 2:
            await city.who("operator").send(*(act(OURS, "incident", fault="other", note="x" * 500) for _ in range(30)))
            await other.take()
        note = "sau cùng"
        await city.who("operator").send(act(OURS, "incident", fault="other", note=note))
        while other.news[0].get("note") != note:
            await other.take()
        deaf.close()


async def test_nobody_takes_the_boards_of_all_others(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "SCREENS_EACH", 2)

    async def knocks(who: str) -> int:
        headers = {**UPGRADE, **city.headers(who), "Origin": city.address}
        return (await sent(city.address, request("GET", BOARD, headers))).status

    async with opened(city, BOARD, "inspector"):
        async with opened(city, BOARD, "inspector"):
            assert await knocks("inspector") == 429
            assert await knocks("ann") == 101
        async with asyncio.timeout(PATIENCE_S):
            while await knocks("inspector") != 101:  # noqa: ASYNC110 - it is told of nothing but by knocking
                await asyncio.sleep(0.01)


async def test_a_flood_of_acts_beyond_the_inbox_is_told_to_come_again(city: City) -> None:
    batch = [act(OURS, "perceived", picture="good", sound="good", line="good") for _ in range(200)]
    answers = await asyncio.gather(*(city.who("operator").send(*batch) for _ in range(30)))
    assert {each.status for each in answers} <= {200, 503}
    assert all("Retry-After" in each.headers for each in answers if each.status == 503)
    assert await worst_s(city, 3) < NOTICED_S


# --- who was there and may no longer


async def test_whoever_has_seen_the_halls_code_does_not_fill_the_journal(alone: City) -> None:
    shown = (await alone.who("operator").get("/api/v1/desk/hall-code")).body["url"]
    nobody, roster = alone.who("nobody"), alone.ours.house.registry.attendees(CONFERENCE)
    assert roster is not None

    async def attends(badge: str) -> Answer:
        said = {"point": OURS, "code": shown.partition("#")[2], "badge": badge}
        return await nobody.post("/api/v1/attend", {"id": uuid7(MORNING_MS, random.Random(badge)), **said})

    tried = [await attends(f"forged {number}") for number in range(attending.TRIES + 5)]
    assert [each.status for each in tried] == [200] * attending.TRIES + [429] * 5
    assert (tried[-1].code, int(tried[-1].headers["Retry-After"]) > 0) == ("too_many_tries", True)
    kept = [each for each in await alone.who("ann").events() if each["by"] == f"attend:{OURS}"]
    assert len(kept) == attending.TRIES
    # Who has a badge is let in from the same address, and shows it again as often as a bad line makes them.
    badge = roster.badge(roster.of_point(OURS)[0].person)
    assert [(await attends(badge)).body["outcome"] for _ in range(3)] == ["accepted"] * 3


async def test_a_session_that_is_signed_out_takes_its_board_with_it(alone: City) -> None:
    screen = await alone.there.screen(alone.who("viewer"))
    other = await alone.there.screen(alone.who("their-viewer"))
    await screen.watch()
    await other.watch()
    assert (await alone.who("viewer").ask("DELETE", "/api/v1/session", None, {})).status == 204
    assert await screen.closed() == 4503
    await other.take()


async def test_a_revoked_link_and_token_take_their_sockets_with_them(alone: City) -> None:
    room, other = await alone.there.room(THEIRS), await alone.there.room(OURS)
    await room.hello()
    await other.hello()
    headers = alone.headers("their operator")
    path = f"/ws/point?link={headers['Bridge-Link']}"
    phone = await alone.there.dial(path, {"Cookie": headers["Cookie"], "Origin": alone.address})
    ann = alone.who("ann")
    for what in ("links", "tokens"):
        assert (await ann.ask("DELETE", f"/api/v1/registry/{what}/{THEIRS}", None, {})).status == 204
    await asyncio.wait_for(phone.wait_closed(), PATIENCE_S)
    assert phone.close_code == 4503
    assert await room.closed() == 4503
    await other.beat()
    assert (await alone.who("their operator").get("/api/v1/desk")).status == 401


async def test_whoever_is_given_other_units_is_sent_to_ask_anew(alone: City) -> None:
    registry = alone.ours.house.registry
    await registry.assign_cluster(Cluster("C-01", "Cụm 1", frozenset({"006"})))
    await registry.add_account("cum", "Cụm", Role.VIEWER, "một mật khẩu dài", "C-01")
    token, _ = await registry.sign_in("cum", "một mật khẩu dài", "127.0.0.1")
    path = f"{BOARD}&unit=006"
    cookie = {"Cookie": f"{registry.keyring.staff_cookie}={token}", "Origin": alone.address}
    line = await alone.there.dial(path, cookie)
    await registry.assign_cluster(Cluster("C-01", "Cụm 1", frozenset({"001"})))
    await asyncio.wait_for(line.wait_closed(), PATIENCE_S)
    assert line.close_code == 1012
    told = await sent(alone.address, request("GET", path, {**UPGRADE, **cookie}))
    assert told.status == 404
