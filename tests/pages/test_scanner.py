"""The door of the hall: badges read from pictures and through the camera, names from the list, people's own phones."""

import asyncio
import hashlib
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import segno
from aiohttp import ClientSession
from playwright.async_api import Browser, Page, async_playwright, expect

from bridge.rules.acts import ScanAct, UndoAct
from dashboards import phone as phone_page
from endpoints_registry.dressing import HEADERS
from tests.pages.hall import PATIENCE_S, POINT, Hall, at, badge, person, standing
from tests.pages.test_phone import FLAGS, ROOT, Thumb, morning, phone

pytestmark = [pytest.mark.browser]
in_browser = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=FLAGS)
        yield browser
        await browser.close()


def png(text: str) -> bytes:
    out = io.BytesIO()
    segno.make(text, error="h", micro=False).save(out, kind="png", scale=6, border=6)
    return out.getvalue()


async def shown(thumb: Thumb, picture: bytes) -> None:
    """Hold a picture before the scanner, as a browser without a camera stream takes it."""
    await thumb.page.locator("#badge-photo").set_input_files(
        {"name": "badge.png", "mimeType": "image/png", "buffer": picture}
    )


async def card(thumb: Thumb, tone: str, *words: str) -> None:
    """The large answer at the door."""
    large = thumb.page.locator(f".result-card.{tone}")
    for each in words:
        await expect(large).to_contain_text(each)


def badges_in(hall: Hall) -> list[str]:
    return [act.badge for act in hall.stored if isinstance(act, ScanAct)]


@in_browser
async def test_a_badge_is_read_named_and_counted_beside_the_head_count(chromium: Browser) -> None:
    hall = morning(names=True)
    hall.figure("opening", 60, 3, 1)
    async with phone(chromium, hall) as thumb:
        await thumb.sees("Đã quét 0 / 64")
        await thumb.press("scan")
        await shown(thumb, png(badge(0)))
        await card(thumb, "in", "Nguyễn Thị Đống Đa", "Bí thư chi bộ", "Đã nhận 08:02")
        await thumb.sees("Đã quét 1 / 64")
        await thumb.tap("Quay lại")
        await thumb.sees("Đã quét 1 / 64")
        await thumb.sees("60 có mặt / 64")
        assert badges_in(hall) == [badge(0)]
        assert thumb.addresses
        assert not any("wasm" in complaint for complaint in thumb.complaints)


@in_browser
async def test_a_printed_sheet_photographed_askew_is_read(chromium: Browser) -> None:
    hall = morning(names=True)
    sheet = "".join(
        f'<div style="float:left;width:45%;margin:2%;border:1px solid #999;padding:8px">'
        f"<p>Hội nghị học tập Nghị quyết</p>{_drawn(badge(0)) if place == 0 else ''}<p>Nguyễn Thị Đống Đa</p></div>"
        for place in range(2)
    )
    async with phone(chromium, hall) as thumb:
        paper = await thumb.page.context.new_page()
        await paper.set_content(
            f'<body style="background:#cfc8bb;font:22px serif"><div style="background:#fbf9f2;width:700px;margin:40px;'
            f'transform:perspective(900px) rotateY(14deg) rotate(7deg);filter:blur(.6px) contrast(.8)">{sheet}</div>'
        )
        picture = await paper.screenshot(type="jpeg", quality=70)
        await paper.close()
        await thumb.press("scan")
        await shown(thumb, picture)
        await card(thumb, "in", "Nguyễn Thị Đống Đa", "Đã nhận 08:02")
        await thumb.sees("Đã quét 1 / 64")
        assert badges_in(hall) == [badge(0)]


@in_browser
async def test_a_name_that_comes_after_its_badge_takes_its_place_on_the_card(chromium: Browser) -> None:
    hall = morning(names=True)
    hall.names_wait = True
    async with phone(chromium, hall) as thumb:
        await thumb.press("scan")
        await shown(thumb, png(badge(0)))
        await card(thumb, "in", "Đã nhận 08:02")
        hall.names_wait = False
        hall.stirred.set()
        await card(thumb, "in", "Nguyễn Thị Đống Đa", "Đã nhận 08:02")


def _drawn(text: str) -> str:
    return segno.make(text, error="h", micro=False).svg_inline(scale=5, border=3)


@in_browser
async def test_the_same_badge_twice_is_told_at_once_and_sent_once(chromium: Browser) -> None:
    hall = morning(names=True)
    async with phone(chromium, hall) as thumb:
        await thumb.press("scan")
        await shown(thumb, png(badge(1)))
        await card(thumb, "in", "Trần Văn Bình", "Đã nhận 08:02")
        await shown(thumb, png(badge(1)))
        await card(thumb, "again", "Trần Văn Bình", "Đã điểm danh lúc 08:02")
        await thumb.sees("Đã quét 1 / 64")
        assert len(badges_in(hall)) == 1


@in_browser
async def test_who_was_let_in_elsewhere_is_welcome_and_told_so(chromium: Browser) -> None:
    hall = morning(names=True, elsewhere={person(2)}, inside={person(3): at("07:41")})
    async with phone(chromium, hall) as thumb:
        await thumb.press("scan")
        await shown(thumb, png(badge(2)))
        await card(thumb, "again", "Lê Hoà", "Đã điểm danh lúc 07:31 ở điểm cầu khác; lần đầu được tính.")
        await shown(thumb, png(badge(3)))
        await card(thumb, "again", "Phạm Quốc Ân", "Đã điểm danh lúc 07:41.")
        await thumb.sees("Đã quét 1 / 64")


@in_browser
async def test_a_forged_badge_is_refused_and_recorded(chromium: Browser) -> None:
    hall = morning(names=True)
    forged = badge(4)[:-1] + ("A" if badge(4)[-1] != "A" else "B")
    async with phone(chromium, hall) as thumb:
        await thumb.press("scan")
        await shown(thumb, png(forged))
        await card(thumb, "no", "Thẻ không đọc được, hoặc không phải thẻ của hội nghị này.")
        await thumb.sees("Đã quét 0 / 64")
        assert badges_in(hall) == [forged]


@in_browser
async def test_an_identity_card_shown_by_mistake_goes_nowhere(chromium: Browser) -> None:
    hall = morning(names=True)
    async with phone(chromium, hall) as thumb:
        await thumb.press("scan")
        await shown(thumb, png("001099012345|123456789|Nguyen Van A|01011970|Nam|Ha Noi|01012021"))
        await card(thumb, "no", "Không phải thẻ đại biểu")
        assert hall.arrivals == []
        kept = await thumb.page.evaluate("JSON.stringify(localStorage)")
        assert "001099012345" not in kept


@in_browser
async def test_a_picture_without_a_code_says_what_to_do(chromium: Browser) -> None:
    hall = morning(names=True)
    async with phone(chromium, hall) as thumb:
        await thumb.press("scan")
        await shown(thumb, await thumb.page.screenshot())
        await card(thumb, "no", "Không thấy mã trong ảnh")


@in_browser
async def test_the_last_scan_is_taken_back(chromium: Browser) -> None:
    hall = morning(names=True)
    async with phone(chromium, hall) as thumb:
        await thumb.press("scan")
        await shown(thumb, png(badge(0)))
        await card(thumb, "in", "Đã nhận 08:02")
        async with thumb.page.expect_response("**/desk?*"):
            await thumb.tap("Hoàn tác: Nguyễn Thị Đống Đa")
        await thumb.sees("Đã quét 0 / 64")
        assert [type(act) for act in hall.stored] == [ScanAct, UndoAct]
        await shown(thumb, png(badge(0)))
        await card(thumb, "in", "Nguyễn Thị Đống Đa")
        await thumb.sees("Đã quét 1 / 64")


@in_browser
async def test_who_has_no_badge_is_found_without_marks(chromium: Browser) -> None:
    hall = morning(names=True, roster=40)
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Không có thẻ")
        await thumb.sees("Còn 10 người; gõ thêm chữ để tìm.")
        await thumb.page.get_by_label("Tìm tên (gõ không dấu cũng được)").fill("do thi e")
        async with thumb.page.expect_response("**/acts"):
            await thumb.tap("Có mặt: Đỗ Thị Ế")
        await thumb.sees("Đã quét 1 / 64")
        assert [act.person for act in hall.stored if isinstance(act, ScanAct)] == [person(4)]
        await thumb.page.get_by_label("Tìm tên (gõ không dấu cũng được)").fill("xyz")
        await thumb.sees("Không có ai tên như vậy trong danh sách hội trường.")


@in_browser
async def test_a_conference_without_names_asks_for_none_and_keeps_none(chromium: Browser) -> None:
    async with phone(chromium, morning()) as thumb:
        await thumb.sees("Tất cả tốt")
        await thumb.page.wait_for_load_state("networkidle")
        await expect(thumb.page.get_by_text("Điểm danh từng người")).to_have_count(0)
        assert not any("people" in address for address in thumb.addresses)


@in_browser
async def test_the_camera_itself_reads_a_badge_at_the_door(tmp_path: Path) -> None:
    film = tmp_path / "door.y4m"
    film.write_bytes(_film(badge(0)))
    hall = morning(names=True)
    eyes = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium-headless-shell",
            args=[*FLAGS, *eyes, f"--use-file-for-fake-video-capture={film}"],
        )
        async with phone(browser, hall) as thumb:
            await thumb.press("scan")
            await card(thumb, "in", "Nguyễn Thị Đống Đa", "Đã nhận 08:02")
            await thumb.sees("Đã quét 1 / 64")
            # The badge stays before the camera, and is still one scan.
            await thumb.page.wait_for_function(
                "() => { const eye = document.querySelector('video'); return eye.currentTime > 2; }"
            )
            assert badges_in(hall) == [badge(0)]
            await thumb.tap("Quay lại")
            await expect(thumb.page.locator("video")).to_have_count(0)
        await browser.close()


def _film(text: str) -> bytes:
    """A still film of a badge in a grey room: 640 x 480, YUV 4:2:0."""
    width, height, scale = 640, 480, 8
    rows = [list(row) for row in segno.make(text, error="h", micro=False).matrix_iter(scale=scale, border=4)]
    luma = bytearray([120] * (width * height))
    left, top = (width - len(rows[0])) // 2, (height - len(rows)) // 2
    for y, row in enumerate(rows):
        luma[(top + y) * width + left : (top + y) * width + left + len(row)] = bytes(
            20 if dark else 235 for dark in row
        )
    frame = b"FRAME\n" + bytes(luma) + bytes([128]) * (width * height // 2)
    return b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + frame * 5


# --- the hall's own code, and people's own phones


async def read_code(page: Page) -> str:
    """What somebody reads who points their phone at the screen."""
    texts = await page.evaluate(
        """async () => {
          const base = document.querySelector('script[type=module]').src.replace(/page\\.js$/, '');
          const { readerOf, drawn } = await import(base + 'door/reading.js');
          const image = document.querySelector('.hallcode img');
          return (await readerOf())(drawn(image, image.naturalWidth || 400, image.naturalHeight || 400, 400));
        }"""
    )
    return str(texts[0]) if texts else ""


async def shows_code(thumb: Thumb, code: str) -> None:
    """Wait until somebody would read this one: another is drawn every second, and a picture is not there at once."""
    async with asyncio.timeout(PATIENCE_S):
        while await read_code(thumb.page) != f"{thumb.origin}/c/{POINT}#{code}":  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)


@in_browser
async def test_the_halls_code_is_shown_large_and_changes(chromium: Browser) -> None:
    hall = morning(names=True)
    async with phone(chromium, hall) as thumb:
        await thumb.tap("Mã của hội trường")
        await thumb.sees("Đại biểu quét mã này bằng điện thoại của mình.")
        box = await thumb.page.locator(".hallcode img").bounding_box()
        assert box is not None
        assert box["width"] >= 280
        assert abs(box["width"] - box["height"]) < 2
        first = hall.code
        await shows_code(thumb, first)
        hall.now = at("08:03")
        assert hall.code != first
        await shows_code(thumb, hall.code)


@in_browser
async def test_a_person_checks_in_with_their_own_phone_and_is_asked_for_the_badge_once(chromium: Browser) -> None:
    hall = morning(names=True)
    async with phone(chromium, hall, address=f"/c/{POINT}#{hall.code}") as thumb:
        await thumb.page.get_by_label("Hoặc nhập số thẻ").fill("DB1.123")
        await thumb.tap("Điểm danh")
        await expect(thumb.page.get_by_role("alert")).to_contain_text("34 ký tự")
        assert hall.attended == []
        spelt = badge(0).lower()
        await thumb.page.get_by_label("Hoặc nhập số thẻ").fill(f"{spelt[:14]} {spelt[14:]}")
        await thumb.tap("Điểm danh")
        await card(thumb, "in", "Đã điểm danh", "Đã nhận 08:02")
        assert hall.inside == {person(0): at("08:02")}
        hall.now = at("08:10")
        await thumb.page.goto(f"{thumb.origin}/c/{POINT}#{hall.code}")
        await card(thumb, "again", "Đã điểm danh lúc 08:02.")
        assert not any(hall.code in address.partition("#")[0] for address in thumb.addresses)


@in_browser
async def test_a_person_photographs_their_own_badge(chromium: Browser) -> None:
    hall = morning(names=True)
    async with phone(chromium, hall, address=f"/c/{POINT}#{hall.code}") as thumb:
        await shown(thumb, png("https://example.org/"))
        await expect(thumb.page.get_by_role("alert")).to_have_text("Không phải thẻ đại biểu")
        await shown(thumb, png(badge(3)))
        await card(thumb, "in", "Đã nhận 08:02")
        assert list(hall.inside) == [person(3)]


@in_browser
async def test_an_old_code_lets_nobody_in_and_a_lost_answer_counts_once(chromium: Browser) -> None:
    hall = morning(names=True)
    async with phone(chromium, hall, address=f"/c/{POINT}#{'A' * 20}") as thumb:
        await thumb.page.get_by_label("Hoặc nhập số thẻ").fill(badge(1))
        await thumb.tap("Điểm danh")
        await card(thumb, "no", "Mã đã hết hạn", "Quét lại mã đang hiện")
        hall.answers_to_lose = 100
        await thumb.page.goto(f"{thumb.origin}/c/{POINT}#{hall.code}")
        await card(thumb, "again", "Chưa có mạng")
        hall.answers_to_lose = 0
        await thumb.tap("Thử lại ngay")
        await card(thumb, "in", "Đã điểm danh")
        # The browser itself may have asked once more on a fresh line.
        came = [each["id"] for each in hall.attended if each["code"] == hall.code]
        assert len(came) >= 2
        assert len(set(came)) == 1
        assert list(hall.inside) == [person(1)]


@in_browser
@pytest.mark.parametrize("text", [100, 200])
async def test_the_persons_page_fits_and_has_no_serious_fault_for_axe(chromium: Browser, text: int) -> None:
    hall = morning(names=True)
    async with phone(chromium, hall, address=f"/c/{POINT}#{hall.code}", text=text) as thumb:
        await thumb.sees("Thẻ đại biểu của bạn")
        await thumb.page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text() + ";0")
        wide = await thumb.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found = await thumb.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert wide <= 0
        assert [each["id"] for each in found["violations"] if each["impact"] in ("serious", "critical")] == []


# --- what may run where


async def test_only_pages_that_read_badges_may_compile_what_reads_them() -> None:
    async with standing(Hall()) as origin, ClientSession() as session:
        policies = {}
        for path in ("/p/tan-linh", f"/c/{POINT}", "/p/sw.js"):
            async with session.get(origin + path) as answer:
                assert answer.status == 200
                policies[path] = answer.headers["Content-Security-Policy"]
                assert "camera=(self)" in answer.headers["Permissions-Policy"]
    assert all("script-src 'self' 'wasm-unsafe-eval';" in policies[path] for path in ("/p/tan-linh", f"/c/{POINT}"))
    assert "unsafe" not in policies["/p/sw.js"] + HEADERS["Content-Security-Policy"]


def test_the_reader_of_badges_is_the_one_its_package_names() -> None:
    module = (phone_page.READER.parent / "reader.mjs").read_text()
    said = re.search(r'pe = "([0-9a-f]{64})"', module)
    assert said is not None
    assert hashlib.sha256(phone_page.READER.read_bytes()).hexdigest() == said[1]
