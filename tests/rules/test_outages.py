"""What is reckoned of a line: minutes by cause, and how much of a sitting is left without them."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rules import events, model
from bridge.rules.events import AnyEvent
from bridge.rules.evolving import evolve
from bridge.rules.model import Link, Mode, Outage, PlannedPoint, Point, Round, RoundName, Sitting, Stage
from bridge.rules.outages import OURS, OUTAGES_KEPT, reckoned, told
from bridge.rules.projection import State
from tests.cast import ANN, HALL_1, HALL_2, MINUTE, MORNING_SITTING, NOON, TV_HALL, at, happened, plan

AFTERNOON = Sitting(
    "2026-03-07-pm", "Buổi chiều", at("14:00"), at("16:30"), (Round(RoundName.OPENING, at("13:00"), at("14:15")),)
)


def moved(hall: PlannedPoint, link: Link, cause: str = "") -> AnyEvent:
    return events.LinkMoved(point=hall.code, link=link, noticed_ms=0, cause=cause)


def lived(*told: tuple[str, AnyEvent], sittings: tuple[Sitting, ...] = (MORNING_SITTING,)) -> State:
    """What a day came to, each thing at its hour."""
    state = State()
    state.adopt(happened(events.ConferenceFrozen(plan=plan(sittings=sittings)), at("06:00"), ANN))
    for clock, event in told:
        state.adopt(happened(event, at(clock)))
    return state


UP = ("07:40", moved(HALL_1, Link.STEADY))


def line(*told: tuple[str, AnyEvent]) -> Point:
    return lived(UP, *told).points[HALL_1.code]


def test_a_line_that_never_failed_was_there_all_the_time() -> None:
    found = reckoned(line(), (MORNING_SITTING,), NOON)
    assert (found.availability, found.measured_ms, found.down_ms, found.times) == (100.0, 210 * MINUTE, {}, 0)


def test_an_outage_of_four_minutes_counts_from_its_last_byte_to_its_return() -> None:
    point = line(("08:30", moved(HALL_1, Link.LOST, "silence")), ("08:34", moved(HALL_1, Link.STEADY)))
    assert point.outages == (Outage("silence", at("08:30"), at("08:34")),)
    found = reckoned(point, (MORNING_SITTING,), NOON)
    assert found.down_ms == {"silence": 4 * MINUTE}
    # 206 of 210 minutes are 98.095 %.
    assert (found.availability, found.times) == (98.0, 1)


def test_an_outage_that_goes_on_counts_up_to_now() -> None:
    point = line(("09:00", moved(HALL_1, Link.LOST, "silence")))
    assert reckoned(point, (MORNING_SITTING,), at("09:10")).down_ms == {"silence": 10 * MINUTE}


def test_what_is_ours_is_told_apart_and_never_counted_against_the_point() -> None:
    state = lived(
        UP,
        ("08:10", events.ServiceRestarted()),
        ("08:12", moved(HALL_1, Link.STEADY)),
        ("09:05", events.CentreOutageBegan(points=(HALL_1.code,), noticed_ms=at("09:06"))),
        ("09:15", events.CentreOutageEnded()),
        ("09:16", moved(HALL_1, Link.STEADY)),
    )
    found = reckoned(state.points[HALL_1.code], (MORNING_SITTING,), NOON)
    assert found.down_ms == {"restart": 2 * MINUTE, "centre_outage": 11 * MINUTE}
    assert (found.availability, found.theirs_ms, found.ours_ms, found.times) == (100.0, 0, 13 * MINUTE, 0)


def test_who_does_not_come_back_after_a_restart_is_down_by_its_own_fault_from_then_on() -> None:
    state = lived(UP, ("08:10", events.ServiceRestarted()), ("08:10:10", moved(HALL_1, Link.LOST, "not_back")))
    assert state.points[HALL_1.code].outages == (
        Outage("restart", at("08:10"), at("08:10:10")),
        Outage("not_back", at("08:10:10")),
    )


def test_a_second_restart_is_no_second_outage() -> None:
    state = lived(UP, ("08:10", events.ServiceRestarted()), ("08:11", events.ServiceRestarted()))
    assert state.points[HALL_1.code].outages == (Outage("restart", at("08:10")),)


def test_a_point_on_television_has_no_minutes() -> None:
    found = reckoned(lived().points[TV_HALL.code], (MORNING_SITTING,), NOON)
    assert (found.availability, found.measured_ms) == (None, 0)


def test_a_point_that_was_never_heard_has_no_minutes_either() -> None:
    assert reckoned(lived().points[HALL_2.code], (MORNING_SITTING,), NOON).availability is None


def test_a_hall_that_moves_to_television_is_down_only_until_then_and_measured_only_until_then() -> None:
    point = line(
        ("08:20", moved(HALL_1, Link.LOST, "silence")),
        ("08:50", events.ModeChanged(point=HALL_1.code, mode=Mode.TV, reason="mất điện")),
    )
    found = reckoned(point, (MORNING_SITTING,), NOON)
    assert (found.measured_ms, found.down_ms) == (50 * MINUTE, {"silence": 30 * MINUTE})
    back = evolve(
        point, happened(events.ModeChanged(point=HALL_1.code, mode=Mode.STREAM, reason="có điện"), at("10:00"))
    )
    back = evolve(back, happened(moved(HALL_1, Link.STEADY), at("10:30")))
    assert reckoned(back, (MORNING_SITTING,), NOON).measured_ms == 110 * MINUTE


def test_after_its_session_a_hall_is_measured_no_more() -> None:
    point = line(
        ("11:00", events.StageReached(point=HALL_1.code, stage=Stage.ENDED)),
        ("11:00", moved(HALL_1, Link.NOT_MEASURED, "left")),
    )
    found = reckoned(point, (MORNING_SITTING,), NOON)
    assert (found.measured_ms, found.availability) == (180 * MINUTE, 100.0)


def test_what_fails_between_two_sittings_counts_in_neither() -> None:
    state = lived(
        UP,
        ("11:20", moved(HALL_1, Link.LOST, "silence")),
        ("14:05", moved(HALL_1, Link.STEADY)),
        sittings=(MORNING_SITTING, AFTERNOON),
    )
    point = state.points[HALL_1.code]
    both = reckoned(point, (MORNING_SITTING, AFTERNOON), at("18:00"))
    assert both.down_ms == {"silence": 15 * MINUTE}
    assert both.measured_ms == (210 + 150) * MINUTE
    assert reckoned(point, (AFTERNOON,), at("18:00")).down_ms == {"silence": 5 * MINUTE}


def test_before_a_sitting_nothing_was_measured_in_it() -> None:
    assert reckoned(line(), (MORNING_SITTING,), at("07:50")).availability is None


def test_a_hundred_per_cent_is_said_only_of_a_line_that_never_failed() -> None:
    point = line(("08:30", moved(HALL_1, Link.LOST, "silence")), ("08:30:01", moved(HALL_1, Link.STEADY)))
    assert reckoned(point, (MORNING_SITTING,), NOON).availability == 99.9


def test_the_panel_names_what_touched_the_sitting_newest_first() -> None:
    state = lived(
        UP,
        ("08:30", moved(HALL_1, Link.LOST, "silence")),
        ("08:34", moved(HALL_1, Link.STEADY)),
        ("09:05", events.CentreOutageBegan(points=(HALL_1.code,), noticed_ms=at("09:05"))),
    )
    shown = told(state.points[HALL_1.code], MORNING_SITTING, at("09:07"))
    assert [(each["cause"], each["ours"], each["ended_at_s"]) for each in shown["outages"]] == [
        ("centre_outage", True, None),
        ("silence", False, at("08:34") // 1000),
    ]
    assert (shown["minutes"], shown["theirs_minutes"], shown["ours_minutes"]) == (
        {"silence": 4.0, "centre_outage": 2.0},
        4.0,
        2.0,
    )


def test_a_line_that_falls_for_ever_keeps_its_minutes_in_a_bounded_place() -> None:
    point = line()
    for minute in range(3 * OUTAGES_KEPT):
        down, up = at("08:00") + minute * 20_000, at("08:00") + minute * 20_000 + 10_000
        point = evolve(point, happened(moved(HALL_1, Link.LOST, ("silence", "not_back")[minute % 2]), down))
        point = evolve(point, happened(moved(HALL_1, Link.STEADY), up))
    assert len(point.outages) == OUTAGES_KEPT
    found = reckoned(point, (MORNING_SITTING,), NOON)
    assert found.down_ms == {"silence": 50 * MINUTE, "not_back": 50 * MINUTE}
    assert found.times == 3 * OUTAGES_KEPT


links = st.sampled_from(
    [
        (Link.STEADY, ""),
        (Link.UNSTABLE, ""),
        (Link.LOST, "silence"),
        (Link.LOST, "not_back"),
        (Link.UNKNOWN, "restart"),
        (Link.UNKNOWN, "centre_outage"),
        (Link.NOT_MEASURED, "left"),
    ]
)


@given(st.lists(st.tuples(st.integers(1, 1200), links), max_size=40))
def test_every_second_of_a_sitting_is_up_down_or_not_measured(day: list[tuple[int, tuple[Link, str]]]) -> None:
    """Against a plain walk through the seconds."""
    point, clock = model.opened(HALL_1), at("07:30")
    standing: dict[int, tuple[Link, str]] = {}
    for after_s, (link, cause) in day:
        clock += after_s * 1000
        if link is not point.link:
            point = evolve(point, happened(moved(HALL_1, link, cause), clock))
            standing[clock] = (link, cause)
    up = down = ours = 0
    now: tuple[Link, str] = (Link.NEVER_SEEN, "")
    for second in range(at("07:30"), at("11:30"), 1000):
        now = standing.get(second, now)
        if second >= at("08:00"):
            up += now[0] in (Link.STEADY, Link.UNSTABLE)
            down += now[0] is Link.LOST
            ours += now[0] is Link.UNKNOWN
    found = reckoned(point, (MORNING_SITTING,), NOON)
    assert found.measured_ms == (up + down + ours) * 1000
    assert (found.theirs_ms, found.ours_ms) == (down * 1000, ours * 1000)


@pytest.mark.parametrize("cause", sorted(OURS))
def test_sums_of_points_are_sums_of_their_times(cause: str) -> None:
    one = reckoned(line(("08:30", moved(HALL_1, Link.LOST, "silence"))), (MORNING_SITTING,), at("09:00"))
    ours = msgspec.structs.replace(one, down_ms={cause: 10 * MINUTE}, times=0)
    both = one + ours
    assert both.measured_ms == 120 * MINUTE
    assert both.down_ms == {"silence": 30 * MINUTE, cause: 10 * MINUTE}
    # 80 of the 110 minutes in which we could see.
    assert both.availability == 72.7
