"""What a screen is told, from the scene: rows, totals, groups and one point opened, as plain values."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from bridge.rules import outages, wire
from bridge.rules.attendance import NOBODY, People, standing
from bridge.rules.model import Author, Figure, LineTest, Point, Sitting, Unit
from bridge.rules.scene import Placed, Scene
from bridge.rules.verdict import Verdict, verdict
from dashboards import affairs, news
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
HISTORY_SHOWN = 50

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
        at=wire.rfc3339(now_ms),
    )


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


def detail(scene: Scene, point: Point, history: Sequence[Placed], now_ms: int, *, among_staff: bool) -> dict[str, Any]:
    """A point's live side for its panel: the axes apart, every round, and what happened to it, newest first.

    `among_staff`: whoever looks may read what the staff write for each other.
    """
    line = scene.lines.get(point.code)
    said = point.perceived
    plan = scene.state.plan
    return {
        "stage": {"stage": point.stage.value, "at": wire.rfc3339_if(point.stage_ms)},
        "link": {
            "link": scene.link_shown(point),
            "at": wire.rfc3339_if(point.link_ms),
            "noticed_at": wire.rfc3339_if(point.link_noticed_ms),
            "cause": point.link_cause,
        },
        "line": {"rtt_ms": line.rtt_ms, "loss": line.loss} if line and line.rtt_ms is not None else None,
        "stream": {"stream": scene.stream_shown(point), "at": wire.rfc3339_if(point.stream_ms)},
        "line_test": _tested(point.line_test) if point.line_test else None,
        "outages": [
            {
                "cause": outage.cause,
                "began_at": wire.rfc3339_if(outage.began_ms),
                "ended_at": wire.rfc3339_if(outage.ended_ms),
                "times": outage.times,
            }
            for outage in reversed(point.outages)
        ],
        "incidents": affairs.numbers_of(scene, point.code),
        "notices": affairs.heard_by(scene, point.code),
        "perceived": {
            "picture": said.picture.value,
            "sound": said.sound.value,
            "line": said.line.value,
            "at": wire.rfc3339_if(said.at_ms),
        }
        if said
        else None,
        "verdict": _judged(verdict(point, line is not None and line.connected, now_ms)),
        "sittings": [
            {
                "id": sitting.id,
                "name": sitting.name,
                "expected": point.expected.get(sitting.id),
                "scanned": point.scanned.get(sitting.id, 0) if plan and plan.names else None,
                "stayed": stayed(point, sitting),
                "line": outages.told(point, sitting, now_ms),
                "rounds": [
                    {"round": each.name.value, "due_at": wire.rfc3339_if(each.due_ms)}
                    | figures(point, (sitting.id, each.name))
                    for each in sitting.rounds
                ],
            }
            for sitting in (plan.sittings if plan else ())
        ],
        "history": [
            words if among_staff else words | news.unsaid(each[1].event, words)
            for each in history
            if (words := news.told(each)) is not None
        ][:HISTORY_SHOWN],
    }


def _judged(found: Verdict) -> dict[str, Any]:
    return {
        "believed": found.believed.value,
        "reason": found.reason,
        "sentence": found.sentence,
        "said_at": wire.rfc3339_if(found.said_ms),
    }


def _tested(test: LineTest) -> dict[str, Any]:
    return {
        "rtt_ms": test.rtt_ms,
        "jitter_ms": test.jitter_ms,
        "loss": test.loss,
        "down_kbps": test.down_kbps,
        "up_kbps": test.up_kbps,
        "at": wire.rfc3339_if(test.at_ms),
    }


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


def figures(point: Point, key: tuple[str, Any]) -> dict[str, Any]:
    """A round's figures as they stand, null where nothing was reported."""
    figure: Figure | None = point.figures.get(key)
    shown = point.quarantined.get(key) or figure
    other = point.differing.get(key)
    people: People = standing(point, key)
    return {
        "expected": people.expected,
        "present": people.present if figure else None,
        "excused": people.excused if figure else None,
        "unexcused": people.unexcused if figure else None,
        "unreported": people.unreported,
        "guests": people.guests if figure else None,
        "grade": shown.grade.value if shown else None,
        "said": msgspec.structs.asdict(shown.count) if shown else None,
        "act": shown.act if shown else None,
        "at": wire.rfc3339_if(shown.at_ms) if shown else None,
        "received_at": wire.rfc3339_if(shown.received_ms) if shown else None,
        "by": shown.author.value if shown else None,
        "on_time": figure.on_time if figure else None,
        "differing": said_in(other) if other else None,
    }


def said_in(figure: Figure) -> dict[str, Any]:
    """A figure as its hall said it, with when and by whom."""
    return msgspec.structs.asdict(figure.count) | {
        "at": wire.rfc3339_if(figure.at_ms),
        "received_at": wire.rfc3339_if(figure.received_ms),
        "grade": figure.grade.value,
        "by": figure.author.value,
        "act": figure.act,
        "device": figure.device,
    }
