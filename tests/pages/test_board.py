"""The organiser's board in a real browser: what one sees, hears and can do there."""

import asyncio
import json
import re
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.pages.city import City, at_0824, served
from tests.pages.conftest import LIT, Reader, lit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"desk": (1440, 900), "telephone": (360, 800), "television": (1920, 1080)}


def tile(page: Page, code: str) -> Any:
    return page.locator(f'.tile[data-code="{code}"]')


async def top_of(place: Locator) -> int:
    """Where it begins, in pixels from the top of the page."""
    return int(await place.evaluate("place => Math.round(place.getBoundingClientRect().top)"))


async def widest(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


async def serious(page: Page) -> list[str]:
    """What axe-core calls serious or worse on the page as it stands."""
    # Evaluated by the test's protocol, which the page's own content policy does not bind.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:160]} {each['nodes'][0]['failureSummary'][:200]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


async def test_every_hall_is_a_tile_under_its_heading_in_vietnamese_order(reader: Reader, city: City) -> None:
    await reader.opens()
    assert await reader.page.locator(".tile").count() == 766
    headings = await reader.page.locator(".group h3 > :first-child").all_inner_texts()
    assert headings[:6] == ["Thành phố", "Trực thuộc", "Ba Đình", "Ba Vì", "Bắc Từ Liêm", "Cầu Giấy"]
    assert len(headings) == 32
    assert reader.complaints == []


async def test_the_two_numbers_stand_with_share_whole_and_sum(reader: Reader, city: City) -> None:
    await reader.opens()
    people = city.totals()["people"]
    spoken = f"{people['present']:,}".replace(",", ".")
    await expect(reader.page.locator(".pair strong")).to_have_text(["748", spoken])
    await expect(reader.page.locator(".whole").first).to_have_text("/ 766")
    summed = await reader.page.locator(".pair .sum b").all_inner_texts()
    told = [int(number.replace(".", "")) for number in [spoken, *summed[1:]]]
    assert sum(told) == people["expected"]


async def test_the_legend_adds_up_to_every_hall(reader: Reader) -> None:
    await reader.opens()
    numbers = await reader.page.locator(".legend b").all_inner_texts()
    assert sum(int(number.replace(".", "")) for number in numbers) == 766


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_board_fits_its_screen_and_speaks_to_everybody(
    browser: Browser, address: str, size: str, theme: Any
) -> None:
    width, height = SIZES[size]
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    reader = Reader(await context.new_page(), address)
    await reader.opens()
    assert await widest(reader.page) <= 0
    assert reader.complaints == []
    assert await serious(reader.page) == []
    await context.close()


async def test_the_whole_wall_is_seen_without_scrolling_at_a_desk_also_beside_what_was_opened(
    reader: Reader, city: City
) -> None:
    hall = city.find("Xã Tản Lĩnh")
    for path in ("/", f"/points/{hall}", "/#incidents", "/#calls"):
        await reader.page.goto(reader.address + path)
        await reader.page.locator(".tile").last.wait_for()
        await expect(reader.page.get_by_role("complementary")).to_have_count(int(path != "/"))
        # The tiles make room when they have heard of what was opened.
        await reader.page.wait_for_function(
            "() => [...document.querySelectorAll('.tile')].every((each) => each.getBoundingClientRect().bottom <= 900)"
        )


async def test_a_telephone_shows_one_thing_at_a_time(browser: Browser, address: str) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True)
    reader = Reader(await context.new_page(), address)
    await reader.opens()
    page = reader.page
    await expect(page.locator(".pair")).to_be_visible()
    await expect(page.locator(".wall")).to_be_hidden()
    await page.get_by_role("button", name="Điểm cầu", exact=True).click()
    await expect(page.locator(".wall")).to_be_visible()
    await expect(page.locator(".pair")).to_be_hidden()
    assert await widest(page) <= 0
    await page.get_by_role("button", name="Cần gọi").click()
    await expect(page.locator(".call").first).to_be_visible()
    targets = await page.locator(".bar button, main .call .dial").evaluate_all(
        "(all) => all.map((each) => Math.min(each.offsetHeight, each.offsetWidth))"
    )
    assert min(targets) >= 44
    await context.close()


async def test_twice_the_text_size_still_fits_a_telephone(browser: Browser, address: str) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 800})
    reader = Reader(await context.new_page(), address)
    await reader.opens()
    await expect(reader.page.locator(".calls .dial").first).to_be_visible()
    await expect(reader.page.locator(".duty .dial")).to_have_count(1)
    await reader.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert await widest(reader.page) <= 0
    await context.close()


async def test_a_tile_changes_with_the_hall_and_the_number_with_it(reader: Reader, city: City) -> None:
    await reader.opens()
    code = city.find("Xã Tản Lĩnh")
    await expect(tile(reader.page, code)).to_have_attribute("data-look", "steady")
    await city.tell({code: {"link": "lost", "link_at_s": 1772846650}})
    await expect(tile(reader.page, code)).to_have_attribute("data-look", "lost")
    await expect(reader.page.locator(".pair strong").first).to_have_text("747")
    await expect(reader.page.locator(".calls h2")).to_contain_text("15 mất tín hiệu")


async def test_a_lost_frame_is_noticed_and_made_good(reader: Reader, city: City) -> None:
    await reader.opens()
    code = city.find("Xã Tản Lĩnh")
    city.points[code]["link"] = "unstable"
    # Whatever is told before the answer to its question has a gap before it, too.
    city.speaks = False
    await city.tell({}, skip=1)
    await expect(tile(reader.page, code)).to_have_attribute("data-look", "unstable")
    assert city.watched == 2


async def test_a_dropped_line_comes_back_to_the_board_of_now(reader: Reader, city: City) -> None:
    await reader.opens()
    code = city.find("Xã Tản Lĩnh")
    city.points[code]["link"] = "unstable"
    for screen in tuple(city.screens):
        await screen.close(code=1012)
    await expect(tile(reader.page, code)).to_have_attribute("data-look", "unstable")


async def test_how_far_the_next_round_has_come_stands_beside_the_two_numbers(reader: Reader, city: City) -> None:
    await reader.opens()
    page = reader.page
    await page.evaluate("document.fonts.ready.then(() => true)")
    asked, wall = page.locator(".asked"), page.locator(".wall")
    await expect(asked).to_have_count(0)
    before = await top_of(wall)
    city.asked = {"sitting": "2026-03-07-am", "round": "middle", "due": 766, "received": 123}
    city.asked["due_at"] = "2026-03-07T09:45:00+07:00"
    await city.tell({})
    await expect(asked).to_have_text("Giữa giờ đang báo123 / 766hạn 09:45")
    assert await top_of(wall) == before


async def test_the_wall_stays_where_it_is_when_an_incident_begins(reader: Reader, city: City) -> None:
    await reader.opens()
    page = reader.page
    await page.evaluate("document.fonts.ready.then(() => true)")
    entry, wall = page.locator(".legend button", has_text="Trong sự cố"), page.locator(".wall")
    await expect(entry).to_have_text("Trong sự cố 0")
    before = await top_of(wall)
    await city.tell({city.find("Xã Tản Lĩnh"): {"incident": 3}})
    await expect(entry).to_have_text("Trong sự cố 1")
    assert await top_of(wall) == before


async def test_while_the_server_restarts_the_board_says_so_and_how_old_its_figures_are(
    reader: Reader, city: City
) -> None:
    await reader.opens()
    fresh = reader.page.locator(".freshness")
    await expect(fresh).to_contain_text("Trực tiếp")
    await expect(reader.page.locator(".calls .dial").first).to_be_visible()
    city.away = True
    for screen in tuple(city.screens):
        await screen.close(code=1012)
    await expect(fresh).to_have_text(re.compile(r"^Đang nối lại, \d+ giây trước$"))
    await expect(reader.page.get_by_role("alert")).to_have_count(0)
    await reader.page.set_viewport_size({"width": 360, "height": 800})
    await reader.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert await widest(reader.page) <= 0
    city.away = False
    await expect(fresh).to_contain_text("Trực tiếp")


async def test_a_silent_server_is_said_aloud_and_the_figures_grey(reader: Reader, city: City) -> None:
    await reader.page.clock.install()
    await reader.opens()
    city.speaks = False
    await reader.page.clock.fast_forward(14_000)
    await expect(reader.page.get_by_role("alert")).to_contain_text("Mất liên lạc với máy chủ")
    await expect(reader.page.locator('[data-stale="true"]')).to_have_count(1)
    await city.tell({})
    await expect(reader.page.get_by_role("alert")).to_have_count(0)


async def test_dong_da_finds_dong_da_by_keyboard_alone(reader: Reader) -> None:
    await reader.opens()
    await reader.page.keyboard.press("/")
    await reader.page.keyboard.type("dong da")
    await expect(reader.page.locator(".found a").first).to_contain_text("Quận Đống Đa")
    await reader.page.keyboard.press("Enter")
    await expect(reader.page.get_by_role("complementary")).to_contain_text("Quận Đống Đa")
    await reader.page.wait_for_url("**/points/*")


async def test_a_hall_opens_with_contacts_axes_rounds_and_history(reader: Reader, city: City) -> None:
    code = city.find("Xã Châu Sơn", "Ba Vì")
    await reader.opens(f"/points/{code}")
    panel = reader.page.get_by_role("complementary")
    await expect(panel.get_by_role("heading", name="Xã Châu Sơn")).to_be_focused()
    await expect(panel.locator('a[href^="tel:"]')).to_have_count(4)
    for words in (
        "Đang họp",
        "Mất tín hiệu từ 08:20:12",
        "nhận biết 08:20:52",
        "Đầu giờ",
        "Diễn biến",
        "Chủ trì có mặt",
    ):
        await expect(panel).to_contain_text(words)
    assert reader.complaints == []
    assert await serious(reader.page) == []


async def test_escape_closes_a_hall_and_gives_the_focus_back(reader: Reader, city: City) -> None:
    await reader.opens()
    link = reader.page.locator(".call-who").first
    await link.focus()
    await reader.page.keyboard.press("Enter")
    await expect(reader.page.get_by_role("complementary")).to_be_visible()
    await reader.page.keyboard.press("Escape")
    await expect(reader.page.get_by_role("complementary")).to_have_count(0)
    await expect(link).to_be_focused()


async def test_the_wall_is_walked_with_the_arrows(reader: Reader) -> None:
    await reader.opens()
    await reader.page.locator('.tiles[tabindex="0"]').focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        await reader.page.keyboard.press(key)
    await expect(reader.page.get_by_role("complementary")).to_be_visible()


async def test_the_legend_leaves_only_its_tiles_lit(reader: Reader) -> None:
    await reader.opens()
    await reader.page.locator(".legend").get_by_role("button", name="Mất tín hiệu").click()
    await lit(reader.page, 14)
    assert await reader.page.evaluate(f"[...new Set({LIT}.map((each) => each.dataset.look))]") == ["lost"]


async def test_the_wall_of_counts_marks_the_silent_and_keeps_their_rate(reader: Reader, city: City) -> None:
    await reader.opens()
    share = await reader.page.locator(".rate").all_inner_texts()
    await reader.page.get_by_role("button", name="Quân số", exact=True).click()
    silent = [code for code, row in city.points.items() if row["report"] == "none"]
    await expect(reader.page.locator('.tile[data-look="silent"]')).to_have_count(len(silent))
    assert await reader.page.locator(".rate").all_inner_texts() == share


async def test_the_legend_of_counts_adds_up_to_every_hall_and_the_proxys_are_among_them(
    reader: Reader, city: City
) -> None:
    await reader.opens()
    await reader.page.get_by_role("button", name="Quân số", exact=True).click()
    numbers = [int(each.replace(".", "")) for each in await reader.page.locator(".legend b").all_inner_texts()]
    assert sum(numbers[:-1]) == 766
    await reader.page.locator(".legend").get_by_role("button", name="Được nhập thay").click()
    assert numbers[-1] == sum(bool(row["proxy"]) for row in city.points.values())
    await lit(reader.page, numbers[-1])
    assert await serious(reader.page) == []


async def test_people_scanned_stand_beside_the_heads_with_the_difference(reader: Reader, city: City) -> None:
    for row in city.points.values():
        row["scanned"] = 10 if row["present"] is None else row["present"] - (row["code"] == city.find("Xã Tản Lĩnh"))
    await reader.opens()
    await expect(reader.page.locator(".small")).to_contain_text("(−1)")
    await reader.page.get_by_role("button", name="Danh sách").click()
    branch = reader.page.locator(".branch").filter(has_text="Ba Vì").first
    await expect(branch.locator(".sums")).to_contain_text("−1")


async def test_the_list_puts_the_worst_district_first(reader: Reader) -> None:
    await reader.opens()
    await reader.page.get_by_role("button", name="Danh sách").click()
    first = reader.page.locator(".branch").first
    await expect(first).to_contain_text("Ba Vì")
    await first.locator(".twig").click()
    await expect(first.locator(".hall").first).to_contain_text("Mất tín hiệu")
    assert await serious(reader.page) == []


async def test_a_district_has_a_board_of_its_own(reader: Reader) -> None:
    await reader.opens()
    await reader.page.get_by_role("link", name="Ba Vì", exact=True).click()
    await expect(reader.page.locator(".tile")).to_have_count(37)
    await expect(reader.page.locator(".where")).to_contain_text("Huyện Ba Vì")
    await expect(reader.page.locator(".pair strong").first).to_have_text("23")
    await reader.page.get_by_role("link", name="Toàn hội nghị").click()
    await expect(reader.page.locator(".tile")).to_have_count(766)


async def test_an_unknown_unit_is_said_to_be_unknown(reader: Reader) -> None:
    await reader.page.goto(f"{reader.address}/units/99999")
    await expect(reader.page.get_by_role("alert")).to_contain_text("Không có đơn vị này")


async def test_english_is_spoken_everywhere_when_asked_for(reader: Reader) -> None:
    await reader.opens()
    await reader.page.locator(".menu summary").click()
    await reader.page.get_by_role("button", name="English").click()
    await expect(reader.page.locator("html")).to_have_attribute("lang", "en")
    await expect(reader.page.locator(".pair")).to_contain_text("Bridge points connected")
    await expect(reader.page.locator(".legend")).to_contain_text("Television, not measured")
    await reader.page.reload()
    await expect(reader.page.locator(".pair")).to_contain_text("Delegates present")


async def test_dark_stays_dark_after_a_reload(reader: Reader) -> None:
    await reader.opens()
    await reader.page.locator(".menu summary").click()
    await reader.page.get_by_role("button", name="Tối").click()
    await reader.page.reload()
    await expect(reader.page.locator("html")).to_have_attribute("data-theme", "dark")
    await reader.page.wait_for_selector(".pair")
    ground = await reader.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(14, 21, 20)"


async def test_who_is_signed_out_comes_in_by_the_door(browser: Browser) -> None:
    city = at_0824()
    city.signed_in = False
    async with served(city) as address:
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(address)
        await page.wait_for_url("**/login")
        assert await serious(page) == []
        await page.get_by_label("Tên đăng nhập").fill("ban-to-chuc")
        await page.get_by_label("Mật khẩu", exact=True).fill("sai")
        await page.get_by_role("button", name="Đăng nhập").click()
        await expect(page.get_by_role("alert")).to_have_text("Tên hoặc mật khẩu không đúng.")
        await page.get_by_label("Mật khẩu", exact=True).fill("dung-mat-khau")
        await page.get_by_role("button", name="Đăng nhập").click()
        await page.wait_for_selector(".tile")
        await context.close()


async def test_the_whole_menu_is_reached_on_a_telephone(browser: Browser, address: str) -> None:
    page = await browser.new_page(viewport={"width": 360, "height": 780})
    await page.goto(address)
    await page.locator(".menu summary").click()
    out = page.get_by_role("button", name="Đăng xuất")
    await out.scroll_into_view_if_needed()
    lowest, foot = await out.bounding_box(), await page.get_by_role("navigation", name="Các phần").bounding_box()
    assert lowest is not None
    assert foot is not None
    assert lowest["y"] + lowest["height"] <= foot["y"]
    await page.close()


async def test_badges_are_downloaded_or_it_is_said_why_not(reader: Reader, city: City) -> None:
    city.names = True
    await reader.opens(f"/points/{city.find('Xã Tản Lĩnh')}")
    page = reader.page
    await page.locator(".menu summary").click()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Thẻ đại biểu để in").click()
    assert (await download.value).suggested_filename == "the-dai-bieu-01.pdf"
    assert reader.complaints == []
    await page.locator(".menu summary").click()
    await page.get_by_role("button", name="Tải thẻ đại biểu của điểm cầu").click()
    await expect(page.locator(".panel .badges").first).to_contain_text("hãy nhập danh sách trước khi in thẻ")


async def signs_in(page: Page) -> None:
    await page.get_by_label("Tên đăng nhập").fill("ban-to-chuc")
    await page.get_by_label("Mật khẩu", exact=True).fill("dung-mat-khau")
    await page.get_by_role("button", name="Đăng nhập").click()


async def test_who_followed_a_link_is_led_back_to_it_after_the_door(browser: Browser) -> None:
    city = at_0824()
    city.signed_in = False
    async with served(city) as address:
        page = await browser.new_page()
        wanted = f"{address}/points/{city.find('Xã Châu Sơn', 'Ba Vì')}?conference=hoc-tap-2026-03"
        await page.goto(wanted)
        await page.wait_for_url(re.compile(r"/login\?next="))
        await signs_in(page)
        await page.wait_for_url(wanted)
        await page.context.close()


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example/", "/\\evil.example/", "/%09/evil.example/", "https://evil.example/"]
)
async def test_a_strangers_way_back_leads_home(browser: Browser, address: str, elsewhere: str) -> None:
    page = await browser.new_page()
    await page.goto(f"{address}/login?next={elsewhere}")
    await signs_in(page)
    await page.wait_for_url(f"{address}/")
    await page.context.close()


async def test_no_conference_yet_says_what_to_do(reader: Reader, city: City) -> None:
    city.conferences = False
    await reader.page.goto(reader.address)
    await expect(reader.page.locator(".welcome")).to_contain_text("Chưa có hội nghị nào")
    await expect(reader.page.locator(".welcome")).to_contain_text("bridge registry import")


async def test_nobody_connected_yet_says_what_to_do(reader: Reader, city: City) -> None:
    for row in city.points.values():
        row |= {"link": "never_seen", "stage": "not_opened", "report": "none", "present": None}
    await reader.opens()
    await expect(reader.page.locator(".first-step")).to_contain_text("Gửi cho mỗi điểm cầu đường dẫn")


async def test_three_thousand_halls_take_a_storm_of_changes(reader: Reader, city: City) -> None:
    rows = list(city.points.items())
    for copy in range(1, 4):
        for code, row in rows:
            city.points[f"{code}-{copy}"] = row | {"code": f"{code}-{copy}"}
            city.records[f"{code}-{copy}"] = city.records[code]
    await reader.opens()
    assert await reader.page.locator(".tile").count() == 3064
    codes = list(city.points)
    for turn in range(8):
        link = "unstable" if turn % 2 == 0 else "steady"
        await city.tell({code: {"link": link} for code in codes[:800]})
        await asyncio.sleep(0)
    last = codes[799]
    await city.tell({last: {"link": "lost", "link_at_s": 1772846650}})
    await expect(tile(reader.page, last)).to_have_attribute("data-look", "lost")


async def test_a_board_that_hangs_for_a_day_keeps_nothing_of_what_has_changed(reader: Reader, city: City) -> None:
    await reader.opens()
    line = await reader.page.context.new_cdp_session(reader.page)
    under: dict[str, list[str]] = {}
    for code, row in city.points.items():
        if row["link"] == "steady":
            under.setdefault(row["group"], []).append(code)
    turns = count()

    async def held_after(frames: int) -> int:
        """Bytes that the page holds after so many frames more, and after everything that it can let go is gone."""
        for turn in islice(turns, frames):
            # Another hall under each heading each time; a heading is drawn anew with each change of its sums.
            halls = [codes[turn % len(codes)] for codes in under.values()]
            link = "unstable" if city.points[halls[-1]]["link"] == "steady" else "steady"
            await city.tell({code: {"link": link} for code in halls})
            await expect(tile(reader.page, halls[-1])).to_have_attribute("data-look", link)
        await line.send("HeapProfiler.collectGarbage")
        return int((await line.send("Runtime.getHeapUsage"))["usedSize"])

    before = await held_after(6)
    # It was 3 MB: all tiles of these headings as they were before, once for each frame.
    assert await held_after(20) - before < 1_500_000


async def test_pages_are_dressed_against_strangers(reader: Reader) -> None:
    answer = await reader.page.goto(f"{reader.address}/login")
    assert answer is not None
    headers = await answer.all_headers()
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    text = await answer.text()
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=", text)


async def test_files_are_kept_for_ever_under_their_version_and_asked_for_again_without(reader: Reader) -> None:
    await reader.opens()
    address = await reader.page.locator('link[href$="tokens.css"]').get_attribute("href")
    assert address is not None
    fetch = """async (path) => {
        const answer = await fetch(path, {cache: 'no-store'});
        return JSON.stringify([answer.status, answer.headers.get('cache-control'), answer.headers.get('etag')]);
    }"""
    kept = json.loads(await reader.page.evaluate(fetch, address))
    assert "immutable" in kept[1]
    bare = json.loads(await reader.page.evaluate(fetch, "/static/tokens.css"))
    assert bare == [200, "no-cache", kept[2]]
    assert json.loads(await reader.page.evaluate(fetch, "/static/../routes.py"))[0] == 404
    assert json.loads(await reader.page.evaluate(fetch, "/static/vendor/make.mjs"))[0] == 404
