"""The doors before a real house: what is asked beside the password of the staff, and beside the link of a hall."""

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pyotp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, expect

from bridge.house import opened_house
from bridge.settings import SessionSettings
from bridge.simulator.clock import DrivenClock
from endpoints_registry.access import Role
from endpoints_registry.registry import Registry
from tests.flows.house import HALL, MORNING_MS, PASSWORD, Keys, copied, settings, visited
from tests.pages.conftest import DESK, TELEPHONE, Reader
from tests.pages.test_board import serious, widest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

GIVEN, MINE = "given-on-paper-once", "mật khẩu của riêng tôi"
PIN = "4827"
WAITING_MS = 20 * 60_000
"""Longer than anybody is made to wait."""


class Door:
    """A house in which viewers come in with a second factor only, and whoever stands before it."""

    def __init__(self, registry: Registry, reader: Reader, links: dict[str, str]) -> None:
        self.registry = registry
        self.page: Page = reader.page
        self.links = links
        self._reader = reader

    async def opens(self, path: str = "/login") -> None:
        await self.page.goto(self._reader.address + path)

    async def knocks(self, name: str, password: str) -> None:
        await self.page.get_by_label("Tên đăng nhập").fill(name)
        await self.page.get_by_label("Mật khẩu", exact=True).fill(password)
        await self.press("Đăng nhập")

    async def press(self, words: str) -> None:
        await self.page.get_by_role("button", name=words, exact=True).click()

    async def types(self, digits: str) -> None:
        """On the large keys of the page."""
        for digit in digits:
            await self.press(digit)

    async def hears(self, words: str) -> None:
        await expect(self.page.get_by_role("alert").locator("visible=true")).to_have_text(words)

    async def is_inside(self) -> None:
        await self.page.wait_for_selector(".pair")

    async def is_decent(self) -> None:
        """Nothing sticks out, and axe has nothing serious to say."""
        assert await widest(self.page) <= 0
        heard = len(self._reader.complaints)
        assert await serious(self.page) == []
        # Axe itself tries what the page's content policy forbids.
        del self._reader.complaints[heard:]

    def complaints(self) -> list[str]:
        """Of the browser, beside that it names every answer that is a no."""
        return [each for each in self._reader.complaints if not each.startswith("Failed to load resource")]


@pytest_asyncio.fixture(loop_scope="module")
async def house(prepared: tuple[Path, Keys], tmp_path: Path) -> AsyncIterator[tuple[Registry, str, Keys]]:
    folder, keys = prepared
    clock = DrivenClock(MORNING_MS, None)
    session = SessionSettings(otp_roles=("viewer",))
    asked = settings(copied(folder, tmp_path / "data")).model_copy(update={"session": session})
    async with opened_house(asked, clock) as opened, visited(opened.address, keys) as there:
        clock.quiet = lambda: opened.at_rest() and opened.rooms.frames_received == there.frames_said
        clock.go_at(1)
        yield opened.registry, opened.address, keys


@asynccontextmanager
async def before(
    browser: Browser, house: tuple[Registry, str, Keys], size: ViewportSize = DESK, *, dark: bool = False
) -> AsyncIterator[Door]:
    registry, address, keys = house
    context = await browser.new_context(viewport=size, color_scheme="dark" if dark else "light")
    door = Door(registry, Reader(await context.new_page(), address), dict(keys.links))
    yield door
    assert door.complaints() == []
    await context.close()


# --- the staff


async def test_a_password_of_ones_own_is_asked_for_twice_and_opens_the_board(
    browser: Browser, house: tuple[Registry, str, Keys]
) -> None:
    async with before(browser, house) as door:
        await door.registry.add_account("an", "An", Role.COORDINATOR, GIVEN, "001", one_time=True)
        await door.opens("/login")
        await door.knocks("an", GIVEN)
        first, again = door.page.get_by_label("Mật khẩu mới", exact=True), door.page.get_by_label("Nhập lại")
        await expect(first).to_be_focused()
        await first.fill(MINE)
        await again.fill("một mật khẩu khác")
        await door.press("Đặt mật khẩu và tiếp tục")
        await door.hears("Hai lần nhập chưa giống nhau; hãy nhập lại.")
        await door.is_decent()
        for weak, why in (
            ("ngắn", "Mật khẩu cần từ 10 đến 200 ký tự."),
            (GIVEN, "Mật khẩu mới phải khác mật khẩu được cấp."),
        ):
            await first.fill(weak)
            await again.fill(weak)
            await again.press("Enter")
            await door.hears(why)
            await expect(first).to_have_value("")
        await first.fill(MINE)
        await again.fill(MINE)
        await again.press("Enter")
        await door.is_inside()
        await door.page.context.clear_cookies()
        await door.opens("/login")
        await door.knocks("an", MINE)
        await door.is_inside()


async def test_a_second_factor_is_taken_up_at_the_door_and_its_recovery_codes_are_shown_once(
    browser: Browser, house: tuple[Registry, str, Keys]
) -> None:
    async with before(browser, house, TELEPHONE) as door:
        page = door.page
        await door.registry.add_account("xem", "Người xem", Role.VIEWER, GIVEN, "001", one_time=True)
        await door.opens("/login")
        await door.knocks("xem", GIVEN)
        await page.get_by_label("Mật khẩu mới", exact=True).fill(MINE)
        await page.get_by_label("Nhập lại").fill(MINE)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Bật xác thực hai lớp")).to_be_focused()
        # The picture is there, not only its frame.
        assert await page.get_by_role("img", name="Mã QR").evaluate(
            "each => each.decode().then(() => each.naturalWidth)"
        )
        uri = await page.get_by_role("link", name="Mở ứng dụng").get_attribute("href") or ""
        await page.get_by_text("Không quét được?").click()
        await expect(page.locator("#uri-text")).to_have_text(uri)
        secret = (await page.locator("#secret").inner_text()).replace(" ", "")
        assert uri.startswith("otpauth://totp/")
        assert f"secret={secret}" in uri
        await door.is_decent()
        phone = pyotp.TOTP(secret)
        code = page.get_by_label("Mã 6 chữ số")
        await code.locator("visible=true").fill("000000" if phone.now() != "000000" else "111111")
        await door.press("Bật và đăng nhập")
        await door.hears("Mã không đúng hoặc đã dùng rồi; hãy đợi ứng dụng hiện mã mới.")
        await code.locator("visible=true").fill(phone.now())
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Cất mười mã dự phòng này")).to_be_focused()
        codes = await page.locator("#code-list li").all_inner_texts()
        assert len(set(codes)) == 10
        # Another language would load the page again, and the codes would be gone.
        await expect(page.get_by_role("button", name="English")).to_have_count(0)
        await door.is_decent()
        await door.press("Đã cất các mã, vào bảng")
        await door.is_inside()

        await page.context.clear_cookies()
        await door.opens("/login")
        await door.knocks("xem", MINE)
        await expect(code.locator("visible=true")).to_be_focused()
        await door.is_decent()
        # The next one: that of this half minute may be the one that was used a moment ago.
        await code.locator("visible=true").fill(phone.at(int(time.time()) + 30))
        await page.keyboard.press("Enter")
        await door.is_inside()

        for takes in (True, False):
            await page.context.clear_cookies()
            await door.opens("/login")
            await door.knocks("xem", MINE)
            await door.press("Không có điện thoại? Dùng mã dự phòng")
            await page.get_by_label("Mã dự phòng đã cất").fill(f" {codes[0].upper()} ")
            await page.keyboard.press("Enter")
            if takes:
                await door.is_inside()
            else:
                await door.hears("Mã không đúng hoặc đã dùng rồi; hãy đợi ứng dụng hiện mã mới.")
        await door.press("Đăng nhập bằng tài khoản khác")
        await expect(page.get_by_label("Tên đăng nhập")).to_have_value("")


async def test_who_guessed_too_often_sees_how_long_it_takes_and_others_need_not_wait(
    browser: Browser, house: tuple[Registry, str, Keys]
) -> None:
    async with before(browser, house, dark=True) as door:
        await door.page.clock.install()
        await door.opens("/login")
        enter = door.page.get_by_role("button", name="Đăng nhập", exact=True)
        for _ in range(5):
            await door.knocks("ann", "không phải mật khẩu này")
            await door.hears("Tên hoặc mật khẩu không đúng.")
        await door.knocks("ann", PASSWORD)
        await door.hears("Đã thử sai quá nhiều lần.")
        left = door.page.get_by_role("timer").locator("visible=true")
        await expect(left).to_have_text(re.compile(r"^Thử lại được sau 1[45] phút \d\d giây\.$"))
        await expect(enter).to_be_disabled()
        await door.is_decent()
        await door.page.clock.run_for(10 * 60_000)
        await expect(left).to_have_text(re.compile(r"^Thử lại được sau [45] phút \d\d giây\.$"))
        await door.page.clock.run_for(WAITING_MS)
        await expect(left).to_have_count(0)
        await expect(enter).to_be_enabled()
        await enter.click()
        await door.hears("Đã thử sai quá nhiều lần.")
        await expect(enter).to_be_disabled()
        await door.knocks("binh", PASSWORD)
        await door.is_inside()


async def test_in_english_the_door_says_all_of_it_in_english(
    browser: Browser, house: tuple[Registry, str, Keys]
) -> None:
    async with before(browser, house, TELEPHONE) as door:
        page = door.page
        await door.registry.add_account("an", "An", Role.VIEWER, GIVEN, "001", one_time=True)
        await door.opens("/login")
        await door.press("English")
        await page.get_by_label("Username").fill("an")
        await page.get_by_label("Password", exact=True).fill(GIVEN)
        await door.press("Sign in")
        for password, said in (("short", "The password needs 10 to 200 characters."), (MINE, "")):
            await page.get_by_label("New password", exact=True).fill(password)
            await page.get_by_label("New password again").fill(password)
            await door.press("Set the password and continue")
            if said:
                await door.hears(said)
        await expect(page.get_by_role("heading", name="Turn on the second factor")).to_be_focused()
        shown = (await page.locator("main").inner_text()).replace("Tiếng Việt", "")
        assert re.findall("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]", shown) == []


# --- the phone of a hall


async def test_a_hall_with_a_pin_is_asked_for_it_and_then_its_page_opens(
    browser: Browser, house: tuple[Registry, str, Keys]
) -> None:
    async with before(browser, house, TELEPHONE) as door:
        await door.registry.put_pin(HALL, PIN)
        await door.opens(door.links[HALL])
        sheet = door.page.get_by_role("dialog", name="Nhập mã PIN")
        await expect(sheet).to_be_visible()
        await door.is_decent()
        for key in await sheet.locator(".pin-key").all():
            box = await key.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 56
        enter = door.page.get_by_role("button", name="Mở trang")
        await door.types("999")
        await expect(enter).to_be_disabled()
        await door.types("9")
        await enter.click()
        await door.hears("Mã PIN không đúng. Nhập lại.")
        await door.types("4828")
        await door.press("Xóa một chữ số")
        await door.types("7")
        await enter.click()
        await expect(door.page.get_by_role("heading", name="Nhà văn hóa Trúc Bạch")).to_be_visible()
        await expect(sheet).to_have_count(0)
        # Its own open session speaks for a page that is loaded again.
        await door.page.reload()
        await expect(door.page.get_by_role("button", name="Kỹ thuật đã đến")).to_be_enabled()
        await expect(sheet).to_have_count(0)


async def test_a_pin_is_typed_on_a_keyboard_too_and_after_five_wrong_ones_the_phone_waits(
    browser: Browser, house: tuple[Registry, str, Keys]
) -> None:
    async with before(browser, house, TELEPHONE, dark=True) as door:
        await door.page.clock.install()
        await door.registry.put_pin(HALL, PIN)
        await door.opens(door.links[HALL])
        digits = door.page.get_by_label("Mã PIN", exact=True)
        for _ in range(5):
            await expect(digits).to_be_focused()
            await expect(digits).to_have_value("")
            await door.page.keyboard.type("90x17")
            await expect(digits).to_have_value("9017")
            await door.page.keyboard.press("Enter")
            await door.hears("Mã PIN không đúng. Nhập lại.")
        await door.page.keyboard.type(PIN)
        await door.page.keyboard.press("Enter")
        await door.hears("Nhập sai quá nhiều lần.")
        left = door.page.locator(".pin-waits")
        await expect(left).to_have_text(re.compile(r"^Nhập lại được sau 1[45] phút \d\d giây\.$"))
        await door.page.keyboard.type(PIN)
        await expect(door.page.get_by_role("button", name="Mở trang")).to_be_disabled()
        await door.is_decent()
        await door.page.clock.run_for(WAITING_MS)
        await expect(left).to_have_text("")
        await expect(door.page.get_by_role("button", name="Mở trang")).to_be_enabled()
        await door.registry.drop_pin(HALL)
        await door.page.keyboard.press("Enter")
        await expect(door.page.get_by_role("heading", name="Nhà văn hóa Trúc Bạch")).to_be_visible()


async def test_a_pin_that_is_set_while_the_page_is_open_may_wait_and_so_do_the_reports(
    browser: Browser, house: tuple[Registry, str, Keys]
) -> None:
    async with before(browser, house, TELEPHONE) as door:
        await door.opens(door.links[HALL])
        await expect(door.page.get_by_role("button", name="Kỹ thuật đã đến")).to_be_enabled()
        assert [each for each in await loaded(door.page) if "/pin/" in each] == []
        await door.registry.put_pin(HALL, PIN)
        await door.press("Kỹ thuật đã đến")
        await expect(door.page.get_by_role("dialog", name="Nhập mã PIN")).to_be_visible()
        await door.press("Để sau")
        await expect(door.page.get_by_role("dialog")).to_have_count(0)
        await door.is_decent()
        await expect(door.page.get_by_text("chờ gửi").first).to_be_visible()
        await door.page.get_by_role("button", name="Cần mã PIN").click()
        await door.page.get_by_role("dialog").get_by_role("button", name="English").click()
        await expect(door.page.get_by_role("dialog", name="Enter the PIN")).to_be_visible()
        await door.types(PIN)
        await door.press("Open the page")
        await expect(door.page.get_by_text("Received").first).to_be_visible()


async def loaded(page: Page) -> list[str]:
    found: list[str] = await page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    return found
