"""The two sockets: who gets in for which place, and no frame that holds a word of somebody else's."""

import asyncio
from collections.abc import Mapping

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from tests.flows.house import CONFERENCE, PATIENCE_S, act
from tests.matrix.city import ELSEWHERE, EVERYBODY, NOWHERE, OPERATED, PLACES, City, Place, Who, marks
from tests.matrix.rules import CONNECT, UNIT, WATCH, row

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOARD = row("GET /ws/board", WATCH, UNIT, good=101)
POINT = row("GET /ws/point", CONNECT, good=101)


async def knocked(city: City, who: Who, path: str) -> tuple[int, Mapping[str, object] | None]:
    """The status of an upgrade, and how it was refused."""
    try:
        line = await city.ours.there.dial(path, {**city.keys.headers[who.name], "Origin": city.address})
    except InvalidStatus as refused:
        return refused.response.status_code, msgspec.json.decode(refused.response.body or b"{}")
    await line.close()
    return 101, None


async def test_a_socket_opens_for_whom_it_is_and_for_what_is_theirs(city: City) -> None:
    wrong = []
    for who in EVERYBODY:
        refusals = {}
        for place in (NOWHERE, *PLACES):
            status, told = await knocked(city, who, f"/ws/board?conference={CONFERENCE}&unit={place.unit}")
            if status != BOARD.expected(who, place):
                wrong.append(f"the board of {place.unit} for {who.name}: {status}")
            if status == 404:
                refusals[place.unit] = told
        assert all(told == refusals["99999"] for told in refusals.values()), who.name
        if BOARD.admits(who) and not who.everywhere:
            for conference in (ELSEWHERE, "khong-co"):
                assert (await knocked(city, who, f"/ws/board?conference={conference}"))[0] == 404, (who, conference)
        status, _ = await knocked(city, who, "/ws/point")
        if status != POINT.expected(who, NOWHERE):
            wrong.append(f"a hall's line for {who.name}: {status}")
    assert wrong == []


class Overheard:
    """Everything that a socket is told, until a word of one's own has come after all others'."""

    def __init__(self, who: Who, line: ClientConnection) -> None:
        self.who = who
        self._line = line
        self.heard: list[bytes] = []

    async def until(self, word: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not self.heard or word.encode() not in self.heard[-1]:
                frame = await self._line.recv()
                self.heard.append(frame if isinstance(frame, bytes) else frame.encode())

    def strange(self) -> list[tuple[str, str]]:
        return [mark for mark in marks(b"".join(self.heard)) if not self.who.may_read(*mark)]


async def happens(city: City, place: Place, number: int) -> None:
    """Everything that is told on boards and to halls, in words of the place."""
    organiser, path = city.who("organiser"), f"/api/v1/conferences/{CONFERENCE}"
    said = [
        act(place.point, "stage", stage="on_site"),
        act(place.point, "incident", fault="other", note=f"{place.mark} {number}"),
    ]
    assert (await organiser.send(*said)).status == 200
    opened = {"trouble": "power_cut", "points": [place.point], "note": place.mark}
    made = await organiser.post(f"{path}/incidents", opened)
    if made.status == 201:
        noted = {"do": "explain", "cause": place.mark}
        assert (await organiser.post(f"{path}/incidents/{made.body['number']}", noted)).status == 200
    assert (await organiser.post(f"{path}/calls/{place.point}", {"do": "claim"})).status == 200
    called = {"do": "end", "outcome": "answered", "note": place.mark}
    assert (await organiser.post(f"{path}/calls/{place.point}", called)).status == 200
    posted = {"text": f"{place.mark} lời {number}", "points": [place.point], "confirm": True}
    assert (await organiser.post(f"{path}/notices", posted)).status == 201


async def test_no_frame_holds_a_word_of_anybody_elses(city: City) -> None:
    own = Place(OPERATED)
    ears = []
    for who in EVERYBODY:
        headers = {**city.keys.headers[who.name], "Origin": city.address}
        if BOARD.admits(who) and who.point is None:
            # Of the cluster: the unit of it of which we hear last.
            unit = "" if who.everywhere else min(who.units)
            line = await city.ours.there.dial(f"/ws/board?conference={CONFERENCE}&unit={unit}", headers)
            await line.send(msgspec.json.encode({"type": "watch"}).decode())
        elif POINT.admits(who):
            line = await city.ours.there.dial("/ws/point", headers)
            await line.send(msgspec.json.encode({"type": "hello", "device": who.name}).decode())
            for place in PLACES:
                if place.point != OPERATED:
                    acted = {"type": "act", **act(place.point, "stage", stage="ended")}
                    await line.send(msgspec.json.encode(acted).decode())
        else:
            continue
        ears.append(Overheard(who, line))
    await asyncio.gather(*(ear.until('"type":"snapshot"') for ear in ears if ear.who.point is None))
    theirs = {Place("00181-01"), own}
    for number, place in enumerate([*(each for each in PLACES if each not in theirs), *theirs]):
        await happens(city, place, number)
    for ear in ears:
        last = "lời" if ear.who.point else Place("00181-01" if ear.who.name == "cluster" else OPERATED).mark
        await ear.until(last)
        await ear._line.close()
    assert {ear.who.name: ear.strange() for ear in ears if ear.strange()} == {}
    assert all(marks(b"".join(ear.heard)) for ear in ears)
    board = (await city.who("organiser").board())[PLACES[0].point]
    assert board["stage"] != "ended"
