"""The office behind the board, in a city of 766 halls, as those who work there use it."""

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Download, Locator, Page, ViewportSize, expect

from bridge.house import House, opened_house
from bridge.settings import BackupSettings
from bridge.simulator.clock import DrivenClock
from endpoints_registry import credentials, samples
from endpoints_registry.access import Role
from tests.flows.house import MORNING_MS, PASSWORD, settings
from tests.pages.conftest import DESK, TELEPHONE, Reader
from tests.pages.test_board import serious, widest
from tests.printing.paper import pages, scanned, words

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SAMPLES = Path(samples.__file__).parent
GIVEN, MINE = "given-on-paper-once", "mật khẩu của riêng tôi"
POINTS, ON_A_PAGE = 766, 8
REFUSED = "Đường dẫn này không dùng được"
LOST, LOST_NAME = "00004-01", "Phường Trúc Bạch"
STAFF = {
    "tam": (Role.ORGANISER, None),
    "quan": (Role.ADMIN, None),
    "binh": (Role.COORDINATOR, "001"),
    "xem": (Role.VIEWER, "001"),
}
PLACES = {
    "quan": ["accounts", "clusters", "links", "audit", "people", "backups", "own"],
    "tam": ["accounts", "clusters", "links", "registry", "people", "own"],
    "binh": ["links", "own"],
    "xem": ["own"],
}
VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")


@dataclass
class Office:
    """Somebody before the administration page."""

    page: Page
    house: House
    reader: Reader

    async def opens(self, place: str = "") -> None:
        await self.page.goto(f"{self.house.address}/admin{place and '#' + place}")
        await self.page.wait_for_selector(".office h2", state="attached")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def dialog(self, name: str) -> Locator:
        return self.page.get_by_role("dialog", name=name)

    async def downloads(self, button: Locator) -> bytes:
        async with self.page.expect_download(timeout=120_000) as coming:
            await button.click()
        loaded: Download = await coming.value
        return Path(await loaded.path()).read_bytes()

    async def is_decent(self) -> None:
        """Nothing sticks out, and axe has nothing serious to say."""
        assert await widest(self.page) <= 0, self.page.url
        heard = len(self.reader.complaints)
        assert await serious(self.page) == []
        # Axe itself tries what the page's content policy forbids.
        del self.reader.complaints[heard:]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Hà Nội before its first conference; nobody has a link yet."""
    folder = tmp_path_factory.mktemp("office")
    asked = settings(folder / "data").model_copy(
        update={"backup": BackupSettings(folder=str(folder / "copies"), every_minutes=10_080)}
    )
    async with opened_house(asked, DrivenClock(MORNING_MS, None)) as opened:
        for name in ("hanoi-2023-units.csv", "hanoi-2023-points.csv"):
            assert not (await opened.registry.import_file((SAMPLES / name).read_bytes())).faults
        await opened.registry.add_account("lan", "Nguyễn Thị Lan", Role.ORGANISER, GIVEN, None, one_time=True)
        for name, (role, scope) in STAFF.items():
            await opened.registry.add_account(name, name.capitalize(), role, PASSWORD, scope)
        yield opened


@asynccontextmanager
async def before(
    browser: Browser,
    house: House,
    who: str = "",
    size: ViewportSize = DESK,
    *,
    dark: bool = False,
    english: bool = False,
) -> AsyncIterator[Office]:
    """Signed in as `who`, or as nobody. Whatever they do, the browser has no complaint."""
    context = await browser.new_context(viewport=size, color_scheme="dark" if dark else "light")
    if who:
        token, _ = await house.registry.sign_in(who, PASSWORD, "127.0.0.1")
        cookie = house.registry.keyring.staff_cookie
        await context.add_cookies([{"name": cookie, "value": token, "url": house.address}])
    if english:
        await context.add_cookies([{"name": "language", "value": "en", "url": house.address}])
    page = await context.new_page()
    office = Office(page, house, Reader(page, house.address))
    yield office
    # Beside that it names every answer that is a no.
    assert [each for each in office.reader.complaints if not each.startswith("Failed to load resource")] == []
    await context.close()


def filled(template: bytes, wrong: str = "") -> bytes:
    """The template with thirty coordinators, one for each district; `wrong` stands in place of the third's."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    heads = [str(cell.value) for cell in sheet[1]]
    districts = [line.split(",")[0] for line in (SAMPLES / "hanoi-2023-units.csv").read_text("utf-8-sig").splitlines()]
    scopes = [code for code in districts[1:] if len(code) == 3][:30]
    assert len(scopes) == 30
    # The template's own example goes.
    sheet.delete_rows(2, sheet.max_row)
    for n, scope in enumerate(scopes, 1):
        row = {"Tên đăng nhập": f"dp.{n:02}", "Họ và tên": f"Điều phối {n}", "Phụ trách": scope}
        if wrong and n == 3:
            row["Phụ trách"] = wrong
        sheet.append([next((value for key, value in row.items() if head.startswith(key)), None) for head in heads])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def test_a_new_organiser_takes_thirty_people_on_prints_766_links_loses_one_and_replaces_it(
    browser: Browser, house: House
) -> None:
    async with before(browser, house) as office:
        page = office.page
        # The password was given out on paper; the way leads to one's own and on to the office.
        await page.goto(house.address + "/login")
        await page.get_by_role("link", name="Vào thẳng trang quản trị").click()
        await page.get_by_label("Tên đăng nhập").fill("lan")
        await page.get_by_label("Mật khẩu", exact=True).fill(GIVEN)
        await page.keyboard.press("Enter")
        await page.get_by_label("Mật khẩu mới", exact=True).fill(MINE)
        await page.get_by_label("Nhập lại").fill(MINE)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Tài khoản", level=2)).to_be_visible()
        await office.is_decent()

        # Thirty coordinators from Excel: first with a mistake, which is named by its row and column.
        await office.button("Thêm từ Excel").click()
        async with page.expect_download() as coming:
            await page.get_by_role("link", name="Tải tệp mẫu").click()
        template = Path(await (await coming.value).path()).read_bytes()
        chooser = page.locator("dialog input[type=file]")
        await chooser.set_input_files({"name": "x.xlsx", "mimeType": "", "buffer": filled(template, wrong="99999")})
        await expect(page.get_by_role("alert").filter(has_text="Tệp có 1 chỗ cần sửa")).to_be_visible()
        row, column = await page.locator(".faults td").nth(1).inner_text(), page.locator(".faults td").nth(2)
        assert row == "4"
        await expect(column).to_have_text("Phụ trách")
        await expect(page.get_by_role("button", name=re.compile("^Lập"))).to_have_count(0)
        await office.is_decent()
        await chooser.set_input_files({"name": "x.xlsx", "mimeType": "", "buffer": filled(template)})
        given = await office.downloads(office.button("Lập 30 tài khoản và tải tệp mật khẩu"))
        await expect(office.dialog("Đã lập 30 tài khoản")).to_be_visible()
        await office.is_decent()
        await office.button("Đã hiểu").click()
        await expect(page.get_by_text("30 tài khoản", exact=True)).to_have_count(0)
        await expect(page.get_by_text("31 tài khoản", exact=True)).to_be_visible()
        heads, *lines = openpyxl.load_workbook(io.BytesIO(given)).worksheets[0].iter_rows(values_only=True)
        passwords = {str(line[0]): str(line[-1]) for line in lines}
        assert len(set(passwords.values())) == 30, heads
        knock = {"username": "dp.07", "password": passwords["dp.07"]}
        refused = await page.request.post(f"{house.address}/api/v1/session", data=knock)
        assert (await refused.json())["code"] == "new_password_needed"

        # 766 links on paper.
        await page.get_by_role("link", name="Đường dẫn điểm cầu").click()
        await office.button("In phiếu 766 điểm cầu").click()
        sure = office.dialog("In phiếu đường dẫn: tất cả điểm cầu?")
        await expect(sure).to_contain_text("766 điểm cầu nhận đường dẫn mới, in trên 96 trang A4.")
        await office.is_decent()
        paper = await office.downloads(sure.get_by_role("button", name="Cấp mới và tải PDF"))
        assert len(pages(paper)) == -(-POINTS // ON_A_PAGE)
        await expect(page.get_by_text("766 điểm cầu, 766 có đường dẫn")).to_be_visible()

        # One sheet is lost: its link is replaced, and the new one stands on the screen at once.
        old = await _link_of(house, paper, LOST)
        assert await _opens(browser, old)
        await page.get_by_label("Tìm điểm cầu").fill(LOST)
        await page.locator(".row", has_text=LOST).get_by_role("button").click()
        await expect(page.get_by_text("Điện thoại 1", exact=True)).to_be_visible()
        await office.is_decent()
        await office.button("Mất phiếu? Đổi đường dẫn").click()
        sure = office.dialog(f"Đổi đường dẫn của {LOST_NAME}?")
        await expect(sure).to_contain_text("1 điện thoại đang mở bị đăng xuất")
        await sure.get_by_label("Lý do").fill("Mất phiếu ở trụ sở")
        await sure.get_by_role("button", name="Đổi đường dẫn").click()
        fresh = office.dialog(f"Đường dẫn mới của {LOST_NAME}")
        qr = fresh.get_by_role("img", name="Mã QR của đường dẫn mới")
        assert await qr.evaluate("each => each.decode().then(() => each.naturalWidth)")
        new = await fresh.locator(".address").inner_text()
        # On paper it is one sheet, and nothing of the page around it.
        await page.emulate_media(media="print")
        slip = await page.pdf(format="A4")
        await page.emulate_media(media="screen")
        assert len(pages(slip)) == 1
        assert [new] == [link for sheet in scanned(slip, 200) for link in sheet]
        assert "Mã PIN" not in words(slip)
        # Escape must not take away what is shown only once.
        await page.keyboard.press("Escape")
        await expect(fresh).to_be_visible()
        await office.is_decent()
        await fresh.get_by_role("button", name="Đã giao xong").click()
        assert await _opens(browser, new)
        assert not await _opens(browser, old)

    async with before(browser, house, "quan") as office:
        await office.opens("audit")
        await office.page.get_by_label("Về").fill(LOST)
        await office.button("Lọc").click()
        await expect(office.page.get_by_text("Lý do: Mất phiếu ở trụ sở").first).to_be_visible()


async def _link_of(house: House, paper: bytes, code: str) -> str:
    """The link on the hall's piece of paper, as a camera reads it; the sheets are in the order of the tree."""
    directory = house.registry.directory
    async with house.registry.store.reading() as connection:
        live = await credentials.live_links(connection, house.registry.now())
    handle = live[directory.ids[code]].handle
    return next(link for sheet in scanned(paper, 120) for link in sheet if f"/p/{handle}#" in link)


async def _opens(browser: Browser, link: str) -> bool:
    """Whether the link opens on a phone that has never seen it."""
    context = await browser.new_context(viewport=TELEPHONE)
    page = await context.new_page()
    async with page.expect_response(lambda answer: answer.url.endswith("/session")) as coming:
        await page.goto(link)
    status = (await coming.value).status
    if status != 200:
        await expect(page.get_by_text(REFUSED).first).to_be_visible()
    await context.close()
    return status == 200


@pytest.mark.parametrize("who", PLACES)
async def test_everybody_finds_what_the_gate_lets_them_do_and_nothing_else(
    browser: Browser, house: House, who: str
) -> None:
    async with before(browser, house, who) as office:
        await office.opens()
        links = office.page.get_by_role("navigation", name="Các phần quản trị").get_by_role("link")
        hrefs = [await each.get_attribute("href") for each in await links.all()]
        assert hrefs == [f"#{place}" for place in PLACES[who]]
        # A place that is not theirs leads to one that is.
        await office.opens("backups" if who != "quan" else "registry")
        await expect(office.page.locator("main")).to_have_attribute("data-at", PLACES[who][0])
        await expect(office.page.get_by_role("alert").filter(has_text=re.compile(r"\S"))).to_have_count(0)


@pytest.mark.parametrize(
    ("who", "size", "dark", "large"),
    [("quan", DESK, False, False), ("quan", TELEPHONE, True, False), ("tam", TELEPHONE, False, True)],
)
async def test_every_place_is_decent_by_day_and_night_on_a_telephone_and_in_large_letters(
    browser: Browser, house: House, who: str, size: ViewportSize, dark: bool, large: bool
) -> None:
    async with before(browser, house, who, size, dark=dark) as office:
        for place in PLACES[who]:
            await office.opens(place)
            if large:
                await office.page.evaluate("document.documentElement.style.fontSize = '200%'")
            await expect(office.page.locator("main .bones")).to_have_count(0)
            await office.is_decent()


async def test_by_keyboard_a_row_opens_and_gives_the_focus_back(browser: Browser, house: House) -> None:
    async with before(browser, house, "quan") as office:
        await office.opens("accounts")
        row = office.page.locator(".row", has_text="Binh").get_by_role("button")
        await row.focus()
        await office.page.keyboard.press("Enter")
        await expect(office.dialog("Binh")).to_be_visible()
        await office.page.keyboard.press("Escape")
        await expect(office.dialog("Binh")).to_have_count(0)
        await expect(row).to_be_focused()


async def test_an_account_is_locked_with_a_reason_and_signed_out_everywhere(browser: Browser, house: House) -> None:
    async with before(browser, house, "quan") as office:
        await house.registry.sign_in("xem", PASSWORD, "here")
        await office.opens("accounts")
        await office.page.locator(".row", has_text="Xem").get_by_role("button").click()
        await expect(office.button("Đăng xuất")).not_to_have_count(0)
        await office.button("Khóa tài khoản").click()
        await office.dialog("Khóa tài khoản của Xem (xem)?").get_by_role("button", name="Khóa tài khoản").click()
        await expect(office.page.get_by_text("Không đăng nhập ở đâu.")).to_be_visible()
        await office.button("Mở lại tài khoản").click()
        await office.dialog("Mở lại tài khoản của Xem").get_by_role("button", name="Mở lại tài khoản").click()
        await expect(office.button("Khóa tài khoản")).to_be_visible()


async def test_a_cluster_is_made_of_units_found_by_a_few_letters_and_given_to_somebody(
    browser: Browser, house: House
) -> None:
    async with before(browser, house, "quan") as office:
        page = office.page
        await office.opens("clusters")
        await office.button("Lập cụm").click()
        await page.get_by_label("Tên cụm").fill("Cụm thử")
        finder = page.get_by_role("combobox", name="Thêm đơn vị")
        for letters, unit in (("dong da", "Quận Đống Đa"), ("minh khai", "")):
            await finder.fill(letters)
            first = page.get_by_role("option").first
            # Names repeat: the parent stands beside each.
            await expect(first).to_contain_text(unit or "Quận")
            await finder.press("Enter")
        await expect(page.locator(".chosen-units li")).to_have_count(2)
        await office.is_decent()
        await page.get_by_role("dialog").get_by_role("button", name="Lập cụm").click()
        await page.locator(".row", has_text="Cụm thử").get_by_role("button").click()
        await page.get_by_label("Giao cho người đang phụ trách nơi khác").select_option("xem")
        await office.button("Giao cụm này").click()
        await expect(page.locator(".things li", has_text="Xem")).to_be_visible()
        await expect(page.locator(".row", has_text="1 người")).to_be_attached()


async def test_a_conference_is_made_for_every_hall_of_the_city_and_stands_in_the_list(
    browser: Browser, house: House
) -> None:
    async with before(browser, house, "tam", TELEPHONE) as office:
        page = office.page
        await office.opens("registry")
        await office.button("Lập hội nghị").click()
        made = office.dialog("Lập hội nghị")
        await made.get_by_label("Tên hội nghị").fill("Hội nghị học tập Nghị quyết")
        await made.get_by_role("combobox", name="Đơn vị triệu tập").fill("ha noi")
        await expect(page.get_by_role("option").first).to_contain_text("Thành phố Hà Nội")
        await page.keyboard.press("Enter")
        await made.get_by_label("Ngày").fill("31/02/2026")
        await made.get_by_role("button", name="Lập hội nghị").click()
        await expect(made.get_by_role("alert")).to_have_text("Ngày ghi theo mẫu 07/03/2026.")
        await made.get_by_label("Ngày").fill("7/3/2026")
        await office.is_decent()
        await made.get_by_role("button", name="Lập hội nghị").click()
        line = page.locator(".row", has_text="hoi-nghi-hoc-tap-nghi-quyet-2026-03-07")
        await expect(line).to_contain_text("07/03/2026")
        await expect(line).to_contain_text("766")


async def test_an_admin_backs_up_now_and_has_every_row_walked(browser: Browser, house: House) -> None:
    async with before(browser, house, "quan") as office:
        await office.opens("backups")
        await expect(office.page.locator("main .bones")).to_have_count(0)
        # The clock may have made one already, or may be about to.
        files = office.page.locator(".things li small")
        newest = (await files.all_inner_texts())[:1]
        await office.button("Sao lưu ngay").click()
        await office.dialog("Sao lưu ngay?").get_by_role("button", name="Sao lưu ngay").click()
        await expect(office.page.get_by_text("Đã sao lưu.")).to_be_visible()
        await expect(files.first).not_to_have_text("".join(newest))
        await office.opens("audit")
        await office.button("Kiểm tra ngay").click()
        await expect(office.page.get_by_text("Nguyên vẹn, kiểm tra lúc")).to_be_visible()


async def test_a_token_of_ones_own_is_shown_once_and_taken_back(browser: Browser, house: House) -> None:
    async with before(browser, house, "binh", TELEPHONE) as office:
        page = office.page
        await office.opens("own")
        await office.button("Cấp mã API").click()
        await page.get_by_label("Dùng cho chương trình nào").fill("Cổng báo cáo")
        await office.button("Cấp mã").click()
        shown = office.dialog("Mã API của Cổng báo cáo")
        token = await shown.locator(".address").inner_text()
        asked = {"Authorization": f"Bearer {token}"}
        await office.button("Đã cất mã").click()
        units = f"{house.address}/api/v1/units?per_page=1"
        assert (await page.request.get(units, headers=asked)).status == 200
        await office.button("Thu hồi").click()
        await office.dialog("Thu hồi mã API").get_by_role("button", name="Thu hồi").click()
        await expect(page.get_by_text("Chưa có mã nào.")).to_be_visible()


async def test_in_english_the_office_says_all_of_it_in_english(browser: Browser, house: House) -> None:
    async with before(browser, house, "quan", english=True) as office:
        for place in PLACES["quan"]:
            await office.opens(place)
            await expect(office.page.locator("main .bones")).to_have_count(0)
            # Names of people and places stay what they are.
            said = await office.page.locator(
                ":is(main h2, main h3, main label, main .pill, .row-heads, nav)"
            ).all_inner_texts()
            assert [each for each in said if VIETNAMESE.search(each)] == []
