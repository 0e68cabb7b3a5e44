"""Files in and out over HTTP: import with its dry run, export, template."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from endpoints_registry import exporting
from endpoints_registry.access import Action
from endpoints_registry.attendees import Attendee
from endpoints_registry.bodies.files import ChangeTold, ExportQuery, FaultTold, ImportAnswer, ImportQuery, Tally
from endpoints_registry.columns import EVERY_KIND, KINDS
from endpoints_registry.door import CALLER, Problem, Route
from endpoints_registry.planning import Change, Plan
from endpoints_registry.points import Contact, Point
from endpoints_registry.registry import Registry
from endpoints_registry.sheets import FILE_BYTES, Unreadable
from endpoints_registry.taking import answer, in_time, query_of
from endpoints_registry.units import Unit

log = structlog.get_logger("filing")

CHANGES_SHOWN = 500
UPLOAD_PATIENCE_S = 600
"""The largest file over a slow line."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"


class Filing:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "POST",
                "/api/v1/registry/imports",
                self.take_in,
                Action.GOVERN,
                "Nhập danh bạ từ CSV hoặc XLSX; dry_run chỉ xem trước",
                query=ImportQuery,
                body=bytes,
                body_type="application/octet-stream",
                answers={200: ImportAnswer, 413: None, 422: None},
                costs=10,
            ),
            Route(
                "GET",
                "/api/v1/registry/export",
                self.give_out,
                Action.GOVERN,
                "Xuất danh bạ ra XLSX hoặc CSV; nhập lại không thay đổi gì",
                query=ExportQuery,
                answer_type=(XLSX, CSV),
                answers={200: None, 422: None},
                costs=10,
            ),
            Route(
                "GET",
                "/api/v1/registry/template",
                self.template,
                Action.GOVERN,
                "Tệp mẫu để điền: tiêu đề cột, danh sách chọn, hướng dẫn",
                query=ExportQuery,
                answer_type=XLSX,
                answers={200: None, 422: None},
                costs=3,
            ),
        )

    async def take_in(self, request: web.Request) -> web.Response:
        query = query_of(request, ImportQuery)
        raw = await uploaded(request)
        try:
            if query.dry_run:
                plan = await self._registry.preview(raw, query.day)
            else:
                plan = await self._registry.import_file(raw, query.day)
        except Unreadable as unreadable:
            raise Problem(422, "unreadable", str(unreadable)) from unreadable
        told = report(plan, dry_run=query.dry_run)
        if plan.faults and not query.dry_run:
            found = len(plan.faults) + plan.faults_left_out
            detail = f"Tệp có {found} lỗi nên chưa nhập gì; hãy sửa rồi nhập lại."
            raise Problem(422, "faults", detail, **told.model_dump(mode="json"))
        if told.imported:
            counts = {kind: tally.model_dump() for kind, tally in told.tallies.items()}
            log.info("registry-imported", by=request[CALLER].name, **counts)
        return answer(told)

    async def give_out(self, request: web.Request) -> web.Response:
        query = query_of(request, ExportQuery)
        if query.format == "csv" and query.kind is None:
            raise Problem(
                422, "invalid", "Tệp CSV chỉ chứa một bảng; hãy thêm kind=units, successors, points hoặc expected."
            )
        raw = await self._registry.export_file(_kinds(query), query.format, query.day)
        name = exporting.file_name(query.kind or "", query.day or self._registry.today(), query.format)
        return attached(raw, name, CSV if query.format == "csv" else XLSX)

    async def template(self, request: web.Request) -> web.Response:
        query = query_of(request, ExportQuery)
        raw = await asyncio.to_thread(exporting.template, _kinds(query))
        return attached(raw, "mau-danh-ba.xlsx", XLSX)


def _kinds(query: ExportQuery) -> Sequence[str]:
    return [query.kind] if query.kind else list(KINDS)


def attached(raw: bytes, name: str, kind: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=raw, content_type=kind, headers=headers)


async def uploaded(request: web.Request, most: int = FILE_BYTES) -> bytes:
    """The file, sent as the body or as the first part of a form; read no further than a file may be long."""
    async with in_time(UPLOAD_PATIENCE_S):
        if request.content_type != "multipart/form-data":
            return await _read(request.content.read, most)
        try:
            part = await (await request.multipart()).next()
            if isinstance(part, BodyPartReader):
                return await _read(part.read_chunk, most)
        # Any client can break a form in any of its parts, and the library says so in several ways.
        except (ValueError, AssertionError, HttpProcessingError) as wrong:
            raise Problem(422, "unreadable", "Biểu mẫu gửi tệp không đúng dạng.") from wrong
        raise Problem(422, "unreadable", "Biểu mẫu không kèm tệp nào.")


async def _read(source: Callable[[int], Awaitable[bytes]], most: int) -> bytes:
    read = bytearray()
    while piece := await source(65_536):
        read += piece
        if len(read) > most:
            raise Problem(413, "too_large", f"Tệp quá lớn; tối đa {most // 1_000_000} MB.")
    return bytes(read)


def report(plan: Plan, *, dry_run: bool) -> ImportAnswer:
    """A plan in words for a page or a terminal."""
    touched = [kind for kind in EVERY_KIND if plan.unchanged.get(kind) or any(c.kind == kind for c in plan.changes)]
    return ImportAnswer(
        dry_run=dry_run,
        imported=not dry_run and not plan.faults,
        tallies={
            kind: Tally(
                new=plan.count(kind, new=True),
                changed=plan.count(kind, new=False),
                unchanged=plan.unchanged.get(kind, 0),
            )
            for kind in touched
        },
        changes=[_change(change) for change in plan.changes[:CHANGES_SHOWN]],
        changes_left_out=max(0, len(plan.changes) - CHANGES_SHOWN),
        errors=[FaultTold(sheet=f.sheet, row=f.row, column=f.column, message=f.message) for f in plan.faults],
        errors_left_out=plan.faults_left_out,
    )


def _change(change: Change) -> ChangeTold:
    name = change.after.name if isinstance(change.after, Unit | Point | Attendee) else ""
    altered = {field: [_said(before), _said(after)] for field, (before, after) in change.altered.items()}
    return ChangeTold(kind=change.kind, key=change.key, name=name, new=change.before is None, altered=altered)


def _said(value: object) -> str | int | None:
    match value:
        case None | str() | int():
            return value
        case tuple():
            return "; ".join(f"{c.role}: {c.name} {c.phone}".strip() for c in value if isinstance(c, Contact))
        case _:
            return str(value)
