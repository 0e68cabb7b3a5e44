"""The organiser's board before the real server: from the door to the figure that an operator has just sent."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.flows.house import CONFERENCE, HALL, PASSWORD, act, count, furnished, own
from tests.pages.conftest import Reader

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_from_the_door_to_the_figure_of_this_second(browser: Browser, tmp_path: Path) -> None:
    keys = await furnished(tmp_path / "data")
    async with own(tmp_path / "data", keys) as ours:
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        reader = Reader(await context.new_page(), ours.there.address)
        page = reader.page
        await page.goto(reader.address)
        await page.wait_for_url("**/login")
        await page.get_by_label("Tên đăng nhập").fill("ann")
        await page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Đăng nhập").click()
        hall = page.locator(f'.tile[data-code="{HALL}"]')
        await expect(hall).to_have_count(1)
        await hall.click()
        panel = page.get_by_role("complementary")
        await expect(panel.locator('a[href^="tel:"]')).to_have_count(1)

        phone = ours.there.phone(HALL)
        await phone.send(act(HALL, "stage", stage="in_session"))
        await expect(panel).to_contain_text("Đang họp")
        await phone.send(count(HALL, 60, excused=4))
        await expect(page.locator(".pair strong").nth(1)).to_have_text("60")
        await expect(panel.locator(".rounds")).to_contain_text("60")
        await expect(panel.locator(".history")).to_contain_text("60 có mặt")
        assert CONFERENCE in await page.evaluate(
            "performance.getEntriesByType('resource').map((each) => each.name).join()"
        )
        assert reader.complaints == []
        await context.close()
