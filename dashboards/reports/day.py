"""What every table of a report looks at: the scene at one moment, its round, and its units in Vietnamese order."""

from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from bridge.rules.ladder import Status
from bridge.rules.model import Phase, Plan, Point, PointType, RoundKey, Sitting, Unit
from bridge.rules.scene import Scene
from dashboards.reports import words
from endpoints_registry.vietnamese import unit_key


class Day(msgspec.Struct, frozen=True, dict=True):
    scene: Scene
    plan: Plan
    now_ms: int
    key: RoundKey | None
    """The round that the totals are of."""
    named: Mapping[str, str]

    @property
    def closed(self) -> bool:
        return self.scene.state.phase is Phase.CLOSED

    @property
    def settled_ms(self) -> int:
        """When the figures became what they are: the close, or the newest correction after it; now, while it goes on."""
        closing = self.scene.state.affairs.closing
        if not self.closed or closing.closed_ms is None:
            return self.now_ms
        approved = (each.settled_ms or 0 for each in closing.corrections.values() if each.status is Status.APPROVED)
        return max(closing.closed_ms, *approved, 0)

    @cached_property
    def sittings(self) -> tuple[Sitting, ...]:
        """Those that count: a rehearsal is never in the totals."""
        return tuple(each for each in self.plan.sittings if not each.rehearsal)

    @cached_property
    def types(self) -> Mapping[PointType, str]:
        return words.types(self.plan.units)

    def sitting(self, asked: str) -> Sitting | None:
        return next((each for each in self.plan.sittings if each.id == asked), None)

    @cached_property
    def children(self) -> Mapping[str | None, list[Unit]]:
        """Units by their parent, in Vietnamese order; party committees that answer to the city itself come last."""
        found: dict[str | None, list[Unit]] = {}
        for unit in self.plan.units:
            found.setdefault(unit.parent, []).append(unit)
        for below in found.values():
            below.sort(key=lambda unit: (unit.level == "direct_unit", unit_key(unit.name), unit.code))
        return found

    @cached_property
    def top(self) -> tuple[Unit, ...]:
        """The units that a report tells apart: those below the root, or the roots where there are several."""
        roots = self.children.get(None, [])
        return tuple(self.children.get(roots[0].code, []) if len(roots) == 1 else roots)

    @cached_property
    def root(self) -> Unit | None:
        """The one above all, if there is one: its own halls stand apart from those below it."""
        roots = self.children.get(None, [])
        return roots[0] if len(roots) == 1 else None

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """All of them, unit by unit as the tree has them."""
        place = {unit.code: number for number, unit in enumerate(self._walk(None))}
        last = len(place)
        return tuple(
            sorted(
                self.scene.state.points.values(),
                key=lambda point: (place.get(point.planned.unit, last), point.planned.type, point.code),
            )
        )

    def _walk(self, parent: str | None) -> Iterator[Unit]:
        for unit in self.children.get(parent, ()):
            yield unit
            yield from self._walk(unit.code)

    def unit(self, point: Point) -> str:
        """The name of a point's unit."""
        found = self.scene.state.units.get(point.planned.unit)
        return found.name if found else point.planned.unit

    def above(self, point: Point) -> str:
        """The name of the unit above a point's own: names of communes repeat. Empty directly below the root."""
        path = self.scene.state.path(point.planned.unit)
        return self.scene.state.units[path[-2]].name if len(path) > 2 else ""

    def place(self, point: Point) -> str:
        """A hall as a sentence names it: with its unit where that is called otherwise, and with the unit above."""
        parts = dict.fromkeys(name for name in (point.planned.name, self.unit(point), self.above(point)) if name)
        return ", ".join(parts)

    def group(self, point: Point) -> str:
        """The code of the unit under which a report counts a point: one of `top`, or the root."""
        path = self.scene.state.path(point.planned.unit)
        if self.root is None:
            return path[0] if path else ""
        return path[1] if len(path) > 1 else path[0] if path else ""

    def by_unit(self) -> Iterator[tuple[str, str]]:
        """(code, name) of the lines of a table by unit: the root's own halls, then each unit with all below it."""
        if self.root is not None and any(point.planned.unit == self.root.code for point in self.points):
            yield self.root.code, words.TYPES[PointType.CITY_HALL]
        yield from ((unit.code, unit.name) for unit in self.top)

    def who(self, by: str) -> str:
        """How whoever did something is called: the holder of an account, or a hall."""
        kind, _, name = by.partition(":")
        match kind:
            case "user":
                return self.named.get(name, name)
            case "point":
                point = self.scene.state.points.get(name)
                return f"Điểm cầu {point.planned.name}" if point else name
            case _:
                return "Hệ thống"
