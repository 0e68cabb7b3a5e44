"""A city to attack: two districts, words in one of them that nobody of the other may ever read, and people of every role."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bridge.house import opened_house
from bridge.simulator.clock import DrivenClock
from endpoints_registry.access import Role
from endpoints_registry.credentials import Link
from endpoints_registry.registry import Registry
from endpoints_registry.units import Cluster
from tests.flows.house import (
    CONFERENCE,
    HALLS,
    MORNING_MS,
    PATH,
    POINTS,
    UNITS,
    Browser,
    Keys,
    Own,
    _phones,
    _plan,
    _signed_in,
    own,
    settings,
)

CANARY = "KIMTUOC"
"""Stands in every word of Ba Đình: unit, point, address, people, notes."""
OURS, THEIRS = "00178-01", "00004-01"
"""A hall of Đống Đa, from which is attacked, and one of Ba Đình, which is to be reached."""
OTHER = "00181-01"
NEIGHBOUR = "00006-01"
"""Of Ba Đình too, and of the same area as OTHER: what fails there and in OTHER is one matter."""
AREA = "Khu hồ"
CLUSTER = "C-09"
"""Wards of Đống Đa, without that of OURS."""
PEOPLE = f"""\
point,name,position,own_code
{THEIRS},{CANARY} Nguyễn Thị Sáu,{CANARY} bí thư,{CANARY}-1
{THEIRS},{CANARY} Trần Văn Bảy,,{CANARY}-2
{OURS},Lê Văn Ta,chủ tịch,TA-1
{OTHER},Lê Thị Mình,,TA-2
"""


@dataclass(frozen=True)
class Everybody:
    """Their headers."""

    keys: Keys
    staff: Mapping[str, Mapping[str, str]]
    badge: str
    """Of somebody who belongs to the hall of Ba Đình."""
    handle: str
    secret: str
    """The link of the attacked hall."""


def marked(table: str) -> str:
    """The same table with the canary in every name of Ba Đình."""
    lines = []
    for line in table.splitlines():
        code = line.split(",")[0]
        if code == "001" or code.startswith(("001-", "0000")):
            line = line.replace(",Quận ", f",{CANARY} Quận ").replace(",Phường ", f",{CANARY} Phường ")
            line = line.replace(",Hội trường", f",{CANARY} Hội trường").replace(
                ",Nhà văn hóa", f",{CANARY} Nhà văn hóa"
            )
            line = line.replace(",Trường ", f",{CANARY} Trường ").replace(",Lê Chi", f",{CANARY} Lê Chi")
            line = line.replace(",Phạm Dung", f",{CANARY} Phạm Dung")
        lines.append(line)
    return "\n".join(lines)


def placed(table: str) -> str:
    """The same halls with their areas."""
    header, *halls = table.splitlines()
    areas = (AREA if hall.startswith((OTHER, NEIGHBOUR)) else "" for hall in halls)
    return "\n".join([f"{header},area", *(f"{hall},{area}" for hall, area in zip(halls, areas, strict=True))])


async def furnished(folder: Path) -> Everybody:
    """A conference under way that keeps names."""
    clock = DrivenClock(MORNING_MS - 30 * 60_000, None)
    async with opened_house(settings(folder), clock) as house:
        registry = house.registry
        for table in (UNITS, placed(POINTS)):
            made = await registry.import_file(marked(table).encode())
            assert not made.faults
        await registry.assign_cluster(Cluster(CLUSTER, "Cụm hồ", frozenset({"00181", "00199"})))
        await _plan(registry)
        await registry.names.switch(CONFERENCE, True, registry.now())
        roster = await registry.names.import_roster(CONFERENCE, registry.holdings.chosen[CONFERENCE], PEOPLE.encode())
        assert not roster.faults
        links = await registry.issue_links(HALLS)
        people = {
            "ann": (Role.ORGANISER, None),
            "ada": (Role.ADMIN, None),
            "binh": (Role.COORDINATOR, "001"),
            "their-viewer": (Role.VIEWER, "001"),
            "coordinator": (Role.COORDINATOR, "006"),
            "cluster": (Role.COORDINATOR, CLUSTER),
            "inspector": (Role.INSPECTOR, "006"),
            "viewer": (Role.VIEWER, "006"),
        }
        staff = {name: await _signed_in(registry, name, *what) for name, what in people.items()}
        keys = Keys(
            staff=staff,
            phones=await _phones(registry, {code: links[code] for code in (OURS, THEIRS, OTHER)}),
            links={code: link.path for code, link in links.items()},
            tokens=await registry.issue_tokens(HALLS),
        )
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            ann = Browser(http, house.address, staff["ann"])
            for version, phase in enumerate(("open", "live")):
                answer = await ann.post(f"{PATH}/phase", {"phase": phase, "version": version})
                assert answer.status == 200, answer.body
        return Everybody(keys, staff, _badge(registry), *_handed_out(links[THEIRS]))


def _badge(registry: Registry) -> str:
    roster = registry.attendees(CONFERENCE)
    assert roster is not None
    return roster.badge(roster.of_point(THEIRS)[0].person)


def _handed_out(link: Link) -> tuple[str, str]:
    return link.handle, link.secret


class City:
    """A house that stands, and everybody at its door."""

    def __init__(self, ours: Own, everybody: Everybody, http: aiohttp.ClientSession) -> None:
        self.ours = ours
        self.there = ours.there
        self.address = ours.there.address
        self.everybody = everybody
        self._http = http

    def who(self, name: str) -> Browser:
        """By name: of the staff, `nobody`, `operator` (of OURS), `agent` (of OURS), `their operator`, `other operator`."""
        return Browser(self._http, self.address, self.headers(name))

    def headers(self, name: str) -> Mapping[str, str]:
        keys = self.everybody.keys
        match name:
            case "nobody":
                return {}
            case "operator":
                return keys.phones[OURS]
            case "their operator":
                return keys.phones[THEIRS]
            case "other operator":
                return keys.phones[OTHER]
            case "agent":
                return {"Authorization": f"Bearer {keys.tokens[OURS]}"}
            case _:
                return keys.staff[name]


@asynccontextmanager
async def standing(folder: Path, everybody: Everybody) -> AsyncIterator[City]:
    async with (
        own(folder, everybody.keys) as ours,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        yield City(ours, everybody, http)
