"""What an event makes of the point it happened to."""

from collections.abc import Mapping
from typing import assert_never

import msgspec

from bridge.rules import events, outages
from bridge.rules.attendance import replaced, without
from bridge.rules.events import Happened
from bridge.rules.model import (
    MEASURED,
    Author,
    Figure,
    Grade,
    LineTest,
    Link,
    Perceived,
    Point,
    Returned,
    RoundKey,
    Stage,
    Step,
    Submission,
)


def evolve(point: Point, happened: Happened) -> Point:
    """The point after an event of its own."""
    event, at_ms = happened.event, happened.at_ms
    match event:
        # First: of a day's events most are these.
        case events.PersonCheckedIn():
            return came_in(point, {event.sitting: 1}, happened, event)
        case events.StageReached():
            last = _stepped(point, happened, "stage", stage=(point.stage, point.stage_ms))
            return msgspec.structs.replace(point, stage=event.stage, stage_ms=at_ms, last=last)
        case events.HallPerceived():
            said = Perceived(picture=event.picture, sound=event.sound, line=event.line, at_ms=at_ms)
            last = _stepped(point, happened, "perceived", perceived=point.perceived)
            return msgspec.structs.replace(point, perceived=said, last=last)
        case events.ActUndone():
            return _undone(point, event)
        case events.FigureReported() | events.FigureCorrected():
            return _counted(point, event, happened)
        case events.CorrectionApproved():
            return _approved(point, event)
        case events.FigureReleased():
            key = (event.sitting, event.round)
            figure = msgspec.structs.replace(point.quarantined[key], grade=Grade.WARNED)
            return _unsubmitted(
                msgspec.structs.replace(
                    point, figures=replaced(point.figures, key, figure), quarantined=without(point.quarantined, key)
                ),
                key,
            )
        case events.FigureConfirmed():
            key = (event.sitting, event.round)
            differing = point.differing.get(key)
            chosen = differing if differing and differing.act == event.confirmed else point.figures[key]
            figure = msgspec.structs.replace(chosen, grade=Grade.FINE)
            if author(happened.by) is Author.OWN:
                figure = msgspec.structs.replace(figure, author=Author.OWN)
            confirmed = msgspec.structs.replace(
                point, figures=replaced(point.figures, key, figure), differing=without(point.differing, key)
            )
            return confirmed if chosen.count == point.figures[key].count else _unsubmitted(confirmed, key)
        case events.ModeChanged():
            return _received_otherwise(point, event, at_ms)
        case events.ExpectedChanged():
            return msgspec.structs.replace(point, expected={**point.expected, event.sitting: event.value})
        case events.LinkMoved():
            return outages.kept(
                msgspec.structs.replace(
                    point, link=event.link, link_ms=at_ms, link_noticed_ms=event.noticed_ms, link_cause=event.cause
                )
            )
        case events.StreamMoved():
            return msgspec.structs.replace(point, stream=event.stream, stream_ms=at_ms)
        case events.LineTested():
            test = LineTest(event.rtt_ms, event.jitter_ms, event.loss, event.down_kbps, event.up_kbps, at_ms)
            return msgspec.structs.replace(point, line_test=test)
        case events.FiguresSubmitted():
            return _submitted(point, event, happened)
        case events.FiguresReturned():
            back = Returned(happened.by, at_ms, event.reason)
            submitted = {each: its for each, its in point.submitted.items() if each != event.sitting}
            returned = {**point.returned, event.sitting: back}
            return msgspec.structs.replace(point, submitted=submitted, returned=returned)
        case (
            events.FaultReported()
            | events.ActRefused()
            | events.PersonSeenAgain()
            | events.NoticeAnswered()
            | events.CallClaimed()
            | events.CallLetGo()
            | events.CallEnded()
            | events.CorrectionAsked()
            | events.CorrectionRefused()
            | events.ActKept()
            | events.SourceGiven()
            | events.DifferenceSettled()
            | events.PhotoTaken()
            | events.JudgementChanged()
        ):
            return point
        case (
            events.ConferenceFrozen()
            | events.PhaseChanged()
            | events.ServiceRestarted()
            | events.CentreOutageBegan()
            | events.CentreOutageEnded()
            | events.IncidentEvent()
            | events.NoticePosted()
            | events.NoticeWithdrawn()
            | events.RemindersSent()
            | events.JobFired()
            | events.JobMissed()
            | events.UnitChecked()
            | events.UnitReturned()
            | events.VersionSigned()
            | events.SpotCheckDrawn()
        ):
            raise TypeError(f"{events.tag(event)} is not one point's")
        case _:
            assert_never(event)


def came_in(point: Point, people: Mapping[str, int], newest: Happened, person: events.PersonCheckedIn) -> Point:
    """The point after so many more people in each sitting, of whom `person` was the last."""
    scanned = {**point.scanned, **{sitting: point.scanned.get(sitting, 0) + more for sitting, more in people.items()}}
    last = _stepped(point, newest, "scan", seen=(person.sitting, person.person))
    return msgspec.structs.replace(point, scanned=scanned, last=last)


def _counted(point: Point, event: events.FigureReported | events.FigureCorrected, happened: Happened) -> Point:
    key: RoundKey = (event.sitting, event.round)
    stood = point.figures.get(key)
    waited = point.quarantined.get(key)
    taken = [each for each in (stood, waited) if each is not None]
    figure = Figure(
        count=event.count,
        grade=event.grade,
        author=author(happened.by),
        act=happened.act or "",
        at_ms=happened.at_ms,
        received_ms=happened.received_ms,
        on_time=_on_time(event, taken),
        device=happened.device,
        replaces=tuple(dict.fromkeys(act for each in taken for act in (*each.replaces, each.act)))[-16:],
    )
    other = _contradicted(point, key, figure) if isinstance(event, events.FigureReported) else None
    last = _stepped(
        point,
        happened,
        f"count {key[0]} {key[1].value}",
        key=key,
        figure=stood,
        quarantined=waited,
        differing=point.differing.get(key),
        submitted=point.submitted.get(key[0]),
    )
    if stood is None or stood.count != event.count:
        point = _unsubmitted(point, key)
    if figure.grade is Grade.QUARANTINED:
        return msgspec.structs.replace(point, quarantined=replaced(point.quarantined, key, figure), last=last)
    return msgspec.structs.replace(
        point,
        figures=replaced(point.figures, key, figure),
        quarantined=without(point.quarantined, key),
        differing=replaced(point.differing, key, other) if other else without(point.differing, key),
        last=last,
    )


def _approved(point: Point, event: events.CorrectionApproved) -> Point:
    """The figure that was asked for, in the place of whatever stood or waited."""
    key: RoundKey = (event.sitting, event.round)
    taken = [each for each in (point.figures.get(key), point.quarantined.get(key)) if each is not None]
    replaces = (act for each in taken for act in (*each.replaces, each.act))
    figure = Figure(
        count=event.count,
        grade=event.grade,
        author=event.author,
        # What a form asked for has no act of its own: the hall finds it under the one it took the place of.
        act=event.corrects or (taken[0].act if taken else ""),
        at_ms=event.said_ms,
        received_ms=event.said_ms,
        on_time=event.on_time,
        replaces=tuple(dict.fromkeys(replaces))[-16:],
    )
    return msgspec.structs.replace(
        point,
        figures=replaced(point.figures, key, figure),
        quarantined=without(point.quarantined, key),
        differing=without(point.differing, key),
    )


def _submitted(point: Point, event: events.FiguresSubmitted, happened: Happened) -> Point:
    """The first submission counts: a second phone that submits later changes nothing."""
    if event.sitting in point.submitted:
        return point
    submission = Submission(happened.by, happened.at_ms, happened.received_ms)
    returned = {each: back for each, back in point.returned.items() if each != event.sitting}
    return msgspec.structs.replace(point, submitted={**point.submitted, event.sitting: submission}, returned=returned)


def _unsubmitted(point: Point, key: RoundKey) -> Point:
    """What was submitted were other numbers: the sitting is to be submitted again."""
    if key[0] not in point.submitted:
        return point
    submitted = {each: its for each, its in point.submitted.items() if each != key[0]}
    return msgspec.structs.replace(point, submitted=submitted)


def _on_time(event: events.FigureReported | events.FigureCorrected, taken: list[Figure]) -> bool:
    if taken:
        return taken[0].on_time
    return event.on_time if isinstance(event, events.FigureReported) else True


def _contradicted(point: Point, key: RoundKey, figure: Figure) -> Figure | None:
    """What somebody else of the same hall said of the round, if it is not what is said now.

    A device may change its own mind; a hall's own word settles its proxy's.
    """
    stood = point.figures.get(key)
    for other in (stood, point.differing.get(key)):
        if other is None or other.device == figure.device or other.author is Author.PROXY:
            continue
        return other if other.count != figure.count else None
    return None


def _stepped(
    point: Point,
    happened: Happened,
    axis: str,
    *,
    stage: tuple[Stage, int] | None = None,
    perceived: Perceived | None = None,
    key: RoundKey | None = None,
    figure: Figure | None = None,
    quarantined: Figure | None = None,
    differing: Figure | None = None,
    seen: tuple[str, str] | None = None,
    submitted: Submission | None = None,
) -> dict[str, Step]:
    """The steps that may be taken back, with this one as the newest of its axis."""
    if happened.act is None:
        return point.last
    step = Step(
        act=happened.act,
        by=happened.by,
        received_ms=happened.received_ms,
        stage=stage,
        perceived=perceived,
        key=key,
        figure=figure,
        quarantined=quarantined,
        differing=differing,
        seen=seen,
        submitted=submitted,
    )
    return {**point.last, axis: step}


def _undone(point: Point, event: events.ActUndone) -> Point:
    """The point without the newest act of an axis; what the other axes show stays."""
    step = point.last[event.axis]
    last = {axis: each for axis, each in point.last.items() if axis != event.axis}
    if step.stage is not None:
        return msgspec.structs.replace(point, stage=step.stage[0], stage_ms=step.stage[1], last=last)
    if step.seen is not None:
        sitting = step.seen[0]
        scanned = {**point.scanned, sitting: point.scanned[sitting] - 1}
        return msgspec.structs.replace(point, scanned=scanned, last=last)
    if step.key is None:
        return msgspec.structs.replace(point, perceived=step.perceived, last=last)
    before = _unsubmitted(point, step.key)
    if step.submitted is not None and step.key[0] not in point.returned:
        before = msgspec.structs.replace(before, submitted={**before.submitted, step.key[0]: step.submitted})
    return msgspec.structs.replace(
        before,
        figures=_restored(point.figures, step.key, step.figure),
        quarantined=_restored(point.quarantined, step.key, step.quarantined),
        differing=_restored(point.differing, step.key, step.differing),
        last=last,
    )


def _restored(figures: dict[RoundKey, Figure], key: RoundKey, figure: Figure | None) -> dict[RoundKey, Figure]:
    return without(figures, key) if figure is None else replaced(figures, key, figure)


def _received_otherwise(point: Point, event: events.ModeChanged, at_ms: int) -> Point:
    """A hall that moves to TV is no longer measured; one that comes back has yet to be heard."""
    measured = event.mode in MEASURED
    if measured == (point.mode in MEASURED):
        return msgspec.structs.replace(point, mode=event.mode)
    link = Link.NEVER_SEEN if measured else Link.NOT_MEASURED
    return outages.kept(
        msgspec.structs.replace(
            point, mode=event.mode, link=link, link_ms=at_ms, link_noticed_ms=at_ms, link_cause="mode"
        )
    )


def author(by: str) -> Author:
    """Whether a credential speaks for its own hall."""
    return Author.OWN if by.startswith(("point:", "agent:")) else Author.PROXY
