"""Names go when their time is over, the audit log that spoke of them stays whole, and nothing else goes."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from endpoints_registry import audit, erasing
from endpoints_registry.access import Role
from endpoints_registry.audit import Row, Wanted
from endpoints_registry.conferences import Hotline, planned
from endpoints_registry.doing import Doer, done_by
from endpoints_registry.erasing import Person
from endpoints_registry.registry import Registry, open_registry
from endpoints_registry.retention import purge
from endpoints_registry.shifts import Shift
from tests.registry.cast import DAY, NOW, POINTS, UNITS
from tests.registry.conftest import PASSWORD, Clock, Front, quick_passwords, refused, told
from tests.registry.test_audit import SITTING

ID = "hoc-tap"
ROSTER = "Mã điểm cầu,Họ và tên,Thành phần\n00004-01,Lê Canary Tám,Chủ chốt\n00004-01,Vũ Thị Chín,Cán bộ\n"
SHIFT = Shift("Đào Canary Trực", "0900 111 222", "", NOW, NOW + timedelta(hours=1))


class Today:
    def __init__(self) -> None:
        self.day = DAY

    def __call__(self) -> date:
        return self.day


@pytest.fixture
def today() -> Today:
    return Today()


async def held_conference(registry: Registry) -> None:
    conference = planned(ID, "Học tập", "city", "online", "01", Hotline("Canary Nóng", "024 3000"), [SITTING])
    kept = [each for each in registry.holdings.points if each.point.code == "00004-01"]
    await registry.create_conference(conference, kept, {})
    await registry.names.switch(ID, True, NOW)
    assert not (await registry.names.import_roster(ID, kept, ROSTER.encode())).faults
    await registry.put_duty(ID, [SHIFT])


async def rows(registry: Registry) -> tuple[Row, ...]:
    async with registry.store.reading() as connection:
        return await audit.read(connection, Wanted())


async def texts(registry: Registry) -> set[str]:
    async with registry.store.reading() as connection:
        return set((await audit.kept_texts(connection)).values())


@pytest.mark.parametrize("own", [None, 10])
async def test_names_are_purged_the_day_after_their_time_and_the_chain_holds(
    url: str, clock: Clock, today: Today, own: int | None
) -> None:
    async with open_registry(url, now=clock, today=today, passwords=quick_passwords()) as registry:
        for text in (UNITS, POINTS):
            await registry.import_file(text.encode())
        await held_conference(registry)
        await registry.names.keep_for(ID, own)
        assert {"Canary Nóng", "Đào Canary Trực"} <= await texts(registry)
        today.day = DAY + timedelta(days=own or 30)
        assert await purge(registry, 30) == 0
        today.day += timedelta(days=1)
        assert await purge(registry, 30) == 1
        assert registry.attendees(ID) is None
        assert ID not in registry.holdings.duty
        assert registry.holdings.conferences[ID].hotline == Hotline()
        assert not {text for text in await texts(registry) if "Canary" in text or "024" in text}
        # Who holds a post at a point is not the conference's.
        assert "Phạm Dung" in {c.name for p in registry.directory.points.values() for c in p.contacts}
        assert audit.verify(await rows(registry)) is None
        assert await purge(registry, 30) == 0


async def test_a_file_holds_no_letter_of_what_was_purged(tmp_path: Path, clock: Clock, today: Today) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/registry.sqlite"
    async with open_registry(url, now=clock, today=today, passwords=quick_passwords()) as registry:
        for text in (UNITS, POINTS):
            await registry.import_file(text.encode())
        await held_conference(registry)
        assert b"Canary" in b"".join(path.read_bytes() for path in tmp_path.iterdir())
        today.day = DAY + timedelta(days=31)
        await purge(registry, 30)
        assert b"Canary" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


async def test_everything_held_about_somebody_is_told_and_only_what_is_chosen_is_erased(registry: Registry) -> None:
    await held_conference(registry)
    await registry.add_account("dung", "Phạm Dung", Role.VIEWER, PASSWORD, "001")
    dung = Person("phạm  dung", "0900000004")
    found = await erasing.held(registry, dung)
    assert {each.id for each in found if each.where != "audit"} == {"contact:00004-01:operator", "account:dung"}
    assert {each.fields["text"] for each in found if each.where == "audit"} == {"Phạm Dung", "0900 000 004"}
    why = Doer("user:admin", "10.0.0.7", "Đơn của ông Phạm Dung")
    with done_by(why):
        chosen = [each.id for each in found if each.where != "account"]
        assert await erasing.erase(registry, chosen) == len(chosen)
    left = await erasing.held(registry, dung)
    assert [each.id for each in left if each.where == "account"] == ["account:dung"]
    # The reason is kept with the deed; what was erased is not, not even by its erasing.
    assert {each.fields["text"] for each in left if each.where == "audit"} == {why.reason}
    found_rows = await rows(registry)
    assert audit.verify(found_rows) is None
    assert [row.entry.action for row in found_rows[-2:]] == ["text-erased", "contact-removed"]
    assert "Lê Chi" in {c.name for p in registry.directory.points.values() for c in p.contacts}


async def test_a_namesake_with_another_number_is_another_person(registry: Registry) -> None:
    found = await erasing.held(registry, Person("Phạm Dung", "0911 111 111"))
    assert [each.where for each in found if each.where == "contact"] == []
    assert [each.id for each in await erasing.held(registry, Person("", "0900000004")) if each.where == "contact"] == [
        "contact:00004-01:operator"
    ]


async def test_an_attendee_is_taken_off_and_the_journals_word_is_nobodys(registry: Registry) -> None:
    await held_conference(registry)
    (found,) = await erasing.held(registry, Person("Lê Canary Tám"))
    assert (found.where, found.fields["name"]) == ("attendee", "Lê Canary Tám")
    assert await erasing.erase(registry, [found.id]) == 1
    assert await erasing.held(registry, Person("Lê Canary Tám")) == []
    roster = registry.attendees(ID)
    assert roster is not None
    assert len(roster) == 1


async def test_a_conference_says_itself_how_long_it_keeps_its_names(front: Front) -> None:
    await held_conference(front.registry)
    ann = await front.staff(Role.ORGANISER)
    path = f"/api/v1/conferences/{ID}/names"
    for body, kept in (({"names": True}, None), ({"names": True, "keep_days": 7}, 7), ({"names": True}, 7)):
        async with ann.put(path, json=body) as answer:
            assert (answer.status, (await answer.json())["keep_days"]) == (200, kept)
        assert (await told(ann, f"/conferences/{ID}/names"))["keep_days"] == kept
    assert await refused(ann, "PUT", f"/conferences/{ID}/names", json={"names": True, "keep_days": 0}) == (
        422,
        "invalid",
    )
