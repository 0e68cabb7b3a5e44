"""The phones of a play, and the staff's desks: acts over real HTTP, kept until they are answered."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import aiohttp

from bridge.clock import Clock
from bridge.rules.trouble import Trouble
from bridge.rules.wire import rfc3339
from bridge.rules.witness import Source, Stands
from bridge.simulator.acts import Act
from bridge.simulator.asking import Asker, Stopwatch, Turned, Unknown
from bridge.simulator.deeds import Settle, SpotCheck
from bridge.simulator.traffic import Traffic

RETRY_CAP_MS = 30_000
BATCH = 100


class Link(NamedTuple):
    """An operator's address taken apart: `https://host/p/<handle>#<secret>`."""

    handle: str
    secret: str


def link_of(address: str) -> Link:
    parts = urlsplit(address)
    handle = parts.path.rpartition("/p/")[2].strip("/")
    if not handle or not parts.fragment:
        raise ValueError(f"liên kết {address!r} không đúng; dạng đúng: https://…/p/<mã>#<bí mật>")
    return Link(handle, parts.fragment)


@dataclass(slots=True)
class Answers:
    """What became of all acts of a play."""

    accepted: int = 0
    duplicates: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    """The first few, in words."""
    unknown: int = 0
    """Tries without an answer."""

    def note(self, outcome: dict[str, Any], act: Act) -> None:
        if outcome.get("duplicate"):
            self.duplicates += 1
        elif outcome.get("outcome") == "accepted":
            self.accepted += 1
        if outcome.get("code"):
            self.codes[str(outcome["code"])] += 1
        if outcome.get("outcome") == "refused" and len(self.refused) < 20:
            self.refused.append(f"{act['point']} {act['kind']}: {outcome.get('code')} {outcome.get('message')}")


class Outbox:
    """Acts that a device has made and that the server has not answered yet, oldest first."""

    def __init__(
        self, asker: Asker, conference: str, device: str, clock: Clock, chance: random.Random, answers: Answers
    ) -> None:
        self._asker = asker
        self._conference = conference
        self._device = device
        self._clock = clock
        self._chance = chance
        self._answers = answers
        self.waiting: list[Act] = []

    async def deliver(self) -> list[dict[str, Any]]:
        """Send what waits until it is answered: unknown is asked again with the same ids, ever more patiently."""
        answered: list[dict[str, Any]] = []
        attempt = 0
        while self.waiting:
            sent = self.waiting[:BATCH]
            try:
                outcomes = await self._send(sent)
            except Unknown as unknown:
                self._answers.unknown += 1
                attempt += 1
                pause = self._chance.uniform(0, min(RETRY_CAP_MS, 500 * 2 ** min(attempt, 10)))
                await self._clock.sleep(round(unknown.after_s * 1000 + pause))
                continue
            attempt = 0
            del self.waiting[: len(sent)]
            for act, outcome in zip(sent, outcomes, strict=True):
                self._answers.note(outcome, act)
            answered += outcomes
        return answered

    async def lose_answer(self) -> None:
        """It goes out and arrives, but the answer does not come back: it keeps waiting."""
        await self._send(self.waiting[-1:])

    async def _send(self, acts: Sequence[Act]) -> list[dict[str, Any]]:
        watch = Stopwatch()
        body = {"device": self._device, "sent_at": rfc3339(self._clock.now()), "acts": acts}
        answer = await self._asker.ask("POST", f"/api/v1/conferences/{self._conference}/acts", body)
        self._asker.traffic.answers.add(watch.ms)
        outcomes: list[dict[str, Any]] = answer["outcomes"]
        return outcomes


class Phone:
    """One operator's phone."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        server: str,
        link: Link,
        point: str,
        conference: str,
        clock: Clock,
        chance: random.Random,
        traffic: Traffic,
        answers: Answers,
    ) -> None:
        self._link = link
        self._point, self._conference = point, conference
        self._device = f"phone-{point}"
        self._asker = Asker(http, server, traffic, {"Bridge-Link": link.handle})
        self.outbox = Outbox(self._asker, conference, self._device, clock, chance, answers)

    async def deliver(self) -> list[dict[str, Any]]:
        await self._open()
        try:
            return await self.outbox.deliver()
        except Turned as turned:
            if turned.status != 401:
                raise
        # The session has ended; the link opens another.
        self._asker.cookies.clear()
        await self._open()
        return await self.outbox.deliver()

    async def lose_answer(self) -> None:
        await self._open()
        await self.outbox.lose_answer()

    async def look(self) -> dict[str, Any]:
        """What the phone's page shows."""
        await self._open()
        return await self._asker.ask("GET", "/api/v1/desk")

    async def photograph(self, sitting: str, jpeg: bytes) -> None:
        """The hall as its phone sees it."""
        await self._open()
        asked = urlencode({"point": self._point, "sitting": sitting})
        await self._asker.patiently("POST", f"/api/v1/conferences/{self._conference}/photos?{asked}", jpeg=jpeg)

    async def _open(self) -> None:
        """The secret of the link for a session, once."""
        if not self._asker.cookie:
            body = {"secret": self._link.secret, "device": self._device}
            await self._asker.patiently("POST", f"/api/v1/links/{self._link.handle}/session", body)


OFFICE = {
    "number": "12",
    "signer": "Nguyễn Văn An",
    "recipients": ["Thường trực Thành ủy (để báo cáo)", "Lưu Văn phòng"],
}
LOOK_S = 0.1


class Staff:
    """An organiser or coordinator at a desk."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        server: str,
        username: str,
        password: str,
        conference: str,
        clock: Clock,
        chance: random.Random,
        traffic: Traffic,
        answers: Answers,
    ) -> None:
        self._username = username
        self._password = password
        self._conference = conference
        self._traffic = traffic
        self.asker = Asker(http, server, traffic, {})
        self.outbox = Outbox(self.asker, conference, f"desk-{username}", clock, chance, answers)

    async def deliver(self) -> list[dict[str, Any]]:
        await self.sign_in()
        return await self.outbox.deliver()

    async def turn(self, phase: str) -> None:
        """The conference goes on to another phase, unless it is there already."""
        await self.sign_in()
        path = f"/api/v1/conferences/{self._conference}"
        now = await self.asker.patiently("GET", path)
        if now["phase"] != phase:
            await self.asker.patiently("POST", f"{path}/phase", {"phase": phase, "version": now["version"]})

    async def check(self, unit: str, sitting: str) -> None:
        await self.sign_in()
        path = f"/api/v1/conferences/{self._conference}/closing/submissions"
        await self.asker.patiently("POST", path, {"unit": unit, "sitting": sitting})

    async def approve(self, point: str, reason: str) -> None:
        """Whatever waits of this point."""
        await self.sign_in()
        path = f"/api/v1/conferences/{self._conference}/closing/corrections"
        found = await self.asker.patiently("GET", path)
        for each in found["corrections"]:
            if each["point"] == point and each["status"] == "waiting":
                await self.asker.patiently("POST", f"{path}/{each['number']}/approval", {"reason": reason})

    async def explain(self, point: str, trouble: str, cause: str) -> None:
        """Whatever incident of the kind the hall was in, and of which nobody has said the cause."""
        await self.sign_in()
        path = f"/api/v1/conferences/{self._conference}/incidents"
        found = await self.asker.patiently("GET", f"{path}?status=all")
        for each in found["incidents"]:
            # Of the hundreds whom the centre cuts off only some are listed.
            hit = trouble == Trouble.CENTRE or any(place["code"] == point for place in each["points"])
            if hit and each["trouble"] == trouble and each["into"] is None and not each["cause"]:
                await self.asker.patiently("POST", f"{path}/{each['number']}", {"do": "explain", "cause": cause})

    async def draw(self, sitting: str, count: int) -> None:
        await self.sign_in()
        path = f"/api/v1/conferences/{self._conference}/checks/draws"
        await self.asker.patiently("POST", path, {"sitting": sitting, "count": count})

    async def spot_check(self, point: str, sitting: str, check: SpotCheck, id: str) -> None:
        """What was counted in the hall; `id` is a UUIDv7 of the inspector's own."""
        await self.sign_in()
        where = {"point": point, "sitting": sitting, "round": check.round}
        said = {"id": id, "present": check.present, "note": check.note}
        await self.asker.patiently("POST", f"/api/v1/conferences/{self._conference}/checks", where | said)

    async def settle(self, point: str, sitting: str, right: Settle) -> None:
        """The hall's own figure stands."""
        await self.sign_in()
        where = {"point": point, "sitting": sitting, "round": right.round, "source": Source.INSPECTOR}
        said = {"stands": Stands.OWN, "seen": {"present": right.present}, "reason": right.reason}
        await self.asker.patiently("POST", f"/api/v1/conferences/{self._conference}/checks/settlements", where | said)

    async def sign(self, version: int) -> None:
        """Draft the report, wait until it is written, and sign it. The hall's clock stands still meanwhile."""
        await self.sign_in()
        path = f"/api/v1/conferences/{self._conference}/reports"
        self._traffic.requests_in_flight += 1
        try:
            told = await self.asker.patiently("POST", path, {"office": OFFICE})
            one = f"{path}/{told['number']}"
            while told["status"] == "making":
                await asyncio.sleep(LOOK_S)
                told = await self.asker.patiently("GET", one)
            await self.asker.patiently("POST", f"{one}/sign", {"version": version})
        finally:
            self._traffic.requests_in_flight -= 1

    async def sign_in(self) -> None:
        if not self.asker.cookie:
            body = {"username": self._username, "password": self._password}
            await self.asker.patiently("POST", "/api/v1/session", body)
