"""The desk: people ask over HTTP - phones report, staff move the conference on, everybody reads the journal."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bridge.clock import Clock
from bridge.coordinator import Coordinator, Overloaded, Unavailable
from bridge.edges.asking import Ask, come_again
from bridge.edges.commanding import commanded
from bridge.halls import Hall, Halls
from bridge.journal import Journal, Record, Row
from bridge.reach import has_part
from bridge.rules import events, wire
from bridge.rules.attendance import is_summoned, round_asked
from bridge.rules.deciding import change_phase
from bridge.rules.events import AnyEvent
from bridge.rules.incidents import Incident, Incidents
from bridge.rules.ladder import Closing, Correction
from bridge.rules.model import Figure, Phase, Plan, Point, RoundKey, Sitting
from bridge.rules.notices import Notice
from bridge.rules.projection import Draft, State
from bridge.rules.telling import pending
from endpoints_registry.access import ALLOWED, Action, Caller, covers, may
from endpoints_registry.dressing import Ready
from endpoints_registry.gate import (
    CALLER,
    CREDENTIAL,
    Problem,
    Route,
    answer,
    body_of,
    nowhere,
    query_of,
    raw_of,
)

log = structlog.get_logger("desk")

BODY_LIMIT = 256 * 1024


class PhaseBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    phase: Phase
    version: int = Field(ge=0, description="The version this decision was made on; another one answers 409.")


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


class PhaseAnswer(msgspec.Struct, frozen=True):
    phase: str
    version: int


class OnDuty(msgspec.Struct, frozen=True):
    """Somebody who answers the phone now, and what to call them for."""

    name: str
    phone: str
    what: str


class DeskAnswer(msgspec.Struct, frozen=True):
    """Everything that an operator's phone shows."""

    csrf: str
    conference: dict[str, Any]
    point: dict[str, Any]
    sitting: dict[str, Any] | None
    expected: int | None
    round: str | None
    rounds: list[dict[str, Any]]
    stage: dict[str, Any]
    perceived: dict[str, Any] | None
    hotline: dict[str, str]
    duty: tuple[OnDuty, ...]
    """Who answers the phone for this hall now, the nearest first."""
    notices: list[dict[str, Any]]
    """What was said to the hall, newest first: what waits for an answer, and a few that have one."""
    reminder: dict[str, str] | None
    """The hall was asked again for a round that it has not reported."""
    open_incidents: list[dict[str, Any]]
    now: str
    speed: float
    acked_seq: int
    journal_epoch: str
    names: bool
    """Whether people check in one by one."""
    scanned: int
    undo_s: int
    """How long an act may be taken back."""
    closing: dict[str, Any] | None
    """How far the sitting's figures have come: `{owed, submitted_at, returned, closed_at, signed, corrections}`."""


class Whereabouts(msgspec.Struct, frozen=True):
    """What the phone says of its hall beside the live state."""

    parent: str
    address: str
    hotline_name: str
    hotline_phone: str
    duty: tuple[OnDuty, ...] = ()


Freeze = Callable[[str], Awaitable[Plan | None]]
"""The registry's plan of a conference; None if there is no such conference. Raises Refused if it cannot be held."""
Locate = Callable[[str, str], Whereabouts]
"""(conference, point code) -> where it is and whom to call."""


class Desk:
    def __init__(
        self,
        halls: Halls,
        journal: Journal,
        ask: Ask,
        clock: Clock,
        freeze: Freeze,
        locate: Locate,
        named: Callable[[str], str],
    ) -> None:
        """`named` says how the holder of an account is called."""
        self._halls = halls
        self._named = named
        self._journal = journal
        self._ask = ask
        self._clock = clock
        self._freeze = freeze
        self._locate = locate

    def routes(self) -> tuple[Route, ...]:
        one = "/api/v1/conferences/{conference}"
        return (
            Route(
                "POST",
                f"{one}/acts",
                self.acts,
                Action.ACT,
                "Gửi một hoặc nhiều báo cáo; mỗi báo cáo được trả lời riêng sau khi đã ghi xuống đĩa",
                body=wire.Batch,
                answers={200: wire.Outcomes, 404: None, 413: None, 422: None, 503: None},
            ),
            Route(
                "POST",
                f"{one}/phase",
                self.phase,
                Action.GOVERN,
                "Chuyển giai đoạn của hội nghị; rời bản nháp là chốt danh sách điểm cầu",
                body=PhaseBody,
                answers={200: PhaseAnswer, 404: None, 409: None, 422: None, 503: None},
            ),
            Route(
                "GET",
                f"{one}/events",
                self.events,
                Action.SEE_BOARD,
                "Nhật ký diễn biến, theo thứ tự, tiếp từ một vị trí",
                query=EventsQuery,
                answers={200: EventLines, 404: None, 422: None},
            ),
            Route(
                "GET",
                "/api/v1/desk",
                self.desk,
                Action.ACT,
                "Màn hình của người phụ trách điểm cầu",
                answers={200: DeskAnswer, 404: None},
            ),
        )

    async def acts(self, request: web.Request) -> web.StreamResponse:
        hall = self._hall(request)
        try:
            batch = wire.batch(await raw_of(request))
        except msgspec.DecodeError as wrong:
            raise Problem(422, "malformed", f"Nội dung gửi lên không đọc được: {wrong}.") from wrong
        sent_ms = wire.ms_of(batch.sent_at)
        try:
            outcomes = await self._ask(hall.coordinator, request[CALLER], batch.device, sent_ms, batch.acts)
        except (Overloaded, Unavailable) as unknown:
            log.warning("acts-unanswered", why=type(unknown).__name__, acts=len(batch.acts))
            raise come_again() from unknown
        return Ready(wire.encode(wire.Outcomes(outcomes)))

    async def phase(self, request: web.Request) -> web.Response:
        asked = await body_of(request, PhaseBody)
        conference = request.match_info["conference"]
        plan = await self._freeze(conference)
        if plan is None:
            raise nowhere()
        hall = await self._halls.open(conference)
        at_ms = self._clock.now()

        def judge(draft: Draft) -> Sequence[tuple[AnyEvent, int]]:
            changed = change_phase(draft, asked.phase, asked.version)
            frozen = ((events.ConferenceFrozen(plan=plan), at_ms),) if draft.plan is None else ()
            return (*frozen, (changed, at_ms))

        await commanded(hall, judge, request[CALLER])
        state = hall.coordinator.scene.state
        log.info("phase-changed", conference=conference, phase=state.phase.value, by=request[CALLER].name)
        return answer(PhaseAnswer(state.phase.value, state.version))

    async def events(self, request: web.Request) -> web.Response:
        hall = self._hall(request)
        query = query_of(request, EventsQuery)
        rows = await self._journal.read(hall.conference, query.after, query.limit)
        caller = request[CALLER]
        state = hall.coordinator.scene.state
        lines = []
        for row in rows:
            point = state.point(row.record.point) if row.record.point else None
            if point is None and not caller.everywhere:
                continue
            if point is not None and not may(
                caller, Action.SEE_BOARD, path=state.path(point.planned.unit), point=point.code
            ):
                continue
            lines.append(_line(row, caller, state))
        return answer(EventLines(lines, rows[-1].position if rows else query.after))

    async def desk(self, request: web.Request) -> web.Response:
        caller = request[CALLER]
        code = caller.point
        hall = self._halls.of_point(code) if code else None
        if code is None or hall is None:
            raise Problem(404, "no_conference", "Chưa có hội nghị nào có điểm cầu này; hãy hỏi ban tổ chức.")
        csrf = request[CREDENTIAL].csrf
        device = request.query.get("device", "")[:80]
        return answer(self._desk(hall.coordinator, code, csrf, hall.coordinator.acked_seq(caller.name, device)))

    def _desk(self, coordinator: Coordinator, code: str, csrf: str, acked_seq: int) -> DeskAnswer:
        state = coordinator.scene.state
        point = state.points[code]
        now_ms = self._clock.now()
        key = round_asked(state.plan.sittings, now_ms) if state.plan else None
        sitting = (
            next((each for each in state.plan.sittings if key and each.id == key[0]), None) if state.plan else None
        )
        where = self._locate(coordinator.conference, code)
        said = point.perceived
        return DeskAnswer(
            csrf=csrf,
            conference={
                "id": coordinator.conference,
                "title": state.plan.title if state.plan else "",
                "phase": state.phase.value,
            },
            point={
                "code": code,
                "name": point.planned.name,
                "parent": where.parent,
                "address": where.address,
                "mode": point.mode.value,
                "seats": point.planned.seats,
            },
            sitting=_sitting(sitting),
            expected=point.expected.get(sitting.id) if sitting else None,
            round=key[1].value if key else None,
            rounds=[_round(point, sitting, (sitting.id, each.name)) for each in sitting.rounds] if sitting else [],
            stage={"stage": point.stage.value, "at": _time(point.stage_ms)},
            perceived={
                "picture": said.picture.value,
                "sound": said.sound.value,
                "line": said.line.value,
                "at": _time(said.at_ms),
            }
            if said
            else None,
            hotline={"name": where.hotline_name, "phone": where.hotline_phone},
            duty=where.duty,
            notices=[self._notice(each, code) for each in state.affairs.notices.shown(code)],
            reminder=_reminder(pending(state.affairs.notices, point)),
            open_incidents=[self._incident(each, code) for each in _open_at(state.affairs.incidents, code)],
            now=wire.rfc3339(now_ms),
            speed=self._clock.speed,
            acked_seq=acked_seq,
            journal_epoch=coordinator.epoch,
            names=state.plan is not None and state.plan.names,
            scanned=point.scanned.get(sitting.id, 0) if sitting else 0,
            undo_s=coordinator.undo_ms // 1000,
            closing=_closing(state.affairs.closing, point, sitting) if sitting else None,
        )

    def _notice(self, notice: Notice, code: str) -> dict[str, Any]:
        return {
            "number": notice.number,
            "text": notice.text,
            "urgent": notice.urgent,
            "confirm": notice.confirm,
            "at": wire.rfc3339(notice.at_ms),
            "by": self._named(notice.by),
            "seen": code in notice.seen,
            "confirmed": code in notice.confirmed,
        }

    def _incident(self, incident: Incident, code: str) -> dict[str, Any]:
        return {
            "number": incident.number,
            "trouble": incident.trouble.value,
            "status": incident.status.value,
            "owner_name": self._named(incident.owner) if incident.owner else "",
            # Here, and not where else it began before.
            "began_at": wire.rfc3339(incident.hits[code].began_ms),
        }

    def _hall(self, request: web.Request) -> Hall:
        """The conference that the path names, if it has anything of the caller's."""
        hall = self._halls.get(request.match_info["conference"])
        if hall is None or not has_part(hall.coordinator.scene, request[CALLER]):
            raise nowhere()
        return hall


def _line(row: Row, caller: Caller, state: State) -> EventLine:
    """One row in the words that this caller may read."""
    record = row.record
    # Who of the staff it was is for the staff: a user name is half of a login, and mostly somebody's name.
    told = caller.point is None and caller.role in ALLOWED[Action.SEE_NAMES]
    staff = record.by.startswith(STAFF) and record.by != caller.name
    return EventLine(
        position=row.position,
        at=wire.rfc3339(record.at_ms),
        received_at=wire.rfc3339(record.received_ms),
        by=STAFF if staff and not told else record.by,
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


STAFF = "user:"
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


def _time(ms: int) -> str | None:
    return wire.rfc3339(ms) if ms else None


INCIDENTS_SHOWN = 10


def _open_at(incidents: Incidents, code: str) -> list[Incident]:
    """The hall's incidents that are not resolved, the newest first."""
    return [incidents.known[number] for number in sorted(incidents.of.get(code, ()), reverse=True)[:INCIDENTS_SHOWN]]


CORRECTIONS_SHOWN = 5


def _closing(closing: Closing, point: Point, sitting: Sitting) -> dict[str, Any]:
    """Whether the hall has handed the sitting in, whether it came back, and what became of its corrections."""
    submission, back = point.submitted.get(sitting.id), point.returned.get(sitting.id)
    theirs = [each for each in closing.of_point(point.code) if each.sitting == sitting.id]
    return {
        "owed": is_summoned(point, sitting.id),
        "submitted_at": _time(submission.at_ms) if submission else None,
        "returned": {"at": wire.rfc3339(back.at_ms), "reason": back.reason} if back else None,
        "closed_at": _time(closing.closed_ms or 0),
        "signed": len(closing.versions),
        "corrections": [_correction(each) for each in reversed(theirs[-CORRECTIONS_SHOWN:])],
    }


def _correction(correction: Correction) -> dict[str, Any]:
    return {
        "number": correction.number,
        "round": correction.round.value,
        "count": correction.count,
        "late": correction.late,
        "act": correction.act,
        "at": wire.rfc3339(correction.asked_ms),
        "status": correction.status.value,
        "settled_at": _time(correction.settled_ms or 0),
        "why": correction.why,
    }


def _reminder(sent: tuple[RoundKey, int] | None) -> dict[str, str] | None:
    if sent is None:
        return None
    (sitting, round), at_ms = sent
    return {"sitting": sitting, "round": round.value, "at": wire.rfc3339(at_ms)}


def _sitting(sitting: Sitting | None) -> dict[str, Any] | None:
    if sitting is None:
        return None
    return {
        "id": sitting.id,
        "name": sitting.name,
        "starts_at": wire.rfc3339(sitting.starts_ms),
        "ends_at": wire.rfc3339(sitting.ends_ms),
    }


def _round(point: Point, sitting: Sitting, key: RoundKey) -> dict[str, Any]:
    """A round as the hall itself said it: its own numbers, not the ledger's."""
    times = next(each for each in sitting.rounds if each.name == key[1])
    figure = point.quarantined.get(key) or point.figures.get(key)
    other = point.differing.get(key)
    return {
        "round": key[1].value,
        "opens_at": wire.rfc3339(times.opens_ms),
        "due_at": wire.rfc3339(times.due_ms),
        "figure": _figure(figure) if figure else None,
        "differing": _figure(other) if other else None,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return msgspec.structs.asdict(figure.count) | {
        "at": wire.rfc3339(figure.at_ms),
        "received_at": wire.rfc3339(figure.received_ms),
        "grade": figure.grade.value,
        "by": figure.author.value,
        "act": figure.act,
        "device": figure.device,
    }
