"""The staff's accounts over HTTP: who may make whom, what a given password opens, and many at once."""

import csv
import io
from typing import Any

import openpyxl
import pytest

from endpoints_registry.access import Role
from endpoints_registry.accounts import TakenName
from tests.registry.conftest import PASSWORD, Browser, Front, refused, told

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)

OWN = "mật khẩu của riêng tôi"
FILE = """\
username,name,role,scope
an.badinh,Nguyễn Thị An,Điều phối,001
binh.bavi,Trần Văn Bình,,271
"""


async def made(browser: Browser, **account: Any) -> Any:
    async with browser.post("/api/v1/accounts", json={"name": "Nguyễn An", **account}) as answer:
        assert answer.status == 201, await answer.text()
        return await answer.json()


async def signs_in(front: Front, username: str, password: str, **more: str) -> tuple[int, Any]:
    browser = await front.browser()
    body = {"username": username, "password": password, **more}
    async with browser.post("/api/v1/session", json=body) as answer:
        return answer.status, await answer.json()


async def names(browser: Browser, **query: str | int) -> list[str]:
    return [line["username"] for line in (await told(browser, "/accounts", **query))["accounts"]]


async def test_a_given_password_opens_nothing_but_the_way_to_ones_own(front: Front) -> None:
    ada = await front.staff(Role.ADMIN)
    given = await made(ada, username="An.BaDinh", role="coordinator", scope="001")
    assert given["account"] | {"created_at": ""} == {
        "username": "an.badinh",
        "name": "Nguyễn An",
        "role": "coordinator",
        "scope": "001",
        "scope_name": "Quận Ba Đình",
        "disabled": False,
        "one_time": True,
        "otp": False,
        "created_at": "",
        "seen_at": None,
        "sessions": 0,
    }
    password = given["password"]
    for more, status, code in (
        ({}, 401, "new_password_needed"),
        ({"new_password": "ngắn"}, 422, "weak_password"),
        ({"new_password": password}, 422, "weak_password"),
    ):
        answer = await signs_in(front, "an.badinh", password, **more)
        assert (answer[0], answer[1]["code"]) == (status, code)
    assert (await signs_in(front, "an.badinh", password, new_password=OWN))[0] == 200
    assert (await signs_in(front, "an.badinh", password, new_password="một mật khẩu khác"))[0] == 401
    assert (await signs_in(front, "an.badinh", OWN))[0] == 200
    line = await told(ada, "/accounts/an.badinh")
    assert (line["one_time"], line["sessions"]) == (False, 2)


async def test_asking_for_a_password_of_ones_own_is_no_guess(front: Front) -> None:
    ada = await front.staff(Role.ADMIN)
    password = (await made(ada, username="an", role="coordinator", scope="001"))["password"]
    for _ in range(12):
        assert (await signs_in(front, "an", password))[1]["code"] == "new_password_needed"


async def test_another_password_ends_every_session_of_the_account(front: Front) -> None:
    ada, bob = await front.staff(Role.ADMIN), await front.staff(Role.COORDINATOR, "001")
    async with ada.post("/api/v1/accounts/coordinator-001/password") as answer:
        password = (await answer.json())["password"]
    assert await refused(bob, "GET", "/units") == (401, "signed_out")
    assert (await signs_in(front, "coordinator-001", PASSWORD))[1]["code"] == "wrong_password"
    assert (await signs_in(front, "coordinator-001", password, new_password=OWN))[0] == 200


async def test_an_organiser_makes_coordinators_and_other_accounts_are_none_to_them(front: Front) -> None:
    ann, _, _ = await front.staff(Role.ORGANISER), await front.staff(Role.ADMIN), await front.staff(Role.VIEWER, "001")
    await made(ann, username="an", role="coordinator", scope="001")
    assert await names(ann) == ["an"]
    for role, scope in (("organiser", None), ("admin", None), ("viewer", "001")):
        body = {"username": "ai", "name": "Ai", "role": role, "scope": scope}
        assert await refused(ann, "POST", "/accounts", json=body) == (422, "wrong_account")
    assert await refused(ann, "PATCH", "/accounts/an", json={"role": "admin", "scope": None}) == (422, "wrong_account")
    for method, path in (
        ("GET", ""),
        ("PATCH", ""),
        ("POST", "/password"),
        ("DELETE", "/otp"),
    ):
        foreign = await refused(ann, method, f"/accounts/admin-all{path}", json={})
        assert foreign == await refused(ann, method, f"/accounts/khong-co{path}", json={}) == (404, "not_found")


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.INSPECTOR, Role.VIEWER])
async def test_nobody_else_sees_or_makes_accounts(front: Front, role: Role) -> None:
    somebody = await front.staff(role, "001")
    for method, path in (
        ("GET", "/accounts"),
        ("POST", "/accounts"),
        ("POST", "/accounts/imports"),
        ("GET", "/clusters"),
        ("DELETE", "/clusters/C-01"),
    ):
        assert await refused(somebody, method, path, json={} if method == "POST" else None) == (403, "not_allowed")


async def test_a_change_of_role_and_scope_holds_from_the_next_request_on(front: Front) -> None:
    ada, bob = await front.staff(Role.ADMIN), await front.staff(Role.COORDINATOR, "001")
    async with ada.patch("/api/v1/accounts/coordinator-001", json={"scope": "271"}) as answer:
        assert (await answer.json())["scope_name"] == "Huyện Ba Vì"
    assert [unit["code"] for unit in (await told(bob, "/units"))["units"]] == ["271", "09619"]
    async with ada.patch("/api/v1/accounts/coordinator-001", json={"role": "organiser"}) as answer:
        assert (await answer.json())["scope"] is None
    assert (await told(bob, "/units"))["total"] == 9
    assert await names(bob) == []


async def test_a_closed_account_is_out_and_can_be_opened_again(front: Front) -> None:
    ada, bob = await front.staff(Role.ADMIN), await front.staff(Role.COORDINATOR, "001")
    for disabled, status in ((True, 401), (False, 200)):
        async with ada.patch("/api/v1/accounts/coordinator-001", json={"disabled": disabled}) as answer:
            assert (await answer.json())["disabled"] is disabled
        assert await refused(bob, "GET", "/units") == (401, "signed_out")
        assert (await signs_in(front, "coordinator-001", PASSWORD))[0] == status
        assert await names(ada, disabled="true") == (["coordinator-001"] if disabled else [])


async def test_nobody_shuts_themselves_out(front: Front) -> None:
    ada = await front.staff(Role.ADMIN)
    for body in ({"disabled": True}, {"role": "organiser"}):
        assert await refused(ada, "PATCH", "/accounts/admin-all", json=body) == (409, "own_account")
    assert await refused(ada, "POST", "/accounts/admin-all/password") == (409, "own_account")
    async with ada.patch("/api/v1/accounts/admin-all", json={"name": "Ada Lê"}) as answer:
        assert (await answer.json())["name"] == "Ada Lê"


@pytest.mark.parametrize(
    "more",
    [
        {"password": "một mật khẩu tự chọn"},
        {"disabled_at": None},
        {"id": 1},
        {"given_at": None},
        {"role": "operator"},
        {"role": "agent"},
        {"name": "An\nBình"},
    ],
)
async def test_what_is_not_asked_for_is_refused(front: Front, more: dict[str, Any]) -> None:
    ada = await front.staff(Role.ADMIN)
    body = {"username": "an", "name": "An", "role": "coordinator", "scope": "001", **more}
    assert await refused(ada, "POST", "/accounts", json=body) in ((422, "invalid"), (422, "wrong_account"))
    assert await names(ada) == ["admin-all"]


async def test_accounts_are_found_without_accents_and_page_by_page(front: Front) -> None:
    ada = await front.staff(Role.ADMIN)
    for number in range(5):
        await made(ada, username=f"an{number}", name=f"Đỗ Thị Ấn {number}", role="coordinator", scope="001")
    await made(ada, username="binh", name="Bình", role="viewer", scope="271")
    page = await told(ada, "/accounts", q="do thi an", per_page=3, page=2)
    assert ([line["username"] for line in page["accounts"]], page["total"], page["next_page"]) == (
        ["an3", "an4"],
        5,
        None,
    )
    assert await names(ada, role="viewer") == await names(ada, scope="271") == ["binh"]


# --- many at once


async def sent(browser: Browser, file: str | bytes, path: str = "") -> tuple[int, bytes]:
    async with browser.post(f"/api/v1/accounts/imports{path}", data=file) as answer:
        return answer.status, await answer.read()


async def test_a_file_makes_all_its_accounts_and_gives_their_passwords_once(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    async with ann.post("/api/v1/accounts/imports/preview", data=FILE) as answer:
        preview = await answer.json()
    assert (preview["new"], preview["errors"]) == (2, [])
    assert preview["accounts"][1] == {
        "username": "binh.bavi",
        "name": "Trần Văn Bình",
        "role": "coordinator",
        "scope": "271",
    }
    assert await names(ann) == []
    status, raw = await sent(ann, FILE)
    assert status == 200
    rows = list(openpyxl.load_workbook(io.BytesIO(raw)).active.iter_rows(values_only=True))
    assert rows[0] == ("Tên đăng nhập", "Họ và tên", "Vai trò", "Phụ trách", "Mật khẩu một lần")
    assert [row[:4] for row in rows[1:]] == [
        ("an.badinh", "Nguyễn Thị An", "Điều phối", "001"),
        ("binh.bavi", "Trần Văn Bình", "Điều phối", "271"),
    ]
    assert (await signs_in(front, "an.badinh", rows[1][4], new_password=OWN))[0] == 200
    assert (await signs_in(front, "binh.bavi", rows[1][4], new_password=OWN))[0] == 401


async def test_a_csv_of_passwords_is_one_that_no_sheet_runs(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    status, raw = await sent(ann, FILE.replace("Trần Văn Bình", "=1+1"), "?format=csv")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert (status, len(rows), rows[2][1]) == (200, 3, "'=1+1")


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("an.badinh,Trùng,,001", "username", "dòng 2"),
        ("organiser-all,Đã có,,001", "username", "Đã có tài khoản"),
        ("Nguyễn An,Tên lạ,,001", "username", "không dấu"),
        ("moi,Mới,Quản trị hệ thống,", "role", "Điều phối"),
        ("moi,Mới,Vua,001", "role", "không có trong danh sách"),
        ("moi,Mới,,99999", "scope", "99999"),
        ("moi,Mới,,", "scope", "cần mã đơn vị"),
        ("moi,,,001", "name", "không được để trống"),
    ],
)
async def test_one_fault_and_nobody_is_taken_on(front: Front, line: str, column: str, words: str) -> None:
    ann = await front.staff(Role.ORGANISER)
    status, raw = await sent(ann, FILE + line)
    assert status == 422
    async with ann.post("/api/v1/accounts/imports/preview", data=FILE + line) as answer:
        (fault,) = (await answer.json())["errors"]
    assert (fault["row"], fault["column"]) == (4, column)
    assert words in fault["message"]
    assert words in raw.decode()
    assert await names(ann) == []


async def test_the_template_comes_back_as_a_file_of_accounts(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    async with ann.get("/api/v1/accounts/imports/template") as answer:
        book = openpyxl.load_workbook(io.BytesIO(await answer.read()))
    book["Tài khoản"].append(("an", "Nguyễn An", "Điều phối", "001"))
    out = io.BytesIO()
    book.save(out)
    assert (await sent(ann, out.getvalue()))[0] == 200
    assert await names(ann) == ["an"]


# --- clusters


async def test_a_cluster_is_made_filled_watched_and_not_dissolved_under_its_coordinator(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    body = {"name": "Cụm 1", "units": ["271", "00008"]}
    async with ann.post("/api/v1/clusters", json=body) as answer:
        cluster = await answer.json()
    assert (answer.status, cluster["code"], cluster["accounts"]) == (201, "C-01", 0)
    assert cluster["units"] == [
        {"code": "00008", "name": "Phường Vĩnh Phúc", "parent_name": "Quận Ba Đình"},
        {"code": "271", "name": "Huyện Ba Vì", "parent_name": "Thành phố Hà Nội"},
    ]
    bob = await front.staff(Role.COORDINATOR, "C-01")
    assert (await told(bob, "/units"))["total"] == 3
    async with ann.put("/api/v1/clusters/C-01", json={"name": "Cụm Một", "units": ["271"]}) as answer:
        assert (await answer.json())["accounts"] == 1
    assert (await told(bob, "/units"))["total"] == 2
    assert await refused(ann, "DELETE", "/clusters/C-01") == (409, "in_use")
    async with ann.patch("/api/v1/accounts/coordinator-c-01", json={"scope": "001"}) as answer:
        assert answer.status == 200
    assert (await ann.delete("/api/v1/clusters/C-01")).status == 204
    assert await told(ann, "/clusters") == {"clusters": []}


async def test_a_cluster_that_cannot_be_is_refused(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    for body, status, code in (
        ({"name": "Cụm", "units": ["001"], "code": "C-07"}, 201, None),
        ({"name": "Cụm", "units": ["001"], "code": "C-07"}, 409, "exists"),
        ({"name": "Cụm", "units": ["001"], "code": "001"}, 422, "invalid"),
        ({"name": "Cụm", "units": ["77777"]}, 422, "unknown_units"),
        ({"name": "", "units": []}, 422, "invalid"),
    ):
        async with ann.post("/api/v1/clusters", json=body) as answer:
            assert (answer.status, (await answer.json()).get("code") if code else None) == (status, code)
    assert await refused(ann, "PUT", "/clusters/C-99", json={"name": "Cụm", "units": []}) == (404, "not_found")


async def test_two_who_want_the_same_user_name_get_one_account(front: Front) -> None:
    await front.registry.add_account("an", "An", Role.ORGANISER, PASSWORD)
    with pytest.raises(TakenName):
        await front.registry.add_account("AN", "An", Role.ORGANISER, PASSWORD)
