"""To whom an incident can be given: whoever holds its halls, those on duty first."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import NamedTuple

import msgspec
from aiohttp import web

from bridge.edges.finding import hall_of, incident_of, is_theirs
from bridge.halls import Halls
from bridge.rules.projection import State
from endpoints_registry.access import ALLOWED, Action, Caller, Role, covers
from endpoints_registry.door import CALLER, Route
from endpoints_registry.taking import answer

LISTED = 200
"""Whoever holds a whole city may be one of hundreds; the nearest are told, the others can still be named."""


class Colleague(NamedTuple):
    """Somebody of the staff."""

    who: Caller
    place: str
    """What their unit or cluster is called; empty: everything is theirs."""
    on_duty: bool
    """They stand on the conference's duty roster at this hour."""


Colleagues = Callable[[str], Awaitable[Sequence[Colleague]]]
"""Everybody of the staff, as of a conference, by name in Vietnamese order."""


class TakerTold(msgspec.Struct, frozen=True):
    """Somebody to whom an incident can be given."""

    username: str
    name: str
    role: Role
    place: str
    """The unit or cluster that they hold; empty: the whole conference."""
    on_duty: bool


class TakersTold(msgspec.Struct, frozen=True):
    takers: list[TakerTold]
    """Who is on duty now first, then who is nearest to its points; bounded."""


class Takers:
    def __init__(self, halls: Halls, colleagues: Colleagues) -> None:
        self._halls = halls
        self._colleagues = colleagues

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/api/v1/conferences/{conference}/incidents/{number}/takers",
                self.takers,
                Action.COORDINATE,
                "Những người có thể được giao một sự cố: phụ trách điểm cầu của sự cố, ai đang trực đứng trước",
                answers={200: TakersTold, 404: None},
            ),
        )

    async def takers(self, request: web.Request) -> web.Response:
        hall, caller = hall_of(self._halls, request), request[CALLER]
        state = hall.coordinator.scene.state
        incident = incident_of(state, request)
        # Of a shared incident whoever holds only the others' points is nobody here.
        theirs = list(filter(partial(is_theirs, state, caller), incident.hits))
        found = [
            each
            for each in await self._colleagues(hall.conference)
            if each.who.role in ALLOWED[Action.COORDINATE]
            and any(map(partial(is_theirs, state, each.who), theirs))
            and _within(state, each.who, caller)
        ]
        found.sort(key=lambda each: (not each.on_duty, -max(_depth(state, each.who, code) for code in theirs)))
        return answer({"takers": [_taker(each) for each in found[:LISTED]]})


def _within(state: State, who: Caller, caller: Caller) -> bool:
    """Nobody is told of those who sit above or beside them, but for the organisers: their names stand under every notice."""
    return who.everywhere or all(covers(caller, path=path) for unit in who.units if (path := state.path(unit)))


def _depth(state: State, who: Caller, code: str) -> int:
    """How far down the tree somebody sits who holds this point: the nearer, the greater; -1 for the whole city."""
    path = enumerate(state.path(state.points[code].planned.unit))
    return max((depth for depth, unit in path if unit in who.units), default=-1)


def _taker(colleague: Colleague) -> TakerTold:
    who = colleague.who
    return TakerTold(who.username, who.shown, who.role, colleague.place, colleague.on_duty)
