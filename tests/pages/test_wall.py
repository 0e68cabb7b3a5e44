"""A screen on a wall in a real browser: nobody signs in, nobody touches it, and it shows what is so."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bridge.house import opened_house
from tests.flows.house import CONFERENCE, MEASURED, PATIENCE_S, Own, act, settings
from tests.pages.conftest import Reader, at_a_screen
from tests.pages.test_board import serious, widest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PATIENCE_MS = PATIENCE_S * 1000
VIEWS = ("numbers", "units", "tiles", "attention")
SIZES = ((1920, 1080), (1280, 720), (3840, 2160))
HALL = "00178-01"


async def link(ours: Own, unit: str | None = None, views: tuple[str, ...] = ("numbers:5", "tiles:3600")) -> str:
    return (await ours.house.registry.hang_wall("Hội trường", unit, views)).path


@pytest_asyncio.fixture(loop_scope="module")
async def screen(browser: Browser, ours: Own) -> AsyncIterator[Reader]:
    context = await browser.new_context(viewport={"width": 1920, "height": 1080})
    yield Reader(await context.new_page(), ours.there.address)
    await context.close()


async def shows(page: Page, view: str) -> None:
    await expect(page.locator(".screen")).to_have_attribute("data-view", view, timeout=PATIENCE_MS)


async def test_it_comes_in_by_its_link_alone_and_keeps_the_secret_off_the_glass(screen: Reader, ours: Own) -> None:
    path = await link(ours)
    secret = path.partition(".")[2]
    await screen.page.clock.install()
    await screen.page.goto(screen.address + path)
    await shows(screen.page, "numbers")
    assert secret not in screen.page.url
    assert secret not in await screen.page.content()
    # Switched off and on again, without the secret.
    await screen.page.reload()
    await shows(screen.page, "numbers")
    # And then they take turns.
    await screen.page.clock.fast_forward(5_000)
    await shows(screen.page, "tiles")
    await screen.page.keyboard.press(" ")
    await expect(screen.page.locator(".dots")).to_contain_text("Đang giữ")
    await screen.page.keyboard.press("ArrowLeft")
    await shows(screen.page, "numbers")
    assert screen.complaints == []


async def test_every_view_fits_every_screen_and_speaks_to_everybody(screen: Reader, ours: Own) -> None:
    path = await link(ours)
    for view in VIEWS:
        await screen.page.goto(screen.address + path.replace("#", f"?views={view}&theme=light#"))
        await shows(screen.page, view)
        for width, height in SIZES:
            await screen.page.set_viewport_size({"width": width, "height": height})
            assert await widest(screen.page) <= 0
            # It is laid out anew when it has heard of its new size.
            await screen.page.wait_for_function(f"() => {LOWEST} <= {height}")
        assert screen.complaints == []
        # axe itself breaks the page's policy, which is said aloud.
        assert await serious(screen.page) == []
        screen.complaints.clear()


LOWEST = "Math.max(...[...document.querySelectorAll('.screen *')].map((each) => each.getBoundingClientRect().bottom))"


async def test_it_sees_a_change_and_lives_through_a_restart(screen: Reader, ours: Own, tmp_path: Path) -> None:
    await screen.page.clock.install()
    await screen.page.goto(screen.address + (await link(ours, "006", ("tiles:3600",))))
    tile = screen.page.locator(f'.tile[data-code="{HALL}"]')
    await expect(tile).to_have_count(1)
    # Of its own district only.
    assert await screen.page.locator('.tile[data-code^="00004"]').count() == 0
    present = screen.page.locator(".pair strong").nth(1)
    # Nobody has counted yet: that is no nought.
    await expect(present).to_have_text("–")
    counted = act(HALL, "count", sitting="2026-03-07-am", round="opening", present=50, excused=10, unexcused=4)
    assert (await ours.there.ann.send(counted)).status == 200
    await expect(present).to_have_text("50", timeout=PATIENCE_MS)
    port = ours.house.port
    await ours.close()
    await screen.page.clock.fast_forward(13_000)
    await expect(screen.page.get_by_role("alert")).to_contain_text("Mất liên lạc với máy chủ. Số liệu dưới đây là của")
    async with opened_house(settings(tmp_path / "data", port=port), ours.clock):
        await screen.page.clock.fast_forward(10_000)
        await expect(screen.page.locator(".fresh")).to_have_attribute("data-live", "true", timeout=PATIENCE_MS)
        await expect(screen.page.get_by_role("alert")).to_have_count(0)
        await expect(present).to_have_text("50")
    # That a server is away the browser writes down itself, each time it looks.
    for words in ("net::ERR_", "WebSocket connection to"):
        screen.pardons(words)
    assert screen.complaints == []


async def test_a_revoked_link_leaves_a_calm_sentence_and_nothing_else(screen: Reader, ours: Own) -> None:
    hung = await ours.house.registry.hang_wall("Hội trường", None, ("tiles:3600",))
    await screen.page.goto(screen.address + hung.path)
    await shows(screen.page, "tiles")
    await ours.house.registry.take_wall_down(hung.wall)
    await expect(screen.page.locator("h1")).to_have_text(
        "Liên kết của màn hình này đã được thu hồi", timeout=PATIENCE_MS
    )
    said = await screen.page.locator("body").inner_text()
    assert not any(character.isdigit() for character in said)
    assert await screen.page.locator(".tile").count() == 0
    assert await serious(screen.page) == []


async def test_what_the_office_changes_is_on_the_screen_within_seconds(screen: Reader, ours: Own) -> None:
    page, registry = screen.page, ours.house.registry
    hung = await registry.hang_wall("Hội trường", None, ("numbers:3600", "tiles:3600"))
    await page.goto(screen.address + hung.path)
    await shows(page, "numbers")
    await page.keyboard.press("ArrowRight")
    await shows(page, "tiles")
    changed = replace(hung.wall, unit="006", views=("units:3600",), theme="light", language="en")
    await registry.change_wall(changed)
    await shows(page, "units")
    await expect(page.locator("html")).to_have_attribute("lang", "en", timeout=PATIENCE_MS)
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    await expect(page.locator("header p")).to_have_text("Quận Đống Đa")
    await expect(page.locator(".pair h2").first).to_have_text("Bridge points connected")
    # A screen whose address says a language keeps to it.
    await page.goto(screen.address + hung.path.replace("#", "?lang=vi#"))
    await shows(page, "units")
    await expect(page.locator("html")).to_have_attribute("lang", "vi")
    assert screen.complaints == []


async def test_without_a_link_it_shows_a_code_by_which_the_office_takes_it_in(
    screen: Reader, browser: Browser, ours: Own
) -> None:
    await screen.page.goto(f"{screen.address}/wall?lang=en")
    await expect(screen.page.locator("h1")).to_have_text("This screen has no link yet")
    code = screen.page.locator(".code")
    await expect(code).to_have_text(re.compile("^[A-Z0-9]{4} [A-Z0-9]{4}$"))
    for width, height in SIZES:
        await screen.page.set_viewport_size({"width": width, "height": height})
        assert await widest(screen.page) <= 0
    async with at_a_screen(browser, ours) as ann:
        page = ann.page
        await page.goto(f"{ann.address}/admin#links")
        await page.locator(".walls summary").click()
        await page.get_by_role("button", name="Ghép màn hình bằng mã").click()
        dialog = page.get_by_role("dialog")
        # A wrong code says so, and stays to be typed again.
        await dialog.get_by_label("Mã trên màn hình").fill("aaaa aaaa")
        await dialog.get_by_role("button", name="Tìm màn hình").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("Không có màn hình nào đang hiện mã này")
        await dialog.get_by_label("Mã trên màn hình").fill((await code.inner_text()).lower())
        await dialog.get_by_role("button", name="Tìm màn hình").click()
        await expect(dialog.locator(".seen-screen")).to_contain_text("Chrome, Linux, từ địa chỉ 127.0.0.1")
        await dialog.get_by_label("Treo ở đâu").fill("Sảnh lớn")
        await dialog.get_by_label("Các đơn vị").select_option("Không hiện")
        await dialog.get_by_role("button", name="Ghép màn hình").click()
        await expect(dialog).to_have_count(0)
        await shows(screen.page, "numbers")
        await expect(screen.page.locator(".dots i")).to_have_count(3)
        await expect(page.locator(".walls .row", has_text="Sảnh lớn")).to_contain_text("1 nơi", timeout=PATIENCE_MS)
        ann.pardons("404")
    # Switched off and on again.
    await screen.page.reload()
    await shows(screen.page, "numbers")
    assert screen.complaints == []


async def test_an_outage_of_the_centre_stands_before_everything(screen: Reader, ours: Own) -> None:
    await screen.page.goto(screen.address + (await link(ours)))
    await shows(screen.page, "numbers")
    rooms = [await ours.there.room(code) for code in MEASURED]
    for room in rooms:
        await room.hello()
    await expect(screen.page.locator(".pair strong").first).to_have_text(str(len(rooms)), timeout=PATIENCE_MS)
    for room in rooms:
        await room.line.close()
    ours.clock.go_at(60)
    await ours.pass_time(60)
    await shows(screen.page, "outage")
    await expect(screen.page.locator(".outage h2")).to_have_text("Gián đoạn tại trung tâm")
    assert await serious(screen.page) == []


async def test_the_office_makes_a_link_hands_it_out_once_and_takes_it_back(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as ann:
        page = ann.page
        await page.goto(f"{ann.address}/admin#links")
        await page.locator(".walls summary").click()
        await page.get_by_role("button", name="Cấp liên kết màn hình").click()
        await page.get_by_label("Treo ở đâu").fill("Phòng họp")
        await page.get_by_label("Các đơn vị").select_option("Không hiện")
        await page.get_by_role("button", name="Cấp liên kết", exact=True).click()
        address = await page.locator(".written").inner_text()
        await page.get_by_role("button", name="Xong").click()
        await page.goto(address)
        await shows(page, "numbers")
        await expect(page.locator(".dots i")).to_have_count(3)
        await page.goto(f"{ann.address}/admin#links")
        await page.locator(".walls summary").click()
        row = page.locator(".walls .row", has_text="Phòng họp")
        await expect(row).to_contain_text("1 nơi")
        await row.get_by_role("button", name="Chỉnh sửa").click()
        await expect(page.get_by_label("Các đơn vị")).to_have_value("0")
        await page.get_by_label("Treo ở đâu").fill("Phòng họp lớn")
        await page.get_by_label("Mọi điểm cầu").select_option("Không hiện")
        await page.get_by_role("button", name="Lưu").click()
        await expect(page.locator(".walls .row")).to_contain_text("Phòng họp lớn")
        await page.goto(address)
        await shows(page, "numbers")
        await expect(page.locator(".dots i")).to_have_count(2)
        await page.goto(f"{ann.address}/admin#links")
        await page.locator(".walls summary").click()
        await row.get_by_role("button", name="Thu hồi").click()
        await page.get_by_role("dialog").get_by_role("button", name="Thu hồi").click()
        await expect(page.locator(".walls")).to_contain_text("Chưa có màn hình nào.")
        await page.goto(address)
        await expect(page.locator("h1")).to_have_text("Liên kết của màn hình này đã được thu hồi")
        ann.pardons("404")


async def test_it_turns_to_the_next_conference_by_itself(screen: Reader, ours: Own) -> None:
    page, ann = screen.page, ours.there.ann
    await page.clock.install()
    await page.goto(screen.address + (await link(ours)))
    await shows(page, "numbers")
    sittings = [{"day": "2099-01-05", "starts_at": "08:00", "ends_at": "11:00"}]
    planned = {
        "id": "hoi-nghi-sau",
        "title": "Hội nghị sau",
        "unit": "01",
        "sittings": sittings,
        "points": {"under": ["001"]},
    }
    assert (await ann.post("/api/v1/conferences", planned)).status == 201
    for version, phase in enumerate(("closing", "closed"), start=2):
        told = {"phase": phase, "version": version}
        assert (await ann.post(f"/api/v1/conferences/{CONFERENCE}/phase", told)).status == 200
    await page.clock.fast_forward(60_000)
    await expect(page.locator("h1")).to_have_text("Hội nghị sau", timeout=PATIENCE_MS)
    await expect(page.locator("main")).to_contain_text("Đang chuẩn bị. Bắt đầu lúc 08:00, ngày 05/01/2099.")
    opened = {"phase": "open", "version": 0}
    assert (await ann.post("/api/v1/conferences/hoi-nghi-sau/phase", opened)).status == 200
    await page.clock.fast_forward(60_000)
    await expect(page.locator(".pair .whole").first).to_have_text("/ 6", timeout=PATIENCE_MS)
    assert screen.complaints == []
