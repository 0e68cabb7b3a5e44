"""How grave an incident is: by what fails, how many halls and people it touches, and whose halls they are."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from bridge.rules.incidents import Incident
from bridge.rules.model import Point, PointType
from bridge.rules.trouble import Trouble


class Severity(StrEnum):
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Reach(msgspec.Struct, frozen=True):
    """From when on an incident is so grave: any of these is enough."""

    points: int
    people: int
    types: frozenset[PointType]


FROM: Mapping[Severity, Reach] = {
    Severity.CRITICAL: Reach(points=10, people=1_000, types=frozenset({PointType.CITY_HALL})),
    Severity.MAJOR: Reach(points=3, people=300, types=frozenset({PointType.DISTRICT, PointType.DIRECT_UNIT})),
}
"""Gravest first; whatever reaches none of these is minor."""

AT_LEAST: Mapping[Trouble, Severity] = {Trouble.CENTRE: Severity.CRITICAL, Trouble.POWER_CUT: Severity.MAJOR}
AT_MOST: Mapping[Trouble, Severity] = {
    # The hall sees and hears, if not all the time.
    Trouble.FLAPPING: Severity.MAJOR,
    Trouble.OTHER: Severity.MAJOR,
}
"""What the trouble alone says of it."""

_ORDER = (Severity.MINOR, Severity.MAJOR, Severity.CRITICAL)


def severity(incident: Incident, points: Mapping[str, Point]) -> Severity:
    """Of all its points, those that are well again included: it does not fade while it is being mended."""
    hit = [points[code] for code in incident.hits if code in points]
    found = next((grade for grade, reach in FROM.items() if _reaches(hit, reach)), Severity.MINOR)
    least, most = AT_LEAST.get(incident.trouble, _ORDER[0]), AT_MOST.get(incident.trouble, _ORDER[-1])
    return min(max(found, least, key=_ORDER.index), most, key=_ORDER.index)


def people(points: Iterable[Point]) -> int:
    """Whom these halls expect, in the sitting for which they expect most."""
    return sum(max(point.expected.values(), default=0) for point in points)


def _reaches(hit: list[Point], reach: Reach) -> bool:
    return (
        len(hit) >= reach.points
        or people(hit) >= reach.people
        or any(point.planned.type in reach.types for point in hit)
    )
