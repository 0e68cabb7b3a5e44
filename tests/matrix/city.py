"""A city in which every place has its own mark in every word: whoever reads a mark knows whose place was told."""

import io
import re
import zipfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import pypdfium2

from bridge.house import opened_house
from bridge.simulator.clock import DrivenClock
from endpoints_registry import tokens
from endpoints_registry.access import STAFF, Role
from endpoints_registry.accounts import add, holder
from endpoints_registry.conferences import Hotline, Sitting, planned, usual_rounds
from endpoints_registry.door import csrf_token
from endpoints_registry.registry import Registry
from endpoints_registry.shifts import Shift
from endpoints_registry.units import Cluster
from tests.flows.house import (
    CONFERENCE,
    MORNING_MS,
    PASSWORD,
    SITTING,
    STARTS_AT,
    SUMMONED,
    Browser,
    Own,
    _phones,
    _signed_in,
    own,
    settings,
)
from tests.flows.house import Keys as HouseKeys

ELSEWHERE = "hoi-nghi-o-noi-khac"
"""A conference in which nobody but the city's own people has any part."""
CLUSTER = "C-09"
OPERATED = "00178-01"
PARENT: Mapping[str, str | None] = {
    "01": None,
    "001": "01",
    "005": "01",
    "006": "01",
    "00004": "001",
    "00160": "005",
    "00178": "006",
    "00181": "006",
    "00199": "006",
}
SECOND = "00178-02"
POINTS: Sequence[str] = (*(f"{unit}-{number}" for unit in PARENT for number in ("01", "09")), SECOND)
"""Each unit has a hall that takes part, and one that does not, in which nobody holds a key: keys there may come and go."""


@dataclass(frozen=True)
class Place:
    """What is asked for: a hall and its unit."""

    point: str

    @property
    def unit(self) -> str:
        return self.point.partition("-")[0]

    @property
    def spare(self) -> str:
        """The other hall of the unit: whose keys may be changed."""
        return f"{self.unit}-09"

    @property
    def mark(self) -> str:
        """Stands in every word about the hall and its people."""
        return f"Kimp{self.point.replace('-', '')}z"

    @property
    def unit_mark(self) -> str:
        return f"Kimu{self.unit}z"


NOWHERE = Place("99999-01")
PLACES: Sequence[Place] = (
    *(Place(f"{unit}-01") for unit in ("01", "001", "006", "00004", "00178", "00181", "00199")),
    Place(SECOND),
)
MARK = re.compile(rb"[Kk][Ii][Mm]([UuPp])([0-9]+)[Zz]")


def path_of(unit: str | None) -> list[str]:
    """The units from this one up."""
    return [unit, *path_of(PARENT.get(unit))] if unit is not None else []


@dataclass(frozen=True)
class Who:
    """Somebody at the door, and what is theirs."""

    name: str
    role: str
    """One of the promises' table, `agent`, `wall` or `nobody`."""
    units: frozenset[str] = frozenset()
    everywhere: bool = False
    point: str | None = None
    program: bool = False
    """Came in by an API token."""

    def holds_unit(self, unit: str) -> bool:
        return self.everywhere or not self.units.isdisjoint(path_of(unit))

    def holds(self, place: Place) -> bool:
        """Whether the hall is theirs."""
        return self.point == place.point if self.point else place.unit in PARENT and self.holds_unit(place.unit)

    def holds_some_of(self, unit: str) -> bool:
        below = {self.point.partition("-")[0]} if self.point else self.units
        return unit in PARENT and (
            self.everywhere or self.holds_unit(unit) or any(unit in path_of(own) for own in below)
        )

    def may_read(self, kind: str, code: str) -> bool:
        """Whether a mark may be read: of their own places, and how the units above those are called."""
        if kind == "P":
            return self.holds(Place(f"{code[:-2]}-{code[-2:]}"))
        return self.holds_some_of(code)


DISTRICT = frozenset({"006"})
EVERYBODY: Sequence[Who] = (
    Who("admin", "admin", everywhere=True),
    Who("organiser", "organiser", everywhere=True),
    Who("coordinator", "coordinator", DISTRICT),
    Who("cluster", "coordinator", frozenset({"00181", "00199"})),
    Who("operator", "operator", point=OPERATED),
    Who("inspector", "inspector", DISTRICT),
    Who("viewer", "viewer", DISTRICT),
    Who("agent", "agent", point=OPERATED),
    Who("wall", "wall", DISTRICT),
    Who("organiser's program", "organiser", everywhere=True, program=True),
    Who("viewer's program", "viewer", DISTRICT, program=True),
    Who("nobody", "nobody"),
)


@dataclass(frozen=True)
class Keys:
    headers: Mapping[str, Mapping[str, str]]
    """By name of EVERYBODY."""
    people: Mapping[str, str]
    """Somebody of each hall's roster, by its code."""
    rooms: Mapping[str, str]


def _units() -> str:
    kinds = {2: ("city", "Thành phố"), 3: ("district", "Quận"), 5: ("ward", "Phường")}
    lines = [
        f"{unit},{kinds[len(unit)][1]} {Place(f'{unit}-01').unit_mark},{kinds[len(unit)][0]},{above or ''}"
        for unit, above in PARENT.items()
    ]
    return "\n".join(["code,name,level,parent_code", *lines])


def _points() -> str:
    header = "code,unit_code,name,type,seats,reception_mode,hall_address,area,provider,feeder,operator_name"
    lines = []
    for code in POINTS:
        mark = Place(code).mark
        words = [f"{what} {mark}" for what in ("Số 1 phố", "Khu", "Mạng", "Lộ", "Phạm Thị")]
        lines.append(f"{code},{code[:-3]},Nhà văn hóa {mark},commune,100,stream,{','.join(words)}")
    return "\n".join([header, *lines])


def _people() -> str:
    halls = [place.point for place in PLACES]
    lines = [f"{code},Nguyễn Văn {Place(code).mark},bí thư {Place(code).mark},{Place(code).mark}" for code in halls]
    return "\n".join(["point,name,position,own_code", *lines])


def staff_of(place: Place) -> str:
    """The user name of a coordinator of the place, whom nobody here is."""
    return f"staff-{place.unit}"


def spare(who: Who) -> str:
    """The user name of an account like theirs, whose sessions may come and go."""
    return f"spare-{who.name}"


async def furnished(folder: Path) -> Keys:
    """Two conferences under way, with people, duty and staff in every place."""
    clock = DrivenClock(MORNING_MS - 30 * 60_000, None)
    async with opened_house(settings(folder), clock) as house:
        registry = house.registry
        for table in (_units(), _points()):
            assert not (await registry.import_file(table.encode())).faults
        await registry.assign_cluster(Cluster(CLUSTER, "Cụm hồ", frozenset({"00181", "00199"})))
        await _planned(registry, CONFERENCE, lambda unit: unit not in ("005", "00160"))
        await _planned(registry, ELSEWHERE, lambda unit: unit in ("005", "00160"))
        await registry.names.switch(CONFERENCE, True, registry.now())
        chosen = registry.holdings.chosen[CONFERENCE]
        assert not (await registry.names.import_roster(CONFERENCE, chosen, _people().encode())).faults
        await registry.put_duty(CONFERENCE, roster_of_duty())
        links = await registry.issue_links(POINTS)
        rooms = await registry.issue_tokens(POINTS)
        phones = await _phones(registry, {OPERATED: links[OPERATED]})
        headers: dict[str, Mapping[str, str]] = {
            "nobody": {},
            "operator": phones[OPERATED],
            "agent": {"Authorization": f"Bearer {rooms[OPERATED]}"},
            "wall": await hung(registry, "006"),
        }
        for who in EVERYBODY:
            if who.name in headers or who.program:
                continue
            scope = None if who.everywhere else CLUSTER if who.name == "cluster" else "006"
            headers[who.name] = await _signed_in(registry, who.name, Role(who.role), scope)
        hashed = await registry.passwords.hash(PASSWORD)
        async with registry.store.writing() as connection:
            for who in EVERYBODY:
                if who.name in headers and "Cookie" in headers[who.name] and who.role in STAFF:
                    where = None if who.everywhere else "006"
                    await add(connection, spare(who), "Tạm", Role(who.role), where, hashed, registry.now())
            for place in (each for each in PLACES if each.point != SECOND):
                # What is no hash of anything opens nothing, and costs nothing to make.
                called, unit = f"Lê {place.mark}", place.unit
                await add(connection, staff_of(place), called, Role.COORDINATOR, unit, "-", registry.now())
        for owner in ("organiser", "viewer"):
            headers[f"{owner}'s program"] = {"Authorization": f"Bearer {await _lent(registry, owner)}"}
        roster = registry.attendees(CONFERENCE)
        assert roster is not None
        people = {place.point: roster.of_point(place.point)[0].person for place in PLACES}
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            organiser = Browser(http, house.address, headers["organiser"])
            for conference in (CONFERENCE, ELSEWHERE):
                for version, phase in enumerate(("open", "live")):
                    told = {"phase": phase, "version": version}
                    answer = await organiser.post(f"/api/v1/conferences/{conference}/phase", told)
                    assert answer.status == 200, answer.body
        return Keys(headers, people, rooms)


async def _planned(registry: Registry, id: str, takes_part: Callable[[str], bool]) -> None:
    ends_at = STARTS_AT + timedelta(hours=3, minutes=30)
    rounds = usual_rounds(STARTS_AT, ends_at)
    sitting = Sitting(SITTING, "Buổi sáng", STARTS_AT.date(), STARTS_AT, ends_at, False, rounds)
    title = "Hội nghị" if id == CONFERENCE else f"Hội nghị {Place('005-01').mark}"
    conference = planned(id, title, "city", "online", "01", Hotline("Trực ban", "024 3000 0800"), [sitting])
    part = [
        kept
        for kept in registry.holdings.points
        if not kept.point.code.endswith("-09") and takes_part(kept.point.code.partition("-")[0])
    ]
    await registry.create_conference(conference, part, {(SITTING, kept.point.code): SUMMONED for kept in part})


def roster_of_duty() -> list[Shift]:
    """Somebody answers for each place alone."""
    ends_at = STARTS_AT + timedelta(hours=4)
    return [
        Shift(f"Trực {place.mark}", "0900 000 009", f"nghe máy {place.mark}", STARTS_AT, ends_at, place.unit)
        for place in PLACES
        if len(place.unit) == 5 and place.point != SECOND
    ]


async def hung(registry: Registry, unit: str | None) -> Mapping[str, str]:
    """What a screen on a wall says of itself."""
    made = await registry.hang_wall("Phòng họp", unit, ("numbers:20",))
    handle = made.wall.handle
    token, _ = await registry.open_wall(handle, made.secret, "", "127.0.0.1")
    cookie = f"{registry.keyring.wall_cookie(handle)}={token}"
    return {"Bridge-Wall": handle, "Cookie": cookie, "X-CSRF-Token": csrf_token(token)}


async def _lent(registry: Registry, owner: str) -> str:
    async with registry.store.writing() as connection:
        account = await holder(connection, owner)
        assert account is not None
        until = registry.now() + timedelta(days=30)
        _, secret = await tokens.issue(connection, account, "máy", account.role, account.scope, until, registry.now())
    return secret


@dataclass(frozen=True)
class Told:
    """An answer as it came over the line."""

    status: int
    raw: bytes
    headers: Mapping[str, str]

    def words(self) -> bytes:
        """Everything that somebody could read in it: headers, text, and what lies in a workbook's or a PDF's pages."""
        said = [repr(dict(self.headers)).encode(), self.raw]
        if self.raw.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(self.raw)) as book:
                said += [book.read(name) for name in book.namelist()]
        elif self.raw.startswith(b"%PDF"):
            with pypdfium2.PdfDocument(self.raw) as document:
                said += [page.get_textpage().get_text_bounded().encode() for page in document]
        return b"\n".join(said)


def marks(words: bytes) -> set[tuple[str, str]]:
    """Kind (P a hall's, U a unit's) and code of every mark in it."""
    return {(kind.decode().upper(), code.decode()) for kind, code in MARK.findall(words)}


class City:
    def __init__(self, ours: Own, keys: Keys, http: aiohttp.ClientSession) -> None:
        self.ours = ours
        self.keys = keys
        self.http = http
        self.address = ours.there.address
        self.registry = ours.house.registry

    def who(self, name: str) -> Browser:
        return Browser(self.http, self.address, self.keys.headers[name])

    async def ask(self, headers: Mapping[str, str], method: str, path: str, body: bytes | None) -> Told:
        async with self.http.request(
            method, self.address + path, data=body, headers=dict(headers), allow_redirects=False
        ) as answer:
            return Told(answer.status, await answer.read(), answer.headers)


@asynccontextmanager
async def standing(folder: Path, keys: Keys) -> AsyncIterator[City]:
    async with (
        own(folder, HouseKeys({"ann": {}, "binh": {}}, {}, {}, keys.rooms)) as ours,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        yield City(ours, keys, http)
