"""What the staff do about incidents: take them in hand, give them away, explain, resolve, reopen."""

from collections.abc import Callable, Collection, Sequence

from bridge.rules import events
from bridge.rules.events import AnyEvent
from bridge.rules.grouping import KIN, in_common
from bridge.rules.hours import clock_of
from bridge.rules.incidents import Incident, Status
from bridge.rules.projection import Draft
from bridge.rules.refused import Refused
from bridge.rules.trouble import Trouble

Decided = Sequence[tuple[AnyEvent, int]]
"""Events with their effective times; none where it is so already."""
Judge = Callable[[Draft], Decided]
Covers = Callable[[str], bool]
"""Whether a point, by its code, is in the scope of whoever does it."""

HIGHEST = 3
"""Above the third nobody is left to be told."""


# --- a new one


def open_by_hand(draft: Draft, trouble: Trouble, codes: Collection[str], note: str, now_ms: int) -> Decided:
    """Somebody saw it first: an incident of these points, from now on."""
    if trouble is Trouble.CENTRE:
        raise Refused(
            "Gián đoạn tại trung tâm do hệ thống tự ghi nhận; hãy chọn sự cố khác, ví dụ mất hình, cho các điểm cầu.",
            code="not_by_hand",
        )
    incidents = draft.affairs.incidents
    points = [point for code in dict.fromkeys(codes) if (point := draft.point(code)) is not None]
    if not points:
        raise Refused("Chưa chọn điểm cầu nào cho sự cố này.", code="no_points")
    for point in points:
        for known in incidents.failing_at(point.code):
            if known.trouble in KIN[trouble]:
                raise Refused(
                    f"{point.planned.name} đang nằm trong sự cố số {known.number}; hãy xử lý, nêu nguyên nhân ở đó.",
                    code="already_open",
                )
    opened = events.IncidentOpened(
        incident=incidents.next_number,
        trouble=trouble,
        points=tuple(point.code for point in points),
        shared=in_common(point.planned for point in points),
        noticed_ms=now_ms,
        note=note,
    )
    return ((opened, now_ms),)


# --- one that is known


def acknowledge(draft: Draft, number: int, by: str, now_ms: int) -> Decided:
    """`by` (a user name) takes it in hand. Of two who do so at once one has it, and the other is told who."""
    incident = _unresolved(draft, number)
    if incident.owner == by:
        return ()
    if incident.owner:
        raise Refused(
            f"{incident.owner} đã tiếp nhận sự cố số {number} lúc {clock_of(incident.moved_ms)}; "
            "muốn nhận thay thì hãy giao lại sự cố cho mình.",
            code="taken",
        )
    return ((events.IncidentAcknowledged(incident=number), now_ms),)


def assign(draft: Draft, number: int, to: str, covers: Covers, now_ms: int) -> Decided:
    """It is given to somebody, by user name."""
    incident = _all_theirs(_unresolved(draft, number), covers)
    if incident.owner == to:
        return ()
    return ((events.IncidentAssigned(incident=number, to=to), now_ms),)


def note(draft: Draft, number: int, said: str, now_ms: int) -> Decided:
    _known(draft, number)
    return ((events.IncidentNoted(incident=number, note=said), now_ms),)


def explain(draft: Draft, number: int, cause: str, covers: Covers, now_ms: int) -> Decided:
    """Its cause is known: mostly when it is over, and nobody need open it again to say so."""
    incident = _all_theirs(_known(draft, number), covers)
    return () if incident.cause == cause else ((events.IncidentExplained(incident=number, cause=cause), now_ms),)


def resolve(draft: Draft, number: int, said: str, covers: Covers, now_ms: int) -> Decided:
    """Somebody says that it is over, for all of its points."""
    _all_theirs(_unresolved(draft, number), covers)
    return ((events.IncidentResolved(incident=number, note=said), now_ms),)


def reopen(draft: Draft, number: int, reason: str, covers: Covers, now_ms: int) -> Decided:
    """It is not over after all: its points fail again, but for those that a newer incident has meanwhile."""
    incidents = draft.affairs.incidents
    incident = _all_theirs(_known(draft, number), covers)
    if incident.status is not Status.RESOLVED:
        raise Refused(f"Sự cố số {number} chưa khắc phục xong nên không cần mở lại.", code="not_resolved")
    if incident.into is not None:
        raise Refused(f"Sự cố số {number} đã gộp vào sự cố số {incident.into}; hãy mở lại sự cố đó.", code="absorbed")
    elsewhere = {
        code: known.number
        for code in incident.hits
        for known in incidents.failing_at(code)
        if known.trouble in KIN[incident.trouble]
    }
    points = tuple(code for code in incident.hits if code not in elsewhere)
    if not points:
        newer = next(iter(elsewhere.values()))
        raise Refused(f"Các điểm cầu này đang nằm trong sự cố số {newer}; hãy xử lý sự cố đó.", code="already_open")
    return ((events.IncidentReopened(incident=number, points=points, reason=reason), now_ms),)


def escalate(draft: Draft, number: int, level: int | None, why: str, now_ms: int) -> Decided:
    """The next ones are told: up to this level, or (None) one above the one it is at."""
    incident = _unresolved(draft, number)
    asked = incident.level + 1 if level is None else level
    if asked > HIGHEST:
        raise Refused(f"Sự cố số {number} đã báo đến cấp cao nhất ({HIGHEST}).", code="highest")
    if asked <= incident.level:
        return ()
    return ((events.IncidentEscalated(incident=number, level=asked, why=why), now_ms),)


def _known(draft: Draft, number: int) -> Incident:
    incident = draft.affairs.incidents.known.get(number)
    if incident is None:
        raise Refused(f"Không có sự cố số {number}.", code="unknown_incident")
    return incident


def _unresolved(draft: Draft, number: int) -> Incident:
    incident = _known(draft, number)
    if incident.status is Status.RESOLVED:
        raise Refused(
            f"Sự cố số {number} đã khắc phục lúc {clock_of(incident.moved_ms)}; chỉ còn ghi chú, "
            "nêu nguyên nhân hoặc mở lại được.",
            code="resolved",
        )
    return incident


def _all_theirs(incident: Incident, covers: Covers) -> Incident:
    if not all(map(covers, incident.hits)):
        raise Refused(
            f"Sự cố số {incident.number} có cả điểm cầu ngoài phạm vi của bạn; bạn tiếp nhận và ghi chú được, "
            "việc còn lại hãy nhờ người phụ trách chung.",
            code="not_all_yours",
        )
    return incident
