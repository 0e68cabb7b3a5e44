"""The addresses of the office's own templates: fetched to be edited in Word, looked at before one is kept, taken back."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from aiohttp import web
from pydantic import BaseModel

from bridge.archive import Archive, Kind, kept
from dashboards.reports.form import FormKind
from dashboards.reports.jobs import MEDIA_TYPES, Format
from dashboards.reports.templates.shipped import shipped
from dashboards.reports.writing import checked
from endpoints_registry import paper
from endpoints_registry.access import Action
from endpoints_registry.bodies import Moment
from endpoints_registry.database import Store
from endpoints_registry.door import CALLER, Problem, Route, nowhere
from endpoints_registry.filing import attached, uploaded
from endpoints_registry.taking import answer

log = structlog.get_logger("reports")

Check = Callable[[bytes], Awaitable[tuple[str, ...]]]
DOCX = MEDIA_TYPES[Format.DOCX]


class TemplateTold(BaseModel):
    """`own`: whether reports of this form are written with a template of the office's own."""

    form: FormKind
    own: bool
    sha256: str | None
    bytes: int | None
    at: Moment | None


class TemplatesTold(BaseModel):
    templates: list[TemplateTold]


class Templates:
    def __init__(self, store: Store, archive: Archive, now: Callable[[], datetime], check: Check = checked) -> None:
        """`store`: the registry's, which writes into the audit log who put which one there."""
        self._store = store
        self._archive = archive
        self._now = now
        self._check = check

    def routes(self) -> tuple[Route, ...]:
        one = "/api/v1/report-templates/{form}"
        return (
            Route(
                "GET",
                "/api/v1/report-templates",
                self.listed,
                Action.GOVERN,
                "Mẫu báo cáo: mẫu nào của cơ quan, mẫu nào có sẵn",
                answers={200: TemplatesTold},
            ),
            Route(
                "GET",
                one,
                self.fetch,
                Action.GOVERN,
                "Mẫu đang dùng, để sửa bằng Word (party: Hướng dẫn 36-HD/VPTW, state: Nghị định 30/2020/NĐ-CP)",
                answer_type=DOCX,
                answers={200: None, 404: None},
            ),
            Route(
                "GET",
                one + "/facts",
                self.facts,
                Action.GOVERN,
                "Mẫu đang dùng là của cơ quan hay có sẵn, gửi lên lúc nào",
                answers={200: TemplateTold, 404: None},
            ),
            Route(
                "PUT",
                one,
                self.put,
                Action.GOVERN,
                "Dùng mẫu của cơ quan: tệp được kiểm tra, trường thiếu hoặc lạ được nêu tên",
                body_type=DOCX,
                answers={200: TemplateTold, 404: None, 413: None, 422: None},
                costs=20,
            ),
            Route(
                "DELETE",
                one,
                self.remove,
                Action.GOVERN,
                "Trở lại mẫu có sẵn",
                answers={200: TemplateTold, 404: None},
            ),
        )

    async def listed(self, _request: web.Request) -> web.Response:
        return answer(TemplatesTold(templates=[await self._told(form) for form in FormKind]))

    async def fetch(self, request: web.Request) -> web.Response:
        form = _form(request)
        own = await self._archive.one("", Kind.TEMPLATE, 0, form.value)
        return attached(own.content if own else shipped(form), f"mau-bao-cao-{form.value}.docx", DOCX)

    async def facts(self, request: web.Request) -> web.Response:
        return answer(await self._told(_form(request)))

    async def put(self, request: web.Request) -> web.Response:
        form, caller = _form(request), request[CALLER]
        raw = await uploaded(request)
        if faults := await self._check(raw):
            raise Problem(422, "template", " ".join(faults), faults=list(faults))
        now = self._now()
        item = kept("", Kind.TEMPLATE, 0, form.value, DOCX, raw, at_ms=round(now.timestamp() * 1000), by=caller.name)
        # Said first: whoever changes what is signed must stand in the audit log even if the power goes now.
        await paper.put_template(self._store, paper.OwnTemplate(form.value, item.sha256, item.size, now))
        await self._archive.keep([item])
        log.info("template-put", form=form.value, by=caller.name)
        return answer(await self._told(form))

    async def remove(self, request: web.Request) -> web.Response:
        form = _form(request)
        said = await paper.remove_template(self._store, form.value)
        if not await self._archive.forget("", Kind.TEMPLATE, 0, form.value) and not said:
            raise nowhere()
        log.info("template-removed", form=form.value, by=request[CALLER].name)
        return answer(await self._told(form))

    async def _told(self, form: FormKind) -> TemplateTold:
        # What reports are written with, not what the registry says of it: a crash may have come between the two.
        labels = await self._archive.listed("", Kind.TEMPLATE)
        own = next((label for label in labels if label.name == form.value), None)
        return TemplateTold(
            form=form,
            own=own is not None,
            sha256=own and own.sha256,
            bytes=own and own.size,
            at=own and datetime.fromtimestamp(own.at_ms / 1000, UTC),
        )


def _form(request: web.Request) -> FormKind:
    try:
        return FormKind(request.match_info["form"])
    except ValueError:
        raise nowhere() from None
