"""What an act says of people: the numbers, how plausible they are, and which figure it speaks of."""

from bridge.rules import acts
from bridge.rules.attendance import grade, round_before
from bridge.rules.model import Count, Figure, Grade, Plan, Point, RoundKey
from bridge.rules.refused import Refused


def said(act: acts.CountAct | acts.CorrectAct) -> Count:
    """The count of an act. Raises Refused if its parts do not fit into their wholes."""
    return fitting(
        Count(
            present=act.present,
            excused=act.excused,
            unexcused=act.unexcused,
            guests=act.guests,
            substitutes=act.substitutes,
            reasons=act.reasons,
            categories=act.categories,
        )
    )


def fitting(count: Count) -> Count:
    """The same count. Raises Refused if its parts do not fit into their wholes."""
    for parts, whole, words in (
        (count.reasons, count.excused, "các lý do vắng"),
        (count.categories, count.present, "các đối tượng có mặt"),
    ):
        if sum(parts.values()) > whole:
            raise Refused(f"Tổng {words} là {sum(parts.values())}, lớn hơn {whole}; hãy sửa lại.", code="parts")
    return count


def graded(plan: Plan, point: Point, key: RoundKey, count: Count) -> tuple[Grade, str]:
    """How plausible it is beside what the hall said of the round before, and why."""
    before = round_before(plan, key)
    earlier = point.figures.get(before) if before else None
    return grade(point, key, count, earlier.count if earlier else None)


def meant(point: Point, act: str) -> tuple[RoundKey, Figure]:
    """The figure that a correction speaks of: the act's own, else the one that has taken its place since."""
    known = (*point.figures.items(), *point.quarantined.items())
    for key, figure in known:
        if act == figure.act:
            return key, figure
    for key, figure in known:
        if act in figure.replaces:
            return key, figure
    raise Refused(*NOT_FOUND)


NOT_FOUND = ("Không thấy báo cáo được nhắc đến; có thể nó đã được thay bằng báo cáo khác.", "unknown_act")
