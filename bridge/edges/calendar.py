"""The calendar: what is due by the hall's clock is done once; what is too late by then is said, not swallowed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

import structlog
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from bridge.clock import Clock
from bridge.coordinator import Coordinator, Overloaded, Unavailable
from bridge.halls import Halls
from bridge.rules import calendar, wire
from bridge.rules.affairs import Affairs
from bridge.rules.calendar import Daily, Job, Once, Terms
from bridge.rules.model import Phase, Plan
from bridge.rules.projection import State
from endpoints_registry.conferences import HANOI

log = structlog.get_logger("calendar")

LOOK_MS = 1_000
"""Never a longer sleep: a clock that is set forward must not leave a job waiting for as long as it had to wait before."""
BY = "calendar"
NEVER_MS = 2**62
AT_ONCE = 50
"""A job that repeats, and was due more often than so while we were away, is caught up with at the next looks."""


class Calendar:
    """Looks at every conference once a second."""

    def __init__(self, halls: Halls, clock: Clock, terms: Terms) -> None:
        self._halls = halls
        self._clock = clock
        self._terms = terms
        self._pages: dict[str, Page] = {}

    async def run(self) -> None:
        while True:
            for hall in self._halls:
                await self._look(hall.coordinator)
            # On the clockwork's grid: a driven clock then has one moment for both.
            await self._clock.sleep_until((self._clock.now() // LOOK_MS + 1) * LOOK_MS)

    async def _look(self, coordinator: Coordinator) -> None:
        state = coordinator.scene.state
        page = self._pages.get(coordinator.conference)
        if page is None or not page.holds(state):
            page = self._pages[coordinator.conference] = Page(state, self._terms)
        now_ms = self._clock.now()
        if page.next_ms > now_ms:
            return
        for due_ms, job in page.due(now_ms):
            try:
                await self._do(coordinator, job, due_ms, now_ms)
            except (Overloaded, Unavailable) as unknown:
                # Whether it was recorded is unknown: its name decides, when we look again.
                log.warning("job-waits", conference=coordinator.conference, job=job.name, why=type(unknown).__name__)
                return

    async def _do(self, coordinator: Coordinator, job: Job, due_ms: int, now_ms: int) -> None:
        late_ms = now_ms - due_ms
        too_late = job.grace_ms is not None and late_ms > job.grace_ms
        follows = calendar.missed if too_late else calendar.fired
        judge = partial(follows, job=job, due_ms=due_ms, now_ms=now_ms)
        if not await coordinator.once(judge, BY, f"{job.name}@{due_ms}"):
            return
        said = {"conference": coordinator.conference, "job": job.name, "due": wire.rfc3339(due_ms)}
        if too_late:
            log.warning("job-missed", **said, late_s=late_ms // 1000)
        else:
            log.info("job-fired", **said)


class Page:
    """When the jobs of a conference are due, as long as nothing has changed what they depend on."""

    def __init__(self, state: State, terms: Terms) -> None:
        self._seen = _concern(state)
        self._since_ms = state.affairs.jobs.since_ms
        self._done = state.affairs.jobs.done
        self._jobs = tuple((job, _trigger(job)) for job in calendar.wanted(state, terms))
        firsts = (next(self._times(job, trigger), NEVER_MS) for job, trigger in self._jobs)
        self.next_ms = min(firsts, default=NEVER_MS)

    def holds(self, state: State) -> bool:
        """The very same values, not equal ones: they are replaced and never changed."""
        return all(now is then for now, then in zip(_concern(state), self._seen, strict=True))

    def due(self, now_ms: int) -> list[tuple[int, Job]]:
        """Every time that has come, oldest first."""
        found = []
        for job, trigger in self._jobs:
            for due_ms, _ in zip(self._times(job, trigger), range(AT_ONCE), strict=False):
                if due_ms > now_ms:
                    break
                found.append((due_ms, job))
        return sorted(found, key=lambda each: each[0])

    def _times(self, job: Job, trigger: "Trigger") -> Iterator[int]:
        """When it is due, after the last time that it was done, and after the calendar began."""
        begins = _moment(self._since_ms + 1)
        before = _moment(self._done[job.name]) if job.name in self._done else None
        while (due := trigger.get_next_fire_time(before, max(begins, before) if before else begins)) is not None:
            if due >= begins:
                yield round(due.timestamp() * 1000)
            before = due


def _concern(state: State) -> tuple[Plan | None, Phase, object, object]:
    affairs: Affairs = state.affairs
    return state.plan, state.phase, affairs.jobs, affairs.incidents


class Trigger(Protocol):
    """APScheduler's: asked for the time after one, with a clock of our choosing."""

    def get_next_fire_time(self, previous: datetime | None, now: datetime, /) -> datetime | None: ...


def _trigger(job: Job) -> Trigger:
    trigger: Trigger
    match job.when:
        case Once(at_ms):
            trigger = DateTrigger(_moment(at_ms), timezone=HANOI)
        case Daily(hour, minute, from_ms, until_ms):
            trigger = CronTrigger(
                hour=hour,
                minute=minute,
                start_date=_moment(from_ms),
                end_date=_moment(until_ms) - timedelta(milliseconds=1),
                timezone=HANOI,
            )
    return trigger


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(HANOI)
