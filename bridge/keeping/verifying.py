"""The addresses under which an admin has everything walked through, and sees what was found the last time."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
import structlog
from aiohttp import web
from pydantic import BaseModel

from bridge.keeping.walking import Walked
from endpoints_registry import apart
from endpoints_registry.access import Action
from endpoints_registry.bodies import Moment
from endpoints_registry.door import CALLER, Problem, Route
from endpoints_registry.taking import answer

log = structlog.get_logger("verifying")

PATIENCE_S = 900
STEP_BACK = 10
"""Of niceness: behind everybody else."""
_WALKER = Path(__file__).with_name("walking.py")


class VerificationTold(BaseModel):
    """`at` is None where nobody asked since the server started; `found` names the first row that does not hold."""

    running: bool
    at: Moment | None
    whole: bool | None
    found: str


class Verifying:
    """One walk at a time. `addresses` are the registry's, the journal's and the archive's."""

    def __init__(self, addresses: tuple[str, str, str], now: Callable[[], datetime]) -> None:
        self._addresses = addresses
        self._now = now
        self._running = False
        self._at: datetime | None = None
        self._last: Walked | None = None

    def routes(self) -> tuple[Route, ...]:
        path = "/api/v1/audit/verification"
        return (
            Route(
                "GET",
                path,
                self.standing,
                Action.ADMINISTER,
                "Lần kiểm tra tính nguyên vẹn gần nhất",
                answers={200: VerificationTold},
            ),
            Route(
                "POST",
                path,
                self.walk,
                Action.ADMINISTER,
                "Kiểm tra từng dòng của mọi nhật ký và từng tệp được cất; trả lời khi xong",
                answers={200: VerificationTold, 409: None, 503: None},
                costs=30,
            ),
        )

    async def standing(self, _request: web.Request) -> web.Response:
        return answer(self._told())

    async def walk(self, request: web.Request) -> web.Response:
        if self._running:
            raise Problem(409, "running", "Đang kiểm tra rồi; hãy đợi kết quả.")
        self._running = True
        try:
            last = await _walked(self._addresses)
        finally:
            self._running = False
        if last is None:
            raise Problem(503, "busy", "Chưa kiểm tra xong; hãy chạy lệnh bridge verify trên máy chủ.")
        self._at, self._last = self._now(), last
        log.info("verified", whole=last.whole, by=request[CALLER].name)
        return answer(self._told())

    def _told(self) -> VerificationTold:
        last = self._last
        return VerificationTold(
            running=self._running,
            at=self._at,
            whole=last.whole if last else None,
            found=last.found if last else "",
        )


async def _walked(addresses: tuple[str, str, str]) -> Walked | None:
    """None where it took too long or came to nothing."""
    try:
        # On its standard input: an address may hold a password, which the list of processes would show.
        told = await apart.answered(_WALKER, [str(STEP_BACK)], msgspec.json.encode(addresses), PATIENCE_S)
    except apart.Silent:
        return None
    return msgspec.json.decode(told, type=Walked)
