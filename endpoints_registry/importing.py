"""Carries a file into the registry: all of it in one transaction, or nothing of it."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Executable, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry.database import Store
from endpoints_registry.planning import Change, Existing, ExpectedHere, Plan, plan
from endpoints_registry.points import Point, points, split_code
from endpoints_registry.sheets import Sheet
from endpoints_registry.tables import CHOSEN_POINT, EXPECTED, PERSON, POINT, SITTING, SUCCESSOR, UNIT
from endpoints_registry.units import Successor, Unit, successors, units

Progress = Callable[[int, int], None]
"""Told how many of how many changes are done."""

# Small enough that a bar moves, large enough that a statement is worth its journey.
_BATCH = 500

Rows = Sequence[Mapping[str, Any]]


async def preview(store: Store, sheets: Sequence[Sheet], day: date) -> Plan:
    """The dry run: what `carry_out` would do with this file today. Codes resolve on `day`."""
    async with store.reading() as connection:
        found = await existing(connection, day)
    # In a thread: a large roster takes a second to compare, and the halls do not wait for it.
    return await asyncio.to_thread(plan, found, sheets)


async def carry_out(
    store: Store, sheets: Sequence[Sheet], day: date, progress: Progress = lambda done, total: None
) -> Plan:
    """Import the file. With faults in the plan nothing was changed."""
    async with store.writing() as connection:
        found = await existing(connection, day)
        made = await asyncio.to_thread(plan, found, sheets)
        if not made.faults:
            await _write(connection, made.changes, day, progress)
    return made


async def existing(connection: AsyncConnection, day: date) -> Existing:
    """The registry as a plan compares against it."""
    kept = await points(connection)
    code_of = {point.id: point.point.code for point in kept}
    sittings: defaultdict[str, set[str]] = defaultdict(set)
    for conference, sitting in await connection.execute(select(SITTING.c.conference_id, SITTING.c.id)):
        sittings[conference].add(sitting)
    chosen: defaultdict[str, set[str]] = defaultdict(set)
    rows = await connection.execute(select(CHOSEN_POINT.c.conference_id, CHOSEN_POINT.c.point_id))
    for conference, point_id in rows:
        chosen[conference].add(code_of[point_id])
    columns = (EXPECTED.c.conference_id, EXPECTED.c.sitting_id, EXPECTED.c.point_id, EXPECTED.c.people, EXPECTED.c.mode)
    expected = [
        ExpectedHere(conference, sitting, code_of[point_id], people, mode)
        for conference, sitting, point_id, people, mode in await connection.execute(select(*columns))
    ]
    return Existing(
        day=day,
        units=await units(connection),
        successors=frozenset(await successors(connection)),
        points={point.point.code: point.point for point in kept if point.unit.stands_on(day)},
        sittings={conference: frozenset(ids) for conference, ids in sittings.items()},
        chosen={conference: frozenset(codes) for conference, codes in chosen.items()},
        expected={here.place: here for here in expected},
    )


async def _write(connection: AsyncConnection, changes: Sequence[Change], day: date, progress: Progress) -> None:
    done = 0

    async def run(statement: Executable, rows: Rows, counted: bool = True) -> None:
        nonlocal done
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            await connection.execute(statement, batch)
            if counted:
                done += len(batch)
                progress(done, len(changes))

    progress(0, len(changes))
    # The last word on a unit holds: a successor may end what the same file has just brought.
    last = {(c.after.code, c.after.valid_from): c for c in changes if isinstance(c.after, Unit)}
    new_units = {(c.after.code, c.after.valid_from) for c in changes if isinstance(c.after, Unit) and c.before is None}
    values = {key: _unit_values(c.after) for key, c in last.items() if isinstance(c.after, Unit)}
    done = len(changes) - len(values) - sum(not isinstance(c.after, Unit) for c in changes)
    # Whoever ends makes room before somebody new begins.
    await run(_UPDATE_UNIT, [_keyed(value) for key, value in values.items() if key not in new_units])
    await run(UNIT.insert(), [value for key, value in values.items() if key in new_units])

    steps = [c.after for c in changes if isinstance(c.after, Successor)]
    await run(
        SUCCESSOR.insert(),
        [{"code": s.code, "successor_code": s.successor_code, "on_day": s.on_day} for s in steps],
    )
    await _write_points(connection, [c for c in changes if isinstance(c.after, Point)], day, run)
    await _write_expected(connection, [c for c in changes if isinstance(c.after, ExpectedHere)], run)


_UPDATE_UNIT = (
    UNIT.update()
    .where(UNIT.c.code == bindparam("_code"), UNIT.c.valid_from == bindparam("_valid_from"))
    .values({name: bindparam(name) for name in ("name", "level", "parent_code", "valid_to")})
)


def _unit_values(unit: Unit) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "level": unit.level,
        "parent_code": unit.parent_code,
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
    }


def _keyed(value: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value[name] for name in ("name", "level", "parent_code", "valid_to")}
    return {"_code": value["code"], "_valid_from": value["valid_from"], **rest}


_POINT_FIELDS = ("name", "type", "mode", "address", "seats", "area", "provider", "feeder")
_UPDATE_POINT = (
    POINT.update().where(POINT.c.id == bindparam("_id")).values({name: bindparam(name) for name in _POINT_FIELDS})
)
Run = Callable[..., Any]


async def _write_points(connection: AsyncConnection, changes: Sequence[Change], day: date, run: Run) -> None:
    if not changes:
        return
    unit_ids = await _unit_ids(connection, day)
    after = [c.after for c in changes if isinstance(c.after, Point)]
    new = {c.key for c in changes if c.before is None}
    ids = {p.point.code: p.id for p in await points(connection) if p.unit.stands_on(day)}
    await run(
        POINT.insert(),
        [
            {"code": p.code, "unit_id": unit_ids[p.unit_code], "number": number, **_point_values(p)}
            for p in after
            if p.code in new and (number := (split_code(p.code) or ("", 0))[1])
        ],
    )
    await run(_UPDATE_POINT, [{"_id": ids[p.code], **_point_values(p)} for p in after if p.code not in new])
    if new:
        fresh = select(POINT.c.code, POINT.c.id).where(POINT.c.unit_id.in_(select(UNIT.c.id).where(_stands(day))))
        ids |= {row.code: row.id for row in await connection.execute(fresh)}
    people = [
        {"point_id": ids[p.code], "role": c.role, "name": c.name, "phone": c.phone} for p in after for c in p.contacts
    ]
    drop = PERSON.delete().where(PERSON.c.point_id == bindparam("_point_id"))
    await run(drop, [{"_point_id": ids[p.code]} for p in after if p.code not in new], counted=False)
    await run(PERSON.insert(), people, counted=False)


def _point_values(point: Point) -> dict[str, Any]:
    return {name: getattr(point, name) for name in _POINT_FIELDS}


def _stands(day: date) -> Any:
    return (UNIT.c.valid_from <= day) & (UNIT.c.valid_to.is_(None) | (UNIT.c.valid_to >= day))


async def _unit_ids(connection: AsyncConnection, day: date) -> dict[str, int]:
    rows = await connection.execute(select(UNIT.c.code, UNIT.c.id).where(_stands(day)))
    return {row.code: row.id for row in rows}


async def _write_expected(connection: AsyncConnection, changes: Sequence[Change], run: Run) -> None:
    if not changes:
        return
    ids = {
        (conference, code): id
        for conference, code, id in await connection.execute(
            select(CHOSEN_POINT.c.conference_id, POINT.c.code, POINT.c.id).join_from(CHOSEN_POINT, POINT)
        )
    }
    rows = {True: list[dict[str, Any]](), False: list[dict[str, Any]]()}
    for change in changes:
        here = change.after
        if isinstance(here, ExpectedHere):
            point_id = ids[here.conference, here.point]
            rows[change.before is None].append(
                {"_c": here.conference, "_s": here.sitting, "_p": point_id, "_n": here.people, "_m": here.mode}
            )
    given: dict[str, BindParameter[Any]] = {"people": bindparam("_n"), "mode": bindparam("_m")}
    key: dict[str, BindParameter[Any]] = {
        "conference_id": bindparam("_c"),
        "sitting_id": bindparam("_s"),
        "point_id": bindparam("_p"),
    }
    await run(EXPECTED.insert().values({**key, **given}), rows[True])
    update = EXPECTED.update().where(*(EXPECTED.c[name] == value for name, value in key.items())).values(given)
    await run(update, rows[False])
