"""The incidents over HTTP: what goes wrong, why it is one matter, and what the staff do about it."""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple, assert_never

import msgspec
import structlog
from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel

from bridge.clock import Clock
from bridge.edges.commanding import commanded
from bridge.edges.finding import hall_of, is_theirs, number_of
from bridge.edges.wording import line
from bridge.halls import Halls
from bridge.rules import mending
from bridge.rules.incidents import Incident, Status
from bridge.rules.projection import Draft, State
from bridge.rules.severity import Severity
from bridge.rules.showing import Covers, Named, history, shown
from bridge.rules.trouble import Bond, Trouble
from endpoints_registry.access import ALLOWED, Action, Caller, Role, covers
from endpoints_registry.gate import CALLER, Problem, Route, answer, body_of, nowhere, query_of

log = structlog.get_logger("incidents")

LISTED = 500
"""So many in one answer: all that are open come first, then the newest of those that are over."""
TAKERS_LISTED = 200
"""Whoever holds a whole city may be one of hundreds; the nearest are told, the others can still be named."""
NOTE_LIMIT, CAUSE_LIMIT = 500, 200
POINTS_LIMIT = 1_000

Staff = Callable[[str], Awaitable[Caller | None]]
"""User name -> who that is; None if nobody may come in by that name."""


class Colleague(NamedTuple):
    """Somebody of the staff."""

    who: Caller
    place: str
    """What their unit or cluster is called; empty: everything is theirs."""
    on_duty: bool
    """They stand on the conference's duty roster at this hour."""


Colleagues = Callable[[str], Awaitable[Sequence[Colleague]]]
"""Everybody of the staff, as of a conference, by name in Vietnamese order."""


Note = Annotated[str, Field(max_length=NOTE_LIMIT), AfterValidator(line)]
Said = Annotated[str, Field(min_length=1, max_length=NOTE_LIMIT), AfterValidator(line)]
Cause = Annotated[str, Field(min_length=1, max_length=CAUSE_LIMIT), AfterValidator(line)]
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


class _Deed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Acknowledge(_Deed):
    """I take it in hand."""

    do: Literal["acknowledge"]


class Assign(_Deed):
    """It is given to somebody, by user name."""

    do: Literal["assign"]
    to: str = Field(min_length=1, max_length=64)


class WriteNote(_Deed):
    do: Literal["note"]
    note: Said


class Explain(_Deed):
    """Its cause is known."""

    do: Literal["explain"]
    cause: Cause


class Resolve(_Deed):
    """It is over."""

    do: Literal["resolve"]
    note: Note = ""


class Reopen(_Deed):
    """It is not over after all."""

    do: Literal["reopen"]
    reason: Said


class Escalate(_Deed):
    """The next ones are told."""

    do: Literal["escalate"]
    why: Said


Deed = Acknowledge | Assign | WriteNote | Explain | Resolve | Reopen | Escalate


class DeedBody(RootModel[Annotated[Deed, Field(discriminator="do")]]):
    """What the staff do about one incident."""


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


class TakerTold(msgspec.Struct, frozen=True):
    """Somebody to whom an incident can be given."""

    username: str
    name: str
    role: Role
    place: str
    """The unit or cluster that they hold; empty: the whole conference."""
    on_duty: bool


class TakersTold(msgspec.Struct, frozen=True):
    takers: list[TakerTold]
    """Who is on duty now first, then who is nearest to its points; bounded."""


class Incidents:
    def __init__(self, halls: Halls, clock: Clock, named: Named, staff: Staff, colleagues: Colleagues) -> None:
        """`named` says how the holder of an account is called, `staff` who that is, `colleagues` who there is."""
        self._halls = halls
        self._clock = clock
        self._named = named
        self._staff = staff
        self._colleagues = colleagues

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
            Route(
                "GET",
                f"{one}/takers",
                self.takers,
                Action.COORDINATE,
                "Những người có thể được giao một sự cố: phụ trách điểm cầu của sự cố, ai đang trực đứng trước",
                answers={200: TakersTold, 404: None},
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
        incident = _incident(state, request)
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
        number = _incident(state, request).number
        deed = (await body_of(request, DeedBody)).root
        theirs = _covers(state, caller)
        incident = state.affairs.incidents.known[number]
        # Whoever may not give it away is not told either who else there is to take it.
        if isinstance(deed, Assign) and all(map(theirs, incident.hits)):
            await self._must_take(state, deed.to, incident)
        now_ms = self._clock.now()
        await commanded(hall, lambda draft: _decided(draft, number, deed, caller, theirs, now_ms), caller)
        log.info("incident", conference=hall.conference, incident=number, do=deed.do, by=caller.name)
        return answer(self._told(state, caller, state.affairs.incidents.known[number]))

    async def takers(self, request: web.Request) -> web.Response:
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        incident = _incident(state, request)
        # Of a shared incident whoever holds only the others' points is nobody here.
        theirs = list(filter(_covers(state, caller), incident.hits))
        found = [
            each
            for each in await self._colleagues(hall.conference)
            if each.who.role in ALLOWED[Action.COORDINATE]
            and any(map(_covers(state, each.who), theirs))
            and _within(state, each.who, caller)
        ]
        found.sort(key=lambda each: (not each.on_duty, -max(_depth(state, each.who, code) for code in theirs)))
        return answer({"takers": [_taker(each) for each in found[:TAKERS_LISTED]]})

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


def _decided(draft: Draft, number: int, deed: Deed, caller: Caller, theirs: Covers, now_ms: int) -> mending.Decided:
    match deed:
        case Acknowledge():
            return mending.acknowledge(draft, number, caller.username, now_ms)
        case Assign():
            return mending.assign(draft, number, deed.to.strip().lower(), theirs, now_ms)
        case WriteNote():
            return mending.note(draft, number, deed.note, now_ms)
        case Explain():
            return mending.explain(draft, number, deed.cause, theirs, now_ms)
        case Resolve():
            return mending.resolve(draft, number, deed.note, theirs, now_ms)
        case Reopen():
            return mending.reopen(draft, number, deed.reason, theirs, now_ms)
        case Escalate():
            return mending.escalate(draft, number, None, deed.why, now_ms)
        case _:
            assert_never(deed)


def _within(state: State, who: Caller, caller: Caller) -> bool:
    """Nobody is told of those who sit above or beside them, but for the organisers: their names stand under every notice."""
    return who.everywhere or all(covers(caller, path=path) for unit in who.units if (path := state.path(unit)))


def _depth(state: State, who: Caller, code: str) -> int:
    """How far down the tree somebody sits who holds this point: the nearer, the greater; -1 for the whole city."""
    path = enumerate(state.path(state.points[code].planned.unit))
    return max((depth for depth, unit in path if unit in who.units), default=-1)


def _taker(colleague: Colleague) -> TakerTold:
    who = colleague.who
    return TakerTold(who.username, who.shown, who.role, colleague.place, colleague.on_duty)


def _covers(state: State, caller: Caller) -> Covers:
    return partial(is_theirs, state, caller)


def _incident(state: State, request: web.Request) -> Incident:
    """The incident that the path names, if it touches anything of the caller's."""
    number = number_of(request)
    incident = state.affairs.incidents.known.get(number) if number is not None else None
    if incident is None or not any(map(_covers(state, request[CALLER]), incident.hits)):
        raise nowhere()
    return incident


def _newest_first(state: State, which: Which) -> list[Incident]:
    incidents = state.affairs.incidents
    going_on = sorted(incidents.open(), key=lambda each: -each.number)
    if which is Which.OPEN:
        return going_on
    over = (each for each in incidents.known.values() if each.status is Status.RESOLVED)
    return going_on + sorted(over, key=lambda each: (-each.moved_ms, -each.number))
