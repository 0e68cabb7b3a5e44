"""The registry of one day in memory, read-only: what the live side and every screen look things up in.

Loaded whole from the database and loaded anew after every change; a reader keeps the one it has.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry import vietnamese
from endpoints_registry.conferences import Conference, Summoned, conferences
from endpoints_registry.points import KeptPoint, Point, points
from endpoints_registry.shifts import Shift, shifts
from endpoints_registry.tables import CHOSEN_POINT, EXPECTED
from endpoints_registry.units import Cluster, Successor, Tree, Unit, clusters, successors, units


@dataclass(frozen=True, slots=True)
class PlannedPoint:
    """A point in a conference, with how many are summoned to each sitting and how it receives there."""

    point: Point
    summoned: Mapping[str, Summoned]


@dataclass(frozen=True, slots=True)
class ConferencePlan:
    """Everything about a conference on the day it is frozen: what the journal keeps of it."""

    conference: Conference
    units: tuple[Unit, ...]
    """The tree of the conference's day below its unit, each parent before its children, in Vietnamese order."""
    points: tuple[PlannedPoint, ...]


class Directory:
    """The units and points of one day."""

    def __init__(self, holdings: "Holdings", day: date) -> None:
        self.day = day
        self.tree = Tree(holdings.units, day)
        standing = [kept for kept in holdings.points if kept.unit.stands_on(day)]
        ordered = sorted(standing, key=lambda kept: (vietnamese.unit_key(kept.point.name), kept.point.code))
        self.points: Mapping[str, Point] = {kept.point.code: kept.point for kept in ordered}
        """In Vietnamese order."""
        self.ids: Mapping[str, int] = {kept.point.code: kept.id for kept in ordered}
        self._clusters = {cluster.code: cluster for cluster in holdings.clusters}

    def path(self, unit: str) -> tuple[str, ...]:
        """Unit codes from the root down to `unit`; empty if it does not stand on this day."""
        return self.tree.path(unit)

    def path_of_point(self, code: str) -> tuple[str, ...]:
        point = self.points.get(code)
        return self.tree.path(point.unit_code) if point else ()

    def parent_name(self, unit: str) -> str:
        """What stands beside a name that others bear too: the unit above; "" at the root."""
        path = self.tree.path(unit)
        return self.tree.units[path[-2]].name if len(path) > 1 else ""

    def place(self, code: str) -> str:
        """What stands beside a point's name: its unit's parent, or the unit itself when the point is called otherwise."""
        point = self.points.get(code)
        if point is None:
            return ""
        unit = self.tree.units[point.unit_code]
        return self.parent_name(unit.code) if point.name == unit.name else unit.name

    def scope(self, code: str) -> frozenset[str]:
        """The units that an account's scope stands for: the unit itself, or those of the cluster."""
        cluster = self._clusters.get(code)
        return cluster.units if cluster else frozenset({code})

    def units_found(self, asked: str, among: Iterable[Unit]) -> list[Unit]:
        """Those whose name or code answers, exact accents first, then in Vietnamese order."""
        ranked = ((0 if unit.code == asked.strip() else vietnamese.rank(asked, unit.name), unit) for unit in among)
        found = [(rank, unit) for rank, unit in ranked if rank is not None]
        return [unit for _, unit in sorted(found, key=lambda pair: (pair[0], vietnamese.unit_key(pair[1].name)))]

    def points_found(self, asked: str, among: Iterable[Point]) -> list[Point]:
        """Those whose name or code answers, or together with the name of the unit above («minh khai ha dong»)."""
        found = []
        for point in among:
            rank = vietnamese.rank(asked, point.name)
            if rank is None and vietnamese.matches(asked, f"{point.name} {self.place(point.code)}"):
                rank = 4
            if point.code.startswith(asked.strip()):
                rank = 0
            if rank is not None:
                found.append((rank, point))
        return [point for _, point in sorted(found, key=lambda pair: (pair[0], vietnamese.unit_key(pair[1].name)))]


@dataclass(frozen=True)
class Holdings:
    """Everything of every year, as it was loaded."""

    units: tuple[Unit, ...]
    successors: tuple[Successor, ...]
    clusters: tuple[Cluster, ...]
    points: tuple[KeptPoint, ...]
    conferences: Mapping[str, Conference]
    """The newest first."""
    chosen: Mapping[str, tuple[KeptPoint, ...]]
    """Each conference's points."""
    duty: Mapping[str, tuple[Shift, ...]]
    """Each conference's duty roster."""


async def load(connection: AsyncConnection) -> Holdings:
    """Everything that is held in memory, read anew."""
    kept = await points(connection)
    by_id = {point.id: point for point in kept}
    chosen: dict[str, list[KeptPoint]] = {}
    rows = await connection.execute(
        select(CHOSEN_POINT.c.conference_id, CHOSEN_POINT.c.point_id).order_by(CHOSEN_POINT.c.point_id)
    )
    for conference, point_id in rows:
        chosen.setdefault(conference, []).append(by_id[point_id])
    return Holdings(
        units=await units(connection),
        successors=await successors(connection),
        clusters=await clusters(connection),
        points=kept,
        conferences={conference.id: conference for conference in await conferences(connection)},
        chosen={conference: tuple(takes_part) for conference, takes_part in chosen.items()},
        duty=await shifts(connection),
    )


async def conference_plan(connection: AsyncConnection, holdings: Holdings, id: str) -> ConferencePlan | None:
    """What is frozen: read at the moment of freezing, as nobody needs it before. None if there is no such conference."""
    conference = holdings.conferences.get(id)
    if conference is None:
        return None
    tree = Tree(holdings.units, conference.day)
    given: dict[int, dict[str, tuple[int | None, str | None]]] = {}
    columns = (EXPECTED.c.point_id, EXPECTED.c.sitting_id, EXPECTED.c.people, EXPECTED.c.mode)
    for point_id, sitting, people, mode in await connection.execute(
        select(*columns).where(EXPECTED.c.conference_id == id)
    ):
        given.setdefault(point_id, {})[sitting] = people, mode
    planned = []
    for kept in holdings.chosen.get(id, ()):
        said = given.get(kept.id, {})
        summoned = {
            sitting.id: Summoned(people, mode or kept.point.mode)
            for sitting in conference.sittings
            for people, mode in (said.get(sitting.id, (None, None)),)
        }
        planned.append(PlannedPoint(kept.point, summoned))
    planned.sort(key=lambda each: (vietnamese.unit_key(each.point.name), each.point.code))
    return ConferencePlan(conference, tuple(tree.subtree(conference.unit_code)), tuple(planned))
