"""On a telephone whatever is pressed is as high as a finger, or has that much room, and twice the text still fits: everywhere."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from endpoints_registry.access import Role
from tests.flows.house import HALL, OTHER_HALL, PATH, Own, act, count
from tests.flows.test_checks import counted
from tests.pages.conftest import TELEPHONE
from tests.pages.test_board import widest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

OFFICE = ("", "clusters", "links", "registry", "people", "own")
HOUSE = ("", "accounts", "clusters", "links", "audit", "people", "backups", "own")
REPORTS = ("", "closing", "corrections", "papers", "flash", "judged", "sources", "templates")

CRAMPED = """([finger, least]) => {
  const TARGETS = 'a[href], button, input, select, textarea, summary, label, [role=option], [role=button]';
  // A label is pressed for a box or a file; of other fields it is only the name.
  const PRESSED = 'input[type=checkbox], input[type=radio], input[type=file]';
  const isTarget = (each) => each.matches(TARGETS) && (each.localName === 'label' ? each.querySelector(PRESSED) !== null : !(each.matches(PRESSED) && each.closest('label')));
  const over = (x, y) => {
    for (let each = document.elementFromPoint(x, y); each; each = each.parentElement) if (isTarget(each)) return each;
    return null;
  };
  // The same halls, one by one, stand in the list and are found by their names.
  const all = [...document.querySelectorAll(TARGETS)].filter((each) =>
    isTarget(each) && !each.matches('.tile, :disabled') && each.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
  const found = [];
  for (const each of all) {
    each.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const box = each.getClientRects()[0];
    // Not drawn: for those who hear the page.
    if (!box || box.width < 2 || box.height < 2) continue;
    const x = box.left + Math.min(box.width / 2, 20), y = box.top + box.height / 2;
    const own = over(x, y);
    // Something lies over it, such as a dialog: it is not pressed now.
    if (own !== each && !(own && (each.contains(own) || own.contains(each)))) continue;
    const reach = (step, may) => { let n = 0; while (n < finger && may(over(x, y + step * (n + 1)))) n += 1; return n; };
    const mine = (other) => other === own;
    const high = 1 + reach(-1, mine) + reach(1, mine);
    const room = 1 + reach(-1, (other) => other === null || mine(other)) + reach(1, (other) => other === null || mine(other));
    if (high < finger && (high < least || room < finger)) found.push(`${high} px high, room for ${room}: ${each.outerHTML.slice(0, 140)}`);
  }
  return found;
}"""
FINGER, LEAST = 44, 24
"""So many pixels high; or so many at least, with nothing else to press as far as a finger reaches."""


async def cramped(page: Page) -> list[str]:
    # Half a pixel is nobody's fault.
    found: list[str] = await page.evaluate(CRAMPED, [FINGER - 1, LEAST - 1])
    return found


@asynccontextmanager
async def held(browser: Browser, ours: Own, headers: Mapping[str, str] | None = None) -> AsyncIterator[Page]:
    """A telephone of somebody with this session, or of nobody."""
    context = await browser.new_context(viewport=TELEPHONE, base_url=ours.there.address)
    if headers is not None:
        name, _, value = headers["Cookie"].partition("=")
        await context.add_cookies([{"name": name, "value": value, "url": ours.there.address}])
    yield await context.new_page()
    await context.close()


async def all_of(page: Page, paths: Sequence[str], ready: str) -> list[str]:
    """What is too small on each of these, or too wide, with where it stands."""
    found = []
    for path in paths:
        # Anew, where only the place in the page is another.
        await page.goto("about:blank")
        await page.goto(path)
        await expect(page.locator(ready).first).to_be_attached()
        await expect(page.locator(".skeleton, .bones")).to_have_count(0)
        await page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
        found += [f"{path}: {each}" for each in await cramped(page)]
        await page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide = await widest(page)
        found += [f"{path}: {wide} px too wide with twice the text"] * (wide > 0)
    return found


async def busy_morning(ours: Own) -> None:
    """Something to press everywhere: figures, a fault, a notice, an incident."""
    there = ours.there
    await there.phone(HALL).send(act(HALL, "stage", stage="in_session"), count(HALL, 60))
    await there.phone(OTHER_HALL).send(act(OTHER_HALL, "incident", fault="no_sound", note="loa rè"))
    await there.ann.post(f"{PATH}/notices", {"text": "Mở loa to lên.", "points": [HALL]})
    await there.ann.post(f"{PATH}/incidents", {"trouble": "no_picture", "points": [HALL], "note": ""})
    await there.ann.post(f"{PATH}/checks", counted(HALL, 52, source="photo"))
    judged = {"point": HALL, "list": "criticism", "add": True, "reason": "mở muộn"}
    assert (await there.ann.post(f"{PATH}/judgement/changes", judged)).status == 200


async def test_on_the_board(browser: Browser, ours: Own) -> None:
    await busy_morning(ours)
    beside = ("incidents", "incidents/1", "incidents/new", "calls", "notices", "notices/1", "notices/new", "duty")
    async with held(browser, ours, ours.there.ann.headers) as page:
        paths = ("/", "/units/001", f"/points/{HALL}", *(f"/#{each}" for each in beside))
        found = await all_of(page, paths, ".pair")
        await page.goto("/")
        for tab in ("Điểm cầu", "Cần gọi", "Tìm", "Tình hình"):
            await page.locator(".bar").get_by_role("button", name=tab).click()
            found += [f"{tab}: {each}" for each in await cramped(page)]
        await page.locator("details.menu > summary").click()
        found += [f"menu: {each}" for each in await cramped(page)]
        await page.goto(f"/points/{HALL}")
        for button in ("#change-incident", "#change-count"):
            await page.locator(button).click()
            found += [f"{button}: {each}" for each in await cramped(page)]
            await page.keyboard.press("Escape")
    assert found == []


async def test_in_the_office(browser: Browser, ours: Own) -> None:
    ada = await ours.there.signed_in(ours.house.registry, "ada", Role.ADMIN)
    found = []
    for who, places in ((ours.there.ann, OFFICE), (ada, HOUSE)):
        async with held(browser, ours, who.headers) as page:
            found += await all_of(page, [f"/admin#{each}" for each in places], ".office h2")
    assert found == []


async def test_at_the_reports(browser: Browser, ours: Own) -> None:
    await busy_morning(ours)
    async with held(browser, ours, ours.there.ann.headers) as page:
        assert await all_of(page, [f"/reports#{each}" for each in REPORTS], ".office h2") == []


async def test_on_the_small_pages_and_at_the_door(browser: Browser, ours: Own) -> None:
    there = ours.there
    kim = await there.signed_in(ours.house.registry, "kim", Role.INSPECTOR, "001")
    await there.phone(HALL).send(count(HALL, 60))
    async with held(browser, ours, kim.headers) as page:
        await page.goto("/checks")
        await page.get_by_label("Số điểm cầu").fill("6")
        found = [f"/checks: {each}" for each in await cramped(page)]
        await page.get_by_role("button", name="Rút thăm").click()
        await expect(page.locator(".drawn-hall").first).to_be_visible()
        found += [f"/checks, drawn: {each}" for each in await cramped(page)]
        await page.locator(".drawn-hall").first.click()
        await expect(page.locator(".counting")).to_be_visible()
        found += [f"/checks, counting: {each}" for each in await cramped(page)]
        found += await all_of(page, ["/compare"], "h1")
    async with held(browser, ours) as page:
        found += await all_of(page, ["/login"], "form")
    assert found == []


async def test_whatever_is_too_small_would_be_found(browser: Browser) -> None:
    page = await browser.new_page(viewport=TELEPHONE)
    await page.set_content(
        "<p><a href='#a'>one</a><br><a href='#b'>two</a></p>"
        "<p style='margin:60px 0'><button style='height:26px'>alone</button></p>"
        "<p style='position:relative;height:44px'><a id=wide href='#c'>wide</a></p>"
        "<style>#wide::before{content:'';position:absolute;inset:0}</style>"
    )
    assert [each[-20:].partition(">")[2] for each in await cramped(page)] == ["one</a>", "two</a>"]
    await page.close()
