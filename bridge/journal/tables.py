"""The journal's tables, the same in a file and on a server."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, Table, Text

metadata = MetaData()

JOURNAL = Table(
    "journal",
    metadata,
    Column("conference", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("done_by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("point", Text),
    Column("body", LargeBinary, nullable=False),
    Column("act", Text),
    Column("device", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("skew_ms", BigInteger, nullable=False),
    # The act first: ids of version 7 begin with their time, so that new entries fall side by side.
    Index("journal_act", "act", "done_by", "conference", unique=True),
)

JOURNAL_TEXT = Table(
    "journal_text",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("conference", Text, nullable=False),
    # The row in which it stands.
    Column("position", BigInteger, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Index("journal_text_place", "conference", "position"),
)

JOURNAL_EPOCH = Table("journal_epoch", metadata, Column("epoch", Text, primary_key=True))
