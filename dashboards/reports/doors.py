"""The addresses of the reports: made, listed, handed out as they were kept, signed."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec
import structlog
from aiohttp import hdrs, web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from bridge.archive import Archive, ArchiveError, Kept, Kind, Label
from bridge.reach import has_part
from bridge.rules import wire
from bridge.rules.ladder import Version
from bridge.rules.model import Phase
from bridge.rules.projection import State
from dashboards.reports.drafts import FIGURES, Drafts, Facts, Hall, Making, TooMany, facts_of
from dashboards.reports.form import Form, FormKind
from dashboards.reports.jobs import Format
from endpoints_registry.access import ALLOWED, Action, Caller
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.taking import answer, body_of

log = structlog.get_logger("reports")

Sign = Callable[[str, Caller, "Asked"], Awaitable[None]]
"""Puts a signature on the street. Raises Problem."""
Halls = Callable[[str], Hall | None]


class Asked(msgspec.Struct, frozen=True):
    """What is to be signed."""

    version: int
    position: int
    figures_sha256: str
    files: Mapping[str, str]
    at_once: bool


PRINTABLE = r"^[^\x00-\x1f\x7f\uFFFE\uFFFF]*$"
"""What no document can hold is refused before one is made."""
Line = Annotated[str, Field(max_length=300, pattern=PRINTABLE)]


def _on_a_calendar(day: str | None) -> str | None:
    try:
        date.fromisoformat(day or "2026-01-01")
    except ValueError as wrong:
        raise PydanticCustomError("day", "{why}", {"why": f"không có ngày {day}; hãy ghi năm-tháng-ngày"}) from wrong
    return day


class OfficeBody(BaseModel):
    """The fields of the document; what is left out stays as it was last time."""

    model_config = ConfigDict(extra="forbid")

    kind: FormKind | None = None
    superior: Line | None = None
    body: Line | None = None
    called: Line | None = None
    number: str | None = Field(None, max_length=20, pattern=PRINTABLE)
    symbol: str | None = Field(None, max_length=60, pattern=PRINTABLE)
    place: Line | None = None
    date: Annotated[str | None, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$"), AfterValidator(_on_a_calendar)] = None
    title: str | None = Field(None, max_length=1_000, pattern=PRINTABLE)
    basis: str | None = Field(None, max_length=1_000, pattern=PRINTABLE)
    authority: Line | None = None
    signer_title: Line | None = None
    signer: Line | None = None
    recipients: list[Line] | None = Field(None, max_length=30)


class ReportBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    office: OfficeBody = OfficeBody()
    formats: list[Format] = Field(list(Format), min_length=1, max_length=len(Format))


class SignBody(BaseModel):
    """`at_once`: do not wait for phones that may still be sending what they said before the close."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=1_000_000)
    at_once: bool = False


class FileTold(msgspec.Struct, frozen=True):
    format: str
    name: str
    bytes: int
    sha256: str


class ReportTold(msgspec.Struct, frozen=True):
    number: int
    status: Literal["making", "failed", "draft", "signed"]
    progress: float
    """From 0 to 1."""
    failed: str
    """Why nothing came of it."""
    version: int | None
    """Which one it is, or would be."""
    position: int | None
    stale: bool
    """A draft after which figures were corrected, or halls judged otherwise: it can no longer be signed."""
    closed: bool
    """Whether its figures are those of a closed conference; before, they are provisional."""
    made_at: str
    made_by: str
    job: str
    office: Form
    runs_over: bool
    """Whether the leader's page of the Word file goes on to another one: the office's template leaves it too little room."""
    files: list[FileTold]
    figures_sha256: str | None
    points: int | None
    expected: int | None
    present: int | None
    excused: int | None
    unexcused: int | None
    signed_at: str | None
    signed_by: str | None
    corrections: list[int]
    """Numbers of those that this version took in."""


class ReportsTold(msgspec.Struct, frozen=True):
    reports: list[ReportTold]
    """The newest first. Drafts only for whoever may sign."""
    office: Form
    """What the next one's form is filled with."""
    offices: dict[FormKind, Form]
    """And what it would be, by kind."""
    next_version: int
    phase: str
    may_sign: bool
    """Whether you are somebody who makes and signs them."""


class Doors:
    def __init__(self, halls: Halls, archive: Archive, drafts: Drafts, sign: Sign, named: Callable[[str], str]) -> None:
        """`named` says how the holder of an account is called."""
        self._halls = halls
        self._archive = archive
        self._drafts = drafts
        self._sign = sign
        self._named = named
        self._signing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

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
        shelved = await self._shelved(conference)
        making = [self._making_told(each) for each in under_way if each.number not in shelved]
        found = [*making, *(self._kept_told(state, labels) for labels in shelved.values())]
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
        return answer(self._making_told(making), 202)

    async def told(self, request: web.Request) -> web.Response:
        conference, state = self._hall(request)
        return answer(await self._one(conference, state, request[CALLER], request.match_info["number"]))

    async def figures(self, request: web.Request) -> web.Response:
        conference, state = self._hall(request)
        report = await self._one(conference, state, request[CALLER], request.match_info["number"])
        found = await self._archive.one(conference, Kind.FIGURES, report.number, FIGURES)
        return _handed_out(request, found, f"{_stem(conference, report)}-so-lieu.json")

    async def file(self, request: web.Request) -> web.Response:
        conference, state = self._hall(request)
        report = await self._one(conference, state, request[CALLER], request.match_info["number"])
        name = request.match_info["format"]
        found = await self._archive.one(conference, Kind.REPORT, report.number, name)
        return _handed_out(request, found, f"{_stem(conference, report)}.{name}")

    async def sign(self, request: web.Request) -> web.Response:
        conference, state = self._hall(request)
        caller, asked = request[CALLER], await body_of(request, SignBody)
        number = _number(request.match_info["number"])
        # One at a time: what is fixed and what is signed must be the same report.
        async with self._signing[conference]:
            labels = (await self._shelved(conference)).get(number)
            if labels is None:
                raise nowhere()
            seal = _sealed(labels, asked)
            if _signed(state, labels) is None:
                await self._put_down(conference, state, caller, number, seal)
        # Signed twice is signed once: whoever pressed again is told what is.
        labels = (await self._shelved(conference))[number]
        return answer(self._kept_told(state, labels))

    async def _put_down(self, conference: str, state: State, caller: Caller, number: int, seal: Asked) -> None:
        """Fixed first, signed then: a crash between leaves a draft that is kept longer than others, and nothing signed."""
        due = len(state.affairs.closing.versions) + 1
        if seal.version != due:
            detail = f"Phiên bản tiếp theo là {due}, không phải {seal.version}: đã có người ký trước; hãy xem lại."
            raise Problem(409, "version", detail)
        if state.phase is not Phase.CLOSED:
            raise Problem(409, "not_closed", "Hội nghị chưa chốt số liệu nên chưa ký được.")
        try:
            await self._archive.fix(conference, number, seal.version)
        except ArchiveError as refused:
            raise Problem(409, "version", str(refused)) from refused
        try:
            await self._sign(conference, caller, seal)
        except Problem as refused:
            # Of a 503 nobody knows whether it was recorded: the journal decides when somebody asks again.
            if refused.status == 409:
                await self._unfix(conference, state, number, seal.version)
            raise
        log.info("version-signed", conference=conference, report=number, version=seal.version, by=caller.name)

    async def _unfix(self, conference: str, state: State, number: int, version: int) -> None:
        """This report is not that version after all. Another one is, if it was signed and nobody had heard of it."""
        for other, labels in (await self._shelved(conference)).items():
            if any(each.number == version and _is(each, labels) for each in state.affairs.closing.versions):
                await self._archive.fix(conference, other, version)
                return
        await self._archive.loosen(conference, number)

    # --- telling

    def _hall(self, request: web.Request) -> tuple[str, State]:
        """The conference that the path names, for whoever holds the whole of it: a report tells of every unit."""
        conference, caller = request.match_info["conference"], request[CALLER]
        hall = self._halls(conference)
        if hall is None or not has_part(hall.scene, caller) or not _whole(hall.scene.state, caller):
            raise nowhere()
        return conference, hall.scene.state

    async def _shelved(self, conference: str) -> dict[int, list[Label]]:
        """The labels of every report that is kept, by its number."""
        found: dict[int, list[Label]] = {}
        for label in await self._archive.listed(conference, Kind.FIGURES, Kind.REPORT):
            found.setdefault(label.number, []).append(label)
        return {number: labels for number, labels in found.items() if any(each.kind is Kind.FIGURES for each in labels)}

    async def _one(self, conference: str, state: State, caller: Caller, number: str) -> ReportTold:
        wanted = _number(number)
        # In this order, as above.
        making = next((each for each in self._drafts.under_way(conference) if each.number == wanted), None)
        labels = (await self._shelved(conference)).get(wanted)
        if labels is not None:
            report = self._kept_told(state, labels)
        elif making is not None:
            report = self._making_told(making)
        else:
            raise nowhere()
        if report.status != "signed" and not _may_sign(caller):
            raise nowhere()
        return report

    def _making_told(self, making: Making) -> ReportTold:
        return ReportTold(
            number=making.number,
            status="failed" if making.failed else "making",
            progress=round(making.progress, 3),
            failed=making.failed,
            version=None,
            position=None,
            stale=False,
            closed=False,
            made_at=wire.rfc3339(making.at_ms),
            made_by=self._called(making.by),
            job=making.job,
            office=making.form,
            runs_over=False,
            files=[],
            figures_sha256=None,
            points=None,
            expected=None,
            present=None,
            excused=None,
            unexcused=None,
            signed_at=None,
            signed_by=None,
            corrections=[],
        )

    def _kept_told(self, state: State, labels: list[Label]) -> ReportTold:
        figures = _figures(labels)
        facts, version = facts_of(figures), _signed(state, labels)
        stem = _named(figures.conference, facts.number, version.number if version else None)
        return ReportTold(
            number=facts.number,
            status="signed" if version else "draft",
            progress=1,
            failed="",
            version=version.number if version else facts.version,
            position=facts.position,
            stale=version is None and _stale(state, facts),
            closed=facts.closed,
            made_at=wire.rfc3339(facts.made_ms),
            made_by=self._called(figures.by),
            job=facts.job,
            office=facts.form,
            runs_over=facts.runs_over,
            files=[
                FileTold(each.name, f"{stem}.{each.name}", each.size, each.sha256)
                for each in labels
                if each.kind is Kind.REPORT
            ],
            figures_sha256=figures.sha256,
            points=facts.points,
            expected=facts.expected,
            present=facts.present,
            excused=facts.excused,
            unexcused=facts.unexcused,
            signed_at=wire.rfc3339(version.signed_ms) if version else None,
            signed_by=self._called(version.signed_by) if version else None,
            corrections=list(version.corrections) if version else [],
        )

    def _called(self, by: str) -> str:
        return self._named(by.removeprefix("user:"))


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


def _figures(labels: list[Label]) -> Label:
    return next(label for label in labels if label.kind is Kind.FIGURES)


def _files(labels: list[Label]) -> dict[str, str]:
    """SHA-256 of each, by format."""
    return {label.name: label.sha256 for label in labels if label.kind is Kind.REPORT}


def _signed(state: State, labels: list[Label]) -> Version | None:
    """The version that this report is, as the journal has it: what the archive says alone is not enough."""
    return next(
        (
            each
            for each in state.affairs.closing.versions
            if each.number == _figures(labels).version and _is(each, labels)
        ),
        None,
    )


def _is(version: Version, labels: list[Label]) -> bool:
    """Whether these very figures and files were signed as that version."""
    return version.figures_sha256 == _figures(labels).sha256 and version.files == _files(labels)


def _stale(state: State, facts: Facts) -> bool:
    closing = state.affairs.closing
    return facts.position < closing.moved or facts.version != len(closing.versions) + 1


def _sealed(labels: list[Label], asked: SignBody) -> Asked:
    figures = _figures(labels)
    return Asked(
        version=asked.version,
        position=facts_of(figures).position,
        figures_sha256=figures.sha256,
        files=_files(labels),
        at_once=asked.at_once,
    )


def _stem(conference: str, report: ReportTold) -> str:
    return _named(conference, report.number, report.version if report.status == "signed" else None)


def _named(conference: str, number: int, version: int | None) -> str:
    """A file's name, in letters that no system garbles."""
    return f"bao-cao-{conference}-phien-ban-{version}" if version else f"du-thao-{conference}-so-{number}"


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
