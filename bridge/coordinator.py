"""The street: what is asked is decided, recorded, adopted, told and answered, in that order and in batches."""

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import msgspec
import structlog

from bridge.clock import Clock
from bridge.journal import (
    READ_LIMIT,
    Identity,
    Journal,
    JournalAway,
    JournalBehind,
    JournalBusy,
    JournalFull,
    Record,
    Row,
    Turn,
    pages,
)
from bridge.rules import acts, events, wire
from bridge.rules.deciding import UNDO_MS, Refused, decide
from bridge.rules.events import AnyEvent, Happened
from bridge.rules.following import follow
from bridge.rules.model import Link
from bridge.rules.projection import UP, Draft
from bridge.rules.scene import Placed, Scene

log = structlog.get_logger("coordinator")

INBOX_LIMIT = 2_000
"""What waits beyond this is told to come again: a queue that only grows answers nobody."""
BATCH_LIMIT = 500
SPACING_S = 0.025
"""At most so long after one turn began may the next one wait for company; a turn costs about as much for one act as for
ten."""
SPACING_EACH_S = 0.0025
"""It waits so long for each that the last turn carried: in a calm hour nobody waits, in a storm turns are few and full."""
ENOUGH = 32
"""So many do not wait for more."""
LULLS = 6
"""Nor do those after whom nobody came for so many times as long as usually passes between two: whoever was coming has
come, and all others wait for our answer."""
LEAST_LULL_S = 0.002
SIGNALS_LIMIT = 10_000
"""Signals beyond this are dropped: nobody waits for them, and the next beat or sweep says them again."""

Tell = Callable[["Coordinator", Sequence[Placed], set[str]], None]
"""Told after each commit: what happened, and the points it touched."""
Judge = Callable[[Draft], Sequence[tuple[AnyEvent, int]]]
"""Decides against the draft: events with their effective times, or nothing. May raise Refused."""


class Overloaded(Exception):
    """The inbox is full; whoever asked should come again."""


class Unavailable(Exception):
    """The journal could not record; whether it did may be unknown. The same id, asked again, gets the truth."""


class Asked(msgspec.Struct, frozen=True):
    """An act with its circumstances, ready to be judged."""

    act: acts.AnyAct
    by: str
    staff: bool
    device: str
    at_ms: int
    received_ms: int
    skew_ms: int
    digest: bytes
    person: str | None = None
    """Whom a scan's badge stands for."""

    @property
    def identity(self) -> Identity:
        return Identity(by=self.by, act=self.act.id)


class _Act(msgspec.Struct):
    asked: Asked
    answer: asyncio.Future[wire.Outcome]


class _Command(msgspec.Struct):
    judge: Judge
    by: str
    answer: asyncio.Future[int] | None
    """Position after the command; None for a signal that nobody waits for."""


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
        spacing_s: float = 0.0,
    ) -> None:
        self.conference = conference
        self.scene = Scene()
        self.epoch = ""
        self.clock = clock
        self.undo_ms = undo_ms
        """How long an act may be taken back."""
        self._journal = journal
        self._tell = tell
        self._inbox: deque[_Act | _Command] = deque()
        self._waiting = asyncio.Event()
        self._plenty = asyncio.Event()
        self._spacing_s = spacing_s
        self._next_s = 0.0
        self._busy = False
        self.recording = True
        """Whether the last batch that had something for the disk reached it."""
        self._acked: dict[tuple[str, str], int] = {}
        self._signals = 0
        """How many in the inbox are signals: they take no room from what people ask."""
        self._untold: list[Placed] = []
        self._touched: set[str] = set()

    # --- asking

    async def ask(self, asked: Sequence[Asked]) -> list[wire.Outcome]:
        """The outcomes of acts, after they are on disk. Raises Overloaded at once, Unavailable when recording failed."""
        if len(self._inbox) - self._signals + len(asked) > INBOX_LIMIT:
            raise Overloaded
        loop = asyncio.get_running_loop()
        items = [_Act(each, loop.create_future()) for each in asked]
        self._inbox.extend(items)
        self._came()
        # A caller who goes away takes only his own answer with him: the street looks whether it is still wanted.
        return [await item.answer for item in items]

    async def command(self, judge: Judge, by: str) -> int:
        """Carry out a command of the staff; its position in the journal. Raises Refused, Overloaded, Unavailable."""
        if len(self._inbox) - self._signals >= INBOX_LIMIT:
            raise Overloaded
        item = _Command(judge, by, asyncio.get_running_loop().create_future())
        self._inbox.append(item)
        self._came()
        assert item.answer is not None  # noqa: S101 - made three lines above
        return await item.answer

    def signal(self, judge: Judge) -> None:
        """What a line gave cause for. Nobody waits; if it is lost to a failing disk, the next beat or sweep says it again."""
        if self._signals >= SIGNALS_LIMIT:
            return
        self._signals += 1
        self._inbox.append(_Command(judge, "system", None))
        self._came()

    def _came(self) -> None:
        self._waiting.set()
        if len(self._inbox) >= ENOUGH:
            self._plenty.set()

    @property
    def idle(self) -> bool:
        return not self._inbox and not self._busy

    def acked_seq(self, by: str, device: str) -> int:
        """The newest running number of a device that is on disk."""
        return self._acked.get((by, device), 0)

    # --- the street

    async def open(self) -> None:
        """Read the journal back into the live state; lines that were up are unknown from now on."""
        self.epoch = (await self._journal.head(self.conference)).epoch
        with _uncollected():
            async for rows in pages(self._journal, self.conference, limit=READ_LIMIT):
                for row in rows:
                    self.scene.replay(row.position, happened_in(row.record))
                    self._note_seq(row.record)
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
            await self._in_company(loop)
            batch = [self._inbox.popleft() for _ in range(min(len(self._inbox), BATCH_LIMIT))]
            if not self._inbox:
                self._waiting.clear()
            if batch:
                self._next_s = loop.time() + min(self._spacing_s, len(batch) * SPACING_EACH_S)
                self._signals -= sum(item.answer is None for item in batch)
                self._busy = True
                await self._carry(batch)
                self._busy = False

    async def _in_company(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait until the turns' spacing has passed, or enough have come, or whoever was coming has come."""
        begun_s = loop.time()
        while (waiting := len(self._inbox)) < ENOUGH:
            now_s = loop.time()
            lull_s = max(LEAST_LULL_S, LULLS * (now_s - begun_s) / max(1, waiting))
            if now_s >= self._next_s:
                return
            self._plenty.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min(self._next_s, now_s + lull_s)):
                    await self._plenty.wait()
            if len(self._inbox) == waiting:
                return

    async def _carry(self, batch: Sequence[_Act | _Command]) -> None:
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
            self._give_up(batch, str(failed))
            self._tell_all()
            return
        # Answers that were known already prove nothing about the disk.
        self.recording = self.recording or bool(rows)
        for row, happened in zip(rows, decided.happened, strict=True):
            self._take_in(row, happened)
        self._tell_all()
        for answer in decided.answers:
            answer()

    def _give_up(self, batch: Sequence[_Act | _Command], why: str) -> None:
        for item in batch:
            if item.answer is not None and not item.answer.done():
                item.answer.set_exception(Unavailable(why))
                # Whoever asked may be gone: then nobody else will look at it.
                item.answer.exception()

    async def _record(self, batch: Sequence[_Act | _Command]) -> "tuple[Sequence[Row], _Batch]":
        """Decide the batch against a draft and append what follows in one transaction."""
        asked = [item.asked for item in batch if isinstance(item, _Act)]
        async with self._journal.turn(self.conference, self.scene.position) as turn:
            # Also what a turn of our own has left whose commit stood although we were told that it failed.
            for row in turn.news:
                self._learn(row)
            known = await turn.known([each.identity for each in asked]) if asked else {}
            decided = _Batch(Draft(self.scene.state), known, self.scene.position, self.clock.now(), self.undo_ms)
            for item in batch:
                decided.take(item)
            rows = await _appended(turn, decided.records)
        return rows, decided

    def _learn(self, row: Row) -> None:
        self._take_in(row, happened_in(row.record))

    def _take_in(self, row: Row, happened: Happened) -> None:
        changed = self.scene.adopt(row.position, happened)
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

    def _note_seq(self, record: Record) -> None:
        if record.device:
            device = (record.by, record.device)
            if record.seq > self._acked.get(device, 0):
                self._acked[device] = record.seq


@contextmanager
def _uncollected() -> Iterator[None]:
    """A long past is many values and no circles: the collector need not walk them again and again meanwhile."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


async def _appended(turn: Turn, records: Sequence[Record]) -> Sequence[Row]:
    return await turn.append(records, last=True) if records else ()


def happened_in(record: Record) -> Happened:
    return _happened(events.decode(record.body), record)


def _happened(event: AnyEvent, record: Record) -> Happened:
    return Happened(
        event=event,
        at_ms=record.at_ms,
        received_ms=record.received_ms,
        by=record.by,
        act=record.act,
        device=record.device,
    )


class _Batch:
    """One batch on its way: decisions, the records that follow, and the answers to give once they are on disk."""

    def __init__(self, draft: Draft, known: dict[Identity, Row], position: int, now_ms: int, undo_ms: int) -> None:
        self.records: list[Record] = []
        self.happened: list[Happened] = []
        """What the records hold, one for each."""
        self.answers: list[Callable[[], None]] = []
        self._draft = draft
        self._known = {identity: (row.record, row.position) for identity, row in known.items()}
        self._position = position
        self._now_ms = now_ms
        self._undo_ms = undo_ms

    def take(self, item: _Act | _Command) -> None:
        if isinstance(item, _Act):
            outcome = self._act(item.asked)
            self._answer(item.answer, outcome)
            return
        try:
            for event, at_ms in item.judge(self._draft):
                self._append(_record(event, at_ms, self._now_ms, item.by), event)
        except Refused as refused:
            if item.answer is not None:
                answer, error = item.answer, refused
                self.answers.append(lambda: None if answer.done() else answer.set_exception(error))
            return
        if item.answer is not None:
            self._answer(item.answer, self._position)

    def _act(self, asked: Asked) -> wire.Outcome:
        first = self._known.get(asked.identity)
        if first is not None:
            return _first_answer(asked, *first)
        decided = decide(
            self._draft,
            asked.act,
            at_ms=asked.at_ms,
            staff=asked.staff,
            by=asked.by,
            received_ms=asked.received_ms,
            person=asked.person,
            undo_ms=self._undo_ms,
        )
        record = msgspec.structs.replace(
            _record(decided.event, asked.at_ms, asked.received_ms, asked.by),
            act=asked.act.id,
            device=asked.device,
            seq=asked.act.seq,
            digest=asked.digest,
            outcome="accepted" if decided.accepted else "refused",
            code=decided.code,
            message=decided.message,
            skew_ms=asked.skew_ms,
        )
        position = self._append(record, decided.event)
        self._known[asked.identity] = (record, position)
        return _outcome(record, position)

    def _append(self, record: Record, event: AnyEvent) -> int:
        """The record's position; what follows from it stands behind it."""
        happened = _happened(event, record)
        self.records.append(record)
        self.happened.append(happened)
        self._position = position = self._position + 1
        self._draft.adopt(happened)
        for follows, at_ms in follow(self._draft, happened, self._now_ms):
            self._append(_record(follows, at_ms, self._now_ms, "system"), follows)
        return position

    def _answer(
        self, answer: "asyncio.Future[wire.Outcome] | asyncio.Future[int]", content: wire.Outcome | int
    ) -> None:
        self.answers.append(lambda: None if answer.done() else answer.set_result(content))  # type: ignore[arg-type]


def _record(event: AnyEvent, at_ms: int, received_ms: int, by: str) -> Record:
    return Record(
        at_ms=at_ms,
        received_ms=received_ms,
        by=by,
        kind=events.tag(event),
        point=event.point if isinstance(event, events.PointEvent) else None,
        body=events.encode(event),
    )


def _first_answer(asked: Asked, record: Record, position: int) -> wire.Outcome:
    """The same question gets the first answer; another question under the same id is refused."""
    if record.digest == asked.digest:
        return msgspec.structs.replace(_outcome(record, position), duplicate=True)
    return wire.Outcome(
        id=asked.act.id,
        outcome="refused",
        code="id_reuse",
        message="Mã báo cáo này đã dùng cho một báo cáo khác; hãy nhập lại báo cáo.",
        position=position,
        at=wire.rfc3339(record.received_ms),
    )


def _outcome(record: Record, position: int) -> wire.Outcome:
    return wire.Outcome(
        id=record.act or "",
        outcome="accepted" if record.outcome == "accepted" else "refused",
        code=record.code,
        message=record.message,
        position=position,
        at=wire.rfc3339(record.received_ms),
    )
