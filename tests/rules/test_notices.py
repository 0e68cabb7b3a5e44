"""What is said to halls reaches those it is for, is answered once by each, and nobody who has reported is reminded."""

from collections.abc import Callable, Sequence

import pytest

from bridge.rules import events
from bridge.rules.events import AnyEvent
from bridge.rules.model import Phase, RoundName, Stage
from bridge.rules.notices import (
    KEPT_FOR_ALL,
    NEWEST,
    NOTICES_LIMIT,
    READ_AGAIN,
    TEXT_LIMIT,
    Notice,
    Unworded,
    reach,
    worded,
)
from bridge.rules.projection import Draft, State
from bridge.rules.refused import Refused
from bridge.rules.telling import COOL_DOWN_MS, pending, post, remind, silent, withdraw
from tests.cast import (
    ANN,
    CITY_HALL,
    DISTRICT_HALL,
    EXTRA_HALL,
    HALL_1,
    HALL_2,
    HALLS,
    MIDDLE,
    MINUTE,
    MORNING,
    NOON,
    OPENING,
    POLICE_HALL,
    SITTING,
    TV_HALL,
    at,
    begun,
    count,
    done,
    happened,
    noticed,
    release,
    stage,
)

CODES = tuple(hall.code for hall in HALLS)
TO_TWO = (HALL_1.code, HALL_2.code)


def commanded(
    state: State, judge: Callable[[Draft], Sequence[tuple[AnyEvent, int]]], by: str = ANN
) -> tuple[AnyEvent, ...]:
    """What followed from a command of the staff, taken in by the state."""
    followed = judge(Draft(state))
    for event, at_ms in followed:
        state.adopt(happened(event, at_ms, by))
    return tuple(event for event, _ in followed)


def said(
    state: State, text: str = "Kiểm tra loa", points: Sequence[str] | None = None, *, confirm: bool = False
) -> Notice:
    """A notice that has been posted at eight."""
    commanded(state, lambda draft: post(draft, text, MORNING, points=points, confirm=confirm))
    notices = state.affairs.notices
    return notices.posted[notices.next_number - 1]


def stands(state: State, number: int = 1) -> Notice:
    return state.affairs.notices.posted[number]


# --- notices


def test_notices_are_numbered_in_the_order_in_which_they_were_said() -> None:
    state = begun()
    assert [said(state, text).number for text in ("một", "hai", "ba")] == [1, 2, 3]
    assert stands(state, 2).text == "hai"
    assert stands(state, 2).by == "ann"


def test_a_notice_to_some_halls_waits_for_their_answer_and_for_no_other() -> None:
    state = begun()
    said(state, points=TO_TWO)
    notices = state.affairs.notices
    assert [len(notices.unanswered(code)) for code in (*TO_TWO, TV_HALL.code)] == [1, 1, 0]
    assert [len(notices.shown(code)) for code in (*TO_TWO, TV_HALL.code)] == [1, 1, 0]


def test_a_notice_to_everybody_reaches_every_hall() -> None:
    state = begun()
    said(state)
    assert all(state.affairs.notices.unanswered(code) for code in CODES)
    assert reach(stands(state), len(CODES)).count == len(CODES)


def test_what_a_hall_has_seen_waits_no_more_and_is_still_there_to_be_read() -> None:
    state = begun()
    said(state)
    decided = done(state, noticed(HALL_1, 1), at("08:05"))
    assert (decided.accepted, decided.code) == (True, "")
    assert state.affairs.notices.unanswered(HALL_1.code) == []
    assert [each.number for each in state.affairs.notices.shown(HALL_1.code)] == [1]
    assert state.affairs.notices.unanswered(HALL_2.code) != []


def test_the_first_look_counts_and_a_second_phone_changes_nothing() -> None:
    state = begun()
    said(state)
    done(state, noticed(HALL_1, 1), at("08:05"))
    done(state, noticed(HALL_1, 1), at("08:09"))
    assert stands(state).seen == {HALL_1.code: at("08:05")}
    assert stands(state).confirmed == {}


def test_a_notice_to_be_confirmed_waits_until_it_is() -> None:
    state = begun()
    said(state, confirm=True)
    done(state, noticed(HALL_1, 1), at("08:05"))
    assert len(state.affairs.notices.unanswered(HALL_1.code)) == 1
    done(state, noticed(HALL_1, 1, confirmed=True), at("08:07"))
    assert state.affairs.notices.unanswered(HALL_1.code) == []
    assert (stands(state).seen, stands(state).confirmed) == ({HALL_1.code: at("08:05")}, {HALL_1.code: at("08:07")})


def test_to_confirm_is_to_have_seen() -> None:
    state = begun()
    said(state, confirm=True)
    done(state, noticed(HALL_1, 1, confirmed=True), at("08:07"))
    assert stands(state).seen == stands(state).confirmed == {HALL_1.code: at("08:07")}


def test_what_nobody_asked_to_confirm_is_seen_and_not_confirmed() -> None:
    state = begun()
    said(state)
    decided = done(state, noticed(HALL_1, 1, confirmed=True))
    assert decided.accepted
    assert (list(stands(state).seen), stands(state).confirmed) == ([HALL_1.code], {})


def test_a_hall_to_which_nothing_was_said_cannot_answer_it() -> None:
    state = begun()
    said(state, points=TO_TWO)
    theirs, none = done(state, noticed(TV_HALL, 1)), done(state, noticed(TV_HALL, 7))
    assert (theirs.accepted, theirs.code) == (False, "unknown_notice")
    assert (theirs.code, theirs.message) == (none.code, none.message)
    assert stands(state).seen == {}


def test_a_withdrawn_notice_is_shown_to_nobody_and_its_answer_is_taken_with_a_word() -> None:
    state = begun()
    said(state, confirm=True)
    assert commanded(state, lambda draft: withdraw(draft, 1, MORNING)) == (events.NoticeWithdrawn(notice=1),)
    assert state.affairs.notices.shown(HALL_1.code) == []
    decided = done(state, noticed(HALL_1, 1, confirmed=True))
    assert (decided.accepted, decided.code) == (True, "withdrawn")
    assert (list(stands(state).seen), stands(state).confirmed) == ([HALL_1.code], {})


def test_to_withdraw_twice_changes_nothing_and_what_was_never_said_cannot_be_withdrawn() -> None:
    state = begun()
    said(state)
    commanded(state, lambda draft: withdraw(draft, 1, MORNING))
    assert commanded(state, lambda draft: withdraw(draft, 1, MORNING)) == ()
    with pytest.raises(Refused, match="Không có thông báo này"):
        withdraw(Draft(state), 2, MORNING)


def test_a_notice_may_be_answered_after_the_figures_are_closed() -> None:
    state = begun()
    said(state)
    state.adopt(happened(events.PhaseChanged(phase=Phase.CLOSED, version=5), by=ANN))
    assert done(state, noticed(HALL_1, 1)).accepted
    assert done(state, count(HALL_1, 60), at_ms=NOON).code == "late"
    assert not state.points[HALL_1.code].figures


def test_before_the_list_is_frozen_there_is_nobody_to_speak_to() -> None:
    with pytest.raises(Refused, match="chưa chốt danh sách") as refused:
        post(Draft(State()), "Kiểm tra loa", MORNING)
    assert refused.value.code == "not_open"


def test_a_notice_to_nobody_is_refused() -> None:
    with pytest.raises(Refused, match="Không có điểm cầu nào nhận") as refused:
        post(Draft(begun()), "Kiểm tra loa", MORNING, points=())
    assert refused.value.code == "nobody"


def test_whoever_says_too_much_is_stopped() -> None:
    state = begun()
    for number in range(NOTICES_LIMIT):
        said(state, f"Thông báo {number}")
    with pytest.raises(Refused, match=str(NOTICES_LIMIT)) as refused:
        post(Draft(state), "một nữa", MORNING)
    assert refused.value.code == "too_many"


def test_the_last_notices_are_for_whoever_answers_for_every_hall() -> None:
    state = begun()
    for number in range(NOTICES_LIMIT - KEPT_FOR_ALL):
        said(state, f"Thông báo {number}")
    with pytest.raises(Refused, match="dành cho ban tổ chức") as refused:
        post(Draft(state), "một nữa", MORNING, points=(HALL_1.code,), for_all=False)
    assert refused.value.code == "too_many"
    assert post(Draft(state), "Sơ tán", MORNING)


def test_a_hall_is_shown_the_newest_of_what_it_has_not_answered_and_a_few_of_what_it_has() -> None:
    state = begun()
    for number in range(1, 41):
        said(state, f"Thông báo {number}")
    for number in range(1, 11):
        done(state, noticed(HALL_1, number))
    notices = state.affairs.notices
    assert [each.number for each in notices.unanswered(HALL_1.code)] == list(range(21, 41))
    shown = [each.number for each in notices.shown(HALL_1.code)]
    assert shown == [*range(40, 20, -1), *range(10, 10 - READ_AGAIN, -1)]
    assert len(shown) == NEWEST + READ_AGAIN


def test_how_far_a_notice_got_is_counted_among_the_halls_one_may_know_of() -> None:
    state = begun()
    said(state, points=(*TO_TWO, TV_HALL.code), confirm=True)
    done(state, noticed(HALL_1, 1, confirmed=True))
    done(state, noticed(TV_HALL, 1))
    everybody = reach(stands(state), len(CODES))
    ours = reach(stands(state), len(CODES), frozenset({DISTRICT_HALL.code, *TO_TWO}))
    assert (everybody.count, everybody.seen, everybody.confirmed) == (3, 2, 1)
    assert (ours.count, ours.seen, ours.confirmed) == (2, 1, 1)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Mở loa to lên \n", "Mở loa to lên"),
        ("Họp lúc 9 giờ.\r\nMang theo giấy tờ.", "Họp lúc 9 giờ.\nMang theo giấy tờ."),
        # Decomposed letters, as some keyboards and every Mac's file names write them.
        ("Điê\u0323n thoa\u0323i", "Điện thoại"),
        ("một\thai", "một hai"),
    ],
)
def test_a_text_is_kept_as_plain_composed_lines(written: str, kept: str) -> None:
    assert worded(written) == kept


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "chưa có nội dung"),
        (" \n\t ", "chưa có nội dung"),
        ("x" * (TEXT_LIMIT + 1), "dài 1001 ký tự; tối đa 1000"),
        ("chuông\x07", r"U\+0007"),
        ("đảo\u202echiều", r"U\+202E"),
        ("rỗng\x00", r"U\+0000"),
    ],
)
def test_a_text_that_cannot_be_shown_is_refused_with_what_to_do(written: str, why: str) -> None:
    with pytest.raises(Unworded, match=why):
        worded(written)


# --- reminders


def test_whoever_has_not_said_a_number_is_silent_whatever_else_they_did() -> None:
    state = begun()
    done(state, count(HALL_1, 60))
    done(state, count(POLICE_HALL, 640))
    assert OPENING in state.points[POLICE_HALL.code].quarantined
    done(state, stage(HALL_2, Stage.ENDED))
    done(state, stage(DISTRICT_HALL, Stage.IN_SESSION))
    # A hall on TV counts its people like any other, one that has ended or never opened owes its number too.
    owing = {CITY_HALL.code, DISTRICT_HALL.code, HALL_2.code, EXTRA_HALL.code, TV_HALL.code}
    assert set(silent(state, OPENING, MORNING)) == owing


def test_nobody_is_silent_before_the_round_has_opened() -> None:
    state = begun()
    assert silent(state, MIDDLE, at("09:14")) == ()
    assert len(silent(state, MIDDLE, at("09:15"))) == len(CODES)
    assert silent(state, (SITTING, RoundName.OPENING), at("06:59")) == ()
    assert silent(state, ("2026-03-08-am", RoundName.OPENING), at("10:00")) == ()


def test_only_who_is_still_silent_when_it_is_decided_is_reminded() -> None:
    state = begun()
    found = silent(state, OPENING, MORNING)
    done(state, count(HALL_1, 60))
    (sent,) = commanded(state, lambda draft: remind(draft, OPENING, found, MORNING))
    assert isinstance(sent, events.RemindersSent)
    assert HALL_1.code not in sent.points
    assert set(sent.points) == set(CODES) - {HALL_1.code}


def test_one_batch_does_not_remind_twice() -> None:
    state = begun()
    draft = Draft(state)
    ((first, at_ms),) = remind(draft, OPENING, CODES, MORNING)
    draft.adopt(happened(first, at_ms))
    assert remind(draft, OPENING, CODES, MORNING) == ()


def test_whoever_was_reminded_is_left_in_peace_for_a_while_and_then_asked_again() -> None:
    state = begun()
    commanded(state, lambda draft: remind(draft, OPENING, TO_TWO, MORNING))
    a_moment_later = MORNING + COOL_DOWN_MS - 1
    (others,) = commanded(state, lambda draft: remind(draft, OPENING, CODES, a_moment_later))
    assert isinstance(others, events.RemindersSent)
    assert set(others.points) == set(CODES) - set(TO_TWO)
    (again,) = commanded(state, lambda draft: remind(draft, OPENING, TO_TWO, MORNING + COOL_DOWN_MS))
    assert isinstance(again, events.RemindersSent)
    assert again.points == TO_TWO


def test_the_cool_down_of_one_round_does_not_hold_up_another() -> None:
    state = begun()
    commanded(state, lambda draft: remind(draft, OPENING, CODES, at("09:14")))
    assert len(commanded(state, lambda draft: remind(draft, MIDDLE, CODES, at("09:16")))) == 1


def test_nobody_is_reminded_of_what_they_may_not_report() -> None:
    state = begun()
    state.adopt(happened(events.PhaseChanged(phase=Phase.CLOSED, version=5), by=ANN))
    assert remind(Draft(state), OPENING, CODES, at("12:30")) == ()
    assert remind(Draft(begun()), MIDDLE, CODES, MORNING) == ()
    assert remind(Draft(State()), OPENING, CODES, MORNING) == ()


def test_nobody_who_takes_no_part_is_reminded() -> None:
    assert remind(Draft(begun()), OPENING, ("99999-01",), MORNING) == ()


def test_a_reminder_stands_until_the_hall_reports_even_a_doubtful_number() -> None:
    state = begun()
    commanded(state, lambda draft: remind(draft, OPENING, CODES, MORNING))
    hall = state.points[HALL_1.code]
    assert pending(state.affairs.notices, hall) == (OPENING, MORNING)
    doubtful = count(HALL_1, 640)
    done(state, doubtful, MORNING + MINUTE)
    assert pending(state.affairs.notices, state.points[HALL_1.code]) is None
    done(state, release(HALL_1, doubtful.id), by=ANN)
    assert pending(state.affairs.notices, state.points[HALL_1.code]) is None
    assert pending(state.affairs.notices, state.points[HALL_2.code]) == (OPENING, MORNING)


def test_the_newest_round_that_a_hall_owes_is_the_one_it_is_shown() -> None:
    state = begun()
    commanded(state, lambda draft: remind(draft, OPENING, CODES, MORNING))
    commanded(state, lambda draft: remind(draft, MIDDLE, CODES, at("09:30")))
    assert pending(state.affairs.notices, state.points[HALL_1.code]) == (MIDDLE, at("09:30"))
    done(state, count(HALL_1, 60, round=RoundName.MIDDLE))
    assert pending(state.affairs.notices, state.points[HALL_1.code]) == (OPENING, MORNING)
