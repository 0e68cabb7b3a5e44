"""What a file would change is said before anything changes, and every fault by its row and column."""

from dataclasses import replace
from datetime import date

import pytest

from endpoints_registry.planning import Existing, ExpectedHere, Plan, plan
from endpoints_registry.points import Contact, Point
from endpoints_registry.units import Successor, Unit
from tests.registry.cast import DAY, POINTS, UNITS, sheet

NOTHING = Existing(DAY)


def adopted(made: Plan, before: Existing = NOTHING) -> Existing:
    """The registry as it is after the plan."""
    assert made.faults == ()
    units = {(unit.code, unit.valid_from): unit for unit in before.units}
    points, expected, successors = dict(before.points), dict(before.expected), set(before.successors)
    for change in made.changes:
        match change.after:
            case Unit() as unit:
                units[unit.code, unit.valid_from] = unit
            case Point() as point:
                points[point.code] = point
            case ExpectedHere() as here:
                expected[here.place] = here
            case Successor() as step:
                successors.add(step)
    return replace(
        before, units=tuple(units.values()), points=points, expected=expected, successors=frozenset(successors)
    )


CITY = adopted(plan(NOTHING, [sheet(UNITS), sheet(POINTS)]))


def faults(text: str, before: Existing = CITY) -> list[tuple[int, str, str]]:
    made = plan(before, [sheet(text)])
    return [(fault.row, fault.column, fault.message) for fault in made.faults]


def test_everything_is_new_in_an_empty_registry() -> None:
    made = plan(NOTHING, [sheet(UNITS), sheet(POINTS)])
    assert (made.count("units", new=True), made.count("points", new=True)) == (9, 5)
    assert made.unchanged == {}


def test_the_same_file_again_changes_nothing() -> None:
    made = plan(CITY, [sheet(UNITS), sheet(POINTS)])
    assert made.changes == ()
    assert made.unchanged == {"units": 9, "points": 5}


def test_only_what_differs_changes_and_is_named() -> None:
    made = plan(CITY, [sheet(POINTS.replace("120", "140").replace("0900 000 004", "0900 000 009"))])
    assert [change.key for change in made.changes] == ["00004-01"]
    assert made.changes[0].altered == {
        "seats": (120, 140),
        "contacts": (
            (Contact("operator", "Phạm Dung", "0900 000 004"),),
            (Contact("operator", "Phạm Dung", "0900 000 009"),),
        ),
    }


def test_a_column_that_the_file_does_not_have_leaves_its_field_alone() -> None:
    made = plan(CITY, [sheet("code,name,seats\n00004-01,Phường Trúc Bạch,130")])
    after = made.changes[0].after
    assert isinstance(after, Point)
    assert (after.seats, after.address, after.contacts) == (130, "2 Trấn Vũ", CITY.points["00004-01"].contacts)


def test_an_empty_cell_empties_its_field() -> None:
    made = plan(CITY, [sheet("code,name,seats,area\n00004-01,Phường Trúc Bạch,,")])
    after = made.changes[0].after
    assert isinstance(after, Point)
    assert (after.seats, after.area, after.feeder) == (None, "", "472 E1.9")


def test_headings_may_be_vietnamese_with_or_without_accents_and_in_any_order() -> None:
    made = plan(NOTHING, [sheet("TÊN ĐƠN VỊ,ma don vi,Cấp,STT\nQuận Ba Đình,001,Quận,1")])
    assert [change.after for change in made.changes] == [Unit("001", "Quận Ba Đình", "district")]


def test_points_without_codes_get_the_next_number_and_keep_it_when_sent_again() -> None:
    file = sheet("unit_code,name\n00004,Hội trường B\n00008,Phường Vĩnh Phúc\n00008,Nhà văn hóa")
    made = plan(CITY, [file])
    points = [change.after for change in made.changes if isinstance(change.after, Point)]
    assert [(point.code, point.type) for point in points] == [
        ("00004-03", "extra_hall"),
        ("00008-01", "commune"),
        ("00008-02", "extra_hall"),
    ]
    assert plan(adopted(made, CITY), [file]).changes == ()


def test_children_may_stand_before_their_parents_in_the_file() -> None:
    made = plan(NOTHING, [sheet("code,name,level,parent_code\n001,Quận Ba Đình,district,01\n01,Hà Nội,city,")])
    assert made.faults == ()


def test_a_code_that_begins_anew_ends_what_it_meant_before() -> None:
    later = sheet(
        "code,name,level,parent_code,valid_from\n00004,Phường Ba Đình,ward,01,01/07/2025\n01,Thành phố Hà Nội,city,,01/07/2025"
    )
    after = adopted(plan(CITY, [later]), CITY)
    versions = {unit.valid_from: unit for unit in after.units if unit.code == "00004"}
    assert [(unit.name, unit.valid_to) for unit in versions.values()] == [
        ("Phường Trúc Bạch", date(2025, 6, 30)),
        ("Phường Ba Đình", None),
    ]
    # The city stayed what it was, so it did not begin anew.
    assert len([unit for unit in after.units if unit.code == "01"]) == 1
    assert plan(after, [later]).changes == ()


def test_a_successor_ends_whoever_it_comes_after() -> None:
    merged = sheet("code,successor_code,on_day\n00004,00008,01/07/2025")
    after = adopted(plan(CITY, [merged]), CITY)
    assert next(unit for unit in after.units if unit.code == "00004").valid_to == date(2025, 6, 30)
    assert after.successors == {Successor("00004", "00008", date(2025, 7, 1))}
    assert plan(after, [merged]).changes == ()


def test_every_kind_of_fault_in_units_is_told_by_row_and_column() -> None:
    text = """\
code,name,level,parent_code,valid_from,valid_to
,Quận X,district,01,,
901,,district,01,,
902,Quận Y,lạ,01,,
903,Quận Z,district,9999,,
903,Quận Z,district,01,,
904,Quận W,district,905,,
905,Quận V,district,904,,
906,Quận U,district,01,31/02/2025,
907,Quận T,district,01,01/07/2025,30/06/2025
C-1,Quận S,district,01,,
908 x,Quận R,district,01,,
909,Quận Q,district,01,,,thừa
910,Quận P,district,01,02/2025,
"""
    told = [(row, column) for row, column, _ in faults(text)]
    assert told == [
        (2, "code"),
        (3, "name"),
        (4, "level"),
        (5, "parent_code"),
        (6, "code"),
        (7, "parent_code"),
        (8, "parent_code"),
        (9, "valid_from"),
        (10, "valid_to"),
        (11, "code"),
        (12, "code"),
        (13, ""),
        (14, "valid_from"),
    ]


def test_every_kind_of_fault_in_points_is_told_by_row_and_column() -> None:
    text = """\
Mã điểm cầu,Mã đơn vị,Tên điểm cầu,Loại,Số chỗ ngồi,Hình thức tiếp nhận,Điện thoại chủ trì
,,Không mã,,,,
00004,,Sai mã,,,,
00004-1,,Sai số,,,,
00004-03,00008,Khác đơn vị,,,,
99999-01,,Đơn vị lạ,,,,
00008-01,,Loại lạ,nhà kho,,,
00008-02,,Số âm,,-5,,
00008-03,,Không phải số,,nhiều,,
00008-04,,Quá lớn,,9999999,,
00008-05,,Cách lạ,,,vệ tinh,
00008-06,,Số máy lạ,,,,gọi sau
00008-07,,Một,,,,
00008-07,,Hai,,,,
"""
    assert [(row, column) for row, column, _ in faults(text)] == [
        (2, "Mã điểm cầu"),
        (3, "Mã điểm cầu"),
        (4, "Mã điểm cầu"),
        (5, "Mã đơn vị"),
        (6, "Mã điểm cầu"),
        (7, "Loại"),
        (8, "Số chỗ ngồi"),
        (9, "Số chỗ ngồi"),
        (10, "Số chỗ ngồi"),
        (11, "Hình thức tiếp nhận"),
        (12, "Điện thoại chủ trì"),
        (14, "Mã điểm cầu"),
    ]


def test_a_number_where_a_code_or_a_phone_belongs_says_how_to_keep_its_zeros() -> None:
    units = replace(sheet(UNITS), rows=((1, "Thành phố Hà Nội", "city", None),))
    points = replace(sheet("code,name,chair_phone"), rows=(("00004-01", "Phường Trúc Bạch", 900000001.0),))
    told = plan(CITY, [units, points]).faults
    assert [fault.column for fault in told] == ["code", "chair_phone"]
    assert all("Văn bản (Text)" in fault.message for fault in told)


def test_a_fault_of_a_parents_own_row_is_not_told_again_for_each_child() -> None:
    told = faults("code,name,level,parent_code\n02,,province,\n024,Huyện A,district,02\n00700,Xã B,commune,024")
    assert [(row, column) for row, column, _ in told] == [(2, "name")]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("code,name,parent_code", "thiếu cột «Cấp»"),
        ("a,b,c", "Không nhận ra tiêu đề cột nào"),
        ("code,name,level,nme", "Không nhận ra cột này"),
        ("code,name,level,Tên đơn vị", "Trùng với cột «name»"),
    ],
)
def test_a_header_that_fits_nothing_is_told_with_what_it_lacks(header: str, said: str) -> None:
    told = faults(f"{header}\n01,Hà Nội,city,x")
    assert any(row == 1 and said in message for row, _, message in told)


def test_expected_numbers_are_compared_by_conference_sitting_and_point() -> None:
    here = replace(
        CITY,
        sittings={"hoc-tap": frozenset({"2026-03-07-am"})},
        chosen={"hoc-tap": frozenset({"00004-01", "001-01"})},
    )
    header = "conference,sitting,point,expected,reception_mode\n"
    file = sheet(header + "hoc-tap,2026-03-07-am,00004-01,64,\nhoc-tap,2026-03-07-am,001-01,1.200,tv")
    made = plan(here, [file])
    assert [change.after for change in made.changes] == [
        ExpectedHere("hoc-tap", "2026-03-07-am", "00004-01", 64),
        ExpectedHere("hoc-tap", "2026-03-07-am", "001-01", 1200, "tv"),
    ]
    assert plan(adopted(made, here), [file]).changes == ()
    wrong = (
        header + "lạ,2026-03-07-am,00004-01,64,\nhoc-tap,2026-03-08-am,00004-01,64,\nhoc-tap,2026-03-07-am,01-01,64,"
    )
    assert [(row, column) for row, column, _ in faults(wrong, here)] == [
        (2, "conference"),
        (3, "sitting"),
        (4, "point"),
    ]


def test_thousands_of_faults_are_counted_and_not_all_listed() -> None:
    made = plan(CITY, [sheet("code,name,level\n" + "\n".join(f"{n},,district" for n in range(3_000)))])
    assert (len(made.faults), made.faults_left_out) == (1_000, 2_000)
