"""Praise and criticism over HTTP: the lists by their rules, and what somebody put there or took off, with a reason."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bridge.beside import Beside
from bridge.clock import Clock
from bridge.edges.commanding import commanded
from bridge.edges.finding import hall_of, holds, point_of, theirs
from bridge.edges.wording import Reason
from bridge.halls import Hall, Halls
from bridge.judge import Judge
from bridge.rules import checking, wire
from bridge.rules.events import AnyEvent
from bridge.rules.judging import List, Removed, Row
from bridge.rules.projection import Draft, State
from bridge.rules.sources import Edited
from bridge.rules.witness import Roll
from endpoints_registry.access import ALLOWED, Action, Caller
from endpoints_registry.door import CALLER, Route, nowhere
from endpoints_registry.taking import answer, body_of, query_of

log = structlog.get_logger("judgement")

ROWS = 5_000


class JudgementQuery(BaseModel):
    unit: str = Field("", max_length=40)


class JudgementBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    point: str = Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z-]+$")
    list: Roll
    add: bool
    """False: the hall is taken off the list, or not put there after all."""
    reason: Reason


class EditedTold(msgspec.Struct, frozen=True):
    added: bool
    by_name: str
    at: str
    reason: str


class JudgedTold(msgspec.Struct, frozen=True):
    point: str
    name: str
    parent: str
    unit: str
    evidence: tuple[str, ...]
    edited: EditedTold | None
    """Somebody put it here, or (among the removed) took it off."""


class RollTold(msgspec.Struct, frozen=True):
    rules: tuple[str, ...]
    """In words, as they are printed with the list."""
    count: int
    rows: list[JudgedTold]
    removed: list[JudgedTold]


class JudgementTold(msgspec.Struct, frozen=True):
    praise: RollTold
    criticism: RollTold
    at: str


class Judging:
    def __init__(
        self,
        halls: Halls,
        clock: Clock,
        judge: Judge,
        beside: Beside,
        placed: Callable[[str, str], str],
        named: Callable[[str], str],
    ) -> None:
        """`placed` says what stands beside a hall's name (conference, point); `named` how the holder of an account is called."""
        self._halls = halls
        self._clock = clock
        self._judge = judge
        self._beside = beside
        self._placed = placed
        self._named = named

    def routes(self) -> tuple[Route, ...]:
        one = "/api/v1/conferences/{conference}/judgement"
        return (
            Route(
                "GET",
                one,
                self.judgement,
                Action.SEE_BOARD,
                "Danh sách khen và phê bình theo quy tắc đã nêu, mỗi điểm cầu kèm căn cứ",
                query=JudgementQuery,
                answers={200: JudgementTold, 404: None, 422: None},
                costs=1,
            ),
            Route(
                "POST",
                f"{one}/changes",
                self.change,
                Action.GOVERN,
                "Thêm một điểm cầu vào danh sách khen, phê bình hoặc đưa ra, kèm lý do",
                body=JudgementBody,
                answers={200: JudgementTold, 404: None, 409: None, 422: None, 503: None},
            ),
        )

    async def judgement(self, request: web.Request) -> web.Response:
        unit = query_of(request, JudgementQuery).unit
        return await self._answered(hall_of(self._halls, request), request[CALLER], unit)

    async def change(self, request: web.Request) -> web.Response:
        asked = await body_of(request, JudgementBody)
        hall, caller = hall_of(self._halls, request), request[CALLER]
        point_of(hall.coordinator.scene.state, caller, asked.point, Action.GOVERN)
        now_ms = self._clock.now()

        def judge(draft: Draft) -> Sequence[tuple[AnyEvent, int]]:
            return checking.judge(draft, asked.point, asked.list, asked.add, asked.reason.strip(), now_ms)

        await commanded(hall, judge, caller)
        log.info("judgement-changed", conference=hall.conference, point=asked.point, list=asked.list, by=caller.name)
        return await self._answered(hall, caller, "")

    async def _answered(self, hall: Hall, caller: Caller, unit: str) -> web.Response:
        state, now_ms = hall.coordinator.scene.state, self._clock.now()
        if unit and not holds(state, caller, unit):
            raise nowhere()
        found = await self._judge.judged(hall, now_ms)
        still = hall.coordinator.scene.state.still()

        def told() -> web.Response:
            own = found if caller.everywhere and not unit else found.among(frozenset(theirs(still, caller, unit)))
            stated = self._judge.terms.stated()
            return answer(
                JudgementTold(
                    praise=self._list(hall.conference, still, caller, own.praise, stated[Roll.PRAISE]),
                    criticism=self._list(hall.conference, still, caller, own.criticism, stated[Roll.CRITICISM]),
                    at=wire.rfc3339(now_ms),
                )
            )

        return await self._beside.think(told)

    def _list(self, conference: str, state: State, caller: Caller, found: List, rules: tuple[str, ...]) -> RollTold:
        def row(each: Row | Removed) -> JudgedTold:
            planned = state.points[each.point].planned
            return JudgedTold(
                point=each.point,
                name=planned.name,
                parent=self._placed(conference, each.point),
                unit=planned.unit,
                evidence=each.evidence,
                edited=self._edited(caller, each.edited) if each.edited else None,
            )

        rows, removed = ([row(each) for each in some[:ROWS]] for some in (found.rows, found.removed))
        return RollTold(rules, len(found.rows), rows, removed)

    def _edited(self, caller: Caller, edited: Edited) -> EditedTold:
        # What the staff write for each other names people more often than not.
        among_staff = caller.role in ALLOWED[Action.COORDINATE]
        words: dict[str, Any] = (
            {"by_name": self._named(edited.by), "reason": edited.reason}
            if among_staff
            else {"by_name": "", "reason": ""}
        )
        return EditedTold(added=edited.added, at=wire.rfc3339(edited.at_ms), **words)
