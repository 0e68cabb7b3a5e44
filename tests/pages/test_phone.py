"""The operator's page, driven by a thumb in a real browser against one hall's server."""

import itertools
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from bridge.rules.acts import ConfirmAct, CorrectAct, CountAct, IncidentAct, PerceivedAct, StageAct, SubmitAct
from bridge.rules.attendance import grade
from bridge.rules.model import Count, Mode, PlannedPoint, PointType, RoundName, opened
from tests.pages.hall import PATIENCE_S, SITTING, Hall, at, measured, standing

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ALL_GOOD = {"picture": "good", "sound": "good", "line": "good"}

pytestmark = [pytest.mark.browser]
in_browser = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=FLAGS)
        yield browser
        await browser.close()


@dataclass
class Thumb:
    """A person with a phone; counts the taps and hears what the browser complains of."""

    page: Page
    hall: Hall
    origin: str
    taps: int = 0
    complaints: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    async def tap(self, words: str) -> None:
        """Press what is called so: a button, a link."""
        self.taps += 1
        await self.page.get_by_role("button", name=words, exact=True).tap()

    async def press(self, key: str) -> None:
        """Press a button among others of the same name."""
        self.taps += 1
        await self.page.locator(f"[data-key={key}]").tap()

    async def field(self, name: str) -> None:
        self.taps += 1
        await self.page.get_by_label(name, exact=True).tap()

    async def type(self, digits: str) -> None:
        await self.page.keyboard.type(digits)

    async def sees(self, words: str) -> None:
        await expect(self.page.get_by_text(words, exact=True).locator("visible=true").first).to_be_visible()

    async def sees_not(self, words: str) -> None:
        await expect(self.page.get_by_text(words, exact=True).locator("visible=true")).to_have_count(0)


@asynccontextmanager
async def phone(
    chromium: Browser,
    hall: Hall,
    *others: Hall,
    address: str | None = None,
    dark: bool = False,
    text: int = 100,
    before: str = "",
) -> AsyncIterator[Thumb]:
    """An old phone of 360 x 780, its own zone set wrongly, that opens the hall's link. `before`: a script ahead of the page's."""
    async with standing(hall, *others) as origin:
        context = await chromium.new_context(
            viewport={"width": 360, "height": 780},
            has_touch=True,
            is_mobile=True,
            color_scheme="dark" if dark else "light",
            timezone_id="America/New_York",
            locale="en-US",
        )
        try:
            page = await context.new_page()
            page.set_default_timeout(PATIENCE_S * 1000)
            thumb = Thumb(page, hall, origin)
            page.on("console", lambda said: thumb.complaints.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda broken: thumb.complaints.append(str(broken)))
            page.on("request", lambda asked: thumb.addresses.append(asked.url))
            if before:
                await page.add_init_script(before)
            if text != 100:
                await page.add_init_script(
                    "document.addEventListener('DOMContentLoaded', () =>"
                    f" document.documentElement.style.setProperty('font-size', '{text}%'))"
                )
            await page.goto(origin + (address or hall.link))
            yield thumb
        finally:
            await context.close()


def morning(**more: object) -> Hall:
    """08:02: the chair is there, the line is good, the opening count is asked for."""
    hall = Hall(**more)  # type: ignore[arg-type]
    hall.stage = ("chair_present", at("07:50"))
    hall.perceived = ALL_GOOD | {"at": at("07:40").isoformat()}
    return hall


@in_browser
async def test_a_tap_on_the_next_step_is_received_with_the_halls_hour(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"))
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Kỹ thuật đã đến")
        await thumb.sees("Đã nhận 06:50")
        await expect(thumb.page.get_by_role("status").first).to_have_text("Kỹ thuật đã đến: Đã nhận 06:50")
        await expect(thumb.page.get_by_role("button", name="Đã thử đường truyền")).to_be_visible()
        assert thumb.taps == 1
        assert [act.stage for act in hall.stored if isinstance(act, StageAct)] == ["on_site"]
        assert thumb.complaints == []


@in_browser
async def test_a_step_may_be_skipped(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"))
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Bước khác")
        await thumb.tap("Chủ trì có mặt")
        await thumb.sees("Đã nhận 06:50")
        assert hall.stage == ("chair_present", at("06:50"))


@in_browser
async def test_all_good_is_one_tap(chromium: Browser) -> None:
    hall = morning()
    hall.perceived = None
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Tất cả tốt")
        await thumb.sees("Tất cả tốt")
        await thumb.sees("Đã nhận 08:02")
        assert thumb.taps == 1
        assert [(act.line, act.picture, act.sound) for act in hall.stored if isinstance(act, PerceivedAct)] == [
            ("good", "good", "good")
        ]


@in_browser
async def test_where_no_signal_arrives_there_is_no_picture_and_no_sound_unless_said_otherwise(
    chromium: Browser,
) -> None:
    hall = morning()
    hall.perceived = None
    async with phone(chromium, hall) as thumb:
        await thumb.press("line-none")
        await thumb.press("sound-poor")
        await thumb.tap("Gửi")
        await thumb.sees("Không có: tín hiệu, hình ảnh · Kém: âm thanh")
        await thumb.sees("Đã nhận 08:02")
        assert hall.perceived is not None
        assert {name: hall.perceived[name] for name in ALL_GOOD} == {"line": "none", "picture": "none", "sound": "poor"}


@in_browser
async def test_a_new_operator_reports_64_3_1_in_at_most_six_taps(chromium: Browser) -> None:
    hall = morning(expected=68)
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Nhập quân số")
        await thumb.type("64")
        await thumb.field("Vắng có lý do")
        await thumb.type("3")
        await thumb.field("Vắng không lý do")
        await thumb.type("1")
        await thumb.sees("Đủ 68")
        await thumb.press("send")
        await thumb.sees("64 có mặt / 68")
        await thumb.sees("Đã nhận 08:02")
        assert thumb.taps <= 6
        assert hall.counts() == [(64, 3, 1)]
        assert all(size <= 2048 for size in hall.sizes)
        assert thumb.complaints == []


@in_browser
async def test_the_sum_says_what_is_missing_or_too_many_and_still_sends(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Nhập quân số")
        await thumb.type("60")
        await thumb.sees("Còn thiếu 4")
        await thumb.tap("Thêm một: vắng có lý do")
        await thumb.sees("Còn thiếu 3")
        await thumb.field("Có mặt")
        await thumb.type("65")
        await thumb.sees("Thừa 2")
        async with thumb.page.expect_response("**/acts"):
            await thumb.press("send")
        await thumb.sees("Thừa 2, tính là khách mời")
        assert hall.counts() == [(65, 1, 0)]


@in_browser
async def test_a_word_or_a_minus_is_not_sent(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Nhập quân số")
        await thumb.type("-4")
        await thumb.sees("Chỉ nhập số nguyên từ 0 trở lên")
        await thumb.press("send")
        await expect(thumb.page.get_by_label("Có mặt", exact=True)).to_be_focused()
        await expect(thumb.page.get_by_label("Có mặt", exact=True)).to_have_attribute("aria-invalid", "true")
        assert hall.arrivals == []


@in_browser
async def test_the_whole_sum_and_its_button_fit_above_the_keypad(chromium: Browser) -> None:
    async with phone(chromium, morning()) as thumb:
        await thumb.tap("Nhập quân số")
        # A 360 x 780 phone keeps this much while its number keypad is up.
        await thumb.page.set_viewport_size({"width": 360, "height": 556})
        for words in ("Có mặt", "Khách mời ngoài 64"):
            await expect(thumb.page.get_by_label(words, exact=True)).to_be_in_viewport(ratio=1)
        await expect(thumb.page.locator("[data-key=send]")).to_be_in_viewport(ratio=1)


@in_browser
async def test_640_of_64_is_asked_about_sent_on_confirmation_and_mended_in_two_taps(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Nhập quân số")
        await thumb.type("640")
        await thumb.press("send")
        await thumb.sees("640 có mặt: có đúng không?")
        assert hall.arrivals == []
        await thumb.tap("Vẫn gửi 640")
        await thumb.sees("Số liệu đang chờ xác nhận")
        thumb.taps = 0
        await thumb.tap("Sửa số liệu")
        await thumb.type("64")
        async with thumb.page.expect_response("**/acts"):
            await thumb.press("send")
        await thumb.sees("64 có mặt / 64")
        await thumb.sees_not("Số liệu đang chờ xác nhận")
        assert thumb.taps == 2
        assert hall.counts() == [(640, 0, 0), (64, 0, 0)]


@in_browser
async def test_an_answer_that_was_lost_is_asked_for_again_and_counts_once(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"), answers_to_lose=2)
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Kỹ thuật đã đến")
        await thumb.sees("Đã nhận 06:50")
        assert len(hall.arrivals) == 3
        assert len(set(hall.arrivals)) == 1
        assert len(hall.stored) == 1


@in_browser
async def test_what_waits_is_said_outlives_a_reload_and_arrives_in_order(chromium: Browser) -> None:
    hall = morning(now=at("08:21"))
    async with phone(chromium, hall) as thumb:
        await thumb.sees("Tất cả tốt")
        hall.is_away = True
        await thumb.tap("Tiếp theo: Đang họp")
        await thumb.tap("Nhập quân số")
        await thumb.type("60")
        await thumb.press("send")
        await expect(thumb.page.get_by_text("Đã ghi 08:21, chờ gửi")).to_have_count(2)
        await thumb.page.reload()
        await thumb.sees("60 có mặt / 64")
        await thumb.press("waiting")
        await expect(thumb.page.get_by_role("heading", name="Chờ gửi 2")).to_be_focused()
        await thumb.sees("Đang họp")
        hall.is_away = False
        # The phone may try by itself in this very moment; then the button is gone already.
        await thumb.page.evaluate("document.querySelector('[data-key=send-now]')?.click()")
        await thumb.sees("Đã gửi hết.")
        await thumb.tap("Quay lại")
        await thumb.sees("Đã nhận 08:21")
        await thumb.sees("Đã nhận 08:21 · sau hạn")
        assert [type(act).__name__ for act in hall.stored] == ["StageAct", "CountAct"]
        assert hall.stored[0].seq < hall.stored[1].seq


@in_browser
async def test_a_network_that_returns_sends_what_waits_by_itself(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"))
    async with phone(chromium, hall) as thumb:
        await expect(thumb.page.get_by_role("button", name="Kỹ thuật đã đến")).to_be_visible()
        await thumb.page.context.set_offline(True)
        await thumb.tap("Kỹ thuật đã đến")
        await thumb.sees("Đã ghi 06:50, chờ gửi")
        assert hall.stored == []
        await thumb.page.context.set_offline(False)
        await thumb.sees("Đã nhận 06:50")
        assert len(hall.stored) == 1


@in_browser
async def test_what_was_refused_for_ever_stands_in_a_drawer_with_its_reason(chromium: Browser) -> None:
    sentence = "Điểm cầu đã kết thúc lúc 11:31; mở lại điểm cầu để báo thêm."
    hall = Hall(now=at("06:50"), refusal=("ended", sentence))
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Kỹ thuật đã đến")
        await thumb.sees("1 báo cáo không được nhận")
        await thumb.page.reload()
        await thumb.press("waiting")
        await thumb.sees(sentence)
        await thumb.tap("Đã hiểu, cất đi")
        await thumb.sees_not("1 báo cáo không được nhận")
        await expect(thumb.page.get_by_role("button", name="Kỹ thuật đã đến")).to_be_visible()


@in_browser
async def test_a_session_that_ended_is_renewed_without_a_word(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"))
    async with phone(chromium, hall) as thumb:
        await expect(thumb.page.get_by_role("button", name="Kỹ thuật đã đến")).to_be_visible()
        hall.session, hall.csrf = "session-2", "csrf-2"
        await thumb.tap("Kỹ thuật đã đến")
        await thumb.sees("Đã nhận 06:50")


@in_browser
async def test_a_wrong_link_says_what_to_do(chromium: Browser) -> None:
    async with phone(chromium, Hall(), address="/p/tan-linh#cut-off") as thumb:
        await thumb.sees("Đường dẫn này không dùng được")
        await expect(thumb.page.get_by_role("button", name="Báo sự cố")).to_have_count(0)


@in_browser
async def test_a_link_that_is_taken_back_keeps_what_waits_and_the_number_to_call(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"))
    async with phone(chromium, hall) as thumb:
        await expect(thumb.page.get_by_role("button", name="Kỹ thuật đã đến")).to_be_visible()
        hall.session, hall.secret = "session-2", "Xq3-the-new-secret"
        await thumb.tap("Kỹ thuật đã đến")
        await thumb.sees("Đường dẫn này không dùng được")
        await expect(thumb.page.get_by_role("link", name="Gọi trực ban 024 3000 0800")).to_have_attribute(
            "href", "tel:02430000800"
        )
        await thumb.page.goto(thumb.origin + hall.link)
        await thumb.sees("Đã nhận 06:50")
        assert len(hall.stored) == 1


@in_browser
async def test_the_secret_never_leaves_in_an_address(chromium: Browser) -> None:
    hall = Hall()
    async with phone(chromium, hall) as thumb:
        await expect(thumb.page.get_by_role("button", name="Kỹ thuật đã đến")).to_be_visible()
        await thumb.page.reload()
        await expect(thumb.page.get_by_role("button", name="Kỹ thuật đã đến")).to_be_visible()
        assert thumb.page.url.endswith("#" + hall.secret)
        assert not any(hall.secret in address.partition("#")[0] for address in thumb.addresses)


@in_browser
async def test_a_fault_is_reported_in_two_taps(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Báo sự cố")
        await thumb.tap("Mất điện")
        await thumb.sees("Mất điện")
        receipt = thumb.page.get_by_text("Đã nhận 08:02", exact=True)
        await expect(receipt).to_be_in_viewport(ratio=1)
        bar = await thumb.page.locator("#bar").bounding_box()
        seen = await receipt.bounding_box()
        assert bar is not None
        assert seen is not None
        assert seen["y"] + seen["height"] <= bar["y"]
        assert thumb.taps == 2
        assert [act.fault for act in hall.stored if isinstance(act, IncidentAct)] == ["power_cut"]


@in_browser
async def test_another_fault_wants_a_few_words(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Báo sự cố")
        await thumb.tap("Sự cố khác")
        await thumb.tap("Gửi")
        await thumb.sees("Viết vài chữ để trực ban biết phải làm gì")
        await thumb.type("Máy chiếu hỏng")
        async with thumb.page.expect_response("**/acts"):
            await thumb.tap("Gửi")
        await thumb.sees("Sự cố khác: Máy chiếu hỏng")
        assert [act.note for act in hall.stored if isinstance(act, IncidentAct)] == ["Máy chiếu hỏng"]


@in_browser
async def test_the_phones_own_way_back_closes_the_count_and_keeps_what_was_typed(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Nhập quân số")
        await thumb.type("58")
        await thumb.page.go_back()
        await thumb.tap("Nhập quân số")
        await expect(thumb.page.get_by_label("Có mặt", exact=True)).to_have_value("58")
        assert thumb.page.url.endswith("#" + hall.secret)


@in_browser
async def test_a_figure_that_the_centre_entered_is_confirmed_by_the_hall_in_one_tap(chromium: Browser) -> None:
    hall = morning()
    hall.figure("opening", 60, 3, 1, by="proxy")
    async with phone(chromium, hall) as thumb:
        async with thumb.page.expect_response("**/acts"):
            await thumb.tap("Đúng số này")
        await thumb.sees_not("Trung tâm nhập thay. Số này có đúng không?")
        await expect(thumb.page.get_by_text("chờ gửi")).to_have_count(0)
        assert [type(act) for act in hall.stored] == [ConfirmAct]


@in_browser
async def test_the_middle_round_is_held_against_the_opening_one(chromium: Browser) -> None:
    hall = morning(now=at("09:33"), round="middle")
    hall.figure("opening", 60, 3, 1)
    async with phone(chromium, hall) as thumb:
        await thumb.sees("Hạn 09:45, còn 12 phút")
        await thumb.tap("Nhập quân số")
        await thumb.type("29")
        await thumb.sees("Chưa bằng nửa lượt trước (60 có mặt)")


@in_browser
async def test_a_hall_that_ends_without_its_closing_count_is_asked_first(chromium: Browser) -> None:
    hall = morning(now=at("11:31"), round="closing")
    hall.stage = ("in_session", at("08:05"))
    hall.figure("opening", 60, 3, 1)
    async with phone(chromium, hall) as thumb:
        await thumb.press("stage")
        await thumb.tap("Đã kết thúc")
        await thumb.sees("Chưa báo quân số cuối giờ. Kết thúc rồi thì không báo được nữa.")
        assert hall.stored == []
        await thumb.tap("Kết thúc điểm cầu")
        await thumb.sees("Đã kết thúc")
        await thumb.sees("Đã nhận 11:31")


@in_browser
async def test_a_hall_that_watches_television_is_asked_what_it_sees_and_not_about_its_line(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"), mode=Mode.TV, stage=("on_site", at("06:45")))
    async with phone(chromium, hall) as thumb:
        await expect(thumb.page.get_by_role("button", name="Chủ trì có mặt")).to_be_visible()
        await thumb.press("senses")
        await thumb.sees("Theo dõi qua truyền hình, không đo đường truyền")
        await thumb.tap("Tất cả tốt")
        await thumb.sees("Đã nhận 06:50")


@in_browser
@pytest.mark.parametrize(
    ("hall", "words"),
    [
        (Hall(sits=False), "Hiện không có buổi họp"),
        (Hall(sits=False, phase="draft"), "Hội nghị chưa mở"),
        (morning(phase="rehearsal"), "Chạy thử"),
        (morning(phase="closed"), "Hội nghị đã chốt số liệu"),
        (Hall(is_away=True), "Chưa nối được với trung tâm"),
    ],
    ids=["no-sitting", "draft", "rehearsal", "closed", "offline-at-start"],
)
async def test_every_moment_without_a_question_says_what_it_is(chromium: Browser, hall: Hall, words: str) -> None:
    async with phone(chromium, hall) as thumb:
        await thumb.sees(words)


@in_browser
async def test_a_closed_conference_takes_nothing_more(chromium: Browser) -> None:
    async with phone(chromium, morning(phase="closed")) as thumb:
        await thumb.sees("Hội nghị đã chốt số liệu")
        await expect(thumb.page.get_by_role("button", name="Đổi")).to_have_count(0)
        await expect(thumb.page.get_by_role("button", name="Báo sự cố")).to_have_count(0)


def noon(**more: object) -> Hall:
    """11:42: the last count is said, the hall has ended."""
    hall = morning(now=at("11:42"), round="closing", **more)
    hall.stage = ("ended", at("11:40"))
    hall.figure("closing", 60, 3, 1)
    return hall


@in_browser
async def test_a_hall_that_has_ended_hands_its_figures_in_and_sees_when(chromium: Browser) -> None:
    hall = noon()
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Nộp số liệu")
        await thumb.sees("Đã nộp 11:42")
        await expect(thumb.page.get_by_role("button", name="Nộp số liệu")).to_have_count(0)
        # The receipt stands where the button was: before everything that was settled in the morning.
        await expect(thumb.page.locator("main h2").first).to_have_text("Nộp số liệu buổi họp")
        assert [act.sitting for act in hall.stored if isinstance(act, SubmitAct)] == [SITTING]
        # Handed back: the reason stands there, and the way forward.
        hall.submitted, hall.returned = None, {"at": at("11:50").isoformat(), "reason": "Thiếu khách mời"}
        await thumb.page.reload()
        await thumb.sees("Thiếu khách mời")
        await thumb.tap("Nộp lại")
        await thumb.sees("Đã nộp 11:42")
        assert thumb.complaints == []


@in_browser
async def test_a_sitting_that_runs_over_asks_for_its_last_count_once(chromium: Browser) -> None:
    async with phone(chromium, morning(now=at("11:32"), round="closing")) as thumb:
        await thumb.sees("Nhập quân số")
        await thumb.page.wait_for_load_state("networkidle")
        await expect(thumb.page.get_by_role("button", name="Nhập quân số")).to_have_count(1)


@in_browser
async def test_without_its_last_count_nothing_is_handed_in_and_without_a_signal_it_waits(chromium: Browser) -> None:
    hall = noon()
    hall.figures.clear()
    async with phone(chromium, hall) as thumb:
        await thumb.sees("Báo quân số cuối giờ rồi mới nộp được.")
        await thumb.press("close-count")
        await thumb.field("Có mặt")
        await thumb.type("64")
        await thumb.press("send")
        hall.is_away = True
        await thumb.tap("Nộp số liệu")
        await expect(thumb.page.locator("#q-close ~ .receipt")).to_contain_text("11:42")
        await thumb.sees_not("Đã nộp 11:42")
        hall.is_away = False
        await thumb.page.reload()
        await thumb.sees("Đã nộp 11:42")


@in_browser
async def test_after_the_close_a_hall_asks_for_a_correction_with_a_reason(chromium: Browser) -> None:
    hall = noon(phase="closed", submitted=at("11:42"))
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Đề nghị đính chính")
        await expect(thumb.page.get_by_role("button", name="Tiếp: nhập số đúng")).to_be_disabled()
        await thumb.tap("Đếm lại")
        await thumb.tap("Tiếp: nhập số đúng")
        await thumb.field("Có mặt")
        await thumb.type("59")
        await expect(thumb.page.get_by_role("button", name="Gửi đề nghị")).to_be_visible()
        await thumb.press("send")
        await thumb.sees("Đang chờ duyệt")
        await expect(thumb.page.locator("main h2").first).to_have_text("Nộp số liệu buổi họp")
        (said,) = [act for act in hall.stored if isinstance(act, CorrectAct)]
        assert (said.act, said.present, said.reason) == (hall.figures["closing"]["act"], 59, "Đếm lại")
        hall.corrections[0] |= {"status": "refused", "settled_at": at("15:40").isoformat(), "why": "Chưa có chữ ký"}
        await thumb.page.reload()
        await thumb.sees("Không được duyệt lúc 15:40")
        await thumb.sees("Chưa có chữ ký")
        assert thumb.complaints == []


@in_browser
async def test_a_page_without_a_network_shows_what_it_knew_and_of_when(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        await thumb.sees("Tất cả tốt")
        hall.is_away = True
        await thumb.page.reload()
        await thumb.sees("Chưa nối được trung tâm")
        await thumb.sees("Chủ trì có mặt")


@in_browser
async def test_the_first_load_stays_within_its_bytes_worker_and_manifest_included(chromium: Browser) -> None:
    async with standing(morning(names=True)) as origin, measured(origin) as wire:
        context = await chromium.new_context()
        page = await context.new_page()
        addresses: list[str] = []
        context.on("request", lambda asked: addresses.append(asked.url))
        await page.goto(wire.origin + Hall().link)
        await expect(page.get_by_role("button", name="Nhập quân số")).to_be_visible()
        await page.evaluate("navigator.serviceWorker.ready")
        manifest = await page.evaluate(
            "fetch(document.querySelector('link[rel=manifest]').href).then(got => got.json())"
        )
        icon = await page.evaluate("src => fetch(src).then(got => got.ok)", manifest["icons"][0]["src"])
        await page.wait_for_load_state("networkidle")
        await context.close()
    assert icon
    assert not any(address.endswith(("english.js", "reader.mjs", "zxing.wasm")) for address in addresses)
    assert 30_000 < wire.down <= 100_000


@in_browser
async def test_english_comes_by_a_switch_and_stays(chromium: Browser) -> None:
    async with phone(chromium, morning()) as thumb:
        await thumb.tap("English")
        await expect(thumb.page.get_by_role("button", name="Enter the head count")).to_be_visible()
        await thumb.page.reload()
        await expect(thumb.page.get_by_role("button", name="Enter the head count")).to_be_visible()
        await expect(thumb.page.locator("html")).to_have_attribute("lang", "en")
        await thumb.tap("Tiếng Việt")
        await expect(thumb.page.get_by_role("button", name="Nhập quân số")).to_be_visible()


@in_browser
async def test_the_page_is_used_by_keyboard_alone(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        keys = thumb.page.keyboard
        await expect(thumb.page.get_by_role("button", name="Nhập quân số")).to_be_visible()
        for _ in range(12):
            await keys.press("Tab")
            if await thumb.page.evaluate("document.activeElement.dataset.key") == "count":
                break
        await keys.press("Enter")
        await keys.type("60")
        await keys.press("Enter")
        await keys.type("3")
        await keys.press("Enter")
        await keys.type("1")
        await thumb.sees("Đủ 64")
        for _ in range(8):
            await keys.press("Tab")
            if await thumb.page.evaluate("document.activeElement.dataset.key") == "send":
                break
        async with thumb.page.expect_response("**/acts"):
            await keys.press("Enter")
        await thumb.sees("60 có mặt / 64")
        assert hall.counts() == [(60, 3, 1)]
        # Who sent the count stands where they came from.
        await expect(thumb.page.locator("[data-key=count]")).to_be_focused()


async def looks(thumb: Thumb) -> AsyncIterator[str]:
    """Each face of the page in turn: the questions, what waits, the faults, the count, the doubt."""
    yield "questions"
    thumb.hall.is_away = True
    await thumb.press("senses")
    yield "senses"
    await thumb.press("line-poor")
    await thumb.press("picture-none")
    await thumb.press("sound-good")
    await thumb.tap("Gửi")
    await expect(thumb.page.get_by_text("Chờ gửi 1")).to_be_visible()
    yield "waiting"
    await thumb.press("waiting")
    yield "drawer"
    await thumb.tap("Quay lại")
    await thumb.press("fault")
    await thumb.press("fault-other")
    yield "faults"
    await thumb.tap("Quay lại")
    await thumb.press("list")
    await thumb.sees("Nguyễn Thị Đống Đa")
    yield "list"
    await thumb.tap("Quay lại")
    await thumb.press("scan")
    await thumb.sees("Chụp ảnh thẻ")
    yield "scanner"
    await thumb.tap("Quay lại")
    await thumb.press("code")
    await thumb.sees("Mã cần có mạng. Lúc này hãy quét thẻ hoặc chọn tên.")
    yield "hall-code"
    await thumb.tap("Quay lại")
    await thumb.press("count")
    await thumb.type("640")
    yield "count"
    await thumb.press("detail")
    yield "details"
    await thumb.press("send")
    yield "doubt"


@in_browser
@pytest.mark.parametrize(("dark", "text"), [(False, 100), (True, 100), (False, 200)], ids=["light", "dark", "large"])
async def test_every_face_of_the_page_fits_is_touchable_and_has_no_serious_fault_for_axe(
    chromium: Browser, dark: bool, text: int
) -> None:
    axe = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
    async with phone(chromium, morning(names=True), dark=dark, text=text) as thumb:
        await thumb.sees("Tất cả tốt")
        await thumb.press("list")
        await thumb.sees("Nguyễn Thị Đống Đa")
        await thumb.tap("Quay lại")
        await thumb.page.evaluate(axe + ";0")
        async for face in looks(thumb):
            wide = await thumb.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{face} is {wide} px too wide"
            small = await thumb.page.evaluate(
                """[...document.querySelectorAll('button, a, label.quiet, input:not(.unseen), textarea')].filter(each => each.offsetParent)
                   .map(each => [each.textContent, each.getBoundingClientRect()])
                   .filter(([, box]) => box.height < 47.5 || box.width < 47.5).map(([words]) => words)"""
            )
            assert small == [], f"{face} has targets under 48 px: {small}"
            found = await thumb.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            faults = [
                (each["id"], [node["html"] for node in each["nodes"]])
                for each in found["violations"]
                if each["impact"] in ("serious", "critical")
            ]
            assert faults == [], face


@in_browser
async def test_two_links_on_one_phone_neither_see_nor_send_each_others_reports(chromium: Browser) -> None:
    one, two = Hall(now=at("06:50")), Hall(handle="van-thang", now=at("06:50"), name="Xã Vạn Thắng")
    async with phone(chromium, one, two) as thumb:
        await expect(thumb.page.get_by_role("button", name="Kỹ thuật đã đến")).to_be_visible()
        one.is_away = True
        await thumb.tap("Kỹ thuật đã đến")
        await thumb.sees("Đã ghi 06:50, chờ gửi")
        await thumb.page.goto(thumb.origin + two.link)
        await thumb.tap("Kỹ thuật đã đến")
        await thumb.sees("Đã nhận 06:50")
        await expect(thumb.page.get_by_text("Chờ gửi")).to_have_count(0)
        assert [len(two.stored), len(one.stored)] == [1, 0]
        one.is_away = False
        await thumb.page.goto(thumb.origin + one.link)
        await thumb.sees("Đã nhận 06:50")
        assert [len(two.stored), len(one.stored)] == [1, 1]


@in_browser
async def test_a_step_said_by_mistake_is_taken_back_in_one_tap(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Tiếp theo: Đang họp")
        await thumb.sees("Đang họp")
        thumb.taps = 0
        async with thumb.page.expect_response("**/desk?*"):
            await thumb.tap("Hoàn tác: Đang họp")
        await thumb.sees("Chủ trì có mặt")
        await thumb.sees_not("Đang họp")
        assert thumb.taps == 1
        assert hall.stage == ("chair_present", at("07:50"))
        assert hall.undone == [hall.stored[0].id]


@in_browser
async def test_a_count_said_by_mistake_is_taken_back_and_the_question_returns(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Nhập quân số")
        await thumb.type("46")
        await thumb.press("send")
        await thumb.sees("46 có mặt / 64")
        await thumb.press("undo-count")
        await expect(thumb.page.get_by_role("button", name="Nhập quân số")).to_be_visible()
        await hall.until(lambda: len(hall.undone) == 1)
        assert hall.figures == {}


@in_browser
async def test_an_undo_waits_for_the_network_like_everything_else(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        await thumb.sees("Tất cả tốt")
        await thumb.page.context.set_offline(True)
        await thumb.tap("Tiếp theo: Đang họp")
        await thumb.press("undo-stage")
        await thumb.sees("Đang hoàn tác, ghi lúc 08:02")
        await expect(thumb.page.get_by_text("Chờ gửi 2")).to_be_visible()
        await thumb.page.context.set_offline(False)
        await thumb.sees("Chủ trì có mặt")
        await expect(thumb.page.get_by_text("Chờ gửi")).to_have_count(0)
        assert hall.stage == ("chair_present", at("07:50"))


@in_browser
async def test_after_the_window_nothing_can_be_taken_back(chromium: Browser) -> None:
    hall = morning(undo_s=60)
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Tiếp theo: Đang họp")
        await thumb.sees("Đã nhận 08:02")
        await expect(thumb.page.locator("[data-key=undo-stage]")).to_be_visible()
        hall.now = at("08:04")
        await thumb.page.reload()
        await thumb.sees("Đang họp")
        await expect(thumb.page.get_by_text("Giờ hội trường 08:04")).to_be_visible()
        await expect(thumb.page.locator("[data-key=undo-stage]")).to_have_count(0)


@in_browser
async def test_nobody_takes_back_what_another_phone_said(chromium: Browser) -> None:
    hall = morning()
    hall.figure("opening", 60, 3, 1)
    async with phone(chromium, hall) as thumb:
        await thumb.sees("60 có mặt / 64")
        await expect(thumb.page.get_by_text("Hoàn tác")).to_have_count(0)


@in_browser
async def test_two_phones_that_differ_are_shown_with_their_hours_and_one_is_right(chromium: Browser) -> None:
    hall = morning()
    hall.figure("opening", 58, 0, 0, received_at=at("07:58").isoformat())
    async with phone(chromium, hall) as thumb:
        await thumb.press("count")
        await thumb.page.get_by_label("Có mặt", exact=True).fill("60")
        await thumb.press("send")
        await thumb.sees("60 có mặt · 0 có lý do · 0 không lý do")
        await thumb.sees("58 có mặt · 0 có lý do · 0 không lý do")
        await thumb.sees("Báo lúc 07:58")
        await thumb.sees("Báo lúc 08:02")
        async with thumb.page.expect_response("**/acts"):
            await thumb.tap("Đúng số này: 58 có mặt · 0 có lý do · 0 không lý do")
        await thumb.sees("58 có mặt / 64")
        await expect(thumb.page.get_by_text("Khác nhau")).to_have_count(0)
        assert hall.differing == {}
        assert hall.figures["opening"]["present"] == 58


@in_browser
async def test_reasons_and_categories_are_there_for_those_who_know_them_and_must_fit(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Nhập quân số")
        await thumb.type("60")
        await thumb.field("Vắng có lý do")
        await thumb.type("3")
        await expect(thumb.page.get_by_label("Ốm", exact=True)).to_have_count(0)
        await thumb.tap("Thêm lý do, thành phần (không bắt buộc)")
        await thumb.page.get_by_label("Ốm", exact=True).fill("2")
        await thumb.page.get_by_label("Công tác", exact=True).fill("2")
        await thumb.sees("Các lý do cộng lại 4, nhiều hơn 3 vắng có lý do")
        await thumb.press("send")
        assert hall.arrivals == []
        await thumb.page.get_by_label("Công tác", exact=True).fill("1")
        await thumb.page.get_by_label("Chủ chốt", exact=True).fill("61")
        await thumb.sees("Các thành phần cộng lại 61, nhiều hơn 60 có mặt")
        await thumb.page.get_by_label("Chủ chốt", exact=True).fill("10")
        async with thumb.page.expect_response("**/acts"):
            await thumb.press("send")
        (count,) = [act for act in hall.stored if isinstance(act, CountAct)]
        assert count.reasons == {"sick": 2, "business": 1}
        assert count.categories == {"leader": 10}
        # Whoever corrects the count finds what was said.
        await thumb.press("count")
        await expect(thumb.page.get_by_label("Ốm", exact=True)).to_have_value("2")


Judged = tuple[tuple[int, int, int, int], int | None, int | None]


def test_the_phone_judges_a_figure_as_the_centre_does() -> None:
    grid: list[Judged] = [
        ((present, excused, unexcused, guests), seats, before)
        for present, excused, unexcused, guests, seats, before in itertools.product(
            (0, 29, 30, 60, 64, 81, 128, 129, 640), (0, 3, 40), (0, 1), (0, 20, 100), (None, 40, 80, 700), (None, 60)
        )
    ]
    script = """
        import { judge } from "./dashboards/static/phone/figures.js";
        let text = "";
        for await (const part of process.stdin) text += part;
        const judged = JSON.parse(text).map(([[present, excused, unexcused, guests], seats, before]) =>
          judge({ present, excused, unexcused, guests }, { expected: 64, seats, before }).grade);
        process.stdout.write(JSON.stringify(judged));
    """
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        cwd=ROOT,
        input=json.dumps(grid),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == [_centre(*each) for each in grid]


def _centre(heads: tuple[int, int, int, int], seats: int | None, before: int | None) -> str:
    planned = PlannedPoint(
        code="00004-01",
        name="",
        unit="00004",
        type=PointType.COMMUNE,
        mode=Mode.STREAM,
        seats=seats,
        expected={SITTING: 64},
    )
    last = Count(before, 0, 0) if before is not None else None
    return grade(opened(planned), (SITTING, RoundName.OPENING), Count(*heads), last)[0].value
