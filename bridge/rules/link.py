"""The line of a point: from beats and silence to steady, unstable, lost.

A fixed time-out with hysteresis, not a guess at probabilities: organisers can be told one figure.
"""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from bridge.rules import events
from bridge.rules.model import Link, Point, Stage, Stream
from bridge.rules.projection import UP
from bridge.rules.watching import Watch

FLAP_HALF_LIFE_MS = 120_000
UNSTABLE_FROM = 3.0
STEADY_AGAIN_AT = 1.0
FLAPS_TO_UNSTABLE = 3
FLAP_WINDOW_MS = 240_000
"""The third flap within this time makes a line unstable, though the penalty of the first has decayed meanwhile."""
CENTRE_SHARE = 0.3
"""More than this share of the measured points silent at once is our fault, not theirs."""
CENTRE_AT_LEAST = 10
"""Fewer points than this are never taken for the whole hall."""


class Terms(msgspec.Struct, frozen=True):
    """What the server asks of a line; it grows with the number of points."""

    heartbeat_ms: int
    patience_ms: int
    """Silence after which a connected line is lost."""
    retry_cap_ms: int
    """How long a client may wait before it comes again."""

    @property
    def window_ms(self) -> int:
        """Within this time, silences belong together."""
        return self.heartbeat_ms + 5_000

    @property
    def absence_ms(self) -> int:
        """How long somebody whom we lost sight of may take to be heard again."""
        return self.patience_ms + self.retry_cap_ms


def terms(points: int, *, heartbeat_ms: int | None = None, phone: bool = False, speed: float = 1) -> Terms:
    """The terms for a conference of so many points. A real phone in a fast demo is judged in real seconds."""
    beat, cap = next(
        (beat, cap)
        for most, beat, cap in ((1_000, 10_000, 10_000), (10_000, 20_000, 30_000), (points, 30_000, 60_000))
        if points <= most
    )
    beat = heartbeat_ms or beat
    patience = 100_000 if phone else max(40_000, 3 * beat)
    return Terms(heartbeat_ms=beat, patience_ms=int(patience * speed), retry_cap_ms=cap)


class Line(msgspec.Struct):
    """A room's connection as this process sees it: volatile, rebuilt from beats. The only value here that changes."""

    terms: Terms
    generation: int = 0
    """Which connection it is; a late word from an older one changes nothing."""
    connected: bool = False
    excused: bool = False
    """Whether it went with a goodbye, or in a break: that is no flap, and no sign of an outage of ours."""
    asleep: bool = False
    """Whether it was a phone's, and went because nobody looks at the phone any more: nothing is wrong with the hall."""
    heard_ms: int = 0
    closed_ms: int = 0
    penalty: float = 0.0
    penalty_ms: int = 0
    flaps_ms: tuple[int, ...] = ()
    """When it came back, the last few times since it was last found unstable."""
    rtt_ms: float | None = None
    loss: float | None = None
    stream: Stream | None = None
    """What this connection says of the broadcast; None: nothing yet."""
    stream_ms: int = 0
    """When a change of it was signalled last."""
    behind_s: float | None = None
    bitrate_kbps: float | None = None
    ever: bool = False
    """Whether it was connected before in this process's life."""

    def penalty_at(self, now_ms: int) -> float:
        return float(self.penalty * 0.5 ** (max(0, now_ms - self.penalty_ms) / FLAP_HALF_LIFE_MS))

    def come(self, now_ms: int, *, flapped: bool) -> int:
        """A connection was made; its generation. One that went down and up again has flapped."""
        if flapped:
            self._flap(now_ms)
        self.generation += 1
        self.connected = self.ever = True
        self.excused = self.asleep = False
        self.heard_ms = now_ms
        self.stream = self.behind_s = self.bitrate_kbps = None
        return self.generation

    def _flap(self, now_ms: int) -> None:
        self.penalty = self.penalty_at(now_ms) + 1
        self.penalty_ms = now_ms
        self.flaps_ms = (*self.flaps_ms, now_ms)[-FLAPS_TO_UNSTABLE:]
        if len(self.flaps_ms) == FLAPS_TO_UNSTABLE and now_ms - self.flaps_ms[0] <= FLAP_WINDOW_MS:
            self.penalty = max(self.penalty, UNSTABLE_FROM)
            # The same flaps do not make it unstable a second time, once it has calmed down.
            self.flaps_ms = ()

    def close(self, now_ms: int, *, excused: bool = False) -> None:
        self.connected = False
        self.excused = excused
        self.closed_ms = now_ms
        self.stream = self.behind_s = self.bitrate_kbps = None

    def set_back(self, by_ms: int) -> None:
        """The hall's clock was set back by so much: what was heard before is as long ago as it was."""
        self.heard_ms -= by_ms
        self.closed_ms -= by_ms
        self.stream_ms -= by_ms
        self.penalty_ms -= by_ms
        self.flaps_ms = tuple(each - by_ms for each in self.flaps_ms)


def flaps(point: Point, line: Line) -> bool:
    """Whether a connection made now ends a fall of the point's own: not our restart, not an outage at the centre."""
    return line.ever and not line.connected and not line.excused and point.link in (UP | {Link.LOST})


def on_hearing(point: Point, line: Line, now_ms: int) -> events.LinkMoved | None:
    """What follows when anything at all arrived from the room. Usually nothing."""
    if point.link is Link.STEADY and line.penalty < UNSTABLE_FROM:
        return None
    if point.link is Link.NOT_MEASURED and point.link_cause not in ("left", "asleep"):
        return None
    link = _band(point.link, line.penalty_at(now_ms))
    return None if link is point.link else _moved(point, link, now_ms)


def _band(link: Link, penalty: float) -> Link:
    if penalty >= UNSTABLE_FROM:
        return Link.UNSTABLE
    if link is Link.UNSTABLE and penalty > STEADY_AGAIN_AT:
        return Link.UNSTABLE
    return Link.STEADY


def on_leaving(point: Point, now_ms: int, watch: Watch) -> events.LinkMoved | None:
    """The room said goodbye. After its session it is no longer measured; before, it is only away."""
    if point.link in UP and (point.stage is Stage.ENDED or watch.dismissed):
        return _left(point, now_ms)
    return None


def on_silence(point: Point, line: Line, now_ms: int, watch: Watch) -> events.LinkMoved | None:
    """The line was silent past its patience: lost since its last byte. `now_ms` excludes our own lag."""
    if point.link not in UP or now_ms < due_ms(line, watch):
        return None
    if _gone_home(point, watch):
        return _left(point, now_ms)
    if line.asleep:
        # A phone in a pocket is waited for no longer than any other, but its hall is not called lost.
        return _moved(point, Link.NOT_MEASURED, now_ms, cause="asleep")
    return events.LinkMoved(point=point.code, link=Link.LOST, noticed_ms=now_ms, cause="silence")


def due_ms(line: Line, watch: Watch) -> int:
    """By when the line must be heard again."""
    return watch.missed_from(line.heard_ms, line.terms.patience_ms) + line.terms.patience_ms


def on_going(point: Point, now_ms: int) -> events.LinkMoved | None:
    """The room fell silent together with many others when the session was over: they were switched off."""
    return _left(point, now_ms) if point.link in UP else None


def on_end(point: Point, now_ms: int, watch: Watch) -> events.LinkMoved | None:
    """A lost line is waited for no more once its hall has ended, or if it fell after the session and that was closed."""
    if point.link is not Link.LOST:
        return None
    switched_off = watch.closing and watch.ended_ms is not None and point.link_ms >= watch.ended_ms
    return _left(point, now_ms) if point.stage is Stage.ENDED or switched_off else None


def expected_ms(point: Point, watch: Watch) -> int | None:
    """Since when a hall that had left is expected again: it was reopened, or another sitting has begun. None: it is not."""
    if point.link is not Link.NOT_MEASURED or point.link_cause != "left" or _gone_home(point, watch):
        return None
    again_ms = max(point.stage_ms, watch.starts_ms)
    return again_ms if again_ms > point.link_ms else None


def on_missing(point: Point, now_ms: int, absence_ms: int, watch: Watch) -> events.LinkMoved | None:
    """A hall that had left is expected again and has not been heard in time: lost since then."""
    again_ms = expected_ms(point, watch)
    if again_ms is None or now_ms - again_ms < absence_ms:
        return None
    return events.LinkMoved(point=point.code, link=Link.LOST, noticed_ms=now_ms, cause="not_back")


def on_calm(point: Point, line: Line, now_ms: int) -> events.LinkMoved | None:
    """An unstable line that has behaved long enough is steady again."""
    if point.link is Link.UNSTABLE and line.connected and line.penalty_at(now_ms) <= STEADY_AGAIN_AT:
        return _moved(point, Link.STEADY, now_ms)
    return None


def on_absence(point: Point, since_ms: int, now_ms: int, absence_ms: int, watch: Watch) -> events.LinkMoved | None:
    """A line that we lost sight of was not heard in time: lost, since the moment we could hear again (`since_ms`)."""
    if point.link is not Link.UNKNOWN or now_ms - since_ms < absence_ms:
        return None
    if _gone_home(point, watch):
        return _left(point, now_ms)
    return events.LinkMoved(point=point.code, link=Link.LOST, noticed_ms=now_ms, cause="not_back")


def on_no_line(point: Point, now_ms: int) -> events.LinkMoved | None:
    """The journal says that the line is up, but this process has never heard it: our doing, whatever the reason."""
    return _moved(point, Link.UNKNOWN, now_ms, cause="restart") if point.link in UP else None


def silent(line: Line, now_ms: int) -> bool:
    """Whether the line has just fallen silent: closed, or two beats missed."""
    return not line.connected or now_ms - line.heard_ms > 2.5 * line.terms.heartbeat_ms


def centre(
    points: Iterable[tuple[Point, Line]], now_ms: int, window_ms: int, out: Collection[str] = ()
) -> tuple[str, ...]:
    """The points that fell silent together, if they are so many that the fault is ours; else nobody.

    `out` are those of an outage that is going on: whoever falls silent now belongs to it, though they alone be few.
    """
    measured = already = 0
    fallen: list[str] = []
    for point, line in points:
        if point.link is Link.UNKNOWN and point.code in out:
            measured += 1
            already += 1
            continue
        if point.link not in UP or point.stage is Stage.ENDED or line.excused:
            continue
        measured += 1
        since = line.closed_ms if not line.connected else line.heard_ms
        if silent(line, now_ms) and now_ms - since <= window_ms + (0 if not line.connected else line.terms.patience_ms):
            fallen.append(point.code)
    together = measured >= CENTRE_AT_LEAST and already + len(fallen) > CENTRE_SHARE * measured
    return tuple(fallen) if together else ()


def centre_is_back(points: Mapping[str, Point], out: Collection[str]) -> bool:
    """Whether at least half of those who fell with the centre are no longer out of sight."""
    away = sum(points[code].link is Link.UNKNOWN for code in out)
    return 2 * away <= len(out)


def shown(point: Point, line: Line | None) -> str:
    """The link as a screen says it: a steady line whose socket has just closed is `reconnecting`."""
    if line is not None and point.link is Link.STEADY and not line.connected:
        return "reconnecting"
    return point.link.value


def _gone_home(point: Point, watch: Watch) -> bool:
    return point.stage is Stage.ENDED or watch.closing


def _left(point: Point, now_ms: int) -> events.LinkMoved:
    return _moved(point, Link.NOT_MEASURED, now_ms, cause="left")


def _moved(point: Point, link: Link, at_ms: int, cause: str = "") -> events.LinkMoved:
    return events.LinkMoved(point=point.code, link=link, noticed_ms=at_ms, cause=cause)
