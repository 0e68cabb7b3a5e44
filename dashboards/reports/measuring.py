"""How much of its first page a Word file leaves free, reckoned from what the file says of itself.

Nobody can ask Word. What is reckoned wrongly here is so in every template alike: compare two files rather than trust one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from docx.oxml.ns import qn

from dashboards.reports.fitting import SINGLE, lines

EMU, TWENTIETHS = 12_700, 20
"""Of a point."""
A4_DOWN, MARGIN, HEAD = 842.0, 56.7, 35.4
CELL_SIDE = 5.4
"""Left and right of the words in a cell, where nothing else is said."""
_SET_APART = frozenset(map(qn, ("w:drawing", "w:pict", "w:object", "w:del", "w:moveFrom", "w:txbxContent")))


class _Look(msgspec.Struct, frozen=True):
    """What a paragraph, or a run of it, is set in. Lengths in points."""

    size: float = 10.0
    bold: bool = False
    hidden: bool = False
    before: float = 0.0
    after: float = 0.0
    line: float = 240.0
    """Twentieths of a point, or 240 to a line where the rule is `auto`."""
    rule: str = "auto"
    left: float = 0.0
    right: float = 0.0
    first: float = 0.0

    def high(self, size: float) -> float:
        """One line of letters of this size."""
        natural = size * SINGLE
        match self.rule:
            case "exact":
                return self.line / TWENTIETHS
            case "atLeast":
                return max(natural, self.line / TWENTIETHS)
            case _:
                return natural * self.line / 240


def room(document: Any) -> float:
    """Points between the last line before the first section's end and the foot of its first page; below zero: it goes on.

    `document` is python-docx's.
    """
    section, styles = document.sections[0], _Styles(document)
    width = _points(section.page_width, 595.0) - _points(section.left_margin, MARGIN)
    width -= _points(section.right_margin, MARGIN)
    first = section.different_first_page_header_footer
    head = section.first_page_header if first else section.header
    foot = section.first_page_footer if first else section.footer
    top = max(_points(section.top_margin, MARGIN), _edge(section.header_distance, head, width, styles))
    bottom = max(_points(section.bottom_margin, MARGIN), _edge(section.footer_distance, foot, width, styles))
    return _points(section.page_height, A4_DOWN) - top - bottom - _blocks(_leading(document), width, styles)


def _leading(document: Any) -> Iterator[Any]:
    for block in document.element.body:
        yield block
        if block.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
            return


def _edge(distance: Any, part: Any, width: float, styles: "_Styles") -> float:
    """How far a head or a foot reaches into the page."""
    return 0.0 if part.is_linked_to_previous else _points(distance, HEAD) + _blocks(part._element, width, styles)


def _points(length: Any, otherwise: float) -> float:
    return otherwise if length is None else length / EMU


def _blocks(blocks: Iterable[Any], width: float, styles: "_Styles") -> float:
    high = 0.0
    for block in blocks:
        if block.tag == qn("w:p"):
            high += _paragraph(block, width, styles)
        elif block.tag == qn("w:tbl"):
            high += _table(block, width, styles)
        elif block.tag == qn("w:sdt"):
            high += _blocks(block.iterfind(f"{qn('w:sdtContent')}/*"), width, styles)
    return high


def _paragraph(paragraph: Any, width: float, styles: "_Styles") -> float:
    look = styles.of_paragraph(paragraph)
    runs = [(styles.of_run(run, look), _words(run)) for run in _runs(paragraph)]
    shown = [(each, words) for each, words in runs if words and not each.hidden]
    pictures, apart = _pictures(paragraph)
    size = max((each.size for each, _ in shown), default=styles.of_mark(paragraph, look).size)
    bold = bool(shown) and all(each.bold for each, _ in shown)
    inside = max(width - look.left - look.right, 1.0)
    told = "".join(words for _, words in shown).split("\n")
    count = sum(
        lines(words, size, inside, bold=bold, first=look.first if place == 0 else 0) for place, words in enumerate(told)
    )
    high = look.high(size)
    return look.before + count * high + max(0.0, pictures - high) + apart + look.after


def _runs(inside: Any) -> Iterator[Any]:
    for each in inside:
        if each.tag == qn("w:r"):
            yield each
        elif each.tag not in _SET_APART:
            yield from _runs(each)


def _words(run: Any) -> str:
    told = []
    for each in run:
        if each.tag == qn("w:t"):
            told.append(each.text or "")
        elif each.tag in (qn("w:br"), qn("w:cr")):
            told.append("\n")
        elif each.tag == qn("w:tab"):
            told.append("    ")
    return "".join(told)


def _pictures(paragraph: Any) -> tuple[float, float]:
    """The highest one that stands in a line, and all that push the words below them."""
    inline, apart = 0.0, 0.0
    for drawing in paragraph.iter(qn("wp:inline"), qn("wp:anchor")):
        extent = drawing.find(qn("wp:extent"))
        high = int(extent.get("cy") or 0) / EMU if extent is not None else 0.0
        if drawing.tag == qn("wp:inline"):
            inline = max(inline, high)
        elif drawing.find(qn("wp:wrapTopAndBottom")) is not None:
            apart += high
    # As older Words wrote them.
    for shape in paragraph.iter("{urn:schemas-microsoft-com:vml}shape"):
        style = shape.get("style") or ""
        found = re.search(r"(?:^|;)\s*height:([\d.]+)pt", style)
        if found and "position:absolute" not in style:
            inline = max(inline, float(found[1]))
    return inline, apart


def _table(table: Any, width: float, styles: "_Styles") -> float:
    sides = _sides(table.find(f"{qn('w:tblPr')}/{qn('w:tblCellMar')}"), (CELL_SIDE, CELL_SIDE))
    columns = [_twentieths(each, "w:w") for each in table.iterfind(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")]
    return sum(_row(row, columns, sides, width, styles) for row in table.iterfind(qn("w:tr")))


def _row(row: Any, columns: list[float], sides: tuple[float, float], width: float, styles: "_Styles") -> float:
    high, place = 0.0, 0
    for cell in row.iterfind(qn("w:tc")):
        form = cell.find(qn("w:tcPr"))
        span = _number(form, "w:gridSpan", 1)
        across = _twentieths(None if form is None else form.find(qn("w:tcW")), "w:w") or sum(
            columns[place : place + span]
        )
        place += span
        merged = None if form is None else form.find(qn("w:vMerge"))
        if merged is not None and merged.get(qn("w:val")) != "restart":
            continue
        left, right = _sides(None if form is None else form.find(qn("w:tcMar")), sides)
        high = max(high, _blocks(cell, max((across or width) - left - right, 1.0), styles))
    said = row.find(f"{qn('w:trPr')}/{qn('w:trHeight')}")
    if said is not None:
        asked = _twentieths(said, "w:val")
        high = asked if said.get(qn("w:hRule")) == "exact" else max(high, asked)
    return high


def _sides(margins: Any, otherwise: tuple[float, float]) -> tuple[float, float]:
    if margins is None:
        return otherwise
    told = [
        next((each for name in names if (each := margins.find(qn(name))) is not None), None)
        for names in (("w:left", "w:start"), ("w:right", "w:end"))
    ]
    left, right = (
        other if each is None else _twentieths(each, "w:w") for each, other in zip(told, otherwise, strict=True)
    )
    return left, right


def _twentieths(element: Any, name: str) -> float:
    """A length in points; 0: it is not said, or in another measure."""
    said = "" if element is None else element.get(qn(name)) or ""
    return float(said) / TWENTIETHS if re.fullmatch(r"-?\d{1,6}(\.\d+)?", said) else 0.0


def _number(form: Any, name: str, otherwise: int) -> int:
    said = None if form is None else form.find(qn(name))
    value = "" if said is None else said.get(qn("w:val")) or ""
    return min(int(value), 63) if value.isdecimal() and len(value) < 4 else otherwise


class _Styles:
    """What the styles of a document come to, one built upon another."""

    def __init__(self, document: Any) -> None:
        root = document.styles.element
        self._by_id: Mapping[str, Any] = {each.get(qn("w:styleId")): each for each in root.iterfind(qn("w:style"))}
        self._usual = next(
            (
                each
                for each in self._by_id.values()
                if each.get(qn("w:type")) == "paragraph" and each.get(qn("w:default")) in ("1", "true")
            ),
            None,
        )
        base = root.find(qn("w:docDefaults"))
        self._base = _Look()
        if base is not None:
            for kind, name in (("w:pPrDefault", "w:pPr"), ("w:rPrDefault", "w:rPr")):
                self._base = _said(self._base, base.find(f"{qn(kind)}/{qn(name)}"))

    def of_paragraph(self, paragraph: Any) -> _Look:
        form = paragraph.find(qn("w:pPr"))
        name = _named(form, "w:pStyle")
        return _said(self._look(self._by_id.get(name, self._usual)), form)

    def of_mark(self, paragraph: Any, look: _Look) -> _Look:
        return _said(look, paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}"))

    def of_run(self, run: Any, look: _Look) -> _Look:
        form = run.find(qn("w:rPr"))
        style = self._by_id.get(_named(form, "w:rStyle"))
        if style is not None:
            look = _said(look, style.find(qn("w:rPr")))
        return _said(look, form)

    def _look(self, style: Any) -> _Look:
        chain: list[Any] = []
        while style is not None and style not in chain:
            chain.append(style)
            style = self._by_id.get(_named(style, "w:basedOn"))
        look = self._base
        for each in reversed(chain):
            look = _said(_said(look, each.find(qn("w:pPr"))), each.find(qn("w:rPr")))
        return look


def _named(form: Any, name: str) -> str:
    said = None if form is None else form.find(qn(name))
    return "" if said is None else said.get(qn("w:val")) or ""


def _said(look: _Look, form: Any) -> _Look:
    """With what these properties say otherwise."""
    if form is None:
        return look
    more: dict[str, Any] = {}
    size = form.find(qn("w:sz"))
    if size is not None and re.fullmatch(r"\d{1,4}", size.get(qn("w:val")) or ""):
        more["size"] = int(size.get(qn("w:val"))) / 2
    for name, field in (("w:b", "bold"), ("w:vanish", "hidden")):
        found = form.find(qn(name))
        if found is not None:
            more[field] = (found.get(qn("w:val")) or "1") not in ("0", "false", "off")
    spacing, indent = form.find(qn("w:spacing")), form.find(qn("w:ind"))
    if spacing is not None and form.tag == qn("w:pPr"):
        for name, field in (("w:before", "before"), ("w:after", "after")):
            if spacing.get(qn(name)) is not None:
                more[field] = _twentieths(spacing, name)
        if spacing.get(qn("w:line")) is not None:
            more["line"] = _twentieths(spacing, "w:line") * TWENTIETHS
            more["rule"] = spacing.get(qn("w:lineRule")) or "auto"
    if indent is not None:
        for names, field in ((("w:left", "w:start"), "left"), (("w:right", "w:end"), "right")):
            for name in names:
                if indent.get(qn(name)) is not None:
                    more[field] = _twentieths(indent, name)
        if indent.get(qn("w:firstLine")) is not None:
            more["first"] = _twentieths(indent, "w:firstLine")
        if indent.get(qn("w:hanging")) is not None:
            more["first"] = -_twentieths(indent, "w:hanging")
    return msgspec.structs.replace(look, **more)
