"""The addresses of the reports: made, listed, handed out as they were kept, signed."""

from collections.abc import Callable

import msgspec
import structlog
from aiohttp import hdrs, web

from bridge.archive import Archive, Kept, Kind
from bridge.reach import has_part
from bridge.rules.projection import State
from dashboards.reports.bodies import ReportBody, ReportsTold, ReportTold, SignBody
from dashboards.reports.describing import Named, kept_told, making_told, stem_of
from dashboards.reports.drafts import FIGURES, Drafts, Hall, TooMany
from dashboards.reports.form import Form
from dashboards.reports.shelf import shelved
from dashboards.reports.signing import Sign, Signatures
from endpoints_registry.access import ALLOWED, Action, Caller
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.taking import answer, body_of

log = structlog.get_logger("reports")

Halls = Callable[[str], Hall | None]


class Doors:
    def __init__(self, halls: Halls, archive: Archive, drafts: Drafts, sign: Sign, named: Named) -> None:
        self._halls = halls
        self._archive = archive
        self._drafts = drafts
        self._signatures = Signatures(archive, sign)
        self._named = named

    def routes(self) -> tuple[Route, ...]:
        all_of_it = "/api/v1/conferences/{conference}/reports"
        one = all_of_it + "/{number}"
        return (
            Route(
                "GET",
                all_of_it,
                self.listed,
                Action.SEE_BOARD,
                "Các báo cáo, mới nhất trước: dự thảo (người ký thấy) và phiên bản đã ký",
                answers={200: ReportsTold, 404: None},
            ),
            Route(
                "POST",
                all_of_it,
                self.make,
                Action.GOVERN,
                "Lập dự thảo báo cáo từ số liệu lúc này; tiến độ xem ở địa chỉ của nó",
                body=ReportBody,
                answers={202: ReportTold, 404: None, 409: None, 422: None, 503: None},
                costs=20,
            ),
            Route(
                "GET",
                one,
                self.told,
                Action.SEE_BOARD,
                "Một báo cáo: tiến độ, con số, tệp",
                answers={200: ReportTold, 404: None},
            ),
            Route(
                "GET",
                one + "/figures",
                self.figures,
                Action.SEE_BOARD,
                "Số liệu của báo cáo, đúng như khi lập: mọi bảng, từng byte như đã cất",
                answers={200: None, 304: None, 404: None},
            ),
            Route(
                "GET",
                one + "/files/{format}",
                self.file,
                Action.SEE_BOARD,
                "Một tệp của báo cáo (docx, pdf, xlsx, csv, json), từng byte như đã cất",
                answer_type="application/octet-stream",
                answers={200: None, 304: None, 404: None},
            ),
            Route(
                "POST",
                one + "/sign",
                self.sign,
                Action.GOVERN,
                "Ký dự thảo này thành một phiên bản; từ đó nó được giữ nguyên từng byte",
                body=SignBody,
                answers={200: ReportTold, 404: None, 409: None, 422: None, 503: None},
            ),
        )

    async def listed(self, request: web.Request) -> web.Response:
        conference, state = self._hall(request)
        caller = request[CALLER]
        # In this order: what is kept meanwhile is on the shelf by then.
        under_way = self._drafts.under_way(conference)
        kept = await shelved(self._archive, conference)
        making = [making_told(each, self._named) for each in under_way if each.number not in kept]
        found = [*making, *(kept_told(state, labels, self._named) for labels in kept.values())]
        theirs = [each for each in found if each.status == "signed" or _may_sign(caller)]
        return answer(
            ReportsTold(
                reports=sorted(theirs, key=lambda each: -each.number),
                office=await self._drafts.office(conference),
                offices=await self._drafts.offices(conference),
                next_version=len(state.affairs.closing.versions) + 1,
                phase=state.phase.value,
                may_sign=_may_sign(caller),
            )
        )

    async def make(self, request: web.Request) -> web.Response:
        conference, state = self._hall(request)
        asked = await body_of(request, ReportBody)
        if state.plan is None:
            raise Problem(409, "not_frozen", "Hội nghị chưa chốt danh sách điểm cầu nên chưa có gì để báo cáo.")
        kind = asked.office.kind or (await self._drafts.office(conference)).kind
        last = (await self._drafts.offices(conference))[kind]
        said = {name: value for name, value in asked.office.model_dump().items() if value is not None}
        form = msgspec.convert({**msgspec.to_builtins(last), **msgspec.to_builtins(said), "kind": kind.value}, Form)
        await self._drafts.remember(conference, form, request[CALLER].name)
        try:
            making = await self._drafts.ask(conference, form, asked.formats, by=request[CALLER].name)
        except TooMany as busy:
            detail = "Đã có nhiều báo cáo đang chờ lập; hãy thử lại sau ít giây."
            raise Problem(429, "busy", detail, headers={"Retry-After": "10"}) from busy
        log.info("report-asked-for", conference=conference, report=making.number, by=request[CALLER].name)
        return answer(making_told(making, self._named), 202)

    async def told(self, request: web.Request) -> web.Response:
        _, report = await self._one(request)
        return answer(report)

    async def figures(self, request: web.Request) -> web.Response:
        conference, report = await self._one(request)
        found = await self._archive.one(conference, Kind.FIGURES, report.number, FIGURES)
        return _handed_out(request, found, f"{stem_of(conference, report)}-so-lieu.json")

    async def file(self, request: web.Request) -> web.Response:
        conference, report = await self._one(request)
        name = request.match_info["format"]
        found = await self._archive.one(conference, Kind.REPORT, report.number, name)
        return _handed_out(request, found, f"{stem_of(conference, report)}.{name}")

    async def sign(self, request: web.Request) -> web.Response:
        conference, state = self._hall(request)
        asked, number = await body_of(request, SignBody), _number(request.match_info["number"])
        labels = await self._signatures.put(conference, state, request[CALLER], number, asked)
        return answer(kept_told(state, labels, self._named))

    # --- finding

    def _hall(self, request: web.Request) -> tuple[str, State]:
        """The conference that the path names, for whoever holds the whole of it: a report tells of every unit."""
        conference, caller = request.match_info["conference"], request[CALLER]
        hall = self._halls(conference)
        if hall is None or not has_part(hall.scene, caller) or not _whole(hall.scene.state, caller):
            raise nowhere()
        return conference, hall.scene.state

    async def _one(self, request: web.Request) -> tuple[str, ReportTold]:
        """The report that the path names, with its conference; a draft only for whoever may sign."""
        conference, state = self._hall(request)
        wanted = _number(request.match_info["number"])
        # In this order, as above.
        making = next((each for each in self._drafts.under_way(conference) if each.number == wanted), None)
        labels = (await shelved(self._archive, conference)).get(wanted)
        if labels is not None:
            report = kept_told(state, labels, self._named)
        elif making is not None:
            report = making_told(making, self._named)
        else:
            raise nowhere()
        if report.status != "signed" and not _may_sign(request[CALLER]):
            raise nowhere()
        return conference, report


def _may_sign(caller: Caller) -> bool:
    return caller.role in ALLOWED[Action.GOVERN]


def _whole(state: State, caller: Caller) -> bool:
    """Whether everything that the report tells of is the caller's; no operator's ever is."""
    roots = [unit.code for unit in state.units.values() if unit.parent is None]
    return caller.point is None and (caller.everywhere or (bool(roots) and caller.units.issuperset(roots)))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise nowhere()
    return int(text)


def _handed_out(request: web.Request, found: Kept | None, name: str) -> web.Response:
    """Exactly as it was kept. Its ETag is its SHA-256: whoever has it already is not sent it again."""
    if found is None:
        raise nowhere()
    tag = f'"{found.sha256}"'
    headers = {hdrs.ETAG: tag, hdrs.CACHE_CONTROL: "private, no-cache"}
    if tag in [each.strip() for each in request.headers.get(hdrs.IF_NONE_MATCH, "").split(",")]:
        return web.Response(status=304, headers=headers)
    headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{name}"'
    return web.Response(body=found.content, content_type=found.media_type, headers=headers)
