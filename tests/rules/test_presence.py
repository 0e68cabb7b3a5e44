"""Stories of lines: who was heard, who fell silent, and whose fault it was."""

import asyncio

import pytest

from bridge.edges.clockwork import Lag
from bridge.journal.memory import MemoryJournal
from bridge.rules import events
from bridge.rules.link import terms
from bridge.rules.model import Link, Mode, Phase, Stage
from tests.cast import ANN, HALL_1, HALL_2, MORNING, SECOND, TV_HALL, many, mode, plan, stage
from tests.rules.day import Day, Failing, live, running

ONE = HALL_1.code
CROWD = many(40)
CODES = [hall.code for hall in CROWD]


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
        day.presence.sweep(day.clock.now() - lag.forgiven_ms, day.terms)
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
