"""The journal as its readers may read it: in order, from a position on, without what is not theirs."""

from typing import Any

import msgspec
from aiohttp import web
from pydantic import BaseModel, Field

from bridge.edges.finding import hall_of, may_at
from bridge.halls import Halls
from bridge.journal import Journal, Record, Row
from bridge.rules import wire
from bridge.rules.projection import State
from endpoints_registry.access import ALLOWED, USER, Action, Caller, covers
from endpoints_registry.door import CALLER, Route
from endpoints_registry.taking import answer, query_of

PERSONAL = frozenset({"person-checked-in", "person-seen-again", "act-undone"})
AMONG_STAFF = frozenset(
    {
        "call-ended",
        "incident-opened",
        "incident-assigned",
        "incident-noted",
        "incident-escalated",
        "incident-resolved",
        "incident-reopened",
        "figures-returned",
        "unit-returned",
        "correction-asked",
        "correction-approved",
        "correction-refused",
        "act-kept",
        "source-given",
        "difference-settled",
        "judgement-changed",
    }
)
"""What the staff write for each other here names people more often than not."""


class EventsQuery(BaseModel):
    after: int = Field(0, ge=0, le=2**53)
    limit: int = Field(500, ge=1, le=2000)


class EventLine(msgspec.Struct, frozen=True):
    """One row of the journal as the caller may see it."""

    position: int
    at: str
    received_at: str
    by: str
    act: str | None
    outcome: str
    code: str
    event: Any


class EventLines(msgspec.Struct, frozen=True):
    events: list[EventLine]
    next: int
    """Ask again with `after` set to this."""


class Events:
    def __init__(self, halls: Halls, journal: Journal) -> None:
        self._halls = halls
        self._journal = journal

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/api/v1/conferences/{conference}/events",
                self.events,
                Action.SEE_BOARD,
                "Nhật ký diễn biến, theo thứ tự, tiếp từ một vị trí",
                query=EventsQuery,
                answers={200: EventLines, 404: None, 422: None},
            ),
        )

    async def events(self, request: web.Request) -> web.Response:
        hall, caller = hall_of(self._halls, request), request[CALLER]
        query = query_of(request, EventsQuery)
        rows = await self._journal.read(hall.conference, query.after, query.limit)
        state = hall.coordinator.scene.state
        lines = [_line(row, caller, state) for row in rows if _concerns(row, caller, state)]
        return answer(EventLines(lines, rows[-1].position if rows else query.after))


def _concerns(row: Row, caller: Caller, state: State) -> bool:
    """What is of no point that takes part is for whoever holds everything."""
    code = row.record.point
    if code is None or state.point(code) is None:
        return caller.everywhere
    return may_at(state, caller, Action.SEE_BOARD, code)


def _line(row: Row, caller: Caller, state: State) -> EventLine:
    """One row in the words that this caller may read."""
    record = row.record
    # Who of the staff it was is for the staff: a user name is half of a login, and mostly somebody's name.
    told = caller.point is None and caller.role in ALLOWED[Action.SEE_NAMES]
    staff = record.by.startswith(USER) and record.by != caller.name
    return EventLine(
        position=row.position,
        at=wire.rfc3339(record.at_ms),
        received_at=wire.rfc3339(record.received_ms),
        by=USER if staff and not told else record.by,
        act=record.act,
        outcome=record.outcome,
        code=record.code,
        event=_event(record, caller, state),
    )


def _event(record: Record, caller: Caller, state: State) -> Any:
    if record.kind in PERSONAL:
        return _person(record, caller, state)
    if record.kind in AMONG_STAFF and caller.role not in ALLOWED[Action.COORDINATE]:
        said: dict[str, Any] = msgspec.json.decode(record.body)
        return said | {word: "" for word in ("note", "reason", "why", "to", "said") if word in said}
    return msgspec.Raw(record.body)


def _person(record: Record, caller: Caller, state: State) -> dict[str, Any]:
    """A scan or its undoing, without whose it was for those who see no names, and without another hall that is not theirs."""
    said: dict[str, Any] = msgspec.json.decode(record.body)
    first = state.point(said["first_point"]) if "first_point" in said else None
    if first is not None and not covers(caller, path=state.path(first.planned.unit), point=first.code):
        said["first_point"] = None
    if caller.role not in ALLOWED[Action.SEE_NAMES]:
        said["person"] = None
        # An undone scan's axis ends in the person.
        said |= {"axis": said["axis"].partition(" ")[0]} if "axis" in said else {}
    return said
