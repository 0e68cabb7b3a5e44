"""When each hall does what every hall does: somebody comes, its machine connects, it counts first and last."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.simulator.cast import Cast
from bridge.simulator.figures import Figures
from bridge.simulator.timetable import (
    MINUTE,
    ON_SITE_BY_SEVEN,
    PRESENT_BY_HALF_PAST,
    REPORTS_BY_HALF_PAST,
    SECOND,
    UP_BY_HALF_PAST,
    at,
)
from endpoints_registry.samples.growing import TAN_LINH, Point


@dataclass(frozen=True, slots=True)
class Times:
    """By point, in milliseconds since the epoch."""

    on_site: Mapping[str, int]
    """When the technician taps."""
    up: Mapping[str, int]
    """When the room's machine connects; points that are not measured have none."""
    reported: Mapping[str, int]
    """When the hall first says its opening figure."""
    closed: Mapping[str, int]
    """When it says its closing figure."""


def timed(points: Sequence[Point], parts: Cast, figures: Figures, die: random.Random) -> Times:
    """The times of a day. Of the published day they come out at what was known of it at 07:00 and at 07:30."""
    on_site = _on_site(points, parts, die)
    return Times(
        on_site=on_site,
        up=_up(points, parts, on_site, die),
        reported=_reported(points, parts, figures, on_site, die),
        closed=_closed(points, parts, die),
    )


def share(points: Sequence[Point]) -> float:
    """How large the day is beside the published one, of 766 points."""
    return len(points) / 766


def between(start: str, end: str, die: random.Random) -> int:
    """A second of the day from `start` on and before `end`, in milliseconds since the epoch."""
    return at(start) + die.randrange((at(end) - at(start)) // SECOND) * SECOND


def _measured(points: Sequence[Point]) -> list[str]:
    return [point.code for point in points if point.reception_mode not in {"tv", "radio"}]


def _on_site(points: Sequence[Point], parts: Cast, die: random.Random) -> dict[str, int]:
    """Most before 07:00, some on the way, one only after a call."""
    last = [code for code in (parts.absent, parts.latest) if code]
    told_late = [TAN_LINH] if parts.named else []
    others = [point.code for point in points if point.code not in {*last, *told_late}]
    wanted = len(points) - round(ON_SITE_BY_SEVEN * share(points)) - len(last) - len(told_late)
    measured = set(_measured(points))
    candidates = [code for code in others if code in measured and code != "01-01"]
    late = die.sample(candidates, max(0, min(len(candidates), wanted)))
    times = {code: between("06:32", "06:59:40", die) for code in others}
    times |= {code: between("07:00:30", "07:48", die) for code in late}
    if parts.named and parts.absent and parts.latest:
        times |= {parts.absent: at("08:38"), parts.latest: at("08:04"), TAN_LINH: at("07:31:50")}
    return times


def _up(points: Sequence[Point], parts: Cast, on_site: Mapping[str, int], die: random.Random) -> dict[str, int]:
    """Not before somebody is there, most by 07:30, all but one by 08:10."""
    last = [code for code in (parts.absent, parts.latest) if code]
    measured = _measured(points)
    first = [code for code in measured if code not in last]
    late_wanted = max(0, len(measured) - len(last) - round(UP_BY_HALF_PAST * share(points)))
    # Who comes late also connects late.
    by_arrival = sorted(first, key=lambda code: (code != TAN_LINH, -on_site[code], code))
    late = by_arrival[:late_wanted]
    times = {code: max(between("06:50", "07:28", die), on_site[code] + 60 * SECOND) for code in first}
    times = {code: min(time, at("07:29:30")) for code, time in times.items()}
    times |= {code: max(between("07:31", "07:52", die), on_site[code] + 2 * MINUTE) for code in late}
    if parts.named and parts.absent and parts.latest:
        times |= {parts.absent: at("08:41"), parts.latest: at("08:09"), TAN_LINH: at("07:33:05")}
    return times


def _reported(
    points: Sequence[Point], parts: Cast, figures: Figures, on_site: Mapping[str, int], die: random.Random
) -> dict[str, int]:
    """The early ones add up to what was known at 07:30."""
    prompt = [point.code for point in points if point.code not in parts.silent]
    present = {code: figures.opening_first[code].present for code in prompt}
    early = _early(prompt, present, on_site, round(REPORTS_BY_HALF_PAST * share(points)), parts.named, die)
    times = {}
    for code in prompt:
        if code in early:
            times[code] = between("07:05", "07:29:40", die)
        else:
            times[code] = max(between("07:31", "07:58:30", die), on_site[code] + 3 * MINUTE)
    if parts.named:
        times[TAN_LINH] = at("07:58:50")
    for place, code in enumerate(parts.silent):
        times[code] = at("08:26") + place * 4 * MINUTE + die.randrange(60) * SECOND
    if parts.absent:
        times[parts.absent] = at("08:46")
    return times


def _early(
    prompt: Sequence[str],
    present: Mapping[str, int],
    on_site: Mapping[str, int],
    wanted: int,
    exact: bool,
    die: random.Random,
) -> set[str]:
    """The halls that report before 07:30: for the published day (`exact`), 401 with exactly 24.880 people."""
    ready = [code for code in prompt if on_site[code] < at("07:00") and code not in {TAN_LINH, "01-01"}]
    early = set(die.sample(ready, min(len(ready), wanted)))
    if not exact:
        return early
    gap = sum(present[code] for code in early) - PRESENT_BY_HALF_PAST
    while gap:
        gap -= _swapped(early, [code for code in ready if code not in early], present, gap)
    return early


def _swapped(early: set[str], others: Sequence[str], present: Mapping[str, int], gap: int) -> int:
    """Exchange one early hall for a later one, coming as near to closing the gap as one exchange can."""
    by_size = {present[code]: code for code in others}
    sign: int = 1 if gap > 0 else -1
    # Small steps keep the early halls an ordinary mixture of sizes.
    steps: list[int] = [*range(min(abs(gap), 12), 0, -1), *range(13, abs(gap) + 1)]
    for step in steps:
        for code in sorted(early):
            other = by_size.get(present[code] - sign * step)
            if other is not None:
                early.remove(code)
                early.add(other)
                return sign * step
    raise ValueError(f"không ghép được số {PRESENT_BY_HALF_PAST} lúc 07:30, còn lệch {gap}")


def _closed(points: Sequence[Point], parts: Cast, die: random.Random) -> dict[str, int]:
    """Two after the deadline, all others before it."""
    codes = [point.code for point in points]
    times = {code: between("11:16", "11:42", die) for code in codes}
    stragglers = die.sample(codes, len(codes) // 8)
    times |= {code: between("11:42", "11:59", die) for code in stragglers}
    return times | dict(zip(parts.late, (at("12:04:10"), at("12:08:40")), strict=False))
