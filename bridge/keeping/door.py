"""The address under which an admin sees whether there is a backup."""

from aiohttp import web
from pydantic import BaseModel

from bridge.keeping.backups import Backups
from endpoints_registry.access import Action
from endpoints_registry.bodies import Moment
from endpoints_registry.gate import Route, answer


class BackupTold(BaseModel):
    file: str
    at: Moment
    bytes: int
    seconds: float


class BackupsAnswer(BaseModel):
    """`scheduled`: whether copies are made by the clock. `failed`: why the last one was not made."""

    scheduled: bool
    every_minutes: int
    keep: int
    last: BackupTold | None
    late: bool
    failed: str | None


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
        )

    async def standing(self, _request: web.Request) -> web.Response:
        backups = self._backups
        last = backups.last
        # The name alone: where the server keeps its files is nobody's business out here.
        told = last and BackupTold(
            file=last.file.rpartition("/")[2], at=last.at, bytes=last.bytes, seconds=last.seconds
        )
        return answer(
            BackupsAnswer(
                scheduled=backups.terms.folder is not None,
                every_minutes=round(backups.terms.every.total_seconds() / 60),
                keep=backups.terms.keep,
                last=told,
                late=backups.late,
                failed=backups.failed or None,
            )
        )
