"""The board's figures over HTTP: totals, the snapshot, one point, for programs and for panels."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field

from bridge.reach import has_part, own_unit
from bridge.rules import wire
from bridge.rules.attendance import round_of
from bridge.rules.model import Point, RoundKey, RoundName
from bridge.rules.scene import Placed
from dashboards import panel, view
from dashboards.feed import Feed, Hall
from dashboards.sockets import Halls, sees_names
from endpoints_registry.access import Action, Caller, may
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.taking import answer, query_of

History = Callable[[str, str], Awaitable[Sequence[Placed]]]
"""(conference, point code) -> what happened to the point, newest first."""
Facts = Callable[[str, bool], Mapping[str, Any]]
"""(point code, with names) -> the registry's facts of a point and its contacts."""


class TotalsQuery(BaseModel):
    unit: str = Field("", max_length=40)
    sitting: str | None = Field(None, max_length=40)
    round: RoundName | None = None


class BoardQuery(BaseModel):
    unit: str = Field("", max_length=40)


class PointAnswer(BaseModel):
    """A point's panel: registry facts and contacts, the axes apart, every round, its history."""

    point: dict[str, Any]
    contacts: list[dict[str, str]]
    stage: dict[str, Any]
    link: dict[str, Any]
    line: dict[str, Any] | None
    stream: dict[str, Any]
    """Whether the broadcast arrives: `{stream, at}`."""
    line_test: dict[str, Any] | None
    """What its phone measured last: `{rtt_ms, jitter_ms, loss, down_kbps, up_kbps, at}`."""
    outages: list[dict[str, Any]]
    """`{cause, began_at, ended_at, times}`, the newest first."""
    incidents: list[int]
    """Numbers, the newest first."""
    notices: list[dict[str, Any]]
    """What was said to it: `{number, text, at, seen_at, confirmed_at, confirm, withdrawn}`, the newest first."""
    perceived: dict[str, Any] | None
    verdict: dict[str, Any]
    """Whether machine or hall is believed: `{believed, reason, sentence, said_at}`."""
    sittings: list[dict[str, Any]]
    """Each with its rounds and its line: `{measured_s, availability, minutes, theirs_minutes, ours_minutes, outages}`."""
    history: list[dict[str, Any]]


class Figures:
    def __init__(self, feed: Feed, halls: Halls, now: Callable[[], int], facts: Facts, history: History) -> None:
        self._feed = feed
        self._halls = halls
        self._now = now
        self._facts = facts
        self._history = history

    def routes(self) -> tuple[Route, ...]:
        one = "/api/v1/conferences/{conference}"
        return (
            Route(
                "GET",
                f"{one}/totals",
                self.totals,
                Action.WATCH,
                "Hai con số của ngày: điểm cầu và đại biểu, theo đơn vị và đợt báo cáo",
                query=TotalsQuery,
                answers={200: wire.Totals, 404: None, 422: None},
            ),
            Route(
                "GET",
                f"{one}/board",
                self.board,
                Action.WATCH,
                "Ảnh chụp bảng theo dõi, như khi mở đường truyền của bảng",
                query=BoardQuery,
                answers={200: wire.Snapshot, 404: None, 422: None},
            ),
            Route(
                "GET",
                f"{one}/points/{{code}}",
                self.point,
                Action.SEE_BOARD,
                "Một điểm cầu: liên hệ, trạng thái, các đợt báo cáo, diễn biến",
                answers={200: PointAnswer, 404: None},
            ),
        )

    async def totals(self, request: web.Request) -> web.Response:
        query = query_of(request, TotalsQuery)
        hall = self._hall(request)
        unit = self._unit(hall, request[CALLER], query.unit)
        return answer(view.totals(hall.scene, unit, self._now(), _key(hall, query)))

    async def board(self, request: web.Request) -> web.Response:
        query = query_of(request, BoardQuery)
        hall = self._hall(request)
        unit = self._unit(hall, request[CALLER], query.unit)
        return web.Response(
            body=self._feed.snapshot(hall, unit, sees_names(request[CALLER])), content_type="application/json"
        )

    async def point(self, request: web.Request) -> web.Response:
        hall = self._hall(request)
        caller = request[CALLER]
        point = hall.scene.state.point(request.match_info["code"])
        if point is None or not self._may(hall, caller, Action.SEE_BOARD, point):
            raise nowhere()
        facts = self._facts(point.code, self._may(hall, caller, Action.SEE_NAMES, point))
        history = await self._history(hall.conference, point.code)
        among_staff = self._may(hall, caller, Action.COORDINATE, point)
        return answer({**facts, **panel.detail(hall.scene, point, history, self._now(), among_staff=among_staff)})

    def _hall(self, request: web.Request) -> Hall:
        hall = self._halls(request.match_info["conference"])
        if hall is None or not has_part(hall.scene, request[CALLER]):
            raise nowhere()
        return hall

    def _unit(self, hall: Hall, caller: Caller, asked: str) -> str:
        unit = asked or own_unit(hall.scene, caller)
        state = hall.scene.state
        known = unit in state.units if unit else caller.everywhere
        if not known or not may(caller, Action.WATCH, path=state.path(unit)):
            raise nowhere()
        return unit

    def _may(self, hall: Hall, caller: Caller, action: Action, point: Point) -> bool:
        return may(caller, action, path=hall.scene.state.path(point.planned.unit), point=point.code)


def _key(hall: Hall, query: TotalsQuery) -> RoundKey | None:
    """The round that was asked for; what is left out is the shown one's, or the sitting's newest."""
    if query.sitting is None and query.round is None:
        return None
    plan, shown = hall.scene.state.plan, hall.scene.shown
    sitting = query.sitting or (shown[0] if shown else "")
    key = (sitting, query.round or (shown[1] if shown and shown[0] == sitting else RoundName.OPENING))
    if plan is None or round_of(plan, key) is None:
        raise Problem(404, "unknown_round", f"Hội nghị không có đợt {key[1].value} của buổi {sitting}.")
    return key
