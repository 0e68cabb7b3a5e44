"""What the hall's phone is told and what it can do when something is wrong: notices, reminders, faults, checks of the line."""

import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from bridge.clock import RealClock
from bridge.rules.acts import IncidentAct, LineTestAct, NoticedAct, PerceivedAct
from bridge.rules.model import Mode
from bridge.simulator.broadcast import Origin, on_air
from dashboards.bare import bare
from tests.flows import house as flow
from tests.pages.hall import SITTING, Hall, at
from tests.pages.test_offline import pocket, ready_for_offline
from tests.pages.test_phone import FLAGS, ROOT, Thumb, morning, phone

pytestmark = [pytest.mark.browser]
in_browser = pytest.mark.asyncio(loop_scope="module")

DUTY = [
    {"name": "Nguyễn Thị Hòa", "phone": "0900 000 101", "what": "Kỹ thuật đường truyền"},
    {"name": "Trần Đức Long", "phone": "0900 000 102", "what": "Điều phối cụm Ba Vì"},
]
HIDE = """hidden => {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => hidden ? 'hidden' : 'visible' });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=FLAGS)
        yield browser
        await browser.close()


async def phones_hour(thumb: Thumb) -> datetime:
    """What the phone's own clock shows."""
    return datetime.fromtimestamp(await thumb.page.evaluate("Date.now()") / 1000, UTC)


@asynccontextmanager
async def listening(chromium: Browser, hall: Hall, **how: Any) -> AsyncIterator[Thumb]:
    """A phone that is on the line."""
    async with phone(chromium, hall, **how) as thumb:
        await hall.until(lambda: hall.hellos > 0)
        yield thumb


async def told(hall: Hall, number: int, text: str, **more: object) -> None:
    """The centre says something over the line, and it stands on the desk."""
    said = hall.notice(number, text, **more)
    await hall.tell({"type": "notice", **{name: said[name] for name in said if name not in ("seen", "confirmed")}})


# --- notices


@in_browser
async def test_a_notice_is_there_at_once_and_is_seen_when_it_stood_before_somebodys_eyes(chromium: Browser) -> None:
    hall = morning()
    async with listening(chromium, hall) as thumb:
        read = hall.looked
        await told(hall, 1, "Họp lại lúc 9 giờ")
        await thumb.sees("Họp lại lúc 9 giờ")
        assert hall.looked == read
        await hall.until(lambda: hall.answers_to_notices() == [(1, False)])
        # It does not go away under the eyes of whoever reads it.
        await thumb.sees("Họp lại lúc 9 giờ")
        await thumb.tap("Đã xem")
        await expect(thumb.page.locator("#banners .told")).to_have_count(0)
        await thumb.page.reload()
        await expect(thumb.page.get_by_role("heading", name="Thông báo")).to_be_visible()
        await expect(thumb.page.locator("#banners .told")).to_have_count(0)
        assert hall.answers_to_notices() == [(1, False)]
        assert thumb.complaints == []


@in_browser
async def test_a_notice_behind_a_sheet_or_in_a_hidden_page_is_not_seen(chromium: Browser) -> None:
    hall = morning()
    async with listening(chromium, hall) as thumb:
        await thumb.press("count")
        await told(hall, 1, "Họp lại lúc 9 giờ", urgent=True)
        await expect(thumb.page.locator("[data-key=called-back]")).to_be_visible()
        await expect(thumb.page.locator("#heard")).to_have_text("Thông báo khẩn: Họp lại lúc 9 giờ")
        await thumb.type("6")
        opened_at = await phones_hour(thumb)
        await thumb.page.evaluate(HIDE, True)
        await hall.until(lambda: hall.byes == 1)
        await thumb.press("called-back")
        await thumb.sees("Họp lại lúc 9 giờ")
        looked_at = await phones_hour(thumb)
        await thumb.page.evaluate(HIDE, False)
        await hall.until(lambda: hall.answers_to_notices() == [(1, False)])
        assert opened_at < looked_at < hall.stored[0].at


@in_browser
async def test_what_asks_for_it_is_confirmed_with_a_receipt_and_only_then_gone(chromium: Browser) -> None:
    hall = morning()
    hall.notice(1, "Giữ nguyên micro", confirm=True)
    async with phone(chromium, hall) as thumb:
        await thumb.sees("Giữ nguyên micro")
        await hall.until(lambda: hall.answers_to_notices() == [(1, False)])
        await expect(thumb.page.get_by_role("button", name="Đã xem", exact=True)).to_have_count(0)
        await thumb.tap("Xác nhận đã nhận")
        await hall.until(lambda: hall.answers_to_notices() == [(1, False), (1, True)])
        await expect(thumb.page.locator("#banners .told")).to_have_count(0)
        section = thumb.page.locator("section", has=thumb.page.locator("#q-notices"))
        await expect(section.get_by_text("Đã nhận 08:02")).to_be_visible()


@in_browser
async def test_urgent_ones_come_first_and_the_others_are_one_tap_away(chromium: Browser) -> None:
    hall = morning()
    hall.notice(1, "Nộp danh sách trước 10 giờ")
    hall.notice(2, "Mất điện khu vực Ba Vì", urgent=True, confirm=True)
    async with phone(chromium, hall) as thumb:
        await expect(thumb.page.locator("#banners .words")).to_have_text("Mất điện khu vực Ba Vì")
        await thumb.tap("Còn 1 thông báo khác")
        await expect(thumb.page.get_by_role("heading", name="Thông báo")).to_be_focused()
        await expect(thumb.page.locator("#sheets .words")).to_have_text(
            ["Mất điện khu vực Ba Vì", "Nộp danh sách trước 10 giờ"]
        )
        await hall.until(lambda: {number for number, _ in hall.answers_to_notices()} == {1, 2})


@in_browser
async def test_a_long_notice_is_begun_and_counts_as_seen_only_when_its_end_was_there(chromium: Browser) -> None:
    hall = morning()
    hall.notice(1, "Đề nghị các điểm cầu kiểm tra lại hội trường. " * 20)
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Đọc hết")
        await expect(thumb.page.locator("#sheets .words")).to_be_visible()
        read_on_at = await phones_hour(thumb)
        await thumb.page.locator("[data-key=read-1]").scroll_into_view_if_needed()
        await hall.until(lambda: hall.answers_to_notices() == [(1, False)])
        assert read_on_at < hall.stored[0].at


@in_browser
async def test_what_was_withdrawn_goes_at_once(chromium: Browser) -> None:
    hall = morning()
    hall.notice(1, "Nghỉ lúc 9 giờ")
    async with listening(chromium, hall) as thumb:
        await thumb.sees("Nghỉ lúc 9 giờ")
        gone = hall.notices.pop()
        await hall.tell({"type": "notice", **gone, "withdrawn": True})
        await thumb.sees_not("Nghỉ lúc 9 giờ")


@in_browser
async def test_a_confirmation_waits_for_the_network_like_every_other_word(chromium: Browser) -> None:
    hall = morning()
    hall.notice(1, "Giữ nguyên micro", confirm=True)
    async with phone(chromium, hall) as thumb:
        await hall.until(lambda: hall.answers_to_notices() == [(1, False)])
        await thumb.page.context.set_offline(True)
        await thumb.tap("Xác nhận đã nhận")
        await thumb.sees("Đã ghi 08:02, chờ gửi")
        await thumb.page.context.set_offline(False)
        await hall.until(lambda: (1, True) in hall.answers_to_notices())
        await expect(thumb.page.get_by_text("chờ gửi")).to_have_count(0)
        assert len([act for act in hall.stored if isinstance(act, NoticedAct) and act.confirmed]) == 1


# --- reminders


@in_browser
async def test_a_reminder_leads_to_the_count_and_goes_with_it(chromium: Browser) -> None:
    hall = morning(now=at("08:12"))
    async with listening(chromium, hall) as thumb:
        hall.reminder = {"sitting": SITTING, "round": "opening", "at": hall.now.isoformat()}
        await hall.tell({"type": "reminder", **hall.reminder})
        await thumb.sees("Ban tổ chức đang chờ số liệu đầu giờ")
        await thumb.press("reminder")
        await thumb.type("60")
        await thumb.press("send")
        await thumb.sees("60 có mặt / 64")
        await thumb.sees_not("Ban tổ chức đang chờ số liệu đầu giờ")
        assert thumb.complaints == []


# --- the line


@in_browser
async def test_a_line_that_fell_comes_back_by_itself_and_the_desk_is_read_anew(chromium: Browser) -> None:
    hall = morning()
    async with listening(chromium, hall) as thumb:
        await thumb.sees("Tất cả tốt")
        hall.notice(1, "Họp lại lúc 9 giờ")
        read = hall.looked
        await hall.hang_up(1012)
        await hall.until(lambda: hall.hellos == 2)
        await thumb.sees("Họp lại lúc 9 giờ")
        assert hall.looked > read


@in_browser
async def test_a_phone_in_a_pocket_says_goodbye_and_greets_when_it_is_looked_at_again(chromium: Browser) -> None:
    hall = morning()
    async with listening(chromium, hall) as thumb:
        await thumb.page.evaluate(HIDE, True)
        await hall.until(lambda: hall.byes == 1 and hall.lines == [])
        await thumb.page.evaluate(HIDE, False)
        await hall.until(lambda: hall.hellos == 2)
        assert len(hall.lines) == 1


@in_browser
async def test_a_phone_that_another_one_replaced_does_not_fight_for_the_line(chromium: Browser) -> None:
    hall = morning()
    async with listening(chromium, hall) as thumb:
        await hall.hang_up(4501)
        await hall.until(lambda: hall.lines == [])
        # Its reports still go out, and its desk is read; the line is the other phone's.
        async with thumb.page.expect_response("**/desk?*"):
            await thumb.tap("Tiếp theo: Đang họp")
        await thumb.sees("Đã nhận 08:02")
        assert hall.hellos == 1
        await thumb.page.evaluate(HIDE, True)
        await thumb.page.evaluate(HIDE, False)
        await hall.until(lambda: hall.hellos == 2)


# --- faults


@in_browser
async def test_after_two_taps_there_is_a_receipt_and_a_card_with_what_to_do(chromium: Browser) -> None:
    hall = morning(duty=DUTY)
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Báo sự cố")
        await thumb.tap("Mất hình")
        assert thumb.taps == 2
        await expect(thumb.page.get_by_role("heading", name="Mất hình")).to_be_focused()
        await thumb.sees("Đã nhận 08:02")
        assert 3 <= await thumb.page.locator(".help li").count() <= 5
        size_px = await thumb.page.locator(".help li").first.evaluate(
            "step => parseFloat(getComputedStyle(step).fontSize)"
        )
        assert size_px >= 20
        await expect(thumb.page.get_by_role("link", name="Vẫn chưa được: gọi hỗ trợ 024 3000 0800")).to_have_attribute(
            "href", "tel:02430000800"
        )
        await thumb.page.go_back()
        await thumb.sees("Mới, chưa có người tiếp nhận")
        await expect(thumb.page.locator("[data-key=fault]")).to_be_focused()
        assert [act.fault for act in hall.stored if isinstance(act, IncidentAct)] == ["no_picture"]
        assert thumb.complaints == []


@in_browser
async def test_what_became_of_a_fault_is_told_until_it_is_solved(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Báo sự cố")
        await thumb.tap("Mất tiếng")
        await thumb.tap("Quay lại")
        await thumb.sees("Mới, chưa có người tiếp nhận")
        hall.incidents[0] |= {"status": "acknowledged", "owner_name": "Trần Đức Long"}
        await thumb.page.reload()
        await thumb.sees("Trần Đức Long đã tiếp nhận")
        hall.incidents.clear()
        await thumb.page.reload()
        await thumb.sees("Đã khắc phục")
        await expect(thumb.page.get_by_role("button", name="Đã hết: Mất tiếng")).to_have_count(0)


@in_browser
async def test_that_it_is_over_is_one_tap_and_says_what_is_good_again(chromium: Browser) -> None:
    hall = morning()
    hall.perceived = {"picture": "none", "sound": "poor", "line": "good", "at": at("07:59").isoformat()}
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Báo sự cố")
        await thumb.tap("Mất hình")
        await thumb.tap("Đã hết")
        await thumb.sees("Đã khắc phục")
        (good,) = [act for act in hall.stored if isinstance(act, PerceivedAct)]
        assert (good.picture, good.sound, good.line) == ("good", "poor", "good")


@in_browser
async def test_a_fault_that_the_centre_noticed_by_itself_stands_there_with_its_hour(chromium: Browser) -> None:
    hall = morning(now=at("08:22"))
    began_at = at("08:20").isoformat()
    hall.incidents = [
        {"number": 3, "trouble": "power_cut", "status": "open", "owner_name": "", "began_at": began_at},
        {"number": 4, "trouble": "centre", "status": "acknowledged", "owner_name": "", "began_at": began_at},
    ]
    async with phone(chromium, hall) as thumb:
        await thumb.sees("Mất điện")
        await thumb.sees("Gián đoạn tại trung tâm")
        await expect(thumb.page.get_by_text("Trung tâm ghi nhận từ 08:20")).to_have_count(2)
        await expect(thumb.page.get_by_role("button", name="Đã hết")).to_have_count(1)


@in_browser
async def test_the_cards_and_the_numbers_to_call_are_there_without_a_network(chromium: Browser) -> None:
    hall = morning(duty=DUTY)
    async with pocket(chromium, hall) as (context, origin):
        page = await context.new_page()
        await page.goto(origin + hall.link)
        await expect(page.get_by_role("button", name="Báo sự cố")).to_be_visible()
        await ready_for_offline(page)
        await context.set_offline(True)
        await page.reload()
        for fault in ("no_picture", "no_sound", "connection_lost"):
            await page.locator("[data-key=fault]").tap()
            await page.locator(f"[data-key=fault-{fault}]").tap()
            await expect(page.locator(".help li").first).to_be_visible()
            await expect(page.locator("[data-key=call-help]")).to_be_visible()
            await expect(page.locator("#sheets").get_by_text("Đã ghi 08:02, chờ gửi")).to_be_visible()
            await expect(page.locator("#sheets")).to_contain_text("Trực ban chưa nhận được, cần ngay thì gọi")
            await page.locator("[data-key=back]").tap()
            await expect(page.get_by_role("link", name="Nguyễn Thị Hòa")).to_be_visible()
        await context.set_offline(False)
        await hall.until(lambda: len([act for act in hall.stored if isinstance(act, IncidentAct)]) == 3)


# --- whom to call


@in_browser
async def test_the_hotline_and_the_people_on_duty_are_on_every_screen(chromium: Browser) -> None:
    hall = morning(duty=DUTY, names=True, broadcast="https://phat.invalid/live.m3u8")
    hall.notice(1, "Kiểm tra loa", seen=True)
    async with phone(chromium, hall) as thumb:
        await thumb.sees("Tất cả tốt")
        for opener in (None, "count", "fault", "notices", "list", "code", "measure"):
            if opener is not None:
                await thumb.press(opener)
                await expect(thumb.page.locator("[data-key=back]")).to_be_visible()
            call = thumb.page.get_by_role("link", name="Gọi trực ban 024 3000 0800")
            await expect(call, str(opener)).to_be_visible()
            person = thumb.page.get_by_role("link", name="Trần Đức Long")
            await expect(person, str(opener)).to_be_visible()
            await expect(person).to_have_attribute("href", "tel:0900000102")
            if opener is not None:
                await thumb.press("back")
        hall.sits = False
        await thumb.page.reload()
        await thumb.sees("Hiện không có buổi họp")
        await expect(thumb.page.get_by_role("link", name="Trần Đức Long")).to_be_visible()


# --- the line test

HURRIED = "{ const now = performance.now.bind(performance); performance.now = () => now() / 20; }"
"""A phone for which all others are twenty times as fast: a busy machine between it and the centre is no bad line."""


@in_browser
async def test_the_line_is_measured_told_in_words_and_figures_and_sent(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall, before=HURRIED) as thumb:
        await thumb.tap("Đo đường truyền")
        await expect(thumb.page.locator(".result-card strong")).to_have_text("Tốt")
        for figure in ("Độ trễ", "Dao động", "Mất gói", "Tải xuống", "Tải lên"):
            await thumb.sees(figure)
        await thumb.sees("Đã nhận 08:02")
        (test,) = [act for act in hall.stored if isinstance(act, LineTestAct)]
        assert test.rtt_ms > 0
        assert test.loss == 0
        assert test.down_kbps > 4000
        assert test.up_kbps > 2000
        assert 0 < hall.moved["down"] + hall.moved["up"] <= 3_000_000
        assert all(size <= 2048 for size in hall.sizes)
        await thumb.tap("Quay lại")
        await expect(thumb.page.get_by_text("Tốt · ")).to_be_visible()
        assert thumb.complaints == []


@in_browser
async def test_a_test_in_a_page_that_nobody_sees_is_stopped_and_says_nothing(chromium: Browser) -> None:
    hall = morning()
    async with phone(chromium, hall) as thumb:
        hall.answering.clear()
        await thumb.tap("Đo đường truyền")
        await thumb.sees("Đang đo độ trễ…")
        await thumb.page.evaluate(HIDE, True)
        await thumb.page.evaluate(HIDE, False)
        await thumb.sees("Đã dừng vì trang bị che. Giữ trang mở rồi làm lại.")
        assert [act for act in hall.stored if isinstance(act, LineTestAct)] == []
        hall.answering.set()
        await thumb.tap("Đo lại")
        await expect(thumb.page.locator(".result-card")).to_be_visible()


@in_browser
async def test_a_centre_that_declines_to_be_measured_is_quoted(chromium: Browser) -> None:
    sentence = "Đường truyền vừa được đo nhiều lần; hãy đo lại sau 40 giây."
    async with phone(chromium, morning()) as thumb:
        await thumb.sees("Tất cả tốt")
        thumb.hall.testing_refused = sentence
        await thumb.tap("Đo đường truyền")
        await thumb.sees(sentence)


@in_browser
async def test_a_rehearsal_suggests_the_line_test_and_television_has_no_line(chromium: Browser) -> None:
    async with phone(chromium, morning(phase="rehearsal")) as thumb:
        await thumb.sees("Buổi chạy thử: đo một lần, chừng 10 giây, để biết có đủ cho hội nghị không.")
        await expect(thumb.page.locator("button.big[data-key=measure]")).to_be_visible()
    async with phone(chromium, morning(mode=Mode.TV)) as thumb:
        await thumb.sees("Chủ trì có mặt")
        await expect(thumb.page.locator("[data-key=measure]")).to_have_count(0)


# --- the broadcast


@in_browser
async def test_the_phone_says_whether_the_broadcast_goes_on_or_stands(chromium: Browser) -> None:
    origin = Origin(RealClock().now, target_s=2)
    async with on_air(origin) as address:
        hall = morning(broadcast=address)
        async with phone(chromium, hall) as thumb:
            await thumb.tap("Kiểm tra luồng phát")
            await expect(thumb.page.locator(".result-card strong")).to_have_text("Đang phát")
            origin.stall()
            await thumb.tap("Kiểm tra lại")
            await expect(thumb.page.locator(".result-card strong")).to_have_text("Đứng, không có tín hiệu mới")
            # From there the fault is two taps away, as from everywhere.
            await thumb.press("report")
            await expect(thumb.page.locator("[data-key=fault-no_picture]")).to_be_visible()
            assert thumb.complaints == []


@in_browser
async def test_a_broadcast_that_is_nowhere_cannot_be_reached(chromium: Browser) -> None:
    async with on_air(Origin(RealClock().now)) as address:
        port = int(address.split(":")[2].partition("/")[0])
    async with phone(chromium, morning(broadcast=f"http://127.0.0.1:{port}/live.m3u8")) as thumb:
        await thumb.tap("Kiểm tra luồng phát")
        await expect(thumb.page.locator(".result-card strong")).to_have_text("Không vào được")


@in_browser
async def test_the_page_may_look_at_the_broadcasts_address_and_at_no_other(chromium: Browser) -> None:
    hall = morning(broadcast="https://name:word@phat.example.vn:8443/hoinghi/master.m3u8?ticket=secret")
    async with phone(chromium, hall) as thumb, aiohttp.ClientSession() as http:
        async with http.get(thumb.origin + "/p/anybody") as page:
            policy = page.headers["Content-Security-Policy"]
            html = await page.text()
        assert "connect-src 'self' https://phat.example.vn:8443" in policy.split("; ")
        # A stranger may open the page; where the broadcast is, is for halls.
        assert "phat.example.vn" not in html
        assert "ticket" not in policy + html
    async with phone(chromium, morning()) as thumb, aiohttp.ClientSession() as http:
        async with http.get(thumb.origin + "/p/anybody") as page:
            assert "connect-src 'self'" in page.headers["Content-Security-Policy"].split("; ")
        await thumb.sees("Tất cả tốt")
        await expect(thumb.page.get_by_role("button", name="Kiểm tra luồng phát")).to_have_count(0)


# --- the same against the real server


@in_browser
async def test_the_real_server_tells_the_phone_at_once_hears_its_answers_and_lets_itself_be_measured(
    chromium: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    keys = await flow.furnished(folder)
    async with flow.own(folder, keys) as ours:
        ann = ours.there.ann
        context = await chromium.new_context(viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True)
        page = await context.new_page()
        async with page.expect_websocket() as lines:
            await page.goto(ours.there.address + keys.links[flow.HALL])
        line = await lines.value
        await line.wait_for_event("framereceived")

        said = await ann.post(
            f"{flow.PATH}/notices", {"text": "Giữ nguyên micro", "urgent": True, "confirm": True, "points": [flow.HALL]}
        )
        async with page.expect_response("**/acts"):
            await expect(page.locator("#banners .words")).to_have_text("Giữ nguyên micro")
        async with page.expect_response("**/acts"):
            await page.get_by_role("button", name="Xác nhận đã nhận").tap()
        told = (await ann.get(f"{flow.PATH}/notices/{said.body['number']}")).body
        assert (told["count"], told["seen"], told["confirmed"]) == (1, 1, 1)

        reminded = await ann.post(f"{flow.PATH}/reminders", {"sitting": flow.SITTING, "round": "opening"})
        assert reminded.status == 200, reminded.body
        await expect(page.locator("[data-key=reminder]")).to_contain_text("Ban tổ chức đang chờ số liệu đầu giờ")

        await page.locator("[data-key=fault]").tap()
        async with page.expect_response("**/acts"):
            await page.locator("[data-key=fault-no_sound]").tap()
        await page.locator("[data-key=back]").tap()
        await expect(page.get_by_text("Mới, chưa có người tiếp nhận")).to_be_visible()
        await ann.post(f"{flow.PATH}/incidents/1", {"do": "acknowledge"})
        async with page.expect_response("**/desk?*"):
            await page.locator("[data-key^=mended-]").first.tap()
        await expect(page.get_by_text("Đã khắc phục")).to_be_visible()

        await page.locator("[data-key=measure]").tap()
        async with page.expect_response("**/acts"):
            await expect(page.locator(".result-card")).to_be_visible()
        kinds = [each["event"]["event"] for each in await ann.events()]
        assert "line-tested" in kinds
        await context.close()


# --- how it looks


async def faces(thumb: Thumb) -> AsyncIterator[str]:
    """Each new face of the page in turn."""
    yield "notice and reminder"
    await thumb.press("confirm-2")
    await thumb.press("notices")
    yield "notices"
    await thumb.press("back")
    await thumb.press("fault")
    await thumb.press("fault-no_sound")
    await expect(thumb.page.locator(".help")).to_be_visible()
    yield "card"
    await thumb.press("back")
    await expect(thumb.page.locator(".incident")).to_have_count(2)
    yield "incidents"
    await thumb.press("measure")
    await expect(thumb.page.locator(".result-card")).to_be_visible()
    yield "line test"
    await thumb.press("back")
    await thumb.press("broadcast")
    await expect(thumb.page.locator("progress")).to_be_visible()
    yield "looking at the broadcast"
    await expect(thumb.page.locator(".result-card")).to_be_visible()
    yield "broadcast"
    await thumb.press("back")


@in_browser
@pytest.mark.parametrize(
    ("dark", "text", "language"),
    [(False, 100, "vi"), (True, 100, "en"), (False, 200, "vi")],
    ids=["light", "dark-english", "large"],
)
async def test_every_new_face_fits_is_touchable_and_has_no_serious_fault_for_axe(
    chromium: Browser, dark: bool, text: int, language: str
) -> None:
    axe = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
    origin = Origin(RealClock().now, target_s=2)
    async with on_air(origin) as address:
        hall = morning(duty=DUTY, broadcast=address, now=at("08:22"))
        hall.reminder = {"sitting": SITTING, "round": "opening", "at": hall.now.isoformat()}
        hall.notice(1, "Nộp danh sách trước 10 giờ")
        hall.notice(2, "Mất điện khu vực Ba Vì", urgent=True, confirm=True)
        hall.incidents = [
            {
                "number": 3,
                "trouble": "power_cut",
                "status": "open",
                "owner_name": "",
                "began_at": at("08:20").isoformat(),
            }
        ]
        async with phone(chromium, hall, dark=dark, text=text) as thumb:
            if language == "en":
                await thumb.tap("English")
            await expect(thumb.page.locator("#banners .told")).to_be_visible()
            await thumb.page.evaluate(axe + ";0")
            async for face in faces(thumb):
                wide = await thumb.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                assert wide <= 0, f"{face} is {wide} px too wide"
                small = await thumb.page.evaluate(
                    """[...document.querySelectorAll('button, a')].filter(each => each.offsetParent)
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
            assert thumb.complaints == []


# --- what is sent


def test_what_a_browser_gets_is_the_same_program_without_its_comments(tmp_path: Path) -> None:
    """TypeScript's own printer is asked for both: it drops comments by its knowledge of the language."""
    sources = sorted((ROOT / "dashboards/static/phone").rglob("*.js"))
    for name, written in (("whole", None), ("bare", bare)):
        for path in sources:
            target = tmp_path / name / path.relative_to(ROOT / "dashboards/static")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(written(path.read_bytes()) if written else path.read_bytes())

    def printed(name: str) -> dict[str, str]:
        out = tmp_path / f"{name}-printed"
        options = "--allowJs --ignoreConfig --noCheck --removeComments --module esnext --moduleResolution bundler --target esnext"
        files = [str(path) for path in sorted((tmp_path / name).rglob("*.js"))]
        subprocess.run(
            ["node", ROOT / "node_modules/typescript/lib/tsc.js", *options.split(), "--outDir", out, *files], check=True
        )
        return {path.relative_to(out).as_posix(): path.read_text() for path in sorted(out.rglob("*.js"))}

    whole = printed("whole")
    assert len(whole) == len(sources)
    assert printed("bare") == whole


def test_a_line_that_goes_leaves_its_place_and_an_address_stays() -> None:
    source = b'/** Why.\n * More. */\nconst at = "https://a/*b"; // aside\n  // alone\ngo(/* here */ at);\n'
    assert bare(source) == b'\n\nconst at = "https://a/*b"; // aside\n\ngo(/* here */ at);\n'
    assert json.dumps(bare(b"a {\n  /* so */\n  b: c;\n}\n").decode()) == json.dumps("a {\n\nb: c;\n}\n")
