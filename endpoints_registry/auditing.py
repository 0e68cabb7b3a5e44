"""The addresses of the audit log: read, searched, handed out as a file, and the heads of all chains."""

import csv
import io
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from aiohttp import web

from endpoints_registry import audit
from endpoints_registry.access import Action
from endpoints_registry.audit import MARK, Change, Row, Wanted
from endpoints_registry.bodies.audit import (
    AuditAnswer,
    AuditEntry,
    AuditQuery,
    ChainHead,
    FieldTold,
    Filter,
    HeadsAnswer,
    JournalHead,
)
from endpoints_registry.conferences import HANOI
from endpoints_registry.door import Route
from endpoints_registry.exporting import inert
from endpoints_registry.filing import CSV
from endpoints_registry.registry import Registry
from endpoints_registry.taking import answer, query_of

# A sheet program takes about a million lines.
EXPORT_LIMIT = 1_000_000


JournalHeads = Callable[[], Awaitable[Sequence[JournalHead]]]


class Auditing:
    def __init__(self, registry: Registry, journals: JournalHeads) -> None:
        self._registry = registry
        self._journals = journals

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/api/v1/audit",
                self.entries,
                Action.ADMINISTER,
                "Nhật ký thay đổi danh bạ, tài khoản, liên kết: ai, lúc nào, từ đâu, vì sao",
                query=AuditQuery,
                answers={200: AuditAnswer, 422: None},
                costs=2,
            ),
            Route(
                "GET",
                "/api/v1/audit/export",
                self.export,
                Action.ADMINISTER,
                "Nhật ký thay đổi dưới dạng CSV",
                query=Filter,
                answer_type=CSV,
                answers={200: None, 422: None},
                costs=15,
            ),
            Route(
                "GET",
                "/api/v1/audit/heads",
                self.heads,
                Action.ADMINISTER,
                "Mắt xích cuối của nhật ký thay đổi và của nhật ký từng hội nghị",
                answers={200: HeadsAnswer},
            ),
        )

    async def entries(self, request: web.Request) -> web.Response:
        query = query_of(request, AuditQuery)
        wanted = _wanted(query, after=query.after, newest_first=query.order == "newest")
        async with self._registry.store.reading() as connection:
            rows = await audit.read(connection, wanted, query.limit + 1)
            texts = await audit.texts_of(connection, rows)
            head = await audit.head(connection)
        shown = rows[: query.limit]
        return answer(
            AuditAnswer(
                entries=[_told(row, texts) for row in shown],
                next=shown[-1].position if len(rows) > query.limit else None,
                head=ChainHead(position=head.position, hash=head.hash.hex()),
            )
        )

    async def export(self, request: web.Request) -> web.StreamResponse:
        query = query_of(request, Filter)
        stamp = f"{self._registry.now().astimezone(HANOI):%Y-%m-%d}"
        response = web.StreamResponse(
            headers={
                "Content-Type": CSV,
                "Content-Disposition": f'attachment; filename="nhat-ky-thay-doi-{stamp}.csv"',
            }
        )
        await response.prepare(request)
        await response.write(b"\xef\xbb\xbf" + _lines([_HEADINGS]))
        after = written = 0
        while written < EXPORT_LIMIT:
            # Page by page, each its own reading: a slow download holds up nobody's file.
            async with self._registry.store.reading() as connection:
                rows = await audit.read(connection, _wanted(query, after=after))
                texts = await audit.texts_of(connection, rows)
            if not rows:
                break
            await response.write(_lines(line for row in rows for line in _cells(_told(row, texts))))
            after, written = rows[-1].position, written + len(rows)
        await response.write_eof()
        return response

    async def heads(self, _request: web.Request) -> web.Response:
        journals = await self._journals()
        async with self._registry.store.reading() as connection:
            head = await audit.head(connection)
        last = ChainHead(position=head.position, hash=head.hash.hex())
        return answer(HeadsAnswer(audit=last, journals=list(journals)))


def _wanted(query: Filter, *, after: int, newest_first: bool = False) -> Wanted:
    return Wanted(
        after=after,
        actor=query.actor,
        action=query.action,
        subject=query.subject.strip(),
        since_ms=_ms(query.since),
        until_ms=_ms(query.until),
        newest_first=newest_first,
    )


def _ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)


def _told(row: Row, texts: Mapping[str, str]) -> AuditEntry:
    entry, what = row.entry, audit.what_of(row.entry)
    found = audit.marks(entry)
    return AuditEntry(
        position=row.position,
        at=datetime.fromtimestamp(entry.at_ms / 1000, UTC),
        by=entry.by,
        address=entry.address,
        reason=texts.get(entry.reason.removeprefix(MARK)) if entry.reason else None,
        action=entry.action,
        said=said(entry.action),
        number=what.number,
        subjects=list(what.subjects),
        more=max(0, what.number - len(what.subjects)),
        changes=[_change(change, texts) for change in what.changes],
        erased=not found <= texts.keys(),
        hash=row.hash.hex(),
    )


def _change(change: Change, texts: Mapping[str, str]) -> FieldTold:
    values = (change.before, change.after)
    private = any(isinstance(value, str) and value.startswith(MARK) for value in values)
    before, after = (
        texts.get(value.removeprefix(MARK)) if isinstance(value, str) and value.startswith(MARK) else value
        for value in values
    )
    return FieldTold(subject=change.subject, field=change.field, before=before, after=after, private=private)


# --- in words

_KINDS = {
    "unit": "đơn vị",
    "successor": "đơn vị kế thừa",
    "cluster": "cụm",
    "cluster-unit": "đơn vị của cụm",
    "point": "điểm cầu",
    "contact": "người liên hệ của điểm cầu",
    "conference": "hội nghị",
    "sitting": "buổi",
    "round": "đợt báo cáo",
    "chosen-point": "điểm cầu của hội nghị",
    "expected": "số triệu tập",
    "names": "việc lưu họ tên",
    "attendee": "người trong danh sách",
    "duty-shift": "ca trực",
    "account": "tài khoản",
    "second-factor": "xác thực hai lớp",
    "recovery-codes": "mã khôi phục",
    "api-token": "mã cho chương trình",
    "link": "liên kết của điểm cầu",
    "wall": "liên kết của màn hình",
    "agent-token": "mã của máy tại điểm cầu",
    "pin": "mã PIN của điểm cầu",
    "report-template": "mẫu báo cáo",
    "text": "nội dung riêng tư",
}
_VERBS = {
    "made": "Thêm",
    "changed": "Thay đổi",
    "removed": "Xóa",
    "revoked": "Thu hồi",
    "disabled": "Khóa",
    "enabled": "Mở lại",
    "rekeyed": "Đổi mật khẩu",
    "renewed": "Cấp lại",
    "paired": "Ghép một màn hình vào",
    "confirmed": "Xác nhận",
    "erased": "Xóa hẳn",
}


def said(action: str) -> str:
    """An action as people say it: `link-revoked` is «Thu hồi liên kết của điểm cầu»."""
    kind, _, verb = action.rpartition("-")
    return f"{_VERBS.get(verb, verb)} {_KINDS.get(kind, kind)}".strip()


_HEADINGS = (
    "Số",
    "Thời điểm",
    "Người làm",
    "Từ đâu",
    "Lý do",
    "Việc",
    "Số lượng",
    "Đối tượng",
    "Trường",
    "Trước",
    "Sau",
    "Mã xích",
)


def _cells(entry: AuditEntry) -> Iterator[Sequence[object]]:
    """A line for each field that was changed; one line where none is told."""
    at = f"{entry.at.astimezone(HANOI):%d/%m/%Y %H:%M:%S}"
    first = (entry.position, at, entry.by, entry.address, entry.reason or "", entry.said, entry.number)
    for change in entry.changes:
        yield (*first, change.subject, change.field, _cell(change.before), _cell(change.after), entry.hash)
    if not entry.changes:
        named = " ".join(entry.subjects[:50]) + (" …" if entry.number > 50 else "")
        yield (*first, named, "", "", "", entry.hash)


def _cell(value: str | int | bool | None) -> str | int:
    return "" if value is None else str(value) if isinstance(value, bool) else value


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([inert(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode()
