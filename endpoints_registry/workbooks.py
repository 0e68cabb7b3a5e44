"""Reads one .xlsx in a process of its own, run as `python workbooks.py LIMITS < file > tables` (see `apart`).

What comes from outside may be made to exhaust whoever opens it: here that is a child with little memory and little
time. It answers in MessagePack, its length before it: {"sheets": [{"title", "rows"}]} or {"refused": sentence}. This file
is run by its path and imports nothing of ours.
"""

import io
import resource
import sys
import warnings
import zipfile
from datetime import date, datetime
from typing import Any

import msgspec

MEMORY = 1_500_000_000
SHEETS = 8


class Refused(Exception):
    """The file is none that we read; the message says why."""


def unpacked(raw: bytes, most: int, rows: int) -> zipfile.ZipFile:
    """The archive, once its parts are known to be small and free of XML entities (a few bytes can name terabytes)."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > most:
            raise Refused(f"Tệp Excel bung ra quá lớn (tối đa {most // 1_000_000} MB); hãy tách thành nhiều tệp.")
        names = {part.filename for part in parts}
        if "xl/workbook.xml" not in names:
            raise Refused("Tệp không phải là sổ tính Excel (.xlsx).")
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise Refused("Tệp Excel có macro; hãy lưu lại dưới dạng .xlsx không có macro.")
        for part in parts:
            if not part.filename.endswith((".xml", ".rels")):
                continue
            xml = archive.read(part)
            if strange(xml):
                raise Refused("Tệp Excel có khai báo XML lạ; hãy mở bằng Excel và lưu lại.")
            # The library walks through all rows before it tells of the first.
            if part.filename.startswith("xl/worksheets/") and xml.count(b"<row") > rows + 1:
                raise Refused(f"Tệp Excel có quá nhiều dòng (tối đa {rows}); hãy tách thành nhiều tệp.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as wrong:
        raise Refused("Tệp Excel hỏng hoặc có mật khẩu; hãy mở bằng Excel và lưu lại dưới dạng .xlsx.") from wrong
    return archive


def strange(xml: bytes) -> bool:
    """Whether it declares entities, or hides from this look behind another encoding than the UTF-8 of every office."""
    return b"\0" in xml[:4] or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml


def read(raw: bytes, rows: int, columns: int, size: int) -> list[dict[str, Any]]:
    """Each sheet's `title` and `rows` of plain cells, within so many rows, columns and unpacked bytes. Raises Refused."""
    unpacked(raw, size, rows).close()
    # Only now: what is no workbook is refused before the library is there, which takes longer to load than all else.
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    sheets = []
    if len(book.worksheets) > SHEETS:
        raise Refused(f"Tệp Excel có quá nhiều trang tính (tối đa {SHEETS}).")
    for sheet in book.worksheets:
        # The file may claim any size; only what is really there is read.
        sheet.reset_dimensions()
        kept: list[list[object]] = []
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > rows + 1:
                raise Refused(f"Trang «{sheet.title}» có quá nhiều dòng (tối đa {rows}); hãy tách thành nhiều tệp.")
            if len(cells) > columns:
                raise Refused(f"Trang «{sheet.title}» có quá nhiều cột (tối đa {columns}).")
            kept.append([plain(cell) for cell in cells])
        while kept and not any(cell not in (None, "") for cell in kept[-1]):
            kept.pop()
        sheets.append({"title": sheet.title, "rows": kept})
    return sheets


def plain(cell: object) -> object:
    match cell:
        case None | str() | bool() | int() | float():
            return cell
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def main() -> None:
    rows, columns, size, seconds = (int(word) for word in sys.argv[1:5])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    warnings.simplefilter("ignore")
    answer: dict[str, object]
    try:
        answer = {"sheets": read(sys.stdin.buffer.read(), rows, columns, size)}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except Exception:  # noqa: BLE001  a broken file makes the reader fail in a hundred ways, and all mean the same
        answer = {"refused": "Không đọc được tệp Excel; hãy mở bằng Excel và lưu lại dưới dạng .xlsx."}
    told = msgspec.msgpack.encode(answer)
    sys.stdout.buffer.write(len(told).to_bytes(4, "big") + told)


if __name__ == "__main__":
    main()
