"""A report as a Word file, set into the template of its office."""

import io
from datetime import datetime
from typing import Any, cast

import msgspec
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from bridge.rules.hours import HANOI
from dashboards.reports import word
from dashboards.reports.document import Document, document
from dashboards.reports.fields import filled
from dashboards.reports.figures import Figures
from dashboards.reports.fitting import fitted
from dashboards.reports.form import Form
from dashboards.reports.measuring import room
from dashboards.reports.packing import packed
from dashboards.reports.templates.shipped import shipped


def write(figures: Figures, form: Form, template: bytes | None = None) -> bytes:
    """The file: the same bytes for the same figures, form and template.

    `template` has passed `template.check`; None: the shipped one.
    """
    return write_out(figures, form, template, paged(figures, form, template))


def paged(figures: Figures, form: Form, template: bytes | None) -> Document:
    """The document as closely set as this template needs it, so that its leader's page stays one."""
    told = document(figures, form)
    if template is None or template == shipped(form.kind):
        return fitted(told)

    def beyond(each: Document) -> float:
        # Without the appendices: they begin a page of their own.
        leading = msgspec.structs.replace(each, appendices=())
        ours, theirs = (room(_filled(figures, leading, raw).docx) for raw in (shipped(form.kind), template))
        return ours - theirs

    return fitted(told, beyond)


def write_out(figures: Figures, form: Form, template: bytes | None, told: Document) -> bytes:
    """The file of a document that `paged` has set."""
    filling = _filled(figures, told, template if template is not None else shipped(form.kind))
    properties = filling.docx.core_properties
    properties.title, properties.author = told.about[:255], form.called[:255]
    at = datetime.fromtimestamp(figures.settled_ms // 1000, HANOI).replace(tzinfo=None)
    properties.created = properties.modified = at
    properties.last_modified_by, properties.revision = "", 1
    out = io.BytesIO()
    filling.save(out)
    return packed(out.getvalue())


def _filled(figures: Figures, told: Document, template: bytes) -> DocxTemplate:
    filling = DocxTemplate(io.BytesIO(template))
    filling.init_docx()
    first, last = filling.docx.sections[0], filling.docx.sections[-1]
    styles = {style.name: style.style_id for style in filling.docx.styles}
    properties = filling.docx.core_properties
    # docxtpl fills these as templates too.
    properties.author = properties.comments = properties.identifier = properties.subject = properties.title = ""
    properties.language = "vi-VN"
    context: dict[str, object] = {
        name: [_plain(each) for each in said] if isinstance(said, list) else _plain(said)
        for name, said in filled(figures, told).items()
    }

    def style(name: str) -> str:
        return cast("str", styles.get(name, ""))

    context["noi_dung"] = Markup(word.body(told, style, _width(first)))
    context["phu_luc"] = Markup(word.appendices(told.appendices, style, _width(last)))
    filling.render(context, ImmutableSandboxedEnvironment(undefined=StrictUndefined), autoescape=True)
    return filling


def _plain(words: str) -> Markup:
    return Markup(word.text(words))


def _width(section: Any) -> int:
    """Of a page's text, in twentieths of a point."""
    return int(section.page_width - section.left_margin - section.right_margin) // 635
