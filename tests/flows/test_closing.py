"""A day is closed up over real sockets: submitted, checked, closed, corrected by two people, and nothing foreign is seen."""

from typing import Any

from bridge.rules.wire import rfc3339
from endpoints_registry.access import Role
from tests.flows.house import (
    HALL,
    HALLS,
    OTHER_HALL,
    PATH,
    SITTING,
    Answer,
    Browser,
    Own,
    Standing,
    act,
    count,
)

CLOSING = f"{PATH}/closing"
MINUTE_MS = 60_000


def closing_count(code: str, present: int, at_ms: int, excused: int = 3) -> dict[str, Any]:
    return count(code, present, excused, at_ms, round="closing", unexcused=1)


async def ended(
    there: Standing, code: str, at_ms: int, present: int = 60, submits: bool = True
) -> list[dict[str, Any]]:
    """The hall's last three taps."""
    said = [closing_count(code, present, at_ms), act(code, "stage", at_ms, stage="ended")]
    if submits:
        said.append(act(code, "submit", at_ms, sitting=SITTING))
    return (await there.phone(code).send(*said)).outcomes


async def at_the_end(ours: Own) -> None:
    """Twenty to twelve: the sitting is over."""
    await ours.pass_time(220 * 60)


async def closed(ours: Own) -> None:
    for version, phase in ((2, "closing"), (3, "closed")):
        answer = await ours.there.ann.post(f"{PATH}/phase", {"phase": phase, "version": version})
        assert answer.status == 200, answer.body


async def late(phone: Browser, *acts: dict[str, Any], now_ms: int) -> list[dict[str, Any]]:
    """Acts that a phone has kept until now."""
    answer = await phone.post(f"{PATH}/acts", {"device": "phone", "sent_at": rfc3339(now_ms), "acts": acts})
    return answer.outcomes


async def overview(who: Browser, unit: str = "") -> dict[str, Any]:
    answer = await who.get(f"{CLOSING}?unit={unit}")
    assert answer.status == 200, answer.body
    return answer.body


async def present(who: Browser, unit: str = "") -> int:
    totals = await who.get(f"{PATH}/totals?unit={unit}&sitting={SITTING}&round=closing")
    return int(totals.body["people"]["present"])


def request_of(code: str, present: int, reason: str = "đối chiếu danh sách giấy") -> dict[str, Any]:
    figures = {"present": present, "excused": 3, "unexcused": 1}
    return {"point": code, "sitting": SITTING, "round": "closing", **figures, "reason": reason}


async def asked(who: Browser, code: str, present: int) -> int:
    answer = await who.post(f"{CLOSING}/corrections", request_of(code, present))
    assert answer.status == 201, answer.body
    return int(answer.body["number"])


async def approved(who: Browser, number: int, reason: str = "đúng danh sách ký") -> Answer:
    return await who.post(f"{CLOSING}/corrections/{number}/approval", {"reason": reason})


async def cuc(ours: Own) -> Browser:
    """A second organiser."""
    return await ours.there.signed_in(ours.house.registry, "cuc", Role.ORGANISER)


async def test_halls_submit_a_district_checks_and_the_city_sees_who_is_missing(ours: Own) -> None:
    there = ours.there
    await at_the_end(ours)
    outcomes = await ended(there, HALL, ours.clock.now())
    assert [each["code"] for each in outcomes] == ["", "", ""]
    assert outcomes[2]["message"] == "Đã nộp 11:40."
    (sitting,) = (await overview(there.binh))["sittings"]
    assert (sitting["points"], sitting["submitted"]) == (6, 1)
    assert HALL not in [each["point"] for each in sitting["missing"]]
    checked = await there.binh.post(f"{CLOSING}/submissions", {"sitting": SITTING, "unit": "001"})
    assert checked.status == 200
    assert checked.body["checked"] == {
        "by_name": "Binh",
        "at": "2026-03-07T11:40:00.000+07:00",
        "without": 5,
        "holds": True,
    }
    (sitting,) = (await overview(there.ann))["sittings"]
    assert {each["unit"]: each["checked"] and each["checked"]["holds"] for each in sitting["units"]} == {
        "001": True,
        "006": None,
    }
    assert {each["point"] for each in sitting["missing"]} == {code for code in HALLS if code != HALL}
    # What comes afterwards was not checked.
    await ended(there, "00006-01", ours.clock.now())
    (sitting,) = (await overview(there.ann))["sittings"]
    assert [each["checked"]["holds"] for each in sitting["units"] if each["checked"]] == [False]


async def test_the_news_of_a_unit_reach_those_who_answer_for_all_of_it(ours: Own) -> None:
    there = ours.there
    await at_the_end(ours)
    for unit in ("006", "00004", "001"):
        assert (await there.ann.post(f"{CLOSING}/submissions", {"sitting": SITTING, "unit": unit})).status == 200
    of_the_ward = await there.signed_in(ours.house.registry, "chi", Role.COORDINATOR, "00004")
    for who, units in ((there.ann, ["001", "00004", "006"]), (there.binh, ["001", "00004"]), (of_the_ward, ["00004"])):
        news = (await who.get(f"{PATH}/board")).body["news"]
        assert [each["unit"] for each in news if each["kind"] == "unit-checked"] == units


async def test_a_hall_hears_why_its_figures_come_back_and_submits_again(ours: Own) -> None:
    there = ours.there
    await at_the_end(ours)
    await ended(there, HALL, ours.clock.now())
    back = await there.binh.post(
        f"{CLOSING}/returns", {"sitting": SITTING, "point": HALL, "reason": " thiếu  khách mời "}
    )
    assert (back.status, back.body["reason"]) == (200, "thiếu khách mời")
    told = (await there.phone(HALL).get("/api/v1/desk")).body["closing"]
    assert (told["submitted_at"], told["returned"]["reason"]) == (None, "thiếu khách mời")
    (outcome,) = (await there.phone(HALL).send(act(HALL, "submit", ours.clock.now(), sitting=SITTING))).outcomes
    assert outcome["outcome"] == "accepted"
    told = (await there.phone(HALL).get("/api/v1/desk")).body["closing"]
    assert (told["submitted_at"], told["returned"]) == ("2026-03-07T11:40:00.000+07:00", None)


async def test_after_the_close_staff_forms_answer_409_and_a_phone_is_never_turned_away(ours: Own) -> None:
    there = ours.there
    await at_the_end(ours)
    await ended(there, HALL, ours.clock.now())
    await closed(ours)
    before = await present(there.ann)
    for path, body in (
        ("submissions", {"sitting": SITTING, "unit": "001"}),
        ("returns", {"sitting": SITTING, "point": HALL, "reason": "xem lại"}),
    ):
        answer = await there.binh.post(f"{CLOSING}/{path}", body)
        assert (answer.status, answer.code) == (409, "closed")
    (proxy,) = (await there.binh.send(closing_count(HALL, 50, ours.clock.now()))).outcomes
    assert (proxy["outcome"], proxy["code"]) == ("refused", "closed")
    said_ms = ours.clock.now() - MINUTE_MS
    # Within the grace period, what was said before the close still counts.
    kept = closing_count("00006-01", 55, said_ms)
    (outcome,) = await late(there.phone("00006-01"), kept, now_ms=ours.clock.now())
    assert (outcome["outcome"], outcome["code"]) == ("accepted", "")
    assert await present(there.ann) == before + 55
    # After it, it is kept and waits; and a re-send changes nothing.
    await ours.pass_time(16 * 60)
    too_late = [closing_count("00001-01", 44, said_ms), act("00001-01", "stage", said_ms, stage="ended")]
    for duplicate in (False, True):
        outcomes = await late(there.phone("00001-01"), *too_late, now_ms=ours.clock.now())
        assert [(each["outcome"], each["code"], each["duplicate"]) for each in outcomes] == [
            ("accepted", "late", duplicate)
        ] * 2
    assert await present(there.ann) == before + 55
    told = await overview(there.ann)
    assert [(each["point"], each["late"], each["status"]) for each in told["corrections"]] == [
        ("00001-01", True, "waiting")
    ]
    assert told["kept"] == 1
    # A coordinator stands above the hall: with a reason it counts.
    assert (await approved(there.binh, told["corrections"][0]["number"])).status == 200
    assert await present(there.ann) == before + 55 + 44


async def test_a_correction_takes_two_people_and_one_of_them_stands_above(ours: Own) -> None:
    there, second = ours.there, await cuc(ours)
    await at_the_end(ours)
    for code in (HALL, OTHER_HALL):
        await ended(there, code, ours.clock.now())
    early = await there.ann.post(f"{CLOSING}/corrections", request_of(HALL, 59))
    assert (early.status, early.code) == (409, "not_closed")
    await closed(ours)
    before = await present(there.ann)
    # An organiser asks: not the same one, and no coordinator, may approve.
    number = await asked(there.ann, HALL, 59)
    assert await present(there.ann) == before
    own = await approved(there.ann, number)
    assert (own.status, own.code) == (409, "own_request")
    below = await approved(there.binh, number)
    assert (below.status, below.code) == (403, "not_allowed")
    assert (await approved(second, number)).body["status"] == "approved"
    assert await present(there.ann) == before - 1
    again = await approved(second, number)
    assert (again.status, again.code) == (409, "settled")
    # A coordinator asks: an organiser approves.
    number = await asked(there.binh, HALL, 58)
    assert (await approved(there.binh, number)).code == "own_request"
    assert (await approved(there.ann, number)).status == 200
    # A hall asks, by its phone: its coordinator approves, and refuses with a reason.
    desk = (await there.phone(HALL).get("/api/v1/desk")).body
    figure = next(each["figure"] for each in desk["rounds"] if each["round"] == "closing")
    correct = act(
        HALL, "correct", ours.clock.now(), act=figure["act"], reason="đếm lại", present=57, excused=3, unexcused=1
    )
    (outcome,) = (await there.phone(HALL).send(correct)).outcomes
    assert (outcome["outcome"], outcome["code"]) == ("accepted", "waiting")
    number = (await overview(there.binh))["corrections"][0]["number"]
    refused = await there.binh.post(f"{CLOSING}/corrections/{number}/refusal", {"reason": "không có chữ ký"})
    assert (refused.status, refused.body["status"], refused.body["why"]) == (200, "refused", "không có chữ ký")
    assert await present(there.ann) == before - 2
    told = (await there.phone(HALL).get("/api/v1/desk")).body["closing"]["corrections"]
    assert (told[0]["status"], told[0]["why"]) == ("refused", "không có chữ ký")
    # The journal names nobody's account inside an event.
    assert all("user:" not in str(each["event"]) for each in await there.ann.events())


async def test_what_is_foreign_does_not_exist(ours: Own) -> None:
    there = ours.there
    await at_the_end(ours)
    for code in (HALL, OTHER_HALL):
        await ended(there, code, ours.clock.now())
    foreign: list[tuple[str, dict[str, Any]]] = [
        ("submissions", {"sitting": SITTING, "unit": "006"}),
        ("submissions", {"sitting": SITTING, "unit": "01"}),
        ("returns", {"sitting": SITTING, "point": OTHER_HALL, "reason": "xem lại"}),
        ("corrections", request_of(OTHER_HALL, 59)),
    ]
    for path, body in foreign:
        assert (await there.binh.post(f"{CLOSING}/{path}", body)).status == 404, path
    assert (await there.binh.get(f"{CLOSING}?unit=006")).status == 404
    await closed(ours)
    number = await asked(there.ann, OTHER_HALL, 59)
    assert (await approved(there.binh, number)).status == 404
    assert (await overview(there.binh))["corrections"] == []
    assert [each["unit"] for each in (await overview(there.binh))["sittings"][0]["units"]] == [
        "001",
        "00001",
        "00004",
        "00006",
    ]
    # A hall sees itself and nobody else; a phone neither checks nor approves.
    own = await overview(there.phone(OTHER_HALL))
    assert [(each["point"], each["asked_by_name"]) for each in own["corrections"]] == [(OTHER_HALL, "")]
    assert own["sittings"][0]["points"] == 1
    assert (await approved(there.phone(OTHER_HALL), number)).status == 403
    viewer = await there.signed_in(ours.house.registry, "vy", Role.VIEWER, "006")
    seen = await overview(viewer)
    assert [(each["reason"], each["asked_by_name"]) for each in seen["corrections"]] == [("", "")]
    assert (await viewer.post(f"{CLOSING}/corrections", request_of(OTHER_HALL, 58))).status == 403
