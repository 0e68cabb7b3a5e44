"""One turn in the database: what others have written meanwhile, what is known of the asked, and what is added to it."""

import sqlite3
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import partial
from typing import Literal

import msgspec
from sqlalchemy.exc import DBAPIError

from bridge.journal import ERASED, Identity, IdentityTaken, JournalError, Record, Row, texts
from bridge.journal.chain import chained, genesis
from bridge.journal.reach import in_reach
from bridge.journal.statements import (
    AFTER_READY,
    ERASE_READY,
    HEAD_READY,
    KNOWN_READY,
    TEXT_READY,
    TEXTS_READY,
    row_of,
    text_of,
)
from bridge.journal.writers import Doing, Hand


class SqlTurn:
    """See `bridge.journal.Turn`."""

    def __init__(self, conference: str, do: Doing) -> None:
        self.news: tuple[Row, ...] = ()
        self._conference = conference
        self._do = do
        self._position = 0
        self._hash = b""
        self._asked: frozenset[Identity] = frozenset()
        self._found: dict[Identity, Row] = {}
        self._appended: set[Identity] = set()
        self._grown = False
        self._state: Literal["on", "spoilt", "committed", "over"] = "on"

    async def begin(self, since: int, patience_ms: str, asked: Collection[Identity]) -> None:
        begun = await self._do(partial(_begin, self._conference, since, patience_ms, asked))
        self._position, self._hash, self.news, self._found = begun
        self._asked = frozenset(asked)

    async def known(self, identities: Collection[Identity]) -> dict[Identity, Row]:
        self._still_on()
        if not self._grown and self._asked.issuperset(identities):
            return {identity: self._found[identity] for identity in identities if identity in self._found}
        return await self._do(partial(_known, self._conference, identities))

    async def append(self, records: Sequence[Record], *, last: bool = False) -> tuple[Row, ...]:
        self._still_on()
        # Spoilt until proven good: a statement that failed half-way leaves its first rows in the transaction.
        self._state = "spoilt"
        for record in records:
            if (identity := record.identity) is not None:
                if identity in self._appended:
                    raise IdentityTaken(identity)
                self._appended.add(identity)
        rows = chained(self._position, self._hash, records)
        if rows:
            await self._do(partial(_insert, self._conference, rows, last))
            self._position, self._hash = rows[-1].position, rows[-1].hash
            self._grown = True
        self._state = "committed" if rows and last else "on"
        return rows

    async def end(self) -> None:
        if self._state == "spoilt":
            raise JournalError("an append of this turn was refused, so nothing of the turn is recorded")
        committed = self._state == "committed"
        self._state = "over"
        if committed:
            return
        # An empty turn has nothing to make durable and need not wait for the disk.
        await self._do(_commit if self._grown else _undo)

    async def undo(self) -> None:
        self._state = "over"
        # What made us undo is what the asker must hear; a connection that is gone has undone its work by going.
        with suppress(JournalError, DBAPIError, sqlite3.Error):
            await self._do(_undo)

    def _still_on(self) -> None:
        if self._state != "on":
            raise JournalError("this turn is over or was spoilt by a refused append; begin another one")


def _begin(
    conference: str, since: int, patience_ms: str, asked: Collection[Identity], hand: Hand
) -> tuple[int, bytes, tuple[Row, ...], dict[Identity, Row]]:
    """Take the conference's turn; where its journal ends, what came after `since`, and what is known of the asked."""
    hand.begin(conference, patience_ms)
    last = HEAD_READY.ask(hand, {"conference": conference})
    position, before = last[0] if last else (0, genesis(conference))
    in_reach(conference, since, position)
    after = {"conference": conference, "after": since, "most": position - since}
    news = _as_said(tuple(map(row_of, AFTER_READY.ask(hand, after))), hand) if position != since else ()
    return position, before, news, _known(conference, asked, hand)


def _known(conference: str, identities: Collection[Identity], hand: Hand) -> dict[Identity, Row]:
    if not identities:
        return {}
    asked = msgspec.json.encode([(identity.act, identity.by) for identity in identities]).decode()
    found = KNOWN_READY.ask(hand, {"conference": conference, "asked": asked})
    rows = _as_said(tuple(map(row_of, found)), hand)
    return {Identity(row.record.by, row.record.act or ""): row for row in rows}


def _as_said(rows: tuple[Row, ...], hand: Hand) -> tuple[Row, ...]:
    """With what is kept beside them in its place."""
    marks = texts.marks_of(rows)
    if not marks:
        return rows
    kept = {mark: text_of(row[0]) for mark in marks for row in TEXT_READY.ask(hand, {"digest": mark})}
    return texts.filled(rows, kept, ERASED)


def _insert(conference: str, rows: Sequence[Row], last: bool, hand: Hand) -> None:
    hand.insert(
        [
            (
                conference,
                row.position,
                row.hash,
                (record := row.record).at_ms,
                record.received_ms,
                record.by,
                record.kind,
                record.point,
                record.body,
                record.act,
                record.device,
                record.seq,
                record.digest,
                record.outcome,
                record.code,
                record.message,
                record.skew_ms,
            )
            for row in rows
        ],
        [
            (text.digest, conference, row.position, text.salt, text.text.encode())
            for row in rows
            for text in row.record.texts
        ],
    )
    if last:
        hand.commit()


def erase_texts(conference: str, patience_ms: str, gone: frozenset[str], hand: Hand) -> int:
    hand.begin(conference, patience_ms)
    try:
        held = [digest for digest, text in TEXTS_READY.ask(hand, {"conference": conference}) if text_of(text) in gone]
        for digest in held:
            ERASE_READY.ask(hand, {"digest": digest})
        hand.commit()
    except BaseException:
        hand.rollback()
        raise
    hand.forget_deleted()
    return len(held)


def _commit(hand: Hand) -> None:
    hand.commit()


def _undo(hand: Hand) -> None:
    hand.rollback()
