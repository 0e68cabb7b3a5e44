"""Faults of lines over real sockets: what the journal says of each, and who is blamed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from bridge.agent import Agent, socket_url
from bridge.house import House, opened_house
from bridge.records import happened_in
from bridge.rules import events
from bridge.rules.events import Happened
from bridge.rules.model import Link
from bridge.rules.trouble import Trouble
from tests.chaos.city import CONFERENCE, founded, settings
from tests.chaos.clock import ClockOfOne
from tests.chaos.proxy import FINE, Proxy, Weather, proxied
from tests.chaos.rooms import Fleet, switched_on
from tests.flows.house import HALL, PATH, PATIENCE_S, Line, Own, Standing, act
from tests.ports import lasting

SPEED = 25
HALLS = 14
HEARTBEAT_MS = 10_000


@asynccontextmanager
async def roomy(port: int, codes: Sequence[str], fleet: Fleet) -> AsyncIterator[dict[str, Proxy]]:
    """A line of its own for each of these rooms."""
    async with AsyncExitStack() as lines:
        proxies = {code: await lines.enter_async_context(proxied(port, speed=SPEED)) for code in codes}
        began_s = monotonic()
        for code, proxy in proxies.items():
            fleet.switch_on([code], proxy)
        await fleet.all_welcomed(codes, began_s, PATIENCE_S)
        yield proxies


async def journal(house: House) -> list[Happened]:
    return [happened_in(row.record) for row in await house.journal.read(CONFERENCE, 0, 10_000)]


def moves(told: Sequence[Happened], code: str) -> list[tuple[Link, int]]:
    return [
        (each.event.link, each.at_ms)
        for each in told
        if isinstance(each.event, events.LinkMoved) and each.event.point == code
    ]


async def test_of_a_lost_beat_six_flaps_an_outage_and_a_restart_each_is_told_as_what_it_was(tmp_path: Path) -> None:
    clock = ClockOfOne(SPEED)
    city = await founded(tmp_path, HALLS, clock)
    codes, television = city.codes, city.television[0]
    late, trembling, out = codes[:3]
    async with switched_on(city.tokens, clock) as fleet, AsyncExitStack() as first:
        port = lasting()
        house = await first.enter_async_context(opened_house(settings(tmp_path, port), clock))
        async with roomy(port, [*codes, television], fleet) as lines:
            began_ms = clock.now()

            async def until(hall_s: int) -> None:
                await clock.sleep_until(began_ms + hall_s * 1000)

            # One beat is late by more than a heartbeat.
            await until(30)
            lines[late].weather = Weather(held=True)
            await until(42)
            lines[late].weather = FINE
            # The television's machine goes and never returns; another is without a line for four minutes.
            fell_ms = clock.now()
            for code in (television, out):
                lines[code].weather = Weather(refused=True)
                lines[code].reset()
            for flap in range(6):
                await until(60 + 80 * flap)
                lines[trembling].reset()
                if flap == 2:
                    await until(42 + 240)
                    lines[out].weather = FINE
            await until(540)
            before = await journal(house)
            # How long a server takes to go and to come on this machine is not the halls' affair.
            with clock.standing():
                await first.aclose()
            await clock.sleep(30_000)
            async with AsyncExitStack() as second:
                with clock.standing():
                    back_s = monotonic()
                    house = await second.enter_async_context(opened_house(settings(tmp_path, port), clock))
                await fleet.all_welcomed(codes, back_s, PATIENCE_S)
                await clock.sleep(90_000)
                told = await journal(house)
                state = house.halls.get(CONFERENCE).coordinator.scene.state  # type: ignore[union-attr]
                assert {state.points[code].link for code in codes} <= {Link.STEADY, Link.UNSTABLE}
                incidents = list(state.affairs.incidents.known.values())
    assert [link for link, _ in moves(told, late)] == [Link.STEADY, Link.STEADY]
    assert [link for link, _ in moves(before, trembling)].count(Link.UNSTABLE) == 1
    assert [link for link, _ in moves(before, out)] == [Link.STEADY, Link.LOST, Link.STEADY]
    assert abs(moves(before, out)[1][1] - fell_ms) <= HEARTBEAT_MS * 1.2
    lost = [each for each in told if isinstance(each.event, events.LinkMoved) and each.event.link is Link.LOST]
    assert len(lost) == 1
    assert moves(told, television) == []
    kinds = [events.tag(each.event) for each in told]
    # Once before the first of them came, when nobody was there yet, there is none.
    assert (kinds.count("service-restarted"), kinds.count("centre-outage-began")) == (1, 0)
    assert sorted(each.trouble for each in incidents) == [Trouble.CENTRE, Trouble.FLAPPING, Trouble.LOST]


async def test_a_room_that_comes_back_before_we_miss_its_old_connection_is_steady_all_along(tmp_path: Path) -> None:
    clock = ClockOfOne(SPEED)
    city = await founded(tmp_path, HALLS, clock)
    code = city.codes[0]
    async with opened_house(settings(tmp_path), clock) as house, switched_on(city.tokens, clock) as fleet:
        port = int(house.address.rpartition(":")[2])
        async with roomy(port, [code], fleet) as lines:
            await clock.sleep(20_000)
            # The room's side breaks, and nobody tells us.
            back_s = monotonic()
            lines[code].leave_half_open()
            await fleet.all_welcomed([code], back_s, PATIENCE_S)
            await clock.sleep(60_000)
            assert [link for link, _ in moves(await journal(house), code)] == [Link.STEADY]
            assert not fleet.sent_away


async def test_a_room_does_not_wait_for_ever_for_a_centre_that_took_its_call_and_is_silent() -> None:
    calls: asyncio.Queue[None] = asyncio.Queue()

    async def take(line: ServerConnection) -> None:
        calls.put_nowait(None)
        await line.wait_closed()

    async with serve(take, "127.0.0.1", 0) as silent, asyncio.timeout(PATIENCE_S):
        port = next(iter(silent.sockets)).getsockname()[1]
        agent = Agent(socket_url(f"http://127.0.0.1:{port}"), "token", ClockOfOne(SPEED))
        calling = asyncio.create_task(agent.run())
        await calls.get()
        await calls.get()
        calling.cancel()


# --- a machine and a phone at the same hall


async def phone_on_the_line(there: Standing) -> Line:
    headers = there.keys.phones[HALL]
    path = f"/ws/point?link={headers['Bridge-Link']}"
    line = Line(await there.dial(path, {"Cookie": headers["Cookie"], "Origin": there.address}))
    await line.say("hello", device="phone")
    assert (await line.next())["type"] == "welcome"
    return line


async def link(there: Standing) -> str:
    return str((await there.ann.board())[HALL]["link"])


@pytest.mark.parametrize("phone_first", [True, False])
async def test_when_the_machine_leaves_the_phones_line_counts_on(ours: Own, phone_first: bool) -> None:
    there = ours.there
    ours.clock.quiet = ours.house.at_rest
    phone = await phone_on_the_line(there) if phone_first else None
    room = await there.room(HALL)
    await room.hello()
    phone = phone or await phone_on_the_line(there)
    await room.say("bye")
    await room.closed()
    for _ in range(9):
        await ours.pass_time(20)
        await phone.say("beat")
        await answered(phone)
    assert await link(there) == "steady"
    # It was so all along.
    assert [event["event"]["event"] for event in await there.ann.events()].count("link-moved") == 1


async def test_a_machine_that_breaks_off_is_lost_though_the_phone_is_there(ours: Own) -> None:
    there = ours.there
    ours.clock.quiet = ours.house.at_rest
    phone = await phone_on_the_line(there)
    room = await there.room(HALL)
    await room.hello()
    screen = await there.screen()
    await screen.watch()
    room.line.transport.abort()
    await screen.shows(HALL, link="reconnecting")
    for _ in range(3):
        await ours.pass_time(15)
        await phone.say("beat")
        await answered(phone)
    assert await link(there) == "lost"


async def answered(phone: Line) -> dict[str, Any]:
    """All that it said before has been heard: an act that cannot be read is answered at once."""
    await phone.say("act", id="not an act")
    return await phone.next()


async def test_the_panel_says_whom_to_believe_and_how_much_of_the_sitting_the_line_was_there(ours: Own) -> None:
    there = ours.there
    room = await there.room(HALL)
    await room.hello()
    await ours.pass_time(60)
    await there.phone(HALL).send(act(HALL, "perceived", ours.clock.now(), picture="good", sound="good", line="good"))
    panel = (await there.ann.get(f"{PATH}/points/{HALL}")).body
    assert panel["verdict"]["believed"] == "hall"
    assert panel["verdict"]["sentence"] == "Máy của hội trường mất nối, điện thoại vẫn báo tốt."
    (sitting,) = panel["sittings"]
    assert sitting["line"]["minutes"] == {"silence": 1.0}
    assert (sitting["line"]["availability"], len(sitting["line"]["outages"])) == (0.0, 1)
