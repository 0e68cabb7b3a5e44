"""Units: a tree of free depth that changes with the days, and who came after whom.

A parent is a code, resolved on the same day as the child: when a district is renamed, its communes stay where they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry import vietnamese
from endpoints_registry.tables import CLUSTER, CLUSTER_UNIT, SUCCESSOR, UNIT

ALWAYS = date(1900, 1, 1)
"""The first day of a unit whose beginning nobody wrote down."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit is called and where it belongs from `valid_from` to `valid_to`, both included."""

    code: str
    name: str
    level: str
    parent_code: str | None = None
    valid_from: date = ALWAYS
    valid_to: date | None = None

    def stands_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def overlaps(self, other: "Unit") -> bool:
        return (self.valid_to is None or other.valid_from <= self.valid_to) and (
            other.valid_to is None or self.valid_from <= other.valid_to
        )


@dataclass(frozen=True, slots=True)
class Successor:
    """From a day on, `code`'s people belong to `successor_code`."""

    code: str
    successor_code: str
    on_day: date


@dataclass(frozen=True, slots=True)
class Cluster:
    """A work assignment over some units, coded `C-<nn>`."""

    code: str
    name: str
    units: frozenset[str]


class Tree:
    """The units of one day. Whoever has no parent that day is a root; siblings stand in Vietnamese order."""

    def __init__(self, units: Iterable[Unit], day: date) -> None:
        self.day = day
        self.units: Mapping[str, Unit] = {unit.code: unit for unit in units if unit.stands_on(day)}
        below: defaultdict[str | None, list[Unit]] = defaultdict(list)
        for unit in self.units.values():
            below[self.parent_of(unit.code)].append(unit)
        self._below = {
            parent: tuple(sorted(children, key=lambda unit: (vietnamese.unit_key(unit.name), unit.code)))
            for parent, children in below.items()
        }
        self._paths: dict[str, tuple[str, ...]] = {}

    def parent_of(self, code: str) -> str | None:
        parent = self.units[code].parent_code
        return parent if parent in self.units else None

    def children(self, code: str | None) -> tuple[Unit, ...]:
        """The units right below `code`, or the roots for None."""
        return self._below.get(code, ())

    def path(self, code: str) -> tuple[str, ...]:
        """Codes from the root down to `code` itself; empty for a code that does not stand on this day."""
        if code not in self.units:
            return ()
        if code not in self._paths:
            parent = self.parent_of(code)
            self._paths[code] = (*(self.path(parent) if parent else ()), code)
        return self._paths[code]

    def subtree(self, code: str) -> Iterator[Unit]:
        """`code` and everything below it, each parent before its children."""
        if code in self.units:
            yield self.units[code]
            for child in self.children(code):
                yield from self.subtree(child.code)


def circle(code: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """The codes of the circle in which `code` would stand below itself, or nothing."""
    seen = [code]
    above = parents.get(code)
    while above is not None and above not in seen:
        seen.append(above)
        above = parents.get(above)
    return () if above is None else (*seen[seen.index(above) :], above)


def heirs(code: str, day: date, successors: Iterable[Successor]) -> frozenset[str]:
    """The codes under which `code`'s people are found on `day`: itself, when nothing came after it."""
    after: defaultdict[str, list[Successor]] = defaultdict(list)
    for step in successors:
        if step.on_day <= day:
            after[step.code].append(step)
    found: set[str] = set()
    waiting, seen = [(code, date.min)], set()
    while waiting:
        at, since = waiting.pop()
        later = [step for step in after[at] if step.on_day > since]
        found.update([at] if not later else [])
        for step in later:
            if step not in seen:
                seen.add(step)
                waiting.append((step.successor_code, step.on_day))
    return frozenset(found)


async def units(connection: AsyncConnection) -> tuple[Unit, ...]:
    """Every unit on every day."""
    columns = (UNIT.c.code, UNIT.c.name, UNIT.c.level, UNIT.c.parent_code, UNIT.c.valid_from, UNIT.c.valid_to)
    rows = await connection.execute(select(*columns).order_by(UNIT.c.id))
    return tuple(Unit(*row) for row in rows)


async def successors(connection: AsyncConnection) -> tuple[Successor, ...]:
    rows = await connection.execute(select(SUCCESSOR.c.code, SUCCESSOR.c.successor_code, SUCCESSOR.c.on_day))
    return tuple(Successor(*row) for row in rows)


async def clusters(connection: AsyncConnection) -> tuple[Cluster, ...]:
    members: defaultdict[str, set[str]] = defaultdict(set)
    for cluster, unit in await connection.execute(select(CLUSTER_UNIT.c.cluster_code, CLUSTER_UNIT.c.unit_code)):
        members[cluster].add(unit)
    rows = await connection.execute(select(CLUSTER.c.code, CLUSTER.c.name).order_by(CLUSTER.c.code))
    return tuple(Cluster(code, name, frozenset(members[code])) for code, name in rows)


async def assign_cluster(connection: AsyncConnection, cluster: Cluster) -> None:
    """Give the cluster this name and these units, whatever it had before."""
    await connection.execute(CLUSTER_UNIT.delete().where(CLUSTER_UNIT.c.cluster_code == cluster.code))
    await connection.execute(CLUSTER.delete().where(CLUSTER.c.code == cluster.code))
    await connection.execute(CLUSTER.insert().values(code=cluster.code, name=cluster.name))
    if cluster.units:
        pairs = [{"cluster_code": cluster.code, "unit_code": unit} for unit in sorted(cluster.units)]
        await connection.execute(CLUSTER_UNIT.insert(), pairs)
