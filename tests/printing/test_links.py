"""A printed link is read by a camera and opens its hall; the old one works until the paper is there."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridge.printing import links
from bridge.printing.press import Press
from bridge.printing.sheets import Sheets
from endpoints_registry.access import Role
from endpoints_registry.credentials import drawn_links
from endpoints_registry.door import ORIGINS, RESOLVE
from endpoints_registry.gate import mount
from endpoints_registry.registry import Registry
from endpoints_registry.routes import routes
from tests.printing.paper import code_mm, pages, scanned, words
from tests.registry.conftest import Browser, Clock, Front, refused
from tests.toil import worked_s

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
ORIGIN = "https://hoinghi.example.gov.vn"
SHEET = "/registry/links/sheet"
HALL = "00004-01"


class Jammed(Press):
    """A press that has no room for anybody."""

    def __init__(self) -> None:
        super().__init__(at_once=0, waiting=0)


async def standing(registry: Registry, clock: Clock, press: Press, stack: AsyncExitStack) -> Front:
    app = web.Application()
    app[RESOLVE] = registry.keyring
    app[ORIGINS] = frozenset()
    mount(app, [*routes(registry), *Sheets(registry, press, ORIGIN).routes()])
    server = TestServer(app)
    await server.start_server()
    stack.push_async_callback(server.close)
    return Front(registry, clock, server, stack)


@pytest.fixture
async def front(registry: Registry, clock: Clock) -> AsyncIterator[Front]:
    async with AsyncExitStack() as stack:
        yield await standing(registry, clock, Press(), stack)


async def sheet(browser: Browser, **asked: object) -> bytes:
    async with browser.post(f"/api/v1{SHEET}", json=asked) as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf"), await answer.text()
        return await answer.read()


async def opens(front: Front, link: str) -> str | None:
    """The hall that a scanned link opens."""
    handle, _, secret = link.removeprefix(f"{ORIGIN}/p/").partition("#")
    phone = await front.browser()
    async with phone.post(f"/api/v1/links/{handle}/session", json={"secret": secret, "device": "x"}) as answer:
        return (await answer.json())["code"] if answer.status == 200 else None


@pytest.mark.parametrize("dpi", [110, 300])
async def test_every_code_on_the_sheet_opens_its_own_hall(front: Front, dpi: int) -> None:
    ann = await front.staff(Role.ORGANISER)
    (page,) = scanned(await sheet(ann, all=True), dpi)
    assert sorted([await opens(front, text) or "" for text in page]) == [
        "00004-01",
        "00004-02",
        "001-01",
        "01-01",
        "09619-01",
    ]


async def test_a_new_sheet_ends_what_the_old_one_opened(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    first, second = [scanned(await sheet(ann, points=[HALL]), 200)[0][0] for _ in range(2)]
    assert (await opens(front, first), await opens(front, second)) == (None, HALL)


async def test_a_sheet_that_does_not_come_out_takes_nobodys_link(registry: Registry, clock: Clock) -> None:
    link = (await registry.issue_links([HALL]))[HALL]
    async with AsyncExitStack() as stack:
        front = await standing(registry, clock, Jammed(), stack)
        ann = await front.staff(Role.ORGANISER)
        assert await refused(ann, "POST", SHEET, json={"all": True}) == (503, "busy")
        assert await opens(front, ORIGIN + link.path) == HALL


async def test_a_hall_is_named_with_its_place_and_a_handle_to_ask_by(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    pdf = await sheet(ann, points=["00004-02"])
    text = words(pdf)
    (code,) = scanned(pdf, 200)[0]
    handle, _, secret = code.removeprefix(f"{ORIGIN}/p/").partition("#")
    for word in ("Nhà văn hóa Trúc Bạch", "Phường Trúc Bạch", "00004-02", handle, "không cần mật khẩu"):
        assert word in text
    # What opens the hall is read by a camera only.
    assert secret not in text


async def test_a_coordinator_prints_within_the_own_subtree_only(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    assert len(scanned(await sheet(bob, all=True), 200)[0]) == 3
    for asked in ({"unit": "01"}, {"unit": "271"}, {"points": ["09619-01"]}, {"points": ["77777-01"]}):
        assert await refused(bob, "POST", SHEET, json=asked) == (404, "not_found")
    viewer = await front.staff(Role.VIEWER, "001")
    assert await refused(viewer, "POST", SHEET, json={"all": True}) == (403, "not_allowed")


async def test_a_unit_without_halls_is_told_so(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    assert await refused(ann, "POST", SHEET, json={"unit": "006"}) == (404, "nobody")


async def test_a_whole_citys_links_are_printed_while_somebody_waits(registry: Registry) -> None:
    directory = registry.directory
    point = directory.points[HALL]
    halls = [replace(point, code=f"00004-{number}", name=f"{point.name} {number}") for number in range(766)]
    drawn = {f"00004-{number}": link for number, link in drawn_links(range(766)).items()}
    asked = links.sheet(directory, halls, drawn, ORIGIN)
    began = worked_s()
    pdf = await Press().printed("links", asked)
    # Ten times what is promised.
    assert worked_s() - began < 100
    assert len(pages(pdf)) == 96
    assert {(round(width), round(height)) for width, height in pages(pdf)} == {(210, 297)}


async def test_names_of_any_length_and_markup_stay_within_their_card(registry: Registry) -> None:
    (link,) = drawn_links([1]).values()
    names = ["Ủ" * 300, "Hội trường " * 27, '#panic("x") *đậm* $x$ <a> \\ "']
    said = {
        "halls": [
            {"point": HALL, "name": name, "place": "Xã " * 60, "handle": link.handle, "code": f"{ORIGIN}{link.path}"}
            for name in names
        ]
    }
    pdf = await Press().printed("links", said)
    (found,) = scanned(pdf, 200)
    assert len(found) == 3
    assert '#panic("x") *đậm* $x$ <a> \\ "' in words(pdf)


async def test_the_code_is_large_enough_for_an_old_phone(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    pdf = await sheet(ann, points=[HALL])
    (code,) = scanned(pdf, 200)[0]
    assert code_mm(pdf, code) > 35
