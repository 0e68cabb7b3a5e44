"""The chain of hashes: whatever is changed, the first changed row is found."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.journal import Record, Row
from bridge.journal.chain import chained, genesis, verify

START = genesis("hoc-tap-2026-03")
RECORD = Record(
    at_ms=1,
    received_ms=2,
    by="point:00004-01",
    kind="figure-reported",
    point="00004-01",
    body=b"{}",
    act="act",
    device="phone",
    seq=3,
    digest=b"digest",
    outcome="accepted",
    code="warned",
    message="Đã nhận",
    skew_ms=4,
)
ROWS = chained(0, START, [msgspec.structs.replace(RECORD, act=str(number)) for number in range(9)])
OTHER = {int: 7_777, str: "khác", bytes: b"other"}


def test_an_untouched_journal_has_no_broken_row() -> None:
    assert verify(ROWS, START) is None


@pytest.mark.parametrize("name", [field.name for field in msgspec.structs.fields(Record) if field.name != "texts"])
@pytest.mark.parametrize("position", [1, 5, 9])
def test_a_changed_value_names_its_row(name: str, position: int) -> None:
    rows = list(ROWS)
    row = rows[position - 1]
    changed = msgspec.structs.replace(row.record, **{name: OTHER[type(getattr(row.record, name))]})
    rows[position - 1] = Row(row.position, row.hash, changed)
    assert verify(rows, START) == position


@given(position=st.integers(1, 9), byte=st.integers(0, 31), bit=st.integers(0, 7))
def test_one_flipped_bit_of_a_hash_names_its_row(position: int, byte: int, bit: int) -> None:
    rows = list(ROWS)
    row = rows[position - 1]
    flipped = bytearray(row.hash)
    flipped[byte] ^= 1 << bit
    rows[position - 1] = Row(row.position, bytes(flipped), row.record)
    assert verify(rows, START) == position


@pytest.mark.parametrize("position", [1, 5, 8])
def test_a_row_taken_out_is_missed_where_it_stood(position: int) -> None:
    assert verify(ROWS[: position - 1] + ROWS[position:], START) == position


def test_rows_that_changed_places_are_found() -> None:
    assert verify((ROWS[1], ROWS[0], *ROWS[2:]), START) == 1


def test_a_row_whose_hash_was_made_to_fit_betrays_itself_at_the_next() -> None:
    forged = chained(3, ROWS[2].hash, [msgspec.structs.replace(ROWS[3].record, body=b'{"present":640}')])
    assert verify(ROWS[:3] + forged + ROWS[4:], START) == 5


def test_a_chain_is_not_another_conferences() -> None:
    assert verify(ROWS, genesis("hoc-tap-2026-04")) == 1


def test_a_check_goes_on_page_by_page() -> None:
    assert verify(ROWS[:4], START) is None
    assert verify(ROWS[4:], ROWS[3].hash, after=4) is None
    assert verify(ROWS[5:], ROWS[3].hash, after=4) == 5


def test_neighbouring_texts_cannot_trade_letters() -> None:
    one = chained(0, START, [msgspec.structs.replace(RECORD, code="late", message="r")])
    two = chained(0, START, [msgspec.structs.replace(RECORD, code="later", message="")])
    assert one[0].hash != two[0].hash


def test_the_first_link_is_the_one_that_older_reports_print() -> None:
    """Written down once: a changed way of hashing would break every journal that exists."""
    assert START.hex() == "ceea72686dd3999709c46bcc5f48e8b16994ccb582964a3d841f8e2eee35f6d8"
    assert ROWS[0].hash.hex() == "d7d400fa8fad32b181d7d02acdb6c63cae4a414691f8358090f509a76a5fd2cd"
