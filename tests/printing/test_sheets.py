"""Badges over HTTP: whoever may see the names of a hall prints its badges, and nobody else."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridge.printing.press import Press
from bridge.printing.sheets import Sheets
from endpoints_registry.access import Role
from endpoints_registry.door import ORIGINS, RESOLVE
from endpoints_registry.gate import mount
from endpoints_registry.registry import Registry
from endpoints_registry.routes import routes
from tests.printing.paper import pages, scanned, words
from tests.registry.conftest import Browser, Clock, Front, refused
from tests.registry.test_roster_keeping import HERE, ROSTER, brought, made

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
BADGES = f"/conferences/{HERE}/badges.pdf"


@pytest.fixture
async def front(registry: Registry, clock: Clock) -> AsyncIterator[Front]:
    app = web.Application()
    app[RESOLVE] = registry.keyring
    app[ORIGINS] = frozenset()
    mount(app, [*routes(registry), *Sheets(registry, Press()).routes()])
    await made(registry, HERE)
    await registry.names.switch(HERE, True, clock())
    await brought(registry, ROSTER + "09619-01,Lê Hoa,Chủ tịch,,,\n")
    async with AsyncExitStack() as stack:
        server = TestServer(app)
        await server.start_server()
        stack.push_async_callback(server.close)
        yield Front(registry, clock, server, stack)


async def sheet(browser: Browser, query: str) -> bytes:
    async with browser.get(f"/api/v1{BADGES}?{query}") as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf"), await answer.text()
        return await answer.read()


async def test_a_halls_badges_are_printed_and_read_back_as_its_people(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    pdf = await sheet(ann, "point=00004-01")
    held = front.registry.attendees(HERE)
    assert held is not None
    (page,) = scanned(pdf, 200)
    assert {held.read_badge(text) for text in page} == {a.person for a in held.of_point("00004-01")}
    text = words(pdf)
    assert [text.count(word) for word in ("Nguyễn Thị Bình", "Phường Trúc Bạch · Quận Ba Đình", "Lê Hoa")] == [1, 4, 0]


async def test_a_units_sheet_holds_all_halls_below_it(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    assert len(scanned(await sheet(ann, "unit=001"), 200)[0]) == 5
    assert len(scanned(await sheet(ann, "unit=01"), 200)[0]) == 6


async def test_a_coordinator_prints_within_the_own_subtree_only(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "271")
    assert "Lê Hoa" in words(await sheet(bob, "unit=271"))
    for query in ("unit=01", "unit=001", "point=00004-01", "point=77777-01"):
        assert await refused(bob, "GET", f"{BADGES}?{query}") == (404, "not_found")


async def test_an_operator_prints_the_own_halls_badges_only(front: Front) -> None:
    link = (await front.registry.issue_links(["09619-01"]))["09619-01"]
    phone = await front.browser()
    body = {"secret": link.secret, "device": "phone"}
    assert (await phone.post(f"/api/v1/links/{link.handle}/session", json=body)).status == 200
    phone.session.headers["Bridge-Link"] = link.handle
    assert "Lê Hoa" in words(await sheet(phone, "point=09619-01"))
    assert await refused(phone, "GET", f"{BADGES}?point=00004-01") == (404, "not_found")


async def test_what_cannot_be_printed_is_refused_in_words(front: Front, clock: Clock) -> None:
    ann, tv = await front.staff(Role.ORGANISER), await front.staff(Role.VIEWER, "01")
    assert await refused(tv, "GET", f"{BADGES}?point=00004-01") == (403, "not_allowed")
    assert await refused(ann, "GET", BADGES) == (422, "invalid")
    assert await refused(ann, "GET", f"{BADGES}?point=00004-01&unit=001") == (422, "invalid")
    assert await refused(ann, "GET", f"{BADGES}?point=001-01") == (404, "nobody")
    await brought(front.registry, "point,name\n" + "\n".join(f"001-01,Nguyễn Văn {n}" for n in range(2_001)))
    assert await refused(ann, "GET", f"{BADGES}?point=001-01") == (422, "too_many")
    await front.registry.names.switch(HERE, False, clock())
    assert await refused(ann, "GET", f"{BADGES}?point=00004-01") == (409, "names_off")


# --- for the day on which the network dies


async def paper(browser: Browser, query: str) -> bytes:
    async with browser.get(f"/api/v1/conferences/{HERE}/papers.pdf?{query}") as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf"), await answer.text()
        return await answer.read()


async def test_a_halls_paper_asks_for_every_round_and_names_whom_to_phone(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    pdf = await paper(ann, "point=00004-01")
    text = words(pdf)
    for word in (
        "PHIẾU BÁO CÁO QUÂN SỐ",
        "Phường Trúc Bạch",
        "00004-01",
        "Đầu giờ",
        "Cuối giờ",
        "Vắng không lý do",
        "Chủ trì điểm cầu",
    ):
        assert word in text
    assert [(round(width), round(height)) for width, height in pages(pdf)] == [(210, 297)]
    # One sheet a hall, so that each goes its own way.
    assert len(pages(await paper(ann, "unit=001"))) == 3


async def test_a_roll_call_names_who_is_expected_and_leaves_lines_for_others(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    text = words(await paper(ann, "point=00004-01&form=roll"))
    held = front.registry.attendees(HERE)
    assert held is not None
    assert [each.name for each in held.of_point("00004-01") if each.name not in text] == []
    assert "DANH SÁCH ĐIỂM DANH" in text
    # Where nobody is named there are lines to write on.
    assert len(pages(await paper(ann, "point=00004-02&form=roll"))) >= 1


async def test_paper_is_printed_for_ones_own_halls_only(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "271")
    assert "09619-01" in words(await paper(bob, "unit=271"))
    for query in ("unit=01", "point=00004-01", "point=77777-01"):
        assert await refused(bob, "GET", f"/conferences/{HERE}/papers.pdf?{query}") == (404, "not_found")
    assert await refused(bob, "GET", f"/conferences/{HERE}/papers.pdf") == (422, "invalid")
    viewer = await front.staff(Role.VIEWER, "01")
    assert await refused(viewer, "GET", f"/conferences/{HERE}/papers.pdf?unit=01") == (403, "not_allowed")
