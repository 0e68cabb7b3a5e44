"""The control socket: beside a running server, which owns the files, the command line asks the server.

It lies in the data folder and only the server's own account may open it; that is the whole access check.
"""

import os
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import aiohttp
import msgspec
import structlog
from aiohttp import web
from pydantic import BaseModel

from bridge.keeping.backups import Backups, Made
from bridge.notdone import NotDone
from bridge.office import AccountAsked, Office, OwnOffice, Progress
from bridge.reporting import Reporter
from dashboards.reports.jobs import Format
from endpoints_registry.bodies.files import ImportAnswer
from endpoints_registry.columns import KINDS
from endpoints_registry.doing import AT_THE_MACHINE, done_by
from endpoints_registry.door import Handler
from endpoints_registry.registry import Registry
from endpoints_registry.sheets import FILE_BYTES
from endpoints_registry.taking import answer

log = structlog.get_logger("control")

SOCKET = "control.sock"
DIAL_PATIENCE_S = 5
ANSWER_PATIENCE_S = 600
"""The largest import takes well under a minute; a server that hangs must not keep a terminal for ever."""


class Occupied(Exception):
    """Another server answers in this data folder; the message names the folder and the remedy."""


class Refusal(BaseModel):
    why: str


class BackupAsked(BaseModel):
    """Where to; the whole path, for the server stands elsewhere."""

    file: str


class ReportAsked(BaseModel):
    """`version`: a signed one; None: the newest that was signed, else the figures of the moment."""

    conference: str
    format: Format
    version: int | None = None


class ReportBegun(BaseModel):
    number: int


class ReportProgress(BaseModel):
    progress: float


# --- the server's side


@asynccontextmanager
async def answering(folder: Path, registry: Registry, backups: Backups, reporter: Reporter) -> AsyncIterator[None]:
    """Answer at the folder's socket until the block ends. Raises Occupied."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    runner = web.AppRunner(_doors(OwnOffice(registry), backups, reporter), access_log=None, shutdown_timeout=1)
    with _reached(folder) as path:
        taken = _taken(folder, path)
        await runner.setup()
        await web.SockSite(runner, taken).start()
        try:
            yield
        finally:
            with suppress(FileNotFoundError):
                os.unlink(path)
            await runner.cleanup()


def _taken(folder: Path, path: str) -> socket.socket:
    """The socket, ours alone. One that a killed server has left behind is swept away; one that answers is not."""
    if _answers(path):
        raise Occupied(
            f"another server runs in {folder.resolve()}; stop it, or give this one a folder of its own ([storage] folder)"
        )
    with suppress(FileNotFoundError):
        os.unlink(path)
    taken = socket.socket(socket.AF_UNIX)
    # Before it has a name: there is no moment in which others could open it.
    os.fchmod(taken.fileno(), 0o600)
    taken.bind(path)
    taken.listen(16)
    taken.setblocking(False)
    return taken


def _doors(office: Office, backups: Backups, reporter: Reporter) -> web.Application:
    async def take_in(request: web.Request) -> web.Response:
        dry_run = request.query.get("dry_run") == "true"
        told = await office.take_in(await request.read(), dry_run=dry_run, progress=lambda _done, _total: None)
        if told.imported:
            counts = {kind: tally.model_dump() for kind, tally in told.tallies.items()}
            log.info("registry-imported", by="command-line", **counts)
        return answer(told)

    async def give_out(request: web.Request) -> web.Response:
        kinds = [kind for kind in request.query.getall("kind", []) if kind in KINDS]
        return web.Response(body=await office.give_out(kinds or list(KINDS), request.query.get("ending", "xlsx")))

    async def add_account(request: web.Request) -> web.Response:
        asked = AccountAsked.model_validate_json(await request.read())
        await office.add_account(asked)
        log.info("account-made", user=asked.username, role=asked.role.value, by="command-line")
        return answer({})

    async def back_up(request: web.Request) -> web.Response:
        asked = BackupAsked.model_validate_json(await request.read())
        return answer(await backups.make(Path(asked.file)))

    async def begin_report(request: web.Request) -> web.Response:
        asked = ReportAsked.model_validate_json(await request.read())
        number = await reporter.begin(asked.conference, asked.format, asked.version)
        return answer(ReportBegun(number=number))

    async def report_progress(request: web.Request) -> web.Response:
        where = request.match_info
        return answer(ReportProgress(progress=reporter.progress(where["conference"], int(where["number"]))))

    async def report_file(request: web.Request) -> web.Response:
        where = request.match_info
        format = Format(where["format"])
        return web.Response(body=await reporter.file(where["conference"], int(where["number"]), format))

    @web.middleware
    async def in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            with done_by(AT_THE_MACHINE):
                return await handler(request)
        except NotDone as refused:
            return answer(Refusal(why=str(refused)), 422)

    app = web.Application(client_max_size=FILE_BYTES + 1024, middlewares=[in_words])
    app.router.add_post("/imports", take_in)
    app.router.add_get("/export", give_out)
    app.router.add_post("/accounts", add_account)
    app.router.add_post("/backups", back_up)
    app.router.add_post("/reports", begin_report)
    app.router.add_get("/reports/{conference}/{number:\\d+}", report_progress)
    app.router.add_get("/reports/{conference}/{number:\\d+}/{format}", report_file)
    return app


# --- the command's side


class ServersOffice:
    """The office of a running server."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    async def take_in(self, raw: bytes, *, dry_run: bool, progress: Progress) -> ImportAnswer:
        query = [("dry_run", "true" if dry_run else "false")]
        return ImportAnswer.model_validate_json(await self._ask("POST", "/imports", query, raw))

    async def give_out(self, kinds: Sequence[str], ending: str) -> bytes:
        return await self._ask("GET", "/export", [*(("kind", kind) for kind in kinds), ("ending", ending)])

    async def add_account(self, asked: AccountAsked) -> None:
        await self._ask("POST", "/accounts", [], asked.model_dump_json().encode())

    async def back_up(self, target: Path) -> Made:
        """A copy of everything that the server holds. Raises NotDone."""
        asked = BackupAsked(file=str(target))
        told = await self._ask("POST", "/backups", [], asked.model_dump_json().encode())
        return msgspec.json.decode(told, type=Made)

    async def begin(self, conference: str, format: Format, version: int | None) -> int:
        """As `Reporter`, and the next two. Raises NotDone."""
        asked = ReportAsked(conference=conference, format=format, version=version)
        told = await self._ask("POST", "/reports", [], asked.model_dump_json().encode())
        return ReportBegun.model_validate_json(told).number

    async def progress(self, conference: str, number: int) -> float:
        told = await self._ask("GET", f"/reports/{quote(conference, safe='')}/{number}", [])
        return ReportProgress.model_validate_json(told).progress

    async def file(self, conference: str, number: int, format: Format) -> bytes:
        return await self._ask("GET", f"/reports/{quote(conference, safe='')}/{number}/{format.value}", [])

    async def _ask(self, method: str, path: str, query: list[tuple[str, str]], body: bytes | None = None) -> bytes:
        try:
            async with self._http.request(method, f"http://office{path}", params=query, data=body) as response:
                told = await response.read()
        except (aiohttp.ClientError, TimeoutError) as lost:
            raise NotDone(
                "Máy chủ ngừng trả lời giữa chừng nên chưa rõ đã xong hay chưa; hãy xem máy chủ rồi chạy lại lệnh."
            ) from lost
        if response.status == 422:
            raise NotDone(Refusal.model_validate_json(told).why)
        if response.status != 200:
            raise NotDone(f"Máy chủ gặp lỗi ({response.status}) và chưa làm; hãy xem nhật ký máy chủ.")
        return told


@asynccontextmanager
async def servers_office(folder: Path) -> AsyncIterator[ServersOffice | None]:
    """The office of the server that runs in this folder; None if none does. Raises NotDone."""
    if not _lives_in(folder):
        yield None
        return
    with _reached(folder) as path:
        timeout = aiohttp.ClientTimeout(total=ANSWER_PATIENCE_S, sock_connect=DIAL_PATIENCE_S)
        async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(path), timeout=timeout) as http:
            yield ServersOffice(http)


def _lives_in(folder: Path) -> bool:
    try:
        with _reached(folder) as path:
            return _answers(path)
    except FileNotFoundError:
        return False
    except PermissionError as foreign:
        raise NotDone(
            f"Máy chủ trong {folder.resolve()} chạy bằng tài khoản khác; hãy chạy lệnh này bằng tài khoản đó."
        ) from foreign


def _answers(path: str) -> bool:
    """Whether somebody listens there: a socket's name outlives a killed server, its ear does not."""
    with socket.socket(socket.AF_UNIX) as knocking:
        knocking.settimeout(DIAL_PATIENCE_S)
        try:
            knocking.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


@contextmanager
def _reached(folder: Path) -> Iterator[str]:
    """The socket's address by way of the open folder: the name of a socket has room for only 107 letters."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{held}/{SOCKET}"
    finally:
        os.close(held)
