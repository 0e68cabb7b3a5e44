"""Whether a Word file is a template that we can fill, and dare to: told before it is kept, field by field."""

import io
import re
import zipfile
from collections.abc import Iterator

from docxtpl import DocxTemplate
from jinja2 import Environment, TemplateSyntaxError, nodes

from dashboards.reports.fields import KNOWN, NEEDED

FILE_BYTES = 2_000_000
UNPACKED_BYTES = 20_000_000
PARTS = 300
FAULTS = 20
"""So many are told at once."""

_PLAIN = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.For,
    nodes.If,
    nodes.Const,
    nodes.Not,
    nodes.And,
    nodes.Or,
)
"""All that a template may be made of: names, loops, conditions. No attribute, no call, no filter: nothing to reach through."""
_ACTIVE = re.compile(
    r"vbaproject|activex|\.bin$|oleobject|embeddings/|afchunk|\.(?:exe|js|vbs|dll|html?|mht)$", re.IGNORECASE
)
_LIVE_FIELDS = re.compile(
    r"\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|DATABASE|MACROBUTTON|LINK|EMBED)\b", re.IGNORECASE
)


def check(raw: bytes) -> tuple[str, ...]:
    """What is wrong with it, each in a sentence; nothing: it can be used. Ask in a process with limits: strangers sent it."""
    try:
        faults = _unsafe(raw)
        return tuple(faults or _wrong_fields(raw))[:FAULTS]
    except TemplateSyntaxError as wrong:
        return (f"Một trường viết sai cú pháp: {str(wrong.message)[:200]}; hãy xem các dấu {{{{ }}}} và {{% %}}.",)
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        SyntaxError,
        AttributeError,
        NotImplementedError,
        OSError,
        EOFError,
    ):
        return ("Không đọc được tệp; hãy lưu lại bằng Word dưới dạng .docx.",)


def _unsafe(raw: bytes) -> list[str]:
    if len(raw) > FILE_BYTES:
        return [f"Tệp lớn {len(raw) / 1e6:.1f} MB; mẫu báo cáo tối đa {FILE_BYTES // 1_000_000} MB."]
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        return ["Tệp Word kiểu cũ (.doc) hoặc có mật khẩu; hãy lưu lại dưới dạng .docx không mật khẩu."]
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        entries = archive.infolist()
        if len(entries) > PARTS:
            return [f"Tệp có {len(entries)} phần bên trong; tối đa {PARTS}."]
        left = UNPACKED_BYTES
        faults = []
        for entry in entries:
            if _ACTIVE.search(entry.filename):
                faults.append(
                    f"Tệp chứa phần chạy được hoặc nhúng ({entry.filename[-60:]}); hãy bỏ macro và đối tượng nhúng."
                )
                continue
            with archive.open(entry) as part:
                # What it says of its own size is a stranger's word.
                content = part.read(left + 1)
            left -= len(content)
            if left < 0:
                return [f"Tệp giải nén ra quá {UNPACKED_BYTES // 1_000_000} MB."]
            faults += _unsafe_part(entry.filename, content)
    return faults


def _unsafe_part(name: str, content: bytes) -> Iterator[str]:
    if not name.lower().endswith((".xml", ".rels")):
        return
    words = content.decode("utf-8", "replace")
    if "\x00" in words or "<!DOCTYPE" in words or "<!ENTITY" in words:
        yield f"Phần {name[-60:]} không phải XML của Word."
    if name == "[Content_Types].xml" and "macroEnabled" in words:
        yield "Tệp có macro; hãy lưu lại dưới dạng .docx thường."
    if name.endswith(".rels"):
        for found in re.finditer(r"<Relationship\b[^>]*>", words):
            if re.search(r"TargetMode\s*=\s*[\"']External", found[0]) and not re.search(r"/hyperlink[\"']", found[0]):
                yield "Tệp lấy nội dung từ nơi khác (liên kết ngoài); hãy chèn thẳng nội dung vào tệp."
    elif _LIVE_FIELDS.search("".join(re.findall(r"<w:instrText[^>]*>([^<]*)", words))) or any(
        _LIVE_FIELDS.search(found) for found in re.findall(r"w:instr=\"([^\"]*)", words)
    ):
        yield "Tệp có trường tự lấy nội dung (DDE, INCLUDETEXT ...); hãy bỏ các trường đó."


def _wrong_fields(raw: bytes) -> list[str]:
    faults: list[str] = []
    used: set[str] = set()
    for source in sources(DocxTemplate(io.BytesIO(raw))):
        tree = Environment(autoescape=True).parse(source)
        faults += _outside(tree)
        stored = {each.name for each in tree.find_all(nodes.Name) if each.ctx == "store"}
        used |= {each.name for each in tree.find_all(nodes.Name) if each.ctx == "load"} - stored
    faults += [
        f"Trường {{{{ {name[:60]} }}}} không có trong báo cáo; hãy bỏ hoặc sửa tên." for name in sorted(used - KNOWN)
    ]
    faults += [f"Thiếu trường {{{{ {name} }}}} ({NEEDED[name]})." for name in NEEDED if name not in used]
    return faults


def _outside(tree: nodes.Template) -> Iterator[str]:
    """Whatever is more than names, loops and conditions."""
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _PLAIN):
            kind = type(node).__name__
            yield f"Mẫu chỉ được dùng tên trường, {{% if %}} và {{% for %}}; hãy bỏ {KINDS.get(kind, kind)}."
        elif isinstance(node, nodes.For):
            if not isinstance(node.iter, nodes.Name) or node.recursive:
                yield "Vòng lặp chỉ được đi qua một trường, như {% for noi in noi_nhan %}."
            elif any(True for part in node.body for _ in part.find_all(nodes.For)) or any(
                isinstance(part, nodes.For) for part in node.body
            ):
                yield "Vòng lặp không được nằm trong vòng lặp khác."


KINDS = {
    "Getattr": "dấu chấm sau tên trường",
    "Getitem": "dấu ngoặc vuông sau tên trường",
    "Call": "lời gọi hàm",
    "Filter": "dấu |",
}


def sources(template: DocxTemplate) -> Iterator[str]:
    """The words of a template, part by part, as they will be filled."""
    template.render_init()
    yield template.patch_xml(template.get_xml())
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for _, part in template.get_headers_footers(uri):
            yield template.patch_xml(template.get_part_xml(part))
    for part in template.docx.part.package.parts:
        if part.content_type.endswith(".footnotes+xml"):
            yield template.patch_xml(part.blob.decode("utf-8"))
