"""Makes the two shipped Word templates. An office edits the .docx itself; run this after a change of the rules only:

    python -m dashboards.reports.templates.make

Party: Hướng dẫn 36-HD/VPTW, 3/4/2018. State: Nghị định 30/2020/NĐ-CP, Phụ lục I. Both: A4, top and bottom 20 mm, left
30 mm, right 15 mm; page numbers in the middle of the head, from the second page on.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from dashboards.reports.form import FormKind
from dashboards.reports.packing import packed

HERE = Path(__file__).parent
FACE = "Times New Roman"
CENTRE, BOTH, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.LEFT
WIDTH_MM = 165
LEFT_MM = {FormKind.PARTY: 77, FormKind.STATE: 68}
"""Of the head's two columns; ĐẢNG CỘNG SẢN VIỆT NAM at 15 pt is 73 mm wide, the State's name at 13 pt 96 mm."""


def main() -> None:
    for kind in FormKind:
        (HERE / f"{kind.value}.docx").write_bytes(made(kind))


def made(kind: FormKind) -> bytes:
    document = docx.Document()
    _emptied(document)
    _styled(document)
    page = document.sections[0]
    _sized(page, Mm(210), Mm(297))
    page.different_first_page_header_footer = True
    _numbered(page)
    if kind is FormKind.PARTY:
        _party_head(document)
    else:
        _state_head(document)
    _line(document, "{{p noi_dung }}", style="Thân bài")
    _signed(document, kind)
    attached = document.add_section(WD_SECTION.NEW_PAGE)
    _no_higher(document.paragraphs[-1], 1)
    _sized(attached, Mm(297), Mm(210))
    attached.orientation = WD_ORIENT.LANDSCAPE
    attached.different_first_page_header_footer = False
    attached.header.is_linked_to_previous = True
    _line(document, "{{p phu_luc }}", style="Thân bài")
    _line(document, "{{ ma_kiem_tra }}", style="Ghi chú")
    core = document.core_properties
    core.author = core.last_modified_by = core.comments = core.title = core.subject = core.keywords = ""
    core.created = core.modified = datetime(2026, 1, 1, tzinfo=UTC)
    core.language = "vi-VN"
    out = BytesIO()
    document.save(out)
    return packed(out.getvalue())


# --- what all pages share


def _emptied(document: Any) -> None:
    for each in list(document.element.body):
        if each.tag != qn("w:sectPr"):
            document.element.body.remove(each)


def _styled(document: Any) -> None:
    """The styles that the report's own paragraphs take: whoever changes them in Word changes the report."""
    normal = document.styles["Normal"]
    _faced(normal, 14)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    for name, size, bold, italic, align, before, after, first_mm in (
        ("Thân bài", 14, False, False, BOTH, 0, 6, 10),
        ("Đề mục", 14, True, False, BOTH, 0, 6, 10),
        ("Đầu bảng", 12, True, False, CENTRE, 1, 1, 0),
        ("Chữ trong bảng", 12, False, False, LEFT, 1, 1, 0),
        ("Đầu bảng nhỏ", 10.5, True, False, CENTRE, 0.5, 0.5, 0),
        ("Chữ trong bảng nhỏ", 10.5, False, False, LEFT, 0.5, 0.5, 0),
        ("Đầu bảng phụ lục", 9, True, False, CENTRE, 0, 0, 0),
        ("Chữ trong phụ lục", 10, False, False, LEFT, 0.75, 0.75, 0),
        ("Phụ lục", 14, True, False, CENTRE, 0, 0, 0),
        ("Tên phụ lục", 14, True, False, CENTRE, 0, 2, 0),
        ("Kèm theo", 13, False, True, CENTRE, 0, 4, 0),
        ("Ghi chú", 10, False, True, LEFT, 2, 4, 0),
    ):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        _faced(style, size)
        style.font.bold, style.font.italic = bold, italic
        form = style.paragraph_format
        form.alignment = align
        form.space_before, form.space_after = Pt(before), Pt(after)
        form.first_line_indent = Mm(first_mm)
        if name in ("Thân bài", "Đề mục"):
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(18)
            form.widow_control = True
        form.keep_with_next = name in ("Đề mục", "Phụ lục", "Tên phụ lục", "Kèm theo")


def _faced(style: Any, size: float) -> None:
    style.font.name, style.font.size = FACE, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FACE)


def _sized(section: Any, width: Any, height: Any) -> None:
    section.page_width, section.page_height = width, height
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = (Mm(30), Mm(15)) if width < height else (Mm(20), Mm(15))
    section.header_distance = Mm(10)


def _numbered(section: Any) -> None:
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = CENTRE
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        run.font.size = Pt(14)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._r.append(mark)


def _no_higher(paragraph: Any, points: float) -> None:
    """A paragraph that must be there and that nobody sees: as high as said, so that it opens no page of its own."""
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(points)


# --- heads


def _party_head(document: Any) -> None:
    table = _columns(document, 1, FormKind.PARTY)
    left, right = table.rows[0].cells
    _cell(left, "{{ co_quan_cap_tren }}", 14)
    _cell(left, "{{ co_quan }}", 14, bold=True)
    _cell(left, "*", 14)
    _cell(left, "{{ so_ky_hieu }}", 14)
    _cell(right, "ĐẢNG CỘNG SẢN VIỆT NAM", 15, bold=True)
    _ruled(right, WIDTH_MM - LEFT_MM[FormKind.PARTY], 73)
    dated = _cell(right, "{{ dia_danh_ngay }}", 14, italic=True)
    dated.paragraph_format.space_before = Pt(6)
    _titled(document, 16, 14, "-----")


def _state_head(document: Any) -> None:
    table = _columns(document, 2, FormKind.STATE)
    left, right = table.rows[0].cells
    _cell(left, "{%p if co_quan_cap_tren %}", 13)
    _cell(left, "{{ co_quan_cap_tren }}", 13)
    _cell(left, "{%p endif %}", 13)
    _cell(left, "{{ co_quan }}", 13, bold=True)
    _ruled(left, LEFT_MM[FormKind.STATE], 26)
    _cell(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13, bold=True)
    _cell(right, "Độc lập - Tự do - Hạnh phúc", 14, bold=True)
    _ruled(right, WIDTH_MM - LEFT_MM[FormKind.STATE], 61)
    left, right = table.rows[1].cells
    for cell, words, italic, size in ((left, "{{ so_ky_hieu }}", False, 13), (right, "{{ dia_danh_ngay }}", True, 14)):
        _cell(cell, words, size, italic=italic).paragraph_format.space_before = Pt(6)
    _titled(document, 14, 14, "")


def _columns(document: Any, rows: int, kind: FormKind) -> Any:
    """A table without lines, its two columns as wide as the page."""
    widths = (LEFT_MM[kind], WIDTH_MM - LEFT_MM[kind])
    table = document.add_table(rows, 2)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
            margins = OxmlElement("w:tcMar")
            for side in ("left", "right"):
                margin = OxmlElement(f"w:{side}")
                margin.set(qn("w:w"), "0")
                margin.set(qn("w:type"), "dxa")
                margins.append(margin)
            cell._tc.get_or_add_tcPr().append(margins)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _cell(cell: Any, words: str, size: float, *, bold: bool = False, italic: bool = False, align: Any = CENTRE) -> Any:
    """A further paragraph of a cell."""
    first = cell.paragraphs[0]
    paragraph = cell.add_paragraph() if first.runs else first
    paragraph.alignment = align
    run = paragraph.add_run(words)
    run.font.size, run.font.bold, run.font.italic = Pt(size), bold, italic
    return paragraph


def _titled(document: Any, size: float, about: float, after: str) -> None:
    _line(document, "BÁO CÁO", size=size, bold=True, before=12)
    told = _line(document, "{{ trich_yeu }}", size=about, bold=True)
    told.paragraph_format.left_indent = told.paragraph_format.right_indent = Mm(18)
    if after:
        _line(document, after, size=14, bold=True, after=6)
    else:
        _ruled(document, WIDTH_MM, 50).paragraph_format.space_after = Pt(10)


def _line(
    document: Any,
    words: str,
    *,
    style: str = "Normal",
    size: float = 0,
    bold: bool = False,
    before: float = 0,
    after: float = 0,
) -> Any:
    paragraph = document.add_paragraph(style=style)
    run = paragraph.add_run(words)
    if size:
        paragraph.alignment = CENTRE
        run.font.size, run.font.bold = Pt(size), bold
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
    return paragraph


def _underlined(paragraph: Any, indent_mm: float) -> None:
    """A line under a paragraph, so far from both sides."""
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(indent_mm)
    edges = OxmlElement("w:pBdr")
    edge = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "auto")):
        edge.set(qn(f"w:{name}"), value)
    edges.append(edge)
    form = paragraph._p.get_or_add_pPr()
    after = [form.find(qn(name)) for name in ("w:spacing", "w:ind", "w:jc")]
    place = next((found for found in after if found is not None), None)
    if place is None:
        form.append(edges)
    else:
        place.addprevious(edges)


def _ruled(inside: Any, width_mm: float, long_mm: float) -> Any:
    """A short line of its own, in the middle."""
    paragraph = inside.add_paragraph()
    paragraph.alignment = CENTRE
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(3)
    _underlined(paragraph, (width_mm - long_mm) / 2)
    return paragraph


# --- the end


def _signed(document: Any, kind: FormKind) -> None:
    """Recipients at the left, whoever signs at the right."""
    party = kind is FormKind.PARTY
    table = _columns(document, 1, kind)
    _kept_whole(table.rows)
    left, right = table.rows[0].cells
    head = _cell(left, "Nơi nhận:", 14 if party else 12, bold=not party, italic=not party, align=LEFT)
    head.paragraph_format.space_before = Pt(6)
    head.runs[0].font.underline = party
    for words in ("{%p for noi in noi_nhan %}", "- {{ noi }}", "{%p endfor %}"):
        _cell(left, words, 12 if party else 11, align=LEFT)
    _cell(right, "{%p if quyen_han %}", 14)
    _cell(right, "{{ quyen_han }}", 14, bold=True).paragraph_format.space_before = Pt(6)
    _cell(right, "{%p endif %}", 14)
    # The Party writes the office plain where it stands under on whose behalf it signs.
    if party:
        _cell(right, "{%p if quyen_han %}", 14)
        _cell(right, "{{ chuc_vu }}", 14)
        _cell(right, "{%p else %}", 14)
    office = _cell(right, "{{ chuc_vu }}", 14, bold=True)
    if party:
        office.paragraph_format.space_before = Pt(6)
        _cell(right, "{%p endif %}", 14)
    _cell(right, "{{ nguoi_ky }}", 14, bold=True).paragraph_format.space_before = Pt(42)


def _kept_whole(rows: Iterable[Any]) -> None:
    """Nobody signs on two pages."""
    for row in rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)


if __name__ == "__main__":
    main()
