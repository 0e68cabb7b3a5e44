"""Who may come in: passwords, sessions, links and tokens, on the wire and on disk."""

import asyncio
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from endpoints_registry.access import Role
from endpoints_registry.accounts import WrongAccount, WrongPassword
from endpoints_registry.attempts import ADDRESS_LIMIT, LIMIT, PAIR_LIMIT, WINDOW, TooManyTries, wait_s
from endpoints_registry.credentials import DEVICES
from endpoints_registry.entering import Knock
from endpoints_registry.passwords import WeakPassword
from endpoints_registry.registry import Registry, UnknownPoint, open_registry
from tests.registry.cast import DAY, NOW
from tests.registry.conftest import PASSWORD, Browser, Clock, Front, quick_passwords

LINK = "00004-01"


async def sign_in(browser: Browser, username: str, password: str) -> int:
    async with browser.post("/api/v1/session", json={"username": username, "password": password}) as answer:
        return answer.status


async def stands(browser: Browser) -> bool:
    async with browser.get("/api/v1/session") as answer:
        return answer.status == 200


# --- the staff


async def test_somebody_signs_in_looks_around_and_signs_out(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    answer = await ann.get("/api/v1/session")
    told = await answer.json()
    assert told["user"] == {"username": "organiser-all", "name": "Cán bộ organiser", "role": "organiser"}
    assert told["csrf"] == ann.session.headers["X-CSRF-Token"]
    assert (await ann.delete("/api/v1/session")).status == 204
    assert not await stands(ann)


async def test_a_session_is_taken_out_of_every_copy_of_its_cookie_when_it_is_signed_out(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    stolen = {cookie.key: cookie.value for cookie in ann.session.cookie_jar}
    thief = await front.browser()
    thief.session.cookie_jar.update_cookies(stolen)
    assert await stands(thief)
    await ann.delete("/api/v1/session")
    assert not await stands(thief)


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(front: Front) -> None:
    await front.staff(Role.ORGANISER)
    somebody = await front.browser()
    answers = []
    for name in ("organiser-all", "nobody"):
        answer = await somebody.post("/api/v1/session", json={"username": name, "password": "sai mật khẩu"})
        answers.append((answer.status, await answer.json()))
    assert answers[0] == answers[1]
    assert (answers[0][0], answers[0][1]["code"]) == (401, "wrong_password")


async def test_guessing_stops_after_some_tries_and_says_how_long_to_wait(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    thief = await front.browser()
    tried = [await sign_in(thief, "organiser-all", f"guess number {n}") for n in range(PAIR_LIMIT + 3)]
    assert tried == [401] * PAIR_LIMIT + [429] * 3
    # Not even the right one, for now; whoever is already in stays in.
    answer = await thief.post("/api/v1/session", json={"username": "organiser-all", "password": PASSWORD})
    told = await answer.json()
    assert (answer.status, told["code"]) == (429, "too_many_tries")
    assert int(answer.headers["Retry-After"]) == told["wait_s"] == int(WINDOW.total_seconds())
    assert "15 phút" in told["detail"]
    assert await stands(ann)
    front.clock.passes(WINDOW)
    assert await sign_in(thief, "organiser-all", PASSWORD) == 200


async def test_many_guesses_at_once_get_no_further_than_one_after_the_other(front: Front) -> None:
    await front.staff(Role.ORGANISER)
    thief = await front.browser()
    tried = await asyncio.gather(*(sign_in(thief, "organiser-all", f"guess number {n}") for n in range(30)))
    assert tried.count(401) <= PAIR_LIMIT
    assert set(tried) <= {401, 429}


async def test_ten_guesses_from_wherever_they_come_and_the_holders_browser_still_gets_in(registry: Registry) -> None:
    await registry.add_account("ann", "An", Role.ORGANISER, PASSWORD)
    at_home = await registry.enter(Knock("ann", PASSWORD, "10.0.0.1"))
    strangers = [Knock("ann", f"guess number {n}", f"10.0.1.{n}") for n in range(LIMIT + 5)]
    assert [await outcome(registry, each) for each in strangers] == ["WrongPassword"] * LIMIT + ["TooManyTries"] * 5
    # A browser that was never seen waits, whoever sits there; the one that has been in before does not.
    assert await outcome(registry, Knock("ann", PASSWORD, "10.0.0.2")) == "TooManyTries"
    assert await outcome(registry, Knock("ann", PASSWORD, "10.0.0.2", known=at_home.known)) == "in"


async def test_a_browser_that_was_in_before_has_ten_tries_and_no_more(registry: Registry) -> None:
    await registry.add_account("ann", "An", Role.ORGANISER, PASSWORD)
    known = (await registry.enter(Knock("ann", PASSWORD, "10.0.0.1"))).known
    stolen = [Knock("ann", f"guess number {n}", f"10.0.1.{n}", known=known) for n in range(LIMIT + 2)]
    assert [await outcome(registry, each) for each in stolen] == ["WrongPassword"] * LIMIT + ["TooManyTries"] * 2


async def test_a_browsers_proof_is_good_for_its_own_account_only(front: Front) -> None:
    await front.staff(Role.ORGANISER)
    ada = await front.staff(Role.ADMIN)
    tried = [await sign_in(ada, "organiser-all", f"guess number {n}") for n in range(PAIR_LIMIT + 1)]
    assert tried == [401] * PAIR_LIMIT + [429]
    assert await sign_in(ada, "admin-all", PASSWORD) == 200


async def outcome(registry: Registry, knock: Knock) -> str:
    try:
        await registry.enter(knock)
    except (WrongPassword, TooManyTries) as refusal:
        return type(refusal).__name__
    return "in"


async def test_one_address_may_not_try_many_accounts(front: Front) -> None:
    thief = await front.browser()
    tried = [await sign_in(thief, f"account-{n}", "guess guess guess") for n in range(ADDRESS_LIMIT + 2)]
    assert tried == [401] * ADDRESS_LIMIT + [429] * 2


@given(st.lists(st.integers(0, 3600), max_size=40), st.integers(0, 3600))
def test_no_quarter_of_an_hour_ever_sees_more_than_ten_tries(asked: list[int], last: int) -> None:
    tries: list[datetime] = []
    for second in sorted([*asked, last]):
        now = NOW + timedelta(seconds=second)
        wait = wait_s(tries, now)
        if wait == 0:
            tries.append(now)
        else:
            assert wait_s(tries, now + timedelta(seconds=wait)) == 0
        assert sum(at > now - WINDOW for at in tries) <= LIMIT


async def test_a_session_that_nobody_uses_ends_and_one_that_is_used_ends_at_last(front: Front) -> None:
    idle, used = await front.staff(Role.ORGANISER), await front.staff(Role.ADMIN)
    lifetime = front.registry.staff_lifetime
    until, step = lifetime.most, lifetime.idle * 0.9
    passed = timedelta()
    while passed + step < until:
        front.clock.passes(step)
        passed += step
        assert await stands(used)
    assert not await stands(idle)
    front.clock.passes(step)
    assert not await stands(used)


async def test_sessions_links_and_tokens_outlive_a_restart_of_ours(url: str, clock: Clock) -> None:
    async with open_registry(url, now=clock, today=lambda: DAY, passwords=quick_passwords()) as first:
        await first.import_file(b"code,name,level\n01,Ha Noi,city")
        await first.import_file("code,name\n01-01,Hội trường".encode())
        await first.add_account("ann", "An", Role.ORGANISER, PASSWORD)
        staff, _ = await first.sign_in("ANN ", PASSWORD, "here")
        link = (await first.issue_links(["01-01"]))["01-01"]
        phone, _ = await first.exchange(link.handle, link.secret, "phone", "there")
        agent = (await first.issue_tokens(["01-01"]))["01-01"]
    async with open_registry(url, now=clock, today=lambda: DAY, passwords=quick_passwords()) as second:
        callers = [
            await second.keyring.staff(staff),
            await second.keyring.phone(link.handle, phone),
            await second.keyring.agent(agent),
        ]
        assert [each.caller.name if each else None for each in callers] == ["user:ann", "point:01-01", "agent:01-01"]


async def test_nothing_that_opens_a_door_is_kept_in_the_clear(registry: Registry) -> None:
    await registry.add_account("ann", "An", Role.ORGANISER, PASSWORD)
    token, _ = await registry.sign_in("ann", PASSWORD, "here")
    link = (await registry.issue_links([LINK]))[LINK]
    phone, _ = await registry.exchange(link.handle, link.secret, "phone", "there")
    agent = (await registry.issue_tokens([LINK]))[LINK]
    kept = ""
    async with registry.store.reading() as connection:
        for table in ("account", "staff_session", "point_link", "link_session", "agent_token"):
            kept += str((await connection.execute(text(f"SELECT * FROM {table}"))).all())
    assert "argon2id" in kept
    assert not [secret for secret in (PASSWORD, token, link.secret, phone, agent) if secret in kept]


@pytest.mark.parametrize(
    ("name", "role", "scope", "password", "error"),
    [
        ("Nguyễn An", Role.ORGANISER, None, PASSWORD, WrongAccount),
        ("an", Role.ORGANISER, "001", PASSWORD, WrongAccount),
        ("an", Role.COORDINATOR, None, PASSWORD, WrongAccount),
        ("an", Role.COORDINATOR, "99999", PASSWORD, WrongAccount),
        ("an", Role.OPERATOR, "001", PASSWORD, WrongAccount),
        ("an", Role.ORGANISER, None, "ngắn", WeakPassword),
    ],
)
async def test_an_account_that_cannot_be_is_refused(
    registry: Registry, name: str, role: Role, scope: str | None, password: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await registry.add_account(name, "An", role, password, scope)


async def test_a_disabled_account_is_out_at_once(front: Front) -> None:
    ann, ada = await front.staff(Role.ORGANISER), await front.staff(Role.ADMIN)
    closed = await ada.patch("/api/v1/accounts/organiser-all", json={"disabled": True})
    assert closed.status == 200
    assert not await stands(ann)
    assert await sign_in(await front.browser(), "organiser-all", PASSWORD) == 401


async def test_a_change_needs_the_token_that_only_the_page_knows(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    for token in ("", "wrong"):
        ann.session.headers["X-CSRF-Token"] = token
        answer = await ann.post("/api/v1/registry/links", json={"points": [LINK]})
        assert (answer.status, (await answer.json())["code"]) == (403, "csrf")


# --- phones and rooms


async def opened(front: Front, code: str = LINK, device: str = "phone") -> tuple[Browser, str]:
    """A phone that has opened the point's link, and the link's handle."""
    link = (await front.registry.issue_links([code]))[code]
    browser = await front.browser()
    answer = await browser.post(f"/api/v1/links/{link.handle}/session", json={"secret": link.secret, "device": device})
    assert answer.status == 200
    assert (await answer.json())["code"] == code
    browser.session.headers["Bridge-Link"] = link.handle
    return browser, link.handle


async def sees(phone: Browser, code: str) -> bool:
    async with phone.get(f"/api/v1/points/{code}") as answer:
        return answer.status == 200


async def test_a_link_opens_its_own_point_and_no_other(front: Front) -> None:
    phone, _ = await opened(front)
    assert await sees(phone, LINK)
    assert not await sees(phone, "001-01")
    assert (await (await phone.get("/api/v1/points")).json())["total"] == 1
    assert (await (await phone.get("/api/v1/units")).json())["total"] == 0


async def test_a_new_link_ends_the_old_one_and_every_phone_on_it(front: Front) -> None:
    old, handle = await opened(front)
    new, _ = await opened(front)
    assert not await sees(old, LINK)
    assert await sees(new, LINK)
    assert handle not in (await front.registry.issue_links([LINK]))[LINK].path


async def test_a_revoked_link_opens_nothing(front: Front) -> None:
    phone, handle = await opened(front)
    ann = await front.staff(Role.ORGANISER)
    assert (await ann.delete(f"/api/v1/registry/links/{LINK}")).status == 204
    assert not await sees(phone, LINK)
    answer = await phone.post(f"/api/v1/links/{handle}/session", json={"secret": "x" * 32, "device": "phone"})
    assert (answer.status, (await answer.json())["code"]) == (404, "unknown_link")


async def test_one_browser_holds_the_links_of_two_points_apart(front: Front) -> None:
    links = await front.registry.issue_links([LINK, "001-01"])
    phone = await front.browser()
    for link in links.values():
        body = {"secret": link.secret, "device": "phone"}
        assert (await phone.post(f"/api/v1/links/{link.handle}/session", json=body)).status == 200
    for code, link in links.items():
        answer = await phone.get("/api/v1/points", headers={"Bridge-Link": link.handle})
        assert [point["code"] for point in (await answer.json())["points"]] == [code]


async def test_wrong_secrets_are_slowed_and_the_right_one_never_is(front: Front) -> None:
    link = (await front.registry.issue_links([LINK]))[LINK]
    phone = await front.browser()

    async def tried(handle: str, secret: str) -> int:
        body = {"secret": secret, "device": "phone"}
        async with phone.post(f"/api/v1/links/{handle}/session", json=body) as answer:
            return answer.status

    answers = [await tried(link.handle if n % 2 else "nowhere", f"guess {n}") for n in range(LIMIT + 2)]
    assert answers == [404] * LIMIT + [429] * 2
    assert await tried(link.handle, link.secret) == 200


async def test_a_link_is_open_on_so_many_phones_and_the_oldest_goes(front: Front) -> None:
    link = (await front.registry.issue_links([LINK]))[LINK]
    tokens = []
    for n in range(DEVICES + 1):
        front.clock.passes(timedelta(seconds=1))
        tokens.append((await front.registry.exchange(link.handle, link.secret, f"phone {n}", "here"))[0])
    async with front.registry.store.reading() as connection:
        held = (await connection.execute(text("SELECT count(*) FROM link_session"))).scalar_one()
    assert held == DEVICES
    assert await front.registry.keyring.phone(link.handle, tokens[0]) is None
    assert await front.registry.keyring.phone(link.handle, tokens[-1]) is not None


async def test_the_same_phone_opening_its_link_again_takes_no_second_place(front: Front) -> None:
    link = (await front.registry.issue_links([LINK]))[LINK]
    for _ in range(5):
        await front.registry.exchange(link.handle, link.secret, "phone", "here")
    async with front.registry.store.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM link_session"))).scalar_one() == 1


async def test_a_rooms_token_is_its_point_and_may_look_at_nothing(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    answer = await ann.post("/api/v1/registry/tokens", json={"points": [LINK]})
    (told,) = (await answer.json())["tokens"]
    credential = await front.registry.keyring.agent(told["token"])
    assert credential is not None
    assert (credential.caller.role, credential.caller.point, credential.ambient) == (Role.AGENT, LINK, False)
    room = await front.browser()
    room.session.headers["Authorization"] = f"Bearer {told['token']}"
    assert (await room.get(f"/api/v1/points/{LINK}")).status == 403
    assert (await ann.delete(f"/api/v1/registry/tokens/{LINK}")).status == 204
    assert (await room.get(f"/api/v1/points/{LINK}")).status == 401


async def test_a_wrong_bearer_does_not_fall_back_on_the_cookie(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    assert (await ann.get("/api/v1/units", headers={"Authorization": "Bearer agent_x"})).status == 401


async def test_links_are_issued_only_for_points_that_are(registry: Registry) -> None:
    with pytest.raises(UnknownPoint, match="77777-01"):
        await registry.issue_links([LINK, "77777-01"])


async def test_over_https_cookies_are_bound_to_the_host(url: str, clock: Clock) -> None:
    async with open_registry(url, now=clock, secure=True, passwords=quick_passwords()) as registry:
        assert registry.keyring.staff_cookie.startswith("__Host-")
        assert registry.keyring.link_cookie("abc").startswith("__Host-")
