"""What is said to halls over real sockets: who hears it and when, who answered, who is reminded, and whom a hall may call."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bridge.edges.saying import UNSAID_LIMIT, Saying
from tests.flows.house import (
    HALL,
    HALLS,
    OTHER_HALL,
    PATH,
    SITTING,
    TV_HALL,
    Answer,
    Browser,
    Keys,
    Own,
    Room,
    Standing,
    act,
    count,
    own,
)

BA_DINH = tuple(code for code in HALLS if code.startswith(("001-", "00001", "00004", "00006")))
OPENING = {"sitting": SITTING, "round": "opening"}


async def phone_line(there: Standing, code: str, device: str = "phone") -> Room:
    """The socket of a hall's phone, welcomed."""
    headers = there.keys.phones[code]
    line = await there.dial(
        f"/ws/point?link={headers['Bridge-Link']}", {"Cookie": headers["Cookie"], "Origin": there.address}
    )
    phone = Room(line, lambda: None)
    await phone.hello(device)
    return phone


async def said(who: Browser, text: str = "Kiểm tra loa", **how: object) -> dict[str, Any]:
    answer = await who.post(f"{PATH}/notices", {"text": text, **how})
    assert answer.status == 201, answer.body
    return answer.body


async def answered(there: Standing, code: str, number: int, *, confirmed: bool = False) -> dict[str, Any]:
    (outcome,) = (await there.phone(code).send(act(code, "noticed", notice=number, confirmed=confirmed))).outcomes
    return outcome


async def desk(there: Standing, code: str) -> dict[str, Any]:
    answer = await there.phone(code).get("/api/v1/desk")
    assert answer.status == 200
    return answer.body


async def reminded(who: Browser, **which: object) -> dict[str, Any]:
    answer = await who.post(f"{PATH}/reminders", {**OPENING, **which})
    assert answer.status == 200, answer.body
    return answer.body


# --- hearing it


async def test_a_notice_reaches_the_phone_and_the_agent_of_a_hall_at_once(there: Standing) -> None:
    phone, agent = await phone_line(there, HALL), await there.room(HALL)
    await agent.hello()
    told = await said(there.ann, "Họp lại lúc 9 giờ", urgent=True, confirm=True)
    frame = {
        "type": "notice",
        "number": told["number"],
        "text": "Họp lại lúc 9 giờ",
        "urgent": True,
        "confirm": True,
        "at": "2026-03-07T08:00:00.000+07:00",
        "by": "Ann",
        "withdrawn": False,
    }
    assert await phone.next() == frame
    assert await agent.next() == frame


async def test_a_notice_to_some_halls_is_heard_by_no_other(there: Standing) -> None:
    here, elsewhere = await phone_line(there, HALL), await phone_line(there, OTHER_HALL)
    await said(there.ann, "một", points=[HALL])
    await said(there.ann, "hai", units=["006"])
    await said(there.ann, "ba")
    assert [(await here.next())["text"] for _ in range(2)] == ["một", "ba"]
    assert [(await elsewhere.next())["text"] for _ in range(2)] == ["hai", "ba"]


async def test_a_phone_that_was_away_hears_at_its_hello_what_it_has_not_answered(there: Standing) -> None:
    for text in ("một", "hai", "ba"):
        await said(there.ann, text)
    await answered(there, HALL, 2)
    phone = await phone_line(there, HALL)
    assert [(await phone.next())["text"] for _ in range(2)] == ["một", "ba"]
    for number in (1, 3):
        await answered(there, HALL, number)
    again = await phone_line(there, HALL, "another phone")
    await said(there.ann, "bốn")
    assert (await again.next())["text"] == "bốn"


async def test_what_is_to_be_confirmed_is_said_again_until_it_is(there: Standing) -> None:
    await said(there.ann, "Giữ nguyên micro", confirm=True)
    await answered(there, HALL, 1)
    assert (await (await phone_line(there, HALL)).next())["text"] == "Giữ nguyên micro"
    await answered(there, HALL, 1, confirmed=True)
    phone = await phone_line(there, HALL)
    await said(there.ann, "sau")
    assert (await phone.next())["text"] == "sau"


async def test_a_phone_that_was_away_for_long_hears_the_newest_twenty_oldest_first(there: Standing) -> None:
    for number in range(1, 26):
        await said(there.ann, f"Thông báo {number}")
    phone = await phone_line(there, HALL)
    assert [(await phone.next())["number"] for _ in range(20)] == list(range(6, 26))
    assert [each["number"] for each in (await desk(there, HALL))["notices"]] == list(range(25, 5, -1))


async def test_a_phone_answers_over_its_socket_and_is_not_told_again(there: Standing) -> None:
    phone = await phone_line(there, HALL)
    await said(there.ann)
    assert (await phone.next())["number"] == 1
    await phone.say("act", **act(HALL, "noticed", notice=1))
    ack = await phone.next()
    assert (ack["type"], ack["outcome"], ack["code"]) == ("ack", "accepted", "")
    assert (await there.ann.get(f"{PATH}/notices/1")).body["seen"] == 1


async def test_a_rooms_machine_cannot_answer_for_its_people(there: Standing) -> None:
    agent = await there.room(HALL)
    await agent.hello()
    await said(there.ann)
    assert (await agent.next())["type"] == "notice"
    await agent.say("act", **act(HALL, "noticed", notice=1))
    assert (await agent.next())["outcome"] == "refused"
    assert (await there.ann.get(f"{PATH}/notices/1")).body["seen"] == 0


async def test_a_withdrawn_notice_is_taken_away_from_whoever_is_there_and_never_said_again(there: Standing) -> None:
    phone = await phone_line(there, HALL)
    await said(there.ann, confirm=True)
    assert (await phone.next())["withdrawn"] is False
    gone = await there.ann.ask("DELETE", f"{PATH}/notices/1", None, {})
    assert (gone.status, gone.body["withdrawn"]) == (200, True)
    frame = await phone.next()
    assert (frame["number"], frame["withdrawn"]) == (1, True)
    assert (await desk(there, HALL))["notices"] == []
    outcome = await answered(there, HALL, 1, confirmed=True)
    assert (outcome["outcome"], outcome["code"]) == ("accepted", "withdrawn")
    again = await phone_line(there, HALL)
    await said(there.ann, "sau")
    assert (await again.next())["text"] == "sau"


async def test_a_hall_that_does_not_read_holds_up_nobody(there: Standing) -> None:
    deaf, phone = await there.room(HALL), await phone_line(there, HALL)
    await deaf.hello()
    deaf.line.transport.pause_reading()
    for number in range(40):
        await said(there.ann, "x" * 900)
        assert (await phone.next())["number"] == number + 1


async def test_a_socket_that_takes_nothing_is_left_the_newest_and_the_last_word_of_each() -> None:
    taking = asyncio.Event()
    sent: asyncio.Queue[bytes] = asyncio.Queue()

    async def send(frame: bytes) -> None:
        sent.put_nowait(frame)
        await taking.wait()

    saying = Saying(send)
    saying.say("first", b"first")
    assert await sent.get() == b"first"
    for number in range(UNSAID_LIMIT + 4):
        saying.say(number, b"%d" % number)
    saying.say(10, b"10 withdrawn")
    taking.set()
    left = [b"%d" % number for number in range(4, UNSAID_LIMIT + 4) if number != 10]
    assert [await sent.get() for _ in range(UNSAID_LIMIT)] == [*left, b"10 withdrawn"]
    saying.say("last", b"last")
    assert await sent.get() == b"last"


async def test_a_socket_that_breaks_hears_nothing_more_of_what_waited() -> None:
    sent: asyncio.Queue[bytes] = asyncio.Queue()

    async def send(frame: bytes) -> None:
        sent.put_nowait(frame)
        raise ConnectionResetError

    saying = Saying(send)
    saying.say(1, b"one")
    saying.say(2, b"two")
    assert await sent.get() == b"one"
    saying.stop()
    assert sent.empty()


async def test_what_was_said_and_answered_outlives_a_restart(ours: Own, folder: Path, keys: Keys) -> None:
    await said(ours.there.ann, "Giữ nguyên micro", confirm=True)
    await answered(ours.there, HALL, 1, confirmed=True)
    await reminded(ours.there.ann)
    await ours.close()
    async with own(folder, keys) as again:
        told = (await again.there.ann.get(f"{PATH}/notices/1")).body
        assert (told["text"], told["seen"], told["confirmed"]) == ("Giữ nguyên micro", 1, 1)
        assert (await reminded(again.there.ann))["reminded"] == 0
        phone = await phone_line(again.there, OTHER_HALL)
        assert [(await phone.next())["type"] for _ in range(2)] == ["notice", "reminder"]


# --- who answered


async def test_the_staff_see_who_has_seen_and_who_has_confirmed(there: Standing) -> None:
    await said(there.ann, units=["00004"], confirm=True)
    await answered(there, "00004-01", 1)
    await answered(there, "00004-02", 1, confirmed=True)
    told = (await there.ann.get(f"{PATH}/notices/1")).body
    assert (told["to"], told["count"], told["seen"], told["confirmed"], told["by_name"]) == (["00004"], 2, 2, 1, "Ann")
    at = "2026-03-07T08:00:00.000+07:00"
    assert told["halls"] == [
        {"point": "00004-01", "name": "Nhà văn hóa Trúc Bạch", "seen_at": at, "confirmed_at": None},
        {"point": "00004-02", "name": "Trường THCS Mạc Đĩnh Chi", "seen_at": at, "confirmed_at": at},
    ]
    (line,) = (await there.ann.get(f"{PATH}/notices")).body["notices"]
    assert line == {name: told[name] for name in told if name not in ("halls", "halls_left_out")}


async def test_those_who_have_not_answered_stand_first(there: Standing) -> None:
    await said(there.ann)
    await answered(there, HALLS[0], 1)
    halls = [each["point"] for each in (await there.ann.get(f"{PATH}/notices/1")).body["halls"]]
    assert halls == [*sorted(HALLS[1:]), HALLS[0]]


async def test_two_phones_of_a_hall_count_once(there: Standing) -> None:
    await said(there.ann, confirm=True)
    for _ in range(2):
        assert (await answered(there, HALL, 1, confirmed=True))["outcome"] == "accepted"
    told = (await there.ann.get(f"{PATH}/notices/1")).body
    assert (told["count"], told["seen"], told["confirmed"]) == (len(HALLS), 1, 1)


async def test_a_hall_sees_on_its_desk_what_it_has_answered(there: Standing) -> None:
    await said(there.ann, "một")
    await said(there.ann, "hai", confirm=True, urgent=True)
    await answered(there, HALL, 1)
    shown = (await desk(there, HALL))["notices"]
    at = "2026-03-07T08:00:00.000+07:00"
    assert shown == [
        {
            "number": 2,
            "text": "hai",
            "urgent": True,
            "confirm": True,
            "at": at,
            "by": "Ann",
            "seen": False,
            "confirmed": False,
        },
        {
            "number": 1,
            "text": "một",
            "urgent": False,
            "confirm": False,
            "at": at,
            "by": "Ann",
            "seen": True,
            "confirmed": False,
        },
    ]


# --- whose it is


async def test_a_coordinator_speaks_to_the_own_halls_and_everybody_of_theirs_is_all_they_reach(there: Standing) -> None:
    told = await said(there.binh, "Gửi cả quận")
    assert (told["to"], told["count"]) == (["001"], len(BA_DINH))
    assert len((await desk(there, HALL))["notices"]) == 1
    assert (await desk(there, OTHER_HALL))["notices"] == []
    assert (await said(there.binh, "Gửi một nơi", points=[HALL]))["count"] == 1


@pytest.mark.parametrize(
    ("foreign", "missing"),
    [
        ({"points": [OTHER_HALL]}, {"points": ["99999-01"]}),
        ({"points": [HALL, OTHER_HALL]}, {"points": [HALL, "99999-01"]}),
        ({"units": ["006"]}, {"units": ["99999"]}),
        ({"units": ["01"]}, {"units": ["99999"]}),
    ],
)
async def test_to_a_foreign_hall_nobody_speaks_and_it_does_not_exist(
    there: Standing, foreign: dict[str, Any], missing: dict[str, Any]
) -> None:
    answers: list[Answer] = [
        await there.binh.post(f"{PATH}/notices", {"text": "Gửi nhầm", **to}) for to in (foreign, missing)
    ]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].body == answers[1].body
    assert (await there.ann.get(f"{PATH}/notices")).body["notices"] == []


async def test_a_coordinator_counts_only_the_own_halls(there: Standing) -> None:
    await said(there.ann, "Gửi tất cả")
    await said(there.ann, "Chỉ Đống Đa", units=["006", "001"])
    await said(there.ann, "Không cho Ba Đình", units=["006"])
    for code in (HALL, OTHER_HALL):
        for number in (1, 2):
            await answered(there, code, number)
    told = (await there.binh.get(f"{PATH}/notices")).body["notices"]
    assert [(each["number"], each["to"], each["count"], each["seen"]) for each in told] == [
        (2, ["001"], len(BA_DINH), 1),
        (1, None, len(BA_DINH), 1),
    ]
    halls = (await there.binh.get(f"{PATH}/notices/1")).body["halls"]
    assert {each["point"] for each in halls} == set(BA_DINH)


async def test_a_notice_to_others_does_not_exist(there: Standing) -> None:
    await said(there.ann, "Không cho Ba Đình", units=["006"])
    for method in ("GET", "DELETE"):
        foreign = await there.binh.ask(method, f"{PATH}/notices/1", None, {})
        missing = await there.binh.ask(method, f"{PATH}/notices/7", None, {})
        assert (foreign.status, foreign.body) == (missing.status, missing.body)
    assert (await there.phone(HALL).get(f"{PATH}/notices/1")).status == 404
    refused = await answered(there, HALL, 1)
    unknown = await answered(there, HALL, 7)
    assert (refused["outcome"], refused["code"], refused["message"]) == (
        unknown["outcome"],
        unknown["code"],
        unknown["message"],
    )


@pytest.mark.parametrize("number", ["0", "-1", "x", "1" * 5_000, "%31%00", "²"])
async def test_what_is_no_number_is_no_notice(there: Standing, number: str) -> None:
    assert (await there.ann.get(f"{PATH}/notices/{number}")).status == 404


async def test_whoever_covers_only_a_part_of_a_notice_cannot_withdraw_it(there: Standing) -> None:
    await said(there.ann)
    await said(there.binh)
    refused = await there.binh.ask("DELETE", f"{PATH}/notices/1", None, {})
    assert (refused.status, refused.code) == (409, "not_all_yours")
    assert (await there.binh.ask("DELETE", f"{PATH}/notices/2", None, {})).status == 200
    assert [each["text"] for each in (await desk(there, HALL))["notices"]] == ["Kiểm tra loa"]


async def test_halls_do_not_speak_to_halls(there: Standing) -> None:
    phone = there.phone(HALL)
    for method, path, body in (
        ("POST", "notices", {"text": "Chào"}),
        ("DELETE", "notices/1", None),
        ("POST", "reminders", OPENING),
    ):
        answer = await phone.ask(method, f"{PATH}/{path}", body, {})
        assert (answer.status, answer.code) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("body", "status", "code", "why"),
    [
        ({"text": " "}, 422, "invalid", "chưa có nội dung"),
        ({"text": "x" * 1_001}, 422, "invalid", "dài 1001 ký tự; tối đa 1000"),
        ({"text": "chuông\x07"}, 422, "invalid", "U+0007"),
        ({"text": "x", "points": [], "units": []}, 409, "nobody", "chọn lại nơi nhận"),
        ({"text": "x", "loud": True}, 422, "invalid", "loud"),
    ],
)
async def test_a_notice_that_cannot_be_said_is_refused_with_what_to_do(
    there: Standing, body: dict[str, Any], status: int, code: str, why: str
) -> None:
    answer = await there.ann.post(f"{PATH}/notices", body)
    assert (answer.status, answer.code) == (status, code)
    assert why in answer.body["detail"]


# --- reminders


async def test_only_silent_halls_are_reminded_and_no_longer_when_they_have_reported(there: Standing) -> None:
    await there.phone(OTHER_HALL).send(count(OTHER_HALL, 60))
    # An unlikely number is an answer too: somebody counted.
    await there.phone("00181-01").send(count("00181-01", 640))
    silent, busy = await phone_line(there, HALL), await phone_line(there, OTHER_HALL)
    assert await reminded(there.ann) == {"reminded": len(HALLS) - 2, "resting": 0}
    at = "2026-03-07T08:00:00.000+07:00"
    assert await silent.next() == {"type": "reminder", **OPENING, "at": at}
    await said(there.ann, "sau")
    assert (await busy.next())["text"] == "sau"
    assert (await desk(there, HALL))["reminder"] == {**OPENING, "at": at}
    assert (await desk(there, TV_HALL))["reminder"] == {**OPENING, "at": at}
    assert (await desk(there, OTHER_HALL))["reminder"] is None
    await there.phone(HALL).send(count(HALL, 60))
    assert (await desk(there, HALL))["reminder"] is None


async def test_a_phone_that_was_away_is_reminded_at_its_hello_and_an_agent_never(there: Standing) -> None:
    await reminded(there.ann, points=[HALL])
    phone, agent = await phone_line(there, HALL), await there.room(HALL)
    await agent.hello()
    assert (await phone.next())["type"] == "reminder"
    await said(there.ann)
    assert (await agent.next())["type"] == "notice"
    await there.phone(HALL).send(count(HALL, 60))
    again = await phone_line(there, HALL)
    assert (await again.next())["type"] == "notice"


async def test_whoever_was_just_reminded_is_left_in_peace(ours: Own) -> None:
    there = ours.there
    assert await reminded(there.ann, points=[HALL]) == {"reminded": 1, "resting": 0}
    assert await reminded(there.ann) == {"reminded": len(HALLS) - 1, "resting": 1}
    assert await reminded(there.ann) == {"reminded": 0, "resting": len(HALLS)}
    await ours.pass_time(20 * 60)
    assert await reminded(there.ann, points=[HALL]) == {"reminded": 1, "resting": 0}


async def test_two_who_remind_at_the_same_moment_remind_once(there: Standing) -> None:
    told = await asyncio.gather(*(reminded(there.ann) for _ in range(4)))
    assert sorted(each["reminded"] for each in told) == [0, 0, 0, len(HALLS)]


async def test_a_coordinator_reminds_only_the_own_halls(there: Standing) -> None:
    assert (await reminded(there.binh))["reminded"] == len(BA_DINH)
    assert (await desk(there, HALL))["reminder"] is not None
    assert (await desk(there, OTHER_HALL))["reminder"] is None
    foreign = await there.binh.post(f"{PATH}/reminders", {**OPENING, "points": [OTHER_HALL]})
    missing = await there.binh.post(f"{PATH}/reminders", {**OPENING, "points": ["99999-01"]})
    assert (foreign.status, foreign.body) == (missing.status, missing.body)
    assert foreign.status == 404


@pytest.mark.parametrize(
    ("which", "status", "code"),
    [
        ({"round": "middle"}, 409, "not_open"),
        ({"sitting": "2026-03-08-am"}, 404, "unknown_round"),
        ({"round": "supper"}, 422, "invalid"),
    ],
)
async def test_a_reminder_that_no_hall_could_answer_is_refused(
    there: Standing, which: dict[str, str], status: int, code: str
) -> None:
    answer = await there.ann.post(f"{PATH}/reminders", {**OPENING, **which})
    assert (answer.status, answer.code) == (status, code)


async def test_after_the_close_nobody_is_reminded(there: Standing) -> None:
    for version, phase in ((2, "closing"), (3, "closed")):
        assert (await there.ann.post(f"{PATH}/phase", {"phase": phase, "version": version})).status == 200
    answer = await there.ann.post(f"{PATH}/reminders", OPENING)
    assert (answer.status, answer.code) == (409, "not_open")


# --- whom to call


async def test_a_hall_is_told_who_answers_the_phone_now_the_nearest_first(ours: Own) -> None:
    there = ours.there
    roster = [
        _shift("Mai", "sáng sớm", None, 7, 8),
        _shift("An", "số liệu", None, 7, 12),
        _shift("Bình", "đường truyền", "001", 8, 9),
        _shift("Chi", "đường truyền", "006", 8, 12),
        _shift("Dung", "hội trường", "00004", 7, 12),
    ]
    assert (await there.ann.ask("PUT", f"{PATH}/duty", roster, {})).status == 200
    told = await desk(there, HALL)
    assert told["hotline"] == {"name": "Trực ban thành phố", "phone": "024 3000 0800"}
    assert told["duty"] == [
        {"name": "Dung", "phone": "0900 999 000", "what": "hội trường"},
        {"name": "Bình", "phone": "0900 999 000", "what": "đường truyền"},
        {"name": "An", "phone": "0900 999 000", "what": "số liệu"},
    ]
    assert [each["name"] for each in (await desk(there, OTHER_HALL))["duty"]] == ["Chi", "An"]
    await ours.pass_time(60 * 60)
    assert [each["name"] for each in (await desk(there, HALL))["duty"]] == ["Dung", "An"]


def _shift(name: str, what: str, unit: str | None, from_hour: int, to_hour: int) -> dict[str, Any]:
    return {
        "name": name,
        "phone": "0900 999 000",
        "what": what,
        "from": f"2026-03-07T{from_hour:02}:00:00+07:00",
        "to": f"2026-03-07T{to_hour:02}:00:00+07:00",
        "unit": unit,
    }


async def test_a_hall_sees_what_is_known_to_be_wrong_with_it(there: Standing) -> None:
    assert (await desk(there, HALL))["open_incidents"] == []
    await there.phone(HALL).send(act(HALL, "incident", fault="no_sound"))
    (wrong,) = (await desk(there, HALL))["open_incidents"]
    assert wrong == {
        "number": 1,
        "trouble": "no_sound",
        "status": "open",
        "owner_name": "",
        "began_at": "2026-03-07T08:00:00.000+07:00",
    }
    assert (await desk(there, OTHER_HALL))["open_incidents"] == []


async def test_a_desk_with_everything_on_it_stays_small(there: Standing) -> None:
    for number in range(30):
        await said(there.ann, f"{number} " + "Đề nghị các điểm cầu giữ trật tự. " * 6)
    await reminded(there.ann)
    shown = await there.phone(HALL).get("/api/v1/desk")
    assert int(shown.headers["Content-Length"]) < 16 * 1024
