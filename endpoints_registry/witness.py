"""Stands at the registry's only door for changes and sees to it that each is written into the audit log with it.

Nobody has to remember to tell it: what a transaction inserted, changed and deleted is looked at where it happens, and what
remains of it at the end is its last act. A table without a rule below is told too, by its keys alone.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Delete, Insert, Table, Update, event, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry import audit, tables
from endpoints_registry.audit import MARK, Change, Texts, What
from endpoints_registry.database import Store
from endpoints_registry.doing import doer

SUBJECTS = 2_000
"""So many are named in one row; its number says how many there were."""
CHANGES = 500
"""Of so many fields the row says what they were and are."""
LETTERS = 500

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """How changes of one table are told."""

    kind: str
    subject: tuple[str, ...]
    """The columns that say which one it is."""
    plain: frozenset[str] = frozenset()
    """Codes and figures: they stand in the chain as they are."""
    private: frozenset[str] = frozenset()
    """Somebody's name, number or own words: kept beside the chain, where they can be erased."""
    ends: Mapping[str, str] = field(default_factory=dict)
    """A moment that is set in this column: what to call that. When it is taken out again, see `AGAIN`."""
    called: Mapping[str, str] = field(default_factory=dict)
    """What to call it when this column changed, whose value nobody may read."""
    idle: frozenset[str] = frozenset()
    """Bookkeeping: when nothing else changed, nothing is told."""
    counted: bool = False
    """Too many to look at one by one, and too private: only how many."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


RULES: Mapping[str, Rule] = {
    "unit": Rule("unit", ("code",), plain=_names("code name level parent_code valid_from valid_to")),
    "successor": Rule("successor", ("code", "successor_code"), plain=_names("on_day")),
    "cluster": Rule("cluster", ("code",), plain=_names("name")),
    "cluster_unit": Rule("cluster-unit", ("cluster_code", "unit_code")),
    "point": Rule(
        "point", ("code",), plain=_names("name type mode seats area provider feeder unit_id"), private=_names("address")
    ),
    "person": Rule("contact", ("point_id", "role"), private=_names("name phone")),
    "conference": Rule(
        "conference",
        ("id",),
        plain=_names("title origin mode unit_code"),
        private=_names("hotline_name hotline_phone"),
    ),
    "sitting": Rule("sitting", ("conference_id", "id"), plain=_names("name day starts_at ends_at rehearsal")),
    "round": Rule("round", ("conference_id", "sitting_id", "name"), plain=_names("opens_at due_at")),
    "chosen_point": Rule("chosen-point", ("conference_id", "point_id")),
    "expected": Rule("expected", ("conference_id", "sitting_id", "point_id"), plain=_names("people mode")),
    "kept_names": Rule("names", ("conference_id",), plain=_names("keep_days"), idle=_names("revision")),
    "attendee": Rule("attendee", ("conference_id",), counted=True),
    "duty_shift": Rule(
        "duty-shift",
        ("conference_id", "place"),
        plain=_names("starts_at ends_at unit_code"),
        private=_names("name phone what"),
    ),
    "account": Rule(
        "account",
        ("username",),
        plain=_names("role scope"),
        private=_names("name"),
        ends={"disabled_at": "disabled"},
        called={"password_hash": "rekeyed"},
    ),
    "second_factor": Rule("second-factor", ("account_id",), ends={"confirmed_at": "confirmed"}, idle=_names("step")),
    "recovery_code": Rule("recovery-codes", ("account_id",), counted=True),
    "api_token": Rule(
        "api-token",
        ("prefix",),
        plain=_names("account_id role scope expires_at"),
        private=_names("name"),
        idle=_names("used_at"),
    ),
    "point_link": Rule("link", ("point_id",), plain=_names("handle"), ends={"revoked_at": "revoked"}),
    "wall": Rule(
        "wall",
        ("handle",),
        plain=_names("name unit_code views theme language"),
        private=_names("paired_from"),
        ends={"revoked_at": "revoked"},
        called={"secret_hash": "renewed", "paired_at": "paired"},
    ),
    "agent_token": Rule("agent-token", ("point_id",), ends={"revoked_at": "revoked"}),
    "point_pin": Rule("pin", ("point_id",)),
    "report_template": Rule("report-template", ("form",), plain=_names("sha256 size"), idle=_names("set_at")),
}
AGAIN: Mapping[str, str] = {"disabled": "enabled"}
UNTOLD = frozenset({"staff_session", "link_session", "wall_session", "known_browser", "attempt", "audit", "audit_text"})
"""Nobody's decision: who is signed in where, who tried, and the log itself."""
CODES: Mapping[str, tuple[str, str]] = {
    "point_id": ("point", "code"),
    "unit_id": ("unit", "code"),
    "account_id": ("account", "username"),
}
"""What stands for a number that only the database knows."""


@dataclass(frozen=True, slots=True)
class _Touch:
    """One row of a table, before and after; of what is only counted, that there was and is something."""

    table: Table
    before: Values | None
    after: Values | None
    number: int = 1


_SEEN = "bridge.witness"


def watched(store: Store, now: Callable[[], datetime]) -> Store:
    """The same store; from now on it cannot change without being written down."""
    engine = store.writer.sync_engine

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.info[_SEEN] = []

    @event.listens_for(engine, "before_execute")
    def asked(connection: Connection, statement: Any, many: Any, one: Any, _options: Any) -> None:
        if isinstance(statement, Update | Delete) and (table := _told(statement)) is not None:
            connection.info[_SEEN] += _before(connection, statement, table, many or [one])

    @event.listens_for(engine, "after_execute")
    def done(connection: Connection, statement: Any, many: Any, one: Any, _options: Any, result: Any) -> None:
        if (table := _told(statement)) is None:
            return
        seen: list[_Touch] = connection.info[_SEEN]
        if isinstance(statement, Insert):
            seen += _inserted(statement, table, many or [one])
        elif _rule(table).counted:
            after: Values | None = {} if isinstance(statement, Update) else None
            seen.append(_Touch(table, {}, after, max(0, result.rowcount)))
        elif isinstance(statement, Update):
            _look_again(connection, table, seen)

    async def written_down(connection: AsyncConnection) -> None:
        held = (await connection.get_raw_connection()).info
        seen: list[_Touch] = held.get(_SEEN, [])
        held[_SEEN] = []
        if seen:
            texts = Texts()
            # In a thread: a whole country takes a tenth of a second to tell, and the halls do not wait for it.
            merged = await asyncio.to_thread(_merged, seen)
            said = await asyncio.to_thread(_rows, await connection.run_sync(_with_codes, merged), texts)
            if said:
                await audit.append(connection, doer(), now(), said, texts)

    return replace(store, before_commit=written_down)


def _told(statement: object) -> Table | None:
    """The table that this changes, if its changes are told."""
    table = statement.table if isinstance(statement, Insert | Update | Delete) else None
    return table if isinstance(table, Table) and table.name not in UNTOLD else None


def _rule(table: Table) -> Rule:
    known = RULES.get(table.name)
    return known or Rule(table.name.replace("_", "-"), tuple(column.name for column in table.primary_key))


# --- looking


def _before(connection: Connection, statement: Update | Delete, table: Table, given: Sequence[Values]) -> list[_Touch]:
    if _rule(table).counted:
        return []
    look = select(table)
    if statement.whereclause is not None:
        look = look.where(statement.whereclause)
    found = [dict(row) for each in given for row in connection.execute(look, dict(each)).mappings()]
    if isinstance(statement, Delete):
        return [_Touch(table, row, None) for row in found]
    return [_Touch(table, row, row) for row in found]


def _look_again(connection: Connection, table: Table, seen: list[_Touch]) -> None:
    """What the rows that were about to be changed hold now."""
    keys = [column.name for column in table.primary_key]
    now: dict[tuple[Any, ...], Values] = {}
    wanted = [_key(touch, keys) for touch in seen if touch.table is table and touch.after is touch.before]
    for start in range(0, len(wanted), 200):
        columns = tuple_(*table.primary_key)
        some = connection.execute(select(table).where(columns.in_(wanted[start : start + 200]))).mappings()
        now |= {tuple(row[name] for name in keys): dict(row) for row in some}
    for place, touch in enumerate(seen):
        if touch.table is table and touch.after is touch.before:
            seen[place] = replace(touch, after=now.get(_key(touch, keys), touch.after))


def _inserted(statement: Insert, table: Table, given: Sequence[Values]) -> list[_Touch]:
    # What `.values()` was told; the library has no other name for it.
    said: Mapping[Any, Any] = statement._values or {}
    rows = []
    for each in given:
        row = {getattr(column, "name", str(column)): _given(value, each) for column, value in said.items()}
        rows.append(_Touch(table, None, row or dict(each)))
    return [_Touch(table, None, rows[0].after, len(rows))] if _rule(table).counted and rows else rows


def _given(value: Any, each: Values) -> Any:
    if isinstance(value, BindParameter):
        return each.get(value.key, value.effective_value)
    return None


def _key(touch: _Touch, keys: Sequence[str]) -> tuple[Any, ...]:
    row = touch.after if touch.after is not None else touch.before or {}
    return tuple(row.get(name) for name in keys)


# --- telling


def _merged(seen: Iterable[_Touch]) -> list[_Touch]:
    """What is left of it at the end: who was deleted and written anew alike was not changed."""
    left: dict[tuple[str, object], _Touch] = {}
    for place, touch in enumerate(seen):
        rule = _rule(touch.table)
        # The database may have drawn the key itself: then the row is known by what names it.
        key: object = place if rule.counted else _key(touch, [*(column.name for column in touch.table.primary_key)])
        if not rule.counted and isinstance(key, tuple) and None in key:
            key = ("by name", _key(touch, rule.subject), place)
        known = left.get((touch.table.name, key))
        left[touch.table.name, key] = touch if known is None else replace(known, after=touch.after)
    return [touch for touch in left.values() if touch.before is not None or touch.after is not None]


def _with_codes(connection: Connection, seen: list[_Touch]) -> list[_Touch]:
    """The same with codes in the place of numbers."""
    wanted: defaultdict[str, set[Any]] = defaultdict(set)
    for touch in seen:
        for row in (touch.before, touch.after):
            for column in CODES.keys() & (row or {}).keys():
                wanted[column].add((row or {})[column])
    codes: dict[tuple[str, Any], Any] = {}
    for column, ids in wanted.items():
        name, code = CODES[column]
        table = tables.METADATA.tables[name]
        ordered = sorted(id for id in ids if id is not None)
        for start in range(0, len(ordered), 500):
            look = select(table.c.id, table.c[code]).where(table.c.id.in_(ordered[start : start + 500]))
            codes |= {(column, id): found for id, found in connection.execute(look)}

    def coded(row: Values | None) -> Values | None:
        return row and {name: codes.get((name, value), value) for name, value in row.items()}

    return [replace(touch, before=coded(touch.before), after=coded(touch.after)) for touch in seen]


def _rows(seen: Iterable[_Touch], texts: Texts) -> list[tuple[str, What]]:
    """One row for each thing that was done."""
    by_action: dict[str, list[_Touch]] = {}
    for touch in seen:
        if (verb := _verb(touch)) is not None:
            by_action.setdefault(f"{_rule(touch.table).kind}-{verb}", []).append(touch)
    return [(action, _what(some, texts)) for action, some in by_action.items()]


def _verb(touch: _Touch) -> str | None:
    """None where nothing is otherwise than before."""
    rule = _rule(touch.table)
    if rule.counted:
        if not touch.number:
            return None
        return "made" if touch.before is None else "removed" if touch.after is None else "changed"
    if touch.before is None or touch.after is None:
        return "made" if touch.before is None else "removed"
    moved = {name for name, value in touch.after.items() if value != touch.before.get(name)} - rule.idle
    if not moved:
        return None
    for column, ending in rule.ends.items():
        if column in moved:
            return ending if touch.before.get(column) is None else AGAIN.get(ending, "changed")
    return next((word for column, word in rule.called.items() if column in moved), "changed")


def _what(some: Sequence[_Touch], texts: Texts) -> What:
    subjects = list(dict.fromkeys(_subject(touch) for touch in some))
    changes: list[Change] = []
    for touch in some:
        if len(changes) < CHANGES:
            changes += _changes(touch, texts)
    number = sum(touch.number for touch in some)
    return What(number, tuple(subjects[:SUBJECTS]), tuple(changes[:CHANGES]))


def _subject(touch: _Touch) -> str:
    row = touch.after or touch.before or {}
    return " ".join(str(row[name]) for name in _rule(touch.table).subject if row.get(name) is not None)


def _changes(touch: _Touch, texts: Texts) -> list[Change]:
    rule = _rule(touch.table)
    if rule.counted:
        return []
    before, after = touch.before or {}, touch.after or {}
    subject, found = _subject(touch), []
    # What is neither plain nor private is secret: that it changed is told by the action alone.
    for name in sorted((rule.plain | rule.private) - set(rule.subject)):
        was, is_ = (_said(row.get(name), texts, name in rule.private) for row in (before, after))
        if before.get(name) != after.get(name):
            found.append(Change(subject, name, was, is_))
    return found


def _said(value: Any, texts: Texts, private: bool) -> str | int | bool | None:
    match value:
        case None | bool() | int():
            return value
        case datetime() | date():
            return value.isoformat()
        case str():
            text = value[:LETTERS]
            # A plain word that looks like a mark is kept like one: nobody forges another's text.
            return texts.marked(text) if private or text.startswith(MARK) else text
        case _:
            return None
