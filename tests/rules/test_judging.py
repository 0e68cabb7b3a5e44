"""Praise and criticism: by stated rules, each with its evidence, and edited by whoever gives a reason."""

from bridge.rules import checking, events
from bridge.rules.judging import Judgement, Terms, judged, percent_words
from bridge.rules.model import Count, Grade, RoundName
from bridge.rules.projection import Draft, State
from bridge.rules.trouble import Bond, Shared, Trouble
from bridge.rules.witness import Roll
from tests.cast import ANN, HALL_1, HALL_2, NOON, SITTING, SYSTEM, TV_HALL, at, happened, phone
from tests.rules.test_sources import live

CODE = HALL_1.code


def told(state: State, code: str, *present: int, excused: int = 0, unexcused: int = 0, late: int | None = None) -> None:
    """A hall's figures of the three rounds, one of which may be late."""
    for place, (name, heads) in enumerate(zip(RoundName, present, strict=False)):
        event = events.FigureReported(
            point=code,
            sitting=SITTING,
            round=name,
            count=Count(heads, excused, unexcused),
            grade=Grade.FINE,
            on_time=place != late,
        )
        state.adopt(happened(event, at("08:00") + place, phone(code), f"{code}{place}"))


def failed(state: State, *codes: str, trouble: Trouble = Trouble.NO_SOUND) -> None:
    event = events.IncidentOpened(
        incident=state.affairs.incidents.next_number,
        trouble=trouble,
        points=codes,
        shared=Shared(Bond.ALONE),
        noticed_ms=at("09:00"),
    )
    state.adopt(happened(event, at("09:00"), SYSTEM))


def day(state: State, now_ms: int = NOON + 1, **terms: bool | float) -> Judgement:
    return judged(state, Terms(**terms), now_ms)  # type: ignore[arg-type]


def test_whoever_was_all_there_and_always_in_time_is_praised_with_the_figures_that_say_so() -> None:
    state = live()
    told(state, CODE, 60, 60, 60, excused=4)
    (row,) = day(state).praise.rows
    assert row.point == CODE
    assert row.evidence == (
        "60 có mặt và 4 vắng có lý do trong 64 lượt triệu tập.",
        "Đúng hạn cả 3 đợt báo cáo.",
        "Không có sự cố do điểm cầu.",
    )


def test_one_missing_person_one_late_round_or_one_fault_of_its_own_is_no_praise() -> None:
    for wrong in ("absent", "late", "fault"):
        state = live()
        told(state, CODE, 60, 60, 60, excused=3 if wrong == "absent" else 4, late=1 if wrong == "late" else None)
        if wrong == "fault":
            failed(state, CODE)
        assert day(state).praise.rows == (), wrong


def test_what_fails_for_a_whole_area_or_at_the_centre_is_nobodys_fault() -> None:
    state = live()
    told(state, CODE, 60, 60, 60, excused=4)
    failed(state, CODE, HALL_2.code, trouble=Trouble.POWER_CUT)
    failed(state, CODE, trouble=Trouble.CENTRE)
    assert [row.point for row in day(state).praise.rows] == [CODE]


def test_criticism_says_which_round_and_which_deadline() -> None:
    state = live()
    told(state, CODE, 60, 60, excused=4, late=0)
    row = next(row for row in day(state).criticism.rows if row.point == CODE)
    assert row.evidence == (
        "Báo cáo đợt đầu giờ quá hạn 08:15.",
        "Không báo cáo đợt cuối giờ (hạn 12:00).",
    )


def test_a_round_that_is_not_due_accuses_nobody() -> None:
    state = live()
    told(state, CODE, 60, excused=4)
    now_ms = at("08:15")
    assert CODE not in [row.point for row in day(state, now_ms).criticism.rows]
    assert CODE in [row.point for row in day(state, now_ms).praise.rows]
    assert day(state, at("08:14")) == judged(state, Terms(), at("07:00"))


def test_absent_without_leave_counts_above_the_stated_share_and_not_at_it() -> None:
    state = live()
    told(state, HALL_2.code, 47, 47, 47, unexcused=3)  # 6 % of 50
    found = [row for row in day(state).criticism.rows if row.point == HALL_2.code]
    assert [row.evidence for row in found] == [("Vắng không lý do 3 trong 50 người triệu tập, 6%.",)]
    assert HALL_2.code not in [row.point for row in day(state, criticise_unexcused_percent=6).criticism.rows]


def test_a_rule_that_is_not_set_is_neither_judged_by_nor_stated() -> None:
    state = live()
    told(state, CODE, 60, 60, 60, excused=4, late=1)
    terms = {"praise_on_time": False, "criticise_late": False}
    assert [row.point for row in day(state, **terms).praise.rows] == [CODE]
    stated = Terms(praise_on_time=False, criticise_late=False).stated()
    assert not any("hạn" in words for roll in stated.values() for words in roll)
    assert Terms().stated()[Roll.CRITICISM][-1] == "vắng không lý do trên 5% số triệu tập của một buổi"


def test_somebody_may_put_a_hall_on_a_list_and_take_one_off_and_the_reason_stands_there() -> None:
    state = live()
    told(state, CODE, 60, 60, 60, excused=4)
    for code, roll, added in ((TV_HALL.code, Roll.PRAISE, True), (CODE, Roll.PRAISE, False)):
        for event, at_ms in checking.judge(Draft(state), code, roll, added, "họp thay trụ sở", NOON):
            state.adopt(happened(event, at_ms, ANN))
    found = day(state)
    (row,) = found.praise.rows
    assert (row.point, row.evidence) == (TV_HALL.code, ())
    assert row.edited is not None
    assert (row.edited.by, row.edited.reason) == ("ann", "họp thay trụ sở")
    (removed,) = found.praise.removed
    assert (removed.point, removed.edited.reason) == (CODE, "họp thay trụ sở")
    assert removed.evidence
    # The newest word counts.
    for event, at_ms in checking.judge(Draft(state), CODE, Roll.PRAISE, True, "đã xem lại", NOON):
        state.adopt(happened(event, at_ms, ANN))
    assert CODE in [row.point for row in day(state).praise.rows]


def test_percentages_are_written_with_a_comma() -> None:
    assert [percent_words(each) for each in (5.0, 6.25, 100 / 3)] == ["5%", "6,2%", "33,3%"]
