"""A report as a document: letterhead, sentences, tables and appendices as plain text, the same for Word and PDF."""

import math
from datetime import date
from enum import IntEnum

import msgspec

from dashboards.reports import spelling
from dashboards.reports.figures import Figures
from dashboards.reports.form import Form, FormKind
from dashboards.reports.narrative import Part
from dashboards.reports.tables import Kind, Table

PAPER_ROWS = 4_000
"""Rows of one table on paper: some hundred and twenty pages. Longer ones are in the spreadsheet, and the paper says so."""
_MOVED = ("present_before", "present", "excused_before", "excused", "unexcused_before", "unexcused")
ON_PAPER = {
    "by_point": (
        *("code", "name", "above", "expected", "present", "excused", "unexcused", "unreported", "guests"),
        *("present_share", "report", "reported"),
    ),
    "differences": ("name", "above", "round", *_MOVED, "asked", "approved", "at", "why"),
    "corrections": ("number", "name", "above", "round", *_MOVED, "asked", "status", "settled", "settled_at", "why"),
}
"""Columns of tables that are too wide for paper."""
ORDER = ("by_unit", "by_type", "differences")
"""What leads the appendices; `by_point` ends them, the others stand between as the figures have them."""
LEFT_OUT = frozenset({"totals", "submissions"})
"""What the first page says, and what the signature does."""


class Grid(msgspec.Struct, frozen=True):
    """A table as text, for paper."""

    heads: tuple[str, ...]
    widths: tuple[int, ...]
    """Shares of the width."""
    right: tuple[bool, ...]
    """Whether a column is of numbers."""
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...] = ()


class Bar(msgspec.Struct, frozen=True):
    name: str
    parts: tuple[float, ...]
    said: str


class Chart(msgspec.Struct, frozen=True):
    """Bars under one another, each of several parts."""

    title: str
    legend: tuple[str, ...]
    bars: tuple[Bar, ...]


class Closeness(IntEnum):
    """How the first page is set."""

    ROOMY = 0
    CLOSE = 1
    """Its table in small letters."""
    APART = 2
    """Its table in the appendix only."""


class Section(msgspec.Struct, frozen=True):
    heading: str
    """With its number: `1. Điểm cầu và đại biểu`."""
    paragraphs: tuple[str, ...]
    """Without where more is to be found."""
    see: tuple[str, ...]
    """Labels of the appendices that tell more."""
    grid: Grid | None = None
    grid_in: str = ""
    """Label of the appendix in which its table stands too."""


class Appendix(msgspec.Struct, frozen=True):
    label: str
    """Phụ lục 1 of the Party, Phụ lục I of the State."""
    title: str
    attached: str
    note: str
    grid: Grid
    chart: Chart | None = None


class Document(msgspec.Struct, frozen=True):
    kind: FormKind
    superior: str
    body: str
    number: str
    """`Số 12-BC/BTGDVTU`, or `Số: 12/BC-UBND`."""
    dated: str
    """`Hà Nội, ngày 07 tháng 3 năm 2026`"""
    about: str
    opening: str
    sections: tuple[Section, ...]
    authority: str
    signer_title: str
    signer: str
    recipients: tuple[str, ...]
    """Without their hyphens, each with the mark that ends it."""
    appendices: tuple[Appendix, ...]
    proof: str
    """Where in the journal the figures stand, and where both chains ended."""
    title: str
    settled_ms: int
    closeness: Closeness = Closeness.ROOMY
    runs_over: bool = False
    """Whether the leader's page goes on to another one, however closely it is set."""


def document(figures: Figures, form: Form) -> Document:
    """The figures in an office's form, as plain text; how closely the leader's page is set is for `fitting` to say."""
    told = figures.narrative
    tables = _appended(figures)
    label = {table.name: _label(form.kind, place) for place, table in enumerate(tables, start=1)}
    on = date.fromisoformat(form.date) if form.date else spelling.local(figures.settled_ms).date()
    attached = f"(kèm theo Báo cáo s{number(form)[1:]}, {spelling.day(on)} của {form.called})"
    return Document(
        kind=form.kind,
        superior=form.superior,
        body=form.body,
        number=number(form),
        dated=f"{form.place}, {spelling.day(on)}",
        about=form.title or told.about,
        opening=f"{form.basis}, {form.called} báo cáo kết quả tổ chức Hội nghị như sau ({told.standing}):",
        sections=tuple(_section(place, part, label) for place, part in enumerate(told.parts, start=1)),
        authority=form.authority,
        signer_title=form.signer_title,
        signer=form.signer,
        recipients=tuple(
            f"{name.strip().rstrip(',;.')}{'.' if place == len(form.recipients) else ',' if _party(form) else ';'}"
            for place, name in enumerate(form.recipients, start=1)
        ),
        appendices=tuple(
            Appendix(
                label=label[table.name],
                title=table.title,
                attached=attached,
                note=_note(table),
                grid=_fitted(grid(_short(table))),
                chart=absences(table) if table.name == "by_unit" else None,
            )
            for table in tables
        ),
        proof=proof(figures),
        title=figures.title,
        settled_ms=figures.settled_ms,
    )


def _party(form: Form) -> bool:
    return form.kind is FormKind.PARTY


def number(form: Form) -> str:
    """How each form writes the number and symbol of a document. Where it has no number yet, room is left for it."""
    given = form.number.strip()
    if given.isdigit():
        # Decree 30: numbers below 10 have a nought before them; offices of the Party write them so too.
        given = f"{int(given):02}"
    given = given or "\u2002" * 4
    return f"Số {given}-{form.symbol}" if _party(form) else f"Số: {given}/{form.symbol}"


def _label(kind: FormKind, place: int) -> str:
    return f"Phụ{spelling.FIRM}lục{spelling.FIRM}{place if kind is FormKind.PARTY else roman(place)}"


def roman(number: int) -> str:
    told = ""
    for value, letters in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while number >= value:
            told, number = told + letters, number - value
    return told


def _appended(figures: Figures) -> list[Table]:
    """The tables that have something to say, in the order of a document."""
    last = len(ORDER) + 1

    def place(table: Table) -> int:
        return last if table.name == "by_point" else ORDER.index(table.name) if table.name in ORDER else len(ORDER)

    return sorted((each for each in figures.tables if each.rows and each.name not in LEFT_OUT), key=place)


def _section(place: int, part: Part, label: dict[str, str]) -> Section:
    see = tuple(label[name] for name in part.see if name in label)
    heading = f"{place}. {part.heading}"
    if part.table is None:
        return Section(heading, part.paragraphs, see)
    return Section(heading, part.paragraphs, see, grid(part.table), label.get(part.table.name, ""))


def _note(table: Table) -> str:
    if len(table.rows) <= PAPER_ROWS:
        return table.note
    more = (
        f"Bảng có {spelling.number(len(table.rows))} dòng, xem đầy đủ trong tệp Excel kèm theo; dưới đây là tổng cộng."
    )
    return " ".join(part for part in (table.note, more) if part)


def _short(table: Table) -> Table:
    table = table.only(*ON_PAPER[table.name]) if table.name in ON_PAPER else table
    return table if len(table.rows) <= PAPER_ROWS else msgspec.structs.replace(table, rows=())


def grid(table: Table) -> Grid:
    """A table as it is printed: every cell as text, numbers to the right, `widths` relative to each other."""
    kinds = [column.kind for column in table.columns]

    def told(row: tuple[str | int | float | None, ...]) -> tuple[str, ...]:
        return tuple(spelling.cell(value, kind) for value, kind in zip(row, kinds, strict=True))

    return Grid(
        heads=tuple(column.title for column in table.columns),
        widths=tuple(column.width for column in table.columns),
        right=tuple(kind in (Kind.INT, Kind.PERCENT, Kind.MINUTES) for kind in kinds),
        rows=tuple(told(row) for row in table.rows),
        totals=told(table.totals) if table.totals else (),
    )


def _fitted(wished: Grid) -> Grid:
    """No code and no hour is wider than its column: what cannot be broken gets its room first, names share the rest."""
    needed = [
        max(_room(cells[place]) for cells in (wished.heads, *wished.rows, wished.totals or wished.heads))
        for place in range(len(wished.heads))
    ]
    given: dict[int, float] = {}
    while True:
        left, asking = ACROSS_PT - sum(given.values()), sum(wished.widths) - sum(wished.widths[each] for each in given)
        shares = {
            place: left * width / asking
            for place, width in enumerate(wished.widths)
            if place not in given and asking > 0
        }
        tight = {place: float(needed[place]) for place, share in shares.items() if share < needed[place]}
        if not tight:
            break
        given |= tight
    widths = tuple(max(1, round(10 * (given | shares)[place])) for place in range(len(wished.heads)))
    return msgspec.structs.replace(wished, widths=widths)


def _room(words: str) -> int:
    """What the longest word takes, in points, with the air beside it."""
    longest = max(map(len, words.split(" ")))
    return AIR_PT + math.ceil(LETTER_PT * min(longest, UNBROKEN))


ACROSS_PT, AIR_PT, LETTER_PT = 742, 8, 5.2
"""A sheet on its side between its margins, the air in a cell, and a letter of ten points."""
UNBROKEN = 12
"""Letters: a day, an hour, a code. A longer word is broken rather than that it takes the room of all others."""


def absences(table: Table) -> Chart | None:
    """Who was not there, unit by unit: of those present all bars would look alike."""
    keys = ("excused_share", "unexcused_share", "unreported_share")
    bars = []
    for row in table.only("unit", *keys).rows:
        name, *parts = row
        known = tuple(float(part or 0) for part in parts)
        bars.append(Bar(str(name), known, spelling.decimal(round(sum(known), 1))))
    if not bars or len(bars) > BARS:
        return None
    return Chart(
        "Tỷ lệ vắng và chưa báo cáo theo đơn vị (%)", ("Vắng có lý do", "Vắng không lý do", "Chưa báo cáo"), tuple(bars)
    )


BARS = 60
"""What one page shows so that it can be read."""


def proof(figures: Figures) -> str:
    told = f"Số liệu lập từ nhật ký hội nghị đến dòng {spelling.number(figures.position)}"
    for name, head in (("mã nhật ký", figures.heads.journal), ("mã sổ quản trị", figures.heads.audit)):
        if head:
            told += f"; {name} {head}"
    return f"{told}."
