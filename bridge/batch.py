"""A batch: what was asked, decided against one draft, with the records that follow and the answers to give on disk."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from bridge.journal import Identity, Record, Row
from bridge.journal.texts import filled_body
from bridge.records import happened, recorded, written
from bridge.rules import acts, events, wire
from bridge.rules.deciding import decide
from bridge.rules.events import AnyEvent, Happened
from bridge.rules.following import follow
from bridge.rules.model import Asker
from bridge.rules.private import same_words
from bridge.rules.projection import Changed, Draft
from bridge.rules.refused import Refused

Judge = Callable[[Draft], Sequence[tuple[AnyEvent, int]]]
"""Decides against the draft: events with their effective times, or nothing. May raise Refused."""


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


class Act(msgspec.Struct):
    asked: Asked
    identity: Identity
    answer: asyncio.Future[wire.Outcome]
    since_s: float


class Command(msgspec.Struct):
    judge: Judge
    by: str
    answer: asyncio.Future[int] | None
    """Position after the command; None for a signal that nobody waits for."""
    act: str | None = None
    """What makes it the same command when it comes again; None: each is another one."""

    @property
    def identity(self) -> Identity | None:
        return None if self.act is None else Identity(by=self.by, act=self.act)


class Batch:
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

    def take(self, item: Act | Command) -> None:
        if isinstance(item, Act):
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

    def _command(self, item: Command) -> int:
        """Where the journal ends after it; of what happens only once its own place, 0 if nothing followed."""
        identity = item.identity
        if identity is not None and identity in self._known:
            return 0
        own = 0
        for event, at_ms in item.judge(self._draft):
            record = recorded(event, at_ms, self._now_ms, item.by)
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
        body, texts = written(event)
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
        what = happened(event, record)
        self.records.append(record)
        self.happened.append((what, self._draft.adopt(what)))
        self._position = position = self._position + 1
        for follows, at_ms in follow(self._draft, what, self._now_ms):
            self._append(recorded(follows, at_ms, self._now_ms, "system"), follows)
        return position


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
