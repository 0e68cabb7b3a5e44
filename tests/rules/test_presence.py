"""Stories of lines: who was heard, who fell silent, and whose fault it was."""

import asyncio

import msgspec
import pytest

from bridge.edges.clockwork import Lag
from bridge.journal.memory import MemoryJournal
from bridge.rules import events
from bridge.rules.link import terms
from bridge.rules.model import Link, Mode, Phase, Round, RoundName, Sitting, Stage
from bridge.rules.trouble import Trouble
from bridge.rules.watching import watched
from tests.cast import (
    ANN,
    CITY_HALL,
    DISTRICT_HALL,
    HALL_1,
    HALL_2,
    MORNING,
    MORNING_SITTING,
    SECOND,
    TV_HALL,
    at,
    many,
    mode,
    plan,
    stage,
)
from tests.rules.day import HEARTBEAT_MS, Day, Failing, live, running

ONE = HALL_1.code
CROWD = many(40)
CODES = [hall.code for hall in CROWD]
ONE_OF_MANY = CODES[0]


async def test_a_room_that_beats_is_steady_and_nothing_more_is_written() -> None:
    async with live() as day:
        day.came(ONE)
        await day.passes(120, beating=[ONE])
        assert day.moves(ONE) == [Link.STEADY]
        assert day.point(ONE).link_ms == MORNING


async def test_one_lost_beat_is_nothing() -> None:
    async with live() as day:
        day.came(ONE)
        await day.passes(60, beating=[ONE])
        await day.passes(12)
        await day.passes(60, beating=[ONE])
        assert day.moves(ONE) == [Link.STEADY]


async def test_a_silent_room_is_lost_within_45_seconds_and_since_its_last_byte() -> None:
    async with live() as day:
        day.came(ONE)
        await day.passes(39)
        assert day.point(ONE).link is Link.STEADY
        await day.passes(6)
        point = day.point(ONE)
        assert point.link is Link.LOST
        assert point.link_ms == MORNING
        assert MORNING + 40 * SECOND <= point.link_noticed_ms <= MORNING + 45 * SECOND


async def test_an_outage_of_four_minutes_is_one_loss_and_one_return() -> None:
    async with live() as day:
        day.came(ONE)
        await day.passes(60, beating=[ONE])
        day.closed(ONE)
        await day.passes(240)
        day.came(ONE)
        await day.passes(120, beating=[ONE])
        assert day.moves(ONE) == [Link.STEADY, Link.LOST, Link.STEADY]


async def test_a_closed_socket_is_reconnecting_at_once_and_green_again_when_it_is_back() -> None:
    async with live() as day:
        day.came(ONE)
        await day.settled()
        day.closed(ONE)
        scene = day.coordinator.scene
        assert scene.link_shown(day.point(ONE)) == "reconnecting"
        day.came(ONE)
        assert scene.link_shown(day.point(ONE)) == "steady"
        assert day.moves(ONE) == [Link.STEADY]


async def test_a_late_word_of_an_older_connection_changes_nothing() -> None:
    async with live() as day:
        day.came(ONE)
        old = day.generations[ONE]
        await day.passes(30)
        day.came(ONE)
        await day.settled()
        day.presence.closed(ONE, old, day.clock.now())
        assert day.coordinator.scene.link_shown(day.point(ONE)) == "steady"
        # Beats of the old connection do not keep the new one alive.
        for _ in range(45):
            await day.passes(1)
            day.presence.heard(ONE, old, None, day.clock.now())
        assert day.point(ONE).link is Link.LOST
        assert day.point(ONE).link_ms == MORNING + 30 * SECOND


async def test_a_room_that_takes_over_from_a_phone_is_missed_as_soon_as_a_room_is() -> None:
    async with live() as day:
        day.came(ONE, terms=terms(10, phone=True))
        await day.passes(2)
        day.came(ONE)
        await day.passes(45)
        assert day.point(ONE).link is Link.LOST


async def flap(day: Day, up_s: int, down_s: int = 3) -> None:
    day.closed(ONE)
    await day.passes(down_s)
    day.came(ONE)
    await day.passes(up_s, beating=[ONE])


async def test_the_third_flap_makes_a_line_unstable_and_not_the_second() -> None:
    async with live() as day:
        day.came(ONE)
        await day.passes(10, beating=[ONE])
        await flap(day, 15)
        await flap(day, 15)
        assert day.moves(ONE) == [Link.STEADY]
        await flap(day, 15)
        assert day.moves(ONE) == [Link.STEADY, Link.UNSTABLE]


@pytest.mark.parametrize("every_s", [20, 60, 100, 120])
async def test_six_flaps_in_ten_minutes_are_one_unstable_line(every_s: int) -> None:
    async with live() as day:
        day.came(ONE)
        await day.passes(10, beating=[ONE])
        for _ in range(6):
            await flap(day, every_s - 3)
        assert day.moves(ONE) == [Link.STEADY, Link.UNSTABLE]
        await day.passes(600, beating=[ONE])
        assert day.moves(ONE) == [Link.STEADY, Link.UNSTABLE, Link.STEADY]


async def test_an_unstable_tile_keeps_its_colour_while_the_line_goes_up_and_down() -> None:
    async with live() as day:
        day.came(ONE)
        for _ in range(3):
            await flap(day, 10)
        day.closed(ONE)
        assert day.coordinator.scene.link_shown(day.point(ONE)) == "unstable"


async def test_an_unstable_line_that_stays_down_is_lost() -> None:
    async with live() as day:
        day.came(ONE)
        for _ in range(3):
            await flap(day, 10)
        day.closed(ONE)
        await day.passes(45)
        assert day.moves(ONE)[-1] is Link.LOST


async def test_a_flap_now_and_then_is_no_trembling() -> None:
    async with live() as day:
        day.came(ONE)
        for _ in range(8):
            await flap(day, 300)
        assert day.moves(ONE) == [Link.STEADY]


async def test_a_calmed_line_needs_three_new_flaps_to_be_unstable_again() -> None:
    async with live() as day:
        day.came(ONE)
        for _ in range(3):
            await flap(day, 10)
        await day.passes(240, beating=[ONE])
        assert day.moves(ONE)[-1] is Link.STEADY
        await flap(day, 10)
        await flap(day, 10)
        assert day.moves(ONE)[-1] is Link.STEADY


# --- leaving


async def test_a_room_that_says_goodbye_after_its_session_is_no_longer_measured() -> None:
    async with live() as day:
        day.came(ONE)
        await day.asks(stage(HALL_1, Stage.ENDED))
        day.presence.left(ONE, day.generations[ONE], day.clock.now())
        await day.passes(300)
        assert day.moves(ONE) == [Link.STEADY, Link.NOT_MEASURED]
        assert day.point(ONE).link_cause == "left"


async def test_a_room_that_comes_back_after_its_goodbye_is_measured_again() -> None:
    async with live() as day:
        day.came(ONE)
        await day.asks(stage(HALL_1, Stage.ENDED))
        day.presence.left(ONE, day.generations[ONE], day.clock.now())
        await day.settled()
        day.came(ONE)
        await day.settled()
        assert day.point(ONE).link is Link.STEADY


async def test_a_room_that_is_switched_off_after_its_session_is_not_red() -> None:
    async with live() as day:
        day.came(ONE)
        await day.asks(stage(HALL_1, Stage.ENDED))
        day.closed(ONE)
        await day.passes(300)
        assert Link.LOST not in day.moves(ONE)


async def test_a_goodbye_before_the_end_leaves_a_gap_that_is_seen() -> None:
    async with live() as day:
        day.came(ONE)
        day.presence.left(ONE, day.generations[ONE], day.clock.now())
        await day.passes(45)
        assert day.point(ONE).link is Link.LOST


async def test_a_lost_point_is_red_no_more_once_its_hall_has_ended() -> None:
    async with live() as day:
        day.came(ONE)
        await day.passes(45)
        assert day.point(ONE).link is Link.LOST
        await day.asks(stage(HALL_1, Stage.ENDED))
        ended = day.clock.now()
        await day.passes(6)
        point = day.point(ONE)
        assert (point.link, point.link_cause, point.link_ms) == (Link.NOT_MEASURED, "left", ended)


async def test_machines_switched_off_together_after_their_halls_have_ended_are_no_outage_of_ours() -> None:
    async with live(CROWD) as day:
        day.came(*CODES)
        await day.passes(30, beating=CODES)
        await day.asks(*(stage(hall, Stage.ENDED) for hall in CROWD[:25]))
        day.closed(*CODES[:25])
        await day.passes(60, beating=CODES[25:])
        assert {day.links()[code] for code in CODES[:25]} == {Link.NOT_MEASURED}
        assert {day.links()[code] for code in CODES[25:]} == {Link.STEADY}
        assert "centre-outage-began" not in day.kinds()


async def test_many_goodbyes_together_are_no_outage_of_ours() -> None:
    async with live(CROWD) as day:
        day.came(*CODES)
        await day.passes(30, beating=CODES)
        for code in CODES[:25]:
            day.presence.left(code, day.generations[code], day.clock.now())
        await day.passes(60, beating=CODES[25:])
        assert "centre-outage-began" not in day.kinds()
        assert {day.links()[code] for code in CODES[:25]} == {Link.LOST}


async def test_a_goodbye_and_a_return_are_no_flap() -> None:
    async with live() as day:
        day.came(ONE)
        for _ in range(6):
            await day.passes(10, beating=[ONE])
            day.presence.left(ONE, day.generations[ONE], day.clock.now())
            await day.passes(3)
            day.came(ONE)
        await day.passes(10, beating=[ONE])
        assert day.moves(ONE) == [Link.STEADY]


async def test_a_hall_that_was_reopened_is_missed_again() -> None:
    async with live() as day:
        day.came(ONE)
        await day.asks(stage(HALL_1, Stage.ENDED))
        day.presence.left(ONE, day.generations[ONE], day.clock.now())
        await day.passes(60)
        await day.asks(stage(HALL_1, Stage.IN_SESSION))
        reopened = day.clock.now()
        await day.passes(49)
        assert day.point(ONE).link is Link.NOT_MEASURED
        await day.passes(7)
        point = day.point(ONE)
        assert (point.link, point.link_ms, point.link_cause) == (Link.LOST, reopened, "not_back")


# --- the end of the session


async def test_when_all_switch_off_after_the_last_sitting_nobody_is_blamed_and_nor_are_we() -> None:
    async with live(CROWD, now=at("11:29")) as day:
        day.came(*CODES)
        await day.passes(120, beating=CODES)
        day.closed(*CODES[:30])
        await day.passes(120, beating=CODES[30:])
        assert {day.links()[code] for code in CODES[:30]} == {Link.NOT_MEASURED}
        assert {day.links()[code] for code in CODES[30:]} == {Link.STEADY}
        assert "centre-outage-began" not in day.kinds()


async def test_a_line_that_fails_while_the_sitting_runs_late_is_lost() -> None:
    async with live(CROWD, now=at("11:29")) as day:
        day.came(*CODES)
        await day.passes(120, beating=CODES)
        day.closed(ONE_OF_MANY)
        await day.passes(60, beating=CODES[1:])
        assert day.links()[ONE_OF_MANY] is Link.LOST


async def test_a_goodbye_after_the_sitting_is_no_loss() -> None:
    async with live(now=at("11:31")) as day:
        day.came(ONE)
        await day.passes(20, beating=[ONE])
        day.presence.left(ONE, day.generations[ONE], day.clock.now())
        await day.passes(120)
        assert day.moves(ONE) == [Link.STEADY, Link.NOT_MEASURED]


async def test_once_the_session_is_being_closed_rooms_that_go_one_by_one_are_not_red() -> None:
    async with live(CROWD, now=at("11:32")) as day:
        day.came(*CODES)
        await day.passes(20, beating=CODES)
        day.closed(CODES[0])
        await day.passes(50, beating=CODES[1:])
        assert day.links()[CODES[0]] is Link.LOST
        await day.turns(Phase.CLOSING, version=2)
        for place in range(1, 6):
            day.closed(CODES[place])
            await day.passes(20, beating=CODES[place + 1 :])
        await day.passes(60, beating=CODES[6:])
        assert {day.links()[code] for code in CODES[:6]} == {Link.NOT_MEASURED}
        assert {day.links()[code] for code in CODES[6:]} == {Link.STEADY}


async def test_who_was_lost_in_the_session_stays_lost_when_it_is_closed() -> None:
    async with live(now=at("11:20")) as day:
        day.came(ONE)
        await day.passes(60)
        day.clock.now_ms = at("11:32")
        await day.turns(Phase.CLOSING, version=2)
        await day.passes(20)
        assert day.point(ONE).link is Link.LOST


# --- the hours between two sittings


AFTERNOON = Sitting(
    "2026-03-07-pm",
    "Buổi chiều",
    at("14:00"),
    at("16:30"),
    (Round(RoundName.OPENING, at("13:00"), at("14:15")), Round(RoundName.CLOSING, at("16:15"), at("17:00"))),
)
DAY = (MORNING_SITTING, AFTERNOON)
LUNCH, NEXT = at("12:01"), at("13:00")


async def test_in_the_break_between_two_sittings_nobody_is_missed() -> None:
    async with live(CROWD, sittings=DAY, now=LUNCH) as day:
        day.came(*CODES)
        await day.passes(20, beating=CODES)
        day.closed(*CODES[:20])
        await day.passes(300)
        assert {day.links()[code] for code in CODES} == {Link.STEADY}
        assert "centre-outage-began" not in day.kinds()


async def test_who_is_lost_when_the_break_begins_stays_lost_until_heard() -> None:
    async with live(sittings=DAY, now=at("11:59")) as day:
        day.came(ONE)
        await day.passes(50)
        assert day.point(ONE).link is Link.LOST
        await day.passes(300)
        assert day.point(ONE).link is Link.LOST
        day.came(ONE)
        await day.passes(5, beating=[ONE])
        assert day.point(ONE).link is Link.STEADY


async def test_after_the_break_a_line_that_was_alive_has_its_whole_patience() -> None:
    async with live(sittings=DAY, now=NEXT - 100 * SECOND) as day:
        day.came(ONE)
        await day.passes(70, beating=[ONE])
        await day.passes(30 + 39)
        assert day.point(ONE).link is Link.STEADY
        await day.passes(3)
        assert (day.point(ONE).link, day.point(ONE).link_ms) == (Link.LOST, NEXT)


async def test_who_was_switched_off_for_the_break_is_expected_by_the_start_and_not_before() -> None:
    async with live(sittings=DAY, now=NEXT - 300 * SECOND) as day:
        day.came(ONE)
        day.closed(ONE)
        await day.passes(600)
        assert day.point(ONE).link is Link.STEADY
        day.clock.now_ms = at("13:59:55")
        await day.passes(40)
        assert day.point(ONE).link is Link.STEADY
        await day.passes(8)
        assert (day.point(ONE).link, day.point(ONE).link_ms) == (Link.LOST, at("14:00"))


async def test_who_said_goodbye_in_the_break_and_does_not_return_is_missed_in_the_next_sitting() -> None:
    async with live(sittings=DAY, now=NEXT - 300 * SECOND) as day:
        day.came(ONE, HALL_2.code)
        await day.settled()
        for code in (ONE, HALL_2.code):
            day.presence.left(code, day.generations[code], day.clock.now())
        await day.settled()
        assert day.point(ONE).link is Link.NOT_MEASURED
        day.clock.now_ms = at("13:59:55")
        day.came(HALL_2.code)
        await day.passes(70, beating=[HALL_2.code])
        assert (day.point(ONE).link, day.point(ONE).link_ms) == (Link.LOST, at("14:00"))
        assert day.point(HALL_2).link is Link.STEADY


async def test_breaks_make_no_line_unstable() -> None:
    async with live(sittings=DAY, now=LUNCH) as day:
        day.came(ONE)
        for _ in range(5):
            await flap(day, 10)
        assert day.moves(ONE) == [Link.STEADY]


async def test_after_a_restart_in_the_break_nobody_is_lost_before_the_next_sitting() -> None:
    journal = MemoryJournal()
    async with live(journal=journal, sittings=DAY, now=LUNCH) as day:
        day.came(ONE)
        await day.settled()
    async with running(journal, LUNCH + 60 * SECOND) as day:
        await day.passes(200)
        assert day.point(ONE).link is Link.UNKNOWN
        day.clock.now_ms = at("13:59:55")
        await day.passes(50)
        assert day.point(ONE).link is Link.UNKNOWN
        await day.passes(10)
        assert (day.point(ONE).link, day.point(ONE).link_ms) == (Link.LOST, at("14:00"))


@pytest.mark.parametrize(
    ("clock", "judged"),
    [("05:00", True), ("11:59", True), ("12:00", True), ("12:01", False), ("12:59", False), ("13:00", True)],
)
def test_lines_are_judged_from_an_hour_before_a_sitting_to_its_last_deadline(clock: str, judged: bool) -> None:
    assert watched(plan(sittings=DAY), Phase.LIVE, at(clock)).judged is judged


def test_sittings_that_overlap_have_no_break_between_them() -> None:
    early = msgspec.structs.replace(AFTERNOON, starts_ms=at("12:30"))
    assert all(
        watched(plan(sittings=(early, MORNING_SITTING)), Phase.LIVE, at(f"{hour}:10")).judged for hour in (11, 12)
    )


# --- TV


async def test_a_tv_point_is_never_red_whatever_its_line_does() -> None:
    async with live() as day:
        day.came(TV_HALL.code)
        await day.passes(20, beating=[TV_HALL.code])
        day.closed(TV_HALL.code)
        await day.passes(200)
        assert day.links()[TV_HALL.code] is Link.NOT_MEASURED
        assert day.moves(TV_HALL) == []


async def test_a_lost_room_that_moves_to_tv_is_no_longer_red() -> None:
    async with live() as day:
        day.came(ONE)
        await day.passes(45)
        await day.asks(mode(HALL_1, Mode.TV), by=ANN)
        await day.passes(120)
        assert day.point(ONE).link is Link.NOT_MEASURED
        assert day.point(ONE).link_cause == "mode"


async def test_a_room_that_comes_back_from_tv_is_steady_at_its_next_beat() -> None:
    async with live() as day:
        day.came(ONE)
        await day.asks(mode(HALL_1, Mode.TV), by=ANN)
        await day.passes(20, beating=[ONE])
        await day.asks(mode(HALL_1, Mode.STREAM, reason="có điện lại"), by=ANN)
        assert day.point(ONE).link is Link.NEVER_SEEN
        await day.passes(20, beating=[ONE])
        assert day.point(ONE).link is Link.STEADY


async def test_a_room_that_moves_to_tv_in_the_second_of_a_centre_outage_stays_out_of_it() -> None:
    async with live(CROWD) as day:
        day.came(*CODES)
        await day.settled()
        day.closed(*CODES)
        day.clock.now_ms += SECOND
        moving = asyncio.create_task(day.asks(mode(CODES[0], Mode.TV), by=ANN))
        await asyncio.sleep(0)
        day.presence.sweep(day.clock.now(), day.terms)
        await moving
        await day.settled()
        assert day.links()[CODES[0]] is Link.NOT_MEASURED
        assert day.links()[CODES[1]] is Link.UNKNOWN


# --- our own doing


async def test_after_a_restart_lines_are_unknown_until_they_are_back_and_nobody_is_blamed() -> None:
    journal = MemoryJournal()
    async with live(journal=journal) as day:
        day.came(ONE, HALL_2.code)
        await day.settled()
    async with running(journal, MORNING + 30 * SECOND) as day:
        assert day.links()[ONE] is Link.UNKNOWN
        await day.passes(8)
        day.came(ONE, HALL_2.code)
        await day.passes(60, beating=[ONE, HALL_2.code])
        assert day.moves(ONE) == [Link.STEADY]
        assert day.kinds().count("service-restarted") == 1


async def test_who_does_not_come_back_after_a_restart_is_lost_since_we_could_hear_again() -> None:
    journal = MemoryJournal()
    async with live(journal=journal) as day:
        day.came(ONE)
        await day.settled()
    ready = MORNING + 30 * SECOND
    async with running(journal, ready) as day:
        await day.passes(49)
        assert day.links()[ONE] is Link.UNKNOWN
        await day.passes(2)
        assert day.point(ONE).link is Link.LOST
        assert day.point(ONE).link_ms == ready


async def test_who_was_lost_before_a_restart_stays_lost() -> None:
    journal = MemoryJournal()
    async with live(journal=journal) as day:
        day.came(ONE)
        await day.passes(45)
    async with running(journal, MORNING + 90 * SECOND) as day:
        assert day.point(ONE).link is Link.LOST
        assert day.point(ONE).link_ms == MORNING


async def test_a_second_restart_gives_the_rooms_their_whole_time_again() -> None:
    journal = MemoryJournal()
    async with live(journal=journal) as day:
        day.came(ONE)
        await day.settled()
    async with running(journal, MORNING + 30 * SECOND) as day:
        await day.passes(10)
    async with running(journal, MORNING + 100 * SECOND) as day:
        await day.passes(49)
        assert day.point(ONE).link is Link.UNKNOWN
        await day.passes(2)
        assert day.point(ONE).link is Link.LOST
        assert day.point(ONE).link_ms == MORNING + 100 * SECOND


async def test_a_room_that_had_ended_before_a_restart_is_not_red_after_it() -> None:
    journal = MemoryJournal()
    async with live(journal=journal) as day:
        day.came(ONE)
        await day.asks(stage(HALL_1, Stage.ENDED))
    async with running(journal, MORNING + 30 * SECOND) as day:
        await day.passes(120)
        assert day.point(ONE).link is Link.NOT_MEASURED


async def test_a_centre_outage_is_one_and_blames_nobody() -> None:
    async with live(CROWD) as day:
        day.came(*CODES)
        await day.passes(30, beating=CODES)
        fell = day.clock.now()
        day.closed(*CODES[:22])
        await day.passes(40, beating=CODES[22:])
        assert [day.links()[code] for code in CODES[:22]] == [Link.UNKNOWN] * 22
        assert [day.links()[code] for code in CODES[22:]] == [Link.STEADY] * 18
        assert fell - 10 * SECOND <= day.point(CODES[0]).link_ms <= fell
        day.came(*CODES[:22])
        await day.passes(120, beating=CODES)
        assert set(day.links().values()) == {Link.STEADY}
        assert day.kinds().count("centre-outage-began") == 1
        assert day.kinds().count("centre-outage-ended") == 1


async def test_an_outage_of_ours_that_lasts_five_minutes_still_blames_nobody() -> None:
    async with live(CROWD) as day:
        day.came(*CODES)
        await day.passes(30, beating=CODES)
        day.closed(*CODES[:22])
        await day.passes(300, beating=CODES[22:])
        day.came(*CODES[:22])
        await day.passes(60, beating=CODES)
        assert all(Link.LOST not in day.moves(code) for code in CODES)


async def test_who_stays_away_when_the_centre_is_back_is_lost_since_then() -> None:
    async with live(CROWD) as day:
        day.came(*CODES)
        await day.passes(30, beating=CODES)
        day.closed(*CODES[:22])
        await day.passes(40, beating=CODES[22:])
        back = day.clock.now()
        day.came(*CODES[:20])
        await day.passes(49, beating=[*CODES[:20], *CODES[22:]])
        assert day.links()[CODES[21]] is Link.UNKNOWN
        await day.passes(5, beating=[*CODES[:20], *CODES[22:]])
        assert day.links()[CODES[21]] is Link.LOST
        assert back <= day.point(CODES[21]).link_ms <= back + 2 * SECOND


async def test_an_outage_of_ours_that_comes_in_steps_is_one() -> None:
    async with live(CROWD) as day:
        day.came(*CODES)
        await day.passes(30, beating=CODES)
        day.closed(*CODES[:14])
        await day.passes(6, beating=CODES[14:])
        # The first ones are back before the last ones fall.
        day.came(*CODES[:14])
        day.closed(*CODES[14:28])
        await day.passes(6, beating=[*CODES[:14], *CODES[28:]])
        day.closed(*CODES[28:])
        await day.passes(20, beating=CODES[:14])
        day.came(*CODES[14:])
        await day.passes(120, beating=CODES)
        assert set(day.links().values()) == {Link.STEADY}
        assert day.kinds().count("centre-outage-ended") == 1
        assert all(Link.LOST not in day.moves(code) for code in CODES)
        fallen = [
            code
            for _, each in day.told
            if isinstance(each.event, events.CentreOutageBegan)
            for code in each.event.points
        ]
        assert sorted(fallen) == sorted(CODES)


async def test_a_black_hole_at_the_centre_blames_none_of_those_who_fell_into_it() -> None:
    # Nothing is closed: each room falls overdue at a second of its own.
    async with live(CROWD) as day:
        day.came(*CODES)
        await day.passes(30, beating=CODES)
        await day.passes(120, beating=CODES[16:])
        assert [day.links()[code] for code in CODES[:16]] == [Link.UNKNOWN] * 16
        assert all(Link.LOST not in day.moves(code) for code in CODES)


async def test_a_power_cut_of_some_rooms_is_theirs_and_not_the_centres() -> None:
    async with live(CROWD) as day:
        day.came(*CODES)
        await day.passes(30, beating=CODES)
        day.closed(*CODES[:10])
        await day.passes(45, beating=CODES[10:])
        assert [day.links()[code] for code in CODES[:10]] == [Link.LOST] * 10
        assert "centre-outage-began" not in day.kinds()


async def test_few_points_are_never_taken_for_the_centre() -> None:
    async with live() as day:
        measured = [ONE, HALL_2.code]
        day.came(*measured)
        day.closed(*measured)
        await day.passes(45)
        assert {day.links()[code] for code in measured} == {Link.LOST}


async def test_a_stall_of_ours_blames_nobody() -> None:
    async with live(CROWD) as day:
        day.came(*CODES)
        lag = Lag(day.clock.now())
        await day.passes(20, beating=CODES)
        lag.next_ms = day.clock.now() + SECOND
        # For a minute we neither hear nor sweep; then the sweep wakes before the beats that have waited are read.
        day.clock.now_ms += 60 * SECOND
        lag.passed(day.clock.now())
        day.forgiven_ms = lag.forgiven_ms
        day.presence.sweep(day.clock.now(), day.terms, lag.forgiven_ms)
        await day.settled()
        await day.passes(10, beating=CODES)
        assert set(day.links().values()) == {Link.STEADY}
        assert all(day.moves(code) == [Link.STEADY] for code in CODES)


def test_a_stall_is_forgiven_for_two_minutes_and_then_forgotten() -> None:
    lag = Lag(MORNING)
    lag.passed(MORNING + SECOND)
    assert lag.forgiven_ms == 0
    lag.passed(lag.next_ms + 59 * SECOND)
    assert lag.forgiven_ms == 59 * SECOND
    stalled_until = lag.next_ms
    while lag.next_ms < stalled_until + 100 * SECOND:
        lag.passed(lag.next_ms)
        assert lag.forgiven_ms == 59 * SECOND
    while lag.next_ms < stalled_until + 130 * SECOND:
        lag.passed(lag.next_ms)
    assert lag.forgiven_ms == 0


def test_two_stalls_add_up() -> None:
    lag = Lag(MORNING)
    lag.passed(lag.next_ms + 20 * SECOND)
    lag.passed(lag.next_ms + 30 * SECOND)
    assert lag.forgiven_ms == 50 * SECOND


@pytest.mark.parametrize("back_s", [1, 60, 3600])
def test_a_clock_that_is_set_back_does_not_stop_the_sweep(back_s: int) -> None:
    lag = Lag(MORNING)
    now = MORNING - back_s * SECOND
    lag.passed(now)
    assert now < lag.next_ms <= now + SECOND


def test_a_stall_before_a_clock_is_set_back_is_forgiven_no_longer_than_any() -> None:
    lag = Lag(MORNING)
    lag.passed(lag.next_ms + 30 * SECOND)
    assert lag.forgiven_ms == 30 * SECOND
    lag.passed(lag.next_ms - 3600 * SECOND)
    for _ in range(125):
        lag.passed(lag.next_ms)
    assert lag.forgiven_ms == 0


@pytest.mark.parametrize("back_s", [5, 60, 3600])
async def test_a_clock_that_is_set_back_hides_no_silence(back_s: int) -> None:
    async with live() as day:
        day.came(ONE)
        await day.passes(20)
        day.clock.now_ms -= back_s * SECOND
        await day.passes(19)
        assert day.point(ONE).link is Link.STEADY
        await day.passes(6)
        assert day.point(ONE).link is Link.LOST
        assert abs(day.point(ONE).link_ms - (MORNING - back_s * SECOND)) <= SECOND


async def test_a_clock_that_is_set_back_makes_no_silence() -> None:
    async with live(CROWD) as day:
        day.came(*CODES)
        for _ in range(3):
            await day.passes(30, beating=CODES)
            day.clock.now_ms -= 3600 * SECOND
        await day.passes(120, beating=CODES)
        assert all(day.moves(code) == [Link.STEADY] for code in CODES)


async def test_a_clock_that_is_set_back_after_a_restart_hides_no_absence() -> None:
    journal = MemoryJournal()
    async with live(journal=journal) as day:
        day.came(ONE)
        await day.settled()
    async with running(journal, MORNING + 30 * SECOND) as day:
        await day.passes(10)
        day.clock.now_ms -= 3600 * SECOND
        await day.passes(52)
        assert day.point(ONE).link is Link.LOST


# --- the day of the four faults


async def test_of_a_lost_beat_six_flaps_an_outage_and_a_restart_each_is_told_as_what_it_was() -> None:
    lost_beat, flapping, out, fine = HALL_1.code, HALL_2.code, CITY_HALL.code, DISTRICT_HALL.code
    rooms = {lost_beat, flapping, out, fine, TV_HALL.code}
    journal = MemoryJournal()
    async with live(journal=journal) as day:
        day.came(*rooms)
        fell = 0
        for second in range(1, 661):
            silent = {lost_beat} if 100 <= second < 112 else set()
            if second == 120:
                day.closed(out, TV_HALL.code)
                fell = day.clock.now()
            if second == 360:
                day.came(out)
            if second % 100 == 50 and second < 600:
                day.closed(flapping)
            if second % 100 == 53 and second < 600:
                day.came(flapping)
            away = {out} if 120 <= second < 360 else set()
            tv_off = {TV_HALL.code} if second >= 120 else set()
            trembling = {flapping} if second % 100 in (50, 51, 52) else set()
            await day.passes(1, beating=sorted(rooms - silent - away - tv_off - trembling))
        first = day.told.copy()
        assert day.moves(lost_beat) == day.moves(fine) == [Link.STEADY]
        assert day.moves(flapping).count(Link.UNSTABLE) == 1
        assert Link.LOST not in day.moves(flapping)
        assert day.moves(out) == [Link.STEADY, Link.LOST, Link.STEADY]
        assert day.moves(TV_HALL) == []
    (outage,) = [each for _, each in first if isinstance(each.event, events.LinkMoved) and each.event.link is Link.LOST]
    assert fell - HEARTBEAT_MS <= outage.at_ms <= fell
    async with running(journal, MORNING + 690 * SECOND) as day:
        await day.passes(6)
        back = sorted(rooms - {TV_HALL.code})
        day.came(*back)
        await day.passes(120, beating=back)
        assert all(Link.LOST not in day.moves(code) for code in rooms)
        assert {day.links()[code] for code in back} == {Link.STEADY}
        assert day.kinds().count("service-restarted") + day.kinds().count("centre-outage-began") == 1
        assert day.links()[TV_HALL.code] is Link.NOT_MEASURED
        incidents = day.coordinator.scene.state.affairs.incidents.known.values()
        assert sorted(each.trouble for each in incidents) == [Trouble.CENTRE, Trouble.FLAPPING, Trouble.LOST]
        (ours,) = [each for each in incidents if each.trouble is Trouble.CENTRE]
        assert set(ours.hits) == set(back)


# --- what a failing disk loses is said again


async def test_a_silence_whose_commit_failed_is_noticed_a_little_later() -> None:
    journal = Failing()
    async with live(journal=journal) as day:
        day.came(ONE)
        await day.passes(38)
        journal.failing = True
        await day.passes(4)
        assert day.point(ONE).link is Link.STEADY
        journal.failing = False
        await day.passes(8)
        assert day.point(ONE).link is Link.LOST
        assert day.point(ONE).link_ms == MORNING


async def test_a_restart_whose_first_commit_failed_leaves_no_room_green_for_ever() -> None:
    journal = Failing()
    async with live(journal=journal) as day:
        day.came(ONE)
        await day.settled()
    journal.failing = True
    async with running(journal, MORNING + 30 * SECOND) as day:
        journal.failing = False
        await day.passes(2)
        assert day.point(ONE).link is Link.UNKNOWN
        await day.passes(55)
        assert day.point(ONE).link is Link.LOST


async def test_a_centre_outage_whose_commit_failed_is_seen_by_the_next_sweep() -> None:
    journal = Failing()
    async with live(CROWD, journal) as day:
        day.came(*CODES)
        await day.settled()
        day.closed(*CODES)
        journal.failing = True
        await day.passes(2)
        journal.failing = False
        await day.passes(60)
        assert set(day.links().values()) == {Link.UNKNOWN}


async def test_before_the_conference_is_open_no_silence_is_judged() -> None:
    async with running(MemoryJournal(), MORNING) as day:
        await day.coordinator.command(lambda _draft: ((events.ConferenceFrozen(plan=plan()), MORNING),), ANN)
        day.came(ONE)
        await day.passes(120)
        assert day.point(ONE).link is Link.STEADY
        await day.turns(Phase.OPEN, version=0)
        await day.passes(2)
        assert day.point(ONE).link is Link.LOST
        assert day.point(ONE).link_ms == MORNING
