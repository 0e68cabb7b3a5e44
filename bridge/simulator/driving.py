"""A load on any server in real time: rooms, phones and screens, and how long everything took."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

from bridge.agent import socket_url
from bridge.clock import RealClock
from bridge.rules.model import Count, RoundName, Word
from bridge.simulator.acts import Pad
from bridge.simulator.asking import Turned, Unknown
from bridge.simulator.deeds import CountHeads, Perceive, Told
from bridge.simulator.phones import Answers, Phone, Staff, link_of
from bridge.simulator.rooms import Room
from bridge.simulator.screens import Screen
from bridge.simulator.traffic import Latencies, Traffic

FAULT_FOR_MS = 5_000
TELL_EVERY_S = 5


class Account(msgspec.Struct, frozen=True):
    username: str
    password: str


class Door(msgspec.Struct, frozen=True):
    """How one point gets in."""

    code: str
    link: str
    token: str


class Doors(msgspec.Struct, frozen=True):
    """What `bridge demo --json` prints first, or a file of the same shape."""

    url: str
    organiser: Account
    conference: str
    points: tuple[Door, ...]


def doors(raw: bytes | str) -> Doors:
    """Raises ValueError in words if it is something else."""
    try:
        return msgspec.json.decode(raw, type=Doors)
    except msgspec.DecodeError as wrong:
        raise ValueError(
            f"tệp liên kết không đọc được: {wrong}; cần đúng dạng dòng đầu của `bridge demo --json --json-all`"
        ) from wrong


@dataclass(frozen=True, slots=True)
class Load:
    """How much of what, for how long."""

    rooms: int = 0
    """0: one for every point that is known."""
    phones: int = 0
    screens: int = 5
    acts_per_s: float = 10
    for_s: float = 60
    drops_per_min: float = 0
    """How many rooms lose their line for some seconds, each minute."""
    seed: int = 2026


class Summary(msgspec.Struct, frozen=True):
    """What came of it; times in milliseconds."""

    rooms: int
    rooms_connected: int
    acts_accepted: int
    acts_refused: int
    acts_without_answer: int
    answer: dict[str, float]
    """From sending an act to its answer, after durable commit."""
    screen: dict[str, float]
    """From sending an act to the change on a screen, over all screens."""
    screens: int
    gaps: int


class Drive:
    """One run against one server."""

    def __init__(self, known: Doors, load: Load, tell: Callable[[str], None] = lambda _: None) -> None:
        """`tell` gets a line of progress now and then."""
        self._known = known
        self._load = load
        self._tell = tell
        self._clock = RealClock()
        self._traffic = Traffic()
        self._answers = Answers()
        self._on_screen = Latencies()
        self._server = known.url.rstrip("/")
        self._refused = 0

    async def run(self) -> Summary:
        points = self._known.points
        rooms = points[: self._load.rooms or len(points)]
        phones = points[: self._load.phones or len(points)]
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
            asyncio.TaskGroup() as jobs,
        ):
            screens = await self._screens(http, jobs)
            halls = [self._room(door, jobs) for door in rooms]
            for hall in halls:
                hall.switch_on()
            callers = [self._caller(http, door) for door in phones]
            working = [
                jobs.create_task(self._phone_work(callers, screens, jobs)),
                jobs.create_task(self._faults(halls)),
                jobs.create_task(self._telling(len(halls))),
            ]
            await asyncio.sleep(self._load.for_s)
            connected = self._traffic.agents_connected
            for work in (*working, *(task for _, task in screens)):
                work.cancel()
            for hall in halls:
                await hall.leave()
        return Summary(
            rooms=len(halls),
            rooms_connected=connected,
            acts_accepted=self._answers.accepted,
            acts_refused=len(self._answers.refused) + self._refused,
            acts_without_answer=self._answers.unknown,
            answer=self._traffic.answers.summary(),
            screen=self._on_screen.summary(),
            screens=len(screens),
            gaps=sum(screen.gaps for screen, _ in screens),
        )

    async def _screens(
        self, http: aiohttp.ClientSession, jobs: asyncio.TaskGroup
    ) -> list[tuple[Screen, asyncio.Task[None]]]:
        if not self._load.screens:
            return []
        account = self._known.organiser
        staff = Staff(
            http,
            self._server,
            account.username,
            account.password,
            self._known.conference,
            self._clock,
            self._die("staff"),
            self._traffic,
            self._answers,
        )
        await staff.sign_in()
        found = []
        for number in range(self._load.screens):
            chance = self._die(f"screen-{number}")
            screen = Screen(
                self._server, self._known.conference, "", staff.asker.cookie, self._clock, chance, self._on_screen
            )
            found.append((screen, jobs.create_task(screen.run())))
        return found

    def _room(self, door: Door, jobs: asyncio.TaskGroup) -> Room:
        chance = self._die(f"room-{door.code}")
        return Room(door.code, socket_url(self._server), door.token, self._clock, chance, self._traffic, jobs)

    def _caller(self, http: aiohttp.ClientSession, door: Door) -> "Caller":
        phone = Phone(
            http,
            self._server,
            link_of(door.link),
            door.code,
            self._known.conference,
            self._clock,
            self._die(f"phone-{door.code}"),
            self._traffic,
            self._answers,
        )
        return Caller(door.code, phone, self._die(f"pad-{door.code}"))

    async def _phone_work(
        self,
        callers: list["Caller"],
        screens: list[tuple[Screen, asyncio.Task[None]]],
        jobs: asyncio.TaskGroup,
    ) -> None:
        """Acts at the asked rate, each by the next phone, whether or not the one before was answered."""
        if not self._load.acts_per_s:
            return
        gate = asyncio.Semaphore(256)
        turn = 0
        while True:
            await asyncio.sleep(1 / self._load.acts_per_s)
            caller = callers[turn % len(callers)]
            turn += 1
            # More than 256 unanswered acts: the server is behind; piling up more would measure only ourselves.
            await gate.acquire()
            jobs.create_task(self._one_act(caller, screens, gate))

    async def _one_act(
        self, caller: "Caller", screens: list[tuple[Screen, asyncio.Task[None]]], gate: asyncio.Semaphore
    ) -> None:
        try:
            await caller.act(self._clock.now(), [screen for screen, _ in screens])
        except (Turned, Unknown) as refused:
            self._refused += 1
            self._tell(str(refused))
        finally:
            gate.release()

    async def _faults(self, halls: list[Room]) -> None:
        die = self._die("faults")
        while self._load.drops_per_min and halls:
            await asyncio.sleep(60 / self._load.drops_per_min)
            die.choice(halls).drop(FAULT_FOR_MS)

    async def _telling(self, rooms: int) -> None:
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            answers = self._traffic.answers
            self._tell(
                f"{self._traffic.agents_connected}/{rooms} điểm cầu đang nối · {self._answers.accepted} báo cáo đã nhận · "
                f"trả lời p50 {answers.quantile(0.5):.1f} ms, p99 {answers.quantile(0.99):.1f} ms · "
                f"màn hình p99 {self._on_screen.quantile(0.99):.1f} ms"
            )

    def _die(self, what: str) -> random.Random:
        return random.Random(f"{self._load.seed}:{what}")  # noqa: S311 - a play's choices, not a secret


class Caller:
    """A phone that reports something plausible whenever it is its turn."""

    def __init__(self, code: str, phone: Phone, chance: random.Random) -> None:
        self.code = code
        self._phone = phone
        self._chance = chance
        self._pad = Pad(chance)
        self._desk: dict[str, Any] | None = None
        self._busy = asyncio.Lock()
        self._last: dict[type[Told], Told] = {}

    async def act(self, now_ms: int, screens: Sequence[Screen]) -> None:
        async with self._busy:
            if self._desk is None:
                self._desk = await self._phone.look()
            sitting = self._desk["sitting"] or {}
            act = self._pad.act(self._said(), self.code, now_ms, str(sitting.get("id", "")), {})
            self._phone.outbox.waiting.append(act)
            for screen in screens:
                screen.waited.expect(self.code)
            await self._phone.deliver()

    def _said(self) -> Told:
        """Something that differs from the last time, so that every screen has a change to show."""
        for _ in range(20):
            said = self._thought()
            if self._last.get(type(said)) != said:
                break
        self._last[type(said)] = said
        return said

    def _thought(self) -> Told:
        desk = self._desk or {}
        expected = desk.get("expected")
        if not expected or not desk.get("sitting") or self._chance.random() < 0.3:
            return Perceive(*(self._chance.choice(tuple(Word)) for _ in range(3)))
        away = self._chance.randrange(expected // 4 + 1)
        missing = self._chance.randrange(away // 4 + 1)
        return CountHeads(RoundName(desk["round"]), Count(expected - away, away - missing, missing))
