"""The live state: what the journal adds up to, and the draft that a batch is decided against."""

from collections.abc import Iterator, Mapping
from copy import copy
from sys import intern
from typing import assert_never

import msgspec

from bridge.rules import affairs, events, outages
from bridge.rules.affairs import Affairs
from bridge.rules.events import AnyEvent, Happened
from bridge.rules.evolving import evolve
from bridge.rules.model import (
    Link,
    Phase,
    Plan,
    Point,
    Seen,
    Unit,
    opened,
)

UP = frozenset({Link.STEADY, Link.UNSTABLE})


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
        self._paths: dict[str, tuple[str, ...]] = {}
        self.centre_out: frozenset[str] = frozenset()
        """Points of a centre outage that is still going on."""
        self.affairs = Affairs()
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
        return self._paths.get(unit, ())

    def still(self) -> "State":
        """The state of this moment: what is replaced later is replaced elsewhere."""
        copied = copy(self)
        copied.points = self.points.copy()
        return copied

    def adopt(self, happened: Happened, drafted: Changed | None = None) -> Changed:
        """Take in what happened. Cannot fail for an event that was decided against this state.

        `drafted` is what a draft of this very state made of it, so that it need not be made twice.
        """
        event = happened.event
        if isinstance(event, events.ConferenceFrozen):
            self.plan = event.plan
            self.units = {unit.code: unit for unit in event.plan.units}
            # Asked with every act and every row: walked once.
            self._paths = _paths(self.units)
        elif isinstance(event, events.PhaseChanged):
            self.phase, self.version = event.phase, event.version
        changed = moves(self, happened) if drafted is None else drafted
        for code, (_, after) in changed.items():
            self.points[code] = after
        if isinstance(event, events.PersonCheckedIn):
            self.saw(event, Seen(intern(event.point), happened.at_ms))
        elif isinstance(event, events.ActUndone) and event.sitting is not None and event.person is not None:
            self._seen.get(event.sitting, {}).pop(event.person, None)
        else:
            self.centre_out = _centre_out(self.centre_out, event)
            self.affairs = affairs.after(self.affairs, happened)
        return changed

    def saw(self, event: events.PersonCheckedIn, seen: Seen) -> None:
        """Keep where and when a person was first seen; what it makes of the point is told apart."""
        # A country's people in every sitting, each read from a row of its own: one copy of each word is kept.
        self._seen.setdefault(event.sitting, {})[intern(event.person)] = seen


def _paths(units: Mapping[str, Unit]) -> dict[str, tuple[str, ...]]:
    return {code: _path(units, code) for code in units}


def _path(units: Mapping[str, Unit], unit: str) -> tuple[str, ...]:
    found: list[str] = []
    code: str | None = unit
    while code is not None and code in units and code not in found:
        found.append(code)
        code = units[code].parent
    return tuple(reversed(found))


class Draft:
    """What a batch has already decided, laid over the live state; forgotten if the commit fails."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._points: dict[str, Point] = {}
        self.plan = state.plan
        self.phase = state.phase
        self.version = state.version
        self.centre_out = state.centre_out
        self.affairs = state.affairs
        self._paths: dict[str, tuple[str, ...]] | None = None
        """Only where the plan was frozen in this batch."""
        self._seen: dict[tuple[str, str], Seen | None] = {}

    @property
    def points(self) -> Mapping[str, Point]:
        return _Overlay(self._points, self._state.points)

    def point(self, code: str) -> Point | None:
        return self._points.get(code) or self._state.points.get(code)

    def path(self, unit: str) -> tuple[str, ...]:
        """Codes from the root of the tree of the day down to the unit; empty for a stranger."""
        return self._state.path(unit) if self._paths is None else self._paths.get(unit, ())

    def seen(self, sitting: str, person: str) -> Seen | None:
        key = (sitting, person)
        return self._seen[key] if key in self._seen else self._state.seen(sitting, person)

    def adopt(self, happened: Happened) -> Changed:
        event = happened.event
        if isinstance(event, events.ConferenceFrozen):
            self.plan = event.plan
            self._paths = _paths({unit.code: unit for unit in event.plan.units})
        elif isinstance(event, events.PhaseChanged):
            self.phase, self.version = event.phase, event.version
        changed = moves(self, happened)
        for code, (_, after) in changed.items():
            self._points[code] = after
        self.centre_out = _centre_out(self.centre_out, event)
        self.affairs = affairs.after(self.affairs, happened)
        if isinstance(event, events.PersonCheckedIn):
            self._seen[event.sitting, event.person] = Seen(event.point, happened.at_ms)
        elif isinstance(event, events.ActUndone) and event.sitting is not None and event.person is not None:
            self._seen[event.sitting, event.person] = None
        return changed


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
        # Nearly all that happens, and a replay asks a million times.
        case events.PointEvent():
            point = state.point(event.point)
            return {} if point is None else {event.point: (point, evolve(point, happened))}
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
        case (
            events.PhaseChanged()
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
            return {}
        case _:
            assert_never(event)


def _centre_out(out: frozenset[str], event: AnyEvent) -> frozenset[str]:
    if isinstance(event, events.CentreOutageBegan):
        return out.union(event.points)
    return frozenset() if isinstance(event, events.CentreOutageEnded) else out


def _unknown(point: Point, at_ms: int, noticed_ms: int, cause: str) -> tuple[Point, Point]:
    """Out of our sight; who already was stays so since then and for that cause, only the time to come back is new."""
    if point.link is Link.UNKNOWN:
        return point, msgspec.structs.replace(point, link_noticed_ms=noticed_ms)
    unknown = msgspec.structs.replace(
        point, link=Link.UNKNOWN, link_ms=at_ms, link_noticed_ms=noticed_ms, link_cause=cause
    )
    return point, outages.kept(unknown)
