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
from bridge.edges.finding import hall_of, holds, point_of, theirs
from bridge.edges.sources import DifferenceTold, DrawnTold, DrawTold, Placed, Reader, counted
from bridge.edges.wording import Reason
from bridge.halls import Hall, Halls
from bridge.rules import checking, wire
from bridge.rules.acts import UUID7
from bridge.rules.attendance import round_asked
from bridge.rules.events import AnyEvent
from bridge.rules.model import Plan, RoundKey, RoundName
from bridge.rules.projection import Draft
from bridge.rules.sources import DRAWN_LIMIT, differences
from bridge.rules.witness import Seen, Source, Stands
from endpoints_registry.access import ALLOWED, Action, Caller
from endpoints_registry.bodies import NO_CONTROLS
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.taking import answer, body_of, query_of

log = structlog.get_logger("checks")

ROWS = 2_000
"""Of a list; who waits comes first."""
NOTE_LIMIT = 300
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z_-]+$")]
Heads = Annotated[int, Field(ge=0, le=1_000_000)]
Line = Annotated[str, NO_CONTROLS, StringConstraints(strip_whitespace=True, max_length=NOTE_LIMIT)]


class SeenBody(BaseModel):
    """What was counted. Without `excused` or `unexcused`: that was not counted."""

    model_config = ConfigDict(extra="forbid")

    present: Heads
    excused: Heads | None = None
    unexcused: Heads | None = None

    def seen(self) -> Seen:
        return Seen(self.present, self.excused, self.unexcused)


class CheckBody(SeenBody):
    id: Annotated[str, StringConstraints(pattern=UUID7)]
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
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state, now_ms = hall.coordinator.scene.state, self._clock.now()
        reader, own = self._reader(hall, caller), theirs(state, caller, unit)
        sources = state.affairs.sources
        found = differences(sources, state.points, own)
        given = [(place, each) for place, each in sources.given.items() if place[0] in own]
        drawn = [(draw, code) for draw in reversed(sources.draws.values()) for code in draw.points if code in own]
        plan = state.plan
        asked = round_asked(plan.sittings, now_ms) if plan else None
        return answer(
            ChecksTold(
                sitting=asked[0] if asked else None,
                round=asked[1].value if asked else None,
                sittings=_sittings(plan) if plan else [],
                drawn=[reader.drawn(draw, code) for draw, code in drawn[:ROWS]],
                given=[
                    {**reader.place(place[0]), "second": reader.second(place[2], place[1], each)}
                    for place, each in sorted(given, key=lambda one: -one[1].at_ms)[:ROWS]
                ],
                differences=[
                    reader.difference(each) for each in sorted(found, key=lambda each: not each.awaits)[:ROWS]
                ],
                counts={
                    "given": len(given),
                    "differences": len(found),
                    "waiting": sum(each.awaits for each in found),
                    "drawn": len(drawn),
                    "checked": sum(bool(counted(state, code, draw.sitting)) for draw, code in drawn),
                },
                now=wire.rfc3339(now_ms),
            )
        )

    async def draws(self, request: web.Request) -> web.Response:
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        # A draw speaks of all its halls, and so to whoever holds all of them: others learn which of theirs came up.
        found = [each for each in reversed(state.affairs.sources.draws.values()) if holds(state, caller, each.unit)]
        reader = self._reader(hall, caller)
        return answer(DrawsTold([reader.draw(each) for each in found]))

    # --- what is done

    async def check(self, request: web.Request) -> web.Response:
        asked = await body_of(request, CheckBody)
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        point = point_of(state, caller, asked.point, Action.SPOT_CHECK)
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
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        unit = asked.unit or _own(caller)
        if not holds(state, caller, unit):
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
        return answer(self._reader(hall, caller).draw(drawn), 201)

    async def settle(self, request: web.Request) -> web.Response:
        asked = await body_of(request, SettleBody)
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        point = point_of(state, caller, asked.point, Action.SETTLE)
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
        return answer(self._reader(hall, caller).difference(settled))

    def _reader(self, hall: Hall, caller: Caller) -> Reader:
        return Reader(hall, caller, self._placed, self._named)


def _own(caller: Caller) -> str:
    """Below which somebody draws who names no unit."""
    if caller.everywhere:
        return ""
    if len(caller.units) > 1:
        raise Problem(422, "unit", "Bạn phụ trách nhiều đơn vị; hãy chọn đơn vị để rút thăm.")
    return min(caller.units, default="")


def _sittings(plan: Plan) -> list[dict[str, Any]]:
    return [
        {"id": each.id, "name": each.name, "rounds": [one.name.value for one in each.rounds]}
        for each in plan.sittings
        if not each.rehearsal
    ]
