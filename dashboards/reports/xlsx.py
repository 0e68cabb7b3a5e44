"""A report as a workbook: one sheet a table, numbers that can be added up, words that are never run."""

import io
from datetime import datetime
from typing import Any

import xlsxwriter

from bridge.rules.hours import HANOI
from dashboards.reports import spelling
from dashboards.reports.document import number
from dashboards.reports.figures import Figures
from dashboards.reports.form import Form
from dashboards.reports.packing import packed
from dashboards.reports.tables import Cell, Column, Kind, Table
from dashboards.reports.word import clean

FACE = "Times New Roman"
# The mark before them asks for Vietnamese points and commas, whatever the computer is set to.
NUMBERS = {
    Kind.TEXT: "@",
    Kind.INT: "[$-42A]#,##0",
    Kind.PERCENT: "[$-42A]0.0%",
    Kind.MINUTES: "[$-42A]#,##0.0",
    Kind.DATETIME: "[$-42A]dd/mm/yyyy hh:mm",
    Kind.TIME: "[$-42A]hh:mm:ss",
}
LETTERS = 32_000
"""Of one cell; Excel takes 32,767."""
LINE = 15
"""Points of one line."""
MOST_LINES = 20
NAME = 31
"""Letters of a sheet's name."""
FIRST = 3
"""Rows above the heads: title, note, and one that is empty."""
CHARTS = {"by_unit": ("excused_share", "unexcused_share", "unreported_share"), "by_type": ("present_share",)}
"""What is drawn beside a table, by column."""


def write(figures: Figures, form: Form) -> bytes:
    """The same bytes for the same figures and form."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "default_date_format": NUMBERS[Kind.DATETIME],
    }
    with xlsxwriter.Workbook(out, options) as book:
        at = datetime.fromtimestamp(figures.settled_ms // 1000, HANOI).replace(tzinfo=None)
        title = clean(f"Phụ lục Báo cáo {number(form)}")
        book.set_properties({"title": title, "author": clean(form.called), "created": at})
        formats = _Formats(book)
        names: set[str] = set()
        for place, table in enumerate(figures.tables, start=1):
            _sheet(book, formats, _named(place, table, names), table, figures)
    return packed(out.getvalue())


class _Formats:
    def __init__(self, book: Any) -> None:
        plain = {"font_name": FACE, "font_size": 11, "valign": "vcenter"}
        ruled = {**plain, "border": 1}
        self.title = book.add_format({**plain, "bold": True, "font_size": 14})
        self.note = book.add_format({**plain, "italic": True, "text_wrap": True, "valign": "top"})
        self.head = book.add_format(
            {**ruled, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E7ECEA"}
        )
        self.of = {
            # Words keep away from the numbers before them.
            kind: book.add_format(
                {**ruled, "num_format": code, "text_wrap": kind is Kind.TEXT, "indent": int(kind is Kind.TEXT)}
            )
            for kind, code in NUMBERS.items()
        }
        self.total = {
            kind: book.add_format(
                {**ruled, "num_format": code, "bold": True, "top": 2, "indent": int(kind is Kind.TEXT)}
            )
            for kind, code in NUMBERS.items()
        }


def _named(place: int, table: Table, names: set[str]) -> str:
    """A sheet's name: its number and as much of its title as there is room for."""
    plain = "".join(" " if letter in "[]:*?/\\'" else letter for letter in clean(table.title))
    name = f"{place}. {' '.join(plain.split())}"[:NAME].rstrip()
    names.add(name)
    return name


def _sheet(book: Any, formats: _Formats, name: str, table: Table, figures: Figures) -> None:
    sheet = book.add_worksheet(name)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, clean(table.title)[:LETTERS], formats.title)
    note = clean(f"{_version(figures)} {table.note}".strip())[:LETTERS]
    wide = sum(_width(column) for column in table.columns)
    if len(table.columns) > 1:
        sheet.merge_range(1, 0, 1, len(table.columns) - 1, "", formats.note)
    sheet.write_string(1, 0, note, formats.note)
    sheet.set_row(1, LINE * _lines(note, wide))
    last_row = FIRST + max(1, len(table.rows))
    last_column = len(table.columns) - 1
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _width(column))
        sheet.write_string(FIRST, place, column.title, formats.head)
    sheet.set_row(FIRST, 48)
    for line, row in enumerate(table.rows, start=FIRST + 1):
        # Not every program makes room for words that take several lines.
        lines = max(_lines(value, _width(column)) for value, column in zip(row, table.columns, strict=True))
        if lines > 1:
            sheet.set_row(line, LINE * min(lines, MOST_LINES))
        _row(sheet, line, row, table.columns, formats.of)
    if not table.rows:
        sheet.write_string(FIRST + 1, 0, table.empty, formats.note)
    if table.totals:
        # A row apart from what is filtered and sorted.
        last_row += 1
        _row(sheet, last_row, table.totals, table.columns, formats.total)
    sheet.autofilter(FIRST, 0, FIRST + max(1, len(table.rows)), last_column)
    sheet.freeze_panes(FIRST + 1, 2 if len(table.columns) > 6 else 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.6, right=0.4, top=0.8, bottom=0.6)
    sheet.repeat_rows(FIRST)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P/&N")
    if table.name in CHARTS and table.rows:
        _chart(book, sheet, name, table, last_column)


def _width(column: Column) -> int:
    return max(column.width + 3, 7)


def _lines(value: Cell, width: int) -> int:
    """How many lines these words take, with some room for words that do not fill theirs."""
    return 1 + int(len(value) * 1.1) // width if isinstance(value, str) and len(value) > width else 1


def _version(figures: Figures) -> str:
    if not figures.closed:
        return f"Số liệu tạm tính lúc {spelling.hour(figures.made_ms)}."
    return f"Phiên bản {figures.version}."


def _row(sheet: Any, line: int, row: tuple[Cell, ...], columns: tuple[Column, ...], formats: dict[Kind, Any]) -> None:
    for place, (value, column) in enumerate(zip(row, columns, strict=True)):
        form = formats[column.kind]
        if value is None or value == "":
            sheet.write_blank(line, place, None, form)
        elif isinstance(value, str):
            sheet.write_string(line, place, clean(value)[:LETTERS], formats[Kind.TEXT])
        elif column.kind in (Kind.DATETIME, Kind.TIME):
            sheet.write_datetime(line, place, spelling.local(round(value)).replace(tzinfo=None), form)
        elif column.kind is Kind.PERCENT:
            sheet.write_number(line, place, round(value / 100, 4), form)
        elif column.kind is Kind.TEXT:
            sheet.write_string(line, place, str(value), form)
        else:
            sheet.write_number(line, place, value, form)


def _chart(book: Any, sheet: Any, name: str, table: Table, last_column: int) -> None:
    """Bars of the table's shares, to its right and outside what is printed."""
    drawn = book.add_chart({"type": "bar", "subtype": "stacked"})
    keys = [column.key for column in table.columns]
    last = FIRST + len(table.rows)
    for key, colour in zip(CHARTS[table.name], ("#3F8F80", "#C6281F", "#7F8B87"), strict=False):
        place = keys.index(key)
        drawn.add_series(
            {
                "name": [name, FIRST, place],
                "categories": [name, FIRST + 1, 0, last, 0],
                "values": [name, FIRST + 1, place, last, place],
                "fill": {"color": colour},
            }
        )
    drawn.set_title({"name": table.title, "name_font": {"name": FACE, "size": 13}})
    drawn.set_y_axis({"reverse": True, "num_font": {"name": FACE, "size": 9}})
    drawn.set_x_axis({"num_format": "0%", "num_font": {"name": FACE, "size": 9}})
    drawn.set_legend({"position": "bottom"})
    drawn.set_size({"width": 720, "height": min(1_200, 160 + 20 * len(table.rows))})
    sheet.insert_chart(FIRST, last_column + 2, drawn)
