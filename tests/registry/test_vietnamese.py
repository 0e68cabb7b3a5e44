"""Names stand where a Vietnamese dictionary puts them, and are found by people who type no accents."""

import csv
import unicodedata
from pathlib import Path

import icu
import pytest
from hypothesis import given
from hypothesis import strategies as st

import endpoints_registry.samples
from endpoints_registry.vietnamese import bare, fold, matches, proper, rank, sort_key, unit_key

SAMPLES = Path(next(iter(endpoints_registry.samples.__path__)))
VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
SYLLABIC = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES)
LETTERS = SYLLABIC + SYLLABIC.upper() + "bcdđghklmnpqrstvxfjzwBCDĐGHKLMNPQRSTVXFJZW"
SIGNS = " _-–—,;:!?.'‘’\"“”()[]{}@*/\\&#%`^+<=>|~$0123456789"
NAMES = st.text(LETTERS + SIGNS, max_size=8)


def collator() -> icu.Collator:
    of_vietnam = icu.Collator.createInstance(icu.Locale("vi_VN"))
    of_vietnam.setAttribute(icu.UCollAttribute.NUMERIC_COLLATION, icu.UCollAttributeValue.ON)
    return of_vietnam


ICU = collator()


def unit_names(sample: str) -> list[str]:
    with (SAMPLES / f"{sample}.csv").open(encoding="utf-8-sig", newline="") as file:
        return sorted({row["name"] for row in csv.DictReader(file)})


@pytest.mark.parametrize("sample", ["vietnam-2023", "vietnam-2025"])
def test_every_unit_of_the_country_stands_where_icu_puts_it(sample: str) -> None:
    names = unit_names(sample)
    assert len(names) > 2_000
    assert sorted(names, key=sort_key) == sorted(names, key=ICU.getSortKey)


@given(NAMES, NAMES)
def test_any_two_names_compare_as_icu_compares_them(one: str, other: str) -> None:
    mine, theirs = sort_key(one), sort_key(other)
    assert (mine > theirs) - (mine < theirs) == ICU.compare(one, other)


@given(NAMES)
def test_composed_and_decomposed_letters_are_the_same_name(name: str) -> None:
    decomposed = unicodedata.normalize("NFD", name)
    assert sort_key(decomposed) == sort_key(name)
    assert fold(decomposed) == fold(name)


def test_what_icu_would_order_by_its_large_tables_comes_last_by_code_point() -> None:
    assert sorted(["日本", "Ω", "Z", "а", "ỹ", "9"], key=sort_key) == ["9", "ỹ", "Z", "Ω", "а", "日本"]


def test_units_are_ordered_by_their_proper_names_and_not_by_their_kind() -> None:
    names = ["Quận Đống Đa", "Huyện Ba Vì", "Phường Đại Mỗ", "Quận Ba Đình", "Phường Dương Nội"]
    names += ["Phường 10", "Phường 2", "Thị xã Sơn Tây", "Xã Minh Khai", "Phường Minh Khai"]
    assert sorted(names, key=unit_key) == [
        "Phường 2",
        "Phường 10",
        "Quận Ba Đình",
        "Huyện Ba Vì",
        "Phường Dương Nội",
        "Phường Đại Mỗ",
        "Quận Đống Đa",
        "Phường Minh Khai",
        "Xã Minh Khai",
        "Thị xã Sơn Tây",
    ]


def test_a_number_keeps_its_kind_and_a_name_loses_it() -> None:
    assert [bare(name) for name in ("Quận Ba Đình", "Phường 10", "Đảng ủy Khối")] == [
        "Ba Đình",
        "Phường 10",
        "Đảng ủy Khối",
    ]


def test_a_name_is_found_without_accents() -> None:
    assert fold("Đống  Đa") == "dong da"
    assert matches("dong da", "Quận Đống Đa")
    assert matches("DA dong", "Quận Đống Đa")
    assert not matches("dong anh", "Quận Đống Đa")


def test_right_accents_come_first() -> None:
    names = ["Phường Đồng Tâm", "Quận Đống Đa", "Xã Dòng Sông", "Đống"]
    found = sorted((name for name in names if rank("đống", name) is not None), key=lambda name: rank("đống", name) or 0)
    assert found[:2] == ["Đống", "Quận Đống Đa"]
    assert len(found) == 4


def test_both_places_of_a_tone_are_the_same_word() -> None:
    assert rank("hòa bình", "Hoà Bình") == rank("hoà bình", "Hòa Bình") == 0


def test_letters_without_marks_find_the_name_that_begins_so_whatever_its_kind() -> None:
    names = ["Xã Đại Đồng", "Quận Đống Đa", "Phường Đống Đa", "Xã Đông Dư"]
    found = [name for name in names if rank("dong da", name) is not None]
    assert sorted(found, key=lambda name: rank("dong da", name) or 0) == [
        "Quận Đống Đa",
        "Phường Đống Đa",
        "Xã Đại Đồng",
    ]


@given(NAMES)
def test_a_name_answers_to_itself_best(name: str) -> None:
    assert rank(name, name) == 0


@given(st.text(max_size=30))
def test_whatever_was_pasted_is_kept_on_one_line_in_one_form(pasted: str) -> None:
    kept = proper(pasted)
    assert kept == proper(kept)
    assert unicodedata.is_normalized("NFC", kept)
    assert not any(unicodedata.category(letter) == "Cc" for letter in kept)
