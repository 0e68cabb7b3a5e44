"""The browsers that somebody is signed in with, and what they do about their own password."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient
from sqlalchemy import insert, select

from endpoints_registry.access import ALLOWED, APPOINTS, STAFF, Action, Role
from endpoints_registry.accounts import SESSIONS, digest
from endpoints_registry.attempts import LIMIT
from endpoints_registry.tables import ACCOUNT, STAFF_SESSION
from tests.registry.cast import NOW
from tests.registry.conftest import PASSWORD, Browser, Front, refused, told

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)

OWN = "mật khẩu của riêng tôi"
LATER = NOW + timedelta(seconds=1)


async def another(front: Front, username: str, password: str = PASSWORD) -> Browser:
    """One more browser of somebody who has an account."""
    browser = await front.stack.enter_async_context(
        TestClient(front.server, cookie_jar=CookieJar(unsafe=True), headers={"User-Agent": "Máy\t chiếu/1.0"})
    )
    async with browser.post("/api/v1/session", json={"username": username, "password": password}) as answer:
        assert answer.status == 200
        browser.session.headers["X-CSRF-Token"] = (await answer.json())["csrf"]
    return browser


async def sessions(browser: Browser, **query: str) -> list[Any]:
    return list((await told(browser, "/sessions", **query))["sessions"])


async def stands(browser: Browser) -> bool:
    async with browser.get("/api/v1/session") as answer:
        return answer.status == 200


async def test_everybody_sees_their_own_browsers_and_signs_one_out(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    await front.staff(Role.ORGANISER)
    front.clock.passes(timedelta(minutes=1))
    elsewhere = await another(front, "coordinator-001")
    mine = await sessions(bob)
    assert [(each["current"], each["username"], each["address"]) for each in mine] == [
        (False, "coordinator-001", "127.0.0.1"),
        (True, "coordinator-001", "127.0.0.1"),
    ]
    assert mine[0]["browser"] == "My chiu/1.0"
    assert (await bob.delete(f"/api/v1/sessions/{mine[0]['id']}")).status == 204
    assert (await stands(bob), await stands(elsewhere)) == (True, False)


async def test_all_other_browsers_are_signed_out_at_once(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    others = [await another(front, "coordinator-001") for _ in range(3)]
    assert (await bob.delete("/api/v1/sessions")).status == 204
    assert [await stands(each) for each in (bob, *others)] == [True, False, False, False]


async def test_somebody_elses_browsers_are_none_but_to_whoever_appoints_them(front: Front) -> None:
    ada, ann = await front.staff(Role.ADMIN), await front.staff(Role.ORGANISER)
    bob, eve = await front.staff(Role.COORDINATOR, "001"), await front.staff(Role.VIEWER, "001")
    (of_bob,), (of_ann,) = await sessions(bob), await sessions(ann)
    for browser, foreign in ((eve, of_bob), (bob, of_ann), (ann, (await sessions(ada))[0])):
        missing = await refused(browser, "DELETE", "/sessions/0123456789abcdef")
        assert await refused(browser, "DELETE", f"/sessions/{foreign['id']}") == missing == (404, "not_found")
        assert await refused(browser, "GET", f"/sessions?username={foreign['username']}") == (404, "not_found")
        assert await refused(browser, "DELETE", f"/sessions?username={foreign['username']}") == (404, "not_found")
    assert [each["id"] for each in await sessions(ann, username="coordinator-001")] == [of_bob["id"]]
    assert (await ann.delete(f"/api/v1/sessions/{of_bob['id']}")).status == 204
    assert (await ada.delete("/api/v1/sessions?username=organiser-all")).status == 204
    assert [await stands(each) for each in (ada, ann, bob, eve)] == [True, False, False, True]


async def test_what_names_a_session_does_not_open_it(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    (mine,) = await sessions(bob)
    thief = await front.browser()
    thief.session.cookie_jar.update_cookies({"bridge": mine["id"]})
    assert not await stands(thief)
    # Nor is what stands for anything in a search taken for one.
    for name in ("%25", "_" * 16, mine["id"][:8]):
        assert await refused(bob, "DELETE", f"/sessions/{name}") == (404, "not_found")


async def test_a_phone_has_no_sessions_to_see(front: Front) -> None:
    link = (await front.registry.issue_links(["00004-01"]))["00004-01"]
    phone = await front.browser()
    body = {"secret": link.secret, "device": "phone"}
    csrf = (await (await phone.post(f"/api/v1/links/{link.handle}/session", json=body)).json())["csrf"]
    phone.session.headers.update({"Bridge-Link": link.handle, "X-CSRF-Token": csrf})
    for method, path in (("GET", "/sessions"), ("DELETE", "/sessions"), ("GET", "/session/otp")):
        assert await refused(phone, method, path) == (401, "signed_out")


async def test_an_account_is_open_in_so_many_browsers_and_the_oldest_goes(front: Front) -> None:
    ada, bob = await front.staff(Role.ADMIN), await front.staff(Role.COORDINATOR, "001")
    async with front.registry.store.writing() as connection:
        bobs = await connection.scalar(select(ACCOUNT.c.id).where(ACCOUNT.c.username == "coordinator-001"))
        rows = [
            {"token_hash": digest(str(n)), "account_id": bobs, "created_at": NOW, "seen_at": NOW, "address": "there"}
            for n in range(SESSIONS - 1)
        ]
        await connection.execute(insert(STAFF_SESSION), [{**row, "seen_at": LATER} for row in rows])
    assert len(await sessions(ada, username="coordinator-001")) == SESSIONS
    await front.registry.sign_in("coordinator-001", PASSWORD, "here")
    assert len(await sessions(ada, username="coordinator-001")) == SESSIONS
    front.registry.keyring.forget()
    assert not await stands(bob)


# --- one's own password


async def test_a_new_password_signs_the_other_browsers_out(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    elsewhere = await another(front, "coordinator-001")
    body = {"password": PASSWORD, "new_password": OWN}
    assert (await bob.post("/api/v1/session/password", json=body)).status == 204
    assert (await stands(bob), await stands(elsewhere)) == (True, False)
    assert await stands(await another(front, "coordinator-001", OWN))


async def test_whoever_finds_a_browser_open_does_not_guess_its_password(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    told = []
    for number in range(LIMIT + 2):
        body = {"password": f"guess {number}", "new_password": OWN}
        told.append(await refused(bob, "POST", "/session/password", json=body))
    assert told == [(401, "wrong_password")] * LIMIT + [(429, "too_many_tries")] * 2
    assert await refused(bob, "POST", "/session/password", json={"password": PASSWORD, "new_password": OWN}) == (
        429,
        "too_many_tries",
    )


async def test_a_weak_password_is_refused(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    body = {"password": PASSWORD, "new_password": "ngắn"}
    assert await refused(bob, "POST", "/session/password", json=body) == (422, "weak_password")


@pytest.mark.parametrize("role", sorted(STAFF))
async def test_a_session_says_what_its_role_may_do_as_the_gate_has_it(front: Front, role: Role) -> None:
    browser = await front.staff(role, None if role in (Role.ADMIN, Role.ORGANISER) else "001")
    session = await told(browser, "/session")
    assert set(session["may"]) == {action.value for action in Action if role in ALLOWED[action]}
    assert set(session["appoints"]) == APPOINTS.get(role, frozenset())
    # What is told as allowed is let in, and the rest refused.
    for path, action in (
        ("/accounts", Action.APPOINT),
        ("/registry/links", Action.GRANT_LINKS),
        ("/registry/template", Action.GOVERN),
    ):
        async with browser.get(f"/api/v1{path}") as answer:
            assert answer.status == (200 if action.value in session["may"] else 403)
    for lent in Role:
        expires = (NOW + timedelta(days=20)).isoformat()
        body = {"name": "cổng", "role": lent, "scope": None if lent in ("admin", "organiser") else "001"}
        async with browser.post("/api/v1/tokens", json={**body, "expires_at": expires}) as answer:
            assert (answer.status == 201) is (lent.value in session["lends"])
