"""Which failing halls are one matter, and what they have in common.

Halls are one matter when they fail of the same trouble at about the same time and share something that can fail: a power
feeder, an area, an internet provider, or the broadcast itself. The closest thing that all of them share is the reason
that is told. Whoever shares nothing with the others stays apart.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice

import msgspec

from bridge.rules.incidents import Incident, Incidents, Status
from bridge.rules.model import Plan, PlannedPoint, Point, Stage, Stream
from bridge.rules.trouble import Bond, Shared, Trouble

WINDOW_MS = 120_000
"""Who begins to fail within this time of the first or the newest of them may be one of them."""
CHRONIC_MS = 2 * 3_600_000
"""Halls that tremble, calm down and tremble again within this time are one chronic matter."""
AGAIN_MS = 10 * 60_000
"""What a hall has once more so soon is no new matter: a stream that stutters, a tap taken back and made again."""
LOOKED_AT = 500
"""Of the incidents that are open the newest so many are looked at: a bound, not a rule that anybody should meet."""

BONDS: Mapping[Trouble, tuple[Bond, ...]] = {
    # The closest first. No provider cuts the power, and «something else» is nothing in common.
    Trouble.LOST: (Bond.FEEDER, Bond.AREA, Bond.PROVIDER),
    Trouble.POWER_CUT: (Bond.FEEDER, Bond.AREA),
    Trouble.FLAPPING: (Bond.FEEDER, Bond.AREA, Bond.PROVIDER),
    Trouble.NO_PICTURE: (Bond.FEEDER, Bond.AREA, Bond.PROVIDER, Bond.CENTRE),
    Trouble.NO_SOUND: (Bond.FEEDER, Bond.AREA, Bond.PROVIDER, Bond.CENTRE),
    Trouble.NOT_RECEIVING: (Bond.FEEDER, Bond.AREA, Bond.PROVIDER, Bond.CENTRE),
    # Whoever fell with the centre is named by the sweep that noticed it: nobody is added for being a neighbour.
    Trouble.CENTRE: (),
    Trouble.OTHER: (),
}
"""What halls with this trouble may have in common. A mass of lost lines is judged by `link.centre`, not here."""

CLOSE: Mapping[Bond, Callable[[PlannedPoint], str]] = {
    Bond.FEEDER: lambda planned: planned.feeder,
    Bond.AREA: lambda planned: planned.area,
}
"""Bonds that hold two halls together, and a hall's part in them; the others need many."""

_DARK = frozenset({Trouble.LOST, Trouble.POWER_CUT})
# A hall without power is silent: both are one matter.
KIN: Mapping[Trouble, frozenset[Trouble]] = {
    trouble: _DARK if trouble in _DARK else frozenset({trouble}) for trouble in Trouble
}
"""The troubles of which a hall has only one at a time."""

PROVIDER_AT_LEAST, PROVIDER_ENOUGH = 3, 5
"""A provider is the reason from three of its halls on; of a provider with many halls a tenth is asked, or five."""
PROVIDER_AREAS = 3
"""... in so many areas: fewer have their area in common, whoever sells them their line."""
PROVIDER_TIMES = 4
"""... and its halls must fail so many times as often as all others: what nearly everybody has is no provider's."""
CENTRE_AT_LEAST, CENTRE_SHARE = 10, 0.3
"""From so many halls on, and more than this share of those that could, the broadcast itself is the reason."""


class Belongs(msgspec.Struct, frozen=True):
    """The incident that a hall belongs to, what all of its halls then share, and which others are the same matter."""

    incident: Incident
    shared: Shared
    absorbed: tuple[int, ...] = ()

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset((self.incident.number, *self.absorbed))


def belongs(
    incidents: Incidents, plan: Plan, points: Mapping[str, Point], code: str, trouble: Trouble, began_ms: int
) -> Belongs | None:
    """The open incident that a hall which begins to fail belongs to; None if it stands alone, as yet."""
    there = [each for each in _newest(incidents) if _may_take(each, trouble)]
    for each in there:
        if code in each.hits:
            # One of them fails again while the others still do.
            return Belongs(each, each.shared)
    planned = points[code].planned
    near = [each for each in there if _together(each, planned, began_ms)]
    close = _close(near, points, planned, trouble)
    wide = _wide([each for each in near if each.trouble is trouble], plan, points, planned, trouble)
    if close is None or wide is None or wide.numbers <= close.numbers:
        return close or wide
    # A hall that goes with its neighbours goes wherever they go.
    return wide if close.incident.number in wide.numbers else close


def chronic(incidents: Incidents, planned: PlannedPoint, began_ms: int) -> Incident | None:
    """The incident of trembling lines, over for now, that this hall's trembling is the next part of."""
    for incident in reversed(incidents.known.values()):
        if (
            incident.trouble is Trouble.FLAPPING
            and incident.status is Status.RESOLVED
            and incident.into is None
            and began_ms - incident.moved_ms <= CHRONIC_MS
            and (planned.code in incident.hits or _has_part(planned, incident.shared))
        ):
            return incident
    return None


def once_more(incidents: Incidents, code: str, trouble: Trouble, noticed_ms: int) -> Incident | None:
    """The incident of this hall alone, over by itself, that its trouble is the next part of.

    By when we noticed, and not by when it began: that is what halls say.
    """
    for incident in reversed(incidents.known.values()):
        if (
            incident.trouble is trouble
            and incident.by_itself
            and incident.status is Status.RESOLVED
            and incident.into is None
            and len(incident.hits) == 1
            and code in incident.hits
        ):
            return incident if noticed_ms - incident.hits[code].noticed_ms <= AGAIN_MS else None
    return None


def in_common(halls: Iterable[PlannedPoint]) -> Shared:
    """The closest thing that all of these halls share; ALONE if there is none."""
    first, *others = halls
    for bond, part in CLOSE.items():
        name = part(first)
        if others and name and all(part(each) == name for each in others):
            return Shared(bond, name)
    return Shared(Bond.ALONE)


def _newest(incidents: Incidents) -> Iterable[Incident]:
    return (incidents.known[number] for number in islice(reversed(incidents.unresolved), LOOKED_AT))


def _may_take(incident: Incident, trouble: Trouble) -> bool:
    if incident.trouble is trouble:
        return bool(BONDS[trouble])
    if incident.trouble not in KIN[trouble]:
        return False
    return trouble is Trouble.LOST or unexplained(incident)


def unexplained(incident: Incident) -> bool:
    """Whether lost lines may turn out to be a power cut: nobody has found another cause, and no provider is to blame."""
    return incident.trouble is Trouble.LOST and not incident.cause and incident.shared.bond is not Bond.PROVIDER


def _together(incident: Incident, planned: PlannedPoint, began_ms: int) -> bool:
    if incident.trouble is Trouble.FLAPPING and _has_part(planned, incident.shared):
        return began_ms - incident.newest_ms <= CHRONIC_MS
    return incident.first_ms - WINDOW_MS <= began_ms <= incident.newest_ms + WINDOW_MS


def _has_part(planned: PlannedPoint, shared: Shared) -> bool:
    if shared.bond is Bond.PROVIDER:
        return planned.provider == shared.name
    return shared.bond in CLOSE and CLOSE[shared.bond](planned) == shared.name


def _close(
    near: Iterable[Incident], points: Mapping[str, Point], planned: PlannedPoint, trouble: Trouble
) -> Belongs | None:
    """The incident with which this hall shares the closest thing."""
    bonds = BONDS[trouble]
    found = [(each, shared) for each in near if (shared := _shared(each, points, planned, bonds)) is not None]
    if not found:
        return None
    oldest, closest = min(found, key=lambda each: (bonds.index(each[1].bond), each[0].number))
    # Two that were too far apart in time are one when this hall lies between them.
    return _one([each for each, shared in found if shared == closest and each.trouble is oldest.trouble], closest)


def _shared(
    incident: Incident, points: Mapping[str, Point], planned: PlannedPoint, bonds: Iterable[Bond]
) -> Shared | None:
    """The closest thing that all halls of the incident and this one have in common."""
    for bond in bonds:
        if bond not in CLOSE:
            # Many were needed to find it; one more is enough to go with it.
            if incident.shared.bond is bond and (bond is Bond.CENTRE or _has_part(planned, incident.shared)):
                return incident.shared
            continue
        shared = Shared(bond, CLOSE[bond](planned))
        if shared.name and (incident.shared == shared or _all_have(incident, points, shared)):
            return shared
    return None


def _all_have(incident: Incident, points: Mapping[str, Point], shared: Shared) -> bool:
    return all(_has_part(points[code].planned, shared) for code in incident.hits)


# --- what only many together show


def _wide(
    near: list[Incident], plan: Plan, points: Mapping[str, Point], planned: PlannedPoint, trouble: Trouble
) -> Belongs | None:
    """The one incident that all of these become, now that so many fail together that it cannot be chance."""
    number = 1 + sum(len(each.hits) for each in near)
    # Each look walks over the halls: of many, every tenth is looked at.
    if number < PROVIDER_AT_LEAST or number % max(1, number // 10):
        return None
    if Bond.CENTRE in BONDS[trouble] and number >= CENTRE_AT_LEAST:
        could = sum(_could(point, trouble) for point in points.values())
        if number > CENTRE_SHARE * could:
            return _one(near, Shared(Bond.CENTRE))
    if Bond.PROVIDER in BONDS[trouble] and planned.provider:
        shared = Shared(Bond.PROVIDER, planned.provider)
        theirs = [each for each in near if _all_have(each, points, shared)]
        if theirs and _blamed([*_failing(near, points), planned], plan, planned.provider):
            return _one(theirs, shared)
    return None


def _failing(near: list[Incident], points: Mapping[str, Point]) -> Iterable[PlannedPoint]:
    """The halls of these incidents, without those of an earlier time that it began."""
    return (points[hit.point].planned for each in near for hit in each.hits.values() if hit.began_ms >= each.again_ms)


def _could(point: Point, trouble: Trouble) -> bool:
    """Whether a hall could have noticed such a trouble at all."""
    if trouble is Trouble.NOT_RECEIVING:
        return point.stream is not Stream.NOT_FOLLOWED
    return point.stage not in (Stage.NOT_OPENED, Stage.ENDED)


def _blamed(failing: list[PlannedPoint], plan: Plan, provider: str) -> bool:
    """Whether a provider's halls fail so widely, and so much more often than the others, that it is the provider."""
    theirs = [planned for planned in failing if planned.provider == provider]
    have = sum(planned.provider == provider for planned in plan.points)
    have_not = len(plan.points) - have
    enough = max(PROVIDER_AT_LEAST, min(PROVIDER_ENOUGH, -(-have // 10)))
    areas = {planned.area or planned.code for planned in theirs}
    if len(theirs) < enough or len(areas) < PROVIDER_AREAS or not have_not:
        return False
    return len(theirs) * have_not >= PROVIDER_TIMES * (len(failing) - len(theirs)) * have


def _one(parts: list[Incident], shared: Shared) -> Belongs:
    """These as one: the oldest that somebody has in hand, else the oldest, takes in all that nobody has."""
    whole = min(parts, key=lambda each: (each.status is not Status.ACKNOWLEDGED, each.number))
    absorbed = tuple(each.number for each in parts if each is not whole and each.status is Status.OPEN)
    return Belongs(whole, shared, absorbed)
