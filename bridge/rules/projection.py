"""The live state: what the journal adds up to, and the draft that a batch is decided against."""

from collections.abc import Iterator, Mapping
from typing import assert_never

import msgspec

from bridge.rules import events
from bridge.rules.attendance import replaced, without
from bridge.rules.events import AnyEvent
from bridge.rules.model import (
    MEASURED,
    Author,
    Figure,
    Grade,
    Link,
    Perceived,
    Phase,
    Plan,
    Point,
    RoundKey,
    Seen,
    Stage,
    Step,
    Unit,
    opened,
)

UP = frozenset({Link.STEADY, Link.UNSTABLE})


class Happened(msgspec.Struct, frozen=True):
    """An event with its circumstances, as the journal's record holds them."""

    event: AnyEvent
    at_ms: int
    received_ms: int
    by: str
    act: str | None = None
    device: str = ""


Changed = dict[str, tuple[Point | None, Point]]
"""What an event did to the points: code -> (before, after)."""


class State:
    """A conference at one position of its journal. Only `adopt` moves it."""

    def __init__(self) -> None:
        self.plan: Plan | None = None
        self.phase = Phase.DRAFT
        self.version = 0
        self.points: dict[str, Point] = {}
        self.units: dict[str, Unit] = {}
        self.centre_out: frozenset[str] = frozenset()
        """Points of a centre outage that is still going on."""
        self._seen: dict[str, dict[str, Seen]] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def point(self, code: str) -> Point | None:
        return self.points.get(code)

    def seen(self, sitting: str, person: str) -> Seen | None:
        """Where and when a person was first seen in a sitting."""
        return self._seen.get(sitting, {}).get(person)

    def path(self, unit: str) -> tuple[str, ...]:
        """Codes from the root of the tree of the day down to the unit; empty for a stranger."""
        found: list[str] = []
        code: str | None = unit
        while code is not None and code in self.units and code not in found:
            found.append(code)
            code = self.units[code].parent
        return tuple(reversed(found))

    def adopt(self, happened: Happened) -> Changed:
        """Take in what happened. Cannot fail for an event that was decided against this state."""
        event = happened.event
        if isinstance(event, events.ConferenceFrozen):
            self.plan = event.plan
            self.units = {unit.code: unit for unit in event.plan.units}
        elif isinstance(event, events.PhaseChanged):
            self.phase, self.version = event.phase, event.version
        changed = moves(self, happened)
        self.points.update((code, after) for code, (_, after) in changed.items())
        self.centre_out = _centre_out(self.centre_out, event)
        if isinstance(event, events.PersonCheckedIn):
            self._seen.setdefault(event.sitting, {})[event.person] = Seen(event.point, happened.at_ms)
        elif isinstance(event, events.ActUndone) and event.sitting is not None and event.person is not None:
            self._seen.get(event.sitting, {}).pop(event.person, None)
        return changed


class Draft:
    """What a batch has already decided, laid over the live state; forgotten if the commit fails."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._points: dict[str, Point] = {}
        self.plan = state.plan
        self.phase = state.phase
        self.version = state.version
        self.centre_out = state.centre_out
        self._seen: dict[tuple[str, str], Seen | None] = {}

    @property
    def points(self) -> Mapping[str, Point]:
        return _Overlay(self._points, self._state.points)

    def point(self, code: str) -> Point | None:
        return self._points.get(code) or self._state.points.get(code)

    def seen(self, sitting: str, person: str) -> Seen | None:
        key = (sitting, person)
        return self._seen[key] if key in self._seen else self._state.seen(sitting, person)

    def adopt(self, happened: Happened) -> None:
        event = happened.event
        if isinstance(event, events.ConferenceFrozen):
            self.plan = event.plan
        elif isinstance(event, events.PhaseChanged):
            self.phase, self.version = event.phase, event.version
        self._points.update((code, after) for code, (_, after) in moves(self, happened).items())
        self.centre_out = _centre_out(self.centre_out, event)
        if isinstance(event, events.PersonCheckedIn):
            self._seen[event.sitting, event.person] = Seen(event.point, happened.at_ms)
        elif isinstance(event, events.ActUndone) and event.sitting is not None and event.person is not None:
            self._seen[event.sitting, event.person] = None


class _Overlay(Mapping[str, Point]):
    def __init__(self, over: Mapping[str, Point], under: Mapping[str, Point]) -> None:
        self._over = over
        self._under = under

    def __getitem__(self, code: str) -> Point:
        return self._over[code] if code in self._over else self._under[code]

    def __iter__(self) -> Iterator[str]:
        yield from self._under
        yield from (code for code in self._over if code not in self._under)

    def __len__(self) -> int:
        return len(self._under.keys() | self._over.keys())


def moves(state: State | Draft, happened: Happened) -> Changed:
    """Every point that an event changes, before and after."""
    event = happened.event
    match event:
        case events.ConferenceFrozen():
            return {planned.code: (None, opened(planned)) for planned in event.plan.points}
        case events.ServiceRestarted():
            return {
                code: _unknown(point, happened.at_ms, happened.at_ms, "restart")
                for code, point in state.points.items()
                if point.link in UP or point.link is Link.UNKNOWN
            }
        case events.CentreOutageBegan():
            return {
                code: _unknown(state.points[code], happened.at_ms, event.noticed_ms, "centre_outage")
                for code in event.points
                if code in state.points
            }
        case events.CentreOutageEnded():
            # Who is still away has from now on the time that everybody gets to come back.
            return {
                code: _unknown(state.points[code], happened.at_ms, happened.at_ms, "centre_outage")
                for code in sorted(state.centre_out)
                if state.points[code].link is Link.UNKNOWN
            }
        case events.PhaseChanged():
            return {}
        case _:
            point = state.point(event.point)
            return {} if point is None else {event.point: (point, evolve(point, happened))}


def _centre_out(out: frozenset[str], event: AnyEvent) -> frozenset[str]:
    if isinstance(event, events.CentreOutageBegan):
        return out.union(event.points)
    return frozenset() if isinstance(event, events.CentreOutageEnded) else out


def _unknown(point: Point, at_ms: int, noticed_ms: int, cause: str) -> tuple[Point, Point]:
    """Out of our sight; who already was stays so since then and for that cause, only the time to come back is new."""
    if point.link is Link.UNKNOWN:
        return point, msgspec.structs.replace(point, link_noticed_ms=noticed_ms)
    return point, msgspec.structs.replace(
        point, link=Link.UNKNOWN, link_ms=at_ms, link_noticed_ms=noticed_ms, link_cause=cause
    )


def evolve(point: Point, happened: Happened) -> Point:
    """The point after an event of its own."""
    event, at_ms = happened.event, happened.at_ms
    match event:
        case events.StageReached():
            last = _stepped(point, happened, "stage", stage=(point.stage, point.stage_ms))
            return msgspec.structs.replace(point, stage=event.stage, stage_ms=at_ms, last=last)
        case events.HallPerceived():
            said = Perceived(picture=event.picture, sound=event.sound, line=event.line, at_ms=at_ms)
            last = _stepped(point, happened, "perceived", perceived=point.perceived)
            return msgspec.structs.replace(point, perceived=said, last=last)
        case events.PersonCheckedIn():
            scanned = {**point.scanned, event.sitting: point.scanned.get(event.sitting, 0) + 1}
            last = _stepped(point, happened, "scan", seen=(event.sitting, event.person))
            return msgspec.structs.replace(point, scanned=scanned, last=last)
        case events.ActUndone():
            return _undone(point, event)
        case events.FigureReported() | events.FigureCorrected():
            return _counted(point, event, happened)
        case events.FigureReleased():
            key = (event.sitting, event.round)
            figure = msgspec.structs.replace(point.quarantined[key], grade=Grade.WARNED)
            return msgspec.structs.replace(
                point, figures=replaced(point.figures, key, figure), quarantined=without(point.quarantined, key)
            )
        case events.FigureConfirmed():
            key = (event.sitting, event.round)
            differing = point.differing.get(key)
            chosen = differing if differing and differing.act == event.confirmed else point.figures[key]
            figure = msgspec.structs.replace(chosen, grade=Grade.FINE)
            if author(happened.by) is Author.OWN:
                figure = msgspec.structs.replace(figure, author=Author.OWN)
            return msgspec.structs.replace(
                point, figures=replaced(point.figures, key, figure), differing=without(point.differing, key)
            )
        case events.ModeChanged():
            return _received_otherwise(point, event, at_ms)
        case events.ExpectedChanged():
            return msgspec.structs.replace(point, expected={**point.expected, event.sitting: event.value})
        case events.LinkMoved():
            return msgspec.structs.replace(
                point, link=event.link, link_ms=at_ms, link_noticed_ms=event.noticed_ms, link_cause=event.cause
            )
        case events.FaultReported() | events.ActRefused() | events.PersonSeenAgain():
            return point
        case (
            events.ConferenceFrozen()
            | events.PhaseChanged()
            | events.ServiceRestarted()
            | events.CentreOutageBegan()
            | events.CentreOutageEnded()
        ):
            raise TypeError(f"{events.tag(event)} is not one point's")
        case _:
            assert_never(event)


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
    )
    if figure.grade is Grade.QUARANTINED:
        return msgspec.structs.replace(point, quarantined=replaced(point.quarantined, key, figure), last=last)
    return msgspec.structs.replace(
        point,
        figures=replaced(point.figures, key, figure),
        quarantined=without(point.quarantined, key),
        differing=replaced(point.differing, key, other) if other else without(point.differing, key),
        last=last,
    )


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
    return msgspec.structs.replace(
        point,
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
    return msgspec.structs.replace(
        point, mode=event.mode, link=link, link_ms=at_ms, link_noticed_ms=at_ms, link_cause="mode"
    )


def author(by: str) -> Author:
    """Whether a credential speaks for its own hall."""
    return Author.OWN if by.startswith(("point:", "agent:")) else Author.PROXY
