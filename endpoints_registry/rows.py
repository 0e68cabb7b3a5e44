"""The rows of a sheet with their cells understood, and what could not be understood, by row and column."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from endpoints_registry.columns import (
    EVERY_KIND,
    KINDS,
    TITLES,
    Column,
    Misread,
    Value,
    headed,
    lacking,
    nearest,
    unknown,
)
from endpoints_registry.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell, in words for whoever filled the file. Row 1 is the header; "" names no column."""

    sheet: str
    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row. A column that the file does not have is absent from `cells`; an empty cell is "" or None."""

    sheet: str
    number: int
    cells: Mapping[str, Value]
    headings: Mapping[str, str]
    sound: bool
    """Whether every cell could be read and none that is needed is empty."""

    def has(self, key: str) -> bool:
        return key in self.headings

    def text(self, key: str) -> str:
        value = self.cells.get(key)
        return value if isinstance(value, str) else ""

    def whole(self, key: str) -> int | None:
        value = self.cells.get(key)
        return value if isinstance(value, int) else None

    def day(self, key: str) -> date | None:
        value = self.cells.get(key)
        return value if isinstance(value, date) else None

    def fault(self, key: str, message: str) -> Fault:
        return Fault(self.sheet, self.number, self.headings.get(key, ""), message)


def read_rows(kind: str, sheet: Sheet) -> tuple[list[Row], list[Fault]]:
    """The rows that hold anything, in the file's order."""
    standing = headed(EVERY_KIND[kind], sheet.header)
    faults = [
        Fault(sheet.title, 1, called, "Không nhận ra cột này; hãy sửa theo tệp mẫu hoặc bỏ cột đi.")
        for called in unknown(EVERY_KIND[kind], sheet.header)
    ]
    faults += _twice(standing, sheet)
    rows = []
    headings = {column.key: sheet.header[place] for place, column in standing.items()}
    for number, cells in enumerate(sheet.rows, start=2):
        if all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells):
            continue
        read: dict[str, Value] = {}
        wrong: list[Fault] = []
        for place, column in standing.items():
            try:
                value = column.read(cells[place] if place < len(cells) else None)
            except Misread as misread:
                wrong.append(Fault(sheet.title, number, headings[column.key], f"{misread}."))
                continue
            if column.needed and value in ("", None):
                wrong.append(Fault(sheet.title, number, headings[column.key], "Ô này không được để trống."))
            read[column.key] = value
        surplus = [str(cell) for cell in cells[len(sheet.header) :] if cell not in (None, "")]
        if surplus:
            wrong.append(Fault(sheet.title, number, "", f"Có «{surplus[0][:40]}» nằm ngoài các cột có tiêu đề."))
        rows.append(Row(sheet.title, number, read, headings, not wrong))
        faults += wrong
    return rows, faults


def _twice(standing: Mapping[int, Column], sheet: Sheet) -> list[Fault]:
    seen: dict[str, str] = {}
    faults = []
    for place, column in standing.items():
        if column.key in seen:
            faults.append(Fault(sheet.title, 1, sheet.header[place], f"Trùng với cột «{seen[column.key]}»."))
        seen[column.key] = sheet.header[place]
    return faults


def unreadable(sheet: Sheet, among: Collection[str] = KINDS.keys()) -> Fault | None:
    """The fault of a table whose header does not say enough to be one of these kinds, or None."""
    kind = nearest(sheet.header, among)
    if kind is None:
        kinds = ", ".join(f"«{TITLES[each]}»" for each in among)
        return Fault(sheet.title, 1, "", f"Không nhận ra tiêu đề cột nào; các loại bảng là {kinds}. Hãy dùng tệp mẫu.")
    if missing := lacking(kind, sheet.header):
        named = "; ".join(f"«{heading}»" for heading in missing)
        return Fault(sheet.title, 1, "", f"Bảng giống «{TITLES[kind]}» nhưng thiếu cột {named}.")
    return None
