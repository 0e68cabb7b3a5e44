"""When a line was down: whose doing it was, for how long, and how much of a sitting is left without it."""

from collections.abc import Iterable
from typing import Any

import msgspec

from bridge.rules.model import Link, Outage, Point, Sitting

OUTAGES_KEPT = 200
"""Of a point. Beyond, the oldest two of one cause become one that lasts as long as both: minutes stay exact, their place in
the day does not."""
OURS = frozenset({"restart", "centre_outage"})
"""Causes that are never held against a point."""
_DOWN = frozenset({Link.LOST, Link.UNKNOWN})
_NOT_WAITED_FOR = frozenset({Link.NEVER_SEEN, Link.NOT_MEASURED})


def kept(point: Point) -> Point:
    """The point with its outages as its line stands now. Asked whenever the line was judged otherwise."""
    cause = point.link_cause or point.link.value
    down = _gone_on(point.outages, cause if point.link in _DOWN else "", point.link_ms)
    unmeasured = _gone_on(point.unmeasured, cause if point.link in _NOT_WAITED_FOR else "", point.link_ms)
    if down is point.outages and unmeasured is point.unmeasured:
        return point
    return msgspec.structs.replace(point, outages=down, unmeasured=unmeasured)


def _gone_on(spans: tuple[Outage, ...], cause: str, at_ms: int) -> tuple[Outage, ...]:
    """The spans when at this time the cause is so; empty: there is none any more."""
    going = spans[-1] if spans and spans[-1].ended_ms is None else None
    if (going.cause if going else "") == cause:
        return spans
    if going is not None:
        spans = (*spans[:-1], msgspec.structs.replace(going, ended_ms=max(at_ms, going.began_ms)))
    if cause:
        spans = (*spans, Outage(cause=cause, began_ms=at_ms))
    return spans if len(spans) <= OUTAGES_KEPT else _put_together(spans)


def _put_together(spans: tuple[Outage, ...]) -> tuple[Outage, ...]:
    firsts: dict[str, int] = {}
    for place, later in enumerate(spans):
        first = spans[firsts.setdefault(later.cause, place)]
        if first is not later and first.ended_ms is not None and later.ended_ms is not None:
            both = Outage(
                cause=first.cause,
                began_ms=first.began_ms,
                ended_ms=first.ended_ms + later.ended_ms - later.began_ms,
                times=first.times + later.times,
            )
            return tuple(both if each is first else each for each in spans if each is not later)
    return spans[1:]


class Reckoned(msgspec.Struct, frozen=True):
    """The time of a line in one sitting or in several, of one point or of many."""

    measured_ms: int = 0
    """While it was waited for: not on TV, not before it was first heard, not after its session."""
    down_ms: dict[str, int] = {}
    """Of that, by cause."""
    times: int = 0
    """How often it was the point's own line that failed."""

    def __add__(self, other: "Reckoned") -> "Reckoned":
        causes = self.down_ms.keys() | other.down_ms.keys()
        return Reckoned(
            self.measured_ms + other.measured_ms,
            {cause: self.down_ms.get(cause, 0) + other.down_ms.get(cause, 0) for cause in sorted(causes)},
            self.times + other.times,
        )

    @property
    def ours_ms(self) -> int:
        return sum(ms for cause, ms in self.down_ms.items() if cause in OURS)

    @property
    def theirs_ms(self) -> int:
        return sum(ms for cause, ms in self.down_ms.items() if cause not in OURS)

    @property
    def availability(self) -> float | None:
        """Per cent of the time in which we could see the line; None if there was none.

        Cut, not rounded, to one decimal: 100 is said only of a line that never failed.
        """
        seen_ms = self.measured_ms - self.ours_ms
        return max(0, 1000 * (seen_ms - self.theirs_ms) // seen_ms) / 10 if seen_ms > 0 else None

    def told(self) -> dict[str, Any]:
        return {
            "measured_s": self.measured_ms // 1000,
            "availability": self.availability,
            "minutes": {cause: _minutes(ms) for cause, ms in self.down_ms.items()},
            "theirs_minutes": _minutes(self.theirs_ms),
            "ours_minutes": _minutes(self.ours_ms),
            "times": self.times,
        }


def reckoned(point: Point, sittings: Iterable[Sitting], now_ms: int) -> Reckoned:
    """A point's line within the hours of these sittings, up to now. What lies between sittings does not count."""
    found = Reckoned()
    for sitting in sittings:
        found += _within(point, sitting.starts_ms, min(sitting.ends_ms, now_ms))
    return found


def _within(point: Point, from_ms: int, to_ms: int) -> Reckoned:
    if to_ms <= from_ms:
        return Reckoned()
    down: dict[str, int] = {}
    times = 0
    for each in point.outages:
        if ms := _overlap(each, from_ms, to_ms):
            down[each.cause] = down.get(each.cause, 0) + ms
            times += each.times if each.cause not in OURS else 0
    unmeasured_ms = sum(_overlap(each, from_ms, to_ms) for each in point.unmeasured)
    return Reckoned(max(0, to_ms - from_ms - unmeasured_ms), down, times)


def _overlap(span: Outage, from_ms: int, to_ms: int) -> int:
    ended_ms = to_ms if span.ended_ms is None else span.ended_ms
    return max(0, min(ended_ms, to_ms) - max(span.began_ms, from_ms))


def told(point: Point, sitting: Sitting, now_ms: int) -> dict[str, Any]:
    """A point's line in one sitting, for its panel: the sums, and every outage that touched it, newest first."""
    touching = [each for each in point.outages if _overlap(each, sitting.starts_ms, min(sitting.ends_ms, now_ms))]
    return {
        "sitting": sitting.id,
        **reckoned(point, (sitting,), now_ms).told(),
        "outages": [
            {
                "cause": each.cause,
                "ours": each.cause in OURS,
                "began_at_s": each.began_ms // 1000,
                "ended_at_s": None if each.ended_ms is None else each.ended_ms // 1000,
                "times": each.times,
            }
            for each in reversed(touching)
        ],
    }


def _minutes(ms: int) -> float:
    return round(ms / 60_000, 1)
