"""Coming in by the city's own sign-in service, and whoever would like to come in by somebody else's."""

import base64
import hmac
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from pydantic import SecretStr, ValidationError
from structlog.testing import capture_logs

from bridge.house import House, opened_house
from bridge.settings import OidcSettings, Server, SessionSettings, Settings, Storage
from endpoints_registry import provider, vouching
from endpoints_registry.access import Role
from tests.flows.house import PASSWORD
from tests.registry.cityservice import CLIENT, SECRET, CityService, Claims, standing, unsigned

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANN: Claims = {"preferred_username": "Ann"}


@dataclass
class Browser:
    """One browser before the house, which keeps its cookies and follows nobody by itself."""

    http: aiohttp.ClientSession
    address: str

    async def goes(self, path: str) -> tuple[int, str]:
        """Status, and where it is sent."""
        url = path if path.startswith("http") else self.address + path
        async with self.http.get(url, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location", "")

    async def away(self, next_: str = "") -> str:
        status, address = await self.goes("/login/oidc" + (f"?{urlencode({'next': next_})}" if next_ else ""))
        assert status == 303
        return address

    async def who(self) -> str:
        async with self.http.get(f"{self.address}/api/v1/session") as answer:
            return str((await answer.json())["user"]["username"]) if answer.status == 200 else ""


@dataclass
class Door:
    house: House
    service: CityService

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[Browser]:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as http:
            yield Browser(http, self.house.address)


@asynccontextmanager
async def opened(folder: Path, service: CityService, **more: object) -> AsyncIterator[Door]:
    oidc = OidcSettings.model_validate(
        {"issuer": service.issuer, "client_id": CLIENT, "client_secret": SECRET, "name": "Hà Nội ID", **more}
    )
    settings = Settings(
        server=Server(port=0),
        storage=Storage(folder=folder),
        oidc=oidc,
        session=SessionSettings(otp_roles=("admin",)),
    )
    async with opened_house(settings) as house:
        for name, role in (("ann", Role.ORGANISER), ("ada", Role.ADMIN), ("gone", Role.ORGANISER)):
            account = await house.registry.add_account(name, name.capitalize(), role, PASSWORD)
            await house.registry.change_account(account, disabled=name == "gone")
        yield Door(house, service)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    async with standing() as service, opened(tmp_path_factory.mktemp("oidc"), service) as there:
        yield there


@pytest.fixture(autouse=True)
def honest(door: Door) -> None:
    door.service.forge = None


async def test_whoever_has_an_account_comes_in_and_goes_on_to_where_they_wanted(door: Door) -> None:
    async with door.browser() as browser:
        with capture_logs() as lines:
            back = door.service.way_back(await browser.away("/units/01?x=1"), ANN)
            assert await browser.goes(back) == (303, "/units/01?x=1")
        assert await browser.who() == "ann"
        assert [line["user"] for line in lines if line["event"] == "signed-in"] == ["ann"]
        async with browser.http.get(f"{browser.address}/api/v1/sessions") as answer:
            (session,) = (await answer.json())["sessions"]
        assert session["address"] == "127.0.0.1"


async def test_the_cookie_of_the_way_is_short_lived_and_no_scripts(door: Door) -> None:
    async with (
        door.browser() as browser,
        browser.http.get(f"{browser.address}/login/oidc", allow_redirects=False) as answer,
    ):
        cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("oidc=")
    for flag in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"):
        assert flag in cookie


OUTSIDE = (
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "/\r\nSet-Cookie: a=b",
    "",
)


@pytest.mark.parametrize("wanted", OUTSIDE)
async def test_nobody_is_led_away(door: Door, wanted: str) -> None:
    async with door.browser() as browser:
        back = door.service.way_back(await browser.away(wanted), ANN)
        assert await browser.goes(back) == (303, "/")


REFUSED: tuple[tuple[Claims, str], ...] = (
    ({"preferred_username": "nobody"}, "unknown_person"),
    ({"preferred_username": "gone"}, "unknown_person"),
    ({"preferred_username": ""}, "refused"),
    ({"preferred_username": ["ann"]}, "refused"),
    ({}, "refused"),
    # An administrator needs a second factor here, and the service has not asked for one.
    ({"preferred_username": "ada"}, "second_factor"),
    ({"preferred_username": "ada", "amr": ["pwd"]}, "second_factor"),
    ({"preferred_username": "ada", "acr": "urn:other"}, "second_factor"),
    # Not for us, not from there, not now.
    ({**ANN, "aud": "another"}, "refused"),
    ({**ANN, "aud": [CLIENT, "another"]}, "refused"),
    ({**ANN, "aud": [CLIENT], "azp": "another"}, "refused"),
    ({**ANN, "aud": None}, "refused"),
    ({**ANN, "iss": "http://evil.example"}, "refused"),
    ({**ANN, "nonce": "another"}, "refused"),
    ({**ANN, "nonce": None}, "refused"),
    ({**ANN, "exp": 1}, "refused"),
    ({**ANN, "exp": True}, "refused"),
    ({**ANN, "exp": "soon"}, "refused"),
    ({**ANN, "iat": 1}, "refused"),
    ({**ANN, "iat": int(time.time()) + 3_600}, "refused"),
    ({**ANN, "nbf": int(time.time()) + 3_600}, "refused"),
    ({**ANN, "sub": ""}, "refused"),
)


@pytest.mark.parametrize(("person", "why"), REFUSED)
async def test_what_does_not_hold_opens_nothing_and_says_why(door: Door, person: Claims, why: str) -> None:
    async with door.browser() as browser:
        back = door.service.way_back(await browser.away(), person)
        assert await browser.goes(back) == (303, f"/login?refused={why}")
        assert await browser.who() == ""
        async with browser.http.get(f"{browser.address}/login?refused={why}") as page:
            text = await page.text()
        assert 'role="alert"' in text.partition("<form")[0]
        assert "Hà Nội ID" in text


async def test_a_second_factor_there_is_one_here(door: Door) -> None:
    async with door.browser() as browser:
        back = door.service.way_back(await browser.away(), {"preferred_username": "ada", "amr": ["pwd", "mfa"]})
        assert await browser.goes(back) == (303, "/")
        assert await browser.who() == "ada"


# --- forged tokens


def other_key(_service: CityService) -> Callable[[Claims], str]:
    stranger = RSAKey.generate_key(2048, {"kid": "one"})
    return lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, stranger)


def shared_secret(service: CityService) -> Callable[[Claims], str]:
    """With the service's public key taken for a secret, as a careless reader would."""
    pem = service.keys[0].as_pem(private=False)

    def forged(claims: Claims) -> str:
        said = unsigned(claims, "HS256").rpartition(".")[0]
        signature = hmac.digest(pem, said.encode(), "sha256")
        return f"{said}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    return forged


def client_secret(_service: CityService) -> Callable[[Claims], str]:
    key = OctKey.import_key(SECRET)
    return lambda claims: jwt.encode({"alg": "HS256", "kid": "shared"}, claims, key, algorithms=["HS256"])


def brought_along(_service: CityService) -> Callable[[Claims], str]:
    """With a key that the token itself carries."""
    stranger = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "jwk": stranger.as_dict(private=False)}
    return lambda claims: jwt.encode(header, claims, stranger)


def changed(service: CityService) -> Callable[[Claims], str]:
    def forged(claims: Claims) -> str:
        head, _, signature = service.signed({**claims, "preferred_username": "nobody"}).split(".")
        return ".".join((head, unsigned(claims).split(".")[1], signature))

    return forged


FORGERIES: tuple[Callable[[CityService], Callable[[Claims], str]], ...] = (
    other_key,
    shared_secret,
    client_secret,
    brought_along,
    changed,
    lambda _service: unsigned,
    lambda _service: lambda claims: unsigned(claims, "None"),
    lambda service: lambda claims: service.signed(claims).rpartition(".")[0] + ".",
    lambda _service: lambda _claims: "x",
    lambda _service: lambda _claims: "",
    lambda _service: lambda _claims: "a.b.c.d.e",
)


@pytest.mark.parametrize("forging", FORGERIES)
async def test_a_token_that_the_service_has_not_signed_is_none(
    door: Door, forging: Callable[[CityService], Callable[[Claims], str]]
) -> None:
    door.service.forge = forging(door.service)
    async with door.browser() as browser:
        back = door.service.way_back(await browser.away(), ANN)
        assert await browser.goes(back) == (303, "/login?refused=refused")
        assert await browser.who() == ""


async def test_a_service_that_changes_its_key_is_understood_without_being_asked_each_time(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.service.keys.append(ECKey.generate_key("P-256", {"kid": "two"}))
    monkeypatch.setattr(provider, "AGAIN", timedelta(0))
    async with door.browser() as browser:
        assert await browser.goes(door.service.way_back(await browser.away(), ANN)) == (303, "/")
        assert await browser.who() == "ann"
    monkeypatch.undo()
    door.service.forge = other_key(door.service)
    asked = door.service.asked_for.count("keys")
    for _ in range(3):
        async with door.browser() as browser:
            await browser.goes(door.service.way_back(await browser.away(), ANN))
    assert door.service.asked_for.count("keys") == asked


# --- the way back


async def test_a_way_back_is_walked_once_and_by_the_browser_that_went(door: Door) -> None:
    async with door.browser() as browser, door.browser() as thief:
        back = door.service.way_back(await browser.away(), ANN)
        # Somebody who saw the address, without and with a way of their own.
        assert (await thief.goes(back))[1] == "/login?refused=too_late"
        await thief.away()
        assert (await thief.goes(back))[1] == "/login?refused=too_late"
        assert await thief.who() == ""
        cookie = {each.key: each.value for each in browser.http.cookie_jar}["oidc"]
        assert await browser.goes(back) == (303, "/")
        # The same again, with the cookie as it was.
        async with aiohttp.ClientSession(cookies={"oidc": cookie}) as http:
            replayed = Browser(http, browser.address)
            assert (await replayed.goes(back))[1] == "/login?refused=too_late"


async def test_a_code_of_another_sign_in_is_worth_nothing(door: Door) -> None:
    """A stranger's code put into our own way back: its nonce and its proof are the stranger's."""
    async with door.browser() as browser, door.browser() as victim:
        stolen = door.service.signs_in(await victim.away(), {"preferred_username": "ada", "amr": ["mfa"]})
        state = parse_qs(urlsplit(await browser.away()).query)["state"][0]
        status, where = await browser.goes(f"/login/oidc/return?{urlencode({'code': stolen, 'state': state})}")
        assert (status, where) == (303, "/login?refused=refused")
        assert await browser.who() == ""


async def test_a_no_of_the_service_and_a_state_that_is_none_are_told(door: Door) -> None:
    async with door.browser() as browser:
        state = parse_qs(urlsplit(await browser.away("/units/01")).query)["state"][0]
        no = f"/login/oidc/return?{urlencode({'error': 'access_denied', 'state': state})}"
        assert await browser.goes(no) == (303, "/login?refused=refused&next=%2Funits%2F01")
        await browser.away()
        assert await browser.goes("/login/oidc/return?code=x&state=%C4%91") == (303, "/login?refused=too_late")


async def test_whoever_takes_too_long_begins_anew(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vouching, "GOING_S", -1)
    async with door.browser() as browser:
        address = await browser.away()
    monkeypatch.undo()
    async with door.browser() as browser:
        assert (await browser.goes(door.service.way_back(address, ANN)))[1] == "/login?refused=too_late"


# --- a service that is not what it should be


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "http://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": 5},
        {"padding": "x" * 300_000},
    ],
)
async def test_a_description_that_does_not_hold_is_not_followed(tmp_path: Path, described: Claims) -> None:
    async with standing() as service, opened(tmp_path, service) as door, door.browser() as browser:
        service.described = described
        assert await browser.goes("/login/oidc") == (303, "/login?refused=unreachable")
        # And asked again no sooner than it may have been mended.
        assert await browser.goes("/login/oidc") == (303, "/login?refused=unreachable")
        assert service.asked_for == ["description"]


async def test_a_silent_service_keeps_nobody_from_their_password(tmp_path: Path) -> None:
    async with standing() as service, opened(tmp_path, service) as door, door.browser() as browser:
        service.silent = True
        assert await browser.goes("/login/oidc?next=/units/01") == (
            303,
            "/login?refused=unreachable&next=%2Funits%2F01",
        )
        body = {"username": "ann", "password": PASSWORD}
        async with browser.http.post(f"{browser.address}/api/v1/session", json=body) as answer:
            assert answer.status == 200


async def test_a_mail_address_counts_when_the_service_has_looked(tmp_path: Path) -> None:
    async with standing() as service, opened(tmp_path, service, claim="email") as door:
        await door.house.registry.add_account("c@hanoi.example", "C", Role.ORGANISER, PASSWORD, None)
        for verified, where in ((None, "/login?refused=refused"), (False, "/login?refused=refused"), (True, "/")):
            async with door.browser() as browser:
                person = {"email": "C@hanoi.example", "email_verified": verified}
                assert (await browser.goes(service.way_back(await browser.away(), person)))[1] == where


async def test_without_a_service_there_is_no_button_and_no_door(tmp_path: Path) -> None:
    async with (
        opened_house(Settings(server=Server(port=0), storage=Storage(folder=tmp_path))) as house,
        aiohttp.ClientSession() as http,
    ):
        async with http.get(f"{house.address}/login?refused=refused") as page:
            assert "/login/oidc" not in await page.text()
        async with http.get(f"{house.address}/login/oidc") as answer:
            assert answer.status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://a.example"},
        {"issuer": "http://a.example", "client_id": "x", "client_secret": SecretStr("y")},
        {"issuer": "https://a.example?x", "client_id": "x", "client_secret": SecretStr("y")},
        {"issuer": "https://a.example", "client_id": "x", "client_secret": SecretStr("y"), "scopes": ("profile",)},
    ],
)
async def test_half_a_configuration_is_none(wrong: Claims) -> None:
    with pytest.raises(ValidationError):
        OidcSettings.model_validate(wrong)
