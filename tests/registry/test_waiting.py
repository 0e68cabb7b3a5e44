"""Screens that wait with a code: how many, for how long, and by which letters."""

from datetime import timedelta
from itertools import cycle

import pytest

from endpoints_registry.waiting import (
    LASTS,
    LENGTH,
    LETTERS,
    SILENCE,
    SPACING,
    WAITING,
    WAITING_EACH,
    AskedTooSoon,
    TooManyWait,
    UnknownScreen,
    Waiting,
    new_code,
)
from tests.registry.cast import NOW

SOON = timedelta(seconds=2)


def test_a_code_has_no_letter_that_is_taken_for_another() -> None:
    assert not set("B8I1LO0S5Z2UMW") & set(LETTERS)
    codes = {new_code() for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code) == LENGTH and set(code) <= set(LETTERS) for code in codes)


def test_a_code_is_found_however_it_was_typed_and_as_long_as_its_screen_asks() -> None:
    waiting = Waiting()
    screen, secret = waiting.begin("10.0.0.5", "TV", NOW)
    typed = f" {screen.code[:4].lower()}-{screen.code[4:]} "
    assert waiting.shown(typed, NOW) is screen
    now = NOW
    while now + SOON < NOW + LASTS:
        now += SOON
        waiting.ask(secret, now)
        assert waiting.shown(screen.code, now) is screen
    assert waiting.shown(screen.code, NOW + LASTS) is None
    with pytest.raises(UnknownScreen):
        waiting.ask(secret, NOW + LASTS)


def test_a_screen_that_was_switched_off_waits_no_longer() -> None:
    waiting = Waiting()
    screen, secret = waiting.begin("10.0.0.5", "TV", NOW)
    assert waiting.shown(screen.code, NOW + SILENCE) is None
    with pytest.raises(UnknownScreen):
        waiting.ask(secret, NOW + SILENCE)


def test_a_screen_that_asks_all_the_time_is_told_so() -> None:
    waiting = Waiting()
    _, secret = waiting.begin("10.0.0.5", "TV", NOW)
    with pytest.raises(AskedTooSoon):
        waiting.ask(secret, NOW + SPACING / 2)
    waiting.ask(secret, NOW + SPACING)


def test_one_address_takes_nobody_elses_place_and_those_who_are_gone_hold_none() -> None:
    waiting = Waiting()
    for number in range(WAITING_EACH):
        # A neighbourhood of the new addresses is one address.
        waiting.begin(f"2001:db8::{number:x}", "TV", NOW)
    with pytest.raises(TooManyWait):
        waiting.begin("2001:db8::ffff", "TV", NOW)
    waiting.begin("10.0.0.5", "TV", NOW)
    waiting.begin("2001:db8::ffff", "TV", NOW + SILENCE)


def test_all_together_are_bounded() -> None:
    waiting = Waiting()
    for number in range(WAITING):
        waiting.begin(f"10.0.{number // 256}.{number % 256}", "TV", NOW)
    with pytest.raises(TooManyWait):
        waiting.begin("10.9.9.9", "TV", NOW)


def test_two_screens_never_show_the_same_code() -> None:
    drawn = cycle(["AAAAAAAA", "AAAAAAAA", "CCCCCCCC"])
    waiting = Waiting(lambda: next(drawn))
    codes = [waiting.begin("10.0.0.5", "TV", NOW)[0].code for _ in range(2)]
    assert codes == ["AAAAAAAA", "CCCCCCCC"]
