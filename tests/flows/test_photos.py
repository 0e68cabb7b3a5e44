"""Photos of halls over real HTTP: sent by a hall's phone, seen by whoever sees its people, gone when the names go."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bridge.archive import Kind
from bridge.edges.photos import STRAY_MS
from bridge.journal import JournalAway
from bridge.pictures import letting_go
from bridge.rules.sources import PHOTOS_OF_A_SITTING
from endpoints_registry.access import Role
from tests.flows.house import CONFERENCE, HALL, OTHER_HALL, PATH, SITTING, Browser, Own
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
    # The last one again, because its answer was lost on the way: it is kept, and its phone hears so.
    status, told = await send(phone, HALL, told_jpeg(picture(100 + PHOTOS_OF_A_SITTING - 1)))
    assert (status, told["number"]) == (200, PHOTOS_OF_A_SITTING)


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


async def shelf(ours: Own) -> list[int]:
    return [label.number for label in await ours.house.archive.listed(CONFERENCE, Kind.PHOTO)]


def away(ours: Own, monkeypatch: pytest.MonkeyPatch, *, stood: bool) -> None:
    """The database goes, with what it was told last; `stood`: that was on disk, and only the answer was lost."""
    turn = ours.house.journal.turn

    @asynccontextmanager
    async def broken(*asked: Any) -> AsyncIterator[Any]:
        if stood:
            async with turn(*asked) as whole:
                yield whole
        raise JournalAway("the database is away")

    monkeypatch.setattr(ours.house.journal, "turn", broken)


@pytest.mark.parametrize("stood", [False, True], ids=["not-recorded", "recorded-unheard"])
async def test_a_photo_of_which_nobody_heard_is_the_same_one_when_it_comes_again(
    ours: Own, monkeypatch: pytest.MonkeyPatch, stood: bool
) -> None:
    phone, sent = ours.there.phone(HALL), told_jpeg(picture())
    with monkeypatch.context() as fault:
        away(ours, fault, stood=stood)
        assert (await send(phone, HALL, sent))[0] == 503
    assert await shelf(ours) == [1]
    status, told = await send(phone, HALL, sent)
    assert (status, told["number"]) == (201, 1)
    assert (await send(phone, HALL, sent)) == (200, told)
    assert (await phone.get(PHOTOS)).body["count"] == 1
    assert await shelf(ours) == [1]
    # The same picture for another hall is another photo.
    assert (await send(ours.there.phone(OTHER_HALL), OTHER_HALL, sent))[1]["number"] == 2


async def test_a_picture_of_which_the_journal_knows_nothing_goes_when_nobody_can_be_recording_it_any_more(
    ours: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, phone = ours.house, ours.there.phone(HALL)
    await send(phone, HALL, told_jpeg(picture(300)))
    with monkeypatch.context() as fault:
        away(ours, fault, stood=False)
        await send(phone, HALL, told_jpeg(picture(400)))
    with monkeypatch.context() as fault:
        away(ours, fault, stood=True)
        await send(phone, HALL, told_jpeg(picture(500)))
        assert await shelf(ours) == [1, 2, 3]
        await ours.pass_time(STRAY_MS / 1000 + 1)
        # As long as the journal does not answer, nobody knows what it knows.
        assert await house.photos.let_go_strays() == 0
    assert await house.photos.let_go_strays() == 1
    assert await shelf(ours) == [1, 3]
    assert [each["number"] for each in (await phone.get(PHOTOS)).body["photos"]] == [3, 1]
    with monkeypatch.context() as fault:
        away(ours, fault, stood=False)
        await send(phone, HALL, told_jpeg(picture(400)))
    assert await house.photos.let_go_strays() == 0, "its phone may be about to send it again"
    assert (await send(phone, HALL, told_jpeg(picture(400))))[0] == 201
    assert await house.photos.let_go_strays() == 0
