"""The call sheet over HTTP: whom to phone, with their numbers, and who of the staff is phoning whom."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bridge.clock import Clock
from bridge.edges.commanding import tried
from bridge.edges.finding import hall_of, may_at, point_of, theirs
from bridge.halls import Halls
from bridge.rules import claiming
from bridge.rules.calls import NOTE_LIMIT, Called, Calls, Claim
from bridge.rules.events import AnyEvent
from bridge.rules.projection import Draft, State
from bridge.rules.refused import Refused
from bridge.rules.trouble import CallOutcome
from bridge.rules.urgency import Row, sheet
from endpoints_registry.access import Action, Caller
from endpoints_registry.bodies import NO_CONTROLS
from endpoints_registry.door import CALLER, Problem, Route
from endpoints_registry.taking import answer, body_of

log = structlog.get_logger("calling")

Facts = Callable[[str, bool], Mapping[str, Any]]
"""(point code, with names) -> the registry's facts of a point and its contacts."""


class Deed(StrEnum):
    CLAIM = "claim"
    LET_GO = "let_go"
    END = "end"


class CallBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    do: Deed
    outcome: CallOutcome | None = None
    """What the call came to; needed for `end`, and only there."""
    note: Annotated[str, NO_CONTROLS] = Field("", max_length=NOTE_LIMIT)
    """One line, for whoever phones there next."""


class Contact(msgspec.Struct, frozen=True):
    role: str
    name: str
    phone: str


class ClaimTold(msgspec.Struct, frozen=True):
    """Who phones a hall now, and until when nobody else should."""

    by: str
    by_name: str
    since_s: int
    until_s: int


class CalledTold(msgspec.Struct, frozen=True):
    by_name: str
    at_s: int
    outcome: CallOutcome
    note: str


class CallTold(msgspec.Struct, frozen=True):
    """How it stands with the calls to one hall."""

    point: str
    claim: ClaimTold | None
    last: CalledTold | None
    tries: int


class RowTold(CallTold, frozen=True):
    """One hall of the call sheet."""

    name: str
    parent: str
    unit: str
    why: list[str]
    """`dark`, `not_receiving`, `no_sound`, `no_picture`, `no_line`, `not_opened`, `silent:ROUND`, `quarantined`,
    `incident:NUMBER`, `differing`, `not_submitted:SITTING`; the weightiest first."""
    since_s: int
    minutes: int
    expected: int
    urgency: int
    contacts: list[Contact]


class SheetTold(msgspec.Struct, frozen=True):
    rows: list[RowTold]
    """The most urgent first."""
    count: int
    """How many there are in truth; the rows are bounded."""


class Calling:
    def __init__(self, halls: Halls, clock: Clock, facts: Facts, named: Callable[[str], str]) -> None:
        """`named` says how the holder of an account is called."""
        self._halls = halls
        self._clock = clock
        self._facts = facts
        self._named = named

    def routes(self) -> tuple[Route, ...]:
        one = "/api/v1/conferences/{conference}/calls"
        return (
            Route(
                "GET",
                one,
                self.sheet,
                Action.COORDINATE,
                "Danh sách cần gọi: điểm cầu mất tín hiệu, chưa báo cáo hoặc còn vướng, việc gấp nhất trước",
                answers={200: SheetTold, 404: None},
            ),
            Route(
                "POST",
                f"{one}/{{code}}",
                self.call,
                Action.COORDINATE,
                "Nhận gọi một điểm cầu, nhả ra, hoặc ghi kết quả cuộc gọi; mỗi lúc chỉ một người giữ",
                body=CallBody,
                answers={200: CallTold, 404: None, 409: None, 422: None, 503: None},
            ),
        )

    async def sheet(self, request: web.Request) -> web.Response:
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state, now_ms = hall.coordinator.scene.state, self._clock.now()
        found = sheet(state, theirs(state, caller).values(), now_ms)
        return answer(SheetTold([self._row(state, caller, row, now_ms) for row in found.rows], found.count))

    async def call(self, request: web.Request) -> web.Response:
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        point = point_of(state, caller, request.match_info["code"], Action.COORDINATE)
        asked = await body_of(request, CallBody)
        if (asked.do is Deed.END) is (asked.outcome is None):
            detail = "Kết quả cuộc gọi (outcome) phải có khi kết thúc (end), và chỉ khi đó."
            raise Problem(422, "outcome", detail)
        code, by, now_ms = point.code, caller.username, self._clock.now()

        def judge(draft: Draft) -> Sequence[tuple[AnyEvent, int]]:
            return _decided(draft.affairs.calls, asked, code, by, now_ms)

        try:
            await tried(hall, judge, caller)
        except Refused as refused:
            held = state.affairs.calls.claimed(code, self._clock.now())
            claim = msgspec.to_builtins(self._claim(held)) if held else None
            raise Problem(409, refused.code, str(refused), claim=claim) from refused
        log.info("call", conference=hall.conference, point=code, do=asked.do.value, by=caller.name)
        return answer(self._told(state, code, self._clock.now()))

    def _row(self, state: State, caller: Caller, row: Row, now_ms: int) -> RowTold:
        code = row.point.code
        facts = self._facts(code, may_at(state, caller, Action.SEE_NAMES, code))
        told = self._told(state, code, now_ms)
        return RowTold(
            point=code,
            claim=told.claim,
            last=told.last,
            tries=told.tries,
            name=row.point.planned.name,
            parent=facts["point"].get("parent_name", ""),
            unit=row.point.planned.unit,
            why=[str(reason) for reason in row.reasons],
            since_s=row.since_ms // 1000,
            minutes=row.minutes,
            expected=row.expected,
            urgency=row.urgency,
            contacts=[Contact(**contact) for contact in facts["contacts"]],
        )

    def _told(self, state: State, code: str, now_ms: int) -> CallTold:
        calls = state.affairs.calls
        claim, last = calls.claimed(code, now_ms), calls.last.get(code)
        return CallTold(
            point=code,
            claim=self._claim(claim) if claim else None,
            last=self._called(last) if last else None,
            tries=calls.tries.get(code, 0),
        )

    def _claim(self, claim: Claim) -> ClaimTold:
        return ClaimTold(claim.by, self._named(claim.by), claim.since_ms // 1000, claim.until_ms // 1000)

    def _called(self, last: Called) -> CalledTold:
        return CalledTold(self._named(last.by), last.at_ms // 1000, last.outcome, last.note)


def _decided(calls: Calls, asked: CallBody, code: str, by: str, now_ms: int) -> Sequence[tuple[AnyEvent, int]]:
    match asked.do:
        case Deed.CLAIM:
            return claiming.claim(calls, code, by, now_ms)
        case Deed.LET_GO:
            return claiming.let_go(calls, code, by, now_ms)
        case Deed.END:
            assert asked.outcome is not None  # noqa: S101 - looked at before
            return claiming.end(calls, code, by, now_ms, asked.outcome, asked.note.strip())
