"""Bad days: phones whose every message may be lost, late or doubled, and a centre that may die at any step."""

import asyncio
import heapq
import random
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from functools import cache
from typing import NamedTuple

import msgspec

from bridge.coordinator import Coordinator, Unavailable
from bridge.edges.asking import Ask
from bridge.journal import Identity, JournalAway, JournalFull, Record, Row
from bridge.journal.chain import chained, genesis
from bridge.journal.memory import MemoryJournal, MemoryTurn, Shelf
from bridge.rules import acts, events, wire
from bridge.rules.events import AnyEvent, Happened
from bridge.rules.hours import HANOI
from bridge.rules.model import Link, Phase, Stage
from bridge.rules.projection import Changed
from bridge.rules.rollup import ROOT, Rollup
from bridge.rules.scene import Scene, rounds_of
from endpoints_registry.access import Caller, Role
from tests.cast import (
    ANN,
    BA_DINH,
    BINH,
    CONFERENCE,
    DISTRICT_HALL,
    HALL_1,
    HALL_2,
    POLICE_HALL,
    SITTING,
    act_id,
    at,
    phone,
    plan,
)
from tests.laws.sayings import Stamp, said

HALLS = (DISTRICT_HALL, HALL_1, HALL_2, POLICE_HALL)
PLAN = msgspec.structs.replace(plan(HALLS), names=True)
KEYS = rounds_of(PLAN)
NODES = (ROOT, *(unit.code for unit in PLAN.units))
START_MS = at("08:20")
"""The opening round is over, the others are far from due: whether a count is late does not hang on the minute."""
TICK_MS = 1_000
UNDO_MS = 20 * TICK_MS
STORM_TICKS = 32
"""For so long the network and the centre are bad."""
LAST_TICK = 400
"""By then everybody has been answered, or something is wrong."""
ENOUGH_PASSES = 1_000
"""Turns of the loop in which the centre must have answered whatever arrived together: it has nothing to wait for."""


# --- the devices


class Reply(NamedTuple):
    """A request's answers; None is a 503."""

    device: int
    outcomes: tuple[wire.Outcome, ...] | None


@dataclass
class Device:
    """A phone, or a desk of the staff: what it said waits in order until it is answered."""

    name: str
    caller: Caller
    halls: tuple[str, ...]
    skew_ms: int
    """How far its clock is behind ours."""
    said: list[acts.AnyAct] = field(default_factory=list)
    outbox: list[acts.AnyAct] = field(default_factory=list)
    answers: dict[str, wire.Outcome] = field(default_factory=dict)
    quiet_until: int = 0
    """It has asked, and waits so long for an answer."""

    def clock_ms(self, now_ms: int) -> int:
        return now_ms - self.skew_ms

    def say(self, act: acts.AnyAct) -> None:
        self.said.append(act)
        self.outbox.append(act)

    def hear(self, outcomes: tuple[wire.Outcome, ...] | None, tick: int) -> None:
        self.quiet_until = tick
        for outcome in outcomes or ():
            first = self.answers.setdefault(outcome.id, outcome)
            assert _same(first, outcome), f"{self.name} was told {first}, and then {outcome}"
        self.outbox = [act for act in self.outbox if act.id not in self.answers]


def _same(first: wire.Outcome, other: wire.Outcome) -> bool:
    return _without_mark(first) == _without_mark(other)


def _without_mark(outcome: wire.Outcome) -> tuple[object, ...]:
    return outcome.id, outcome.outcome, outcome.code, outcome.message, outcome.position, outcome.at


def devices(rng: random.Random) -> list[Device]:
    """Two phones in one hall, one in another, a coordinator who enters for them, and the city's desk for all."""
    hall_1, hall_2, police = HALL_1.code, HALL_2.code, POLICE_HALL.code

    def operator(code: str) -> Caller:
        return Caller(phone(code), Role.OPERATOR, point=code)

    ann = Caller(ANN, Role.ORGANISER, everywhere=True)
    binh = Caller(BINH, Role.COORDINATOR, units=frozenset({BA_DINH.code}))
    made = (
        ("phone 1", operator(hall_1), (hall_1,)),
        ("phone 2", operator(hall_1), (hall_1,)),
        ("phone 3", operator(hall_2), (hall_2,)),
        ("phone 4", operator(police), (police,)),
        ("desk of Ba Đình", binh, (hall_1, hall_2, DISTRICT_HALL.code)),
        ("desk of the city", ann, (hall_1, hall_2, police)),
    )
    return [Device(name, caller, halls, rng.randrange(-7_200_000, 7_200_000)) for name, caller, halls in made]


# --- what is said


class Day:
    """Makes up what people say, and remembers which acts others may speak of."""

    def __init__(self, rng: random.Random, number: int) -> None:
        self.left = number
        self._rng = rng
        self._seqs: dict[str, int] = {}
        self._spoken_of: dict[str, list[str]] = {}
        self._made = 0

    def next(self, device: Device, now_ms: int) -> acts.AnyAct:
        rng = self._rng
        self.left -= 1
        self._made += 1
        seq = self._seqs[device.name] = self._seqs.get(device.name, 0) + 1
        point = rng.choice(device.halls)
        earlier = self._spoken_of.setdefault(point, [])
        at_ms = device.clock_ms(now_ms)
        stamp = Stamp(act_id(self._made), seq, datetime.fromtimestamp(at_ms / 1000, HANOI), point)
        other = rng.choice(earlier) if earlier else act_id(0)
        act = said(rng, stamp, other, staff=device.caller.proxy, sitting=SITTING, badges=BADGES)
        earlier.append(act.id)
        return act


PEOPLE = 8
BADGES = tuple(f"badge {number}" for number in range(PEOPLE + 1))
"""The last one is nobody's."""


class Badges:
    """The roster: so many people, and a badge that is none of ours."""

    def by_badge(self, _conference: str, badge: str) -> str | None:
        return person_of(badge)

    def hall_shows(self, _conference: str, _point: str, _code: str) -> bool:
        return False

    def at_point(self, _conference: str, _person: str, _point: str) -> bool:
        return False


def person_of(badge: str) -> str | None:
    number = badge.rpartition(" ")[2]
    return f"person {number}" if int(number) < PEOPLE else None


# --- the centre


class PowerCut(Exception):
    """The process is gone, with everything that was not on the disk."""


class Fate(Enum):
    """What becomes of a turn of the journal."""

    GOOD = auto()
    CUT_BEFORE = auto()
    CUT_UNCOMMITTED = auto()
    CUT_COMMITTED = auto()
    FULL = auto()
    AWAY_UNCOMMITTED = auto()
    AWAY_COMMITTED = auto()


BAD_FATES = tuple(fate for fate in Fate if fate is not Fate.GOOD)


class FatefulJournal(MemoryJournal):
    """A real journal in a house where the power fails, the disk fills up and the database server goes away."""

    def __init__(self, shelf: Shelf, fate: Callable[[], Fate], pause: Callable[[], int]) -> None:
        super().__init__(shelf)
        self._fate = fate
        self._pause = pause

    @asynccontextmanager
    async def turn(self, conference: str, since: int, asked: Collection[Identity] = ()) -> AsyncIterator[MemoryTurn]:
        fate = self._fate()
        if fate is Fate.CUT_BEFORE:
            raise PowerCut
        async with super().turn(conference, since, asked) as turn:
            yield turn
            # The disk takes its time; meanwhile others ask.
            for _ in range(self._pause()):
                await asyncio.sleep(0)
            match fate:
                case Fate.CUT_UNCOMMITTED:
                    raise PowerCut
                case Fate.FULL:
                    raise JournalFull("the disk is full")
                case Fate.AWAY_UNCOMMITTED:
                    raise JournalAway("gone before the commit")
        if fate is Fate.CUT_COMMITTED:
            raise PowerCut
        if fate is Fate.AWAY_COMMITTED:
            raise JournalAway("gone after the commit")


class Audited(Scene):
    """Counts after every event, at every node that it touched, whether the columns add up."""

    def __init__(self) -> None:
        super().__init__()
        self.events = 0

    def adopt(self, position: int, happened: Happened, drafted: Changed | None = None) -> Changed:
        changed = super().adopt(position, happened, drafted)
        self.events += 1
        touched = {node for _, point in changed.values() for node in self.state.path(point.planned.unit)}
        for node in (ROOT, *touched):
            for key, column in self.rollup.at(node).people.items():
                parts = (column.present, column.excused, column.unexcused, column.unreported)
                assert column.expected == sum(parts), (position, node, key, column)
                assert min(*parts, column.guests) >= 0, (position, node, key, column)
        return changed

    def audit(self) -> None:
        """Every node's sums against those from scratch."""
        fresh = Rollup(KEYS, self.state.path)
        fresh.adopt({code: (None, point) for code, point in self.state.points.items()})
        for node in NODES:
            assert self.rollup.at(node) == fresh.at(node), node


class HallClock:
    speed = 1.0

    def __init__(self) -> None:
        self.ms = START_MS

    def now(self) -> int:
        return self.ms

    async def sleep_until(self, ms: int) -> None:
        raise NotImplementedError("nobody waits in a schedule")

    sleep = sleep_until


class Centre:
    """The coordinator while there is power; a power cut leaves nothing of it but the shelf."""

    def __init__(self, rng: random.Random, clock: HallClock, badness: float) -> None:
        self.clock = clock
        self.shelf = Shelf(rows={CONFERENCE: list(begun())})
        self.badness = badness
        self.coordinator: Coordinator | None = None
        self.cuts = 0
        self.events = 0
        self._rng = rng
        self._ask = Ask(clock, Badges())
        self._street: asyncio.Task[None] | None = None

    def _fate(self) -> Fate:
        return self._rng.choice(BAD_FATES) if self._rng.random() < self.badness else Fate.GOOD

    async def open(self) -> None:
        journal = FatefulJournal(self.shelf, self._fate, lambda: self._rng.randrange(3))
        coordinator = Coordinator(CONFERENCE, journal, self.clock, lambda *_told: None, undo_ms=UNDO_MS)
        coordinator.scene = Audited()
        await coordinator.open()
        self.coordinator = coordinator
        self._street = asyncio.create_task(coordinator.run())

    async def cut(self) -> None:
        if self.coordinator is None or self._street is None:
            return
        self._street.cancel()
        await asyncio.wait((self._street,))
        self._bury(self.coordinator)

    def _bury(self, coordinator: Coordinator) -> None:
        assert isinstance(coordinator.scene, Audited)
        self.events += coordinator.scene.events
        self.coordinator = self._street = None
        self.cuts += 1

    def notice(self, code: str, link: Link) -> None:
        """A line gave cause for an event that nobody waits for."""
        if self.coordinator is not None:
            moved = events.LinkMoved(point=code, link=link, noticed_ms=self.clock.ms)
            self.coordinator.signal(lambda _draft: ((moved, self.clock.ms),))

    async def hear(
        self, requests: Sequence[tuple[Device, int, Sequence[acts.AnyAct]]]
    ) -> list[tuple[wire.Outcome, ...] | None]:
        """The answers to what arrived together, some of it a little later; none (an empty one) for whom the power cut met."""
        coordinator, street = self.coordinator, self._street
        if coordinator is None or street is None:
            return [() for _ in requests]
        asked = [
            asyncio.create_task(self._answered(coordinator, request, self._rng.randrange(5))) for request in requests
        ]
        for _ in range(ENOUGH_PASSES):
            if street.done() or (coordinator.idle and all(task.done() for task in asked)):
                break
            await asyncio.sleep(0)
        else:
            raise AssertionError("somebody asked and was never answered, although the centre stands")
        if street.done():
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)
            if not isinstance(street.exception(), PowerCut):
                street.result()
            self._bury(coordinator)
        return [() if task.cancelled() else task.result() for task in asked]

    async def _answered(
        self, coordinator: Coordinator, request: tuple[Device, int, Sequence[acts.AnyAct]], later: int
    ) -> tuple[wire.Outcome, ...] | None:
        device, sent_ms, asked = request
        for _ in range(later):
            await asyncio.sleep(0)
        try:
            return tuple(await self._ask(coordinator, device.caller, device.name, sent_ms, asked))
        except Unavailable:
            return None

    async def closed(self) -> Audited:
        """The scene as it stood at the end, after which there is only the shelf."""
        assert self.coordinator is not None
        scene = self.coordinator.scene
        assert isinstance(scene, Audited)
        await self.cut()
        return scene


@cache
def begun() -> tuple[Row, ...]:
    """The journal of a conference that is frozen and open, and keeps names."""
    first: tuple[AnyEvent, ...] = (
        events.ConferenceFrozen(plan=PLAN),
        events.PhaseChanged(phase=Phase.LIVE, version=1),
    )
    return chained(0, genesis(CONFERENCE), [_recorded(event) for event in first])


def _recorded(event: AnyEvent) -> Record:
    body = events.encode(event)
    return Record(START_MS, START_MS, ANN, events.tag(event), point=None, body=body)


# --- a day


@dataclass
class Network:
    rng: random.Random
    drop: float
    double: float
    slowest: int
    _under_way: list[tuple[int, int, object]] = field(default_factory=list)
    _sent: int = 0

    def send(self, tick: int, message: object) -> None:
        """It may get lost, come late, come twice, and come after what was sent later."""
        for _ in range(2 if self.rng.random() < self.double else 1):
            if self.rng.random() >= self.drop:
                self._sent += 1
                heapq.heappush(self._under_way, (tick + self.rng.randint(0, self.slowest), self._sent, message))

    def arrived(self, tick: int) -> list[object]:
        found = []
        while self._under_way and self._under_way[0][0] <= tick:
            found.append(heapq.heappop(self._under_way)[2])
        return found

    def calm(self) -> None:
        self.drop = self.double = 0
        self.slowest = 1


class Request(NamedTuple):
    device: int
    sent_ms: int
    acts: tuple[acts.AnyAct, ...]


@dataclass
class Lived:
    """What is left of a day."""

    devices: list[Device]
    scene: Audited
    rows: list[Row]
    cuts: int
    events: int
    again: list[list[wire.Outcome]]
    """What each device was told when it asked everything once more."""
    misused: list[wire.Outcome]
    """What came of other acts under ids that were used."""


@dataclass(frozen=True)
class Weather:
    """How bad a day may get."""

    acts: int = 12
    drop: float = 0
    double: float = 0
    slowest: int = 0
    """Ticks that a message may take."""
    crash: float = 0
    """Of the centre, between two ticks."""
    badness: float = 0
    """Of the journal's turns."""


def some_weather(rng: random.Random) -> Weather:
    return Weather(
        acts=rng.randint(8, 16),
        drop=rng.choice((0, 0.1, 0.4)),
        double=rng.choice((0, 0.2, 0.5)),
        slowest=rng.choice((0, 3, 12)),
        crash=rng.choice((0, 0.03, 0.1)),
        badness=rng.choice((0, 0.1, 0.3)),
    )


async def lived(rng: random.Random, weather: Weather) -> Lived:
    """One random schedule to its end: until every device has an answer to everything."""
    clock = HallClock()
    centre = Centre(rng, clock, weather.badness)
    network = Network(rng, weather.drop, weather.double, weather.slowest)
    crash = weather.crash
    speaking = devices(rng)
    day = Day(rng, weather.acts)
    back_at = 0
    for tick in range(LAST_TICK):
        clock.ms = START_MS + tick * TICK_MS
        if tick == STORM_TICKS:
            network.calm()
            centre.badness = crash = 0
        if centre.coordinator is None and (tick >= back_at or tick >= STORM_TICKS):
            await centre.open()
        elif rng.random() < crash:
            await centre.cut()
            back_at = tick + rng.randint(1, 6)
        _people_act(rng, day, speaking, clock.ms, tick)
        if rng.random() < 0.05:
            centre.notice(rng.choice(HALLS).code, rng.choice((Link.STEADY, Link.LOST)))
        _devices_send(rng, network, speaking, clock.ms, tick)
        requests: list[Request] = []
        for message in network.arrived(tick):
            if isinstance(message, Request):
                requests.append(message)
            elif isinstance(message, Reply):
                speaking[message.device].hear(message.outcomes, tick)
        await _centre_answers(centre, network, speaking, requests, tick)
        if tick > STORM_TICKS and not day.left and not any(device.outbox for device in speaking):
            break
    return await _ended(centre, speaking)


def _people_act(rng: random.Random, day: Day, speaking: Sequence[Device], now_ms: int, tick: int) -> None:
    # Most of it during the storm, the last of it right after: then everything that is left is said at once.
    while day.left and (tick >= STORM_TICKS or rng.random() < 0.3):
        device = rng.choice(speaking)
        device.say(day.next(device, now_ms))


def _devices_send(rng: random.Random, network: Network, speaking: Sequence[Device], now_ms: int, tick: int) -> None:
    for number, device in enumerate(speaking):
        if device.outbox and tick >= device.quiet_until:
            device.quiet_until = tick + rng.randint(2, 9)
            most = rng.randint(1, 4)
            network.send(tick, Request(number, device.clock_ms(now_ms), tuple(device.outbox[:most])))


async def _centre_answers(
    centre: Centre, network: Network, speaking: Sequence[Device], requests: Sequence[Request], tick: int
) -> None:
    heard = await centre.hear([(speaking[each.device], each.sent_ms, each.acts) for each in requests])
    for request, outcomes in zip(requests, heard, strict=True):
        if outcomes != ():
            network.send(tick, Reply(request.device, outcomes))


async def _ended(centre: Centre, speaking: list[Device]) -> Lived:
    now_ms = centre.clock.ms
    misused: list[wire.Outcome] = []
    heard = [device for device in speaking if device.said]
    again = [list(outcomes or ()) for outcomes in await centre.hear([(each, now_ms, each.said) for each in heard])]
    other = [
        (device, now_ms, [acts.StageAct(id=act.id, seq=act.seq, at=act.at, point=act.point, stage=Stage.ENDED)])
        for device in heard
        for act in device.said[:1]
        if not isinstance(act, acts.StageAct) and device.answers[act.id].position
    ]
    for outcomes in await centre.hear(other):
        misused += outcomes or ()
    scene = await centre.closed()
    rows = centre.shelf.rows[CONFERENCE]
    return Lived(heard, scene, rows, centre.cuts - 1, centre.events, again, misused)
