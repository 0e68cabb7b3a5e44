"""What a screen is told, from the scene: rows, totals and groups as plain values."""

from collections.abc import Iterable
from typing import Any

import msgspec

from bridge.rules import wire
from bridge.rules.attendance import NOBODY, round_asked, round_of, standing
from bridge.rules.model import Author, Point, Sitting, Unit
from bridge.rules.rollup import Tally
from bridge.rules.scene import Scene
from bridge.rules.stages import HALLS_MAY_ACT
from dashboards import affairs
from endpoints_registry.vietnamese import bare, unit_key

Row = list[Any]
COLUMNS = (
    "code",
    "name",
    "unit",
    "group",
    "type",
    "mode",
    "seats",
    "stage",
    "stage_at_s",
    "link",
    "link_at_s",
    "picture",
    "sound",
    "line",
    "expected",
    "present",
    "excused",
    "unexcused",
    "unreported",
    "guests",
    "report",
    "reported_at_s",
    "on_time",
    "differs",
    "proxy",
    "scanned",
    "stayed",
    "stream",
    "incident",
)

KIND_GROUPS = {
    "direct_unit": "Trực thuộc",
    "ward": "Phường",
    "commune": "Xã",
    "township": "Thị trấn",
    "special_zone": "Đặc khu",
}
"""Units without units of their own stand together by their level, where they hang directly under what is shown."""


def seconds(ms: int) -> int | None:
    """Whole seconds since the epoch, as rows carry them; None for never."""
    return ms // 1000 if ms else None


def row(scene: Scene, point: Point, group: str) -> Row:
    """One point under `COLUMNS`, for the round that is shown. Figures are null while nothing was reported."""
    key = scene.shown
    figure = point.figures.get(key) if key else None
    waiting = point.quarantined.get(key) if key else None
    people = standing(point, key) if key else NOBODY
    said = point.perceived
    reported = figure or waiting
    names = scene.state.plan is not None and scene.state.plan.names
    return [
        point.code,
        point.planned.name,
        point.planned.unit,
        group,
        point.planned.type.value,
        point.mode.value,
        point.planned.seats,
        point.stage.value,
        seconds(point.stage_ms),
        scene.link_shown(point),
        seconds(point.link_ms),
        said.picture.value if said else None,
        said.sound.value if said else None,
        said.line.value if said else None,
        people.expected,
        people.present if figure else None,
        people.excused if figure else None,
        people.unexcused if figure else None,
        people.unreported,
        people.guests if figure else None,
        "quarantined" if waiting else figure.grade.value if figure else "none",
        seconds(reported.at_ms) if reported else None,
        figure.on_time if figure else None,
        bool(key) and key in point.differing,
        reported.author is Author.PROXY if reported else False,
        (point.scanned.get(key[0], 0) if key else 0) if names else None,
        _stayed_in(scene, point, key[0]) if key and len(point.figures) > 1 else None,
        scene.stream_shown(point),
        affairs.of_point(scene, point),
    ]


def totals(
    scene: Scene,
    unit: str,
    now_ms: int,
    key: tuple[str, Any] | None = None,
    incidents: dict[str, int] | None = None,
) -> wire.Totals:
    """The figures of a subtree for a round; by default the round that is shown. `incidents` may be known already."""
    chosen = key or scene.shown
    tally = scene.rollup.at(unit)
    people = tally.people.get(chosen, NOBODY) if chosen else NOBODY
    return wire.Totals(
        phase=scene.state.phase.value,
        sitting=chosen[0] if chosen else None,
        round=chosen[1].value if chosen else None,
        points={
            "total": tally.points,
            "by_stage": {stage.value: number for stage, number in tally.stages.items() if number},
            "by_link": {link.value: number for link, number in tally.links.items() if number},
        },
        people=msgspec.structs.asdict(people),
        reports={
            "due": tally.owed[chosen] if chosen else tally.points,
            "received": tally.received[chosen] if chosen else 0,
            "on_time": tally.on_time[chosen] if chosen else 0,
            "quarantined": tally.quarantined[chosen] if chosen else 0,
            "differing": tally.differing[chosen] if chosen else 0,
        },
        scanned=tally.scanned[chosen[0]] if chosen and scene.state.plan and scene.state.plan.names else None,
        incidents=affairs.totals(scene, unit) if incidents is None else incidents,
        asked=_asked(scene, tally, now_ms),
        at=wire.rfc3339(now_ms),
    )


def _asked(scene: Scene, tally: Tally, now_ms: int) -> dict[str, Any] | None:
    """How far the round has come that is not shown yet, because it is not due."""
    plan = scene.state.plan
    key = round_asked(plan.sittings, now_ms) if plan and scene.state.phase in HALLS_MAY_ACT else None
    asked = round_of(plan, key) if plan and key and key != scene.shown else None
    if key is None or asked is None:
        return None
    return {
        "sitting": key[0],
        "round": key[1].value,
        "due_at": wire.rfc3339(asked.due_ms),
        "due": tally.owed[key],
        "received": tally.received[key],
    }


class Groups:
    """The headings under which a board of this unit shows its points, in Vietnamese order."""

    def __init__(self, scene: Scene, unit: str) -> None:
        self._units = scene.state.units
        self._path = scene.state.path
        self._unit = unit
        self._parents = {each.parent for each in self._units.values() if each.parent}
        roots = [each for each in self._units.values() if each.parent is None]
        self._top = unit or (roots[0].code if len(roots) == 1 else "")
        self._names: dict[str, str] = {}
        self._of: dict[str, str] = {}

    def of(self, point: Point) -> str:
        """The heading's code for a point."""
        unit = point.planned.unit
        if unit not in self._of:
            self._of[unit] = self._heading(unit)
        return self._of[unit]

    def _heading(self, unit: str) -> str:
        path = self._path(unit)
        below = path[path.index(self._top) + 1 :] if self._top in path else path
        if not below:
            return self._named(unit, "Thành phố" if self._units[unit].level == "city" else bare(self._units[unit].name))
        first = self._units[below[0]]
        if first.code in self._parents or first.level not in KIND_GROUPS:
            return self._named(first.code, bare(first.name))
        return self._named(first.level, KIND_GROUPS[first.level])

    def _named(self, code: str, name: str) -> str:
        self._names[code] = name
        return code

    def table(self) -> wire.Columns:
        """Every heading that was given, the unit's own hall first, direct units second."""

        def place(code: str) -> tuple[int, object]:
            return (0 if code == self._top else 1 if code == "direct_unit" else 2), unit_key(self._names[code])

        rows = [[code, self._names[code]] for code in sorted(self._names, key=place)]
        return wire.Columns(columns=("code", "name"), rows=rows)


def units_table(units: Iterable[Unit]) -> wire.Columns:
    rows: list[Row] = [[unit.code, unit.name, unit.level, unit.parent] for unit in units]
    return wire.Columns(columns=("code", "name", "level", "parent"), rows=rows)


def stayed(point: Point, sitting: Sitting) -> int | None:
    """Closing against opening count: negative when people left; None until both are known."""
    ends = [point.figures.get((sitting.id, each.name)) for each in sitting.rounds]
    if len(ends) < 2 or ends[0] is None or ends[-1] is None:
        return None
    return ends[-1].count.present - ends[0].count.present


def _stayed_in(scene: Scene, point: Point, sitting: str) -> int | None:
    plan = scene.state.plan
    held = next((each for each in plan.sittings if each.id == sitting), None) if plan else None
    return stayed(point, held) if held else None
