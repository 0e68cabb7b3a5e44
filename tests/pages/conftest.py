"""A real browser, a city for it to look at, and a real house for what the staff do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from tests.flows.house import Keys, Own, copied, furnished, own
from tests.pages.city import City, at_0824, served
from tests.pages.hall import PATIENCE_S
from tests.ports import lasting

DESK: ViewportSize = {"width": 1440, "height": 900}
TELEPHONE: ViewportSize = {"width": 360, "height": 800}
# What is awaited is seldom a second away; a machine that has other work, too, is not a fault of the page.
expect.set_options(timeout=PATIENCE_S * 1000)

LIT = "[...document.querySelectorAll('.tile')].filter((each) => getComputedStyle(each).opacity === '1')"
"""The tiles of the wall that stand out, or all of them."""


async def lit(page: Page, many: int) -> None:
    """So many tiles stand out."""
    await page.wait_for_function(f"() => {LIT}.length === {many}")


SHELL = Path("/usr/bin/chromium-headless-shell")
CHROMIUM = str(SHELL) if SHELL.exists() else None
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Debian's headless shell where it is installed, else Playwright's own."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield launched
        await launched.close()


@pytest.fixture
def city() -> City:
    return at_0824()


@pytest_asyncio.fixture(loop_scope="module")
async def address(city: City) -> AsyncIterator[str]:
    async with served(city) as where:
        yield where


class Reader:
    """Somebody before a screen, who also hears what the browser complains about."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_S * 1000)
        self.address = address
        self.complaints: list[str] = []
        self._pardoned: set[str] = set()
        page.on("console", lambda said: self._hears(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._hears(str(error)))

    def _hears(self, said: str) -> None:
        if not any(words in said for words in self._pardoned):
            self.complaints.append(said)

    def pardons(self, words: str) -> None:
        """The browser itself writes down each refusal and each lost answer, sooner or later: what holds these words is no complaint."""
        self._pardoned.add(words)
        self.complaints[:] = [said for said in self.complaints if words not in said]

    async def opens(self, path: str = "/") -> None:
        """Goes there and waits until the figures are there."""
        await self.page.goto(self.address + path)
        await self.page.wait_for_selector(".pair")
        await expect(self.page.locator(".bones")).to_have_count(0)


@pytest_asyncio.fixture(loop_scope="module")
async def reader(browser: Browser, address: str) -> AsyncIterator[Reader]:
    """At a desk of 1440 by 900, in the light."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    yield Reader(await context.new_page(), address)
    await context.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Keys]:
    folder = tmp_path_factory.mktemp("prepared") / "data"
    return folder, await furnished(folder)


@pytest_asyncio.fixture(loop_scope="module")
async def ours(prepared: tuple[Path, Keys], tmp_path: Path) -> AsyncIterator[Own]:
    folder, keys = prepared
    async with own(copied(folder, tmp_path / "data"), keys, port=lasting()) as house:
        # Screens carry the hall's time on by themselves, as fast as they are told.
        house.clock.go_at(1)
        yield house


@asynccontextmanager
async def at_a_screen(
    browser: Browser, ours: Own, cookie: str = "", size: ViewportSize = DESK
) -> AsyncIterator[Reader]:
    """Somebody who is signed in; ann unless another session is given. Whatever they do, the browser has no complaint."""
    context = await browser.new_context(viewport=size)
    name, _, value = (cookie or ours.there.ann.headers["Cookie"]).partition("=")
    await context.add_cookies([{"name": name, "value": value, "url": ours.there.address}])
    reader = Reader(await context.new_page(), ours.there.address)
    yield reader
    assert reader.complaints == []
    await context.close()
