"""Nobody reaches what is not theirs: every address and both sockets, asked by everybody for the other district's things."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest
from websockets.exceptions import InvalidStatus

from tests.attacks.city import CANARY, OTHER, OURS, THEIRS, City
from tests.flows.house import CONFERENCE, MEASURED, PATH, SITTING, Browser, act, count

pytestmark = pytest.mark.asyncio(loop_scope="session")

STRANGERS = ("nobody", "operator", "agent", "coordinator", "inspector", "viewer")
QUERIES = (
    "",
    "unit=001",
    "unit=00004",
    "unit=01",
    f"point={THEIRS}",
    f"q={CANARY}",
    "q=sau",
    "parent=001",
    "day=2026-03-07",
)
BODIES: tuple[Mapping[str, Any], ...] = (
    {},
    {"points": [THEIRS]},
    {"text": "thử", "points": [THEIRS]},
    {"sitting": SITTING, "round": "opening", "points": [THEIRS]},
    {"unit": "001"},
    {"phase": "closing", "version": 2},
    {"names": False},
    {"do": "claim"},
    {"do": "end", "outcome": "answered"},
)


def addresses(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every address of the document, with the other district's things in its path."""
    theirs = {"conference": CONFERENCE, "code": THEIRS, "person": "0000000000", "handle": "a" * 12, "number": "1"}
    theirs |= {"username": "binh", "cluster": "C-01", "session": "0" * 16, "token": "1", "wall": "b" * 12}
    theirs |= {"format": "csv", "form": "party"}
    for path, methods in document["paths"].items():
        if "{" in path:
            path = re.sub(r"{(\w+)}", lambda found: theirs[found[1]], path)
        for method in methods:
            yield method.upper(), path


async def test_no_answer_holds_a_word_of_another_district(city: City) -> None:
    await city.who("their operator").send(act(THEIRS, "incident", fault="other", note=CANARY), count(THEIRS, 40))
    posted = await city.who("ann").post(f"{PATH}/notices", {"text": CANARY, "points": [THEIRS]})
    assert (posted.status, posted.body["number"]) == (201, 1)
    shift = {"name": CANARY, "phone": "0900 999 000", "from": "2026-03-07T07:00:00Z", "to": "2026-03-08T07:00:00Z"}
    assert (await city.who("ann").ask("PUT", f"{PATH}/duty", [{**shift, "unit": "001"}], {})).status == 200
    before = await city.who("ann").board()
    document = (await city.who("nobody").get("/api/v1/openapi.json")).body
    asked = list(addresses(document))
    assert len(asked) > 30
    for name in STRANGERS:
        stranger = Asker(city.who(name))
        for method, path in asked:
            if path == "/api/v1/session" and method == "DELETE":
                continue
            for query in QUERIES if method == "GET" else ("",):
                await stranger.finds_nothing(method, f"{path}?{query}")
            for body in BODIES if method != "GET" else ():
                await stranger.finds_nothing(method, path, body)
    assert await city.who("ann").board() == before
    assert (await city.who("their operator").get("/api/v1/desk")).status == 200, "a link was revoked by a stranger"


class Asker:
    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    async def finds_nothing(self, method: str, path: str, body: object = None) -> None:
        answer = await self._browser.ask(method, path, body, {})
        told = f"{answer.headers} {msgspec.json.encode(answer.body).decode()}"
        # What was asked for may be named in a refusal of what it is called; nothing else may.
        assert CANARY not in told.replace(f"q={CANARY}", ""), f"{method} {path} told {told[:500]}"
        assert answer.status < 500, f"{method} {path} -> {answer.status}"


async def test_exports_and_pages_hold_no_word_of_another_district(city: City) -> None:
    for name in ("coordinator", "operator"):
        for file in ("roster/export?format=csv", f"roster/export?format=csv&point={THEIRS}", "roster/export?unit=001"):
            async with city._http.get(f"{city.address}{PATH}/{file}", headers=city.headers(name)) as answer:
                raw = await answer.read()
            assert CANARY.encode() not in raw
            assert ("Lê Văn Ta".encode() in raw) is (answer.status == 200)


@pytest.mark.parametrize("name", STRANGERS)
async def test_foreign_equals_nonexistent_in_every_word(city: City, name: str) -> None:
    for path in ("points/{}", "points/{}/people", "badges.pdf?point={}", "roster/export?point={}"):
        foreign = await city.who(name).get(f"{PATH}/{path.format(THEIRS)}")
        missing = await city.who(name).get(f"{PATH}/{path.format('99999-01')}")
        assert (foreign.status, foreign.body) == (missing.status, missing.body)


@pytest.mark.parametrize("name", ["coordinator", "inspector", "viewer"])
async def test_a_board_tells_only_its_own_district(city: City, name: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await city.there.screen(city.who(name), unit="001")
    assert refused.value.response.status_code == 404
    screen = await city.there.screen(city.who(name))
    frames = [await screen.watch()]
    await city.who("their operator").send(act(THEIRS, "incident", fault="other", note=CANARY))
    await city.who("operator").send(act(OURS, "incident", fault="other", note="của ta"))
    while not any(line.get("note") == "của ta" for line in screen.news):
        frames.append(await screen.take())
    assert CANARY not in msgspec.json.encode(frames).decode()
    assert set(screen.points) == {code for code in screen.points if code.startswith(("006", "0017", "0018", "0019"))}
    await screen.line.close()


async def test_how_many_fell_elsewhere_is_not_told(alone: City) -> None:
    rooms = await alone.there.rooms(MEASURED)
    for room in rooms:
        await room.line.close()
    await alone.ours.pass_time(90)
    told = []
    for name in ("ann", "viewer"):
        screen = await alone.there.screen(alone.who(name))
        await screen.watch()
        told += [line["points"] for line in screen.news if line["kind"] == "centre-outage-began"]
    assert told == [len(MEASURED), sum(code.startswith(("006", "0017", "0018", "0019")) for code in MEASURED)]


@pytest.mark.parametrize("kind", ["confirm", "release", "correct", "undo"])
async def test_an_act_of_another_hall_is_as_unknown_as_none(city: City, kind: str) -> None:
    theirs = count(THEIRS, 41)
    await city.who("their operator").send(theirs)
    figures: dict[str, Any] = {"reason": "thử", "present": 1, "excused": 0, "unexcused": 0} if kind == "correct" else {}
    for name in ("operator", "coordinator"):
        outcomes = []
        for named in (theirs["id"], act(OURS, "stage")["id"]):
            (outcome,) = (await city.who(name).send(act(OURS, kind, act=named, **figures))).outcomes
            outcomes.append((outcome["outcome"], outcome["code"], outcome["message"]))
        assert outcomes[0] == outcomes[1]
        assert outcomes[0][0] == "refused"


async def test_an_id_seen_elsewhere_tells_nothing_and_takes_nothing(city: City) -> None:
    theirs = count(THEIRS, 42)
    await city.who("their operator").send(theirs)
    (first,) = (await city.who("operator").send(count(OURS, 50) | {"id": theirs["id"]})).outcomes
    assert (first["outcome"], first["duplicate"]) == ("accepted", False)
    board = await city.who("ann").board()
    assert (board[THEIRS]["present"], board[OURS]["present"]) == (42, 50)


async def test_one_id_is_one_act_and_never_another_halls(city: City) -> None:
    said = act(OURS, "stage", stage="line_tested")
    (first,) = (await city.who("coordinator").send(said)).outcomes
    other = act(OTHER, "stage", stage="ended") | {"id": said["id"]}
    (second,) = (await city.who("coordinator").send(other)).outcomes
    assert (first["outcome"], second["outcome"], second["code"]) == ("accepted", "refused", "id_reuse")
    assert (await city.who("ann").board())[OTHER]["stage"] != "ended"


async def test_an_act_cannot_say_who_did_it_or_when_it_came(city: City) -> None:
    forged = act(
        OURS, "stage", stage="on_site", by="user:ann", staff=True, received_at="2020-01-01T00:00:00Z", position=1
    )
    (outcome,) = (await city.who("operator").send(forged)).outcomes
    assert outcome["outcome"] == "accepted"
    (line,) = [each for each in await city.who("ann").events() if each["act"] == forged["id"]]
    assert (line["by"], line["received_at"][:10]) == (f"point:{OURS}", "2026-03-07")


async def test_a_rooms_machine_may_only_be_there(city: City) -> None:
    room = await city.there.room(OURS)
    await room.hello()
    for point in (OURS, THEIRS):
        await room.say("act", **act(point, "stage", stage="ended"))
        answer = await room.next()
        assert (answer["type"], answer["outcome"]) == ("ack", "refused")
    await room.line.close()
    agent = city.who("agent")
    for path in ("/api/v1/desk", "/api/v1/points", f"{PATH}/board", f"{PATH}/events", "/api/v1/session"):
        assert (await agent.get(path)).status in (401, 403)
    assert (await city.who("ann").board())[OURS]["stage"] != "ended"


async def test_whose_badge_was_seen_and_where_is_told_to_who_may_know(alone: City) -> None:
    badge = alone.everybody.badge
    await alone.who("their operator").send(act(THEIRS, "scan", badge=badge))
    (again,) = (await alone.who("operator").send(act(OURS, "scan", badge=badge))).outcomes
    assert again["code"] == "elsewhere"
    assert CANARY not in again["message"]
    assert THEIRS not in again["message"]
    told = {
        name: await alone.who(name).events() for name in ("ann", "operator", "coordinator", "viewer", "their-viewer")
    }
    (seen,) = [each["event"] for each in told["ann"] if each["event"]["event"] == "person-seen-again"]
    assert seen["first_point"] == THEIRS
    for name in ("operator", "coordinator", "viewer"):
        (line,) = [each["event"] for each in told[name] if each["event"]["event"] == "person-seen-again"]
        assert line["first_point"] is None
        assert THEIRS not in msgspec.json.encode(told[name]).decode()
    for name in ("viewer", "their-viewer"):
        assert seen["person"] not in msgspec.json.encode(told[name]).decode()


async def test_user_names_of_the_staff_stay_among_the_staff(city: City) -> None:
    await city.who("coordinator").send(act(OURS, "stage", stage="line_tested"))
    for name in ("operator", "viewer", "inspector"):
        assert "user:coordinator" not in msgspec.json.encode(await city.who(name).events()).decode()
    assert "user:coordinator" in {each["by"] for each in await city.who("ann").events()}


async def test_the_open_doors_tell_nothing_of_what_goes_on(city: City) -> None:
    for path in ("/healthz", "/readyz", "/login", "/p/x", "/c/x", "/api/v1/openapi.json", "/api/v1/frames.json"):
        async with city._http.get(city.address + path) as answer:
            raw = await answer.text()
        assert answer.status == 200
        for secret in (CANARY, CONFERENCE, SITTING, THEIRS):
            assert secret not in raw


async def test_a_link_opens_one_hall_and_its_cookie_no_other(city: City) -> None:
    ours, theirs = city.headers("operator"), city.headers("their operator")
    for mixed in (
        {**ours, "Bridge-Link": theirs["Bridge-Link"]},
        {
            **ours,
            "Bridge-Link": theirs["Bridge-Link"],
            "Cookie": ours["Cookie"].replace(ours["Bridge-Link"], theirs["Bridge-Link"]),
        },
        {"Cookie": f"bridge={ours['Cookie'].partition('=')[2]}"},
        {"Authorization": f"Bearer {ours['Cookie'].partition('=')[2]}"},
        {"Bridge-Link": ours["Bridge-Link"], "Cookie": city.headers("ann")["Cookie"]},
    ):
        assert (await Browser(city._http, city.address, mixed).get("/api/v1/desk")).status == 401
