"""The small pages in a browser: an inspector counts and gets a receipt; conferences stand beside each other."""

from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, expect

from endpoints_registry.access import Role
from tests.flows.house import HALL, PATH, Own, count
from tests.flows.test_checks import CHECKS
from tests.pages.conftest import DESK, TELEPHONE
from tests.pictures.test_darkroom import told_jpeg

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def opened(browser: Browser, ours: Own, who: Any, size: Any, path: str) -> tuple[Page, list[str]]:
    """A page of somebody who is signed in, and what the browser complains about."""
    context = await browser.new_context(viewport=size, color_scheme="light")
    name, _, value = who.headers["Cookie"].partition("=")
    await context.add_cookies([{"name": name, "value": value, "url": ours.there.address}])
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(ours.there.address + path)
    return page, complaints


async def test_an_inspector_counts_with_no_line_and_the_receipt_comes_when_it_is_back(
    browser: Browser, ours: Own
) -> None:
    there = ours.there
    kim = await there.signed_in(ours.house.registry, "kim", Role.INSPECTOR, "001")
    await there.phone(HALL).send(count(HALL, 60))
    page, complaints = await opened(browser, ours, kim, TELEPHONE, "/checks")
    await page.get_by_label("Số điểm cầu").fill("6")
    await page.get_by_role("button", name="Rút thăm").click()
    await page.get_by_role("button", name="Nhà văn hóa Trúc Bạch").click()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.get_by_label("Đếm được trong hội trường").fill("52")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Gửi").click()
    await page.get_by_text("Chờ gửi 1").wait_for()
    await page.context.set_offline(False)
    await page.get_by_text("Đã nhận 08:00").wait_for()
    await page.get_by_text("Đã đếm 52 lúc 08:00, đầu giờ").wait_for()
    await expect(page.get_by_text("Chờ gửi")).to_have_count(0)
    await expect(page.locator(".differing > li")).to_contain_text("60")
    told = (await there.binh.get(CHECKS)).body
    assert [each["second"]["present"] for each in told["given"]] == [52]
    assert [each for each in complaints if "ERR_INTERNET_DISCONNECTED" not in each] == []
    await page.context.close()


async def test_a_halls_phone_sends_a_small_photo_and_says_when_it_arrived(browser: Browser, ours: Own) -> None:
    there = ours.there
    context = await browser.new_context(viewport=TELEPHONE)
    page = await context.new_page()
    await page.goto(there.address + there.keys.links[HALL])
    await page.get_by_role("button", name="Gửi ảnh hội trường").click()
    sent = told_jpeg(Image.effect_noise((2400, 1800), 30).convert("RGB"))
    # The centre asks for a little patience: the photo stays on the phone.
    later = {"status": 429, "json": {"code": "too_often", "detail": "Hãy thử lại sau 5 giây."}}
    await page.route("**/photos?*", lambda route: route.fulfill(**later), times=1)
    await page.set_input_files("#photo-file", {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": sent})
    await page.get_by_text("Hãy thử lại sau 5 giây.").wait_for()
    await page.get_by_role("button", name="Gửi lại").click()
    await page.get_by_text("Đã nhận ảnh 08:0").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    (photo,) = (await there.binh.get(f"{PATH}/photos")).body["photos"]
    assert (photo["point"], photo["by"]) == (HALL, "own")
    await context.close()
    drawn = "(image) => image.complete && image.naturalWidth > 0"
    for size, path in ((TELEPHONE, f"/points/{HALL}"), (DESK, "/reports#sources")):
        page, complaints = await opened(browser, ours, there.binh, size, path)
        shown = page.get_by_role("link", name="Ảnh Nhà văn hóa Trúc Bạch lúc 08:0")
        await shown.scroll_into_view_if_needed()
        await page.wait_for_function(drawn, arg=await shown.locator("img").element_handle())
        assert complaints == []
        await page.context.close()


async def test_conferences_are_compared_in_a_table_and_bars(browser: Browser, ours: Own) -> None:
    page, complaints = await opened(browser, ours, ours.there.ann, DESK, "/compare")
    await page.get_by_role("link", name="Quận Ba Đình").click()
    await page.get_by_text("Lên cấp trên").wait_for()
    await expect(page.locator("svg .year")).to_have_count(1)
    await expect(page.locator("main")).not_to_contain_text("quy đổi")
    assert complaints == []
    await page.context.close()
