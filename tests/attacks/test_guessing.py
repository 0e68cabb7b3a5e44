"""Guessing does not pay: ten tries, then waiting, and no answer tells whether one was warm."""

import asyncio
from collections.abc import Sequence

import aiohttp
import pytest

from tests.attacks.city import City
from tests.flows.house import PASSWORD, Answer

pytestmark = pytest.mark.asyncio(loop_scope="session")

LIMIT = 10
FROM_ONE_PLACE = 5


async def tried(city: City, username: str, password: str, **more: str) -> Answer:
    return await city.who("nobody").post("/api/v1/session", {"username": username, "password": password}, **more)


@pytest.mark.parametrize("spellings", [("ann", "ANN", " ann ", "aNn"), ("không-có-ai",)], ids=["known", "unknown"])
async def test_some_wrong_passwords_and_then_not_even_the_right_one(alone: City, spellings: Sequence[str]) -> None:
    """However the name is spelled, and wherever a header claims to come from."""
    answers = await asyncio.gather(
        *(
            tried(
                alone,
                spellings[n % len(spellings)],
                f"sai {n}",
                X_Forwarded_For=f"10.0.0.{n}",
                Forwarded=f"for=10.0.0.{n}",
            )
            for n in range(FROM_ONE_PLACE + 5)
        )
    )
    assert sorted(each.status for each in answers) == [401] * FROM_ONE_PLACE + [429] * 5
    assert len({each.body["detail"] for each in answers if each.status == 401}) == 1
    last = await tried(alone, spellings[0], PASSWORD)
    assert (last.status, last.code) == (429, "too_many_tries")
    assert 0 < int(last.headers["Retry-After"]) <= 15 * 60


async def knocked(city: City, place: str, username: str, password: str, known: str = "") -> tuple[int, str]:
    """From another address of this machine; answers the status and the cookie by which the browser is known later."""
    connector = aiohttp.TCPConnector(local_addr=(place, 0))
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
        body = {"username": username, "password": password}
        headers = {"Cookie": known} if known else {}
        async with http.post(f"{city.address}/api/v1/session", json=body, headers=headers) as answer:
            given = [cookie for cookie in answer.headers.getall("Set-Cookie", []) if cookie.startswith("known-")]
            return answer.status, given[0].partition(";")[0] if given else ""


async def test_guesses_from_everywhere_stop_at_ten_and_do_not_lock_the_holder_out(alone: City) -> None:
    status, known = await knocked(alone, "127.0.0.2", "ann", PASSWORD)
    assert status == 200
    told = [(await knocked(alone, f"127.0.1.{n}", "ann", f"sai {n}"))[0] for n in range(1, LIMIT + 4)]
    assert told == [401] * LIMIT + [429] * 3
    assert (await knocked(alone, "127.0.0.3", "ann", PASSWORD))[0] == 429
    assert (await knocked(alone, "127.0.0.3", "ann", PASSWORD, known))[0] == 200


async def test_a_known_name_and_an_unknown_one_get_the_same_words(alone: City) -> None:
    known, unknown = await tried(alone, "ann", "sai"), await tried(alone, "ai-do", "sai")
    assert (known.status, known.body) == (unknown.status, unknown.body)


async def test_a_links_secret_is_not_found_by_trying_and_the_right_one_always_opens(alone: City) -> None:
    nobody, everybody = alone.who("nobody"), alone.everybody
    told = []
    for handle, secret in ((everybody.handle, "sai"), ("a" * 12, everybody.secret), ("a" * 12, "sai")):
        answer = await nobody.post(f"/api/v1/links/{handle}/session", {"secret": secret, "device": "x"})
        told.append((answer.status, answer.body))
    assert told[0] == told[1] == told[2]
    answers = await asyncio.gather(
        *(nobody.post(f"/api/v1/links/{'b' * 12}/session", {"secret": str(n), "device": "x"}) for n in range(LIMIT + 5))
    )
    assert [each.status for each in answers].count(404) <= LIMIT - len(told)
    right = {"secret": everybody.secret, "device": "điện thoại của hội trường"}
    assert (await nobody.post(f"/api/v1/links/{everybody.handle}/session", right)).status == 200


async def test_what_opens_a_door_is_too_long_to_guess(alone: City) -> None:
    everybody, keys = alone.everybody, alone.everybody.keys
    tokens = [everybody.secret, keys.staff["ann"]["Cookie"].partition("=")[2]]
    tokens += [each.removeprefix("agent_") for each in keys.tokens.values()]
    assert len(set(tokens)) == len(tokens)
    # 24 random bytes are 32 letters of base64.
    assert {len(each) for each in tokens} == {32}


async def test_a_session_that_is_signed_out_takes_its_socket_with_it(alone: City) -> None:
    ann, bob = alone.who("ann"), alone.who("coordinator")
    screen = await alone.there.screen(bob)
    await screen.watch()
    (of_bob,) = (await ann.get("/api/v1/sessions?username=coordinator")).body["sessions"]
    assert (await ann.ask("DELETE", f"/api/v1/sessions/{of_bob['id']}", None, {})).status == 204
    assert await screen.closed() == 4503
    assert (await bob.get("/api/v1/session")).status == 401
