"""The addresses under which printable sheets are fetched."""

from collections.abc import Mapping
from typing import Literal

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bridge.printing import links
from bridge.printing.badges import BADGES, sheet
from bridge.printing.papers import HALLS, LINES, paper
from bridge.printing.press import Press, Unprinted
from endpoints_registry.access import Action
from endpoints_registry.apart import Busy
from endpoints_registry.attending import asked_for, names_off
from endpoints_registry.bodies.keys import PointsBody
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.granting import asked_for as places_asked_for
from endpoints_registry.keeping import NamesOff
from endpoints_registry.registry import Registry
from endpoints_registry.taking import body_of, query_of

log = structlog.get_logger("printing")


class BadgesQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    point: str | None = Field(None, max_length=20)
    unit: str | None = Field(None, max_length=16)
    """All points of this unit and of those below it."""


class PapersQuery(BadgesQuery):
    form: Literal["counts", "roll"] = Field("counts", description="Phiếu báo cáo quân số, hoặc danh sách điểm danh")


class Sheets:
    def __init__(self, registry: Registry, press: Press, origin: str = "") -> None:
        """`origin` is the address under which the world reaches us (the request's own, if not given)."""
        self._registry = registry
        self._press = press
        self._origin = origin

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/api/v1/conferences/{conference}/badges.pdf",
                self.badges,
                Action.SEE_NAMES,
                "Thẻ đại biểu để in và cắt: mười thẻ một trang A4, theo điểm cầu hoặc theo đơn vị",
                query=BadgesQuery,
                answer_type="application/pdf",
                answers={200: None, 404: None, 409: None, 422: None, 500: None, 503: None},
                costs=20,
            ),
            Route(
                "GET",
                "/api/v1/conferences/{conference}/papers.pdf",
                self.papers,
                Action.SEE_NAMES,
                "Phiếu giấy cho ngày mất mạng: báo cáo quân số hoặc điểm danh, theo điểm cầu hoặc theo đơn vị",
                query=PapersQuery,
                answer_type="application/pdf",
                answers={200: None, 404: None, 422: None, 500: None, 503: None},
                costs=20,
            ),
            Route(
                "POST",
                "/api/v1/registry/links/sheet",
                self.links,
                Action.GRANT_LINKS,
                "Cấp liên kết mới và in phiếu có mã QR, tám phiếu một trang A4; liên kết cũ hết hiệu lực khi in xong",
                body=PointsBody,
                answer_type="application/pdf",
                answers={200: None, 404: None, 422: None, 500: None, 503: None},
                costs=20,
            ),
        )

    async def badges(self, request: web.Request) -> web.Response:
        conference = self._registry.holdings.conferences.get(request.match_info["conference"])
        if conference is None or not self._registry.has_part(request[CALLER], conference):
            raise nowhere()
        query = query_of(request, BadgesQuery)
        if (query.point is None) is (query.unit is None):
            raise Problem(422, "invalid", "Hãy nêu point (mã điểm cầu) hoặc unit (mã đơn vị), một trong hai.")
        points = asked_for(self._registry, request, conference, query.point, query.unit)
        try:
            roster = self._registry.names.asked(conference.id)
        except NamesOff as off:
            raise names_off(off) from off
        people = sum(len(roster.of_point(kept.point.code)) for kept in points)
        if not people:
            raise Problem(404, "nobody", "Danh sách đại biểu ở đây chưa có ai; hãy nhập danh sách trước khi in thẻ.")
        if people > BADGES:
            detail = f"Có {people} thẻ, mỗi lần in tối đa {BADGES}; hãy in theo từng đơn vị hoặc điểm cầu."
            raise Problem(422, "too_many", detail)
        directory = self._registry.on(conference.day)
        called = [(kept.point.code, _called(kept.point.name, directory.place(kept.point.code))) for kept in points]
        pdf = await self._printed("badges", sheet(conference.title, roster, called))
        log.info("badges-printed", conference=conference.id, badges=people, by=request[CALLER].name)
        name = f"the-dai-bieu-{query.point or query.unit}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return web.Response(body=pdf, content_type="application/pdf", headers=headers)

    async def papers(self, request: web.Request) -> web.Response:
        conference = self._registry.holdings.conferences.get(request.match_info["conference"])
        if conference is None or not self._registry.has_part(request[CALLER], conference):
            raise nowhere()
        query = query_of(request, PapersQuery)
        if (query.point is None) is (query.unit is None):
            raise Problem(422, "invalid", "Hãy nêu point (mã điểm cầu) hoặc unit (mã đơn vị), một trong hai.")
        theirs = {kept.point.code for kept in asked_for(self._registry, request, conference, query.point, query.unit)}
        if len(theirs) > HALLS:
            detail = f"Có {len(theirs)} điểm cầu, mỗi lần in tối đa {HALLS}; hãy in theo từng đơn vị."
            raise Problem(422, "too_many", detail)
        plan = await self._registry.plan(conference.id)
        directory = self._registry.on(conference.day)
        halls = (
            [(each, directory.place(each.point.code)) for each in plan.points if each.point.code in theirs]
            if plan
            else []
        )
        asked = paper(conference, query.form, halls, self._registry.attendees(conference.id))
        lines = sum(len(hall["people"]) for hall in asked["halls"])
        if lines > LINES:
            detail = f"Có {lines} dòng điểm danh, mỗi lần in tối đa {LINES}; hãy in theo từng đơn vị."
            raise Problem(422, "too_many", detail)
        pdf = await self._printed("papers", asked)
        log.info("papers-printed", conference=conference.id, form=query.form, halls=len(halls), by=request[CALLER].name)
        name = f"{'diem-danh' if query.form == 'roll' else 'phieu-quan-so'}-{query.point or query.unit}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return web.Response(body=pdf, content_type="application/pdf", headers=headers)

    async def links(self, request: web.Request) -> web.Response:
        directory = self._registry.directory
        points = places_asked_for(directory, request[CALLER], await body_of(request, PointsBody))
        if not points:
            raise Problem(404, "nobody", "Ở đây chưa có điểm cầu nào; hãy nhập danh bạ trước khi in phiếu.")
        if len(points) > links.LINKS:
            detail = f"Có {len(points)} phiếu, mỗi lần in tối đa {links.LINKS}; hãy in theo từng đơn vị."
            raise Problem(422, "too_many", detail)
        points = links.ordered(directory, points)
        drawn = self._registry.drawn_links([point.code for point in points])
        origin = self._origin or str(request.url.origin())
        pdf = await self._printed("links", links.sheet(directory, points, drawn, origin))
        # Only now: had the sheet not come out, nobody would hold what opens the points.
        await self._registry.put_links(drawn)
        log.info("links-printed", points=len(points), by=request[CALLER].name)
        headers = {"Content-Disposition": 'inline; filename="phieu-duong-dan.pdf"'}
        return web.Response(body=pdf, content_type="application/pdf", headers=headers)

    async def _printed(self, document: str, said: Mapping[str, object]) -> bytes:
        try:
            return await self._press.printed(document, said)
        except Busy as busy:
            detail = "Máy in đang bận; hãy thử lại sau ít giây."
            raise Problem(503, "busy", detail, headers={"Retry-After": "10"}) from busy
        except Unprinted as failed:
            log.error("unprinted", document=document, why=str(failed)[:200])
            raise Problem(500, "unprinted", "Không dàn được trang in; hãy báo người quản trị hệ thống.") from failed


def _called(hall: str, place: str) -> str:
    return f"{hall} · {place}" if place else hall
