"""Conferences: days, sittings, rounds, and which points take part.

Phases live in the journal, not here: what is happening is not edited. When a conference is frozen, `directory` hands
out everything about it as one value.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry.points import KeptPoint, Point
from endpoints_registry.tables import CHOSEN_POINT, CONFERENCE, EXPECTED, ROUND, SITTING
from endpoints_registry.units import Tree
from endpoints_registry.words import PARTS, ROUNDS

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
SITTINGS = 60
Standing = Callable[[str], tuple[str, int]]
"""A conference's phase and version, as the live side has them."""


class Impossible(Exception):
    """This conference cannot be held so; the message says what contradicts what."""


@dataclass(frozen=True, slots=True)
class Round:
    """When a head count may be sent and when it is due."""

    name: str
    opens_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Sitting:
    """One half of a day, coded by day and part (`2026-03-07-am`). A rehearsal is never in the totals."""

    id: str
    name: str
    day: date
    starts_at: datetime
    ends_at: datetime
    rehearsal: bool
    rounds: tuple[Round, ...]


@dataclass(frozen=True, slots=True)
class Hotline:
    """Whom an operator phones."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Conference:
    """What was planned. `unit_code` is the unit that gathers: the root of the conference's tree."""

    id: str
    title: str
    origin: str
    mode: str
    unit_code: str
    hotline: Hotline
    sittings: tuple[Sitting, ...]

    @property
    def day(self) -> date:
        """The day whose tree the conference keeps: the first one that counts."""
        return min((s.day for s in self.sittings if not s.rehearsal), default=self.sittings[0].day)


@dataclass(frozen=True, slots=True)
class Summoned:
    """How many are summoned to a point for a sitting (None: nobody has said), and how it receives there."""

    people: int | None
    mode: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The rule by which points are chosen: every part narrows, an empty part does not; `but` takes out."""

    under: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()


def chosen(points: Iterable[Point], tree: Tree, choice: Choice) -> tuple[Point, ...]:
    """The points that the rule takes, among those whose unit stands in the tree."""

    def taken(point: Point) -> bool:
        path = tree.path(point.unit_code)
        return (
            bool(path)
            and (not choice.under or not choice.under.isdisjoint(path))
            and (not choice.types or point.type in choice.types)
            and (not choice.levels or tree.units[point.unit_code].level in choice.levels)
            and (not choice.codes or point.code in choice.codes)
            and point.code not in choice.but
            and choice.but.isdisjoint(path)
        )

    return tuple(point for point in points if taken(point))


def usual_rounds(starts_at: datetime, ends_at: datetime) -> tuple[Round, ...]:
    """When nobody says otherwise: due a quarter of an hour in, half-way, and half an hour after the end."""
    half = starts_at + (ends_at - starts_at) / 2
    return (
        Round("opening", starts_at - timedelta(minutes=90), starts_at + timedelta(minutes=15)),
        Round("middle", half - timedelta(minutes=30), half),
        Round("closing", ends_at - timedelta(minutes=15), ends_at + timedelta(minutes=30)),
    )


def sitting_id(day: date, starts_at: time) -> str:
    """`2026-03-07-am`: am until noon, pm until six, then ev."""
    part = "am" if starts_at < time(12) else "pm" if starts_at < time(18) else "ev"
    return f"{day.isoformat()}-{part}"


def usual_name(id: str, day: date, rehearsal: bool) -> str:
    called = f"{PARTS[id[-2:]]} {day:%d/%m/%Y}"
    return f"Tổng duyệt {called[0].lower()}{called[1:]}" if rehearsal else called


def planned(
    id: str, title: str, origin: str, mode: str, unit_code: str, hotline: Hotline, sittings: Collection[Sitting]
) -> Conference:
    """The conference, if it can be held: raises Impossible naming the first contradiction."""
    if not SLUG.fullmatch(id):
        raise Impossible(
            f"Mã hội nghị «{id[:64]}» phải gồm chữ thường không dấu, chữ số và gạch nối, ví dụ hoc-tap-2026-03."
        )
    if not sittings or all(s.rehearsal for s in sittings):
        raise Impossible("Hội nghị cần ít nhất một buổi không phải buổi chạy thử.")
    if len(sittings) > SITTINGS:
        raise Impossible(f"Hội nghị có {len(sittings)} buổi; tối đa {SITTINGS}.")
    ordered = tuple(sorted(sittings, key=lambda s: s.starts_at))
    seen: set[str] = set()
    for sitting in ordered:
        if sitting.id in seen:
            raise Impossible(f"Hai buổi cùng mã {sitting.id}; mỗi buổi sáng, chiều, tối chỉ có một.")
        seen.add(sitting.id)
        if sitting.ends_at <= sitting.starts_at:
            raise Impossible(f"Buổi {sitting.id} kết thúc trước khi bắt đầu.")
        for part in sitting.rounds:
            if part.name not in ROUNDS:
                raise Impossible(f"Buổi {sitting.id}: đợt «{part.name}» không có; các đợt là {', '.join(ROUNDS)}.")
            if part.due_at <= part.opens_at:
                raise Impossible(f"Buổi {sitting.id}: hạn của đợt {ROUNDS[part.name].lower()} trước giờ mở.")
        names = [part.name for part in sitting.rounds]
        if len(set(names)) != len(names):
            raise Impossible(f"Buổi {sitting.id}: một đợt được khai hai lần.")
        due = [part.due_at for name in ROUNDS for part in sitting.rounds if part.name == name]
        if due != sorted(due):
            raise Impossible(f"Buổi {sitting.id}: hạn các đợt phải theo thứ tự đầu giờ, giữa giờ, cuối giờ.")
    return Conference(id, title, origin, mode, unit_code, hotline, ordered)


async def conferences(connection: AsyncConnection) -> tuple[Conference, ...]:
    """Every conference, the newest first."""
    rounds: defaultdict[tuple[str, str], list[Round]] = defaultdict(list)
    for row in await connection.execute(select(ROUND).order_by(ROUND.c.due_at, ROUND.c.opens_at)):
        rounds[row.conference_id, row.sitting_id].append(Round(row.name, row.opens_at, row.due_at))
    sittings: defaultdict[str, list[Sitting]] = defaultdict(list)
    for row in await connection.execute(select(SITTING).order_by(SITTING.c.starts_at)):
        sittings[row.conference_id].append(
            Sitting(
                id=row.id,
                name=row.name,
                day=row.day,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                rehearsal=row.rehearsal,
                rounds=tuple(rounds[row.conference_id, row.id]),
            )
        )
    rows = await connection.execute(select(CONFERENCE))
    found = [
        Conference(
            id=row.id,
            title=row.title,
            origin=row.origin,
            mode=row.mode,
            unit_code=row.unit_code,
            hotline=Hotline(row.hotline_name, row.hotline_phone),
            sittings=tuple(sittings[row.id]),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda conference: conference.sittings[0].starts_at, reverse=True))


async def create(
    connection: AsyncConnection,
    conference: Conference,
    takes_part: Sequence[KeptPoint],
    summoned: Mapping[tuple[str, str], int],
    now: datetime,
) -> None:
    """Write a new conference, its points, and expected numbers by (sitting, point code). Raises Impossible if it exists."""
    taken = await connection.execute(select(CONFERENCE.c.id).where(CONFERENCE.c.id == conference.id))
    if taken.first():
        raise Impossible(f"Đã có hội nghị mã {conference.id}; hãy chọn mã khác.")
    key = {"conference_id": conference.id}
    await connection.execute(
        CONFERENCE.insert().values(
            id=conference.id,
            title=conference.title,
            origin=conference.origin,
            mode=conference.mode,
            unit_code=conference.unit_code,
            hotline_name=conference.hotline.name,
            hotline_phone=conference.hotline.phone,
            created_at=now,
        )
    )
    plain = [
        {
            **key,
            "id": sitting.id,
            "name": sitting.name,
            "day": sitting.day,
            "starts_at": sitting.starts_at,
            "ends_at": sitting.ends_at,
            "rehearsal": sitting.rehearsal,
        }
        for sitting in conference.sittings
    ]
    rounds = [
        {**key, "sitting_id": sitting.id, "name": part.name, "opens_at": part.opens_at, "due_at": part.due_at}
        for sitting in conference.sittings
        for part in sitting.rounds
    ]
    ids = {kept.point.code: kept.id for kept in takes_part}
    points = [{**key, "point_id": id} for id in ids.values()]
    expected = [
        {**key, "sitting_id": sitting, "point_id": ids[point], "people": people, "mode": None}
        for (sitting, point), people in summoned.items()
        if point in ids
    ]
    await _insert(connection, SITTING, plain)
    await _insert(connection, ROUND, rounds)
    await _insert(connection, CHOSEN_POINT, points)
    await _insert(connection, EXPECTED, expected)


async def _insert(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        await connection.execute(table.insert(), rows)
