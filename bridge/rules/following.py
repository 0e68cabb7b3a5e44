"""What follows by itself from what has just happened: decided in the same batch, recorded in the same transaction."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from bridge.rules import events
from bridge.rules.events import AnyEvent, Happened
from bridge.rules.grouping import Belongs, belongs, chronic, once_more, unexplained
from bridge.rules.incidents import Incident
from bridge.rules.model import MEASURED, Fault, Link, Point, Stage, Stream, Word
from bridge.rules.projection import Draft
from bridge.rules.stages import HALLS_MAY_ACT
from bridge.rules.trouble import Bond, Shared, Trouble

Follows = Iterator[tuple[AnyEvent, int]]
"""Events with their effective times."""

OF_FAULT: Mapping[Fault, Trouble] = {
    Fault.NO_PICTURE: Trouble.NO_PICTURE,
    Fault.NO_SOUND: Trouble.NO_SOUND,
    Fault.CONNECTION_LOST: Trouble.LOST,
    Fault.POWER_CUT: Trouble.POWER_CUT,
    Fault.OTHER: Trouble.OTHER,
}
"""What a hall's two taps mean."""

OF_THE_LINE = frozenset({Trouble.LOST, Trouble.FLAPPING, Trouble.NOT_RECEIVING})
"""What a machine notices of a line that somebody should be using: a hall that has ended is not."""

TAKES_ALL = frozenset({Trouble.LOST, Trouble.POWER_CUT, Trouble.NOT_RECEIVING, Trouble.CENTRE})
"""What takes picture and sound with it: that a hall misses them then is nothing new."""

ENDS_WITH: Mapping[Link, frozenset[Trouble]] = {
    Link.STEADY: frozenset({Trouble.LOST, Trouble.POWER_CUT, Trouble.FLAPPING}),
    Link.UNSTABLE: frozenset({Trouble.LOST, Trouble.POWER_CUT}),
    Link.NOT_MEASURED: frozenset({Trouble.LOST, Trouble.POWER_CUT, Trouble.FLAPPING, Trouble.NOT_RECEIVING}),
}
"""The troubles that are over for a point when its line becomes so."""


def follow(draft: Draft, happened: Happened, now_ms: int) -> Iterable[tuple[AnyEvent, int]]:
    """Events with their effective times. `draft` holds what happened already; what follows may be followed itself.

    Each is decided when it is asked for, after the one before it was taken in: take them one by one.
    """
    # Of all that happens most has no rule here: one look.
    rule = _RULES.get(type(happened.event))
    return rule(draft, happened.event, happened, now_ms) if rule is not None else ()


# --- what was noticed of lines


def _link_moved(draft: Draft, event: events.LinkMoved, happened: Happened, now_ms: int) -> Follows:
    at_ms = happened.at_ms
    yield from _eases(draft, event.point, ENDS_WITH.get(event.link, frozenset()), at_ms)
    if event.link is not Link.UNKNOWN:
        yield from _in_sight_again(draft, event.point, now_ms)
    if event.link is Link.LOST:
        yield from _fails(draft, event.point, Trouble.LOST, at_ms, event.noticed_ms)
    elif event.link is Link.UNSTABLE:
        yield from _fails(draft, event.point, Trouble.FLAPPING, at_ms, event.noticed_ms)


def _in_sight_again(draft: Draft, code: str, now_ms: int) -> Follows:
    """A point whom we had lost sight of is no longer out of sight.

    They come back by the thousand, so they are not told one by one: when the first of those who are away moves, all who
    have moved since the last time are. The last one to come back is the first of those who are away by then.
    """
    for incident in draft.affairs.incidents.failing_at(code):
        if incident.trouble is not Trouble.CENTRE or code != next(_failing(incident)):
            continue
        back = tuple(each for each in _failing(incident) if not _out_of_sight(draft.point(each)))
        yield events.IncidentEased(incident=incident.number, points=back), now_ms


def _failing(incident: Incident) -> Iterator[str]:
    return (hit.point for hit in incident.hits.values() if hit.eased_ms is None)


def _out_of_sight(point: Point | None) -> bool:
    return point is not None and point.link is Link.UNKNOWN


def _stream_moved(draft: Draft, event: events.StreamMoved, happened: Happened, _now_ms: int) -> Follows:
    if event.stream in (Stream.STALLED, Stream.GONE):
        return _fails(draft, event.point, Trouble.NOT_RECEIVING, happened.at_ms, event.noticed_ms)
    # Late is received; and where nobody follows the broadcast, nobody can say that it is missing.
    return _eases(draft, event.point, frozenset({Trouble.NOT_RECEIVING}), happened.at_ms)


def _centre_out(draft: Draft, event: events.CentreOutageBegan, happened: Happened, _now_ms: int) -> Follows:
    return _ours(draft, event.points, happened.at_ms, event.noticed_ms)


def _restarted(draft: Draft, _event: events.ServiceRestarted, happened: Happened, _now_ms: int) -> Follows:
    """Whoever is out of sight because we were away is ours to answer for, and blames nobody."""
    away = (code for code, point in draft.points.items() if point.link is Link.UNKNOWN)
    return _ours(draft, away, happened.at_ms, happened.received_ms)


def _ours(draft: Draft, points: Iterable[str], at_ms: int, noticed_ms: int) -> Follows:
    """One incident of the centre for as long as it goes on; later ones join."""
    if draft.phase not in HALLS_MAY_ACT:
        return
    incidents = draft.affairs.incidents
    open_one = next((each for each in incidents.open() if each.trouble is Trouble.CENTRE), None)
    fallen = tuple(
        code for code in points if all(each.trouble is not Trouble.CENTRE for each in incidents.failing_at(code))
    )
    if not fallen:
        return
    shared = Shared(Bond.CENTRE)
    if open_one is None:
        opened = events.IncidentOpened(
            incident=incidents.next_number,
            trouble=Trouble.CENTRE,
            points=fallen,
            shared=shared,
            noticed_ms=noticed_ms,
        )
        yield opened, at_ms
    else:
        joined = events.IncidentJoined(incident=open_one.number, points=fallen, shared=shared, noticed_ms=noticed_ms)
        yield joined, at_ms


def _centre_back(draft: Draft, _event: events.CentreOutageEnded, happened: Happened, _now_ms: int) -> Follows:
    """Whoever is still away has from now on the time that everybody gets: if he does not come, that is his own matter."""
    for incident in tuple(draft.affairs.incidents.open()):
        if incident.trouble is Trouble.CENTRE and incident.failing:
            yield events.IncidentEased(incident=incident.number, points=incident.failing), happened.at_ms


# --- what people in halls say


def _fault_told(draft: Draft, event: events.FaultReported, happened: Happened, _now_ms: int) -> Follows:
    return _fails(draft, event.point, OF_FAULT[event.fault], happened.at_ms, happened.received_ms, note=event.note)


def _perceived(draft: Draft, event: events.HallPerceived, happened: Happened, _now_ms: int) -> Follows:
    code, at_ms = event.point, happened.at_ms
    for word, trouble in ((event.picture, Trouble.NO_PICTURE), (event.sound, Trouble.NO_SOUND)):
        if word is Word.NONE:
            yield from _misses(draft, code, trouble, at_ms, happened.received_ms)
        elif word is Word.GOOD:
            yield from _eases(draft, code, frozenset({trouble}), at_ms)
    point = draft.point(code)
    # A machine that is silent is believed rather than a hall that hears well: it may listen to something else.
    if event.line is Word.GOOD and point is not None and point.link is not Link.LOST:
        well = event.picture is event.sound is Word.GOOD
        told = frozenset({Trouble.LOST, Trouble.POWER_CUT} if well else {Trouble.LOST})
        yield from _eases(draft, code, told, at_ms)


def _misses(draft: Draft, code: str, trouble: Trouble, at_ms: int, noticed_ms: int) -> Follows:
    """A hall has no picture, or no sound: a matter of its own unless all is gone there anyway."""
    if all(each.trouble not in TAKES_ALL for each in draft.affairs.incidents.failing_at(code)):
        yield from _fails(draft, code, trouble, at_ms, noticed_ms)


def _undone(draft: Draft, event: events.ActUndone, happened: Happened, _now_ms: int) -> Follows:
    """What a hall said of picture and sound was a mistake: what it had said before holds again."""
    point = draft.point(event.point)
    if event.axis != "perceived" or point is None:
        return
    said = point.perceived
    for word, trouble in (
        (said.picture if said else None, Trouble.NO_PICTURE),
        (said.sound if said else None, Trouble.NO_SOUND),
    ):
        if word is Word.NONE:
            yield from _misses(draft, event.point, trouble, happened.at_ms, happened.received_ms)
        else:
            yield from _eases(draft, event.point, frozenset({trouble}), happened.at_ms)


def _received_otherwise(draft: Draft, event: events.ModeChanged, happened: Happened, now_ms: int) -> Follows:
    """A hall that watches television has no line of ours that could be down."""
    if event.mode not in MEASURED:
        yield from _eases(draft, event.point, ENDS_WITH[Link.NOT_MEASURED], happened.at_ms)
        yield from _in_sight_again(draft, event.point, now_ms)


def _stage_reached(draft: Draft, event: events.StageReached, happened: Happened, _now_ms: int) -> Follows:
    """A hall that has ended has no trouble any more."""
    if event.stage is Stage.ENDED:
        yield from _eases(draft, event.point, frozenset(Trouble) - {Trouble.CENTRE}, happened.at_ms)


# --- the incidents themselves


def _eased(draft: Draft, event: events.IncidentEased, happened: Happened, _now_ms: int) -> Follows:
    incident = draft.affairs.incidents.known[event.incident]
    if next(_failing(incident), None) is None:
        yield events.IncidentResolved(incident=incident.number, by_itself=True), happened.at_ms


def _eases(draft: Draft, code: str, troubles: Collection[Trouble], at_ms: int) -> Follows:
    """This point is well again, as far as these troubles go."""
    for incident in tuple(draft.affairs.incidents.failing_at(code)):
        if incident.trouble in troubles:
            yield events.IncidentEased(incident=incident.number, points=(code,)), at_ms


def _fails(draft: Draft, code: str, trouble: Trouble, began_ms: int, noticed_ms: int, *, note: str = "") -> Follows:
    """This point begins to fail: which incident is that? It is never in two of one trouble."""
    point, plan, incidents = draft.point(code), draft.plan, draft.affairs.incidents
    if point is None or plan is None or draft.phase not in HALLS_MAY_ACT:
        return
    if point.stage is Stage.ENDED and trouble in OF_THE_LINE:
        return
    standing = {each.trouble: each for each in incidents.failing_at(code)}
    if trouble is Trouble.LOST and Trouble.POWER_CUT in standing:
        trouble = Trouble.POWER_CUT
    if trouble in standing:
        known = standing[trouble]
        if note and note != known.note:
            yield _joined(Belongs(known, known.shared), code, trouble, noticed_ms, note), began_ms
        return
    lost = standing.get(Trouble.LOST) if trouble is Trouble.POWER_CUT else None
    if lost is not None and unexplained(lost):
        yield _joined(Belongs(lost, lost.shared), code, trouble, noticed_ms, note), began_ms
        return
    if lost is not None:
        # It is dark here for a reason of its own.
        yield events.IncidentEased(incident=lost.number, points=(code,)), began_ms
        incidents = draft.affairs.incidents
    found = belongs(incidents, plan, draft.points, code, trouble, began_ms)
    if found is not None:
        yield _joined(found, code, trouble, noticed_ms, note), began_ms
        for number in found.absorbed:
            part = events.IncidentResolved(incident=number, by_itself=True, into=found.incident.number)
            yield part, noticed_ms
        return
    again = (
        chronic(incidents, point.planned, began_ms)
        if trouble is Trouble.FLAPPING
        else once_more(incidents, code, trouble, noticed_ms)
    )
    if again is not None:
        yield events.IncidentReopened(incident=again.number, by_itself=True, points=(code,)), began_ms
        if note and note != again.note:
            known = draft.affairs.incidents.known[again.number]
            yield _joined(Belongs(known, known.shared), code, trouble, noticed_ms, note), began_ms
        return
    opened = events.IncidentOpened(
        incident=incidents.next_number,
        trouble=trouble,
        points=(code,),
        shared=Shared(Bond.ALONE),
        noticed_ms=noticed_ms,
        note=note,
    )
    yield opened, began_ms


def _joined(found: Belongs, code: str, trouble: Trouble, noticed_ms: int, note: str) -> events.IncidentJoined:
    """A power cut explains the lost lines that it joins; a lost line explains nothing."""
    explains = trouble is Trouble.POWER_CUT and found.incident.trouble is Trouble.LOST
    return events.IncidentJoined(
        incident=found.incident.number,
        points=(code,),
        shared=found.shared,
        noticed_ms=noticed_ms,
        trouble=trouble if explains else None,
        note=note,
    )


Rule = Callable[[Draft, Any, Happened, int], Follows]
_RULES: Mapping[type, Rule] = {
    events.LinkMoved: _link_moved,
    events.StreamMoved: _stream_moved,
    events.CentreOutageBegan: _centre_out,
    events.CentreOutageEnded: _centre_back,
    events.ServiceRestarted: _restarted,
    events.FaultReported: _fault_told,
    events.HallPerceived: _perceived,
    events.ActUndone: _undone,
    events.ModeChanged: _received_otherwise,
    events.StageReached: _stage_reached,
    events.IncidentEased: _eased,
}
"""The rule of each event, if it has one."""
