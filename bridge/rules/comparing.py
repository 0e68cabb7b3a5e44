"""Comparing conferences across reorganisations: what a unit's figures were when it was another unit (quy đổi).

A conference keeps the tree of its day. Everything is told in the units of one tree, that of the newest conference which
knows the unit that is asked for; a hall of another day counts for the units that its own one became, or came from:

- merged: the whole hall counts for the successor;
- split: it counts for each successor in proportion to the people whom these summon in the newer conference, or in equal
  parts where one of them has none;
- looked at from before a merger: a hall of the new unit counts for each of those that went into it in proportion to the
  people whom they summoned in the older conference;
- without a successor: it counts for the nearest unit above that still stands.

Nobody is lost by it: all parts of a hall add up to the hall.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction

import msgspec

from bridge.rules.attendance import NOBODY, People

RULE = (
    "Số liệu của hội nghị trước ngày sắp xếp đơn vị được quy đổi theo bảng đơn vị kế tiếp: đơn vị sáp nhập tính trọn cho "
    "đơn vị mới; đơn vị bị chia tính cho từng đơn vị mới theo tỷ lệ số triệu tập của các đơn vị đó (thiếu số thì chia đều); "
    "đơn vị không có đơn vị kế tiếp tính cho cấp trên còn tồn tại. Phần lẻ làm tròn sau khi cộng."
)


class Step(msgspec.Struct, frozen=True):
    """From a day (ISO date) on, the people of `code` belong to `successor`."""

    code: str
    successor: str
    day: str


class Hall(msgspec.Struct, frozen=True):
    """What one hall adds to its unit."""

    unit: str
    people: People
    reported: bool
    on_time: bool
    praised: bool


class Day(msgspec.Struct, frozen=True):
    """A conference on its day (ISO date): its tree, and its halls that owed figures."""

    conference: str
    day: str
    parents: Mapping[str, str | None]
    halls: tuple[Hall, ...]

    def summoned(self) -> Mapping[str, int]:
        """People by unit, of its own halls alone."""
        found: dict[str, int] = defaultdict(int)
        for hall in self.halls:
            found[hall.unit] += hall.people.expected
        return found


class Summed(msgspec.Struct, frozen=True):
    """A unit's figures in one conference."""

    people: People
    points: int
    reported: int
    on_time: int
    praised: int
    converted: bool
    """Some of it was counted for another unit then."""


Number = int | Fraction
Parts = Mapping[str, Fraction]
"""How much of something belongs to which unit; together one."""


def forward(code: str, since: str, until: str, steps: Iterable[Step], weights: Mapping[str, int]) -> Parts:
    """What a unit of one day has become by a later one."""
    parts: dict[str, Fraction] = {code: Fraction(1)}
    by_day: dict[str, dict[str, list[str]]] = {}
    for step in steps:
        if since < step.day <= until:
            by_day.setdefault(step.day, {}).setdefault(step.code, []).append(step.successor)
    for day in sorted(by_day):
        moved: dict[str, Fraction] = defaultdict(Fraction)
        for unit, part in parts.items():
            for heir, share in _split(sorted(set(by_day[day].get(unit, (unit,)))), weights).items():
                moved[heir] += part * share
        parts = dict(moved)
    return parts


def _split(heirs: Sequence[str], weights: Mapping[str, int]) -> Parts:
    known = [weights.get(heir, 0) for heir in heirs]
    if not all(known):
        return dict.fromkeys(heirs, Fraction(1, len(heirs)))
    return {heir: Fraction(weight, sum(known)) for heir, weight in zip(heirs, known, strict=True)}


def spread(day: Day, basis: Day, steps: Sequence[Step]) -> Mapping[str, Parts]:
    """For each unit with halls on a day, the units of the basis' tree that it counts for."""
    units = {hall.unit for hall in day.halls}
    if day.day <= basis.day:
        weights = basis.summoned()
        found: Mapping[str, Parts] = {unit: forward(unit, day.day, basis.day, steps, weights) for unit in units}
    else:
        found = _backward(units, day, basis, steps)
    return {unit: _placed(unit, parts, day, basis) for unit, parts in found.items()}


def _backward(units: Iterable[str], day: Day, basis: Day, steps: Sequence[Step]) -> Mapping[str, Parts]:
    """Where the people of later units came from."""
    weights, came = day.summoned(), defaultdict[str, dict[str, Fraction]](dict)
    for origin, people in basis.summoned().items():
        for heir, share in forward(origin, basis.day, day.day, steps, weights).items():
            came[heir][origin] = share * max(people, 1)
    found: dict[str, Parts] = {}
    for unit in units:
        whole = sum(came[unit].values(), Fraction(0))
        found[unit] = {origin: part / whole for origin, part in came[unit].items()} if whole else {unit: Fraction(1)}
    return found


def _placed(unit: str, parts: Parts, day: Day, basis: Day) -> Parts:
    """The same in units that the basis' tree knows: whoever is gone counts for the nearest above that is not."""
    placed: dict[str, Fraction] = defaultdict(Fraction)
    for code, part in parts.items():
        at: str | None = code
        seen: set[str] = set()
        while at is not None and at not in basis.parents and at not in seen:
            seen.add(at)
            at = day.parents.get(at)
        if at is None:
            # Its heirs are unknown to the basis too: then it is where it was.
            at = _above(unit, day, basis)
        placed[at] += part
    return placed


def _above(unit: str, day: Day, basis: Day) -> str:
    at: str | None = unit
    seen: set[str] = set()
    while at is not None and at not in seen:
        if at in basis.parents:
            return at
        seen.add(at)
        at = day.parents.get(at)
    return ""


def summed(day: Day, basis: Day, steps: Sequence[Step], units: Iterable[str]) -> Mapping[str, Summed]:
    """The figures of these units of the basis' tree, with all below each; "" for everything. Without a hall: left out."""
    wanted = set(units)
    parts = spread(day, basis, steps)
    sums: dict[str, list[Number]] = {}
    touched: dict[str, int] = defaultdict(int)
    moved: dict[str, bool] = defaultdict(bool)
    shares_of = {unit: _shares(places, basis, wanted) for unit, places in parts.items()}
    for hall in day.halls:
        row = (*_figures(hall.people), 1, hall.reported, hall.on_time, hall.praised)
        elsewhere = parts[hall.unit].keys() != {hall.unit}
        for above, share in shares_of[hall.unit].items():
            into = sums.setdefault(above, [0] * len(row))
            for place, figure in enumerate(row):
                into[place] += figure if share == 1 else share * figure
            touched[above] += share == 1
            moved[above] |= elsewhere
    # Where all of a conference is counted whole, nothing was converted, wherever below it stands now.
    return {
        unit: _rounded(figures, converted=moved[unit] and touched[unit] < len(day.halls))
        for unit, figures in sums.items()
    }


def _shares(parts: Parts, basis: Day, wanted: Collection[str]) -> Mapping[str, Number]:
    """How much of a unit lies below each that is wanted; plain numbers where it is all of it, as it nearly always is."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for code, part in parts.items():
        for above in {"", *_path(basis.parents, code)}.intersection(wanted):
            found[above] += part
    return {above: 1 if share == 1 else share for above, share in found.items()}


def _figures(people: People) -> tuple[int, ...]:
    return (people.present, people.excused, people.unexcused, people.unreported, people.guests)


def _rounded(figures: Sequence[Number], *, converted: bool) -> Summed:
    present, excused, unexcused, unreported = whole(figures[:4])
    people = msgspec.structs.replace(
        NOBODY,
        expected=present + excused + unexcused + unreported,
        present=present,
        excused=excused,
        unexcused=unexcused,
        unreported=unreported,
        guests=round(figures[4]),
    )
    points, reported, on_time, praised = (int(each + Fraction(1, 2)) for each in figures[5:])
    return Summed(people, points, reported, on_time, praised, converted)


def whole(parts: Sequence[Number]) -> tuple[int, ...]:
    """Whole numbers that add up to the rounded sum: the largest remainders get what is left."""
    total = int(sum(parts, Fraction(0)) + Fraction(1, 2))
    found = [int(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda place: (found[place] - parts[place], place))
    for place in order[: total - sum(found)]:
        found[place] += 1
    return tuple(found)


def _path(parents: Mapping[str, str | None], code: str) -> list[str]:
    found: list[str] = []
    at: str | None = code
    while at is not None and at in parents and at not in found:
        found.append(at)
        at = parents[at]
    return found
