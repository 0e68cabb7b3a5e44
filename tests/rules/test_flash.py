"""The sentence of the flash, as leaders know it."""

import pytest

from bridge.rules.attendance import People
from bridge.rules.flash import Flash, sentence
from bridge.rules.spelling import percent
from tests.cast import at


def test_it_is_said_as_the_office_says_it() -> None:
    people = People(expected=55_200, present=51_488, excused=0, unexcused=0, unreported=3_712, guests=0)
    said = Flash(
        at_ms=at("08:00"),
        key=None,
        sitting_name="",
        points=766,
        ready=762,
        connected=760,
        received=752,
        lost=4,
        people=people,
    )
    assert sentence(said) == "Đến 8 giờ 00: 762/766 điểm cầu, 51.488/55.200 đại biểu, 93,3%"


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 3, "0,0%"), (1, 3, "33,3%"), (2, 3, "66,7%"), (3, 3, "100,0%"), (29_999, 30_000, "99,9%"), (1, 2_000, "0,1%")],
)
def test_a_share_is_whole_only_where_nobody_is_missing(part: int, whole: int, words: str) -> None:
    assert percent(part, whole) == words
