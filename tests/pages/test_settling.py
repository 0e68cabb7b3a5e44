"""The staff settle figures, act for halls and move the conference on: the board in a real browser, before the real house."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from endpoints_registry.access import Role
from endpoints_registry.units import Cluster
from tests.flows.house import (
    CONFERENCE,
    HALL,
    OTHER_HALL,
    PASSWORD,
    PATH,
    SITTING,
    Own,
    _signed_in,
    act,
    count,
)
from tests.pages.conftest import TELEPHONE, Reader, at_a_screen
from tests.pages.test_board import serious, widest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def speaks_to_everybody(reader: Reader) -> None:
    """Axe finds nothing serious. What the browser says of axe's own doings is not the page's."""
    said = list(reader.complaints)
    assert await serious(reader.page) == []
    reader.complaints[:] = said


def panel(page: Page) -> Any:
    return page.get_by_role("complementary")


def present(page: Page) -> Any:
    """The second number of the day."""
    return page.locator(".pair strong").nth(1)


def tile(page: Page, code: str) -> Any:
    return page.locator(f'.tile[data-code="{code}"]')


async def test_640_of_64_waits_outside_the_totals_until_it_is_released_in_two_taps(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        page = reader.page
        await reader.opens(f"/points/{HALL}")
        await ours.there.phone(OTHER_HALL).send(count(OTHER_HALL, 50, excused=14))
        await ours.there.phone(HALL).send(count(HALL, 640))
        doubt = panel(page).locator(".doubt")
        await expect(doubt).to_contain_text("640 / 64 chờ kiểm tra")
        await expect(present(page)).to_have_text("50")
        await page.get_by_role("button", name="Quân số", exact=True).click()
        await expect(tile(page, HALL)).to_have_attribute("data-look", "quarantined")
        await speaks_to_everybody(reader)
        await doubt.get_by_role("button", name="Cho tính").click()
        await expect(doubt).to_contain_text("64 có mặt, 576 khách mời")
        await doubt.get_by_role("button", name="Cho tính 640 người").click()
        await expect(panel(page).locator(".receipt")).to_contain_text("Đã nhận 08:00")
        await expect(present(page)).to_have_text("114")
        await expect(tile(page, HALL)).to_have_attribute("data-look", "warned")


async def test_640_of_64_is_corrected_in_two_taps_and_the_correction_taken_back(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours, size=TELEPHONE) as reader:
        page = reader.page
        await ours.there.phone(HALL).send(count(HALL, 640))
        await page.goto(f"{reader.address}/points/{HALL}")
        await panel(page).get_by_role("button", name="Sửa").click()
        await expect(page.get_by_label("Có mặt", exact=True)).to_be_focused()
        await page.keyboard.type("60")
        await expect(panel(page).locator(".total")).to_contain_text("Còn 4 chưa rõ")
        assert await widest(page) <= 0
        await speaks_to_everybody(reader)
        await panel(page).get_by_role("button", name="Gửi đính chính").click()
        await expect(panel(page).locator(".rounds")).to_contain_text("60")
        await expect(panel(page).locator(".history")).to_contain_text("Đính chính 640 thành 60: gõ nhầm số")
        assert (await ours.there.ann.get(f"{PATH}/totals")).body["people"]["present"] == 60
        await panel(page).get_by_role("button", name="Hoàn tác").click()
        await expect(panel(page).locator(".doubt")).to_contain_text("640 / 64 chờ kiểm tra")
        assert (await ours.there.ann.get(f"{PATH}/totals")).body["people"]["present"] == 0


async def test_two_phones_differ_until_somebody_chooses(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        page = reader.page
        await reader.opens(f"/points/{HALL}")
        phone = ours.there.phone(HALL)
        await phone.send(count(HALL, 60, excused=4), device="the first phone")
        await phone.send(count(HALL, 58, excused=6), device="the second phone")
        doubt = panel(page).locator(".doubt")
        await expect(doubt).to_contain_text("hai số liệu khác nhau")
        await page.get_by_role("button", name="Quân số", exact=True).click()
        await page.locator(".legend").get_by_role("button", name="Khác nhau").click()
        await expect(tile(page, HALL)).to_have_attribute("data-look", "differs")
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Xem thêm 8").click()
        await expect(page.locator(".calls")).to_contain_text("Chưa mở, hai số liệu khác nhau")
        await tile(page, HALL).click()
        await speaks_to_everybody(reader)
        await doubt.get_by_role("button", name="Chọn số này, 60").click()
        await doubt.get_by_role("button", name="Chọn số 60").click()
        await expect(doubt).to_have_count(0)
        await expect(present(page)).to_have_text("60")
        await expect(tile(page, HALL)).to_have_attribute("data-look", "on_time")


async def test_a_proxys_count_is_counted_once_though_its_answer_was_lost(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours, cookie=ours.there.binh.headers["Cookie"]) as reader:
        page = reader.page
        lost: list[str] = []

        async def lose_one(route: Route) -> None:
            if lost:
                await route.continue_()
                return
            lost.append("the answer")
            await route.fetch()
            await route.abort()

        await page.route("**/acts", lose_one)
        await reader.opens(f"/points/{HALL}")
        await panel(page).get_by_role("button", name="Nhập thay").click()
        for figure in ("60", "3", "1"):
            await page.keyboard.type(figure)
            await page.keyboard.press("Tab")
        await expect(panel(page).locator(".total")).to_contain_text("Đủ 64")
        await page.keyboard.press("Enter")
        await expect(panel(page).locator(".receipt")).to_contain_text("Đã nhận 08:00")
        await expect(panel(page).locator(".rounds")).to_contain_text("nhập thay")
        reader.pardons("net::ERR_FAILED")
        reported = [each for each in await ours.there.ann.events() if each["event"]["event"] == "figure-reported"]
        assert [each["by"] for each in reported] == ["user:binh"]

        view = (await ours.there.ann.get(f"{PATH}/points/{HALL}")).body
        act_id = view["sittings"][0]["rounds"][0]["act"]
        await ours.there.phone(HALL).send(act(HALL, "confirm", act=act_id))
        await expect(panel(page).locator(".history")).to_contain_text("Số liệu đã được xác nhận")
        await expect(panel(page).locator(".rounds")).not_to_contain_text("nhập thay")


async def test_what_had_no_answer_when_the_page_was_closed_is_sent_when_it_opens_again(
    browser: Browser, ours: Own
) -> None:
    async with at_a_screen(browser, ours) as reader:
        page = reader.page
        await page.route("**/acts", lambda route: route.abort())
        await reader.opens(f"/points/{HALL}")
        await panel(page).get_by_role("button", name="Nhập thay").click()
        await page.keyboard.type("61")
        await page.keyboard.press("Enter")
        await expect(panel(page).locator(".receipt")).to_contain_text("trang tự gửi lại")
        await page.unroute("**/acts")
        reader.pardons("net::ERR_FAILED")
        await page.reload()
        await expect(panel(page).locator(".receipt")).to_contain_text("Đã nhận 08:00")
        await expect(present(page)).to_have_text("61")


async def test_a_surplus_is_settled_by_expecting_it(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        page = reader.page
        await ours.there.phone(HALL).send(count(HALL, 70))
        await reader.opens(f"/points/{HALL}")
        doubt = panel(page).locator(".doubt")
        await expect(doubt).to_contain_text("Thừa 6, tính là khách mời")
        await doubt.get_by_role("button", name="Triệu tập là 70").click()
        await doubt.get_by_role("button", name="Triệu tập là 70").click()
        await expect(doubt).to_have_count(0)
        await expect(panel(page)).to_contain_text("Triệu tập 70")
        await expect(present(page)).to_have_text("70")


async def test_a_surplus_is_settled_by_naming_guests(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        page = reader.page
        await ours.there.phone(HALL).send(count(HALL, 70))
        await reader.opens(f"/points/{HALL}")
        await panel(page).locator(".doubt").get_by_role("button", name="6 là khách mời").click()
        await expect(page.get_by_label("Khách mời ngoài 64")).to_have_value("6")
        await panel(page).get_by_role("button", name="Gửi đính chính").click()
        await expect(panel(page).locator(".doubt")).to_have_count(0)
        await expect(panel(page).locator(".rounds")).to_contain_text("6 khách mời")


async def test_stage_and_reception_are_changed_by_keyboard_alone(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        page = reader.page
        await reader.opens(f"/points/{HALL}")
        await page.get_by_role("button", name="Đổi: Trạng thái").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("radio", name="Chưa mở")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Đổi: Trạng thái")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("radio", name="Chưa mở")).to_be_focused()
        for _ in range(4):
            await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(panel(page).locator(".axes").first).to_contain_text("Đang họp")
        await expect(panel(page).get_by_role("button", name="Hoàn tác")).to_be_visible()

        await page.get_by_role("button", name="Đổi: Hình thức").focus()
        await page.keyboard.press("Enter")
        await expect(panel(page).get_by_role("radio", checked=True).first).to_be_focused()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(panel(page).locator(".axes").first).to_contain_text("Truyền hình")
        await expect(panel(page).locator(".history")).to_contain_text("Chuyển sang: Truyền hình, mất điện")
        await page.keyboard.press("Escape")
        await expect(panel(page)).to_have_count(0)


async def test_a_halls_paper_forms_are_a_tap_away(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        page = reader.page
        await reader.opens(f"/points/{HALL}")
        async with page.expect_download() as taken:
            await panel(page).get_by_role("button", name="Tải phiếu giấy báo quân số").click()
        form = await taken.value
        assert form.suggested_filename == f"phieu-giay-quan-so-{HALL}.pdf"
        assert Path(await form.path()).read_bytes().startswith(b"%PDF")


async def test_who_may_only_look_is_shown_nothing_to_press(browser: Browser, ours: Own) -> None:
    await ours.house.registry.add_account("dung", "Dung", Role.VIEWER, PASSWORD, "001")
    token, _ = await ours.house.registry.sign_in("dung", PASSWORD, "127.0.0.1")
    await ours.there.phone(HALL).send(count(HALL, 640))
    async with at_a_screen(browser, ours, cookie=f"{ours.house.registry.keyring.staff_cookie}={token}") as reader:
        page = reader.page
        await reader.opens(f"/points/{HALL}")
        await expect(panel(page).locator(".doubt")).to_contain_text("640 / 64 chờ kiểm tra")
        assert await panel(page).get_by_role("button").all_inner_texts() == [""]  # The cross that closes it.
        await page.locator(".menu summary").click()
        await expect(page.get_by_role("button", name="Giai đoạn của hội nghị")).to_have_count(0)


async def test_the_conference_goes_on_and_who_is_late_is_told_who_was_faster(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        page = reader.page
        await reader.opens()
        dialog = page.get_by_role("dialog")

        async def menu() -> None:
            await page.locator(".menu summary").click()
            await page.get_by_role("button", name="Giai đoạn của hội nghị").click()

        await menu()
        await dialog.get_by_role("button", name="Bắt đầu chốt số liệu").click()
        await speaks_to_everybody(reader)
        answer = await ours.there.ann.post(f"{PATH}/phase", {"phase": "closing", "version": 2})
        assert answer.status == 200
        await dialog.get_by_role("button", name="Bắt đầu chốt số liệu").click()
        await expect(dialog.get_by_role("alert")).to_have_text(
            "ann đã chuyển hội nghị sang “Đang chốt số liệu” trước bạn."
        )
        reader.pardons("409")
        await dialog.get_by_role("button", name="Xem giai đoạn bây giờ").click()
        await dialog.get_by_role("button", name="Chốt số liệu", exact=True).click()
        await expect(dialog).to_contain_text("Còn 12 điểm cầu chưa báo cáo.")
        await expect(dialog).to_contain_text("Không quay lại được.")
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await menu()
        await dialog.get_by_role("button", name="Quay lại diễn ra").click()
        await page.keyboard.press("Enter")
        await expect(dialog).to_have_count(0)
        await expect(page.locator(".phase")).to_have_text("Đang diễn ra")


async def test_a_conference_that_is_being_prepared_is_opened_from_its_empty_board(browser: Browser, ours: Own) -> None:
    made = await ours.there.ann.post(
        "/api/v1/conferences",
        {
            "id": "mua-thu",
            "title": "Hội nghị mùa thu",
            "unit": "01",
            "sittings": [{"day": "2026-09-05", "starts_at": "08:00", "ends_at": "11:30"}],
            "points": {"under": ["006"]},
        },
    )
    assert made.status == 201, made.body
    async with at_a_screen(browser, ours) as reader:
        page = reader.page
        await page.goto(f"{reader.address}/?conference=mua-thu")
        await expect(page.locator(".welcome")).to_contain_text("Hội nghị đang chuẩn bị")
        await expect(page.locator(".welcome .frozen")).to_contain_text("6")
        await speaks_to_everybody(reader)
        await page.locator(".welcome").get_by_role("button", name="Mở hội nghị").click()
        await expect(page.get_by_role("dialog")).to_contain_text("được chốt")
        await page.keyboard.press("Enter")
        await expect(page.locator(".tile")).to_have_count(6)
        await expect(page.locator(".phase")).to_have_text("Đã mở điểm danh")
        await page.locator(".menu summary").click()
        await page.get_by_label("Hội nghị").select_option(CONFERENCE)
        await expect(page.locator(".tile")).to_have_count(12)


async def test_several_phones_and_their_coordinator_end_in_one_truth(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        page = reader.page
        await reader.opens()
        codes = [code for code in ours.there.keys.phones if code != OTHER_HALL]
        await asyncio.gather(*(ours.there.phone(code).send(count(code, 60, excused=4)) for code in codes))
        await expect(present(page)).to_have_text(str(60 * len(codes)))
        await expect(page.locator(".small")).to_contain_text(f"{len(codes)}/12 (91,7%)")
        await page.get_by_role("button", name="Danh sách").click()
        row = page.locator(".branch").filter(has_text="Đống Đa")
        await expect(row).to_contain_text("80,0%")
        await expect(row).to_contain_text("64")
        totals = (await ours.there.ann.get(f"{PATH}/totals?unit=&sitting={SITTING}&round=opening")).body
        assert totals["reports"] == {"due": 12, "received": 11, "on_time": 11, "quarantined": 0, "differing": 0}


async def test_a_cluster_has_a_board_for_each_of_its_units(browser: Browser, ours: Own) -> None:
    registry = ours.house.registry
    await registry.assign_cluster(Cluster("C-01", "Cụm 1", frozenset({"00004", "00178"})))
    dung = (await _signed_in(registry, "dung", Role.COORDINATOR, "C-01"))["Cookie"]
    async with at_a_screen(browser, ours, dung) as reader:
        await reader.opens()
        own = reader.page.get_by_role("navigation", name="Đơn vị của bạn")
        await expect(own.locator("b")).to_have_text("Phường Trúc Bạch")
        await expect(reader.page.locator(".tile")).to_have_count(2)
        await own.get_by_role("link", name="Phường Cát Linh").click()
        await expect(own.locator("b")).to_have_text("Phường Cát Linh")
        await expect(reader.page.locator(".tile")).to_have_count(2)
