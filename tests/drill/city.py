"""A small city with a conference for today, made in a folder before any server runs there: halls, people, phones, staff."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from bridge.house.stores import opened_registry
from bridge.settings import Settings, Storage
from endpoints_registry import exporting, rosters
from endpoints_registry.access import Role
from endpoints_registry.accounts import new_secret
from endpoints_registry.attendees import Attendee
from endpoints_registry.conferences import HANOI, Hotline, Sitting, planned, usual_rounds
from endpoints_registry.door import csrf_token
from endpoints_registry.registry import Registry
from endpoints_registry.samples import growing
from endpoints_registry.tables import STAFF_SESSION

CONFERENCE = "dien-tap"
SUMMONED = 64
PEOPLE_AT_A_HALL = 30
DISTRICT = "001"


@dataclass(frozen=True)
class Sender:
    """Somebody who is let in: the headers that prove it, and the halls they may speak for."""

    name: str
    """The credential, as the journal keeps it."""
    device: str
    staff: bool
    halls: tuple[str, ...]
    headers: dict[str, str]


@dataclass(frozen=True)
class City:
    sitting: str
    senders: tuple[Sender, ...]
    organiser: dict[str, str]
    """Headers of somebody who sees and may do everything."""
    watcher: dict[str, str]
    """Of another one, who only looks."""
    people: dict[str, str]
    """Badge -> person."""


async def founded(folder: Path, halls: int) -> City:
    """Two phones in each hall, a coordinator of one district, two desks of the city."""
    async with opened_registry(Settings(storage=Storage(folder=folder))) as registry:
        sitting = await _planned(registry, halls)
        codes = tuple(registry.directory.points)
        people = await _summoned(registry, codes)
        senders = []
        for code, link in (await registry.issue_links(codes)).items():
            for device in (f"phone 1 of {code}", f"phone 2 of {code}"):
                token, _ = await registry.exchange(link.handle, link.secret, device, "127.0.0.1")
                cookie = f"{registry.keyring.link_cookie(link.handle)}={token}"
                headers = {"Bridge-Link": link.handle, "Cookie": cookie, "X-CSRF-Token": csrf_token(token)}
                senders.append(Sender(f"point:{code}", device, False, (code,), headers))
        binh = await _signed_in(registry, "binh", Role.COORDINATOR, DISTRICT)
        ann = await _signed_in(registry, "ann", Role.ORGANISER, None)
        chi = await _signed_in(registry, "chi", Role.ORGANISER, None)
        async with registry.store.writing() as connection:
            # All of them signed in this morning and have not looked since.
            this_morning = registry.now() - timedelta(hours=1)
            await connection.execute(update(STAFF_SESSION).values(seen_at=this_morning))
        directory = registry.directory
        below = tuple(code for code in codes if DISTRICT in directory.path(directory.points[code].unit_code))
        senders.append(Sender("user:binh", "desk of Ba Đình", True, below, binh))
        senders += [Sender("user:ann", f"desk {number} of the city", True, codes, ann) for number in (1, 2)]
    return City(sitting, tuple(senders), ann, chi, people)


async def _planned(registry: Registry, halls: int) -> str:
    sample = growing.grown("hanoi-2023", halls)
    for file in (growing.units_csv(sample), growing.points_csv(sample)):
        made = await registry.import_file(file.encode())
        if made.faults:
            raise RuntimeError(f"the sample does not import: {made.faults[0]}")
    # Its first round is over and the next far from due, however long the drill takes.
    starts_at = datetime.now(HANOI) - timedelta(hours=1)
    ends_at = starts_at + timedelta(hours=8)
    day = registry.today()
    sitting = Sitting(
        f"{day.isoformat()}-am", "Buổi sáng", day, starts_at, ends_at, False, usual_rounds(starts_at, ends_at)
    )
    conference = planned(CONFERENCE, "Diễn tập", "city", "mixed", "01", Hotline("Trực ban", "024 3000 0800"), [sitting])
    part = [kept for kept in registry.holdings.points if kept.unit.stands_on(day)]
    await registry.create_conference(conference, part, {(sitting.id, kept.point.code): SUMMONED for kept in part})
    return sitting.id


async def _summoned(registry: Registry, codes: tuple[str, ...]) -> dict[str, str]:
    """The roster, and every badge that was made for it."""
    await registry.names.switch(CONFERENCE, True, registry.now())
    people = [
        Attendee(person="", point=code, name=f"Đại biểu số {number}", position=f"Ghế {number}")
        for code in codes
        for number in range(PEOPLE_AT_A_HALL)
    ]
    raw = exporting.as_csv(rosters.KIND, rosters.lines(people))
    made = await registry.names.import_roster(CONFERENCE, registry.holdings.chosen[CONFERENCE], raw)
    if made.faults:
        raise RuntimeError(f"the roster does not import: {made.faults[0]}")
    held = registry.names.asked(CONFERENCE)
    return {held.badge(person): person for person in held.people}


async def _signed_in(registry: Registry, username: str, role: Role, scope: str | None) -> dict[str, str]:
    password = new_secret()
    await registry.add_account(username, username.title(), role, password, scope)
    token, _ = await registry.sign_in(username, password, "127.0.0.1")
    return {"Cookie": f"{registry.keyring.staff_cookie}={token}", "X-CSRF-Token": csrf_token(token)}
