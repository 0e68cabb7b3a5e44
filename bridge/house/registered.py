"""What the registry knows of a point on its conference's day, for those who see the point live."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bridge.edges.desk import OnDuty, Whereabouts
from bridge.halls import Halls
from bridge.rules.comparing import Step
from endpoints_registry.conferences import HANOI
from endpoints_registry.registry import Registry


def whereabouts(registry: Registry, conference: str, code: str, now_ms: int) -> Whereabouts:
    """Where it is and whom to call, for the operator's phone."""
    directory = registry.of_conference(conference) or registry.directory
    point = directory.points.get(code)
    held = registry.holdings.conferences.get(conference)
    hotline = held.hotline if held else None
    now = datetime.fromtimestamp(now_ms / 1000, HANOI)
    return Whereabouts(
        parent=directory.place(code),
        address=point.address if point else "",
        hotline_name=hotline.name if hotline else "",
        hotline_phone=hotline.phone if hotline else "",
        duty=tuple(
            OnDuty(shift.name, shift.phone, shift.what)
            for shift in (registry.on_duty(conference, point.unit_code, now) if point else ())
        ),
    )


def facts(registry: Registry, halls: Halls, code: str, names: bool) -> Mapping[str, Any]:
    """Everything, for a board and a call sheet: `{point, contacts}`; without `names` nobody is named."""
    hall = halls.of_point(code)
    directory = (registry.of_conference(hall.conference) if hall else None) or registry.directory
    point = directory.points.get(code)
    if point is None:
        return {"point": {"code": code}, "contacts": []}
    unit = directory.tree.units[point.unit_code]
    return {
        "point": {
            "code": code,
            "name": point.name,
            "unit": unit.code,
            "unit_name": unit.name,
            "parent_name": directory.place(code),
            "type": point.type,
            "mode": point.mode,
            "address": point.address,
            "seats": point.seats,
            "area": point.area,
            "provider": point.provider,
            "feeder": point.feeder,
        },
        "contacts": [
            {"role": contact.role, "name": contact.name, "phone": contact.phone}
            for contact in (point.contacts if names else ())
        ],
    }


def place(registry: Registry, conference: str, code: str) -> str:
    """What stands beside its name: the units above it."""
    return (registry.of_conference(conference) or registry.directory).place(code)


def steps(registry: Registry) -> list[Step]:
    """Which unit became which."""
    return [Step(each.code, each.successor_code, each.on_day.isoformat()) for each in registry.holdings.successors]
