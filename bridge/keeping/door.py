"""The addresses under which an admin sees which backups there are, and has one made."""

import asyncio

import structlog
from aiohttp import web
from pydantic import BaseModel

from bridge.keeping.backups import Backups, Made
from bridge.notdone import NotDone
from endpoints_registry.access import Action
from endpoints_registry.bodies import Moment
from endpoints_registry.door import CALLER, Problem, Route
from endpoints_registry.taking import answer

log = structlog.get_logger("backups")

SHOWN = 20


class BackupTold(BaseModel):
    file: str
    at: Moment
    bytes: int
    seconds: float


class CopyTold(BaseModel):
    file: str
    at: Moment
    bytes: int


class BackupsAnswer(BaseModel):
    """`scheduled`: whether copies are made by the clock. `failed`: why the last one was not made."""

    scheduled: bool
    every_minutes: int
    keep: int
    last: BackupTold | None
    late: bool
    failed: str | None
    copies: list[CopyTold]
    """The newest that lie in the folder."""


class Door:
    def __init__(self, backups: Backups) -> None:
        self._backups = backups

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/api/v1/backups",
                self.standing,
                Action.ADMINISTER,
                "Sao lưu: bản mới nhất, có muộn hay lỗi không",
                answers={200: BackupsAnswer},
            ),
            Route(
                "POST",
                "/api/v1/backups",
                self.make,
                Action.ADMINISTER,
                "Sao lưu ngay bây giờ, cạnh các bản sao lưu theo giờ",
                answers={201: BackupTold, 409: None},
                costs=30,
            ),
        )

    async def make(self, request: web.Request) -> web.Response:
        try:
            made = await self._backups.now()
        except NotDone as why:
            raise Problem(409, "not_made", str(why)) from why
        log.info("backup-asked-for", by=request[CALLER].name)
        return answer(_told(made), 201)

    async def standing(self, _request: web.Request) -> web.Response:
        backups = self._backups
        last = backups.last
        copies = await asyncio.to_thread(backups.copies)
        return answer(
            BackupsAnswer(
                scheduled=backups.terms.folder is not None,
                every_minutes=round(backups.terms.every.total_seconds() / 60),
                keep=backups.terms.keep,
                last=last and _told(last),
                late=backups.late,
                failed=backups.failed or None,
                copies=[CopyTold(file=each.name, at=each.at, bytes=each.bytes) for each in copies[:SHOWN]],
            )
        )


def _told(made: Made) -> BackupTold:
    # The name alone: where the server keeps its files is nobody's business out here.
    return BackupTold(file=made.file.rpartition("/")[2], at=made.at, bytes=made.bytes, seconds=made.seconds)
