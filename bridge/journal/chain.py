"""Each row vouches for all rows before it: the hash chain, and the search for its first broken link."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from bridge.journal import Record, Row

# MessagePack in its shortest form: one way to write each value, bytes as they are, and readers for it in every language.
_encode = msgspec.msgpack.Encoder().encode


def genesis(conference: str) -> bytes:
    """What the first row of a conference is chained to: a chain cannot be passed off as another conference's."""
    return sha256(b"bridge journal 1\n" + conference.encode()).digest()


def link(before: bytes, position: int, record: Record) -> bytes:
    """SHA-256 over the previous hash and the canonical bytes of a record at its position."""
    # Written out, not the struct itself: a field added to Record later must not change the hashes of old rows.
    return sha256(
        before
        + _encode(
            (
                position,
                record.at_ms,
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
        )
    ).digest()


def chained(position: int, before: bytes, records: Sequence[Record]) -> tuple[Row, ...]:
    """The rows that these records become after the row at `position` whose hash is `before`."""
    rows: list[Row] = []
    for place, record in enumerate(records, position + 1):
        before = link(before, place, record)
        rows.append(Row(place, before, record))
    return tuple(rows)


def verify(rows: Iterable[Row], before: bytes, after: int = 0) -> int | None:
    """The position of the first row that is missing, moved or changed; None if there is none.

    `before` is the hash that the rows follow: `genesis(conference)` for a whole journal, the last verified row's hash
    (and `after`, its position) to go on page by page. Rows cut off at the end are not missed here: compare the last
    row with a head that was written down elsewhere, as reports do.
    """
    for position, row in enumerate(rows, after + 1):
        if row.position != position or link(before, position, row.record) != row.hash:
            return position
        before = row.hash
    return None
