"""What goes on beside the points themselves: incidents, calls, notices, the calendar, the closing up, second sources."""

import msgspec

from bridge.rules import calls, events, incidents, jobs, ladder, notices, sources
from bridge.rules.calls import Calls
from bridge.rules.events import Happened
from bridge.rules.incidents import Incidents
from bridge.rules.jobs import Jobs
from bridge.rules.ladder import Closing
from bridge.rules.notices import Notices
from bridge.rules.sources import Sources


class Affairs(msgspec.Struct, frozen=True):
    """Values that are replaced and never changed: a draft holds the same ones until it decides something else."""

    incidents: Incidents = Incidents()
    calls: Calls = Calls()
    notices: Notices = Notices()
    jobs: Jobs = Jobs()
    closing: Closing = Closing()
    sources: Sources = Sources()


def after(affairs: Affairs, happened: Happened) -> Affairs:
    """The affairs after something happened; the very same value where it does not concern them."""
    event = happened.event
    if type(event) in _OF_POINTS_ONLY and affairs.closing.closed_ms is None:
        # Nearly all that happens, and each is asked twice: one look instead of twenty.
        return affairs
    match event:
        case events.IncidentEvent():
            return msgspec.structs.replace(affairs, incidents=incidents.after(affairs.incidents, happened, event))
        case events.CallClaimed() | events.CallLetGo() | events.CallEnded():
            return msgspec.structs.replace(affairs, calls=calls.after(affairs.calls, happened))
        case events.NoticePosted() | events.NoticeWithdrawn() | events.NoticeAnswered() | events.RemindersSent():
            return msgspec.structs.replace(affairs, notices=notices.after(affairs.notices, happened))
        case events.ConferenceFrozen():
            return msgspec.structs.replace(affairs, jobs=jobs.begun(affairs.jobs, happened))
        case events.JobFired() | events.JobMissed():
            return msgspec.structs.replace(affairs, jobs=jobs.after(affairs.jobs, event))
        case (
            events.SourceGiven()
            | events.DifferenceSettled()
            | events.SpotCheckDrawn()
            | events.PhotoTaken()
            | events.JudgementChanged()
        ):
            # Both: what the office says of a hall beside its figures stands in the report too.
            closing = ladder.after(affairs.closing, happened)
            return msgspec.structs.replace(affairs, sources=sources.after(affairs.sources, happened), closing=closing)
        case _:
            closing = ladder.after(affairs.closing, happened)
            return affairs if closing is affairs.closing else msgspec.structs.replace(affairs, closing=closing)


_OF_POINTS_ONLY = frozenset(
    {
        events.StageReached,
        events.HallPerceived,
        events.FigureReported,
        events.PersonCheckedIn,
        events.PersonSeenAgain,
        events.LinkMoved,
        events.StreamMoved,
        events.LineTested,
    }
)
"""Of what concerns only a point as long as nothing is closed, the most frequent."""
