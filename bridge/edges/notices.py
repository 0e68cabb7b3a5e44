"""The staff speak to halls: notices with who has seen and confirmed them, and reminders to those who are silent."""

from collections.abc import Callable, Collection, KeysView, Sequence
from typing import Annotated

import msgspec
import structlog
from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from bridge.clock import Clock
from bridge.edges.commanding import commanded
from bridge.edges.finding import hall_of, holds, number_of, theirs
from bridge.halls import Hall, Halls
from bridge.rules import wire
from bridge.rules.attendance import round_of
from bridge.rules.events import AnyEvent, RemindersSent
from bridge.rules.hours import clock_of
from bridge.rules.model import RoundKey, RoundName
from bridge.rules.notices import Notice, Unworded, reach, worded
from bridge.rules.projection import Draft, State
from bridge.rules.stages import HALLS_MAY_ACT
from bridge.rules.telling import post, remind, silent, withdraw
from endpoints_registry.access import ALLOWED, Action, Caller, covers
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.taking import answer, body_of

log = structlog.get_logger("notices")

HALLS_SHOWN = 1_000
"""Of one notice, those first who have not answered; the numbers count all."""


def _worded(text: str) -> str:
    try:
        return worded(text)
    except Unworded as wrong:
        raise PydanticCustomError("worded", "{why}", {"why": str(wrong)}) from wrong


Code = Annotated[str, Field(min_length=1, max_length=40)]
Text = Annotated[str, Field(max_length=20_000), AfterValidator(_worded)]
"""Longer than a notice may be, so that its own rule says by how much."""


class NoticeBody(BaseModel):
    """To the points and to all below the units that are named; to everybody of yours if neither is given."""

    model_config = ConfigDict(extra="forbid")

    text: Text
    urgent: bool = False
    confirm: bool = False
    points: list[Code] | None = Field(None, max_length=5_000)
    units: list[Code] = Field([], max_length=500)


class ReminderBody(BaseModel):
    """Without points: all of yours."""

    model_config = ConfigDict(extra="forbid")

    sitting: str = Field(min_length=1, max_length=40)
    round: RoundName
    points: list[Code] | None = Field(None, max_length=5_000)


class NoticeTold(msgspec.Struct, frozen=True):
    number: int
    text: str
    urgent: bool
    confirm: bool
    to: list[str] | None
    """Units under which it was sent, as far as they are yours; null: every point."""
    count: int
    """Halls it went to; this and the next two within your scope."""
    seen: int
    confirmed: int
    by_name: str
    at_s: int
    withdrawn: bool


class HallTold(msgspec.Struct, frozen=True):
    point: str
    name: str
    seen_at: str | None
    confirmed_at: str | None


class OneNotice(NoticeTold, frozen=True):
    halls: list[HallTold]
    """Those who have not answered first."""
    halls_left_out: int


class NoticesTold(msgspec.Struct, frozen=True):
    notices: list[NoticeTold]
    """The newest first."""


class RemindersTold(msgspec.Struct, frozen=True):
    reminded: int
    """Halls that were asked again."""
    resting: int
    """Halls that are silent too, and were asked a moment ago."""


class Notices:
    def __init__(self, halls: Halls, clock: Clock, named: Callable[[str], str]) -> None:
        """`named` says how the holder of an account is called."""
        self._halls = halls
        self._clock = clock
        self._named = named

    def routes(self) -> tuple[Route, ...]:
        one = "/api/v1/conferences/{conference}"
        return (
            Route(
                "GET",
                f"{one}/notices",
                self.listed,
                Action.SEE_BOARD,
                "Các thông báo đến điểm cầu của mình, mới nhất trước; bao nhiêu nơi đã xem, đã xác nhận",
                answers={200: NoticesTold, 404: None},
            ),
            Route(
                "POST",
                f"{one}/notices",
                self.post,
                Action.COORDINATE,
                "Gửi thông báo đến tất cả hoặc một số điểm cầu trong phạm vi của mình",
                body=NoticeBody,
                answers={201: NoticeTold, 404: None, 409: None, 422: None, 503: None},
            ),
            Route(
                "GET",
                f"{one}/notices/{{number}}",
                self.one,
                Action.SEE_BOARD,
                "Một thông báo, và từng điểm cầu đã xem, đã xác nhận lúc nào",
                answers={200: OneNotice, 404: None},
            ),
            Route(
                "DELETE",
                f"{one}/notices/{{number}}",
                self.withdraw,
                Action.COORDINATE,
                "Thu hồi một thông báo",
                answers={200: NoticeTold, 404: None, 409: None, 503: None},
            ),
            Route(
                "POST",
                f"{one}/reminders",
                self.remind,
                Action.COORDINATE,
                "Đôn đốc những điểm cầu chưa báo cáo một đợt; nơi đã báo cáo hoặc vừa được nhắc thì để yên",
                body=ReminderBody,
                answers={200: RemindersTold, 404: None, 409: None, 422: None, 503: None},
            ),
        )

    # --- notices

    async def listed(self, request: web.Request) -> web.Response:
        state, caller = _state(hall_of(self._halls, request)), request[CALLER]
        told = [self._told(state, caller, each) for each in reversed(tuple(state.affairs.notices.posted.values()))]
        return answer(NoticesTold([each for each in told if each.count]))

    async def one(self, request: web.Request) -> web.Response:
        state, caller = _state(hall_of(self._halls, request)), request[CALLER]
        notice = _notice(state, request)
        told = self._told(state, caller, notice)
        reached = [code for code in theirs(state, caller) if notice.reaches(code)]
        codes = sorted(reached, key=lambda code: (code in notice.seen, code in notice.confirmed, code))
        halls = [_hall_told(state, notice, code) for code in codes[:HALLS_SHOWN]]
        return answer(OneNotice(**msgspec.structs.asdict(told), halls=halls, halls_left_out=len(codes) - len(halls)))

    async def post(self, request: web.Request) -> web.Response:
        hall, caller = hall_of(self._halls, request), request[CALLER]
        asked = await body_of(request, NoticeBody)
        points, units = _addressed(_state(hall), caller, asked)
        now_ms = self._clock.now()
        number = 0

        def judge(draft: Draft) -> Sequence[tuple[AnyEvent, int]]:
            nonlocal number
            number = draft.affairs.notices.next_number
            return post(
                draft,
                asked.text,
                now_ms,
                points=points,
                units=units,
                urgent=asked.urgent,
                confirm=asked.confirm,
                for_all=caller.everywhere,
            )

        await commanded(hall, judge, caller)
        notice = _state(hall).affairs.notices.posted[number]
        told = self._told(_state(hall), caller, notice)
        log.info("notice-posted", conference=hall.conference, notice=number, halls=told.count, by=caller.name)
        return answer(told, 201)

    async def withdraw(self, request: web.Request) -> web.Response:
        hall, caller = hall_of(self._halls, request), request[CALLER]
        notice = _notice(_state(hall), request)
        if not _all_theirs(_state(hall), caller, notice):
            detail = "Thông báo này còn gửi đến điểm cầu ngoài phạm vi của bạn; hãy nhờ người gửi thu hồi."
            raise Problem(409, "not_all_yours", detail)
        now_ms = self._clock.now()
        await commanded(hall, lambda draft: withdraw(draft, notice.number, now_ms), caller)
        log.info("notice-withdrawn", conference=hall.conference, notice=notice.number, by=caller.name)
        return answer(self._told(_state(hall), caller, _state(hall).affairs.notices.posted[notice.number]))

    def _told(self, state: State, caller: Caller, notice: Notice) -> NoticeTold:
        got = reach(notice, len(state.points), None if caller.everywhere else theirs(state, caller).keys())
        named = caller.role in ALLOWED[Action.SEE_NAMES]
        mine = [unit for unit in notice.units if covers(caller, path=state.path(unit))]
        return NoticeTold(
            number=notice.number,
            text=notice.text,
            urgent=notice.urgent,
            confirm=notice.confirm,
            to=None if notice.points is None else mine,
            count=got.count,
            seen=got.seen,
            confirmed=got.confirmed,
            by_name=self._named(notice.by) if named else "",
            at_s=notice.at_ms // 1000,
            withdrawn=notice.withdrawn,
        )

    # --- reminders

    async def remind(self, request: web.Request) -> web.Response:
        hall, caller = hall_of(self._halls, request), request[CALLER]
        asked = await body_of(request, ReminderBody)
        key: RoundKey = (asked.sitting, asked.round)
        state, now_ms = _state(hall), self._clock.now()
        _check_round(state, key, now_ms)
        own = theirs(state, caller).keys()
        chosen = own if asked.points is None else _known(asked.points, own)
        found = [code for code in silent(state, key, now_ms) if code in chosen]
        reminded = 0

        def judge(draft: Draft) -> Sequence[tuple[AnyEvent, int]]:
            nonlocal reminded
            told = remind(draft, key, found, now_ms)
            reminded = sum(len(event.points) for event, _ in told if isinstance(event, RemindersSent))
            return told

        await commanded(hall, judge, caller)
        log.info("reminders-sent", conference=hall.conference, round=asked.round.value, halls=reminded, by=caller.name)
        return answer(RemindersTold(reminded=reminded, resting=len(found) - reminded))


def _state(hall: Hall) -> State:
    return hall.coordinator.scene.state


def _known(codes: Collection[str], own: KeysView[str]) -> frozenset[str]:
    """These points, if all of them are the caller's: what is foreign does not exist."""
    if not own >= set(codes):
        raise nowhere()
    return frozenset(codes)


def _addressed(state: State, caller: Caller, asked: NoticeBody) -> tuple[frozenset[str] | None, tuple[str, ...]]:
    """The points that a notice goes to (None: every one of the conference), and the units under which they were chosen."""
    own = theirs(state, caller)
    if asked.points is None and not asked.units:
        return (None, ()) if caller.everywhere else (frozenset(own), tuple(sorted(caller.units & state.units.keys())))
    units = tuple(dict.fromkeys(asked.units))
    if not all(holds(state, caller, unit) for unit in units):
        raise nowhere()
    below = {code for code, point in own.items() if not set(units).isdisjoint(state.path(point.planned.unit))}
    return _known(asked.points or (), own.keys()) | below, units


def _notice(state: State, request: web.Request) -> Notice:
    """The notice that the path names, if it went to anybody of the caller's."""
    number = number_of(request)
    notice = state.affairs.notices.posted.get(number) if number is not None else None
    if notice is None or not any(map(notice.reaches, theirs(state, request[CALLER]))):
        raise nowhere()
    return notice


def _all_theirs(state: State, caller: Caller, notice: Notice) -> bool:
    return caller.everywhere or (notice.points is not None and notice.points <= theirs(state, caller).keys())


def _hall_told(state: State, notice: Notice, code: str) -> HallTold:
    seen_ms, confirmed_ms = notice.seen.get(code), notice.confirmed.get(code)
    return HallTold(
        point=code,
        name=state.points[code].planned.name,
        seen_at=wire.rfc3339_if(seen_ms),
        confirmed_at=wire.rfc3339_if(confirmed_ms),
    )


def _check_round(state: State, key: RoundKey, now_ms: int) -> None:
    """Refuse to ask for what no hall can answer."""
    asked = round_of(state.plan, key) if state.plan else None
    if asked is None:
        raise Problem(404, "unknown_round", f"Hội nghị không có đợt {key[1].value} của buổi {key[0]}.")
    if state.phase not in HALLS_MAY_ACT:
        detail = "Điểm cầu hiện không báo cáo được (hội nghị chưa mở hoặc đã chốt) nên chưa đôn đốc."
        raise Problem(409, "not_open", detail)
    if asked.opens_ms > now_ms:
        detail = f"Đợt báo cáo này mở lúc {clock_of(asked.opens_ms)}; đến giờ đó mới đôn đốc được."
        raise Problem(409, "not_open", detail)
