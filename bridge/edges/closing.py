"""Closing up over HTTP: who has not submitted, checks and returns, corrections asked for and settled, what was signed."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Annotated

import msgspec
import structlog
from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from bridge.clock import Clock
from bridge.edges.asking import ASKS_AS
from bridge.edges.commanding import commanded
from bridge.halls import Hall, Halls
from bridge.reach import has_part
from bridge.rules import closing, wire
from bridge.rules.closing import Decided, Standing
from bridge.rules.ladder import Check, Correction, Status, Version
from bridge.rules.model import Asker, Count, Point, Returned, RoundKey, RoundName, Sitting
from bridge.rules.projection import Draft, State
from endpoints_registry.access import ALLOWED, Action, Caller, Role, approves, covers, may
from endpoints_registry.gate import CALLER, Problem, Route, answer, body_of, nowhere, query_of

log = structlog.get_logger("closing")

MISSING_SHOWN = 500
"""Of one sitting; the numbers count all."""
CORRECTIONS_SHOWN = 1_000
"""Those that wait come first, then the newest."""
REASON_LIMIT = 500


def _line(text: str) -> str:
    """Composed letters on one line, and at least one."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if not plain:
        raise PydanticCustomError("empty", "{why}", {"why": "hãy ghi lý do"})
    wrong = next((letter for letter in plain if unicodedata.category(letter) == "Cc"), None)
    if wrong is not None:
        detail = f"có ký tự điều khiển U+{ord(wrong):04X}; hãy xóa ký tự đó rồi gửi lại"
        raise PydanticCustomError("controls", "{why}", {"why": detail})
    return plain


Code = Annotated[str, Field(min_length=1, max_length=40)]
Why = Annotated[str, Field(min_length=1, max_length=REASON_LIMIT), AfterValidator(_line)]
Heads = Annotated[int, Field(ge=0, le=1_000_000)]
Shares = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=30, pattern=r"^[a-z_]+$")], Heads], Field(max_length=20)
]


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
    reason: Why

    @model_validator(mode="after")
    def _one_of_them(self) -> "ReturnBody":
        if (self.unit is None) is (self.point is None):
            raise PydanticCustomError("one_of", "{why}", {"why": "ghi unit hoặc point, một trong hai"})
        return self


class CorrectionBody(_Body):
    """The right numbers of a hall for a round, after the close."""

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
    reason: Why


class VerdictBody(_Body):
    reason: Why


class ReturnTold(msgspec.Struct, frozen=True):
    by_name: str
    at: str
    reason: str


class CheckTold(msgspec.Struct, frozen=True):
    by_name: str
    at: str
    without: int
    """Points that had not submitted then."""
    holds: bool
    """Whether nothing has come, or gone, since."""


class UnitClosing(msgspec.Struct, frozen=True):
    unit: str
    name: str
    points: int
    """Those below it that owe their figures of the sitting."""
    submitted: int
    checked: CheckTold | None
    returned: ReturnTold | None


class MissingTold(msgspec.Struct, frozen=True):
    point: str
    name: str
    unit: str
    parent_name: str
    stage: str
    reported: bool
    """Whether the last round of the sitting has its figure."""
    returned: ReturnTold | None


class SittingClosing(msgspec.Struct, frozen=True):
    id: str
    name: str
    points: int
    submitted: int
    missing: list[MissingTold]
    missing_left_out: int
    units: list[UnitClosing]


class CorrectionTold(msgspec.Struct, frozen=True):
    number: int
    point: str
    name: str
    unit: str
    parent_name: str
    sitting: str
    round: str
    before: Count | None
    count: Count
    grade: str
    late: bool
    """A hall's report that came too late, not a request that somebody wrote."""
    reason: str
    asked_as: str
    asked_by_name: str
    asked_at: str
    received_at: str
    status: str
    """`waiting`, `approved`, `refused`, or `replaced` by a later one of the same asker."""
    settled_by_name: str
    settled_at: str | None
    why: str
    version: int | None
    """The version that says it first."""
    yours_to_approve: bool
    """Whether you stand one level above whoever asked, and it waits."""


class CorrectionsTold(msgspec.Struct, frozen=True):
    corrections: list[CorrectionTold]
    count: int


class VersionTold(msgspec.Struct, frozen=True):
    number: int
    position: int
    signed_by_name: str
    signed_at: str
    figures_sha256: str
    files: Mapping[str, str]
    corrections: list[int]


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
        settled = {200: CorrectionTold, 403: None, 404: None, 409: None, 422: None, 503: None}
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
            Route(
                "GET",
                f"{one}/corrections",
                self.corrections,
                Action.SEE_BOARD,
                "Các đính chính trong phạm vi của mình, đang chờ trước",
                answers={200: CorrectionsTold, 404: None},
            ),
            Route(
                "POST",
                f"{one}/corrections",
                self.ask,
                Action.ASK_CORRECTION,
                "Đề nghị đính chính một số liệu đã chốt, kèm lý do; số liệu chưa đổi cho đến khi được duyệt",
                body=CorrectionBody,
                answers={201: CorrectionTold, 404: None, 409: None, 422: None, 503: None},
            ),
            Route(
                "POST",
                f"{one}/corrections/{{number}}/approval",
                self.approve,
                Action.APPROVE,
                "Duyệt một đính chính; phải là người khác, cấp trên một bậc (cấp cao nhất: một người khác của ban tổ chức)",
                body=VerdictBody,
                answers=settled,
            ),
            Route(
                "POST",
                f"{one}/corrections/{{number}}/refusal",
                self.refuse,
                Action.APPROVE,
                "Từ chối một đính chính, kèm lý do",
                body=VerdictBody,
                answers=settled,
            ),
        )

    # --- the tree

    async def overview(self, request: web.Request) -> web.Response:
        hall, caller = self._hall(request), request[CALLER]
        state = _state(hall)
        unit = query_of(request, ClosingQuery).unit
        if unit and not (unit in state.units and covers(caller, path=state.path(unit))):
            raise nowhere()
        theirs = _points(state, caller, unit)
        ladder = state.affairs.closing
        until_ms = closing.grace_until(ladder, hall.coordinator.grace_ms)
        found = self._corrections(state, caller, unit)
        codes = {point.code for point in theirs}
        return answer(
            ClosingTold(
                phase=state.phase.value,
                phase_version=state.version,
                closed_at=_time(ladder.closed_ms),
                grace_until=_time(until_ms),
                now=wire.rfc3339(self._clock.now()),
                version=len(ladder.versions),
                sittings=[self._sitting(state, caller, each, theirs, unit) for each in _sittings(state)],
                corrections=found[:CORRECTIONS_SHOWN],
                corrections_count=len(found),
                versions=[self._version(state, caller, each) for each in ladder.versions],
                kept=sum(number for code, number in ladder.kept.items() if code in codes),
            )
        )

    async def check(self, request: web.Request) -> web.Response:
        hall, caller = self._hall(request), request[CALLER]
        asked = await body_of(request, SubmissionBody)
        _must_cover(_state(hall), caller, asked.unit)
        now_ms = self._clock.now()
        await commanded(hall, lambda draft: closing.check(draft, asked.sitting, asked.unit, now_ms), caller)
        log.info("unit-checked", conference=hall.conference, unit=asked.unit, sitting=asked.sitting, by=caller.name)
        state = _state(hall)
        standings = closing.standings(state, asked.sitting, _points(state, caller, asked.unit))
        return answer(self._unit(state, caller, asked.sitting, asked.unit, standings.get(asked.unit) or Standing()))

    async def hand_back(self, request: web.Request) -> web.Response:
        hall, caller = self._hall(request), request[CALLER]
        asked = await body_of(request, ReturnBody)
        now_ms = self._clock.now()
        unit, point = asked.unit, asked.point
        if unit is not None:
            _must_cover(_state(hall), caller, unit)
        elif point is not None:
            _point(_state(hall), caller, point)

        def judge(draft: Draft) -> Decided:
            if point is not None:
                return closing.hand_back_point(draft, asked.sitting, point, asked.reason, now_ms)
            return closing.hand_back_unit(draft, asked.sitting, unit or "", asked.reason, now_ms)

        await commanded(hall, judge, caller)
        log.info("handed-back", conference=hall.conference, of=unit or point, sitting=asked.sitting, by=caller.name)
        return answer(ReturnTold(self._name(caller, caller.name), wire.rfc3339(now_ms), asked.reason))

    def _sitting(
        self, state: State, caller: Caller, sitting: Sitting, theirs: Sequence[Point], unit: str
    ) -> SittingClosing:
        standings = closing.standings(state, sitting.id, theirs)
        all_of_them = standings.get("") or Standing()
        shown = [each for each in _units(state, caller, unit) if each in standings]
        return SittingClosing(
            id=sitting.id,
            name=sitting.name,
            points=all_of_them.points,
            submitted=all_of_them.submitted,
            missing=[
                self._missing(state, caller, sitting, state.points[code])
                for code in all_of_them.missing[:MISSING_SHOWN]
            ],
            missing_left_out=max(0, len(all_of_them.missing) - MISSING_SHOWN),
            units=[self._unit(state, caller, sitting.id, each, standings[each]) for each in shown],
        )

    def _missing(self, state: State, caller: Caller, sitting: Sitting, point: Point) -> MissingTold:
        last: RoundKey | None = (sitting.id, sitting.rounds[-1].name) if sitting.rounds else None
        return MissingTold(
            point=point.code,
            name=point.planned.name,
            unit=point.planned.unit,
            parent_name=_parent_name(state, point),
            stage=point.stage.value,
            reported=last in point.figures if last else True,
            returned=self._returned(caller, point.returned.get(sitting.id)),
        )

    def _unit(self, state: State, caller: Caller, sitting: str, unit: str, standing: Standing) -> UnitClosing:
        ladder = state.affairs.closing
        return UnitClosing(
            unit=unit,
            name=state.units[unit].name,
            points=standing.points,
            submitted=standing.submitted,
            checked=self._checked(caller, ladder.checked.get((sitting, unit)), standing),
            returned=self._returned(caller, ladder.returned.get((sitting, unit))),
        )

    def _checked(self, caller: Caller, check: Check | None, standing: Standing) -> CheckTold | None:
        if check is None:
            return None
        return CheckTold(
            by_name=self._name(caller, check.by),
            at=wire.rfc3339(check.at_ms),
            without=len(check.without),
            holds=closing.holds(check, standing),
        )

    def _returned(self, caller: Caller, back: Returned | None) -> ReturnTold | None:
        if back is None:
            return None
        reason = back.reason if _reads_reasons(caller) else ""
        return ReturnTold(self._name(caller, back.by), wire.rfc3339(back.at_ms), reason)

    # --- corrections

    async def corrections(self, request: web.Request) -> web.Response:
        found = self._corrections(_state(self._hall(request)), request[CALLER], "")
        return answer(CorrectionsTold(found[:CORRECTIONS_SHOWN], len(found)))

    async def ask(self, request: web.Request) -> web.Response:
        hall, caller = self._hall(request), request[CALLER]
        asked = await body_of(request, CorrectionBody)
        _point(_state(hall), caller, asked.point)
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
        return answer(self._correction(_state(hall), caller, _state(hall).affairs.closing.corrections[number]), 201)

    async def approve(self, request: web.Request) -> web.Response:
        hall, caller = self._hall(request), request[CALLER]
        correction = self._settleable(hall, request)
        asked = await body_of(request, VerdictBody)
        _must_stand_above(caller, correction)
        now_ms, number = self._clock.now(), correction.number
        await commanded(hall, lambda draft: closing.approve(draft, number, caller.name, asked.reason, now_ms), caller)
        log.info("correction-approved", conference=hall.conference, correction=number, by=caller.name)
        return answer(self._correction(_state(hall), caller, _state(hall).affairs.closing.corrections[number]))

    async def refuse(self, request: web.Request) -> web.Response:
        hall, caller = self._hall(request), request[CALLER]
        correction = self._settleable(hall, request)
        asked = await body_of(request, VerdictBody)
        if correction.asked_by != caller.name:
            _must_stand_above(caller, correction)
        now_ms, number = self._clock.now(), correction.number
        await commanded(hall, lambda draft: closing.refuse(draft, number, asked.reason, now_ms), caller)
        log.info("correction-refused", conference=hall.conference, correction=number, by=caller.name)
        return answer(self._correction(_state(hall), caller, _state(hall).affairs.closing.corrections[number]))

    def _settleable(self, hall: Hall, request: web.Request) -> Correction:
        """The correction of this number, if it is of one of the caller's points."""
        number, state = request.match_info["number"], _state(hall)
        read = number.isascii() and number.isdigit() and len(number) < 10
        correction = state.affairs.closing.corrections.get(int(number)) if read else None
        if correction is None:
            raise nowhere()
        _point(state, request[CALLER], correction.point)
        return correction

    def _corrections(self, state: State, caller: Caller, unit: str) -> list[CorrectionTold]:
        """Those that wait first, then the newest."""
        theirs = {
            code
            for code in state.affairs.closing.of
            if _covers(state, caller, code) and (not unit or unit in state.path(state.points[code].planned.unit))
        }
        found = [each for each in state.affairs.closing.corrections.values() if each.point in theirs]
        found.sort(key=lambda each: (each.status is not Status.WAITING, -each.number))
        return [self._correction(state, caller, each) for each in found]

    def _correction(self, state: State, caller: Caller, correction: Correction) -> CorrectionTold:
        point = state.points[correction.point]
        reads = _reads_reasons(caller)
        versions = state.affairs.closing.versions
        return CorrectionTold(
            number=correction.number,
            point=point.code,
            name=point.planned.name,
            unit=point.planned.unit,
            parent_name=_parent_name(state, point),
            sitting=correction.sitting,
            round=correction.round.value,
            before=correction.before,
            count=correction.count,
            grade=correction.grade.value,
            late=correction.late,
            reason=correction.reason if reads else "",
            asked_as=correction.asked_as.value,
            asked_by_name=self._name(caller, correction.asked_by),
            asked_at=wire.rfc3339(correction.asked_ms),
            received_at=wire.rfc3339(correction.received_ms),
            status=correction.status.value,
            settled_by_name=self._name(caller, correction.settled_by),
            settled_at=_time(correction.settled_ms),
            why=correction.why if reads else "",
            version=next((each.number for each in versions if correction.number in each.corrections), None),
            yours_to_approve=correction.status is Status.WAITING and _stands_above(caller, correction),
        )

    def _version(self, state: State, caller: Caller, version: Version) -> VersionTold:
        corrections = state.affairs.closing.corrections
        return VersionTold(
            number=version.number,
            position=version.position,
            signed_by_name=self._name(caller, version.signed_by),
            signed_at=wire.rfc3339(version.signed_ms),
            figures_sha256=version.figures_sha256,
            files=version.files,
            corrections=[each for each in version.corrections if _covers(state, caller, corrections[each].point)],
        )

    def _name(self, caller: Caller, by: str) -> str:
        """How somebody of the staff is called, for those of the staff who see names."""
        if caller.point is not None or caller.role not in ALLOWED[Action.SEE_NAMES] or not by.startswith(STAFF):
            return ""
        return self._named(by.removeprefix(STAFF))

    def _hall(self, request: web.Request) -> Hall:
        """The conference that the path names, if it has anything of the caller's."""
        hall = self._halls.get(request.match_info["conference"])
        if hall is None or _state(hall).plan is None or not has_part(hall.coordinator.scene, request[CALLER]):
            raise nowhere()
        return hall


STAFF = "user:"

_ROLE_OF: Mapping[Asker, Role] = {asker: role for role, asker in ASKS_AS.items()}


def _stands_above(caller: Caller, correction: Correction) -> bool:
    return approves(caller, _ROLE_OF[correction.asked_as], correction.asked_by)


def _must_stand_above(caller: Caller, correction: Correction) -> None:
    """Who asked is told so by the rule itself; who stands no higher is told who does."""
    if correction.asked_by == caller.name or _stands_above(caller, correction):
        return
    raise Problem(403, "not_allowed", "Đính chính do điều phối đề nghị phải do ban tổ chức duyệt.")


def _reads_reasons(caller: Caller) -> bool:
    """What people write for each other is for those who act on it, and for the hall itself."""
    return caller.point is not None or caller.role in ALLOWED[Action.COORDINATE]


def _state(hall: Hall) -> State:
    return hall.coordinator.scene.state


def _covers(state: State, caller: Caller, code: str) -> bool:
    point = state.point(code)
    return point is not None and covers(caller, path=state.path(point.planned.unit), point=code)


def _point(state: State, caller: Caller, code: str) -> Point:
    """A point of the conference, if it is the caller's: what is foreign does not exist."""
    if not _covers(state, caller, code):
        raise nowhere()
    return state.points[code]


def _must_cover(state: State, caller: Caller, unit: str) -> None:
    if unit not in state.units or not may(caller, Action.CHECK, path=state.path(unit)):
        raise nowhere()


def _points(state: State, caller: Caller, unit: str) -> list[Point]:
    """The points below a unit that are the caller's; of all units without one."""
    return [
        point
        for point in state.points.values()
        if (not unit or unit in state.path(point.planned.unit))
        and covers(caller, path=state.path(point.planned.unit), point=point.code)
    ]


def _units(state: State, caller: Caller, unit: str) -> Collection[str]:
    """The unit and those just below it; without one the caller's own, or those that the city waits for."""
    if unit:
        return (unit, *_children(state, {unit}))
    if caller.everywhere:
        return closing.below_the_city(state)
    own = tuple(each for each in state.units if each in caller.units)
    return own if len(own) != 1 else (*own, *_children(state, set(own)))


def _children(state: State, parents: Collection[str]) -> Iterable[str]:
    return (each.code for each in state.units.values() if each.parent in parents)


def _sittings(state: State) -> Sequence[Sitting]:
    return [each for each in state.plan.sittings if not each.rehearsal] if state.plan else []


def _parent_name(state: State, point: Point) -> str:
    unit = state.units.get(point.planned.unit)
    parent = state.units.get(unit.parent) if unit and unit.parent else None
    return parent.name if parent else ""


def _time(ms: int | None) -> str | None:
    return None if ms is None else wire.rfc3339(ms)
