"""The addresses of the flash: one sentence and one picture of the figures of the moment, ready for a group's chat."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import msgspec
import structlog
from aiohttp import web
from pydantic import BaseModel, Field

from bridge.printing.press import Press, Unprinted
from bridge.reach import has_part, own_unit
from bridge.rules import wire
from bridge.rules.flash import Flash, flash, sentence
from bridge.rules.scene import Scene
from bridge.rules.spelling import figure, percent
from dashboards.reports.drafts import Hall
from dashboards.reports.words import ROUNDS
from endpoints_registry.access import Action, may
from endpoints_registry.apart import Busy
from endpoints_registry.conferences import HANOI
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.taking import answer, query_of

log = structlog.get_logger("reports")

PPI = 144
"""The picture is 540 points wide: 1080 pixels."""


class Said(msgspec.Struct, frozen=True):
    """A flash of a set time, as it was told then."""

    at: str
    text: str


class FlashTold(msgspec.Struct, frozen=True):
    at: str
    text: str
    ready: int
    """Points in the sentence."""
    connected: int
    """Of them, those whose line carries: the board's number. The others have reported without a line, or receive by TV or radio."""
    people: dict[str, int]
    """`{expected, present, excused, unexcused, unreported, guests}`: the sentence's share is of all expected, the board's of those
    of whom something was reported.
    """
    told: list[Said]
    """Of the set times so far, the newest first."""


class FlashQuery(BaseModel):
    unit: str = Field("", max_length=40)
    """Of this unit and all below it; yours, if it is not given."""


ToldSoFar = Callable[[str], Awaitable[Sequence[tuple[int, str]]]]
"""Of a conference, (hall time, sentence) of every flash that was told, newest first."""


class FlashDoors:
    def __init__(
        self, halls: Callable[[str], Hall | None], press: Press, now: Callable[[], int], told_so_far: ToldSoFar
    ) -> None:
        self._halls = halls
        self._press = press
        self._now = now
        self._told_so_far = told_so_far

    def routes(self) -> tuple[Route, ...]:
        one = "/api/v1/conferences/{conference}/flash"
        return (
            Route(
                "GET",
                one,
                self.text,
                Action.SEE_BOARD,
                "Tin nhanh: một câu số liệu lúc này để chép, và các câu đã báo ở những giờ định sẵn",
                query=FlashQuery,
                answers={200: FlashTold, 404: None, 422: None},
            ),
            Route(
                "GET",
                f"{one}.png",
                self.picture,
                Action.SEE_BOARD,
                "Ảnh vuông của hai con số lúc này, để dán vào nhóm",
                query=FlashQuery,
                answer_type="image/png",
                answers={200: None, 404: None, 422: None, 500: None, 503: None},
                costs=5,
            ),
        )

    async def text(self, request: web.Request) -> web.Response:
        scene, unit = self._asked(request)
        said = flash(scene, scene.shown, self._now(), unit)
        # What was told at the set times are the figures of all: not for whoever sees a part.
        told = await self._told_so_far(request.match_info["conference"]) if not unit else []
        return answer(
            FlashTold(
                at=wire.rfc3339(said.at_ms),
                text=sentence(said),
                ready=said.ready,
                connected=said.connected,
                people=msgspec.structs.asdict(said.people),
                told=[Said(wire.rfc3339(at_ms), words) for at_ms, words in told],
            )
        )

    async def picture(self, request: web.Request) -> web.Response:
        scene, unit = self._asked(request)
        said = flash(scene, scene.shown, self._now(), unit)
        try:
            png = await self._press.drawn("flash", _shown(scene, unit, said), PPI)
        except Busy as busy:
            detail = "Máy vẽ đang bận; hãy thử lại sau ít giây."
            raise Problem(503, "busy", detail, headers={"Retry-After": "5"}) from busy
        except Unprinted as failed:
            log.error("flash-not-drawn", conference=request.match_info["conference"], why=str(failed)[:200])
            raise Problem(500, "unprinted", "Không vẽ được ảnh; hãy chép câu chữ thay thế.") from failed
        headers = {"Content-Disposition": 'inline; filename="tin-nhanh.png"'}
        return web.Response(body=png, content_type="image/png", headers=headers)

    def _asked(self, request: web.Request) -> tuple[Scene, str]:
        """The conference of the path and the unit that is asked for ("": all), within what is the caller's."""
        hall, caller = self._halls(request.match_info["conference"]), request[CALLER]
        if hall is None or caller.point is not None or not has_part(hall.scene, caller):
            raise nowhere()
        state = hall.scene.state
        unit = query_of(request, FlashQuery).unit or own_unit(hall.scene, caller)
        if unit and (unit not in state.units or not may(caller, Action.SEE_BOARD, path=state.path(unit))):
            raise nowhere()
        return hall.scene, unit


def _shown(scene: Scene, unit: str, said: Flash) -> dict[str, object]:
    """What stands in the picture."""
    people, state = said.people, scene.state
    at = datetime.fromtimestamp(said.at_ms / 1000, UTC).astimezone(HANOI)
    title = state.plan.title if state.plan else ""
    rest = [
        ("vắng có lý do", people.excused),
        ("không lý do", people.unexcused),
        ("chưa báo cáo", people.unreported),
        *([("khách mời", people.guests)] if people.guests else []),
    ]
    return {
        "title": f"{title} · {state.units[unit].name}" if unit else title,
        "when": f"Đến {at.hour} giờ {at:%M}, ngày {at:%d/%m/%Y}",
        "ready": figure(said.ready),
        "points": figure(said.points),
        "present": figure(people.present),
        "expected": figure(people.expected),
        "share": people.present / people.expected if people.expected else 0,
        "percent": percent(people.present, people.expected) if people.expected else "–",
        "round": f"{ROUNDS[said.key[1]]} · {said.sitting_name}" if said.key else "",
        "rest": [{"name": name, "figure": figure(number)} for name, number in rest],
    }
