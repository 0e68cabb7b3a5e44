"""The ledger: expected = present + excused + unexcused + unreported, at every node, always."""

from collections.abc import Iterable

import msgspec

from bridge.rules.model import Count, Figure, Grade, Plan, Point, Round, RoundKey, Sitting


class People(msgspec.Struct, frozen=True):
    """One column of the ledger, for a point or for everything below a unit."""

    expected: int = 0
    present: int = 0
    excused: int = 0
    unexcused: int = 0
    unreported: int = 0
    guests: int = 0

    def __add__(self, other: "People") -> "People":
        return People(
            self.expected + other.expected,
            self.present + other.present,
            self.excused + other.excused,
            self.unexcused + other.unexcused,
            self.unreported + other.unreported,
            self.guests + other.guests,
        )

    def __sub__(self, other: "People") -> "People":
        return People(
            self.expected - other.expected,
            self.present - other.present,
            self.excused - other.excused,
            self.unexcused - other.unexcused,
            self.unreported - other.unreported,
            self.guests - other.guests,
        )


NOBODY = People()


def people(expected: int, count: Count | None) -> People:
    """A point's column: what was counted, held against what was expected.

    Who is neither present nor excused nor absent is unreported, never 0 present. Present people beyond the expected
    are guests until somebody settles it; absences beyond the expected are cut, for nobody can miss a seat not kept.
    """
    if count is None:
        return People(expected=expected, unreported=expected)
    # The surplus leaves the present first: a hall knows its absentees by name, its present by the head.
    surplus = min(max(count.answered - expected, 0), count.present)
    present = count.present - surplus
    excused = min(count.excused, expected - present)
    unexcused = min(count.unexcused, expected - present - excused)
    return People(
        expected=expected,
        present=present,
        excused=excused,
        unexcused=unexcused,
        unreported=expected - present - excused - unexcused,
        guests=count.guests + surplus,
    )


def standing(point: Point, key: RoundKey) -> People:
    """The point's column for a sitting and round."""
    figure = point.figures.get(key)
    return people(point.expected.get(key[0], 0), figure.count if figure else None)


def grade(point: Point, key: RoundKey, count: Count, before: Count | None) -> tuple[Grade, str]:
    """How plausible a count is, and why, in a sentence for the person who typed it.

    `before` is the count of the round before. Negative numbers and words never come so far (a hard block).
    """
    expected = point.expected.get(key[0], 0)
    seats = point.planned.seats
    inside = count.present + count.guests
    for verdict, doubtful, why in (
        (
            Grade.QUARANTINED,
            inside > max(2 * expected, seats or 0) > 0,
            f"{inside} người trong hội trường, gấp hơn hai lần số triệu tập {expected}; số liệu chờ xác nhận.",
        ),
        (
            Grade.WARNED,
            count.answered > expected,
            f"Tổng {count.answered} nhiều hơn số triệu tập {expected}; phần thừa tính là khách mời.",
        ),
        (
            Grade.WARNED,
            seats is not None and inside > seats,
            f"{inside} người, nhiều hơn {seats} chỗ ngồi.",
        ),
        (
            Grade.WARNED,
            before is not None and 2 * count.present < before.present,
            f"Có mặt {count.present}, chưa bằng nửa đợt trước ({before.present if before else 0}).",
        ),
    ):
        if doubtful:
            return verdict, why
    return Grade.FINE, ""


def is_summoned(point: Point, sitting: str) -> bool:
    """Whether a hall owes its figures of a sitting: not one that is summoned to others only.

    One of which nobody has said how many are summoned does: that it reports is all the more needed.
    """
    return not point.expected or bool(point.expected.get(sitting))


def round_before(plan: Plan, key: RoundKey) -> RoundKey | None:
    """The round of the same sitting that came before this one."""
    sitting = next((sitting for sitting in plan.sittings if sitting.id == key[0]), None)
    names = [each.name for each in sitting.rounds] if sitting else []
    return (key[0], names[names.index(key[1]) - 1]) if key[1] in names[1:] else None


def round_of(plan: Plan, key: RoundKey) -> Round | None:
    return next(
        (each for sitting in plan.sittings if sitting.id == key[0] for each in sitting.rounds if each.name == key[1]),
        None,
    )


def round_due(sittings: Iterable[Sitting], now_ms: int, *, closed: bool = False) -> RoundKey | None:
    """The newest round that is due: the one whose figures a board shows.

    Before a sitting's first deadline its first round is shown from its opening on; a later round takes over only at its
    own deadline, so that the figure of the day never falls to "chưa báo cáo" because the next count has begun. Once the
    conference is `closed` nobody waits for a deadline any more: then it is the newest round that had opened.
    """
    shown: tuple[int, RoundKey] | None = None
    rounds = [
        (each.opens_ms if number == 0 or closed else each.due_ms, (sitting.id, each.name))
        for sitting in sittings
        if not sitting.rehearsal
        for number, each in enumerate(sitting.rounds)
    ]
    for from_ms, key in rounds:
        if from_ms <= now_ms and (shown is None or from_ms >= shown[0]):
            shown = (from_ms, key)
    return shown[1] if shown else (min(rounds)[1] if rounds else None)


def round_asked(sittings: Iterable[Sitting], now_ms: int) -> RoundKey | None:
    """The round that a hall is asked for now: the newest that has opened."""
    rounds = [
        (each.opens_ms, (sitting.id, each.name))
        for sitting in sittings
        if not sitting.rehearsal
        for each in sitting.rounds
    ]
    opened = [each for each in rounds if each[0] <= now_ms]
    return max(opened)[1] if opened else (min(rounds)[1] if rounds else None)


def replaced(figures: dict[RoundKey, Figure], key: RoundKey, figure: Figure) -> dict[RoundKey, Figure]:
    return {**figures, key: figure}


def without(figures: dict[RoundKey, Figure], key: RoundKey) -> dict[RoundKey, Figure]:
    return {each: figure for each, figure in figures.items() if each != key}
