"""Second sources over HTTP: spot checks drawn and counted, what others say of a hall, and differences settled."""

import secrets
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec
import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bridge.clock import Clock
from bridge.edges.commanding import commanded, once
from bridge.halls import Hall, Halls
from bridge.reach import has_part
from bridge.rules import checking, wire
from bridge.rules.attendance import round_asked
from bridge.rules.events import AnyEvent
from bridge.rules.model import Plan, Point, RoundKey, RoundName
from bridge.rules.projection import Draft, State
from bridge.rules.sources import DRAWN_LIMIT, Difference, Draw, Given, differences, lot, pool, pool_sha256
from bridge.rules.witness import Seen, Source, Stands
from endpoints_registry.access import ALLOWED, Action, Caller, covers, may
from endpoints_registry.gate import CALLER, Problem, Route, answer, body_of, nowhere, query_of

log = structlog.get_logger("checks")

ROWS = 2_000
"""Of a list; who waits comes first."""
NOTE_LIMIT = 300
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z_-]+$")]
Heads = Annotated[int, Field(ge=0, le=1_000_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=NOTE_LIMIT, pattern=r"^[^\x00-\x1f\x7f]*$")]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class SeenBody(BaseModel):
    """What was counted. Without `excused` or `unexcused`: that was not counted."""

    model_config = ConfigDict(extra="forbid")

    present: Heads
    excused: Heads | None = None
    unexcused: Heads | None = None

    def seen(self) -> Seen:
        return Seen(self.present, self.excused, self.unexcused)


class CheckBody(SeenBody):
    id: Annotated[
        str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
    ]
    """A UUIDv7 made where it was counted: a re-send changes nothing."""
    point: Code
    sitting: Code
    round: RoundName
    source: Source = Source.INSPECTOR
    note: Line = ""


class DrawBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sitting: Code
    unit: Annotated[str, StringConstraints(max_length=40)] = ""
    """Below which is drawn; without it, all that is the caller's."""
    count: int = Field(ge=1, le=DRAWN_LIMIT)


class SettleBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    point: Code
    sitting: Code
    round: RoundName
    source: Source
    stands: Stands
    seen: SeenBody
    """The second figure as it was shown: another one since then answers 409."""
    reason: Reason


class ChecksQuery(BaseModel):
    unit: str = Field("", max_length=40)


class SecondTold(msgspec.Struct, frozen=True):
    """A second source's figure."""

    source: str
    sitting: str
    round: str
    present: int
    excused: int | None
    unexcused: int | None
    at: str
    by_name: str
    """Empty for whoever sees no names."""
    note: str


class OwnTold(msgspec.Struct, frozen=True):
    """The hall's own figure."""

    present: int
    excused: int
    unexcused: int
    guests: int
    at: str
    by: str
    """`own`, or `proxy` where the staff entered it for the hall."""
    act: str
    """For a correction (act `correct`)."""


class SettledTold(msgspec.Struct, frozen=True):
    stands: str
    by_name: str
    at: str
    reason: str


class DifferenceTold(msgspec.Struct, frozen=True):
    point: str
    name: str
    parent: str
    sitting: str
    round: str
    own: OwnTold | None
    """None: the hall has not reported."""
    second: SecondTold
    settled: SettledTold | None
    awaits: bool
    """Somebody has still to say which stands, or to correct the hall's figure."""


class DrawnTold(msgspec.Struct, frozen=True):
    """A hall that an inspector is asked to visit."""

    point: str
    name: str
    parent: str
    unit: str
    draw: int
    sitting: str
    expected: int | None
    checks: list[SecondTold]
    """What inspectors have counted there in that sitting."""


class DrawTold(msgspec.Struct, frozen=True):
    number: int
    unit: str
    sitting: str
    at: str
    by_name: str
    seed: str
    among: int
    pool_sha256: str
    times: dict[str, int]
    """How often those had been looked at before that had been."""
    points: list[str]
    """In the order of the lot."""
    again: bool | None
    """Whether the seed draws the same halls again from today's list; None where that list has changed since."""


class ChecksTold(msgspec.Struct, frozen=True):
    sitting: str | None
    round: str | None
    """The round that halls are asked for now."""
    sittings: list[dict[str, Any]]
    """`{id, name, rounds: [...]}`."""
    drawn: list[DrawnTold]
    """The newest draw first."""
    given: list[dict[str, Any]]
    """Every second figure: `{point, name, parent, second}`."""
    differences: list[DifferenceTold]
    """Those that wait first."""
    counts: dict[str, int]
    """`{given, differences, waiting, drawn, checked}`, however long the lists are."""
    now: str


class DrawsTold(msgspec.Struct, frozen=True):
    draws: list[DrawTold]


class CheckedTold(msgspec.Struct, frozen=True):
    """The receipt of a second figure."""

    id: str
    point: str
    at: str
    duplicate: bool
    differs: bool
    """Whether the hall says otherwise."""


def by_chance() -> str:
    """What nobody can foresee."""
    return secrets.token_hex(16)


Placed = Callable[[str, str], str]
"""(conference, point code) -> what stands beside its name."""


class Checks:
    def __init__(
        self,
        halls: Halls,
        clock: Clock,
        placed: Placed,
        named: Callable[[str], str],
        seed: Callable[[], str] = by_chance,
    ) -> None:
        """`named` says how the holder of an account is called, `seed` by what the next lot is drawn."""
        self._seed = seed
        self._halls = halls
        self._clock = clock
        self._placed = placed
        self._named = named

    def routes(self) -> tuple[Route, ...]:
        one = "/api/v1/conferences/{conference}/checks"
        return (
            Route(
                "GET",
                one,
                self.checks,
                Action.SPOT_CHECK,
                "Kiểm tra đột xuất: điểm cầu được rút thăm, số liệu từ nguồn thứ hai và các chỗ khác nhau",
                query=ChecksQuery,
                answers={200: ChecksTold, 404: None, 422: None},
            ),
            Route(
                "POST",
                one,
                self.check,
                Action.SPOT_CHECK,
                "Ghi số đếm từ nguồn thứ hai (kiểm tra, chủ trì, ảnh); không làm đổi số liệu của điểm cầu",
                body=CheckBody,
                answers={200: CheckedTold, 404: None, 409: None, 422: None, 503: None},
            ),
            Route(
                "GET",
                f"{one}/draws",
                self.draws,
                Action.SPOT_CHECK,
                "Các lần rút thăm điểm cầu để kiểm tra, kèm mầm ngẫu nhiên để ai cũng rút lại được",
                answers={200: DrawsTold, 404: None},
            ),
            Route(
                "POST",
                f"{one}/draws",
                self.draw,
                Action.SPOT_CHECK,
                "Rút thăm điểm cầu để kiểm tra đột xuất; nơi đã kiểm tra ít có khả năng được rút lại",
                body=DrawBody,
                answers={201: DrawTold, 404: None, 409: None, 422: None, 503: None},
            ),
            Route(
                "POST",
                f"{one}/settlements",
                self.settle,
                Action.SETTLE,
                "Kết luận một chỗ khác nhau: số nào đúng và vì sao; nếu điểm cầu sai thì còn phải đính chính",
                body=SettleBody,
                answers={200: DifferenceTold, 404: None, 409: None, 422: None, 503: None},
            ),
        )

    # --- what is known

    async def checks(self, request: web.Request) -> web.Response:
        unit = query_of(request, ChecksQuery).unit
        hall, caller = self._hall(request), request[CALLER]
        state, now_ms = hall.coordinator.scene.state, self._clock.now()
        theirs = _theirs(state, caller, unit)
        sources = state.affairs.sources
        found = differences(sources, state.points, theirs)
        given = [(place, each) for place, each in sources.given.items() if place[0] in theirs]
        drawn = [(draw, code) for draw in reversed(sources.draws.values()) for code in draw.points if code in theirs]
        plan = state.plan
        asked = round_asked(plan.sittings, now_ms) if plan else None
        told = [self._drawn(hall, caller, draw, code) for draw, code in drawn[:ROWS]]
        return answer(
            ChecksTold(
                sitting=asked[0] if asked else None,
                round=asked[1].value if asked else None,
                sittings=_sittings(plan) if plan else [],
                drawn=told,
                given=[
                    {**self._place(hall, place[0]), "second": self._second(caller, place[2], place[1], each)}
                    for place, each in sorted(given, key=lambda one: -one[1].at_ms)[:ROWS]
                ],
                differences=[
                    self._difference(hall, caller, each)
                    for each in sorted(found, key=lambda each: not each.awaits)[:ROWS]
                ],
                counts={
                    "given": len(given),
                    "differences": len(found),
                    "waiting": sum(each.awaits for each in found),
                    "drawn": len(drawn),
                    "checked": sum(bool(_counted(state, code, draw.sitting)) for draw, code in drawn),
                },
                now=wire.rfc3339(now_ms),
            )
        )

    async def draws(self, request: web.Request) -> web.Response:
        hall, caller = self._hall(request), request[CALLER]
        state = hall.coordinator.scene.state
        # A draw speaks of all its halls, and so to whoever holds all of them: others learn which of theirs came up.
        found = [each for each in reversed(state.affairs.sources.draws.values()) if _holds(state, caller, each.unit)]
        return answer(DrawsTold([self._draw(state, caller, draw) for draw in found]))

    # --- what is done

    async def check(self, request: web.Request) -> web.Response:
        asked = await body_of(request, CheckBody)
        hall, caller = self._hall(request), request[CALLER]
        state = hall.coordinator.scene.state
        point = _point(state, caller, asked.point, Action.SPOT_CHECK)
        if asked.source is Source.CHAIR and caller.role not in ALLOWED[Action.ACT]:
            # Who goes there to count says what they counted, and nothing that they were told.
            raise Problem(403, "not_allowed", "Số do chủ trì báo là do điều phối hoặc ban tổ chức ghi.")
        key: RoundKey = (asked.sitting, asked.round)
        now_ms = self._clock.now()

        def judge(draft: Draft) -> Sequence[tuple[AnyEvent, int]]:
            return checking.give(draft, point.code, key, asked.source, asked.seen(), now_ms, note=asked.note)

        new = await once(hall, judge, caller, asked.id)
        log.info("source-given", conference=hall.conference, point=point.code, source=asked.source, by=caller.name)
        given = state.affairs.sources.given.get((point.code, key, asked.source))
        found = differences(state.affairs.sources, state.points, (point.code,))
        return answer(
            CheckedTold(
                id=asked.id,
                point=point.code,
                at=wire.rfc3339(given.at_ms if given else now_ms),
                duplicate=not new,
                differs=any((each.key, each.source) == (key, asked.source) for each in found),
            )
        )

    async def draw(self, request: web.Request) -> web.Response:
        asked = await body_of(request, DrawBody)
        hall, caller = self._hall(request), request[CALLER]
        state = hall.coordinator.scene.state
        unit = asked.unit or _own(caller)
        if not _holds(state, caller, unit):
            raise nowhere()
        # Chance comes in here, and stands in the journal from then on.
        seed, now_ms = self._seed(), self._clock.now()
        before = len(state.affairs.sources.draws)

        def judge(draft: Draft) -> Sequence[tuple[AnyEvent, int]]:
            return checking.draw(draft, asked.sitting, unit, asked.count, seed, now_ms)

        await commanded(hall, judge, caller)
        drawn = next(
            each for number, each in state.affairs.sources.draws.items() if number > before and each.seed == seed
        )
        log.info("spot-check-drawn", conference=hall.conference, draw=drawn.number, unit=unit, by=caller.name)
        return answer(self._draw(state, caller, drawn), 201)

    async def settle(self, request: web.Request) -> web.Response:
        asked = await body_of(request, SettleBody)
        hall, caller = self._hall(request), request[CALLER]
        state = hall.coordinator.scene.state
        point = _point(state, caller, asked.point, Action.SETTLE)
        key: RoundKey = (asked.sitting, asked.round)
        now_ms = self._clock.now()

        def judge(draft: Draft) -> Sequence[tuple[AnyEvent, int]]:
            return checking.settle(
                draft, point.code, key, asked.source, asked.stands, asked.reason, asked.seen.seen(), now_ms
            )

        await commanded(hall, judge, caller)
        log.info("difference-settled", conference=hall.conference, point=point.code, stands=asked.stands)
        found = differences(state.affairs.sources, state.points, (point.code,))
        settled = next((each for each in found if (each.key, each.source) == (key, asked.source)), None)
        if settled is None:
            raise Problem(409, "no_difference", "Hai số liệu của đợt này không còn khác nhau.")
        return answer(self._difference(hall, caller, settled))

    # --- in words

    def _place(self, hall: Hall, code: str) -> dict[str, str]:
        name = hall.coordinator.scene.state.points[code].planned.name
        return {"point": code, "name": name, "parent": self._placed(hall.conference, code)}

    def _drawn(self, hall: Hall, caller: Caller, draw: Draw, code: str) -> DrawnTold:
        state = hall.coordinator.scene.state
        point = state.points[code]
        return DrawnTold(
            **self._place(hall, code),
            unit=point.planned.unit,
            draw=draw.number,
            sitting=draw.sitting,
            expected=point.expected.get(draw.sitting),
            checks=[
                self._second(caller, Source.INSPECTOR, key, given) for key, given in _counted(state, code, draw.sitting)
            ],
        )

    def _second(self, caller: Caller, source: Source, key: RoundKey, given: Given) -> SecondTold:
        seen = given.seen
        return SecondTold(
            source=source.value,
            sitting=key[0],
            round=key[1].value,
            present=seen.present,
            excused=seen.excused,
            unexcused=seen.unexcused,
            at=wire.rfc3339(given.at_ms),
            by_name=self._name(caller, given.by),
            note=given.note if _among_staff(caller) or _is(caller, given.by) else "",
        )

    def _difference(self, hall: Hall, caller: Caller, each: Difference) -> DifferenceTold:
        state = hall.coordinator.scene.state
        figure = state.points[each.point].figures.get(each.key)
        settled = each.settled
        return DifferenceTold(
            **self._place(hall, each.point),
            sitting=each.key[0],
            round=each.key[1].value,
            own=OwnTold(
                present=figure.count.present,
                excused=figure.count.excused,
                unexcused=figure.count.unexcused,
                guests=figure.count.guests,
                at=wire.rfc3339(figure.at_ms),
                by=figure.author.value,
                act=figure.act,
            )
            if figure
            else None,
            second=self._second(caller, each.source, each.key, each.given),
            settled=SettledTold(
                stands=settled.stands.value,
                by_name=self._name(caller, settled.by),
                at=wire.rfc3339(settled.at_ms),
                reason=settled.reason if _among_staff(caller) else "",
            )
            if settled
            else None,
            awaits=each.awaits,
        )

    def _draw(self, state: State, caller: Caller, draw: Draw) -> DrawTold:
        return DrawTold(
            number=draw.number,
            unit=draw.unit,
            sitting=draw.sitting,
            at=wire.rfc3339(draw.at_ms),
            by_name=self._name(caller, draw.by),
            seed=draw.seed,
            among=draw.among,
            pool_sha256=draw.pool_sha256,
            times=draw.times,
            points=list(draw.points),
            again=_again(state, draw),
        )

    def _name(self, caller: Caller, username: str) -> str:
        return self._named(username) if _among_staff(caller) or _is(caller, username) else ""

    def _hall(self, request: web.Request) -> Hall:
        """The conference that the path names, if it has anything of the caller's."""
        hall = self._halls.get(request.match_info["conference"])
        if hall is None or not has_part(hall.coordinator.scene, request[CALLER]):
            raise nowhere()
        return hall


def _again(state: State, draw: Draw) -> bool | None:
    plan = state.plan
    candidates = pool(state.points, checking.paths(plan), draw.sitting, draw.unit) if plan else ()
    if pool_sha256(candidates) != draw.pool_sha256:
        return None
    return lot(draw.seed, candidates, draw.times, len(draw.points)) == draw.points


def _counted(state: State, code: str, sitting: str) -> list[tuple[RoundKey, Given]]:
    """What inspectors counted in a hall in a sitting, by round."""
    given = state.affairs.sources.given
    keys: list[RoundKey] = [(sitting, round) for round in RoundName]
    return [(key, each) for key in keys if (each := given.get((code, key, Source.INSPECTOR))) is not None]


def _holds(state: State, caller: Caller, unit: str) -> bool:
    """Whether everything below the unit is the caller's; everything there is, without one."""
    return (unit in state.units and covers(caller, path=state.path(unit))) if unit else caller.everywhere


def _theirs(state: State, caller: Caller, unit: str) -> dict[str, Point]:
    """The halls of the unit that the caller may check; of everything that is theirs without one."""
    if unit and not _holds(state, caller, unit):
        raise nowhere()
    return {
        code: point
        for code, point in state.points.items()
        if (not unit or unit in state.path(point.planned.unit)) and covers(caller, path=state.path(point.planned.unit))
    }


def _point(state: State, caller: Caller, code: str, action: Action) -> Point:
    point = state.point(code)
    if point is None or not may(caller, action, path=state.path(point.planned.unit), point=code):
        raise nowhere()
    return point


def _own(caller: Caller) -> str:
    """Below which somebody draws who names no unit."""
    if caller.everywhere:
        return ""
    if len(caller.units) > 1:
        raise Problem(422, "unit", "Bạn phụ trách nhiều đơn vị; hãy chọn đơn vị để rút thăm.")
    return min(caller.units, default="")


def _among_staff(caller: Caller) -> bool:
    """Whether they may read who of the staff it was: an inspector sees no names but their own."""
    return caller.role in ALLOWED[Action.COORDINATE]


def _is(caller: Caller, username: str) -> bool:
    return caller.name == f"user:{username}"


def _sittings(plan: Plan) -> list[dict[str, Any]]:
    return [
        {"id": each.id, "name": each.name, "rounds": [one.name.value for one in each.rounds]}
        for each in plan.sittings
        if not each.rehearsal
    ]
