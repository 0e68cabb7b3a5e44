"""What is kept, at a terminal: copied into one file, brought back from it, and looked at row by row."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from bridge.commands.serving import migrate
from bridge.control import servers_office
from bridge.house.stores import addresses
from bridge.journal.checking import Broken
from bridge.keeping.backups import ON_POSTGRESQL
from bridge.keeping.checking import checked
from bridge.keeping.copying import Tell, copied
from bridge.keeping.restoring import restored
from bridge.notdone import NotDone
from bridge.settings import Settings


async def back_up(settings: Settings, file: Path) -> None:
    """Everything into one file: by the server that runs here, else by ourselves. Raises NotDone."""
    _on_sqlite(settings)
    target = Path.cwd() / file
    typer.echo(f"Đang sao lưu vào {file} …", err=True)
    async with servers_office(settings.storage.folder) as there:
        if there is not None:
            await there.back_up(target)
        else:
            with _progress() as tell:
                await asyncio.to_thread(copied, settings.storage.folder, target, datetime.now(UTC), tell)
    typer.echo(f"Đã sao lưu và mở thử {file} ({_megabytes(target)}).")


async def bring_back(settings: Settings, file: Path) -> None:
    """A backup into the empty data folder of the configuration, and looked at there. Raises NotDone."""
    _on_sqlite(settings)
    typer.echo(f"Đang khôi phục {file} …", err=True)
    manifest = await asyncio.to_thread(restored, file, settings.storage.folder)
    await migrate(settings)
    await verify(settings)
    typer.echo(
        f"Đã khôi phục bản lúc {manifest.made_at.astimezone():%d/%m/%Y %H:%M:%S} vào {settings.storage.folder}; "
        "thiết bị sẽ tự gửi lại những gì còn giữ sau thời điểm đó."
    )


async def verify(settings: Settings) -> None:
    """Walk everything; also beside a running server. Raises NotDone naming the first row that does not hold."""
    kept = addresses(settings)
    try:
        await checked((kept.registry, kept.journal), typer.echo, kept.archive)
    except Broken as broken:
        raise NotDone(f"Dữ liệu không còn nguyên vẹn: {broken}.") from broken
    typer.echo("Nguyên vẹn.")


def _on_sqlite(settings: Settings) -> None:
    if settings.storage.database != "sqlite":
        raise NotDone(ON_POSTGRESQL)


def _megabytes(file: Path) -> str:
    return f"{file.stat().st_size / 1_000_000:.1f} MB".replace(".", ",")


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on a terminal, nothing elsewhere: what is done is said at the end."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    columns = (TextColumn("Đang sao lưu"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
