"""Whether the broadcast arrives in a hall: an axis of its own. A line may be green while nothing comes over it."""

from bridge.rules import events
from bridge.rules.model import MEASURED, Point, Stage, Stream
from bridge.rules.watching import Watch

SPACING_MS = 1_000
"""A room that changes its word faster than this is heard with its next beat: every word costs a row in the journal."""
BEFORE_MS = 600_000
"""A room is believed so far back when it says since when nothing arrives."""
ACCUSING = frozenset({Stream.BEHIND, Stream.STALLED, Stream.GONE})
"""Words that must not stand when nobody can say them any more. A good word does no harm: it is only not shown."""


def word(said: str) -> Stream | None:
    """The word that a room has used, or None for one that nobody knows."""
    try:
        return Stream(said)
    except ValueError:
        return None


def on_word(point: Point, said: Stream, behind_s: float | None, now_ms: int, watch: Watch) -> events.StreamMoved | None:
    """What follows from a room's word. Usually nothing: it says the same with every beat."""
    stream = said if _judged(point, said, watch) else Stream.NOT_FOLLOWED
    if stream is point.stream:
        return None
    late = behind_s if stream in ACCUSING else None
    return events.StreamMoved(point=point.code, stream=stream, noticed_ms=now_ms, behind_s=late)


def on_parting(point: Point, now_ms: int) -> events.StreamMoved | None:
    """The line is closed, lost or out of sight: nobody can say any more that the broadcast does not arrive."""
    if point.stream not in ACCUSING:
        return None
    return events.StreamMoved(point=point.code, stream=Stream.NOT_FOLLOWED, noticed_ms=now_ms)


def began_ms(point: Point, said: Stream, behind_s: float | None, now_ms: int) -> int:
    """Since when it is so: where nothing arrives, since the last that did; but never before the word that stood until now."""
    if said not in (Stream.STALLED, Stream.GONE) or behind_s is None:
        return now_ms
    return min(now_ms, max(now_ms - round(behind_s * 1000), now_ms - BEFORE_MS, point.stream_ms))


def shown(point: Point, said: Stream | None) -> Stream:
    """The word as a screen says it: only while a line is there whose room says something of it."""
    return Stream.NOT_FOLLOWED if said is None or point.mode not in MEASURED else point.stream


def _judged(point: Point, said: Stream, watch: Watch) -> bool:
    """A hall before a television set has no stream of ours. One that has ended may switch it off, and in a break and after
    the sitting the broadcast itself is off: that is nothing to accuse anybody of.
    """
    if point.mode not in MEASURED:
        return False
    return said not in ACCUSING or (point.stage is not Stage.ENDED and watch.judged and not watch.dismissed)
