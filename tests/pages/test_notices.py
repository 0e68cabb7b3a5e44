"""The staff speak to halls from the board: notices with who has seen them, reminders to the silent, and who is on duty."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.flows.house import HALL, PATH, Own, act, count
from tests.pages.conftest import TELEPHONE, Reader, at_a_screen
from tests.pages.test_board import widest
from tests.pages.test_settling import speaks_to_everybody

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def panel(page: Page) -> Any:
    return page.get_by_role("complementary")


async def writes(reader: Reader, text: str) -> Any:
    """Begins a notice; the form."""
    await reader.opens("/#notices/new")
    form = panel(reader.page).locator("form")
    await form.get_by_label("Nội dung").fill(text)
    return form


async def test_a_notice_reaches_a_halls_phone_and_the_board_counts_who_has_seen_and_confirmed_it(
    browser: Browser, ours: Own
) -> None:
    handset = await browser.new_context(viewport=TELEPHONE, has_touch=True)
    phone = Reader(await handset.new_page(), ours.there.address)
    await phone.page.goto(ours.there.address + ours.there.keys.links[HALL])
    await expect(phone.page.get_by_text("Nhà văn hóa Trúc Bạch").first).to_be_visible()
    async with at_a_screen(browser, ours) as reader:
        form = await writes(reader, "Bật micro dự phòng trước 08:30.")
        await form.get_by_label("Yêu cầu xác nhận").check()
        await form.get_by_role("button", name="Gửi đến 12 điểm cầu").click()
        side = panel(reader.page)
        await expect(side.locator(".said-text")).to_contain_text("Bật micro dự phòng trước 08:30.")
        await expect(phone.page.get_by_text("Bật micro dự phòng trước 08:30.").first).to_be_visible()
        await expect(side.locator(".reach-figures")).to_contain_text("Đã xem1 / 12")
        await expect(side).to_contain_text("11 nơi chưa xem")
        await phone.page.get_by_role("button", name="Xác nhận đã nhận").click()
        await expect(side.locator(".reach-figures")).to_contain_text("Đã xác nhận1 / 12")
        await expect(side).to_contain_text("1 nơi đã xác nhận")
        await speaks_to_everybody(reader)
    assert phone.complaints == []
    await handset.close()


async def test_a_notice_goes_to_the_units_and_halls_that_were_chosen(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours, size=TELEPHONE) as reader:
        await reader.page.goto(f"{reader.address}/#notices/new")
        form = panel(reader.page).locator("form")
        await form.get_by_role("button", name="Gửi").click()
        await expect(form).to_contain_text("Viết nội dung thông báo.")
        await form.get_by_label("Nội dung").fill("Họp kỹ thuật lúc 09:00")
        await form.get_by_label("Chọn đơn vị, điểm cầu").check()
        await form.get_by_role("button", name="Gửi", exact=True).click()
        await expect(form).to_contain_text("Chọn nơi nhận")
        search = form.get_by_label("Thêm đơn vị hoặc điểm cầu")
        await search.fill("dong da")
        await expect(form.get_by_role("option").first).to_contain_text("Quận Đống Đa")
        await search.press("Enter")
        await expect(form.get_by_role("button", name="Gửi đến 5 điểm cầu")).to_have_count(1)
        await search.fill("truc bach")
        await form.get_by_role("option").filter(has_text="Nhà văn hóa Trúc Bạch").click()
        await speaks_to_everybody(reader)
        assert await widest(reader.page) <= 0
        await form.get_by_role("button", name="Gửi đến 6 điểm cầu").click()
        await expect(panel(reader.page)).to_contain_text("6 nơi chưa xem")
        told = (await ours.there.ann.get(f"{PATH}/notices/1")).body
        assert HALL in {each["point"] for each in told["halls"]}
        assert (told["to"], told["count"]) == (["006"], 6)


async def test_a_notice_is_withdrawn_after_it_was_asked_once_more(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        form = await writes(reader, "Gửi nhầm")
        await form.get_by_role("button", name="Gửi đến 12 điểm cầu").click()
        side = panel(reader.page)
        await side.get_by_role("button", name="Thu hồi").click()
        await side.get_by_role("button", name="Thu hồi thông báo").click()
        await expect(side.locator(".said-text")).to_have_attribute("data-withdrawn", "true")
        await side.get_by_role("link", name="Tất cả thông báo").click()
        await expect(side.locator(".notice-row")).to_contain_text("Đã thu hồi Gửi nhầm")


async def test_what_was_written_is_not_lost_by_a_key(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        form = await writes(reader, "Một thông báo dài")
        await reader.page.keyboard.press("Escape")
        await expect(form.get_by_label("Nội dung")).to_have_value("Một thông báo dài")
        await form.get_by_label("Nội dung").fill("")
        await reader.page.keyboard.press("Escape")
        await expect(panel(reader.page)).to_have_count(0)


async def test_one_press_reminds_the_silent_and_leaves_those_in_peace_who_were_reminded(
    browser: Browser, ours: Own
) -> None:
    await ours.there.phone(HALL).send(act(HALL, "stage", stage="in_session"), count(HALL, 60))
    async with at_a_screen(browser, ours) as reader:
        await reader.opens("/#calls")
        side = panel(reader.page)
        await side.get_by_role("button", name="Đôn đốc 11 điểm chưa báo cáo").click()
        await expect(side).to_contain_text("Đã đôn đốc 11 điểm cầu.")
        await side.get_by_role("button", name="Đôn đốc 11 điểm chưa báo cáo").click()
        await expect(side).to_contain_text("11 điểm cầu vừa được nhắc, để yên ít phút.")
        told = [each["event"] for each in await ours.there.ann.events()]
        sent = [each["points"] for each in told if each["event"] == "reminders-sent"]
        assert [len(points) for points in sent] == [11]
        assert HALL not in sent[0]


async def test_an_organiser_puts_the_duty_roster_in_order_and_everybody_sees_who_is_on(
    browser: Browser, ours: Own
) -> None:
    async with at_a_screen(browser, ours) as reader:
        await reader.opens("/#duty")
        side = panel(reader.page)
        await side.get_by_role("button", name="Thêm ca trực").click()
        await side.get_by_label("Họ tên").fill("Tạ Thu Hà")
        await side.get_by_role("button", name="Lưu ca trực").click()
        await expect(side).to_contain_text("Ghi số điện thoại của người trực.")
        await expect(side.get_by_label("Điện thoại")).to_be_focused()
        await side.get_by_label("Điện thoại").fill("0900 999 003")
        await side.get_by_label("Từ", exact=True).fill("7h30")
        await speaks_to_everybody(reader)
        await side.get_by_role("button", name="Lưu ca trực").click()
        await expect(side.locator(".contacts")).to_contain_text("07:30–11:30 · 0900 999 003")
        await side.get_by_role("button", name="Sửa ca trực của Tạ Thu Hà").click()
        await side.get_by_label("Việc phụ trách").fill("kỹ thuật")
        await side.get_by_role("button", name="Lưu ca trực").click()
        await expect(side.locator(".contacts")).to_contain_text("kỹ thuật · toàn hội nghị")
        assert [each["name"] for each in (await ours.there.phone(HALL).get("/api/v1/desk")).body["duty"]] == [
            "Tạ Thu Hà"
        ]
    async with at_a_screen(browser, ours, ours.there.binh.headers["Cookie"]) as binh:
        await binh.opens()
        await expect(binh.page.locator(".duty")).to_contain_text("Tạ Thu Hà")
        await binh.page.locator(".duty h2 a").click()
        await expect(panel(binh.page).get_by_role("button", name="Sửa ca trực của Tạ Thu Hà")).to_have_count(0)


async def test_a_roster_that_somebody_else_has_changed_meanwhile_is_not_overwritten(
    browser: Browser, ours: Own
) -> None:
    async with at_a_screen(browser, ours) as reader:
        await reader.opens("/#duty")
        side = panel(reader.page)
        await side.get_by_role("button", name="Thêm ca trực").click()
        await side.get_by_label("Họ tên").fill("Lê Chi")
        await side.get_by_label("Điện thoại").fill("0900 999 004")
        day = "2026-03-07T{}:00+07:00"
        theirs = {
            "name": "Phan Vân",
            "phone": "0900 999 001",
            "what": "",
            "from": day.format("07:00"),
            "to": day.format("12:00"),
        }
        put = await ours.there.ann.ask("PUT", f"{PATH}/duty", [theirs], {})
        assert put.status == 200, put.body
        await side.get_by_role("button", name="Lưu ca trực").click()
        await expect(side).to_contain_text("vừa được người khác sửa")
        await expect(side.locator(".contacts")).to_contain_text("Phan Vân")
