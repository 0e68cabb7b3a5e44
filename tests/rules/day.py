"""A conference on its street, with a clock that is set by hand and rooms that beat when they are told to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Iterable, Sequence

from bridge.batch import Asked
from bridge.coordinator import Coordinator
from bridge.edges.clockwork import BEAT_MS
from bridge.journal import Identity, Journal, JournalFull
from bridge.journal.memory import MemoryJournal, MemoryTurn
from bridge.presence import Presence
from bridge.rules import acts, events, link, wire
from bridge.rules.deciding import change_phase
from bridge.rules.link import Terms
from bridge.rules.model import Link, Phase, PlannedPoint, Point, Sitting
from bridge.rules.scene import Placed
from tests.cast import ANN, CONFERENCE, HALLS, MORNING, MORNING_SITTING, SECOND, phone, plan

HEARTBEAT_MS = 10_000


class Failing(MemoryJournal):
    """A journal whose disk is full while it is told to be."""

    failing = False

    @contextlib.asynccontextmanager
    async def turn(self, conference: str, since: int, asked: Collection[Identity] = ()) -> AsyncIterator[MemoryTurn]:
        if self.failing:
            raise JournalFull("no space left")
        async with super().turn(conference, since, asked) as turn:
            yield turn


class HandClock:
    """Shows what it was set to."""

    speed = 1.0

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def now(self) -> int:
        return self.now_ms

    async def sleep_until(self, ms: int) -> None:
        raise NotImplementedError("nobody on the street sleeps")

    async def sleep(self, ms: int) -> None:
        raise NotImplementedError("nobody on the street sleeps")


class Day:
    """One process's view of the conference: street, lines, and all that the screens were told."""

    def __init__(self, journal: Journal, clock: HandClock) -> None:
        self.journal = journal
        self.clock = clock
        self.told: list[Placed] = []
        self.touched: list[set[str]] = []
        self.coordinator = Coordinator(CONFERENCE, journal, clock, self._tell)
        self.presence = Presence(self.coordinator, lambda _coordinator, _codes: None)
        self.generations: dict[str, int] = {}
        self.forgiven_ms = 0
        """Lag of ours that the sweep takes out."""

    def _tell(self, _coordinator: Coordinator, placed: Sequence[Placed], codes: set[str]) -> None:
        self.told.extend(placed)
        self.touched.append(codes)

    # --- looking

    def point(self, hall: PlannedPoint | str) -> Point:
        return self.coordinator.scene.state.points[hall if isinstance(hall, str) else hall.code]

    def links(self) -> dict[str, Link]:
        return {code: point.link for code, point in self.coordinator.scene.state.points.items()}

    def moves(self, hall: PlannedPoint | str) -> list[Link]:
        """Every judgement of a point's line so far."""
        code = hall if isinstance(hall, str) else hall.code
        return [
            each.event.link
            for _, each in self.told
            if isinstance(each.event, events.LinkMoved) and each.event.point == code
        ]

    def kinds(self) -> list[str]:
        return [events.tag(each.event) for _, each in self.told]

    @property
    def terms(self) -> Terms:
        return link.terms(len(self.coordinator.scene.state.points))

    # --- doing

    async def settled(self) -> None:
        """Until the street has nothing left to do."""
        for _ in range(10_000):
            if self.coordinator.idle:
                return
            await asyncio.sleep(0)
        raise AssertionError("the street has not come to rest")

    def came(self, *codes: str, terms: Terms | None = None) -> None:
        for code in codes:
            self.generations[code] = self.presence.came(code, terms or self.terms, self.clock.now())

    def closed(self, *codes: str) -> None:
        for code in codes:
            self.presence.closed(code, self.generations[code], self.clock.now())

    async def passes(self, seconds: int, beating: Collection[str] = (), sweeping: bool = True) -> None:
        """So many seconds, in which these rooms beat and the sweep looks around."""
        for _ in range(seconds):
            self.clock.now_ms += BEAT_MS
            self._beats(beating)
            if sweeping:
                self.presence.sweep(self.clock.now(), self.terms, self.forgiven_ms)
            await self.settled()

    def _beats(self, codes: Collection[str]) -> None:
        for place, code in enumerate(codes):
            # Each at its own second, as rooms do.
            if (self.clock.now() // SECOND + place) % (HEARTBEAT_MS // SECOND) == 0:
                self.presence.heard(code, self.generations[code], wire.Beat(), self.clock.now())

    async def turns(self, phase: Phase, version: int, by: str = ANN) -> int:
        """The conference goes on to another phase; the position of that."""
        return await self.coordinator.command(
            lambda draft: ((change_phase(draft, phase, version), self.clock.now()),), by
        )

    async def asks(self, *given: acts.AnyAct, by: str | None = None) -> list[wire.Outcome]:
        return await self.coordinator.ask([asked(each, by or phone(each.point), self.clock.now()) for each in given])


def asked(act: acts.AnyAct, by: str, now_ms: int) -> Asked:
    return Asked(
        act=act,
        by=by,
        staff=by.startswith("user:"),
        device="phone",
        at_ms=now_ms,
        received_ms=now_ms,
        skew_ms=0,
        digest=acts.digest(act),
    )


@contextlib.asynccontextmanager
async def running(journal: Journal, now_ms: int) -> AsyncIterator[Day]:
    """A process that has started on this journal; it dies without a word when the block ends."""
    day = Day(journal, HandClock(now_ms))
    await day.coordinator.open()
    day.told.clear()
    # A street that falls takes the story with it, instead of leaving it waiting for an answer.
    async with asyncio.TaskGroup() as group:
        street = group.create_task(day.coordinator.run())
        try:
            await day.settled()
            yield day
        finally:
            street.cancel()


@contextlib.asynccontextmanager
async def live(
    halls: Iterable[PlannedPoint] = HALLS,
    journal: Journal | None = None,
    *,
    sittings: Iterable[Sitting] = (MORNING_SITTING,),
    now: int = MORNING,
) -> AsyncIterator[Day]:
    """A conference whose day has begun."""
    async with running(journal or MemoryJournal(), now) as day:
        frozen = events.ConferenceFrozen(plan=plan(halls, sittings=sittings))
        await day.coordinator.command(lambda _draft: ((frozen, now),), ANN)
        await day.turns(Phase.OPEN, version=0)
        await day.turns(Phase.LIVE, version=1)
        day.told.clear()
        day.touched.clear()
        yield day
