"""What goes wrong, who phones whom, and what is said to halls: each within their own, and no more of it than is good."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from bridge.post import Kind, Letter, NotSent
from bridge.post.webhook import Webhook, written
from bridge.rules.notices import NOTICES_LIMIT
from tests.attacks.city import AREA, CANARY, NEIGHBOUR, OTHER, OURS, THEIRS, City, Everybody, standing
from tests.attacks.test_bytes import broken, says
from tests.attacks.test_floods import NOTICED_S, worst_s
from tests.attacks.wire import request
from tests.flows.house import (
    CONFERENCE,
    HALLS,
    MORNING_MS,
    PATH,
    PATIENCE_S,
    SITTING,
    Answer,
    Browser,
    Room,
    act,
    copied,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

MISSING = "99999-01"
BA_DINH = tuple(code for code in HALLS if code.startswith(("001-", "0000")))
DONG_DA = tuple(code for code in HALLS if code.startswith(("006", "0017", "0018", "0019")))
WHOLE_DAY = {"from": "2026-03-07T07:00:00+07:00", "to": "2026-03-07T19:00:00+07:00"}
INCIDENTS, NOTICES, CALLS, DUTY = f"{PATH}/incidents", f"{PATH}/notices", f"{PATH}/calls", f"{PATH}/duty"
REMINDERS = f"{PATH}/reminders"
FOREIGN, SHARED, OWN = 1, 2, 3
"""The incidents of the morning: of THEIRS, of NEIGHBOUR and OTHER together, of OURS. The notices likewise."""
TOGETHER_S = 60
"""OTHER fails so long after NEIGHBOUR."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def morning(the_city: tuple[Path, Everybody], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """A house of their own for those who look at what others did: it has happened, and they leave it as it is."""
    folder = copied(the_city[0], tmp_path_factory.mktemp("morning") / "data")
    async with standing(folder, the_city[1]) as city:
        await _happens(city)
        yield city


async def _happens(city: City) -> None:
    ann, binh = city.who("ann"), city.who("binh")
    await city.who("their operator").send(act(THEIRS, "incident", fault="other", note=CANARY))
    await ann.send(act(NEIGHBOUR, "incident", fault="no_sound", note=CANARY))
    await city.ours.pass_time(TOGETHER_S)
    await city.who("other operator").send(act(OTHER, "incident", fault="no_sound", note="của ta"))
    await ann.send(act(NEIGHBOUR, "incident", fault="no_sound", note=f"{CANARY} vẫn chưa được"))
    await city.who("operator").send(act(OURS, "incident", fault="no_picture", note="của ta"))
    for text, to in (
        (CANARY, {"points": [THEIRS]}),
        ("Hai quận thử máy", {"units": ["001", "006"]}),
        ("Cát Linh thử máy", {"points": [OURS]}),
    ):
        assert (await ann.post(NOTICES, {"text": text, **to})).status == 201
    shifts = [
        {"name": CANARY, "phone": "0900 999 000", "unit": "001", **WHOLE_DAY},
        {"name": "Trực Đống Đa", "phone": "0900 999 001", "unit": "006", **WHOLE_DAY},
    ]
    assert (await ann.ask("PUT", DUTY, shifts, {})).status == 200
    for said in ({"do": "claim"}, {"do": "end", "outcome": "answered", "note": CANARY}, {"do": "claim"}):
        assert (await binh.post(f"{CALLS}/{THEIRS}", said)).status == 200
    assert (await binh.post(REMINDERS, {"sitting": SITTING, "round": "opening"})).status == 200
    assert (await binh.post(f"{INCIDENTS}/{FOREIGN}", {"do": "explain", "cause": CANARY})).status == 200


def words(answer: Answer) -> str:
    return msgspec.json.encode(answer.body).decode()


# --- what is seen


LOOKED_AT = (
    f"{INCIDENTS}?status=all",
    f"{INCIDENTS}/{SHARED}",
    f"{INCIDENTS}/{OWN}",
    NOTICES,
    f"{NOTICES}/{SHARED}",
    f"{NOTICES}/{OWN}",
    CALLS,
    DUTY,
    f"{PATH}/availability",
    f"{PATH}/board",
    f"{PATH}/totals",
    f"{PATH}/events",
    f"{PATH}/points/{OURS}",
    f"{PATH}/points/{OTHER}",
    f"{PATH}/post",
    "/api/v1/desk",
)


@pytest.mark.parametrize("name", ["operator", "other operator", "coordinator", "cluster", "inspector", "viewer"])
async def test_of_what_goes_on_elsewhere_nothing_is_told(morning: City, name: str) -> None:
    seen = 0
    for path in LOOKED_AT:
        answer = await morning.who(name).get(path)
        told = words(answer)
        seen += answer.status == 200
        for foreign in (CANARY, "binh", "Binh", *(f'"{code}"' for code in BA_DINH)):
            assert foreign not in told, f"{path} told {name} {foreign}: {told[:600]}"
    assert seen >= 5


@pytest.mark.parametrize(("name", "count"), [("coordinator", len(DONG_DA)), ("cluster", 2), ("viewer", len(DONG_DA))])
async def test_every_number_is_of_ones_own_halls(morning: City, name: str, count: int) -> None:
    who = morning.who(name)
    incidents = {each["number"]: each for each in (await who.get(f"{INCIDENTS}?status=all")).body["incidents"]}
    shared = incidents[SHARED]
    assert shared["bond_name"] == AREA
    assert (shared["count"], shared["failing"], shared["spread_s"], shared["expected"]) == (1, 1, 0, 64)
    assert shared["began_at_s"] == MORNING_MS // 1000 + TOGETHER_S
    notices = {each["number"]: each for each in (await who.get(NOTICES)).body["notices"]}
    assert (notices[SHARED]["count"], notices[SHARED]["to"]) == (count, ["006"] if name != "cluster" else [])
    board = (await who.get(f"{PATH}/board?unit={'006' if name != 'cluster' else '00181'}")).body
    on_board = {each["number"]: each for each in board["affairs"]["notices"]}
    assert (on_board[SHARED]["count"], on_board[SHARED]["to"]) == (
        (len(DONG_DA), ["006"]) if name != "cluster" else (1, [])
    )
    assert sum(board["totals"]["incidents"].values()) == len(board["affairs"]["incidents"])


async def test_a_hall_is_told_since_when_it_fails_itself(morning: City) -> None:
    (incident,) = (await morning.who("other operator").get("/api/v1/desk")).body["open_incidents"]
    assert incident["began_at"] == "2026-03-07T08:01:00.000+07:00"


# --- what is asked for


DEEDS: tuple[Mapping[str, Any], ...] = (
    {"do": "acknowledge"},
    {"do": "assign", "to": "coordinator"},
    {"do": "note", "note": "thử"},
    {"do": "explain", "cause": "thử"},
    {"do": "resolve"},
    {"do": "reopen", "reason": "thử"},
    {"do": "escalate", "why": "thử"},
    {"do": "dance"},
)
ENDED = {"do": "end", "outcome": "answered"}
ASKED: tuple[tuple[str, str, Any], ...] = (
    ("GET", f"{INCIDENTS}/{{number}}", None),
    *(("POST", f"{INCIDENTS}/{{number}}", deed) for deed in DEEDS),
    ("POST", INCIDENTS, {"trouble": "no_sound", "points": ["{code}"]}),
    ("POST", INCIDENTS, {"trouble": "lost", "points": [OTHER, "{code}"]}),
    ("GET", f"{NOTICES}/{{number}}", None),
    ("DELETE", f"{NOTICES}/{{number}}", None),
    ("POST", NOTICES, {"text": "thử", "points": ["{code}"]}),
    ("POST", NOTICES, {"text": "thử", "points": [OTHER, "{code}"]}),
    ("POST", NOTICES, {"text": "thử", "units": ["{unit}"]}),
    ("POST", NOTICES, {"text": "thử", "points": [OTHER], "units": ["{unit}"]}),
    ("POST", REMINDERS, {"sitting": SITTING, "round": "opening", "points": ["{code}"]}),
    ("POST", REMINDERS, {"sitting": SITTING, "round": "opening", "points": [OTHER, "{code}"]}),
    *(("POST", f"{CALLS}/{{code}}", {"do": do}) for do in ("claim", "let_go")),
    ("POST", f"{CALLS}/{{code}}", ENDED),
    ("POST", f"{CALLS}/{{code}}", {"do": "end"}),
    ("GET", f"{PATH}/availability?unit={{unit}}", None),
    ("GET", f"{PATH}/points/{{code}}", None),
)
NOWHERE = {"number": "999", "code": MISSING, "unit": "99999"}
THERE = {"number": str(FOREIGN), "code": THEIRS, "unit": "00004"}


def about(asked: Any, what: Mapping[str, str]) -> Any:
    """The same question about other things."""
    for name, value in what.items():
        asked = msgspec.json.decode(msgspec.json.encode(asked).replace(f"{{{name}}}".encode(), value.encode()))
    return asked


@pytest.mark.parametrize("name", ["nobody", "operator", "agent", "coordinator", "cluster", "inspector", "viewer"])
async def test_what_is_foreign_is_answered_as_what_does_not_exist(morning: City, name: str) -> None:
    before = await _all_of_it(morning)
    for method, path, body in ASKED:
        answers = [
            await morning.who(name).ask(method, about(path, what), about(body, what), {}) for what in (THERE, NOWHERE)
        ]
        assert 400 <= answers[0].status < 500, f"{method} {path} {body}"
        assert answers[0].body == answers[1].body, f"{method} {path} {body}"
    for kind, said in (("noticed", {"notice": "{number}"}), ("incident", {"fault": "other"})):
        outcomes = [await _outcome(morning.who(name), kind, said, what) for what in (THERE, NOWHERE)]
        assert outcomes[0] == outcomes[1], kind
    assert await _all_of_it(morning) == before


async def _outcome(who: Browser, kind: str, said: Mapping[str, str], what: Mapping[str, str]) -> object:
    """What is answered to an act about something, but for what was named in it."""
    told = {name: int(value) if value.isdecimal() else value for name, value in about(said, what).items()}
    answer = await who.send(act(OURS if kind == "noticed" else what["code"], kind, **told))
    if answer.status != 200:
        return answer.status, answer.code
    (outcome,) = answer.outcomes
    assert outcome["outcome"] == "refused"
    return outcome["code"], outcome["message"].replace(what["code"], "…")


async def _all_of_it(city: City, incidents: Sequence[int] = (FOREIGN, SHARED, OWN)) -> list[str]:
    """Everything that was done about anything, as those see it who see all."""
    ann = city.who("ann")
    paths = [f"{INCIDENTS}?status=all", NOTICES, CALLS, DUTY]
    paths += [f"{INCIDENTS}/{number}" for number in incidents]
    return [words(await ann.get(path)) for path in paths]


async def test_who_may_come_in_for_whom_is_not_found_by_giving_an_incident_away(morning: City) -> None:
    """Half of it is another district's: whether that has a coordinator of this name is its own business."""
    answers = [
        await morning.who("coordinator").post(f"{INCIDENTS}/{SHARED}", {"do": "assign", "to": name})
        for name in ("binh", "their-viewer", "ann", "khong-co-ai")
    ]
    assert {(each.status, words(each)) for each in answers} == {(409, words(answers[0]))}
    assert answers[0].code == "not_all_yours"


async def test_what_touches_others_too_is_not_ended_for_them(morning: City) -> None:
    before = await _all_of_it(morning)
    for name in ("coordinator", "cluster", "binh"):
        who = morning.who(name)
        for deed in ({"do": "resolve"}, {"do": "explain", "cause": "thử"}, {"do": "assign", "to": name}):
            refused = await who.post(f"{INCIDENTS}/{SHARED}", deed)
            assert (refused.status, refused.code) == (409, "not_all_yours")
        refused = await who.ask("DELETE", f"{NOTICES}/{SHARED}", None, {})
        assert (refused.status, refused.code) == (409, "not_all_yours")
    assert await _all_of_it(morning) == before


STAFF = {"ann", "coordinator", "cluster"}
DOORS: tuple[tuple[str, str, object, set[str]], ...] = (
    ("GET", INCIDENTS, None, STAFF | {"operator", "inspector", "viewer", "ada"}),
    ("POST", INCIDENTS, {}, STAFF),
    ("POST", f"{INCIDENTS}/{OWN}", {}, STAFF - {"cluster"}),
    ("GET", NOTICES, None, STAFF | {"operator", "inspector", "viewer", "ada"}),
    ("POST", NOTICES, {}, STAFF),
    ("POST", REMINDERS, {}, STAFF),
    ("GET", CALLS, None, STAFF),
    ("POST", f"{CALLS}/{OTHER}", {}, STAFF),
    ("GET", DUTY, None, STAFF | {"operator", "ada"}),
    ("PUT", DUTY, {}, {"ann"}),
    ("GET", f"{PATH}/post", None, {"ann"}),
    ("GET", f"{PATH}/availability", None, STAFF | {"operator", "inspector", "viewer", "ada"}),
    ("GET", "/api/v1/linetest/down?bytes=1", None, STAFF | {"operator"}),
    ("GET", "/api/v1/linetest/ping", None, STAFF | {"operator"}),
    ("POST", "/api/v1/linetest/up", None, STAFF | {"operator"}),
)


@pytest.mark.parametrize(
    ("method", "path", "body", "let_in"), DOORS, ids=lambda each: each if isinstance(each, str) else ""
)
async def test_every_door_lets_in_whom_it_is_for_and_nobody_else(
    morning: City, method: str, path: str, body: object, let_in: set[str]
) -> None:
    """Whoever is let in with an empty body is told what it lacks; the others are not told even that."""
    found = {name: (await morning.who(name).ask(method, path, body, {})).status for name in (*STAFF, *OTHERS)}
    assert {name for name, status in found.items() if status in (200, 422)} == let_in
    assert {status for name, status in found.items() if name not in let_in} <= {401, 403, 404}
    assert found["nobody"] == 401


OTHERS = ("nobody", "operator", "agent", "inspector", "viewer", "ada")


async def test_a_deed_without_the_pages_token_is_nobodys(morning: City) -> None:
    before = await _all_of_it(morning)
    for method, path, body in (
        ("POST", f"{INCIDENTS}/{OWN}", {"do": "resolve"}),
        ("POST", NOTICES, {"text": "thử"}),
        ("DELETE", f"{NOTICES}/{OWN}", None),
        ("POST", f"{CALLS}/{OTHER}", {"do": "claim"}),
        ("PUT", DUTY, []),
    ):
        assert (await morning.who("ann").ask(method, path, body, {"X-CSRF-Token": ""})).code == "csrf"
        evil = {"Origin": "https://evil.example"}
        assert (await morning.who("ann").ask(method, path, body, evil)).code == "foreign_origin"
    assert await _all_of_it(morning) == before


# --- what a screen may notice


async def test_a_board_does_not_stir_for_what_others_have_to_do_with(alone: City) -> None:
    """Not even an empty frame: they could be counted."""
    screens = {
        name: await alone.there.screen(alone.who(name), unit) for name, unit in (("viewer", ""), ("cluster", "00181"))
    }
    for screen in screens.values():
        await screen.watch()
    ann, binh = alone.who("ann"), alone.who("binh")
    ours = {name: screen.offset for name, screen in screens.items()}
    for round_ in range(4):
        await alone.who("their operator").send(act(THEIRS, "incident", fault="other", note=f"{CANARY} {round_}"))
        await ann.post(NOTICES, {"text": CANARY, "points": [THEIRS]})
        await binh.post(f"{INCIDENTS}/1", {"do": "note", "note": CANARY})
        await binh.post(f"{CALLS}/{THEIRS}", {"do": "claim"})
        await binh.post(f"{CALLS}/{THEIRS}", ENDED)
    await ann.post(NOTICES, {"text": "đến đây thôi", "points": [OTHER]})
    for name, screen in screens.items():
        while not any(line.get("text") == "đến đây thôi" for line in screen.news):
            await screen.take()
        # A quiet board says now and then that it is alive.
        assert screen.offset - ours[name] <= 4, name
        assert CANARY not in str(screen.news)
        await screen.line.close()


SAID = ("LỜI GHI", "LỜI BÁO LÊN", "LỜI KẾT", "LỜI MỞ LẠI", "LỜI GỌI", "LỜI ĐẦU")


async def test_what_the_staff_write_for_each_other_is_read_by_no_wall_no_inspector_and_no_hall(alone: City) -> None:
    ann, binh = alone.who("ann"), alone.who("binh")
    viewer = await alone.there.screen(alone.who("viewer"))
    frames = [await viewer.watch()]
    note, why, over, again, called, first = SAID
    await ann.post(INCIDENTS, {"trouble": "no_sound", "points": [OURS], "note": first})
    for deed in (
        {"do": "assign", "to": "coordinator"},
        {"do": "note", "note": note},
        {"do": "escalate", "why": why},
        {"do": "resolve", "note": over},
        {"do": "reopen", "reason": again},
    ):
        assert (await ann.post(f"{INCIDENTS}/1", deed)).status == 200, deed
    await ann.post(f"{CALLS}/{OURS}", {**ENDED, "note": called})
    last = act(OURS, "stage", stage="on_site")
    await alone.who("operator").send(last)
    while viewer.points[OURS]["stage"] != "on_site":
        frames.append(await viewer.take())
    told = {"the viewer's screen": msgspec.json.encode(frames).decode()}
    for name in ("viewer", "inspector", "operator", "ada"):
        for path in (
            f"{INCIDENTS}?status=all",
            f"{INCIDENTS}/1",
            f"{PATH}/board",
            f"{PATH}/events",
            f"{PATH}/points/{OURS}",
        ):
            if name != "ada" or path.endswith("/events"):
                told[f"{name} {path}"] = words(await alone.who(name).get(path))
    found = {
        (where, said)
        for where, text in told.items()
        for said in (*SAID, '"coordinator"', "Coordinator")
        if said in text
    }
    assert found == set()
    # And those for whom it was written have it.
    assert why in words(await alone.who("coordinator").get(f"{INCIDENTS}/1"))
    assert not set(SAID) & set(words(await binh.get(f"{PATH}/events")).split('"'))


# --- what is sent


GOOD: tuple[tuple[str, str, str, object], ...] = (
    ("ann", "POST", INCIDENTS, {"trouble": "other", "points": [OURS], "note": "thử"}),
    ("ann", "POST", f"{INCIDENTS}/1", {"do": "note", "note": "thử"}),
    ("ann", "POST", NOTICES, {"text": "thử", "urgent": True, "confirm": False, "points": [OURS], "units": ["006"]}),
    ("ann", "POST", REMINDERS, {"sitting": SITTING, "round": "opening", "points": [OURS]}),
    ("ann", "POST", f"{CALLS}/{OURS}", {"do": "end", "outcome": "answered", "note": "thử"}),
    ("ann", "PUT", DUTY, [{"name": "Mai", "phone": "0900 999 000", "what": "máy", "unit": "006", **WHOLE_DAY}]),
)
FORGED: Mapping[str, object] = {
    "number": 1,
    "by": "user:binh",
    "by_name": "Binh",
    "owner": "binh",
    "status": "resolved",
    "severity": "minor",
    "level": 3,
    "at": "2020-01-01T00:00:00Z",
    "until_s": 2**40,
    "seen": 9,
    "conference": "another",
    "everywhere": True,
    "to": "binh",
    "position": 1,
}


async def test_nobody_says_more_than_they_are_asked(alone: City) -> None:
    await alone.who("operator").send(act(OURS, "incident", fault="no_sound"))
    before = await _all_of_it(alone, incidents=(1,))
    for name, method, path, body in GOOD:
        for field, value in FORGED.items():
            if isinstance(body, list):
                told = await alone.who(name).ask(
                    method, path, [{**body[0], field: value}] if field != "to" else [{}], {}
                )
            else:
                told = await alone.who(name).ask(method, path, {**body, field: value}, {})  # type: ignore[dict-item]
            assert (told.status, told.code) == (422, "invalid"), f"{path} took {field}"
    assert await _all_of_it(alone, incidents=(1,)) == before


async def test_bodies_broken_by_chance_never_break_us(alone: City) -> None:
    chance = random.Random(11)
    await alone.who("operator").send(act(OURS, "incident", fault="no_sound"))
    for name, method, path, body in GOOD:
        raw = msgspec.json.encode(body)
        for _ in range(40):
            await says(alone, request(method, path, alone.headers(name), broken(chance, raw)))
    frames = [
        b'{"type":"beat","stream":"gone","behind_s":12.5,"bitrate_kbps":800}',
        msgspec.json.encode({"type": "act", **act(OURS, "noticed", notice=1, confirmed=True)}),
        msgspec.json.encode({"type": "act", **act(OURS, "line_test", **MEASURED)}),
    ]
    for _ in range(40):
        room = await alone.there.room(OURS)
        await room.hello()
        with_luck = broken(chance, chance.choice(frames)).decode(errors="replace")
        await room.line.send(with_luck)
        await room.line.close()
    assert (await alone.who("nobody").get("/readyz")).status == 200


MEASURED: Mapping[str, Any] = {"rtt_ms": 30, "jitter_ms": 2, "loss": 0, "down_kbps": 9000, "up_kbps": 900}
SENSELESS: tuple[Mapping[str, object], ...] = (
    *({"kind": "line_test", **MEASURED, name: value} for name in MEASURED for value in (-1, 1e300, "x", None)),
    {"kind": "line_test", **MEASURED, "loss": 1.01},
    *({"kind": "noticed", "notice": value} for value in (0, -1, 2**31 + 1, 10**400, "1", None, [1])),
    {"kind": "noticed", "notice": 1, "confirmed": "có"},
    {"kind": "noticed", "notice": 999},
)


async def test_an_act_that_makes_no_sense_is_refused_by_itself(morning: City) -> None:
    for said in SENSELESS:
        body = {"device": "d", "sent_at": "2026-03-07T08:00:00+07:00", "acts": [{**act(OURS, "stage"), **said}]}
        told = await morning.who("operator").post(f"{PATH}/acts", body)
        assert [each["outcome"] for each in told.outcomes] == ["refused"], said


@pytest.mark.parametrize(
    "said",
    [
        {"from": "0001-01-01T00:00:00+14:00"},
        {"to": "9999-12-31T23:59:59-14:00"},
        {"to": "9999-12-31T23:59:59Z"},
        {"from": "-271821-04-20T00:00:00Z"},
        {"from": 1e300},
        {"from": True},
    ],
)
async def test_a_shift_at_the_end_of_time_is_refused_and_the_roster_can_still_be_read(
    morning: City, said: Mapping[str, object]
) -> None:
    shift = {"name": "Mai", "phone": "0900 999 000", **WHOLE_DAY, **said}
    before = words(await morning.who("ann").get(DUTY))
    told = await morning.who("ann").ask("PUT", DUTY, [shift], {})
    assert (told.status, told.code) == (422, "invalid")
    assert words(await morning.who("ann").get(DUTY)) == before


# --- floods


async def test_a_district_that_says_too_much_does_not_gag_the_city(alone: City) -> None:
    told = [await alone.who("coordinator").post(NOTICES, {"text": f"lần {n}"}) for n in range(NOTICES_LIMIT)]
    assert {each.status for each in told} == {201, 409}
    assert {each.code for each in told if each.status == 409} == {"too_many"}
    urgent = await alone.who("ann").post(NOTICES, {"text": "Sơ tán", "urgent": True})
    assert urgent.status == 201
    desk = (await alone.who("operator").get("/api/v1/desk")).body
    assert desk["notices"][0]["text"] == "Sơ tán"
    assert len(msgspec.json.encode(desk)) < 16_000


async def test_one_phone_that_cries_without_end_is_one_matter_and_slows_nobody(alone: City) -> None:
    room = await alone.there.room(OTHER)
    await room.hello()
    screen = await alone.there.screen(alone.who("ann"))
    await screen.watch()
    operator = alone.who("operator")
    crying = asyncio.create_task(_cries(operator))
    while not crying.done():
        assert await worst_s(alone, 1) < NOTICED_S
        async with asyncio.timeout(NOTICED_S):
            await (await room.line.ping())
    await crying
    for status in ("open", "all"):
        found = (await alone.who("ann").get(f"{INCIDENTS}?status={status}")).body
        assert found["count"] <= 5, "one for each trouble that a hall can have"
    for incident in found["incidents"]:
        answer = await alone.who("ann").get(f"{INCIDENTS}/{incident['number']}")
        assert len(words(answer)) < 64_000
    (outcome,) = (await alone.who("other operator").send(act(OTHER, "stage", stage="on_site"))).outcomes
    assert outcome["outcome"] == "accepted"
    await screen.shows(OTHER, stage="on_site", link="steady")
    assert len(msgspec.json.encode((await alone.who("ann").get(f"{PATH}/board")).body)) < 64_000


async def _cries(operator: Browser) -> None:
    """As a machine would: broken and whole again, a thousand times over."""
    for turn in range(20):
        batch: list[Mapping[str, Any]] = []
        for cry in range(50):
            at_ms = MORNING_MS - 3_600_000 + (turn * 50 + cry) * 1_000
            batch += [
                act(OURS, "incident", at_ms, fault=fault, note=f"{turn}.{cry}") for fault in ("no_sound", "no_picture")
            ]
            batch += [act(OURS, "perceived", at_ms + 500, picture="good", sound="good", line="good")]
        sent = {"device": "phone", "sent_at": "2026-03-07T08:00:00+07:00", "acts": batch}
        answer = await operator.post(f"{PATH}/acts", sent)
        assert answer.status in (200, 503)


async def test_whoever_measures_without_end_keeps_nobody_waiting(alone: City) -> None:
    room = await alone.there.room(OTHER)
    await room.hello()
    links = [alone.who(name) for name in ("operator", "their operator", "coordinator", "cluster", "binh", "ann")]
    measuring = asyncio.gather(*(_measured(alone, link, way) for link in links for way in ("down", "up") * 16))
    while not measuring.done():
        assert await worst_s(alone, 1) < NOTICED_S
        async with asyncio.timeout(NOTICED_S):
            await (await room.line.ping())
    statuses = set(await measuring)
    assert 429 in statuses
    assert statuses <= {200, 429, 503}
    assert (await alone.who("other operator").get("/api/v1/linetest/down?bytes=2097152")).status == 200


async def _measured(city: City, who: Browser, way: str) -> int:
    if way == "down":
        return (await who.get("/api/v1/linetest/down?bytes=2097152")).status
    url = f"{city.address}/api/v1/linetest/up"
    async with city._http.post(url, data=bytes(512 * 1024), headers=who.headers) as answer:
        return answer.status


# --- a room that does not tell the truth


async def phoned(city: City) -> Room:
    """The socket of the operator of OURS, frame by frame."""
    headers = city.headers("operator")
    path = f"/ws/point?link={headers['Bridge-Link']}"
    line = await city.there.dial(path, {"Cookie": headers["Cookie"], "Origin": city.address})
    room = Room(line, city.there._frame_said)
    await room.hello("phone")
    return room


async def beats(room: Room, **said: object) -> None:
    room._said()
    await room.say("beat", **said)


@pytest.mark.parametrize("phone_first", [True, False])
async def test_a_phone_says_nothing_of_the_broadcast_for_a_room_whose_machine_follows_it(
    alone: City, phone_first: bool
) -> None:
    phone = await phoned(alone) if phone_first else None
    machine = await alone.there.room(OURS)
    await machine.hello()
    await beats(machine, stream="fresh")
    phone = phone or await phoned(alone)
    await alone.ours.pass_time(3)
    await beats(phone, stream="gone", behind_s=600)
    await beats(machine)
    await alone.ours.pass_time(3)
    assert (await alone.who("ann").board())[OURS]["stream"] == "fresh"
    assert (await alone.who("ann").get(f"{INCIDENTS}?status=all")).body["incidents"] == []


WORDS = ("\x1b[2J", "fresh\nlevel=error", "<script>alert(1)</script>", "đứng" * 20, "FRESH", "")


async def test_a_word_that_nobody_knows_goes_nowhere(alone: City) -> None:
    phone = await phoned(alone)
    for word in WORDS:
        await beats(phone, stream=word)
    await alone.ours.pass_time(3)
    ann = alone.who("ann")
    row = (await ann.board())[OURS]
    assert (row["link"], row["stream"], row["incident"]) == ("steady", "not_followed", None)
    told = words(await ann.get(f"{PATH}/points/{OURS}")) + words(await ann.get(f"{PATH}/events"))
    assert not [word for word in WORDS if word and msgspec.json.encode(word).decode()[1:-1] in told]
    assert "stream-moved" not in told


async def test_a_phone_that_makes_words_up_harms_its_own_hall_alone_and_once(alone: City) -> None:
    phone = await phoned(alone)
    for turn in range(30):
        for word in ("stalled", "fresh"):
            await beats(phone, stream=word, behind_s=604_800)
            await alone.ours.pass_time(1.5)
        if turn == 0:
            # However long ago it claims that to be.
            (incident,) = (await alone.who("ann").get(f"{INCIDENTS}?status=all")).body["incidents"]
            assert incident["began_at_s"] >= MORNING_MS // 1000 - 600
    found = (await alone.who("ann").get(f"{INCIDENTS}?status=all")).body
    assert found["count"] == 1
    assert [each["code"] for each in found["incidents"][0]["points"]] == [OURS]


# --- to whoever is told outside


LETTER = Letter(CONFERENCE, 7, Kind.OPENED, 1, "[Sự cố 1]", "Mất tiếng", b"{}", MORNING_MS)
ANSWERS = (
    b"",
    b"\x16\x03\x01\x00\x00",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
    b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    b"HTTP/1.1 999 \xff\xfe\r\n\r\n",
    b"HTTP/1.1 500 E\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nno gzip!!",
    b"HTTP/1.1 302 Found\r\nLocation: /latest/meta-data\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 308 P\r\nLocation: /latest/meta-data\r\nConnection: close\r\nSet-Cookie: a=\x01;;;=\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 307 T\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 401 U\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
)
SECRET = "Bm7!qXz0-pL4_vRt9.wKc2~hYs6+dGf8"


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda each: repr(each[:24]))
async def test_a_receiver_that_answers_rubbish_is_tried_again_and_learns_no_more(answer: bytes) -> None:
    asked: list[bytes] = []

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split()[1])
        if len(asked) == 1:
            await reader.readexactly(len(written(LETTER, Webhook.name)))
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(answers, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        webhook = Webhook(http, f"http://ten:mat-khau@127.0.0.1:{port}/khoa", SECRET, lambda: 1)
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(NotSent) as failed:
                await webhook.send(LETTER)
    # Nowhere else, whatever it says.
    assert set(asked) == {b"/khoa"}
    for secret in (SECRET, "mat-khau", "khoa", str(port)):
        assert secret not in str(failed.value)


async def test_a_receiver_that_never_ends_its_answer_is_not_listened_to() -> None:
    async def pours(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 500 E\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")
                await writer.drain()
        except ConnectionError:
            writer.close()

    server = await asyncio.start_server(pours, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, aiohttp.ClientSession() as http, asyncio.timeout(PATIENCE_S):
        with pytest.raises(NotSent, match="500"):
            await Webhook(http, url, SECRET, lambda: 1).send(LETTER)
