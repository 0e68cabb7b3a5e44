"""The calendar of a conference: which jobs it has, when each is due, and what follows when its time has come."""

from collections.abc import Iterator, Sequence
from typing import assert_never

import msgspec

from bridge.rules import events, mending, telling
from bridge.rules.correcting import GRACE_MS
from bridge.rules.events import AnyEvent
from bridge.rules.hours import day_of, in_the_hall
from bridge.rules.incidents import Incident, Status
from bridge.rules.model import Phase, Plan, RoundKey, Sitting
from bridge.rules.projection import Draft, State
from bridge.rules.stages import HALLS_MAY_ACT

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


class Terms(msgspec.Struct, frozen=True):
    """What a city wants of its calendar."""

    remind_before_ms: tuple[int, ...] = (10 * MINUTE_MS,)
    """Silent halls are asked again so long before a round is due, and when it is due."""
    flashes: tuple[tuple[int, int], ...] = ((8, 5),)
    """(hour, minute) of the figures' flash, on days with a sitting."""
    escalate_ms: int = 10 * MINUTE_MS
    """An incident that nobody has taken in hand is escalated after so long, and again; 0: never."""
    grace_ms: int = 5 * MINUTE_MS
    """What is due may be done so late; after that it is missed."""
    late_reports_ms: int = GRACE_MS
    """How long after the close what halls said before it still counts: then the report is drafted once more."""


# --- when


class Once(msgspec.Struct, frozen=True):
    at_ms: int


class Daily(msgspec.Struct, frozen=True):
    """Every day at an hour of the hall, from one moment to before another."""

    hour: int
    minute: int
    from_ms: int
    until_ms: int


# --- what


class OpenRound(msgspec.Struct, frozen=True):
    """Halls may report a round from now on: said, so that the day's story has it."""


class CloseRound(msgspec.Struct, frozen=True):
    """What halls report of a round from now on is late: said likewise."""


class Remind(msgspec.Struct, frozen=True):
    key: RoundKey


class Flash(msgspec.Struct, frozen=True):
    """The figures of the moment are told."""


class Escalate(msgspec.Struct, frozen=True):
    incident: int
    level: int


class DraftReport(msgspec.Struct, frozen=True):
    """The report is drafted from the figures of the moment: whoever keeps reports does it, and does it once."""


class Job(msgspec.Struct, frozen=True):
    name: str
    """Together with its due time what makes it the same job, whoever does it."""
    when: Once | Daily
    deed: OpenRound | CloseRound | Remind | Flash | Escalate | DraftReport
    grace_ms: int | None
    """None: never too late, for what it is about still holds."""


def wanted(state: State | Draft, terms: Terms) -> tuple[Job, ...]:
    """The jobs that a conference has as it stands. None before its list is fixed; once it is closed, only the report's."""
    if state.phase is Phase.CLOSED:
        return tuple(_reports(state.affairs.closing.closed_ms, terms))
    if state.plan is None or state.phase not in HALLS_MAY_ACT:
        return ()
    return (*_planned(state.plan, terms), *_unattended(state, terms))


def _planned(plan: Plan, terms: Terms) -> Iterator[Job]:
    # A rehearsal asks nobody for figures.
    sittings = [sitting for sitting in plan.sittings if not sitting.rehearsal]
    for sitting in sittings:
        for each in sitting.rounds:
            named = f"{sitting.id}:{each.name.value}"
            # It opens and closes whether we are there to say so or not: nobody need be alarmed.
            yield Job(f"open:{named}", Once(each.opens_ms), OpenRound(), None)
            for before_ms in sorted({*terms.remind_before_ms, 0}, reverse=True):
                if each.due_ms - before_ms > each.opens_ms:
                    name = f"remind:{named}:{before_ms // MINUTE_MS}"
                    yield Job(name, Once(each.due_ms - before_ms), Remind((sitting.id, each.name)), terms.grace_ms)
            yield Job(f"close:{named}", Once(each.due_ms), CloseRound(), None)
    for day, midnight_ms in sorted({_day(sitting) for sitting in sittings}):
        for hour, minute in terms.flashes:
            when = Daily(hour, minute, midnight_ms, midnight_ms + DAY_MS)
            yield Job(f"flash:{day}:{hour:02}:{minute:02}", when, Flash(), terms.grace_ms)


REPORT = "report:"
"""How the names of those jobs begin at which a report is drafted."""


def _reports(closed_ms: int | None, terms: Terms) -> Iterator[Job]:
    """Once at the close, and once more when nothing that was said before it can still come."""
    if closed_ms is not None:
        yield Job(f"{REPORT}closed", Once(closed_ms), DraftReport(), None)
        if terms.late_reports_ms:
            yield Job(f"{REPORT}grace", Once(closed_ms + terms.late_reports_ms), DraftReport(), None)


def _day(sitting: Sitting) -> tuple[str, int]:
    """The day of a sitting in the hall, and its midnight."""
    midnight = in_the_hall(sitting.starts_ms).replace(hour=0, minute=0, second=0)
    return day_of(sitting.starts_ms), round(midnight.timestamp()) * 1000


def _unattended(state: State | Draft, terms: Terms) -> Iterator[Job]:
    if not terms.escalate_ms:
        return
    for incident in state.affairs.incidents.open():
        if nobody_has(incident) and incident.level < mending.HIGHEST:
            level = incident.level + 1
            # Whoever lets it open again gets the same time once more.
            name = f"escalate:{incident.number}:{incident.reopened}:{level}"
            due_ms = _waits_since(incident) + level * terms.escalate_ms
            yield Job(name, Once(due_ms), Escalate(incident.number, level), None)


def nobody_has(incident: Incident) -> bool:
    """Whether an incident waits for somebody to take it in hand."""
    return incident.status is Status.OPEN and not incident.owner


def _waits_since(incident: Incident) -> int:
    """Since when an incident that nobody has waits for somebody; one that began anew, since then."""
    return max(incident.noticed_ms, incident.moved_ms)


# --- doing


def fired(draft: Draft, job: Job, due_ms: int, now_ms: int) -> Sequence[tuple[AnyEvent, int]]:
    """The job is done, with its effect. Nothing follows where it was done already, or is no longer wanted."""
    if not _still_due(draft, job, due_ms):
        return ()
    return ((events.JobFired(job=job.name, due_ms=due_ms), now_ms), *_effect(draft, job, now_ms))


def missed(draft: Draft, job: Job, due_ms: int, now_ms: int) -> Sequence[tuple[AnyEvent, int]]:
    """It is too late for the job: that is said, and nothing else follows."""
    return ((events.JobMissed(job=job.name, due_ms=due_ms), now_ms),) if _still_due(draft, job, due_ms) else ()


def _still_due(draft: Draft, job: Job, due_ms: int) -> bool:
    in_time = draft.phase is Phase.CLOSED if isinstance(job.deed, DraftReport) else draft.phase in HALLS_MAY_ACT
    if not in_time or draft.affairs.jobs.is_done(job.name, due_ms):
        return False
    if isinstance(job.deed, Escalate):
        incident = draft.affairs.incidents.known.get(job.deed.incident)
        return incident is not None and nobody_has(incident) and incident.level < job.deed.level
    return True


def _effect(draft: Draft, job: Job, now_ms: int) -> Sequence[tuple[AnyEvent, int]]:
    match job.deed:
        case Remind(key):
            return telling.remind(draft, key, draft.points, now_ms)
        case Escalate(incident, level):
            waited = (now_ms - _waits_since(draft.affairs.incidents.known[incident])) // MINUTE_MS
            why = f"đã {waited} phút chưa ai tiếp nhận"
            return mending.escalate(draft, incident, level, why, now_ms)
        case OpenRound() | CloseRound() | Flash() | DraftReport():
            return ()
        case _:
            assert_never(job.deed)
