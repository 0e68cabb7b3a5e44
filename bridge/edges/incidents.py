"""The incidents over HTTP: what goes wrong, why it is one matter, and what the staff do about it."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

import msgspec
import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bridge.clock import Clock
from bridge.edges.commanding import commanded
from bridge.edges.deeds import Assign, DeedBody, Note, decided
from bridge.edges.finding import hall_of, incident_of, is_theirs
from bridge.halls import Halls
from bridge.rules import mending
from bridge.rules.incidents import Incident, Status
from bridge.rules.projection import Draft, State
from bridge.rules.severity import Severity
from bridge.rules.showing import Covers, Named, history, shown
from bridge.rules.trouble import Bond, Trouble
from endpoints_registry.access import ALLOWED, Action, Caller
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.taking import answer, body_of, query_of

log = structlog.get_logger("incidents")

LISTED = 500
"""So many in one answer: all that are open come first, then the newest of those that are over."""
POINTS_LIMIT = 1_000

Staff = Callable[[str], Awaitable[Caller | None]]
"""User name -> who that is; None if nobody may come in by that name."""
Code = Annotated[str, Field(min_length=1, max_length=40)]


class Which(StrEnum):
    OPEN = "open"
    ALL = "all"


class IncidentsQuery(BaseModel):
    status: Which = Which.OPEN


class OpenBody(BaseModel):
    """An incident that somebody of the staff saw first."""

    model_config = ConfigDict(extra="forbid")

    trouble: Trouble
    points: list[Code] = Field(min_length=1, max_length=POINTS_LIMIT)
    note: Note = ""


class HitTold(msgspec.Struct, frozen=True):
    code: str
    name: str
    began_at_s: int
    eased_at_s: int | None
    """null: it still fails."""


class IncidentTold(msgspec.Struct, frozen=True):
    """An incident as far as it concerns points of yours: every number is of those alone."""

    number: int
    trouble: Trouble
    bond: Bond
    bond_name: str
    why: str
    """Why its points are one matter, in Vietnamese."""
    points: list[HitTold]
    """The failing ones first; bounded."""
    count: int
    failing: int
    spread_s: int
    """Between the first and the last of them to fail."""
    began_at_s: int
    """When the first of them began to fail, the first time."""
    again_at_s: int | None
    """Since when it is open again; null: it was never over."""
    earlier_s: int
    """How long it had been open in all before it began anew."""
    noticed_at_s: int
    status: Status
    moved_at_s: int
    owner: str | None
    owner_name: str | None
    cause: str
    level: int
    severity: Severity
    by_itself: bool
    reopened: int
    note: str
    expected: int
    into: int | None
    """The incident that it turned out to be part of."""


class MoveTold(msgspec.Struct, frozen=True):
    """One line of its history."""

    at_s: int
    kind: str
    """The event, as in the journal."""
    by: str
    """User name, `staff` where names are not yours to see, or `system`."""
    by_name: str | None
    points: list[str]
    count: int
    said: str
    to: str | None
    to_name: str | None
    level: int | None
    by_itself: bool
    into: int | None


class OneIncident(IncidentTold, frozen=True):
    history: list[MoveTold]
    """Oldest first: how it began, and the newest of what was done."""


class IncidentsTold(msgspec.Struct, frozen=True):
    incidents: list[IncidentTold]
    """The open ones first, the newest first."""
    count: int
    """How many there are in truth; the list is bounded."""


class Incidents:
    def __init__(self, halls: Halls, clock: Clock, named: Named, staff: Staff) -> None:
        """`named` says how the holder of an account is called, `staff` who that is."""
        self._halls = halls
        self._clock = clock
        self._named = named
        self._staff = staff

    def routes(self) -> tuple[Route, ...]:
        all_of_them = "/api/v1/conferences/{conference}/incidents"
        one = f"{all_of_them}/{{number}}"
        return (
            Route(
                "GET",
                all_of_them,
                self.listed,
                Action.SEE_BOARD,
                "Các sự cố của điểm cầu trong phạm vi của mình, và vì sao được gộp làm một",
                query=IncidentsQuery,
                answers={200: IncidentsTold, 404: None, 422: None},
            ),
            Route(
                "POST",
                all_of_them,
                self.open,
                Action.COORDINATE,
                "Mở một sự cố bằng tay cho một hoặc nhiều điểm cầu",
                body=OpenBody,
                answers={201: IncidentTold, 404: None, 409: None, 422: None, 503: None},
            ),
            Route(
                "GET",
                one,
                self.one,
                Action.SEE_BOARD,
                "Một sự cố và diễn biến của nó",
                answers={200: OneIncident, 404: None},
            ),
            Route(
                "POST",
                one,
                self.mend,
                Action.COORDINATE,
                "Tiếp nhận, giao việc, ghi chú, nêu nguyên nhân, báo đã khắc phục, mở lại, báo lên cấp trên",
                body=DeedBody,
                answers={200: IncidentTold, 404: None, 409: None, 422: None, 503: None},
            ),
        )

    async def listed(self, request: web.Request) -> web.Response:
        query = query_of(request, IncidentsQuery)
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        found = [
            told
            for incident in _newest_first(state, query.status)
            if (told := self._told(state, caller, incident)) is not None
        ]
        return answer({"incidents": found[:LISTED], "count": len(found)})

    async def one(self, request: web.Request) -> web.Response:
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        incident = incident_of(state, request)
        told = self._told(state, caller, incident) or {}
        lines = history(incident, _covers(state, caller), self._names(caller))
        return answer({**told, "history": lines})

    async def open(self, request: web.Request) -> web.Response:
        asked = await body_of(request, OpenBody)
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state, now_ms = hall.coordinator.scene.state, self._clock.now()
        codes = tuple(dict.fromkeys(asked.points))
        theirs = _covers(state, caller)
        if not all(map(theirs, codes)):
            raise nowhere()
        opened: list[int] = []

        def judge(draft: Draft) -> mending.Decided:
            opened[:] = [draft.affairs.incidents.next_number]
            return mending.open_by_hand(draft, asked.trouble, codes, asked.note, now_ms)

        await commanded(hall, judge, caller)
        log.info("incident-opened", conference=hall.conference, incident=opened[0], by=caller.name)
        return answer(self._told(state, caller, state.affairs.incidents.known[opened[0]]), status=201)

    async def mend(self, request: web.Request) -> web.Response:
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        number = incident_of(state, request).number
        deed = (await body_of(request, DeedBody)).root
        theirs = _covers(state, caller)
        incident = state.affairs.incidents.known[number]
        # Whoever may not give it away is not told either who else there is to take it.
        if isinstance(deed, Assign) and all(map(theirs, incident.hits)):
            await self._must_take(state, deed.to, incident)
        now_ms = self._clock.now()
        await commanded(hall, lambda draft: decided(draft, number, deed, caller, theirs, now_ms), caller)
        log.info("incident", conference=hall.conference, incident=number, do=deed.do, by=caller.name)
        return answer(self._told(state, caller, state.affairs.incidents.known[number]))

    async def _must_take(self, state: State, username: str, incident: Incident) -> None:
        """Whoever it is given to must be able to see it and to do something about it."""
        somebody = await self._staff(username.strip().lower())
        if (
            somebody is None
            or somebody.role not in ALLOWED[Action.COORDINATE]
            or not any(map(_covers(state, somebody), incident.hits))
        ):
            raise Problem(
                409,
                "unknown_user",
                f"Không có ai tên đăng nhập «{username[:64]}» phụ trách điểm cầu của sự cố này; hãy chọn người khác.",
            )

    def _told(self, state: State, caller: Caller, incident: Incident) -> dict[str, Any] | None:
        return shown(incident, state.points, _covers(state, caller), self._names(caller))

    def _names(self, caller: Caller) -> Named | None:
        # A hall's own people see who stands in their hall, not who of the staff does what.
        return self._named if caller.point is None and caller.role in ALLOWED[Action.SEE_NAMES] else None


def _covers(state: State, caller: Caller) -> Covers:
    return partial(is_theirs, state, caller)


def _newest_first(state: State, which: Which) -> list[Incident]:
    incidents = state.affairs.incidents
    going_on = sorted(incidents.open(), key=lambda each: -each.number)
    if which is Which.OPEN:
        return going_on
    over = (each for each in incidents.known.values() if each.status is Status.RESOLVED)
    return going_on + sorted(over, key=lambda each: (-each.moved_ms, -each.number))
