"""What a hall's own phone is given where its people come in: their list, and the code that it shows them.

Nothing here writes a name into a log line.
"""

import io
from collections.abc import Callable

import segno
from aiohttp import web

from endpoints_registry import badges
from endpoints_registry.access import Action
from endpoints_registry.attendees import Attendees
from endpoints_registry.attending import names_off, people_told, roster_of
from endpoints_registry.bodies.names import HallCodeAnswer, PeopleAnswer
from endpoints_registry.door import CALLER, Route, nowhere
from endpoints_registry.keeping import NamesOff
from endpoints_registry.registry import Registry
from endpoints_registry.taking import answer

Meets = Callable[[str], str | None]
"""Which conference the hall of this point code belongs to now."""
# Any mask is as right as the best one, and to look for the best takes ten times as long.
_MASK = 3


def newest_with_names(registry: Registry) -> Meets:
    """Where no live side says it: the newest conference that keeps names and takes the point."""

    def meets(code: str) -> str | None:
        for id in registry.holdings.conferences:
            takes_part = registry.holdings.chosen.get(id, ())
            if registry.attendees(id) is not None and any(kept.point.code == code for kept in takes_part):
                return id
        return None

    return meets


class Welcoming:
    def __init__(self, registry: Registry, meets: Meets, origin: str = "") -> None:
        """`origin` is the address under which the world reaches us (the request's own, if not given)."""
        self._registry = registry
        self._meets = meets
        self._origin = origin

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/api/v1/desk/people",
                self.desk_people,
                Action.SEE_NAMES,
                "Danh sách đại biểu của điểm cầu mình, để điểm danh người không có thẻ",
                answers={200: PeopleAnswer, 404: None, 409: None},
            ),
            Route(
                "GET",
                "/api/v1/desk/hall-code",
                self.hall_code,
                Action.ACT,
                "Mã đang đổi của hội trường: địa chỉ mà đại biểu mở bằng điện thoại của mình",
                answers={200: HallCodeAnswer, 404: None, 409: None},
            ),
            Route(
                "GET",
                "/api/v1/desk/hall-code.svg",
                self.hall_code_drawn,
                Action.ACT,
                "Mã đang đổi của hội trường, vẽ thành mã QR",
                answer_type="image/svg+xml",
                answers={200: None, 404: None, 409: None},
            ),
        )

    async def desk_people(self, request: web.Request) -> web.Response:
        code, roster = self._own(request)
        return answer(people_told(roster, code))

    async def hall_code(self, request: web.Request) -> web.Response:
        code, roster = self._own(request)
        now_ms = self._now_ms()
        left_s = badges.hall_code_left_ms(now_ms) / 1000
        url = self._shown_at(request, hall_path(roster, code, now_ms))
        return answer(HallCodeAnswer(url=url, seconds_left=left_s, step_s=badges.STEP_MS // 1000))

    async def hall_code_drawn(self, request: web.Request) -> web.Response:
        code, roster = self._own(request)
        url = self._shown_at(request, hall_path(roster, code, self._now_ms()))
        return web.Response(body=drawn(url), content_type="image/svg+xml")

    def _own(self, request: web.Request) -> tuple[str, Attendees]:
        """The point whose phone asks, and the people of the conference that meets there now."""
        code = request[CALLER].point
        conference = self._meets(code) if code else None
        if code is None:
            raise nowhere()
        if conference is None:
            raise names_off(NamesOff())
        return code, roster_of(self._registry, conference)

    def _shown_at(self, request: web.Request, path: str) -> str:
        """The whole address. Behind a proxy only the configuration knows under which name the world reaches us."""
        return f"{self._origin or request.url.origin()}{path}"

    def _now_ms(self) -> int:
        # The real clock: a code that proves presence does not follow a demo's day.
        return round(self._registry.now().timestamp() * 1000)


def hall_path(roster: Attendees, point: str, now_ms: int) -> str:
    # Behind the #, so that no log and no chat's previewer ever gets the code.
    return f"/c/{point}#{roster.hall_code(point, now_ms)}"


def drawn(text: str) -> bytes:
    """A QR code as SVG, dark on white whatever the page's colours, with its quiet zone."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False, mask=_MASK)
    code.save(out, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True)
    return out.getvalue()
