"""A phone measures its line, within bounds; and what is reckoned of the lines of a sitting."""

import asyncio
import gzip
import io
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from bridge.edges.linetest import ALLOWED_BYTES, DOWN_LIMIT, UP_LIMIT
from tests.flows.house import HALL, OTHER_HALL, PATH, PATIENCE_S, SITTING, TV_HALL, Browser, Own, Standing, act, rows

TEST = "/api/v1/linetest"
MEASURED: dict[str, Any] = {"rtt_ms": 41.5, "jitter_ms": 6, "loss": 0.02, "down_kbps": 8200, "up_kbps": 1900}


async def taken(http: aiohttp.ClientSession, phone: Browser, size: int) -> tuple[int, bytes, Any]:
    async with http.get(f"{phone.server}{TEST}/down?bytes={size}", headers=phone.headers) as response:
        return response.status, await response.read(), response.headers


async def sent(http: aiohttp.ClientSession, phone: Browser, body: io.BytesIO | AsyncIterator[bytes]) -> tuple[int, Any]:
    async with http.post(f"{phone.server}{TEST}/up", data=body, headers=phone.headers) as response:
        return response.status, await response.json(content_type=None)


async def test_a_phone_gets_the_bytes_it_asked_for_fresh_and_not_to_be_made_smaller(there: Standing) -> None:
    async with aiohttp.ClientSession() as http:
        status, body, headers = await taken(http, there.phone(HALL), DOWN_LIMIT)
    assert (status, len(body)) == (200, DOWN_LIMIT)
    assert "no-store" in headers["Cache-Control"]
    assert len(gzip.compress(body, 1)) > 0.99 * len(body)


async def test_what_a_phone_sends_is_counted(there: Standing) -> None:
    async with aiohttp.ClientSession() as http:
        status, told = await sent(http, there.phone(HALL), io.BytesIO(b"x" * UP_LIMIT))
    assert (status, told["bytes"]) == (200, UP_LIMIT)
    assert told["took_ms"] >= 0


async def test_a_ping_is_answered(there: Standing) -> None:
    answer = await there.phone(HALL).get(f"{TEST}/ping")
    assert (answer.status, answer.body) == (200, {"at": "2026-03-07T08:00:00.000+07:00"})


async def test_the_result_comes_as_an_act_and_stands_at_the_point(there: Standing) -> None:
    (outcome,) = (await there.phone(HALL).send(act(HALL, "line_test", **MEASURED))).outcomes
    assert outcome["outcome"] == "accepted"
    (kept,) = [event["event"] for event in await there.ann.events() if event["event"]["event"] == "line-tested"]
    assert kept == {"event": "line-tested", "point": HALL, **MEASURED}


@pytest.mark.parametrize("asked", ["0", "-1", str(DOWN_LIMIT + 1), "1e9", "many"])
async def test_more_than_is_offered_is_refused(there: Standing, asked: str) -> None:
    assert (await there.phone(HALL).get(f"{TEST}/down?bytes={asked}")).status == 422


async def test_too_large_a_body_is_refused_announced_or_not(there: Standing) -> None:
    phone = there.phone(HALL)

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * (UP_LIMIT // 16)

    async with aiohttp.ClientSession() as http:
        status, told = await sent(http, phone, io.BytesIO(b"x" * (UP_LIMIT + 1)))
        assert (status, told["code"]) == (413, "too_large")
        # It may be hung up on while it still sends.
        with suppress(aiohttp.ClientOSError):
            assert (await sent(http, phone, unannounced()))[0] == 413
    assert (await phone.get(f"{TEST}/ping")).status == 200


async def test_who_measures_without_end_is_told_to_wait_and_others_are_not(there: Standing) -> None:
    phone = there.phone(HALL)
    async with aiohttp.ClientSession() as http:
        answers = [await taken(http, phone, DOWN_LIMIT) for _ in range(ALLOWED_BYTES // DOWN_LIMIT + 1)]
        assert [status for status, _, _ in answers[:-1]] == [200] * (len(answers) - 1)
        status, _, headers = answers[-1]
        assert status == 429
        assert 0 < int(headers["Retry-After"]) <= 600
        assert (await taken(http, there.phone(OTHER_HALL), DOWN_LIMIT))[0] == 200
    # It may report as before.
    assert (await phone.send(act(HALL, "line_test", **MEASURED))).status == 200


async def test_a_link_measures_once_at_a_time(there: Standing) -> None:
    phone = there.phone(HALL)
    held = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"x"
        await held.wait()
        yield b"x"

    async with aiohttp.ClientSession() as http:
        first = asyncio.create_task(sent(http, phone, slowly()))
        async with asyncio.timeout(PATIENCE_S):
            while (second := await taken(http, phone, 1))[0] == 200:
                continue
        assert second[0] == 429
        held.set()
        assert (await first)[0] == 200
        assert (await taken(http, phone, 1))[0] == 200


async def test_a_stranger_measures_nothing(there: Standing) -> None:
    assert (await there.nobody.get(f"{TEST}/down?bytes=1")).status == 401


# --- how much of the sitting the lines were there


async def told(who: Browser, **asked: str) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    answer = await who.get(f"{PATH}/availability?{query}")
    assert answer.status == 200, answer.body
    return answer.body


async def test_minutes_without_a_line_are_reckoned_for_the_point_and_its_units(ours: Own) -> None:
    there = ours.there
    first, second = await there.rooms([HALL, OTHER_HALL])
    for _ in range(4):
        await ours.pass_time(15)
        await second.beat()
    await ours.pass_time(1)
    await first.beat()
    for _ in range(4):
        await ours.pass_time(10)
        await first.beat()
        await second.beat()
    found = rows({"points": (await told(there.ann))["points"]})
    # Its last word was at 08:00:00, and then it spoke at 08:01:01: 61 of 101 seconds.
    assert found[HALL]["minutes"] == {"silence": 1.0}
    assert (found[HALL]["availability"], found[HALL]["measured_s"], found[HALL]["times"]) == (39.6, 101, 1)
    assert (found[OTHER_HALL]["availability"], found[TV_HALL]["availability"]) == (100.0, None)
    assert next(iter(found)) == HALL
    of_dong_da = await told(there.ann, unit="006", sitting=SITTING)
    assert of_dong_da["total"]["availability"] == 100.0
    assert HALL not in rows(of_dong_da)


async def test_everybody_sees_the_lines_of_their_own_part_and_no_others(there: Standing) -> None:
    assert set(rows(await told(there.phone(HALL)))) == {HALL}
    assert {code[:3] for code in rows(await told(there.binh))} <= {"001", "000"}
    assert OTHER_HALL not in rows(await told(there.binh))
    for who, unit in ((there.binh, "006"), (there.binh, "nowhere"), (there.phone(HALL), "006"), (there.ann, "nowhere")):
        assert (await who.get(f"{PATH}/availability?unit={unit}")).status == 404
    assert (await there.ann.get(f"{PATH}/availability?sitting=2026-03-08-am")).code == "unknown_sitting"
