"""What the calendar has done, and what it missed."""

import msgspec

from bridge.rules import events
from bridge.rules.events import Happened

MISSED_KEPT = 200
"""The newest of them; all stand in the journal."""


class Jobs(msgspec.Struct, frozen=True):
    since_ms: int = 0
    """When the list was fixed: what would have been due before that was never asked for, and so never missed."""
    done: dict[str, int] = {}
    """The newest due time that a job was done, or found missed, for."""
    missed: tuple[tuple[str, int], ...] = ()
    """(job, when it was due), oldest first."""

    def is_done(self, job: str, due_ms: int) -> bool:
        """Whether it was done, or found missed, for this time or a later one."""
        return self.done.get(job, 0) >= due_ms


def begun(jobs: Jobs, happened: Happened) -> Jobs:
    """A conference has a calendar from the moment at which its list is fixed."""
    return msgspec.structs.replace(jobs, since_ms=happened.at_ms)


def after(jobs: Jobs, event: events.JobFired | events.JobMissed) -> Jobs:
    done = {**jobs.done, event.job: max(event.due_ms, jobs.done.get(event.job, 0))}
    if isinstance(event, events.JobFired):
        return msgspec.structs.replace(jobs, done=done)
    missed = (*jobs.missed, (event.job, event.due_ms))[-MISSED_KEPT:]
    return msgspec.structs.replace(jobs, done=done, missed=missed)
