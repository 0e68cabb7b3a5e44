"""A program comes in for its holder: with no more than they may do, for a time, and not to make keys."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from endpoints_registry import access
from endpoints_registry.access import ALLOWED, Role
from endpoints_registry.tokens import TOKENS
from endpoints_registry.units import Cluster
from tests.registry.cast import NOW
from tests.registry.conftest import Browser, Clock, Front, refused, told

ON_SQLITE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
IN_A_MONTH = (NOW + timedelta(days=30)).isoformat()


async def lent(browser: Browser, **asked: Any) -> Any:
    body = {"name": "Bảng thống kê", "role": "viewer", "expires_at": IN_A_MONTH, **asked}
    async with browser.post("/api/v1/tokens", json=body) as answer:
        assert answer.status == 201, await answer.text()
        return await answer.json()


async def program(front: Front, token: str) -> Browser:
    browser = await front.browser()
    browser.session.headers["Authorization"] = f"Bearer {token}"
    return browser


async def codes(browser: Browser) -> list[str]:
    return [unit["code"] for unit in (await told(browser, "/units"))["units"]]


async def test_a_token_looks_for_its_holder_until_it_is_revoked(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    made = await lent(bob, scope="00004")
    assert made["token"].startswith(f"{made['prefix']}_")
    robot = await program(front, made["token"])
    assert await codes(robot) == ["00004"]
    # No cookie rides along, so there is nothing that another site could make it do.
    assert await refused(robot, "POST", "/registry/links", json={"unit": "00004"}) == (403, "not_allowed")
    (line,) = (await told(bob, "/tokens"))["tokens"]
    assert line == {key: made[key] for key in line} | {"used_at": line["used_at"]}
    assert line["used_at"]
    assert (await bob.delete(f"/api/v1/tokens/{made['id']}")).status == 204
    assert await refused(robot, "GET", "/units") == (401, "signed_out")
    assert await told(bob, "/tokens") == {"tokens": []}


@ON_SQLITE
async def test_a_token_is_over_when_it_was_said_to_be(front: Front, clock: Clock) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    robot = await program(front, (await lent(bob))["token"])
    clock.passes(timedelta(days=30) - timedelta(seconds=1))
    assert await codes(robot) == ["001", "00004", "00008"]
    clock.passes(timedelta(seconds=1))
    assert await refused(robot, "GET", "/units") == (401, "signed_out")


@ON_SQLITE
@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"role": "organiser"}, 422, "wrong_token"),
        ({"role": "admin"}, 422, "wrong_token"),
        ({"role": "operator"}, 422, "wrong_token"),
        ({"scope": "01"}, 404, "not_found"),
        ({"scope": "271"}, 404, "not_found"),
        ({"scope": "77777"}, 404, "not_found"),
        ({"scope": "C-01"}, 404, "not_found"),
        ({"expires_at": NOW.isoformat()}, 422, "wrong_token"),
        ({"expires_at": (NOW + timedelta(days=401)).isoformat()}, 422, "wrong_token"),
        ({"expires_at": "2026-04-01T00:00:00"}, 422, "invalid"),
        ({"account_id": 1}, 422, "invalid"),
        ({"name": ""}, 422, "invalid"),
    ],
)
async def test_a_token_may_not_reach_further_than_its_holder(
    front: Front, asked: dict[str, Any], status: int, code: str
) -> None:
    await front.registry.assign_cluster(Cluster("C-01", "Cụm 1", frozenset({"00004", "271"})))
    bob = await front.staff(Role.COORDINATOR, "001")
    body = {"name": "x", "role": "viewer", "expires_at": IN_A_MONTH, **asked}
    assert await refused(bob, "POST", "/tokens", json=body) == (status, code)


@ON_SQLITE
async def test_what_its_holder_loses_the_token_loses_too(front: Front) -> None:
    ada, bob = await front.staff(Role.ADMIN), await front.staff(Role.COORDINATOR, "001")
    acting = await program(front, (await lent(bob, role="coordinator"))["token"])
    looking = await program(front, (await lent(bob, scope="00004"))["token"])
    for change, expected in (
        ({"scope": "271"}, [401, 401]),
        ({"role": "organiser", "scope": None}, [200, 200]),
        ({"role": "viewer", "scope": "001"}, [401, 200]),
        ({"disabled": True}, [401, 401]),
    ):
        async with ada.patch("/api/v1/accounts/coordinator-001", json=change) as answer:
            assert answer.status == 200
        assert [(await each.get("/api/v1/units")).status for each in (acting, looking)] == expected, change


@ON_SQLITE
async def test_a_token_makes_no_keys_and_no_accounts(front: Front) -> None:
    ada = await front.staff(Role.ADMIN)
    robot = await program(front, (await lent(ada, role="admin"))["token"])
    for method, path, body in (
        ("POST", "/tokens", {"name": "x", "role": "admin", "expires_at": IN_A_MONTH}),
        ("GET", "/tokens", None),
        ("DELETE", "/tokens/1", None),
        ("GET", "/sessions", None),
        ("DELETE", "/session", None),
        ("POST", "/session/password", {"password": "x", "new_password": "y"}),
        ("POST", "/session/otp", {"password": "x"}),
        ("GET", "/accounts", None),
        ("POST", "/accounts", {}),
        ("POST", "/clusters", {}),
    ):
        assert await refused(robot, method, path, json=body) == (403, "not_by_token"), path


@ON_SQLITE
async def test_somebody_elses_tokens_are_none_but_to_whoever_appoints_them(front: Front) -> None:
    ann, bob = await front.staff(Role.ORGANISER), await front.staff(Role.COORDINATOR, "001")
    eve = await front.staff(Role.COORDINATOR, "271")
    of_bob, of_ann = await lent(bob), await lent(ann, role="organiser")
    for browser, foreign in ((eve, of_bob), (eve, of_ann), (bob, of_ann)):
        assert await refused(browser, "DELETE", f"/tokens/{foreign['id']}") == (404, "not_found")
        assert await refused(browser, "GET", f"/tokens?username={foreign['username']}") == (404, "not_found")
    assert await refused(eve, "DELETE", "/tokens/99") == await refused(eve, "DELETE", "/tokens/x") == (404, "not_found")
    assert len((await told(ann, "/tokens", username="coordinator-001"))["tokens"]) == 1
    assert (await ann.delete(f"/api/v1/tokens/{of_bob['id']}")).status == 204


@ON_SQLITE
async def test_an_account_has_so_many_tokens_and_none_is_kept_in_the_clear(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    secrets = [(await lent(bob))["token"] for _ in range(TOKENS)]
    body = {"name": "x", "role": "viewer", "expires_at": IN_A_MONTH}
    assert await refused(bob, "POST", "/tokens", json=body) == (422, "wrong_token")
    async with front.registry.store.reading() as connection:
        kept = str((await connection.execute(text("SELECT * FROM api_token"))).all())
    assert not [secret for secret in secrets if secret in kept or secret.split("_", 2)[2] in kept]
    # 24 random bytes are 32 letters of base64.
    assert {len(secret.split("_", 2)[2]) for secret in secrets} == {32}


def test_a_role_is_lent_only_by_who_may_do_all_that_it_may() -> None:
    for own in Role:
        for role in Role:
            if access.lends(own, role):
                assert all(own in allowed for allowed in ALLOWED.values() if role in allowed)
    assert [role for role in Role if access.lends(Role.COORDINATOR, role)] == ["coordinator", "inspector", "viewer"]
    assert [role for role in Role if access.lends(Role.VIEWER, role)] == ["viewer"]
