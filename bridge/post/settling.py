"""When an incident is told outside: not before it has settled, and not again before that has cooled down."""

import msgspec

from bridge.post import Kind
from bridge.rules.incidents import Incident, Status


class Terms(msgspec.Struct, frozen=True):
    quiet_ms: int = 8_000
    """A new incident is told once nobody has joined it for so long: a power cut falls in pieces and is one message ..."""
    most_ms: int = 40_000
    """... but it is not held back for longer than this."""
    cool_down_ms: int = 10 * 60_000
    """Whoever was told is left in peace for so long, whatever else joins or comes back."""
    too_old_ms: int = 12 * 3_600_000
    """What is older when we first look at it is no news: a house that was shut for a week does not shout on opening."""


class Thread(msgspec.Struct, frozen=True):
    """What outside knows of an incident."""

    incident: int
    position: int
    """Of the newest thing that happened to it."""
    believed: Kind | None = None
    """The last word that was said of it."""
    told_ms: int = 0
    points: int = 0
    """As many as were told."""
    level: int = 0


def next_word(thread: Thread, incident: Incident, now_ms: int, terms: Terms) -> Kind | int | None:
    """What to say of it now; or when to look again; or None: nothing, unless something happens to it.

    What was over before anybody was told is not told at all: nobody would have anything left to do. It stands in the
    journal and in the report.
    """
    if incident.status is Status.RESOLVED:
        return Kind.RESOLVED if thread.believed not in (None, Kind.RESOLVED) else None
    if thread.believed is None:
        if now_ms - max(incident.noticed_ms, incident.moved_ms) > terms.too_old_ms:
            return None
        return _from(_settled_ms(incident, terms), Kind.OPENED, now_ms)
    if thread.believed is Kind.RESOLVED:
        return _from(thread.told_ms + terms.cool_down_ms, Kind.REOPENED, now_ms)
    if incident.level > thread.level:
        return Kind.ESCALATED
    # Half as many again: one more among fourteen is no reason to ring everybody's telephone.
    if 2 * len(incident.hits) >= 3 * thread.points:
        return _from(thread.told_ms + terms.cool_down_ms, Kind.GROWN, now_ms)
    return None


def _settled_ms(incident: Incident, terms: Terms) -> int:
    newest_ms = max((hit.noticed_ms for hit in incident.hits.values()), default=incident.noticed_ms)
    return min(incident.noticed_ms + terms.most_ms, newest_ms + terms.quiet_ms)


def _from(at_ms: int, kind: Kind, now_ms: int) -> Kind | int:
    return kind if now_ms >= at_ms else at_ms


def told(thread: Thread, kind: Kind, incident: Incident, now_ms: int) -> Thread:
    """What outside knows after this word."""
    return msgspec.structs.replace(
        thread, believed=kind, told_ms=now_ms, points=len(incident.hits), level=incident.level
    )
