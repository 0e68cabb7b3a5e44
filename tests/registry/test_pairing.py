"""A screen comes in by the code that it shows: for whoever may hang walls, once, and with every wrong code counted."""

from datetime import timedelta
from typing import Any

import pytest

from endpoints_registry import audit
from endpoints_registry.access import Role
from endpoints_registry.attempts import LIMIT
from endpoints_registry.audit import Wanted
from endpoints_registry.auditing import said
from endpoints_registry.waiting import LASTS, WAITING_EACH
from tests.registry.conftest import Browser, Front, refused, told
from tests.registry.test_walls import WALLS_PATH, count, hung, sees

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)

TV = "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) Chrome/76"


async def waits(screen: Browser) -> dict[str, Any]:
    async with screen.post("/api/v1/pairings", headers={"User-Agent": TV}) as answer:
        assert answer.status == 201, await answer.text()
        return dict(await answer.json())


async def asks(front: Front, screen: Browser, secret: str) -> tuple[int, dict[str, Any]]:
    front.clock.passes(timedelta(seconds=2))
    async with screen.post("/api/v1/pairings/session", json={"secret": secret}) as answer:
        return answer.status, dict(await answer.json())


async def taken_in(staff: Browser, handle: str, code: str) -> tuple[int, dict[str, Any]]:
    async with staff.post(f"{WALLS_PATH}/{handle}/screens", json={"code": code}) as answer:
        return answer.status, dict(await answer.json())


async def looked_for(staff: Browser, code: str) -> tuple[int, dict[str, Any]]:
    async with staff.post("/api/v1/registry/pairings", json={"code": code}) as answer:
        return answer.status, dict(await answer.json())


async def test_a_screen_is_seen_by_its_code_and_comes_in_by_its_own_secret(front: Front) -> None:
    ann, screen = await front.staff(Role.ORGANISER), await front.browser()
    handle, _ = await hung(ann, unit="001", language="en")
    shown = await waits(screen)
    assert (await asks(front, screen, shown["secret"]))[0] == 202
    status, seen = await looked_for(ann, shown["code"].lower())
    assert (status, seen["code"], seen["address"], seen["browser"]) == (200, shown["code"], "127.0.0.1", TV)
    assert shown["secret"] not in str(seen)
    # Nothing is written before somebody takes it in.
    assert await count(front, "wall_session") == 0
    assert (await taken_in(ann, handle, shown["code"]))[0] == 200
    status, shows = await asks(front, screen, shown["secret"])
    assert (status, shows["handle"], shows["unit"], shows["language"]) == (200, handle, "001", "en")
    assert await sees(screen, handle) == 200
    assert await count(front, "wall_session") == 1
    (line,) = (await told(ann, "/registry/walls"))["walls"]
    assert line["screens"] == 1


async def test_a_code_works_once_and_so_does_its_secret(front: Front) -> None:
    ann, screen, stranger = await front.staff(Role.ORGANISER), await front.browser(), await front.browser()
    handle, _ = await hung(ann)
    shown = await waits(screen)
    assert (await taken_in(ann, handle, shown["code"]))[0] == 200
    for again in (await taken_in(ann, handle, shown["code"]), await looked_for(ann, shown["code"])):
        assert (again[0], again[1]["code"]) == (404, "unknown_code")
    assert (await asks(front, screen, shown["secret"]))[0] == 200
    late = await asks(front, stranger, shown["secret"])
    assert (late[0], late[1]["code"]) == (404, "unknown_screen")
    assert await count(front, "wall_session") == 1


async def test_a_code_that_nobody_typed_in_time_opens_nothing(front: Front) -> None:
    ann, screen = await front.staff(Role.ORGANISER), await front.browser()
    handle, _ = await hung(ann)
    shown = await waits(screen)
    front.clock.passes(LASTS)
    assert (await taken_in(ann, handle, shown["code"]))[1]["code"] == "unknown_code"
    assert (await asks(front, screen, shown["secret"]))[1]["code"] == "unknown_screen"


async def test_wrong_codes_are_counted_by_account_and_a_right_one_waits_like_the_others(front: Front) -> None:
    ann, district = await front.staff(Role.ORGANISER), await front.staff(Role.COORDINATOR, "001")
    handle, _ = await hung(ann)
    shown = await waits(await front.browser())
    tried = [await looked_for(ann, f"AAAA-AA{n:02d}") for n in range(LIMIT - 1)]
    tried.append(await taken_in(ann, handle, "AAAA-AAAA"))
    assert {(status, body["code"]) for status, body in tried} == {(404, "unknown_code")}
    for kept_out in (await looked_for(ann, shown["code"]), await taken_in(ann, handle, shown["code"])):
        assert (kept_out[0], kept_out[1]["code"]) == (429, "too_many_tries")
    assert (await looked_for(district, shown["code"]))[0] == 200
    front.clock.passes(timedelta(minutes=15))
    again = await waits(await front.browser())
    assert (await looked_for(ann, again["code"]))[0] == 200


async def test_nobody_takes_a_screen_in_to_a_wall_that_is_not_theirs(front: Front) -> None:
    ann, district = await front.staff(Role.ORGANISER), await front.staff(Role.COORDINATOR, "001")
    screen = await front.browser()
    of_all, _ = await hung(ann)
    shown = await waits(screen)
    status, problem = await taken_in(district, of_all, shown["code"])
    assert (status, problem["code"]) == (404, "not_found")
    assert (await asks(front, screen, shown["secret"]))[0] == 202
    viewer = await front.staff(Role.VIEWER, "001")
    body = {"code": shown["code"]}
    assert await refused(viewer, "POST", "/registry/pairings", json=body) == (403, "not_allowed")


async def test_a_wall_that_was_taken_down_meanwhile_lets_nobody_in(front: Front) -> None:
    ann, screen = await front.staff(Role.ORGANISER), await front.browser()
    handle, _ = await hung(ann)
    shown = await waits(screen)
    await taken_in(ann, handle, shown["code"])
    assert (await ann.delete(f"{WALLS_PATH}/{handle}")).status == 204
    assert (await asks(front, screen, shown["secret"]))[0] == 404
    assert await count(front, "wall_session") == 0


async def test_the_audit_says_who_took_in_which_screen_and_keeps_no_code(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    handle, _ = await hung(ann)
    codes = []
    for _ in range(2):
        front.clock.passes(timedelta(seconds=1))
        codes.append((await waits(await front.browser()))["code"])
        await taken_in(ann, handle, codes[-1])
    async with front.registry.store.reading() as connection:
        rows = await audit.read(connection, Wanted(action="wall-paired"))
        told_beside = await audit.texts_of(connection, rows)
    assert [said(row.entry.action) for row in rows] == ["Ghép một màn hình vào liên kết của màn hình"] * 2
    assert all(row.entry.by == "user:organiser-all" and handle.encode() in row.entry.what for row in rows)
    assert set(told_beside.values()) == {f"127.0.0.1 {TV}"}
    assert not any(code in str(rows) for code in codes)


async def test_screens_at_one_address_wait_so_many_at_once(front: Front) -> None:
    screen = await front.browser()
    for _ in range(WAITING_EACH):
        await waits(screen)
    assert await refused(screen, "POST", "/pairings") == (429, "too_many_waiting")


async def test_a_screen_that_asks_without_a_pause_is_told_to_wait(front: Front) -> None:
    screen = await front.browser()
    shown = await waits(screen)
    assert (await asks(front, screen, shown["secret"]))[0] == 202
    soon = {"secret": shown["secret"]}
    assert await refused(screen, "POST", "/pairings/session", json=soon) == (429, "too_soon")
