"""The conferences that this process runs, each with its street and its lines."""

import asyncio
from collections.abc import Callable, Iterator

import structlog

from bridge.clock import Clock
from bridge.company import SPACING_S
from bridge.coordinator import Coordinator, Note, Tell
from bridge.journal import Journal
from bridge.presence import Presence, Stir
from bridge.rules import link
from bridge.rules.correcting import GRACE_MS
from bridge.rules.deciding import UNDO_MS
from bridge.rules.link import Terms
from bridge.rules.model import Phase

log = structlog.get_logger("halls")


class Hall:
    """One running conference."""

    def __init__(self, coordinator: Coordinator, presence: Presence, terms: Callable[[int, bool], Terms]) -> None:
        self.coordinator = coordinator
        self.presence = presence
        self._terms = terms

    @property
    def conference(self) -> str:
        return self.coordinator.conference

    def terms(self, *, phone: bool) -> Terms:
        """What is asked of a line, for a hall of this size."""
        return self._terms(len(self.coordinator.scene.state.points), phone)


class Halls:
    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        tell: Tell,
        stir: Stir,
        *,
        heartbeat_ms: int | None = None,
        undo_ms: int = UNDO_MS,
        grace_ms: int = GRACE_MS,
        note: Note = lambda _turned: None,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._tell = tell
        self._stir = stir
        self._heartbeat_ms = heartbeat_ms
        self._undo_ms = undo_ms
        self._grace_ms = grace_ms
        self._note = note
        self._halls: dict[str, Hall] = {}
        self._streets: asyncio.TaskGroup | None = None
        self._opening = asyncio.Lock()

    def __iter__(self) -> Iterator[Hall]:
        return iter(tuple(self._halls.values()))

    def get(self, conference: str) -> Hall | None:
        return self._halls.get(conference)

    def shown(self, conference: str) -> Coordinator | None:
        """The conference as screens and reports see it: once its list is fixed."""
        hall = self._halls.get(conference)
        return hall.coordinator if hall and hall.coordinator.scene.state.plan else None

    async def start(self, streets: asyncio.TaskGroup) -> None:
        """Open every conference that the journal knows. The streets run in this group until it ends."""
        self._streets = streets
        for conference in await self._journal.conferences():
            await self.open(conference)

    async def open(self, conference: str) -> Hall:
        """The conference's hall; read back from the journal if it is not open yet."""
        async with self._opening:
            hall = self._halls.get(conference)
            if hall is None:
                hall = await self._opened(conference)
                self._halls[conference] = hall
            return hall

    async def _opened(self, conference: str) -> Hall:
        assert self._streets is not None  # noqa: S101 - start() came before
        # A driven clock waits for us: then we must not wait for company.
        spacing_s = SPACING_S if self._clock.speed == 1 else 0.0
        coordinator = Coordinator(
            conference,
            self._journal,
            self._clock,
            self._tell,
            undo_ms=self._undo_ms,
            grace_ms=self._grace_ms,
            spacing_s=spacing_s,
            note=self._note,
        )
        await coordinator.open()
        self._streets.create_task(coordinator.run(), name=f"street of {conference}")
        # Nobody may see lines as they were before we went away.
        await coordinator.settled()
        log.info("hall-opened", conference=conference, position=coordinator.scene.position)
        return Hall(coordinator, Presence(coordinator, self._stir), self._terms)

    def of_point(self, code: str) -> Hall | None:
        """The conference that a room with this point belongs to now: the newest that is not closed, else the newest."""
        with_point = [hall for hall in self._halls.values() if code in hall.coordinator.scene.state.points]

        def newest(hall: Hall) -> tuple[bool, int]:
            state = hall.coordinator.scene.state
            starts = [sitting.starts_ms for sitting in state.plan.sittings] if state.plan else []
            return state.phase is not Phase.CLOSED, max(starts, default=0)

        return max(with_point, key=newest, default=None)

    def _terms(self, points: int, phone: bool) -> Terms:
        return link.terms(
            points, heartbeat_ms=self._heartbeat_ms, phone=phone, speed=(self._clock.speed or 1) if phone else 1
        )
