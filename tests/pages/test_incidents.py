"""Incidents on the board: taken, explained, solved before the real house; marked, lit and heard before a city of 766."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from endpoints_registry.access import Role
from tests.flows.house import HALL, OTHER_HALL, PATH, Own, _signed_in, act
from tests.pages.city import City, power_cut, seconds
from tests.pages.conftest import TELEPHONE, Reader, at_a_screen, lit
from tests.pages.test_board import SIZES, tile, widest
from tests.pages.test_calls import second_organiser
from tests.pages.test_settling import speaks_to_everybody

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def panel(page: Page) -> Any:
    return page.get_by_role("complementary")


async def no_picture(ours: Own) -> int:
    """A hall's phone says that there is no picture; the number of the incident that follows."""
    await ours.there.phone(HALL).send(act(HALL, "incident", fault="no_picture"))
    found = (await ours.there.ann.get(f"{PATH}/incidents")).body["incidents"]
    return int(found[0]["number"])


async def test_what_one_board_takes_in_hand_the_other_shows_in_that_hand(browser: Browser, ours: Own) -> None:
    chi = await second_organiser(ours)
    async with at_a_screen(browser, ours) as one, at_a_screen(browser, ours, chi) as other:
        for each in (one, other):
            await each.opens("/#incidents")
        await no_picture(ours)
        for each in (one, other):
            await expect(panel(each.page).locator(".incident")).to_contain_text("Nhà văn hóa Trúc Bạch: mất hình")
            await expect(panel(each.page).locator(".incident")).to_contain_text("Chưa ai nhận")
            await expect(each.page.locator(".standing")).to_have_text("Sự cố: 1 đang mở")
        await panel(one.page).get_by_role("button", name="Tiếp nhận").click()
        await expect(panel(one.page).locator(".incident")).to_contain_text("Bạn đang xử lý")
        await expect(panel(other.page).locator(".incident")).to_contain_text("Ann đang xử lý")
        await expect(panel(other.page).get_by_role("button", name="Tiếp nhận")).to_have_count(0)
        await expect(other.page.locator(".standing")).to_have_text("Sự cố: 1 đang xử lý")


async def test_of_two_who_take_it_at_once_one_has_it_and_the_other_is_told_who(browser: Browser, ours: Own) -> None:
    chi = await second_organiser(ours)
    number = await no_picture(ours)
    async with at_a_screen(browser, ours) as one, at_a_screen(browser, ours, chi) as other:
        for each in (one, other):
            await each.opens(f"/#incidents/{number}")
            await expect(panel(each.page).get_by_role("button", name="Tiếp nhận")).to_have_count(1)
        # Both fingers are on the button before either presses: looked for only then, it may be gone already.
        take = [
            await panel(each.page).get_by_role("button", name="Tiếp nhận").element_handle() for each in (one, other)
        ]
        await asyncio.gather(*(each.dispatch_event("click") for each in take))
        await expect(panel(one.page).locator(".state")).to_contain_text("đang xử lý")
        owner = (await ours.there.ann.get(f"{PATH}/incidents/{number}")).body["owner"]
        winner, loser = (one, other) if owner == "ann" else (other, one)
        loser.pardons("409")
        await expect(panel(winner.page).locator(".state")).to_contain_text("Bạn đang xử lý")
        await expect(panel(loser.page).locator(".state")).to_contain_text(f"{owner.capitalize()} đang xử lý")
        await expect(panel(loser.page).locator(".wrong").last).to_contain_text(
            f"{owner} đã tiếp nhận sự cố số {number}"
        )


async def test_an_incident_is_explained_solved_and_opened_again_from_its_own_page(browser: Browser, ours: Own) -> None:
    number = await no_picture(ours)
    async with at_a_screen(browser, ours, size=TELEPHONE) as reader:
        page = reader.page
        await page.goto(f"{reader.address}/#incidents/{number}")
        side = panel(page)
        await side.get_by_role("button", name="Nguyên nhân").click()
        await expect(side.get_by_role("textbox", name="Nguyên nhân là gì?")).to_be_focused()
        await side.get_by_role("button", name="Ghi nguyên nhân").click()
        await expect(side).to_contain_text("Ghi vài chữ trước khi gửi.")
        await side.get_by_role("button", name="Hỏng thiết bị tại điểm cầu").click()
        await speaks_to_everybody(reader)
        assert await widest(page) <= 0
        await side.get_by_role("button", name="Ghi nguyên nhân").click()
        await expect(side.locator(".axes").first).to_contain_text("Hỏng thiết bị tại điểm cầu")
        await side.get_by_role("button", name="Giao việc").click()
        await expect(side.locator(".takers")).to_have_text("BinhĐiều phối Quận Ba Đình · binh")
        await speaks_to_everybody(reader)
        await side.get_by_label("Tên đăng nhập").fill("khong-co-ai")
        await side.locator("form").get_by_role("button", name="Giao việc").click()
        await expect(side.locator("form")).to_contain_text("Không có ai tên đăng nhập «khong-co-ai»")
        reader.pardons("409")
        await side.get_by_label("Tên đăng nhập").fill("bình")
        await page.keyboard.press("Enter")
        await expect(side.locator(".state")).to_contain_text("Binh đang xử lý")
        await side.get_by_role("button", name="Đã khắc phục").click()
        await side.get_by_role("button", name="Đã thay thiết bị").click()
        await side.locator("form").get_by_role("button", name="Đã khắc phục").click()
        await expect(side.locator(".state")).to_contain_text("Đã khắc phục")
        await side.get_by_role("button", name="Mở lại").click()
        await side.get_by_role("button", name="Vẫn chưa hết").click()
        await side.locator("form").get_by_role("button", name="Mở lại").click()
        for words in ("Giao cho Binh", "Đã khắc phục: Đã thay thiết bị", "Mở lại: Vẫn chưa hết"):
            await expect(side.locator(".history")).to_contain_text(words)
        await expect(side.locator(".history")).to_contain_text("Ann")
        await expect(side.locator(".axes").first).to_contain_text("Mở lại từ")
        await expect(side.locator(".axes").first).to_contain_text("Lần đầu")


async def test_escape_leaves_the_form_then_the_incident_and_the_way_back_leads_to_the_list(
    browser: Browser, ours: Own
) -> None:
    number = await no_picture(ours)
    async with at_a_screen(browser, ours) as reader:
        page = reader.page
        await reader.opens()
        await page.locator(".standing").click()
        await panel(page).locator(".incident a").click()
        await page.wait_for_url(f"**/#incidents/{number}")
        await panel(page).get_by_role("button", name="Ghi chú").click()
        await page.keyboard.press("Escape")
        await expect(panel(page).get_by_role("button", name="Ghi chú")).to_be_focused()
        await panel(page).locator(".incident-halls a").click()
        await expect(panel(page)).to_contain_text("Nhà văn hóa Trúc Bạch")
        await expect(panel(page).locator(".in-incident")).to_contain_text(f"Sự cố {number}")
        await page.keyboard.press("Escape")
        await page.wait_for_url(f"**/#incidents/{number}")
        await panel(page).get_by_role("link", name="Tất cả sự cố").click()
        await page.wait_for_url("**/#incidents")
        await page.keyboard.press("Escape")
        await expect(panel(page)).to_have_count(0)


async def test_an_incident_is_opened_by_hand_and_by_keyboard_alone(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        page = reader.page
        await reader.opens("/#incidents")
        await panel(page).get_by_role("link", name="Mở sự cố").press("Enter")
        await expect(panel(page).get_by_role("heading", name="Mở sự cố")).to_be_focused()
        await speaks_to_everybody(reader)
        await panel(page).get_by_role("button", name="Mở sự cố").press("Enter")
        await expect(panel(page).get_by_role("alert")).to_have_text("Chọn sự cố là gì.")
        await expect(panel(page).get_by_label("Mất hình")).to_be_focused()
        await page.keyboard.press("ArrowDown")
        await expect(panel(page).get_by_label("Mất tiếng")).to_be_checked()
        await page.keyboard.press("Enter")
        await expect(panel(page).get_by_role("combobox")).to_be_focused()
        for sought in ("truc bach", "cat linh"):
            await page.keyboard.type(f"nha van hoa {sought}")
            await expect(panel(page).get_by_role("option")).to_have_count(1)
            await page.keyboard.press("Enter")
        await panel(page).get_by_label("Ghi chú").press_sequentially("Gọi điện báo")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/#incidents/1")
        await expect(panel(page).get_by_role("heading", name="2 điểm mất tiếng")).to_be_focused()
        await expect(panel(page)).to_contain_text("Bắt đầu với 2 điểm: Gọi điện báo")
        await page.goto(f"{reader.address}/points/{HALL}")
        await panel(page).get_by_role("button", name="Mở sự cố cho điểm cầu này").click()
        await panel(page).get_by_label("Mất tiếng").check()
        await panel(page).get_by_role("button", name="Mở sự cố").click()
        await expect(panel(page).get_by_role("alert")).to_contain_text("đang nằm trong sự cố số 1")
        reader.pardons("409")
        await page.keyboard.press("Escape")
        await panel(page).get_by_role("button", name="Mở sự cố cho điểm cầu này").click()
        await panel(page).get_by_label("Mất hình").check()
        await panel(page).get_by_role("button", name="Mở sự cố").click()
        await page.wait_for_url("**/#incidents/2")
        await expect(panel(page)).to_contain_text("Nhà văn hóa Trúc Bạch: mất hình")


async def test_what_the_server_refuses_is_told_in_english_too(browser: Browser, ours: Own) -> None:
    number = await no_picture(ours)
    async with at_a_screen(browser, ours) as reader:
        await reader.page.context.add_cookies([{"name": "language", "value": "en", "url": reader.address}])
        await reader.opens(f"/#incidents/{number}")
        side = panel(reader.page)
        await side.get_by_role("button", name="Assign").click()
        await side.get_by_label("Name or user name").fill("nobody-at-all")
        await reader.page.keyboard.press("Enter")
        await expect(side.locator("form")).to_contain_text("Nobody of that user name holds these bridge points")
        reader.pardons("409")


async def test_who_only_looks_sees_the_incident_and_nothing_to_press(browser: Browser, ours: Own) -> None:
    number = await no_picture(ours)
    viewer = await _signed_in(ours.house.registry, "vy", Role.VIEWER, "01")
    async with at_a_screen(browser, ours, viewer["Cookie"]) as reader:
        await reader.opens(f"/#incidents/{number}")
        await expect(panel(reader.page)).to_contain_text("Bắt đầu với 1 điểm")
        await expect(panel(reader.page).locator(".pill")).to_have_count(0)
        await expect(reader.page.locator(".incidents .pill.strong")).to_have_count(0)


async def test_a_foreign_incident_is_unknown(browser: Browser, ours: Own) -> None:
    await ours.there.phone(OTHER_HALL).send(act(OTHER_HALL, "incident", fault="no_sound"))
    binh = ours.there.binh.headers["Cookie"]
    async with at_a_screen(browser, ours, binh) as reader:
        await reader.opens("/#incidents/1")
        await expect(panel(reader.page).get_by_role("alert")).to_contain_text("không thuộc phạm vi của bạn")
        reader.pardons("404")


# --- before the city


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_fourteen_dark_halls_are_one_incident_that_fits_every_screen(
    browser: Browser, address: str, city: City, size: str, theme: Any
) -> None:
    width, height = SIZES[size]
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    reader = Reader(await context.new_page(), address)
    await city.goes_wrong(power_cut(city))
    for path in ("/", "/#incidents", "/#incidents/3"):
        await reader.page.goto(address + path)
        await reader.page.reload()
        await expect(reader.page.locator(".incidents h3, .panel").first).to_contain_text("14 điểm mất điện")
        assert await widest(reader.page) <= 0
        await speaks_to_everybody(reader)
    await expect(panel(reader.page)).to_contain_text("14 điểm, cùng khu vực Liên Hà, trong 40 giây")
    assert reader.complaints == []
    await context.close()


async def test_twice_the_text_size_still_fits_a_telephone_with_an_incident(
    browser: Browser, address: str, city: City
) -> None:
    context = await browser.new_context(viewport=TELEPHONE)
    reader = Reader(await context.new_page(), address)
    await city.goes_wrong(power_cut(city))
    for path in ("/", "/#incidents/3"):
        await reader.page.goto(address + path)
        await reader.page.reload()
        await expect(reader.page.locator(".incidents h3, .panel").first).to_contain_text("14 điểm mất điện")
        await expect(reader.page.locator(".calls .dial")).not_to_have_count(0)
        await reader.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert await widest(reader.page) <= 0
    await context.close()


async def test_halls_of_an_incident_carry_its_mark_and_are_lit_while_one_looks_at_it(
    reader: Reader, city: City
) -> None:
    await reader.opens()
    await city.goes_wrong(power_cut(city))
    page = reader.page
    await expect(page.locator(".tile[data-incident]")).to_have_count(14)
    await expect(page.locator(".legend")).to_contain_text("Trong sự cố 14")
    dark = city.incidents[3]["points"][0]["code"]
    assert "trong sự cố 3: mất điện" in str(await tile(page, dark).get_attribute("aria-label"))
    await page.locator(".first-incident").get_by_role("link", name="Xem 14 điểm").click()
    await lit(page, 14)
    await page.keyboard.press("Escape")
    await lit(page, 766)
    await city.goes_wrong(power_cut(city) | {"status": "resolved", "failing": 0}, link="steady")
    await expect(page.locator(".tile[data-incident]")).to_have_count(0)


async def test_a_hall_that_is_connected_and_gets_no_broadcast_is_neither_steady_nor_lost(
    reader: Reader, city: City
) -> None:
    await reader.opens()
    code = city.find("Xã Tản Lĩnh")
    await city.tell({code: {"stream": "stalled"}})
    hall = tile(reader.page, code)
    await expect(hall).to_have_attribute("data-look", "not_receiving")
    assert "Đã nối, không có tín hiệu phát" in str(await hall.get_attribute("aria-label"))
    await expect(reader.page.locator(".pair strong").first).to_have_text("748")
    await expect(reader.page.locator(".legend")).to_contain_text("Đã nối, không có tín hiệu phát 1")
    await city.tell({code: {"stream": "fresh"}})
    await expect(hall).to_have_attribute("data-look", "steady")


HEARD = """
window.heard = 0;
const Real = window.OscillatorNode;
window.OscillatorNode = class extends Real { constructor(...given) { super(...given); window.heard += 1; } };
"""
"""Counts what the browser plays."""


async def test_the_board_is_silent_until_it_is_switched_on_and_then_heard_once(reader: Reader, city: City) -> None:
    page = reader.page
    await page.add_init_script(HEARD)
    await reader.opens()
    await city.goes_wrong(power_cut(city, 1))
    await expect(page.locator(".first-incident")).to_be_visible()
    assert await page.evaluate("heard") == 0
    await page.locator(".menu summary").click()
    await page.get_by_role("group", name="Âm báo sự cố lớn").get_by_role("button", name="Bật").click()
    tried = await page.evaluate("heard")
    assert tried > 0
    await city.goes_wrong(power_cut(city, 2))
    await page.wait_for_function("(tried) => heard === 2 * tried", arg=tried)
    await city.goes_wrong(power_cut(city, 2) | {"count": 15})
    await city.goes_wrong(power_cut(city, 4))
    await expect(page.locator(".standing")).to_have_text("Sự cố: 3 đang mở")
    assert await page.evaluate("heard") == 2 * tried
    await page.reload()
    await page.wait_for_selector(".pair")
    await page.locator(".menu summary").click()
    remembered = page.get_by_role("group", name="Âm báo sự cố lớn").get_by_role("button", name="Bật")
    await expect(remembered).to_have_attribute("aria-pressed", "true")
    assert reader.complaints == []


async def test_a_job_that_the_calendar_missed_is_an_alarm_until_it_was_read(reader: Reader, city: City) -> None:
    await reader.opens()
    missed = {"position": 9100, "at_s": seconds("08:24:20"), "point": None, "kind": "job-missed"}
    job = {"job": "remind:2026-03-07-am:opening:10", "due_at_s": seconds("08:05:00")}
    await city.tell({}, [missed | job])
    alarm = reader.page.get_by_role("alert")
    await expect(alarm).to_contain_text("Việc theo lịch bị lỡ: đôn đốc báo đầu giờ lúc 08:05")
    await speaks_to_everybody(reader)
    await alarm.get_by_role("button", name="Đã đọc").click()
    await expect(alarm).to_have_count(0)
    await reader.page.reload()
    await reader.page.wait_for_selector(".pair")
    await expect(reader.page.get_by_role("alert")).to_have_count(0)


async def test_incidents_are_told_in_english_when_asked_for(browser: Browser, address: str, city: City) -> None:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    await context.add_cookies([{"name": "language", "value": "en", "url": address}])
    reader = Reader(await context.new_page(), address)
    await city.goes_wrong(power_cut(city))
    await reader.opens("/#incidents/3")
    await expect(panel(reader.page)).to_contain_text("Power cut at 14 points")
    await expect(panel(reader.page)).to_contain_text("14 points, same area Liên Hà, within 40 seconds")
    await expect(panel(reader.page)).to_contain_text("Began with 14 points")
    await expect(reader.page.locator(".standing")).to_have_text("Incidents: 1 open")
    await context.close()
