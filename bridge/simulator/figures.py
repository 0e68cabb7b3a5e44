"""How many people each hall expects and counts, so that every sum of the day's table comes out."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bridge.rules.model import Count, PointType
from endpoints_registry.samples.growing import Point


class Row(NamedTuple):
    """One line of the day's table: the closing round with its corrections."""

    points: int
    expected: int
    present: int
    excused: int
    unexcused: int


TABLE: Mapping[PointType, Row] = {
    PointType.CITY_HALL: Row(1, 320, 312, 8, 0),
    PointType.DISTRICT: Row(30, 4_050, 3_921, 121, 8),
    PointType.DIRECT_UNIT: Row(20, 2_600, 2_486, 101, 13),
    PointType.COMMUNE: Row(579, 40_530, 38_633, 1_686, 211),
    PointType.EXTRA_HALL: Row(136, 7_700, 7_262, 395, 43),
}

LATE_MOVES = ((8, 6, 2), (5, 3, 2), (4, 2, 2))
"""What three communes correct after version 1: people present who were with leave, and without."""
ABSENT_AT_OPENING = (2_281, 266)
"""With and without leave in the 752 halls that had reported at 08:24."""
ABSENT_AT_MIDDLE = (2_290, 268)
GUESTS = 118


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the day tells of certain halls; everything else is free as long as the sums hold."""

    expected: Mapping[str, int] = field(default_factory=dict)
    opening: Mapping[str, Count] = field(default_factory=dict)
    middle: Mapping[str, Count] = field(default_factory=dict)
    opening_first: Mapping[str, Count] = field(default_factory=dict)
    """What a hall said before it corrected itself."""
    silent: Collection[str] = ()
    """Halls that report the opening round only after the pictured moment."""
    correcting: Sequence[str] = ()
    """Up to three communes whose closing figure is corrected after version 1."""


@dataclass(frozen=True, slots=True)
class Figures:
    expected: Mapping[str, int]
    opening_first: Mapping[str, Count]
    opening: Mapping[str, Count]
    middle: Mapping[str, Count]
    closing_first: Mapping[str, Count]
    """Version 1."""
    closing: Mapping[str, Count]


def published(points: Sequence[Point]) -> bool:
    """Whether these points are as many of each type as the table has."""
    return all(row.points == sum(point.type == kind for point in points) for kind, row in TABLE.items())


def figured(points: Sequence[Point], wishes: Wishes, die: random.Random) -> Figures:
    """Figures of every hall and round. For the table's own points they add up to the table, else to its rates."""
    exact = published(points)
    expected = _expected(points, wishes.expected, die, exact=exact)
    guests = _guests(points, expected, wishes, die)
    reporting = [code for code in expected if code not in wishes.silent]
    opening = _round(
        {code: expected[code] for code in reporting},
        _absent(ABSENT_AT_OPENING, reporting, expected, exact),
        wishes.opening,
        die,
    )
    silent = {code: expected[code] for code in expected if code in wishes.silent}
    opening |= _round(silent, _share(sum(silent.values()), 0.04, 0.006), {}, die)
    middle = _round(expected, _absent(ABSENT_AT_MIDDLE, list(expected), expected, exact), wishes.middle, die)
    closing_first, closing = _closing(points, expected, wishes.correcting, die, exact=exact)
    return Figures(
        expected=expected,
        opening_first=_with_guests({**opening, **wishes.opening_first}, guests),
        opening=_with_guests(opening, guests),
        middle=_with_guests(middle, guests),
        closing_first=_with_guests(closing_first, guests),
        closing=_with_guests(closing, guests),
    )


def apportioned(total: int, weights: Sequence[float], caps: Sequence[int]) -> list[int]:
    """Whole shares of a total, by weight and largest remainder, none above its cap."""
    if total > sum(caps):
        raise ValueError(f"{total} không chia hết cho {len(caps)} phần có tổng trần {sum(caps)}")
    shares = [0] * len(caps)
    left = total
    while left:
        room = [index for index, cap in enumerate(caps) if shares[index] < cap]
        weight = sum(weights[index] for index in room)
        ideal = {index: left * weights[index] / weight if weight else left / len(room) for index in room}
        for index in room:
            shares[index] = min(caps[index], shares[index] + int(ideal[index]))
        given = sum(shares)
        for index in sorted(room, key=lambda each: (int(ideal[each]) - ideal[each], each)):
            if given == total:
                break
            if shares[index] < caps[index]:
                shares[index] += 1
                given += 1
        left = total - given
    return shares


def _expected(points: Sequence[Point], wished: Mapping[str, int], die: random.Random, *, exact: bool) -> dict[str, int]:
    expected = {point.code: wished.get(point.code, 0) for point in points}
    for kind, row in TABLE.items():
        free = [point for point in points if point.type == kind and point.code not in wished]
        fixed = sum(wished.get(point.code, 0) for point in points if point.type == kind)
        total = row.expected - fixed if exact else sum(point.seats * 4 // 5 for point in free)
        weights = [point.seats * die.uniform(0.92, 1.08) for point in free]
        shares = apportioned(total, weights, [point.seats - 2 for point in free])
        expected.update(zip((point.code for point in free), shares, strict=True))
    return expected


def _guests(points: Sequence[Point], expected: Mapping[str, int], wishes: Wishes, die: random.Random) -> dict[str, int]:
    """A few guests in some halls that still have seats; the halls whose figures are told have none."""
    told = {
        *wishes.expected,
        *wishes.opening,
        *wishes.middle,
        *wishes.opening_first,
        *wishes.silent,
        *wishes.correcting,
    }
    hosts = [point for point in points if point.code not in told and die.random() < 0.09]
    caps = [min(6, point.seats - expected[point.code]) for point in hosts]
    total = min(sum(caps), round(GUESTS * len(points) / 766))
    return dict(zip((host.code for host in hosts), apportioned(total, [1.0] * len(hosts), caps), strict=True))


def _share(people: int, excused: float, unexcused: float) -> tuple[int, int]:
    return round(people * excused), round(people * unexcused)


def _absent(told: tuple[int, int], codes: Sequence[str], expected: Mapping[str, int], exact: bool) -> tuple[int, int]:
    return told if exact else _share(sum(expected[code] for code in codes), 0.042, 0.005)


def _round(
    expected: Mapping[str, int], absent: tuple[int, int], told: Mapping[str, Count], die: random.Random
) -> dict[str, Count]:
    """One count per hall: told ones as told, the rest shares what is left of the absent."""
    free = [code for code in expected if code not in told]
    excused = apportioned(
        absent[0] - sum(told[code].excused for code in expected if code in told),
        [expected[code] * die.uniform(0.4, 1.6) for code in free],
        [expected[code] // 3 for code in free],
    )
    unexcused = apportioned(
        absent[1] - sum(told[code].unexcused for code in expected if code in told),
        # Nobody is missing without leave in most halls, and two or three in some.
        [expected[code] * die.random() ** 3 for code in free],
        [expected[code] // 6 for code in free],
    )
    counts = {code: told[code] for code in expected if code in told}
    for code, leave, missing in zip(free, excused, unexcused, strict=True):
        counts[code] = Count(expected[code] - leave - missing, leave, missing)
    return {code: counts[code] for code in expected}


def _closing(
    points: Sequence[Point], expected: Mapping[str, int], correcting: Sequence[str], die: random.Random, *, exact: bool
) -> tuple[dict[str, Count], dict[str, Count]]:
    """Version 1, and the figures after its corrections."""
    first: dict[str, Count] = {}
    moves = dict(zip(correcting, LATE_MOVES, strict=False))
    for kind, row in TABLE.items():
        there = {point.code: expected[point.code] for point in points if point.type == kind}
        people = sum(there.values())
        excused, unexcused = (
            (row.excused, row.unexcused)
            if exact
            else _share(people, row.excused / row.expected, row.unexcused / row.expected)
        )
        later = [moves[code] for code in there if code in moves]
        absent = (
            max(0, excused - sum(move[1] for move in later)),
            max(0, unexcused - sum(move[2] for move in later)),
        )
        first |= _round(there, absent, {}, die)
    closing = dict(first)
    for code, (present, excused, unexcused) in moves.items():
        said = first[code]
        closing[code] = Count(said.present - present, said.excused + excused, said.unexcused + unexcused)
    return first, closing


def _with_guests(counts: Mapping[str, Count], guests: Mapping[str, int]) -> dict[str, Count]:
    return {
        code: Count(said.present, said.excused, said.unexcused, guests.get(code, 0)) for code, said in counts.items()
    }
