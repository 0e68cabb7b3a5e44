"""Stories of head counts: what counts, what waits, what is corrected, and which round is asked for."""

import msgspec
import pytest

from bridge.rules.attendance import People, grade, people, round_asked, round_before, round_due, round_of, standing
from bridge.rules.model import Author, Count, Grade, Mode, Plan, PlannedPoint, Point, Round, RoundName, Sitting
from bridge.rules.projection import State
from bridge.rules.scene import Scene
from tests.cast import (
    ANN,
    BINH,
    CLOSING,
    EXTRA_HALL,
    HALL_1,
    HALL_2,
    MIDDLE,
    MORNING_SITTING,
    NOON,
    OPENING,
    at,
    begun,
    confirm,
    correct,
    count,
    done,
    expected,
    mode,
    opened,
    plan,
    planned,
    release,
)


def hall(state: State, where: PlannedPoint = HALL_1) -> Point:
    return state.points[where.code]


def column(state: State, key: tuple[str, RoundName] = OPENING, where: PlannedPoint = HALL_1) -> People:
    return standing(hall(state, where), key)


# --- the column of one hall


def test_who_has_not_reported_is_unreported_and_not_absent() -> None:
    assert people(64, None) == People(expected=64, unreported=64)


def test_a_full_report_leaves_nobody_unreported() -> None:
    assert people(64, Count(60, 3, 1)) == People(64, 60, 3, 1, 0, 0)


def test_who_was_not_spoken_of_stays_unreported() -> None:
    assert people(64, Count(60, 0, 0)) == People(64, 60, 0, 0, 4, 0)


def test_present_people_beyond_the_expected_are_guests() -> None:
    assert people(64, Count(70, 0, 0, guests=2)) == People(64, 64, 0, 0, 0, 8)


def test_known_absences_come_before_a_surplus_of_heads() -> None:
    assert people(64, Count(64, 3, 1)) == People(64, 60, 3, 1, 0, 4)


def test_nobody_misses_a_seat_that_was_not_kept() -> None:
    assert people(10, Count(0, 30, 5)) == People(10, 0, 10, 0, 0, 0)


def test_where_nobody_was_expected_everybody_is_a_guest() -> None:
    assert people(0, Count(12, 0, 0)) == People(guests=12)


# --- how plausible


@pytest.mark.parametrize(
    ("hall", "said", "verdict"),
    [
        (HALL_1, Count(64, 0, 0), Grade.FINE),
        (HALL_1, Count(60, 3, 1, guests=30), Grade.FINE),
        (HALL_1, Count(65, 0, 0), Grade.WARNED),
        (HALL_1, Count(60, 3, 2), Grade.WARNED),
        (HALL_1, Count(60, 3, 1, guests=41), Grade.WARNED),
        (HALL_1, Count(128, 0, 0), Grade.WARNED),
        (HALL_1, Count(129, 0, 0), Grade.QUARANTINED),
        (HALL_1, Count(640, 0, 0), Grade.QUARANTINED),
        (HALL_1, Count(60, 3, 1, guests=69), Grade.QUARANTINED),
        (HALL_1, Count(0, 640, 0), Grade.WARNED),
        # Where the seats are unknown, twice the expected decides.
        (HALL_2, Count(100, 0, 0), Grade.WARNED),
        (HALL_2, Count(101, 0, 0), Grade.QUARANTINED),
        (HALL_2, Count(50, 0, 0, guests=50), Grade.FINE),
        # Where nobody knows how many were summoned, the seats decide.
        (EXTRA_HALL, Count(0, 0, 0, guests=100), Grade.FINE),
        (EXTRA_HALL, Count(100, 0, 0), Grade.WARNED),
        (EXTRA_HALL, Count(101, 0, 0), Grade.QUARANTINED),
        # A hall with more seats than twice its people may be full of them.
        (planned("x-01", "Nhà hát", expected=64, seats=700), Count(640, 0, 0), Grade.WARNED),
        (planned("x-01", "Nhà hát", expected=64, seats=639), Count(640, 0, 0), Grade.QUARANTINED),
        # Nothing is known: nothing can be judged but that nobody was expected.
        (planned("x-01", "Phòng họp", expected=None, seats=None), Count(12, 0, 0), Grade.WARNED),
    ],
)
def test_a_count_is_graded_by_the_table(hall: PlannedPoint, said: Count, verdict: Grade) -> None:
    found, why = grade(opened(hall), OPENING, said, None)
    assert found is verdict
    assert bool(why) is (verdict is not Grade.FINE)


def test_half_of_the_last_round_is_still_believed_and_less_is_asked_about() -> None:
    before = Count(60, 3, 1)
    assert grade(opened(), MIDDLE, Count(30, 3, 1), before)[0] is Grade.FINE
    verdict, why = grade(opened(), MIDDLE, Count(29, 3, 1), before)
    assert verdict is Grade.WARNED
    assert "29" in why
    assert "60" in why


def test_the_round_before_is_looked_up_in_what_stands() -> None:
    state = begun()
    done(state, count(HALL_1, 60, 3, 1))
    said = done(state, count(HALL_1, 20, 3, 1, round=RoundName.MIDDLE))
    assert said.code == "warned"


def test_a_warned_figure_counts() -> None:
    state = begun()
    said = done(state, count(HALL_1, 66))
    assert (said.accepted, said.code) == (True, "warned")
    assert column(state).present == 64
    assert column(state).guests == 2


# --- 640 of 64


def test_640_of_64_waits_outside_the_totals() -> None:
    state = begun()
    said = done(state, count(HALL_1, 640))
    assert (said.accepted, said.code) == (True, "quarantined")
    assert "640" in said.message
    assert column(state) == People(expected=64, unreported=64)
    assert hall(state).quarantined[OPENING].count.present == 640


def test_the_last_good_figure_stands_while_another_waits() -> None:
    state = begun()
    done(state, count(HALL_1, 60, 3, 1))
    done(state, count(HALL_1, 640))
    assert column(state) == People(64, 60, 3, 1, 0, 0)


def test_a_new_count_takes_the_place_of_what_waited() -> None:
    state = begun()
    done(state, count(HALL_1, 640))
    done(state, count(HALL_1, 60, 3, 1))
    assert column(state) == People(64, 60, 3, 1, 0, 0)
    assert hall(state).quarantined == {}


def test_a_correction_takes_the_place_of_what_waited() -> None:
    state = begun()
    typo = count(HALL_1, 640)
    done(state, typo)
    assert done(state, correct(HALL_1, typo.id, Count(60, 3, 1)), by=ANN).code == ""
    assert column(state) == People(64, 60, 3, 1, 0, 0)
    assert hall(state).quarantined == {}


def test_a_released_figure_counts_and_stays_marked() -> None:
    state = begun()
    crowd = count(HALL_1, 200)
    done(state, crowd)
    assert done(state, release(HALL_1, crowd.id), by=ANN).accepted
    assert column(state) == People(64, 64, 0, 0, 0, 136)
    assert hall(state).figures[OPENING].grade is Grade.WARNED
    assert hall(state).quarantined == {}


def test_a_release_lets_only_that_figure_count_which_was_seen() -> None:
    # Between the look and the tap the hall has sent another one.
    state = begun()
    seen, newer = count(HALL_1, 200), count(HALL_1, 640)
    done(state, seen)
    done(state, newer)
    refused = done(state, release(HALL_1, seen.id), by=ANN)
    assert (refused.accepted, refused.code) == (False, "unknown_act")
    assert OPENING not in hall(state).figures


def test_releasing_the_good_figure_does_not_release_the_one_that_waits() -> None:
    state = begun()
    good = count(HALL_1, 60, 3, 1)
    done(state, good)
    done(state, count(HALL_1, 640))
    assert not done(state, release(HALL_1, good.id), by=ANN).accepted
    assert column(state).present == 60


def test_nothing_is_released_twice() -> None:
    state = begun()
    crowd = count(HALL_1, 200)
    done(state, crowd)
    done(state, release(HALL_1, crowd.id), by=ANN)
    assert not done(state, release(HALL_1, crowd.id), by=ANN).accepted


# --- corrections


def test_a_correction_says_what_stood_before() -> None:
    state = begun()
    first = count(HALL_1, 60, 3, 1)
    done(state, first)
    event = done(state, correct(HALL_1, first.id, Count(61, 2, 1)), by=ANN).event
    assert getattr(event, "before", None) == Count(60, 3, 1)
    assert column(state) == People(64, 61, 2, 1, 0, 0)


def test_a_correction_of_the_good_figure_says_so_though_another_one_waits() -> None:
    state = begun()
    good = count(HALL_1, 60, 3, 1)
    done(state, good)
    done(state, count(HALL_1, 640))
    event = done(state, correct(HALL_1, good.id, Count(61, 2, 1)), by=ANN).event
    assert getattr(event, "before", None) == Count(60, 3, 1)


def test_a_figure_that_was_corrected_is_found_under_its_first_act() -> None:
    state = begun()
    first = count(HALL_1, 60, 3, 1)
    done(state, first)
    done(state, correct(HALL_1, first.id, Count(61, 2, 1)), by=ANN)
    assert done(state, correct(HALL_1, first.id, Count(62, 1, 1)), by=ANN).accepted
    assert column(state).present == 62


def test_an_absurd_correction_waits_too() -> None:
    state = begun()
    first = count(HALL_1, 60, 3, 1)
    done(state, first)
    assert done(state, correct(HALL_1, first.id, Count(610, 2, 1)), by=ANN).code == "quarantined"
    assert column(state).present == 60


def test_what_was_never_reported_cannot_be_corrected() -> None:
    refused = done(begun(), correct(HALL_1, count(HALL_1, 60).id, Count(61, 2, 1)), by=ANN)
    assert (refused.accepted, refused.code) == (False, "unknown_act")


def test_a_hall_cannot_correct_another_halls_figure() -> None:
    state = begun()
    theirs = count(HALL_2, 40)
    done(state, theirs)
    assert not done(state, correct(HALL_1, theirs.id, Count(61, 2, 1)), by=ANN).accepted


# --- entered for somebody else


def test_a_figure_entered_for_a_hall_says_so_until_the_hall_confirms_it() -> None:
    state = begun()
    entered = count(HALL_1, 60, 3, 1)
    done(state, entered, by=BINH)
    assert hall(state).figures[OPENING].author is Author.PROXY
    assert done(state, confirm(HALL_1, entered.id)).accepted
    assert hall(state).figures[OPENING].author is Author.OWN


def test_staff_who_confirm_do_not_make_a_proxys_figure_the_halls_own() -> None:
    state = begun()
    entered = count(HALL_1, 66)
    done(state, entered, by=BINH)
    done(state, confirm(HALL_1, entered.id), by=ANN)
    assert hall(state).figures[OPENING].author is Author.PROXY
    assert hall(state).figures[OPENING].grade is Grade.FINE


def test_the_halls_own_figure_settles_a_proxys() -> None:
    state = begun()
    done(state, count(HALL_1, 60, 3, 1), by=BINH)
    done(state, count(HALL_1, 61, 2, 1))
    assert hall(state).figures[OPENING].author is Author.OWN
    assert len(hall(state).figures[OPENING].replaces) == 1


def test_a_figure_that_was_replaced_meanwhile_is_not_confirmed() -> None:
    state = begun()
    entered = count(HALL_1, 60, 3, 1)
    done(state, entered, by=BINH)
    done(state, count(HALL_1, 50, 3, 1), by=BINH)
    assert not done(state, confirm(HALL_1, entered.id)).accepted
    assert hall(state).figures[OPENING].author is Author.PROXY


# --- expected numbers, reception mode


def test_another_expected_number_moves_the_column_and_not_the_count() -> None:
    state = begun()
    done(state, count(HALL_1, 66))
    done(state, expected(HALL_1, 70), by=ANN)
    assert column(state) == People(70, 66, 0, 0, 4, 0)


def test_an_expected_number_for_a_sitting_that_is_not_held_is_refused() -> None:
    state = begun()
    act = msgspec.structs.replace(expected(HALL_1, 70), sitting="2026-03-08-pm")
    refused = done(state, act, by=ANN)
    assert (refused.accepted, refused.code) == (False, "unknown_sitting")


def test_a_count_for_a_sitting_that_is_not_held_is_refused() -> None:
    refused = done(begun(), count(HALL_1, 60, sitting="2026-03-08-pm"))
    assert (refused.accepted, refused.code) == (False, "unknown_round")


def test_a_hall_that_moves_to_tv_keeps_its_figures() -> None:
    state = begun()
    done(state, count(HALL_1, 60, 3, 1))
    done(state, mode(HALL_1, Mode.TV), by=ANN)
    assert column(state) == People(64, 60, 3, 1, 0, 0)


# --- in time


@pytest.mark.parametrize(("said", "code"), [("08:15", ""), ("08:15:01", "late")])
def test_a_count_is_late_by_when_it_was_said(said: str, code: str) -> None:
    assert done(begun(), count(HALL_1, 60, 3, 1), at_ms=at(said)).code == code


def test_a_late_improvement_of_a_punctual_figure_is_not_late() -> None:
    state = begun()
    done(state, count(HALL_1, 60, 3, 1), at_ms=at("08:00"))
    assert done(state, count(HALL_1, 61, 2, 1), at_ms=at("08:30")).code == ""


# --- which round


@pytest.mark.parametrize(
    ("clock", "name"),
    [
        ("05:00", RoundName.OPENING),
        ("07:00", RoundName.OPENING),
        ("09:20", RoundName.OPENING),
        ("09:44:59", RoundName.OPENING),
        ("09:45", RoundName.MIDDLE),
        ("11:59:59", RoundName.MIDDLE),
        ("12:00", RoundName.CLOSING),
        ("23:00", RoundName.CLOSING),
    ],
)
def test_the_board_shows_the_newest_round_that_is_due(clock: str, name: RoundName) -> None:
    assert round_due(plan().sittings, at(clock)) == (MORNING_SITTING.id, name)


@pytest.mark.parametrize(
    ("clock", "name"),
    [
        ("05:00", RoundName.OPENING),
        ("09:14:59", RoundName.OPENING),
        ("09:15", RoundName.MIDDLE),
        ("11:15", RoundName.CLOSING),
        ("23:00", RoundName.CLOSING),
    ],
)
def test_a_hall_is_asked_for_the_newest_round_that_has_opened(clock: str, name: RoundName) -> None:
    assert round_asked(plan().sittings, at(clock)) == (MORNING_SITTING.id, name)


AFTERNOON = Sitting(
    "2026-03-07-pm",
    "Buổi chiều",
    at("14:00"),
    at("16:30"),
    (
        Round(RoundName.OPENING, at("13:00"), at("14:15")),
        Round(RoundName.CLOSING, at("16:15"), at("17:00")),
    ),
)


@pytest.mark.parametrize(
    ("clock", "key"),
    [
        ("12:59", CLOSING),
        ("13:00", (AFTERNOON.id, RoundName.OPENING)),
        ("16:59", (AFTERNOON.id, RoundName.OPENING)),
        ("17:00", (AFTERNOON.id, RoundName.CLOSING)),
    ],
)
def test_the_next_sitting_is_shown_from_its_opening_on(clock: str, key: tuple[str, RoundName]) -> None:
    assert round_due((MORNING_SITTING, AFTERNOON), at(clock)) == key
    assert round_due((AFTERNOON, MORNING_SITTING), at(clock)) == key


@pytest.mark.parametrize(
    ("clock", "name"),
    [("11:00", RoundName.MIDDLE), ("11:15", RoundName.CLOSING), ("11:55", RoundName.CLOSING)],
)
def test_a_closed_conference_waits_for_no_deadline(clock: str, name: RoundName) -> None:
    assert round_due(plan().sittings, at(clock), closed=True) == (MORNING_SITTING.id, name)


def test_a_rehearsal_is_never_shown_nor_asked_for() -> None:
    rehearsal = msgspec.structs.replace(AFTERNOON, rehearsal=True)
    assert round_due((MORNING_SITTING, rehearsal), at("15:00")) == CLOSING
    assert round_asked((MORNING_SITTING, rehearsal), at("15:00")) == CLOSING


def test_a_plan_without_rounds_shows_none() -> None:
    assert round_due((), NOON) is None
    assert round_asked((), NOON) is None


def test_rounds_follow_each_other_within_a_sitting_only() -> None:
    day: Plan = plan(sittings=(MORNING_SITTING, AFTERNOON))
    assert round_before(day, OPENING) is None
    assert round_before(day, CLOSING) == MIDDLE
    assert round_before(day, (AFTERNOON.id, RoundName.OPENING)) is None
    assert round_before(day, (AFTERNOON.id, RoundName.CLOSING)) == (AFTERNOON.id, RoundName.OPENING)
    assert round_before(day, (AFTERNOON.id, RoundName.MIDDLE)) is None
    assert round_of(day, (AFTERNOON.id, RoundName.MIDDLE)) is None
    assert round_of(day, MIDDLE) == MORNING_SITTING.rounds[1]


def test_the_board_turns_to_another_round_once() -> None:
    scene = Scene()
    scene.state = begun()
    assert scene.show_round(at("08:00"))
    assert not scene.show_round(at("09:44"))
    assert scene.show_round(at("09:45"))
    assert scene.shown == MIDDLE
