"""An incident as somebody sees it: only the points that are theirs, how grave that is, and why they are one matter."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from bridge.rules.incidents import Hit, Incident, Move
from bridge.rules.model import Point
from bridge.rules.severity import people, severity
from bridge.rules.spelling import figure
from bridge.rules.trouble import Bond

POINTS_SHOWN = 100
"""Of one incident in one frame, those first that still fail; its `count` is the truth."""

Covers = Callable[[str], bool]
"""Whether a point, by its code, is in the scope of whoever looks."""
Named = Callable[[str], str]
"""How screens call the holder of an account, by user name."""

BOND_WORDS: Mapping[Bond, str] = {
    Bond.FEEDER: "cùng lộ điện {name}",
    Bond.AREA: "cùng khu vực {name}",
    Bond.PROVIDER: "cùng nhà mạng {name}",
    Bond.CENTRE: "do trung tâm",
}


def shown(
    incident: Incident, points: Mapping[str, Point], covers: Covers | None = None, named: Named | None = None
) -> dict[str, Any] | None:
    """The incident as plain values; None if nothing of it is theirs.

    `covers` None: everything is theirs. `named` None: they are not told who of the staff it is.
    """
    theirs = _theirs(incident, covers)
    if theirs is None:
        return None
    hits = _hits(theirs)
    owner = incident.owner if named is not None else ""
    return {
        "number": incident.number,
        "trouble": incident.trouble.value,
        "bond": incident.shared.bond.value,
        "bond_name": incident.shared.name,
        "why": explained(theirs),
        "points": [_point(hit, points) for hit in hits[:POINTS_SHOWN]],
        "count": len(hits),
        "failing": len(theirs.failing),
        "spread_s": spread_ms(theirs) // 1000,
        "began_at_s": theirs.began_ms // 1000,
        "again_at_s": theirs.again_ms // 1000 or None,
        "earlier_s": theirs.earlier_ms // 1000,
        "noticed_at_s": theirs.noticed_ms // 1000,
        "status": incident.status.value,
        "moved_at_s": incident.moved_ms // 1000,
        "owner": owner or None,
        "owner_name": named(owner) if named is not None and owner else None,
        "cause": incident.cause,
        "level": incident.level,
        "severity": severity(theirs, points).value,
        "by_itself": incident.by_itself,
        "reopened": theirs.reopened,
        "note": theirs.note if named is not None else "",
        "expected": people(points[hit.point] for hit in hits if hit.point in points),
        "into": incident.into,
    }


def history(incident: Incident, covers: Covers | None = None, named: Named | None = None) -> list[dict[str, Any]]:
    """What was done about it, oldest first, as far as it is theirs to know."""
    return [line for move in incident.history if (line := _line(move, covers, named)) is not None]


def explained(incident: Incident) -> str:
    """Why its points are one matter: «14 điểm, cùng khu vực Liên Hà, trong 40 giây»."""
    number = len(incident.hits)
    parts = [f"{figure(number)} điểm"]
    words = BOND_WORDS.get(incident.shared.bond)
    if words is not None:
        parts.append(words.format(name=incident.shared.name))
    elif number > 1:
        parts.append("do người trực gộp lại")
    if number > 1:
        parts.append(_within(spread_ms(incident)))
    if incident.reopened:
        parts.append(f"tái diễn {incident.reopened} lần")
    return ", ".join(parts)


def spread_ms(incident: Incident) -> int:
    """Between the first and the last of its points to fail, the last time that it began."""
    began = [hit.began_ms for hit in incident.hits.values()]
    latest = [each for each in began if each >= incident.again_ms] or began
    return max(latest) - min(latest)


def _within(ms: int) -> str:
    seconds = ms // 1000
    if seconds == 0:
        return "cùng lúc"
    return f"trong {seconds} giây" if seconds < 120 else f"trong {round(seconds / 60)} phút"


def _theirs(incident: Incident, covers: Covers | None) -> Incident | None:
    """The incident as if only their points were in it."""
    if covers is None:
        return incident
    hits = {code: hit for code, hit in incident.hits.items() if covers(code)}
    if not hits:
        return None
    seen = msgspec.structs.replace(
        incident,
        hits=hits,
        began_ms=min(hit.first.began_ms for hit in hits.values()),
        noticed_ms=min(hit.first.noticed_ms for hit in hits.values()),
        note=incident.note if not incident.note_of or covers(incident.note_of) else "",
    )
    if not any(hit.before is not None or hit.began_ms < incident.again_ms for hit in hits.values()):
        # What went on elsewhere before their first was hit is nothing that they have seen twice.
        return msgspec.structs.replace(seen, reopened=0, again_ms=0, earlier_ms=0)
    again_ms = min(
        (each.began_ms for each in hits.values() if each.began_ms >= incident.again_ms), default=incident.again_ms
    )
    return msgspec.structs.replace(seen, again_ms=again_ms)


def _hits(incident: Incident) -> list[Hit]:
    """The failing ones first, then in the order in which they fell."""
    return sorted(incident.hits.values(), key=lambda hit: (hit.eased_ms is not None, hit.began_ms, hit.point))


def _point(hit: Hit, points: Mapping[str, Point]) -> dict[str, Any]:
    point = points.get(hit.point)
    return {
        "code": hit.point,
        "name": point.planned.name if point is not None else "",
        "began_at_s": hit.began_ms // 1000,
        "eased_at_s": None if hit.eased_ms is None else hit.eased_ms // 1000,
    }


STAFF = "user:"


def _line(move: Move, covers: Covers | None, named: Named | None) -> dict[str, Any] | None:
    theirs = move.points if covers is None else tuple(filter(covers, move.points))
    if move.points and not theirs:
        return None
    staff = move.by.startswith(STAFF)
    user = move.by.removeprefix(STAFF) if staff and named is not None else ""
    return {
        "at_s": move.at_ms // 1000,
        "kind": move.kind,
        "by": user or ("staff" if staff else "system"),
        "by_name": named(user) if named is not None and user else None,
        "points": list(theirs[:POINTS_SHOWN]),
        "count": len(theirs),
        # What the staff write for each other is theirs; a cause is everybody's.
        "said": move.said if named is not None or move.kind == "incident-explained" else "",
        "to": (move.to or None) if named is not None else None,
        "to_name": named(move.to) if named is not None and move.to else None,
        "level": move.level,
        "by_itself": move.by_itself,
        "into": move.into,
    }
