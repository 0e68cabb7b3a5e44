"""What a row of the table stands for: the names in its path and body for one place, and what must be there first."""

import asyncio
import itertools
import random
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import msgspec

from bridge.rules import closing
from bridge.rules.closing import Decided
from bridge.rules.model import Asker, Count, RoundName
from bridge.rules.projection import Draft
from bridge.rules.wire import rfc3339
from bridge.simulator.acts import uuid7
from endpoints_registry import tokens
from endpoints_registry.accounts import digest, holder
from endpoints_registry.door import csrf_token
from endpoints_registry.sessions import LETTERS
from endpoints_registry.units import Cluster
from tests.flows.house import CONFERENCE, MORNING_MS, PASSWORD, PATIENCE_S, SITTING, act
from tests.matrix.city import CLUSTER, POINTS, City, Place, Who, roster_of_duty, spare, staff_of
from tests.matrix.rules import Row

HASH = "x" * 16


class Filling:
    def __init__(self, city: City) -> None:
        self._city = city
        self._next = itertools.count(1)
        self._chance = random.Random(5)
        self.incidents: dict[str, int] = {}
        self.notices: dict[str, int] = {}
        self.corrections: dict[str, int] = {}
        self._report = 999_999
        self._made: dict[str, str] = {}
        self._walls: dict[str, str] = {}
        """One of each unit, that stays."""

    async def told_of(self, places: tuple[Place, ...]) -> None:
        """In every place something goes wrong, somebody is told something, and is called; each in words of the place."""
        organiser = self._city.who("organiser")
        for place in places:
            path = f"/api/v1/conferences/{CONFERENCE}"
            wrong = {"trouble": "no_picture", "points": [place.point], "note": place.mark}
            self.incidents[place.point] = (await organiser.post(f"{path}/incidents", wrong)).body["number"]
            said = {"text": f"Gửi {place.mark}", "points": [place.point]}
            self.notices[place.point] = (await organiser.post(f"{path}/notices", said)).body["number"]
            called = {"do": "end", "outcome": "answered", "note": place.mark}
            assert (await organiser.post(f"{path}/calls/{place.point}", called)).status == 200
            self._walls[place.unit] = await self._wall(place)
        asked = await organiser.post(f"/api/v1/conferences/{CONFERENCE}/reports", {"formats": ["csv"]})
        self._report = asked.body["number"]
        async with asyncio.timeout(PATIENCE_S):
            address = f"/api/v1/conferences/{CONFERENCE}/reports/{self._report}"
            status = ""
            # As a page does: the answer is the only sign of it.
            while status != "draft":
                status = (await organiser.get(address)).body["status"]
                await asyncio.sleep(0.1)

    async def close(self, places: tuple[Place, ...]) -> None:
        """The conference is closed; in every place a hall asks for other numbers."""
        organiser, path = self._city.who("organiser"), f"/api/v1/conferences/{CONFERENCE}"
        for version, phase in enumerate(("closing", "closed"), start=2):
            assert (await organiser.post(f"{path}/phase", {"phase": phase, "version": version})).status == 200
        for place in places:
            self.corrections[place.point] = await self._correction(place)

    async def _wall(self, place: Place) -> str:
        return (await self._city.registry.hang_wall("Phòng họp", place.unit, ("numbers:20",))).wall.handle

    async def _correction(self, place: Place) -> int:
        hall = self._city.ours.house.halls.get(CONFERENCE)
        assert hall is not None
        key, count = (SITTING, RoundName.OPENING), Count(present=self._next_present(), excused=0, unexcused=0)

        def asked(draft: Draft) -> Decided:
            return closing.ask(draft, place.point, key, count, place.mark, Asker.OPERATOR, MORNING_MS)

        await hall.coordinator.command(asked, by=f"point:{place.point}")
        return hall.coordinator.scene.state.affairs.closing.next_number - 1

    def _next_present(self) -> int:
        return 10 + next(self._next) % 50

    def named(self, row: Row, who: Who, place: Place, conference: str) -> dict[str, str]:
        kinds: dict[str, Mapping[str, int]] = {
            "incidents": self.incidents,
            "notices": self.notices,
            "corrections": self.corrections,
            # Of the whole conference, whatever place is asked for.
            "reports": dict.fromkeys(POINTS, self._report),
        }
        numbers: Mapping[str, int] = next((kinds[part] for part in row.path.split("/") if part in kinds), {})
        return {
            "conference": conference,
            "code": place.point,
            "point": place.point,
            "unit": place.unit,
            "mark": place.mark,
            "unit_mark": place.unit_mark,
            "spare": place.spare,
            "person": self._made.get("attendee", "0000000000"),
            "number": self._made.get("number") or str(numbers.get(place.point, 999_999)),
            "username": staff_of(place),
            "session": self._made.get("session", "0" * 16),
            "token": self._made.get("token", "999999"),
            "cluster": self._made.get("cluster", CLUSTER),
            "handle": HASH,
            "wall": self._made.get("wall") or self._walls.get(place.unit, HASH),
            "screen": self._made.get("screen", "7777-7777"),
            "form": "party",
            "format": "csv",
            "path": "icon.svg",
            "password": PASSWORD,
            "id": uuid7(MORNING_MS, self._chance),
            "now": rfc3339(MORNING_MS),
        } | dict(row.named)

    def address(self, row: Row, names: Mapping[str, str]) -> str:
        path = _put(row.path, {name: quote(_put(value, names), safe="") for name, value in names.items()})
        asked = _put(row.asked, names)
        return f"{path}?{asked}" if asked else path

    def body(self, row: Row, names: Mapping[str, str]) -> bytes | None:
        match row.body:
            case None | bytes():
                return row.body
            case "{accounts_file}":
                return f"username,name,scope\nmoi-{next(self._next)},Moi,00178\n".encode()
            case _:
                return msgspec.json.encode(self._filled(row.body, names))

    def _filled(self, body: Any, names: Mapping[str, str]) -> Any:
        match body:
            case "{act}":
                return act(names["code"], "perceived", picture="good", sound="good", line="good")
            case "{duty}":
                return [
                    {
                        "name": shift.name,
                        "phone": shift.phone,
                        "what": shift.what,
                        "from": shift.starts_at.isoformat(),
                        "to": shift.ends_at.isoformat(),
                        "unit": shift.unit_code,
                    }
                    for shift in roster_of_duty()
                ]
            case "{conference_body}":
                sittings = [{"day": "2027-01-01", "starts_at": "08:00", "ends_at": "11:00"}]
                id = f"hoi-nghi-{next(self._next)}"
                return {"id": id, "title": "Mới", "unit": "01", "sittings": sittings, "points": {"under": ["005"]}}
            case "{account_body}":
                return {"username": f"moi-{next(self._next)}", "name": "Mới", "role": "coordinator", "scope": "00178"}
            case dict():
                return {name: self._filled(value, names) for name, value in body.items()}
            case list():
                return [self._filled(each, names) for each in body]
            case str():
                return _put(body, names)
            case _:
                return body

    # --- what must be there first

    async def headers(self, row: Row, who: Who) -> Mapping[str, str]:
        if row.spare and row.admits(who):
            token = await self._signed_in(spare(who))
            cookie = self._city.registry.keyring.staff_cookie
            return {"Cookie": f"{cookie}={token}", "X-CSRF-Token": csrf_token(token)}
        return self._city.keys.headers[who.name]

    async def _signed_in(self, username: str) -> str:
        token, _ = await self._city.registry.sign_in(username, PASSWORD, "127.0.0.1")
        return token

    def forget(self) -> None:
        self._made.clear()

    async def prepare(self, row: Row, place: Place) -> None:
        """Make what the row takes away."""
        registry = self._city.registry
        match row.make:
            case "":
                return
            case "notice":
                said = {"text": "tạm", "points": [place.point]}
                answer = await self._city.who("organiser").post(f"/api/v1/conferences/{CONFERENCE}/notices", said)
                self._made["number"] = str(answer.body["number"])
            case "correction":
                self._made["number"] = str(await self._correction(place))
            case "attendee":
                table = f"point,name\n00178-01,Tạm Thời {next(self._next)}\n"
                chosen = registry.holdings.chosen[CONFERENCE]
                await registry.names.import_roster(CONFERENCE, chosen, table.encode())
                roster = registry.attendees(CONFERENCE)
                assert roster is not None
                self._made["attendee"] = next(
                    each.person for each in roster.of_point("00178-01") if each.name.startswith("Tạm")
                )
            case "cluster":
                self._made["cluster"] = f"C-{50 + next(self._next)}"
                await registry.assign_cluster(Cluster(self._made["cluster"], "Tạm", frozenset({"005"})))
            case "token":
                async with registry.store.writing() as connection:
                    account = await holder(connection, "spare-coordinator")
                    assert account is not None
                    until = registry.now() + timedelta(days=1)
                    made, _ = await tokens.issue(
                        connection, account, "tạm", account.role, account.scope, until, registry.now()
                    )
                self._made["token"] = str(made.id)
            case "screen":
                # From another address each time: an office has so many at once and no more.
                address = f"10.0.{next(self._next)}.1"
                self._made["screen"] = registry.pairing.begin(address, "TV")[0].code
            case "wall":
                self._made["wall"] = await self._wall(place)
            case "session":
                self._made["session"] = digest(await self._signed_in("spare-coordinator"))[:LETTERS]
            case unknown:
                raise AssertionError(f"nobody knows how to make {unknown}; teach Filling.prepare")


def _put(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"{(\w+)}", lambda found: names[found[1]], text)
