"""Corrections over HTTP: asked for with a reason after the close, approved or refused one level up."""

from collections.abc import Callable
from typing import Annotated

import msgspec
import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bridge.clock import Clock
from bridge.edges.asking import ASKS_AS
from bridge.edges.commanding import commanded
from bridge.edges.finding import is_theirs, number_of, planned_hall_of
from bridge.edges.ladder import CORRECTIONS_SHOWN, CorrectionTold, Reader, stands_above
from bridge.edges.wording import Reason
from bridge.halls import Hall, Halls
from bridge.rules import closing
from bridge.rules.closing import Decided
from bridge.rules.ladder import Correction
from bridge.rules.model import Count, RoundName
from bridge.rules.projection import Draft
from endpoints_registry.access import Action, Caller
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.taking import answer, body_of

log = structlog.get_logger("corrections")

Code = Annotated[str, Field(min_length=1, max_length=40)]
Heads = Annotated[int, Field(ge=0, le=1_000_000)]
Shares = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=30, pattern=r"^[a-z_]+$")], Heads], Field(max_length=20)
]


class CorrectionBody(BaseModel):
    """The right numbers of a hall for a round, after the close."""

    model_config = ConfigDict(extra="forbid")

    point: Code
    sitting: Code
    round: RoundName
    present: Heads
    excused: Heads
    unexcused: Heads
    guests: Heads = 0
    substitutes: Heads = 0
    reasons: Shares = {}
    categories: Shares = {}
    reason: Reason


class VerdictBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


class CorrectionsTold(msgspec.Struct, frozen=True):
    corrections: list[CorrectionTold]
    count: int


class Corrections:
    def __init__(self, halls: Halls, clock: Clock, named: Callable[[str], str]) -> None:
        """`named` says how the holder of an account is called."""
        self._halls = halls
        self._clock = clock
        self._named = named

    def routes(self) -> tuple[Route, ...]:
        all_of_them = "/api/v1/conferences/{conference}/closing/corrections"
        settled = {200: CorrectionTold, 403: None, 404: None, 409: None, 422: None, 503: None}
        return (
            Route(
                "GET",
                all_of_them,
                self.corrections,
                Action.SEE_BOARD,
                "Các đính chính trong phạm vi của mình, đang chờ trước",
                answers={200: CorrectionsTold, 404: None},
            ),
            Route(
                "POST",
                all_of_them,
                self.ask,
                Action.ASK_CORRECTION,
                "Đề nghị đính chính một số liệu đã chốt, kèm lý do; số liệu chưa đổi cho đến khi được duyệt",
                body=CorrectionBody,
                answers={201: CorrectionTold, 404: None, 409: None, 422: None, 503: None},
            ),
            Route(
                "POST",
                f"{all_of_them}/{{number}}/approval",
                self.approve,
                Action.APPROVE,
                "Duyệt một đính chính; phải là người khác, cấp trên một bậc (cấp cao nhất: một người khác của ban tổ chức)",
                body=VerdictBody,
                answers=settled,
            ),
            Route(
                "POST",
                f"{all_of_them}/{{number}}/refusal",
                self.refuse,
                Action.APPROVE,
                "Từ chối một đính chính, kèm lý do",
                body=VerdictBody,
                answers=settled,
            ),
        )

    async def corrections(self, request: web.Request) -> web.Response:
        found = self._reader(planned_hall_of(self._halls, request), request[CALLER]).corrections()
        return answer(CorrectionsTold(found[:CORRECTIONS_SHOWN], len(found)))

    async def ask(self, request: web.Request) -> web.Response:
        hall, caller = planned_hall_of(self._halls, request), request[CALLER]
        asked = await body_of(request, CorrectionBody)
        if not is_theirs(hall.coordinator.scene.state, caller, asked.point):
            raise nowhere()
        said = Count(
            present=asked.present,
            excused=asked.excused,
            unexcused=asked.unexcused,
            guests=asked.guests,
            substitutes=asked.substitutes,
            reasons=asked.reasons,
            categories=asked.categories,
        )
        now_ms, number = self._clock.now(), 0

        def judge(draft: Draft) -> Decided:
            nonlocal number
            number = draft.affairs.closing.next_number
            key = (asked.sitting, asked.round)
            return closing.ask(draft, asked.point, key, said, asked.reason, ASKS_AS[caller.role], now_ms)

        await commanded(hall, judge, caller)
        log.info("correction-asked", conference=hall.conference, correction=number, by=caller.name)
        return self._answer(hall, caller, number, 201)

    async def approve(self, request: web.Request) -> web.Response:
        hall, caller = planned_hall_of(self._halls, request), request[CALLER]
        correction = _settleable(hall, request)
        asked = await body_of(request, VerdictBody)
        _must_stand_above(caller, correction)
        now_ms, number = self._clock.now(), correction.number
        await commanded(hall, lambda draft: closing.approve(draft, number, caller.name, asked.reason, now_ms), caller)
        log.info("correction-approved", conference=hall.conference, correction=number, by=caller.name)
        return self._answer(hall, caller, number)

    async def refuse(self, request: web.Request) -> web.Response:
        hall, caller = planned_hall_of(self._halls, request), request[CALLER]
        correction = _settleable(hall, request)
        asked = await body_of(request, VerdictBody)
        if correction.asked_by != caller.name:
            _must_stand_above(caller, correction)
        now_ms, number = self._clock.now(), correction.number
        await commanded(hall, lambda draft: closing.refuse(draft, number, asked.reason, now_ms), caller)
        log.info("correction-refused", conference=hall.conference, correction=number, by=caller.name)
        return self._answer(hall, caller, number)

    def _answer(self, hall: Hall, caller: Caller, number: int, status: int = 200) -> web.Response:
        correction = hall.coordinator.scene.state.affairs.closing.corrections[number]
        return answer(self._reader(hall, caller).correction(correction), status)

    def _reader(self, hall: Hall, caller: Caller) -> Reader:
        return Reader(hall.coordinator.scene.state, caller, self._named)


def _settleable(hall: Hall, request: web.Request) -> Correction:
    """The correction that the path names, if it is of one of the caller's points."""
    number, state = number_of(request), hall.coordinator.scene.state
    correction = state.affairs.closing.corrections.get(number) if number is not None else None
    if correction is None or not is_theirs(state, request[CALLER], correction.point):
        raise nowhere()
    return correction


def _must_stand_above(caller: Caller, correction: Correction) -> None:
    """Who asked is told so by the rule itself; who stands no higher is told who does."""
    if correction.asked_by == caller.name or stands_above(caller, correction):
        return
    raise Problem(403, "not_allowed", "Đính chính do điều phối đề nghị phải do ban tổ chức duyệt.")
