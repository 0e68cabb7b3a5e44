"""Conferences beside each other for one unit, across reorganisations, for whoever may see that unit."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec
from aiohttp import web
from pydantic import BaseModel, Field

from bridge.beside import Beside
from bridge.clock import Clock
from bridge.halls import Hall as Conference
from bridge.halls import Halls
from bridge.judge import Judge
from bridge.rules.attendance import is_summoned, standing
from bridge.rules.comparing import RULE, Day, Hall, Step, Summed, summed
from bridge.rules.hours import day_of
from bridge.rules.judging import Judgement
from bridge.rules.model import Phase, RoundKey
from bridge.rules.projection import State
from bridge.rules.wire import rfc3339
from endpoints_registry.access import Action, Caller, covers
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.taking import answer, query_of

COMPARED = 12
"""The newest conferences: more columns than that nobody reads."""
BELOW = 300
"""Units below the one that is asked for, each a line."""
COUNTED = frozenset({Phase.LIVE, Phase.CLOSING, Phase.CLOSED})
"""Before that there is nothing to compare."""

Steps = Callable[[], Sequence[Step]]
"""The registry's map of successors."""


class ComparisonQuery(BaseModel):
    unit: str = Field("", max_length=40)


class Cell(msgspec.Struct, frozen=True):
    """A unit's figures in one conference."""

    points: int
    reported: int
    on_time: int
    reported_percent: float | None
    """Of the halls that owe their figures; None where there are none."""
    on_time_percent: float | None
    expected: int
    present: int
    excused: int
    unexcused: int
    unreported: int
    guests: int
    present_percent: float | None
    """Of the summoned; None while nobody has reported."""
    praised: int
    converted: bool
    """Quy đổi: some of it was counted for another unit then."""


class Compared(msgspec.Struct, frozen=True):
    conference: str
    title: str
    day: str
    phase: str
    version: int
    """The newest that was signed; 0: none, and the figures are provisional."""
    figures: Cell


class Below(msgspec.Struct, frozen=True):
    unit: str
    name: str
    figures: list[Cell | None]
    """In the order of the conferences; None: it had no hall there."""


class ComparisonTold(msgspec.Struct, frozen=True):
    unit: str
    name: str
    above: str
    """The unit above, if it may be asked for too; empty: none."""
    rule: str
    """How figures of another tree are converted, in words."""
    conferences: list[Compared]
    """The newest first."""
    below: list[Below]
    at: str


class Comparison:
    def __init__(self, halls: Halls, clock: Clock, judge: Judge, beside: Beside, steps: Steps) -> None:
        self._halls = halls
        self._clock = clock
        self._judge = judge
        self._beside = beside
        self._steps = steps

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/api/v1/comparison",
                self.comparison,
                Action.SEE_BOARD,
                "So sánh các hội nghị của một đơn vị, kể cả qua ngày sắp xếp đơn vị (số quy đổi được đánh dấu)",
                query=ComparisonQuery,
                answers={200: ComparisonTold, 404: None, 422: None},
                costs=5,
            ),
        )

    async def comparison(self, request: web.Request) -> web.Response:
        caller = request[CALLER]
        unit = query_of(request, ComparisonQuery).unit or _own(caller)
        if caller.point is not None:
            raise nowhere()
        newest = sorted(self._held(), key=lambda each: _day(each.coordinator.scene.state), reverse=True)
        basis = next((each for each in newest if not unit or unit in each.coordinator.scene.state.units), None)
        if basis is None:
            # Nothing was ever held: that is no secret of anybody's.
            if unit or newest or not caller.everywhere:
                raise nowhere()
            return answer(ComparisonTold("", "", "", RULE, [], [], rfc3339(self._clock.now())))
        tree = basis.coordinator.scene.state
        if not (covers(caller, path=tree.path(unit)) if unit else caller.everywhere):
            raise nowhere()
        now_ms, steps = self._clock.now(), tuple(self._steps())
        below = [each.code for each in tree.units.values() if each.parent == (unit or None)][:BELOW]
        if not unit and len(below) == 1:
            below = [each.code for each in tree.units.values() if each.parent == below[0]][:BELOW]
        on = await self._taken(basis, now_ms)
        told: list[Compared] = []
        lines: dict[str, list[Cell | None]] = {code: [] for code in below}
        for each in newest[:COMPARED]:
            day = on if each is basis else await self._taken(each, now_ms)
            found = await self._beside.think(partial(summed, day, on, steps, (unit, *below)))
            if unit not in found:
                continue
            told.append(_compared(each, found[unit]))
            for code, cells in lines.items():
                cells.append(_cell(found[code]) if code in found else None)
        parent = tree.units[unit].parent if unit else None
        return answer(
            ComparisonTold(
                unit=unit,
                name=tree.units[unit].name if unit else "",
                above=parent if parent and covers(caller, path=tree.path(parent)) else "",
                rule=RULE,
                conferences=told,
                below=[Below(code, tree.units[code].name, cells) for code, cells in lines.items() if any(cells)],
                at=rfc3339(now_ms),
            )
        )

    def _held(self) -> list[Conference]:
        return [
            each
            for each in self._halls
            if (state := each.coordinator.scene.state).plan is not None and state.phase in COUNTED
        ]

    async def _taken(self, conference: Conference, now_ms: int) -> Day:
        """A conference's halls with the figures that its totals show."""
        judgement = await self._judge.judged(conference, now_ms)
        state, key = conference.coordinator.scene.state.still(), conference.coordinator.scene.round_at(now_ms)
        return await self._beside.think(partial(_day_of, conference.conference, state, key, judgement))


def _day_of(conference: str, state: State, key: RoundKey | None, judgement: Judgement) -> Day:
    parents: Mapping[str, str | None] = {unit.code: unit.parent for unit in state.units.values()}
    if key is None:
        return Day(conference, _day(state), parents, ())
    praised = {row.point for row in judgement.praise.rows}
    halls = tuple(
        Hall(
            unit=point.planned.unit,
            people=standing(point, key),
            reported=key in point.figures,
            on_time=key in point.figures and point.figures[key].on_time,
            praised=code in praised,
        )
        for code, point in state.points.items()
        if is_summoned(point, key[0])
    )
    return Day(conference, _day(state), parents, halls)


def _own(caller: Caller) -> str:
    if caller.everywhere or caller.point is not None:
        return ""
    if len(caller.units) > 1:
        raise Problem(422, "unit", "Bạn phụ trách nhiều đơn vị; hãy chọn đơn vị để so sánh.")
    return min(caller.units, default="")


def _day(state: State) -> str:
    """The conference's first day, by the hall's calendar."""
    sittings = state.plan.sittings if state.plan else ()
    starts_ms = min((each.starts_ms for each in sittings if not each.rehearsal), default=0)
    return day_of(starts_ms)


def _compared(conference: Conference, found: Summed) -> Compared:
    state = conference.coordinator.scene.state
    return Compared(
        conference=conference.conference,
        title=state.plan.title if state.plan else "",
        day=_day(state),
        phase=state.phase.value,
        version=len(state.affairs.closing.versions),
        figures=_cell(found),
    )


def _cell(found: Summed) -> Cell:
    people = found.people
    return Cell(
        points=found.points,
        reported=found.reported,
        on_time=found.on_time,
        reported_percent=_percent(found.reported, found.points),
        on_time_percent=_percent(found.on_time, found.points),
        expected=people.expected,
        present=people.present,
        excused=people.excused,
        unexcused=people.unexcused,
        unreported=people.unreported,
        guests=people.guests,
        # Of whom nobody has said anything is not 0 per cent there.
        present_percent=_percent(people.present, people.expected)
        if found.reported or people.unreported < people.expected
        else None,
        praised=found.praised,
        converted=found.converted,
    )


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
