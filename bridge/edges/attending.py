"""A person's own phone: the hall's rotating code and their badge check them in."""

from datetime import UTC, datetime
from time import monotonic

import msgspec
import structlog
from aiohttp import hdrs, web
from pydantic import BaseModel, ConfigDict, Field

from bridge.batch import Asked
from bridge.clock import Clock
from bridge.coordinator import Overloaded, Unavailable
from bridge.edges.asking import Roll, come_again
from bridge.halls import Halls
from bridge.rules import acts, wire
from endpoints_registry.allowances import Allowances
from endpoints_registry.arriving import came_from, neighbourhood
from endpoints_registry.door import Open, Problem, Route
from endpoints_registry.taking import answer, body_of

log = structlog.get_logger("attending")

TRIES, TRIES_S = 20, 60.0
"""A person scans once, and a phone with a bad line sends it again a few times. So many in a minute are kept for each person,
and for each address of those who show no badge of ours: whoever has once seen the hall's code must not fill the journal."""


class AttendBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=acts.UUID7)
    """The act's UUIDv7, made by the phone: a re-send changes nothing."""
    point: str = Field(max_length=40, pattern=r"^[0-9A-Za-z-]+$")
    code: str = Field(max_length=80)
    """What the hall shows now."""
    badge: str = Field(max_length=200)


class Attending:
    def __init__(self, halls: Halls, roll: Roll, clock: Clock) -> None:
        self._halls = halls
        self._roll = roll
        self._clock = clock
        self._tries = Allowances(monotonic, TRIES, TRIES_S)

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "POST",
                "/api/v1/attend",
                self.attend,
                Open.PUBLIC,
                "Đại biểu tự điểm danh: mã đang hiện trong hội trường và thẻ của mình",
                body=AttendBody,
                answers={200: wire.Outcome, 404: None, 422: None, 429: None, 503: None},
            ),
        )

    async def attend(self, request: web.Request) -> web.Response:
        body = await body_of(request, AttendBody)
        hall = self._halls.of_point(body.point)
        conference = hall.conference if hall else ""
        # One answer for a wrong hall and for an old code: the code is what lets somebody in, and it says nothing.
        if hall is None or not self._roll.hall_shows(conference, body.point, body.code):
            raise Problem(404, "old_code", "Mã hội trường đã hết hạn; hãy quét lại mã đang hiện trên màn hình.")
        person = self._roll.by_badge(conference, body.badge)
        if wait_s := self._tries.spend(person or neighbourhood(came_from(request)), 1):
            detail = f"Đã điểm danh quá nhiều lần; hãy đợi {wait_s} giây rồi thử lại, hoặc điểm danh tại bàn."
            raise Problem(429, "too_many_tries", detail, headers={hdrs.RETRY_AFTER: str(wait_s)}, wait_s=wait_s)
        now_ms = self._clock.now()
        act = acts.ScanAct(
            id=body.id, seq=0, at=datetime.fromtimestamp(now_ms / 1000, UTC), point=body.point, badge=body.badge
        )
        asked = Asked(
            act=act,
            by=f"attend:{body.point}",
            staff=False,
            device="",
            at_ms=now_ms,
            received_ms=now_ms,
            skew_ms=0,
            # The hour is ours, not the phone's: it must not make a re-send another act.
            digest=acts.digest(msgspec.structs.replace(act, at=datetime.fromtimestamp(0, UTC))),
            person=person,
        )
        try:
            (outcome,) = await hall.coordinator.ask([asked])
        except (Overloaded, Unavailable) as unknown:
            raise come_again() from unknown
        return answer(outcome)
