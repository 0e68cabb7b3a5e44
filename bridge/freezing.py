"""From the registry's plan to the one that the journal keeps: the seam between WHO and WHAT."""

from datetime import datetime

from bridge.rules.model import Mode, Plan, PlannedPoint, PointType, Round, RoundName, Sitting, Unit
from bridge.rules.refused import Refused
from endpoints_registry.directory import ConferencePlan
from endpoints_registry.directory import PlannedPoint as Chosen


def frozen_plan(planned: ConferencePlan, *, names: bool = False) -> Plan:
    """The conference as it is frozen; `names` says that people check in one by one. Raises Refused when it has no point."""
    if not planned.points:
        raise Refused("Hội nghị chưa có điểm cầu nào; hãy chọn điểm cầu trước khi mở.", code="no_points")
    conference = planned.conference
    tree = {unit.code: unit for unit in planned.units}
    return Plan(
        conference=conference.id,
        title=conference.title,
        units=tuple(
            Unit(
                code=unit.code,
                name=unit.name,
                level=unit.level,
                parent=unit.parent_code if unit.parent_code in tree else None,
            )
            for unit in planned.units
        ),
        points=tuple(_point(chosen) for chosen in planned.points),
        sittings=tuple(
            Sitting(
                id=sitting.id,
                name=sitting.name,
                starts_ms=_ms(sitting.starts_at),
                ends_ms=_ms(sitting.ends_at),
                rounds=tuple(
                    Round(RoundName(each.name), _ms(each.opens_at), _ms(each.due_at)) for each in sitting.rounds
                ),
                rehearsal=sitting.rehearsal,
            )
            for sitting in conference.sittings
        ),
        names=names,
    )


def _point(chosen: Chosen) -> PlannedPoint:
    point = chosen.point
    return PlannedPoint(
        code=point.code,
        name=point.name,
        unit=point.unit_code,
        type=PointType(point.type),
        mode=Mode(point.mode),
        seats=point.seats,
        area=point.area,
        provider=point.provider,
        feeder=point.feeder,
        expected={sitting: each.people for sitting, each in chosen.summoned.items() if each.people is not None},
    )


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
