"""Second sources as their readers see them: what others counted, where they differ from a hall, which halls were drawn."""

from collections.abc import Callable

import msgspec

from bridge.halls import Hall
from bridge.rules import checking, wire
from bridge.rules.model import RoundKey, RoundName
from bridge.rules.projection import State
from bridge.rules.sources import Difference, Draw, Given, lot, pool, pool_sha256
from bridge.rules.witness import Source
from endpoints_registry.access import ALLOWED, Action, Caller

Placed = Callable[[str, str], str]
"""(conference, point code) -> what stands beside its name."""


class SecondTold(msgspec.Struct, frozen=True):
    """A second source's figure."""

    source: str
    sitting: str
    round: str
    present: int
    excused: int | None
    unexcused: int | None
    at: str
    by_name: str
    """Empty for whoever sees no names."""
    note: str


class OwnTold(msgspec.Struct, frozen=True):
    """The hall's own figure."""

    present: int
    excused: int
    unexcused: int
    guests: int
    at: str
    by: str
    """`own`, or `proxy` where the staff entered it for the hall."""
    act: str
    """For a correction (act `correct`)."""


class SettledTold(msgspec.Struct, frozen=True):
    stands: str
    by_name: str
    at: str
    reason: str


class DifferenceTold(msgspec.Struct, frozen=True):
    point: str
    name: str
    parent: str
    sitting: str
    round: str
    own: OwnTold | None
    """None: the hall has not reported."""
    second: SecondTold
    settled: SettledTold | None
    awaits: bool
    """Somebody has still to say which stands, or to correct the hall's figure."""


class DrawnTold(msgspec.Struct, frozen=True):
    """A hall that an inspector is asked to visit."""

    point: str
    name: str
    parent: str
    unit: str
    draw: int
    sitting: str
    expected: int | None
    checks: list[SecondTold]
    """What inspectors have counted there in that sitting."""


class DrawTold(msgspec.Struct, frozen=True):
    number: int
    unit: str
    sitting: str
    at: str
    by_name: str
    seed: str
    among: int
    pool_sha256: str
    times: dict[str, int]
    """How often those had been looked at before that had been."""
    points: list[str]
    """In the order of the lot."""
    again: bool | None
    """Whether the seed draws the same halls again from today's list; None where that list has changed since."""


class Reader:
    """Somebody who reads the second sources of one conference."""

    def __init__(self, hall: Hall, caller: Caller, placed: Placed, named: Callable[[str], str]) -> None:
        """`named` says how the holder of an account is called."""
        self._hall = hall
        self._caller = caller
        self._placed = placed
        self._named = named
        # An inspector sees no names of the staff but their own.
        self._among_staff = caller.role in ALLOWED[Action.COORDINATE]

    def place(self, code: str) -> dict[str, str]:
        name = self._state.points[code].planned.name
        return {"point": code, "name": name, "parent": self._placed(self._hall.conference, code)}

    def drawn(self, draw: Draw, code: str) -> DrawnTold:
        point = self._state.points[code]
        return DrawnTold(
            **self.place(code),
            unit=point.planned.unit,
            draw=draw.number,
            sitting=draw.sitting,
            expected=point.expected.get(draw.sitting),
            checks=[
                self.second(Source.INSPECTOR, key, given) for key, given in counted(self._state, code, draw.sitting)
            ],
        )

    def second(self, source: Source, key: RoundKey, given: Given) -> SecondTold:
        seen = given.seen
        return SecondTold(
            source=source.value,
            sitting=key[0],
            round=key[1].value,
            present=seen.present,
            excused=seen.excused,
            unexcused=seen.unexcused,
            at=wire.rfc3339(given.at_ms),
            by_name=self._name(given.by),
            note=given.note if self._may_read_of(given.by) else "",
        )

    def difference(self, each: Difference) -> DifferenceTold:
        figure = self._state.points[each.point].figures.get(each.key)
        settled = each.settled
        return DifferenceTold(
            **self.place(each.point),
            sitting=each.key[0],
            round=each.key[1].value,
            own=OwnTold(
                present=figure.count.present,
                excused=figure.count.excused,
                unexcused=figure.count.unexcused,
                guests=figure.count.guests,
                at=wire.rfc3339(figure.at_ms),
                by=figure.author.value,
                act=figure.act,
            )
            if figure
            else None,
            second=self.second(each.source, each.key, each.given),
            settled=SettledTold(
                stands=settled.stands.value,
                by_name=self._name(settled.by),
                at=wire.rfc3339(settled.at_ms),
                reason=settled.reason if self._among_staff else "",
            )
            if settled
            else None,
            awaits=each.awaits,
        )

    def draw(self, draw: Draw) -> DrawTold:
        return DrawTold(
            number=draw.number,
            unit=draw.unit,
            sitting=draw.sitting,
            at=wire.rfc3339(draw.at_ms),
            by_name=self._name(draw.by),
            seed=draw.seed,
            among=draw.among,
            pool_sha256=draw.pool_sha256,
            times=draw.times,
            points=list(draw.points),
            again=_again(self._state, draw),
        )

    @property
    def _state(self) -> State:
        return self._hall.coordinator.scene.state

    def _name(self, username: str) -> str:
        return self._named(username) if self._may_read_of(username) else ""

    def _may_read_of(self, username: str) -> bool:
        return self._among_staff or self._caller.username == username


def counted(state: State, code: str, sitting: str) -> list[tuple[RoundKey, Given]]:
    """What inspectors counted in a hall in a sitting, by round."""
    given = state.affairs.sources.given
    keys: list[RoundKey] = [(sitting, round) for round in RoundName]
    return [(key, each) for key in keys if (each := given.get((code, key, Source.INSPECTOR))) is not None]


def _again(state: State, draw: Draw) -> bool | None:
    plan = state.plan
    candidates = pool(state.points, checking.paths(plan), draw.sitting, draw.unit) if plan else ()
    if pool_sha256(candidates) != draw.pool_sha256:
        return None
    return lot(draw.seed, candidates, draw.times, len(draw.points)) == draw.points
