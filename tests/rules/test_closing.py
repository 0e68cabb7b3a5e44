"""Stories of the closing up: a hall submits, a unit is checked, the city closes, others correct, somebody signs."""

import itertools

import pytest

from bridge.rules import acts, closing, events
from bridge.rules.attendance import standing
from bridge.rules.closing import Decided, Missing
from bridge.rules.deciding import change_phase, decide
from bridge.rules.ladder import Status
from bridge.rules.model import Asker, Author, Count, Grade, Phase, RoundName, Stage
from bridge.rules.projection import Draft
from bridge.rules.refused import Refused
from bridge.rules.scene import Scene
from bridge.rules.witness import Roll, Seen, Source, Stands
from tests.cast import (
    ANN,
    BINH,
    CLOSING,
    EXTRA_HALL,
    HALL_1,
    HALL_2,
    HALLS,
    MINUTE,
    NOON,
    POLICE_HALL,
    SITTING,
    TV_HALL,
    at,
    correct,
    count,
    fault,
    happened,
    phone,
    plan,
    stage,
    submit,
)

CUC = "user:cuc"
"""A second organiser."""
CLOSED = at("13:00")
GRACE_MS = 15 * MINUTE


class Day:
    """A conference on a scene, as the street would keep it."""

    def __init__(self, phase: Phase = Phase.CLOSING) -> None:
        self.scene = Scene()
        self._takes(events.ConferenceFrozen(plan=plan(HALLS)), at("06:00"), ANN)
        self._takes(events.PhaseChanged(phase=phase, version=1), at("06:30"), ANN)

    def _takes(self, event: events.AnyEvent, at_ms: int, by: str, act: str | None = None, received: int = 0) -> None:
        self.scene.adopt(self.scene.position + 1, happened(event, at_ms, by, act, received))

    def says(
        self, act: acts.AnyAct, at_ms: int = NOON, by: str | None = None, received: int = 0, asker: Asker | None = None
    ) -> tuple[bool, str]:
        who, received = by or phone(act.point), received or at_ms
        told = decide(
            self.scene.state,
            act,
            at_ms=at_ms,
            staff=who.startswith("user:"),
            by=who,
            received_ms=received,
            asker=asker,
            grace_ms=GRACE_MS,
        )
        self._takes(told.event, at_ms, who, act.id, received)
        return told.accepted, told.code

    def does(self, decided: Decided, by: str = ANN) -> None:
        for event, at_ms in decided:
            self._takes(event, at_ms, by)

    @property
    def draft(self) -> Draft:
        return Draft(self.scene.state)

    def ends(self, hall: str, present: int = 60, submits: bool = True) -> None:
        self.says(count(hall, present, 3, 1, round=RoundName.CLOSING), at("11:40"))
        self.says(stage(hall, Stage.ENDED), at("11:41"))
        if submits:
            assert self.says(submit(hall), at("11:42")) == (True, "")

    def closes(self, at_ms: int = CLOSED) -> None:
        self.does(((change_phase(self.scene.state, Phase.CLOSED, self.scene.state.version), at_ms),))

    def figure(self, hall: str) -> Count | None:
        figure = self.scene.state.points[hall].figures.get(CLOSING)
        return figure.count if figure else None

    def asks(self, hall: str, said: Count, by: str = ANN, asker: Asker = Asker.ORGANISER) -> int:
        self.does(closing.ask(self.draft, hall, CLOSING, said, "đối chiếu danh sách", asker, at("15:30")), by)
        return len(self.scene.state.affairs.closing.corrections)

    def approves(self, number: int, by: str = CUC) -> None:
        self.does(closing.approve(self.draft, number, by, "đúng danh sách ký", at("15:31")), by)

    def missing(self) -> Missing:
        return closing.missing(self.scene.state, SITTING)

    def signs(self, version: int, position: int | None = None, at_ms: int = at("14:10")) -> None:
        where = self.scene.position if position is None else position
        self.does(closing.sign(self.draft, version, where, "f" * 64, {"docx": "d" * 64}, at_ms, grace_ms=GRACE_MS))


H1, H2, TV, POLICE = HALL_1.code, HALL_2.code, TV_HALL.code, POLICE_HALL.code


def closed_day() -> Day:
    day = Day()
    day.ends(H1)
    day.closes()
    return day


# --- handing in


def test_a_hall_ends_and_submits() -> None:
    day = Day()
    day.ends(H1)
    submission = day.scene.state.points[H1].submitted[SITTING]
    assert (submission.by, submission.at_ms) == (phone(H1), at("11:42"))


@pytest.mark.parametrize(
    ("before", "code"),
    [
        ([], "no_figure"),
        ([count(H1, 640, 3, 1, round=RoundName.CLOSING)], "quarantined"),
        ([count(H1, 60, 3, 1, round=RoundName.CLOSING)], "not_ended"),
    ],
)
def test_a_hall_that_is_not_ready_is_told_what_to_do_first(before: list[acts.AnyAct], code: str) -> None:
    day = Day()
    for each in before:
        day.says(each, at("11:20"))
    assert day.says(submit(H1), at("11:25")) == (False, code)
    assert not day.scene.state.points[H1].submitted


def test_after_the_sitting_a_hall_that_forgot_to_end_may_submit() -> None:
    day = Day()
    day.says(count(H1, 60, 3, 1, round=RoundName.CLOSING), at("11:20"))
    assert day.says(submit(H1), at("11:31")) == (True, "")


def test_other_numbers_take_the_submission_back_and_the_same_do_not() -> None:
    day = Day()
    day.ends(H1)
    day.says(count(H1, 60, 3, 1, round=RoundName.CLOSING), at("11:50"))
    assert SITTING in day.scene.state.points[H1].submitted
    day.says(count(H1, 61, 3, 0, round=RoundName.CLOSING), at("11:51"))
    assert SITTING not in day.scene.state.points[H1].submitted


def test_a_second_submission_changes_nothing() -> None:
    day = Day()
    day.ends(H1)
    assert day.says(submit(H1), at("11:55")) == (True, "")
    assert day.scene.state.points[H1].submitted[SITTING].at_ms == at("11:42")


def test_who_has_not_submitted_is_named_and_who_owes_nothing_is_not() -> None:
    day = Day()
    day.ends(H1)
    points = day.missing().points
    assert H1 not in points
    assert {H2, TV, POLICE} <= set(points)
    # A hall of which nobody said how many are summoned owes its figures too.
    assert EXTRA_HALL.code in points


def test_a_submission_is_handed_back_with_a_reason_until_it_comes_again() -> None:
    day = Day()
    day.ends(H1)
    day.does(closing.hand_back_point(day.draft, SITTING, H1, "thiếu khách mời", NOON), BINH)
    point = day.scene.state.points[H1]
    assert (point.submitted, point.returned[SITTING].reason) == ({}, "thiếu khách mời")
    day.says(submit(H1), at("12:10"))
    point = day.scene.state.points[H1]
    assert (list(point.submitted), point.returned) == ([SITTING], {})
    with pytest.raises(Refused, match="chưa nộp"):
        closing.hand_back_point(day.draft, SITTING, H2, "?", NOON)


# --- checking


def test_a_checked_unit_is_no_longer_waited_for() -> None:
    day = Day()
    day.ends(TV)
    assert "006" in day.missing().units
    day.does(closing.check(day.draft, SITTING, "006", NOON), BINH)
    assert "006" not in day.missing().units
    # Asked again: nothing follows.
    assert closing.check(day.draft, SITTING, "006", NOON + 1) == ()


def test_a_check_names_who_was_missing_and_lapses_when_they_submit() -> None:
    day = Day()
    day.ends(H1)
    day.does(closing.check(day.draft, SITTING, "001", NOON), BINH)
    check = day.scene.state.affairs.closing.checked[SITTING, "001"]
    assert H2 in check.without
    assert H1 not in check.without
    assert "001" not in day.missing().units
    day.says(count(H2, 40, 9, 1, round=RoundName.CLOSING), at("12:05"))
    day.says(submit(H2), at("12:06"))
    assert "001" in day.missing().units


def test_a_check_lapses_when_a_hall_says_other_numbers() -> None:
    day = Day()
    day.ends(TV)
    day.does(closing.check(day.draft, SITTING, "006", NOON), BINH)
    day.says(count(TV, 61, 3, 1, round=RoundName.CLOSING), at("12:05"))
    assert "006" in day.missing().units


def test_a_check_is_handed_back() -> None:
    day = Day()
    day.ends(TV)
    day.does(closing.check(day.draft, SITTING, "006", NOON), BINH)
    day.does(closing.hand_back_unit(day.draft, SITTING, "006", "xem lại số vắng", NOON + 1))
    assert "006" in day.missing().units
    assert day.scene.state.affairs.closing.returned[SITTING, "006"].reason == "xem lại số vắng"


def test_a_unit_without_points_is_not_checked() -> None:
    with pytest.raises(Refused, match="không có điểm cầu"):
        closing.check(Day().draft, SITTING, "99999", NOON)


# --- after the close


def test_once_closed_nobody_of_the_staff_moves_a_figure() -> None:
    day = closed_day()
    assert day.says(count(TV, 60, round=RoundName.CLOSING), at("13:05"), by=BINH) == (False, "closed")
    with pytest.raises(Refused, match="chốt số liệu") as refused:
        closing.check(day.draft, SITTING, "001", at("13:05"))
    assert refused.value.code == "closed"


def test_what_was_said_before_the_close_counts_within_the_grace_period() -> None:
    day = closed_day()
    late = count(H2, 45, 5, 0, round=RoundName.CLOSING)
    assert day.says(late, at("12:55"), received=CLOSED + GRACE_MS) == (True, "late")
    assert day.figure(H2) == Count(45, 5, 0)


@pytest.mark.parametrize(
    ("said", "received"), [(CLOSED + 1, CLOSED + 2), (CLOSED - 1, CLOSED + GRACE_MS + 1)], ids=["after", "too late"]
)
def test_what_comes_later_is_kept_and_waits_for_somebody(said: int, received: int) -> None:
    day = closed_day()
    late = count(H1, 61, 3, 0, round=RoundName.CLOSING)
    assert day.says(late, said, received=received) == (True, "late")
    assert day.figure(H1) == Count(60, 3, 1)
    (waiting,) = day.scene.state.affairs.closing.corrections.values()
    assert (waiting.count, waiting.late, waiting.status) == (Count(61, 3, 0), True, Status.WAITING)


def test_once_signed_the_grace_period_is_over() -> None:
    day = closed_day()
    day.does(closing.sign(day.draft, 1, day.scene.position, "f" * 64, {}, CLOSED + 1, grace_ms=GRACE_MS, at_once=True))
    day.says(count(H1, 61, 3, 0, round=RoundName.CLOSING), CLOSED - 1, received=CLOSED + 2)
    assert day.figure(H1) == Count(60, 3, 1)


def test_a_late_figure_that_says_the_same_is_kept_and_nobody_need_look_at_it() -> None:
    day = closed_day()
    assert day.says(count(H1, 60, 3, 1, round=RoundName.CLOSING), at("14:00")) == (True, "late")
    assert not day.scene.state.affairs.closing.corrections
    assert day.scene.state.affairs.closing.kept == {H1: 1}


def test_whatever_else_a_hall_says_too_late_is_kept_and_moves_nothing() -> None:
    day = closed_day()
    before = day.scene.state.points[H1]
    for act in (stage(H1, Stage.ON_SITE), fault(H1), submit(H1)):
        assert day.says(act, at("14:00")) == (True, "late")
    assert day.scene.state.points[H1] == before
    assert day.scene.state.affairs.closing.kept == {H1: 3}


def test_a_late_stage_is_kept_as_it_was_said() -> None:
    day = closed_day()
    told = decide(day.scene.state, stage(H1, Stage.ON_SITE), at_ms=at("14:00"), staff=False, received_ms=at("14:00"))
    assert told.event == events.ActKept(point=H1, kind="stage", said='{"stage":"on_site"}')


def test_a_phone_that_asks_over_and_over_fills_no_list() -> None:
    day = closed_day()
    for present in range(60):
        assert day.says(count(H1, present, 3, 1, round=RoundName.CLOSING), at("14:00"))[0]
    corrections = day.scene.state.affairs.closing.corrections
    assert len(corrections) == 50
    assert [each.status for each in corrections.values()].count(Status.WAITING) == 1


# --- corrections


def test_a_correction_after_the_close_is_asked_for_and_moves_nothing_yet() -> None:
    day = Day()
    reported = count(H1, 60, 3, 1, round=RoundName.CLOSING)
    day.says(reported)
    day.closes()
    assert day.says(correct(H1, reported.id, Count(59, 3, 2)), at("15:00"), by=ANN) == (True, "waiting")
    assert day.figure(H1) == Count(60, 3, 1)
    assert day.says(correct(H1, reported.id, Count(58, 3, 3)), at("15:01")) == (True, "waiting")
    assert [each.asked_as for each in day.scene.state.affairs.closing.corrections.values()] == [
        Asker.ORGANISER,
        Asker.OPERATOR,
    ]


def test_somebody_else_approves_and_the_figure_moves_with_its_name() -> None:
    day = closed_day()
    number = day.asks(H1, Count(59, 3, 2))
    with pytest.raises(Refused, match="không tự duyệt") as own:
        closing.approve(day.draft, number, ANN, "đúng", at("15:31"))
    assert own.value.code == "own_request"
    day.approves(number)
    assert day.figure(H1) == Count(59, 3, 2)
    (difference,) = closing.differences(day.scene.state, 0)
    assert (difference.point, difference.before, difference.after) == (H1, Count(60, 3, 1), Count(59, 3, 2))
    assert (difference.asked_by, difference.approved_by) == (ANN, CUC)
    assert (difference.reason, difference.why) == ("đối chiếu danh sách", "đúng danh sách ký")


def test_a_late_figure_of_a_hall_that_never_reported_is_its_own_and_on_time_if_it_was() -> None:
    day = closed_day()
    day.says(count(H2, 45, 5, 0, round=RoundName.CLOSING), at("11:50"), received=at("14:00"))
    assert day.figure(H2) is None
    day.approves(1, BINH)
    figure = day.scene.state.points[H2].figures[CLOSING]
    assert (figure.count, figure.author, figure.on_time) == (Count(45, 5, 0), Author.OWN, True)


def test_a_doubtful_figure_that_somebody_else_approves_counts() -> None:
    day = closed_day()
    day.says(count(H1, 640, 0, 0, round=RoundName.CLOSING), at("14:00"))
    day.approves(1)
    assert day.scene.state.points[H1].figures[CLOSING].grade is Grade.WARNED


def test_a_refused_correction_moves_nothing_and_is_settled() -> None:
    day = closed_day()
    number = day.asks(H1, Count(59, 3, 2))
    day.does(closing.refuse(day.draft, number, "không có chữ ký", at("15:31")), CUC)
    assert day.figure(H1) == Count(60, 3, 1)
    with pytest.raises(Refused, match="đã bị từ chối"):
        closing.approve(day.draft, number, CUC, "đúng", at("15:32"))


def test_nobody_approves_what_they_no_longer_see() -> None:
    day = closed_day()
    first, second = day.asks(H1, Count(59, 3, 2)), day.asks(H1, Count(58, 3, 3), by=BINH)
    day.approves(second)
    with pytest.raises(Refused, match="đã được đính chính") as stale:
        closing.approve(day.draft, first, CUC, "đúng", at("15:32"))
    assert stale.value.code == "stale"


def test_who_asks_again_takes_the_first_word_back() -> None:
    day = closed_day()
    first, second = day.asks(H1, Count(59, 3, 2)), day.asks(H1, Count(58, 3, 3))
    corrections = day.scene.state.affairs.closing.corrections
    assert [corrections[each].status for each in (first, second)] == [Status.REPLACED, Status.WAITING]


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
def test_in_whatever_order_they_are_approved_the_sums_are_the_same(order: tuple[int, ...]) -> None:
    day = Day()
    for hall in (H1, TV, POLICE):
        day.ends(hall)
    day.closes()
    for hall in (H1, TV, POLICE):
        day.asks(hall, Count(57, 5, 2))
    for number in order:
        day.approves(number)
    for node in ("", "01", "001"):
        below = list(day.scene.points_under(node))
        people = day.scene.rollup.at(node).people[CLOSING]
        parts = [standing(point, CLOSING) for point in below]
        assert (people.present, people.excused) == (
            sum(each.present for each in parts),
            sum(each.excused for each in parts),
        )
    assert {each.point for each in closing.differences(day.scene.state, 0)} == {H1, TV, POLICE}


@pytest.mark.parametrize(
    ("key", "said", "code"),
    [
        (CLOSING, Count(60, 3, 1), "same"),
        ((SITTING + "x", RoundName.CLOSING), Count(1, 0, 0), "unknown_round"),
        (CLOSING, Count(59, 1, 0, reasons={"sick": 2}), "parts"),
    ],
)
def test_what_is_no_correction_is_refused(key: tuple[str, RoundName], said: Count, code: str) -> None:
    day = closed_day()
    with pytest.raises(Refused) as refused:
        closing.ask(day.draft, H1, key, said, "vì sao", Asker.ORGANISER, NOON)
    assert refused.value.code == code


def test_before_the_close_nothing_need_be_asked_for() -> None:
    day = Day()
    day.ends(H1)
    with pytest.raises(Refused, match="chưa chốt"):
        closing.ask(day.draft, H1, CLOSING, Count(1, 0, 0), "vì sao", Asker.ORGANISER, NOON)


# --- signing


def test_a_version_says_what_it_corrected_since_the_one_before() -> None:
    day = closed_day()
    day.signs(1)
    day.approves(day.asks(H1, Count(59, 3, 2)))
    day.signs(2, at_ms=at("15:40"))
    one, two = day.scene.state.affairs.closing.versions
    assert (one.corrections, two.corrections) == ((), (1,))
    assert (two.signed_by, two.signed_ms, two.files) == (ANN, at("15:40"), {"docx": "d" * 64})
    assert closing.differences(day.scene.state, 0, 1) == ()
    assert [each.point for each in closing.differences(day.scene.state, 1)] == [H1]
    assert closing.differences(day.scene.state, 2) == ()


def test_a_draft_that_a_figure_has_overtaken_is_not_signed() -> None:
    day = closed_day()
    drafted = day.scene.position
    day.approves(day.asks(H1, Count(59, 3, 2)))
    with pytest.raises(Refused, match="dự thảo mới") as refused:
        day.signs(1, position=drafted)
    assert refused.value.code == "version"
    day.signs(1)


def test_nor_one_after_which_the_office_judged_a_hall_or_settled_a_difference() -> None:
    sitting, name = CLOSING
    own, seen, source = Count(60, 3, 1), Seen(58), Source.INSPECTOR
    words = (
        events.JudgementChanged(point=H1, roll=Roll.PRAISE, added=False, reason="chủ trì đến muộn"),
        events.DifferenceSettled(
            point=H1,
            sitting=sitting,
            round=name,
            source=source,
            stands=Stands.OWN,
            own=own,
            seen=seen,
            reason="đã đếm lại",
        ),
    )
    for word in words:
        day = closed_day()
        drafted = day.scene.position
        day.does(((word, at("14:00")),))
        with pytest.raises(Refused, match="dự thảo mới"):
            day.signs(1, position=drafted)
        day.signs(1)
    # A second count alone holds nobody up.
    day = closed_day()
    drafted = day.scene.position
    day.does(((events.SourceGiven(point=H1, sitting=sitting, round=name, source=source, seen=seen), at("14:00")),))
    day.signs(1, position=drafted)


def test_nor_one_that_was_made_before_the_close() -> None:
    day = Day()
    drafted = day.scene.position
    day.closes()
    with pytest.raises(Refused, match="dự thảo mới"):
        day.signs(1, position=drafted)


def test_a_draft_is_not_signed_over_a_figure_of_the_same_batch() -> None:
    day = closed_day()
    number = day.asks(H1, Count(59, 3, 2))
    draft = day.draft
    for event, at_ms in closing.approve(draft, number, CUC, "đúng", NOON):
        draft.adopt(happened(event, at_ms, CUC))
    with pytest.raises(Refused, match="dự thảo mới"):
        closing.sign(draft, 1, day.scene.position + 5, "f" * 64, {}, at("14:10"), grace_ms=GRACE_MS)


@pytest.mark.parametrize("version", [0, 2])
def test_only_the_next_version_is_signed(version: int) -> None:
    day = closed_day()
    with pytest.raises(Refused, match="Phiên bản tiếp theo là 1") as refused:
        day.signs(version)
    assert refused.value.code == "version"


def test_nothing_is_signed_while_phones_may_still_be_sending_unless_somebody_says_so() -> None:
    day = closed_day()
    with pytest.raises(Refused, match="13:15") as refused:
        day.signs(1, at_ms=CLOSED + GRACE_MS - 1)
    assert refused.value.code == "grace"
    day.signs(1, at_ms=CLOSED + GRACE_MS)


def test_nothing_is_signed_that_is_not_closed() -> None:
    with pytest.raises(Refused, match="chưa chốt"):
        Day().signs(1)
