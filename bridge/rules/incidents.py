"""The incidents of a conference: one for one cause, however many points it touches."""

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import assert_never

import msgspec

from bridge.rules import events
from bridge.rules.events import Happened
from bridge.rules.trouble import Shared, Trouble

RESOLVED_KEPT = 1_000
"""So many that are over stay in sight; of older ones only their number is known here, and the journal holds the rest."""
MOVES_KEPT = 60
"""The newest of what was done about one incident, beside how it began."""


class Status(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """Somebody has taken it in hand."""
    RESOLVED = "resolved"


class Hit(msgspec.Struct, frozen=True):
    """A point of an incident: since when, when we noticed, and until when (None: it still fails)."""

    point: str
    began_ms: int
    noticed_ms: int
    eased_ms: int | None = None
    before: "Hit | None" = None
    """How it was hit the first time, if this is not the first."""

    @property
    def first(self) -> "Hit":
        return self.before or self


class Move(msgspec.Struct, frozen=True):
    """One line of an incident's history, as its row of the journal tells it."""

    at_ms: int
    kind: str
    """The event's tag."""
    by: str
    points: tuple[str, ...] = ()
    said: str = ""
    """Note, cause or reason, in the words of whoever wrote it."""
    to: str = ""
    level: int | None = None
    by_itself: bool = False
    into: int | None = None


class Incident(msgspec.Struct, frozen=True):
    number: int
    trouble: Trouble
    shared: Shared
    hits: dict[str, Hit]
    """By point; who was hit once stays here."""
    began_ms: int
    noticed_ms: int
    status: Status = Status.OPEN
    moved_ms: int = 0
    """When its status became what it is."""
    owner: str = ""
    """User name of whoever has it in hand; empty: nobody yet."""
    cause: str = ""
    level: int = 0
    """How often it was escalated."""
    escalated_ms: int = 0
    by_itself: bool = False
    """Whether it was resolved because all its points were well again."""
    reopened: int = 0
    again_ms: int = 0
    """When it began anew, if it was reopened."""
    earlier_ms: int = 0
    """How long it had been open in all before it began anew: what lay in between nobody waited for."""
    newest_ms: int = 0
    """When the newest of its points began to fail."""
    note: str = ""
    """The newest note; all of them stand in the journal."""
    note_of: str = ""
    """The hall whose words the note is; empty: the staff's."""
    into: int | None = None
    """The incident that it turned out to be part of."""
    history: tuple[Move, ...] = ()
    """How it began, and the newest MOVES_KEPT of what followed; oldest first."""

    @property
    def first_ms(self) -> int:
        """When the first of its points began to fail, this time."""
        return self.again_ms or self.began_ms

    @property
    def failing(self) -> tuple[str, ...]:
        """Its points that are not well yet."""
        return tuple(hit.point for hit in self.hits.values() if hit.eased_ms is None)

    def fails_at(self, point: str) -> bool:
        hit = self.hits.get(point)
        return hit is not None and hit.eased_ms is None


class Incidents(msgspec.Struct, frozen=True):
    """The incidents of the day, by number; `of` finds those, not resolved, of which a point still fails."""

    known: dict[int, Incident] = {}
    of: dict[str, tuple[int, ...]] = {}
    unresolved: tuple[int, ...] = ()
    """Oldest first."""
    opened: int = 0
    """How many there ever were."""
    past: dict[Trouble, int] = {}
    """Those that are no longer in sight."""

    @property
    def next_number(self) -> int:
        return self.opened + 1

    def open(self) -> Iterable[Incident]:
        """Those that are not resolved, oldest first."""
        return (self.known[number] for number in self.unresolved)

    def failing_at(self, point: str) -> Iterator[Incident]:
        """Those of which this point fails now."""
        return (self.known[number] for number in self.of.get(point, ()))

    def by_trouble(self) -> Counter[Trouble]:
        """The day's incidents, each counted once: what turned out to be part of another is that other."""
        now = Counter(incident.trouble for incident in self.known.values() if incident.into is None)
        return now + Counter(self.past)


def after(incidents: Incidents, happened: Happened, event: events.IncidentEvent) -> Incidents:
    """The incidents after something happened to one of them."""
    match event:
        case events.IncidentOpened():
            return _opened(incidents, happened, event)
        case (
            events.IncidentJoined()
            | events.IncidentEased()
            | events.IncidentAcknowledged()
            | events.IncidentAssigned()
            | events.IncidentNoted()
            | events.IncidentExplained()
            | events.IncidentEscalated()
            | events.IncidentResolved()
            | events.IncidentReopened()
        ):
            incident = incidents.known[event.incident]
            return _moved(incidents, incident, happened, event)
        case _:
            raise TypeError(f"{type(event).__name__} is nothing that happens to an incident")


Later = (
    events.IncidentJoined
    | events.IncidentEased
    | events.IncidentAcknowledged
    | events.IncidentAssigned
    | events.IncidentNoted
    | events.IncidentExplained
    | events.IncidentEscalated
    | events.IncidentResolved
    | events.IncidentReopened
)
"""What may happen to an incident after it was opened."""


def _opened(incidents: Incidents, happened: Happened, event: events.IncidentOpened) -> Incidents:
    at_ms, number = happened.at_ms, event.incident
    incident = Incident(
        number=number,
        trouble=event.trouble,
        shared=event.shared,
        hits={point: Hit(point, at_ms, event.noticed_ms) for point in event.points},
        began_ms=at_ms,
        noticed_ms=event.noticed_ms,
        newest_ms=at_ms,
        moved_ms=event.noticed_ms,
        note=event.note,
        note_of=_hall(event.points, happened),
        history=(_move(happened, points=event.points, said=event.note),),
    )
    return msgspec.structs.replace(
        incidents,
        known={**incidents.known, number: incident},
        of=_failing(incidents.of, number, event.points),
        unresolved=(*incidents.unresolved, number),
        opened=incidents.opened + 1,
    )


def _moved(incidents: Incidents, incident: Incident, happened: Happened, event: Later) -> Incidents:
    at_ms, by = happened.at_ms, happened.by
    match event:
        case events.IncidentJoined():
            changed = _noted(_hit(incident, event.points, at_ms, event.noticed_ms), event.note, event.points, happened)
            changed = msgspec.structs.replace(changed, shared=event.shared, trouble=event.trouble or incident.trouble)
            return _with(incidents, changed, _move(happened, points=event.points, said=event.note), fail=event.points)
        case events.IncidentEased():
            changed = _eased(incident, event.points, at_ms)
            return _with(incidents, changed, _move(happened, points=event.points), well=event.points)
        case events.IncidentAcknowledged():
            changed = _taken(incident, by.removeprefix("user:"), at_ms)
            return _with(incidents, changed, _move(happened))
        case events.IncidentAssigned():
            changed = _taken(incident, event.to, at_ms)
            return _with(incidents, changed, _move(happened, to=event.to))
        case events.IncidentNoted():
            return _with(incidents, _noted(incident, event.note, (), happened), _move(happened, said=event.note))
        case events.IncidentExplained():
            changed = msgspec.structs.replace(incident, cause=event.cause)
            return _with(incidents, changed, _move(happened, said=event.cause))
        case events.IncidentEscalated():
            changed = msgspec.structs.replace(incident, level=event.level, escalated_ms=at_ms)
            return _with(incidents, changed, _move(happened, said=event.why, level=event.level))
        case events.IncidentResolved():
            return _over(incidents, incident, happened, event)
        case events.IncidentReopened():
            changed = msgspec.structs.replace(
                _hit(incident, event.points, at_ms, happened.received_ms),
                status=Status.OPEN,
                moved_ms=happened.received_ms,
                owner="",
                level=0,
                escalated_ms=0,
                by_itself=False,
                reopened=incident.reopened + 1,
                again_ms=at_ms,
                # A phone's word from before may say that it began again before it was over.
                earlier_ms=incident.earlier_ms + max(0, min(incident.moved_ms, at_ms) - incident.first_ms),
            )
            move = _move(happened, points=event.points, said=event.reason, by_itself=event.by_itself)
            again = _with(incidents, changed, move, fail=event.points)
            return msgspec.structs.replace(again, unresolved=tuple(sorted((*again.unresolved, incident.number))))
        case _:
            assert_never(event)


def _over(incidents: Incidents, incident: Incident, happened: Happened, event: events.IncidentResolved) -> Incidents:
    failing = incident.failing
    changed = _noted(_eased(incident, failing, happened.at_ms), event.note, (), happened)
    changed = msgspec.structs.replace(
        changed, status=Status.RESOLVED, moved_ms=happened.at_ms, by_itself=event.by_itself, into=event.into
    )
    move = _move(happened, said=event.note, by_itself=event.by_itself, into=event.into)
    over = _with(incidents, changed, move, well=failing)
    over = msgspec.structs.replace(
        over, unresolved=tuple(number for number in over.unresolved if number != incident.number)
    )
    if event.into is not None and event.into in over.known:
        over = _absorbed(over, incident, over.known[event.into])
    return _in_sight(over)


def _absorbed(incidents: Incidents, part: Incident, whole: Incident) -> Incidents:
    """The whole with the points of its part, as they were hit."""
    more = {point: hit for point, hit in part.hits.items() if not whole.fails_at(point)}
    grown = msgspec.structs.replace(
        whole,
        hits={**whole.hits, **more},
        began_ms=min(whole.began_ms, part.began_ms),
        noticed_ms=min(whole.noticed_ms, part.noticed_ms),
        newest_ms=max(whole.newest_ms, part.newest_ms),
    )
    return msgspec.structs.replace(
        incidents,
        known={**incidents.known, whole.number: grown},
        of=_failing(incidents.of, whole.number, part.failing),
    )


def _in_sight(incidents: Incidents) -> Incidents:
    """Without the one that has been over for longest, where they are more than RESOLVED_KEPT."""
    if len(incidents.known) - len(incidents.unresolved) <= RESOLVED_KEPT:
        return incidents
    unresolved = frozenset(incidents.unresolved)
    over = (incident for number, incident in incidents.known.items() if number not in unresolved)
    oldest = min(over, key=lambda incident: (incident.moved_ms, incident.number))
    known = {number: incident for number, incident in incidents.known.items() if number != oldest.number}
    if oldest.into is not None:
        return msgspec.structs.replace(incidents, known=known)
    past = {**incidents.past, oldest.trouble: incidents.past.get(oldest.trouble, 0) + 1}
    return msgspec.structs.replace(incidents, known=known, past=past)


# --- one incident


def _hit(incident: Incident, points: tuple[str, ...], began_ms: int, noticed_ms: int) -> Incident:
    """These points fail now; who failed already fails since then."""
    more = {
        point: Hit(point, began_ms, noticed_ms, before=known.first if known is not None else None)
        for point in points
        if (known := incident.hits.get(point)) is None or known.eased_ms is not None
    }
    if not more:
        return incident
    return msgspec.structs.replace(
        incident,
        hits={**incident.hits, **more},
        began_ms=min(incident.began_ms, began_ms),
        newest_ms=max(incident.newest_ms, began_ms),
    )


def _eased(incident: Incident, points: tuple[str, ...], at_ms: int) -> Incident:
    """The failing ones stand first, so that the first of them is found without looking at all who are well again."""
    hits = dict(incident.hits)
    for point in points:
        hit = hits.pop(point)
        # A phone's word from before may arrive after what it ends.
        hits[point] = msgspec.structs.replace(hit, eased_ms=max(at_ms, hit.began_ms)) if hit.eased_ms is None else hit
    return msgspec.structs.replace(incident, hits=hits)


def _taken(incident: Incident, owner: str, at_ms: int) -> Incident:
    return msgspec.structs.replace(incident, status=Status.ACKNOWLEDGED, moved_ms=at_ms, owner=owner)


def _noted(incident: Incident, note: str, points: tuple[str, ...], happened: Happened) -> Incident:
    return msgspec.structs.replace(incident, note=note, note_of=_hall(points, happened)) if note else incident


def _hall(points: tuple[str, ...], happened: Happened) -> str:
    """Whose words a note is: what follows by itself repeats the hall's."""
    return points[0] if len(points) == 1 and not happened.by.startswith("user:") else ""


def _move(
    happened: Happened,
    *,
    points: tuple[str, ...] = (),
    said: str = "",
    to: str = "",
    level: int | None = None,
    by_itself: bool = False,
    into: int | None = None,
) -> Move:
    return Move(
        at_ms=happened.at_ms,
        kind=events.tag(happened.event),
        by=happened.by,
        points=points,
        said=said,
        to=to,
        level=level,
        by_itself=by_itself,
        into=into,
    )


# --- all of them


def _with(
    incidents: Incidents, changed: Incident, move: Move, *, fail: tuple[str, ...] = (), well: tuple[str, ...] = ()
) -> Incidents:
    first, *later = changed.history
    told = msgspec.structs.replace(changed, history=(first, *later[1 - MOVES_KEPT :], move))
    of = incidents.of
    if fail:
        of = _failing(of, told.number, fail)
    if well:
        of = _well(of, told.number, well)
    return msgspec.structs.replace(incidents, known={**incidents.known, told.number: told}, of=of)


def _failing(of: dict[str, tuple[int, ...]], number: int, points: Iterable[str]) -> dict[str, tuple[int, ...]]:
    more = dict(of)
    for point in points:
        numbers = more.get(point, ())
        if number not in numbers:
            more[point] = (*numbers, number)
    return more


def _well(of: dict[str, tuple[int, ...]], number: int, points: Iterable[str]) -> dict[str, tuple[int, ...]]:
    less = dict(of)
    for point in points:
        numbers = tuple(each for each in less.get(point, ()) if each != number)
        if numbers:
            less[point] = numbers
        else:
            less.pop(point, None)
    return less
