"""Nobody makes a badge or a hall's code but us, and none counts elsewhere or later."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoints_registry import badges
from endpoints_registry.badges import (
    LETTERS,
    STEP_MS,
    hall_code,
    hall_code_left_ms,
    new_person,
    read,
    read_hall_code,
    sign,
)

keys = st.binary(min_size=badges.KEY_BYTES, max_size=badges.KEY_BYTES)
people = st.text(LETTERS, min_size=10, max_size=10)
conferences = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
moments = st.integers(min_value=0, max_value=4_000_000_000_000)
POINT = "00004-01"


@given(keys, conferences, people)
def test_a_badge_tells_whose_it_is(key: bytes, conference: str, person: str) -> None:
    assert read(key, conference, sign(key, conference, person)) == person


@given(keys, conferences, people, st.data())
def test_a_badge_with_any_one_letter_changed_is_refused(
    key: bytes, conference: str, person: str, data: st.DataObject
) -> None:
    text = sign(key, conference, person)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters().filter(lambda letter: letter != text[place]))
    assert read(key, conference, text[:place] + other + text[place + 1 :]) is None


@given(keys, conferences, people, st.integers(0, 33))
def test_a_badge_cut_short_or_made_longer_is_refused(key: bytes, conference: str, person: str, length: int) -> None:
    text = sign(key, conference, person)
    assert [read(key, conference, each) for each in (text[:length], text + "A", " " + text, text.lower())] == [None] * 4


@given(keys, people, conferences, conferences)
def test_a_badge_of_another_conference_is_refused(key: bytes, person: str, here: str, there: str) -> None:
    assert (read(key, here, sign(key, there, person)) == person) is (here == there)


@given(keys, keys, conferences, people)
def test_a_badge_made_with_another_key_is_refused(ours: bytes, theirs: bytes, conference: str, person: str) -> None:
    assert (read(ours, conference, sign(theirs, conference, person)) == person) is (ours == theirs)


@given(keys, conferences, st.text())
def test_what_is_no_badge_is_refused_and_breaks_nothing(key: bytes, conference: str, text: str) -> None:
    assert read(key, conference, text) is None


@given(keys, conferences, people)
def test_a_badge_is_34_letters_of_a_qr_codes_alphanumeric_mode_and_proves_at_least_96_bits(
    key: bytes, conference: str, person: str
) -> None:
    text = sign(key, conference, person)
    assert len(text) == 34
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert badges.PROOF_LETTERS * 5 >= 96


def test_every_bit_of_the_proof_is_drawn() -> None:
    """Over many badges each letter of the proof takes all its 32 values: none is always the same."""
    proofs = [sign(b"k" * 32, "hoc-tap", f"{number:010d}")[-badges.PROOF_LETTERS :] for number in range(2_000)]
    assert [len(set(letters)) for letters in zip(*proofs, strict=True)] == [32] * badges.PROOF_LETTERS


def test_a_person_is_ten_letters_drawn_by_lot() -> None:
    chance = random.Random(1)
    drawn = {new_person(chance.randrange) for _ in range(2_000)}
    assert len(drawn) == 2_000
    assert all(len(person) == 10 and set(person) <= set(LETTERS) for person in drawn)


@given(keys, moments)
def test_a_halls_code_is_good_for_its_step_and_the_next_and_then_no_more(key: bytes, now_ms: int) -> None:
    code = hall_code(key, POINT, now_ms)
    begun = now_ms - now_ms % STEP_MS
    good = [begun, now_ms, begun + STEP_MS - 1, begun + STEP_MS, begun + 2 * STEP_MS - 1]
    assert all(read_hall_code(key, POINT, code, each) for each in good)
    bad = [begun - 1, begun + 2 * STEP_MS, begun + 3 * STEP_MS, begun + 24 * 3_600_000]
    assert not any(read_hall_code(key, POINT, code, each) for each in bad)


@given(keys, moments)
def test_a_halls_code_changes_exactly_when_it_is_said_to(key: bytes, now_ms: int) -> None:
    left = hall_code_left_ms(now_ms)
    assert 0 < left <= STEP_MS
    code = hall_code(key, POINT, now_ms)
    assert hall_code(key, POINT, now_ms + left - 1) == code
    assert hall_code(key, POINT, now_ms + left) != code


@given(keys, moments)
def test_a_halls_code_counts_in_no_other_hall_and_is_no_badge(key: bytes, now_ms: int) -> None:
    code = hall_code(key, POINT, now_ms)
    assert not read_hall_code(key, "00004-02", code, now_ms)
    assert len(code) * 5 >= 96
    assert read(key, POINT, code) is None


@pytest.mark.parametrize("text", ["", "A", "Đ" * 20, "\ud800" * 20, "A" * 100_000])
def test_what_is_no_halls_code_is_refused_and_breaks_nothing(text: str) -> None:
    assert not read_hall_code(b"k" * 32, POINT, text, 0)
