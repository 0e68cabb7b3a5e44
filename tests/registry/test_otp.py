"""The second factor: taken up, asked for, never taken twice, and what is left when the phone is lost."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from endpoints_registry.access import Role
from endpoints_registry.attempts import PAIR_LIMIT, WINDOW
from endpoints_registry.door import ORIGINS, RESOLVE
from endpoints_registry.gate import mount
from endpoints_registry.registry import open_registry
from endpoints_registry.routes import routes
from tests.registry.cast import DAY, UNITS
from tests.registry.conftest import PASSWORD, Browser, Clock, Front, quick_passwords, refused, told

HALF_MINUTE = timedelta(seconds=30)


def shown(secret: str, clock: Clock) -> str:
    """What the phone shows now."""
    return pyotp.TOTP(secret).at(clock.now)


async def knocks(front: Front, username: str, **more: str) -> tuple[int, Any]:
    browser = await front.browser()
    body = {"username": username, "password": PASSWORD, **more}
    async with browser.post("/api/v1/session", json=body) as answer:
        return answer.status, await answer.json()


async def code(front: Front, username: str, **more: str) -> str:
    status, answer = await knocks(front, username, **more)
    return "in" if status == 200 else str(answer["code"])


async def enrolled(front: Front, browser: Browser) -> tuple[str, list[str]]:
    """The phone's secret and the recovery codes."""
    async with browser.post("/api/v1/session/otp", json={"password": PASSWORD}) as answer:
        secret = (await answer.json())["secret"]
    async with browser.put("/api/v1/session/otp", json={"otp": shown(secret, front.clock)}) as answer:
        assert answer.status == 200, await answer.text()
        codes = (await answer.json())["recovery_codes"]
    front.clock.passes(HALF_MINUTE)
    return secret, codes


async def test_a_phone_is_taken_up_by_its_qr_code_and_asked_for_from_then_on(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    async with bob.post("/api/v1/session/otp", json={"password": PASSWORD}) as answer:
        begun = await answer.json()
    assert begun["qr"].startswith("data:image/svg+xml")
    uri = urlsplit(begun["uri"])
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == "/Điểm cầu:coordinator-001"
    assert parse_qs(uri.query) == {"secret": [begun["secret"]], "issuer": ["Điểm cầu"]}
    # Nobody is asked before the phone has shown that it knows.
    assert await code(front, "coordinator-001") == "in"
    assert await refused(bob, "PUT", "/session/otp", json={"otp": "000000"}) == (401, "wrong_otp")
    secret, codes = await enrolled(front, bob)
    assert secret == begun["secret"]
    assert len(set(codes)) == 10
    assert await told(bob, "/session/otp") == {"enrolled": True, "required": False, "recovery_left": 10}
    assert await code(front, "coordinator-001") == "otp_needed"
    assert await code(front, "coordinator-001", otp="000000") == "wrong_otp"
    assert await code(front, "coordinator-001", otp=shown(secret, front.clock)) == "in"


async def test_a_code_is_taken_once_and_never_an_older_one(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    secret, _ = await enrolled(front, bob)
    before, now = shown(secret, front.clock), front.clock
    now.passes(HALF_MINUTE)
    assert await code(front, "coordinator-001", otp=shown(secret, now)) == "in"
    assert await code(front, "coordinator-001", otp=shown(secret, now)) == "wrong_otp"
    assert await code(front, "coordinator-001", otp=before) == "wrong_otp"
    now.passes(HALF_MINUTE)
    assert await code(front, "coordinator-001", otp=shown(secret, now)) == "in"


async def test_a_phone_may_be_half_a_minute_off_and_no_more(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    secret, _ = await enrolled(front, bob)
    front.clock.passes(HALF_MINUTE * 4)
    late, early = (pyotp.TOTP(secret).at(front.clock.now + HALF_MINUTE * off) for off in (-2, 2))
    assert [await code(front, "coordinator-001", otp=each) for each in (late, early)] == ["wrong_otp"] * 2
    behind = pyotp.TOTP(secret).at(front.clock.now - HALF_MINUTE)
    assert await code(front, "coordinator-001", otp=behind) == "in"


async def test_a_recovery_code_opens_once(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    _, codes = await enrolled(front, bob)
    assert await code(front, "coordinator-001", otp=f" {codes[3].upper()} ") == "in"
    assert await code(front, "coordinator-001", otp=codes[3]) == "wrong_otp"
    assert (await told(bob, "/session/otp"))["recovery_left"] == 9


async def test_whoever_knows_the_password_does_not_guess_the_code(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    secret, _ = await enrolled(front, bob)
    tried = [await code(front, "coordinator-001", otp=f"00000{n}") for n in range(PAIR_LIMIT + 2)]
    assert tried == ["wrong_otp"] * PAIR_LIMIT + ["too_many_tries"] * 2
    # To ask what is needed is no guess, and takes none back.
    assert await code(front, "coordinator-001") == "too_many_tries"
    front.clock.passes(WINDOW)
    assert await code(front, "coordinator-001", otp=shown(secret, front.clock)) == "in"


async def test_a_wrong_password_is_told_the_same_with_a_factor_and_without(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    await front.staff(Role.ORGANISER)
    await enrolled(front, bob)
    answers = [await knocks(front, name, password="sai mật khẩu") for name in ("coordinator-001", "organiser-all")]
    assert answers[0] == answers[1]


async def test_the_phone_is_put_down_with_password_and_code_only(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    secret, _ = await enrolled(front, bob)
    for password, otp, problem in (
        ("sai mật khẩu", shown(secret, front.clock), "wrong_password"),
        (PASSWORD, "000000", "wrong_otp"),
    ):
        body = {"password": password, "otp": otp}
        assert await refused(bob, "POST", "/session/otp/removal", json=body) == (401, problem)
    body = {"password": PASSWORD, "otp": shown(secret, front.clock)}
    assert (await bob.post("/api/v1/session/otp/removal", json=body)).status == 204
    assert await code(front, "coordinator-001") == "in"


async def test_another_phone_does_not_take_the_place_of_one_in_use(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    secret, _ = await enrolled(front, bob)
    assert await refused(bob, "POST", "/session/otp", json={"password": PASSWORD}) == (409, "enrolled")
    assert await refused(bob, "PUT", "/session/otp", json={"otp": shown(secret, front.clock)}) == (409, "enrolled")


async def test_a_lost_phone_is_taken_off_by_whoever_appoints_and_ends_the_sessions(front: Front) -> None:
    ann, bob = await front.staff(Role.ORGANISER), await front.staff(Role.COORDINATOR, "001")
    await enrolled(front, bob)
    assert (await told(ann, "/accounts/coordinator-001"))["otp"] is True
    assert (await ann.delete("/api/v1/accounts/coordinator-001/otp")).status == 204
    assert await refused(bob, "GET", "/session") == (401, "signed_out")
    assert await code(front, "coordinator-001") == "in"


async def test_a_secret_that_was_left_on_a_screen_is_no_longer_taken(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    async with bob.post("/api/v1/session/otp", json={"password": PASSWORD}) as answer:
        secret = (await answer.json())["secret"]
    front.clock.passes(timedelta(hours=1))
    body = {"otp": shown(secret, front.clock)}
    assert await refused(bob, "PUT", "/session/otp", json=body) == (401, "wrong_otp")
    async with bob.post("/api/v1/session/otp", json={"password": PASSWORD}) as answer:
        assert (await answer.json())["secret"] != secret


# --- where the city asks it of a role


@pytest.fixture
async def strict(url: str, clock: Clock) -> AsyncIterator[Front]:
    """A house in which organisers come in with a second factor only."""
    async with (
        open_registry(
            url, now=clock, today=lambda: DAY, otp_roles=[Role.ORGANISER], passwords=quick_passwords()
        ) as registry,
        AsyncExitStack() as stack,
    ):
        await registry.import_file(UNITS.encode())
        app = web.Application()
        app[RESOLVE], app[ORIGINS] = registry.keyring, frozenset()
        mount(app, routes(registry))
        server = TestServer(app)
        await server.start_server()
        stack.push_async_callback(server.close)
        yield Front(registry, clock, server, stack)


async def test_a_role_that_needs_it_takes_it_up_at_the_first_sign_in(strict: Front) -> None:
    await strict.registry.add_account("ann", "An", Role.ORGANISER, PASSWORD, one_time=True)
    own = {"new_password": "mật khẩu của riêng tôi"}
    status, answer = await knocks(strict, "ann", **own)
    assert (status, answer["code"]) == (401, "otp_enrolment_needed")
    assert answer["qr"].startswith("data:image/svg+xml")
    # The same until it is confirmed: whoever scans the first picture has the right one.
    assert (await knocks(strict, "ann", **own))[1]["secret"] == answer["secret"]
    assert await code(strict, "ann", otp="000000", **own) == "wrong_otp"
    status, inside = await knocks(strict, "ann", otp=shown(answer["secret"], strict.clock), **own)
    assert (status, len(inside["recovery_codes"])) == (200, 10)
    strict.clock.passes(HALF_MINUTE)
    later = {"password": own["new_password"]}
    assert await code(strict, "ann", **later) == "otp_needed"
    status, inside = await knocks(strict, "ann", otp=shown(answer["secret"], strict.clock), **later)
    assert (status, inside["recovery_codes"]) == (200, [])


async def test_other_roles_come_in_without_it(strict: Front) -> None:
    await strict.registry.add_account("bob", "Bình", Role.COORDINATOR, PASSWORD, "001")
    assert await code(strict, "bob") == "in"


async def test_who_needs_it_and_puts_it_down_is_out_until_they_take_it_up_again(strict: Front) -> None:
    await strict.registry.add_account("ann", "An", Role.ORGANISER, PASSWORD)
    secret = (await knocks(strict, "ann"))[1]["secret"]
    ann = await strict.browser()
    body = {"username": "ann", "password": PASSWORD, "otp": shown(secret, strict.clock)}
    csrf = (await (await ann.post("/api/v1/session", json=body)).json())["csrf"]
    strict.clock.passes(HALF_MINUTE)
    ann.session.headers["X-CSRF-Token"] = csrf
    body = {"password": PASSWORD, "otp": shown(secret, strict.clock)}
    assert (await told(ann, "/session/otp"))["required"] is True
    assert (await ann.post("/api/v1/session/otp/removal", json=body)).status == 204
    assert await refused(ann, "GET", "/session") == (401, "signed_out")
    assert await code(strict, "ann") == "otp_enrolment_needed"
