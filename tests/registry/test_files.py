"""Files from the office come in within bounds, go out inert, and come in again unchanged."""

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import endpoints_registry.samples
from endpoints_registry import exporting, importing, sheets
from endpoints_registry.columns import KINDS
from endpoints_registry.database import Store
from endpoints_registry.planning import Plan
from endpoints_registry.sheets import Unreadable
from endpoints_registry.units import Unit
from tests.registry.cast import DAY, POINTS, UNITS
from tests.toil import worked_s

SAMPLES = Path(next(iter(endpoints_registry.samples.__path__)))


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def imported(store: Store, raw: bytes) -> Plan:
    return await importing.carry_out(store, await sheets.read(raw), DAY)


async def export(store: Store, kinds: Sequence[str], ending: str = "xlsx") -> bytes:
    async with store.reading() as connection:
        found = await importing.existing(connection, DAY)
    if ending == "csv":
        return exporting.as_csv(kinds[0], exporting.lines(found, kinds[0]))
    return exporting.as_xlsx({kind: exporting.lines(found, kind) for kind in kinds})


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
async def test_csv_is_read_as_offices_write_it(separator: str, encoding: str) -> None:
    (read,) = await sheets.read(f"code{separator}name\r\n01{separator}Hà Nội\r\n".encode(encoding))
    assert (read.header, read.rows) == (("code", "name"), (("01", "Hà Nội"),))


async def test_xlsx_is_read_as_excel_writes_it() -> None:
    (read,) = await sheets.read(workbook([["code", "name", "seats"], ["01", "Hà Nội", 120], [None, None, None]]))
    assert (read.header, read.rows) == (("code", "name", "seats"), (("01", "Hà Nội", 120),))


def claims_a_million_rows() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "code"
    book.active["A1048576"] = "x"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


ENTITIES = b'<?xml version="1.0"?>' + b" " * 9_000 + b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook/>'
HOSTILE = {
    "a million rows": (claims_a_million_rows, "quá nhiều dòng"),
    "a bomb": (lambda: packed({"xl/workbook.xml": b"0" * 200_000_000}), "bung ra quá lớn"),
    "entities": (lambda: packed({"xl/workbook.xml": ENTITIES}), "khai báo XML lạ"),
    "macros": (lambda: packed({"xl/workbook.xml": b"<workbook/>", "xl/vbaProject.bin": b"x"}), "macro"),
    "another archive": (lambda: packed({"word/document.xml": b"<document/>"}), "không phải là sổ tính"),
    "no workbook inside": (lambda: packed({"xl/workbook.xml": b"<workbook/>"}), "Không đọc được|hỏng"),
    "half a file": (lambda: workbook([["code"]])[:900], "hỏng"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0" + b"x" * 100, r"\.xls"),
    "a program": (lambda: b"MZ\x90\x00\x03", "CSV"),
    "nothing": (lambda: b"", "rỗng"),
    "too many columns": (lambda: b",".join([b"code"] * 100), "cột"),
    "too many rows": (lambda: b"code\n" + b"1\n" * 60_000, "quá nhiều dòng"),
    "one endless cell": (lambda: b"code\n" + b"x" * 100_000, "một ô"),
    "another alphabet's bytes": (lambda: "code,name\n01,Hà Nội".encode("cp1258", errors="replace"), "UTF-8"),
}


@pytest.mark.parametrize("named", HOSTILE)
async def test_a_hostile_or_broken_file_is_refused_soon_and_in_words(named: str) -> None:
    made, said = HOSTILE[named]
    raw = made()
    began = worked_s()
    with pytest.raises(Unreadable, match=said):
        await sheets.read(raw)
    assert worked_s() - began < 15


async def test_the_same_file_twice_changes_nothing(store: Store) -> None:
    for text in (UNITS, POINTS):
        first = await imported(store, text.encode())
        assert len(first.changes) > 0
    for text in (UNITS, POINTS):
        again = await imported(store, text.encode())
        assert (again.changes, again.faults) == ((), ())


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("kind", ["units", "points"])
async def test_what_goes_out_comes_in_again_unchanged(store: Store, kind: str, ending: str) -> None:
    for text in (UNITS, POINTS):
        await imported(store, text.encode())
    back = await importing.preview(store, await sheets.read(await export(store, [kind], ending)), DAY)
    assert (back.changes, back.faults) == ((), ())
    assert sum(back.unchanged.values()) == {"units": 9, "points": 5}[kind]


async def test_a_whole_workbook_comes_in_again_unchanged_and_fills_an_empty_registry(
    store: Store, tmp_path: Path
) -> None:
    successors = "code,successor_code,on_day\n00004,00008,01/07/2026"
    for text in (UNITS, POINTS, successors):
        await imported(store, text.encode())
    whole = await export(store, list(KINDS))
    back = await imported(store, whole)
    assert (back.changes, back.faults) == ((), ())


async def test_an_edited_workbook_changes_what_was_edited(store: Store) -> None:
    for text in (UNITS, POINTS):
        await imported(store, text.encode())
    book = openpyxl.load_workbook(io.BytesIO(await export(store, ["points"])))
    page = book.worksheets[0]
    headings = {str(cell.value): cell.column for cell in page[1]}
    page.cell(2, headings["Số chỗ ngồi"]).value = 999
    page.cell(2, headings["Điện thoại thư ký"]).value = "0900 000 099"
    page.cell(2, headings["Điện thoại người phụ trách"]).value = None
    out = io.BytesIO()
    book.save(out)
    made = await imported(store, out.getvalue())
    assert [(change.key, set(change.altered)) for change in made.changes] == [("00004-01", {"seats", "contacts"})]
    async with store.reading() as connection:
        found = await importing.existing(connection, DAY)
    assert {c.role: (c.name, c.phone) for c in found.points["00004-01"].contacts} == {
        "operator": ("Phạm Dung", ""),
        "secretary": ("", "0900 000 099"),
    }


async def test_a_file_with_a_fault_imports_nothing_at_all(store: Store) -> None:
    made = await imported(store, (UNITS + "00005,Xã Sai,commune,77777\n").encode())
    assert [(fault.row, fault.column) for fault in made.faults] == [(11, "parent_code")]
    async with store.reading() as connection:
        assert (await importing.existing(connection, DAY)).units == ()


async def test_a_dry_run_tells_the_same_and_imports_nothing(store: Store) -> None:
    read = await sheets.read(UNITS.encode())
    foreseen = await importing.preview(store, read, DAY)
    async with store.reading() as connection:
        assert (await importing.existing(connection, DAY)).units == ()
    assert await importing.carry_out(store, read, DAY) == foreseen


async def test_eleven_thousand_units_come_in_within_seconds_and_say_how_far_they_are(store: Store) -> None:
    raw = (SAMPLES / "vietnam-2023.csv").read_bytes()
    told: list[tuple[int, int]] = []
    began = worked_s()
    made = await importing.carry_out(store, await sheets.read(raw), DAY, lambda done, total: told.append((done, total)))
    # Under a second is usual.
    assert worked_s() - began < 30
    assert made.count("units", new=True) == 11_366
    assert told[0] == (0, 11_366)
    assert told[-1] == (11_366, 11_366)
    assert told == sorted(told)
    again = await importing.carry_out(store, await sheets.read(raw), DAY)
    assert (again.changes, again.unchanged) == ((), {"units": 11_366})


async def test_the_demos_766_points_come_in_from_their_sample(store: Store) -> None:
    units = await imported(store, (SAMPLES / "hanoi-2023-units.csv").read_bytes())
    points = await imported(store, (SAMPLES / "hanoi-2023-points.csv").read_bytes())
    assert (units.faults, points.faults) == ((), ())
    assert points.count("points", new=True) == 766
    whole = await export(store, ["units", "points"])
    back = await importing.preview(store, await sheets.read(whole), DAY)
    assert (back.changes, back.faults) == ((), ())


async def test_a_reorganisation_comes_in_over_the_years_before_it(store: Store) -> None:
    await imported(store, (SAMPLES / "hanoi-2023.csv").read_bytes())
    with (SAMPLES / "hanoi-2025.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [[*row, "valid_from" if n == 0 else "01/07/2025"] for n, row in enumerate(csv.reader(file))]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    made = await imported(store, out.getvalue().encode())
    assert made.faults == ()
    async with store.reading() as connection:
        found = await importing.existing(connection, DAY)
    meant = {unit.valid_from.year: unit.name for unit in found.units if unit.code == "00004"}
    assert meant == {1900: "Phường Trúc Bạch", 2025: "Phường Ba Đình"}
    assert (await imported(store, out.getvalue().encode())).changes == ()


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co")), min_size=1, max_size=20)
RISKY = st.builds(lambda sign, rest: sign + rest, st.sampled_from(["=", "+", "-", "@", "'", "'="]), NAMES)


@settings(suppress_health_check=list(HealthCheck))
@given(st.one_of(NAMES, RISKY))
async def test_any_name_survives_csv_and_none_of_them_is_a_formula(name: str) -> None:
    kept = KINDS["units"][1].read(name)
    assert isinstance(kept, str)
    raw = exporting.as_csv("units", [{"code": "01", "name": kept, "level": "Xã"}])
    cells = next(csv.reader(io.StringIO(raw.decode("utf-8-sig").split("\r\n", 1)[1], newline="")))
    assert cells[1][:1] not in ("=", "+", "-", "@")
    (back,) = await sheets.read(raw)
    assert back.rows[0][1] == kept


async def test_names_that_look_like_formulas_stay_text_in_excel(store: Store) -> None:
    rows = [
        {"code": f"0{n}", "name": name, "level": "Thành phố"}
        for n, name in enumerate(['=HYPERLINK("http://x")', "+84", "-1", "@x", "<b>& Sons", "http://x", "x" * 300])
    ]
    raw = exporting.as_xlsx({"units": rows})
    page = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    for row, cells in zip(rows, page.iter_rows(min_row=2), strict=True):
        assert (cells[1].value, cells[1].data_type, cells[1].hyperlink) == (row["name"], "s", None)
    made = await imported(store, raw)
    assert [change.after.name for change in made.changes if isinstance(change.after, Unit)] == [r["name"] for r in rows]


async def test_the_template_is_filled_in_and_comes_in(store: Store) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exporting.template(["units", "points"])))
    assert book.sheetnames == ["Đơn vị", "Điểm cầu", "Hướng dẫn"]
    for page, kind in zip(book.worksheets, ("units", "points"), strict=False):
        assert [cell.value for cell in page[1]] == [column.heading for column in KINDS[kind]]
        # Codes and phones are typed into cells that keep their zeros.
        page.append([column.example or None for column in KINDS[kind]])
    for cell in book.worksheets[0][2]:
        if cell.value == "001":
            cell.value = None
    out = io.BytesIO()
    book.save(out)
    made = await imported(store, out.getvalue())
    assert made.faults == ()
    assert [change.key for change in made.changes] == ["00004", "00004-01"]
