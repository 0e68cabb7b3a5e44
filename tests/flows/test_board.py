"""What happens in the halls is on the boards: at once, without gaps, and the same for everybody."""

from typing import Any

import pytest

from bridge.rules.wire import Close
from dashboards.feed import Channel
from tests.flows.house import HALL, MEASURED, OTHER_HALL, PATH, Own, Screen, Standing, act, count, rows


async def test_an_operators_tap_is_on_the_board_that_is_open(there: Standing) -> None:
    screen = await there.screen()
    await screen.watch()
    tap = await there.phone(HALL).send(act(HALL, "stage", stage="in_session"))
    await screen.shows(HALL, stage="in_session")
    assert tap.outcomes[0]["outcome"] == "accepted"
    assert screen.frames == 2
    assert (screen.news[0]["kind"], screen.news[0]["point"]) == ("stage-reached", HALL)


async def test_a_count_moves_the_cities_two_numbers(there: Standing) -> None:
    screen = await there.screen()
    await screen.watch()
    before = screen.totals["people"]
    await there.phone(HALL).send(count(HALL, 60, excused=4))
    await screen.shows(HALL, present=60, report="fine")
    after = screen.totals["people"]
    assert after == before | {"present": 60, "excused": 4, "unreported": before["unreported"] - 64}


async def same_as_asked(screen: Screen, there: Standing) -> None:
    """The screen stands where a fresh snapshot stands."""
    fresh = (await there.ann.get(f"{PATH}/board")).body
    while screen.offset < fresh["offset"]:
        await screen.take()
    assert (screen.epoch, screen.offset) == (fresh["epoch"], fresh["offset"])
    assert screen.points == rows(fresh)
    assert _figures(screen.totals) == _figures(fresh["totals"])
    assert screen.news == fresh["news"]


def _figures(totals: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in totals.items() if name != "at"}


async def test_a_snapshot_and_the_deltas_after_it_are_the_board(ours: Own) -> None:
    there = ours.there
    early, late = await there.screen(), await there.screen()
    await early.watch()
    rooms = await there.rooms(MEASURED)
    for number, code in enumerate(MEASURED):
        await there.phone(code).send(act(code, "stage", stage="on_site"), count(code, 50 + number, excused=2))
    await late.watch()
    await there.ann.send(act(HALL, "mode", reception_mode="tv", reason="mất điện"))
    await there.binh.send(act(HALL, "incident", fault="no_sound", note="loa hỏng"))
    await rooms[0].line.close()
    await ours.pass_time(60)
    await there.phone(OTHER_HALL).send(act(OTHER_HALL, "perceived", picture="good", sound="poor", line="none"))
    await same_as_asked(early, there)
    await same_as_asked(late, there)


async def test_a_screen_that_dropped_gets_what_it_missed_and_nothing_twice(there: Standing) -> None:
    stayed, dropped = await there.screen(), await there.screen()
    await stayed.watch()
    await dropped.watch()
    await dropped.line.close()
    await there.phone(HALL).send(act(HALL, "stage", stage="on_site"))
    await stayed.shows(HALL, stage="on_site")
    back = await there.screen()
    back.points, back.totals, back.news = dropped.points, dropped.totals, dropped.news
    back.epoch, back.offset = dropped.epoch, dropped.offset
    first = await back.watch(epoch=dropped.epoch, offset=dropped.offset)
    assert first["type"] == "delta"
    await same_as_asked(back, there)


async def test_a_screen_that_missed_too_much_starts_anew(there: Standing) -> None:
    stayed = await there.screen()
    await stayed.watch()
    for _ in range(35):
        # Each change is waited for, so that no two of them share a frame.
        for stage in ("on_site", "line_tested"):
            await there.phone(HALL).send(act(HALL, "stage", stage=stage))
            await stayed.shows(HALL, stage=stage)
    back = await there.screen()
    assert (await back.watch(epoch=stayed.epoch, offset=1))["type"] == "snapshot"
    await same_as_asked(back, there)


async def test_offsets_of_another_life_mean_nothing_to_this_one(there: Standing) -> None:
    screen = await there.screen()
    assert (await screen.watch(epoch="another-life", offset=3))["type"] == "snapshot"
    assert (await screen.watch(epoch=screen.epoch, offset=screen.offset + 100))["type"] == "snapshot"


async def test_a_coordinators_board_holds_their_own_halls_only(there: Standing) -> None:
    screen = await there.screen(there.binh)
    await screen.watch()
    await there.phone(OTHER_HALL).send(act(OTHER_HALL, "stage", stage="on_site"))
    await there.phone(HALL).send(act(HALL, "stage", stage="on_site"))
    await screen.shows(HALL, stage="on_site")
    assert OTHER_HALL not in screen.points
    assert {each["point"] for each in screen.news} <= {None, *screen.points}
    assert screen.totals["points"]["total"] == 6


async def test_a_board_that_cannot_be_drawn_is_closed_and_not_left_to_look_calm(
    there: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> bytes:
        raise LookupError

    monkeypatch.setattr(Channel, "watch", fails)
    screen = await there.screen()
    await screen.say("watch")
    assert await screen.closed() == Close.FAILED
