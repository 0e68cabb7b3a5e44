"""A house for the flows: twelve halls of a small Hà Nội on a temporary folder, with its keys and the people who knock."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bridge.house import House, opened_house
from bridge.rules.wire import rfc3339
from bridge.settings import Server, Settings, Storage
from bridge.simulator.acts import uuid7
from bridge.simulator.clock import DrivenClock
from endpoints_registry.access import Role
from endpoints_registry.conferences import HANOI, Hotline, Sitting, planned, usual_rounds
from endpoints_registry.credentials import Link
from endpoints_registry.door import csrf_token
from endpoints_registry.registry import Registry

CONFERENCE = "hoc-tap-2026-03"
SITTING = "2026-03-07-am"
STARTS_AT = datetime(2026, 3, 7, 8, tzinfo=HANOI)
MORNING_MS = int(STARTS_AT.timestamp()) * 1000
PATH = f"/api/v1/conferences/{CONFERENCE}"
PASSWORD = "một mật khẩu dài"
PATIENCE_S = 60
"""Thirty times what anything here takes, and on a machine with much other work still some; whoever waits longer waits for nothing."""

UNITS = """\
code,name,level,parent_code
01,Thành phố Hà Nội,city,
001,Quận Ba Đình,district,01
006,Quận Đống Đa,district,01
00001,Phường Phúc Xá,ward,001
00004,Phường Trúc Bạch,ward,001
00006,Phường Vĩnh Phúc,ward,001
00178,Phường Cát Linh,ward,006
00181,Phường Văn Miếu,ward,006
00199,Phường Láng Hạ,ward,006
"""
POINTS = """\
code,unit_code,name,type,seats,reception_mode,operator_name,operator_phone
01-01,01,Hội trường Thành ủy,city_hall,400,main_hall,Trần Thị Bình,0900 000 002
001-01,001,Hội trường Quận ủy Ba Đình,district,150,two_way,Lê Chi,0900 000 003
006-01,006,Hội trường Quận ủy Đống Đa,district,150,two_way,,
00001-01,00001,Hội trường phường Phúc Xá,commune,100,stream,,
00001-02,00001,Nhà văn hóa số 2 Phúc Xá,extra_hall,100,stream,,
00004-01,00004,Nhà văn hóa Trúc Bạch,commune,100,stream,Phạm Dung,0900 000 004
00004-02,00004,Trường THCS Mạc Đĩnh Chi,extra_hall,100,stream,,
00006-01,00006,Hội trường phường Vĩnh Phúc,commune,100,stream,,
00178-01,00178,Hội trường phường Cát Linh,commune,100,stream,,
00178-02,00178,Nhà văn hóa Cát Linh,extra_hall,100,stream,,
00181-01,00181,Hội trường phường Văn Miếu,commune,100,stream,,
00199-01,00199,Hội trường phường Láng Hạ,commune,100,tv,,
00199-02,00199,Nhà văn hóa Láng Hạ,extra_hall,100,stream,,
"""
SUMMONED = 64
HALL, OTHER_HALL = "00004-01", "00178-01"
TV_HALL = "00199-01"
LEFT_OUT = "00199-02"
"""A point of the registry that takes no part."""
HALLS = tuple(line.split(",")[0] for line in POINTS.splitlines()[1:] if not line.startswith(LEFT_OUT))
MEASURED = tuple(code for code in HALLS if code != TV_HALL)

_chance = random.Random()


@dataclass(frozen=True)
class Keys:
    """How everybody gets in: headers that prove who they are, the operators' links, and the rooms' tokens."""

    staff: Mapping[str, Mapping[str, str]]
    phones: Mapping[str, Mapping[str, str]]
    links: Mapping[str, str]
    tokens: Mapping[str, str]


def settings(folder: Path, database: str = "sqlite", port: int = 0) -> Settings:
    return Settings(server=Server(port=port), storage=Storage(folder=folder, database=database))


async def furnished(folder: Path, database: str = "sqlite") -> Keys:
    """Everything that a city would prepare, up to a conference under way."""
    clock = DrivenClock(MORNING_MS - 30 * 60_000, None)
    async with opened_house(settings(folder, database), clock) as house:
        registry = house.registry
        for text in (UNITS, POINTS):
            made = await registry.import_file(text.encode())
            assert not made.faults
        await _plan(registry)
        links = await registry.issue_links(HALLS)
        keys = Keys(
            staff={
                "ann": await _signed_in(registry, "ann", Role.ORGANISER, None),
                "binh": await _signed_in(registry, "binh", Role.COORDINATOR, "001"),
            },
            phones=await _phones(registry, links),
            links={code: link.path for code, link in links.items()},
            tokens=await registry.issue_tokens([*HALLS, LEFT_OUT]),
        )
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            ann = Browser(http, house.address, keys.staff["ann"])
            for version, phase in enumerate(("open", "live")):
                answer = await ann.post(f"{PATH}/phase", {"phase": phase, "version": version})
                assert answer.status == 200, answer.body
    return keys


async def _plan(registry: Registry) -> None:
    ends_at = STARTS_AT + timedelta(hours=3, minutes=30)
    day = STARTS_AT.date()
    rounds = usual_rounds(STARTS_AT, ends_at)
    sitting = Sitting(SITTING, "Buổi sáng 07/03/2026", day, STARTS_AT, ends_at, False, rounds)
    hotline = Hotline("Trực ban thành phố", "024 3000 0800")
    conference = planned(CONFERENCE, "Hội nghị học tập Nghị quyết", "city", "online", "01", hotline, [sitting])
    part = [kept for kept in registry.holdings.points if kept.point.code in HALLS]
    await registry.create_conference(conference, part, {(SITTING, code): SUMMONED for code in HALLS})


async def _signed_in(registry: Registry, name: str, role: Role, scope: str | None) -> dict[str, str]:
    await registry.add_account(name, name.capitalize(), role, PASSWORD, scope)
    token, _ = await registry.sign_in(name, PASSWORD, "127.0.0.1")
    return {"Cookie": f"{registry.keyring.staff_cookie}={token}", "X-CSRF-Token": csrf_token(token)}


async def _phones(registry: Registry, links: Mapping[str, Link]) -> dict[str, dict[str, str]]:
    phones = {}
    for code, link in links.items():
        token, _ = await registry.exchange(link.handle, link.secret, f"phone-{code}", "127.0.0.1")
        phones[code] = {
            "Bridge-Link": link.handle,
            "Cookie": f"{registry.keyring.link_cookie(link.handle)}={token}",
            "X-CSRF-Token": csrf_token(token),
        }
    return phones


def copied(furnished: Path, folder: Path) -> Path:
    """The same house on a folder of its own: furnishing is slow, files are not."""
    shutil.copytree(furnished, folder, ignore=shutil.ignore_patterns("*.lock", "*.sock"))
    return folder


# --- who knocks


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        return str(self.body.get("code", ""))

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.body["outcomes"]
        return found


class Browser:
    """Somebody who asks over HTTP with these headers."""

    def __init__(self, http: aiohttp.ClientSession, server: str, headers: Mapping[str, str]) -> None:
        self._http = http
        self.server = server
        self.headers = headers

    async def get(self, path: str, **more: str) -> Answer:
        return await self.ask("GET", path, None, more)

    async def post(self, path: str, body: object, **more: str) -> Answer:
        return await self.ask("POST", path, body, more)

    async def ask(self, method: str, path: str, body: object, more: Mapping[str, str]) -> Answer:
        """Headers named in `more` (with _ for -) come on top; an empty one is left out."""
        headers = {**self.headers, **{name.replace("_", "-"): value for name, value in more.items()}}
        async with self._http.request(
            method,
            self.server + path,
            data=None if body is None else msgspec.json.encode(body),
            headers={name: value for name, value in headers.items() if value},
            timeout=aiohttp.ClientTimeout(PATIENCE_S),
            allow_redirects=False,
        ) as response:
            raw = await response.read()
            told = msgspec.json.decode(raw) if "json" in response.content_type else {}
            return Answer(response.status, told, response.headers)

    async def send(self, *acts: Mapping[str, Any], device: str = "phone") -> Answer:
        sent_at = acts[0]["at"] if acts else rfc3339(MORNING_MS)
        return await self.post(f"{PATH}/acts", {"device": device, "sent_at": sent_at, "acts": acts})

    async def board(self) -> dict[str, Any]:
        """Every point of the board by its code, with all of its columns."""
        answer = await self.get(f"{PATH}/board")
        assert answer.status == 200
        return rows(answer.body)

    async def events(self) -> list[dict[str, Any]]:
        """The whole journal."""
        found: list[dict[str, Any]] = []
        while page := (await self.get(f"{PATH}/events?after={found[-1]['position'] if found else 0}")).body["events"]:
            found += page
        return found


def act(code: str, kind: str, at_ms: int = MORNING_MS, **said: object) -> dict[str, Any]:
    return {
        "id": uuid7(at_ms, _chance),
        "seq": 1,
        "at": rfc3339(at_ms),
        "point": code,
        "kind": kind,
        **said,
    }


def count(code: str, present: int, excused: int = 0, at_ms: int = MORNING_MS, **said: object) -> dict[str, Any]:
    figures = {"sitting": SITTING, "round": "opening", "present": present, "excused": excused, "unexcused": 0}
    return act(code, "count", at_ms, **(figures | said))


def rows(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    table = snapshot["points"]
    return {row[0]: dict(zip(table["columns"], row, strict=True)) for row in table["rows"]}


# --- who is on the line


class Line:
    """One socket, frame by frame."""

    def __init__(self, line: ClientConnection) -> None:
        self.line = line

    async def say(self, frame: str, /, **fields: object) -> None:
        await self.line.send(msgspec.json.encode({"type": frame, **fields}).decode())

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_S):
            frame: dict[str, Any] = msgspec.json.decode(await self.line.recv())
        return frame

    async def closed(self) -> int:
        """The code with which the other side hangs up, whatever it says before."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    await self.line.recv()
        except ConnectionClosed as over:
            return over.rcvd.code if over.rcvd else 1006


class Room(Line):
    """A room's machine. `said` is told of every frame, so that the hall's clock can wait until it was heard."""

    def __init__(self, line: ClientConnection, said: Callable[[], None]) -> None:
        super().__init__(line)
        self._said = said

    async def hello(self, device: str = "room") -> dict[str, Any]:
        """Introduce itself; the welcome."""
        self._said()
        await self.say("hello", device=device)
        welcome = await self.next()
        assert welcome["type"] == "welcome"
        return welcome

    async def beat(self, **measured: float) -> None:
        self._said()
        await self.say("beat", **measured)


class Screen(Line):
    """A board that does with its frames what a board's page does."""

    epoch = ""
    offset = -1
    frames = 0

    def __init__(self, line: ClientConnection) -> None:
        super().__init__(line)
        self.points: dict[str, dict[str, Any]] = {}
        self.totals: dict[str, Any] = {}
        self.news: list[dict[str, Any]] = []

    async def watch(self, **since: object) -> dict[str, Any]:
        await self.say("watch", **since)
        return await self.take()

    async def take(self) -> dict[str, Any]:
        """The next frame, applied."""
        frame = await self.next()
        self.frames += 1
        if frame["type"] == "snapshot":
            self.points = rows(frame)
            self.totals, self.news = frame["totals"], frame["news"]
        else:
            assert frame["type"] == "delta"
            assert (frame["epoch"], frame["prev"]) == (self.epoch, self.offset), "a gap"
            for code, changed in frame["points"].items():
                self.points[code] |= changed
            self.totals = frame.get("totals", self.totals)
            self.news = [*frame.get("news", ()), *self.news][:30]
        self.epoch, self.offset = frame["epoch"], frame["offset"]
        return frame

    async def until(self, seen: Callable[[Mapping[str, Any]], bool]) -> None:
        """Follow until the points show it."""
        async with asyncio.timeout(PATIENCE_S):
            while not seen(self.points):
                await self.take()

    async def shows(self, code: str, **cells: object) -> None:
        await self.until(lambda points: all(points[code][name] == value for name, value in cells.items()))


class Standing:
    """A house that stands, wherever it runs, and everybody who has a key to it."""

    def __init__(self, address: str, keys: Keys, http: aiohttp.ClientSession, lines: AsyncExitStack) -> None:
        self.address = address
        self.keys = keys
        self._http = http
        self._lines = lines
        self.frames_said = 0
        """By rooms."""
        self.nobody = self._browser({})
        self.ann = self._browser(keys.staff["ann"])
        """Of the city's organisers."""
        self.binh = self._browser(keys.staff["binh"])
        """Coordinator of Ba Đình."""

    def _browser(self, headers: Mapping[str, str]) -> Browser:
        return Browser(self._http, self.address, headers)

    async def signed_in(self, registry: Registry, name: str, role: Role, scope: str | None = None) -> Browser:
        """Somebody new among the staff."""
        return self._browser(await _signed_in(registry, name, role, scope))

    def phone(self, code: str) -> Browser:
        return self._browser(self.keys.phones[code])

    async def dial(self, path: str, headers: Mapping[str, str]) -> ClientConnection:
        """A socket that is hung up at the end, if not before."""
        return await self._lines.enter_async_context(
            connect(
                self.address.replace("http", "ws", 1) + path,
                additional_headers=headers,
                open_timeout=PATIENCE_S,
                ping_interval=None,
                close_timeout=1,
                proxy=None,
                compression=None,
                max_size=None,
            )
        )

    async def room(self, code: str) -> Room:
        line = await self.dial("/ws/point", {"Authorization": f"Bearer {self.keys.tokens[code]}"})
        return Room(line, self._frame_said)

    def _frame_said(self) -> None:
        self.frames_said += 1

    async def rooms(self, codes: Sequence[str]) -> list[Room]:
        """Rooms that have been welcomed."""
        rooms = await asyncio.gather(*(self.room(code) for code in codes))
        await asyncio.gather(*(room.hello() for room in rooms))
        return list(rooms)

    async def screen(self, who: Browser | None = None, unit: str = "") -> Screen:
        cookie = (who or self.ann).headers["Cookie"]
        path = f"/ws/board?conference={CONFERENCE}&unit={unit}"
        return Screen(await self.dial(path, {"Cookie": cookie, "Origin": self.address}))


@asynccontextmanager
async def visited(address: str, keys: Keys) -> AsyncIterator[Standing]:
    """A house that somebody else runs."""
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        AsyncExitStack() as lines,
    ):
        yield Standing(address, keys, http, lines)


@dataclass
class Own:
    """A house in this process, on a clock that only the test moves."""

    house: House
    clock: DrivenClock
    there: Standing
    opened: AsyncExitStack

    async def close(self) -> None:
        """The server goes away for a moment, as at a restart."""
        await self.opened.aclose()

    async def pass_time(self, seconds: float) -> None:
        """The hall's clock goes on so far; everything that follows has happened by then."""
        await self.clock.run(self.clock.now() + round(seconds * 1000))


@asynccontextmanager
async def own(
    folder: Path, keys: Keys, database: str = "sqlite", starts_ms: int = MORNING_MS, port: int = 0
) -> AsyncIterator[Own]:
    clock = DrivenClock(starts_ms, None)
    async with AsyncExitStack() as opened:
        house = await opened.enter_async_context(opened_house(settings(folder, database, port), clock))
        async with visited(house.address, keys) as there:
            clock.quiet = lambda: house.at_rest() and house.rooms.frames_received == there.frames_said
            yield Own(house, clock, there, opened)
