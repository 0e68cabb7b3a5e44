"""Closing up the tree: who has not submitted, what a coordinator checks, who approves a correction, what may be signed."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from bridge.rules import correcting, events
from bridge.rules.attendance import is_summoned
from bridge.rules.correcting import GRACE_MS
from bridge.rules.events import AnyEvent
from bridge.rules.finding import hall_of, sitting_of
from bridge.rules.hours import clock_of
from bridge.rules.ladder import Check, Closing, Correction, Status
from bridge.rules.model import Asker, Author, Count, Phase, Point, RoundKey
from bridge.rules.projection import Draft, State
from bridge.rules.refused import Refused
from bridge.rules.stages import SUBMITTING

Decided = Sequence[tuple[AnyEvent, int]]
"""Events with their effective times."""


# --- who has submitted


class Standing(msgspec.Struct):
    """How far the points below a unit have come with a sitting."""

    points: int = 0
    """Those that owe their figures."""
    missing: list[str] = []
    """Those of them that have not submitted."""
    newest_ms: int = 0
    """When the last submission came."""

    @property
    def submitted(self) -> int:
        return self.points - len(self.missing)


class Missing(msgspec.Struct, frozen=True):
    """Who has not handed a sitting in."""

    points: tuple[str, ...]
    units: tuple[str, ...]
    """Of the level below the city: those that nobody has checked as they stand now."""


def standings(state: State | Draft, sitting: str, points: Iterable[Point] | None = None) -> Mapping[str, Standing]:
    """How far these points are (None: all), at every unit of the tree that has some of them, and at "" for all."""
    found: dict[str, Standing] = {}
    for point in state.points.values() if points is None else points:
        if not is_summoned(point, sitting):
            continue
        submission = point.submitted.get(sitting)
        for unit in ("", *state.path(point.planned.unit)):
            standing = found.get(unit)
            if standing is None:
                standing = found[unit] = Standing(missing=[])
            standing.points += 1
            if submission is None:
                standing.missing.append(point.code)
            else:
                standing.newest_ms = max(standing.newest_ms, submission.received_ms)
    return found


def holds(check: Check, standing: Standing) -> bool:
    """Whether a check still speaks of what stands: nobody has submitted since, and nobody's submission is gone."""
    return standing.newest_ms <= check.at_ms and check.without == frozenset(standing.missing)


def missing(state: State | Draft, sitting: str) -> Missing:
    """Points that have not submitted, and units below the city that nobody has checked as they stand."""
    found = standings(state, sitting)
    checked = state.affairs.closing.checked
    units = tuple(
        unit
        for unit in below_the_city(state)
        if unit in found and not ((check := checked.get((sitting, unit))) is not None and holds(check, found[unit]))
    )
    return Missing(points=tuple(found[""].missing) if "" in found else (), units=units)


def below_the_city(state: State | Draft) -> tuple[str, ...]:
    """The units whose figures the city waits for: those just below the root of the tree of the day."""
    units = state.plan.units if state.plan is not None else ()
    roots = {unit.code for unit in units if unit.parent is None}
    return tuple(unit.code for unit in units if unit.parent in roots)


def check(draft: Draft, sitting: str, unit: str, now_ms: int) -> Decided:
    """Hand a unit's figures in. Nothing follows where that was done already and nothing has come since."""
    _must_be_open(draft)
    sitting_of(draft.plan, sitting, rehearsal=False)
    below = [point for point in draft.points.values() if unit in draft.path(point.planned.unit)]
    standing = standings(draft, sitting, below).get(unit)
    if standing is None:
        raise Refused("Đơn vị này không có điểm cầu nào dự buổi này.", code="no_points")
    before = draft.affairs.closing.checked.get((sitting, unit))
    if before is not None and holds(before, standing):
        return ()
    event = events.UnitChecked(unit=unit, sitting=sitting, without=tuple(sorted(standing.missing)))
    return ((event, now_ms),)


def hand_back_point(draft: Draft, sitting: str, code: str, reason: str, now_ms: int) -> Decided:
    """A hall is to look at its figures again."""
    _must_be_open(draft)
    sitting_of(draft.plan, sitting, rehearsal=False)
    point = draft.point(code)
    if point is None or sitting not in point.submitted:
        raise Refused("Điểm cầu này chưa nộp buổi này nên không có gì để trả lại.", code="not_submitted")
    return ((events.FiguresReturned(point=code, sitting=sitting, reason=reason), now_ms),)


def hand_back_unit(draft: Draft, sitting: str, unit: str, reason: str, now_ms: int) -> Decided:
    """Whoever checked a unit is to look again."""
    _must_be_open(draft)
    sitting_of(draft.plan, sitting, rehearsal=False)
    if (sitting, unit) not in draft.affairs.closing.checked:
        raise Refused("Đơn vị này chưa nộp buổi này nên không có gì để trả lại.", code="not_submitted")
    return ((events.UnitReturned(unit=unit, sitting=sitting, reason=reason), now_ms),)


def _must_be_open(draft: Draft) -> None:
    if draft.phase is Phase.CLOSED:
        raise Refused("Hội nghị đã chốt số liệu; từ nay chỉ còn đính chính, kèm lý do.", code="closed")
    if draft.phase not in SUBMITTING:
        raise Refused("Hội nghị chưa họp nên chưa nộp số liệu được.", code="not_open")


# --- corrections


def ask(
    draft: State | Draft, code: str, key: RoundKey, count: Count, reason: str, asker: Asker, now_ms: int
) -> Decided:
    """Ask for other numbers than were closed."""
    point, plan = hall_of(draft, code)
    if draft.phase is not Phase.CLOSED:
        raise Refused("Hội nghị chưa chốt số liệu; hãy sửa thẳng số liệu, chưa cần đính chính.", code="not_closed")
    closing = draft.affairs.closing
    event = correcting.asked(plan, closing, point, key, count, reason=reason, asker=asker, said_ms=now_ms)
    return ((event, now_ms),)


def approve(draft: State | Draft, number: int, by: str, reason: str, now_ms: int) -> Decided:
    """Let the figure move. `by` may not be who asked; whether they stand one level up is for the caller to know."""
    correction, point = _waiting(draft, number)
    if correction.asked_by == by:
        raise Refused("Người đề nghị không tự duyệt được; hãy nhờ người khác có quyền duyệt.", code="own_request")
    stands = point.figures.get(correction.key)
    if (stands.count if stands else None) != correction.before:
        raise Refused(
            "Số liệu này đã được đính chính sau khi có đề nghị; hãy từ chối đề nghị cũ và gửi đề nghị mới.",
            code="stale",
        )
    event = events.CorrectionApproved(
        point=correction.point,
        correction=number,
        sitting=correction.sitting,
        round=correction.round,
        count=correction.count,
        before=correction.before,
        grade=correcting.settled(correction.grade),
        on_time=correction.on_time,
        author=Author.OWN if correction.asked_as is Asker.OPERATOR else Author.PROXY,
        corrects=correction.act,
        said_ms=correction.asked_ms,
        reason=reason,
    )
    return ((event, now_ms),)


def refuse(draft: State | Draft, number: int, reason: str, now_ms: int) -> Decided:
    """The figure stays as it was closed. Whoever asked may think better of it, and refuse their own."""
    correction, _ = _waiting(draft, number)
    event = events.CorrectionRefused(point=correction.point, correction=number, reason=reason)
    return ((event, now_ms),)


def _waiting(draft: State | Draft, number: int) -> tuple[Correction, Point]:
    correction = draft.affairs.closing.corrections.get(number)
    point = draft.point(correction.point) if correction else None
    if correction is None or point is None:
        raise Refused(f"Không có đính chính số {number}.", code="unknown_correction")
    if correction.status is not Status.WAITING:
        raise Refused(_SETTLED[correction.status].format(number=number), code="settled")
    return correction, point


_SETTLED = {
    Status.APPROVED: "Đính chính số {number} đã được duyệt.",
    Status.REFUSED: "Đính chính số {number} đã bị từ chối.",
    Status.REPLACED: "Đính chính số {number} đã được thay bằng đề nghị mới hơn của cùng người gửi.",
}


# --- signing


def grace_until(closing: Closing, grace_ms: int = GRACE_MS) -> int | None:
    """Until when phones may still send what they said before the close; None where nothing is closed."""
    return None if closing.closed_ms is None else closing.closed_ms + grace_ms


def sign(
    draft: Draft,
    version: int,
    position: int,
    figures_sha256: str,
    files: Mapping[str, str],
    now_ms: int,
    *,
    grace_ms: int = GRACE_MS,
    at_once: bool = False,
) -> Decided:
    """Sign the report whose figures stand at this position of the journal, as version so-and-so.

    `at_once`: whoever signs has said that they do not wait for phones that may still be sending. Raises Refused with the
    code `version` where another version was signed meanwhile, or something that the report says has moved since the draft.
    """
    closing = draft.affairs.closing
    until_ms = grace_until(closing, grace_ms)
    if until_ms is None:
        raise Refused("Hội nghị chưa chốt số liệu nên chưa ký được.", code="not_closed")
    due = len(closing.versions) + 1
    if version != due:
        raise Refused(
            f"Phiên bản tiếp theo là {due}, không phải {version}: đã có người ký trước; hãy xem lại.", code="version"
        )
    if position < closing.moved:
        raise Refused(
            "Số liệu hoặc đánh giá đã đổi sau khi lập dự thảo; hãy lập dự thảo mới, xem lại rồi ký.", code="version"
        )
    if not closing.versions and now_ms < until_ms and not at_once:
        raise Refused(
            f"Còn chờ điểm cầu gửi nốt đến {clock_of(until_ms)}; hãy ký sau giờ đó, hoặc chọn ký ngay.", code="grace"
        )
    event = events.VersionSigned(version=version, position=position, figures_sha256=figures_sha256, files=dict(files))
    return ((event, now_ms),)


class Difference(msgspec.Struct, frozen=True):
    """What one version says otherwise than the one before: where, what, who asked, who approved, and why."""

    correction: int
    point: str
    sitting: str
    round: str
    before: Count | None
    after: Count
    late: bool
    asked_by: str
    asked_ms: int
    approved_by: str
    approved_ms: int
    reason: str
    """Of whoever asked; empty for a report that only came late."""
    why: str
    """Of whoever approved."""


def differences(state: State | Draft, since_version: int, until_version: int | None = None) -> tuple[Difference, ...]:
    """Every correction that was approved after that version was signed (0: all), up to a version or to now.

    In the order of their approval.
    """
    closing = state.affairs.closing
    before = _told(closing, range(1, since_version + 1))
    upto = None if until_version is None else _told(closing, range(1, until_version + 1))
    found = [
        each
        for number, each in closing.corrections.items()
        if each.status is Status.APPROVED and number not in before and (upto is None or number in upto)
    ]
    found.sort(key=lambda each: (each.settled_ms or 0, each.number))
    return tuple(map(_difference, found))


def _told(closing: Closing, numbers: Iterable[int]) -> Collection[int]:
    wanted = frozenset(numbers)
    return {number for version in closing.versions if version.number in wanted for number in version.corrections}


def _difference(correction: Correction) -> Difference:
    return Difference(
        correction=correction.number,
        point=correction.point,
        sitting=correction.sitting,
        round=correction.round.value,
        before=correction.before,
        after=correction.count,
        late=correction.late,
        asked_by=correction.asked_by,
        asked_ms=correction.asked_ms,
        approved_by=correction.settled_by,
        approved_ms=correction.settled_ms or 0,
        reason=correction.reason,
        why=correction.why,
    )
