"""A printed badge is read by a camera, says every name as it is written, and is the same paper each time."""

import asyncio
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from fontTools.ttLib import TTFont

import bridge.printing
from bridge.printing.badges import sheet
from bridge.printing.press import Press, Unprinted
from endpoints_registry.apart import Busy
from endpoints_registry.attendees import Attendee, Attendees
from tests.printing.paper import code_mm, pages, scanned, words
from tests.toil import worked_s

FONTS = Path(bridge.printing.__path__[0]) / "fonts"
TITLE = "Hội nghị học tập, quán triệt Nghị quyết"
HALL = ("00004-01", "Phường Trúc Bạch · Quận Ba Đình")
VIETNAMESE = [
    unicodedata.normalize("NFC", letter + tone)
    for letter in ("a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y")
    for tone in ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
] + ["đ"]


def attendee(number: int, name: str = "", position: str = "Phó Bí thư Đảng ủy", unit: str = "") -> Attendee:
    return Attendee(
        f"{number:010d}", HALL[0], name or f"Nguyễn Thị Bình {number}", position, "committee", unit or "Đảng ủy phường"
    )


def roster(people: Sequence[Attendee]) -> Attendees:
    return Attendees("hoc-tap-2026-03", b"k" * 32, 1, people)


async def printed(people: Sequence[Attendee]) -> bytes:
    return await Press().printed("badges", sheet(TITLE, roster(people), [HALL]))


@pytest.mark.parametrize("dpi", [110, 200, 300])
async def test_every_code_on_the_sheet_is_read_back_and_is_that_persons_badge(dpi: int) -> None:
    people = [attendee(number) for number in range(23)]
    held = roster(people)
    found = scanned(await printed(people), dpi)
    assert [len(page) for page in found] == [10, 10, 3]
    assert {held.read_badge(text) for page in found for text in page} == held.people.keys()


async def test_ten_badges_stand_on_a_page_of_a4_with_a_code_of_25_mm() -> None:
    people = [attendee(number) for number in range(10)]
    pdf = await printed(people)
    assert [(round(width), round(height)) for width, height in pages(pdf)] == [(210, 297)]
    assert code_mm(pdf, roster(people).badge("0000000003")) == pytest.approx(25, abs=0.5)


async def test_every_vietnamese_letter_is_printed_as_it_is_written() -> None:
    letters = [*VIETNAMESE, *(letter.upper() for letter in VIETNAMESE)]
    people = [attendee(n, "".join(letters[n * 15 : n * 15 + 15])) for n in range(len(letters) // 15 + 1)]
    text = words(await printed(people))
    assert [a.name for a in people if a.name not in text] == []


@pytest.mark.parametrize("weight", [400, 600])
def test_our_typeface_draws_every_vietnamese_letter_itself(weight: int) -> None:
    drawn = TTFont(FONTS / f"be-vietnam-pro-{weight}.ttf").getBestCmap()
    letters = {*VIETNAMESE, *(letter.upper() for letter in VIETNAMESE), *"0123456789 .,-–—'’“”«»()/&·…"}
    assert [letter for letter in letters if ord(letter) not in drawn] == []


MARKUP = [
    "*Nguyễn* _Thị_ #emph[Bình]",
    '#panic("x") Nguyễn',
    "$x^2$ `raw` <label> @ref",
    'Nguyễn "Tư" \\ An',
    "= Tiêu đề",
    "- Mục",
    "// chú thích /* */",
    "#{sys.inputs}",
    "https://example.com/a?b=c",
    "Phan office: fi fl ffi -- --- ... ~",
]


async def test_a_name_that_looks_like_markup_arrives_as_text() -> None:
    people = [attendee(number, name, position=name, unit=name) for number, name in enumerate(MARKUP)]
    text = words(await printed(people))
    assert {name: text.count(name) for name in MARKUP} == dict.fromkeys(MARKUP, 3)


async def test_names_of_300_letters_arrive_whole_and_leave_every_code_readable() -> None:
    spaced = " ".join(f"Nguyễn{n:03d}" for n in range(30))[:300].strip()
    endless = "".join(f"Ẩ{n:04d}" for n in range(60))
    people = [
        attendee(1, spaced, position=spaced, unit=spaced),
        attendee(2, endless, position=endless, unit=endless),
        attendee(3),
    ]
    pdf = await printed(people)
    text = words(pdf)
    assert (len(endless), text.count(spaced), text.count(endless)) == (300, 3, 3)
    held = roster(people)
    assert [{held.read_badge(code) for code in page} for page in scanned(pdf, 200)] == [held.people.keys()]


async def test_the_same_badges_are_the_same_bytes() -> None:
    people = [attendee(number) for number in range(12)]
    assert await printed(people) == await printed(people)


async def test_what_stands_on_a_badge_and_in_which_order() -> None:
    people = [attendee(1, "Trần Văn Ẩn"), attendee(2, "Lê Thị An"), attendee(3, "Đỗ An")]
    text = words(await printed(people))
    assert [text.index(name) for name in ("Đỗ An", "Lê Thị An", "Trần Văn Ẩn")] == sorted(
        text.index(a.name) for a in people
    )
    for word in (TITLE, HALL[1], "Cấp ủy viên", "Phó Bí thư Đảng ủy"):
        assert text.count(word) == 3
    assert [text.count(person) for person in ("0000000001", "0000000002", "0000000003")] == [1, 1, 1]


async def test_a_halls_sheet_comes_soon() -> None:
    people = [attendee(number) for number in range(70)]
    began = worked_s()
    await printed(people)
    # Half a second is usual.
    assert worked_s() - began < 15


async def test_a_document_that_is_none_of_ours_does_not_come_out() -> None:
    with pytest.raises(Unprinted):
        await Press().printed("another", {"title": "", "people": []})


async def test_words_that_cannot_be_set_are_told_without_telling_them() -> None:
    with pytest.raises(Unprinted) as failed:
        await Press().printed("badges", {"title": TITLE, "people": [{"name": "Nguyễn Thị Kín", "code": "A"}]})
    assert "Kín" not in str(failed.value)


async def test_a_sheet_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(Unprinted, match="took more than"):
        await Press(patience_s=0.01).printed("badges", sheet(TITLE, roster([attendee(1)]), [HALL]))


async def test_when_too_many_wait_the_next_is_sent_away_and_the_others_are_printed() -> None:
    crowded = Press(at_once=1, waiting=1)
    said = sheet(TITLE, roster([attendee(1)]), [HALL])
    told = await asyncio.gather(*(crowded.printed("badges", said) for _ in range(4)), return_exceptions=True)
    assert [type(each) for each in told] == [bytes, bytes, Busy, Busy]
    assert await crowded.printed("badges", said) == told[0]


def test_a_sheets_words_are_plain_values() -> None:
    told = msgspec.msgpack.decode(msgspec.msgpack.encode(sheet(TITLE, roster([attendee(1)]), [HALL])))
    assert told["people"][0].keys() == {"person", "code", "name", "position", "unit", "hall", "category"}
