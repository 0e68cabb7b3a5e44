"""Halls whose only line is a phone: put into a pocket it sleeps, and that is no fault of the hall."""

from tests.flows.house import HALL, PATH, Own, Room, Standing
from tests.flows.test_notices import phone_line


async def link(there: Standing) -> tuple[str, str]:
    """How the hall's line stands, and why."""
    answer = await there.ann.get(f"{PATH}/points/{HALL}")
    assert answer.status == 200
    found = answer.body["link"]
    return found["link"], found["cause"]


async def looked_at(ours: Own) -> Room:
    """The hall's phone, on the line; it is judged in real seconds, so the clock is not in a hurry when it greets."""
    # The clock waits for machines' frames; a phone's are waited for by their answers.
    ours.house.rooms.counted = "room"
    ours.clock.go_at(1)
    phone = await phone_line(ours.there, HALL)
    ours.clock.go_at(None)
    return phone


async def put_away(phone: Room) -> None:
    await phone.say("bye")
    await phone.closed()


async def troubles(there: Standing) -> list[str]:
    answer = await there.ann.get(f"{PATH}/incidents?status=all")
    return [each["trouble"] for each in answer.body["incidents"]]


async def test_a_phone_that_was_put_away_is_not_missed_and_is_there_again_when_it_is_looked_at(ours: Own) -> None:
    await put_away(await looked_at(ours))
    await ours.pass_time(95)
    assert await link(ours.there) == ("reconnecting", "")
    await ours.pass_time(600)
    assert await link(ours.there) == ("not_measured", "asleep")
    assert await troubles(ours.there) == []
    await looked_at(ours)
    await ours.pass_time(1)
    assert (await link(ours.there))[0] == "steady"


async def test_a_phone_that_fell_silent_while_somebody_looked_at_it_is_lost(ours: Own) -> None:
    phone = await looked_at(ours)
    await phone.line.close()
    await ours.pass_time(105)
    assert await link(ours.there) == ("lost", "silence")
    assert await troubles(ours.there) == ["lost"]


async def test_a_room_that_takes_over_from_a_sleeping_phone_is_missed_as_a_room_is(ours: Own) -> None:
    await put_away(await looked_at(ours))
    await ours.pass_time(120)
    room = await ours.there.room(HALL)
    await room.hello()
    await ours.pass_time(45)
    assert await link(ours.there) == ("lost", "silence")
