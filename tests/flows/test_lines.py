"""A room's line as the board shows it: up, between two connections, lost, ours to answer for; and who is sent away."""

import asyncio
from typing import Any

import pytest

from bridge.rules.wire import Close
from tests.flows.house import HALL, LEFT_OUT, MEASURED, OTHER_HALL, PATH, TV_HALL, Own, Screen, Standing


async def link(there: Standing, code: str) -> dict[str, Any]:
    found: dict[str, Any] = (await there.ann.get(f"{PATH}/points/{code}")).body["link"]
    return found


async def links(there: Standing) -> dict[str, str]:
    return {code: point["link"] for code, point in (await there.ann.board()).items()}


async def watching(there: Standing) -> Screen:
    screen = await there.screen()
    await screen.watch()
    return screen


async def test_a_room_that_greets_is_steady_and_learns_what_is_asked_of_it(there: Standing) -> None:
    screen = await watching(there)
    welcome = await (await there.room(HALL)).hello()
    await screen.shows(HALL, link="steady")
    assert (welcome["point"], welcome["heartbeat_s"], welcome["retry_cap_s"]) == (HALL, 10, 10)
    assert welcome["now"] == "2026-03-07T08:00:00.000+07:00"


async def test_a_line_that_breaks_is_reconnecting_at_once_and_steady_when_it_is_back(there: Standing) -> None:
    screen = await watching(there)
    room = await there.room(HALL)
    await room.hello()
    await screen.shows(HALL, link="steady")
    room.line.transport.abort()
    await screen.shows(HALL, link="reconnecting")
    await (await there.room(HALL)).hello()
    await screen.shows(HALL, link="steady")


async def test_silence_past_patience_is_an_outage_since_the_last_word(ours: Own) -> None:
    room = await ours.there.room(HALL)
    await room.hello()
    await ours.pass_time(20)
    await room.beat()
    await ours.pass_time(39)
    assert (await links(ours.there))[HALL] == "steady"
    await ours.pass_time(3)
    assert await link(ours.there, HALL) == {
        "link": "lost",
        "at": "2026-03-07T08:00:20.000+07:00",
        "noticed_at": "2026-03-07T08:01:00.000+07:00",
        "cause": "silence",
    }


async def test_a_lost_room_that_speaks_again_is_steady(ours: Own) -> None:
    screen = await watching(ours.there)
    room = await ours.there.room(HALL)
    await room.hello()
    await ours.pass_time(45)
    await screen.shows(HALL, link="lost")
    await room.beat(rtt_ms=31, loss=0)
    await screen.shows(HALL, link="steady")
    assert (await ours.there.ann.get(f"{PATH}/points/{HALL}")).body["line"] == {"rtt_ms": 31, "loss": 0}


async def test_a_room_that_hung_up_is_lost_when_its_patience_is_over(ours: Own) -> None:
    room = await ours.there.room(HALL)
    await room.hello()
    await room.line.close()
    await ours.pass_time(39)
    assert (await links(ours.there))[HALL] == "reconnecting"
    await ours.pass_time(3)
    assert (await link(ours.there, HALL))["at"] == "2026-03-07T08:00:00.000+07:00"
    assert (await links(ours.there))[HALL] == "lost"


async def test_when_most_rooms_fall_at_once_the_centre_answers_for_it(ours: Own) -> None:
    there = ours.there
    rooms = await there.rooms(MEASURED)
    await ours.pass_time(10)
    for room in rooms:
        room.line.transport.abort()
    await ours.pass_time(120)
    found = await links(there)
    assert {found[code] for code in MEASURED} == {"unknown"}
    await there.rooms(MEASURED)
    await ours.pass_time(5)
    found = await links(there)
    assert {found[code] for code in MEASURED} == {"steady"}


async def test_a_hall_that_watches_television_is_never_lost(ours: Own) -> None:
    await ours.pass_time(300)
    assert (await links(ours.there))[TV_HALL] == "not_measured"


async def test_a_newer_connection_of_a_point_takes_over(ours: Own) -> None:
    there = ours.there
    first, second = await there.room(HALL), await there.room(HALL)
    await first.hello()
    await second.hello()
    assert await first.closed() == Close.REPLACED
    await second.beat()
    await ours.pass_time(5)
    assert (await links(there))[HALL] == "steady"


async def test_a_point_of_no_conference_is_sent_away_for_good(there: Standing) -> None:
    assert await (await there.room(LEFT_OUT)).closed() == Close.UNKNOWN_POINT


@pytest.mark.parametrize(
    "frame",
    [
        "{not json",
        '{"type":"hug"}',
        '{"type":"beat"}',
        '{"type":"hello"}',
        '{"type":"hello","device":7}',
        "[]",
        b"\x00",
    ],
)
async def test_a_frame_that_nobody_understands_ends_the_talk(there: Standing, frame: str | bytes) -> None:
    room = await there.room(HALL)
    await room.line.send(frame)
    assert await room.closed() == Close.NOT_UNDERSTOOD


async def test_a_screen_that_talks_nonsense_is_let_go(there: Standing) -> None:
    screen = await there.screen()
    await screen.line.send('{"type":"watch","offset":-1}')
    assert await screen.closed() == Close.NOT_UNDERSTOOD


async def test_whoever_speaks_another_protocol_is_told_not_to_come_again(there: Standing) -> None:
    room, screen = await there.room(HALL), await there.screen()
    await room.say("hello", device="room", protocol=2)
    await screen.say("watch", protocol=2)
    assert (await room.closed(), await screen.closed()) == (Close.OLD_PROTOCOL, Close.OLD_PROTOCOL)


async def test_an_act_over_the_rooms_socket_gets_the_same_answer_as_over_http(there: Standing) -> None:
    room = await there.room(OTHER_HALL)
    await room.hello()
    await room.say("act", id="not an act")
    ack = await room.next()
    assert (ack["type"], ack["outcome"], ack["code"]) == ("ack", "refused", "malformed")


async def test_when_the_house_closes_everybody_is_told_to_come_again(ours: Own) -> None:
    room, screen = await ours.there.room(HALL), await ours.there.screen()
    await room.hello()
    await screen.watch()
    told = asyncio.gather(room.closed(), screen.closed())
    await ours.close()
    assert set(await told) == {Close.RESTARTING}
