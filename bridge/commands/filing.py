"""The registry as files, at a terminal: what came in, what would come in, what is wrong with it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bridge.commands.offices import office
from bridge.notdone import NotDone
from bridge.office import Progress as Tell
from bridge.rules.spelling import figure
from bridge.settings import Settings
from endpoints_registry import exporting
from endpoints_registry.bodies.files import ChangeTold, FaultTold, ImportAnswer, Tally
from endpoints_registry.columns import KINDS, TITLES

PREVIEWED = 40
"""So many changes of a dry run are shown one by one; more is what the spreadsheet is for."""
ENDINGS = (".xlsx", ".csv")


async def take_in(settings: Settings, file: Path, *, dry_run: bool) -> None:
    """Import a file and print what it changed. Raises NotDone with every fault printed, Unusable."""
    raw = _read(file)
    typer.echo(f"Đang đọc {file.name} …", err=True)
    async with office(settings) as asked:
        with _progress() as progress:
            told = await asked.take_in(raw, dry_run=dry_run, progress=progress)
    _print(told)
    if told.errors:
        found = len(told.errors) + told.errors_left_out
        raise NotDone(f"Tệp {file.name} có {figure(found)} lỗi nên chưa nhập gì; hãy sửa rồi nhập lại.")


async def give_out(settings: Settings, file: Path, kind: str | None) -> None:
    """Write the registry to a file; a CSV file holds one kind. Raises NotDone, Unusable."""
    kinds = _kinds(file, kind)
    async with office(settings) as asked:
        raw = await asked.give_out(kinds, file.suffix.lower()[1:])
    _write(file, raw)
    named = ", ".join(f"«{TITLES[each]}»" for each in kinds)
    typer.echo(f"Đã xuất {named} ra {file}.")


def template(file: Path, kind: str | None) -> None:
    """Write an empty file to fill in. Raises NotDone."""
    kinds = _kinds(file, kind)
    raw = exporting.as_csv(kinds[0], ()) if file.suffix.lower() == ".csv" else exporting.template(kinds)
    _write(file, raw)
    typer.echo(f"Đã ghi tệp mẫu {file}; điền xong hãy thử trước bằng `bridge registry import {file} --dry-run`.")


def _kinds(file: Path, kind: str | None) -> Sequence[str]:
    if file.suffix.lower() not in ENDINGS:
        raise typer.BadParameter(f"{file.name}: the name must end with .xlsx or .csv", param_hint="FILE")
    if kind is not None:
        return (kind,)
    # A CSV file holds one table: the one that everything else hangs on, unless another was asked for.
    return ("units",) if file.suffix.lower() == ".csv" else tuple(KINDS)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as failed:
        raise NotDone(f"Không đọc được tệp {file}: {failed.strerror}.") from failed


def _write(file: Path, raw: bytes) -> None:
    try:
        file.write_bytes(raw)
    except OSError as failed:
        raise NotDone(f"Không ghi được tệp {file}: {failed.strerror}.") from failed


def _print(told: ImportAnswer) -> None:
    for line in _report(told):
        typer.echo(line)


def _report(told: ImportAnswer) -> Iterator[str]:
    yield from (_fault(fault) for fault in told.errors)
    if told.errors_left_out:
        yield f"… và {figure(told.errors_left_out)} lỗi nữa."
    if told.dry_run:
        yield from (line for change in told.changes[:PREVIEWED] for line in _change(change))
        unseen = len(told.changes[PREVIEWED:]) + told.changes_left_out
        if unseen:
            yield f"… và {figure(unseen)} thay đổi nữa."
    if told.errors:
        return
    yield "Xem trước, chưa nhập gì:" if told.dry_run else "Đã nhập:"
    for kind, tally in told.tallies.items():
        yield f"  {TITLES[kind]}: {_tally(tally)}"
    if not told.tallies:
        yield "  Tệp không có dòng nào; hãy điền vào tệp mẫu rồi nhập lại."


def _tally(tally: Tally) -> str:
    return f"{figure(tally.new)} mới, {figure(tally.changed)} thay đổi, {figure(tally.unchanged)} giữ nguyên"


def _fault(fault: FaultTold) -> str:
    table = f"bảng «{fault.sheet}», " if fault.sheet else ""
    column = f", cột «{fault.column}»" if fault.column else ""
    place = f"{table}dòng {fault.row}{column}"
    return f"{place[0].upper()}{place[1:]}: {fault.message}"


def _change(change: ChangeTold) -> Iterator[str]:
    yield f"{'+' if change.new else '~'} {TITLES[change.kind]} {change.key} {change.name}".rstrip()
    headings = {column.key: column.heading for column in KINDS[change.kind]}
    for field, (before, after) in change.altered.items():
        yield f"    {headings.get(field, field)}: {_said(before)} → {_said(after)}"


def _said(value: str | int | None) -> str:
    return "(trống)" if value in (None, "") else str(value)


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on a terminal, a line at each tenth elsewhere; on standard error, beside what the command answers."""
    if not sys.stderr.isatty():
        yield _tenths()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Đang nhập", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _tenths() -> Tell:
    next_tenth = 1

    def told(done: int, total: int) -> None:
        nonlocal next_tenth
        if total and done * 10 >= total * next_tenth:
            next_tenth = done * 10 // total + 1
            typer.echo(f"Đang nhập: {figure(done)}/{figure(total)}", err=True)

    return told
