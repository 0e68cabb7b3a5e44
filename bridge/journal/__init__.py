"""The truth of a conference day: what happened, in one order, appended and never changed.

This is the seam. `bridge.journal.memory` keeps the rows in memory, `bridge.journal.sql` on SQLite or PostgreSQL, and one
suite of tests holds all three to what is promised here. The journal does not read the events that it keeps: a body is
bytes to it, and so are the salted digests that stand in a body in place of a person's name or of free text.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

RECALL_PAGE = 5_000
ERASED = "(đã xóa)"
"""What stands where a text was erased."""
READ_LIMIT = 10_000
"""No single reading, and no turn's news, holds more rows than this: a long reader holds up the WAL, and memory."""


# gc=False here and below: no containers, so no cycles, and the collector need not walk a million rows.
class Identity(msgspec.Struct, frozen=True, gc=False):
    """What makes an act the same act when it is sent again; the conference is given apart."""

    by: str
    act: str


class Text(msgspec.Struct, frozen=True, gc=False):
    """What a digest in a body stands for, until it is erased."""

    digest: str
    salt: bytes
    text: str


class Record(msgspec.Struct, frozen=True, gc=False):
    """One thing that happened, as it is handed in. Texts hold no NUL character (PostgreSQL keeps none)."""

    at_ms: int
    """Effective hall time."""
    received_ms: int
    """Arrival, hall time."""
    by: str
    """Credential: `user:ann`, `point:00004-01`, `agent:00004-01`, `system`."""
    kind: str
    """The event's tag."""
    point: str | None
    body: bytes
    """The event as canonical JSON; opaque here."""
    act: str | None = None
    """The act's id; None for what nobody sent (a silence noticed, a phase that the calendar moved)."""
    device: str = ""
    seq: int = 0
    digest: bytes = b""
    """SHA-256 of the canonical act without its sender's own words: tells a re-send from an id used twice."""
    outcome: str = ""
    code: str = ""
    message: str = ""
    skew_ms: int = 0
    texts: tuple[Text, ...] = ()
    """What stands in the body as digests: kept beside the row, and in no link of the chain. Empty when read back."""

    @property
    def identity(self) -> Identity | None:
        return None if self.act is None else Identity(self.by, self.act)


class Row(msgspec.Struct, frozen=True, gc=False):
    """A record with its place: positions of a conference are 1, 2, 3 ... without a gap; `hash` chains them."""

    position: int
    hash: bytes
    record: Record


class Head(msgspec.Struct, frozen=True, gc=False):
    """Where a conference's journal ends. Position 0 and the conference's first link when nothing has happened yet."""

    epoch: str
    """The database's own name, made when it was created; another one means another past (a restore)."""
    position: int
    hash: bytes


class JournalError(Exception):
    """Nothing of this turn was recorded, unless the subclass says that this is not known."""


class JournalFull(JournalError):
    """The disk has no room. Refuse what is asked, keep reading, stay up: it works again once there is room."""


class JournalBusy(JournalError):
    """Another holder kept the conference's turn for too long. Ask again later."""


class JournalAway(JournalError):
    """The database server went away; whether the last commit stands is unknown. Ask again: the identities decide."""


class JournalBroken(JournalError):
    """The disk failed while writing; whether the last commit stands is unknown. Stop acknowledging and end the process."""


class JournalBehind(JournalError):
    """A projection is ahead of this journal, or too far behind it for one turn. Read it anew (`pages`)."""


class IdentityTaken(JournalError):
    """An act that is already in the journal was appended again: look first (`known`), the first answer stands."""

    def __init__(self, identity: Identity | None) -> None:
        self.identity = identity
        named = f"{identity.act} by {identity.by}" if identity else "an act of this turn"
        super().__init__(f"{named} is already in the journal; look it up with known() and give the first answer again")


class Turn(Protocol):
    """The right to append next to one conference's journal. Nobody else appends to it until the block ends."""

    @property
    def news(self) -> tuple[Row, ...]:
        """What others appended after `since`: adopt it before deciding anything."""

    async def known(self, identities: Collection[Identity]) -> dict[Identity, Row]:
        """The first answers of those acts that are already in the journal, this turn's own included.

        Texts that are kept beside stand in their bodies, as in what `read` gives.
        """

    async def append(self, records: Sequence[Record], *, last: bool = False) -> tuple[Row, ...]:
        """Their places, dense after the head. Durable when the turn's block has ended, and not before; with `last` the
        turn may end with it, and takes nothing more.

        Raises IdentityTaken, JournalFull ...; after that the turn is spoilt and leaves nothing, even if caught inside.
        """


class Journal(Protocol):
    async def head(self, conference: str) -> Head: ...

    def turn(self, conference: str, since: int, asked: Collection[Identity] = ()) -> AbstractAsyncContextManager[Turn]:
        """One transaction: committed when the block ends, undone by any exception inside it.

        `since` is the position up to which the caller knows the journal; `asked` are acts that `known` will be asked
        about: they are looked up with the beginning, which spares another way to the database. A caller who is cancelled while the commit is
        on its way is told so only after the commit has ended one way or the other.
        Raises JournalBusy, JournalBehind, JournalFull, JournalAway, JournalBroken.
        """

    async def read(
        self, conference: str, after: int = 0, limit: int = 1000, point: str | None = None
    ) -> tuple[Row, ...]:
        """Up to `limit` (at most READ_LIMIT) rows after a position, in order; of one point if given.

        Texts that are kept beside stand in the bodies again, ERASED where they were erased; a hash is of the row as it
        lies (`bridge.journal.checking`). One point's rows are found by walking the conference's (0.3 s for a million): an index over points would cost
        every turn half as much again.
        """

    async def recall(self, conference: str, after: int, to: int) -> str:
        """What a projection is made of, of the rows after a position up to another (at most READ_LIMIT further): a JSON
        array, for each row `[position, at_ms, received_ms, by, act, device, seq, body]` with the body as it stands.

        One text and not so many rows: it is written where they lie, and a start carries a million of them.
        """

    async def erase(self, conference: str, gone: Collection[str]) -> int:
        """These texts, word for word, are gone for ever; how many places held them. No row is touched."""

    async def texts(self, conference: str) -> tuple[str, ...]:
        """Every text that is kept beside the conference's rows, once."""

    async def conferences(self) -> tuple[str, ...]:
        """Those that have at least one row, by id."""

    async def close(self) -> None: ...


async def pages(journal: Journal, conference: str, after: int = 0, limit: int = 1000) -> AsyncIterator[tuple[Row, ...]]:
    """The journal after a position in pieces, to its present end: for a replay, a check, an export."""
    while rows := await journal.read(conference, after, limit):
        yield rows
        after = rows[-1].position


async def recalled(journal: Journal, conference: str, to: int) -> AsyncIterator[str]:
    """The past up to a position, in pieces (see `Journal.recall`); while one is taken in, the next is being read."""
    ahead = asyncio.ensure_future(journal.recall(conference, 0, min(to, RECALL_PAGE)))
    try:
        for after in range(RECALL_PAGE, to + RECALL_PAGE, RECALL_PAGE):
            piece = await ahead
            if after < to:
                ahead = asyncio.ensure_future(journal.recall(conference, after, min(to, after + RECALL_PAGE)))
            yield piece
    finally:
        ahead.cancel()
        await asyncio.wait([ahead])
