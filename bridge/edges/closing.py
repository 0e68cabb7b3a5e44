"""Closing up over HTTP: who has not submitted, what was checked or handed back, how far it has come."""

from collections.abc import Callable
from typing import Annotated

import msgspec
import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from bridge.clock import Clock
from bridge.edges.commanding import commanded
from bridge.edges.finding import holds, is_theirs, planned_hall_of, theirs
from bridge.edges.ladder import (
    CORRECTIONS_SHOWN,
    CorrectionTold,
    Reader,
    ReturnTold,
    SittingClosing,
    UnitClosing,
    VersionTold,
)
from bridge.edges.wording import Reason
from bridge.halls import Halls
from bridge.rules import closing, wire
from bridge.rules.closing import Decided, Standing
from bridge.rules.projection import Draft
from endpoints_registry.access import Action
from endpoints_registry.door import CALLER, Route, nowhere
from endpoints_registry.taking import answer, body_of, query_of

log = structlog.get_logger("closing")

Code = Annotated[str, Field(min_length=1, max_length=40)]


class ClosingQuery(BaseModel):
    unit: str = Field("", max_length=40, description="A unit and those just below it; without it, all that is yours.")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SubmissionBody(_Body):
    """The figures of all below a unit have been checked, and are handed in."""

    sitting: Code
    unit: Code


class ReturnBody(_Body):
    """Of a unit, or of a point: one of the two."""

    sitting: Code
    unit: Code | None = None
    point: Code | None = None
    reason: Reason

    @model_validator(mode="after")
    def _one_of_them(self) -> "ReturnBody":
        if (self.unit is None) is (self.point is None):
            raise PydanticCustomError("one_of", "{why}", {"why": "ghi unit hoặc point, một trong hai"})
        return self


class ClosingTold(msgspec.Struct, frozen=True):
    phase: str
    phase_version: int
    closed_at: str | None
    grace_until: str | None
    """Until then still counts what a phone had said before the close, as long as nothing is signed."""
    now: str
    version: int
    """The newest that was signed; 0: none."""
    sittings: list[SittingClosing]
    corrections: list[CorrectionTold]
    corrections_count: int
    versions: list[VersionTold]
    kept: int
    """What halls said after the close that moves no figure."""


class Closing:
    def __init__(self, halls: Halls, clock: Clock, named: Callable[[str], str]) -> None:
        """`named` says how the holder of an account is called."""
        self._halls = halls
        self._clock = clock
        self._named = named

    def routes(self) -> tuple[Route, ...]:
        one = "/api/v1/conferences/{conference}/closing"
        return (
            Route(
                "GET",
                one,
                self.overview,
                Action.SEE_BOARD,
                "Tiến độ nộp, kiểm tra, chốt và ký: nơi chưa nộp, đính chính đang chờ, các phiên bản đã ký",
                query=ClosingQuery,
                answers={200: ClosingTold, 404: None, 422: None},
            ),
            Route(
                "POST",
                f"{one}/submissions",
                self.check,
                Action.CHECK,
                "Kiểm tra xong và nộp số liệu của một đơn vị; nơi chưa nộp được ghi tên",
                body=SubmissionBody,
                answers={200: UnitClosing, 404: None, 409: None, 422: None, 503: None},
            ),
            Route(
                "POST",
                f"{one}/returns",
                self.hand_back,
                Action.CHECK,
                "Trả lại số liệu đã nộp của một đơn vị hoặc điểm cầu, kèm lý do",
                body=ReturnBody,
                answers={200: ReturnTold, 404: None, 409: None, 422: None, 503: None},
            ),
        )

    async def overview(self, request: web.Request) -> web.Response:
        hall, caller = planned_hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        unit = query_of(request, ClosingQuery).unit
        own = theirs(state, caller, unit)
        ladder, reader = state.affairs.closing, Reader(state, caller, self._named)
        until_ms = closing.grace_until(ladder, hall.coordinator.grace_ms)
        corrections = reader.corrections(unit)
        sittings = [each for each in state.plan.sittings if not each.rehearsal] if state.plan else []
        return answer(
            ClosingTold(
                phase=state.phase.value,
                phase_version=state.version,
                closed_at=wire.rfc3339_if(ladder.closed_ms),
                grace_until=wire.rfc3339_if(until_ms),
                now=wire.rfc3339(self._clock.now()),
                version=len(ladder.versions),
                sittings=[reader.sitting(each, own.values(), unit) for each in sittings],
                corrections=corrections[:CORRECTIONS_SHOWN],
                corrections_count=len(corrections),
                versions=[reader.version(each) for each in ladder.versions],
                kept=sum(number for code, number in ladder.kept.items() if code in own),
            )
        )

    async def check(self, request: web.Request) -> web.Response:
        hall, caller = planned_hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        asked = await body_of(request, SubmissionBody)
        if not holds(state, caller, asked.unit):
            raise nowhere()
        now_ms = self._clock.now()
        await commanded(hall, lambda draft: closing.check(draft, asked.sitting, asked.unit, now_ms), caller)
        log.info("unit-checked", conference=hall.conference, unit=asked.unit, sitting=asked.sitting, by=caller.name)
        standings = closing.standings(state, asked.sitting, theirs(state, caller, asked.unit).values())
        reader = Reader(state, caller, self._named)
        return answer(reader.unit(asked.sitting, asked.unit, standings.get(asked.unit) or Standing()))

    async def hand_back(self, request: web.Request) -> web.Response:
        hall, caller = planned_hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        asked = await body_of(request, ReturnBody)
        now_ms = self._clock.now()
        unit, point = asked.unit, asked.point
        if not (holds(state, caller, unit) if unit is not None else is_theirs(state, caller, point or "")):
            raise nowhere()

        def judge(draft: Draft) -> Decided:
            if point is not None:
                return closing.hand_back_point(draft, asked.sitting, point, asked.reason, now_ms)
            return closing.hand_back_unit(draft, asked.sitting, unit or "", asked.reason, now_ms)

        await commanded(hall, judge, caller)
        log.info("handed-back", conference=hall.conference, of=unit or point, sitting=asked.sitting, by=caller.name)
        by_name = Reader(state, caller, self._named).name(caller.name)
        return answer(ReturnTold(by_name, wire.rfc3339(now_ms), asked.reason))
