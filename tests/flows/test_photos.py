"""Photos of halls over real HTTP: sent by a hall's phone, seen by whoever sees its people, gone when the names go."""

import io
from typing import Any

from bridge.pictures import letting_go
from bridge.rules.sources import PHOTOS_OF_A_SITTING
from endpoints_registry.access import Role
from tests.flows.house import HALL, OTHER_HALL, PATH, SITTING, Browser, Own
from tests.pictures.test_darkroom import SECRET, picture, told_jpeg

PHOTOS = f"{PATH}/photos"


async def send(who: Browser, code: str, sent: bytes, kind: str = "image/jpeg") -> tuple[int, dict[str, Any]]:
    headers = {**who.headers, "Content-Type": kind}
    url = f"{who.server}{PHOTOS}?point={code}&sitting={SITTING}"
    async with who._http.post(url, data=io.BytesIO(sent), headers=headers) as answer:
        return answer.status, await answer.json()


async def fetched(who: Browser, number: int) -> tuple[int, bytes, str]:
    async with who._http.get(f"{who.server}{PHOTOS}/{number}", headers=who.headers) as answer:
        return answer.status, await answer.read(), answer.content_type


async def test_a_photo_arrives_once_without_its_place_and_is_seen_by_who_may(ours: Own) -> None:
    there, phone = ours.there, ours.there.phone(HALL)
    sent = told_jpeg(picture(900, 700))
    status, told = await send(phone, HALL, sent)
    assert (status, told["number"], told["point"], told["by"]) == (201, 1, HALL, "own")
    assert (await send(phone, HALL, sent)) == (200, told)
    for who in (phone, there.binh, there.ann):
        status, raw, kind = await fetched(who, 1)
        assert (status, kind, len(raw)) == (200, "image/jpeg", told["size"])
        assert SECRET not in raw
    kim = await there.signed_in(ours.house.registry, "kim", Role.INSPECTOR, "001")
    assert (await fetched(kim, 1))[0] == 403
    assert (await kim.get(PHOTOS)).status == 403
    other = there.phone(OTHER_HALL)
    assert (await other.get(PHOTOS)).body == {"count": 0, "photos": []}
    foreign, missing = await fetched(other, 1), await fetched(other, 7)
    assert foreign == missing
    assert foreign[0] == 404
    assert (await send(other, HALL, sent))[0] == 404
    (event,) = [each["event"] for each in await there.ann.events() if each["event"]["event"] == "photo-taken"]
    assert (event["sha256"], event["size"]) == (told["sha256"], told["size"])


async def test_what_is_no_photo_leaves_nothing(ours: Own) -> None:
    phone = ours.there.phone(HALL)
    assert (await send(phone, HALL, b"hello", "text/plain"))[0] == 415
    status, told = await send(phone, HALL, b"hello")
    assert (status, told["code"]) == (422, "unreadable")
    assert (await send(phone, HALL, b"x" * 12_000_001))[0] == 413
    assert (await phone.get(PHOTOS)).body["count"] == 0


async def test_a_hall_sends_so_many_and_no_more(ours: Own) -> None:
    phone = ours.there.phone(HALL)
    for number in range(PHOTOS_OF_A_SITTING):
        assert (await send(phone, HALL, told_jpeg(picture(100 + number))))[0] == 201
    status, told = await send(phone, HALL, told_jpeg(picture(300)))
    assert (status, told["code"]) == (409, "too_many")


async def test_photos_go_with_the_names_and_their_numbers_are_not_given_again(ours: Own) -> None:
    house, there = ours.house, ours.there
    await send(there.phone(HALL), HALL, told_jpeg(picture()))
    assert await letting_go.purge(house.registry, house.archive, 90) == 0
    # The day before the conference is as long ago as ninety days after it.
    assert await letting_go.purge(house.registry, house.archive, -1) == 1
    assert await letting_go.purge(house.registry, house.archive, -1) == 0
    ann = there.ann
    told = (await ann.get(PHOTOS)).body
    assert [(each["number"], each["gone"]) for each in told["photos"]] == [(1, True)]
    assert (await ann.get(f"{PHOTOS}/1")).code == "gone"
    status, again = await send(ann, HALL, told_jpeg(picture(500)))
    assert (status, again["number"], again["by"]) == (201, 2, "Ann")
