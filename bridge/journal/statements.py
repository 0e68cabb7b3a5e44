"""What the journal asks of its database: statements compiled once, for both drivers."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, insert, literal_column, select, text
from sqlalchemy.dialects import registry
from sqlalchemy.sql.dml import ReturningDelete

from bridge.journal import Record, Row
from bridge.journal.tables import JOURNAL, JOURNAL_TEXT

_ROW = [column for column in JOURNAL.c if column.name != "conference"]

HEAD = (
    select(JOURNAL.c.position, JOURNAL.c.hash)
    .where(JOURNAL.c.conference == bindparam("conference"))
    .order_by(JOURNAL.c.position.desc())
    .limit(1)
)
AFTER = (
    select(*_ROW)
    .where(JOURNAL.c.conference == bindparam("conference"), JOURNAL.c.position > bindparam("after"))
    .order_by(JOURNAL.c.position)
    .limit(bindparam("most"))
)
OF_POINT = AFTER.where(JOURNAL.c.point == bindparam("point"))

# Compiled once and handed to the driver with tuples: Core's own way through dictionaries costs as much as the insert.
_DRIVERS = {"sqlite": "sqlite.pysqlite", "postgresql": "postgresql.asyncpg"}
KEEP = {name: str(insert(JOURNAL_TEXT).compile(dialect=registry.load(driver)())) for name, driver in _DRIVERS.items()}
INSERT = {name: str(insert(JOURNAL).compile(dialect=registry.load(driver)())) for name, driver in _DRIVERS.items()}

# One statement of fixed text whatever the number of acts: an IN list is built and parsed anew each time (6 ms for 64).
_BARE: list[ColumnElement[Any]] = [literal_column(f"journal.{column.name}") for column in _ROW]
_KNOWN = {
    "sqlite": select(*_BARE).select_from(
        text(
            "json_each(:asked) AS asked CROSS JOIN journal ON journal.conference = :conference"
            " AND journal.act = json_extract(asked.value, '$[0]')"
            " AND journal.done_by = json_extract(asked.value, '$[1]')"
        )
    ),
    "postgresql": select(*_BARE)
    .select_from(
        text(
            # OFFSET 0 is a wall to the planner: without it a plan made over a short journal walks the whole conference.
            "json_array_elements(CAST(:asked AS json)) AS asked(value) CROSS JOIN LATERAL ("
            "SELECT * FROM journal WHERE act = asked.value ->> 0 AND done_by = asked.value ->> 1 OFFSET 0) AS journal"
        )
    )
    .where(literal_column("journal.conference") == bindparam("conference")),
}


# Pasted together by the database, on its own thread or machine: rows that are fetched take the interpreter's lock one by
# one. A body is JSON already, so nobody reads it on the way.
RECALL = {
    "sqlite": text(
        "SELECT '[' || coalesce(group_concat(line), '') || ']' FROM ("
        "SELECT '[' || position || ',' || at_ms || ',' || received_ms || ',' || json_quote(done_by) || ','"
        " || json_quote(act) || ',' || json_quote(device) || ',' || seq || ',' || CAST(body AS TEXT) || ']' AS line"
        " FROM journal WHERE conference = :conference AND position > :after AND position <= :to ORDER BY position)"
    ),
    "postgresql": text(
        "SELECT concat('[', string_agg(concat('[', position, ',', at_ms, ',', received_ms, ',', to_json(done_by), ',',"
        " coalesce(CAST(to_json(act) AS text), 'null'), ',', to_json(device), ',', seq, ',',"
        " convert_from(body, 'UTF8'), ']'), ',' ORDER BY position), ']')"
        " FROM journal WHERE conference = :conference AND position > :after AND position <= :to"
    ),
}


class Asking(Protocol):
    """Asks in words that are compiled already."""

    dialect: str

    def ask(self, words: str, given: tuple[Any, ...]) -> Sequence[Any]: ...


class _Ready:
    """A statement compiled for both drivers: Core's own way to them costs more than SQLite's answer."""

    def __init__(self, statements: Mapping[str, Select[Any] | ReturningDelete[Any]]) -> None:
        self._ready: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {}
        for name, driver in _DRIVERS.items():
            compiled = statements[name].compile(dialect=registry.load(driver)())
            self._ready[name] = str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params)

    def ask(self, hand: Asking, asked: Mapping[str, Any]) -> Sequence[Any]:
        words, names, constants = self._ready[hand.dialect]
        given = {**constants, **asked}
        return hand.ask(words, tuple([given[name] for name in names]))


HEAD_READY = _Ready({"sqlite": HEAD, "postgresql": HEAD})
AFTER_READY = _Ready({"sqlite": AFTER, "postgresql": AFTER})
KNOWN_READY = _Ready(_KNOWN)
TEXTS = select(JOURNAL_TEXT.c.digest, JOURNAL_TEXT.c.text).where(JOURNAL_TEXT.c.conference == bindparam("conference"))
TEXTS_READY = _Ready({"sqlite": TEXTS, "postgresql": TEXTS})
_TEXT = select(JOURNAL_TEXT.c.text).where(JOURNAL_TEXT.c.digest == bindparam("digest"))
TEXT_READY = _Ready({"sqlite": _TEXT, "postgresql": _TEXT})
_ERASE = delete(JOURNAL_TEXT).where(JOURNAL_TEXT.c.digest == bindparam("digest")).returning(JOURNAL_TEXT.c.digest)
ERASE_READY = _Ready({"sqlite": _ERASE, "postgresql": _ERASE})

# Leaps from one conference to the next over the key's order; SELECT DISTINCT would read every row.
_leap = select(func.min(JOURNAL.c.conference).label("conference")).cte("leap", recursive=True)
_leap = _leap.union_all(
    select(
        select(func.min(JOURNAL.c.conference)).where(JOURNAL.c.conference > _leap.c.conference).scalar_subquery()
    ).where(_leap.c.conference.is_not(None))
)
CONFERENCES = select(_leap.c.conference).where(_leap.c.conference.is_not(None))

# Asked first in every turn on PostgreSQL. A node that freezes inside its turn is thrown out and stops nobody; a plan made
# while the journal was short must not read all of it when it is long.
TAKE_TURN = text(
    "SELECT set_config('lock_timeout', :patience, true),"
    " set_config('idle_in_transaction_session_timeout', :patience, true),"
    " set_config('enable_seqscan', 'off', true),"
    " current_setting('synchronous_commit') AS durable,"
    " pg_advisory_xact_lock(hashtext('bridge journal'), hashtext(:conference))"
)


def row_of(found: Any) -> Row:
    """Of what was asked for here."""
    position, hashed, *rest = found
    return Row(position, hashed, Record(*rest))


def text_of(kept: Any) -> str:
    return bytes(kept).decode()
