"""How closely the leader's page is set, so that it stays one page together with its signature.

The rules of both forms fix the size of the letters, the lines and the room between paragraphs; what gives way is the table.
It is reckoned with the widths of the typeface, once for both, as nobody can ask Word: Word and PDF show the same.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import msgspec
from PIL import ImageFont

from dashboards.reports.document import Closeness, Document, Grid, Section
from dashboards.reports.form import FormKind
from dashboards.reports.spelling import FIRM

FONTS = Path(__file__).parent / "fonts"
MM = 72 / 25.4
ACROSS, DOWN = 165 * MM, 257 * MM
"""Of the words on a page of A4: margins of 30 and 15 mm at the sides, of 20 mm above and below."""
SPARE = 6
"""Another program breaks a line elsewhere, or rounds a row up."""
LINE, BETWEEN, INDENT = 18, 6, 10 * MM
SINGLE = 1.15
"""Of the letters' size: one line."""
SIDE = {FormKind.PARTY: 77 * MM, FormKind.STATE: 68 * MM}
"""Where the right half of the head begins."""
RECIPIENTS = 77 * MM
RULE = 6
SIGNING = 42
"""Room for the signature itself."""
CELL = 9
"""Beside the words in a cell."""
TABLE = {Closeness.ROOMY: (12.0, 2.5), Closeness.CLOSE: (10.5, 1.5)}
"""Size of a table's letters, and the room above and below them together with its line."""


def fitted(document: Document, beyond: Callable[[Document], float] = lambda _: 0.0) -> Document:
    """The same, set as roomily as one page allows, with where more is to be found.

    `beyond`: how many points more than reckoned here an office's own template takes. Where no setting is close enough, it
    runs over to another page.
    """
    for each in Closeness:
        told = _set(document, each)
        if _height(told) + beyond(told) <= DOWN - SPARE:
            return told
    return msgspec.structs.replace(told, runs_over=True)


def _set(document: Document, closeness: Closeness) -> Document:
    sections = tuple(_section(each, closeness) for each in document.sections)
    return msgspec.structs.replace(document, closeness=closeness, sections=sections)


def _section(section: Section, closeness: Closeness) -> Section:
    grid, see = section.grid, section.see
    if closeness is Closeness.APART and section.grid_in:
        grid, see = None, (*see, section.grid_in)
    *first, last = section.paragraphs
    if see:
        # `Phụ lục 8, 13`: what they are called is said once.
        where = ", ".join([see[0], *(each.rpartition(FIRM)[-1] for each in see[1:])])
        last = f"{last.removesuffix('.')} ({where})."
    if grid is not None and closeness in TABLE:
        grid = _on_a_line(grid, TABLE[closeness][0])
    return msgspec.structs.replace(section, paragraphs=(*first, last), grid=grid)


def _on_a_line(grid: Grid, size: float) -> Grid:
    """Columns in which no cell needs a second line, if the page is wide enough for that."""
    needed = [
        CELL
        + max(
            _long(head, size, bold=True),
            *(_long(row[place], size, bold=True) for row in (*grid.rows, grid.totals) if row),
        )
        for place, head in enumerate(grid.heads)
    ]
    left = ACROSS - sum(needed)
    if left < 0:
        return grid
    # What is left goes to the names.
    return msgspec.structs.replace(grid, widths=tuple(round(10 * each) for each in (needed[0] + left, *needed[1:])))


def _height(told: Document) -> float:
    """Of the page in points, from its head to its signature."""
    size, around = TABLE.get(told.closeness, TABLE[Closeness.CLOSE])
    heads = len(told.sections)
    paragraphs = [told.opening, *(words for section in told.sections for words in section.paragraphs)]
    body = sum(LINE * lines(words, 14, ACROSS, first=INDENT) + BETWEEN for words in paragraphs)
    tables = sum(_grid(section.grid, size, around) + BETWEEN for section in told.sections if section.grid)
    return _head(told) + body + heads * (LINE + BETWEEN) + tables + _signature(told)


def _head(told: Document) -> float:
    party = told.kind is FormKind.PARTY
    size, left, right = (14, SIDE[told.kind], ACROSS - SIDE[told.kind]) if party else (13, SIDE[told.kind], 0)
    office = _high([told.superior], size, left) if told.superior else 0
    office += _high([told.body], size, left, bold=True)
    about = _high([told.about], 14, ACROSS - 36 * MM, bold=True)
    if party:
        beside = 15 * SINGLE + RULE + 6 + _high([told.dated], 14, right)
        return max(office + _high(["*", told.number], 14, left), beside) + 12 + 16 * SINGLE + about + 14 * SINGLE + 6
    beside = 6 + max(_high([told.number], 13, left), _high([told.dated], 14, ACROSS - left))
    return max(office, 27 * SINGLE) + RULE + beside + 12 + 14 * SINGLE + about + RULE + 10


def _signature(told: Document) -> float:
    size = 12 if told.kind is FormKind.PARTY else 11
    left = 14 * SINGLE + _high((f"- {each}" for each in told.recipients), size, RECIPIENTS)
    offices = [each for each in (told.authority, told.signer_title) if each]
    right = _high(offices, 14, ACROSS - RECIPIENTS, bold=True) + SIGNING
    return 6 * len(offices) + max(left, right + _high([told.signer], 14, ACROSS - RECIPIENTS, bold=True))


def _grid(grid: Grid, size: float, around: float) -> float:
    whole = sum(grid.widths)
    widths = [ACROSS * each / whole - CELL for each in grid.widths]

    def row(cells: Iterable[str], *, bold: bool = False) -> float:
        most = max(lines(words, size, width, bold=bold) for words, width in zip(cells, widths, strict=True))
        return most * size * SINGLE + around

    told = row(grid.heads, bold=True) + sum(row(each) for each in grid.rows)
    return told + (row(grid.totals, bold=True) if grid.totals else 0)


def _high(told: Iterable[str], size: float, width: float, *, bold: bool = False) -> float:
    return sum(SINGLE * size * lines(words, size, width, bold=bold) for words in told)


def lines(words: str, size: float, width: float, *, bold: bool = False, first: float = 0) -> int:
    """How many lines these words take. `first`: how far the first one is indented."""
    count, left = 1, width - first
    blank = _long(" ", size, bold)
    for word in re.split("[ \u200b]", words):
        needed = _long(word, size, bold)
        if needed > left and left < width:
            count, left = count + 1, width
        # One that no line holds is broken.
        while needed > left:
            count, needed, left = count + 1, needed - left, width
        left -= needed + blank
    return count


def _long(words: str, size: float, bold: bool) -> float:
    return _face(bold).getlength(words) * size / MEASURED


MEASURED = 1000


@cache
def _face(bold: bool) -> ImageFont.FreeTypeFont:
    cut = "Bold" if bold else "Regular"
    return ImageFont.truetype(str(FONTS / f"Tinos-{cut}.ttf"), MEASURED, layout_engine=ImageFont.Layout.BASIC)
