"""A story played against a server: its rooms over sockets, its phones and staff over HTTP, by the driven clock."""

import asyncio
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, assert_never

import aiohttp
import structlog

from bridge.agent import Broadcast, socket_url
from bridge.rules.model import Mode, RoundName
from bridge.simulator.acts import Pad, uuid7
from bridge.simulator.asking import Turned
from bridge.simulator.clock import DrivenClock
from bridge.simulator.deeds import (
    AgentLeaves,
    AgentUp,
    AgentVanishes,
    Approve,
    CentreDrops,
    CheckUnit,
    Correct,
    CountHeads,
    Deed,
    DrawLots,
    Explain,
    Fate,
    Hand,
    LineDrops,
    Perceive,
    Photograph,
    SendKept,
    Settle,
    Sign,
    SpotCheck,
    StageTap,
    Story,
    Submit,
    SwitchMode,
    TellFault,
    Told,
    TurnPhase,
)
from bridge.simulator.phones import Answers, Phone, Staff, link_of
from bridge.simulator.photographs import photographed
from bridge.simulator.rooms import DrawnBroadcast, Room
from bridge.simulator.traffic import Traffic

_PADS: Mapping[Hand, str] = {
    Hand.STAFF: "desk",
    Hand.COORDINATOR: "coordinator-desk",
    Hand.SECOND: "second-desk",
    Hand.INSPECTOR: "inspector-desk",
}
AFTER_ARRIVALS = 1
"""The rank of deeds on the clock: whatever arrives in the same moment has arrived before."""


class Login(NamedTuple):
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Keys:
    """What the play needs to be let in, by point."""

    staff: Mapping[Hand, Login]
    """The organiser, a coordinator of the whole city, a second organiser, an inspector."""
    links: Mapping[str, str]
    """The operators' addresses."""
    tokens: Mapping[str, str]
    """The rooms' tokens."""


@dataclass(slots=True)
class Played:
    """What has happened so far."""

    deeds: int = 0
    answers: Answers = field(default_factory=Answers)
    sent_away: dict[str, str] = field(default_factory=dict)
    """Rooms that were told not to come again."""


log = structlog.get_logger("play")


class Player:
    """Plays one story once."""

    def __init__(
        self,
        story: Story,
        server: str,
        keys: Keys,
        clock: DrivenClock,
        traffic: Traffic,
        seed: int = 2026,
        followed: Mapping[str, Broadcast] | None = None,
        *,
        visited: bool = False,
    ) -> None:
        """`followed` are rooms that follow a real broadcast; that of the others is drawn by lot.

        In a day that is `visited` somebody else acts beside the play: replaces a link, moves the phase on, signs. What
        is turned away then is left out, and the day goes on. Otherwise it is a fault of the story: Turned.
        """
        self.story = story
        self.played = Played()
        self._server = server.rstrip("/")
        self._keys = keys
        self._clock = clock
        self._traffic = traffic
        self._seed = seed
        self._conference = story.plan.conference
        self._sitting = story.plan.sittings[0].id
        self._followed = followed or {}
        self._visited = visited
        self._streaming = frozenset(point.code for point in story.plan.points if point.mode is Mode.STREAM)
        self._rooms: dict[str, Room] = {}
        self._phones: dict[str, tuple[Phone, Pad]] = {}
        self._figures: dict[tuple[str, RoundName], str] = {}
        """On which act each figure stands."""

    async def run(self, deeds: Iterable[Deed] | None = None) -> Played:
        """Until the last deed is done; then every room still there is switched off."""
        async with aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=64)
        ) as http:
            desks = {
                hand: (self._staff(hand, login, http), Pad(self._die(_PADS[hand])))
                for hand, login in self._keys.staff.items()
            }
            async with asyncio.TaskGroup() as jobs:
                for deed in deeds if deeds is not None else self.story.deeds:
                    await self._clock.sleep_until(deed.at_ms, AFTER_ARRIVALS)
                    try:
                        await self._do(deed, http, desks, jobs)
                    except Turned as turned:
                        if not self._visited:
                            raise
                        log.warning("deed-turned-away", point=deed.point, answer=str(turned))
                    self.played.deeds += 1
                await self._clock.sleep_until(self.story.ends_ms, AFTER_ARRIVALS)
                for room in self._rooms.values():
                    await room.leave()
                    room.forget_silent()
        self.played.sent_away = {code: str(room.sent_away) for code, room in self._rooms.items() if room.sent_away}
        return self.played

    async def _do(
        self,
        deed: Deed,
        http: aiohttp.ClientSession,
        desks: Mapping[Hand, tuple[Staff, Pad]],
        jobs: asyncio.TaskGroup,
    ) -> None:
        match deed.what:
            case AgentUp():
                self._room(deed.point, jobs).switch_on()
            case AgentVanishes():
                await self._room(deed.point, jobs).vanish()
            case LineDrops(for_ms):
                self._room(deed.point, jobs).drop(for_ms)
            case AgentLeaves():
                await self._room(deed.point, jobs).leave()
            case CentreDrops(points, for_ms):
                for code in points:
                    self._room(code, jobs).drop(for_ms)
            case TurnPhase(phase):
                await desks[deed.hand][0].turn(phase)
            case CheckUnit(unit):
                await desks[deed.hand][0].check(unit, self._sitting)
            case Approve(reason):
                await desks[deed.hand][0].approve(deed.point, reason)
            case Sign(version):
                await desks[deed.hand][0].sign(version)
            case Explain(trouble, cause):
                await desks[deed.hand][0].explain(deed.point, trouble, cause)
            case DrawLots(number):
                await desks[deed.hand][0].draw(self._sitting, number)
            case SpotCheck() as check:
                id = uuid7(self._clock.now(), self._die("spot-check", deed.point))
                await desks[deed.hand][0].spot_check(deed.point, self._sitting, check, id)
            case Settle() as right:
                await desks[deed.hand][0].settle(deed.point, self._sitting, right)
            case Photograph():
                jpeg = await asyncio.to_thread(photographed, deed.point)
                await self._phone(deed.point, http)[0].photograph(self._sitting, jpeg)
            case SendKept():
                await self._phone(deed.point, http)[0].deliver()
            case StageTap() | Perceive() | CountHeads() | Correct() | SwitchMode() | TellFault() | Submit() as told:
                await self._tell(deed, told, *(desks.get(deed.hand) or self._phone(deed.point, http)))
            case _:
                assert_never(deed.what)

    async def _tell(self, deed: Deed, told: Told, who: Phone | Staff, pad: Pad) -> None:
        act = pad.act(told, deed.point, self._clock.now(), self._sitting, self._figures)
        if isinstance(told, CountHeads | Correct):
            self._figures[deed.point, told.round] = str(act["id"])
        who.outbox.waiting.append(act)
        if deed.fate is Fate.KEPT:
            return
        if deed.fate is Fate.UNANSWERED and isinstance(who, Phone):
            await who.lose_answer()
            return
        await who.deliver()

    def _room(self, code: str, jobs: asyncio.TaskGroup) -> Room:
        if code not in self._rooms:
            self._rooms[code] = Room(
                code,
                socket_url(self._server),
                self._keys.tokens[code],
                self._clock,
                self._die("room", code),
                self._traffic,
                jobs,
                self._broadcast(code),
            )
        return self._rooms[code]

    def _broadcast(self, code: str) -> Broadcast | None:
        if code in self._followed:
            return self._followed[code]
        return DrawnBroadcast(self._die("broadcast", code)) if code in self._streaming else None

    def _staff(self, hand: Hand, login: Login, http: aiohttp.ClientSession) -> Staff:
        return Staff(
            http,
            self._server,
            login.username,
            login.password,
            self._conference,
            self._clock,
            self._die(hand.value),
            self._traffic,
            self.played.answers,
        )

    def _phone(self, code: str, http: aiohttp.ClientSession) -> tuple[Phone, Pad]:
        if code not in self._phones:
            phone = Phone(
                http,
                self._server,
                link_of(self._keys.links[code]),
                code,
                self._conference,
                self._clock,
                self._die("phone", code),
                self._traffic,
                self.played.answers,
            )
            self._phones[code] = (phone, Pad(self._die("pad", code)))
        return self._phones[code]

    def _die(self, *what: str) -> random.Random:
        return random.Random(":".join((str(self._seed), *what)))  # noqa: S311 - a play's choices, not a secret
