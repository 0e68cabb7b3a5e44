"""A file from the office, CSV or Excel, read into tables of cells within bounds."""

import asyncio
import csv
import io
from dataclasses import dataclass
from pathlib import Path

import msgspec

from endpoints_registry import apart

Cell = str | int | float | bool | None

FILE_BYTES = 20_000_000
UNPACKED_BYTES = 120_000_000
ROWS = 50_000
COLUMNS = 60
CELL_LETTERS = 2_000
RUN_BY_SHEETS = ("=", "+", "-", "@")
"""What a cell must not begin with in a CSV file, or a spreadsheet takes it for a formula."""
_READER = Path(__file__).with_name("workbooks.py")


class Unreadable(Exception):
    """The file is too large, broken or of a kind that we do not read; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table as it stands in the file. `rows` begins below the header; row 2 of the file is rows[0]."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


async def read(raw: bytes, rows: int = ROWS) -> tuple[Sheet, ...]:
    """The tables of a CSV or XLSX file, told apart by their first bytes and not by their name; none longer than `rows`."""
    if len(raw) > FILE_BYTES:
        raise Unreadable(f"Tệp lớn {len(raw) // 1_000_000} MB; tối đa {FILE_BYTES // 1_000_000} MB.")
    if not raw.strip():
        raise Unreadable("Tệp rỗng; hãy tải tệp mẫu và điền vào.")
    if raw.startswith(b"PK"):
        tables = await _read_workbook(raw, rows)
    elif raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("Tệp Excel kiểu cũ (.xls) hoặc có mật khẩu; hãy lưu lại dưới dạng .xlsx không mật khẩu.")
    else:
        tables = (("", await asyncio.to_thread(_read_csv, raw, rows)),)
    # In a thread: a large roster must not hold up the halls.
    return await asyncio.to_thread(lambda: tuple(_sheet(title, cells) for title, cells in tables if cells))


def _sheet(title: str, rows: list[list[Cell]]) -> Sheet:
    header = tuple("" if cell is None else str(cell) for cell in rows[0])
    for number, row in enumerate(rows, start=1):
        for cell in row:
            if isinstance(cell, str) and len(cell) > CELL_LETTERS:
                raise Unreadable(f"Dòng {number}: một ô dài {len(cell)} ký tự; tối đa {CELL_LETTERS}.")
    return Sheet(title, header, tuple(tuple(row) for row in rows[1:]))


def _read_csv(raw: bytes, most: int) -> list[list[Cell]]:
    for name in ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            text = raw.decode(name)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable("Tệp CSV không phải mã UTF-8; trong Excel hãy chọn lưu «CSV UTF-8» hoặc .xlsx.")
    if "\0" in text:
        raise Unreadable("Tệp không phải CSV hay Excel (.xlsx).")
    first = text.partition("\n")[0]
    # Excel in Vietnamese writes semicolons; what was copied from a sheet has tabs.
    separator = max(",;\t", key=first.count)
    rows: list[list[Cell]] = []
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
            if number > most + 1:
                raise Unreadable(f"Tệp có quá nhiều dòng (tối đa {most}); hãy tách thành nhiều tệp.")
            if len(row) > COLUMNS:
                raise Unreadable(f"Dòng {number} có {len(row)} cột; tối đa {COLUMNS}.")
            rows.append([_untouched(cell) for cell in row])
    except csv.Error as wrong:
        raise Unreadable("Tệp CSV hỏng: dấu nháy kép không khớp hoặc một ô quá dài.") from wrong
    return rows


def _untouched(cell: str) -> str:
    """Without the apostrophe that our own CSV puts before =, +, - and @ so that no sheet runs them."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in RUN_BY_SHEETS else cell


class _Table(msgspec.Struct):
    title: str
    rows: list[list[Cell]]


class _Answer(msgspec.Struct):
    sheets: list[_Table] = []
    refused: str = ""


async def _read_workbook(raw: bytes, rows: int) -> tuple[tuple[str, list[list[Cell]]], ...]:
    # Our largest honest file takes about three seconds; nothing may take more than this.
    seconds = 4 + len(raw) // 500_000 + max(0, rows - ROWS) // 5_000
    limits = (str(rows), str(COLUMNS), str(UNPACKED_BYTES), str(seconds))
    try:
        told = await apart.answered(_READER, limits, raw, 2 * seconds)
    except apart.Silent as silent:
        raise Unreadable(
            "Tệp Excel quá nặng để đọc; hãy bỏ bớt trang tính và định dạng, hoặc lưu thành CSV UTF-8."
        ) from silent
    answer = msgspec.msgpack.decode(told, type=_Answer)
    if answer.refused:
        raise Unreadable(answer.refused)
    return tuple((table.title, table.rows) for table in answer.sheets)
