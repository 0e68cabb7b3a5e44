"""Has the documents of a report written in a process of its own, at low priority, and says how far it is."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from dashboards.reports.figures import Figures
from dashboards.reports.form import Form
from dashboards.reports.jobs import Documents, Format, Job
from dashboards.reports.template import FILE_BYTES
from endpoints_registry import apart

CPU_S = 120
"""All five formats of 11.000 points take some twenty seconds of one processor."""
PATIENCE_S = 600
"""Of the clock: it stands behind everybody else."""
STEP_BACK = 15
"""Of niceness: a report may take a second longer, a board may not."""
CHECK_CPU_S = 5
"""Somebody stands before the screen and waits for it: this is done at once."""
CHECK_PATIENCE_S = 60
_WORKER = Path(__file__).with_name("worker.py")

Progress = Callable[[float], None]
"""Told how much is done, from 0 to 1."""


class Unwritten(Exception):
    """A document did not come out; the message says which, and why."""


class _Piece(msgspec.Struct):
    done: float | None = None
    format: Format | None = None
    file: bytes = b""
    runs_over: bool = False
    refused: str = ""
    faults: tuple[str, ...] | None = None


async def written(
    figures: Figures,
    form: Form,
    formats: Sequence[Format],
    template: bytes | None = None,
    progress: Progress | None = None,
    *,
    patience_s: float = PATIENCE_S,
) -> Documents:
    """The documents, the same bytes for the same input. `template`: the office's own .docx instead of the shipped one.

    Raises Unwritten.
    """
    files: dict[Format, bytes] = {}
    refused: list[str] = []
    runs_over = False

    def heard(told: bytes) -> None:
        nonlocal runs_over
        piece = msgspec.msgpack.decode(told, type=_Piece)
        if piece.format is not None:
            files[piece.format] = piece.file
            runs_over |= piece.runs_over
        if piece.refused:
            refused.append(piece.refused)
        if piece.done is not None and progress is not None:
            progress(piece.done)

    job = msgspec.msgpack.encode(Job(figures, form, tuple(formats), template))
    try:
        await apart.done(_WORKER, [str(CPU_S), str(STEP_BACK)], job, heard, patience_s)
    except apart.Silent as silent:
        missing = ", ".join(each.value for each in formats if each not in files)
        raise Unwritten(f"quá {CPU_S} giây xử lý, {patience_s:.0f} giây chờ hoặc quá bộ nhớ: {missing}") from silent
    missing = ", ".join(each.value for each in formats if each not in files)
    if refused or missing:
        raise Unwritten("; ".join(refused) or f"không viết xong: {missing}")
    return Documents(files, runs_over)


async def checked(template: bytes) -> tuple[str, ...]:
    """What is wrong with a template that somebody uploads, in sentences; nothing: it may be kept."""
    if len(template) > FILE_BYTES:
        return (f"Tệp lớn {len(template) / 1e6:.1f} MB; mẫu báo cáo tối đa {FILE_BYTES // 1_000_000} MB.",)
    job = msgspec.msgpack.encode(Job(None, template=template))
    try:
        told = await apart.answered(_WORKER, [str(CHECK_CPU_S), "0"], job, CHECK_PATIENCE_S)
        faults = msgspec.msgpack.decode(told, type=_Piece).faults
    except apart.Silent:
        faults = None
    return faults if faults is not None else ("Tệp quá nặng để đọc; hãy làm lại từ mẫu có sẵn.",)
