"""The registry over HTTP: what is found, what is imported, how a conference is made, and for whom."""

import io
from typing import Any

import openpyxl
import pytest
from aiohttp import FormData

from endpoints_registry.access import Role
from endpoints_registry.units import Cluster
from tests.registry.cast import POINTS
from tests.registry.conftest import Browser, Front

CONFERENCE: dict[str, Any] = {
    "id": "hoc-tap-2026-03",
    "title": "Hội nghị học tập nghị quyết",
    "unit": "01",
    "origin": "central",
    "hotline": {"name": "Trực kỹ thuật", "phone": "0900 000 100"},
    "sittings": [
        {"day": "2026-03-06", "starts_at": "14:00", "ends_at": "16:00", "rehearsal": True},
        {"day": "2026-03-07", "starts_at": "08:00", "ends_at": "11:30"},
    ],
    "expected": {"2026-03-07-am": {"00004-01": 64, "001-01": 120}},
}


async def told(browser: Browser, path: str, **query: str | int) -> Any:
    async with browser.get(f"/api/v1{path}", params=query) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def refused(browser: Browser, method: str, path: str, **more: Any) -> tuple[int, str]:
    async with browser.request(method, f"/api/v1{path}", **more) as answer:
        return answer.status, (await answer.json())["code"]


async def test_units_are_found_without_accents_and_always_with_their_parent(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    found = await told(ann, "/units", q="truc bach")
    assert found["total"] == 1
    assert found["units"][0] == {
        "code": "00004",
        "name": "Phường Trúc Bạch",
        "level": "ward",
        "parent": "001",
        "parent_name": "Quận Ba Đình",
        "valid_from": None,
        "valid_to": None,
    }


async def test_units_come_in_vietnamese_order_and_page_by_page(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    names: list[str] = []
    page: int | None = 1
    while page:
        some = await told(ann, "/units", parent="01", per_page=3, page=page)
        names += [unit["name"] for unit in some["units"]]
        page = some["next_page"]
    assert names == ["Quận Ba Đình", "Huyện Ba Vì", "Quận Đống Đa", "Quận Hà Đông"]


async def test_a_point_is_told_with_its_people_and_phones_as_text(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    point = await told(ann, "/points/00004-01")
    assert (point["unit_name"], point["parent_name"]) == ("Phường Trúc Bạch", "Quận Ba Đình")
    assert (point["type"], point["mode"], point["seats"], point["address"]) == ("commune", "two_way", 120, "2 Trấn Vũ")
    assert (point["area"], point["provider"], point["feeder"]) == ("Ba Đình", "VNPT", "472 E1.9")
    assert point["contacts"] == [{"role": "operator", "name": "Phạm Dung", "phone": "0900 000 004"}]


async def test_points_are_narrowed_by_unit_type_and_words(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    below = await told(ann, "/points", unit="001")
    assert [point["code"] for point in below["points"]] == ["001-01", "00004-02", "00004-01"]
    assert [p["code"] for p in (await told(ann, "/points", type="extra_hall"))["points"]] == ["00004-02"]
    assert [p["code"] for p in (await told(ann, "/points", q="nha van hoa ba dinh"))["points"]] == []
    assert [p["code"] for p in (await told(ann, "/points", q="truc bach ba dinh"))["points"]] == ["00004-01"]


async def test_a_coordinator_sees_their_subtree_and_nothing_beside_or_above_it(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    units = await told(bob, "/units")
    assert [unit["code"] for unit in units["units"]] == ["001", "00004", "00008"]
    assert (units["units"][0]["parent"], units["units"][0]["parent_name"]) == (None, "")
    assert [point["code"] for point in (await told(bob, "/points"))["points"]] == ["001-01", "00004-02", "00004-01"]
    foreign = await refused(bob, "GET", "/points/09619-01")
    assert foreign == await refused(bob, "GET", "/points/77777-01") == (404, "not_found")
    assert await refused(bob, "POST", "/registry/links", json={"points": ["09619-01"]}) == (404, "not_found")
    assert await refused(bob, "POST", "/registry/links", json={"unit": "01"}) == (404, "not_found")


async def test_a_cluster_is_the_units_that_were_assigned_to_it(front: Front) -> None:
    await front.registry.assign_cluster(Cluster("C-01", "Cụm 1", frozenset({"00008", "271"})))
    bob = await front.staff(Role.COORDINATOR, "C-01")
    assert [unit["code"] for unit in (await told(bob, "/units"))["units"]] == ["00008", "271", "09619"]
    await front.registry.assign_cluster(Cluster("C-01", "Cụm 1", frozenset({"271"})))
    assert [unit["code"] for unit in (await told(bob, "/units"))["units"]] == ["271", "09619"]


async def test_a_viewer_sees_no_names(front: Front) -> None:
    tv = await front.staff(Role.VIEWER, "01")
    assert (await told(tv, "/points/00004-01"))["contacts"] is None


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.INSPECTOR, Role.VIEWER])
async def test_only_organisers_change_the_registry(front: Front, role: Role) -> None:
    somebody = await front.staff(role, "01")
    assert await refused(somebody, "POST", "/registry/imports", data=b"x") == (403, "not_allowed")
    assert await refused(somebody, "GET", "/registry/export") == (403, "not_allowed")
    assert await refused(somebody, "POST", "/conferences", json=CONFERENCE) == (403, "not_allowed")


async def test_nobody_who_has_not_signed_in_sees_anything(front: Front) -> None:
    stranger = await front.browser()
    for path in ("/units", "/points", "/points/00004-01", "/conferences", "/registry/export", "/session"):
        assert await refused(stranger, "GET", path) == (401, "signed_out")


# --- files


async def test_an_import_is_previewed_then_done_then_has_nothing_left_to_do(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    raw = POINTS.replace(",120,", ",140,").encode()
    tallies = {"points": {"new": 0, "changed": 1, "unchanged": 4}}
    for query, imported in (("?dry_run=true", False), ("", True)):
        answer = await ann.post(f"/api/v1/registry/imports{query}", data=raw)
        report = await answer.json()
        assert (answer.status, report["imported"], report["tallies"]) == (200, imported, tallies)
        assert report["changes"][0]["altered"] == {"seats": [120, 140]}
    assert (await told(ann, "/points/00004-01"))["seats"] == 140
    again = await (await ann.post("/api/v1/registry/imports", data=raw)).json()
    assert again["changes"] == []


async def test_a_form_carries_the_file_as_well(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    form = FormData()
    form.add_field("file", POINTS.encode(), filename="diem-cau.csv", content_type="text/csv")
    report = await (await ann.post("/api/v1/registry/imports?dry_run=1", data=form)).json()
    assert report["tallies"]["points"]["unchanged"] == 5


async def test_faults_are_told_by_row_and_column_and_nothing_is_imported(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    raw = b"code,name,seats\n00004-01,Ten moi,100\n00004-02,Ten,many"
    dry = await (await ann.post("/api/v1/registry/imports?dry_run=true", data=raw)).json()
    answer = await ann.post("/api/v1/registry/imports", data=raw)
    problem = await answer.json()
    assert (answer.status, problem["code"]) == (422, "faults")
    assert dry["errors"] == problem["errors"]
    assert [(fault["row"], fault["column"]) for fault in problem["errors"]] == [(3, "seats")]
    assert (await told(ann, "/points/00004-01"))["name"] == "Phường Trúc Bạch"


async def test_a_file_that_is_none_is_refused_in_words(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    assert await refused(ann, "POST", "/registry/imports", data=b"MZ\0\0") == (422, "unreadable")
    assert await refused(ann, "POST", "/registry/imports", data=b"x" * 21_000_000) == (413, "too_large")


async def test_the_export_is_a_workbook_that_comes_in_again(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    answer = await ann.get("/api/v1/registry/export")
    assert "danh-ba-2026-03-07.xlsx" in answer.headers["Content-Disposition"]
    raw = await answer.read()
    assert openpyxl.load_workbook(io.BytesIO(raw)).sheetnames == [
        "Đơn vị",
        "Đơn vị kế tiếp",
        "Điểm cầu",
        "Số triệu tập",
    ]
    report = await (await ann.post("/api/v1/registry/imports", data=raw)).json()
    assert (report["changes"], report["errors"]) == ([], [])
    text = await (await ann.get("/api/v1/registry/export?kind=points&format=csv")).read()
    assert text.startswith("\ufeffMã điểm cầu,".encode())
    assert await refused(ann, "GET", "/registry/export?format=csv") == (422, "invalid")
    template = await (await ann.get("/api/v1/registry/template")).read()
    assert openpyxl.load_workbook(io.BytesIO(template)).sheetnames[-1] == "Hướng dẫn"


# --- conferences


async def test_a_conference_is_made_with_its_sittings_rounds_and_all_points_below_its_unit(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    answer = await ann.post("/api/v1/conferences", json=CONFERENCE)
    assert (answer.status, await answer.json()) == (
        201,
        {"id": "hoc-tap-2026-03", "points": 5, "sittings": ["2026-03-06-pm", "2026-03-07-am"]},
    )
    (line,) = (await told(ann, "/conferences"))["conferences"]
    assert (line["phase"], line["version"], line["points"]) == ("draft", 0, 5)
    assert line["starts_at"] == "2026-03-07T08:00:00.000+07:00"
    whole = await told(ann, "/conferences/hoc-tap-2026-03")
    assert whole["hotline"] == {"name": "Trực kỹ thuật", "phone": "0900 000 100"}
    assert [sitting["rehearsal"] for sitting in whole["sittings"]] == [True, False]
    assert whole["sittings"][1]["name"] == "Buổi sáng 07/03/2026"
    assert [(each["round"], each["due_at"][11:16]) for each in whole["sittings"][1]["rounds"]] == [
        ("opening", "08:15"),
        ("middle", "09:45"),
        ("closing", "12:00"),
    ]


async def test_the_plan_that_is_frozen_holds_the_tree_of_the_day_and_the_expected_numbers(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    await ann.post("/api/v1/conferences", json=CONFERENCE)
    plan = await front.registry.plan("hoc-tap-2026-03")
    assert plan is not None
    codes = [unit.code for unit in plan.units]
    assert codes == ["01", "001", "00004", "00008", "271", "09619", "006", "268", "09538"]
    summoned = {each.point.code: each.summoned["2026-03-07-am"] for each in plan.points}
    assert (summoned["00004-01"].people, summoned["001-01"].people, summoned["01-01"].people) == (64, 120, None)
    assert (summoned["00004-02"].mode, summoned["01-01"].mode) == ("tv", "main_hall")
    assert await front.registry.plan("another") is None


async def test_expected_numbers_come_in_from_a_file_too(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    await ann.post("/api/v1/conferences", json=CONFERENCE)
    rows = "conference,sitting,point,expected,reception_mode\n"
    rows += "hoc-tap-2026-03,2026-03-07-am,00004-01,70,\nhoc-tap-2026-03,2026-03-07-am,01-01,320,Truyền hình"
    report = await (await ann.post("/api/v1/registry/imports", data=rows.encode())).json()
    assert report["tallies"]["expected"] == {"new": 1, "changed": 1, "unchanged": 0}
    plan = await front.registry.plan("hoc-tap-2026-03")
    assert plan is not None
    summoned = {each.point.code: each.summoned["2026-03-07-am"] for each in plan.points}
    assert (summoned["00004-01"].people, summoned["01-01"].people, summoned["01-01"].mode) == (70, 320, "tv")


@pytest.mark.parametrize(
    ("rule", "taken"),
    [
        ({"under": ["001"]}, 3),
        ({"types": ["commune"]}, 2),
        ({"levels": ["ward"]}, 2),
        ({"codes": ["01-01"]}, 1),
        ({"but": ["001"]}, 2),
        ({"but": ["00004-02"]}, 4),
        ({"under": ["001", "271"], "types": ["commune"], "but": ["00004"]}, 1),
    ],
)
async def test_points_are_chosen_by_rule(front: Front, rule: dict[str, list[str]], taken: int) -> None:
    ann = await front.staff(Role.ORGANISER)
    answer = await ann.post("/api/v1/conferences", json={**CONFERENCE, "points": rule, "expected": {}})
    assert (await answer.json())["points"] == taken


SITTING = {"day": "2026-03-07", "starts_at": "08:00", "ends_at": "11:30"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": "Học tập"}, "Mã hội nghị"),
        ({"unit": "99999"}, "99999"),
        ({"points": {"under": ["99999"]}}, "99999"),
        ({"points": {"types": ["kho"]}}, "kho"),
        ({"points": {"codes": ["00004-01"], "but": ["00004-01"]}, "expected": {}}, "không lấy điểm cầu nào"),
        ({"expected": {"2026-03-09-am": {"00004-01": 1}}}, "2026-03-09-am"),
        ({"expected": {"2026-03-07-am": {"77777-01": 1}}}, "77777-01"),
        ({"sittings": [SITTING | {"ends_at": "07:00"}]}, "kết thúc trước"),
        ({"sittings": [SITTING, SITTING]}, "Hai buổi"),
        ({"sittings": [SITTING | {"rehearsal": True}]}, "ít nhất một buổi"),
    ],
)
async def test_a_conference_that_cannot_be_held_is_refused_with_the_reason(
    front: Front, changed: dict[str, Any], said: str
) -> None:
    ann = await front.staff(Role.ORGANISER)
    answer = await ann.post("/api/v1/conferences", json=CONFERENCE | changed)
    assert answer.status == 422
    assert said in (await answer.json())["detail"]
    assert (await told(ann, "/conferences"))["conferences"] == []


async def test_a_slug_names_one_conference(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    assert (await ann.post("/api/v1/conferences", json=CONFERENCE)).status == 201
    assert await refused(ann, "POST", "/conferences", json=CONFERENCE) == (409, "exists")


async def test_a_conference_is_seen_by_those_who_take_part(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    narrow = {**CONFERENCE, "points": {"under": ["001"]}}
    assert (await ann.post("/api/v1/conferences", json=narrow)).status == 201
    inside, outside = await front.staff(Role.COORDINATOR, "00004"), await front.staff(Role.COORDINATOR, "271")
    assert len((await told(inside, "/conferences"))["conferences"]) == 1
    assert (await told(outside, "/conferences"))["conferences"] == []
    assert await refused(outside, "GET", "/conferences/hoc-tap-2026-03") == (404, "not_found")


async def test_links_are_handed_out_for_a_whole_unit_with_the_secret_behind_the_hash(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    links = (await (await bob.post("/api/v1/registry/links", json={"unit": "00004"})).json())["links"]
    assert [link["code"] for link in links] == ["00004-02", "00004-01"]
    for link in links:
        page, secret = link["path"].split("#")
        assert page.startswith("/p/")
        assert len(secret) >= 22
