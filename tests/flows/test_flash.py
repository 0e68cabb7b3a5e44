"""The two numbers in one sentence: the same to copy, in the letters, and in a picture for a group's chat."""

import io

from PIL import Image

from endpoints_registry.access import Role
from tests.flows.house import HALL, OTHER_HALL, PATH, Own, count
from tests.flows.test_reports import fetched

FLASH = f"{PATH}/flash"


async def test_the_sentence_of_now_and_those_of_the_set_times(ours: Own) -> None:
    there = ours.there
    await there.phone(HALL).send(count(HALL, 60, 4))
    before = (await there.ann.get(FLASH)).body
    assert (before["text"], before["told"]) == ("Đến 8 giờ 00: 1/12 điểm cầu, 60/768 đại biểu, 7,8%", [])
    # Why the board, which counts lines, and of what is reported, says other numbers.
    assert (before["ready"], before["connected"], before["people"]["unreported"]) == (1, 0, 704)
    await ours.pass_time(6 * 60)
    await there.phone(OTHER_HALL).send(count(OTHER_HALL, 50))
    now = (await there.ann.get(FLASH)).body
    assert now["text"] == "Đến 8 giờ 06: 2/12 điểm cầu, 110/768 đại biểu, 14,3%"
    assert [each["text"] for each in now["told"]] == ["Đến 8 giờ 05: 1/12 điểm cầu, 60/768 đại biểu, 7,8%"]
    letters = (await there.ann.get(f"{PATH}/post")).body["letters"]
    assert [letter["title"] for letter in letters if letter["kind"] == "flash"] == [
        f"[Tin nhanh] {now['told'][0]['text']}"
    ]


async def test_the_picture_is_a_square_and_a_part_is_told_to_whom_it_belongs(ours: Own) -> None:
    there = ours.there
    await there.phone(HALL).send(count(HALL, 60, 4))
    await there.phone(OTHER_HALL).send(count(OTHER_HALL, 50))
    status, raw, headers = await fetched(there.ann, f"{FLASH}.png?turn=1")
    assert (status, headers["Content-Type"]) == (200, "image/png")
    with Image.open(io.BytesIO(raw)) as picture:
        assert picture.size == (1080, 1080)
    assert len(raw) < 200_000
    mine = (await there.binh.get(FLASH)).body
    assert (mine["text"], mine["told"]) == ("Đến 8 giờ 00: 1/6 điểm cầu, 60/384 đại biểu, 15,6%", [])
    stranger = await there.signed_in(ours.house.registry, "tra", Role.INSPECTOR, "006")
    for path in (FLASH, f"{FLASH}.png"):
        assert (await stranger.get(f"{path}?unit=001")).status == 404
        assert (await there.phone(HALL).get(path)).status == 404
