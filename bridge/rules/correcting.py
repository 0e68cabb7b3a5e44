"""After the close: figures are fixed, and other numbers are asked for. What a phone says too late is kept, and waits."""

import msgspec

from bridge.rules import acts, events
from bridge.rules.attendance import round_of
from bridge.rules.counting import fitting, graded, said
from bridge.rules.finding import planned_round
from bridge.rules.ladder import Closing, Status
from bridge.rules.model import Asker, Count, Grade, Plan, Point, RoundKey
from bridge.rules.refused import Refused

GRACE_MS = 15 * 60_000
CORRECTIONS_LIMIT = 20_000
"""Of one conference. More than that is no correction, it is another conference."""
OF_ONE_POINT = 50
"""A phone that asks over and over does not fill the list for the others; what it says beyond is kept all the same."""


def in_grace(closing: Closing, point: str, said_ms: int, received_ms: int, grace_ms: int) -> bool:
    """Whether what a hall said before the close still counts: its phone was without a signal, and nothing is signed.

    What two people have agreed on of a hall is not undone by what its phone had said before.
    """
    closed_ms = closing.closed_ms
    if closed_ms is None or closing.versions:
        return False
    if any(each.status is Status.APPROVED for each in closing.of_point(point)):
        return False
    return said_ms <= closed_ms and received_ms <= closed_ms + grace_ms


def asked(
    plan: Plan,
    closing: Closing,
    point: Point,
    key: RoundKey,
    count: Count,
    *,
    reason: str,
    asker: Asker,
    said_ms: int,
    late: bool = False,
) -> events.CorrectionAsked:
    """Other numbers for a round. Raises Refused."""
    asked_round = planned_round(plan, key)
    stands = point.figures.get(key)
    if stands is not None and stands.count == count:
        raise Refused("Số đề nghị giống số đang ghi; không có gì để đính chính.", code="same")
    if is_full(closing, point.code):
        raise Refused(
            "Điểm cầu này đã có quá nhiều đề nghị đính chính; hãy giải quyết các đề nghị đang chờ, hoặc gọi ban tổ chức.",
            code="too_many",
        )
    verdict, _ = graded(plan, point, key, fitting(count))
    return events.CorrectionAsked(
        point=point.code,
        correction=closing.next_number,
        sitting=key[0],
        round=key[1],
        count=count,
        before=stands.count if stands else None,
        grade=verdict,
        asked_as=asker,
        on_time=stands.on_time if stands else said_ms <= asked_round.due_ms,
        late=late,
        reason=reason,
    )


def is_full(closing: Closing, point: str) -> bool:
    return closing.next_number > CORRECTIONS_LIMIT or len(closing.of.get(point, ())) >= OF_ONE_POINT


def late_count(plan: Plan, closing: Closing, point: Point, act: acts.CountAct, said_ms: int) -> events.AnyEvent:
    """A hall's count that came too late waits as a correction; what is known already, or one too many, is only kept."""
    key: RoundKey = (act.sitting, act.round)
    count = said(act)
    stands = point.figures.get(key)
    if round_of(plan, key) is not None and ((stands and stands.count == count) or is_full(closing, point.code)):
        return kept(act)
    return asked(plan, closing, point, key, count, reason="", asker=Asker.OPERATOR, said_ms=said_ms, late=True)


def kept(act: acts.AnyAct, person: str | None = None) -> events.ActKept:
    """An act as it was said. Of a scan the person, and never the badge: that is a key."""
    fields = msgspec.to_builtins(act)
    own = {name: each for name, each in fields.items() if name not in _CARRIED}
    if isinstance(act, acts.ScanAct):
        own = {"person": person}
    return events.ActKept(point=act.point, kind=fields["kind"], said=msgspec.json.encode(own).decode())


_CARRIED = frozenset({"kind", "id", "seq", "at", "point", "badge"})


def settled(grade: Grade) -> Grade:
    """Somebody else has looked at it and said why it is right: it counts."""
    return Grade.WARNED if grade is Grade.QUARANTINED else grade
