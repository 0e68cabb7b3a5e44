"""What a request names, if it is the caller's: what is foreign does not exist."""

from aiohttp import web

from bridge.halls import Hall, Halls
from bridge.reach import has_part
from bridge.rules.incidents import Incident
from bridge.rules.model import Point
from bridge.rules.projection import State
from endpoints_registry.access import Action, Caller, covers, may
from endpoints_registry.door import CALLER, nowhere

NUMBER_LETTERS = 9
"""Nothing here is numbered higher."""


def hall_of(halls: Halls, request: web.Request) -> Hall:
    """The conference that the path names, if it has anything of the caller's. Raises the Problem 404."""
    hall = halls.get(request.match_info["conference"])
    if hall is None or not has_part(hall.coordinator.scene, request[CALLER]):
        raise nowhere()
    return hall


def planned_hall_of(halls: Halls, request: web.Request) -> Hall:
    """As `hall_of`, once its list is fixed."""
    hall = hall_of(halls, request)
    if hall.coordinator.scene.state.plan is None:
        raise nowhere()
    return hall


def number_of(request: web.Request) -> int | None:
    """The number in the path; None: nothing of ours can be called so."""
    text = request.match_info["number"]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= NUMBER_LETTERS else None


def point_of(state: State, caller: Caller, code: str, action: Action) -> Point:
    """The point of this code, if the caller may do this to it. Raises the Problem 404."""
    if not may_at(state, caller, action, code):
        raise nowhere()
    return state.points[code]


def may_at(state: State, caller: Caller, action: Action, code: str) -> bool:
    """Whether there is a point of this code, and the caller may do this to it."""
    point = state.point(code)
    return point is not None and may(caller, action, path=state.path(point.planned.unit), point=code)


def is_theirs(state: State, caller: Caller, code: str) -> bool:
    """Whether the caller's scope has a point of this code."""
    point = state.point(code)
    return point is not None and covers(caller, path=state.path(point.planned.unit), point=code)


def holds(state: State, caller: Caller, unit: str) -> bool:
    """Whether everything below the unit is the caller's; everything there is, without one."""
    return (unit in state.units and covers(caller, path=state.path(unit))) if unit else caller.everywhere


def theirs(state: State, caller: Caller, unit: str = "") -> dict[str, Point]:
    """The points below a unit that the caller holds; all that are theirs without one. Raises the Problem 404."""
    if unit and not holds(state, caller, unit):
        raise nowhere()
    if caller.everywhere and not unit:
        return dict(state.points)
    return {
        code: point
        for code, point in state.points.items()
        if (not unit or unit in state.path(point.planned.unit))
        and covers(caller, path=state.path(point.planned.unit), point=code)
    }


def incident_of(state: State, request: web.Request) -> Incident:
    """The incident that the path names, if it touches anything of the caller's. Raises the Problem 404."""
    number, caller = number_of(request), request[CALLER]
    incident = state.affairs.incidents.known.get(number) if number is not None else None
    if incident is None or not any(is_theirs(state, caller, code) for code in incident.hits):
        raise nowhere()
    return incident
