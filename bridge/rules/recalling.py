"""A long past, read back faster than it was lived: who comes in is counted, and told to the hall when it matters there."""

from collections import Counter
from operator import attrgetter

import msgspec

from bridge.rules import events
from bridge.rules.events import AnyEvent, Happened, PersonCheckedIn
from bridge.rules.evolving import came_in
from bridge.rules.model import Seen
from bridge.rules.projection import State


class Past(msgspec.Struct, frozen=True, array_like=True):
    """A row of the journal, as it is recalled."""

    position: int
    at_ms: int
    received_ms: int
    by: str
    act: str | None
    device: str
    seq: int
    event: AnyEvent

    @property
    def happened(self) -> Happened:
        return Happened(self.event, self.at_ms, self.received_ms, self.by, self.act, self.device)


_decoder = msgspec.json.Decoder(list[Past])


def read(recalled: str) -> list[Past]:
    """The rows of a piece of the journal (`Journal.recall`), in order."""
    past = _decoder.decode(recalled)
    # Not every database promises to paste them together in the order in which it found them.
    past.sort(key=attrgetter("position"))
    return past


class _Door(msgspec.Struct):
    """Who came into a hall since it was told last."""

    point: str
    people: Counter[str]
    """How many, by sitting."""
    newest: Past
    """The last of them that may be taken back, if any may."""
    person: PersonCheckedIn


class Recalling:
    """The past of a state on its way into it. After `end` the state is as if it had adopted one by one what was taken."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._doors: dict[str, _Door] = {}

    def take(self, past: Past) -> Happened | None:
        """What was adopted at once; None for who was only counted."""
        event = past.event
        # Of a day's events most are these, and a hall made anew for each would be most of what a replay costs.
        if isinstance(event, PersonCheckedIn):
            door = self._doors.get(event.point)
            if door is None:
                door = self._doors[event.point] = _Door(event.point, Counter(), past, event)
            elif past.act is not None:
                door.newest, door.person = past, event
            door.people[event.sitting] += 1
            self._state.saw(event, Seen(door.point, past.at_ms))
            return None
        if isinstance(event, events.PointEvent):
            self._tell(event.point)
        else:
            self.end()
        happened = past.happened
        self._state.adopt(happened)
        return happened

    def end(self) -> None:
        """Every hall is told who came in."""
        for code in tuple(self._doors):
            self._tell(code)

    def _tell(self, code: str) -> None:
        door = self._doors.pop(code, None)
        point = self._state.point(code)
        if door is not None and point is not None:
            self._state.points[code] = came_in(point, door.people, door.newest.happened, door.person)
