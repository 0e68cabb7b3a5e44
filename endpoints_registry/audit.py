"""The audit log (nhật ký): who changed what in the registry, when, from where and why, in a chain that shows every touch.

A row holds codes and whatever is nobody's private matter. Names, phone numbers and free text enter it as salted digests;
their text lies in a table beside, where it can be erased: the chain stays whole, for it holds the digests.
"""

import hashlib
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry.database import alone
from endpoints_registry.doing import Doer
from endpoints_registry.tables import AUDIT, AUDIT_TEXT

GENESIS = hashlib.sha256(b"bridge audit 1\n").digest()
"""What the first row is chained to."""
MARK = "#"
"""A value that begins so is the digest of a text that lies beside."""
READ_LIMIT = 1_000
SALT_BYTES = 16

# MessagePack in its shortest form, as the journal's chain has it.
_encode = msgspec.msgpack.Encoder().encode


class What(msgspec.Struct, frozen=True):
    """What a row tells: how many were changed, which, and (of the first of them) how."""

    number: int
    subjects: tuple[str, ...]
    changes: tuple["Change", ...] = ()


class Change(msgspec.Struct, frozen=True):
    """One field of one subject. A text that begins with MARK is kept beside."""

    subject: str
    field: str
    before: str | int | bool | None = None
    after: str | int | bool | None = None


class Entry(msgspec.Struct, frozen=True):
    """One row, as it is handed in. `reason` is MARK and a digest, or empty."""

    at_ms: int
    by: str
    address: str
    reason: str
    action: str
    what: bytes
    """`What` as canonical JSON."""


class Row(msgspec.Struct, frozen=True):
    """An entry with its place: positions are 1, 2, 3 ... without a gap; `hash` chains them."""

    position: int
    hash: bytes
    entry: Entry


class Head(msgspec.Struct, frozen=True):
    position: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Text:
    """What a digest stands for, until it is erased."""

    digest: str
    salt: bytes
    text: str


class Texts:
    """The private texts of one transaction: each is marked once, whoever says it."""

    def __init__(self) -> None:
        self._marks: dict[str, Text] = {}

    def marked(self, text: str) -> str:
        """What stands in the row in place of the text; nothing stands for nothing."""
        if not text:
            return ""
        if text not in self._marks:
            salt = secrets.token_bytes(SALT_BYTES)
            self._marks[text] = Text(digest(salt, text), salt, text)
        return MARK + self._marks[text].digest

    def placed(self, first: int, entries: Sequence["Entry"]) -> Iterator[tuple[Text, int]]:
        """Each text with the position of the first entry in which it stands; the entries begin at `first`."""
        place: dict[str, int] = {}
        for position, entry in enumerate(entries, first):
            for mark in marks(entry):
                place.setdefault(mark, position)
        for text in self._marks.values():
            # Of what was cut from a long list nothing is kept beside either.
            if text.digest in place:
                yield text, place[text.digest]


def digest(salt: bytes, text: str) -> str:
    return hashlib.sha256(salt + text.encode()).hexdigest()


_canonical = msgspec.json.Encoder(order="deterministic").encode
_what: msgspec.json.Decoder[What] = msgspec.json.Decoder(What)


def canonical(what: What) -> bytes:
    return _canonical(what)


def what_of(entry: Entry) -> What:
    return _what.decode(entry.what)


# --- the chain


def link(before: bytes, position: int, entry: Entry) -> bytes:
    """SHA-256 over the previous hash and the canonical bytes of an entry at its position."""
    # Written out: a field added to Entry later must not change the hashes of old rows.
    said = (position, entry.at_ms, entry.by, entry.address, entry.reason, entry.action, entry.what)
    return hashlib.sha256(before + _encode(said)).digest()


def verify(rows: Iterable[Row], before: bytes = GENESIS, after: int = 0) -> int | None:
    """The position of the first row that is missing, moved or changed; None if there is none.

    `before` and `after` go on from the last verified row, page by page.
    """
    for position, row in enumerate(rows, after + 1):
        if row.position != position or link(before, position, row.entry) != row.hash:
            return position
        before = row.hash
    return None


# --- on disk


async def append(
    connection: AsyncConnection, doer: Doer, at: datetime, said: Sequence[tuple[str, What]], texts: Texts
) -> None:
    """Write what a transaction did, as its last act: (action, what) for each row. Others wait until it has ended."""
    await alone(connection, "audit")
    last = await head(connection)
    position, before = last.position, last.hash
    at_ms = round(at.timestamp() * 1000)
    reason = texts.marked(doer.reason)
    rows: list[dict[str, Any]] = []
    entries = [Entry(at_ms, doer.name, doer.address, reason, action, canonical(what)) for action, what in said]
    for entry in entries:
        position, before = position + 1, link(before, position + 1, entry)
        rows.append({"position": position, "hash": before, **_columns(entry)})
    await connection.execute(insert(AUDIT), rows)
    lines = [
        {"digest": text.digest, "position": place, "salt": text.salt, "text": text.text.encode()}
        for text, place in texts.placed(first=last.position + 1, entries=entries)
        # Why somebody was erased is kept; who it was is not.
        if not doer.forgets or text.text == doer.reason
    ]
    if lines:
        await connection.execute(insert(AUDIT_TEXT), lines)


def _columns(entry: Entry) -> dict[str, Any]:
    return {
        "at_ms": entry.at_ms,
        "done_by": entry.by,
        "address": entry.address,
        "reason": entry.reason,
        "action": entry.action,
        "what": entry.what,
    }


async def head(connection: AsyncConnection) -> Head:
    found = await connection.execute(select(AUDIT.c.position, AUDIT.c.hash).order_by(AUDIT.c.position.desc()).limit(1))
    row = found.first()
    return Head(row.position, row.hash) if row else Head(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: those after a position, of whom, of which action (`link`, `link-revoked`), about whom or what, when."""

    after: int = 0
    actor: str = ""
    action: str = ""
    subject: str = ""
    since_ms: int | None = None
    until_ms: int | None = None
    newest_first: bool = False
    """Then `after` counts downwards from there; 0 is the newest."""


async def read(connection: AsyncConnection, wanted: Wanted, limit: int = READ_LIMIT) -> tuple[Row, ...]:
    """At most `limit` rows that are wanted, in the order in which they are wanted."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.newest_first:
        conditions += [AUDIT.c.position < wanted.after] if wanted.after else []
    else:
        conditions.append(AUDIT.c.position > wanted.after)
    if wanted.actor:
        conditions.append(AUDIT.c.done_by == wanted.actor)
    if wanted.action:
        # `link` asks for link-made and link-revoked alike.
        conditions.append(
            (AUDIT.c.action == wanted.action) | AUDIT.c.action.startswith(f"{wanted.action}-", autoescape=True)
        )
    if wanted.subject:
        conditions.append(_tells_of(connection, wanted.subject))
    if wanted.since_ms is not None:
        conditions.append(AUDIT.c.at_ms >= wanted.since_ms)
    if wanted.until_ms is not None:
        conditions.append(AUDIT.c.at_ms < wanted.until_ms)
    order = AUDIT.c.position.desc() if wanted.newest_first else AUDIT.c.position
    found = await connection.execute(select(AUDIT).where(*conditions).order_by(order).limit(limit))
    return tuple(_row(row) for row in found)


def _tells_of(connection: AsyncConnection, subject: str) -> ColumnElement[bool]:
    """Whether a row names the subject (a code, a user name, a conference), alone or beside another."""
    said = _canonical(subject)[1:-1]
    # As it stands in the row's JSON: between quotes, or beside the other half of a pair.
    around = [before + said + after for before in (b'"', b" ") for after in (b'"', b" ")]
    if connection.dialect.name == "sqlite":
        return or_(*(func.instr(AUDIT.c.what, each) > 0 for each in around))
    words = func.convert_from(AUDIT.c.what, "UTF8")
    return or_(*(func.strpos(words, each.decode()) > 0 for each in around))


def _row(row: Any) -> Row:
    entry = Entry(row.at_ms, row.done_by, row.address, row.reason, row.action, bytes(row.what))
    return Row(row.position, bytes(row.hash), entry)


async def pages(connection: AsyncConnection, limit: int = READ_LIMIT) -> AsyncIterator[tuple[Row, ...]]:
    after = 0
    while rows := await read(connection, Wanted(after=after), limit):
        yield rows
        after = rows[-1].position


async def number(connection: AsyncConnection, to: int) -> int:
    """How many rows lie up to a position, those before the first included."""
    return (await connection.execute(select(func.count()).where(AUDIT.c.position <= to))).scalar_one()


async def texts_of(connection: AsyncConnection, rows: Iterable[Row]) -> Mapping[str, str]:
    """What the marks in these rows stand for; an erased one is not among them."""
    wanted = sorted({mark for row in rows for mark in marks(row.entry)})
    known: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        found = await connection.execute(
            select(AUDIT_TEXT.c.digest, AUDIT_TEXT.c.text).where(AUDIT_TEXT.c.digest.in_(some))
        )
        known |= {row.digest: bytes(row.text).decode() for row in found}
    return known


def marks(entry: Entry) -> set[str]:
    """The digests that stand in an entry."""
    said = [entry.reason]
    for change in what_of(entry).changes:
        said += [each for each in (change.before, change.after) if isinstance(each, str)]
    return {each[len(MARK) :] for each in said if each.startswith(MARK)}


async def kept_texts(connection: AsyncConnection) -> Mapping[str, str]:
    """Every private text of the log that was not erased, by its digest."""
    found = await connection.execute(select(AUDIT_TEXT.c.digest, AUDIT_TEXT.c.text))
    return {row.digest: bytes(row.text).decode() for row in found}


async def erase(connection: AsyncConnection, digests: Sequence[str]) -> int:
    """These texts are gone for ever; how many there were."""
    gone = 0
    for start in range(0, len(digests), 500):
        some = digests[start : start + 500]
        gone += (await connection.execute(delete(AUDIT_TEXT).where(AUDIT_TEXT.c.digest.in_(some)))).rowcount
    return gone
