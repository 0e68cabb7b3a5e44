"""What is asked about, where the conference has it: a hall, a sitting, a round. Otherwise the asker is told that it has not."""

from bridge.rules.attendance import round_of
from bridge.rules.model import Plan, Point, Round, RoundKey, Sitting
from bridge.rules.projection import Draft, State
from bridge.rules.refused import Refused


def hall_of(state: State | Draft, code: str) -> tuple[Point, Plan]:
    """The hall, and what was planned; before the list is fixed there is no hall. Raises Refused."""
    point = state.point(code)
    if point is None or state.plan is None:
        raise Refused(f"Điểm cầu {code} không có trong hội nghị này.", code="unknown_point")
    return point, state.plan


def sitting_of(plan: Plan | None, id: str, *, rehearsal: bool = True) -> Sitting:
    """The sitting; not a rehearsal, unless one may be meant. Raises Refused."""
    found = next((each for each in plan.sittings if each.id == id), None) if plan else None
    if found is None or (found.rehearsal and not rehearsal):
        raise Refused(f"Hội nghị không có buổi {id}.", code="unknown_sitting")
    return found


def planned_round(plan: Plan, key: RoundKey) -> Round:
    """Raises Refused."""
    found = round_of(plan, key)
    if found is None:
        raise Refused(f"Hội nghị không có đợt {key[1].value} của buổi {key[0]}.", code="unknown_round")
    return found
