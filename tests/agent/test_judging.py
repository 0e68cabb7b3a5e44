"""From what was seen to a word, as a table of moments."""

from typing import get_args

import pytest

from bridge.agent.broadcast.judging import Arrived, Course, Listed, Seen, arrived, judge, listed, unread
from bridge.rules.model import Stream
from bridge.rules.wire import StreamWord

S = 1_000


def seen(course: Course, newest: int, at_s: float, *, age_s: float | None = None, took_s: float = 0.2) -> Course:
    """A list named a new segment, and its head came."""
    course = listed(course, Listed(target_s=4, newest=newest, segments=5, age_s=age_s))
    return arrived(course, Arrived(at_ms=round(at_s * S), took_s=took_s, duration_s=4, size=250_000))


def running(age_s: float | None = None) -> Course:
    """Seen to move at 0 and 4 s."""
    return seen(seen(Course(began_ms=0), 10, 0, age_s=age_s), 11, 4, age_s=age_s)


def word(course: Course, at_s: float, before: StreamWord | None = None) -> str | None:
    said = judge(course, round(at_s * S), before)
    return said.stream if said else None


def test_the_words_of_rooms_are_those_of_the_hall() -> None:
    assert set(get_args(StreamWord)) == {each.value for each in Stream}


def test_one_look_is_too_early_to_say_unless_the_list_is_dated() -> None:
    once = seen(Course(began_ms=0), 10, 0)
    assert word(once, 1) is None
    assert word(seen(Course(began_ms=0), 10, 0, age_s=3), 1) == "fresh"
    assert word(seen(Course(began_ms=0), 10, 0, age_s=500), 1) is None


def test_what_moves_is_fresh_with_its_rate() -> None:
    assert judge(running(), 5 * S) == Seen("fresh", None, 500)


@pytest.mark.parametrize(
    ("target_s", "patience_s"), [(1, 8), (2, 8), (3, 9), (3.6, 10.8), (4, 11), (6, 11), (8, 14), (10, 17), (30, 47)]
)
def test_patience_is_what_the_standard_allows_and_three_segments_but_not_so_long_that_the_board_is_late(
    target_s: float, patience_s: float
) -> None:
    assert Course(began_ms=0, target_s=target_s).patience_s == pytest.approx(patience_s)


def test_nothing_new_for_the_patience_is_a_stall_that_says_since_when() -> None:
    course = running()
    assert word(course, 14.9) == "fresh"
    assert judge(course, 15 * S) == Seen("stalled", 11)
    assert judge(course, 64 * S) == Seen("stalled", 60)


def test_lists_that_cannot_be_read_make_it_gone_but_one_of_them_does_not() -> None:
    once = unread(running())
    assert word(once, 14) == "fresh"
    assert word(once, 15) == "stalled"
    assert word(unread(once), 15) == "gone"
    back = listed(unread(once), Listed(target_s=4, newest=11, segments=5))
    assert word(back, 16) == "stalled"
    assert word(seen(back, 12, 16), 16) == "fresh"


def test_a_broadcast_that_never_came_is_gone_after_the_patience() -> None:
    never = unread(unread(Course(began_ms=0)))
    assert word(never, 10.9) is None
    assert word(never, 11) == "gone"


def test_later_than_usual_is_behind_and_the_border_is_not_crossed_back_and_forth() -> None:
    assert judge(running(19.9), 5 * S) == Seen("fresh", 19.9, 500)
    assert judge(running(20), 5 * S) == Seen("behind", 20, 500)
    assert word(running(19), 5, before="behind") == "behind"
    assert word(running(14), 5, before="behind") == "fresh"


def test_a_date_that_cannot_be_is_not_believed() -> None:
    assert judge(running(7 * 3600), 5 * S) == Seen("fresh", None, 500)
    assert judge(running(-30), 5 * S) == Seen("fresh", 0, 500)


def test_a_line_that_is_too_narrow_for_its_pictures_is_behind() -> None:
    slow = seen(running(), 12, 13, took_s=5)
    assert judge(slow, 13 * S) == Seen("behind", 1, 500)


def test_an_older_list_of_another_server_is_nothing_new_and_a_new_beginning_is() -> None:
    course = running()
    older = listed(course, Listed(target_s=4, newest=10, segments=5))
    assert older.newest == 11
    assert older.awaited is None
    anew = listed(course, Listed(target_s=4, newest=2, segments=3))
    assert anew.awaited == 2
