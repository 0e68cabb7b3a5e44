"""Bridge points: the halls, what each one has, and whom to phone there."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry.tables import PERSON, POINT, UNIT
from endpoints_registry.units import Unit
from endpoints_registry.words import TYPE_OF_LEVEL


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at a point, by role: chair, operator, technician or secretary. The phone is text."""

    role: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Point:
    """One hall. `area`, `provider` and `feeder` say with whom it shares its faults."""

    code: str
    name: str
    unit_code: str
    type: str
    mode: str
    address: str = ""
    seats: int | None = None
    area: str = ""
    provider: str = ""
    feeder: str = ""
    contacts: tuple[Contact, ...] = ()


def point_code(unit_code: str, number: int) -> str:
    return f"{unit_code}-{number:02d}"


def split_code(code: str) -> tuple[str, int] | None:
    """The unit's code and the point's number in it, or None when this is no point's code."""
    unit, dash, number = code.rpartition("-")
    well_formed = dash and unit and number.isascii() and number.isdigit() and 2 <= len(number) <= 3 and int(number)
    return (unit, int(number)) if well_formed and point_code(unit, int(number)) == code else None


def usual_type(unit: Unit, number: int) -> str:
    """What the unit's n-th point is when nobody says otherwise."""
    return TYPE_OF_LEVEL.get(unit.level, "commune") if number == 1 else "extra_hall"


def usual_mode(type: str) -> str:
    return "main_hall" if type == "city_hall" else "two_way"


@dataclass(frozen=True, slots=True)
class KeptPoint:
    """A point with the unit it was entered for: the same code may mean another hall in another year."""

    id: int
    point: Point
    unit: Unit


async def points(connection: AsyncConnection) -> tuple[KeptPoint, ...]:
    """Every point of every year, with its people."""
    people = await _people(connection)
    rows = await connection.execute(
        select(
            *(POINT.c[name] for name in ("id", "code", "name", "type", "mode", "address", "seats")),
            *(POINT.c[name] for name in ("area", "provider", "feeder")),
            *(UNIT.c[name].label(f"unit_{name}") for name in ("code", "name", "level", "parent_code")),
            *(UNIT.c[name] for name in ("valid_from", "valid_to")),
        )
        .join_from(POINT, UNIT)
        .order_by(POINT.c.code, POINT.c.id)
    )
    return tuple(
        KeptPoint(
            row.id,
            Point(
                code=row.code,
                name=row.name,
                unit_code=row.unit_code,
                type=row.type,
                mode=row.mode,
                address=row.address,
                seats=row.seats,
                area=row.area,
                provider=row.provider,
                feeder=row.feeder,
                contacts=people.get(row.id, ()),
            ),
            Unit(row.unit_code, row.unit_name, row.unit_level, row.unit_parent_code, row.valid_from, row.valid_to),
        )
        for row in rows
    )


async def _people(connection: AsyncConnection) -> Mapping[int, tuple[Contact, ...]]:
    held: defaultdict[int, list[Contact]] = defaultdict(list)
    columns = (PERSON.c.point_id, PERSON.c.role, PERSON.c.name, PERSON.c.phone)
    # By name of the role: chair, operator, secretary, technician; the same order everywhere.
    for point_id, *contact in await connection.execute(select(*columns).order_by(PERSON.c.point_id, PERSON.c.role)):
        held[point_id].append(Contact(*contact))
    return {point_id: tuple(contacts) for point_id, contacts in held.items()}
