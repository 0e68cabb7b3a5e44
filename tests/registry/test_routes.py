"""The registry over HTTP: what is found, what is imported, and by whom."""

import io

import openpyxl
import pytest
from aiohttp import FormData

from endpoints_registry.access import Role
from endpoints_registry.units import Cluster
from tests.registry.cast import POINTS
from tests.registry.conftest import Front, refused, told

# The two databases are told apart below; what the addresses do with it is the same on both.
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


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
    assert await refused(somebody, "POST", "/conferences", json={}) == (403, "not_allowed")


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
    assert await refused(ann, "POST", "/registry/imports", data=io.BytesIO(b"x" * 21_000_000)) == (413, "too_large")


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


async def test_links_are_handed_out_for_a_whole_unit_with_the_secret_behind_the_hash(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    links = (await (await bob.post("/api/v1/registry/links", json={"unit": "00004"})).json())["links"]
    assert [link["code"] for link in links] == ["00004-02", "00004-01"]
    for link in links:
        page, secret = link["path"].split("#")
        assert page.startswith("/p/")
        assert len(secret) >= 22
