"""The sums at every node of the tree, kept up with the events."""

from collections import Counter
from collections.abc import Callable

from bridge.rules.attendance import NOBODY, People, is_summoned, standing
from bridge.rules.model import Link, Point, RoundKey, Stage
from bridge.rules.projection import Changed

ROOT = ""
"""Above every unit: the whole conference."""


class Tally:
    """One node's sums: points by axis, people and reports by round."""

    def __init__(self) -> None:
        self.points = 0
        self.stages: Counter[Stage] = Counter()
        self.links: Counter[Link] = Counter()
        self.people: dict[RoundKey, People] = {}
        self.owed: Counter[RoundKey] = Counter()
        """Points that are summoned to the round's sitting, and those that reported all the same."""
        self.received: Counter[RoundKey] = Counter()
        self.on_time: Counter[RoundKey] = Counter()
        self.quarantined: Counter[RoundKey] = Counter()
        self.differing: Counter[RoundKey] = Counter()
        self.scanned: Counter[str] = Counter()

    def __eq__(self, other: object) -> bool:
        """Equal sums, whatever was counted to nothing on the way."""
        return (
            isinstance(other, Tally)
            and (self.points, self.people) == (other.points, other.people)
            and all(
                +mine == +theirs
                for mine, theirs in (
                    (self.stages, other.stages),
                    (self.links, other.links),
                    (self.owed, other.owed),
                    (self.received, other.received),
                    (self.on_time, other.on_time),
                    (self.quarantined, other.quarantined),
                    (self.differing, other.differing),
                    (self.scanned, other.scanned),
                )
            )
        )

    __hash__ = None  # type: ignore[assignment]


class Rollup:
    def __init__(self, rounds: tuple[RoundKey, ...], path: Callable[[str], tuple[str, ...]]) -> None:
        self._rounds = rounds
        self._path = path
        self._nodes: dict[str, tuple[str, ...]] = {}
        self._tallies: dict[str, Tally] = {ROOT: Tally()}
        self._waiting: Changed = {}
        """What has been taken in and is in no sum yet."""

    def adopt(self, changed: Changed) -> None:
        """Take in what an event did to the points.

        Added up when somebody looks: what a hall has said ten times since then moves the sums once.
        """
        waiting = self._waiting
        for code, (before, after) in changed.items():
            waiting[code] = (waiting[code][0] if code in waiting else before, after)

    @property
    def tallies(self) -> dict[str, Tally]:
        """The sums by unit, `ROOT` for all; to be read only."""
        if self._waiting:
            waiting, self._waiting = self._waiting, {}
            self._add_up(waiting)
        return self._tallies

    def _add_up(self, changed: Changed) -> None:
        for code, (before, after) in changed.items():
            # The same for every node above: worked out once. What a hall says of picture and sound is in no sum.
            recounted = self._recounted(before, after) if before is not None else ()
            if before is not None and not recounted and _counts_alike(before, after):
                continue
            for node in self._above(code, after):
                tally = self._tallies.get(node)
                if tally is None:
                    tally = self._tallies[node] = Tally()
                if before is None:
                    self._enter(tally, after)
                else:
                    self._move(tally, before, after, recounted)

    def at(self, unit: str) -> Tally:
        """The sums of a unit's subtree; `ROOT` for all. An unknown unit has no sums."""
        return self.tallies.get(unit) or Tally()

    def _above(self, code: str, point: Point) -> tuple[str, ...]:
        nodes = self._nodes.get(code)
        if nodes is None:
            nodes = self._nodes[code] = (ROOT, *self._path(point.planned.unit))
        return nodes

    def _enter(self, tally: Tally, point: Point) -> None:
        tally.points += 1
        tally.stages[point.stage] += 1
        tally.links[point.link] += 1
        for key in self._rounds:
            tally.people[key] = tally.people.get(key, NOBODY) + standing(point, key)
            self._report(tally, point, key, 1)
        tally.scanned.update(point.scanned)

    def _recounted(self, before: Point, after: Point) -> tuple[tuple[RoundKey, People], ...]:
        """The rounds of which something else is known now, and what that adds to their people."""
        if (
            before.figures is after.figures
            and before.expected is after.expected
            and before.quarantined is after.quarantined
            and before.differing is after.differing
        ):
            return ()
        return tuple(
            (key, standing(after, key) - standing(before, key))
            for key in self._rounds
            if before.figures.get(key) is not after.figures.get(key)
            or before.expected is not after.expected
            or (key in before.quarantined) != (key in after.quarantined)
            or (key in before.differing) != (key in after.differing)
        )

    def _move(self, tally: Tally, before: Point, after: Point, recounted: tuple[tuple[RoundKey, People], ...]) -> None:
        if before.stage is not after.stage:
            tally.stages[before.stage] -= 1
            tally.stages[after.stage] += 1
        if before.link is not after.link:
            tally.links[before.link] -= 1
            tally.links[after.link] += 1
        if before.scanned is not after.scanned:
            for sitting, number in after.scanned.items():
                tally.scanned[sitting] += number - before.scanned.get(sitting, 0)
        for key, people in recounted:
            tally.people[key] = tally.people[key] + people
            self._report(tally, before, key, -1)
            self._report(tally, after, key, 1)

    @staticmethod
    def _report(tally: Tally, point: Point, key: RoundKey, number: int) -> None:
        """Count a point's report of a round in, or out."""
        figure = point.figures.get(key)
        if figure is not None or is_summoned(point, key[0]):
            tally.owed[key] += number
        if figure is not None:
            tally.received[key] += number
            tally.on_time[key] += number * figure.on_time
        tally.quarantined[key] += number * (key in point.quarantined)
        tally.differing[key] += number * (key in point.differing)


def _counts_alike(before: Point, after: Point) -> bool:
    return before.stage is after.stage and before.link is after.link and before.scanned is after.scanned
