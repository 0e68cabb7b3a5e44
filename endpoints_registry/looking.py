"""The addresses under which the registry is looked up: units, points and conferences, each as far as it is the caller's."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from aiohttp import web

from endpoints_registry.access import ALLOWED, Action, Caller, covers, may
from endpoints_registry.bodies.looking import (
    ConferenceAnswer,
    ConferenceLine,
    ConferencesAnswer,
    ContactTold,
    DayQuery,
    HotlineTold,
    Page,
    PointsAnswer,
    PointsQuery,
    PointTold,
    RoundTold,
    SittingTold,
    UnitsAnswer,
    UnitsQuery,
    UnitTold,
)
from endpoints_registry.conferences import Conference, Hotline, Standing
from endpoints_registry.directory import Directory
from endpoints_registry.door import CALLER, Route, nowhere
from endpoints_registry.granting import theirs
from endpoints_registry.points import Point
from endpoints_registry.registry import Registry
from endpoints_registry.taking import answer, query_of
from endpoints_registry.units import ALWAYS, Tree, Unit


class Looking:
    def __init__(self, registry: Registry, standing: Standing) -> None:
        self._registry = registry
        self._standing = standing

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/api/v1/units",
                self.units,
                Action.SEE_BOARD,
                "Đơn vị: theo cấp trên, theo cấp, tìm không dấu",
                query=UnitsQuery,
                answers={200: UnitsAnswer, 422: None},
            ),
            Route(
                "GET",
                "/api/v1/points",
                self.points,
                Action.SEE_BOARD,
                "Điểm cầu: theo đơn vị, theo loại, tìm không dấu",
                query=PointsQuery,
                answers={200: PointsAnswer, 404: None, 422: None},
            ),
            Route(
                "GET",
                "/api/v1/points/{code}",
                self.point,
                Action.SEE_BOARD,
                "Một điểm cầu và người ở đó",
                query=DayQuery,
                answers={200: PointTold, 404: None, 422: None},
            ),
            Route(
                "GET",
                "/api/v1/conferences",
                self.conferences,
                Action.WATCH,
                "Các hội nghị, mới nhất trước",
                answers={200: ConferencesAnswer},
            ),
            Route(
                "GET",
                "/api/v1/conferences/{conference}",
                self.conference,
                Action.WATCH,
                "Một hội nghị",
                answers={200: ConferenceAnswer, 404: None},
            ),
        )

    async def units(self, request: web.Request) -> web.Response:
        query, caller = query_of(request, UnitsQuery), request[CALLER]
        directory = self._on(query.day)
        tree = directory.tree
        # Below the parent that was asked for, else the whole tree from its roots down.
        among = (
            tree.children(query.parent)
            if query.parent is not None
            else [unit for root in tree.children(None) for unit in tree.subtree(root.code)]
        )
        seen = [
            unit for unit in among if covers(caller, path=tree.path(unit.code)) and query.level in (None, unit.level)
        ]
        found = directory.units_found(query.q, seen) if query.q.strip() else seen
        shown, following = _page(found, query)
        told = [_unit(unit, tree, caller) for unit in shown]
        return answer(UnitsAnswer(units=told, total=len(found), next_page=following))

    async def points(self, request: web.Request) -> web.Response:
        query, caller = query_of(request, PointsQuery), request[CALLER]
        directory = self._on(query.day)
        seen = [
            point
            for point in directory.points.values()
            if covers(caller, path=directory.path(point.unit_code), point=point.code)
            and query.type in (None, point.type)
            and (query.unit is None or query.unit in directory.path(point.unit_code))
        ]
        found = directory.points_found(query.q, seen) if query.q.strip() else seen
        shown, following = _page(found, query)
        told = [point_told(directory, point, caller) for point in shown]
        return answer(PointsAnswer(points=told, total=len(found), next_page=following))

    async def point(self, request: web.Request) -> web.Response:
        directory = self._on(query_of(request, DayQuery).day)
        point = theirs(directory, request[CALLER], request.match_info["code"])
        return answer(point_told(directory, point, request[CALLER]))

    async def conferences(self, request: web.Request) -> web.Response:
        caller = request[CALLER]
        held = [c for c in self._registry.holdings.conferences.values() if self._may_see(caller, c)]
        return answer(ConferencesAnswer(conferences=[self._line(conference) for conference in held]))

    async def conference(self, request: web.Request) -> web.Response:
        conference = self._registry.holdings.conferences.get(request.match_info["conference"])
        if conference is None or not self._may_see(request[CALLER], conference):
            raise nowhere()
        # A wall is read by whoever walks past: it tells nobody whom to phone.
        hotline = conference.hotline if request[CALLER].role in ALLOWED[Action.SEE_BOARD] else Hotline("", "")
        return answer(
            ConferenceAnswer(
                **self._line(conference).model_dump(),
                origin=conference.origin,
                mode=conference.mode,
                names=self._registry.attendees(conference.id) is not None,
                hotline=HotlineTold(name=hotline.name, phone=hotline.phone),
                sittings=[
                    SittingTold(
                        id=sitting.id,
                        name=sitting.name,
                        rehearsal=sitting.rehearsal,
                        starts_at=sitting.starts_at,
                        ends_at=sitting.ends_at,
                        rounds=[
                            RoundTold(round=each.name, opens_at=each.opens_at, due_at=each.due_at)
                            for each in sitting.rounds
                        ],
                    )
                    for sitting in conference.sittings
                ],
            )
        )

    # --- what is whose

    def _on(self, day: date | None) -> Directory:
        return self._registry.on(day) if day else self._registry.directory

    def _may_see(self, caller: Caller, conference: Conference) -> bool:
        return self._registry.has_part(caller, conference)

    def _line(self, conference: Conference) -> ConferenceLine:
        phase, version = self._standing(conference.id)
        counted = [sitting for sitting in conference.sittings if not sitting.rehearsal]
        return ConferenceLine(
            id=conference.id,
            title=conference.title,
            phase=phase,
            version=version,
            unit=conference.unit_code,
            starts_at=min(sitting.starts_at for sitting in counted),
            ends_at=max(sitting.ends_at for sitting in counted),
            points=len(self._registry.holdings.chosen.get(conference.id, ())),
        )


Listed = TypeVar("Listed")


def _page(found: Sequence[Listed], query: Page) -> tuple[Sequence[Listed], int | None]:
    start = (query.page - 1) * query.per_page
    following = query.page + 1 if start + query.per_page < len(found) else None
    return found[start : start + query.per_page], following


def _unit(unit: Unit, tree: Tree, caller: Caller) -> UnitTold:
    """What lies above the caller's own units is not shown."""
    parent = tree.parent_of(unit.code)
    seen = parent is not None and covers(caller, path=tree.path(parent))
    return UnitTold(
        code=unit.code,
        name=unit.name,
        level=unit.level,
        parent=parent if seen else None,
        parent_name=tree.units[parent].name if parent is not None and seen else "",
        valid_from=None if unit.valid_from == ALWAYS else unit.valid_from,
        valid_to=unit.valid_to,
    )


def point_told(directory: Directory, point: Point, caller: Caller) -> PointTold:
    """A point as this caller may see it: its people only for those who may see names."""
    path = directory.path(point.unit_code)
    named = may(caller, Action.SEE_NAMES, path=path, point=point.code)
    return PointTold(
        code=point.code,
        name=point.name,
        unit=point.unit_code,
        unit_name=directory.tree.units[point.unit_code].name,
        parent_name=directory.parent_name(point.unit_code),
        type=point.type,
        mode=point.mode,
        address=point.address,
        seats=point.seats,
        area=point.area,
        provider=point.provider,
        feeder=point.feeder,
        contacts=[ContactTold(role=c.role, name=c.name, phone=c.phone) for c in point.contacts] if named else None,
    )
