"""Who is turned away, and in which words: nobody sees or does what is not theirs, and nothing is taken that is not kept."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from bridge.coordinator import ANSWER_PATIENCE_S
from tests.flows.house import CONFERENCE, HALL, OTHER_HALL, PATH, Standing, act, count


async def test_a_phase_is_changed_by_whoever_saw_the_newest_version(there: Standing) -> None:
    seen = (await there.ann.get(PATH)).body
    first = await there.ann.post(f"{PATH}/phase", {"phase": "closing", "version": seen["version"]})
    second = await there.ann.post(f"{PATH}/phase", {"phase": "closing", "version": seen["version"]})
    assert (first.status, first.body) == (200, {"phase": "closing", "version": seen["version"] + 1})
    assert (second.status, second.code) == (409, "version")


async def test_a_phase_cannot_be_skipped(there: Standing) -> None:
    answer = await there.ann.post(f"{PATH}/phase", {"phase": "draft", "version": 2})
    assert (answer.status, answer.code) == (409, "phase")


async def test_only_the_organiser_moves_the_conference_on(there: Standing) -> None:
    for who in (there.binh, there.phone(HALL)):
        answer = await who.post(f"{PATH}/phase", {"phase": "closing", "version": 2})
        assert (answer.status, answer.code) == (403, "not_allowed")


async def test_whoever_is_not_signed_in_is_told_so(there: Standing) -> None:
    answer = await there.nobody.get(f"{PATH}/board")
    assert (answer.status, answer.code) == (401, "signed_out")
    assert answer.headers["Content-Type"].startswith("application/problem+json")


async def test_a_page_of_another_site_cannot_ask_in_our_name(there: Standing) -> None:
    answer = await there.ann.post(f"{PATH}/phase", {"phase": "closing", "version": 2}, Origin="https://la.example")
    assert (answer.status, answer.code) == (403, "foreign_origin")


async def test_a_socket_from_another_site_is_not_opened(there: Standing) -> None:
    headers = {"Cookie": there.ann.headers["Cookie"], "Origin": "https://la.example"}
    with pytest.raises(InvalidStatus) as refused:
        await there.dial(f"/ws/board?conference={CONFERENCE}", headers)
    assert refused.value.response.status_code == 403


async def test_a_cookie_alone_changes_nothing(there: Standing) -> None:
    answer = await there.ann.post(f"{PATH}/phase", {"phase": "closing", "version": 2}, X_CSRF_Token="")
    assert (answer.status, answer.code) == (403, "csrf")
    taken = await there.phone(HALL).post(f"{PATH}/acts", {"acts": [count(HALL, 60)]}, X_CSRF_Token="guessed")
    assert (taken.status, taken.code) == (403, "csrf")
    assert (await there.ann.board())[HALL]["present"] is None


@pytest.mark.parametrize(
    "path", ["totals?unit=006", "board?unit=006", "totals?unit=01", "points/00178-01", "totals?unit=99999"]
)
async def test_a_foreign_unit_does_not_exist_for_a_coordinator(there: Standing, path: str) -> None:
    answer = await there.binh.get(f"{PATH}/{path}")
    nowhere = await there.binh.get("/api/v1/conferences/khong-co/board")
    assert (answer.status, answer.body) == (404, nowhere.body)


async def test_a_foreign_units_board_does_not_open(there: Standing) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await there.screen(there.binh, unit="006")
    assert refused.value.response.status_code == 404


async def test_an_operator_reports_for_no_other_hall(there: Standing) -> None:
    (refused,) = (await there.phone(HALL).send(count(OTHER_HALL, 60))).outcomes
    (unknown,) = (await there.phone(HALL).send(count("99999-01", 60))).outcomes
    assert (refused["outcome"], refused["code"]) == ("refused", "unknown_point")
    # Foreign equals nonexistent, in every word but the code of the point.
    assert refused["message"].replace(OTHER_HALL, "") == unknown["message"].replace("99999-01", "")
    assert (await there.ann.board())[OTHER_HALL]["present"] is None


async def test_a_coordinator_reports_for_no_hall_of_another_district(there: Standing) -> None:
    (refused,) = (await there.binh.send(count(OTHER_HALL, 60))).outcomes
    (taken,) = (await there.binh.send(count(HALL, 60))).outcomes
    assert (refused["code"], taken["outcome"]) == ("unknown_point", "accepted")


async def test_what_only_the_staff_may_settle_an_operator_may_not(there: Standing) -> None:
    (refused,) = (await there.phone(HALL).send(act(HALL, "mode", reception_mode="tv", reason="mất điện"))).outcomes
    assert (refused["outcome"], refused["code"]) == ("refused", "not_allowed")


async def test_a_phone_sees_no_other_halls_point(there: Standing) -> None:
    assert (await there.phone(HALL).get(f"{PATH}/points/{HALL}")).status == 200
    assert (await there.phone(HALL).get(f"{PATH}/points/{OTHER_HALL}")).status == 404


async def test_a_body_that_is_no_batch_of_acts_is_refused_in_words(there: Standing) -> None:
    answer = await there.phone(HALL).post(f"{PATH}/acts", {"device": "x"})
    assert (answer.status, answer.code) == (422, "malformed")


async def test_the_same_act_has_one_effect_and_one_answer(there: Standing) -> None:
    told = count(HALL, 60)
    (first,) = (await there.phone(HALL).send(told)).outcomes
    (again,) = (await there.phone(HALL).send(told)).outcomes
    (other,) = (await there.phone(HALL).send(told | {"present": 61})).outcomes
    assert again == first | {"duplicate": True}
    assert (other["outcome"], other["code"]) == ("refused", "id_reuse")
    assert (await there.ann.board())[HALL]["present"] == 60


async def test_a_full_inbox_turns_away_and_what_is_sent_again_is_taken(there: Standing, folder: Path) -> None:
    batches = [[act(HALL, "incident", fault="no_sound") for _ in range(200)] for _ in range(14)]
    held = sqlite3.connect(folder / "journal.sqlite", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    began = asyncio.get_running_loop().time()
    asking = [asyncio.ensure_future(there.phone(HALL).send(*batch)) for batch in batches]
    done, _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    held.execute("ROLLBACK")
    held.close()
    turned = done.pop().result()
    assert (turned.status, turned.code, turned.headers["Retry-After"]) == (503, "come_again", "2")
    assert asyncio.get_running_loop().time() - began < ANSWER_PATIENCE_S
    answers = await asyncio.gather(*asking)
    assert 200 in {answer.status for answer in answers}
    for batch in batches:
        again = await there.phone(HALL).send(*batch)
        assert {each["outcome"] for each in again.outcomes} == {"accepted"}
    told = [event["act"] for event in await there.ann.events() if event["act"]]
    assert sorted(told) == sorted(each["id"] for batch in batches for each in batch)
