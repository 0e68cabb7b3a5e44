"""A report into a file, at a terminal: by the server that runs here, else from the files themselves."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bridge.clock import RealClock
from bridge.control import servers_office
from bridge.house.stores import opened_archive, opened_journal, opened_registry
from bridge.house.terms import judging_terms
from bridge.journal import recalled
from bridge.notdone import NotDone
from bridge.reporting import Around, Reporter
from bridge.rules import recalling
from bridge.rules.scene import Scene
from bridge.settings import Settings
from dashboards.reports.drafts import Drafts
from dashboards.reports.jobs import Format
from dashboards.reports.writing import written

LOOK_S = 0.1


class Desk(Protocol):
    async def begin(self, conference: str, format: Format, version: int | None) -> int: ...

    async def progress(self, conference: str, number: int) -> float: ...

    async def file(self, conference: str, number: int, format: Format) -> bytes: ...


async def report(settings: Settings, conference: str, wanted: str, out: Path, version: int | None) -> None:
    """The newest signed version as it was kept (or that one); where nothing is signed, the figures of the moment.

    Raises NotDone.
    """
    format = Format(wanted)
    async with _desk(settings, conference) as desk:
        number = await desk.begin(conference, format, version)
        with _bar() as tell:
            while (done := await desk.progress(conference, number)) < 1:
                tell(done)
                await asyncio.sleep(LOOK_S)
        raw = await desk.file(conference, number, format)
    await asyncio.to_thread(_put, out, raw)
    typer.echo(f"Đã ghi {out} ({-(-len(raw) // 1_000)} kB).")


def _put(out: Path, raw: bytes) -> None:
    """Whole or not at all: a report that is cut off halfway must not lie there."""
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(raw)
        os.replace(part, out)
    except OSError as failed:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise NotDone(f"Không ghi được {out}: {failed.strerror or failed}.") from failed


@asynccontextmanager
async def _desk(settings: Settings, conference: str) -> AsyncIterator[Desk]:
    async with servers_office(settings.storage.folder) as there:
        if there is not None:
            yield there
            return
        async with (
            opened_registry(settings) as registry,
            opened_journal(settings) as journal,
            opened_archive(settings) as archive,
        ):
            scene = Scene()
            async for piece in recalled(journal, conference, (await journal.head(conference)).position):
                scene.replay(recalling.read(piece))
            scene.sum_up()
            hall = _Hall(scene)

            def found(asked: str) -> _Hall | None:
                return hall if asked == conference and scene.state.plan else None

            around = Around(registry, journal, archive, found, judging_terms(settings))
            drafts = Drafts(archive, around, written, RealClock().now)
            making = asyncio.create_task(drafts.run())
            try:
                yield OwnDesk(Reporter(archive, drafts, found))
            finally:
                making.cancel()
                with suppress(asyncio.CancelledError):
                    await making


class _Hall:
    """A conference as its journal has it, without anybody who goes on with it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene


class OwnDesk:
    """The desk where no server runs."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    async def begin(self, conference: str, format: Format, version: int | None) -> int:
        return await self._reporter.begin(conference, format, version)

    async def progress(self, conference: str, number: int) -> float:
        return self._reporter.progress(conference, number)

    async def file(self, conference: str, number: int, format: Format) -> bytes:
        return await self._reporter.file(conference, number, format)


@contextmanager
def _bar() -> Iterator[Callable[[float], None]]:
    """A bar on a terminal, plain lines otherwise."""
    if not sys.stderr.isatty():
        told = -1

        def line(done: float) -> None:
            nonlocal told
            if int(done * 10) > told:
                told = int(done * 10)
                typer.echo(f"Đang lập báo cáo: {told * 10}%", err=True)

        yield line
        return
    columns = (TextColumn("Đang lập báo cáo"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda done: bar.update(task, completed=done)
