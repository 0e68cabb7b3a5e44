"""The journal's twin in memory: real in everything but surviving the process; for tests and for what need not be kept."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from bridge.journal import ERASED, Head, Identity, IdentityTaken, JournalError, Record, Row
from bridge.journal.chain import chained, genesis
from bridge.journal.reach import in_reach, spanned, within
from bridge.journal.texts import bare, filled


@dataclass
class Shelf:
    """What several handles share, as several nodes share one database."""

    epoch: str = field(default_factory=lambda: secrets.token_hex(8))
    rows: dict[str, list[Row]] = field(default_factory=dict)
    first: dict[tuple[str, Identity], Row] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """By conference, what each digest stands for."""
    turns: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))


class MemoryTurn:
    def __init__(self, shelf: Shelf, conference: str, news: tuple[Row, ...]) -> None:
        self.news = news
        self.draft: list[Row] = []
        self.drafted: dict[Identity, Row] = {}
        self.spoilt = False
        self.over = False
        self._shelf = shelf
        self._conference = conference

    async def known(self, identities: Collection[Identity]) -> dict[Identity, Row]:
        self._still_on()
        found = {identity: row for identity in identities if (row := self._first(identity)) is not None}
        kept = self._shelf.texts[self._conference]
        kept = kept | {text.digest: text.text for row in self.draft for text in row.record.texts}
        return dict(zip(found, filled(list(found.values()), kept, ERASED), strict=True))

    async def append(self, records: Sequence[Record], *, last: bool = False) -> tuple[Row, ...]:
        self._still_on()
        before = (self.draft or self._shelf.rows.get(self._conference, []))[-1:]
        rows = (
            chained(before[0].position, before[0].hash, records)
            if before
            else chained(0, genesis(self._conference), records)
        )
        for row in rows:
            identity = row.record.identity
            if identity is None:
                continue
            if self._first(identity) is not None:
                self.spoilt = True
                raise IdentityTaken(identity)
            self.drafted[identity] = row
        self.draft.extend(rows)
        self.over = last
        return rows

    def _first(self, identity: Identity) -> Row | None:
        return self.drafted.get(identity) or self._shelf.first.get((self._conference, identity))

    def _still_on(self) -> None:
        if self.over or self.spoilt:
            raise JournalError("this turn is over or was spoilt by a refused append; begin another one")


class MemoryJournal:
    def __init__(self, shelf: Shelf | None = None, commit_delay_s: float = 0.0) -> None:
        self.shelf = shelf or Shelf()
        self._commit_delay_s = commit_delay_s

    async def head(self, conference: str) -> Head:
        rows = self.shelf.rows.get(conference)
        if not rows:
            return Head(self.shelf.epoch, 0, genesis(conference))
        return Head(self.shelf.epoch, rows[-1].position, rows[-1].hash)

    @asynccontextmanager
    async def turn(self, conference: str, since: int, asked: Collection[Identity] = ()) -> AsyncIterator[MemoryTurn]:
        async with self.shelf.turns[conference]:
            rows = self.shelf.rows.get(conference, [])
            in_reach(conference, since, len(rows))
            news = filled(rows[since:], self.shelf.texts[conference], ERASED)
            turn = MemoryTurn(self.shelf, conference, news)
            try:
                yield turn
            finally:
                turn.over = True
            if turn.spoilt:
                raise JournalError("an append of this turn was refused, so nothing of the turn is recorded")
            if turn.draft:
                if self._commit_delay_s:
                    await asyncio.sleep(self._commit_delay_s)
                self.shelf.rows.setdefault(conference, []).extend(bare(row) for row in turn.draft)
                known = self.shelf.texts[conference]
                known.update({text.digest: text.text for row in turn.draft for text in row.record.texts})
                self.shelf.first.update({(conference, identity): row for identity, row in turn.drafted.items()})

    async def read(
        self, conference: str, after: int = 0, limit: int = 1000, point: str | None = None
    ) -> tuple[Row, ...]:
        within(after, limit)
        rows = self.shelf.rows.get(conference, [])
        if point is None:
            found = rows[after : after + limit]
        else:
            found = [row for row in rows[after:] if row.record.point == point][:limit]
        return filled(found, self.shelf.texts[conference], ERASED)

    async def recall(self, conference: str, after: int, to: int) -> str:
        spanned(after, to)
        rows = filled(self.shelf.rows.get(conference, [])[after:to], self.shelf.texts[conference], ERASED)
        return f"[{','.join([_line(row) for row in rows])}]"

    async def erase(self, conference: str, gone: Collection[str]) -> int:
        known = self.shelf.texts[conference]
        held = [digest for digest, text in known.items() if text in gone]
        for digest in held:
            del known[digest]
        return len(held)

    async def texts(self, conference: str) -> tuple[str, ...]:
        return tuple(sorted(set(self.shelf.texts[conference].values())))

    async def conferences(self) -> tuple[str, ...]:
        return tuple(sorted(self.shelf.rows))

    async def close(self) -> None:
        return None


def _line(row: Row) -> str:
    record = row.record
    told = (row.position, record.at_ms, record.received_ms, record.by, record.act, record.device, record.seq)
    return msgspec.json.encode((*told, msgspec.Raw(record.body))).decode()
