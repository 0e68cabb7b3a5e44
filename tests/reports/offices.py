"""Templates as offices make them of the shipped ones: the letterhead grows, in each of the ways in which it does."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import docx
from docx.shared import Mm, Pt
from PIL import Image

from dashboards.reports.form import FormKind
from dashboards.reports.templates.shipped import shipped


def emblem() -> io.BytesIO:
    picture = io.BytesIO()
    Image.new("RGB", (60, 60), "#b00").save(picture, "PNG")
    picture.seek(0)
    return picture


def _with_an_emblem(document: Any) -> None:
    """A picture of 2 cm over the office's name."""
    over = document.tables[0].cell(0, 0).paragraphs[0].insert_paragraph_before()
    over.alignment = 1
    over.add_run().add_picture(emblem(), height=Mm(20))


def _with_an_address(document: Any) -> None:
    """Street, telephone and mail under the office's name."""
    cell = document.tables[0].cell(0, 0)
    for words in ("Số 4 phố Lê Lai, phường Hoàn Kiếm", "Điện thoại: 024 3000 0800", "vanthu@hanoi.example.vn"):
        line = cell.add_paragraph(words)
        line.alignment = 1
        line.runs[0].font.size = Pt(11)


def _in_the_head_of_its_page(document: Any) -> None:
    """A band of 3 cm that belongs to the paper."""
    head = document.sections[0].first_page_header
    head.is_linked_to_previous = False
    head.paragraphs[0].add_run().add_picture(emblem(), height=Mm(30))


def _with_wider_margins(document: Any) -> None:
    """What a binder needs."""
    page = document.sections[0]
    page.top_margin = page.bottom_margin = Mm(25)
    page.left_margin = Mm(35)


def _with_larger_lines(document: Any) -> None:
    """Body text as far apart as an older leader likes to read it."""
    form = document.styles["Thân bài"].paragraph_format
    form.line_spacing, form.space_after = Pt(20), Pt(7)


def _beyond_all_bounds(document: Any) -> None:
    """An emblem as high as a third of the page."""
    over = document.tables[0].cell(0, 0).paragraphs[0].insert_paragraph_before()
    over.add_run().add_picture(emblem(), height=Mm(70))


CHANGES: Mapping[str, Callable[[Any], None]] = {
    "emblem": _with_an_emblem,
    "address": _with_an_address,
    "head": _in_the_head_of_its_page,
    "margins": _with_wider_margins,
    "lines": _with_larger_lines,
    "beyond": _beyond_all_bounds,
}


def office(kind: FormKind, change: str) -> bytes:
    """The shipped template of this form, changed so and saved."""
    document = docx.Document(io.BytesIO(shipped(kind)))
    CHANGES[change](document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
