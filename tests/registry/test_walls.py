"""Links of screens on walls: made, opened, renewed and taken down; open for days, and for nothing but the board."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from endpoints_registry import audit
from endpoints_registry.access import Role
from endpoints_registry.attempts import LIMIT
from endpoints_registry.audit import Wanted
from endpoints_registry.auditing import said
from endpoints_registry.sweeping import sweep
from endpoints_registry.walls import SCREENS, WALL_LIFETIME, WALLS
from tests.registry.conftest import Browser, Front, refused, told

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)

WALLS_PATH = "/api/v1/registry/walls"
OFFICE = {
    "name": "Phòng Thường trực",
    "unit": "001",
    "views": [{"view": "tiles", "seconds": 40}],
    "theme": "hour",
    "language": "en",
}


async def hung(staff: Browser, **more: Any) -> tuple[str, str]:
    """Handle and secret of a new wall, as its address says them."""
    async with staff.post(WALLS_PATH, json={"name": "Hội trường", **more}) as answer:
        assert answer.status == 201, await answer.text()
        made = await answer.json()
    return parts(made["url"])


def parts(url: str) -> tuple[str, str]:
    where, _, link = url.partition("#")
    assert where.endswith("/wall")
    handle, _, secret = link.partition(".")
    return handle, secret


async def opened(screen: Browser, handle: str, secret: str) -> int:
    async with screen.post(f"/api/v1/walls/{handle}/session", json={"secret": secret}) as answer:
        return answer.status


async def sees(screen: Browser, handle: str) -> int:
    async with screen.get("/api/v1/conferences", headers={"Bridge-Wall": handle}) as answer:
        return answer.status


async def count(front: Front, table: str) -> int:
    async with front.registry.store.reading() as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def test_a_screen_is_let_in_by_its_link_and_told_what_to_show(front: Front) -> None:
    ann, screen = await front.staff(Role.ORGANISER), await front.browser()
    handle, secret = await hung(ann, **OFFICE)
    assert await sees(screen, handle) == 401
    async with screen.post(f"/api/v1/walls/{handle}/session", json={"secret": secret}) as answer:
        (cookie,) = answer.headers.getall("Set-Cookie")
        shows = await answer.json()
    assert {"HttpOnly", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}
    assert shows == {**OFFICE, "unit_name": "Quận Ba Đình"}
    assert await sees(screen, handle) == 200
    # By its cookie alone, when it is switched on the next morning; the cookie is given anew.
    async with screen.get("/api/v1/wall", headers={"Bridge-Wall": handle}) as answer:
        assert (await answer.json(), len(answer.headers.getall("Set-Cookie"))) == (shows, 1)
    (line,) = (await told(ann, "/registry/walls"))["walls"]
    assert (line["handle"], line["screens"]) == (handle, 1)
    assert secret not in str(line)


async def test_a_screen_stays_in_for_a_conference_of_days_and_is_forgotten_when_nobody_looks(front: Front) -> None:
    handle, secret = await hung(await front.staff(Role.ORGANISER))
    screen = await front.browser()
    await opened(screen, handle, secret)
    for _ in range(5):
        front.clock.passes(timedelta(days=20))
        assert await sees(screen, handle) == 200
    await sweep(front.registry.store, front.clock(), front.registry.staff_lifetime)
    assert await count(front, "wall_session") == 1
    front.clock.passes(WALL_LIFETIME.idle)
    assert await sees(screen, handle) == 401
    await sweep(front.registry.store, front.clock(), front.registry.staff_lifetime)
    assert await count(front, "wall_session") == 0
    assert await opened(screen, handle, secret) == 200


async def test_a_page_that_is_loaded_again_takes_no_second_place_and_many_screens_the_oldest_ones(front: Front) -> None:
    handle, secret = await hung(await front.staff(Role.ORGANISER))
    first = await front.browser()
    for _ in range(3):
        assert await opened(first, handle, secret) == 200
    assert await count(front, "wall_session") == 1
    front.clock.passes(timedelta(hours=1))
    for _ in range(SCREENS):
        await front.registry.open_wall(handle, secret, "", "here")
    front.registry.keyring.forget()
    assert await count(front, "wall_session") == SCREENS
    assert await sees(first, handle) == 401


async def test_a_renewed_link_and_a_revoked_one_open_nothing_and_the_audit_says_who(front: Front) -> None:
    ann, screen = await front.staff(Role.ORGANISER), await front.browser()
    handle, secret = await hung(ann)
    await opened(screen, handle, secret)
    async with ann.post(f"{WALLS_PATH}/{handle}/renewal") as answer:
        same, newer = parts((await answer.json())["url"])
    assert same == handle
    assert newer != secret
    assert (await sees(screen, handle), await opened(screen, handle, secret)) == (401, 404)
    assert await opened(screen, handle, newer) == 200
    assert (await ann.delete(f"{WALLS_PATH}/{handle}")).status == 204
    assert (await sees(screen, handle), await opened(screen, handle, newer)) == (401, 404)
    assert await refused(ann, "DELETE", f"/registry/walls/{handle}") == (404, "not_found")
    assert (await told(ann, "/registry/walls"))["walls"] == []
    async with front.registry.store.reading() as connection:
        rows = await audit.read(connection, Wanted(action="wall"))
    assert [said(row.entry.action) for row in rows] == [
        "Thêm liên kết của màn hình",
        "Cấp lại liên kết của màn hình",
        "Thu hồi liên kết của màn hình",
    ]
    assert all(row.entry.by == "user:organiser-all" and handle.encode() in row.entry.what for row in rows)
    assert not any(newer.encode() in row.entry.what for row in rows)


async def test_a_wall_is_changed_under_its_screens_and_the_audit_says_what_it_was(front: Front) -> None:
    ann, screen = await front.staff(Role.ORGANISER), await front.browser()
    handle, secret = await hung(ann)
    await opened(screen, handle, secret)
    async with ann.put(f"{WALLS_PATH}/{handle}", json=OFFICE) as answer:
        assert (answer.status, await answer.json()) == (200, {**OFFICE, "unit_name": "Quận Ba Đình"})
    # The same link and the same session.
    async with screen.get("/api/v1/wall", headers={"Bridge-Wall": handle}) as answer:
        assert await answer.json() == {**OFFICE, "unit_name": "Quận Ba Đình"}
    assert await opened(await front.browser(), handle, secret) == 200
    async with front.registry.store.reading() as connection:
        (row,) = await audit.read(connection, Wanted(action="wall-changed"))
    changes = {change.field: (change.before, change.after) for change in audit.what_of(row.entry).changes}
    assert said(row.entry.action) == "Thay đổi liên kết của màn hình"
    assert changes["unit_code"] == (None, "001")
    assert changes["language"] == ("vi", "en")


async def test_whoever_holds_a_wall_cannot_turn_it_to_what_is_not_theirs(front: Front) -> None:
    ann, district = await front.staff(Role.ORGANISER), await front.staff(Role.COORDINATOR, "001")
    of_all, _ = await hung(ann)
    # The newest stands first.
    front.clock.passes(timedelta(seconds=1))
    own, _ = await hung(district, unit="00004")
    nowhere = (404, "not_found")
    assert await refused(district, "PUT", f"/registry/walls/{own}", json={**OFFICE, "unit": None}) == nowhere
    assert await refused(district, "PUT", f"/registry/walls/{own}", json={**OFFICE, "unit": "01"}) == nowhere
    assert await refused(district, "PUT", f"/registry/walls/{of_all}", json=OFFICE) == nowhere
    assert [line["unit"] for line in (await told(ann, "/registry/walls"))["walls"]] == ["00004", None]


async def test_secrets_are_not_guessed_and_whoever_has_one_is_not_kept_out(front: Front) -> None:
    handle, secret = await hung(await front.staff(Role.ORGANISER))
    screen = await front.browser()
    tried = [await opened(screen, handle if n % 2 else "nowhere", f"guess {n}") for n in range(LIMIT + 1)]
    assert tried == [404] * LIMIT + [429]
    assert await opened(screen, handle, secret) == 200


async def test_whose_place_it_is_hangs_walls_there_and_nowhere_else(front: Front) -> None:
    ann, district = await front.staff(Role.ORGANISER), await front.staff(Role.COORDINATOR, "001")
    of_all, _ = await hung(ann)
    own, _ = await hung(district, unit="00004")
    nowhere = (404, "not_found")
    assert await refused(district, "POST", "/registry/walls", json={"name": "Tất cả"}) == nowhere
    assert await refused(district, "POST", "/registry/walls", json={"name": "Khác", "unit": "01"}) == nowhere
    assert await refused(ann, "POST", "/registry/walls", json={"name": "Đâu?", "unit": "99999"}) == nowhere
    assert [line["handle"] for line in (await told(district, "/registry/walls"))["walls"]] == [own]
    for act in ((f"{of_all}/renewal", "POST"), (of_all, "DELETE")):
        assert await refused(district, act[1], f"/registry/walls/{act[0]}") == nowhere
    assert len((await told(ann, "/registry/walls"))["walls"]) == 2


async def test_walls_are_bounded(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    for n in range(WALLS):
        await front.registry.hang_wall(f"Màn hình {n}", None, ("tiles:30",))
    assert await refused(ann, "POST", "/registry/walls", json={"name": "Nữa"}) == (409, "too_many")


@pytest.mark.parametrize(
    "wrong",
    [
        {"views": []},
        {"views": [{"view": "audit", "seconds": 20}]},
        {"views": [{"view": "tiles", "seconds": 0}]},
        {"views": [{"view": "tiles"}] * 9},
        {"theme": "pink"},
        {"language": "fr"},
        {"name": "Tường\x00"},
        {"name": ""},
    ],
)
async def test_what_no_wall_can_show_is_refused(front: Front, wrong: dict[str, Any]) -> None:
    ann = await front.staff(Role.ORGANISER)
    assert await refused(ann, "POST", "/registry/walls", json={"name": "Hội trường", **wrong}) == (422, "invalid")
