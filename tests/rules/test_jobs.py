"""The calendar's rules: what is due when, once, and what follows; and that what came too late is said."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import msgspec
import pytest

from bridge.edges.calendar import Page
from bridge.journal import Journal
from bridge.journal.memory import MemoryJournal
from bridge.rules import calendar, events
from bridge.rules.calendar import Job, Terms
from bridge.rules.model import Phase, Round, RoundName, Sitting
from bridge.rules.projection import Draft, State
from bridge.rules.telling import silent
from bridge.rules.trouble import Bond, Shared, Trouble
from tests.cast import (
    ANN,
    CITY_HALL,
    EXTRA_HALL,
    HALL_1,
    HALL_2,
    MINUTE,
    MORNING,
    MORNING_SITTING,
    ROUNDS,
    SITTING,
    at,
    begun,
    count,
    done,
    happened,
    plan,
)
from tests.rules.day import Day, live, running

TERMS = Terms()
ROUNDS_OF_THE_AFTERNOON = (Round(RoundName.OPENING, at("13:00"), at("14:15")),)


def due(state: State, now: int, terms: Terms = TERMS) -> list[tuple[str, int]]:
    """What is due by now and not done yet: job and time, oldest first."""
    return [(job.name, due_ms) for due_ms, job in Page(state, terms).due(now)]


def job(state: State, name: str, terms: Terms = TERMS) -> Job:
    return next(each for each in calendar.wanted(state, terms) if each.name == name)


def lost(state: State, *, number: int = 1, now: int = MORNING) -> None:
    opened = events.IncidentOpened(
        incident=number, trouble=Trouble.LOST, points=(HALL_1.code,), shared=Shared(Bond.ALONE), noticed_ms=now
    )
    state.adopt(happened(opened, now))


# --- when


def test_a_morning_has_its_openings_reminders_and_flash_in_order() -> None:
    assert due(begun(), at("13:00")) == [
        ("open:2026-03-07-am:opening", at("07:00")),
        ("remind:2026-03-07-am:opening:10", at("08:05")),
        ("flash:2026-03-07:08:05", at("08:05")),
        ("remind:2026-03-07-am:opening:0", at("08:15")),
        ("close:2026-03-07-am:opening", at("08:15")),
        ("open:2026-03-07-am:middle", at("09:15")),
        ("remind:2026-03-07-am:middle:10", at("09:35")),
        ("remind:2026-03-07-am:middle:0", at("09:45")),
        ("close:2026-03-07-am:middle", at("09:45")),
        ("open:2026-03-07-am:closing", at("11:15")),
        ("remind:2026-03-07-am:closing:10", at("11:50")),
        ("remind:2026-03-07-am:closing:0", at("12:00")),
        ("close:2026-03-07-am:closing", at("12:00")),
    ]


def test_nothing_is_due_a_second_before_its_time() -> None:
    assert due(begun(), at("06:59:59")) == []
    assert Page(begun(), TERMS).next_ms == at("07:00")


def test_what_would_have_been_due_before_the_list_was_fixed_was_never_asked_for() -> None:
    state = State()
    state.adopt(happened(events.ConferenceFrozen(plan=plan()), at("08:10"), ANN))
    state.adopt(happened(events.PhaseChanged(phase=Phase.LIVE, version=1), at("08:10"), ANN))
    assert [name for name, _ in due(state, at("08:20"))] == [
        "remind:2026-03-07-am:opening:0",
        "close:2026-03-07-am:opening",
    ]


def test_a_conference_that_is_not_held_has_no_jobs() -> None:
    assert calendar.wanted(begun(phase=Phase.DRAFT), TERMS) == ()


@pytest.mark.parametrize("grace_minutes", [15, 0])
def test_a_closed_conference_has_its_report_drafted_at_the_close_and_when_the_grace_is_over(grace_minutes: int) -> None:
    state = begun()
    state.adopt(happened(events.PhaseChanged(phase=Phase.CLOSED, version=9), at("12:30"), ANN))
    again = [("report:grace", at("12:45"))] if grace_minutes else []
    terms = Terms(late_reports_ms=grace_minutes * MINUTE)
    assert due(state, at("23:00"), terms) == [("report:closed", at("12:30")), *again]
    for name, due_ms in due(state, at("23:00"), terms):
        for event, _ in calendar.fired(Draft(state), job(state, name, terms), due_ms, at("23:00")):
            state.adopt(happened(event, at("23:00")))
    assert due(state, at("23:00"), terms) == []


def test_a_rehearsal_asks_nobody_for_figures() -> None:
    rehearsal = Sitting("2026-03-06-pm", "Tổng duyệt", at("08:00"), at("09:00"), ROUNDS, rehearsal=True)
    state = State()
    state.adopt(happened(events.ConferenceFrozen(plan=plan(sittings=[rehearsal])), at("06:00"), ANN))
    state.adopt(happened(events.PhaseChanged(phase=Phase.REHEARSAL, version=1), at("06:00"), ANN))
    assert calendar.wanted(state, TERMS) == ()


def test_nobody_is_reminded_before_a_round_has_opened() -> None:
    state = begun()
    early = Terms(remind_before_ms=(40 * MINUTE, 20 * MINUTE))
    assert [name for name, _ in due(state, at("13:00"), early) if "middle" in name] == [
        "open:2026-03-07-am:middle",
        "remind:2026-03-07-am:middle:20",
        "remind:2026-03-07-am:middle:0",
        "close:2026-03-07-am:middle",
    ]


def test_a_job_that_was_done_is_not_due_again_even_when_the_clock_goes_back() -> None:
    state = begun()
    for name, due_ms in due(state, at("08:05")):
        state.adopt(happened(events.JobFired(job=name, due_ms=due_ms), due_ms))
    assert due(state, at("08:05")) == due(state, at("06:30")) == []
    assert [name for name, _ in due(state, at("08:15"))] == [
        "remind:2026-03-07-am:opening:0",
        "close:2026-03-07-am:opening",
    ]


# --- what follows


def test_a_reminder_goes_to_silent_halls_only() -> None:
    state = begun((CITY_HALL, HALL_1, HALL_2))
    done(state, count(HALL_1, 60))
    due_ms, now = at("08:05"), at("08:05:02")
    fired, reminded = calendar.fired(
        Draft(state), job(state, "remind:2026-03-07-am:opening:10"), due_ms=due_ms, now_ms=now
    )
    assert fired == (events.JobFired(job="remind:2026-03-07-am:opening:10", due_ms=due_ms), now)
    asked = events.RemindersSent(sitting=SITTING, round=RoundName.OPENING, points=(HALL_2.code, CITY_HALL.code))
    assert reminded == (asked, now)


def test_a_hall_that_is_silent_still_is_asked_once_more_when_the_round_is_due() -> None:
    state = begun((HALL_1, HALL_2))
    asked = []
    for name, due_ms in due(state, at("08:15"), Terms(flashes=())):
        if name == "remind:2026-03-07-am:opening:0":
            done(state, count(HALL_1, 60))
        for event, at_ms in calendar.fired(Draft(state), job(state, name), due_ms=due_ms, now_ms=due_ms):
            state.adopt(happened(event, at_ms))
            asked += [event.points] if isinstance(event, events.RemindersSent) else []
    assert asked == [(HALL_1.code, HALL_2.code), (HALL_2.code,)]


def test_when_everybody_has_reported_the_reminder_is_done_and_disturbs_nobody() -> None:
    state = begun((HALL_1,))
    done(state, count(HALL_1, 60))
    follows = calendar.fired(
        Draft(state), job(state, "remind:2026-03-07-am:opening:0"), due_ms=at("08:15"), now_ms=at("08:15")
    )
    assert [events.tag(event) for event, _ in follows] == ["job-fired"]


def test_an_incident_that_nobody_takes_is_escalated_again_and_again_but_not_for_ever() -> None:
    state = begun()
    lost(state, now=MORNING)
    levels = []
    for minutes in range(120):
        now = MORNING + minutes * MINUTE
        for due_ms, each in Page(state, Terms(flashes=())).due(now):
            for event, at_ms in calendar.fired(Draft(state), each, due_ms=due_ms, now_ms=now):
                state.adopt(happened(event, at_ms))
                if isinstance(event, events.IncidentEscalated):
                    levels.append((event.level, minutes))
    assert levels == [(1, 10), (2, 20), (3, 30)]


def test_an_incident_that_somebody_has_taken_is_left_to_them() -> None:
    state = begun()
    lost(state, now=MORNING)
    escalation = job(state, "escalate:1:0:1")
    state.adopt(happened(events.IncidentAcknowledged(incident=1), MORNING + MINUTE, ANN))
    assert [name for name, _ in due(state, MORNING + 15 * MINUTE) if name.startswith("escalate")] == []
    # Decided before, arrived after.
    late = MORNING + 10 * MINUTE
    assert calendar.fired(Draft(state), escalation, due_ms=late, now_ms=late) == ()


def test_an_incident_that_began_anew_has_waited_since_then() -> None:
    state = begun()
    lost(state, now=MORNING)
    state.adopt(happened(events.IncidentResolved(incident=1, by_itself=True), MORNING + MINUTE))
    again = at("10:00")
    state.adopt(happened(events.IncidentReopened(incident=1, by_itself=True, points=(HALL_1.code,)), again))
    due_ms = again + 10 * MINUTE
    _, (escalated, _) = calendar.fired(Draft(state), job(state, "escalate:1:1:1"), due_ms=due_ms, now_ms=due_ms)
    assert escalated == events.IncidentEscalated(incident=1, level=1, why="đã 10 phút chưa ai tiếp nhận")


def test_a_hall_that_is_not_summoned_to_a_sitting_is_not_reminded_of_it() -> None:
    afternoon = Sitting("2026-03-07-pm", "Buổi chiều", at("14:00"), at("16:30"), ROUNDS_OF_THE_AFTERNOON)
    both = msgspec.structs.replace(HALL_2, expected={**HALL_2.expected, afternoon.id: 40})
    state = State()
    day = plan([HALL_1, both, EXTRA_HALL], sittings=(MORNING_SITTING, afternoon))
    state.adopt(happened(events.ConferenceFrozen(plan=day), at("06:00"), ANN))
    state.adopt(happened(events.PhaseChanged(phase=Phase.LIVE, version=1), at("06:30"), ANN))
    reminder, due_ms = job(state, "remind:2026-03-07-pm:opening:0"), at("14:15")
    _, (asked, _) = calendar.fired(Draft(state), reminder, due_ms=due_ms, now_ms=due_ms)
    # Of the extra hall nobody has said how many are summoned: that it reports is all the more needed.
    assert asked == events.RemindersSent(
        sitting=afternoon.id, round=RoundName.OPENING, points=(HALL_2.code, EXTRA_HALL.code)
    )
    assert silent(state, (afternoon.id, RoundName.OPENING), due_ms) == (HALL_2.code, EXTRA_HALL.code)


def test_whoever_wants_no_escalation_gets_none() -> None:
    state = begun()
    lost(state)
    assert [each for each in calendar.wanted(state, Terms(escalate_ms=0)) if each.name.startswith("escalate")] == []


def test_a_missed_job_is_said_and_has_no_effect() -> None:
    state = begun()
    reminder = job(state, "remind:2026-03-07-am:opening:10")
    ((said, now),) = calendar.missed(Draft(state), reminder, due_ms=at("08:05"), now_ms=at("09:00"))
    assert said == events.JobMissed(job=reminder.name, due_ms=at("08:05"))
    state.adopt(happened(said, now))
    assert state.affairs.jobs.missed == ((reminder.name, at("08:05")),)
    assert calendar.fired(Draft(state), reminder, due_ms=at("08:05"), now_ms=now) == ()


def test_a_round_that_opened_while_we_were_away_alarms_nobody() -> None:
    state = begun()
    opening = job(state, "open:2026-03-07-am:opening")
    assert opening.grace_ms is None
    fired = calendar.fired(Draft(state), opening, due_ms=at("07:00"), now_ms=at("09:00"))
    assert fired == ((events.JobFired(job=opening.name, due_ms=at("07:00")), at("09:00")),)


# --- once


@contextlib.asynccontextmanager
async def two_nodes() -> AsyncIterator[tuple[Day, Day]]:
    """Two processes on one journal; the second knows what the first had done when it started."""
    journal: Journal = MemoryJournal()
    async with live(journal=journal) as first, running(journal, MORNING) as second:
        yield first, second


async def test_two_nodes_that_look_at_once_do_it_once() -> None:
    async with two_nodes() as (first, second):
        reminder = job(first.coordinator.scene.state, "remind:2026-03-07-am:opening:10")

        async def do(day: Day) -> bool:
            return await day.coordinator.once(
                lambda draft: calendar.fired(draft, reminder, at("08:05"), at("08:05")),
                "calendar",
                f"{reminder.name}@{at('08:05')}",
            )

        for day in (first, second):
            day.clock.now_ms = at("08:05")
        assert sorted(await asyncio.gather(do(first), do(second), do(first))) == [False, False, True]
        kept = [row.record.kind for row in await first.journal.read(first.coordinator.conference, 0, 1000)]
        assert kept.count("job-fired") == kept.count("reminders-sent") == 1


async def test_a_name_is_taken_even_for_those_who_know_nothing_of_what_it_did() -> None:
    async with live() as day:

        async def say(text: str) -> bool:
            posted = events.NoticePosted(notice=1, text=text)
            return await day.coordinator.once(lambda _draft: ((posted, MORNING),), "calendar", "flash@1")

        first, second = await asyncio.gather(say("một"), say("hai"))
        assert (first, second, await say("ba")) == (True, False, False)
        assert day.kinds() == ["notice-posted"]
