"""The operator's desk: what their phone shows, and what is reported for a hall over HTTP."""

from collections.abc import Callable
from typing import Any

import msgspec
import structlog
from aiohttp import web

from bridge.clock import Clock
from bridge.coordinator import Coordinator, Overloaded, Unavailable
from bridge.edges.asking import Ask, come_again
from bridge.edges.finding import hall_of
from bridge.halls import Halls
from bridge.rules import wire
from bridge.rules.attendance import is_summoned, round_asked
from bridge.rules.incidents import Incident, Incidents
from bridge.rules.ladder import Closing, Correction
from bridge.rules.model import Figure, Point, RoundKey, Sitting
from bridge.rules.notices import Notice
from bridge.rules.telling import pending
from endpoints_registry.access import Action
from endpoints_registry.door import CALLER, CREDENTIAL, Problem, Route
from endpoints_registry.dressing import Ready
from endpoints_registry.taking import answer, raw_of

log = structlog.get_logger("desk")

BODY_LIMIT = 256 * 1024


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


Locate = Callable[[str, str], Whereabouts]
"""(conference, point code) -> where it is and whom to call."""


class Desk:
    def __init__(self, halls: Halls, ask: Ask, clock: Clock, locate: Locate, named: Callable[[str], str]) -> None:
        """`named` says how the holder of an account is called."""
        self._halls = halls
        self._ask = ask
        self._clock = clock
        self._locate = locate
        self._named = named

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "POST",
                "/api/v1/conferences/{conference}/acts",
                self.acts,
                Action.ACT,
                "Gửi một hoặc nhiều báo cáo; mỗi báo cáo được trả lời riêng sau khi đã ghi xuống đĩa",
                body=wire.Batch,
                answers={200: wire.Outcomes, 404: None, 413: None, 422: None, 503: None},
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
        hall = hall_of(self._halls, request)
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
            stage={"stage": point.stage.value, "at": wire.rfc3339_if(point.stage_ms)},
            perceived={
                "picture": said.picture.value,
                "sound": said.sound.value,
                "line": said.line.value,
                "at": wire.rfc3339_if(said.at_ms),
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
        "submitted_at": wire.rfc3339(submission.at_ms) if submission else None,
        "returned": {"at": wire.rfc3339(back.at_ms), "reason": back.reason} if back else None,
        "closed_at": wire.rfc3339_if(closing.closed_ms),
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
        "settled_at": wire.rfc3339_if(correction.settled_ms),
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
