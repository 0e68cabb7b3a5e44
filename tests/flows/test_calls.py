"""The call sheet over real HTTP: who stands on it, who phones whom, and that both screens see it."""

import asyncio
import time
from pathlib import Path

import pytest

from endpoints_registry.access import Role
from tests.flows.house import (
    HALL,
    HALLS,
    MORNING_MS,
    OTHER_HALL,
    PATH,
    Answer,
    Browser,
    Keys,
    Own,
    Screen,
    Standing,
    _signed_in,
    act,
    count,
    own,
)

CALLS = f"{PATH}/calls"
SEEN_WITHIN_S = 2
"""What two organisers do to the same row they both see by then: promised. Here they may need ten times as long: others work on this machine, too."""
FOREIGN_TO_BINH = ("01-01", OTHER_HALL)


def codes(sheet: Answer) -> list[str]:
    assert sheet.status == 200, sheet.body
    return [row["point"] for row in sheet.body["rows"]]


async def claims(screen: Screen, code: str) -> dict[str, object] | None:
    """What the screen's next frame about this hall's calls says."""
    while True:
        told = (await screen.take()).get("affairs", {}).get("calls", {})
        if code in told:
            claim: dict[str, object] | None = told[code]
            return claim


async def test_at_eight_everybody_who_has_not_reported_stands_on_the_sheet_and_leaves_it_with_the_report(
    there: Standing,
) -> None:
    before = await there.ann.get(CALLS)
    assert set(codes(before)) == set(HALLS)
    assert before.body["count"] == len(HALLS)
    assert codes(before)[0] == "01-01"
    await there.phone(HALL).send(act(HALL, "stage", stage="in_session"), count(HALL, 60))
    assert set(codes(await there.ann.get(CALLS))) == set(HALLS) - {HALL}


async def test_a_row_says_why_whom_to_phone_and_how_many_sit_there(there: Standing) -> None:
    sheet = await there.ann.get(CALLS)
    row = next(row for row in sheet.body["rows"] if row["point"] == HALL)
    assert row["why"] == ["not_opened", "silent:opening"]
    assert (row["name"], row["parent"], row["expected"]) == (
        "Nhà văn hóa Trúc Bạch",
        "Phường Trúc Bạch",
        64,
    )
    assert row["contacts"] == [{"role": "operator", "name": "Phạm Dung", "phone": "0900 000 004"}]
    assert (row["since_s"], row["minutes"]) == (MORNING_MS // 1000 - 1800, 30)
    assert (row["claim"], row["last"], row["tries"]) == (None, None, 0)


async def test_two_who_reach_for_the_same_row_at_once_are_told_who_has_it_and_so_are_their_screens(
    ours: Own,
) -> None:
    there = ours.there
    screens = [await there.screen(there.ann), await there.screen(there.binh, "001")]
    for screen in screens:
        await screen.watch()
    names = {"ann": "Ann", "binh": "Binh"}
    for code in ("00001-01", "00001-02", "00004-01", "00004-02", "00006-01"):
        began_s = time.perf_counter()
        answers = dict(
            zip(
                names,
                await asyncio.gather(
                    there.ann.post(f"{CALLS}/{code}", {"do": "claim"}),
                    there.binh.post(f"{CALLS}/{code}", {"do": "claim"}),
                ),
                strict=True,
            )
        )
        assert sorted(answer.status for answer in answers.values()) == [200, 409]
        winner = next(user for user, answer in answers.items() if answer.status == 200)
        won, lost = answers[winner], next(answer for user, answer in answers.items() if user != winner)
        assert won.body["claim"]["by"] == winner
        assert (lost.code, lost.body["claim"]) == ("claimed", won.body["claim"])
        assert winner in lost.body["detail"]
        assert "08:10" in lost.body["detail"]
        seen = [await claims(screen, code) for screen in screens]
        assert time.perf_counter() - began_s < 10 * SEEN_WITHIN_S
        assert seen == [won.body["claim"]] * 2
        assert won.body["claim"]["by_name"] == names[winner]


async def test_a_claim_is_on_everybodys_sheet_until_its_time_is_over(ours: Own) -> None:
    there = ours.there
    await there.binh.post(f"{CALLS}/{HALL}", {"do": "claim"})
    claim = {"by": "binh", "by_name": "Binh", "since_s": MORNING_MS // 1000, "until_s": MORNING_MS // 1000 + 600}

    async def held() -> object:
        sheet = await there.ann.get(CALLS)
        return next(row["claim"] for row in sheet.body["rows"] if row["point"] == HALL)

    assert await held() == claim
    await ours.pass_time(599)
    assert (await there.ann.post(f"{CALLS}/{HALL}", {"do": "claim"})).code == "claimed"
    await ours.pass_time(1)
    assert await held() is None
    assert (await there.ann.post(f"{CALLS}/{HALL}", {"do": "claim"})).status == 200


async def test_an_outcome_frees_the_row_and_is_read_by_whoever_comes_next(there: Standing) -> None:
    screen = await there.screen(there.binh, "001")
    await screen.watch()
    await there.ann.post(f"{CALLS}/{HALL}", {"do": "claim"})
    assert await claims(screen, HALL) is not None
    body = {"do": "end", "outcome": "will_report", "note": "đang đếm, 5 phút nữa gửi"}
    ended = await there.ann.post(f"{CALLS}/{HALL}", body)
    last = {"by_name": "Ann", "at_s": MORNING_MS // 1000} | {key: body[key] for key in ("outcome", "note")}
    assert ended.body == {"point": HALL, "claim": None, "last": last, "tries": 1}
    assert await claims(screen, HALL) is None
    assert screen.news[0].items() >= {"kind": "call-ended", "point": HALL, "by_name": "Ann"}.items()
    sheet = await there.binh.get(CALLS)
    row = next(row for row in sheet.body["rows"] if row["point"] == HALL)
    assert (row["claim"], row["last"], row["tries"]) == (None, last, 1)
    assert codes(sheet)[-1] == HALL, "who was just phoned waits behind the others"


async def test_what_somebody_else_phones_cannot_be_let_go_or_ended_and_ones_own_can(there: Standing) -> None:
    await there.ann.post(f"{CALLS}/{HALL}", {"do": "claim"})
    for body in ({"do": "let_go"}, {"do": "end", "outcome": "answered"}):
        assert (await there.binh.post(f"{CALLS}/{HALL}", body)).code == "claimed"
    let_go = await there.ann.post(f"{CALLS}/{HALL}", {"do": "let_go"})
    assert (let_go.status, let_go.body["claim"]) == (200, None)
    assert (await there.binh.post(f"{CALLS}/{HALL}", {"do": "claim"})).status == 200


async def test_claims_and_outcomes_outlive_a_restart(ours: Own, folder: Path, keys: Keys) -> None:
    await ours.there.ann.post(f"{CALLS}/{HALL}", {"do": "claim"})
    await ours.there.ann.post(f"{CALLS}/{OTHER_HALL}", {"do": "end", "outcome": "no_answer"})
    before = await ours.there.ann.get(CALLS)
    await ours.close()
    async with own(folder, keys) as again:
        after = await again.there.ann.get(CALLS)
        assert after.body == before.body
        assert (await again.there.binh.post(f"{CALLS}/{HALL}", {"do": "claim"})).code == "claimed"


async def test_a_coordinator_sees_and_phones_their_own_halls_only(there: Standing) -> None:
    sheet = await there.binh.get(CALLS)
    assert codes(sheet)
    assert not {OTHER_HALL, "01-01"} & set(codes(sheet))
    for code in (*FOREIGN_TO_BINH, "99999-01"):
        answer = await there.binh.post(f"{CALLS}/{code}", {"do": "claim"})
        assert (answer.status, answer.code) == (404, "not_found")


async def test_a_board_of_somebody_who_sees_no_names_says_that_a_hall_is_being_phoned_but_not_by_whom(
    ours: Own,
) -> None:
    there = ours.there
    headers = await _signed_in(ours.house.registry, "chi", Role.INSPECTOR, "001")
    inspector = Browser(there._http, there.address, headers)
    wall = await there.screen(inspector, "001")
    await wall.watch()
    await there.ann.post(f"{CALLS}/{HALL}", {"do": "claim"})
    told = await claims(wall, HALL)
    assert told is not None
    assert (told["by"], told["by_name"]) == (None, None)
    assert told["until_s"] == MORNING_MS // 1000 + 600
    assert "Ann" not in str((await inspector.get(f"{PATH}/board")).body)


async def test_what_the_staff_write_for_each_other_is_read_by_the_staff_alone(ours: Own) -> None:
    there = ours.there
    headers = await _signed_in(ours.house.registry, "chi", Role.INSPECTOR, "001")
    inspector = Browser(there._http, there.address, headers)
    await there.ann.post(f"{CALLS}/{HALL}", {"do": "end", "outcome": "answered", "note": "anh Tư bị ốm"})
    await there.phone(HALL).send(act(HALL, "incident", fault="no_sound"))
    await there.ann.post(f"{PATH}/incidents/1", {"do": "note", "note": "đã nhắc anh Tư"})
    for path in ("/events", f"/points/{HALL}", "/board", "/incidents?status=open", "/incidents/1"):
        assert "anh Tư" in str((await there.ann.get(PATH + path)).body), path
        assert "anh Tư" not in str((await inspector.get(PATH + path)).body), path
        assert "anh Tư" not in str((await there.phone(HALL).get(PATH + path)).body), path


async def test_the_sheet_is_the_staffs(there: Standing) -> None:
    assert (await there.phone(HALL).get(CALLS)).status == 403
    assert (await there.phone(HALL).post(f"{CALLS}/{HALL}", {"do": "claim"})).status == 403
    assert (await there.nobody.get(CALLS)).status == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"do": "phone"},
        {"do": "end"},
        {"do": "end", "outcome": "asleep"},
        {"do": "claim", "outcome": "answered"},
        {"do": "end", "outcome": "answered", "note": "x" * 301},
        {"do": "end", "outcome": "answered", "note": "a\nb"},
        {"do": "claim", "until": "23:00"},
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(there: Standing, body: dict[str, str]) -> None:
    answer = await there.ann.post(f"{CALLS}/{HALL}", body)
    assert answer.status == 422
    assert answer.body["detail"]


async def test_a_halls_panel_says_what_was_heard_of_it(there: Standing) -> None:
    panel = (await there.ann.get(f"{PATH}/points/{HALL}")).body
    assert panel["stream"]["stream"] == "not_followed"
    assert {key: panel[key] for key in ("line_test", "outages", "incidents", "notices")} == {
        "line_test": None,
        "outages": [],
        "incidents": [],
        "notices": [],
    }
