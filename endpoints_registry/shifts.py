"""The duty roster (ca trực): who answers the phone, from when to when, and for whom."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry.tables import DUTY_SHIFT

SHIFTS_LIMIT = 500
"""Of one conference."""
ON_DUTY_SHOWN = 5
"""Numbers on an operator's phone: whoever has more to choose from calls nobody."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody answers from one moment until another.

    `unit_code` is a unit (for all below it too) or a cluster; None: for everybody.
    """

    name: str
    phone: str
    what: str
    """What to call them for, as the city says it: «kỹ thuật đường truyền»."""
    starts_at: datetime
    ends_at: datetime
    unit_code: str | None = None


def on_duty(
    shifts: Iterable[Shift], path: Sequence[str], at: datetime, scope: Callable[[str], frozenset[str]]
) -> tuple[Shift, ...]:
    """Who answers a point now: the nearest first, upward along the `path` of its unit, those for everybody last.

    `scope` tells the units that a code stands for, as a cluster has several.
    """
    found: list[tuple[int, Shift]] = []
    for shift in shifts:
        if not shift.starts_at <= at < shift.ends_at:
            continue
        if shift.unit_code is None:
            found.append((len(path), shift))
            continue
        answered = scope(shift.unit_code)
        steps = next((up for up, unit in enumerate(reversed(path)) if unit in answered), None)
        if steps is not None:
            found.append((steps, shift))
    # Within the same distance as the roster has it: whoever made it put the first to be called first.
    found.sort(key=lambda each: each[0])
    return tuple(shift for _, shift in found[:ON_DUTY_SHOWN])


async def shifts(connection: AsyncConnection) -> Mapping[str, tuple[Shift, ...]]:
    """Each conference's roster, as it was put in order."""
    columns = [DUTY_SHIFT.c[name] for name in ("name", "phone", "what", "starts_at", "ends_at", "unit_code")]
    rows = await connection.execute(
        select(DUTY_SHIFT.c.conference_id, *columns).order_by(DUTY_SHIFT.c.conference_id, DUTY_SHIFT.c.place)
    )
    found: defaultdict[str, list[Shift]] = defaultdict(list)
    for conference, *said in rows:
        found[conference].append(Shift(*said))
    return {conference: tuple(roster) for conference, roster in found.items()}


async def put_shifts(connection: AsyncConnection, conference: str, roster: Sequence[Shift]) -> None:
    """The conference has this roster from now on, whatever it had before."""
    await connection.execute(delete(DUTY_SHIFT).where(DUTY_SHIFT.c.conference_id == conference))
    rows = [
        {
            "conference_id": conference,
            "place": place,
            "name": shift.name,
            "phone": shift.phone,
            "what": shift.what,
            "starts_at": shift.starts_at,
            "ends_at": shift.ends_at,
            "unit_code": shift.unit_code,
        }
        for place, shift in enumerate(roster)
    ]
    if rows:
        await connection.execute(insert(DUTY_SHIFT), rows)
