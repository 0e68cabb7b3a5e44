"""What bad weather and a centre that stumbles make of a city's lines: the drills, and their figures."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

from bridge.rules.wire import ms_of
from tests.chaos.centre import Centre, Event, standing
from tests.chaos.city import City, founded
from tests.chaos.clock import SpedClock
from tests.chaos.proxy import FINE, LOSSY, Proxy, Weather, proxied
from tests.chaos.rooms import Fleet, switched_on

HEARTBEAT_S = 10
SETTLED_S = 130
"""A stall of ours is forgiven for two minutes: then the next one is a thing of its own."""
HOPELESS_S = 180
"""Who is not red by then will not be."""
DIAL_AT_ONCE = 40
"""Rooms are switched on in groups, as a city's are: not all in the same millisecond."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Stage:
    """A city that stands, and everything that may happen to it."""

    city: City
    clock: SpedClock
    centre: Centre
    fleet: Fleet
    most: Proxy
    few: Proxy
    unlucky: tuple[str, ...]
    """The rooms behind the few's proxy: a tenth of all."""
    settling_s: int


@asynccontextmanager
async def staged(folder: Path, halls: int, speed: float, settling_s: int = SETTLED_S) -> AsyncIterator[Stage]:
    """A server and a fleet of agents behind two proxies; all rooms are welcome and steady when the block begins.

    `settling_s`: how long after each fault everything has to come to rest.
    """
    clock = SpedClock(speed)
    city = await founded(folder, halls, clock)
    async with (
        standing(folder, city, clock) as centre,
        proxied(centre.port, speed=speed, seed=1) as most,
        proxied(centre.port, speed=speed, seed=2) as few,
        switched_on(city.tokens, clock) as fleet,
    ):
        began_s = monotonic()
        unlucky = city.codes[: len(city.codes) // 10]
        for start in range(0, len(city.codes), DIAL_AT_ONCE):
            group = city.codes[start : start + DIAL_AT_ONCE]
            fleet.switch_on([code for code in group if code in unlucky], few)
            fleet.switch_on([code for code in group if code not in unlucky], most)
            await asyncio.sleep(0.05)
        await fleet.all_welcomed(city.codes, began_s, 120)
        # Until what a busy start has cost is forgiven and forgotten.
        await clock.sleep(settling_s * 1000)
        yield Stage(city, clock, centre, fleet, most, few, unlucky, settling_s)


@dataclass(frozen=True)
class Blamed:
    """What the journal says of the lines."""

    lost: int
    unstable: int
    centre: int
    """Outages of ours that were noticed."""
    incidents: int


async def blamed(centre: Centre, after: int = 0) -> Blamed:
    return Blamed(
        lost=len(await centre.moves("lost", after)),
        unstable=len(await centre.moves("unstable", after)),
        centre=len(await centre.told("centre-outage-began", after)),
        incidents=len(await centre.told("incident-opened", after)),
    )


@dataclass(frozen=True)
class Hour:
    """A time at so much loss."""

    rooms: int
    hall_minutes: float
    pieces: int
    lost_pieces: int
    found: Blamed
    all_steady: bool


async def at_a_loss(stage: Stage, minutes: float, say: Say, weather: Weather = LOSSY) -> Hour:
    """All rooms beat through a line that loses one piece in ten."""
    before = await stage.centre.position()
    stage.most.weather = stage.few.weather = weather
    pieces, lost = stage.most.pieces + stage.few.pieces, stage.most.lost + stage.few.lost
    for minute in range(round(minutes)):
        await stage.clock.sleep(60_000)
        if minute % 10 == 9:
            say(f"{minute + 1} of {minutes:g} minutes at {weather.loss:.0%} loss")
    stage.most.weather = stage.few.weather = FINE
    links = await stage.centre.links()
    return Hour(
        rooms=len(stage.city.codes),
        hall_minutes=minutes,
        pieces=stage.most.pieces + stage.few.pieces - pieces,
        lost_pieces=stage.most.lost + stage.few.lost - lost,
        found=await blamed(stage.centre, before),
        all_steady={links[code] for code in stage.city.codes} == {"steady"},
    )


@dataclass(frozen=True)
class Hole:
    """Rooms that fell into a black hole."""

    rooms: int
    red: int
    late_s: float
    """The longest that one was not yet red after its last byte."""
    early_s: float
    """The furthest that a stated beginning lies before the true one; a heartbeat at most."""
    others_lost: int
    centre: int


async def black_hole(stage: Stage) -> Hole:
    """From the unlucky rooms nothing arrives any more, and nobody is told; afterwards they find their way back."""
    centre, clock, rooms = stage.centre, stage.clock, stage.unlucky
    before, fell_ms = await centre.position(), clock.now()
    stage.few.weather = Weather(swallowed=True)
    mine: dict[str, Event] = {}
    while len(mine) < len(rooms) and clock.now() - fell_ms < HOPELESS_S * 1000:
        await clock.sleep(2_000)
        lost = await centre.moves("lost", before)
        mine = {each["event"]["point"]: each for each in lost if each["event"]["point"] in rooms}
    back_s = monotonic()
    stage.few.weather = FINE
    await stage.fleet.all_welcomed(rooms, back_s, 60)
    return Hole(
        rooms=len(rooms),
        red=len(mine),
        late_s=max((_ms(each["received_at"]) - _ms(each["at"])) / 1000 for each in mine.values()) if mine else 0.0,
        early_s=max((fell_ms - _ms(each["at"])) / 1000 for each in mine.values()) if mine else 0.0,
        others_lost=len(await centre.moves("lost", before)) - len(mine),
        centre=len(await centre.told("centre-outage-began", before)),
    )


async def pauses(stage: Stage, lengths_s: Sequence[float], say: Say) -> dict[float, Blamed]:
    """The server stands still (SIGSTOP) for each of these times."""
    found = {}
    for length_s in lengths_s:
        before = await stage.centre.position()
        await stage.centre.pause(length_s)
        await stage.clock.sleep(stage.settling_s * 1000)
        found[length_s] = await blamed(stage.centre, before)
        say(f"the server stood still for {length_s:g} s: {found[length_s]}")
    return found


@dataclass(frozen=True)
class Return:
    """Everybody comes back after a restart."""

    rooms: int
    gone_s: float
    """For how long there was no server."""
    back_s: float
    """From ready to the last welcome, in seconds of the hall."""
    found: Blamed
    restarts: int
    all_steady: bool


async def restart(stage: Stage) -> Return:
    """SIGTERM, and a new process at the same door."""
    centre = stage.centre
    before = await centre.position()
    gone_s = monotonic()
    await centre.stop()
    await centre.start()
    ready_s = monotonic()
    last_s = await stage.fleet.all_welcomed(stage.city.codes, gone_s, 120)
    await stage.clock.sleep(stage.settling_s * 1000)
    links = await centre.links()
    return Return(
        rooms=len(stage.city.codes),
        gone_s=round((ready_s - gone_s) * stage.clock.speed, 1),
        back_s=round((last_s - ready_s) * stage.clock.speed, 1),
        found=await blamed(centre, before),
        restarts=len(await centre.told("service-restarted", before)),
        all_steady={links[code] for code in stage.city.codes} == {"steady"},
    )


def _ms(at: str) -> int:
    return ms_of(datetime.fromisoformat(at))
