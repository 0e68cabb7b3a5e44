"""Whoever does not say what they want, or stands there too often, is shown out; everybody else comes in."""

import asyncio
import contextlib
import gzip
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from bridge import doorstep
from bridge.doorstep import Doorstep, Terms
from bridge.house import House, opened_house
from bridge.settings import Server, Settings, Storage
from tests.attacks.wire import Told, answer, dialled, request, sent
from tests.flows.house import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATIENT_S = 0.4
FAR_TOO_LONG_S = 5.0
"""To wait for a head that drips."""
EVERY_S = 0.05


@contextlib.asynccontextmanager
async def standing(folder: Path, **server: int) -> AsyncIterator[House]:
    async with opened_house(Settings(server=Server(port=0, **server), storage=Storage(folder=folder))) as house:
        yield house


async def drip(writer: asyncio.StreamWriter, drop: bytes) -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(drop)
            await asyncio.sleep(EVERY_S)


async def test_a_head_that_drips_in_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorstep, "HEAD_PATIENCE_S", PATIENT_S)
    loop = asyncio.get_running_loop()
    begin, drop = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"X: y\r\n"
    async with standing(tmp_path) as house, asyncio.timeout(PATIENCE_S):
        # From a fresh line, and on one that was of use before.
        for before in (b"", request("GET", "/healthz")):
            reader, writer = await dialled(house.address)
            if before:
                writer.write(before)
                assert (await answer(reader)).status == 200
                # Quiet between two questions for longer than a head may take: that is allowed.
                await asyncio.sleep(PATIENT_S * 1.5)
            began = loop.time()
            writer.write(begin)
            dripping = asyncio.create_task(drip(writer, drop))
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
            assert PATIENT_S * 0.9 < loop.time() - began < FAR_TOO_LONG_S
            dripping.cancel()
            writer.close()
        # A body has its own patience, and one that comes in time is taken.
        reader, writer = await dialled(house.address)
        head = {"Content-Length": "2", "Content-Type": "application/json"}
        writer.write(request("POST", "/api/v1/session", head, sized=False))
        await asyncio.sleep(PATIENT_S * 1.5)
        writer.write(b"{}")
        assert (await answer(reader)).status == 422
        writer.close()


async def test_a_head_without_an_end_is_not_kept(tmp_path: Path) -> None:
    async with standing(tmp_path) as house, asyncio.timeout(PATIENCE_S):
        for line, most in ((b"X: " + b"y" * 4_000 + b"\r\n", 20), (b"X: y\r\n", 10_000)):
            reader, writer = await dialled(house.address)
            told = asyncio.create_task(answered(reader))
            with contextlib.suppress(ConnectionError):
                writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")
                for _ in range(most):
                    writer.write(line)
                    await writer.drain()
            assert (await told).status in (400, 431)
            writer.close()
        many = {f"X-{n}": "y" for n in range(doorstep.HEADERS + 1)}
        assert (await sent(house.address, request("GET", "/healthz", many))).status in (400, 431)
        some = {f"X-{n}": "y" for n in range(doorstep.HEADERS // 2)}
        assert (await sent(house.address, request("GET", "/healthz", some))).status == 200


async def answered(reader: asyncio.StreamReader) -> Told:
    try:
        return await answer(reader)
    except ConnectionError:
        # What we had not read when the line was cut is lost; that it was cut is what counts.
        return Told(431, "", b"")


CRUMBS = b"1\r\nx\r\n" * 10_000
SLICES = b"400\r\n" + b"x" * 1_024 + b"\r\n"


@pytest.mark.parametrize("path", ["/api/v1/session", "/api/v1/registry/imports", "/nowhere"])
async def test_a_body_in_crumbs_is_not_put_together(tmp_path: Path, path: str) -> None:
    async with standing(tmp_path) as house:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        reader, writer = await dialled(house.address)
        poured = 0
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE_S):
                writer.write(head)
                while not reader.at_eof() and poured < 20 * len(CRUMBS):
                    writer.write(CRUMBS)
                    await writer.drain()
                    poured += len(CRUMBS)
                    await asyncio.sleep(0.01)
        writer.close()
        assert house.doorstep.wasteful == 1
        # Decent pieces are a body like any other, whatever comes of it.
        told = await sent(house.address, head + SLICES * 300 + b"0\r\n\r\n")
        assert told.status in (401, 404, 413, 422)
        assert house.doorstep.wasteful == 1


@pytest.mark.parametrize(("path", "status"), [("/api/v1/session", 413), ("/nowhere", 404), ("/api/v1/attend", 413)])
async def test_a_body_that_was_answered_is_not_unpacked_to_its_end(tmp_path: Path, path: str, status: int) -> None:
    packed = gzip.compress(bytes(50_000_000))
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Encoding: gzip\r\nContent-Length: {10 * len(packed)}\r\n\r\n"
    async with standing(tmp_path) as house, asyncio.timeout(PATIENCE_S):
        reader, writer = await dialled(house.address)
        writer.write(head.encode() + packed)
        assert (await answer(reader)).status == status
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()
        assert house.doorstep.wasteful == 1


async def test_beyond_the_bound_one_is_told_to_come_again_and_room_is_given_back(tmp_path: Path) -> None:
    async with standing(tmp_path, connections=3) as house, asyncio.timeout(PATIENCE_S):
        there = [await dialled(house.address) for _ in range(3)]
        for reader, writer in there:
            writer.write(request("GET", "/healthz"))
            assert (await answer(reader)).status == 200
        told = await sent(house.address, b"")
        assert (told.status, b"too_many_connections" in told.body) == (503, True)
        assert "retry-after: 5" in told.head.lower()
        # Whoever is inside is served on.
        there[0][1].write(request("GET", "/healthz"))
        assert (await answer(there[0][0])).status == 200
        for _, writer in there:
            writer.close()
        while house.doorstep.open:  # noqa: ASYNC110 - the system tells when
            await asyncio.sleep(0.01)
        assert (await sent(house.address, request("GET", "/healthz"))).status == 200


async def test_one_address_takes_no_others_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Here everybody is of this machine, and of this machine nobody is counted.
    monkeypatch.setattr(doorstep, "stands_alone", lambda _peer, _proxies: False)
    async with standing(tmp_path, connections_per_address=10) as house, asyncio.timeout(PATIENCE_S):
        greedy = [await dialled(house.address) for _ in range(10)]
        greedy[-1][1].write(request("GET", "/healthz"))
        assert (await answer(greedy[-1][0])).status == 200
        assert (await sent(house.address, b"")).status == 503
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port, local_addr=("127.0.0.7", 0))
        writer.write(request("GET", "/healthz"))
        assert (await answer(reader)).status == 200
        for _, each in [*greedy, (reader, writer)]:
            each.close()


async def test_who_speaks_for_many_is_not_counted_and_a_neighbourhood_is_one() -> None:
    step = Doorstep(Terms(most=100, each=2, proxies=(ip_network("10.0.0.0/8"),)))
    assert [step.enter("203.0.113.7") for _ in range(3)] == [True, True, False]
    assert [step.enter(f"2001:db8::{n}") for n in range(3)] == [True, True, False]
    assert step.enter("2001:db8:0:1::1")
    for many in ("10.0.0.5", "127.0.0.1", "::1", "::ffff:10.0.0.5"):
        assert [step.enter(many) for _ in range(5)] == [True] * 5
    step.leave("203.0.113.7")
    assert step.enter("203.0.113.7")
    assert (step.open, step.turned_away) == (25, 2)


async def test_as_many_files_as_the_system_has_may_be_opened() -> None:
    import resource

    assert doorstep.room_for(0) == resource.getrlimit(resource.RLIMIT_NOFILE)[1] - doorstep.FILES_KEPT
    assert doorstep.room_for(10) == 10
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > socket.SOMAXCONN
