"""The street: what is asked is decided, recorded, adopted, told and answered, in that order and in batches."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import Any

import msgspec
import structlog

from bridge.clock import Clock
from bridge.journal import (
    Identity,
    Journal,
    JournalAway,
    JournalBehind,
    JournalBusy,
    JournalFull,
    Record,
    Row,
    Text,
    Turn,
    pages,
    recalled,
)
from bridge.journal.texts import filled_body, kept_apart
from bridge.rules import acts, events, recalling, wire
from bridge.rules.correcting import GRACE_MS
from bridge.rules.deciding import UNDO_MS, decide
from bridge.rules.events import AnyEvent, Happened
from bridge.rules.following import follow
from bridge.rules.model import Asker, Link
from bridge.rules.private import own_words, same_words
from bridge.rules.projection import UP, Changed, Draft
from bridge.rules.recalling import Past
from bridge.rules.refused import Refused
from bridge.rules.scene import Placed, Scene
from endpoints_registry.collecting import uncollected

log = structlog.get_logger("coordinator")

INBOX_LIMIT = 2_000
"""What waits beyond this is told to come again: a queue that only grows answers nobody."""
BATCH_LIMIT = 500
SPACING_S = 0.035
"""At most so long after one turn began may the next one wait for company; a turn costs about as much for one act as for
ten."""
SPACING_EACH_S = 0.0025
"""It waits so long for each that the last turn carried: in a calm hour nobody waits, in a storm turns are few and full."""
ENOUGH = 32
"""So many do not wait for more: the disk is busy with them while the next are read."""
TURNS_REMEMBERED = 4
"""Nor do as many as there were at most in so many turns: phones that wait for our answer before they speak again cannot
become more, and those that speak when they like become more until the spacing ends it."""
LULLS = 6
"""Nor do those after whom nobody came for so many times as long as usually passes between two: whoever was coming has
come, and all others wait for our answer."""
LEAST_LULL_S = 0.002
ANSWER_PATIENCE_S = 5.0
"""An act that is not on disk by then is unknown: it stays on the phone, and its id makes the re-send harmless."""
BREATH = 250
"""So many rows of a long past are taken in at once."""
SIGNALS_LIMIT = 10_000
"""Signals beyond this are dropped: nobody waits for them, and the next beat or sweep says them again."""

Tell = Callable[["Coordinator", Sequence[Placed], set[str]], None]
"""Told after each commit: what happened, and the points it touched."""
Judge = Callable[[Draft], Sequence[tuple[AnyEvent, int]]]
"""Decides against the draft: events with their effective times, or nothing. May raise Refused."""


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
    asker: Asker = Asker.OPERATOR
    """As what they ask for a correction."""

    @property
    def identity(self) -> Identity:
        return Identity(by=self.by, act=self.act.id)


class _Act(msgspec.Struct):
    asked: Asked
    identity: Identity
    answer: asyncio.Future[wire.Outcome]
    since_s: float


class _Command(msgspec.Struct):
    judge: Judge
    by: str
    answer: asyncio.Future[int] | None
    """Position after the command; None for a signal that nobody waits for."""
    act: str | None = None
    """What makes it the same command when it comes again; None: each is another one."""

    @property
    def identity(self) -> Identity | None:
        return None if self.act is None else Identity(by=self.by, act=self.act)


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
        self._inbox: deque[_Act | _Command] = deque()
        self._waiting = asyncio.Event()
        self._plenty = asyncio.Event()
        self._spacing_s = spacing_s
        self._next_s = 0.0
        self._lately: deque[int] = deque((1,), maxlen=TURNS_REMEMBERED)
        self._company = 1
        """How many have lately waited for our answer at once: when as many have come again, all have come."""
        self._carried: Sequence[_Act | _Command] = ()
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
        items = [_Act(each, each.identity, loop.create_future(), since_s) for each in asked]
        self._inbox.extend(items)
        self._came()
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
        item = _Command(judge, by, asyncio.get_running_loop().create_future(), act)
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
        if len(self._inbox) >= self._company:
            self._plenty.set()

    def _let_go(self, loop: asyncio.AbstractEventLoop) -> None:
        """Whoever has waited too long hears that it is unknown.

        One watch for all who wait: a clock of its own for each act takes longer than to judge it.
        """
        waiting = [item for item in (*self._carried, *self._inbox) if isinstance(item, _Act) and not item.answer.done()]
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
            await self._in_company(loop)
            batch = [self._inbox.popleft() for _ in range(min(len(self._inbox), BATCH_LIMIT))]
            if not self._inbox:
                self._waiting.clear()
            if batch:
                self._next_s = loop.time() + min(self._spacing_s, len(batch) * SPACING_EACH_S)
                self._signals -= sum(item.answer is None for item in batch)
                self._carried = batch
                await self._carry(batch)
                self._carried = ()
                self._lately.append(len(batch) + len(self._inbox))
                self._company = min(ENOUGH, max(self._lately))

    async def _in_company(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait until as many have come as there lately were, or the turns' spacing has passed, or nobody comes any more."""
        begun_s = loop.time()
        while (waiting := len(self._inbox)) < self._company and (now_s := loop.time()) < self._next_s:
            lull_s = max(LEAST_LULL_S, LULLS * (now_s - begun_s) / max(1, waiting))
            self._plenty.clear()
            waking = loop.call_at(min(self._next_s, now_s + lull_s), self._plenty.set)
            await self._plenty.wait()
            waking.cancel()
            if len(self._inbox) == waiting:
                return

    async def _carry(self, batch: Sequence[_Act | _Command]) -> None:
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
            unknown = sum(isinstance(item, _Act) for item in batch)
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

    def _give_up(self, batch: Sequence[_Act | _Command], why: str) -> None:
        for item in batch:
            if item.answer is not None and not item.answer.done():
                item.answer.set_exception(Unavailable(why))
                # Whoever asked may be gone: then nobody else will look at it.
                item.answer.exception()

    async def _record(self, batch: Sequence[_Act | _Command]) -> "tuple[Sequence[Row], _Batch]":
        """Decide the batch against a draft and append what follows in one transaction."""
        asked = [each for item in batch if (each := item.identity) is not None]
        async with self._journal.turn(self.conference, self.scene.position, asked) as turn:
            # Also what a turn of our own has left whose commit stood although we were told that it failed.
            for row in turn.news:
                self._learn(row)
            known = await turn.known(asked) if asked else {}
            decided = _Batch(
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

    def __init__(
        self, draft: Draft, known: dict[Identity, Row], position: int, now_ms: int, undo_ms: int, grace_ms: int
    ) -> None:
        self.records: list[Record] = []
        self.happened: list[tuple[Happened, Changed]] = []
        """What the records hold, and what that does to the points: one for each."""
        self.answers: list[tuple[asyncio.Future[Any], wire.Outcome | int | Refused]] = []
        self.acts = self.refused = self.duplicate = 0
        """How many acts it carried, and how many of them were refused, or answered before."""
        self._draft = draft
        self._known = {identity: (row.record, row.position) for identity, row in known.items()}
        self._position = position
        self._now_ms = now_ms
        self._undo_ms = undo_ms
        self._grace_ms = grace_ms

    def take(self, item: _Act | _Command) -> None:
        if isinstance(item, _Act):
            self.answers.append((item.answer, self._act(item.asked, item.identity)))
            return
        try:
            position = self._command(item)
        except Refused as refused:
            if item.answer is not None:
                self.answers.append((item.answer, refused))
            return
        if item.answer is not None:
            self.answers.append((item.answer, position))

    def _command(self, item: _Command) -> int:
        """Where the journal ends after it; of what happens only once its own place, 0 if nothing followed."""
        identity = item.identity
        if identity is not None and identity in self._known:
            return 0
        own = 0
        for event, at_ms in item.judge(self._draft):
            record = _record(event, at_ms, self._now_ms, item.by)
            if identity is None or own:
                self._append(record, event)
                continue
            # The first of its events carries the name; the journal takes no second one.
            record = msgspec.structs.replace(record, act=identity.act)
            own = self._append(record, event)
            self._known[identity] = (record, own)
        return self._position if identity is None else own

    def _act(self, asked: Asked, identity: Identity) -> wire.Outcome:
        self.acts += 1
        first = self._known.get(identity)
        if first is not None:
            self.duplicate += 1
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
            grace_ms=self._grace_ms,
            asker=asked.asker,
        )
        event = decided.event
        self.refused += not decided.accepted
        body, texts = _written(event)
        record = Record(
            at_ms=asked.at_ms,
            received_ms=asked.received_ms,
            by=asked.by,
            kind=events.tag(event),
            point=event.point if isinstance(event, events.PointEvent) else None,
            body=body,
            act=asked.act.id,
            device=asked.device,
            seq=asked.act.seq,
            digest=asked.digest,
            outcome="accepted" if decided.accepted else "refused",
            code=decided.code,
            message=decided.message,
            skew_ms=asked.skew_ms,
            texts=texts,
        )
        position = self._append(record, event)
        self._known[identity] = (record, position)
        return _outcome(record, position)

    def _append(self, record: Record, event: AnyEvent) -> int:
        """The record's position; what follows from it stands behind it."""
        happened = _happened(event, record)
        self.records.append(record)
        self.happened.append((happened, self._draft.adopt(happened)))
        self._position = position = self._position + 1
        for follows, at_ms in follow(self._draft, happened, self._now_ms):
            self._append(_record(follows, at_ms, self._now_ms, "system"), follows)
        return position


def _written(event: AnyEvent) -> tuple[bytes, tuple[Text, ...]]:
    """The body of an event, and what somebody said in their own words, which is kept beside it."""
    said = own_words(event)
    if not said:
        return events.encode(event), ()
    apart = {name: kept_apart(text) for name, text in said.items()}
    marked = msgspec.structs.replace(event, **{name: mark for name, (mark, _) in apart.items()})
    return events.encode(marked), tuple(text for _, text in apart.values())


def _record(event: AnyEvent, at_ms: int, received_ms: int, by: str) -> Record:
    body, texts = _written(event)
    return Record(
        at_ms=at_ms,
        received_ms=received_ms,
        by=by,
        kind=events.tag(event),
        point=event.point if isinstance(event, events.PointEvent) else None,
        body=body,
        texts=texts,
    )


def _the_same(asked: Asked, record: Record) -> bool:
    """Whether this record is what is asked now."""
    if record.digest == asked.digest:
        # Of this very turn the words still lie beside it; the journal hands older ones out in their place.
        apart = {text.digest: text.text for text in record.texts}
        body = filled_body(record.body, apart) if apart else record.body
        return acts.words(asked.act) is None or same_words(asked.act, events.decode(body))
    return acts.words(asked.act) is not None and record.digest == acts.digest_with_words(asked.act)


def _first_answer(asked: Asked, record: Record, position: int) -> wire.Outcome:
    """The same question gets the first answer; another question under the same id is refused."""
    if _the_same(asked, record):
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
