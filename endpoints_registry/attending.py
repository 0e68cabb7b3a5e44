"""The addresses of people by name: whether a conference keeps them, its roster in and out, the list of a hall.

Nothing here writes a name into a log line.
"""

import asyncio
from collections.abc import Iterable, Sequence

import structlog
from aiohttp import web

from endpoints_registry import exporting, rosters, vietnamese
from endpoints_registry.access import Action, may
from endpoints_registry.attendees import Attendee, Attendees
from endpoints_registry.bodies.files import ImportAnswer
from endpoints_registry.bodies.names import NamesAnswer, NamesBody, PeopleAnswer, PersonTold, RosterExport, RosterQuery
from endpoints_registry.conferences import Conference, Standing
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.filing import CSV, XLSX, attached, report, uploaded
from endpoints_registry.keeping import NamesOff
from endpoints_registry.points import KeptPoint
from endpoints_registry.registry import Registry
from endpoints_registry.sheets import Unreadable
from endpoints_registry.taking import answer, body_of, query_of

log = structlog.get_logger("attending")


class Attending:
    def __init__(self, registry: Registry, standing: Standing) -> None:
        self._registry = registry
        self._standing = standing

    def routes(self) -> tuple[Route, ...]:
        one = "/api/v1/conferences/{conference}"
        return (
            Route(
                "PUT",
                f"{one}/names",
                self.switch,
                Action.GOVERN,
                "Bật hoặc tắt danh sách họ tên của hội nghị; tắt là xóa hết; chỉ khi còn là bản nháp",
                body=NamesBody,
                answers={200: NamesAnswer, 404: None, 409: None, 422: None},
            ),
            Route(
                "GET",
                f"{one}/names",
                self.kept,
                Action.GOVERN,
                "Hội nghị có giữ họ tên không, bao nhiêu người, giữ mấy ngày",
                answers={200: NamesAnswer, 404: None},
            ),
            Route(
                "POST",
                f"{one}/roster/imports",
                self.take_in,
                Action.GOVERN,
                "Nhập danh sách đại biểu từ CSV hoặc XLSX; dry_run chỉ xem trước",
                query=RosterQuery,
                body=bytes,
                body_type="application/octet-stream",
                answers={200: ImportAnswer, 404: None, 409: None, 413: None, 422: None},
                costs=10,
            ),
            Route(
                "GET",
                f"{one}/roster/export",
                self.give_out,
                Action.SEE_NAMES,
                "Xuất danh sách đại biểu trong phạm vi của mình; nhập lại không thay đổi gì",
                query=RosterExport,
                answer_type=(XLSX, CSV),
                answers={200: None, 404: None, 409: None, 422: None},
                costs=10,
            ),
            Route(
                "GET",
                f"{one}/roster/template",
                self.template,
                Action.GOVERN,
                "Tệp mẫu danh sách đại biểu để điền",
                answer_type=XLSX,
                answers={200: None, 404: None},
                costs=3,
            ),
            Route(
                "DELETE",
                f"{one}/attendees/{{person}}",
                self.remove,
                Action.GOVERN,
                "Đưa một người ra khỏi danh sách; thẻ của họ không còn được nhận",
                answers={204: None, 404: None, 409: None},
            ),
            Route(
                "GET",
                f"{one}/points/{{code}}/people",
                self.people,
                Action.SEE_NAMES,
                "Danh sách đại biểu của một điểm cầu",
                answers={200: PeopleAnswer, 404: None, 409: None},
            ),
        )

    # --- the organiser's

    async def switch(self, request: web.Request) -> web.Response:
        conference, asked = self._conference(request), await body_of(request, NamesBody)
        held = self._registry.attendees(conference.id)
        if asked.names is not (held is not None):
            if self._standing(conference.id)[0] != "draft":
                detail = "Danh sách điểm cầu đã chốt nên không bật hay tắt họ tên được nữa."
                raise Problem(409, "frozen", detail)
            await self._registry.names.switch(conference.id, asked.names, self._registry.now())
            log.info("names-switched", conference=conference.id, on=asked.names, by=request[CALLER].name)
        if self._registry.attendees(conference.id) is not None and "keep_days" in asked.model_fields_set:
            try:
                await self._registry.names.keep_for(conference.id, asked.keep_days)
            except NamesOff as off:
                # Their days were over a moment ago.
                raise names_off(off) from off
        return await self._names(conference)

    async def kept(self, request: web.Request) -> web.Response:
        return await self._names(self._conference(request))

    async def _names(self, conference: Conference) -> web.Response:
        held = self._registry.attendees(conference.id)
        kept = await self._registry.names.kept_for(conference.id)
        return answer(NamesAnswer(names=held is not None, people=len(held) if held is not None else 0, keep_days=kept))

    async def take_in(self, request: web.Request) -> web.Response:
        conference, query = self._conference(request), query_of(request, RosterQuery)
        self._roster(conference.id)
        if self._standing(conference.id)[0] == "closed":
            raise Problem(409, "closed", "Hội nghị đã đóng nên danh sách đại biểu không thay đổi nữa.")
        raw = await uploaded(request)
        names, points = self._registry.names, self._points(conference.id)
        try:
            if query.dry_run:
                plan = await names.preview(conference.id, points, raw)
            else:
                plan = await names.import_roster(conference.id, points, raw)
        except Unreadable as unreadable:
            raise Problem(422, "unreadable", str(unreadable)) from unreadable
        except NamesOff as off:
            raise names_off(off) from off
        told = report(plan, dry_run=query.dry_run)
        if plan.faults and not query.dry_run:
            found = len(plan.faults) + plan.faults_left_out
            detail = f"Tệp có {found} lỗi nên chưa nhập gì; hãy sửa rồi nhập lại."
            raise Problem(422, "faults", detail, **told.model_dump(mode="json"))
        if told.imported:
            counts = {kind: tally.model_dump() for kind, tally in told.tallies.items()}
            log.info("roster-imported", conference=conference.id, by=request[CALLER].name, **counts)
        return answer(told)

    async def template(self, request: web.Request) -> web.Response:
        self._conference(request)
        raw = await asyncio.to_thread(exporting.template, [rosters.KIND])
        return attached(raw, "mau-danh-sach-dai-bieu.xlsx", XLSX)

    async def remove(self, request: web.Request) -> web.Response:
        conference, person = self._conference(request), request.match_info["person"]
        try:
            # Only what is on the roster is asked of the database, which does not take every text as a parameter.
            gone = self._registry.names.asked(conference.id).get(person) is not None
            gone = gone and await self._registry.names.remove(conference.id, person)
        except NamesOff as off:
            raise names_off(off) from off
        if not gone:
            raise nowhere()
        log.info("attendee-removed", conference=conference.id, by=request[CALLER].name)
        return web.Response(status=204)

    # --- for those who may see names, each within their own

    async def give_out(self, request: web.Request) -> web.Response:
        conference, query = self._conference(request), query_of(request, RosterExport)
        points = asked_for(self._registry, request, conference, query.point, query.unit)
        roster = self._roster(conference.id)
        raw = await asyncio.to_thread(_file, roster, [kept.point.code for kept in points], query.format)
        plain = vietnamese.fold("Danh sách đại biểu").replace(" ", "-")
        return attached(raw, f"{plain}-{conference.id}.{query.format}", CSV if query.format == "csv" else XLSX)

    async def people(self, request: web.Request) -> web.Response:
        conference, code = self._conference(request), request.match_info["code"]
        (kept,) = asked_for(self._registry, request, conference, code, None)
        return answer(people_told(self._roster(conference.id), kept.point.code))

    # --- what is whose

    def _conference(self, request: web.Request) -> Conference:
        conference = self._registry.holdings.conferences.get(request.match_info["conference"])
        if conference is None or not self._registry.has_part(request[CALLER], conference):
            raise nowhere()
        return conference

    def _points(self, conference: str) -> Sequence[KeptPoint]:
        return self._registry.holdings.chosen.get(conference, ())

    def _roster(self, conference: str) -> Attendees:
        return roster_of(self._registry, conference)


def names_off(off: NamesOff) -> Problem:
    return Problem(409, "names_off", str(off))


def roster_of(registry: Registry, conference: str) -> Attendees:
    """The people of a conference. Raises Problem where it keeps no names."""
    try:
        return registry.names.asked(conference)
    except NamesOff as off:
        raise names_off(off) from off


def asked_for(
    registry: Registry, request: web.Request, conference: Conference, point: str | None, unit: str | None
) -> list[KeptPoint]:
    """The conference's points that were asked for (one, a unit's, or all) and whose names the caller may see.

    In Vietnamese order. What was named but is not theirs does not exist.
    """
    caller, directory = request[CALLER], registry.on(conference.day)
    if unit is not None and not may(caller, Action.SEE_NAMES, path=directory.path(unit)):
        raise nowhere()
    taken = [
        kept
        for kept in registry.holdings.chosen.get(conference.id, ())
        if (point is None or kept.point.code == point)
        and (unit is None or unit in directory.path(kept.point.unit_code))
        and may(caller, Action.SEE_NAMES, path=directory.path(kept.point.unit_code), point=kept.point.code)
    ]
    if not taken:
        raise nowhere()
    return sorted(taken, key=lambda kept: (vietnamese.unit_key(kept.point.name), kept.point.code))


def people_told(roster: Attendees, code: str) -> PeopleAnswer:
    people = [_told(attendee) for attendee in roster.of_point(code)]
    return PeopleAnswer(conference=roster.conference, point=code, people=people)


def _told(attendee: Attendee) -> PersonTold:
    return PersonTold(
        person=attendee.person,
        name=attendee.name,
        position=attendee.position,
        category=attendee.category,
        unit=attendee.unit,
    )


def _file(roster: Attendees, points: Iterable[str], ending: str) -> bytes:
    lines = rosters.lines(attendee for code in points for attendee in roster.of_point(code))
    if ending == "csv":
        return exporting.as_csv(rosters.KIND, lines)
    return exporting.as_xlsx({rosters.KIND: lines})
