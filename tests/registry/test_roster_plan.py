"""What a roster file would change is said before anything changes: who is new, who is somebody already known, and why not."""

from collections.abc import Callable, Mapping
from itertools import count

import pytest

from endpoints_registry import rosters
from endpoints_registry.attendees import Attendee
from endpoints_registry.planning import Plan
from tests.registry.cast import sheet

POINTS = frozenset({"00004-01", "00004-02", "001-01"})
FILE = """\
Mã điểm cầu,Họ và tên,Chức vụ,Thành phần,Đơn vị công tác
00004-01,Nguyễn Thị Bình,Bí thư,Chủ chốt,Đảng ủy phường Trúc Bạch
00004-01,Trần Văn An,Phó Bí thư,Cấp ủy viên,Đảng ủy phường Trúc Bạch
00004-02,Nguyễn Thị Bình,Bí thư,đảng viên,
"""


def drawing() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"{next(numbers):010d}"


def planned(text: str, people: Mapping[str, Attendee] | None = None) -> Plan:
    return rosters.plan(people or {}, POINTS, [sheet(text)], drawing())


def roster(text: str) -> dict[str, Attendee]:
    """The people that such a file brings."""
    made = planned(text)
    assert made.faults == ()
    return {c.after.person: c.after for c in made.changes if isinstance(c.after, Attendee)}


def faults(text: str, people: Mapping[str, Attendee] | None = None) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in planned(text, people).faults]


def test_everybody_is_new_on_an_empty_roster_and_gets_an_id_of_their_own() -> None:
    people = roster(FILE)
    assert [(a.person, a.point, a.name, a.position, a.category, a.unit) for a in people.values()] == [
        ("0000000001", "00004-01", "Nguyễn Thị Bình", "Bí thư", "leader", "Đảng ủy phường Trúc Bạch"),
        ("0000000002", "00004-01", "Trần Văn An", "Phó Bí thư", "committee", "Đảng ủy phường Trúc Bạch"),
        ("0000000003", "00004-02", "Nguyễn Thị Bình", "Bí thư", "member", ""),
    ]


def test_the_same_file_again_changes_nothing() -> None:
    made = planned(FILE, roster(FILE))
    assert (made.changes, made.unchanged, made.faults) == ((), {"roster": 3}, ())


def test_only_what_differs_changes_and_is_named() -> None:
    made = planned(FILE.replace("Cấp ủy viên", "Cán bộ"), roster(FILE))
    assert [change.altered for change in made.changes] == [{"category": ("committee", "staff")}]


def test_an_id_lets_a_name_be_corrected_and_somebody_move_to_another_hall() -> None:
    corrected = "person,point,name,position\n0000000002,001-01,Trần Văn Ân,Phó Bí thư"
    (change,) = planned(corrected, roster(FILE)).changes
    assert change.altered == {"point": ("00004-01", "001-01"), "name": ("Trần Văn An", "Trần Văn Ân")}


def test_a_column_that_the_file_does_not_have_leaves_its_field_alone() -> None:
    made = planned("point,name\n00004-01,Trần Văn An", roster(FILE))
    assert (made.changes, made.unchanged) == ((), {"roster": 1})


def test_the_offices_own_code_is_the_key_where_it_is_given() -> None:
    people = roster("point,name,position,own_code\n00004-01,Trần Văn An,Bí thư,CB-1\n00004-01,Trần Văn An,Bí thư,CB-2")
    assert len(people) == 2
    moved = "point,name,position,own_code\n001-01,Trần Văn Ân,Chủ tịch,CB-2"
    (change,) = planned(moved, people).changes
    assert (change.after, set(change.altered)) == (
        Attendee("0000000002", "001-01", "Trần Văn Ân", "Chủ tịch", own_code="CB-2"),
        {"point", "name", "position"},
    )


def test_somebody_without_a_code_can_be_given_one() -> None:
    made = planned("point,name,own_code\n00004-01,Trần Văn An,CB-9", roster(FILE))
    assert [change.altered for change in made.changes] == [{"own_code": ("", "CB-9")}]


@pytest.mark.parametrize("order", [1, -1])
def test_two_of_one_name_are_told_apart_by_a_code_that_only_one_has(order: int) -> None:
    rows = ["00004-01,Trần Văn An,Bí thư,CB-1", "00004-01,Trần Văn An,Bí thư,"][::order]
    text = "\n".join(["point,name,position,own_code", *rows])
    people = roster(text)
    assert len(people) == 2
    assert planned(text, people).changes == ()


def test_names_that_differ_only_in_their_tones_are_different_people() -> None:
    assert len(roster("point,name\n00004-01,Trần Văn An\n00004-01,Trần Văn Ân\n00004-01,Trần Văn Ẩn")) == 3


def test_every_kind_of_fault_is_told_by_row_and_column() -> None:
    people = roster("point,name,position,own_code\n001-01,Lê Chi,A,\n001-01,Lê Chi,B,\n001-01,Lê Hoa,,CB-1")
    text = f"""\
person,point,name,position,category,own_code
,09619-01,Không được chọn,,,
,,Thiếu điểm cầu,,,
,00004-01,,,,
,00004-01,Thành phần lạ,,khách vãng lai,
ZZZZZZZZZZ,00004-01,Mã lạ,,,
,00004-01,{"dài " * 100},,,
,00004-01,Hai lần,,,
,00004-01,hai lần,,,
,00004-01,Mã hai lần,,,CB-2
,00004-02,Mã hai lần nữa,,,CB-2
0000000001,001-01,Mã của người khác,,,CB-1
,00004-01,Thừa cột,,,,thừa
"""
    assert faults(text, people) == [
        (2, "point"),
        (3, "point"),
        (4, "name"),
        (5, "category"),
        (6, "person"),
        (7, "name"),
        (9, "name"),
        (11, "own_code"),
        (12, "own_code"),
        (13, ""),
    ]
    assert faults("point,name\n001-01,Lê Chi", people) == [(2, "name")]


def test_a_file_of_another_kind_is_refused_with_what_it_lacks() -> None:
    (fault,) = planned("code,name,level\n001,Quận Ba Đình,district").faults
    assert "«Danh sách đại biểu»" in fault.message
    assert "«Mã điểm cầu»" in fault.message


def test_a_roster_beyond_what_is_held_in_memory_is_refused() -> None:
    (fault,) = rosters.plan({}, POINTS, [sheet(FILE)], drawing(), most=2).faults
    assert "sẽ có 3 người; tối đa 2" in fault.message
