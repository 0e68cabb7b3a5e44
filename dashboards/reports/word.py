"""The report's own paragraphs and tables as Word writes them, to be set into a template of the office."""

from collections.abc import Callable, Iterable, Sequence
from xml.sax.saxutils import escape

from dashboards.reports.document import Appendix, Closeness, Document, Grid

StyleOf = Callable[[str], str]
"""The name of a style as Word shows it -> its id in this template; empty where the template has none."""

_SIDES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_CELL_MARGIN = 70
"""Twentieths of a point, left and right of the words in a cell."""


def body(document: Document, style: StyleOf, width: int) -> str:
    """What stands between the head and the signature. `width` of the page's text in twentieths of a point."""
    told = [paragraph(document.opening, style("Thân bài"))]
    for section in document.sections:
        told.append(paragraph(section.heading, style("Đề mục")))
        told += [paragraph(words, style("Thân bài")) for words in section.paragraphs[:-1]]
        # Nobody's signature stands on a page of its own: the last words go with it.
        last = section is document.sections[-1]
        told.append(paragraph(section.paragraphs[-1], style("Thân bài"), keep=last))
        if section.grid is not None:
            told.append(table(section.grid, *_styles(document.closeness, style), width))
            told.append(_gap())
    return "".join(told)


def _styles(closeness: Closeness, style: StyleOf) -> tuple[str, str]:
    """Of the table's heads and of its other words; a template that has no small ones keeps its own."""
    small = " nhỏ" if closeness is Closeness.CLOSE else ""
    head, plain = (style(name + small) or style(name) for name in ("Đầu bảng", "Chữ trong bảng"))
    return head, plain


def appendices(every: Iterable[Appendix], style: StyleOf, width: int) -> str:
    told = []
    for place, each in enumerate(every):
        told.append(paragraph(each.label, style("Phụ lục"), new_page=place > 0))
        told.append(paragraph(each.title.upper(), style("Tên phụ lục")))
        told.append(paragraph(each.attached, style("Kèm theo")))
        if each.note:
            told.append(paragraph(each.note, style("Ghi chú")))
        told.append(table(each.grid, style("Đầu bảng phụ lục"), style("Chữ trong phụ lục"), width))
        told.append(_gap())
    return "".join(told)


def paragraph(words: str, style: str, *, keep: bool = False, new_page: bool = False) -> str:
    """`keep`: on the page of what follows."""
    form = f'<w:pStyle w:val="{escape(style)}"/>' if style else ""
    if keep:
        form += "<w:keepNext/>"
    if new_page:
        form += "<w:pageBreakBefore/>"
    return f'<w:p><w:pPr>{form}</w:pPr><w:r><w:t xml:space="preserve">{text(words)}</w:t></w:r></w:p>'


def text(words: str) -> str:
    """As it may stand in XML: markup is words here, and so is what docxtpl takes for its own marks."""
    return escape(clean(words), {"{": "&#123;", "}": "&#125;"})


def clean(words: str) -> str:
    """Without what no document may hold: a blank in its place."""
    return words if words.isprintable() else "".join(letter if _allowed(letter) else " " for letter in words)


def _allowed(letter: str) -> bool:
    code = ord(letter)
    return code >= 0x20 and not 0x7F <= code <= 0x9F and not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF)


def _gap() -> str:
    """A little room, without which two tables would be one."""
    return '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'


def table(grid: Grid, head: str, plain: str, width: int) -> str:
    """Its heads come again on every page, no row is torn, numbers stand at the right."""
    whole = sum(grid.widths)
    widths = [width * each // whole for each in grid.widths]
    told = [
        "<w:tbl><w:tblPr>",
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{_SIDES}</w:tblBorders>',
        '<w:tblLayout w:type="fixed"/><w:tblCellMar>',
        f'<w:left w:w="{_CELL_MARGIN}" w:type="dxa"/><w:right w:w="{_CELL_MARGIN}" w:type="dxa"/>',
        "</w:tblCellMar></w:tblPr><w:tblGrid>",
        *(f'<w:gridCol w:w="{each}"/>' for each in widths),
        "</w:tblGrid>",
        _row(grid.heads, widths, head, [False] * len(widths), head=True),
        *(_row(row, widths, plain, grid.right) for row in grid.rows),
    ]
    if grid.totals:
        told.append(_row(grid.totals, widths, plain, grid.right, bold=True))
    told.append("</w:tbl>")
    return "".join(told)


def _row(
    cells: Sequence[str],
    widths: Sequence[int],
    style: str,
    right: Sequence[bool],
    *,
    head: bool = False,
    bold: bool = False,
) -> str:
    told = ["<w:tr><w:trPr><w:cantSplit/>", "<w:tblHeader/>" if head else "", "</w:trPr>"]
    weight = "<w:rPr><w:b/></w:rPr>" if bold else ""
    name = f'<w:pStyle w:val="{escape(style)}"/>' if style else ""
    for words, width, at_right in zip(cells, widths, right, strict=True):
        form = name + ('<w:jc w:val="right"/>' if at_right else "")
        told.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>{form}'
            f'</w:pPr><w:r>{weight}<w:t xml:space="preserve">{text(words)}</w:t></w:r></w:p></w:tc>'
        )
    told.append("</w:tr>")
    return "".join(told)
