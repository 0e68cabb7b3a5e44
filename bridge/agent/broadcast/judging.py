"""From what was seen of a broadcast to one word: fresh, behind, stalled or gone. Pure; times are the follower's own clock."""

import msgspec

from bridge.rules.wire import StreamWord

LEAST_PATIENCE_S = 8.0
"""Short segments come late together when a line hiccups; a player has as much in hand."""
USUAL_PATIENCE_S = 11.0
"""Longer is not waited, so that the board knows of it within 15 s: a reload and the way there take the rest."""
PATIENT_TARGETS = 3
PUBLISHED_WITHIN = 1.5
"""Target durations within which a server has to publish again (RFC 8216, 6.2.2): nobody is blamed before that."""
WAY_S = 2.0
BEHIND_FROM_S = 20.0
"""Later than this is not the usual delay of packaging and caches (2 to 12 s) any more."""
FRESH_BELOW_S = 15.0
PLAUSIBLE_S = 3_600.0
"""A broadcast that moves and yet is said to be an hour old has a wrong date in its list."""
UNKNOWN_TARGET_S = 4.0
GONE_AFTER = 2
"""So many lists in a row that could not be read: one alone may be an accident during a stall."""


class Seen(msgspec.Struct, frozen=True):
    """What a room says of the broadcast."""

    stream: StreamWord
    behind_s: float | None = None
    """How late it arrives; where it has stopped arriving, for how long. None: not known."""
    bitrate_kbps: float | None = None


class Listed(msgspec.Struct, frozen=True):
    """A list was read: what it says of the newest segment."""

    target_s: float
    newest: int | None
    """Its media sequence number; None: the list is empty."""
    segments: int
    age_s: float | None = None
    """How long ago the newest segment was recorded, by the origin's own clock."""


class Arrived(msgspec.Struct, frozen=True):
    """The head of the newest segment came."""

    at_ms: int
    took_s: float
    duration_s: float
    size: int | None = None
    """Bytes of the whole segment, as far as the origin said."""


class Course(msgspec.Struct, frozen=True):
    """What is known of a broadcast so far."""

    began_ms: int
    failures: int = 0
    """How many lists in a row could not be read."""
    newest: int | None = None
    arrived: int | None = None
    """The newest segment of which anything came."""
    arrived_ms: int | None = None
    moves: bool = False
    """Whether it was seen to go on. What stood in the list when we came may have stood there for hours."""
    target_s: float = UNKNOWN_TARGET_S
    age_s: float | None = None
    slow_s: float | None = None
    """By how much the newest segment took longer to come than it takes to play."""
    bitrate_kbps: float | None = None

    @property
    def patience_s(self) -> float:
        """How long nothing new may come before it has stopped."""
        usual_s = min(PATIENT_TARGETS * self.target_s, USUAL_PATIENCE_S)
        return max(LEAST_PATIENCE_S, usual_s, PUBLISHED_WITHIN * self.target_s + WAY_S)

    @property
    def awaited(self) -> int | None:
        """The newest segment that was named, if nothing of it has come yet."""
        return self.newest if self.newest != self.arrived else None


def unread(course: Course) -> Course:
    """After a list could not be read."""
    return msgspec.structs.replace(course, failures=course.failures + 1)


def listed(course: Course, seen: Listed) -> Course:
    """After a list was read. A list that is a little older than the last comes from another server of the same origin."""
    read = msgspec.structs.replace(course, failures=0, target_s=seen.target_s)
    if seen.newest is None or (course.newest is not None and 0 <= course.newest - seen.newest <= seen.segments):
        return read
    age_s = seen.age_s if seen.age_s is not None and seen.age_s <= PLAUSIBLE_S else None
    fresh = age_s is not None and age_s <= read.patience_s
    return msgspec.structs.replace(
        read, newest=seen.newest, age_s=age_s, moves=course.moves or fresh or course.newest is not None
    )


def arrived(course: Course, came: Arrived) -> Course:
    """After the head of the newest segment came."""
    bitrate_kbps = round(came.size * 8 / 1000 / came.duration_s, 1) if came.size is not None else course.bitrate_kbps
    return msgspec.structs.replace(
        course,
        arrived=course.newest,
        arrived_ms=came.at_ms,
        slow_s=came.took_s - came.duration_s if came.took_s > came.duration_s else None,
        bitrate_kbps=bitrate_kbps,
    )


def judge(course: Course, now_ms: int, before: StreamWord | None = None) -> Seen | None:
    """The word for it now; None: too early to say. `before` is the last word, so that a border is not crossed back and forth."""
    silent_s = _s(now_ms - (course.arrived_ms if course.arrived_ms is not None else course.began_ms))
    if silent_s >= course.patience_s:
        return Seen("gone" if course.failures >= GONE_AFTER else "stalled", behind_s=silent_s)
    if course.arrived_ms is None or not course.moves:
        return None
    late_s = None if course.age_s is None else _tenths(max(0.0, course.age_s))
    if course.slow_s is not None:
        return Seen("behind", _tenths(max(late_s or 0.0, course.slow_s)), course.bitrate_kbps)
    if late_s is not None and late_s >= (FRESH_BELOW_S if before == "behind" else BEHIND_FROM_S):
        return Seen("behind", late_s, course.bitrate_kbps)
    return Seen("fresh", late_s, course.bitrate_kbps)


def _s(ms: int) -> float:
    return _tenths(max(0, ms) / 1000)


def _tenths(seconds: float) -> float:
    return round(seconds, 1)
