"""The call sheet on the board: whom to call, who calls already, what the call came to; two organisers before the real house."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from endpoints_registry.access import Role
from tests.flows.house import HALL, PATH, Own, _signed_in, act, count
from tests.pages.conftest import TELEPHONE, Reader, at_a_screen
from tests.pages.test_board import widest
from tests.pages.test_settling import speaks_to_everybody

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
SEEN_WITHIN_MS = 20_000
"""What two organisers do to the same row they both see in a tenth of it: promised. Others work on this machine, too."""
FIRST = "Hội trường Thành ủy"


def sheet(page: Page) -> Any:
    return page.get_by_role("complementary")


def row(page: Page, name: str = FIRST) -> Any:
    return sheet(page).locator(".call").filter(has_text=name)


async def second_organiser(ours: Own) -> str:
    """The cookie of somebody who works beside ann."""
    return (await _signed_in(ours.house.registry, "chi", Role.ORGANISER, None))["Cookie"]


async def opens(reader: Reader) -> None:
    await reader.opens("/#calls")
    await expect(row(reader.page)).to_have_count(1)


async def test_two_who_reach_for_the_same_row_one_has_it_and_both_see_who(browser: Browser, ours: Own) -> None:
    chi = await second_organiser(ours)
    async with at_a_screen(browser, ours) as one, at_a_screen(browser, ours, chi) as other:
        await opens(one)
        await opens(other)
        # Both fingers are on the button before either presses: looked for only then, it may be gone already.
        take = [await row(each.page).get_by_role("button", name="Tôi gọi").element_handle() for each in (one, other)]
        await asyncio.gather(*(each.dispatch_event("click") for each in take))
        names = {"ann": ("Ann", one, other), "chi": ("Chi", other, one)}
        await expect(one.page.locator(".beside-all .call").filter(has_text="đang gọi")).to_have_count(
            1, timeout=SEEN_WITHIN_MS
        )
        claim = next(
            each["claim"]
            for each in (await ours.there.ann.get(f"{PATH}/calls")).body["rows"]
            if each["point"] == "01-01"
        )
        name, winner, loser = names[claim["by"]]
        loser.pardons("409")
        await expect(row(winner.page)).to_contain_text("Bạn đang gọi", timeout=SEEN_WITHIN_MS)
        await expect(row(loser.page)).to_contain_text(f"{name} đang gọi", timeout=SEEN_WITHIN_MS)
        await expect(row(loser.page).get_by_role("button", name="Tôi gọi")).to_have_count(0)


async def test_what_a_call_came_to_is_there_for_whoever_calls_next(browser: Browser, ours: Own) -> None:
    chi = await second_organiser(ours)
    async with at_a_screen(browser, ours) as one, at_a_screen(browser, ours, chi) as other:
        await opens(one)
        await opens(other)
        await row(one.page).get_by_role("button", name="Tôi gọi").click()
        await expect(row(one.page).locator('a[href="tel:0900000002"]')).to_be_focused()
        await expect(row(other.page)).to_contain_text("giữ đến 08:10")
        await row(one.page).get_by_label("Ghi chú cho người gọi sau").fill("gọi lại sau 5 phút")
        await row(one.page).get_by_role("button", name="Không nghe").click()
        for each in (one, other):
            await expect(row(each.page)).to_contain_text("08:00 Ann: không nghe, gọi lại sau 5 phút")
            await expect(row(each.page).get_by_role("button", name="Tôi gọi")).to_have_count(1)


async def test_a_row_that_is_given_back_is_free_for_others(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        await opens(reader)
        await row(reader.page).get_by_role("button", name="Tôi gọi").click()
        await row(reader.page).get_by_role("button", name="Thôi, để người khác gọi").click()
        await expect(row(reader.page).get_by_role("button", name="Tôi gọi")).to_have_count(1)
        assert (await ours.there.ann.post(f"{PATH}/calls/01-01", {"do": "claim"})).status == 200


async def test_the_row_goes_when_the_hall_answers(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        await opens(reader)
        name = "Nhà văn hóa Trúc Bạch"
        await expect(row(reader.page, name)).to_contain_text("Chưa mở, chưa báo đầu giờ")
        await ours.there.phone(HALL).send(act(HALL, "stage", stage="in_session"), count(HALL, 60))
        await expect(row(reader.page, name)).to_have_count(0)
        await expect(reader.page.locator(".bar")).to_contain_text("Cần gọi 11")


async def test_whoever_is_on_the_phone_keeps_the_row_until_they_have_said_how_it_ended(
    browser: Browser, ours: Own
) -> None:
    async with at_a_screen(browser, ours) as reader:
        await opens(reader)
        mine = row(reader.page, "Nhà văn hóa Trúc Bạch")
        await mine.get_by_role("button", name="Tôi gọi").click()
        await expect(mine).to_contain_text("Bạn đang gọi")
        await ours.there.phone(HALL).send(act(HALL, "stage", stage="in_session"), count(HALL, 60))
        await expect(mine).to_contain_text("Đã trả lời, không còn cần gọi")
        await mine.get_by_role("button", name="Đã nghe máy").click()
        await expect(mine).to_have_count(0)


async def test_a_call_is_taken_from_the_halls_own_panel_too(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        await reader.opens(f"/points/{HALL}#calls")
        panel = sheet(reader.page)
        await panel.get_by_role("button", name="Tôi gọi").click()
        await expect(panel).to_contain_text("Bạn đang gọi")
        await panel.get_by_role("button", name="Về danh sách cần gọi").click()
        await expect(row(reader.page, "Nhà văn hóa Trúc Bạch")).to_contain_text("Bạn đang gọi")


async def test_the_sheet_fits_a_telephone_and_twice_the_text(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours, size=TELEPHONE) as reader:
        await reader.page.goto(f"{reader.address}/#calls")
        await row(reader.page).get_by_role("button", name="Tôi gọi").click()
        await expect(row(reader.page)).to_contain_text("Bạn đang gọi")
        targets = (
            await sheet(reader.page)
            .locator("button, a.dial, input")
            .evaluate_all("(all) => all.map((each) => each.offsetHeight)")
        )
        assert min(targets) >= 44
        await speaks_to_everybody(reader)
        assert await widest(reader.page) <= 0
        await reader.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert await widest(reader.page) <= 0


async def test_who_may_not_call_is_not_shown_the_sheet(browser: Browser, ours: Own) -> None:
    viewer = await _signed_in(ours.house.registry, "vy", Role.VIEWER, "01")
    async with at_a_screen(browser, ours, viewer["Cookie"]) as reader:
        await reader.opens("/#calls")
        await expect(reader.page.locator(".calls")).to_have_count(0)
        await expect(reader.page.locator(".bar button")).to_have_count(3)
