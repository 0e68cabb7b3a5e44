"""Reports as other programs have them: raw XML, openpyxl, pypdfium2; never what wrote them."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2
from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Line(NamedTuple):
    """A paragraph: its words, the size in points, weight, slant and place of its first run."""

    text: str
    size: float
    bold: bool
    italic: bool
    align: str
    cell: int | None
    """Column of the table in which it stands; None: in none."""


def part(docx: bytes, name: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return etree.fromstring(archive.read(name))


def lines(docx: bytes) -> list[Line]:
    """Every paragraph of the body, in order, with what its style says where it says nothing itself."""
    styles = {style.get(f"{W}styleId"): style for style in part(docx, "word/styles.xml").iter(f"{W}style")}
    return [line(paragraph, styles) for paragraph in part(docx).iter(f"{W}p")]


def line(paragraph: etree._Element, styles: dict[str | None, etree._Element]) -> Line:
    named = paragraph.find(f"{W}pPr/{W}pStyle")
    chain = list(_chain(styles, named.get(f"{W}val") if named is not None else "Normal"))
    run = next((each for each in paragraph.iter(f"{W}r") if each.find(f"{W}t") is not None), None)
    own = [run.find(f"{W}rPr")] if run is not None else []
    forms = [form for form in (*own, *(style.find(f"{W}rPr") for style in chain)) if form is not None]
    aligns = [paragraph.find(f"{W}pPr/{W}jc"), *(style.find(f"{W}pPr/{W}jc") for style in chain)]
    return Line(
        text="".join(word.text or "" for word in paragraph.iter(f"{W}t")),
        size=float(_first(forms, "sz") or 0) / 2,
        bold=_on(forms, "b"),
        italic=_on(forms, "i"),
        align=next((found.get(f"{W}val") or "" for found in aligns if found is not None), ""),
        cell=_cell(paragraph),
    )


def _chain(styles: dict[str | None, etree._Element], name: str | None) -> Iterator[etree._Element]:
    while name in styles:
        yield styles[name]
        based = styles[name].find(f"{W}basedOn")
        name = based.get(f"{W}val") if based is not None else None


def _first(forms: list[etree._Element], tag: str) -> str | None:
    return next((found.get(f"{W}val") for form in forms if (found := form.find(f"{W}{tag}")) is not None), None)


def _on(forms: list[etree._Element], tag: str) -> bool:
    found = next((found for form in forms if (found := form.find(f"{W}{tag}")) is not None), None)
    return found is not None and found.get(f"{W}val") not in ("0", "false")


def _cell(paragraph: etree._Element) -> int | None:
    cell = paragraph.getparent()
    if cell is None or cell.tag != f"{W}tc":
        return None
    row = cell.getparent()
    return None if row is None else row.findall(f"{W}tc").index(cell)


def words(docx: bytes) -> str:
    return "\n".join(each.text for each in lines(docx))


def pages(pdf: bytes) -> list[str]:
    """The words of each page; where a long word was allowed to break, it is whole again."""
    document = pypdfium2.PdfDocument(pdf)
    found = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return [re.sub(r"\s+", " ", re.sub(r"\u200b(?:\r\n)?|\ufffe", "", text)) for text in found]


def spot(pdf: bytes, text: str, page: int = 0) -> tuple[float, float]:
    """How far the first letter of these words stands from the left and the top of a page, in millimetres."""
    document = pypdfium2.PdfDocument(pdf)
    sheet = document[page]
    plain = sheet.get_textpage()
    place = plain.get_text_range().index(text)
    left, _, _, top = plain.get_charbox(place)
    height = sheet.get_height()
    document.close()
    return left / 72 * 25.4, (height - top) / 72 * 25.4
