"""Phones and desks over real HTTP: what was said waits in order, and is sent again until it is answered."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp
import msgspec

from bridge.rules import acts, wire
from bridge.rules.hours import HANOI
from tests.cast import act_id
from tests.drill.centre import Centre
from tests.drill.city import CONFERENCE, City, Sender
from tests.laws.sayings import Stamp, said

MOST_TOGETHER = 20
"""Acts in one request."""
AT_A_TIME = (1, 1, 1, 2, 2, 3, 8)
"""So much somebody says before sending it: mostly one thing, as people do."""
MOST_WAITING = 12
"""Nobody says more before what was said is answered."""
PAUSE_S = 0.15
PATIENCE_S = 1.5
HASTE = 0.03
"""So often somebody does not wait for the answer: it comes, and nobody hears it."""
SPOKEN_OF = 40
"""What may be corrected, undone or released: one of the newest so many of the hall."""


class ToldTwoThings(AssertionError):
    """The same act got two different answers."""


class Unexpected(AssertionError):
    """The server answered something that it must never answer to us."""


@dataclass
class Talk:
    """What all of them together still have to say, and how far they are."""

    left: int
    """So many acts may still be said for now."""
    rng: random.Random
    over: bool = False
    """Nothing more comes: whoever has an answer to everything may go."""
    made: int = 0
    answered: int = 0
    requests: int = 0
    unanswered: int = 0
    """Requests that brought no answer; each was sent again."""
    refused: int = 0
    """Requests that were answered 503."""
    spoken_of: dict[str, list[str]] = field(default_factory=dict)
    strike: tuple[int, Callable[[], None]] | None = None
    """What is to happen in the very moment in which so many acts are answered."""
    _ended: asyncio.Event | None = None

    async def until(self, reached: Callable[[], bool]) -> None:
        """Until it is so; asked whenever a request has come to its end."""
        while not reached():
            if self._ended is None:
                self._ended = asyncio.Event()
            await self._ended.wait()

    def count(self, *, answered: int = 0, unanswered: int = 0, refused: int = 0) -> None:
        """A request has come to its end."""
        self.answered += answered
        if self.strike is not None and self.answered >= self.strike[0]:
            self.strike[1]()
            self.strike = None
        self.unanswered += unanswered
        self.refused += refused
        if self._ended is not None:
            self._ended.set()
            self._ended = None


@dataclass
class Device:
    sender: Sender
    said: list[acts.AnyAct] = field(default_factory=list)
    outbox: list[acts.AnyAct] = field(default_factory=list)
    answers: dict[str, wire.Outcome] = field(default_factory=dict)

    def hear(self, outcomes: Sequence[wire.Outcome]) -> int:
        """How many of these answers are the first."""
        before = len(self.answers)
        for outcome in outcomes:
            first = self.answers.setdefault(outcome.id, outcome)
            if msgspec.structs.replace(first, duplicate=outcome.duplicate) != outcome:
                raise ToldTwoThings(f"{self.sender.device} was told {first}, and then {outcome}")
        self.outbox = [act for act in self.outbox if act.id not in self.answers]
        return len(self.answers) - before


class Street:
    """Everybody who sends, and the way to the server."""

    def __init__(self, city: City, centre: Centre, http: aiohttp.ClientSession, talk: Talk) -> None:
        self.devices = [Device(sender) for sender in city.senders]
        self.talk = talk
        self._city = city
        self._centre = centre
        self._http = http
        self._badges = (*city.people, "DB1.NOBODYS")

    async def live(self) -> None:
        """Until everything is said and answered."""
        async with asyncio.TaskGroup() as lives:
            for device in self.devices:
                lives.create_task(self._live(device))

    async def _live(self, device: Device) -> None:
        rng = self.talk.rng
        while not self.talk.over or self.talk.left or device.outbox:
            some = self.speak(device, rng.choice(AT_A_TIME))
            patience_s = rng.uniform(0.001, 0.05) if rng.random() < HASTE else PATIENCE_S
            outcomes = await self.ask(device, some, patience_s)
            if outcomes is None:
                await asyncio.sleep(rng.uniform(0, PAUSE_S))
            else:
                self.talk.count(answered=device.hear(outcomes))

    def speak(self, device: Device, acts_wanted: int = MOST_TOGETHER) -> list[acts.AnyAct]:
        """Say something new, if there is more to say; what is to be sent now."""
        talk = self.talk
        for _ in range(min(acts_wanted, talk.left, MOST_WAITING - len(device.outbox))):
            talk.left -= 1
            talk.made += 1
            point = talk.rng.choice(device.sender.halls)
            earlier = talk.spoken_of.setdefault(point, [])
            stamp = Stamp(act_id(talk.made), len(device.said) + 1, datetime.now(HANOI), point)
            act = said(
                talk.rng,
                stamp,
                talk.rng.choice(earlier[-SPOKEN_OF:]) if earlier else act_id(0),
                staff=device.sender.staff,
                sitting=self._city.sitting,
                badges=self._badges,
            )
            earlier.append(act.id)
            device.said.append(act)
            device.outbox.append(act)
        return device.outbox[:MOST_TOGETHER]

    async def ask(
        self, device: Device, some: Sequence[acts.AnyAct], patience_s: float = PATIENCE_S
    ) -> list[wire.Outcome] | None:
        """The outcomes; None for no answer or 503, after which the same acts are to be sent again."""
        talk, url = self.talk, self._centre.url
        if url is None or not some:
            return None
        body = {"device": device.sender.device, "sent_at": datetime.now(HANOI), "acts": some}
        talk.requests += 1
        try:
            async with self._http.post(
                f"{url}/api/v1/conferences/{CONFERENCE}/acts",
                data=msgspec.json.encode(body),
                headers=device.sender.headers | {"Content-Type": "application/json"},
                timeout=aiohttp.ClientTimeout(total=patience_s),
            ) as response:
                answer, status = await response.read(), response.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            talk.count(unanswered=1)
            return None
        if status == 503:
            talk.count(refused=1)
            return None
        if status != 200:
            raise Unexpected(f"{status}: {answer.decode(errors='replace')[:500]}")
        return msgspec.json.decode(answer, type=wire.Outcomes).outcomes
