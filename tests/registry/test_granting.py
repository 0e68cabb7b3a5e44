"""Links, PINs and room tokens as whoever hands them out has them: seen, rotated and taken back, one or many."""

from typing import Any

import pytest

from endpoints_registry.access import Role
from endpoints_registry.attempts import WINDOW
from endpoints_registry.credentials import Link
from endpoints_registry.pins import LIMIT
from tests.registry.conftest import Browser, Front, refused, told

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)

HALL = "00004-01"
PIN = "739146"
EVERY = ["00004-01", "00004-02", "001-01", "01-01", "09619-01"]


async def exchanged(phone: Browser, link: Link, **more: str) -> tuple[int, Any]:
    body = {"secret": link.secret, "device": "phone", **more}
    async with phone.post(f"/api/v1/links/{link.handle}/session", json=body) as answer:
        return answer.status, await answer.json()


async def code(phone: Browser, link: Link, **more: str) -> str:
    status, answer = await exchanged(phone, link, **more)
    return "in" if status == 200 else str(answer["code"])


async def sees(phone: Browser, link: Link) -> bool:
    async with phone.get(f"/api/v1/points/{HALL}", headers={"Bridge-Link": link.handle}) as answer:
        return answer.status == 200


async def pinned(front: Front) -> Link:
    """A link of the hall, which has a PIN."""
    ann = await front.staff(Role.ORGANISER)
    assert (await ann.put(f"/api/v1/registry/pins/{HALL}", json={"pin": PIN})).status == 204
    return (await front.registry.issue_links([HALL]))[HALL]


async def handles(browser: Browser, **query: str | int) -> dict[str, str | None]:
    return {line["code"]: line["handle"] for line in (await told(browser, "/registry/links", **query))["links"]}


# --- the PIN


async def test_a_link_that_was_passed_on_opens_nothing_without_the_pin(front: Front) -> None:
    link, phone = await pinned(front), await front.browser()
    assert await code(phone, link) == "pin_needed"
    assert await code(phone, link, pin="000000") == "wrong_pin"
    assert not await sees(phone, link)
    assert await code(phone, link, pin=PIN) == "in"
    assert await sees(phone, link)


async def test_a_phone_that_is_in_is_not_asked_again_when_its_page_is_loaded_anew(front: Front) -> None:
    link, phone = await pinned(front), await front.browser()
    assert await code(phone, link, pin=PIN) == "in"
    assert await code(phone, link) == "in"
    assert await code(await front.browser(), link) == "pin_needed"


async def test_who_does_not_have_the_link_learns_nothing_of_the_pin(front: Front) -> None:
    link, phone = await pinned(front), await front.browser()
    wrong = Link(link.handle, "guess")
    assert await code(phone, wrong) == await code(phone, wrong, pin=PIN) == "unknown_link"


async def test_the_pin_is_not_guessed_and_the_wait_is_told(front: Front) -> None:
    link, phone = await pinned(front), await front.browser()
    tried = [await code(phone, link, pin=f"00000{n}") for n in range(LIMIT + 2)]
    assert tried == ["wrong_pin"] * LIMIT + ["too_many_tries"] * 2
    status, answer = await exchanged(phone, link, pin=PIN)
    assert (status, answer["wait_s"]) == (429, int(WINDOW.total_seconds()))
    assert "15 phút" in answer["detail"]
    # To be told that a PIN is needed is no try.
    front.clock.passes(WINDOW)
    assert [await code(phone, link) for _ in range(LIMIT + 1)] == ["pin_needed"] * (LIMIT + 1)
    assert await code(phone, link, pin=PIN) == "in"


async def test_a_new_pin_sends_the_open_phones_to_the_door_and_none_lets_them_in_again(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    link, phone = (await front.registry.issue_links([HALL]))[HALL], await front.browser()
    assert await code(phone, link) == "in"
    assert (await ann.put(f"/api/v1/registry/pins/{HALL}", json={"pin": PIN})).status == 204
    assert not await sees(phone, link)
    assert await code(phone, link) == "pin_needed"
    assert (await ann.delete(f"/api/v1/registry/pins/{HALL}")).status == 204
    assert await code(phone, link) == "in"


async def test_a_pin_outlives_a_new_link(front: Front) -> None:
    await pinned(front)
    link = (await front.registry.issue_links([HALL]))[HALL]
    assert await code(await front.browser(), link) == "pin_needed"


@pytest.mark.parametrize("pin", ["123", "123456789", "0000", "1234", "4321", "2345", "12a4", "١٢٣٤", "112233"])
async def test_a_pin_that_everybody_tries_first_is_refused(front: Front, pin: str) -> None:
    ann = await front.staff(Role.ORGANISER)
    assert await refused(ann, "PUT", f"/registry/pins/{HALL}", json={"pin": pin}) == (422, "weak_pin")


# --- many at once


async def test_whoever_hands_out_links_sees_what_opens_each_point(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    link = await pinned(front)
    await front.registry.issue_tokens(["001-01"])
    assert await code(await front.browser(), link, pin=PIN) == "in"
    lines = {line["code"]: line for line in (await told(bob, "/registry/links"))["links"]}
    assert sorted(lines) == ["00004-01", "00004-02", "001-01"]
    line = lines[HALL]
    assert (line["handle"], line["phones"], line["pin"], line["token"]) == (link.handle, 1, True, False)
    assert (line["name"], line["parent_name"]) == ("Phường Trúc Bạch", "Quận Ba Đình")
    line = lines["001-01"]
    assert (line["handle"], line["created_at"], line["phones"], line["token"]) == (None, None, 0, True)
    assert list(await handles(bob, q="nha van hoa")) == ["00004-02"]
    assert list(await handles(bob, unit="00004", per_page=1, page=2)) == [HALL]
    foreign = await refused(bob, "GET", "/registry/links?unit=271")
    assert foreign == await refused(bob, "GET", "/registry/links?unit=77777") == (404, "not_found")


async def test_links_are_rotated_for_a_unit_and_for_all(front: Front) -> None:
    ann, bob = await front.staff(Role.ORGANISER), await front.staff(Role.COORDINATOR, "001")
    first = await handles(ann) | {
        line["code"]: line["path"][3:15]
        for line in (await (await ann.post("/api/v1/registry/links", json={"all": True})).json())["links"]
    }
    assert sorted(first) == EVERY
    assert await handles(ann) == first
    assert (await bob.post("/api/v1/registry/links", json={"unit": "00004"})).status == 200
    second = await handles(ann)
    assert sorted(each for each in EVERY if first[each] != second[each]) == ["00004-01", "00004-02"]
    # All is all that is theirs.
    assert (await bob.post("/api/v1/registry/links/revocation", json={"all": True})).status == 204
    assert sorted(each for each, handle in (await handles(ann)).items() if handle) == ["01-01", "09619-01"]


async def test_tokens_of_rooms_are_taken_back_for_all(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    answer = await ann.post("/api/v1/registry/tokens", json={"all": True})
    given = {line["code"]: line["token"] for line in (await answer.json())["tokens"]}
    assert sorted(given) == EVERY
    assert (await ann.post("/api/v1/registry/tokens/revocation", json={"unit": "001"})).status == 204
    stands = [each for each in EVERY if await front.registry.keyring.agent(given[each]) is not None]
    assert stands == ["01-01", "09619-01"]


@pytest.mark.parametrize("what", ["links", "links/revocation", "tokens", "tokens/revocation"])
async def test_places_are_named_one_way_and_foreign_ones_are_none(front: Front, what: str) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    path = f"/registry/{what}"
    unclear: list[Any] = [{}, {"all": False}, {"all": True, "unit": "001"}, {"points": [HALL], "unit": "001"}]
    for body in unclear:
        assert await refused(bob, "POST", path, json=body) == (422, "invalid")
    foreign: list[Any] = [{"unit": "271"}, {"unit": "77777"}, {"points": [HALL, "09619-01"]}, {"points": ["77777-01"]}]
    for body in foreign:
        assert await refused(bob, "POST", path, json=body) == (404, "not_found")


async def test_another_districts_pin_is_out_of_reach(front: Front) -> None:
    bob = await front.staff(Role.COORDINATOR, "001")
    for method in ("PUT", "DELETE"):
        for point in ("09619-01", "77777-01"):
            told = await refused(bob, method, f"/registry/pins/{point}", json={"pin": PIN})
            assert told == (404, "not_found")


# --- one hall's link, as it goes out


async def test_one_new_link_comes_with_its_whole_address_drawn_and_many_without(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    async with ann.post("/api/v1/registry/links", json={"points": [HALL]}) as answer:
        (link,) = (await answer.json())["links"]
    assert link["url"].startswith("http://127.0.0.1")
    assert link["url"].endswith(link["path"])
    assert link["qr"].startswith("data:image/svg+xml")
    async with ann.post("/api/v1/registry/links", json={"points": EVERY}) as answer:
        assert {each["qr"] for each in (await answer.json())["links"]} == {None}


async def test_the_phones_of_a_link_are_seen_and_signed_out_and_the_link_stays(front: Front) -> None:
    ann, phone = await front.staff(Role.ORGANISER), await front.browser()
    link = (await front.registry.issue_links([HALL]))[HALL]
    assert await code(phone, link) == "in"
    (seen,) = (await told(ann, f"/registry/links/{HALL}/phones"))["phones"]
    assert seen["device"] == "phone"
    listed = await told(ann, "/registry/links", per_page=1)
    assert (listed["total"], listed["linked"], listed["phones"]) == (len(EVERY), 1, 1)
    assert (await ann.delete(f"/api/v1/registry/links/{HALL}/phones")).status == 204
    assert not await sees(phone, link)
    assert (await told(ann, f"/registry/links/{HALL}/phones"))["phones"] == []
    assert await code(phone, link) == "in"


async def test_another_districts_phones_do_not_exist(front: Front) -> None:
    there = await front.staff(Role.COORDINATOR, "271")
    for method in ("GET", "DELETE"):
        assert await refused(there, method, f"/registry/links/{HALL}/phones") == (404, "not_found")
