"""People by name over HTTP: who may switch names on, bring a roster, see a list, show a hall's code."""

import io
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from endpoints_registry.access import Role
from endpoints_registry.door import ORIGINS, RESOLVE
from endpoints_registry.gate import mount
from endpoints_registry.registry import Registry
from endpoints_registry.routes import routes
from endpoints_registry.tables import ATTENDEE, KEPT_NAMES
from tests.registry.conftest import Browser, Clock, Front, refused, told

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)

ID = "hoc-tap-2026-03"
BASE = f"/conferences/{ID}"
CONFERENCE: dict[str, Any] = {
    "id": ID,
    "title": "Hội nghị học tập nghị quyết",
    "unit": "01",
    "sittings": [{"day": "2026-03-07", "starts_at": "08:00", "ends_at": "11:30"}],
}
ROSTER = """\
Mã điểm cầu,Họ và tên,Chức vụ,Thành phần
00004-01,Nguyễn Thị Bình,Bí thư,Chủ chốt
00004-01,Đỗ Văn Ân,Phó Bí thư,Cấp ủy viên
00004-01,Trần Văn An,,
09619-01,Lê Hoa,Chủ tịch,Đảng viên
"""


@dataclass
class Phase:
    now: str = "draft"


@dataclass
class Hall:
    """A city whose conference can be moved on."""

    front: Front
    ann: Browser
    """The organiser."""
    phase: Phase

    async def phone(self, code: str) -> Browser:
        link = (await self.front.registry.issue_links([code]))[code]
        browser = await self.front.browser()
        body = {"secret": link.secret, "device": "phone"}
        answer = await browser.post(f"/api/v1/links/{link.handle}/session", json=body)
        csrf = (await answer.json())["csrf"]
        browser.session.headers.update({"Bridge-Link": link.handle, "X-CSRF-Token": csrf})
        return browser

    async def filled(self) -> None:
        assert (await self.ann.put(f"/api/v1{BASE}/names", json={"names": True})).status == 200
        assert (await self.ann.post(f"/api/v1{BASE}/roster/imports", data=ROSTER.encode())).status == 200


@pytest.fixture
async def hall(registry: Registry, clock: Clock) -> AsyncIterator[Hall]:
    phase = Phase()
    app = web.Application()
    app[RESOLVE] = registry.keyring
    app[ORIGINS] = frozenset()
    mount(app, routes(registry, standing=lambda _: (phase.now, 1), origin="https://diemcau.example"))
    async with AsyncExitStack() as stack:
        server = TestServer(app)
        await server.start_server()
        stack.push_async_callback(server.close)
        front = Front(registry, clock, server, stack)
        ann = await front.staff(Role.ORGANISER)
        assert (await ann.post("/api/v1/conferences", json=CONFERENCE)).status == 201
        yield Hall(front, ann, phase)


async def test_names_are_off_until_somebody_switches_them_on(hall: Hall) -> None:
    assert (await told(hall.ann, BASE))["names"] is False
    answer = await hall.ann.put(f"/api/v1{BASE}/names", json={"names": True})
    assert await answer.json() == {"names": True, "people": 0, "keep_days": None}
    assert (await told(hall.ann, BASE))["names"] is True


async def test_while_names_are_off_everything_about_people_is_refused_in_words(hall: Hall) -> None:
    phone = await hall.phone("00004-01")
    off = (409, "names_off")
    assert await refused(hall.ann, "POST", f"{BASE}/roster/imports", data=ROSTER.encode()) == off
    assert await refused(hall.ann, "POST", f"{BASE}/roster/imports?dry_run=1", data=ROSTER.encode()) == off
    assert await refused(hall.ann, "GET", f"{BASE}/roster/export") == off
    assert await refused(hall.ann, "GET", f"{BASE}/points/00004-01/people") == off
    assert await refused(hall.ann, "DELETE", f"{BASE}/attendees/0123456789") == off
    for path in ("/desk/people", "/desk/hall-code", "/desk/hall-code.svg"):
        assert await refused(phone, "GET", path) == off
    async with phone.get("/api/v1/desk/people") as answer:
        assert "không lưu họ tên" in (await answer.json())["detail"]


async def test_once_the_points_are_frozen_names_are_switched_neither_on_nor_off(hall: Hall) -> None:
    hall.phase.now = "rehearsal"
    assert await refused(hall.ann, "PUT", f"{BASE}/names", json={"names": True}) == (409, "frozen")
    hall.phase.now = "draft"
    await hall.filled()
    hall.phase.now = "live"
    assert await refused(hall.ann, "PUT", f"{BASE}/names", json={"names": False}) == (409, "frozen")
    # Saying what is so already is no change.
    answer = await hall.ann.put(f"/api/v1{BASE}/names", json={"names": True})
    assert await answer.json() == {"names": True, "people": 4, "keep_days": None}


async def test_names_that_are_purged_between_two_looks_are_off_in_words(hall: Hall) -> None:
    await hall.filled()
    async with hall.front.registry.store.writing() as connection:
        await connection.execute(ATTENDEE.delete())
        await connection.execute(KEPT_NAMES.delete())
    asked = {"names": True, "keep_days": 30}
    assert await refused(hall.ann, "PUT", f"{BASE}/names", json=asked) == (409, "names_off")


async def test_a_roster_is_previewed_then_brought_then_has_nothing_left_to_do(hall: Hall) -> None:
    await hall.ann.put(f"/api/v1{BASE}/names", json={"names": True})
    for query, tally in (("?dry_run=true", (4, 0)), ("", (4, 0)), ("", (0, 4))):
        answer = await hall.ann.post(f"/api/v1{BASE}/roster/imports{query}", data=ROSTER.encode())
        report = await answer.json()
        counted = report["tallies"]["roster"]
        assert (answer.status, counted["new"], counted["unchanged"]) == (200, *tally)


async def test_faults_are_told_by_row_and_column_and_nobody_is_brought(hall: Hall) -> None:
    await hall.ann.put(f"/api/v1{BASE}/names", json={"names": True})
    raw = (ROSTER + "00004-01,,Bí thư,\n").encode()
    async with hall.ann.post(f"/api/v1{BASE}/roster/imports", data=raw) as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"]) == (422, "faults")
    assert [(fault["row"], fault["column"]) for fault in problem["errors"]] == [(6, "Họ và tên")]
    assert (await told(hall.ann, f"{BASE}/points/00004-01/people"))["people"] == []


async def test_people_may_still_come_late_but_not_after_the_end(hall: Hall) -> None:
    await hall.filled()
    hall.phase.now = "live"
    raw = b"point,name\n00004-02,Muon"
    assert (await hall.ann.post(f"/api/v1{BASE}/roster/imports", data=raw)).status == 200
    hall.phase.now = "closed"
    assert await refused(hall.ann, "POST", f"{BASE}/roster/imports", data=raw) == (409, "closed")


async def test_the_template_and_the_export_come_in_again(hall: Hall) -> None:
    await hall.filled()
    template = await (await hall.ann.get(f"/api/v1{BASE}/roster/template")).read()
    assert openpyxl.load_workbook(io.BytesIO(template)).sheetnames == ["Danh sách đại biểu", "Hướng dẫn"]
    for ending in ("xlsx", "csv"):
        out = await hall.ann.get(f"/api/v1{BASE}/roster/export?format={ending}")
        assert f'filename="danh-sach-dai-bieu-{ID}.{ending}"' in out.headers["Content-Disposition"]
        back = await (await hall.ann.post(f"/api/v1{BASE}/roster/imports", data=await out.read())).json()
        assert (back["changes"], back["errors"], back["tallies"]["roster"]["unchanged"]) == ([], [], 4)


async def test_an_operator_sees_the_people_of_the_own_hall_in_vietnamese_order(hall: Hall) -> None:
    await hall.filled()
    phone = await hall.phone("00004-01")
    answer = await told(phone, "/desk/people")
    assert (answer["conference"], answer["point"]) == (ID, "00004-01")
    assert [(p["name"], p["position"], p["category"]) for p in answer["people"]] == [
        ("Trần Văn An", "", "other"),
        ("Đỗ Văn Ân", "Phó Bí thư", "committee"),
        ("Nguyễn Thị Bình", "Bí thư", "leader"),
    ]
    held = hall.front.registry.attendees(ID)
    assert held is not None
    assert [held.people[p["person"]].name for p in answer["people"]] == [p["name"] for p in answer["people"]]


async def test_another_halls_people_do_not_exist_for_an_operator(hall: Hall) -> None:
    await hall.filled()
    foreign = await hall.phone("09619-01")
    assert [p["name"] for p in (await told(foreign, "/desk/people"))["people"]] == ["Lê Hoa"]
    missing = await refused(foreign, "GET", f"{BASE}/points/00004-01/people")
    assert missing == await refused(foreign, "GET", f"{BASE}/points/77777-01/people") == (404, "not_found")
    assert await refused(foreign, "GET", f"{BASE}/roster/export?point=00004-01") == (404, "not_found")
    assert await refused(foreign, "GET", f"{BASE}/roster/export?unit=09619") == (404, "not_found")
    own = await (await foreign.get(f"/api/v1{BASE}/roster/export?format=csv")).text()
    assert ("Lê Hoa" in own, "Nguyễn" in own) == (True, False)


async def test_a_coordinator_sees_the_people_of_the_own_subtree_and_no_others(hall: Hall) -> None:
    await hall.filled()
    bob = await hall.front.staff(Role.COORDINATOR, "001")
    text = await (await bob.get(f"/api/v1{BASE}/roster/export?format=csv")).text()
    assert ("Nguyễn Thị Bình" in text, "Lê Hoa" in text) == (True, False)
    assert len((await told(bob, f"{BASE}/points/00004-01/people"))["people"]) == 3
    for query in ("unit=01", "unit=271", "point=09619-01", "point=77777-01"):
        assert await refused(bob, "GET", f"{BASE}/roster/export?{query}") == (404, "not_found")
    assert await refused(bob, "GET", f"{BASE}/points/09619-01/people") == (404, "not_found")
    for method, path in (("PUT", "names"), ("POST", "roster/imports"), ("DELETE", "attendees/0123456789")):
        assert await refused(bob, method, f"{BASE}/{path}", json={}) == (403, "not_allowed")
    assert await refused(bob, "GET", "/desk/people") == (404, "not_found")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.INSPECTOR])
async def test_those_who_see_no_names_get_none(hall: Hall, role: Role) -> None:
    await hall.filled()
    tv = await hall.front.staff(role, "01")
    for path in (f"{BASE}/roster/export", f"{BASE}/roster/template", f"{BASE}/points/00004-01/people", "/desk/people"):
        assert await refused(tv, "GET", path) == (403, "not_allowed")
    assert await refused(tv, "GET", "/desk/hall-code") == (403, "not_allowed")
    stranger = await hall.front.browser()
    assert await refused(stranger, "GET", f"{BASE}/roster/export") == (401, "signed_out")


async def test_the_halls_code_is_an_address_that_changes_and_is_drawn(hall: Hall, clock: Clock) -> None:
    await hall.filled()
    phone = await hall.phone("00004-01")
    shown = await told(phone, "/desk/hall-code")
    page, code = shown["url"].split("#")
    assert page == "https://diemcau.example/c/00004-01"
    assert (0 < shown["seconds_left"] <= 20, shown["step_s"]) == (True, 20)
    held = hall.front.registry.attendees(ID)
    assert held is not None
    now_ms = round(clock().timestamp() * 1000)
    assert held.read_hall_code("00004-01", code, now_ms)
    assert not held.read_hall_code("09619-01", code, now_ms)
    async with phone.get("/api/v1/desk/hall-code.svg") as drawn:
        assert drawn.content_type == "image/svg+xml"
        assert (await drawn.read()).startswith(b"<svg")


async def test_who_is_taken_off_the_roster_is_gone_from_every_list(hall: Hall) -> None:
    await hall.filled()
    people = (await told(hall.ann, f"{BASE}/points/09619-01/people"))["people"]
    path = f"{BASE}/attendees/{people[0]['person']}"
    assert (await hall.ann.delete(f"/api/v1{path}")).status == 204
    assert await refused(hall.ann, "DELETE", path) == (404, "not_found")
    assert (await told(hall.ann, f"{BASE}/points/09619-01/people"))["people"] == []


async def test_no_name_reaches_the_log(hall: Hall) -> None:
    with capture_logs() as lines:
        await hall.filled()
        await told(hall.ann, f"{BASE}/points/00004-01/people")
        await hall.ann.post(f"/api/v1{BASE}/roster/imports", data=(ROSTER + "x,y\n").encode())
        await hall.ann.put(f"/api/v1{BASE}/names", json={"names": False})
    assert {line["event"] for line in lines} >= {"names-switched", "roster-imported"}
    assert [name for name in ("Nguyễn", "Bình", "Đỗ Văn", "Lê Hoa") if name in repr(lines)] == []
