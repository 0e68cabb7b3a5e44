"""What a screen is told of incidents, calls and notices: of its own points, and of no others."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from bridge.rules import events, showing, wire
from bridge.rules.calls import Claim
from bridge.rules.incidents import Incident, Status
from bridge.rules.model import Point
from bridge.rules.notices import Notice, reach
from bridge.rules.rollup import ROOT
from bridge.rules.scene import Placed, Scene
from bridge.rules.trouble import Trouble

RESOLVED_SHOWN_MS = 6 * 3_600_000
"""An incident that is over is told for so long; a screen takes it away by itself, by its `moved_at_s`."""
RESOLVED_SHOWN = 100
"""And at most so many of them, the newest."""
NOTICES_SHOWN = 50
NEWS_TEXT = 140
"""Letters of a notice that its line of news shows."""

GRAVITY = (
    Trouble.CENTRE,
    Trouble.POWER_CUT,
    Trouble.LOST,
    Trouble.NOT_RECEIVING,
    Trouble.NO_SOUND,
    Trouble.NO_PICTURE,
    Trouble.FLAPPING,
    Trouble.OTHER,
)
"""The gravest first. A tile has room for one incident."""

Named = Callable[[str], str]
"""User name -> how its holder is called."""


class Sight(msgspec.Struct, frozen=True):
    """Whom a screen looks at: the points of a unit's subtree, and whether it sees the names of people."""

    scene: Scene
    unit: str
    points: Collection[str]
    """Codes of the points that are its own."""
    named: Named | None = None
    """None: it sees no names, as a wall does."""

    @property
    def whole(self) -> bool:
        """Whether it sees the whole conference."""
        return self.unit == ROOT

    def covers(self, codes: Collection[str]) -> bool:
        """Whether any of these points is its own."""
        return bool(codes) if self.whole else any(code in self.points for code in codes)

    def covered(self, codes: Collection[str]) -> int:
        """How many of these points are its own."""
        return len(codes) if self.whole else sum(code in self.points for code in codes)

    def name(self, user: str) -> str:
        return self.named(user) if self.named is not None and user else ""


class Touched(msgspec.Struct, frozen=True):
    """Which affairs something happened to."""

    incidents: frozenset[int] = frozenset()
    points: frozenset[str] = frozenset()
    """Whose tile may show another incident now."""
    calls: frozenset[str] = frozenset()
    notices: frozenset[int] = frozenset()

    def __or__(self, other: "Touched") -> "Touched":
        return Touched(
            self.incidents | other.incidents,
            self.points | other.points,
            self.calls | other.calls,
            self.notices | other.notices,
        )


_UNSEEN_ON_TILES = (
    events.IncidentAcknowledged,
    events.IncidentAssigned,
    events.IncidentNoted,
    events.IncidentExplained,
    events.IncidentEscalated,
)
"""What leaves every tile as it is: forty thousand of them need not be looked at again for a note."""


_AFFAIRS = frozenset(
    {
        *events.IncidentEvent.__subclasses__(),
        events.CallClaimed,
        events.CallLetGo,
        events.CallEnded,
        events.NoticePosted,
        events.NoticeWithdrawn,
        events.NoticeAnswered,
        events.ExpectedChanged,
    }
)


def touched(scene: Scene, placed: Sequence[Placed]) -> Touched | None:
    """The affairs that something happened to; None, as mostly, for none at all. Asked once for all screens."""
    incidents: set[int] = set()
    points: set[str] = set()
    calls: set[str] = set()
    notices: set[int] = set()
    for _, happened in placed:
        event = happened.event
        # Nearly all that happens is none of these.
        if type(event) not in _AFFAIRS:
            continue
        match event:
            case events.IncidentEvent():
                incidents.update(_concerned(event))
                incident = scene.state.affairs.incidents.known.get(event.incident)
                if incident is not None and not isinstance(event, _UNSEEN_ON_TILES):
                    points.update(incident.hits)
            case events.CallClaimed() | events.CallLetGo() | events.CallEnded():
                calls.add(event.point)
            case events.NoticePosted() | events.NoticeWithdrawn() | events.NoticeAnswered():
                notices.add(event.notice)
            case events.ExpectedChanged():
                # How many people an incident touches is told with it.
                incidents.update(_with_point(scene, event.point))
            case _:
                pass
    if not (incidents or calls or notices):
        return None
    return Touched(frozenset(incidents), frozenset(points), frozenset(calls), frozenset(notices))


def _concerned(event: events.IncidentEvent) -> Iterable[int]:
    """The incident, and the one that it turned out to be part of."""
    into = event.into if isinstance(event, events.IncidentResolved) else None
    return (event.incident,) if into is None else (event.incident, into)


def _with_point(scene: Scene, code: str) -> Iterable[int]:
    return (number for number, each in scene.state.affairs.incidents.known.items() if code in each.hits)


def shown(sight: Sight, now_ms: int) -> wire.Affairs:
    """All that a snapshot tells."""
    found = sight.scene.state.affairs
    incidents = [
        told
        for each in _to_show(found.incidents.known.values(), now_ms)
        if (told := _incident(sight, each)) is not None
    ]
    calls: dict[str, wire.Claim | None] = {
        code: _claim(sight, claim)
        for code, claim in found.calls.claims.items()
        if claim.until_ms > now_ms and code in sight.points
    }
    notices = [each for each in found.notices.posted.values() if _reaches(sight, each)][-NOTICES_SHOWN:]
    return wire.Affairs(incidents=incidents, calls=calls, notices=[_notice(sight, each) for each in notices])


def _to_show(incidents: Collection[Incident], now_ms: int) -> list[Incident]:
    over = [each for each in incidents if each.status is Status.RESOLVED and now_ms - each.moved_ms < RESOLVED_SHOWN_MS]
    newest = sorted(over, key=lambda each: each.moved_ms)[-RESOLVED_SHOWN:]
    going_on = [each for each in incidents if each.status is not Status.RESOLVED]
    return sorted((*going_on, *newest), key=lambda each: each.number)


def changed(sight: Sight, touched: Touched, now_ms: int) -> wire.Affairs | None:
    """What a delta tells of those that were touched; None if nothing of it is this screen's."""
    found = sight.scene.state.affairs
    incidents = [
        told
        for number in sorted(touched.incidents)
        if (each := found.incidents.known.get(number)) is not None and (told := _incident(sight, each)) is not None
    ]
    calls = {
        code: _claim(sight, claim) if (claim := found.calls.claimed(code, now_ms)) is not None else None
        for code in sorted(touched.calls)
        if code in sight.points
    }
    notices = [
        _notice(sight, notice)
        for number in sorted(touched.notices)
        if (notice := found.notices.posted.get(number)) is not None and _reaches(sight, notice)
    ]
    return wire.Affairs(incidents, calls, notices) if incidents or calls or notices else None


def mine(sight: Sight, touched: Touched) -> bool:
    """Whether any of those that were touched is this screen's: of the others it is not even told that there is news."""
    found = sight.scene.state.affairs
    incidents = (found.incidents.known.get(number) for number in touched.incidents)
    notices = (found.notices.posted.get(number) for number in touched.notices)
    return (
        sight.covers(touched.points)
        or sight.covers(touched.calls)
        or any(each is not None and sight.covers(each.hits) for each in incidents)
        or any(each is not None and _reaches(sight, each) for each in notices)
    )


# --- one of each


def _incident(sight: Sight, incident: Incident) -> dict[str, Any] | None:
    covers = None if sight.whole else sight.points.__contains__
    return showing.shown(incident, sight.scene.state.points, covers, sight.named)


def _claim(sight: Sight, claim: Claim) -> wire.Claim:
    return wire.Claim(
        by=claim.by if sight.named is not None else None,
        by_name=sight.named(claim.by) if sight.named is not None else None,
        since_s=claim.since_ms // 1000,
        until_s=claim.until_ms // 1000,
    )


def _notice(sight: Sight, notice: Notice) -> dict[str, Any]:
    got = reach(notice, len(sight.points), None if sight.whole else sight.points)
    return {
        "number": notice.number,
        "text": notice.text,
        "urgent": notice.urgent,
        "confirm": notice.confirm,
        "to": None if notice.points is None else [unit for unit in notice.units if _is_mine(sight, unit)],
        "count": got.count,
        "seen": got.seen,
        "confirmed": got.confirmed,
        "by_name": sight.name(notice.by),
        "at_s": notice.at_ms // 1000,
        "withdrawn": notice.withdrawn,
    }


def _reaches(sight: Sight, notice: Notice) -> bool:
    return bool(sight.points) if notice.points is None else sight.covers(notice.points)


def _is_mine(sight: Sight, unit: str) -> bool:
    return sight.whole or sight.unit in sight.scene.state.path(unit)


# --- in the news


def _shared(event: events.IncidentOpened | events.IncidentJoined) -> dict[str, Any]:
    return {
        "trouble": event.trouble.value if event.trouble else None,
        "bond": event.shared.bond.value,
        "bond_name": event.shared.name,
        "note": event.note,
    }


WORDS: Mapping[type, Callable[[Any], dict[str, Any]]] = {
    events.StreamMoved: lambda event: {"stream": event.stream.value, "behind_s": event.behind_s},
    events.IncidentOpened: lambda event: {"incident": event.incident} | _shared(event),
    events.IncidentJoined: lambda event: {"incident": event.incident} | _shared(event),
    events.IncidentEased: lambda event: {"incident": event.incident},
    events.IncidentAcknowledged: lambda event: {"incident": event.incident},
    events.IncidentAssigned: lambda event: {"incident": event.incident},
    events.IncidentNoted: lambda event: {"incident": event.incident, "note": event.note},
    events.IncidentExplained: lambda event: {"incident": event.incident, "cause": event.cause},
    events.IncidentEscalated: lambda event: {"incident": event.incident, "level": event.level, "why": event.why},
    events.IncidentResolved: lambda event: {
        "incident": event.incident,
        "by_itself": event.by_itself,
        "into": event.into,
        "note": event.note,
    },
    events.IncidentReopened: lambda event: {
        "incident": event.incident,
        "by_itself": event.by_itself,
        "reason": event.reason,
    },
    events.CallEnded: lambda event: {"outcome": event.outcome.value, "note": event.note},
    events.NoticePosted: lambda event: {
        "notice": event.notice,
        "urgent": event.urgent,
        "text": event.text if len(event.text) <= NEWS_TEXT else event.text[: NEWS_TEXT - 1] + "…",
    },
    events.RemindersSent: lambda event: {"sitting": event.sitting, "round": event.round.value},
    events.UnitChecked: lambda event: {"unit": event.unit, "sitting": event.sitting, "without": len(event.without)},
    events.UnitReturned: lambda event: {"unit": event.unit, "sitting": event.sitting, "reason": event.reason},
    events.VersionSigned: lambda event: {"version": event.version},
    events.JobMissed: lambda event: {"job": event.job, "due_at_s": event.due_ms // 1000},
}
"""What the line of each says, beside when and where."""


def narrow(sight: Sight, placed: Placed, line: dict[str, Any]) -> bool:
    """Cut a line down to what this screen may know; False: it may know nothing of it."""
    position, happened = placed
    event = happened.event
    if isinstance(event, events.PointEvent):
        if event.point not in sight.points:
            return False
    elif isinstance(event, events.JobMissed):
        # The calendar is the city's, whose alarm it is.
        if not sight.whole:
            return False
    elif isinstance(event, events.UnitChecked | events.UnitReturned):
        # What is above one's own halls is nobody's business: only who sees all of a unit hears of it.
        theirs = [point.code for point in sight.scene.points_under(event.unit)]
        if sight.covered(theirs) < len(theirs):
            return False
        line["unit_name"] = sight.scene.state.units[event.unit].name
    else:
        halls = _halls(sight.scene, position, event)
        if halls is not None:
            # How many others there are is not this screen's to know.
            line["points"] = sight.covered(halls)
            if not line["points"]:
                return False
    if isinstance(event, _BY_SOMEBODY):
        line["by_name"] = sight.name(happened.by.removeprefix("user:")) if happened.by.startswith("user:") else ""
        if isinstance(event, events.IncidentAssigned):
            line["to_name"] = sight.name(event.to)
        if sight.named is None:
            line |= unsaid(event, line)
    return True


def unsaid(event: events.AnyEvent, line: Mapping[str, Any]) -> dict[str, Any]:
    """What the staff write for each other, left out: it names people more often than not."""
    return {word: "" for word in ("note", "reason", "why") if word in line} if isinstance(event, _BY_SOMEBODY) else {}


_BY_SOMEBODY = (
    events.IncidentEvent,
    events.CallEnded,
    events.NoticePosted,
    events.RemindersSent,
    events.FiguresReturned,
    events.UnitChecked,
    events.UnitReturned,
    events.CorrectionEvent,
    events.VersionSigned,
)


def _halls(scene: Scene, position: int, event: events.AnyEvent) -> Collection[str] | None:
    """The halls that something concerns; None: all of them."""
    match event:
        case (
            events.CentreOutageBegan()
            | events.IncidentOpened()
            | events.IncidentJoined()
            | events.IncidentEased()
            | events.RemindersSent()
            | events.NoticePosted()
        ):
            return event.points
        case events.IncidentEvent():
            return scene.concerned.get(position, ())
        case _:
            return None


# --- beside the points


def of_point(scene: Scene, point: Point) -> int | None:
    """The gravest of the incidents of which a point fails now; of equals the first one."""
    incidents = scene.state.affairs.incidents
    numbers = incidents.of.get(point.code)
    if not numbers:
        return None
    return min((incidents.known[number] for number in numbers), key=_gravity).number


def _gravity(incident: Incident) -> tuple[int, int]:
    return GRAVITY.index(incident.trouble), incident.number


def numbers_of(scene: Scene, code: str) -> list[int]:
    """The incidents that a point was in, the newest first."""
    return sorted(_with_point(scene, code), reverse=True)


def heard_by(scene: Scene, code: str) -> list[dict[str, Any]]:
    """The notices that were said to a point, the newest first, with when it saw and confirmed each."""
    reaching = [each for each in scene.state.affairs.notices.posted.values() if each.reaches(code)]
    return [
        {
            "number": each.number,
            "text": each.text,
            "at": wire.rfc3339(each.at_ms),
            "seen_at": _time(each.seen.get(code)),
            "confirmed_at": _time(each.confirmed.get(code)),
            "confirm": each.confirm,
            "withdrawn": each.withdrawn,
        }
        for each in reversed(reaching[-NOTICES_SHOWN:])
    ]


def _time(ms: int | None) -> str | None:
    return None if ms is None else wire.rfc3339(ms)


def totals(scene: Scene, unit: str) -> dict[str, int]:
    """How many incidents of a unit's subtree are not over, and how many of them somebody has in hand."""
    state = scene.state

    def touches(incident: Incident) -> bool:
        return any(unit in state.path(state.points[code].planned.unit) for code in incident.hits)

    found = [each for each in state.affairs.incidents.open() if unit == ROOT or touches(each)]
    in_hand = sum(each.status is Status.ACKNOWLEDGED for each in found)
    return {"open": len(found) - in_hand, "acknowledged": in_hand}
