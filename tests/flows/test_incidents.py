"""Incidents as the staff meet them: opened by silence and by two taps, taken in hand, resolved, and nobody else's."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bridge.coordinator import INBOX_LIMIT
from endpoints_registry.access import Role
from tests.flows.house import HALL, MEASURED, OTHER_HALL, PATH, Answer, Browser, Own, Standing, act

SISTER_HALL = "00004-02"
"""Of the same coordinator as HALL."""


async def incidents(who: Browser, status: str = "open") -> list[dict[str, Any]]:
    answer = await who.get(f"{PATH}/incidents?status={status}")
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["incidents"]
    return found


async def fails(there: Standing, code: str, fault: str = "no_sound", note: str = "loa hỏng") -> None:
    (outcome,) = (await there.phone(code).send(act(code, "incident", fault=fault, note=note))).outcomes
    assert outcome["outcome"] == "accepted"


async def does(who: Browser, number: int, do: str, **said: object) -> Answer:
    return await who.post(f"{PATH}/incidents/{number}", {"do": do, **said})


async def opens(who: Browser, *points: str, trouble: str = "no_sound", note: str = "") -> Answer:
    return await who.post(f"{PATH}/incidents", {"trouble": trouble, "points": points, "note": note})


async def test_two_taps_in_the_hall_are_an_incident_on_the_staffs_screen(there: Standing) -> None:
    await fails(there, HALL)
    (one,) = await incidents(there.ann)
    assert [each["code"] for each in one["points"]] == [HALL]
    assert one["points"][0]["name"] == "Nhà văn hóa Trúc Bạch"
    assert (one["number"], one["trouble"], one["bond"], one["why"]) == (1, "no_sound", "alone", "1 điểm")
    assert (one["status"], one["severity"], one["expected"], one["note"]) == ("open", "minor", 64, "loa hỏng")


async def test_a_room_that_falls_silent_is_an_incident_since_its_last_word_until_it_speaks_again(ours: Own) -> None:
    room = await ours.there.room(HALL)
    await room.hello()
    await ours.pass_time(45)
    (one,) = await incidents(ours.there.ann)
    assert (one["trouble"], one["failing"]) == ("lost", 1)
    assert one["noticed_at_s"] - one["began_at_s"] == 40
    await room.beat()
    await ours.pass_time(2)
    assert await incidents(ours.there.ann) == []
    (over,) = await incidents(ours.there.ann, "all")
    assert (over["status"], over["by_itself"], over["failing"]) == ("resolved", True, 0)


async def test_when_the_centre_drops_everybody_it_is_one_incident_of_ours_and_blames_no_hall(ours: Own) -> None:
    there = ours.there
    rooms = await there.rooms(MEASURED)
    await ours.pass_time(10)
    for room in rooms:
        room.line.transport.abort()
    await ours.pass_time(25)
    (one,) = await incidents(there.ann)
    assert (one["trouble"], one["bond"], one["count"]) == ("centre", "centre", len(MEASURED))
    await there.rooms(MEASURED)
    await ours.pass_time(5)
    assert [each["trouble"] for each in await incidents(there.ann, "all")] == ["centre"]
    assert await incidents(there.ann) == []


async def test_the_staff_see_who_has_it_in_hand_and_what_was_done(there: Standing) -> None:
    await fails(there, HALL)
    taken = await does(there.binh, 1, "acknowledge")
    assert (taken.status, taken.body["status"], taken.body["owner_name"]) == (200, "acknowledged", "Binh")
    await does(there.binh, 1, "note", note="đã gọi  kỹ thuật")
    given = await does(there.ann, 1, "assign", to="Ann")
    assert (given.body["owner"], given.body["owner_name"]) == ("ann", "Ann")
    await does(there.ann, 1, "explain", cause="loa cháy")
    over = await does(there.ann, 1, "resolve", note="đã thay loa")
    assert (over.body["status"], over.body["cause"], over.body["by_itself"]) == ("resolved", "loa cháy", False)
    told = (await there.ann.get(f"{PATH}/incidents/1")).body["history"]
    assert [(line["kind"], line["by_name"], line["said"], line["to_name"]) for line in told] == [
        ("incident-opened", None, "loa hỏng", None),
        ("incident-acknowledged", "Binh", "", None),
        ("incident-noted", "Binh", "đã gọi kỹ thuật", None),
        ("incident-assigned", "Ann", "", "Ann"),
        ("incident-explained", "Ann", "loa cháy", None),
        ("incident-resolved", "Ann", "đã thay loa", None),
    ]
    again = await does(there.ann, 1, "reopen", reason="lại mất tiếng")
    assert (again.body["status"], again.body["reopened"], again.body["owner"]) == ("open", 1, None)


async def test_what_the_state_forbids_is_refused_with_a_code(there: Standing) -> None:
    await fails(there, HALL)
    assert (await does(there.ann, 1, "reopen", reason="vì sao")).code == "not_resolved"
    await does(there.ann, 1, "resolve")
    refused = await does(there.ann, 1, "acknowledge")
    assert (refused.status, refused.code) == (409, "resolved")


async def test_of_two_who_take_it_in_hand_at_once_one_has_it_and_both_see_who(there: Standing) -> None:
    await fails(there, HALL)
    answers = await asyncio.gather(does(there.ann, 1, "acknowledge"), does(there.binh, 1, "acknowledge"))
    (won,) = [answer for answer in answers if answer.status == 200]
    (lost,) = [answer for answer in answers if answer.status == 409]
    owner = won.body["owner"]
    assert (lost.code, lost.body["detail"].split()[0]) == ("taken", owner)
    (for_ann,), (for_binh,) = await incidents(there.ann), await incidents(there.binh)
    assert for_ann["owner"] == for_binh["owner"] == owner


async def test_the_staff_open_one_by_hand_and_nobody_opens_it_twice(there: Standing) -> None:
    made = await opens(there.binh, HALL, SISTER_HALL, note="gọi điện báo mất tiếng")
    assert (made.status, made.body["count"], made.body["why"]) == (201, 2, "2 điểm, do người trực gộp lại, cùng lúc")
    twice = await opens(there.ann, HALL)
    assert (twice.status, twice.code) == (409, "already_open")


async def test_the_staff_are_not_promised_that_anything_is_sent_again_for_them(there: Standing, folder: Path) -> None:
    """A hall's phone keeps what it could not send; a screen of the staff keeps nothing."""
    await fails(there, HALL)
    held = sqlite3.connect(folder / "journal.sqlite", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    # One turn waits for the disk, and the inbox behind it is full.
    reports = [[act(HALL, "incident", fault="other") for _ in range(200)] for _ in range(INBOX_LIMIT // 200 + 3)]
    sending = [asyncio.ensure_future(there.phone(HALL).send(*batch)) for batch in reports]
    await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
    answers = [
        await does(there.ann, 1, "acknowledge"),
        await there.ann.post(f"{PATH}/calls/{HALL}", {"do": "claim"}),
        await there.ann.post(f"{PATH}/notices", {"text": "Nghỉ 15 phút"}),
    ]
    held.execute("ROLLBACK")
    held.close()
    for answer in answers:
        assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "come_again", "2")
        assert "gửi lại" not in answer.body["detail"]
    await asyncio.gather(*sending)


# --- who may see and do what


async def test_a_coordinator_sees_of_a_shared_incident_only_the_own_points(there: Standing) -> None:
    await opens(there.ann, HALL, OTHER_HALL)
    (whole,), (part,) = await incidents(there.ann), await incidents(there.binh)
    assert (whole["count"], part["count"], part["why"]) == (2, 1, "1 điểm")
    assert (whole["expected"], part["expected"]) == (128, 64)
    seen = (await there.binh.get(f"{PATH}/incidents/1")).body
    assert OTHER_HALL not in str(seen)
    assert "Cát Linh" not in str(seen)


async def test_a_shared_incident_takes_a_coordinators_hand_and_note_but_not_the_last_word(there: Standing) -> None:
    await opens(there.ann, HALL, OTHER_HALL)
    assert (await does(there.binh, 1, "acknowledge")).status == 200
    assert (await does(there.binh, 1, "note", note="đang gọi")).status == 200
    for do, said in (("resolve", {}), ("explain", {"cause": "cáp"}), ("assign", {"to": "binh"})):
        refused = await does(there.binh, 1, do, **said)
        assert (refused.status, refused.code) == (409, "not_all_yours"), do
        assert OTHER_HALL not in str(refused.body)
    assert (await does(there.ann, 1, "resolve")).status == 200


async def test_a_foreign_incident_does_not_exist(there: Standing) -> None:
    await fails(there, OTHER_HALL)
    nowhere = await there.binh.get(f"{PATH}/incidents/999")
    assert nowhere.status == 404
    assert await incidents(there.binh, "all") == []
    assert (await there.binh.get(f"{PATH}/incidents/1")).body == nowhere.body
    assert (await does(there.binh, 1, "acknowledge")).body == nowhere.body
    assert (await opens(there.binh, OTHER_HALL)).body == nowhere.body
    assert (await opens(there.binh, "99999-01")).body == nowhere.body
    assert (await incidents(there.ann))[0]["owner"] is None


async def test_a_hall_sees_its_own_incidents_and_no_name_of_the_staff(there: Standing) -> None:
    await opens(there.ann, HALL, OTHER_HALL)
    await does(there.ann, 1, "acknowledge")
    (own,) = await incidents(there.phone(HALL))
    assert (own["count"], own["status"], own["owner"], own["owner_name"]) == (1, "acknowledged", None, None)
    told = (await there.phone(HALL).get(f"{PATH}/incidents/1")).body
    assert "ann" not in str(told["history"]).lower().replace("incident-", "")
    assert (await does(there.phone(HALL), 1, "resolve")).status == 403
    assert (await opens(there.phone(HALL), HALL)).status == 403
    assert await incidents(there.phone(SISTER_HALL), "all") == []


async def test_it_is_given_only_to_somebody_who_can_do_something_about_it(there: Standing) -> None:
    await fails(there, OTHER_HALL)
    for nobody in ("binh", "khong-co"):
        refused = await does(there.ann, 1, "assign", to=nobody)
        assert (refused.status, refused.code) == (409, "unknown_user")
    assert (await incidents(there.ann))[0]["owner"] is None


async def takers(who: Browser, number: int) -> list[dict[str, Any]]:
    answer = await who.get(f"{PATH}/incidents/{number}/takers")
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["takers"]
    return found


async def test_those_are_offered_who_hold_its_points_and_first_of_all_who_is_on_duty(ours: Own) -> None:
    there, registry = ours.there, ours.house.registry
    for name, role, scope in (
        ("cat", Role.COORDINATOR, "006"),
        ("dung", Role.COORDINATOR, "00004"),
        ("vy", Role.VIEWER, "01"),
        ("em", Role.COORDINATOR, "01"),
        ("gia", Role.COORDINATOR, "01"),
    ):
        await there.signed_in(registry, name, role, scope)
    closed = await there.ann.ask("PATCH", "/api/v1/accounts/em", {"disabled": True}, {})
    assert closed.status == 200, closed.body
    shift = {"name": "Ann", "phone": "0900 000 009", "from": "2026-03-07T07:00:00+07:00"}
    put = {**shift, "to": "2026-03-07T12:00:00+07:00"}, {**shift, "name": "Dung", "to": "2026-03-07T07:30:00+07:00"}
    assert (await there.ann.ask("PUT", f"{PATH}/duty", put, {})).status == 200
    await opens(there.ann, HALL, OTHER_HALL)
    found = [(each["username"], each["on_duty"], each["place"]) for each in await takers(there.ann, 1)]
    assert found == [
        ("ann", True, ""),
        ("dung", False, "Phường Trúc Bạch"),
        # Both districts have as many units; the name decides.
        ("binh", False, "Quận Ba Đình"),
        ("cat", False, "Quận Đống Đa"),
        ("gia", False, "Thành phố Hà Nội"),
    ]
    # Who holds the whole city, or another district, is nobody to the coordinator of one.
    assert [each["username"] for each in await takers(there.binh, 1)] == ["ann", "dung", "binh"]
    for taker in ("ann", "dung", "binh", "cat"):
        assert (await does(there.ann, 1, "assign", to=taker)).status == 200, taker


async def test_who_there_is_to_take_it_is_told_to_nobody_who_may_not_give_it_away(there: Standing) -> None:
    await fails(there, OTHER_HALL)
    assert (await there.phone(OTHER_HALL).get(f"{PATH}/incidents/1/takers")).status == 403
    assert (await there.binh.get(f"{PATH}/incidents/1/takers")).status == 404


# --- what is not understood


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"do": "dance"},
        {"do": "note"},
        {"do": "note", "note": ""},
        {"do": "note", "note": "x" * 501},
        {"do": "note", "note": "\u0000"},
        {"do": "explain", "cause": "x" * 201},
        {"do": "acknowledge", "to": "ann"},
        {"do": "reopen"},
    ],
)
async def test_what_is_no_deed_is_refused_in_words(there: Standing, said: dict[str, str]) -> None:
    await fails(there, HALL)
    answer = await there.ann.post(f"{PATH}/incidents/1", said)
    assert (answer.status, answer.code) == (422, "invalid")
    assert (await incidents(there.ann))[0]["note"] == "loa hỏng"


@pytest.mark.parametrize(
    "asked",
    [
        {"trouble": "no_sound"},
        {"trouble": "no_sound", "points": []},
        {"trouble": "earthquake", "points": [HALL]},
        {"trouble": "no_sound", "points": [HALL] * 1001},
    ],
)
async def test_what_is_no_incident_is_refused_in_words(there: Standing, asked: dict[str, Any]) -> None:
    answer = await there.ann.post(f"{PATH}/incidents", asked)
    assert (answer.status, answer.code) == (422, "invalid")
    assert await incidents(there.ann, "all") == []


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "một", "²", "9" * 30])
async def test_what_is_no_number_is_nowhere(there: Standing, number: str) -> None:
    await fails(there, HALL)
    assert (await there.ann.get(f"{PATH}/incidents/{number}")).status == 404
