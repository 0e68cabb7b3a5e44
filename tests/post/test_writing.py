"""From the journal to letters: one message for one outage, the same after a restart, and in words that say enough."""

import contextlib
from collections.abc import AsyncIterator, Sequence

import msgspec

from bridge.journal.memory import MemoryJournal
from bridge.post import Kind, Letter
from bridge.post.book import Book
from bridge.post.settling import Terms
from bridge.post.writing import Writer
from bridge.rules import events
from bridge.rules.model import PlannedPoint
from tests.cast import ANN, CONFERENCE, HALL_1, HALL_2, MINUTE, MORNING, TV_HALL, at, count, fault, many
from tests.rules.day import Day, live, running

BOARD = "https://hoinghi.example.gov.vn"
IN_THE_DARK = tuple(msgspec.structs.replace(hall, area="Liên Hà") for hall in many(14))
ELSEWHERE = tuple(
    msgspec.structs.replace(HALL_1, code=f"00004-{place:02}", unit="00004", name=f"Nơi khác {place}")
    for place in range(1, 41)
)


class Office:
    """A day with a postman who looks once a second."""

    def __init__(self, day: Day, book: Book, channels: Sequence[str] = ("log",)) -> None:
        self.day = day
        self.book = book
        clock = day.clock
        self.writer = Writer(day.journal, book, channels, Terms(), BOARD, clock.now, clock.now)

    async def passes(self, seconds: int, beating: Sequence[PlannedPoint] = ()) -> None:
        for _ in range(seconds):
            await self.day.passes(1, [hall.code for hall in beating])
            await self.writer.look(self.day.coordinator)

    async def letters(self) -> list[Letter]:
        """Oldest first."""
        return [letter for letter, _ in reversed(await self.book.log(CONFERENCE, 100))]


@contextlib.asynccontextmanager
async def office(book: Book, halls: Sequence[PlannedPoint] = (*IN_THE_DARK, *ELSEWHERE)) -> AsyncIterator[Office]:
    async with live(halls) as day:
        yield Office(day, book)


async def test_a_power_cut_of_fourteen_points_is_one_message_within_ninety_seconds(book: Book) -> None:
    async with office(book) as at_work:
        day = at_work.day
        day.came(*(hall.code for hall in (*IN_THE_DARK, *ELSEWHERE)))
        await at_work.passes(60, (*IN_THE_DARK, *ELSEWHERE))
        began = day.clock.now()
        # They fall within 30 seconds, and are noticed one after the other.
        for fallen in range(15):
            await at_work.passes(2, (*IN_THE_DARK[fallen:], *ELSEWHERE))
        await at_work.passes(90 - 30, ELSEWHERE)
        (letter,) = await at_work.letters()
        assert letter.at_ms - began <= 90_000
        assert letter.kind is Kind.OPENED
        assert letter.title == "[Sự cố 1] Mất tín hiệu: 14 điểm cầu, cùng khu vực Liên Hà"
        await at_work.passes(5 * 60, ELSEWHERE)
        assert await at_work.letters() == [letter]


async def test_a_letter_says_where_since_when_and_what_to_open(book: Book) -> None:
    async with office(book, (HALL_1,)) as at_work:
        await at_work.day.asks(fault(HALL_1, "power_cut"))
        await at_work.passes(10)
        (letter,) = await at_work.letters()
        assert letter.title == "[Sự cố 1] Mất điện: 1 điểm cầu"
        assert letter.text.splitlines() == [
            "Mất điện: 1 điểm cầu, từ 08:00.",
            "Điểm cầu: Hội trường phường Phúc Xá (Quận Ba Đình).",
            "Chưa ai tiếp nhận.",
            "Hội nghị: Hội nghị học tập Nghị quyết.",
            "Bảng theo dõi: https://hoinghi.example.gov.vn",
        ]
        facts = msgspec.json.decode(letter.facts)
        assert (facts["trouble"], facts["count"], facts["failing"]) == ("power_cut", 1, 1)
        assert facts["points"] == [{"code": "00001-01", "name": "Hội trường phường Phúc Xá (Quận Ba Đình)"}]


async def test_a_restart_tells_nothing_twice_and_forgets_nothing(book: Book) -> None:
    journal = MemoryJournal()
    async with live((HALL_1,), journal) as before:
        at_work = Office(before, book)
        await before.asks(fault(HALL_1, "no_sound"))
        await at_work.passes(4)
        assert await at_work.letters() == []
    async with running(journal, MORNING + 6 * 1000) as after:
        at_work = Office(after, book)
        await at_work.passes(20)
        (opened,) = await at_work.letters()
    async with running(journal, MORNING + MINUTE) as once_more:
        at_work = Office(once_more, book)
        await at_work.passes(60)
        assert await at_work.letters() == [opened]
        await once_more.coordinator.command(
            lambda _draft: ((events.IncidentResolved(incident=1, note="đã thay loa"), once_more.clock.now()),), ANN
        )
        await at_work.passes(1)
        assert [letter.kind for letter in await at_work.letters()] == [Kind.OPENED, Kind.RESOLVED]


async def test_a_lost_book_is_written_anew_without_shouting_about_what_is_over(book: Book) -> None:
    journal = MemoryJournal()
    async with live((HALL_1, *ELSEWHERE[:1]), journal) as day:
        await day.asks(fault(HALL_1, "no_sound"), fault(ELSEWHERE[0], "no_picture"))
        await day.coordinator.command(lambda _draft: ((events.IncidentResolved(incident=1), MORNING),), ANN)
        at_work = Office(day, book)
        await at_work.passes(20)
        assert [(letter.incident, letter.kind) for letter in await at_work.letters()] == [(2, Kind.OPENED)]


async def test_a_missed_job_is_told_at_once_and_one_of_last_week_never(book: Book) -> None:
    async with office(book, (HALL_1,)) as at_work:
        day = at_work.day
        now = day.clock.now()
        for due_ms in (at("07:50"), now - 7 * 24 * 3_600_000):
            missed = events.JobMissed(job="remind:2026-03-07-am:opening:10", due_ms=due_ms)
            await day.coordinator.command(lambda _draft, said=missed: ((said, now),), "calendar")  # type: ignore[misc]
        await at_work.passes(1)
        (letter,) = await at_work.letters()
        assert letter.kind is Kind.MISSED
        assert letter.title == "[Lịch] Lỡ việc: đôn đốc đợt đầu giờ trước hạn 10 phút"
        assert "đến hạn lúc 07:50" in letter.text


async def test_the_figures_of_the_moment_are_told_when_the_calendar_says_so(book: Book) -> None:
    journal = MemoryJournal()
    async with live((HALL_1, HALL_2, TV_HALL), journal) as day:
        at_work = Office(day, book)
        await day.asks(count(HALL_1, 60, 3, 1), count(HALL_2, 45, 2), count(TV_HALL, 640))
        now = day.clock.now()
        flash = events.JobFired(job="flash:2026-03-07:08:00", due_ms=now)
        await day.coordinator.command(lambda _draft: ((flash, now),), "calendar")
        await at_work.passes(1)
        (letter,) = await at_work.letters()
        assert (letter.kind, letter.incident) == (Kind.FLASH, None)
        assert letter.title == "[Tin nhanh] Đến 8 giờ 00: 2/3 điểm cầu, 105/180 đại biểu, 58,3%"
        assert letter.text.splitlines() == [
            "Đến 8 giờ 00: 2/3 điểm cầu, 105/180 đại biểu, 58,3%.",
            (
                "Đợt đầu giờ, Buổi sáng 07/03/2026. Đã báo cáo 2 điểm cầu; vắng có lý do 5; vắng không lý do 1; "
                "chưa báo cáo 69; khách mời 0."
            ),
            "Hội nghị: Hội nghị học tập Nghị quyết.",
            "Bảng theo dõi: https://hoinghi.example.gov.vn",
        ]
        assert msgspec.json.decode(letter.facts)["people"]["present"] == 105
    # What was true at eight is not told at nine.
    async with running(journal, at("09:00")) as later:
        await later.coordinator.command(lambda _draft: ((flash, MORNING),), "calendar")
        at_work = Office(later, book)
        await at_work.passes(1)
        assert await at_work.letters() == [letter]


async def test_tens_of_thousands_of_other_things_are_not_read_again(book: Book) -> None:
    """What is of no interest moves the cursor without a look at the journal."""

    class Watched(MemoryJournal):
        readings = 0

        async def read(self, conference, after=0, limit=1000, point=None):  # type: ignore[no-untyped-def]
            self.readings += 1
            return await super().read(conference, after, limit, point)

    journal = Watched()
    async with live((HALL_1,), journal) as day:
        at_work = Office(day, book)
        await at_work.passes(1)
        readings = journal.readings
        for _ in range(50):
            await day.coordinator.command(
                lambda _draft: ((events.NoticePosted(notice=1, text="Xin chào"), MORNING),), ANN
            )
            await at_work.passes(1)
        assert journal.readings == readings
        await day.asks(fault(HALL_1, "no_sound"))
        await at_work.passes(9)
        assert len(await at_work.letters()) == 1
