"""The registry as files for the office: what goes out comes in again unchanged."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import xlsxwriter

from endpoints_registry import vietnamese
from endpoints_registry.columns import EVERY_KIND, TITLES, Column
from endpoints_registry.planning import Existing
from endpoints_registry.points import Point
from endpoints_registry.sheets import RUN_BY_SHEETS
from endpoints_registry.units import ALWAYS
from endpoints_registry.words import CATEGORIES, LEVELS, MODES, ROLES, STAFF_ROLES, TYPES

Line = Mapping[str, str | int | None]


def lines(found: Existing, kind: str) -> tuple[Line, ...]:
    """One kind's rows by column key, in Vietnamese words, ordered by code."""
    match kind:
        case "units":
            return tuple(
                {
                    "code": unit.code,
                    "name": unit.name,
                    "level": LEVELS.get(unit.level, unit.level),
                    "parent_code": unit.parent_code,
                    "valid_from": None if unit.valid_from == ALWAYS else _vn(unit.valid_from),
                    "valid_to": _vn(unit.valid_to),
                }
                for unit in sorted(found.units, key=lambda unit: (unit.code, unit.valid_from))
            )
        case "successors":
            steps = sorted(found.successors, key=lambda step: (step.code, step.on_day, step.successor_code))
            return tuple({"code": s.code, "successor_code": s.successor_code, "on_day": _vn(s.on_day)} for s in steps)
        case "points":
            return tuple(_point(found.points[code]) for code in sorted(found.points))
        case "expected":
            return tuple(
                {
                    "conference": here.conference,
                    "sitting": here.sitting,
                    "point": here.point,
                    "expected": here.people,
                    "reception_mode": MODES.get(here.mode or "", here.mode),
                }
                for _, here in sorted(found.expected.items())
            )
        case _:
            raise KeyError(kind)


def _point(point: Point) -> Line:
    held = {contact.role: contact for contact in point.contacts}
    people: dict[str, str | int | None] = {}
    for role in ROLES:
        people[f"{role}_name"] = held[role].name if role in held else ""
        people[f"{role}_phone"] = held[role].phone if role in held else ""
    return {
        "code": point.code,
        "unit_code": point.unit_code,
        "name": point.name,
        "type": TYPES.get(point.type, point.type),
        "hall_address": point.address,
        "seats": point.seats,
        "reception_mode": MODES.get(point.mode, point.mode),
        "area": point.area,
        "provider": point.provider,
        "feeder": point.feeder,
        **people,
    }


def _vn(day: date | None) -> str | None:
    return None if day is None else f"{day:%d/%m/%Y}"


def as_csv(kind: str, rows: Iterable[Line]) -> bytes:
    """UTF-8 with the mark that Excel needs to see it; no cell that a sheet would run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(column.heading for column in EVERY_KIND[kind])
    for row in rows:
        writer.writerow(inert(row.get(column.key)) for column in EVERY_KIND[kind])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def inert(value: str | int | None) -> str | int:
    """A cell that no sheet program runs."""
    if isinstance(value, str) and value.lstrip("'")[:1] in RUN_BY_SHEETS:
        return "'" + value
    return "" if value is None else value


def as_xlsx(tables: Mapping[str, Sequence[Line]]) -> bytes:
    """One sheet per kind: headings frozen, filters on, codes and phones as text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    ) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        plain, number = book.add_format({"num_format": "@"}), book.add_format({"num_format": "#,##0"})
        for kind, rows in tables.items():
            columns = EVERY_KIND[kind]
            sheet = book.add_worksheet(TITLES[kind])
            sheet.freeze_panes(1, 2)
            sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
            for place, column in enumerate(columns):
                counted = column.key in ("seats", "expected")
                sheet.set_column(place, place, _width(column), number if counted else plain)
                sheet.write_string(0, place, column.heading, head)
            for line, row in enumerate(rows, start=1):
                for place, column in enumerate(columns):
                    value = row.get(column.key)
                    if isinstance(value, int):
                        sheet.write_number(line, place, value, number)
                    elif value:
                        sheet.write_string(line, place, value, plain)
    return out.getvalue()


def _width(column: Column) -> int:
    return {"name": 36, "hall_address": 40, "area": 16, "position": 36, "unit": 36}.get(
        column.key, max(12, min(26, len(column.heading) + 2))
    )


def template(kinds: Sequence[str]) -> bytes:
    """An empty workbook to fill in: the headings, the closed lists as choices, and a page that explains each column."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        plain = book.add_format({"num_format": "@"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for kind in kinds:
            sheet = book.add_worksheet(TITLES[kind])
            sheet.freeze_panes(1, 2)
            for place, column in enumerate(EVERY_KIND[kind]):
                sheet.set_column(place, place, _width(column), None if column.key in ("seats", "expected") else plain)
                sheet.write_string(0, place, column.heading, head)
                if choices := _choices(column):
                    sheet.data_validation(1, place, 50_000, place, {"validate": "list", "source": choices})
        guide = book.add_worksheet("Hướng dẫn")
        guide.set_column(0, 0, 18, wrapped)
        guide.set_column(1, 1, 30, wrapped)
        guide.set_column(2, 2, 10, wrapped)
        guide.set_column(3, 4, 60, wrapped)
        for place, heading in enumerate(("Bảng", "Cột", "Bắt buộc", "Cách ghi", "Ví dụ")):
            guide.write_string(0, place, heading, head)
        asked = [(kind, column) for kind in kinds for column in EVERY_KIND[kind]]
        for line, (kind, column) in enumerate(asked, start=1):
            needed = "có" if column.needed else ""
            for place, value in enumerate((TITLES[kind], column.heading, needed, column.hint, column.example)):
                guide.write_string(line, place, value, wrapped)
    return out.getvalue()


def _choices(column: Column) -> list[str]:
    words = {
        "level": LEVELS,
        "type": TYPES,
        "reception_mode": MODES,
        "category": CATEGORIES,
        "role": STAFF_ROLES,
    }.get(column.key, {})
    # Excel splits a list at commas and takes 255 letters: what holds commas is typed by hand.
    return [] if any("," in name for name in words.values()) else list(words.values())


def file_name(kind: str, day: date, ending: str) -> str:
    """A name that every mail program keeps whole."""
    plain = vietnamese.fold(TITLES.get(kind, "danh bạ")).replace(" ", "-")
    return f"{plain}-{day:%Y-%m-%d}.{ending}"
