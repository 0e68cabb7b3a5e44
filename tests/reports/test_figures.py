"""The figures: every sum is the board's, every group of percentages is 100,0, units stand as in a Vietnamese dictionary."""

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rules import events
from bridge.rules.model import PlannedPoint, Round, RoundKey, RoundName, Sitting, Unit
from bridge.rules.scene import Scene, rounds_of
from bridge.simulator.timetable import at
from dashboards import view
from dashboards.reports import figures as reports
from dashboards.reports import spelling
from dashboards.reports.figures import Figures, figures
from dashboards.reports.shares import shares
from dashboards.reports.tables import Column, Kind, Table
from dashboards.reports.troubles import ended_ms, lasted_ms
from tests.cast import HALL_1, HALL_2, HANOI_CITY, MORNING_SITTING, SITTING, happened, plan, planned
from tests.following import Hall
from tests.played import Played
from tests.reports.conftest import CORRECTED, SIGNED

# --- percentages


def test_three_thirds_are_a_whole() -> None:
    assert [round(100 / 3, 1)] * 3 == [33.3] * 3  # what plain rounding makes of them is 99,9
    assert shares((1, 1, 1)) == (33.4, 33.3, 33.3)
    assert shares((2, 2, 2)) == shares((1, 1, 1))
    assert shares((52_614, 2_311, 275, 0)) == (95.3, 4.2, 0.5, 0.0)


def test_nothing_is_shared_among_nobody() -> None:
    assert shares((0, 0, 0)) == (0.0, 0.0, 0.0)
    assert shares(()) == ()


@given(st.lists(st.integers(0, 2_000_000), min_size=1, max_size=12))
def test_shares_always_add_up_and_stay_near_the_truth(parts: list[int]) -> None:
    found = shares(parts)
    if sum(parts):
        assert sum(round(share * 10) for share in found) == 1_000
        assert all(abs(share - 100 * part / sum(parts)) < 0.1 for share, part in zip(found, parts, strict=True))


GROUPS = {
    "by_type": ("present_share", "excused_share", "unexcused_share", "unreported_share"),
    "by_unit": ("present_share", "excused_share", "unexcused_share", "unreported_share"),
    "by_round": ("on_time_share", "late_share", "missing_share"),
    "punctuality": ("on_time_share", "late_share", "missing_share"),
}
DOWN = ("outage_causes", "incident_statistics", "incident_causes")


def tenths(values: Iterator[object]) -> int:
    return sum(round(float(value) * 10) for value in values if isinstance(value, float))


@pytest.mark.parametrize("clock", ["07:30", "08:24", "10:50", "15:36"])
def test_every_group_of_percentages_is_a_hundred(played: Played, clock: str) -> None:
    told = figures(played.scene(at(clock)), at(clock))
    for name, keys in GROUPS.items():
        table = told.table(name).only(*keys)
        assert {tenths(iter(row)) for row in (*table.rows, *([table.totals] if table.totals else []))} <= {1_000}, name
    for name in DOWN:
        table = told.table(name)
        assert tenths(iter(table.column("share"))) in ((1_000,) if table.rows else (0,)), name


# --- sums


def test_the_day_is_closed_twice(first: Figures, second: Figures) -> None:
    people = [(told.people.present, told.people.excused, told.people.unexcused) for told in (first, second)]
    assert people == [(52_631, 2_300, 269), (52_614, 2_311, 275)]


@pytest.mark.parametrize("clock", ["07:30", "08:24", "10:50", "15:36"])
def test_every_total_is_the_one_that_the_api_tells(played: Played, clock: str) -> None:
    scene = played.scene(at(clock))
    scene.show_round(at(clock))
    told, api = figures(scene, at(clock)), view.totals(scene, "", at(clock))
    assert (told.sitting, told.round, told.points) == (api.sitting, api.round, api.points["total"])
    people = {key: api.people[key] for key in ("expected", "present", "excused", "unexcused", "unreported", "guests")}
    for name in ("by_type", "by_unit", "by_point"):
        table = told.table(name).only(*people)
        assert dict(zip(people, table.totals or (), strict=True)) == people, name
        assert {key: sum(int(value or 0) for value in table.column(key)) for key in people} == people, name
    assert told.table("by_type").only("points", "received").totals == (api.reports["due"], api.reports["received"])
    assert len(told.table("unreported").rows) == api.reports["due"] - api.reports["received"]


def test_every_units_line_is_what_the_api_tells_of_it(scene: Scene, second: Figures) -> None:
    table = second.table("by_unit").only("unit", "points", "expected", "present", "excused", "unexcused", "unreported")
    told = {row[0]: row[1:] for row in table.rows}
    for unit in scene.state.units.values():
        if unit.parent == "01":
            api = view.totals(scene, unit.code, CORRECTED, closing_round(scene))
            people = [api.people[key] for key in ("expected", "present", "excused", "unexcused", "unreported")]
            assert told[unit.name] == (api.points["total"], *people)


def closing_round(scene: Scene) -> RoundKey:
    assert scene.state.plan is not None
    return rounds_of(scene.state.plan)[-1]


def test_the_demo_days_table_is_told_as_it_was_published(second: Figures) -> None:
    table = second.table("by_type").only(
        "type", "points", "expected", "present", "excused", "unexcused", "present_share"
    )
    assert table.rows == (
        ("Điểm cầu Thành phố", 1, 320, 312, 8, 0, 97.5),
        ("Quận, huyện, thị xã", 30, 4_050, 3_921, 121, 8, 96.8),
        ("Đảng ủy trực thuộc", 20, 2_600, 2_486, 101, 13, 95.6),
        ("Xã, phường, thị trấn", 579, 40_530, 38_633, 1_686, 211, 95.3),
        ("Hội trường bổ sung", 136, 7_700, 7_262, 395, 43, 94.3),
    )


# --- order and names


def test_units_stand_as_in_a_vietnamese_dictionary(second: Figures) -> None:
    units = [str(name) for name in second.table("by_unit").column("unit")]
    assert units[:3] == ["Điểm cầu Thành phố", "Quận Ba Đình", "Huyện Ba Vì"]
    assert units.index("Huyện Đông Anh") + 1 == units.index("Quận Đống Đa")
    assert all(name.startswith("Đảng ủy") for name in units[31:])


def test_tones_only_break_ties_also_among_communes() -> None:
    halls, units = list[PlannedPoint](), [HANOI_CITY]
    for place, name in enumerate(
        ("Phường Đống Đa", "Phường Đại Mỗ", "Phường Dương Nội", "Phường Ba Vì", "Phường Ba Đình")
    ):
        code = f"0{place}001"
        units.append(Unit(code, name, "ward", "01"))
        halls.append(planned(f"{code}-01", name))
    told = figures(begun(halls, units), at("08:00"))
    order = ["Phường Ba Đình", "Phường Ba Vì", "Phường Dương Nội", "Phường Đại Mỗ", "Phường Đống Đa"]
    assert told.table("by_unit").column("unit") == order
    assert told.table("by_point").column("name") == order
    # There have been no townships since 1/7/2025, and the table does not speak of any.
    assert told.table("by_type").column("type") == ["Phường"]


def begun(halls: list[PlannedPoint], units: list[Unit]) -> Scene:
    scene = Scene()
    scene.adopt(1, happened(events.ConferenceFrozen(plan=plan(halls, units))))
    return scene


def test_a_hall_that_said_nothing_has_no_figures_and_never_a_nought(played: Played) -> None:
    told = figures(played.scene(at("08:24")), at("08:24"))
    table = told.table("by_point").only("report", "present", "excused", "unexcused", "guests", "unreported", "expected")
    silent = [row for row in table.rows if row[0] == "Chưa báo cáo"]
    assert len(silent) == 14
    assert {row[1:5] for row in silent} == {(None,) * 4}
    assert all(row[5] == row[6] for row in silent)
    assert sum(int(row[6] or 0) for row in silent) == 1_160


def test_what_waits_is_told_and_in_no_total(played: Played) -> None:
    told = figures(played.scene(at("10:46")), at("10:46"))
    table = told.table("quarantine").only("present", "expected", "round")
    assert table.rows == ((640, 64, "Giữa giờ"),)


# --- the round that is being asked for


@pytest.mark.parametrize(
    ("clock", "asked"),
    [("08:24", None), ("09:14", None), ("09:40", "middle"), ("09:46", None), ("11:50", "closing"), ("15:36", None)],
)
def test_while_a_round_is_being_reported_it_is_told_how_far_it_has_come(
    played: Played, clock: str, asked: str | None
) -> None:
    scene = played.scene(at(clock))
    scene.show_round(at(clock))
    told = view.totals(scene, "", at(clock)).asked
    assert (told["round"] if told else None) == asked
    if told:
        of_it = sum(key[1].value == asked for point in scene.state.points.values() for key in point.figures)
        assert (told["due"], told["received"]) == (766, of_it)
        assert 0 < of_it < 766


# --- incidents and lines


def test_incidents_are_counted_as_the_rules_count_them(second: Figures) -> None:
    table = second.table("incident_statistics").only("trouble", "incidents", "points")
    assert table.totals == ("Tổng cộng", 28, 472)
    assert {row[0]: row[1] for row in table.rows} == {
        "Mất âm thanh": 9,
        "Mất hình ảnh": 6,
        "Mất tín hiệu": 7,
        "Đường truyền chập chờn": 4,
        "Mất điện": 1,
        "Gián đoạn tại trung tâm": 1,
    }
    assert second.table("incident_statistics").only("typical", "longest").totals == (6.0, 32.3)


def test_of_what_came_back_only_the_times_count_at_which_it_was_open() -> None:
    hall = Hall()
    hall.trembles(HALL_1, at("08:00"))
    hall.is_back(HALL_1, at("08:05"))
    hall.trembles(HALL_1, at("09:00"))
    assert lasted_ms(hall.the_one()) is None
    hall.is_back(HALL_1, at("09:04"))
    assert (lasted_ms(hall.the_one()), ended_ms(hall.the_one())) == (9 * 60_000, at("09:04"))


def test_what_the_centre_did_is_held_against_nobody(second: Figures) -> None:
    causes = {row[0]: row[1] for row in second.table("outage_causes").only("cause", "whose").rows}
    assert causes["Gián đoạn tại trung tâm"] == "Trung tâm"
    failed = second.table("failed_lines")
    assert len(failed.rows) == 21
    assert all(float(minutes or 0) > 0 for minutes in failed.column("theirs"))


# --- versions


def test_the_three_corrections_are_named(second: Figures) -> None:
    table = second.table("differences")
    assert len(set(table.column("code"))) == len(table.rows) == 3
    moves = table.only("present_before", "present", "excused_before", "excused", "unexcused_before", "unexcused").rows
    moved = [tuple(int(row[place + 1] or 0) - int(row[place] or 0) for row in moves) for place in (0, 2, 4)]
    assert [sum(each) for each in moved] == [-17, 11, 6]
    assert all(why for why in table.column("why"))
    assert all(one != other for one, other in zip(table.column("asked"), table.column("approved"), strict=True))
    # They came after the close; what halls mended before it is another matter.
    mended = second.table("corrected")
    assert mended.rows
    assert not set(mended.column("code")) & set(table.column("code"))


def test_the_difference_is_said_on_the_first_page(first: Figures, second: Figures) -> None:
    assert [part.heading for part in first.narrative.parts] == ["Điểm cầu và đại biểu", "Đường truyền và sự cố"]
    (said,) = second.narrative.parts[1].paragraphs
    for words in ("03 điểm cầu", "từ 52.631 còn 52.614 (giảm 17)", "từ 2.300 thành 2.311 (tăng 11)", "(tăng 6)"):
        assert words in said
    assert "thay phiên bản 1 đã ký lúc 14 giờ 10 phút cùng ngày" in second.narrative.standing


def test_kept_figures_are_the_same_figures(second: Figures) -> None:
    kept = reports.encode(second)
    assert reports.decode(kept) == second
    assert reports.encode(reports.decode(kept)) == kept


def test_a_draft_before_the_close_says_that_it_is_one(played: Played) -> None:
    told = figures(played.scene(at("08:24")), at("08:24"))
    assert not told.closed
    assert told.narrative.standing == "số liệu tạm tính lúc 08 giờ 24 phút, hội nghị chưa chốt số liệu"


def test_a_hall_that_is_summoned_to_another_sitting_is_missed_in_none_of_the_tables() -> None:
    afternoon = "2026-03-07-pm"
    both = msgspec.structs.replace(HALL_1, expected={SITTING: 64, afternoon: 60})
    pm = Sitting(
        afternoon,
        "Buổi chiều 07/03/2026",
        at("14:00"),
        at("16:30"),
        (Round(RoundName.OPENING, at("13:30"), at("14:15")),),
    )
    scene = Scene()
    frozen = events.ConferenceFrozen(plan=plan([both, HALL_2], sittings=(MORNING_SITTING, pm)))
    scene.adopt(1, happened(frozen, at("06:00")))
    told = figures(scene, at("14:20"))
    assert told.table("unreported").column("code") == [HALL_1.code]
    whole = told.table("punctuality")
    assert (whole.only("points", "missing").totals, len(whole.rows)) == ((1, 1), 1)
    rounds = told.table("by_round").only("points", "missing", "missing_share").rows
    assert (rounds[0], rounds[-1]) == ((2, 2, 100.0), (1, 1, 100.0))
    assert told.table("totals").only("what", "number").rows[-4:] == (
        ("Điểm cầu", 2),
        ("– Đã báo cáo", 0),
        ("– Chưa báo cáo", 1),
        ("– Không dự buổi này", 1),
    )
    assert view.totals(scene, "", at("14:20"), (afternoon, RoundName.OPENING)).reports["due"] == 1


def test_tables_from_elsewhere_stand_behind_ours(played: Played) -> None:
    praise = Table("praise", "Biểu dương", (Column("name", "Đơn vị"),), (("Xã Tản Lĩnh",),))
    assert figures(played.scene(SIGNED), SIGNED, [praise]).tables[-1] == praise


# --- how a document writes


def test_days_and_numbers_are_written_as_an_office_writes_them() -> None:
    on = spelling.local(at("08:00")).date()
    assert spelling.day(on) == "ngày 07 tháng 3 năm 2026"
    assert spelling.day(on.replace(month=2, day=11)) == "ngày 11 tháng 02 năm 2026"
    assert spelling.day(on.replace(month=12, day=1)) == "ngày 01 tháng 12 năm 2026"
    assert spelling.short_day(on) == "07/3/2026"
    assert (spelling.number(52_614), spelling.percent(95.3), spelling.decimal(1_234.5)) == (
        "52.614",
        "95,3%",
        "1.234,5",
    )
    assert (spelling.few(9), spelling.few(28), spelling.decimal(-0.5)) == ("09", "28", "-0,5")
    assert spelling.lasting(40_000) == "40 giây"
    assert (spelling.lasting(32 * 60_000), spelling.lasting(120 * 60_000)) == ("32 phút", "2 giờ")
    assert spelling.cell(None, Kind.INT) == ""
