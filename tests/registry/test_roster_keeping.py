"""Names are kept where a conference wants them, read back as they were, and forgotten wholly."""

import asyncio
import sys
from datetime import time as hour
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from endpoints_registry import exporting, rosters
from endpoints_registry.attendees import Attendees
from endpoints_registry.bodies.making import SittingBody
from endpoints_registry.conferences import Hotline, planned
from endpoints_registry.keeping import NamesOff
from endpoints_registry.planning import Plan
from endpoints_registry.registry import Registry, open_registry
from endpoints_registry.tables import ATTENDEE, KEPT_NAMES, METADATA
from tests.registry.cast import DAY, POINTS, UNITS
from tests.registry.conftest import Clock, quick_passwords
from tests.toil import worked_s

HERE, THERE = "hoc-tap-2026-03", "quan-triet-2026-03"
ROSTER = """\
Mã điểm cầu,Họ và tên,Chức vụ,Thành phần,Đơn vị công tác,Mã riêng
00004-01,Nguyễn Thị Bình,Bí thư,Chủ chốt,Đảng ủy phường Trúc Bạch,
00004-01,Đỗ Văn Ân,Phó Bí thư,Cấp ủy viên,Đảng ủy phường Trúc Bạch,CB-02
00004-01,Trần Văn An,Chủ tịch,Đảng viên,UBND phường Trúc Bạch,
00004-01,Lê An,Cán bộ,Cán bộ,UBND phường Trúc Bạch,
00004-02,=HYPERLINK("x"),Tổ trưởng,Khách mời,-Tổ dân phố,
"""


async def made(registry: Registry, id: str) -> None:
    """A conference of all the cast's points."""
    sitting = SittingBody(day=DAY, starts_at=hour(8), ends_at=hour(11, 30)).sitting()
    conference = planned(id, "Hội nghị học tập", "city", "hybrid", "01", Hotline(), [sitting])
    await registry.create_conference(conference, registry.holdings.points, {})


async def brought(registry: Registry, text: str | bytes, id: str = HERE) -> Plan:
    raw = text.encode() if isinstance(text, str) else text
    return await registry.names.import_roster(id, registry.holdings.chosen[id], raw)


@pytest.fixture
async def hall(registry: Registry, clock: Clock) -> Registry:
    """The registry with a conference that keeps names."""
    await made(registry, HERE)
    await registry.names.switch(HERE, True, clock())
    return registry


def roster(registry: Registry, id: str = HERE) -> Attendees:
    held = registry.attendees(id)
    assert held is not None
    return held


def exported(held: Attendees, ending: str) -> bytes:
    lines = rosters.lines(a for point in ("00004-01", "00004-02") for a in held.of_point(point))
    return exporting.as_csv("roster", lines) if ending == "csv" else exporting.as_xlsx({"roster": lines})


async def everything(registry: Registry) -> str:
    """Every row of every table."""
    async with registry.store.reading() as connection:
        return repr([tuple(row) for t in METADATA.sorted_tables for row in await connection.execute(select(t))])


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_a_roster_is_read_back_by_person_and_by_hall_in_vietnamese_order(hall: Registry) -> None:
    assert len((await brought(hall, ROSTER)).changes) == 5
    held = roster(hall)
    names = [attendee.name for attendee in held.of_point("00004-01")]
    assert names == ["Lê An", "Trần Văn An", "Đỗ Văn Ân", "Nguyễn Thị Bình"]
    assert held.of_point("001-01") == ()
    for attendee in held.of_point("00004-01"):
        assert held.get(attendee.person) == attendee
        assert held.read_badge(held.badge(attendee.person)) == attendee.person


async def test_the_same_roster_again_changes_nothing_and_keeps_every_badge(hall: Registry) -> None:
    await brought(hall, ROSTER)
    before = {person: roster(hall).badge(person) for person in roster(hall).people}
    again = await brought(hall, ROSTER)
    assert (again.changes, again.faults, again.unchanged) == ((), (), {"roster": 5})
    assert {person: roster(hall).badge(person) for person in roster(hall).people} == before


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
async def test_what_goes_out_comes_in_again_unchanged(hall: Registry, ending: str) -> None:
    await brought(hall, ROSTER)
    back = await brought(hall, exported(roster(hall), ending))
    assert (back.changes, back.faults, back.unchanged) == ((), (), {"roster": 5})


async def test_an_update_changes_whom_it_names_and_nobody_else(hall: Registry) -> None:
    await brought(hall, ROSTER)
    before = dict(roster(hall).people)
    await brought(hall, "point,name,position,own_code\n001-01,Đỗ Văn Ẩn,Bí thư,CB-02\n001-01,Người Mới,,")
    after = roster(hall).people
    assert {p for p in before if before[p] != after[p]} == {p for p, a in before.items() if a.own_code == "CB-02"}
    assert [after[p].name for p in after.keys() - before.keys()] == ["Người Mới"]
    # The same from the disk as from memory.
    await hall.names.load()
    assert roster(hall).people == after


async def test_a_file_with_a_fault_and_a_dry_run_bring_nobody(hall: Registry) -> None:
    made = await brought(hall, ROSTER + "09999-01,Ai Đó,,,,\n")
    assert [(fault.row, fault.column) for fault in made.faults] == [(7, "Mã điểm cầu")]
    foreseen = await hall.names.preview(HERE, hall.holdings.chosen[HERE], ROSTER.encode())
    assert len(foreseen.changes) == 5
    assert len(roster(hall)) == 0
    assert "Nguyễn" not in (await everything(hall)).replace("Nguyễn Văn An", "")


async def test_two_files_at_once_both_come_in_wholly(hall: Registry) -> None:
    halves = [f"point,name\n{point},Một\n{point},Hai\n001-01,Ba" for point in ("00004-01", "00004-02")]
    await asyncio.gather(*(brought(hall, half) for half in halves))
    people = roster(hall).people.values()
    assert sorted((a.point, a.name) for a in people) == [
        ("00004-01", "Hai"),
        ("00004-01", "Một"),
        ("00004-02", "Hai"),
        ("00004-02", "Một"),
        ("001-01", "Ba"),
    ]


async def test_who_is_taken_off_the_roster_holds_a_genuine_badge_of_nobody(hall: Registry) -> None:
    await brought(hall, ROSTER)
    person = next(iter(roster(hall).people))
    badge = roster(hall).badge(person)
    assert await hall.names.remove(HERE, person)
    assert not await hall.names.remove(HERE, person)
    assert (roster(hall).read_badge(badge), roster(hall).get(person), len(roster(hall))) == (person, None, 4)


async def test_rosters_and_keys_outlive_a_restart(url: str, clock: Clock) -> None:
    async with open_registry(url, now=clock, today=lambda: DAY, passwords=quick_passwords()) as first:
        for text in (UNITS, POINTS):
            await first.import_file(text.encode())
        await made(first, HERE)
        await first.names.switch(HERE, True, clock())
        await brought(first, ROSTER)
        before = roster(first)
    async with open_registry(url, now=clock, today=lambda: DAY, passwords=quick_passwords()) as second:
        held = roster(second)
        assert held.people == before.people
        assert all(held.read_badge(before.badge(person)) == person for person in before.people)
        assert held.read_hall_code("00004-01", before.hall_code("00004-01", 0), 0)


async def test_a_badge_of_one_conference_is_none_of_another(hall: Registry, clock: Clock) -> None:
    await made(hall, THERE)
    await hall.names.switch(THERE, True, clock())
    await brought(hall, ROSTER)
    await brought(hall, ROSTER, THERE)
    here, there = roster(hall), roster(hall, THERE)
    assert here.people.keys().isdisjoint(there.people)
    assert [there.read_badge(here.badge(person)) for person in here.people] == [None] * 5
    assert not there.read_hall_code("00004-01", here.hall_code("00004-01", 0), 0)


async def test_while_names_are_off_nothing_about_a_person_is_stored(registry: Registry) -> None:
    await made(registry, HERE)
    before = await everything(registry)
    with pytest.raises(NamesOff, match="không lưu họ tên"):
        await brought(registry, ROSTER)
    with pytest.raises(NamesOff):
        await registry.names.preview(HERE, registry.holdings.chosen[HERE], ROSTER.encode())
    with pytest.raises(NamesOff):
        await registry.names.remove(HERE, "0123456789")
    assert registry.attendees(HERE) is None
    assert await everything(registry) == before


async def test_the_database_itself_refuses_a_person_where_names_are_off_and_its_error_tells_no_name(
    registry: Registry,
) -> None:
    await made(registry, HERE)
    row = {"conference_id": HERE, "person": "0123456789", "point_id": 1, "name": "Nguyễn Thị Kín"}
    row |= {"position": "", "category": "other", "unit": "", "own_code": ""}

    async def written() -> None:
        async with registry.store.writing() as connection:
            await connection.execute(insert(ATTENDEE).values(row))

    with pytest.raises(IntegrityError) as refusal:
        await written()
    assert "Nguyễn" not in str(refusal.value)


async def test_switching_names_off_forgets_everybody_and_the_key_in_tables_and_files(
    hall: Registry, clock: Clock, tmp_path: Path
) -> None:
    await brought(hall, ROSTER)
    person = next(iter(roster(hall).people))
    badge = roster(hall).badge(person)
    async with hall.store.reading() as connection:
        key = (await connection.execute(select(KEPT_NAMES.c.key))).scalar_one()
    await hall.names.switch(HERE, False, clock())
    assert hall.attendees(HERE) is None
    kept = await everything(hall)
    assert [word for word in ("Nguyễn Thị Bình", "Đỗ Văn Ân", person, repr(key)) if word in kept] == []
    files = all_bytes(tmp_path)
    assert [word for word in ("Nguyễn Thị Bình".encode(), person.encode(), key) if word in files] == []
    # On again is another key: an old badge says nothing to it.
    await hall.names.switch(HERE, True, clock())
    assert roster(hall).read_badge(badge) is None
    assert len(roster(hall)) == 0


async def test_switching_twice_is_switching_once(hall: Registry, clock: Clock) -> None:
    await brought(hall, ROSTER)
    await hall.names.switch(HERE, True, clock())
    assert len(roster(hall)) == 5
    for _ in range(2):
        await hall.names.switch(HERE, False, clock())
    async with hall.store.reading() as connection:
        counts = [
            (await connection.execute(select(func.count()).select_from(t))).scalar() for t in (ATTENDEE, KEPT_NAMES)
        ]
    assert counts == [0, 0]


async def test_fifty_two_thousand_people_come_in_within_seconds_and_are_cheap_to_hold(hall: Registry) -> None:
    family, middle, given = ("Nguyễn", "Trần", "Đỗ"), ("Văn", "Thị", "Đức"), ("An", "Bình", "Ẩn", "Đạt")
    rows = [
        f"{point},{family[n % 3]} {middle[n % 7 % 3]} {given[n % 4]} {n},Bí thư chi bộ,Đảng viên,Đảng ủy phường {n % 700}"
        for n in range(52_000)
        for point in (("00004-01", "00004-02", "001-01", "01-01")[n % 4],)
    ]
    raw = "\n".join(["point,name,position,category,unit", *rows])
    began = worked_s()
    assert len((await brought(hall, raw)).changes) == 52_000
    # Some six seconds are usual.
    assert worked_s() - began < 60
    held = roster(hall)
    some = [held.people[person] for person in list(held.people)[:1_000]]
    assert len({id(a.unit) for a in some}) == len({a.unit for a in some}), "an office is one word in memory"
    own = sum(sys.getsizeof(each) for a in some for each in (a, a.person, a.name))
    assert own / len(some) < 450
    assert held.read_badge(held.badge(some[0].person)) == some[0].person
    assert len(held.of_point("01-01")) == 13_000
