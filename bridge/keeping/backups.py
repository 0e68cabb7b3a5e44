"""The backups of a running server: made when asked and by the clock, the old ones put away, and an alarm when there is none."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import msgspec
import structlog

from bridge.keeping.copying import copied, ends_of
from bridge.keeping.manifest import Ends, Manifest
from bridge.notdone import NotDone
from endpoints_registry.conferences import HANOI

log = structlog.get_logger("backups")

DAYS = 14
"""Of so many days before, the last one of each is kept too."""
LATE = 3
"""So many times as old as it may be, and somebody is told."""
AGAIN = timedelta(days=1)
"""As long as it goes on they are told once more, so often."""
OURS = "bridge-????-??-??T??????.zip"
"""What a copy of ours is called."""
GENTLE = 10
"""How far the copying thread steps back behind everybody else."""

Alarm = Callable[[str], Awaitable[None]]
"""Tells whoever looks after the server, in one sentence."""


class Made(msgspec.Struct, frozen=True):
    file: str
    at: datetime
    bytes: int
    seconds: float


class Copy(msgspec.Struct, frozen=True):
    """A file in the folder: its name, when it was written, its bytes."""

    name: str
    at: datetime
    bytes: int


class Terms(msgspec.Struct, frozen=True):
    """Where and how often; without a folder only when somebody asks."""

    folder: Path | None
    every: timedelta
    keep: int


class Backups:
    """One copy at a time, on a thread of its own. `stores` is the data folder, or None where a server keeps the data."""

    def __init__(self, stores: Path | None, terms: Terms, now: Callable[[], datetime], alarm: Alarm) -> None:
        self.terms = terms
        self.last: Made | None = None
        self.failed = ""
        """Why the last one was not made; "" when it was."""
        self._stores = stores
        self._now = now
        self._alarm = alarm
        self._since = now()
        self._alarmed_at: datetime | None = None
        self._ends: Ends | None = None
        self._one_at_a_time = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="backup", initializer=_gentle)
        self._closing = threading.Event()

    async def make(self, target: Path) -> Made:
        """A copy of everything, as this file. Raises NotDone."""
        if self._stores is None:
            raise NotDone(ON_POSTGRESQL)
        stores = self._stores
        async with self._one_at_a_time:
            begun = monotonic()
            at = self._now()
            manifest = await asyncio.get_running_loop().run_in_executor(
                self._thread, lambda: copied(stores, target, at, self._still_wanted)
            )
            made = Made(str(target), at, os.stat(target).st_size, round(monotonic() - begun, 3))
        log.info("backup-made", file=target.name, bytes=made.bytes, seconds=made.seconds)
        self._noted(made, manifest)
        return made

    async def now(self) -> Made:
        """A copy beside those made by the clock, because somebody asks. Raises NotDone."""
        folder = self.terms.folder
        if folder is None:
            raise NotDone("Chưa đặt thư mục sao lưu (backup.folder trong cấu hình); hãy đặt rồi khởi động lại máy chủ.")
        try:
            made = await self._copied_into(folder)
        except OSError as failed:
            raise NotDone(f"Không ghi được bản sao lưu ({failed.strerror}); hãy xem thư mục sao lưu.") from failed
        self.failed = ""
        return made

    def copies(self) -> list[Copy]:
        """Those that lie in the folder, the newest first."""
        if self.terms.folder is None:
            return []
        copies = []
        for path in sorted(self.terms.folder.glob(OURS), key=lambda path: path.name, reverse=True):
            # One that is put away meanwhile is none.
            with contextlib.suppress(FileNotFoundError):
                written = path.stat()
                copies.append(Copy(path.name, datetime.fromtimestamp(written.st_mtime, UTC), written.st_size))
        return copies

    async def _copied_into(self, folder: Path) -> Made:
        await asyncio.to_thread(os.makedirs, folder, 0o700, True)
        made = await self.make(folder / f"bridge-{self._now().astimezone(HANOI):%Y-%m-%dT%H%M%S}.zip")
        await asyncio.to_thread(thinned, folder, self.terms.keep)
        return made

    async def by_the_clock(self) -> str:
        """As often as the configuration says. Never fails: what went wrong is kept, and somebody is told."""
        folder = self.terms.folder
        if folder is None or self._stores is None:
            return "off"
        try:
            if self.last is not None and await self._unchanged():
                # Nothing happened since: the last one is as good as a new one.
                self.last = msgspec.structs.replace(self.last, at=self._now())
                self.failed = ""
                return "unchanged"
            made = await self._copied_into(folder)
        except (NotDone, OSError) as failed:
            self.failed = str(failed)
            log.error("backup-failed", why=self.failed)
        else:
            self.failed = ""
            return Path(made.file).name
        finally:
            await self._told()
        return "failed"

    @property
    def late(self) -> bool:
        """Whether the newest one is older than it may be."""
        if self.terms.folder is None:
            return False
        newest = self.last.at if self.last is not None else self._since
        return self._now() - newest > LATE * self.terms.every

    def close(self) -> None:
        """A copy that is under way is given up: a restart must end."""
        self._closing.set()
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def _unchanged(self) -> bool:
        stores, ends = self._stores, self._ends
        if (
            stores is None
            or ends is None
            or self.last is None
            or not await asyncio.to_thread(Path(self.last.file).is_file)
        ):
            return False
        return ends == await asyncio.get_running_loop().run_in_executor(self._thread, ends_of, stores)

    async def _told(self) -> None:
        if not self.failed and not self.late:
            self._alarmed_at = None
        elif self._alarmed_at is None or self._now() - self._alarmed_at >= AGAIN:
            self._alarmed_at = self._now()
            await self._alarm(self.failed or "Bản sao lưu mới nhất đã quá cũ; hãy xem nhật ký máy chủ.")

    def _noted(self, made: Made, manifest: Manifest) -> None:
        self.last, self._ends = made, manifest.ends

    def _still_wanted(self, _done: int, _total: int) -> None:
        if self._closing.is_set():
            raise NotDone("Máy chủ dừng nên chưa sao lưu xong; hãy chạy lại lệnh.")


ON_POSTGRESQL = (
    "Dữ liệu nằm trên PostgreSQL: hãy sao lưu bằng pg_dump --format=custom và khôi phục bằng pg_restore, "
    "rồi đổi tên sổ: UPDATE journal.journal_epoch SET epoch = md5(random()::text), để thiết bị gửi lại những gì còn giữ."
)


def thinned(folder: Path, keep: int) -> list[str]:
    """Which backups of ours went: all but the `keep` newest and the last of each of the DAYS days that have one."""
    ours = sorted((path.name for path in folder.glob(OURS)), reverse=True)
    last_of_day: dict[str, str] = {}
    for name in ours:
        last_of_day.setdefault(name[:17], name)
    kept = {*ours[:keep], *list(last_of_day.values())[:DAYS]}
    gone = [name for name in ours if name not in kept]
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    return gone


def _gentle() -> None:
    # Of this thread alone: Linux keeps it for each.
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), GENTLE)
