"""A phone's wrong clock and a line that was away change nothing of when something was said."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.rules.timing import EARLIEST_MS, LATEST_MS, said
from tests.cast import MINUTE, MORNING

clocks = st.integers(-10_000 * 3_600_000, 10_000 * 3_600_000)
any_ms = st.integers(-(2**53), 2**53)


@given(wrong_ms=clocks, waited_ms=st.integers(0, EARLIEST_MS))
def test_a_clock_that_is_wrong_by_whatever_is_corrected_by_what_it_showed_at_sending(
    wrong_ms: int, waited_ms: int
) -> None:
    spoken = MORNING - waited_ms
    judged = said(at_ms=spoken + wrong_ms, sent_ms=MORNING + wrong_ms, received_ms=MORNING)
    assert judged.at_ms == spoken
    assert judged.skew_ms == -wrong_ms
    assert judged.trusted


@given(at_ms=any_ms, sent_ms=any_ms)
def test_whatever_a_device_says_the_time_is_possible(at_ms: int, sent_ms: int) -> None:
    judged = said(at_ms, sent_ms, MORNING)
    assert MORNING - EARLIEST_MS <= judged.at_ms <= MORNING
    if not judged.trusted:
        assert judged.at_ms == MORNING


def test_a_little_ahead_is_now_and_more_is_not_believed() -> None:
    assert said(MORNING + LATEST_MS, MORNING, MORNING).trusted
    assert said(MORNING + LATEST_MS, MORNING, MORNING).at_ms == MORNING
    assert not said(MORNING + LATEST_MS + 1, MORNING, MORNING).trusted


def test_three_days_old_is_believed_and_more_is_not() -> None:
    assert said(MORNING - EARLIEST_MS, MORNING, MORNING).at_ms == MORNING - EARLIEST_MS
    assert said(MORNING - EARLIEST_MS - 1, MORNING, MORNING).at_ms == MORNING


def test_38_minutes_in_the_outbox_do_not_make_a_report_late() -> None:
    spoken, sent = MORNING, MORNING + 38 * MINUTE
    assert said(spoken, sent, sent + 900).at_ms == spoken + 900
