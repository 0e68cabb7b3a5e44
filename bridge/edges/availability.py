"""How much of a sitting the lines were there: by point and cause, for whoever may see the board."""

import asyncio
from typing import Any

import msgspec
from aiohttp import web
from pydantic import BaseModel, Field

from bridge.clock import Clock
from bridge.edges.finding import hall_of, holds
from bridge.halls import Halls
from bridge.rules import wire
from bridge.rules.model import Plan, Point, Sitting
from bridge.rules.outages import Reckoned, reckoned
from bridge.rules.projection import State
from endpoints_registry.access import Action, Caller, covers
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.taking import answer, query_of

ROWS = 1_000
"""Worst first; the sums are of all."""
AT_A_STRETCH = 500
"""After so many points everybody else has a turn."""
COLUMNS = (
    "code",
    "name",
    "unit",
    "measured_s",
    "availability",
    "theirs_minutes",
    "ours_minutes",
    "minutes",
    "times",
)


class AvailabilityQuery(BaseModel):
    unit: str = Field("", max_length=40)
    sitting: str | None = Field(None, max_length=40, description="Without it: all sittings that are no rehearsals.")


class AvailabilityAnswer(msgspec.Struct, frozen=True):
    sittings: tuple[str, ...]
    at: str
    count: int
    """Points in all; the rows are the worst of them."""
    total: dict[str, Any]
    """`{measured_s, availability, minutes: {cause: minutes}, theirs_minutes, ours_minutes, times}`."""
    points: wire.Columns


class Availability:
    def __init__(self, halls: Halls, clock: Clock) -> None:
        self._halls = halls
        self._clock = clock

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/api/v1/conferences/{conference}/availability",
                self.availability,
                Action.SEE_BOARD,
                "Phút mất tín hiệu và độ sẵn sàng của đường truyền, theo điểm cầu, buổi và nguyên nhân; xấu nhất trước",
                query=AvailabilityQuery,
                answers={200: AvailabilityAnswer, 404: None, 422: None},
            ),
        )

    async def availability(self, request: web.Request) -> web.Response:
        query = query_of(request, AvailabilityQuery)
        state = hall_of(self._halls, request).coordinator.scene.state
        if state.plan is None:
            raise nowhere()
        points = _asked(state, request[CALLER], query.unit)
        sittings = _sittings(state.plan, query.sitting)
        now_ms = self._clock.now()
        found: list[tuple[Point, Reckoned]] = []
        for number, point in enumerate(points, 1):
            found.append((point, reckoned(point, sittings, now_ms)))
            if not number % AT_A_STRETCH:
                await asyncio.sleep(0)
        worst = sorted(found, key=_badness)[:ROWS]
        total = sum((each for _, each in found), Reckoned())
        return answer(
            AvailabilityAnswer(
                sittings=tuple(each.id for each in sittings),
                at=wire.rfc3339(now_ms),
                count=len(found),
                total=total.told(),
                points=wire.Columns(COLUMNS, [_row(point, each.told()) for point, each in worst]),
            )
        )


def _asked(state: State, caller: Caller, unit: str) -> list[Point]:
    """The points of the unit that the caller may see; of all units without one. Foreign equals nonexistent."""

    def seen(point: Point) -> bool:
        path = state.path(point.planned.unit)
        return (not unit or unit in path) and covers(caller, path=path, point=point.code)

    points = [point for point in state.points.values() if seen(point)]
    if not points and not holds(state, caller, unit):
        raise nowhere()
    return points


def _sittings(plan: Plan, asked: str | None) -> tuple[Sitting, ...]:
    if asked is None:
        return tuple(each for each in plan.sittings if not each.rehearsal)
    chosen = tuple(each for each in plan.sittings if each.id == asked)
    if not chosen:
        raise Problem(404, "unknown_sitting", f"Hội nghị không có buổi {asked}.")
    return chosen


def _badness(found: tuple[Point, Reckoned]) -> tuple[float, str]:
    """What was not measured comes last."""
    point, reckoned = found
    return (101.0 if reckoned.availability is None else reckoned.availability), point.code


def _row(point: Point, told: dict[str, Any]) -> list[Any]:
    known = {"code": point.code, "name": point.planned.name, "unit": point.planned.unit, **told}
    return [known[column] for column in COLUMNS]
