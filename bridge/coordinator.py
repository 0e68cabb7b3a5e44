"""The street: what is asked is decided, recorded, adopted, told and answered, in that order and in batches."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

import msgspec
import structlog

from bridge.batch import Act, Asked, Batch, Command, Judge
from bridge.clock import Clock
from bridge.company import Company
from bridge.journal import (
    Journal,
    JournalAway,
    JournalBehind,
    JournalBusy,
    JournalFull,
    Record,
    Row,
    Turn,
    pages,
    recalled,
)
from bridge.records import happened_in
from bridge.rules import events, recalling, wire
from bridge.rules.correcting import GRACE_MS
from bridge.rules.deciding import UNDO_MS
from bridge.rules.events import Happened
from bridge.rules.model import Link
from bridge.rules.projection import UP, Changed, Draft
from bridge.rules.recalling import Past
from bridge.rules.refused import Refused
from bridge.rules.scene import Placed, Scene
from endpoints_registry.collecting import uncollected

log = structlog.get_logger("coordinator")

INBOX_LIMIT = 2_000
"""What waits beyond this is told to come again: a queue that only grows answers nobody."""
BATCH_LIMIT = 500
ANSWER_PATIENCE_S = 5.0
"""An act that is not on disk by then is unknown: it stays on the phone, and its id makes the re-send harmless."""
BREATH = 250
"""So many rows of a long past are taken in at once."""
SIGNALS_LIMIT = 10_000
"""Signals beyond this are dropped: nobody waits for them, and the next beat or sweep says them again."""

Tell = Callable[["Coordinator", Sequence[Placed], set[str]], None]
"""Told after each commit: what happened, and the points it touched."""


class Turned(msgspec.Struct, frozen=True):
    """What one turn of a street came to."""

    conference: str
    asked: int
    """Acts and commands that it carried."""
    seconds: float
    """From the first look to the disk's answer."""
    accepted: int = 0
    refused: int = 0
    duplicate: int = 0
    """Acts that were answered before."""
    unknown: int = 0
    """Acts that nobody could say anything of."""


Note = Callable[[Turned], None]
"""Told once after each turn."""


class Overloaded(Exception):
    """The inbox is full; whoever asked should come again."""


class Unavailable(Exception):
    """The journal could not record; whether it did may be unknown. The same id, asked again, gets the truth."""


class Coordinator:
    """One conference of this process."""

    def __init__(
        self,
        conference: str,
        journal: Journal,
        clock: Clock,
        tell: Tell,
        *,
        undo_ms: int = UNDO_MS,
        grace_ms: int = GRACE_MS,
        spacing_s: float = 0.0,
        note: Note = lambda _turned: None,
    ) -> None:
        self.conference = conference
        self.scene = Scene()
        self.epoch = ""
        self.clock = clock
        self.undo_ms = undo_ms
        """How long an act may be taken back."""
        self.grace_ms = grace_ms
        """How long after the close what a hall said before it still counts."""
        self._journal = journal
        self._tell = tell
        self._note = note
        self._inbox: deque[Act | Command] = deque()
        self._waiting = asyncio.Event()
        self._company = Company(self._inbox, spacing_s)
        self._carried: Sequence[Act | Command] = ()
        self._overdue: asyncio.TimerHandle | None = None
        self.recording = True
        """Whether the last batch that had something for the disk reached it."""
        self._acked: dict[tuple[str, str], int] = {}
        self._signals = 0
        """How many in the inbox are signals: they take no room from what people ask."""
        self._untold: list[Placed] = []
        self._touched: set[str] = set()

    # --- asking

    async def ask(self, asked: Sequence[Asked]) -> list[wire.Outcome]:
        """The outcomes of acts, after they are on disk.

        Raises Overloaded at once, Unavailable when recording failed or has not come to an end in ANSWER_PATIENCE_S.
        """
        if len(self._inbox) - self._signals + len(asked) > INBOX_LIMIT:
            raise Overloaded
        loop = asyncio.get_running_loop()
        since_s = loop.time()
        items = [Act(each, each.identity, loop.create_future(), since_s) for each in asked]
        self._inbox.extend(items)
        self._waiting.set()
        self._company.came()
        if self._overdue is None:
            self._overdue = loop.call_at(since_s + ANSWER_PATIENCE_S, self._let_go, loop)
        # A caller who goes away takes only his own answer with him: the street looks whether it is still wanted.
        return [await item.answer for item in items]

    async def command(self, judge: Judge, by: str) -> int:
        """Carry out a command of the staff; its position in the journal. Raises Refused, Overloaded, Unavailable."""
        return await self._commanded(judge, by)

    async def once(self, judge: Judge, by: str, act: str) -> bool:
        """Carry out what may happen only once under this name, however often and by whichever node it is asked.

        False where it has happened already, or where nothing follows. Raises as `command`.
        """
        return await self._commanded(judge, by, act) > 0

    async def _commanded(self, judge: Judge, by: str, act: str | None = None) -> int:
        if len(self._inbox) - self._signals >= INBOX_LIMIT:
            raise Overloaded
        item = Command(judge, by, asyncio.get_running_loop().create_future(), act)
        self._inbox.append(item)
        self._waiting.set()
        self._company.came()
        assert item.answer is not None  # noqa: S101 - made three lines above
        return await item.answer

    def signal(self, judge: Judge) -> None:
        """What a line gave cause for. Nobody waits; if it is lost to a failing disk, the next beat or sweep says it again."""
        if self._signals >= SIGNALS_LIMIT:
            return
        self._signals += 1
        self._inbox.append(Command(judge, "system", None))
        self._waiting.set()
        self._company.came()

    def _let_go(self, loop: asyncio.AbstractEventLoop) -> None:
        """Whoever has waited too long hears that it is unknown.

        One watch for all who wait: a clock of its own for each act takes longer than to judge it.
        """
        waiting = [item for item in (*self._carried, *self._inbox) if isinstance(item, Act) and not item.answer.done()]
        late_s = loop.time() - ANSWER_PATIENCE_S
        self._give_up([item for item in waiting if item.since_s <= late_s], "too slow")
        oldest_s = min((item.since_s for item in waiting if item.since_s > late_s), default=None)
        self._overdue = None if oldest_s is None else loop.call_at(oldest_s + ANSWER_PATIENCE_S, self._let_go, loop)

    @property
    def waiting(self) -> int:
        """How much waits to be carried."""
        return len(self._inbox)

    @property
    def idle(self) -> bool:
        return not self._inbox and not self._carried

    def acked_seq(self, by: str, device: str) -> int:
        """The newest running number of a device that is on disk."""
        return self._acked.get((by, device), 0)

    def forget(self, words: Collection[str]) -> None:
        """Somebody's words were erased from the journal: nor are they here any more."""
        self.scene.forget(frozenset(words))

    # --- the street

    async def open(self) -> None:
        """Read the journal back into the live state; lines that were up are unknown from now on."""
        head = await self._journal.head(self.conference)
        self.epoch = head.epoch
        with uncollected():
            async for piece in recalled(self._journal, self.conference, head.position):
                past = recalling.read(piece)
                for start in range(0, len(past), BREATH):
                    some = past[start : start + BREATH]
                    self.scene.replay(some)
                    for row in some:
                        self._note_seq(row)
                    # Meanwhile the next piece is being read, and that takes a word from us now and then.
                    await asyncio.sleep(0)
        self.scene.sum_up()
        self.scene.show_round(self.clock.now())
        # Those who were unknown already are so once more: nobody could have come back while we were away.
        if any(point.link in UP or point.link is Link.UNKNOWN for point in self.scene.state.points.values()):
            now_ms = self.clock.now()
            self.signal(lambda _draft: ((events.ServiceRestarted(), now_ms),))

    async def _catch_up(self) -> None:
        async for rows in pages(self._journal, self.conference, self.scene.position):
            for row in rows:
                self._learn(row)
            self._tell_all()
            await asyncio.sleep(0)

    async def settled(self) -> None:
        """Wait until what was asked before has been through the street, whatever became of it."""
        with suppress(Unavailable):
            await self.command(lambda _draft: (), by="system")

    async def run(self) -> None:
        """Walk the street until cancelled. A bug in a rule ends it: the journal brings the node back."""
        loop = asyncio.get_running_loop()
        while True:
            await self._waiting.wait()
            await self._company.gathered(loop)
            batch = [self._inbox.popleft() for _ in range(min(len(self._inbox), BATCH_LIMIT))]
            if not self._inbox:
                self._waiting.clear()
            if batch:
                self._company.sets_out(len(batch), loop.time())
                self._signals -= sum(item.answer is None for item in batch)
                self._carried = batch
                await self._carry(batch)
                self._carried = ()
                self._company.is_back(len(batch))

    async def _carry(self, batch: Sequence[Act | Command]) -> None:
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        try:
            rows, decided = await self._record(batch)
        except JournalBehind:
            # Others wrote more than one turn can carry: read it in pieces, and let the askers come again.
            await self._catch_up()
            self._give_up(batch, "catching up")
            return
        except (JournalFull, JournalBusy, JournalAway) as failed:
            self.recording = False
            log.error("batch-not-recorded", conference=self.conference, asked=len(batch), why=str(failed))
            unknown = sum(isinstance(item, Act) for item in batch)
            self._note(Turned(self.conference, len(batch), loop.time() - begun_s, unknown=unknown))
            self._give_up(batch, str(failed))
            self._tell_all()
            return
        self._note(
            Turned(
                self.conference,
                len(batch),
                loop.time() - begun_s,
                accepted=decided.acts - decided.refused - decided.duplicate,
                refused=decided.refused,
                duplicate=decided.duplicate,
            )
        )
        # Answers that were known already prove nothing about the disk.
        self.recording = self.recording or bool(rows)
        for row, (happened, changed) in zip(rows, decided.happened, strict=True):
            self._take_in(row, happened, changed)
        self._tell_all()
        for answer, content in decided.answers:
            if answer.done():
                continue
            if isinstance(content, Refused):
                answer.set_exception(content)
            else:
                answer.set_result(content)

    def _give_up(self, batch: Sequence[Act | Command], why: str) -> None:
        for item in batch:
            if item.answer is not None and not item.answer.done():
                item.answer.set_exception(Unavailable(why))
                # Whoever asked may be gone: then nobody else will look at it.
                item.answer.exception()

    async def _record(self, batch: Sequence[Act | Command]) -> "tuple[Sequence[Row], Batch]":
        """Decide the batch against a draft and append what follows in one transaction."""
        asked = [each for item in batch if (each := item.identity) is not None]
        async with self._journal.turn(self.conference, self.scene.position, asked) as turn:
            # Also what a turn of our own has left whose commit stood although we were told that it failed.
            for row in turn.news:
                self._learn(row)
            known = await turn.known(asked) if asked else {}
            decided = Batch(
                Draft(self.scene.state), known, self.scene.position, self.clock.now(), self.undo_ms, self.grace_ms
            )
            for item in batch:
                decided.take(item)
            rows = await _appended(turn, decided.records)
        return rows, decided

    def _learn(self, row: Row) -> None:
        self._take_in(row, happened_in(row.record))

    def _take_in(self, row: Row, happened: Happened, drafted: Changed | None = None) -> None:
        changed = self.scene.adopt(row.position, happened, drafted)
        if isinstance(happened.event, events.ConferenceFrozen):
            # Not at the clockwork's next beat: whoever froze it looks at the board at once.
            self.scene.show_round(self.clock.now())
        self._note_seq(row.record)
        self._untold.append((row.position, happened))
        self._touched |= changed.keys()

    def _tell_all(self) -> None:
        """Tell the dashboards what was adopted since they were told last."""
        if self._untold:
            told, touched = self._untold, self._touched
            self._untold, self._touched = [], set()
            self._tell(self, told, touched)

    def _note_seq(self, record: Record | Past) -> None:
        if record.device:
            device = (record.by, record.device)
            if record.seq > self._acked.get(device, 0):
                self._acked[device] = record.seq


async def _appended(turn: Turn, records: Sequence[Record]) -> Sequence[Row]:
    return await turn.append(records, last=True) if records else ()
