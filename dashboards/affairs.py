"""What a screen is told of incidents, calls and notices: of its own points, and of no others."""

from collections.abc import Collection, Iterable, Sequence
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
from dashboards.sight import Sight

RESOLVED_SHOWN_MS = 6 * 3_600_000
"""An incident that is over is told for so long; a screen takes it away by itself, by its `moved_at_s`."""
RESOLVED_SHOWN = 100
"""And at most so many of them, the newest."""
NOTICES_SHOWN = 50
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
            "seen_at": wire.rfc3339_if(each.seen.get(code)),
            "confirmed_at": wire.rfc3339_if(each.confirmed.get(code)),
            "confirm": each.confirm,
            "withdrawn": each.withdrawn,
        }
        for each in reversed(reaching[-NOTICES_SHOWN:])
    ]


def totals(scene: Scene, unit: str) -> dict[str, int]:
    """How many incidents of a unit's subtree are not over, and how many of them somebody has in hand."""
    state = scene.state

    def touches(incident: Incident) -> bool:
        return any(unit in state.path(state.points[code].planned.unit) for code in incident.hits)

    found = [each for each in state.affairs.incidents.open() if unit == ROOT or touches(each)]
    in_hand = sum(each.status is Status.ACKNOWLEDGED for each in found)
    return {"open": len(found) - in_hand, "acknowledged": in_hand}
