"""What the calendar has done, and what it missed."""

import msgspec

from bridge.rules import events


class Jobs(msgspec.Struct, frozen=True):
    done: dict[str, int] = {}
    """The newest due time that a job was done, or found missed, for."""
    missed: tuple[tuple[str, int], ...] = ()
    """(job, when it was due), oldest first."""


def after(jobs: Jobs, event: events.JobFired | events.JobMissed) -> Jobs:
    done = {**jobs.done, event.job: max(event.due_ms, jobs.done.get(event.job, 0))}
    if isinstance(event, events.JobFired):
        return msgspec.structs.replace(jobs, done=done)
    return Jobs(done=done, missed=(*jobs.missed, (event.job, event.due_ms)))
