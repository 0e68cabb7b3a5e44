"""The registry as files: in, out, in again; with a preview, and with every error by its row and column."""

import csv
from pathlib import Path

import openpyxl
import pytest

import endpoints_registry.samples
from tests.cli.terminal import bridge

SAMPLES = Path(next(iter(endpoints_registry.samples.__path__)))
UNITS = "code,name,level,parent_code\n01,Thành phố Hà Nội,city,\n001,Quận Ba Đình,district,01\n00004,Phường Trúc Bạch,ward,001\n"
POINTS = "code,unit_code,name,seats\n00004-01,00004,Nhà văn hóa Trúc Bạch,120\n"


def written(name: str, text: str) -> Path:
    file = Path(name)
    file.write_text(text)
    return file


def test_the_whole_country_comes_in_and_the_second_time_nothing_changes() -> None:
    first = bridge("registry", "import", SAMPLES / "vietnam-2023.csv")
    again = bridge("registry", "import", SAMPLES / "vietnam-2023.csv")
    assert (first.status, again.status) == (0, 0)
    assert first.lines == ["Đã nhập:", "  Đơn vị: 11.366 mới, 0 thay đổi, 0 giữ nguyên"]
    assert again.lines == ["Đã nhập:", "  Đơn vị: 0 mới, 0 thay đổi, 11.366 giữ nguyên"]
    # Not at a terminal: lines that can be read later, none of a bar's letters.
    assert first.err.splitlines()[-1] == "Đang nhập: 11.366/11.366"
    assert "\r" not in first.err
    assert "\x1b" not in first.err


def test_a_dry_run_shows_what_would_change_and_changes_nothing() -> None:
    bridge("registry", "import", written("units.csv", UNITS))
    changed = written(
        "changed.csv", UNITS.replace("Phường Trúc Bạch", "Phường Trúc Bạch mới") + "006,Quận Đống Đa,district,01\n"
    )
    for _ in range(2):
        told = bridge("registry", "import", changed, "--dry-run")
        assert told.status == 0
        assert told.lines == [
            "~ Đơn vị 00004 Phường Trúc Bạch mới",
            "    Tên đơn vị: Phường Trúc Bạch → Phường Trúc Bạch mới",
            "+ Đơn vị 006 Quận Đống Đa",
            "Xem trước, chưa nhập gì:",
            "  Đơn vị: 1 mới, 1 thay đổi, 2 giữ nguyên",
        ]


def test_a_preview_of_a_whole_country_stays_readable() -> None:
    told = bridge("registry", "import", SAMPLES / "hanoi-2023.csv", "--dry-run")
    assert told.lines[-3:] == [
        "… và 570 thay đổi nữa.",
        "Xem trước, chưa nhập gì:",
        "  Đơn vị: 610 mới, 0 thay đổi, 0 giữ nguyên",
    ]


@pytest.mark.parametrize("name", ["out.xlsx", "out.csv", "OUT.XLSX"])
def test_what_goes_out_comes_in_again_unchanged(name: str) -> None:
    bridge("registry", "import", written("units.csv", UNITS))
    bridge("registry", "import", written("points.csv", POINTS))
    out = bridge("registry", "export", name)
    again = bridge("registry", "import", name)
    assert (out.status, again.status) == (0, 0)
    assert "Đơn vị: 0 mới, 0 thay đổi, 3 giữ nguyên" in again.out


def test_a_csv_file_holds_the_table_that_was_asked_for() -> None:
    bridge("registry", "import", written("units.csv", UNITS))
    bridge("registry", "import", written("points.csv", POINTS))
    assert bridge("registry", "export", "out.csv", "--kind", "points").status == 0
    assert "Điểm cầu: 0 mới, 0 thay đổi, 1 giữ nguyên" in bridge("registry", "import", "out.csv").out
    with Path("out.csv").open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert (row["Mã điểm cầu"], row["Số chỗ ngồi"]) == ("00004-01", "120")


def test_a_template_names_every_table_and_imports_as_nothing() -> None:
    assert bridge("registry", "template", "mau.xlsx").status == 0
    assert openpyxl.load_workbook("mau.xlsx").sheetnames == [
        "Đơn vị",
        "Đơn vị kế tiếp",
        "Điểm cầu",
        "Số triệu tập",
        "Hướng dẫn",
    ]
    told = bridge("registry", "import", "mau.xlsx")
    assert told.status == 0
    assert "không có dòng nào" in told.out


@pytest.mark.parametrize("command", ["export", "template"])
def test_a_name_that_says_no_kind_of_file_is_a_wrong_call(command: str) -> None:
    told = bridge("registry", command, "out.pdf")
    assert told.status == 2
    assert ".xlsx or .csv" in told.err


FAULTY: dict[str, list[list[object]]] = {
    "Đơn vị": [
        ["Mã đơn vị", "Tên đơn vị", "Cấp", "Mã đơn vị cấp trên", "Có từ ngày", "Đến hết ngày", "Cột lạ"],
        ["01", "Thành phố Hà Nội", "city"],
        [271, "Huyện Ba Vì", "district", "01"],
        ["00 04", "Phường Trúc Bạch", "ward", "01"],
        ["00005", None, "ward", "01"],
        ["00006", "X" * 301, "ward", "01"],
        ["00007", "Làng Vân", "làng", "01"],
        ["00008", "Phường Cống Vị", "ward", "01", "31/02/2025"],
        ["00009", "Phường Liễu Giai", "ward", "01", "01/07/2025", "30/06/2024"],
        ["00010", "Phường Nguyễn Trung Trực", "ward", "99999"],
        ["00011", "Phường A", "ward", "00012"],
        ["00012", "Phường B", "ward", "00011"],
        ["01", "Thành phố Hà Nội", "city"],
        ["C-01", "Cụm số 1", "ward", "01"],
        ["00013", "Phường C", "ward", "01", None, None, None, "thừa"],
        ["00014", "Phường G", "ward", "01"],
        ["00015", "Phường H", "ward", "01"],
    ],
    "Đơn vị kế tiếp": [
        ["Mã đơn vị cũ", "Mã đơn vị mới", "Kể từ ngày"],
        ["77777", "01", "01/07/2025"],
        ["00014", "88888", "01/07/2025"],
        ["00015", "00015", "01/07/2025"],
        ["77777", "01", "01/07/2025"],
    ],
    "Điểm cầu": [
        [
            "Mã điểm cầu",
            "Mã đơn vị",
            "Tên điểm cầu",
            "Loại",
            "Số chỗ ngồi",
            "Hình thức tiếp nhận",
            "Điện thoại chủ trì",
        ],
        [None, None, "Hội trường không mã"],
        ["01", None, "Hội trường mã cụt"],
        ["01-01", "001", "Hội trường lệch mã"],
        ["01-02", None, "Hội trường hai"],
        ["01-02", None, "Hội trường hai"],
        ["55555-01", None, "Hội trường ở đâu"],
        ["01-03", None, "Hội trường ba", "rạp hát"],
        ["01-04", None, "Hội trường bốn", None, "-5"],
        ["01-05", None, "Hội trường năm", None, 999999],
        ["01-06", None, "Hội trường sáu", None, None, "bồ câu"],
        ["01-07", None, "Hội trường bảy", None, None, None, 900000001],
        ["01-08", None, "Hội trường tám", None, None, None, "gọi tôi"],
    ],
    "Số triệu tập": [
        ["Mã hội nghị", "Buổi", "Mã điểm cầu", "Số triệu tập"],
        ["khong-co", "2026-03-07-am", "01-02", 64],
    ],
    "Hai tên": [["code", "name", "level", "Tên đơn vị"], ["00020", "Phường E", "ward", "Phường E"]],
    "Thiếu cột": [["Tên đơn vị", "Cấp"], ["Phường D", "ward"]],
    "Ghi chú": [["Việc", "Người"], ["in giấy", "An"]],
}
FAULTS = {
    "Đơn vị": [
        (1, "Cột lạ", "Không nhận ra cột này"),
        (3, "Mã đơn vị", "mất số 0 ở đầu"),
        (4, "Mã đơn vị", "«00 04» không phải mã"),
        (5, "Tên đơn vị", "không được để trống"),
        (6, "Tên đơn vị", "dài 301 ký tự, tối đa 300"),
        (7, "Cấp", "«làng» không có trong danh sách"),
        (8, "Có từ ngày", "«31/02/2025» không phải ngày"),
        (9, "Đến hết ngày", "trước ngày bắt đầu"),
        (10, "Mã đơn vị cấp trên", "mã 99999"),
        (11, "Mã đơn vị cấp trên", "theo vòng"),
        (12, "Mã đơn vị cấp trên", "theo vòng"),
        (13, "Mã đơn vị", "đã có ở dòng 2"),
        (14, "Mã đơn vị", "dạng mã của cụm"),
        (15, "", "«thừa» nằm ngoài"),
    ],
    "Đơn vị kế tiếp": [
        (2, "Mã đơn vị cũ", "Không có đơn vị mã 77777"),
        (3, "Mã đơn vị mới", "Không có đơn vị mã 88888"),
        (4, "Mã đơn vị mới", "kế tiếp chính mình"),
        (5, "Mã đơn vị cũ", "Trùng với dòng 2"),
    ],
    "Điểm cầu": [
        (2, "Mã điểm cầu", "Cần mã điểm cầu"),
        (3, "Mã điểm cầu", "«01» không phải mã điểm cầu"),
        (4, "Mã đơn vị", "không khớp mã điểm cầu 01-01"),
        (6, "Mã điểm cầu", "đã có ở dòng 5"),
        (7, "Mã điểm cầu", "Không có đơn vị mã 55555"),
        (8, "Loại", "«rạp hát» không có trong danh sách"),
        (9, "Số chỗ ngồi", "không phải số nguyên"),
        (10, "Số chỗ ngồi", "quá lớn"),
        (11, "Hình thức tiếp nhận", "«bồ câu»"),
        (12, "Điện thoại chủ trì", "mất số 0 ở đầu"),
        (13, "Điện thoại chủ trì", "không phải số điện thoại"),
    ],
    "Số triệu tập": [(2, "Mã hội nghị", "Không có hội nghị mã «khong-co»")],
    "Hai tên": [(1, "Tên đơn vị", "Trùng với cột «name»")],
    "Thiếu cột": [(1, "", "thiếu cột «Mã đơn vị»")],
    "Ghi chú": [(1, "", "Không nhận ra tiêu đề cột nào")],
}


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_every_error_is_named_by_row_and_column_and_nothing_comes_in(dry: list[str]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, table in FAULTY.items():
        sheet = book.create_sheet(title)
        for row in table:
            sheet.append(row)
    book.save("loi.xlsx")
    told = bridge("registry", "import", "loi.xlsx", *dry)
    wanted = [
        (f"Bảng «{title}», dòng {row}" + (f", cột «{column}»: " if column else ": "), said)
        for title, faults in FAULTS.items()
        for row, column, said in faults
    ]
    faults = [line for line in told.lines if line.startswith("Bảng ")]
    assert [(place, said) for place, said in wanted if not any(f.startswith(place) and said in f for f in faults)] == []
    assert [f for f in faults if not any(f.startswith(place) and said in f for place, said in wanted)] == []
    assert told.status == 1
    assert (
        told.err.splitlines()[-1]
        == f"bridge: Tệp loi.xlsx có {len(faults)} lỗi nên chưa nhập gì; hãy sửa rồi nhập lại."
    )
    assert "0 mới, 0 thay đổi" not in bridge("registry", "import", written("units.csv", UNITS)).out


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("cu.xls", b"\xd0\xcf\x11\xe0" + b"x" * 100, "Excel kiểu cũ"),
        ("rong.csv", b"", "Tệp rỗng"),
        ("hong.xlsx", b"PK\x03\x04" + b"x" * 100, "Tệp Excel hỏng"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(desk: Path, name: str, raw: bytes, said: str) -> None:
    (desk / name).write_bytes(raw)
    told = bridge("registry", "import", name)
    assert (told.status, told.out) == (1, "")
    assert said in told.err.splitlines()[-1]


def test_a_file_that_is_not_there_is_named() -> None:
    told = bridge("registry", "import", "nowhere.csv")
    assert told.status == 1
    assert "nowhere.csv" in told.err
    assert bridge("registry", "export", "nowhere/out.csv").status == 1
