"""Writes the letters: reads the journal after where it stopped, and says of each incident what it is time to say."""

import asyncio
from collections.abc import Callable, Collection

import msgspec
import structlog
from sqlalchemy.exc import DBAPIError

from bridge.coordinator import Coordinator
from bridge.journal import Journal, JournalError, Row
from bridge.post import Kind, Letter, words
from bridge.post.book import Book
from bridge.post.settling import Terms, Thread, next_word, told
from bridge.records import happened_in
from bridge.rules import events
from bridge.rules.projection import State

log = structlog.get_logger("post")

PAGE = 1_000
FAR_BEHIND = 10_000
"""A cursor on disk may be so far behind where nothing was of interest: that much is read again after a restart."""
INCIDENT = "incident-"
JOB = "job-"
FLASH = "flash:"
"""How the names of those jobs begin at which the figures are told."""
FLASH_HOLDS_MS = 5 * 60_000
"""Figures are of their moment: a flash that could not be written by then is not written."""


class Pile:
    """What was read of one conference, and the incidents of which something may still be to say."""

    def __init__(self, position: int, threads: dict[int, Thread]) -> None:
        self.position = position
        self.written = position
        """The position on disk."""
        self.threads = threads
        self.open = set(threads)
        self.seen: tuple[object, object] = (None, None)
        """Incidents and jobs as they were when it was read: replaced, and never changed, by what is of interest."""


class Writer:
    """The letters of one house. Times are the hall's; `real` is the world's, for how long a letter is kept."""

    def __init__(
        self,
        journal: Journal,
        book: Book,
        channels: Collection[str],
        terms: Terms,
        address: str,
        now: Callable[[], int],
        real: Callable[[], int],
    ) -> None:
        self._journal = journal
        self._book = book
        self._channels = channels
        self._terms = terms
        self._address = address
        self._now = now
        self._real = real
        self._piles: dict[str, Pile] = {}

    async def look(self, coordinator: Coordinator) -> bool:
        """Write what it is time to write. Whether anything was."""
        conference = coordinator.conference
        try:
            pile = self._piles.get(conference)
            if pile is None:
                pile = self._piles[conference] = Pile(*await self._book.read_so_far(conference))
            return await self._look(coordinator, pile)
        except (DBAPIError, JournalError) as away:
            # Nothing is lost: it is read again from where the book stands.
            self._piles.pop(conference, None)
            log.error("post-not-written", conference=conference, why=type(away).__name__)
            return False

    async def _look(self, coordinator: Coordinator, pile: Pile) -> bool:
        scene = coordinator.scene
        seen, position = (scene.state.affairs.incidents, scene.state.affairs.jobs), scene.position
        at_once: list[Letter] = []
        news: set[int] = set()
        if seen[0] is pile.seen[0] and seen[1] is pile.seen[1]:
            # Tens of thousands of reports, and nothing to tell: not read at all.
            pile.position = max(pile.position, position)
        else:
            at_once, news = await self._read(coordinator, pile)
            pile.seen = seen
        changed, letters = self._say(coordinator, pile, news)
        if not (at_once or changed) and pile.position - pile.written < FAR_BEHIND:
            return False
        threads = [pile.threads[number] for number in sorted(changed)]
        dropped = await self._book.write(
            coordinator.conference, pile.position, threads, [*at_once, *letters], self._channels, self._real()
        )
        pile.written = pile.position
        for letter, channel in dropped:
            log.error("letter-dropped", id=letter.id(channel), kind=letter.kind.value)
        return bool(at_once or letters)

    async def _read(self, coordinator: Coordinator, pile: Pile) -> tuple[list[Letter], set[int]]:
        """What happened since: what is told at once, and the incidents to which something happened."""
        at_once: list[Letter] = []
        news: set[int] = set()
        while rows := await self._journal.read(coordinator.conference, pile.position, PAGE):
            for row in rows:
                if not row.record.kind.startswith((INCIDENT, JOB)):
                    continue
                event = happened_in(row.record).event
                if isinstance(event, events.IncidentEvent):
                    known = pile.threads.get(event.incident) or Thread(event.incident, row.position)
                    pile.threads[event.incident] = msgspec.structs.replace(known, position=row.position)
                    news.add(event.incident)
                elif isinstance(event, events.JobMissed) and not self._too_old(event.due_ms):
                    at_once.append(self._missed(event, row.position, coordinator))
                elif isinstance(event, events.JobFired) and event.job.startswith(FLASH):
                    at_once += self._flash(row, coordinator)
            pile.position = rows[-1].position
            await asyncio.sleep(0)
        return at_once, news

    def _too_old(self, at_ms: int) -> bool:
        return self._now() - at_ms > self._terms.too_old_ms

    def _missed(self, event: events.JobMissed, position: int, coordinator: Coordinator) -> Letter:
        return words.of_missed(
            event,
            coordinator.scene.state,
            conference=coordinator.conference,
            position=position,
            now_ms=self._now(),
            address=self._address,
        )

    def _flash(self, row: Row, coordinator: Coordinator) -> list[Letter]:
        scene, now_ms = coordinator.scene, self._now()
        if scene.shown is None or now_ms - row.record.at_ms > FLASH_HOLDS_MS:
            log.warning("flash-not-told", conference=coordinator.conference, position=row.position)
            return []
        flash = words.of_flash(
            scene,
            scene.shown,
            conference=coordinator.conference,
            position=row.position,
            now_ms=now_ms,
            address=self._address,
        )
        return [flash]

    def _say(self, coordinator: Coordinator, pile: Pile, news: set[int]) -> tuple[set[int], list[Letter]]:
        """The incidents whose thread has changed, and the letters that it is time for."""
        state: State = coordinator.scene.state
        pile.open |= news
        changed, letters, now_ms = set(news), list[Letter](), self._now()
        for number in sorted(pile.open):
            incident, thread = state.affairs.incidents.known.get(number), pile.threads[number]
            word = next_word(thread, incident, now_ms, self._terms) if incident else now_ms
            if word is None or (incident is None and number < state.affairs.incidents.next_number):
                # Nothing more to say; or it was over so long ago that it is out of sight.
                pile.open.discard(number)
            elif isinstance(word, Kind) and incident:
                letters.append(
                    words.of_incident(
                        word,
                        incident,
                        state,
                        conference=coordinator.conference,
                        position=thread.position,
                        now_ms=now_ms,
                        address=self._address,
                    )
                )
                pile.threads[number] = told(thread, word, incident, now_ms)
                changed.add(number)
        return changed, letters
