"""A load on any server, at a terminal: who gets in by which keys, how much, and what came of it."""

import sys
from pathlib import Path

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from bridge.notdone import NotDone
from bridge.simulator.asking import Turned, Unknown
from bridge.simulator.driving import Doors, Drive, Load, Summary, doors

STANDARD_INPUT = "-"


def keys_read(file: Path, server: str | None) -> Doors:
    """The keys from a file (`-`: standard input), for this server or the one they name. Raises NotDone."""
    try:
        raw = sys.stdin.readline() if str(file) == STANDARD_INPUT else file.read_text(encoding="utf-8")
        known = doors(raw.partition("\n")[0] if raw.startswith('{"url"') else raw)
    except (OSError, UnicodeDecodeError) as failed:
        raise NotDone(f"Không đọc được tệp khóa {file}: {failed}.") from failed
    except ValueError as wrong:
        raise NotDone(str(wrong)) from wrong
    if not known.points:
        raise NotDone(f"Tệp khóa {file} không có điểm cầu nào; hãy tạo bằng `bridge demo --json-all`.")
    return msgspec.structs.replace(known, url=server) if server else known


async def drive(known: Doors, load: Load, *, as_json: bool) -> None:
    """Run the load and print what came of it. Raises NotDone when the server lets nobody in."""
    try:
        summary = await Drive(known, load, tell=lambda line: typer.echo(line, err=True)).run()
    except* (Turned, Unknown, OSError, ValueError) as failed:
        raise NotDone(f"{known.url}: {failed.exceptions[0]}") from failed
    if as_json:
        typer.echo(msgspec.json.encode(summary).decode())
    else:
        Console().print(_table(summary))
    if not summary.acts_accepted and load.acts_per_s:
        raise NotDone("Máy chủ không nhận báo cáo nào; hãy xem các dòng trên và nhật ký máy chủ.")


def _table(summary: Summary) -> Table:
    table = Table(title="Kết quả mô phỏng", show_header=False)
    table.add_row("Điểm cầu đã nối", f"{summary.rooms_connected}/{summary.rooms}")
    table.add_row(
        "Báo cáo",
        f"{summary.acts_accepted} đã nhận, {summary.acts_refused} bị từ chối, {summary.acts_without_answer} lần không trả lời",
    )
    table.add_row("Trả lời sau khi ghi đĩa", _times(summary.answer))
    table.add_row(f"Đến {summary.screens} màn hình", _times(summary.screen))
    table.add_row("Lần hụt khung tin", str(summary.gaps))
    return table


def _times(told: dict[str, float]) -> str:
    return (
        f"p50 {told['p50_ms']:g} ms, p99 {told['p99_ms']:g} ms, lâu nhất {told['max_ms']:g} ms ({told['count']:g} lần)"
    )
