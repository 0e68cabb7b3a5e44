"""The end of the day in a browser: who is missing, closed, signed, corrected by two people, and the versions side by side."""

import hashlib
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.flows.house import HALL, HALLS, PATH, Own
from tests.flows.test_closing import asked, at_the_end, ended
from tests.pages.conftest import TELEPHONE, Reader, at_a_screen
from tests.pages.test_board import serious, widest
from tests.pages.test_calls import second_organiser

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def twenty_to_twelve(ours: Own) -> None:
    """The sitting is over, without waiting for it; from then on the hall's time goes as everybody's."""
    ours.clock.go_at(None)
    await at_the_end(ours)
    ours.clock.go_at(1)


async def at(reader: Reader, place: str) -> Page:
    """The reader is at a place of the page, with its heading."""
    await reader.page.goto(f"{reader.address}/reports#{place}")
    await expect(reader.page.get_by_role("heading", level=2)).to_be_visible()
    return reader.page


async def open_to_all(reader: Reader) -> None:
    """Nothing sticks out, and axe has nothing serious to say."""
    assert await widest(reader.page) <= 0
    # What it tries on the way the page's own policy forbids, and the browser says so.
    heard = len(reader.complaints)
    assert await serious(reader.page) == []
    del reader.complaints[heard:]


async def confirmed(page: Page, does: str, reason: str = "") -> None:
    """What is asked once more is answered with yes."""
    dialog = page.get_by_role("dialog")
    if reason:
        await dialog.get_by_label("Lý do").fill(reason)
    await dialog.get_by_role("button", name=does, exact=True).click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_day_is_closed_signed_corrected_and_signed_again(browser: Browser, ours: Own, tmp_path: Path) -> None:
    there = ours.there
    chi = await second_organiser(ours)
    await twenty_to_twelve(ours)
    for code in HALLS[:-1]:
        await ended(there, code, ours.clock.now())
    assert (await there.ann.post(f"{PATH}/phase", {"phase": "closing", "version": 2})).status == 200
    async with at_a_screen(browser, ours) as reader, at_a_screen(browser, ours, chi) as other:
        # Who is missing, and the close.
        page = await at(reader, "closing")
        await expect(page.get_by_text(f"{len(HALLS) - 1}/ {len(HALLS)} điểm cầu đã nộp")).to_be_visible()
        await page.get_by_role("button", name="1 điểm cầu chưa nộp").click()
        await expect(page.get_by_role("list", name="Chưa nộp").get_by_role("listitem")).to_have_count(1)
        await open_to_all(reader)
        await page.get_by_role("button", name="Chốt số liệu").click()
        await expect(page.get_by_role("dialog")).to_contain_text("1 điểm cầu chưa nộp")
        await confirmed(page, "Chốt số liệu")
        await expect(page.get_by_text("Đã chốt lúc")).to_be_visible()

        # The draft is made by itself or by hand, read, signed.
        page = await at(reader, "papers")
        await page.get_by_role("button", name="Lập dự thảo").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Họ tên người ký").fill("Nguyễn Văn Ký")
        await open_to_all(reader)
        await dialog.get_by_role("button", name="Lập dự thảo").click()
        await page.get_by_role("button", name="Ký phiên bản 1").click(timeout=120_000)
        await expect(page.get_by_role("dialog")).to_contain_text("gửi nốt")
        await confirmed(page, "Ký ngay, không chờ")
        first = page.locator(".version[data-status='signed']")
        await expect(first).to_contain_text("Phiên bản 1")
        async with page.expect_download() as word:
            await first.get_by_role("link", name="DOCX").click()
        signed = Path(await (await word.value).path()).read_bytes()
        (version,) = (await there.ann.get(f"{PATH}/closing")).body["versions"]
        assert hashlib.sha256(signed).hexdigest() == version["files"]["docx"]
        # What else was drafted for it asks for nothing any more.
        await expect(page.get_by_text("hãy lập dự thảo mới rồi ký")).to_have_count(0)

        # A correction, asked by one and approved by another.
        await asked(there.ann, HALL, 57)
        mine = await at(reader, "corrections")
        await expect(mine.get_by_text("Chờ người khác ở cấp trên duyệt.")).to_be_visible()
        await expect(mine.get_by_role("button", name="Duyệt")).to_have_count(0)
        theirs = await at(other, "corrections")
        await expect(theirs.locator(".moves .after")).to_contain_text("−3")
        await open_to_all(other)
        await theirs.get_by_role("button", name="Duyệt").click()
        await confirmed(theirs, "Duyệt", "đối chiếu danh sách ký")

        # Version 2 says what is otherwise.
        page = await at(other, "papers")
        await expect(page.get_by_text("Phiên bản 1")).to_be_visible()
        await page.get_by_role("button", name="Lập dự thảo").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_label("Họ tên người ký")).to_have_value("Nguyễn Văn Ký")
        # In the other form: with its own fields, at once.
        await dialog.get_by_role("button", name="Văn bản Nhà nước").click()
        await dialog.get_by_label("Họ tên người ký").fill("Trần Thị Duyệt")
        await open_to_all(other)
        await dialog.get_by_role("button", name="Lập dự thảo").click()
        await page.get_by_role("button", name="Ký phiên bản 2").click(timeout=120_000)
        await confirmed(page, "Ký")
        await page.get_by_text("Khác phiên bản trước ở 1 nơi").click()
        await expect(page.locator(".differs")).to_contain_text("Nhà văn hóa Trúc Bạch")
        await expect(page.locator(".differs")).to_contain_text("duyệt: Chi")
        (office,) = [
            each["office"] for each in (await there.ann.get(f"{PATH}/reports")).body["reports"] if each["version"] == 2
        ]
        assert (office["kind"], office["signer"], office["authority"]) == (
            "state",
            "Trần Thị Duyệt",
            "TM. ỦY BAN NHÂN DÂN",
        )
        async with page.expect_download() as again:
            await page.locator(".version", has_text="Phiên bản 1").get_by_role("link", name="DOCX").click()
        assert Path(await (await again.value).path()).read_bytes() == signed


async def test_every_place_is_read_on_a_telephone(browser: Browser, ours: Own) -> None:
    await twenty_to_twelve(ours)
    await ended(ours.there, HALL, ours.clock.now())
    async with at_a_screen(browser, ours, size=TELEPHONE) as reader:
        for place, says in (
            # While it is twenty to twelve.
            ("flash", "Đến 11 giờ 40"),
            ("closing", "điểm cầu đã nộp"),
            ("corrections", "Hội nghị chưa chốt"),
            ("judged", "Khen"),
            ("sources", "Chưa có chỗ nào khác nhau"),
            ("templates", "Đang dùng mẫu kèm theo hệ thống"),
        ):
            page = await at(reader, place)
            await expect(page.locator("main")).to_contain_text(says)
            await open_to_all(reader)


async def test_a_coordinator_checks_and_submits_their_own_district_and_sees_no_other(
    browser: Browser, ours: Own
) -> None:
    there = ours.there
    await twenty_to_twelve(ours)
    await ended(there, HALL, ours.clock.now())
    async with at_a_screen(browser, ours, there.binh.headers["Cookie"]) as reader:
        page = await at(reader, "closing")
        district = page.locator(".units li").filter(has=page.locator(".unit-name", has_text="Quận Ba Đình"))
        await page.get_by_role("button", name="Kiểm tra và nộp, Quận Ba Đình").click()
        await confirmed(page, "Đã kiểm tra, nộp")
        await expect(district).to_contain_text("thiếu 5 nơi")
        await expect(page.locator("main")).not_to_contain_text("Đống Đa")
        # Who leaves the desk without a line is told that they are still signed in.
        await page.context.set_offline(True)
        await page.locator("header summary").click()
        await page.get_by_role("button", name="Đăng xuất").click()
        await expect(page.locator(".receipt-line")).to_contain_text("Không có mạng đến máy chủ")
        await page.context.set_offline(False)
        # Whoever is signed out meanwhile comes back to where they were, sent there once by however many refusals.
        departures: list[str] = []
        await page.expose_function("departs", lambda to: departures.append(to))
        await page.evaluate("navigation.addEventListener('navigate', (to) => window.departs(to.destination.url))")
        await page.context.clear_cookies()
        await page.evaluate("location.hash = 'judged'; location.hash = 'flash'")
        await page.wait_for_url("**/login?next=%2Freports%23flash")
        assert len([each for each in departures if "/login" in each]) == 1
        for words in ("401", "net::ERR_INTERNET_DISCONNECTED"):
            reader.pardons(words)


async def test_the_two_numbers_go_from_the_board_into_a_chat_with_one_click(browser: Browser, ours: Own) -> None:
    async with at_a_screen(browser, ours) as reader:
        await reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await reader.opens()
        await reader.page.locator(".menu summary").click()
        await reader.page.get_by_role("button", name="Chép câu").click()
        await expect(reader.page.get_by_text("Đã chép câu")).to_be_visible()
        copied = await reader.page.evaluate("navigator.clipboard.readText()")
        assert copied == (await ours.there.ann.get(f"{PATH}/flash")).body["text"]
        await reader.page.get_by_role("button", name="Chép ảnh").click()
        await expect(reader.page.get_by_text("Đã chép ảnh")).to_be_visible()
        kinds = await reader.page.evaluate("navigator.clipboard.read().then(([one]) => one.types)")
        assert kinds == ["image/png"]
