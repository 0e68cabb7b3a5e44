"""What the staff say to halls: notices posted and withdrawn, and reminders to those who have not reported."""

from collections.abc import Collection, Sequence

from bridge.rules import events
from bridge.rules.attendance import is_summoned, round_of
from bridge.rules.events import AnyEvent
from bridge.rules.model import Plan, Point, RoundKey
from bridge.rules.notices import KEPT_FOR_ALL, NOTICES_LIMIT, Notices
from bridge.rules.projection import Draft, State
from bridge.rules.refused import Refused
from bridge.rules.stages import HALLS_MAY_ACT

COOL_DOWN_MS = 5 * 60_000
"""A hall that was asked again has so long to count its people before it is asked once more."""


def post(
    draft: Draft,
    text: str,
    now_ms: int,
    *,
    points: Collection[str] | None = None,
    units: Sequence[str] = (),
    urgent: bool = False,
    confirm: bool = False,
    for_all: bool = True,
) -> Sequence[tuple[AnyEvent, int]]:
    """Say something to these points, or to every one (None). `text` has been through `notices.worded`.

    `for_all`: whoever says it answers for every hall, and not for some.
    """
    if draft.plan is None:
        raise Refused("Hội nghị chưa chốt danh sách điểm cầu nên chưa gửi thông báo được.", code="not_open")
    posted = draft.affairs.notices
    if len(posted.posted) >= NOTICES_LIMIT:
        raise Refused(
            f"Hội nghị đã gửi {NOTICES_LIMIT} thông báo, là mức tối đa; việc còn lại hãy gọi điện.", code="too_many"
        )
    if not for_all and len(posted.posted) >= NOTICES_LIMIT - KEPT_FOR_ALL:
        raise Refused(
            "Số thông báo còn lại của hội nghị dành cho ban tổ chức; hãy nhờ ban tổ chức gửi, hoặc gọi điện.",
            code="too_many",
        )
    if points is not None and not points:
        raise Refused("Không có điểm cầu nào nhận thông báo này; hãy chọn lại nơi nhận.", code="nobody")
    event = events.NoticePosted(
        notice=posted.next_number,
        text=text,
        urgent=urgent,
        confirm=confirm,
        points=None if points is None else tuple(sorted(points)),
        units=tuple(units),
    )
    return ((event, now_ms),)


def withdraw(draft: Draft, number: int, now_ms: int) -> Sequence[tuple[AnyEvent, int]]:
    """It no longer holds. Whoever withdraws it a second time changes nothing."""
    notice = draft.affairs.notices.posted.get(number)
    if notice is None:
        raise Refused("Không có thông báo này.", code="unknown_notice")
    return () if notice.withdrawn else ((events.NoticeWithdrawn(notice=number), now_ms),)


# --- reminders


def silent(state: State | Draft, key: RoundKey, now_ms: int) -> tuple[str, ...]:
    """The points that owe the figure of a round, however they receive and wherever they stand.

    A figure in quarantine is an answer: somebody counted. Nobody is silent before the round has opened.
    """
    asked = _open_round(state.plan, key, now_ms)
    return tuple(code for code, point in state.points.items() if asked and _owes(point, key))


def remind(draft: Draft, key: RoundKey, points: Collection[str], now_ms: int) -> Sequence[tuple[AnyEvent, int]]:
    """Ask those of these points again that have not reported a round and were not asked a moment ago.

    Nothing follows where nobody is left to ask: not while halls may not report either.
    """
    if draft.phase not in HALLS_MAY_ACT or not _open_round(draft.plan, key, now_ms):
        return ()
    asked = tuple(sorted(code for code in points if _may_be_asked(draft, key, code, now_ms)))
    return ((events.RemindersSent(sitting=key[0], round=key[1], points=asked), now_ms),) if asked else ()


def _may_be_asked(draft: Draft, key: RoundKey, code: str, now_ms: int) -> bool:
    point = draft.point(code)
    if point is None or not _owes(point, key):
        return False
    last_ms = draft.affairs.notices.reminded.get(key, {}).get(code)
    return last_ms is None or now_ms - last_ms >= COOL_DOWN_MS


def _owes(point: Point, key: RoundKey) -> bool:
    return is_summoned(point, key[0]) and not reported(point, key)


def reported(point: Point, key: RoundKey) -> bool:
    """Whether a hall has said a number for the round, be it believed or not."""
    return key in point.figures or key in point.quarantined


def pending(notices: Notices, point: Point) -> tuple[RoundKey, int] | None:
    """The newest reminder that a hall has not answered yet, and when it was sent."""
    waiting = [
        (sent[point.code], key)
        for key, sent in notices.reminded.items()
        if point.code in sent and not reported(point, key)
    ]
    if not waiting:
        return None
    at_ms, newest = max(waiting)
    return newest, at_ms


def _open_round(plan: Plan | None, key: RoundKey, now_ms: int) -> bool:
    asked = round_of(plan, key) if plan is not None else None
    return asked is not None and asked.opens_ms <= now_ms
