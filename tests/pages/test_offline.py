"""The phone without a network: what was said waits, outlives the tab, and arrives once, in order, with its own hour."""

import asyncio
import io
import json
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import aiohttp
import pypdfium2
import pytest
import pytest_asyncio
import segno
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bridge.house import House, opened_house
from bridge.printing.badges import sheet
from bridge.printing.press import Press
from bridge.rules.acts import CountAct, ScanAct, StageAct
from bridge.simulator.clock import DrivenClock
from endpoints_registry.access import Role
from endpoints_registry.conferences import Hotline, Sitting, planned, usual_rounds
from endpoints_registry.door import csrf_token
from tests.flows import house as flow
from tests.pages.hall import PATIENCE_S, Hall, at, badge, person, standing
from tests.pages.test_phone import FLAGS, morning

pytestmark = [pytest.mark.browser]
in_browser = pytest.mark.asyncio(loop_scope="module")

ARRIVAL_S = 30
"""G12: what waited is there within this many seconds."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def pocket(chromium: Browser, hall: Hall) -> AsyncIterator[tuple[BrowserContext, str]]:
    """A phone in somebody's pocket: it outlives its tabs."""
    async with standing(hall) as origin:
        context = await chromium.new_context(viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True)
        try:
            yield context, origin
        finally:
            await context.close()


def photograph(number: int) -> dict[str, object]:
    """A picture of somebody's badge."""
    out = io.BytesIO()
    segno.make(badge(number), error="h", micro=False).save(out, kind="png", scale=6, border=6)
    return {"name": "badge.png", "mimeType": "image/png", "buffer": out.getvalue()}


async def opened(context: BrowserContext, address: str) -> Page:
    page = await context.new_page()
    await page.goto(address)
    await expect(page.get_by_role("heading", name="Xã Tản Lĩnh")).to_be_visible()
    return page


async def sees(page: Page, words: str) -> None:
    await expect(page.get_by_text(words, exact=True).locator("visible=true").first).to_be_visible()


async def ready_for_offline(page: Page) -> None:
    await page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    await page.wait_for_function("() => navigator.serviceWorker.controller !== null")


NAMES_KEPT = """() => new Promise(done => {
  const asked = indexedDB.open("bridge");
  asked.onsuccess = () => {
    const keys = asked.result.transaction("values").objectStore("values").getAllKeys();
    keys.onsuccess = () => {
      asked.result.close();
      done(keys.result);
    };
  };
})"""


async def keeps(page: Page, *kinds: str) -> None:
    """Wait until this is all that the phone keeps beside what was said: it answers first and puts away then."""
    async with asyncio.timeout(PATIENCE_S):
        while [name.partition(".")[0] for name in await page.evaluate(NAMES_KEPT)] != list(kinds):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)


async def report(page: Page, present: int) -> None:
    await page.locator("[data-key=count]").tap()
    await page.get_by_label("Có mặt", exact=True).fill(str(present))
    await page.locator("[data-key=send]").tap()


@in_browser
@pytest.mark.parametrize("lost", [0, 3], ids=["answers-come", "answers-are-lost"])
async def test_five_counts_and_ten_scans_said_offline_arrive_once_in_order_with_their_own_hours(
    chromium: Browser, lost: int
) -> None:
    hall = morning(names=True, roster=10)
    async with pocket(chromium, hall) as (context, origin):
        page = await opened(context, origin + hall.link)
        await ready_for_offline(page)
        # Somebody looked at the scanner before the network went.
        async with page.expect_response("**/zxing.wasm*") as reader:
            await page.locator("[data-key=scan]").tap()
        await (await reader.value).finished()
        await page.locator("[data-key=back]").tap()

        await context.set_offline(True)
        for present in (50, 52, 55, 58, 60):
            await report(page, present)
        await page.locator("[data-key=scan]").tap()
        for number in range(10):
            await page.locator("#badge-photo").set_input_files(photograph(number))  # type: ignore[arg-type]
            await sees(page, f"Đã quét {number + 1} / 64")
        assert hall.stored == []
        await page.close()

        page = await opened(context, origin + hall.link)
        await expect(page.get_by_text("Chờ gửi 15")).to_be_visible()
        await sees(page, "60 có mặt / 64")
        await sees(page, "Đã quét 10 / 64")

        hall.answers_to_lose = lost
        async with asyncio.timeout(ARRIVAL_S):
            await context.set_offline(False)
            await expect(page.get_by_text("Đã nhận 08:02").first).to_be_visible(timeout=ARRIVAL_S * 1000)
            await expect(page.get_by_text("Chờ gửi")).to_have_count(0, timeout=ARRIVAL_S * 1000)
        await sees(page, "Đã quét 10 / 64")

        assert [act.present for act in hall.stored if isinstance(act, CountAct)] == [50, 52, 55, 58, 60]
        assert [act.badge for act in hall.stored if isinstance(act, ScanAct)] == [badge(n) for n in range(10)]
        assert len(hall.stored) == len({act.id for act in hall.stored}) == 15
        assert len(hall.arrivals) >= 15 * (1 if lost == 0 else 2)
        assert all(one.seq < two.seq and one.at < two.at for one, two in pairwise(hall.stored))


@in_browser
async def test_two_tabs_of_one_link_send_what_waits_once(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"))
    async with pocket(chromium, hall) as (context, origin):
        one, two = await opened(context, origin + hall.link), await opened(context, origin + hall.link)
        await context.set_offline(True)
        await one.get_by_role("button", name="Kỹ thuật đã đến").tap()
        await expect(two.get_by_text("Chờ gửi 1")).to_be_visible()
        await two.get_by_role("button", name="Đã thử đường truyền").tap()
        await expect(one.get_by_text("Chờ gửi 2")).to_be_visible()
        await context.set_offline(False)
        for page in (one, two):
            await expect(page.get_by_text("Chờ gửi")).to_have_count(0)
        assert [act.stage for act in hall.stored if isinstance(act, StageAct)] == ["on_site", "line_tested"]
        assert len(hall.arrivals) == len(set(hall.arrivals)) == 2


@in_browser
async def test_a_centre_restored_from_a_copy_gets_back_what_it_lost(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"))
    async with pocket(chromium, hall) as (context, origin):
        page = await opened(context, origin + hall.link)
        for step in ("Kỹ thuật đã đến", "Đã thử đường truyền"):
            async with page.expect_response("**/acts"):
                await page.get_by_role("button", name=step).tap()
        said = [(act.id, act.at) for act in hall.stored]
        async with page.expect_response("**/desk?*"):
            await page.reload()
        hall.lose(after=1, journal="journal-2")
        async with page.expect_response("**/acts"):
            await page.reload()
        await expect(page.get_by_text("Chờ gửi")).to_have_count(0)
        assert [(act.id, act.at) for act in hall.stored] == said
        # Once is enough: the centre has everything again.
        asked = len(hall.sent)
        async with page.expect_response("**/desk?*"):
            await page.reload()
        await expect(page.get_by_text("Đã nhận 06:50").first).to_be_visible()
        assert len(hall.sent) == asked


@in_browser
async def test_what_an_older_page_left_on_its_shelf_is_sent(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"))
    left = {
        "act": {
            "id": "01890a5d-ac96-774b-bcce-b302099a8057",
            "seq": 7,
            "at": "2026-03-07T06:49:00.000+07:00",
            "point": "00004-01",
            "kind": "stage",
            "stage": "on_site",
        },
        "conference": "hoc-tap-2026-03",
        "noted_ms": round(at("06:49").timestamp() * 1000),
        "outcome": None,
    }
    async with pocket(chromium, hall) as (context, origin):
        page = await context.new_page()
        await page.goto(origin + "/c/00004-01")
        await page.evaluate(
            "kept => { localStorage.setItem('bridge.tan-linh.act.000000000007', kept); localStorage.setItem('bridge.seq', '7'); }",
            json.dumps(left),
        )
        async with page.expect_response("**/acts"):
            await page.goto(origin + hall.link)
        await expect(page.get_by_role("button", name="Đã thử đường truyền")).to_be_visible()
        async with page.expect_response("**/acts"):
            await page.get_by_role("button", name="Đã thử đường truyền").tap()
        assert [act.seq for act in hall.stored] == [7, 8]
        assert hall.stored[0].id == "01890a5d-ac96-774b-bcce-b302099a8057"
        assert not await page.evaluate("Object.keys(localStorage).some(name => name.includes('.act.'))")


@in_browser
async def test_five_hundred_reports_of_two_hours_arrive_within_thirty_seconds(chromium: Browser) -> None:
    hall = morning()
    kept = [
        {
            "act": {
                "id": f"01890a5d-ac96-774b-bcce-{number:012x}",
                "seq": number,
                "at": f"2026-03-07T06:{number // 60 % 60:02d}:{number % 60:02d}.000+07:00",
                "point": "00004-01",
                "kind": "incident",
                "fault": "other",
                "note": f"Sự cố số {number}",
            },
            "conference": "hoc-tap-2026-03",
            "noted_ms": 0,
            "outcome": None,
        }
        for number in range(1, 501)
    ]
    async with pocket(chromium, hall) as (context, origin):
        page = await context.new_page()
        await page.goto(origin + "/c/00004-01")
        await page.evaluate(
            """all => all.forEach(each => localStorage.setItem(
                 'bridge.tan-linh.act.' + String(each.act.seq).padStart(12, '0'), JSON.stringify(each)))""",
            kept,
        )
        async with asyncio.timeout(ARRIVAL_S):
            await page.goto(origin + hall.link)
            await expect(page.get_by_text("Sự cố số 500")).to_be_visible()
            await expect(page.get_by_text("Chờ gửi")).to_have_count(0, timeout=ARRIVAL_S * 1000)
        assert [act.seq for act in hall.stored] == list(range(1, 501))
        assert len(hall.arrivals) == 500
        assert max(hall.sizes) < 64 * 1024


NO_DATABASE = "Object.defineProperty(window, 'indexedDB', { value: undefined });"
NO_SHELF = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } });"
NO_WORKER = "delete Navigator.prototype.serviceWorker;"
SLOW_CLIPBOARD = """(() => {
  const { clipboard } = navigator;
  const write = clipboard.writeText.bind(clipboard);
  clipboard.writeText = (text) => new Promise((done) => setTimeout(done, 300)).then(() => write(text));
})();"""


@in_browser
async def test_a_browser_without_a_database_keeps_what_waits_all_the_same(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"))
    async with pocket(chromium, hall) as (context, origin):
        await context.add_init_script(NO_DATABASE)
        page = await opened(context, origin + hall.link)
        hall.is_away = True
        await page.get_by_role("button", name="Kỹ thuật đã đến").tap()
        await sees(page, "Chờ gửi 1 · máy tự gửi khi có mạng")
        await page.reload()
        await sees(page, "Chờ gửi 1 · máy tự gửi khi có mạng")
        hall.is_away = False
        await page.reload()
        await sees(page, "Đã nhận 06:50")
        assert len(hall.stored) == 1


@in_browser
async def test_a_browser_that_keeps_nothing_says_that_the_page_must_stay_open(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"))
    async with pocket(chromium, hall) as (context, origin):
        await context.add_init_script(NO_DATABASE + NO_SHELF)
        page = await opened(context, origin + hall.link)
        hall.is_away = True
        await page.get_by_role("button", name="Kỹ thuật đã đến").tap()
        await sees(page, "Chờ gửi 1 · đừng đóng trang này")
        hall.is_away = False
        await sees(page, "Đã nhận 06:50")
        await expect(page.get_by_text("đừng đóng trang này")).to_have_count(0)
        assert len(hall.stored) == 1


@in_browser
async def test_a_page_inside_another_app_works_and_offers_the_browser(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"))
    async with pocket(chromium, hall) as (context, origin):
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        await context.add_init_script(NO_WORKER)
        await context.add_init_script(SLOW_CLIPBOARD)
        page = await opened(context, origin + hall.link)
        await page.get_by_role("button", name="Chép đường dẫn").tap()
        await expect(page.get_by_role("button", name="Đã chép, dán vào trình duyệt")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == origin + hall.link
        await page.get_by_role("button", name="Kỹ thuật đã đến").tap()
        await sees(page, "Đã nhận 06:50")


@in_browser
async def test_the_worker_keeps_the_frame_and_its_files_and_no_answer_and_no_secret(chromium: Browser) -> None:
    hall = morning(names=True)
    async with pocket(chromium, hall) as (context, origin):
        page = await opened(context, origin + hall.link)
        await ready_for_offline(page)
        await page.reload()
        await page.get_by_role("button", name="Nhập quân số").wait_for()
        kept = await page.evaluate(
            """async () => {
              const all = [];
              for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys()) all.push([request.url, await (await cache.match(request)).text()]);
              }
              return all;
            }"""
        )
    addresses = [address.removeprefix(origin) for address, _ in kept]
    assert "/p/-" in addresses
    assert any(address.endswith("phone/page.js") for address in addresses)
    assert all(address == "/p/-" or address.startswith("/static/") for address in addresses)
    assert not any(hall.secret in address + body or hall.handle in address + body for address, body in kept)


@in_browser
async def test_a_page_that_hangs_on_a_dead_line_opens_from_the_phone(chromium: Browser) -> None:
    hall = morning()
    async with pocket(chromium, hall) as (context, origin):
        page = await opened(context, origin + hall.link)
        await ready_for_offline(page)
        await page.close()
        await context.set_offline(True)
        page = await opened(context, origin + hall.link)
        await sees(page, "Chưa nối được trung tâm")
        await expect(page.get_by_role("button", name="Nhập quân số")).to_be_visible()


@in_browser
async def test_the_icon_on_the_home_screen_opens_the_page_without_the_secret_in_its_address(chromium: Browser) -> None:
    hall = Hall(now=at("06:50"))
    async with pocket(chromium, hall) as (context, origin):
        page = await opened(context, origin + hall.link)
        manifest = await page.evaluate(
            "fetch(document.querySelector('link[rel=manifest]').href).then(got => got.text())"
        )
        assert hall.secret not in manifest
        await page.close()
        hall.session, hall.csrf = "session-2", "csrf-2"
        page = await opened(context, origin + json.loads(manifest)["start_url"])
        await page.get_by_role("button", name="Kỹ thuật đã đến").tap()
        await sees(page, "Đã nhận 06:50")


@in_browser
async def test_a_link_that_was_taken_back_leaves_neither_secret_nor_names_on_the_phone(chromium: Browser) -> None:
    hall = morning(names=True)
    async with pocket(chromium, hall) as (context, origin):
        page = await opened(context, origin + hall.link)
        await keeps(page, "people", "secret")
        hall.session, hall.secret = "session-2", "Xq3-the-new-secret"
        await page.goto(origin + "/p/tan-linh")
        await sees(page, "Đường dẫn này không dùng được")
        await keeps(page)


STORES = """
async which => {
  const base = document.querySelector('script[type=module]').src.replace(/phone\\/page\\.js$/, '');
  const { memoryShelf, shelfStore, storeOf } = await import(base + 'phone/store.js');
  const shelf = memoryShelf();
  const fresh = () => which === 'shelf'
    ? Promise.resolve(shelfStore(shelf, true))
    : storeOf({ shelf, lasting: true, database: () => indexedDB });
  const entry = seq => ({ act: { id: 'a-' + seq, seq }, conference: 'c', noted_ms: 0, outcome: null });
  const [one, two] = [await fresh(), await fresh()];
  const ids = async (store, link) => (await store.read(link)).map(each => each.act.id);
  const told = {};
  const first = await one.add('x', entry);
  await Promise.all([one.add('x', entry), two.add('y', entry), one.add('x', entry)]);
  told.order = (await one.read('x')).map(each => each.act.seq);
  told.other = (await two.read('y')).length;
  told.numbers = new Set([...told.order, ...(await two.read('y')).map(each => each.act.seq)]).size;
  await two.change([{ ...first, outcome: { outcome: 'accepted' } }]);
  told.changed = (await one.read('x'))[0].outcome.outcome;
  await two.drop([first]);
  await one.change([first]);
  told.dropped = (await ids(two, 'x')).includes(first.act.id);
  await one.keep('name', { a: 1 });
  told.kept = (await two.value('name')).a;
  await two.keep('name', null);
  told.forgotten = (await one.value('name')) === undefined;
  return told;
}
"""


@in_browser
@pytest.mark.parametrize("which", ["shelf", "database"])
async def test_both_stores_keep_the_same_promises(chromium: Browser, which: str) -> None:
    hall = Hall(now=at("06:50"))
    async with pocket(chromium, hall) as (context, origin):
        page = await opened(context, origin + hall.link)
        told = await page.evaluate(STORES, which)
        assert told == {
            "order": sorted(told["order"]),
            "other": 1,
            "numbers": 4,
            "changed": "accepted",
            "dropped": False,
            "kept": 1,
            "forgotten": True,
        }
        assert len(told["order"]) == 3


@in_browser
async def test_a_name_is_known_without_a_network(chromium: Browser) -> None:
    hall = morning(names=True)
    async with pocket(chromium, hall) as (context, origin):
        page = await opened(context, origin + hall.link)
        await keeps(page, "people", "secret")
        await ready_for_offline(page)
        await context.set_offline(True)
        await page.reload()
        await page.get_by_role("button", name="Không có thẻ").tap()
        await page.get_by_label("Tìm tên (gõ không dấu cũng được)").fill("dong da")
        await page.get_by_role("button", name="Có mặt: Nguyễn Thị Đống Đa").tap()
        await sees(page, "Đã quét 1 / 64")
        async with page.expect_response("**/acts"):
            await context.set_offline(False)
        assert [act.person for act in hall.stored if isinstance(act, ScanAct)] == [person(0)]


# --- the same against the real server

PEOPLE = 10


async def _gathered(house: House) -> tuple[str, list[str]]:
    """A conference with names under way at one hall of the small city: its link, and its people in the list's order."""
    registry = house.registry
    for text in (flow.UNITS, flow.POINTS):
        assert not (await registry.import_file(text.encode())).faults
    starts_at, ends_at = flow.STARTS_AT, flow.STARTS_AT.replace(hour=11, minute=30)
    rounds = usual_rounds(starts_at, ends_at)
    sitting = Sitting(flow.SITTING, "Buổi sáng", starts_at.date(), starts_at, ends_at, False, rounds)
    hotline = Hotline("Trực ban thành phố", "024 3000 0800")
    conference = planned(flow.CONFERENCE, "Hội nghị học tập", "city", "online", "01", hotline, [sitting])
    part = [kept for kept in registry.holdings.points if kept.point.code == flow.HALL]
    await registry.create_conference(conference, part, {(flow.SITTING, flow.HALL): flow.SUMMONED})
    await registry.names.switch(flow.CONFERENCE, True, registry.now())
    lines = [f"{flow.HALL},Đại biểu số {number}" for number in range(PEOPLE)]
    roster = "\n".join(["point,name", *lines]).encode()
    made = await registry.names.import_roster(flow.CONFERENCE, registry.holdings.chosen[flow.CONFERENCE], roster)
    assert not made.faults, made.faults
    links = await registry.issue_links([flow.HALL])
    return links[flow.HALL].path, [each.person for each in registry.names.asked(flow.CONFERENCE).of_point(flow.HALL)]


async def _organiser(house: House, http: aiohttp.ClientSession) -> flow.Browser:
    registry = house.registry
    await registry.add_account("ann", "Ann", Role.ORGANISER, flow.PASSWORD, None)
    token, _ = await registry.sign_in("ann", flow.PASSWORD, "127.0.0.1")
    headers = {"Cookie": f"{registry.keyring.staff_cookie}={token}", "X-CSRF-Token": csrf_token(token)}
    return flow.Browser(http, house.address, headers)


async def _photograph_of_the_printed_badge(house: House, number: int) -> dict[str, object]:
    """The sheet as the press makes it, cut down to one badge, as a camera sees it at 150 dots to the inch."""
    roster = house.registry.names.asked(flow.CONFERENCE)
    everybody = sheet("Hội nghị học tập", roster, [(flow.HALL, "Phường Trúc Bạch")])
    one = everybody | {"people": everybody["people"][number : number + 1]}
    document = pypdfium2.PdfDocument(await Press().printed("badges", one))
    image = document[0].render(scale=150 / 72, grayscale=True)
    grey = bytes(image.buffer)
    rows = b"".join(b"\0" + grey[at : at + image.width] for at in range(0, len(grey), image.stride))
    size = (image.width, image.height)
    document.close()

    def chunk(name: bytes, held: bytes) -> bytes:
        return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))

    header = struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return {"name": "sheet.png", "mimeType": "image/png", "buffer": png}


@in_browser
async def test_the_real_server_hears_everything_once_in_order_and_the_printed_sheet_is_read(
    chromium: Browser, tmp_path: Path
) -> None:
    clock = DrivenClock(flow.MORNING_MS, None)
    async with (
        opened_house(flow.settings(tmp_path / "data"), clock) as house,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        link, people = await _gathered(house)
        ann = await _organiser(house, http)
        for version, phase in enumerate(("open", "live")):
            assert (await ann.post(f"{flow.PATH}/phase", {"phase": phase, "version": version})).status == 200
        context = await chromium.new_context(viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True)
        page = await context.new_page()
        await page.goto(house.address + link)
        await expect(page.get_by_role("heading", name="Nhà văn hóa Trúc Bạch")).to_be_visible()
        await keeps(page, "people", "secret")
        await ready_for_offline(page)
        async with page.expect_response("**/zxing.wasm*") as reader:
            await page.locator("[data-key=scan]").tap()
        await (await reader.value).finished()
        await page.locator("[data-key=back]").tap()

        await context.set_offline(True)
        for present in (50, 52, 55, 58, 60):
            await report(page, present)
        await page.locator("[data-key=scan]").tap()
        await page.locator("#badge-photo").set_input_files(await _photograph_of_the_printed_badge(house, 0))  # type: ignore[arg-type]
        await expect(page.locator(".result-card.in")).to_contain_text("Đại biểu số 0")
        await page.locator("[data-key=back]").tap()
        await page.locator("[data-key=list]").tap()
        for number in range(1, PEOPLE):
            await page.get_by_role("button", name=f"Có mặt: Đại biểu số {number}", exact=True).tap()
            await sees(page, f"Đã quét {number + 1} / 64")
        await page.close()

        page = await context.new_page()
        await page.goto(house.address + link)
        await expect(page.get_by_text("Chờ gửi 15")).to_be_visible()
        async with asyncio.timeout(ARRIVAL_S):
            await context.set_offline(False)
            await expect(page.get_by_text("Chờ gửi")).to_have_count(0, timeout=ARRIVAL_S * 1000)
        await sees(page, "Đã quét 10 / 64")
        await sees(page, "60 có mặt / 64")
        await page.locator("[data-key=undo-count]").tap()
        await sees(page, "58 có mặt / 64")
        await context.close()

        said = [each for each in await ann.events() if each["act"]]
    counts = [each for each in said if each["event"]["event"] == "figure-reported"]
    scans = [each for each in said if each["event"]["event"] == "person-checked-in"]
    assert [each["event"]["count"]["present"] for each in counts] == [50, 52, 55, 58, 60]
    assert [each["event"]["person"] for each in scans] == people
    assert len({each["act"] for each in counts + scans}) == len(said) - 1 == 15
    assert said[-1]["event"]["event"] == "act-undone"
    assert all(one["at"] < two["at"] <= two["received_at"] for one, two in pairwise(counts + scans))
